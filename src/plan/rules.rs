//! How seats become an organization's share of a license's quantity.
//!
//! In this order, whatever the order in which the rule was given: the month's highest seats count instead of the present
//! ones, what is included is subtracted, and what is left is at least the minimum.

use jiff::civil::Date;

use crate::model::{Highest, Rule};

/// The share of an organization that has `counted` seats now. `highest` is the highest number that was counted in this
/// calendar month before; `today` decides whether the minimum still holds.
pub fn share(rule: &Rule, counted: i64, highest: Option<i64>, today: Date) -> i64 {
    let counted = match rule.highest {
        Some(Highest::Month) => counted.max(highest.unwrap_or(counted)),
        None => counted,
    };
    let left = counted.saturating_sub(rule.included.unwrap_or(0)).max(0);
    let minimum = rule
        .minimum
        .as_ref()
        .filter(|minimum| minimum.until.is_none_or(|until| today <= until));
    minimum.map_or(left, |minimum| left.max(minimum.seats))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::model::Minimum;

    const TODAY: Date = date(2026, 11, 25);

    fn minimum(seats: i64, until: Option<Date>) -> Rule {
        Rule {
            minimum: Some(Minimum { seats, until }),
            ..Rule::default()
        }
    }

    #[test]
    fn without_a_rule_the_share_is_the_seats() {
        assert_eq!(share(&Rule::default(), 12, Some(40), TODAY), 12);
    }

    #[test]
    fn included_seats_are_free_and_never_make_a_share_negative() {
        let rule = Rule {
            included: Some(5),
            ..Rule::default()
        };
        assert_eq!(share(&rule, 12, None, TODAY), 7);
        assert_eq!(share(&rule, 3, None, TODAY), 0);
    }

    #[test]
    fn a_minimum_holds_to_the_end_of_its_last_day() {
        assert_eq!(share(&minimum(10, None), 3, None, TODAY), 10);
        assert_eq!(share(&minimum(10, None), 30, None, TODAY), 30);
        assert_eq!(share(&minimum(10, Some(TODAY)), 3, None, TODAY), 10);
        let yesterday = TODAY.yesterday().unwrap();
        assert_eq!(share(&minimum(10, Some(yesterday)), 3, None, TODAY), 3);
    }

    #[test]
    fn the_months_highest_counts_before_anything_is_subtracted() {
        let rule = Rule {
            included: Some(5),
            highest: Some(Highest::Month),
            ..minimum(8, None)
        };
        assert_eq!(share(&rule, 6, Some(20), TODAY), 15);
        assert_eq!(share(&rule, 30, Some(20), TODAY), 25);
        assert_eq!(share(&rule, 6, None, TODAY), 8);
    }

    proptest! {
        #[test]
        fn a_share_is_never_negative_and_never_below_the_minimum(
            counted in 0..=i64::from(i32::MAX), highest in proptest::option::of(0..=i64::from(i32::MAX)),
            included in proptest::option::of(0..100_000_i64), least in 0..100_000_i64, month: bool,
        ) {
            let rule = Rule { included, highest: month.then_some(Highest::Month), ..minimum(least, None) };
            let share = share(&rule, counted, highest, TODAY);
            prop_assert!(share >= least);
            prop_assert!(share <= counted.max(highest.unwrap_or(0)).max(least));
        }

        #[test]
        fn more_seats_never_make_a_smaller_share(
            counted in 0..1_000_000_i64, more in 0..1_000_i64, included in 0..1_000_i64, least in 0..1_000_i64,
            highest in 0..1_000_000_i64, month: bool,
        ) {
            let rule = Rule {
                included: Some(included),
                highest: month.then_some(Highest::Month),
                ..minimum(least, None)
            };
            prop_assert!(
                share(&rule, counted, Some(highest), TODAY) <= share(&rule, counted + more, Some(highest), TODAY)
            );
        }
    }
}
