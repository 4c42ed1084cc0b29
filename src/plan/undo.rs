//! The plan of `undo`: the quantities that a run found are put back, where Halo still shows what it wrote.

use std::collections::{BTreeMap, HashMap};

use super::{
    elsewhere::Elsewhere,
    limits::{Limits, Tally, back, stop},
    seats::{Found, LicenseSeats, Share},
};
use crate::{
    change::{Action, Change, Decision, Plan, Reason, Stop},
    model::{Mapping, Reference, SeatMetric},
};

/// What a run wrote to a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The license.
    pub license: Reference,
    /// The customer that it belonged to.
    pub customer: Reference,
    /// The quantity before.
    pub from: i64,
    /// The quantity that was written.
    pub to: i64,
    /// The organizations whose seats were written.
    pub organizations: Vec<Reference<String>>,
    /// The shares of the quantity before, where they are recorded.
    pub before: Vec<(Reference<String>, Option<i64>)>,
    /// The last run that wrote the license since, and the quantity.
    pub since: Option<(i64, i64)>,
}

/// How things are now.
#[derive(Clone, Copy, Debug)]
pub struct Now<'a> {
    /// The licenses as Halo shows them, by id.
    pub found: &'a HashMap<i64, Found>,
    /// The profile's mappings.
    pub mappings: &'a [Mapping],
    /// What other profiles of the site have mapped.
    pub elsewhere: &'a Elsewhere,
    /// The quantities that were recorded last, by license.
    pub recorded: &'a HashMap<i64, i64>,
    /// The seat number that the run billed.
    pub metric: SeatMetric,
}

/// Plans to put back what a run wrote, sorted by customer and license name. The quantity that Halo shows decides first; the
/// limits hold back what is too large to be put back unasked.
pub fn plan(written: &[Written], now: Now, limits: Limits) -> Plan<LicenseSeats> {
    let mut mapped: BTreeMap<i64, Vec<&Mapping>> = BTreeMap::new();
    for mapping in now.mappings {
        mapped.entry(mapping.license.id).or_default().push(mapping);
    }
    let mut tally = Tally::default();
    let mut changes: Vec<Change<LicenseSeats>> = written
        .iter()
        .map(|written| {
            let license = License {
                written,
                mapped: mapped.get(&written.license.id).map_or(&[], Vec::as_slice),
                now,
            };
            license.change(limits, &mut tally)
        })
        .collect();
    changes.sort_by_cached_key(|change| {
        let LicenseSeats {
            license, customer, ..
        } = &change.subject;
        (
            customer.name.to_lowercase(),
            license.name.to_lowercase(),
            license.id,
        )
    });
    Plan {
        changes,
        stop: stop(tally, limits).map(|stop| match stop {
            Stop::HeldBack {
                held, of, percent, ..
            } => Stop::BackHeldBack { held, of, percent },
            stop => stop,
        }),
    }
}

struct License<'a> {
    written: &'a Written,
    mapped: &'a [&'a Mapping],
    now: Now<'a>,
}

impl License<'_> {
    fn change(&self, limits: Limits, tally: &mut Tally) -> Change<LicenseSeats> {
        let mut seats = self.seats();
        let written = self.written;
        let (decision, reason) = match self.shown() {
            Err(reason) => (Decision::Block, Some(reason)),
            Ok(shown) if shown == written.from => {
                // Someone else put it back, if another quantity was recorded last.
                let recorded = self.now.recorded.get(&written.license.id).copied();
                seats.drift = recorded.filter(|recorded| *recorded != shown);
                (Decision::Unchanged, None)
            }
            Ok(shown) if shown == written.to => {
                tally.synced += 1;
                let too_much = back(shown, written.from, limits);
                tally.synced_held += usize::from(too_much.is_some());
                match too_much {
                    None => (Decision::Apply, None),
                    Some(too_much) => (Decision::HoldBack, Some(Reason::TooMuch(too_much))),
                }
            }
            Ok(shown) => {
                let reason = match written.since {
                    Some((run, to)) if to == shown => Reason::WrittenSince { shown, run },
                    _ => {
                        seats.drift = Some(written.since.map_or(written.to, |(_, to)| to));
                        Reason::ChangedSince {
                            shown,
                            wrote: written.to,
                        }
                    }
                };
                (Decision::Block, Some(reason))
            }
        };
        Change::new(seats, Action::Update, decision, reason)
    }

    /// The quantity that Halo shows, if the license can be written.
    fn shown(&self) -> Result<i64, Reason> {
        let written = self.written;
        let found = self
            .now
            .found
            .get(&written.license.id)
            .ok_or(Reason::LicenseGone)?;
        let elsewhere = self.now.elsewhere;
        let conflict = match self.mapped {
            [] => elsewhere.conflict("", written.license.id),
            mapped => mapped
                .iter()
                .find_map(|mapping| elsewhere.conflict(&mapping.organization.id, written.license.id)),
        };
        if let Some(conflict) = conflict {
            return Err(Reason::MappedTwice(Box::new(conflict)));
        }
        let owner = found.customer.ok_or(Reason::LicenseOwnerUnknown)?;
        if owner != written.customer.id {
            return Err(Reason::MovedSince {
                owner,
                customer: written.customer.clone(),
            });
        }
        if let Some(stranger) = self.mapped.iter().find(|mapping| mapping.customer.id != owner) {
            return Err(Reason::LicenseMoved {
                owner,
                organization: stranger.organization.name.clone(),
                customer: stranger.customer.clone(),
            });
        }
        if !found.active {
            return Err(Reason::LicenseInactive);
        }
        found.count.ok_or(Reason::QuantityUnreadable)
    }

    fn seats(&self) -> LicenseSeats {
        let written = self.written;
        let found = self.now.found.get(&written.license.id);
        let name = found.map_or(&written.license.name, |found| &found.name);
        LicenseSeats {
            license: Reference::new(written.license.id, name.clone()),
            customer: written.customer.clone(),
            shares: self.shares(),
            from: found.and_then(|found| found.count),
            to: Some(written.from),
            first: false,
            drift: None,
            drift_by: None,
            drift_source: None,
            undone_by: None,
            month_begins: false,
            shares_changed: false,
            price: found.map(|found| found.price.clone()).unwrap_or_default(),
        }
    }

    /// What each organization has in the quantity that is put back. One that joined the license with the run, or later, has
    /// nothing in it: its next sync is its first.
    fn shares(&self) -> Vec<Share> {
        let written = self.written;
        let mut shares: BTreeMap<&str, Share> = BTreeMap::new();
        let organizations = (written.organizations.iter())
            .chain(self.mapped.iter().map(|mapping| &mapping.organization))
            .map(|organization| (organization, None));
        let before = written
            .before
            .iter()
            .map(|(organization, seats)| (organization, *seats));
        for (organization, seats) in organizations.chain(before) {
            let mapping = self
                .mapped
                .iter()
                .find(|mapping| mapping.organization.id == organization.id);
            let rule = mapping.map(|mapping| mapping.rule.clone()).unwrap_or_default();
            shares.insert(
                &organization.id,
                Share {
                    organization: organization.clone(),
                    seats,
                    counted: None,
                    metric: rule.metric(self.now.metric),
                    rule,
                },
            );
        }
        shares.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Price, Rule};

    const LIMITS: Limits = Limits {
        max_change: 50,
        min_change: 5,
        max_held_back: 20,
        max_amount: None,
    };

    fn organization(id: &str) -> Reference<String> {
        Reference::new(id.to_owned(), id)
    }

    fn written(license: i64, from: i64, to: i64) -> Written {
        Written {
            license: Reference::new(license, "License"),
            customer: Reference::new(7, "Customer"),
            from,
            to,
            organizations: vec![organization("a")],
            before: Vec::new(),
            since: None,
        }
    }

    fn found(count: i64) -> Found {
        Found {
            name: "License".to_owned(),
            count: Some(count),
            customer: Some(7),
            active: true,
            price: Price::default(),
        }
    }

    fn mapping(id: &str, license: i64) -> Mapping {
        Mapping {
            organization: organization(id),
            organization_number: None,
            customer: Reference::new(7, "Customer"),
            license: Reference::new(license, "License"),
            mapped_at: String::new(),
            flag: None,
            seats: None,
            rule: Rule::default(),
        }
    }

    fn one(written: Written, found: Option<Found>, mappings: &[Mapping]) -> Change<LicenseSeats> {
        let found = found
            .map(|found| (written.license.id, found))
            .into_iter()
            .collect();
        let now = Now {
            found: &found,
            mappings,
            elsewhere: &Elsewhere::default(),
            recorded: &HashMap::from([(written.license.id, written.to)]),
            metric: SeatMetric::Used,
        };
        plan(&[written], now, LIMITS).changes.remove(0)
    }

    #[test]
    fn what_halo_shows_decides() {
        let decided = |shown| {
            let change = one(written(1, 10, 12), Some(found(shown)), &[mapping("a", 1)]);
            (change.decision, change.reason, change.subject.drift)
        };
        assert_eq!(decided(12), (Decision::Apply, None, None));
        assert_eq!(
            decided(10),
            (Decision::Unchanged, None, Some(12)),
            "put back by hand"
        );
        assert_eq!(
            decided(11),
            (
                Decision::Block,
                Some(Reason::ChangedSince { shown: 11, wrote: 12 }),
                Some(12)
            )
        );
        let mut since = written(1, 10, 12);
        since.since = Some((9, 14));
        let change = one(since.clone(), Some(found(14)), &[]);
        assert_eq!(
            (change.decision, change.reason, change.subject.drift),
            (
                Decision::Block,
                Some(Reason::WrittenSince { shown: 14, run: 9 }),
                None
            )
        );
        let change = one(since, Some(found(15)), &[]);
        assert_eq!(change.subject.drift, Some(14), "changed since that");
    }

    #[test]
    fn the_guards_hold_back_what_is_too_large() {
        let decided = |from, to| one(written(1, from, to), Some(found(to)), &[]).decision;
        assert_eq!(decided(10, 15), Decision::Apply);
        assert_eq!(decided(10, 40), Decision::HoldBack);
        assert_eq!(decided(0, 3), Decision::HoldBack, "a fall to 0");
        assert_eq!(decided(62, 0), Decision::HoldBack);
    }

    #[test]
    fn a_license_that_cannot_be_written_is_blocked() {
        let inactive = Found {
            active: false,
            ..found(12)
        };
        let moved = Found {
            customer: Some(8),
            ..found(12)
        };
        for (found, code) in [
            (None, "license_gone"),
            (Some(inactive), "license_inactive"),
            (Some(moved), "license_moved"),
        ] {
            let change = one(written(1, 10, 12), found, &[]);
            assert_eq!(change.decision, Decision::Block);
            assert_eq!(change.reason.unwrap().code(), code);
        }
    }

    #[test]
    fn shares_are_those_of_before() {
        let mut written = written(1, 15, 47);
        written.organizations = vec![organization("a"), organization("joined")];
        written.before = vec![(organization("a"), Some(10)), (organization("left"), Some(5))];
        let change = one(written, Some(found(47)), &[mapping("a", 1), mapping("later", 1)]);
        let shares: Vec<(&str, Option<i64>)> = change
            .subject
            .shares
            .iter()
            .map(|share| (share.organization.id.as_str(), share.seats))
            .collect();
        assert_eq!(
            shares,
            [
                ("a", Some(10)),
                ("joined", None),
                ("later", None),
                ("left", Some(5))
            ]
        );
    }

    #[test]
    fn many_that_are_held_back_stop_the_rest() {
        let all: Vec<Written> = (1..=4).map(|license| written(license, 10, 40)).collect();
        let found = (1..=4).map(|license| (license, found(40))).collect();
        let now = Now {
            found: &found,
            mappings: &[],
            elsewhere: &Elsewhere::default(),
            recorded: &HashMap::new(),
            metric: SeatMetric::Used,
        };
        assert!(plan(&all, now, LIMITS).stop.is_some());
    }

    proptest! {
        #[test]
        fn nothing_is_written_unless_halo_shows_what_the_run_wrote(
            from in 0..100_i64, to in 0..100_i64, shown in 0..100_i64, released: bool,
        ) {
            let found = HashMap::from([(1, found(shown))]);
            let now = Now {
                found: &found,
                mappings: &[],
                elsewhere: &Elsewhere::default(),
                recorded: &HashMap::new(),
                metric: SeatMetric::Used,
            };
            let mut plan = plan(&[written(1, from, to)], now, LIMITS);
            if released {
                plan.release();
            }
            for change in plan.to_apply() {
                prop_assert_eq!(shown, to);
                prop_assert_eq!(change.subject.to, Some(from));
            }
        }
    }
}
