//! A mapping: which customer and license an organization is.

use super::Reference;

/// An organization's mapping. One per organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The organization; its id is the string id.
    pub organization: Reference<String>,
    /// The number that goes with it.
    pub organization_number: Option<i64>,
    /// The Halo customer.
    pub customer: Reference,
    /// That customer's license.
    pub license: Reference,
    /// When it was mapped, RFC 3339.
    pub mapped_at: String,
    /// What the last sync found wrong with it.
    pub flag: Option<String>,
    /// The seats of this organization that are in the license's quantity, since the last sync.
    pub seats: Option<i64>,
}

/// A mapping of another profile of the same Halo site: what is mapped in both would be billed by both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfOtherProfile {
    /// The other profile.
    pub profile: String,
    /// Its mapping.
    pub mapping: Mapping,
}
