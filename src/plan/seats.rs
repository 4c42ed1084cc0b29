//! What `sync-seats` is about to do: quantities from seats, with the safeguards that keep a bad answer from
//! becoming a wrong invoice.

use std::collections::{BTreeMap, HashMap};

use crate::reference::Reference;

/// What SaaS Backup says about a mapped organization now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It has so many seats.
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

/// How much change is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A license synced before may rise or fall by so many percent.
    pub max_change: u32,
    /// The run stops if more than so many percent of the licenses would be held back.
    pub max_held_back: u32,
    /// The limits do not count.
    pub force: bool,
}

/// Fewer held-back licenses than this never stop a run: in a small one each is a large share.
pub const FEWEST_TO_STOP: usize = 3;

/// What is decided about a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Its quantity is written.
    Write,
    /// Its quantity is right.
    Unchanged,
    /// Its quantity stays, as it should.
    Leave,
    /// It would change by too much; a person or `--force` can decide otherwise.
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
    /// What is wrong with its mapping, for a person to mend.
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
    pub stop: Option<String>,
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
/// `found` are the licenses as Halo has them, by id; `synced` the quantities of the last sync, by license.
/// The order of neither matters.
pub fn plan(
    mapped: &[Mapped],
    found: &HashMap<i64, Found>,
    synced: &HashMap<i64, i64>,
    limits: Limits,
) -> Plan {
    let mut by_license: BTreeMap<i64, Vec<&Mapped>> = BTreeMap::new();
    for mapping in mapped {
        by_license.entry(mapping.license.id).or_default().push(mapping);
    }
    let mut items: Vec<Item> = by_license
        .into_values()
        .filter_map(|mut mapped| {
            mapped.sort_by(|one, other| one.organization.id.cmp(&other.organization.id));
            let license = mapped.first()?.license.id;
            item(
                &mapped,
                found.get(&license),
                synced.get(&license).copied(),
                limits,
            )
        })
        .collect();
    items.sort_by_cached_key(|item| {
        (
            item.customer.name.to_lowercase(),
            item.license.name.to_lowercase(),
            item.license.id,
        )
    });
    let stop = stop(&items, limits);
    Plan { items, stop }
}

fn stop(items: &[Item], limits: Limits) -> Option<String> {
    let held = items
        .iter()
        .filter(|item| matches!(item.decision, Decision::HoldBack | Decision::Problem))
        .count();
    let too_many = held >= FEWEST_TO_STOP && held * 100 > items.len() * limits.max_held_back as usize;
    (too_many && !limits.force).then(|| {
        format!(
            "{held} of {} licenses would be held back, more than {} percent: nothing is written",
            items.len(),
            limits.max_held_back
        )
    })
}

fn item(mapped: &[&Mapped], found: Option<&Found>, synced: Option<i64>, limits: Limits) -> Option<Item> {
    let first_mapping = mapped.first()?;
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
        drift: synced.filter(|synced| from.is_some_and(|from| from != *synced)),
        shares_changed: shares
            .iter()
            .zip(mapped)
            .any(|(share, mapping)| share.seats != mapping.seats_before),
        shares,
    };
    let (decision, reason) = decide(&item, mapped, found, limits);
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
            Some("the organization is no longer in SaaS Backup".to_owned()),
        ),
    };
    Share {
        organization: mapping.organization.clone(),
        seats,
        flag,
    }
}

fn decide(
    item: &Item,
    mapped: &[&Mapped],
    found: Option<&Found>,
    limits: Limits,
) -> (Decision, Option<String>) {
    let problem = |reason: String| (Decision::Problem, Some(reason));
    let Some(found) = found else {
        return problem("the license is gone from Halo; map its organizations to another".to_owned());
    };
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
        let name = &mapping.organization.name;
        match mapping.source {
            Source::Vanished => return problem(format!("{name} is no longer in SaaS Backup")),
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
        return (
            Decision::Leave,
            Some(format!("{} and keeps what it had", kept.join(", "))),
        );
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
    if from == to {
        return (Decision::Unchanged, None);
    }
    if !item.first
        && let Some(reason) = too_much(from, to, limits.max_change)
    {
        return if limits.force {
            (
                Decision::Write,
                Some(reason.replace("(--force writes it all the same)", "(written with --force)")),
            )
        } else {
            (Decision::HoldBack, Some(reason))
        };
    }
    let note = if kept.is_empty() {
        None
    } else {
        Some(format!("{} and keeps its share", kept.join(", ")))
    };
    (Decision::Write, note)
}

/// Why a change is more than the limit allows.
fn too_much(from: i64, to: i64, max_change: u32) -> Option<String> {
    if to == 0 {
        return Some(format!(
            "it would fall from {from} to 0 (--force writes it all the same)"
        ));
    }
    if from <= 0 {
        return Some(format!(
            "it would rise from {from} to {to} (--force writes it all the same)"
        ));
    }
    let change = (to - from).abs();
    (i128::from(change) * 100 > i128::from(from) * i128::from(max_change)).then(|| {
        let direction = if to > from { "rise" } else { "fall" };
        let percent = i128::from(change) * 100 / i128::from(from);
        format!("it would {direction} by {percent} percent, more than --max-change {max_change} (--force writes it all the same)")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits {
        max_change: 50,
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
        let synced = synced.map(|count| (license, count)).into_iter().collect();
        plan(mappings, &found, &synced, LIMITS).items.remove(0)
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
    fn large_changes_are_held_back_after_the_first_sync() {
        for (from, to, held) in [
            (10, 15, false),
            (10, 16, true),
            (10, 5, false),
            (10, 4, true),
            (10, 0, true),
            (0, 1, true),
            (3, 3, false),
        ] {
            let mappings = [mapped("a", 1, Source::Seats(to), Some(from))];
            let item = one(&mappings, Some(found(from)), Some(from));
            assert_eq!(item.decision == Decision::HoldBack, held, "{from} -> {to}");
            let first = one(&mappings, Some(found(from)), None);
            assert_ne!(first.decision, Decision::HoldBack, "{from} -> {to}");
        }
    }

    #[test]
    fn an_organization_that_joins_a_license_makes_its_sync_the_first() {
        let both = [
            mapped("a", 1, Source::Seats(10), Some(10)),
            mapped("b", 1, Source::Seats(30), None),
        ];
        let item = one(&both, Some(found(10)), Some(10));
        assert_eq!(
            (item.decision, item.to, item.first),
            (Decision::Write, Some(40), true)
        );
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
        let synced: HashMap<i64, i64> = (0..12).map(|license| (license, 10)).collect();
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
        assert_eq!((forced.stop.as_deref(), forced.writes().count()), (None, 12));
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
        ) -> (Vec<Mapped>, HashMap<i64, Found>, HashMap<i64, i64>, Limits) {
            let mappings = rows
                .into_iter()
                .enumerate()
                .map(|(number, (license, source, before))| mapped(&format!("o{number}"), license, source, before))
                .collect();
            let found = counts.into_iter().map(|(license, count)| (license, found(count))).collect();
            (mappings, found, synced, Limits { force, ..LIMITS })
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
                synced.insert(*license, *count);
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
