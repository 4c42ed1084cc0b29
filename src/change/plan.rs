//! A run's changes, decided before any is made.

use super::{Action, Change, Outcome, Reason, Stop};

/// The decision about a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Make it.
    Apply,
    /// The subject is already as it should be.
    Unchanged,
    /// Do not make it; that is no problem.
    Leave,
    /// It is too large to be made unasked: a person or `--force` can decide otherwise.
    HoldBack,
    /// Something is wrong, and no flag overrides that.
    Block,
}

/// A run's changes, in the order in which they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan<S> {
    /// All changes, including those that are not made.
    pub changes: Vec<Change<S>>,
    /// The reason not to make any of them.
    pub stop: Option<Stop>,
}

impl<S> Plan<S> {
    /// A plan that is not stopped.
    pub fn new(changes: Vec<Change<S>>) -> Self {
        Self { changes, stop: None }
    }

    /// The changes with this decision.
    pub fn decided(&self, decision: Decision) -> impl Iterator<Item = &Change<S>> {
        self.changes
            .iter()
            .filter(move |change| change.decision == decision)
    }

    /// The changes to be made; none if the plan is stopped.
    pub fn to_apply(&self) -> impl Iterator<Item = &Change<S>> {
        self.decided(Decision::Apply).filter(|_| self.stop.is_none())
    }

    /// The changes to be made, to record their outcomes in.
    pub fn to_apply_mut(&mut self) -> Vec<&mut Change<S>> {
        let stopped = self.stop.is_some();
        self.changes
            .iter_mut()
            .filter(|change| change.decision == Decision::Apply && !stopped)
            .collect()
    }

    /// True if a person has to look at any of it.
    pub fn needs_attention(&self) -> bool {
        self.stop.is_some() || self.changes.iter().any(Change::needs_attention)
    }

    /// Releases what is held back, because a person or `--force` says so.
    pub fn release(&mut self) {
        self.stop = None;
        for change in &mut self.changes {
            if change.decision == Decision::HoldBack {
                change.decision = match change.action {
                    Action::Keep => Decision::Unchanged,
                    _ => Decision::Apply,
                };
                change.reason = change.reason.take().and_then(|reason| match reason {
                    // Nothing is written, so there is nothing to explain.
                    _ if change.action == Action::Keep => None,
                    Reason::TooMuch(too_much) => Some(Reason::Forced(too_much)),
                    other => Some(other),
                });
            }
        }
    }

    /// If the plan is stopped, records that its changes were not made.
    pub fn halt(&mut self) {
        let Some(stop) = self.stop.clone() else {
            return;
        };
        for change in &mut self.changes {
            if change.decision == Decision::Apply {
                change.outcome = Some(Outcome::Skipped(Reason::Stopped(stop.clone())));
            }
        }
    }

    /// The number of changes with this status.
    pub fn count(&self, status: &str) -> usize {
        self.changes
            .iter()
            .filter(|change| change.status() == status)
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{Excess, TooMuch};

    fn too_much() -> Reason {
        Reason::TooMuch(TooMuch {
            who: None,
            from: 3,
            to: 0,
            excess: Excess::ToNothing,
        })
    }

    fn plan() -> Plan<u8> {
        Plan {
            changes: vec![
                Change::apply(1, Action::Update),
                Change::new(2, Action::Update, Decision::HoldBack, Some(too_much())),
                Change::new(3, Action::Keep, Decision::HoldBack, Some(too_much())),
                Change::new(4, Action::Update, Decision::Block, Some(Reason::LicenseGone)),
            ],
            stop: Some(Stop::HeldBack {
                held: 3,
                of: 4,
                percent: 20,
                first: false,
            }),
        }
    }

    #[test]
    fn a_stopped_plan_applies_nothing_and_says_why() {
        let mut plan = plan();
        assert_eq!(plan.to_apply().count(), 0);
        assert!(plan.to_apply_mut().is_empty());
        plan.halt();
        assert_eq!(plan.changes[0].status(), "skipped");
        assert!(matches!(plan.changes[0].because(), Some(Reason::Stopped(_))));
        assert_eq!(
            plan.changes[1].because(),
            Some(&too_much()),
            "what is held back has its own reason"
        );
    }

    #[test]
    fn a_release_lets_through_what_was_held_back_and_nothing_else() {
        let mut plan = plan();
        plan.release();
        plan.halt();
        let subjects: Vec<u8> = plan.to_apply().map(|change| change.subject).collect();
        assert_eq!(subjects, [1, 2]);
        let to_be_given_outcomes: Vec<u8> = plan.to_apply_mut().iter().map(|change| change.subject).collect();
        assert_eq!(to_be_given_outcomes, subjects);
        assert!(matches!(plan.changes[1].reason, Some(Reason::Forced(_))));
        assert_eq!(
            (plan.changes[2].status(), plan.changes[2].because()),
            ("unchanged", None)
        );
        assert_eq!(plan.changes[3].decision, Decision::Block);
        assert!(plan.needs_attention(), "of what is blocked");
    }
    #[test]
    fn a_plan_needs_a_look_where_it_is_stopped_or_a_change_of_it_does() {
        let mut plan = Plan::new(vec![Change::apply(1, Action::Update)]);
        assert!(!plan.needs_attention());
        plan.stop = self::plan().stop;
        assert!(plan.needs_attention());
        plan.stop = None;
        plan.changes.push(Change::new(
            2,
            Action::Update,
            Decision::Block,
            Some(Reason::LicenseGone),
        ));
        assert!(plan.needs_attention());
    }

    #[test]
    fn changes_are_counted_by_their_status() {
        let plan = plan();
        let count = |status| plan.count(status);
        assert_eq!((count("planned"), count("skipped"), count("updated")), (1, 3, 0));
    }
}
