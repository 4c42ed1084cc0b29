//! The plan of `sync-seats`: quantities from seats, with the safeguards that keep a bad answer from becoming a wrong
//! invoice.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    drift::DriftSource,
    elsewhere::Elsewhere,
    limits::{LicenseChange, Limits, ShareChange, Tally, judge, of_a_sharer, stop, too_dear},
    rules,
};
use crate::{
    change::{Action, Change, Decision, Kept, Plan, Reason, TooMuch},
    model::{Price, Reference, Rule, SeatMetric},
};

/// What SaaS Backup says about a mapped organization now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Its number of seats.
    Seats(i64),
    /// Its seat number is missing or is not a number.
    Unreadable,
    /// Two rows for it contradict each other.
    Contradictory,
    /// It is suspended: it keeps what it had.
    Suspended,
    /// It is deactivated: it keeps what it had.
    Deactivated,
    /// It is no longer in the list.
    Vanished,
    /// It is not in the seats file.
    Unlisted,
}

/// A mapping, with the seats that its organization has now.
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
    /// Its seats now, by `metric`.
    pub source: Source,
    /// The seat number that counts: the rule's own, or the profile's.
    pub metric: SeatMetric,
    /// How its seats become its share.
    pub rule: Rule,
    /// The highest seats by this metric that earlier runs counted in this calendar month; read only if the rule wants it.
    pub highest: Option<i64>,
}

/// A license as Halo shows it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// Its quantity; none if it could not be read.
    pub count: Option<i64>,
    /// The customer that it belongs to.
    pub customer: Option<i64>,
    /// It is active in Halo.
    pub active: bool,
    /// What a seat costs.
    pub price: Price,
}

/// A license's quantity after the last sync.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// The quantity.
    pub count: i64,
    /// Seats in it of organizations that have left the license since. They are expected to be subtracted.
    pub unlinked: i64,
    /// It was recorded in this calendar month.
    pub this_month: bool,
    /// The run that put it back, if the last one that wrote it was an undo.
    pub undone_by: Option<i64>,
}

/// What earlier runs recorded, and what the command line names.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The quantities after the last sync, by license.
    pub synced: HashMap<i64, Synced>,
    /// The licenses that halolink created.
    pub created: HashSet<i64>,
    /// What other profiles of the site have mapped.
    pub elsewhere: Elsewhere,
    /// The organizations named on the command line: naming one confirms that its license is the right one.
    pub named: HashSet<String>,
    /// Today, in the partner's time zone.
    pub today: Date,
}

/// What one organization contributes to a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The organization.
    pub organization: Reference<String>,
    /// Its seats in the new quantity; none if they are not known.
    pub seats: Option<i64>,
    /// The seats that were counted, before the rule made them its share; none if they were not read.
    pub counted: Option<i64>,
    /// By which metric they were counted.
    pub metric: SeatMetric,
    /// How they became its share.
    pub rule: Rule,
}

/// A license, and the seats that its quantity is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseSeats {
    /// The license.
    pub license: Reference,
    /// Its customer.
    pub customer: Reference,
    /// The organizations that its quantity is made of.
    pub shares: Vec<Share>,
    /// The quantity in Halo.
    pub from: Option<i64>,
    /// The sum of the seats; none if they are not known.
    pub to: Option<i64>,
    /// The license, or one of its organizations, has not been synced since it was mapped.
    pub first: bool,
    /// The quantity after the last sync, if someone else has changed it since.
    pub drift: Option<i64>,
    /// Who changed it, if Halo recorded that. Filled in after planning.
    pub drift_by: Option<String>,
    /// Whose change that was. Filled in after planning.
    pub drift_source: Option<DriftSource>,
    /// The shares differ from those of the last sync, even if their sum is the same.
    pub shares_changed: bool,
    /// What a seat costs.
    pub price: Price,
    /// The run that took this change back before: it would be written again.
    pub undone_by: Option<i64>,
    /// The first run in this calendar month that is about it.
    pub month_begins: bool,
}

impl LicenseSeats {
    /// By how many seats the quantity changes.
    pub fn change(&self) -> Option<i64> {
        Some(self.to?.saturating_sub(self.from?))
    }

    /// What that adds to a billing cycle, or takes from it; none if it is not known.
    pub fn amount(&self) -> Option<Decimal> {
        self.price.amount(self.change()?)
    }
}

/// Plans the quantities of all licenses that these mappings name, sorted by customer and license name.
///
/// `found` are the licenses as Halo shows them, by id. The order of the mappings does not matter.
pub fn plan(
    mapped: &[Mapped],
    found: &HashMap<i64, Found>,
    known: &Known,
    limits: Limits,
) -> Plan<LicenseSeats> {
    let mut by_license: BTreeMap<i64, Vec<&Mapped>> = BTreeMap::new();
    for mapping in mapped {
        by_license.entry(mapping.license.id).or_default().push(mapping);
    }
    let mut tally = Tally::default();
    let mut changes: Vec<Change<LicenseSeats>> = by_license
        .into_values()
        .filter_map(|mut mapped| {
            mapped.sort_by(|one, other| one.organization.id.cmp(&other.organization.id));
            let license = License {
                first: mapped.first()?,
                found: found.get(&mapped.first()?.license.id),
                mapped: &mapped,
                known,
                limits,
            };
            Some(license.change(&mut tally))
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
        stop: stop(tally, limits),
    }
}

/// What an organization contributes. If it is suspended or deactivated, it keeps what it had.
fn share(mapping: &Mapped, today: Date) -> Share {
    let counted = match mapping.source {
        Source::Seats(seats) => Some(seats),
        _ => None,
    };
    let seats = match mapping.source {
        Source::Seats(seats) => Some(rules::share(&mapping.rule, seats, mapping.highest, today)),
        Source::Suspended | Source::Deactivated => mapping.seats_before,
        Source::Unreadable | Source::Contradictory | Source::Unlisted | Source::Vanished => None,
    };
    Share {
        organization: mapping.organization.clone(),
        seats,
        counted,
        metric: mapping.metric,
        rule: mapping.rule.clone(),
    }
}

/// Why an organization keeps what it had, if it does.
fn kept(mapping: &Mapped) -> Option<Kept> {
    let name = || mapping.organization.name.clone();
    match mapping.source {
        Source::Suspended => Some(Kept::Suspended(name())),
        Source::Deactivated => Some(Kept::Deactivated(name())),
        _ => None,
    }
}

/// What is wrong with the seats of an organization.
fn wrong(mapping: &Mapped) -> Option<Reason> {
    let name = || mapping.organization.name.clone();
    match mapping.source {
        Source::Vanished => Some(Reason::OrganizationVanished(mapping.organization.clone())),
        Source::Unlisted => Some(Reason::OrganizationUnlisted(name())),
        Source::Unreadable => Some(Reason::SeatsUnreadable(name())),
        Source::Contradictory => Some(Reason::SeatsContradictory(name())),
        Source::Seats(_) | Source::Suspended | Source::Deactivated => None,
    }
}

/// A quantity that is known.
struct Quantity {
    from: i64,
    to: i64,
    /// What to say if it is written.
    note: Option<Reason>,
}

/// A verdict: the action, the decision, and the reason.
type Verdict = (Action, Decision, Option<Reason>);

/// A license with everything that decides its quantity.
struct License<'a> {
    first: &'a Mapped,
    mapped: &'a [&'a Mapped],
    found: Option<&'a Found>,
    known: &'a Known,
    limits: Limits,
}

impl License<'_> {
    fn change(&self, tally: &mut Tally) -> Change<LicenseSeats> {
        let mut seats = self.seats();
        let (action, decision, reason) = match self.quantity(&seats) {
            Ok(quantity) => self.guard(&seats, quantity, tally),
            Err((decision, reason)) => (Action::Update, decision, Some(reason)),
        };
        if decision == Decision::Leave {
            // It keeps its quantity, whatever the sum of the seats would be.
            seats.to = seats.from;
        }
        Change::new(seats, action, decision, reason)
    }

    /// The sum of the seats.
    fn seats(&self) -> LicenseSeats {
        let synced = self.known.synced.get(&self.first.license.id);
        let shares: Vec<Share> = self
            .mapped
            .iter()
            .map(|mapping| share(mapping, self.known.today))
            .collect();
        let to = shares
            .iter()
            .try_fold(0_i64, |sum, share| sum.checked_add(share.seats?))
            .filter(|sum| *sum <= i64::from(i32::MAX));
        let from = self.found.and_then(|found| found.count);
        let name = self.found.map_or(&self.first.license.name, |found| &found.name);
        LicenseSeats {
            license: Reference::new(self.first.license.id, name.clone()),
            customer: self.first.customer.clone(),
            from,
            to,
            // True also if an organization has joined a license that was synced before: its seats are new to the
            // license.
            first: synced.is_none()
                || self.mapped.iter().any(|mapping| {
                    mapping.seats_before.is_none() && matches!(mapping.source, Source::Seats(_))
                }),
            drift: synced
                .map(|synced| synced.count)
                .filter(|count| from.is_some_and(|from| from != *count)),
            drift_by: None,
            drift_source: None,
            month_begins: !synced.is_some_and(|synced| synced.this_month),
            undone_by: synced
                .filter(|synced| from == Some(synced.count) && to != from)
                .and_then(|synced| synced.undone_by),
            price: self.found.map(|found| found.price.clone()).unwrap_or_default(),
            shares_changed: shares
                .iter()
                .zip(self.mapped)
                .any(|(share, mapping)| share.seats != mapping.seats_before),
            shares,
        }
    }

    /// The quantity, to be judged by the limits; or a verdict for a reason of the license's own.
    fn quantity(&self, seats: &LicenseSeats) -> Result<Quantity, (Decision, Reason)> {
        let block = |reason| Err((Decision::Block, reason));
        let from = match self.writable() {
            Ok(from) => from,
            Err(reason) => return block(reason),
        };
        if let Some(reason) = self.mapped.iter().find_map(|mapping| wrong(mapping)) {
            return block(reason);
        }
        let kept: Vec<Kept> = self.mapped.iter().filter_map(|mapping| kept(mapping)).collect();
        if kept.len() == self.mapped.len() {
            return Err((Decision::Leave, Reason::QuantityKept(kept)));
        }
        match seats.to {
            Some(to) => Ok(Quantity {
                from,
                to,
                note: (!kept.is_empty()).then_some(Reason::SharesKept(kept)),
            }),
            None if kept.is_empty() => block(Reason::TooManySeats),
            None => block(Reason::ShareUnknown(kept)),
        }
    }

    /// The license's quantity in Halo, if the license can be written.
    fn writable(&self) -> Result<i64, Reason> {
        let found = self.found.ok_or(Reason::LicenseGone)?;
        let elsewhere = &self.known.elsewhere;
        if let Some(conflict) = self
            .mapped
            .iter()
            .find_map(|mapping| elsewhere.conflict(&mapping.organization.id, mapping.license.id))
        {
            return Err(Reason::MappedTwice(Box::new(conflict)));
        }
        let owner = found.customer.ok_or(Reason::LicenseOwnerUnknown)?;
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

    /// Approves a quantity or holds it back, and counts it.
    fn guard(&self, seats: &LicenseSeats, quantity: Quantity, tally: &mut Tally) -> Verdict {
        let Quantity { from, to, note } = quantity;
        if self.mapped.iter().any(|mapping| mapping.seats_before.is_some()) {
            tally.synced += 1;
        }
        if seats.first {
            tally.first += 1;
        }
        let shares = self.share_changes(seats);
        let license = seats.license.id;
        let change = LicenseChange {
            from,
            to,
            shares: &shares,
            unlinked: self
                .known
                .synced
                .get(&license)
                .copied()
                .unwrap_or_default()
                .unlinked,
            created: self.known.created.contains(&license),
        };
        if from == to {
            // The same sum may hide that one organization fell while another rose or joined. Nothing is written, but
            // someone has to look at it.
            return match of_a_sharer(&change, self.limits) {
                Some(too_much) => hold_back(Action::Keep, too_much, tally),
                None => (Action::Keep, Decision::Unchanged, None),
            };
        }
        let note = match judge(&change, self.limits) {
            None => note,
            Some(too_much) if too_much.is_first() && self.is_named() => Some(Reason::Named(too_much)),
            Some(too_much) => return hold_back(Action::Update, too_much, tally),
        };
        match too_dear(from, to, seats.amount(), self.limits) {
            None => (Action::Update, Decision::Apply, note),
            // Not counted: the person's limit says nothing about what the services answered.
            Some(too_much) => (
                Action::Update,
                Decision::HoldBack,
                Some(Reason::TooMuch(too_much)),
            ),
        }
    }

    fn share_changes<'s>(&self, seats: &'s LicenseSeats) -> Vec<ShareChange<'s>> {
        seats
            .shares
            .iter()
            .zip(self.mapped)
            .filter_map(|(share, mapping)| {
                Some(ShareChange {
                    organization: &share.organization.name,
                    before: mapping.seats_before,
                    now: share.seats?,
                })
            })
            .collect()
    }

    /// True if an organization at its first sync was named: naming it confirms that its license is the right one.
    fn is_named(&self) -> bool {
        self.mapped.iter().any(|mapping| {
            mapping.seats_before.is_none() && self.known.named.contains(&mapping.organization.id)
        })
    }
}

/// Holds a license back, and counts it.
fn hold_back(action: Action, too_much: TooMuch, tally: &mut Tally) -> Verdict {
    if too_much.is_first() {
        tally.first_held += 1;
    } else {
        tally.synced_held += 1;
    }
    (action, Decision::HoldBack, Some(Reason::TooMuch(too_much)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        change::Stop,
        model::{Highest, Minimum},
    };

    const LIMITS: Limits = Limits {
        max_change: 50,
        min_change: 5,
        max_held_back: 20,
        max_amount: None,
    };

    fn mapped(organization: &str, license: i64, source: Source, before: Option<i64>) -> Mapped {
        Mapped {
            organization: Reference::new(organization.to_owned(), organization),
            customer: Reference::new(7, "Customer"),
            license: Reference::new(license, format!("License {license}")),
            seats_before: before,
            source,
            metric: SeatMetric::Used,
            rule: Rule::default(),
            highest: None,
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

    fn one(mappings: &[Mapped], found: Option<Found>, synced: Option<i64>) -> Change<LicenseSeats> {
        let license = mappings[0].license.id;
        let found = found.map(|found| (license, found)).into_iter().collect();
        let known = known(synced.map(|count| (license, count)));
        plan(mappings, &found, &known, LIMITS).changes.remove(0)
    }

    fn known(synced: impl IntoIterator<Item = (i64, i64)>) -> Known {
        Known {
            synced: synced
                .into_iter()
                .map(|(license, count)| {
                    (
                        license,
                        Synced {
                            count,
                            this_month: true,
                            ..Synced::default()
                        },
                    )
                })
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
            (item.decision, item.subject.to, item.subject.first),
            (Decision::Apply, Some(7), true)
        );
    }

    #[test]
    fn who_is_suspended_or_deactivated_keeps_what_it_had() {
        for (source, kept) in [
            (Source::Suspended, Kept::Suspended("a".to_owned())),
            (Source::Deactivated, Kept::Deactivated("a".to_owned())),
        ] {
            let decided = |mappings: &[Mapped], synced| {
                let item = one(mappings, Some(found(8)), synced);
                (item.decision, item.subject.to, item.reason)
            };
            let kept = vec![kept];
            let alone = [mapped("a", 1, source, Some(5))];
            assert_eq!(
                decided(&alone, Some(5)),
                (Decision::Leave, Some(8), Some(Reason::QuantityKept(kept.clone()))),
                "whatever it is in Halo"
            );
            let shared = [
                mapped("a", 1, source, Some(5)),
                mapped("b", 1, Source::Seats(4), Some(3)),
            ];
            assert_eq!(
                decided(&shared, Some(8)),
                (Decision::Apply, Some(9), Some(Reason::SharesKept(kept.clone())))
            );
            let unknown = [
                mapped("a", 1, source, None),
                mapped("b", 1, Source::Seats(4), None),
            ];
            assert_eq!(
                decided(&unknown, None),
                (Decision::Block, None, Some(Reason::ShareUnknown(kept)))
            );
        }
    }

    #[test]
    fn what_is_wrong_is_not_written() {
        let good = || mapped("a", 1, Source::Seats(3), None);
        let halo = || Some(found(1));
        let of = |source| mapped("a", 1, source, Some(3));
        for (mapping, found, reason) in [
            (good(), None, Reason::LicenseGone),
            (
                good(),
                halo().map(|found| Found {
                    customer: None,
                    ..found
                }),
                Reason::LicenseOwnerUnknown,
            ),
            (
                good(),
                halo().map(|found| Found {
                    customer: Some(8),
                    ..found
                }),
                Reason::LicenseMoved {
                    owner: 8,
                    organization: "a".to_owned(),
                    customer: Reference::new(7, "Customer"),
                },
            ),
            (
                good(),
                halo().map(|found| Found {
                    active: false,
                    ..found
                }),
                Reason::LicenseInactive,
            ),
            (
                good(),
                halo().map(|found| Found { count: None, ..found }),
                Reason::QuantityUnreadable,
            ),
            (
                of(Source::Vanished),
                halo(),
                Reason::OrganizationVanished(Reference::new("a".to_owned(), "a")),
            ),
            (
                of(Source::Unlisted),
                halo(),
                Reason::OrganizationUnlisted("a".to_owned()),
            ),
            (
                of(Source::Unreadable),
                halo(),
                Reason::SeatsUnreadable("a".to_owned()),
            ),
            (
                of(Source::Contradictory),
                halo(),
                Reason::SeatsContradictory("a".to_owned()),
            ),
        ] {
            let item = one(&[mapping], found, Some(1));
            assert_eq!((item.decision, item.reason), (Decision::Block, Some(reason)));
        }
    }

    #[test]
    fn a_quantity_is_no_more_than_halo_can_hold() {
        let most = i64::from(i32::MAX);
        for (seats, reason) in [
            ([most - 1, 1], None),
            ([most, 1], Some(Reason::TooManySeats)),
            ([i64::MAX, 1], Some(Reason::TooManySeats)),
        ] {
            let both = [
                mapped("a", 1, Source::Seats(seats[0]), None),
                mapped("b", 1, Source::Seats(seats[1]), None),
            ];
            assert_eq!(one(&both, Some(found(0)), None).reason, reason, "{seats:?}");
        }
    }

    #[test]
    fn a_first_sync_is_one_of_a_license_or_of_an_organization_whose_seats_count() {
        let first = |source, before, synced| {
            one(&[mapped("a", 1, source, before)], Some(found(3)), synced)
                .subject
                .first
        };
        assert!(first(Source::Seats(3), None, None));
        assert!(first(Source::Seats(3), None, Some(3)), "it joined");
        assert!(first(Source::Seats(3), Some(3), None), "it came from another");
        assert!(!first(Source::Seats(3), Some(3), Some(3)));
        assert!(
            !first(Source::Suspended, None, Some(3)),
            "none of its seats are billed"
        );
    }

    #[test]
    fn shares_can_change_where_the_sum_does_not() {
        let changed = |seats: [i64; 2]| {
            let both = [
                mapped("a", 1, Source::Seats(seats[0]), Some(4)),
                mapped("b", 1, Source::Seats(seats[1]), Some(3)),
            ];
            one(&both, Some(found(7)), Some(7)).subject.shares_changed
        };
        assert!(!changed([4, 3]));
        assert!(changed([3, 4]));
    }

    #[test]
    fn the_name_is_halos_while_it_has_the_license() {
        let mapping = [mapped("a", 1, Source::Seats(3), None)];
        assert_eq!(
            one(&mapping, Some(found(1)), None).subject.license.name,
            "License"
        );
        assert_eq!(one(&mapping, None, None).subject.license.name, "License 1");
    }

    #[test]
    fn a_change_that_is_too_much_is_held_back_unless_it_is_forced() {
        let mappings = [mapped("a", 1, Source::Seats(20), Some(10))];
        let item = one(&mappings, Some(found(10)), Some(10));
        assert_eq!(item.decision, Decision::HoldBack);
        let held = item.reason.unwrap().to_string();
        assert!(held.ends_with("; --force writes it anyway"), "{held}");
        let found = HashMap::from([(1, found(10))]);
        let mut plan = plan(&mappings, &found, &known([(1, 10)]), LIMITS);
        plan.release();
        let item = plan.changes.remove(0);
        assert_eq!(item.decision, Decision::Apply);
        let written = item.reason.unwrap().to_string();
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
            (item.decision, item.subject.to, item.subject.first),
            (Decision::Apply, Some(40), true)
        );
        let item = joined(20);
        assert_eq!(item.decision, Decision::HoldBack);
        assert!(
            item.reason
                .unwrap()
                .to_string()
                .starts_with("a would rise by 100 percent")
        );
    }

    #[test]
    fn naming_an_organization_lets_its_own_first_sync_through_and_nothing_else() {
        let decided = |mappings: &[Mapped], synced: &[(i64, i64)], named: &str| {
            let known = Known {
                named: HashSet::from([named.to_owned()]),
                ..known(synced.iter().copied())
            };
            let found = HashMap::from([(1, found(82))]);
            plan(mappings, &found, &known, LIMITS).changes.remove(0).decision
        };
        let first = [mapped("a", 1, Source::Seats(0), None)];
        assert_eq!(decided(&first, &[], "a"), Decision::Apply);
        assert_eq!(decided(&first, &[], "b"), Decision::HoldBack);
        let later = [mapped("a", 1, Source::Seats(8), Some(82))];
        assert_eq!(decided(&later, &[(1, 82)], "a"), Decision::HoldBack);
        // The one that was named is not the one that joins with so many.
        let joins = [
            mapped("a", 1, Source::Seats(82), Some(82)),
            mapped("b", 1, Source::Seats(9000), None),
        ];
        assert_eq!(decided(&joins, &[(1, 82)], "a"), Decision::HoldBack);
        assert_eq!(decided(&joins, &[(1, 82)], "b"), Decision::Apply);
    }

    #[test]
    fn what_another_profile_has_mapped_too_is_not_written() {
        use crate::change::OtherMapping;
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
            let mut plan = plan(&mappings, &HashMap::from([(1, found(1))]), &known, LIMITS);
            plan.release();
            let item = plan.changes.remove(0);
            assert_eq!(item.decision == Decision::Block, problem, "{other:?}: {item:?}");
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
        assert_eq!((plan.stop.as_ref(), plan.to_apply().count()), (None, 2));
    }

    #[test]
    fn drift_is_seen() {
        let mappings = [mapped("a", 1, Source::Seats(10), Some(10))];
        assert_eq!(one(&mappings, Some(found(12)), Some(10)).subject.drift, Some(10));
        assert_eq!(one(&mappings, Some(found(10)), Some(10)).subject.drift, None);
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
        assert_eq!(stopped.to_apply().count(), 0);
        let mut forced = stopped;
        forced.release();
        assert_eq!((forced.stop.as_ref(), forced.to_apply().count()), (None, 12));
        let patient = plan(
            &mappings,
            &halo,
            &synced,
            Limits {
                max_held_back: 50,
                ..LIMITS
            },
        );
        assert_eq!(patient.to_apply().count(), 8);
    }

    #[test]
    fn what_is_held_back_is_counted_among_its_own_kind() {
        // Of so many first syncs and so many later ones, so many that are held back.
        let stopped = |first: i64, first_held: i64, later: i64, later_held: i64| {
            let of = |license, held, before| {
                let seats = if held { 0 } else { 11 };
                mapped(&format!("o{license}"), license, Source::Seats(seats), before)
            };
            let mappings: Vec<Mapped> = (0..first)
                .map(|number| of(number, number < first_held, None))
                .chain((0..later).map(|number| of(first + number, number < later_held, Some(10))))
                .collect();
            let halo = (0..first + later).map(|license| (license, found(10))).collect();
            let known = known((first..first + later).map(|license| (license, 10)));
            plan(&mappings, &halo, &known, LIMITS)
                .stop
                .map(|stop| match stop {
                    Stop::HeldBack { held, of, first, .. } => {
                        (i64::try_from(held).unwrap(), i64::try_from(of).unwrap(), first)
                    }
                    stop => panic!("it is about seats: {stop}"),
                })
        };
        assert_eq!(stopped(6, 3, 15, 3), None);
        assert_eq!(stopped(7, 4, 15, 3), Some((4, 7, true)));
        assert_eq!(stopped(6, 3, 14, 3), Some((3, 14, false)));
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
        fn any_rule()(
            included in proptest::option::of(1_i64..20),
            minimum in proptest::option::of(1_i64..20),
            ends in proptest::option::of(any::<bool>()),
            month in any::<bool>(),
            highest in proptest::option::of(0_i64..400),
        ) -> (Rule, Option<i64>) {
            let rule = Rule {
                metric: None,
                included,
                minimum: minimum.map(|seats| Minimum {
                    seats,
                    // Before or after the day of the plan, which is the first of all.
                    until: ends.map(|later| if later { Date::MAX } else { Date::MIN }),
                }),
                highest: month.then_some(Highest::Month),
            };
            (rule, highest)
        }
    }

    prop_compose! {
        fn any_world()(
            rows in proptest::collection::vec((any_mapped(), any_rule()), 0..40),
            counts in proptest::collection::hash_map(0_i64..12, 0_i64..5000, 0..12),
            synced in proptest::collection::hash_map(0_i64..12, 0_i64..5000, 0..12),
        ) -> (Vec<Mapped>, HashMap<i64, Found>, Known) {
            let mappings = rows
                .into_iter()
                .enumerate()
                .map(|(number, ((license, source, before), (rule, highest)))| Mapped {
                    rule,
                    highest,
                    ..mapped(&format!("o{number}"), license, source, before)
                })
                .collect();
            let found = counts.into_iter().map(|(license, count)| (license, found(count))).collect();
            (mappings, found, known(synced))
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
            (mapped, mut found, mut synced) in any_world(),
            force in any::<bool>(),
        ) {
            let made = |found: &HashMap<i64, Found>, synced: &Known| {
                let mut plan = plan(&mapped, found, synced, LIMITS);
                if force {
                    plan.release();
                }
                plan
            };
            let plan_made = made(&found, &synced);
            for item in plan_made.to_apply() {
                let sum: i64 = mapped
                    .iter()
                    .filter(|mapping| mapping.license.id == item.subject.license.id)
                    .map(|mapping| match mapping.source {
                        Source::Seats(seats) => rules::share(&mapping.rule, seats, mapping.highest, synced.today),
                        _ => mapping.seats_before.unwrap_or(0),
                    })
                    .sum();
                prop_assert_eq!(item.subject.to, Some(sum));
            }
            let written: Vec<(i64, i64)> = plan_made
                .to_apply()
                .filter_map(|item| Some((item.subject.license.id, item.subject.to?)))
                .collect();
            for (license, count) in &written {
                if let Some(license) = found.get_mut(license) {
                    license.count = Some(*count);
                }
                synced.synced.insert(*license, Synced { count: *count, ..Synced::default() });
            }
            let again = made(&found, &synced);
            for (license, _) in written {
                let decision = again.changes.iter().find(|item| item.subject.license.id == license);
                prop_assert_eq!(decision.map(|item| &item.decision), Some(&Decision::Unchanged));
            }
        }

        #[test]
        fn the_order_of_input_changes_nothing(
            ((mapped, found, synced), shuffled) in any_world().prop_flat_map(|world| {
                let mapped = world.0.clone();
                (Just(world), Just(mapped).prop_shuffle())
            })
        ) {
            prop_assert_eq!(
                plan(&mapped, &found, &synced, LIMITS),
                plan(&shuffled, &found, &synced, LIMITS)
            );
        }
    }
}
