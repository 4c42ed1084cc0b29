//! Holding a reviewed plan to how things are now: what has changed since it was planned is refused, line by line.

use std::collections::HashMap;

use super::seats::{LicenseSeats, Share};
use crate::{
    change::{Action, Change, Decision, Plan, Reason},
    model::{Price, Reference, Rule},
};

/// A line of a reviewed plan: a license to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The license.
    pub license: Reference,
    /// Its customer.
    pub customer: Reference,
    /// The quantity when it was planned.
    pub from: i64,
    /// The quantity to be written.
    pub to: i64,
    /// What it is made of.
    pub shares: Vec<Share>,
}

/// The lines as changes, in their order: exactly these, and no others. `now` is what would be planned now for these
/// licenses; its guards are not asked, because they were when the lines were planned.
pub fn compare(lines: &[Line], now: Plan<LicenseSeats>) -> Plan<LicenseSeats> {
    let mut now: HashMap<i64, Change<LicenseSeats>> = now
        .changes
        .into_iter()
        .map(|change| (change.subject.license.id, change))
        .collect();
    Plan::new(
        lines
            .iter()
            .map(|line| match now.remove(&line.license.id) {
                Some(change) => line.change(change),
                None => line.refused("nothing is mapped to it any more".to_owned()),
            })
            .collect(),
    )
}

impl Line {
    fn change(&self, now: Change<LicenseSeats>) -> Change<LicenseSeats> {
        if now.decision == Decision::Block {
            return now;
        }
        let mut seats = now.subject;
        let moved = self.moved(&seats);
        if seats.from == Some(self.to) {
            // It is there already. What has changed since is for the next plan to record.
            if !moved.is_empty() {
                seats.first = false;
                seats.shares_changed = false;
                seats.month_begins = false;
                seats.drift = None;
            }
            seats.to = seats.from;
            return Change::new(seats, Action::Keep, Decision::Unchanged, None);
        }
        let moved = match (now.decision, now.reason.as_ref(), moved.is_empty()) {
            (Decision::Leave, Some(reason), _) => vec![reason.to_string()],
            (_, _, true) if seats.from != Some(self.from) => {
                vec![format!(
                    "Halo shows {}, no longer {}",
                    shown(seats.from),
                    self.from
                )]
            }
            // The same shares always have the same sum.
            (_, _, true) if seats.to != Some(self.to) => {
                vec![format!(
                    "its seats come to {}, no longer {}",
                    shown(seats.to),
                    self.to
                )]
            }
            _ => moved,
        };
        if !moved.is_empty() {
            let reason = Reason::PlanMoved(moved.join(", "));
            return Change::new(seats, Action::Update, Decision::Block, Some(reason));
        }
        let reason = now
            .reason
            .filter(|reason| matches!(reason, Reason::SharesKept(_)));
        Change::new(seats, Action::Update, Decision::Apply, reason)
    }

    /// What has changed since it was planned: the mapping, the rules, the seats.
    fn moved(&self, now: &LicenseSeats) -> Vec<String> {
        if now.customer.id != self.customer.id {
            return vec![format!(
                "it is mapped for {}, no longer for {}",
                now.customer, self.customer
            )];
        }
        let ids = |shares: &[Share]| {
            let mut ids: Vec<String> = shares.iter().map(|share| share.organization.id.clone()).collect();
            ids.sort();
            ids
        };
        if ids(&self.shares) != ids(&now.shares) {
            return vec![format!(
                "the organizations that are mapped to it are {}, no longer {}",
                names(&now.shares),
                names(&self.shares)
            )];
        }
        let mut moved = Vec::new();
        for planned in &self.shares {
            let id = &planned.organization.id;
            let Some(share) = now.shares.iter().find(|share| share.organization.id == *id) else {
                continue;
            };
            let name = &share.organization.name;
            if share.metric != planned.metric {
                moved.push(format!(
                    "the {} seats of {name} count, no longer the {} ones",
                    share.metric, planned.metric
                ));
            } else if share.rule != planned.rule {
                moved.push(format!(
                    "the rule of {name} is {}, no longer {}",
                    rule(&share.rule),
                    rule(&planned.rule)
                ));
            } else if share.counted != planned.counted {
                moved.push(format!(
                    "{name} has {} seats, no longer {}",
                    shown(share.counted),
                    shown(planned.counted)
                ));
            } else if share.seats != planned.seats {
                moved.push(format!(
                    "the share of {name} is {}, no longer {}",
                    shown(share.seats),
                    shown(planned.seats)
                ));
            }
        }
        moved
    }

    /// A line whose license nothing was read of.
    fn refused(&self, words: String) -> Change<LicenseSeats> {
        let seats = LicenseSeats {
            license: self.license.clone(),
            customer: self.customer.clone(),
            shares: self.shares.clone(),
            from: None,
            to: Some(self.to),
            first: false,
            drift: None,
            drift_by: None,
            drift_source: None,
            shares_changed: false,
            price: Price::default(),
            undone_by: None,
            month_begins: false,
        };
        Change::new(
            seats,
            Action::Update,
            Decision::Block,
            Some(Reason::PlanMoved(words)),
        )
    }
}

fn shown(number: Option<i64>) -> String {
    number.map_or_else(|| "?".to_owned(), |number| number.to_string())
}

fn names(shares: &[Share]) -> String {
    let mut names: Vec<&str> = shares
        .iter()
        .map(|share| share.organization.name.as_str())
        .collect();
    names.sort_unstable();
    names.join(", ")
}

fn rule(rule: &Rule) -> String {
    if rule.is_plain() {
        "none".to_owned()
    } else {
        format!("({rule})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        change::{Excess, TooMuch},
        model::SeatMetric,
    };

    fn share(id: &str, seats: i64) -> Share {
        Share {
            organization: Reference::new(id.to_owned(), id),
            seats: Some(seats),
            counted: Some(seats),
            metric: SeatMetric::Used,
            rule: Rule::default(),
        }
    }

    fn line() -> Line {
        Line {
            license: Reference::new(1, "License"),
            customer: Reference::new(7, "Customer"),
            from: 10,
            to: 12,
            shares: vec![share("a", 12)],
        }
    }

    /// What would be planned now, if nothing has changed.
    fn now() -> Change<LicenseSeats> {
        let mut seats = line().refused(String::new()).subject;
        seats.from = Some(10);
        Change::apply(seats, Action::Update)
    }

    fn compared(now: Change<LicenseSeats>) -> Change<LicenseSeats> {
        compare(&[line()], Plan::new(vec![now])).changes.remove(0)
    }

    #[test]
    fn a_line_is_written_if_nothing_has_changed() {
        assert_eq!(compared(now()), now());
    }

    #[test]
    fn the_guards_are_not_asked_again() {
        let mut held_back = now();
        held_back.decision = Decision::HoldBack;
        held_back.reason = Some(Reason::TooMuch(TooMuch {
            who: None,
            from: 10,
            to: 12,
            excess: Excess::First,
        }));
        assert_eq!(compared(held_back), now());
    }

    #[test]
    fn what_has_changed_is_refused_and_named() {
        type Change = fn(&mut LicenseSeats);
        let cases: [(Change, &str); 8] = [
            (|seats| seats.from = Some(11), "Halo shows 11, no longer 10"),
            (|seats| seats.to = Some(13), "its seats come to 13, no longer 12"),
            (
                |seats| seats.shares = vec![share("a", 13)],
                "a has 13 seats, no longer 12",
            ),
            (
                |seats| seats.shares[0].seats = Some(11),
                "the share of a is 11, no longer 12",
            ),
            (
                |seats| seats.shares[0].rule.included = Some(5),
                "the rule of a is (5 included), no longer none",
            ),
            (
                |seats| seats.shares[0].metric = SeatMetric::Active,
                "the active seats of a count, no longer the used ones",
            ),
            (
                |seats| seats.shares.push(share("b", 0)),
                "the organizations that are mapped to it are a, b, no longer a",
            ),
            (
                |seats| seats.customer = Reference::new(8, "Other"),
                "it is mapped for Other (8), no longer for Customer (7)",
            ),
        ];
        for (change, words) in cases {
            let mut now = now();
            change(&mut now.subject);
            let change = compared(now);
            assert_eq!(change.decision, Decision::Block, "{words}");
            assert_eq!(change.reason, Some(Reason::PlanMoved(words.to_owned())));
        }
        let unmapped = compare(&[line()], Plan::new(Vec::new())).changes.remove(0);
        assert_eq!(
            unmapped.reason,
            Some(Reason::PlanMoved("nothing is mapped to it any more".to_owned()))
        );
    }

    #[test]
    fn what_halo_shows_already_is_unchanged_whatever_has_changed_since() {
        let mut done = now();
        done.subject.from = Some(12);
        assert_eq!(compared(done.clone()).decision, Decision::Unchanged);
        done.subject.shares = vec![share("a", 15)];
        done.subject.to = Some(15);
        done.subject.shares_changed = true;
        let change = compared(done);
        assert_eq!(change.decision, Decision::Unchanged);
        assert_eq!(change.subject.to, Some(12));
        assert!(!change.subject.shares_changed, "nothing is recorded");
    }

    #[test]
    fn only_the_lines_are_written() {
        let mut other = now();
        other.subject.license.id = 2;
        assert_eq!(
            compare(&[line()], Plan::new(vec![other, now()])).changes,
            vec![now()]
        );
    }

    #[test]
    fn a_blocked_license_keeps_its_own_reason() {
        let mut gone = now();
        gone.decision = Decision::Block;
        gone.reason = Some(Reason::LicenseGone);
        assert_eq!(compared(gone.clone()), gone);
    }
}
