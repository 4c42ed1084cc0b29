//! What a changing command gives to the runner.

use std::time::Duration;

use crate::{
    change::{Change, Plan, Reason},
    context::Context,
    failure::Failure,
    store::Store,
    text::Text,
    ui::view::Subject,
};

/// What is special about a changing command.
pub(crate) trait Changing {
    /// What its changes are about.
    type Subject: Subject;
    /// The command, as it is typed.
    const COMMAND: &'static str;

    /// What keeps a second run of its kind waiting, where two at a time would harm.
    fn lock(&self) -> Option<Lock> {
        None
    }

    /// Reads what there is and decides what is to be changed. The deciding is a pure function's work.
    ///
    /// # Errors
    /// Whatever keeps the plan from being made: then nothing is changed.
    async fn plan(&mut self, context: &Context, store: &Store) -> anyhow::Result<Plan<Self::Subject>>;

    /// What people are told beside the plan.
    fn notes(&self, _plan: &Plan<Self::Subject>) -> Vec<Text> {
        Vec::new()
    }

    /// What has to be answered with yes first.
    fn question(&self, _plan: &Plan<Self::Subject>) -> Option<Question> {
        None
    }

    /// What else there is to be said, or a person to decide, once they agreed to the plan.
    ///
    /// # Errors
    /// A person who stopped it.
    async fn decide(&mut self, _context: &Context, _plan: &mut Plan<Self::Subject>) -> anyhow::Result<()> {
        Ok(())
    }

    /// Records what is about to be done, so that whatever dies in between, the next run can complete it.
    ///
    /// # Errors
    /// A state that cannot be written: then nothing is changed.
    async fn intend(
        &mut self,
        _context: &Context,
        _store: &Store,
        _plan: &Plan<Self::Subject>,
    ) -> anyhow::Result<()> {
        Ok(())
    }

    /// Makes these changes and sees that they are made: afterwards each has its outcome.
    ///
    /// # Errors
    /// What keeps all of them from being made. What goes wrong with one of them is its outcome.
    async fn apply(
        &mut self,
        context: &Context,
        store: &Store,
        changes: &mut [&mut Change<Self::Subject>],
    ) -> anyhow::Result<Applied>;

    /// Records what came of the plan.
    ///
    /// # Errors
    /// A state that cannot be written.
    async fn record(
        &mut self,
        _context: &Context,
        _store: &Store,
        _plan: &Plan<Self::Subject>,
        _applied: &Applied,
    ) -> anyhow::Result<()> {
        Ok(())
    }

    /// Records that the run ended with this error, where it was recorded that it began.
    ///
    /// # Errors
    /// A state that cannot be written.
    async fn abandon(
        &mut self,
        _context: &Context,
        _store: &Store,
        _failure: &Failure,
    ) -> anyhow::Result<()> {
        Ok(())
    }

    /// What else is in the summary, by name.
    fn summary(&self, _plan: &Plan<Self::Subject>) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// What people read last.
    fn closing(&self, context: &Context, plan: &Plan<Self::Subject>, mode: Mode) -> Closing;
}

/// What keeps a second run waiting.
pub(crate) struct Lock {
    /// Its name: runs with locks of one name follow each other.
    pub name: &'static str,
    /// How long to wait for the other run to end.
    pub wait: Duration,
}

/// A question that has to be answered with yes.
pub(crate) struct Question {
    /// The question.
    pub text: String,
    /// What looks wrong: a person is warned of it, and where nobody is there to be asked it is the error.
    pub doubts: Vec<String>,
}

impl Question {
    /// A question of which nothing looks wrong.
    pub fn plain(text: String) -> Self {
        Self {
            text,
            doubts: Vec::new(),
        }
    }
}

/// How the applying of a set of changes ended. What became of each stands in the change.
#[derive(Debug, Default)]
#[must_use]
pub(crate) struct Applied {
    /// Why the rest was not tried, where a service cannot be worked with now: it is the run's failure.
    pub broken_off: Option<Failure>,
    /// Why the rest was not tried, where that is no failure of a service.
    pub given_up: Option<Reason>,
    /// Something that belongs to the changes, and is none of them, could not be done.
    pub incomplete: bool,
}

/// What people read last.
#[derive(Debug, Default)]
pub(crate) struct Closing {
    /// Data, on stdout; where there is none, the changes counted by status.
    pub data: Vec<String>,
    /// Notes, on stderr.
    pub notes: Vec<String>,
    /// The data says everything that was done: no table of it is needed.
    pub complete: bool,
}

/// Whether it is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mode {
    /// Nothing is changed: the plan is only shown.
    pub dry_run: bool,
    /// In a dry run: changes that are pending have an exit code of their own.
    pub exit_code: bool,
}

impl Mode {
    /// As the flag `--dry-run` says.
    pub fn new(dry_run: bool) -> Self {
        Self {
            dry_run,
            exit_code: false,
        }
    }
}
