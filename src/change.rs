//! What a command is about to change, and what became of it, as values: [`Change`] is one, [`Plan`] is all of a
//! run. Every changing command makes a plan, and [`crate::runner`] carries it from there.
//!
//! Nothing here does anything or knows a service. [`Reason`] is the one place where a decision gets its words,
//! what to do about it, and the slug that scripts go by.

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

/// One thing that a command changes, leaves as it is, or does not dare to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<S> {
    /// What it is about, with what it was and what it is to be.
    pub subject: S,
    /// What is done to it.
    pub action: Action,
    /// Whether that is done.
    pub decision: Decision,
    /// Why, where it does not go without saying.
    pub reason: Option<Reason>,
    /// What became of it; none before it was tried, and for what was not to be done.
    pub outcome: Option<Outcome>,
}

impl<S> Change<S> {
    /// A change that is decided on.
    pub fn new(subject: S, action: Action, decision: Decision, reason: Option<Reason>) -> Self {
        Self {
            subject,
            action,
            decision,
            reason,
            outcome: None,
        }
    }

    /// A change that is to be made.
    pub fn apply(subject: S, action: Action) -> Self {
        Self::new(subject, action, Decision::Apply, None)
    }

    /// It was made.
    pub fn done(&mut self) {
        self.outcome = Some(Outcome::Done);
    }

    /// It was left alone after all.
    pub fn skipped(&mut self, reason: Reason) {
        self.outcome = Some(Outcome::Skipped(reason));
    }

    /// It could not be made.
    pub fn failed(&mut self, reason: Reason) {
        self.outcome = Some(Outcome::Failed(reason));
    }

    /// Its status, as scripts and people read it.
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

    /// Why it is what it is: what became of it counts more than what was meant.
    pub fn because(&self) -> Option<&Reason> {
        match &self.outcome {
            Some(Outcome::Skipped(reason) | Outcome::Failed(reason)) => Some(reason),
            Some(Outcome::Done) | None => self.reason.as_ref(),
        }
    }

    /// Whether a person has to look at it, or another run has to do what this one did not.
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
