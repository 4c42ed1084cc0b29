//! An organization that is deliberately not billed through halolink.

use super::Reference;

/// An organization that is ignored. One that is mapped never is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// The organization; its id is the string id.
    pub organization: Reference<String>,
    /// The number that goes with it.
    pub organization_number: Option<i64>,
    /// Why.
    pub reason: String,
}
