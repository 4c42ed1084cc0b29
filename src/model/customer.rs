//! A customer: what Halo's API calls a client.

/// A customer. Several may share a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Its id.
    pub id: i64,
    /// Its name, as Halo has it.
    pub name: String,
    /// Inactive ones are not offered and not mapped.
    pub inactive: bool,
}
