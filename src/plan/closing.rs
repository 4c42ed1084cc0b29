//! Choosing how tickets are closed where nobody has said: by the names of outcomes and statuses, which every partner
//! can change.

use super::names::Named;
use crate::text::folded;

/// The names of outcomes that close a ticket and mean nothing else, the likeliest first.
pub const OUTCOMES: [&str; 7] = [
    "closed",
    "close",
    "close ticket",
    "resolved",
    "resolve",
    "completed",
    "complete",
];

/// The names of statuses of closed tickets, the likeliest first.
pub const STATUSES: [&str; 3] = ["closed", "resolved", "completed"];

/// The record whose name is the first of these that there is; `None` if there is none, or several records have it.
pub fn unmistakable<'a, T: Named>(records: &'a [T], names: &[&str]) -> Option<&'a T> {
    let named = |name: &&str| -> Vec<&'a T> {
        let has_name = |record: &&T| folded(record.name()) == **name;
        records.iter().filter(has_name).collect()
    };
    match names
        .iter()
        .map(named)
        .find(|found| !found.is_empty())?
        .as_slice()
    {
        [only] => Some(only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Record(i64, &'static str);

    impl Named for Record {
        fn ids(&self) -> Vec<String> {
            vec![self.0.to_string()]
        }

        fn name(&self) -> &str {
            self.1
        }
    }

    fn chosen(names: &[&'static str]) -> Option<i64> {
        let records: Vec<Record> = (0..).zip(names).map(|(id, name)| Record(id, name)).collect();
        unmistakable(&records, &OUTCOMES).map(|record| record.0)
    }

    #[test]
    fn the_likeliest_name_is_chosen_and_only_where_one_record_has_it() {
        assert_eq!(chosen(&["Email User", "Resolved", " CLOSED "]), Some(2));
        assert_eq!(chosen(&["Resolve", "Close Ticket"]), Some(1));
        assert_eq!(chosen(&["Completed"]), Some(0));
        assert_eq!(chosen(&["Closed", "closed", "Resolved"]), None);
        assert_eq!(chosen(&["Close and bill", "Closed by customer"]), None);
        assert_eq!(chosen(&[]), None);
    }
}
