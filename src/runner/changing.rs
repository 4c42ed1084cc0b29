//! What a changing command provides to the runner.

use std::time::Duration;

use crate::{
    change::{Change, Plan, Reason},
    context::Context,
    failure::Failure,
    store::Store,
    text::Text,
    ui::view::Subject,
};

/// A changing command: what is special about it.
pub(crate) trait Changing {
    /// What it changes.
    type Subject: Subject;
    /// The command's name on the command line.
    const COMMAND: &'static str;

    /// The lock that makes a second run wait, if two at the same time would do harm.
    fn lock(&self) -> Option<Lock> {
        None
    }

    /// Reads the current values and decides what to change. The decision itself is left to a pure function.
    ///
    /// # Errors
    /// The plan cannot be made; then nothing is changed.
    async fn plan(&mut self, context: &Context, store: &Store) -> anyhow::Result<Plan<Self::Subject>>;

    /// Notes that are shown with the plan.
    fn notes(&self, _plan: &Plan<Self::Subject>) -> Vec<Text> {
        Vec::new()
    }

    /// The question that a person has to answer with yes first.
    fn question(&self, _plan: &Plan<Self::Subject>) -> Option<Question> {
        None
    }

    /// Further decisions and notes, once a person has agreed to the plan.
    ///
    /// # Errors
    /// A person stops the command.
    async fn decide(&mut self, _context: &Context, _plan: &mut Plan<Self::Subject>) -> anyhow::Result<()> {
        Ok(())
    }

    /// Records what is about to be done, so that the next run can complete it if this one is killed.
    ///
    /// # Errors
    /// The state cannot be written; then nothing is changed.
    async fn intend(
        &mut self,
        _context: &Context,
        _store: &Store,
        _plan: &Plan<Self::Subject>,
    ) -> anyhow::Result<()> {
        Ok(())
    }

    /// Makes these changes, verifies them, and gives each its outcome.
    ///
    /// # Errors
    /// None of them can be made. What goes wrong with one change is its outcome.
    async fn apply(
        &mut self,
        context: &Context,
        store: &Store,
        changes: &mut [&mut Change<Self::Subject>],
    ) -> anyhow::Result<Applied>;

    /// Records the outcome of the plan.
    ///
    /// # Errors
    /// The state cannot be written.
    async fn record(
        &mut self,
        _context: &Context,
        _store: &Store,
        _plan: &Plan<Self::Subject>,
        _applied: &Applied,
    ) -> anyhow::Result<()> {
        Ok(())
    }

    /// Records that the run failed with this error, if it has been recorded as begun.
    ///
    /// # Errors
    /// The state cannot be written.
    async fn abandon(
        &mut self,
        _context: &Context,
        _store: &Store,
        _failure: &Failure,
    ) -> anyhow::Result<()> {
        Ok(())
    }

    /// Further entries of the summary, by name.
    fn summary(&self, _plan: &Plan<Self::Subject>) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Further fields of the JSON document, by name.
    fn fields(&self, _plan: &Plan<Self::Subject>) -> Vec<(&'static str, serde_json::Value)> {
        Vec::new()
    }

    /// True if something beside the changes has to be looked at by a person: exit code 4.
    fn needs_attention(&self, _plan: &Plan<Self::Subject>) -> bool {
        false
    }

    /// What people are told at the end.
    fn closing(&self, context: &Context, plan: &Plan<Self::Subject>, mode: Mode) -> Closing;
}

/// A lock that makes a second run wait.
pub(crate) struct Lock {
    /// Runs whose locks have the same name run one after the other.
    pub name: &'static str,
    /// How long to wait for the other run to end.
    pub wait: Duration,
}

/// A question that has to be answered with yes before anything is changed.
pub(crate) struct Question {
    pub text: String,
    /// What looks wrong. A person is warned of it; if no one is there to be asked, it is the error.
    pub doubts: Vec<String>,
}

impl Question {
    /// A question about changes of which none looks wrong.
    pub fn plain(text: String) -> Self {
        Self {
            text,
            doubts: Vec::new(),
        }
    }
}

/// How applying a set of changes ended. Each change has its own outcome.
#[derive(Debug, Default)]
#[must_use]
pub(crate) struct Applied {
    /// Why the rest was not tried, if a service cannot be used now; the run fails with it.
    pub broken_off: Option<Failure>,
    /// Why the rest was not tried, if no service has failed.
    pub given_up: Option<Reason>,
    /// Something beside the changes themselves could not be done.
    pub incomplete: bool,
}

/// What people are told at the end.
#[derive(Debug, Default)]
pub(crate) struct Closing {
    /// Data, on stdout. If there is none, the changes are counted by status.
    pub data: Vec<String>,
    /// Notes, on stderr.
    pub notes: Vec<String>,
    /// The data says everything, so no table is printed.
    pub complete: bool,
}

/// How the command is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mode {
    /// Only show the plan, and change nothing.
    pub dry_run: bool,
    /// In a dry run, exit with a code of its own if changes are pending.
    pub exit_code: bool,
}

impl Mode {
    pub fn new(dry_run: bool) -> Self {
        Self {
            dry_run,
            exit_code: false,
        }
    }
}
