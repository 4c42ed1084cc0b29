//! The page of `reconcile --report`: one HTML file for people who do not use a terminal.
//!
//! It is made from data alone: no I/O, and no clock but the given time. It asks nothing of anywhere, and its policy
//! forbids that to whatever might get into it: only its own style and script, known by their hashes, are in force. Every
//! text is [`crate::text::Text`], and the template engine escapes it.

mod amounts;
mod chart;
mod page;
mod seats;

use askama::Template as _;
use jiff::Zoned;

use crate::{model::DailyQuantity, plan::reconcile::Reconciliation};

/// What the page tells.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The profile that it was made from.
    pub profile: &'a str,
    /// When it was made.
    pub made_at: &'a Zoned,
    /// What is used against what is billed.
    pub result: &'a Reconciliation,
    /// What the numbers mean, and what is not sure about them.
    pub notes: &'a [String],
    /// The quantities in the ledger, oldest first.
    pub quantities: &'a [DailyQuantity],
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A chart could not be drawn.
    #[error("drawing a chart: {0}")]
    Chart(String),
    /// The template could not be filled in.
    #[error("making the page: {0}")]
    Template(#[from] askama::Error),
}

impl Report<'_> {
    /// The page.
    ///
    /// # Errors
    /// The crates that draw and fill in say that they cannot; no data is known to make them.
    pub fn html(&self) -> Result<String, Error> {
        Ok(page::Page::of(self)?.render()?)
    }
}
