//! What the findings come to. Billing cycles are never added to each other, nor are currencies.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::Finding;

/// The sums of one billing cycle and currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Total {
    /// The billing cycle in Halo's words; none where Halo names none.
    #[serde(rename = "billing_cycle")]
    pub cycle: Option<String>,
    /// The currency, where Halo names one.
    pub currency: Option<String>,
    /// What is not billed.
    #[serde(serialize_with = "super::decimal")]
    pub not_billed: Option<Decimal>,
    /// What is billed too much; zero or more.
    #[serde(serialize_with = "super::decimal")]
    pub billed_too_much: Option<Decimal>,
}

impl Total {
    /// Whether a finding's amount is in these sums, if it has one.
    pub fn covers(&self, finding: &Finding) -> bool {
        folded(self.cycle.as_deref()) == folded(finding.cycle.as_deref()) && self.currency == finding.currency
    }
}

/// A cycle is the same whatever the case of its letters.
fn folded(cycle: Option<&str>) -> String {
    cycle.unwrap_or_default().trim().to_lowercase()
}

/// The sums of the findings that have an amount. A sum that is too large for a decimal is none.
pub(super) fn of(findings: &[Finding]) -> Vec<Total> {
    let mut totals: BTreeMap<(String, Option<&str>), Total> = BTreeMap::new();
    for finding in findings {
        let Some(amount) = finding.amount.filter(|amount| !amount.is_zero()) else {
            continue;
        };
        let total = totals
            .entry((folded(finding.cycle.as_deref()), finding.currency.as_deref()))
            .or_insert_with(|| Total {
                cycle: finding.cycle.clone(),
                currency: finding.currency.clone(),
                not_billed: Some(Decimal::ZERO),
                billed_too_much: Some(Decimal::ZERO),
            });
        let sum = if amount > Decimal::ZERO {
            &mut total.not_billed
        } else {
            &mut total.billed_too_much
        };
        *sum = sum.and_then(|sum| sum.checked_add(amount.abs()));
    }
    totals.into_values().collect()
}
