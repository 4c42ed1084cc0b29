//! A license and its quantity, which is what the customer is billed.

/// A license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct License {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The quantity that is billed; `None` if Halo's number could not be read.
    pub count: Option<i64>,
    /// The customer that it belongs to.
    pub customer_id: Option<i64>,
    /// That customer's name, if Halo's row contains it.
    pub customer_name: Option<String>,
    /// Whether it is active: otherwise it is neither offered nor written.
    pub active: bool,
    /// Its status, in Halo's words.
    pub status: Option<String>,
    /// The manufacturer of the software.
    pub manufacturer: Option<String>,
}

/// A quantity to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// The license.
    pub license: i64,
    /// The customer that the license belongs to; Halo requires it along with the license's id.
    pub customer: i64,
    /// The new quantity; absolute, not a difference.
    pub count: i64,
}

/// A change of a quantity, as Halo recorded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseChange {
    /// Who made it.
    pub who: String,
    /// When it was made, as Halo writes it.
    pub at: Option<String>,
}
