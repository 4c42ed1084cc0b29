//! Seats over time: the sums of the quantities of licenses.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::model::DailyQuantity;

/// A quantity from each of these days on, oldest first.
pub type Course = Vec<(Date, i64)>;

/// What the quantities of all licenses add up to, from each day on that it changed, up to `until`.
pub fn in_all(quantities: &[DailyQuantity], until: Date) -> Course {
    course(quantities.iter().map(|quantity| (quantity, true)), until)
}

/// The same of the licenses that belong to one customer; of one that was moved, while it does.
pub fn of_customer(quantities: &[DailyQuantity], customer: i64, until: Date) -> Course {
    let owned = quantities
        .iter()
        .map(|quantity| (quantity, quantity.customer == customer));
    course(owned, until)
}

fn course<'a>(quantities: impl Iterator<Item = (&'a DailyQuantity, bool)>, until: Date) -> Course {
    let mut last: HashMap<i64, i64> = HashMap::new();
    let mut sum: i64 = 0;
    let mut course: Course = Vec::new();
    for (quantity, counts) in quantities {
        let before = if counts {
            last.insert(quantity.license, quantity.count).unwrap_or(0)
        } else {
            match last.remove(&quantity.license) {
                Some(before) => before,
                None => continue,
            }
        };
        let now = if counts { quantity.count } else { 0 };
        sum = sum.saturating_sub(before).saturating_add(now);
        match course.last_mut() {
            Some(day) if day.0 == quantity.day => day.1 = sum,
            _ => course.push((quantity.day, sum)),
        }
    }
    course.dedup_by_key(|day| day.1);
    if let Some(&(day, sum)) = course.last()
        && day < until
    {
        course.push((until, sum));
    }
    course
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn quantity(license: i64, customer: i64, day: Date, count: i64) -> DailyQuantity {
        DailyQuantity {
            license,
            customer,
            day,
            count,
        }
    }

    #[test]
    fn the_last_known_quantities_add_up() {
        let day = |day| date(2026, 11, day);
        let quantities = [
            quantity(1, 10, day(1), 5),
            quantity(2, 10, day(1), 7),
            quantity(1, 10, day(3), 6),
            quantity(2, 10, day(4), 7),
            // It is another customer's from here on.
            quantity(2, 11, day(5), 8),
            quantity(1, 10, day(6), 0),
        ];
        assert_eq!(
            in_all(&quantities, day(9)),
            [(day(1), 12), (day(3), 13), (day(5), 14), (day(6), 8), (day(9), 8)]
        );
        assert_eq!(
            of_customer(&quantities, 10, day(6)),
            [(day(1), 12), (day(3), 13), (day(5), 6), (day(6), 0)]
        );
        assert_eq!(of_customer(&quantities, 11, day(5)), [(day(5), 8)]);
        assert_eq!(of_customer(&quantities, 12, day(5)), []);
    }
}
