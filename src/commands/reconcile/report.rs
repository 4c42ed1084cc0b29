//! The page for people who use no terminal: what it shows beside the comparison, and its file.

use std::{
    io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use jiff::{Span, Zoned};

use crate::{
    context::Context, failure::Failure, files, model::DailyQuantity, plan::reconcile::Reconciliation,
    report::Report, store::Store, text::Text,
};

/// The page that is to be written.
pub(super) struct Page {
    /// As it was given.
    given: PathBuf,
    file: PathBuf,
    made_at: Zoned,
    quantities: Vec<DailyQuantity>,
}

impl Page {
    /// Looks whether the file can be written, before anything is asked of the services, and reads the ledger of the last
    /// two years.
    ///
    /// # Errors
    /// There is no place for the file.
    pub(super) async fn prepare(
        context: &Context,
        store: &Store,
        given: &Path,
        now: Zoned,
    ) -> anyhow::Result<Self> {
        let file = files::replaceable(given).map_err(|error| not_written(given, &error))?;
        let since = now.date().saturating_sub(Span::new().years(2));
        Ok(Self {
            given: given.to_owned(),
            file,
            quantities: store.daily_quantities(&context.profile, since).await?,
            made_at: now,
        })
    }

    /// Writes it.
    ///
    /// # Errors
    /// Nothing was written.
    pub(super) fn write(
        &self,
        context: &Context,
        result: &Reconciliation,
        notes: &[String],
    ) -> anyhow::Result<()> {
        let page = Report {
            profile: &context.profile,
            made_at: &self.made_at,
            result,
            notes,
            quantities: &self.quantities,
        };
        let page = page.html().context("making the report")?;
        files::replace(&self.file, page.as_bytes()).map_err(|error| not_written(&self.given, &error))?;
        context.ui.note(Text::from(format!(
            "Wrote the report to {}",
            self.given.display()
        )));
        Ok(())
    }
}

fn not_written(path: &Path, error: &io::Error) -> Failure {
    Failure::failed(format!("cannot write the report to {}: {error}", path.display()))
        .hint("give --report a file in a directory that you may write to")
}
