//! A license and its quantity, which is what the customer is billed.

/// A license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct License {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The quantity that is billed; `None` where Halo's number could not be read.
    pub count: Option<i64>,
    /// The customer whose license it is.
    pub customer_id: Option<i64>,
    /// That customer's name, where the row has it.
    pub customer_name: Option<String>,
    /// Inactive ones are not offered and not written.
    pub active: bool,
    /// Halo's word for its status.
    pub status: Option<String>,
    /// Who makes the software.
    pub manufacturer: Option<String>,
}

/// A quantity to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// The license.
    pub license: i64,
    /// The customer whose license it is; Halo wants it beside the id.
    pub customer: i64,
    /// The new quantity, absolute.
    pub count: i64,
}

/// A change of a quantity, as Halo recorded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseChange {
    /// Who made it.
    pub who: String,
    /// When, as Halo writes it.
    pub at: Option<String>,
}
