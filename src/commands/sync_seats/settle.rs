//! Completing the record of a killed run.

use std::collections::HashMap;

use crate::{
    context::Context,
    plan::seats::Found,
    store::{Change, Store},
    text::counted,
};

/// Completes the record of killed runs, whose licenses must be among those found. Returns what they had written; a dry run
/// records nothing.
///
/// # Errors
/// The state cannot be written.
pub(in crate::commands) async fn settle(
    context: &Context,
    store: &Store,
    unsettled: Vec<Change>,
    found: &HashMap<i64, Found>,
    dry_run: bool,
) -> anyhow::Result<Vec<Change>> {
    let (written, lost): (Vec<_>, Vec<_>) = unsettled
        .into_iter()
        .partition(|change| found.get(&change.license).and_then(|found| found.count) == Some(change.to));
    let interrupted = !written.is_empty() || !lost.is_empty();
    if interrupted && !dry_run {
        store.settle(&context.profile, &written, &lost).await?;
        context.ui.note(format!(
            "The record of an interrupted run was completed: it had written {}",
            counted(written.len(), "license")
        ));
    }
    Ok(written)
}
