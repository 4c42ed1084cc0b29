//! What a command is going to change, and the outcome, as values: [`Change`] is one change, [`Plan`] all those of a
//! run. Every changing command makes a plan, and [`crate::runner`] carries it out.
//!
//! Nothing here does I/O or knows about a service. [`Reason`] is the one place that gives a decision its words, its
//! hint, and the slug that scripts read.

mod action;
mod conflict;
mod outcome;
mod plan;
mod reason;
mod stop;
mod too_much;

pub use action::Action;
pub use conflict::{Conflict, OtherMapping, Twice};
pub use outcome::Outcome;
pub use plan::{Decision, Plan};
pub use reason::{Kept, Reason};
pub use stop::Stop;
pub use too_much::{Excess, TooMuch};

/// One thing that a command changes, leaves as it is, or holds back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<S> {
    /// What is changed, with its old and new value.
    pub subject: S,
    /// What is done to the subject.
    pub action: Action,
    /// The decision to do that or not.
    pub decision: Decision,
    /// The reason for the decision, if it is not obvious.
    pub reason: Option<Reason>,
    /// The outcome; none before the change is tried, and none if it is not to be made.
    pub outcome: Option<Outcome>,
}

impl<S> Change<S> {
    /// A change with its decision.
    pub fn new(subject: S, action: Action, decision: Decision, reason: Option<Reason>) -> Self {
        Self {
            subject,
            action,
            decision,
            reason,
            outcome: None,
        }
    }

    /// A change to be made.
    pub fn apply(subject: S, action: Action) -> Self {
        Self::new(subject, action, Decision::Apply, None)
    }

    /// Records that the change was made.
    pub fn done(&mut self) {
        self.outcome = Some(Outcome::Done);
    }

    /// Records that the change was not made after all.
    pub fn skipped(&mut self, reason: Reason) {
        self.outcome = Some(Outcome::Skipped(reason));
    }

    /// Records that the change could not be made.
    pub fn failed(&mut self, reason: Reason) {
        self.outcome = Some(Outcome::Failed(reason));
    }

    /// The status, in JSON and in tables.
    pub fn status(&self) -> &'static str {
        match (&self.outcome, self.decision) {
            (Some(Outcome::Done), _) => self.action.done(),
            (Some(Outcome::Skipped(_)), _) => "skipped",
            (Some(Outcome::Failed(_)), _) => "failed",
            (None, Decision::Apply) => "planned",
            (None, Decision::Unchanged) => "unchanged",
            (None, Decision::Leave | Decision::HoldBack | Decision::Block) => "skipped",
        }
    }

    /// The reason for the status: the outcome's if there is one, else the decision's.
    pub fn because(&self) -> Option<&Reason> {
        match &self.outcome {
            Some(Outcome::Skipped(reason) | Outcome::Failed(reason)) => Some(reason),
            Some(Outcome::Done) | None => self.reason.as_ref(),
        }
    }

    /// True if a person has to look at it, or another run has to do what this one did not.
    pub fn needs_attention(&self) -> bool {
        match &self.outcome {
            Some(Outcome::Done) => false,
            Some(Outcome::Failed(_)) => true,
            Some(Outcome::Skipped(reason)) => reason.is_for_the_next_run(),
            None => matches!(self.decision, Decision::HoldBack | Decision::Block),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_it_counts_more_than_what_was_meant() {
        let mut change = Change::apply((), Action::Update);
        assert_eq!((change.status(), change.because()), ("planned", None));
        change.reason = Some(Reason::AlreadyOpen);
        change.failed(Reason::NotTried);
        assert_eq!(
            (change.status(), change.because()),
            ("failed", Some(&Reason::NotTried))
        );
        assert!(change.needs_attention());
        change.done();
        assert_eq!(
            (change.status(), change.because()),
            ("updated", Some(&Reason::AlreadyOpen))
        );
        assert!(!change.needs_attention());
    }

    #[test]
    fn what_was_left_alone_needs_a_look_only_where_something_is_left_to_do() {
        let mut change = Change::apply((), Action::Update);
        change.skipped(Reason::MappingEnded);
        assert!(!change.needs_attention());
        change.skipped(Reason::MappingChanged);
        assert!(change.needs_attention());
        for (decision, needed) in [
            (Decision::Leave, false),
            (Decision::HoldBack, true),
            (Decision::Block, true),
        ] {
            let change = Change::new((), Action::Update, decision, None);
            assert_eq!((change.status(), change.needs_attention()), ("skipped", needed));
        }
    }
}
