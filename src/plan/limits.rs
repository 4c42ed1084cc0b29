//! How large a change may be: this guard keeps a bad answer from becoming a wrong invoice. It is one rule, in one
//! place.
//!
//! **A change since the last sync** is too large if it is more than `max_change` percent *and* more than `min_change`
//! seats, or any fall to 0. A rise from 0 counts as more than any percentage.
//!
//! **A first sync** has no earlier seats to compare with, only the quantity that someone else entered in Halo. It is
//! too large if the quantity would fall to 0, or by over half and over `min_change` seats, or rise to more than ten
//! times and by more than 100 seats. A rise from 0 is what a new license does, so it is allowed; a license that
//! halolink created may rise to anything.
//!
//! Organizations that share a license are judged one by one, so that none hides another's change: those that were in
//! the last sync by what each had then, and the license as a whole by what it should have after some left
//! (`unlinked`) and others joined. A license is at its first sync if none of its organizations was in a sync.
//!
//! With `max_change` 50 and `min_change` 5; `a 10→12` had 10 seats at the last sync and has 12 now, and `b new 30`
//! joined with 30:
//!
//! | quantity | its organizations | unlinked | |
//! | --- | --- | --- | --- |
//! | 1→2 | a 1→2 | | written: one seat is below the floor |
//! | 10→15 | a 10→15 | | written: 50 percent is not more than 50 |
//! | 10→16 | a 10→16 | | **held back**: 60 percent and 6 seats |
//! | 3→0 | a 3→0 | | **held back**: a fall to 0 |
//! | 0→5 | a 0→5 | | written: not above the floor |
//! | 0→6 | a 0→6 | | **held back**: above the floor, and more than any percentage of 0 |
//! | 100→12 | a 10→12 | | **held back**: someone has made it 100 in Halo since |
//! | 10→40 | a 10→10, b new 30 | | written: b joined |
//! | 100→101 | a 100→1, b new 100 | | **held back**: a fell from 100 to 1 |
//! | 10→1000 | a 10→10, b new 990 | | **held back** as a first sync: more than ten times as much |
//! | 100→60 | a 60→60 | 40 | written: 40 seats left the license, as expected |
//! | 100→5 | a 60→5 | 40 | **held back**: 60 is what it should have |
//! | 82→8 | b new 8 | | **held back**: is it the right license? |
//! | 82→60 | b new 60 | | written |
//! | 0→5000 | b new 5000 | | written |
//! | 5→5000 | b new 5000 | | **held back**, unless halolink created the license |

use rust_decimal::Decimal;

use crate::change::{Excess, Stop, TooMuch};

/// The limits of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A change of more than this percentage is too large,
    pub max_change: u32,
    /// if it is also of more than this many seats.
    pub min_change: u32,
    /// The run stops if more than this percentage of the licenses would be held back.
    pub max_held_back: u32,
    /// The most that a change may add to a billing cycle or take from it, if there is such a limit. A license without a
    /// price is not judged by it.
    pub max_amount: Option<Decimal>,
}

/// A first sync may lower the quantity by this percentage.
const FIRST_FALL: u32 = 50;
/// A first sync may raise the quantity to this many times, or
const FIRST_RISE_TIMES: i64 = 10;
/// by this many seats.
const FIRST_RISE_SEATS: i64 = 100;
/// Fewer held-back licenses than this never stop a run: in a small run each is a large share.
pub const FEWEST_TO_STOP: usize = 3;
/// The run stops if more than this percentage of the first syncs would be held back.
const MAX_FIRST_HELD_BACK: u32 = 50;

/// What one organization has in a license.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareChange<'a> {
    /// The organization's name.
    pub organization: &'a str,
    /// Its seats at the last sync; none if this is its first.
    pub before: Option<i64>,
    /// Its seats now.
    pub now: i64,
}

/// A change of a license's quantity, to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LicenseChange<'a> {
    /// The quantity in Halo.
    pub from: i64,
    /// The quantity to be written.
    pub to: i64,
    /// The organizations whose seats add up to it.
    pub shares: &'a [ShareChange<'a>],
    /// Seats, in the last synced quantity, of organizations that have left the license since.
    pub unlinked: i64,
    /// halolink created the license.
    pub created: bool,
}

/// Judges a change: returns why it is too large to be written unasked, if it is. The rule is described above.
pub fn judge(change: &LicenseChange, limits: Limits) -> Option<TooMuch> {
    let known = || change.shares.iter().filter(|share| share.before.is_some());
    if known().next().is_none() {
        return first_sync(change, limits);
    }
    if change.to == 0 && change.from > 0 {
        return Some(TooMuch {
            who: None,
            from: change.from,
            to: 0,
            excess: Excess::ToNothing,
        });
    }
    if let Some(too_much) = of_a_sharer(change, limits) {
        return Some(too_much);
    }
    let joined = change
        .shares
        .iter()
        .filter(|share| share.before.is_none())
        .fold(0_i64, |sum, share| sum.saturating_add(share.now));
    let stayed = change.from.saturating_sub(change.unlinked).max(0);
    let expected = stayed.saturating_add(joined);
    since_last_sync(None, expected, change.to, limits).or_else(|| {
        (!change.created && rises_absurdly(stayed, expected)).then_some(TooMuch {
            who: None,
            from: stayed,
            to: expected,
            excess: Excess::Joined,
        })
    })
}

/// Judges the change of each of several organizations, whatever they add up to.
pub fn of_a_sharer(change: &LicenseChange, limits: Limits) -> Option<TooMuch> {
    // If it is alone on its license, it is billed the license's quantity, whoever changed that.
    if change.shares.len() < 2 {
        return None;
    }
    change
        .shares
        .iter()
        .find_map(|share| since_last_sync(Some(share.organization), share.before?, share.now, limits))
}

/// Judges what a change adds to a billing cycle, or takes from it.
pub fn too_dear(from: i64, to: i64, amount: Option<Decimal>, limits: Limits) -> Option<TooMuch> {
    let (amount, most) = (amount?, limits.max_amount?);
    (amount.abs() > most).then_some(TooMuch {
        who: None,
        from,
        to,
        excess: Excess::Amount { amount, most },
    })
}

/// Judges putting back a quantity that a run has changed.
pub fn back(from: i64, to: i64, limits: Limits) -> Option<TooMuch> {
    let mut too_much = since_last_sync(None, from, to, limits)?;
    if let Excess::Change {
        max_change,
        min_change,
    } = too_much.excess
    {
        too_much.excess = Excess::Back {
            max_change,
            min_change,
        };
    }
    Some(too_much)
}

fn since_last_sync(who: Option<&str>, from: i64, to: i64, limits: Limits) -> Option<TooMuch> {
    let change = difference(from, to);
    let excess = if to == 0 && from > 0 {
        Excess::ToNothing
    } else if change > i128::from(limits.min_change)
        && (from <= 0 || change * 100 > i128::from(from) * i128::from(limits.max_change))
    {
        Excess::Change {
            max_change: limits.max_change,
            min_change: limits.min_change,
        }
    } else {
        return None;
    };
    Some(TooMuch {
        who: who.map(str::to_owned),
        from,
        to,
        excess,
    })
}

fn first_sync(change: &LicenseChange, limits: Limits) -> Option<TooMuch> {
    let LicenseChange { from, to, .. } = *change;
    let falls = to < from
        && since_last_sync(
            None,
            from,
            to,
            Limits {
                max_change: FIRST_FALL,
                ..limits
            },
        )
        .is_some();
    let rises = !change.created && rises_absurdly(from, to);
    (falls || rises).then_some(TooMuch {
        who: None,
        from,
        to,
        excess: Excess::First,
    })
}

fn rises_absurdly(from: i64, to: i64) -> bool {
    from > 0
        && to > from.saturating_mul(FIRST_RISE_TIMES)
        && difference(from, to) > i128::from(FIRST_RISE_SEATS)
}

fn difference(from: i64, to: i64) -> i128 {
    (i128::from(to) - i128::from(from)).abs()
}

/// How many of the licenses whose quantity is known would be held back. Licenses with a problem of their own
/// (vanished, moved, inactive, unreadable) are not counted at all: they say nothing about the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Licenses with an organization that was in the last sync.
    pub synced: usize,
    /// Those of them with a change that is too large.
    pub synced_held: usize,
    /// Licenses at their first sync, or with an organization at its first sync.
    pub first: usize,
    /// Those of them with a change that is too large.
    pub first_held: usize,
}

/// Stops the run if so many licenses are held back that the services' answers cannot be trusted.
pub fn stop(tally: Tally, limits: Limits) -> Option<Stop> {
    let of = |held: usize, of: usize, percent: u32, first: bool| {
        let share = held.saturating_mul(100) > of.saturating_mul(percent as usize);
        (held >= FEWEST_TO_STOP && share).then_some(Stop::HeldBack {
            held,
            of,
            percent,
            first,
        })
    };
    of(tally.synced_held, tally.synced, limits.max_held_back, false).or_else(|| {
        let percent = MAX_FIRST_HELD_BACK.max(limits.max_held_back);
        of(tally.first_held, tally.first, percent, true)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits {
        max_change: 50,
        min_change: 5,
        max_held_back: 20,
        max_amount: None,
    };

    /// Of the shares, unlinked: what is decided.
    fn judged(from: i64, to: i64, shares: &[Seats], unlinked: i64) -> Option<TooMuch> {
        let shares: Vec<ShareChange> = shares
            .iter()
            .map(|&(before, now)| ShareChange {
                organization: "Contoso",
                before,
                now,
            })
            .collect();
        let change = LicenseChange {
            from,
            to,
            shares: &shares,
            unlinked,
            created: false,
        };
        judge(&change, LIMITS)
    }

    /// Seats at the last sync, and now.
    type Seats = (Option<i64>, i64);

    #[derive(Debug, PartialEq)]
    enum Is {
        Written,
        HeldBack,
        HeldBackAsFirst,
    }
    use Is::{HeldBack, HeldBackAsFirst, Written};

    #[test]
    fn the_examples_are_true() {
        let cases: [(i64, i64, &[Seats], i64, Is); 16] = [
            (1, 2, &[(Some(1), 2)], 0, Written),
            (10, 15, &[(Some(10), 15)], 0, Written),
            (10, 16, &[(Some(10), 16)], 0, HeldBack),
            (3, 0, &[(Some(3), 0)], 0, HeldBack),
            (0, 5, &[(Some(0), 5)], 0, Written),
            (0, 6, &[(Some(0), 6)], 0, HeldBack),
            (100, 12, &[(Some(10), 12)], 0, HeldBack),
            (10, 40, &[(Some(10), 10), (None, 30)], 0, Written),
            (100, 101, &[(Some(100), 1), (None, 100)], 0, HeldBack),
            (10, 1000, &[(Some(10), 10), (None, 990)], 0, HeldBackAsFirst),
            (100, 60, &[(Some(60), 60)], 40, Written),
            (100, 5, &[(Some(60), 5)], 40, HeldBack),
            (82, 8, &[(None, 8)], 0, HeldBackAsFirst),
            (82, 60, &[(None, 60)], 0, Written),
            (0, 5000, &[(None, 5000)], 0, Written),
            (5, 5000, &[(None, 5000)], 0, HeldBackAsFirst),
        ];
        for (from, to, shares, unlinked, expected) in cases {
            let is = match judged(from, to, shares, unlinked) {
                None => Written,
                Some(too_much) if too_much.is_first() => HeldBackAsFirst,
                Some(_) => HeldBack,
            };
            assert_eq!(is, expected, "{from} -> {to}: {shares:?}, {unlinked} unlinked");
        }
    }

    #[test]
    fn the_edges_of_a_change_since_the_last_sync() {
        for (from, to, held) in [
            // 50 percent, whatever the number of seats.
            (20, 30, false),
            (20, 31, true),
            (20, 10, false),
            (20, 9, true),
            // 5 seats, whatever the percentage.
            (4, 9, false),
            (4, 10, true),
            (6, 1, false),
            (7, 1, true),
            // A fall to 0, but only where there is something to fall.
            (1, 0, true),
            (0, 0, false),
        ] {
            let alone = judged(from, to, &[(Some(from), to)], 0);
            assert_eq!(alone.is_some(), held, "{from} -> {to}");
            let beside_another = judged(from + 100, to + 100, &[(Some(100), 100), (Some(from), to)], 0);
            assert_eq!(beside_another.is_some(), held, "{from} -> {to} beside another");
        }
    }

    #[test]
    fn the_edges_of_a_first_sync() {
        for (from, to, held) in [
            (10, 5, false),
            (11, 5, true),
            // Over half, and not over the floor.
            (7, 2, false),
            (8, 2, true),
            (2, 0, true),
            (0, 0, false),
            // Ten times, and a hundred more.
            (12, 120, false),
            (12, 121, true),
            (3, 103, false),
            (3, 104, true),
            (1, i64::from(i32::MAX), true),
            (0, i64::from(i32::MAX), false),
        ] {
            let too_much = judged(from, to, &[(None, to)], 0);
            assert_eq!(too_much.is_some(), held, "{from} -> {to}");
        }
    }

    #[test]
    fn a_first_sync_may_fall_by_half_whatever_the_limit_of_later_ones() {
        for max_change in [0, 10, 400] {
            for (to, held) in [(50, false), (49, true)] {
                let shares = [ShareChange {
                    organization: "Contoso",
                    before: None,
                    now: to,
                }];
                let change = LicenseChange {
                    from: 100,
                    to,
                    shares: &shares,
                    unlinked: 0,
                    created: false,
                };
                let limits = Limits { max_change, ..LIMITS };
                assert_eq!(
                    judge(&change, limits).is_some(),
                    held,
                    "100 -> {to}, {max_change} percent"
                );
            }
        }
    }

    #[test]
    fn on_a_license_that_halolink_made_only_falls_are_held_back() {
        for (to, held) in [(5000, false), (8, true), (0, true)] {
            let shares = [ShareChange {
                organization: "Contoso",
                before: None,
                now: to,
            }];
            let change = LicenseChange {
                from: 40,
                to,
                shares: &shares,
                unlinked: 0,
                created: true,
            };
            assert_eq!(judge(&change, LIMITS).is_some(), held, "40 -> {to}");
        }
    }

    #[test]
    fn it_says_who_changes_from_what_to_what() {
        let change = Excess::Change {
            max_change: 50,
            min_change: 5,
        };
        let cases: [(i64, i64, &[Seats], _); 5] = [
            (
                101,
                2,
                &[(Some(1), 1), (Some(100), 1)],
                (Some("Contoso"), 100, 1, change),
            ),
            (82, 8, &[(None, 8)], (None, 82, 8, Excess::First)),
            (9, 0, &[(Some(9), 0)], (None, 9, 0, Excess::ToNothing)),
            (0, 9, &[(Some(0), 9)], (None, 0, 9, change)),
            (
                10,
                1000,
                &[(Some(10), 10), (None, 990)],
                (None, 10, 1000, Excess::Joined),
            ),
        ];
        for (from, to, shares, (who, before, now, excess)) in cases {
            let expected = TooMuch {
                who: who.map(str::to_owned),
                from: before,
                to: now,
                excess,
            };
            assert_eq!(judged(from, to, shares, 0), Some(expected), "{shares:?}");
        }
    }

    #[test]
    fn a_run_stops_when_too_many_are_held_back() {
        let stops = |synced_held, synced, first_held, first| {
            let tally = Tally {
                synced,
                synced_held,
                first,
                first_held,
            };
            stop(tally, LIMITS).map(|stop| matches!(stop, Stop::HeldBack { first: true, .. }))
        };
        assert_eq!(stops(2, 2, 2, 2), None, "fewer than three never do");
        assert_eq!(stops(3, 15, 0, 0), None, "20 percent");
        assert_eq!(stops(3, 14, 0, 0), Some(false));
        assert_eq!(stops(0, 0, 3, 6), None, "half");
        assert_eq!(stops(0, 0, 4, 7), Some(true));
        assert_eq!(stops(0, 100, 4, 7), Some(true));
    }

    prop_compose! {
        fn any_share()(before in proptest::option::of(0_i64..300), now in 0_i64..300) -> Seats {
            (before, now)
        }
    }

    /// A license: its organizations, its quantity, what left it, whether it was made here.
    #[derive(Clone, Debug)]
    struct License {
        shares: Vec<Seats>,
        from: i64,
        unlinked: i64,
        created: bool,
    }

    prop_compose! {
        fn any_license()(
            shares in proptest::collection::vec(any_share(), 1..6),
            from in 0_i64..1000,
            unlinked in 0_i64..200,
            created in any::<bool>(),
        ) -> License { License { shares, from, unlinked, created } }
    }

    impl License {
        fn judged(&self, limits: Limits) -> Option<TooMuch> {
            let shares: Vec<ShareChange> = self
                .shares
                .iter()
                .map(|&(before, now)| ShareChange {
                    organization: "Contoso",
                    before,
                    now,
                })
                .collect();
            let change = LicenseChange {
                from: self.from,
                to: shares.iter().map(|share| share.now).sum(),
                shares: &shares,
                unlinked: self.unlinked,
                created: self.created,
            };
            judge(&change, limits)
        }
    }

    proptest! {
        #[test]
        fn nothing_falls_to_0_unasked(mut license in any_license()) {
            for share in &mut license.shares {
                share.1 = 0;
            }
            if license.from > 0 {
                prop_assert!(license.judged(LIMITS).is_some());
            }
        }

        #[test]
        fn wider_limits_hold_nothing_more_back(license in any_license(), percent in 50_u32..500, seats in 5_u32..500) {
            let wider = Limits { max_change: percent, min_change: seats, ..LIMITS };
            if license.judged(LIMITS).is_none() {
                prop_assert_eq!(license.judged(wider), None);
            }
        }

        #[test]
        fn nobody_who_shares_or_joins_or_leaves_hides_a_change(
            mut license in any_license(), before in 1_i64..300, now in 0_i64..300,
        ) {
            license.shares.push((Some(before), now));
            if since_last_sync(None, before, now, LIMITS).is_some() {
                prop_assert!(license.judged(LIMITS).is_some());
            }
        }

        #[test]
        fn who_leaves_holds_nobody_back(stay in 1_i64..1000, left in 0_i64..1000) {
            prop_assert_eq!(judged(stay + left, stay, &[(Some(stay), stay)], left), None);
        }

        #[test]
        fn who_joins_at_a_usual_size_holds_nobody_back(stay in 1_i64..1000, joins in 0_i64..=100) {
            prop_assert_eq!(judged(stay, stay + joins, &[(Some(stay), stay), (None, joins)], 0), None);
        }

        #[test]
        fn any_numbers_are_judged(from in any::<i64>(), to in any::<i64>(), before in any::<i64>(), unlinked in any::<i64>()) {
            for shares in [vec![(Some(before), to)], vec![(None, to)], vec![(Some(before), to), (None, to)]] {
                if let Some(too_much) = judged(from, to, &shares, unlinked) {
                    prop_assert!(!too_much.to_string().is_empty());
                }
            }
        }
    }
}
