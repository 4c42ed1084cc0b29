//! The reason not to make any change at all.

use std::fmt;

/// The services' answers cannot be trusted, so nothing is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// So many licenses would be held back.
    HeldBack {
        /// The number of licenses that would be held back.
        held: usize,
        /// The number of licenses that it is a share of.
        of: usize,
        /// The allowed share, in percent.
        percent: u32,
        /// The licenses are at their first sync.
        first: bool,
    },
    /// So many licenses would be held back as quantities are put back.
    BackHeldBack {
        /// The number of licenses that would be held back.
        held: usize,
        /// The number of licenses that it is a share of.
        of: usize,
        /// The allowed share, in percent.
        percent: u32,
    },
    /// So many tickets would be opened at once that it looks like an outage at the vendor.
    TooManyNew {
        /// The number of new tickets.
        new: usize,
        /// The most that are opened in one run.
        most: usize,
    },
}

impl Stop {
    /// How to have it written anyway.
    pub fn hint(&self) -> String {
        match self {
            Stop::HeldBack { first: true, .. } => {
                "look at the licenses that they are mapped to; then --force, or name the organizations"
                    .to_owned()
            }
            Stop::HeldBack { .. } => "--max-held-back, --force".to_owned(),
            Stop::BackHeldBack { .. } => "look at the plan; then --force".to_owned(),
            Stop::TooManyNew { new, .. } => format!("if they are all real: --max-new {new}"),
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Stop::HeldBack {
                held,
                of,
                percent,
                first,
            } => {
                let when = if *first { " at their first sync" } else { "" };
                write!(
                    formatter,
                    "{held} of {of} licenses would be held back{when}, more than {percent} percent: nothing is written"
                )
            }
            Stop::BackHeldBack { held, of, percent } => write!(
                formatter,
                "{held} of {of} licenses would be held back, more than {percent} percent: nothing is put back"
            ),
            Stop::TooManyNew { new, most } => write!(
                formatter,
                "{new} new tickets at once, more than {most}, look like an outage at the vendor: nothing is written"
            ),
        }
    }
}
