//! What became of a change.

use super::Reason;

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was made, and seen to be made where that can be seen.
    Done,
    /// It was left alone after all.
    Skipped(Reason),
    /// It was not made, or nobody knows whether it was.
    Failed(Reason),
}
