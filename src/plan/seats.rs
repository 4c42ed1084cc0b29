//! What `sync-seats` is about to do: quantities from seats, with the safeguards that keep a bad answer from
//! becoming a wrong invoice.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    elsewhere::Elsewhere,
    limits::{LicenseChange, Limits, ShareChange, Stop, Tally, TooMuch, judge, of_a_sharer, stop},
};
use crate::model::Reference;

/// What SaaS Backup says about a mapped organization now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The seats it has.
    Seats(i64),
    /// Its seat number is missing or no number.
    Unreadable,
    /// There are two rows for it, and they differ.
    Contradictory,
    /// It is suspended: it keeps what it had.
    Suspended,
    /// It is deactivated: it keeps what it had.
    Deactivated,
    /// It is not in the list any more.
    Vanished,
    /// It is not in the file that the seats come from.
    Unlisted,
}

/// A mapping, with what its organization has now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// The organization.
    pub organization: Reference<String>,
    /// The customer it was mapped to.
    pub customer: Reference,
    /// The license it was mapped to.
    pub license: Reference,
    /// Its seats in the license's quantity since the last sync; none before the first.
    pub seats_before: Option<i64>,
    /// What it has now.
    pub source: Source,
}

/// A license as Halo has it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// Its quantity; none where it could not be read.
    pub count: Option<i64>,
    /// Whose it is.
    pub customer: Option<i64>,
    /// Whether it is active.
    pub active: bool,
}

/// A license's quantity as the last sync left it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// The quantity.
    pub count: i64,
    /// Seats in it of organizations that left the license since: they are expected to come off.
    pub unlinked: i64,
}

/// What is known from before, and from the command line.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The quantities of the last sync, by license.
    pub synced: HashMap<i64, Synced>,
    /// The licenses that halolink made.
    pub created: HashSet<i64>,
    /// What other profiles of the site have mapped.
    pub elsewhere: Elsewhere,
    /// The organizations that were named: who names one says that its license is the right one.
    pub named: HashSet<String>,
}

/// What is decided about a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Its quantity is written.
    Write,
    /// Its quantity is right.
    Unchanged,
    /// Its quantity stays, as it should.
    Leave,
    /// It would be written, but changes by too much; a person or `--force` can decide otherwise.
    HoldBack,
    /// Something is wrong that nobody can decide away.
    Problem,
}

/// What one organization contributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The organization.
    pub organization: Reference<String>,
    /// Its seats in the new quantity; none where they are not known.
    pub seats: Option<i64>,
    /// What is wrong with its mapping, for a person to fix.
    pub flag: Option<String>,
}

/// One license in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The license.
    pub license: Reference,
    /// Its customer.
    pub customer: Reference,
    /// Where its quantity comes from.
    pub shares: Vec<Share>,
    /// The quantity in Halo.
    pub from: Option<i64>,
    /// The quantity that the seats add up to; none where they are not known.
    pub to: Option<i64>,
    /// What is decided.
    pub decision: Decision,
    /// Why, where it is not simply written or right.
    pub reason: Option<String>,
    /// It, or an organization of it, was never synced since it was mapped.
    pub first: bool,
    /// Somebody else changed the quantity since the last sync: what it was then.
    pub drift: Option<i64>,
    /// The shares differ from those of the last sync, whatever the sum.
    pub shares_changed: bool,
}

/// The whole plan, by customer and license name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Every license that an organization is mapped to.
    pub items: Vec<Item>,
    /// Why nothing may be written at all.
    pub stop: Option<Stop>,
}

impl Plan {
    /// The items with that decision.
    pub fn decided(&self, decision: &Decision) -> impl Iterator<Item = &Item> {
        let decision = decision.clone();
        self.items.iter().filter(move |item| item.decision == decision)
    }

    /// What is to be written; nothing if the plan is stopped.
    pub fn writes(&self) -> impl Iterator<Item = &Item> {
        self.decided(&Decision::Write).filter(|_| self.stop.is_none())
    }

    /// Whether anything was held back or is wrong.
    pub fn needs_attention(&self) -> bool {
        self.items
            .iter()
            .any(|item| matches!(item.decision, Decision::HoldBack | Decision::Problem))
    }
}

/// Plans the quantities of all licenses that these mappings name.
///
/// `found` are the licenses as Halo has them, by id. The order of neither matters.
pub fn plan(mapped: &[Mapped], found: &HashMap<i64, Found>, known: &Known, limits: Limits) -> Plan {
    let mut by_license: BTreeMap<i64, Vec<&Mapped>> = BTreeMap::new();
    for mapping in mapped {
        by_license.entry(mapping.license.id).or_default().push(mapping);
    }
    let mut tally = Tally::default();
    let mut items: Vec<Item> = by_license
        .into_values()
        .filter_map(|mut mapped| {
            mapped.sort_by(|one, other| one.organization.id.cmp(&other.organization.id));
            let license = mapped.first()?.license.id;
            item(&mapped, found.get(&license), known, limits, &mut tally)
        })
        .collect();
    items.sort_by_cached_key(|item| {
        (
            item.customer.name.to_lowercase(),
            item.license.name.to_lowercase(),
            item.license.id,
        )
    });
    Plan {
        items,
        stop: stop(tally, limits),
    }
}

fn item(
    mapped: &[&Mapped],
    found: Option<&Found>,
    known: &Known,
    limits: Limits,
    tally: &mut Tally,
) -> Option<Item> {
    let first_mapping = mapped.first()?;
    let synced = known.synced.get(&first_mapping.license.id);
    let shares: Vec<Share> = mapped.iter().map(|mapping| share(mapping)).collect();
    let to = shares
        .iter()
        .try_fold(0_i64, |sum, share| sum.checked_add(share.seats?))
        .filter(|sum| *sum <= i64::from(i32::MAX));
    let from = found.and_then(|found| found.count);
    let mut item = Item {
        license: Reference::new(
            first_mapping.license.id,
            found
                .map_or(&first_mapping.license.name, |found| &found.name)
                .clone(),
        ),
        customer: first_mapping.customer.clone(),
        from,
        to,
        decision: Decision::Write,
        reason: None,
        // Also when an organization joined a license that was synced before: its seats are new to it.
        first: synced.is_none()
            || mapped
                .iter()
                .any(|mapping| mapping.seats_before.is_none() && matches!(mapping.source, Source::Seats(_))),
        drift: synced
            .map(|synced| synced.count)
            .filter(|count| from.is_some_and(|from| from != *count)),
        shares_changed: shares
            .iter()
            .zip(mapped)
            .any(|(share, mapping)| share.seats != mapping.seats_before),
        shares,
    };
    let (decision, reason) = match quantity(&item, mapped, found, known) {
        Ok(quantity) => guard(&item, mapped, quantity, known, limits, tally),
        Err((decision, reason)) => (decision, Some(reason)),
    };
    if decision == Decision::Leave {
        // It keeps what it has, whatever the seats would add up to.
        item.to = item.from;
    }
    item.decision = decision;
    item.reason = reason;
    Some(item)
}

fn share(mapping: &Mapped) -> Share {
    let (seats, flag) = match mapping.source {
        Source::Seats(seats) => (Some(seats), None),
        Source::Suspended | Source::Deactivated => (mapping.seats_before, None),
        Source::Unreadable | Source::Contradictory | Source::Unlisted => (None, None),
        Source::Vanished => (
            None,
            Some(format!(
                "the organization is no longer in SaaS Backup; if it left for good: halolink unlink {}",
                mapping.organization.id
            )),
        ),
    };
    Share {
        organization: mapping.organization.clone(),
        seats,
        flag,
    }
}

/// A quantity that could be worked out.
struct Quantity {
    from: i64,
    to: i64,
    /// What is to be said if it is written.
    note: Option<String>,
}

/// The quantity, for the guard to judge; or what is decided for a reason of the license's own.
fn quantity(
    item: &Item,
    mapped: &[&Mapped],
    found: Option<&Found>,
    known: &Known,
) -> Result<Quantity, (Decision, String)> {
    let problem = |reason: String| Err((Decision::Problem, reason));
    let Some(found) = found else {
        return problem("the license is gone from Halo; map its organizations to another".to_owned());
    };
    if let Some(conflict) = mapped.iter().find_map(|mapping| {
        known
            .elsewhere
            .conflict(&mapping.organization.id, mapping.license.id)
    }) {
        return problem(conflict.to_string());
    }
    if let Some(stranger) = mapped
        .iter()
        .find(|mapping| found.customer != Some(mapping.customer.id))
    {
        return problem(match found.customer {
            Some(customer) => format!(
                "the license moved to another customer in Halo ({customer}); {} is mapped to {}",
                stranger.organization.name, stranger.customer
            ),
            None => "Halo does not tell whose license it is".to_owned(),
        });
    }
    if !found.active {
        return problem("the license is inactive in Halo".to_owned());
    }
    let Some(from) = found.count else {
        return problem("its quantity in Halo could not be read".to_owned());
    };
    for mapping in mapped {
        let Reference { id, name } = &mapping.organization;
        match mapping.source {
            Source::Vanished => {
                return problem(format!(
                    "{name} is no longer in SaaS Backup; if it left for good: halolink unlink {id}"
                ));
            }
            Source::Unlisted => return problem(format!("{name} is not in the seats file")),
            Source::Unreadable => {
                return problem(format!("there is no readable seat number for {name}"));
            }
            Source::Contradictory => {
                return problem(format!("there are two different rows for {name}"));
            }
            Source::Seats(_) | Source::Suspended | Source::Deactivated => {}
        }
    }
    let kept: Vec<String> = mapped
        .iter()
        .filter_map(|mapping| match mapping.source {
            Source::Suspended => Some(format!("{} is suspended", mapping.organization.name)),
            Source::Deactivated => Some(format!("{} is deactivated", mapping.organization.name)),
            _ => None,
        })
        .collect();
    if kept.len() == mapped.len() {
        return Err((
            Decision::Leave,
            format!("{} and keeps what it had", kept.join(", ")),
        ));
    }
    let Some(to) = item.to else {
        return problem(if kept.is_empty() {
            "its seats add up to more than a quantity can be".to_owned()
        } else {
            format!(
                "{}, and was never synced: its share of this license is not known",
                kept.join(", ")
            )
        });
    };
    let note = (!kept.is_empty()).then(|| format!("{} and keeps its share", kept.join(", ")));
    Ok(Quantity { from, to, note })
}

/// Lets a quantity through or holds it back, and counts it.
fn guard(
    item: &Item,
    mapped: &[&Mapped],
    Quantity { from, to, note }: Quantity,
    known: &Known,
    limits: Limits,
    tally: &mut Tally,
) -> (Decision, Option<String>) {
    if mapped.iter().any(|mapping| mapping.seats_before.is_some()) {
        tally.synced += 1;
    }
    if item.first {
        tally.first += 1;
    }
    let synced = known.synced.get(&item.license.id).copied();
    let shares: Vec<ShareChange> = item
        .shares
        .iter()
        .zip(mapped)
        .filter_map(|(share, mapping)| {
            Some(ShareChange {
                organization: &share.organization.name,
                before: mapping.seats_before,
                now: share.seats?,
            })
        })
        .collect();
    let change = LicenseChange {
        from,
        to,
        shares: &shares,
        unlinked: synced.unwrap_or_default().unlinked,
        created: known.created.contains(&item.license.id),
    };
    if from == to {
        // The same sum may hide that one fell as another rose or joined: nothing is written, and somebody looks.
        return match of_a_sharer(&change, limits) {
            Some(too_much) if !limits.force => held_back(&too_much, tally),
            _ => (Decision::Unchanged, None),
        };
    }
    let Some(too_much) = judge(&change, limits) else {
        return (Decision::Write, note);
    };
    if limits.force {
        return (
            Decision::Write,
            Some(format!("{too_much} (written with --force)")),
        );
    }
    let named = mapped
        .iter()
        .any(|mapping| mapping.seats_before.is_none() && known.named.contains(&mapping.organization.id));
    if too_much.is_first() && named {
        return (
            Decision::Write,
            Some(format!("{too_much} (written because its organization was named)")),
        );
    }
    held_back(&too_much, tally)
}

/// Holds a license back, and counts it.
fn held_back(too_much: &TooMuch, tally: &mut Tally) -> (Decision, Option<String>) {
    if too_much.is_first() {
        tally.first_held += 1;
    } else {
        tally.synced_held += 1;
    }
    let way_out = too_much.way_out();
    (Decision::HoldBack, Some(format!("{too_much} ({way_out})")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits {
        max_change: 50,
        min_change: 5,
        max_held_back: 20,
        force: false,
    };

    fn mapped(organization: &str, license: i64, source: Source, before: Option<i64>) -> Mapped {
        Mapped {
            organization: Reference::new(organization.to_owned(), organization),
            customer: Reference::new(7, "Customer"),
            license: Reference::new(license, format!("License {license}")),
            seats_before: before,
            source,
        }
    }

    fn found(count: i64) -> Found {
        Found {
            name: "License".to_owned(),
            count: Some(count),
            customer: Some(7),
            active: true,
        }
    }

    fn one(mappings: &[Mapped], found: Option<Found>, synced: Option<i64>) -> Item {
        let license = mappings[0].license.id;
        let found = found.map(|found| (license, found)).into_iter().collect();
        let known = known(synced.map(|count| (license, count)));
        plan(mappings, &found, &known, LIMITS).items.remove(0)
    }

    fn known(synced: impl IntoIterator<Item = (i64, i64)>) -> Known {
        Known {
            synced: synced
                .into_iter()
                .map(|(license, count)| (license, Synced { count, unlinked: 0 }))
                .collect(),
            ..Known::default()
        }
    }

    #[test]
    fn several_organizations_add_up() {
        let both = [
            mapped("a", 1, Source::Seats(3), None),
            mapped("b", 1, Source::Seats(4), None),
        ];
        let item = one(&both, Some(found(1)), None);
        assert_eq!(
            (item.decision, item.to, item.first),
            (Decision::Write, Some(7), true)
        );
    }

    #[test]
    fn a_suspended_organization_keeps_what_it_had() {
        let alone = [mapped("a", 1, Source::Suspended, None)];
        assert_eq!(one(&alone, Some(found(9)), None).decision, Decision::Leave);

        let shared = [
            mapped("a", 1, Source::Suspended, Some(5)),
            mapped("b", 1, Source::Seats(4), Some(3)),
        ];
        let item = one(&shared, Some(found(8)), Some(8));
        assert_eq!((item.decision, item.to), (Decision::Write, Some(9)));

        let unknown = [
            mapped("a", 1, Source::Suspended, None),
            mapped("b", 1, Source::Seats(4), None),
        ];
        assert_eq!(one(&unknown, Some(found(8)), None).decision, Decision::Problem);
    }

    #[test]
    fn what_is_wrong_is_not_written() {
        let good = [mapped("a", 1, Source::Seats(3), None)];
        let cases: [(&[Mapped], Option<Found>); 6] = [
            (&good, None),
            (
                &good,
                Some(Found {
                    customer: Some(8),
                    ..found(1)
                }),
            ),
            (
                &good,
                Some(Found {
                    active: false,
                    ..found(1)
                }),
            ),
            (
                &good,
                Some(Found {
                    count: None,
                    ..found(1)
                }),
            ),
            (&[mapped("a", 1, Source::Vanished, Some(3))], Some(found(1))),
            (&[mapped("a", 1, Source::Unreadable, Some(3))], Some(found(1))),
        ];
        for (mapped, found) in cases {
            let item = one(mapped, found, Some(1));
            assert_eq!(item.decision, Decision::Problem, "{item:?}");
            assert!(item.reason.is_some());
        }
    }

    #[test]
    fn a_change_that_is_too_much_is_held_back_unless_it_is_forced() {
        let mappings = [mapped("a", 1, Source::Seats(20), Some(10))];
        let item = one(&mappings, Some(found(10)), Some(10));
        assert_eq!(item.decision, Decision::HoldBack);
        let held = item.reason.unwrap();
        assert!(held.ends_with("(--force writes it all the same)"), "{held}");
        let forced = Limits {
            force: true,
            ..LIMITS
        };
        let found = HashMap::from([(1, found(10))]);
        let item = plan(&mappings, &found, &known([(1, 10)]), forced).items.remove(0);
        assert_eq!(item.decision, Decision::Write);
        let written = item.reason.unwrap();
        assert!(written.ends_with("(written with --force)"), "{written}");
    }

    #[test]
    fn an_organization_that_joins_is_judged_by_itself() {
        let joined = |seats| {
            let both = [
                mapped("a", 1, Source::Seats(seats), Some(10)),
                mapped("b", 1, Source::Seats(30), None),
            ];
            one(&both, Some(found(10)), Some(10))
        };
        let item = joined(10);
        assert_eq!(
            (item.decision, item.to, item.first),
            (Decision::Write, Some(40), true)
        );
        let item = joined(20);
        assert_eq!(item.decision, Decision::HoldBack);
        assert!(item.reason.unwrap().starts_with("a would rise by 100 percent"));
    }

    #[test]
    fn naming_an_organization_lets_its_own_first_sync_through_and_nothing_else() {
        let decided = |mappings: &[Mapped], synced: &[(i64, i64)], named: &str| {
            let known = Known {
                named: HashSet::from([named.to_owned()]),
                ..known(synced.iter().copied())
            };
            let found = HashMap::from([(1, found(82))]);
            plan(mappings, &found, &known, LIMITS).items.remove(0).decision
        };
        let first = [mapped("a", 1, Source::Seats(0), None)];
        assert_eq!(decided(&first, &[], "a"), Decision::Write);
        assert_eq!(decided(&first, &[], "b"), Decision::HoldBack);
        let later = [mapped("a", 1, Source::Seats(8), Some(82))];
        assert_eq!(decided(&later, &[(1, 82)], "a"), Decision::HoldBack);
        // The one that was named is not the one that joins with so many.
        let joins = [
            mapped("a", 1, Source::Seats(82), Some(82)),
            mapped("b", 1, Source::Seats(9000), None),
        ];
        assert_eq!(decided(&joins, &[(1, 82)], "a"), Decision::HoldBack);
        assert_eq!(decided(&joins, &[(1, 82)], "b"), Decision::Write);
    }

    #[test]
    fn what_another_profile_has_mapped_too_is_not_written() {
        use crate::plan::elsewhere::OtherMapping;
        let other = |organization: &str, license| OtherMapping {
            profile: "brand".to_owned(),
            organization: Reference::new(organization.to_owned(), organization),
            license: Reference::new(license, "License"),
        };
        for (other, problem) in [
            (other("x", 1), true),
            (other("a", 2), true),
            (other("x", 2), false),
        ] {
            let known = Known {
                elsewhere: Elsewhere::new("default", [other.clone()]),
                ..Known::default()
            };
            let mappings = [mapped("a", 1, Source::Seats(3), None)];
            let forced = Limits {
                force: true,
                ..LIMITS
            };
            let item = plan(&mappings, &HashMap::from([(1, found(1))]), &known, forced)
                .items
                .remove(0);
            assert_eq!(item.decision == Decision::Problem, problem, "{other:?}: {item:?}");
        }
    }

    #[test]
    fn problems_of_their_own_never_stop_the_others() {
        let mappings: Vec<Mapped> = (0..10)
            .map(|license| {
                let source = match license {
                    0..4 => Source::Vanished,
                    4..6 => Source::Unreadable,
                    6..8 => Source::Seats(30),
                    _ => Source::Seats(11),
                };
                mapped(&format!("o{license}"), license, source, Some(10))
            })
            .collect();
        let halo: HashMap<i64, Found> = (0..10).map(|license| (license, found(10))).collect();
        let plan = plan(
            &mappings,
            &halo,
            &known((0..10).map(|license| (license, 10))),
            LIMITS,
        );
        assert_eq!((plan.stop.as_ref(), plan.writes().count()), (None, 2));
    }

    #[test]
    fn drift_is_seen() {
        let mappings = [mapped("a", 1, Source::Seats(10), Some(10))];
        assert_eq!(one(&mappings, Some(found(12)), Some(10)).drift, Some(10));
        assert_eq!(one(&mappings, Some(found(10)), Some(10)).drift, None);
    }

    #[test]
    fn too_many_held_back_stop_the_run() {
        let mappings: Vec<Mapped> = (0..12)
            .map(|license| {
                let seats = if license < 4 { 0 } else { 11 };
                mapped(&format!("o{license}"), license, Source::Seats(seats), Some(10))
            })
            .collect();
        let halo: HashMap<i64, Found> = (0..12).map(|license| (license, found(10))).collect();
        let synced = known((0..12).map(|license| (license, 10)));
        let stopped = plan(&mappings, &halo, &synced, LIMITS);
        assert!(stopped.stop.is_some());
        assert_eq!(stopped.writes().count(), 0);
        let forced = plan(
            &mappings,
            &halo,
            &synced,
            Limits {
                force: true,
                ..LIMITS
            },
        );
        assert_eq!((forced.stop.as_ref(), forced.writes().count()), (None, 12));
        let patient = plan(
            &mappings,
            &halo,
            &synced,
            Limits {
                max_held_back: 50,
                ..LIMITS
            },
        );
        assert_eq!(patient.writes().count(), 8);
    }

    fn any_source() -> impl Strategy<Value = Source> {
        prop_oneof![
            8 => (0_i64..5000).prop_map(Source::Seats),
            1 => Just(Source::Unreadable),
            1 => Just(Source::Contradictory),
            1 => Just(Source::Suspended),
            1 => Just(Source::Deactivated),
            1 => Just(Source::Vanished),
        ]
    }

    prop_compose! {
        fn any_mapped()(license in 0_i64..12, source in any_source(), before in proptest::option::of(0_i64..5000))
            -> (i64, Source, Option<i64>) { (license, source, before) }
    }

    prop_compose! {
        fn any_world()(
            rows in proptest::collection::vec(any_mapped(), 0..40),
            counts in proptest::collection::hash_map(0_i64..12, 0_i64..5000, 0..12),
            synced in proptest::collection::hash_map(0_i64..12, 0_i64..5000, 0..12),
            force in any::<bool>(),
        ) -> (Vec<Mapped>, HashMap<i64, Found>, Known, Limits) {
            let mappings = rows
                .into_iter()
                .enumerate()
                .map(|(number, (license, source, before))| mapped(&format!("o{number}"), license, source, before))
                .collect();
            let found = counts.into_iter().map(|(license, count)| (license, found(count))).collect();
            (mappings, found, known(synced), Limits { force, ..LIMITS })
        }
    }

    #[test]
    fn a_sum_that_stays_the_same_hides_nobody() {
        let both = |one: i64, other: i64, before: Option<i64>| {
            [
                mapped("a", 1, Source::Seats(one), Some(100)),
                mapped("b", 1, Source::Seats(other), before),
            ]
        };
        for (mappings, decision) in [
            (both(1, 99, None), Decision::HoldBack),
            (both(1, 199, Some(100)), Decision::HoldBack),
            (both(99, 1, None), Decision::Unchanged),
            (both(98, 102, Some(100)), Decision::Unchanged),
        ] {
            let sum = mappings
                .iter()
                .map(|mapping| mapping.source)
                .fold(0, |sum, source| match source {
                    Source::Seats(seats) => sum + seats,
                    _ => sum,
                });
            let item = one(&mappings, Some(found(sum)), Some(sum));
            assert_eq!(item.decision, decision, "{mappings:?}");
        }
    }

    proptest! {
        #[test]
        fn applying_gives_the_sums_and_planning_again_gives_nothing(
            (mapped, mut found, mut synced, limits) in any_world()
        ) {
            let plan_made = plan(&mapped, &found, &synced, limits);
            for item in plan_made.writes() {
                let sum: i64 = mapped
                    .iter()
                    .filter(|mapping| mapping.license.id == item.license.id)
                    .map(|mapping| match mapping.source {
                        Source::Seats(seats) => seats,
                        _ => mapping.seats_before.unwrap_or(0),
                    })
                    .sum();
                prop_assert_eq!(item.to, Some(sum));
            }
            let written: Vec<(i64, i64)> = plan_made
                .writes()
                .filter_map(|item| Some((item.license.id, item.to?)))
                .collect();
            for (license, count) in &written {
                if let Some(license) = found.get_mut(license) {
                    license.count = Some(*count);
                }
                synced.synced.insert(*license, Synced { count: *count, unlinked: 0 });
            }
            let again = plan(&mapped, &found, &synced, limits);
            for (license, _) in written {
                let decision = again.items.iter().find(|item| item.license.id == license);
                prop_assert_eq!(decision.map(|item| &item.decision), Some(&Decision::Unchanged));
            }
        }

        #[test]
        fn the_order_of_input_changes_nothing(
            ((mapped, found, synced, limits), shuffled) in any_world().prop_flat_map(|world| {
                let mapped = world.0.clone();
                (Just(world), Just(mapped).prop_shuffle())
            })
        ) {
            prop_assert_eq!(
                plan(&mapped, &found, &synced, limits),
                plan(&shuffled, &found, &synced, limits)
            );
        }
    }
}
