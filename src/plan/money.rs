//! What a run adds to what customers are billed, or takes from it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::seats::LicenseSeats;

/// What some changes add to one billing cycle. Cycles are never added to each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// The billing cycle in Halo's words; none where Halo names none.
    pub cycle: Option<String>,
    /// The sum of those whose price is known; none if that of none is.
    pub amount: Option<Decimal>,
    /// What of it is left to the partner; none if a price or a cost is not known.
    pub margin: Option<Decimal>,
    /// How many licenses change.
    pub licenses: usize,
    /// How many of them have no price, so that the sum is not all.
    pub unpriced: usize,
}

/// The sums of these licenses' changes, by billing cycle.
pub fn amounts<'a>(changing: impl Iterator<Item = &'a LicenseSeats>) -> Vec<Amount> {
    let mut sums: BTreeMap<String, Amount> = BTreeMap::new();
    for seats in changing {
        let cycle = seats.price.cycle.clone();
        let sum = sums
            .entry(cycle.as_deref().unwrap_or_default().trim().to_lowercase())
            .or_insert_with(|| Amount {
                cycle,
                margin: Some(Decimal::ZERO),
                ..Amount::default()
            });
        sum.licenses += 1;
        match seats.amount() {
            Some(amount) => sum.amount = sum.amount.unwrap_or_default().checked_add(amount),
            None => sum.unpriced += 1,
        }
        let margin = seats.change().and_then(|change| seats.price.margin(change));
        sum.margin = match (sum.margin, margin) {
            (Some(sum), Some(margin)) => sum.checked_add(margin),
            _ => None,
        };
    }
    sums.into_values().collect()
}

/// The one sum, if there is only one billing cycle and every price is known: else there is no such number.
pub fn total(amounts: &[Amount]) -> Option<Decimal> {
    match amounts {
        [] => Some(Decimal::ZERO),
        [only] if only.unpriced == 0 => only.amount,
        _ => None,
    }
}

/// An amount for people: two digits after the point at least, and its sign.
pub fn signed(amount: Decimal) -> String {
    let sign = if amount.is_sign_negative() && !amount.is_zero() {
        ""
    } else {
        "+"
    };
    format!("{sign}{}", plain(amount))
}

/// An amount or a price for people: two digits after the point at least.
pub fn plain(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount.to_string()
}

/// `a month` for Halo's `Monthly`; `per Weekly` for what is not known here.
pub fn every(cycle: Option<&str>) -> String {
    let known = match cycle.map(|cycle| cycle.trim().to_lowercase()).as_deref() {
        None | Some("") => "a billing cycle",
        Some("monthly" | "month" | "1 month") => "a month",
        Some("yearly" | "annual" | "annually" | "year" | "1 year") => "a year",
        Some("quarterly" | "quarter") => "a quarter",
        Some("weekly" | "week") => "a week",
        Some(_) => return format!("per {}", cycle.unwrap_or_default().trim()),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Price, Reference};

    fn seats(change: i64, price: Option<&str>, cost: Option<&str>, cycle: &str) -> LicenseSeats {
        let decimal = |text: &str| text.parse().unwrap();
        LicenseSeats {
            license: Reference::new(17, "License"),
            customer: Reference::new(7, "Customer"),
            shares: Vec::new(),
            from: Some(10),
            to: Some(10 + change),
            first: false,
            drift: None,
            drift_by: None,
            drift_source: None,
            shares_changed: false,
            month_begins: false,
            undone_by: None,
            price: Price {
                price: price.map(decimal),
                cost: cost.map(decimal),
                cycle: Some(cycle.to_owned()),
            },
        }
    }

    #[test]
    fn cycles_are_not_mixed_and_what_is_unknown_stays_unknown() {
        let all = [
            seats(3, Some("4.10"), Some("2.05"), "Monthly"),
            seats(-1, Some("0.1"), None, "monthly"),
            seats(2, Some("40"), Some("30"), "Yearly"),
            seats(5, None, Some("1"), "Yearly"),
        ];
        let sums = amounts(all.iter());
        let texts: Vec<_> = sums
            .iter()
            .map(|sum| (sum.amount.map(signed), sum.margin.map(signed), sum.unpriced))
            .collect();
        assert_eq!(
            texts,
            [
                (Some("+12.20".to_owned()), None, 0),
                (Some("+80.00".to_owned()), None, 1)
            ]
        );
        assert_eq!(total(&sums), None);
        let monthly = amounts(all[..1].iter());
        assert_eq!(total(&monthly).map(signed), Some("+12.30".to_owned()));
        assert_eq!(monthly[0].margin.map(signed), Some("+6.15".to_owned()));
        assert_eq!(total(&amounts([].iter())), Some(Decimal::ZERO));
        assert_eq!(total(&amounts(all[3..].iter())), None);
    }

    #[test]
    fn amounts_are_shown_as_money() {
        for (amount, shown) in [
            ("12.3", "+12.30"),
            ("-0.125", "-0.125"),
            ("0", "+0.00"),
            ("1200", "+1200.00"),
        ] {
            assert_eq!(signed(amount.parse().unwrap()), shown);
        }
    }

    #[test]
    fn cycles_have_words() {
        assert_eq!(every(Some("Monthly")), "a month");
        assert_eq!(every(Some("3 Years")), "per 3 Years");
        assert_eq!(every(None), "a billing cycle");
    }
}
