//! The outcome of a change.

use super::Reason;

/// The outcome of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was made, and read back if that is possible.
    Done,
    /// It was not made after all.
    Skipped(Reason),
    /// It was not made, or it is not known to have been made.
    Failed(Reason),
}
