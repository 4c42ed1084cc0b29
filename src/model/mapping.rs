//! A mapping: which customer and license an organization belongs to.

use super::{Reference, Rule};

/// An organization's mapping. Each organization has at most one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The organization, with its string id.
    pub organization: Reference<String>,
    /// The organization's number.
    pub organization_number: Option<i64>,
    /// The Halo customer.
    pub customer: Reference,
    /// That customer's license.
    pub license: Reference,
    /// When it was mapped, RFC 3339.
    pub mapped_at: String,
    /// What the last sync found wrong with it.
    pub flag: Option<String>,
    /// How many of this organization's seats the license's quantity includes, as of the last sync.
    pub seats: Option<i64>,
    /// How its seats become its share.
    pub rule: Rule,
}

/// A mapping of another profile of the same Halo site. A license mapped in both would be billed by both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfOtherProfile {
    /// The other profile.
    pub profile: String,
    /// Its mapping.
    pub mapping: Mapping,
}
