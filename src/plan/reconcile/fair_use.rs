//! The vendor's fair use: deactivated accounts and free shared mailboxes are free up to a share, and billed beyond it.
//!
//! The vendor's and a distributor's help pages disagree about what it is a share of, so the partner says, and what comes of
//! it is a guess: it has no amount.

use super::{Finding, Input, Kind};
use crate::model::{FairUse, FairUseOf, Organization, Reference};

/// The finding about an organization with more than the free share, as far as its numbers are known.
pub(super) fn finding(organization: &Organization, input: &Input<'_>) -> Option<Finding> {
    let fair_use = input.fair_use?;
    if organization.conflicting || organization.suspended || organization.deactivated {
        // Their numbers cannot be trusted, or are all of them deactivated.
        return None;
    }
    let base = base(organization, fair_use.of)?;
    let free = share(fair_use, base);
    let extras = organization.extras;
    // Without one of them, it is at least the other.
    let counted = match (extras.deactivated, extras.free_shared) {
        (None, None) => return None,
        (deactivated, shared) => deactivated.unwrap_or(0).saturating_add(shared.unwrap_or(0)),
    };
    let beyond = counted.checked_sub(free).filter(|beyond| *beyond > 0)?;
    let mapping = input
        .mappings
        .iter()
        .find(|mapping| mapping.organization.id == organization.id);
    let of = match fair_use.of {
        FairUseOf::Purchased => "purchased seats",
        FairUseOf::Mailboxes => "mailboxes",
    };
    let known = |number: Option<i64>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
    Some(Finding {
        kind: Kind::FairUse,
        organization: Some(Reference::new(organization.id.clone(), &organization.name)),
        customer: mapping.map(|mapping| mapping.customer.clone()),
        license: mapping.map(|mapping| mapping.license.clone()),
        amount: None,
        cycle: None,
        currency: None,
        message: format!(
            "{} ({}) has {} deactivated accounts and {} free shared mailboxes, of which {free} are free ({}% of {base} {of}, \
             rounded down): the vendor may bill {beyond} more (not sure: its pages disagree about the rule)",
            organization.name,
            organization.id,
            known(extras.deactivated),
            known(extras.free_shared),
            fair_use.percent,
        ),
        hint: format!(
            "delete deactivated accounts that are not needed in the Partner Portal, or bill by another number: {} configure \
             --seat-metric required",
            input.command
        ),
        seats: beyond,
    })
}

/// What the free share is a share of; none if that is not known.
fn base(organization: &Organization, of: FairUseOf) -> Option<i64> {
    let extras = organization.extras;
    match of {
        FairUseOf::Purchased => organization.seats.purchased,
        FairUseOf::Mailboxes => [
            organization.seats.active,
            extras.deactivated,
            extras.paid_shared,
            extras.free_shared,
        ]
        .into_iter()
        .try_fold(0_i64, |sum, part| sum.checked_add(part?)),
    }
}

/// The free share, rounded down.
fn share(fair_use: FairUse, base: i64) -> i64 {
    let share = i128::from(base) * i128::from(fair_use.percent) / 100;
    i64::try_from(share).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_rounded_down() {
        let of = FairUseOf::Purchased;
        for (percent, base, free) in [
            (20, 0, 0),
            (20, 4, 0),
            (20, 5, 1),
            (20, 99, 19),
            (33, 10, 3),
            (0, 50, 0),
        ] {
            assert_eq!(share(FairUse { percent, of }, base), free, "{percent}% of {base}");
        }
        let most = FairUse {
            percent: u32::MAX,
            of,
        };
        assert_eq!(share(most, i64::MAX), i64::MAX);
    }
}
