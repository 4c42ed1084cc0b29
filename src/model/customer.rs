//! A customer: what Halo's API calls a client.

/// A customer. Several customers may have the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Its id.
    pub id: i64,
    /// Its name in Halo.
    pub name: String,
    /// Whether it is inactive: then it is neither offered nor mapped.
    pub inactive: bool,
}
