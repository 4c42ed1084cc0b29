//! The arguments of `explain`.

use clap::Args;
use clap_complete::{ArgValueCandidates, CompletionCandidate};

use crate::plan::explanations::explanations;

/// `explain`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink explain\n  \
    halolink explain main-app-token\n  \
    halolink explain \"OneDrive backup fail. Authentication error\"")]
pub struct Explain {
    /// The error: its slug, a status, or the text of a ticket; without it all are listed
    #[arg(value_name = "ERROR", add = ArgValueCandidates::new(candidates))]
    pub error: Option<String>,
}

fn candidates() -> Vec<CompletionCandidate> {
    explanations()
        .into_iter()
        .map(|entry| CompletionCandidate::new(entry.error).help(Some(entry.description.into())))
        .collect()
}
