//! The one document that a changing command prints as JSON.

use serde::Serialize;

use crate::{
    context::{Context, Requests},
    ui::Format,
};

/// What a changing command did, or would do.
#[derive(Serialize)]
pub struct Report<'a, Change, Summary> {
    /// The command.
    pub command: &'static str,
    /// The profile it worked on.
    pub profile: &'a str,
    /// Whether nothing was changed because of `--dry-run`.
    pub dry_run: bool,
    /// One entry an item.
    pub changes: Vec<Change>,
    /// The entries counted.
    pub summary: Summary,
    /// HTTP requests sent.
    pub requests: Requests,
}

/// Prints the report if JSON was asked for; whether it was.
pub fn print<Change: Serialize, Summary: Serialize>(
    context: &Context,
    command: &'static str,
    dry_run: bool,
    changes: Vec<Change>,
    summary: Summary,
) -> bool {
    if context.ui.format() != Format::Json {
        return false;
    }
    context.ui.json(&Report {
        command,
        profile: &context.profile,
        dry_run,
        changes,
        summary,
        requests: context.requests(),
    });
    true
}

/// "1 license", "2 licenses".
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
