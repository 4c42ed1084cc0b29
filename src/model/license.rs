//! A license and its quantity, which is what the customer is billed.

use rust_decimal::Decimal;

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
    /// What a seat costs.
    pub price: Price,
}

/// What one seat costs in a billing cycle. Halo's rows name no currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Price {
    /// What the customer pays the partner; `None` if Halo has no price, which does not mean that it is free.
    pub price: Option<Decimal>,
    /// What the partner pays; `None` if Halo does not say.
    pub cost: Option<Decimal>,
    /// The billing cycle in Halo's words, e.g. `Monthly`.
    pub cycle: Option<String>,
}

impl Price {
    /// What this many seats add to a billing cycle, or take from it if negative; `None` if there is no price.
    pub fn amount(&self, seats: i64) -> Option<Decimal> {
        self.price?.checked_mul(Decimal::from(seats))
    }

    /// What is left of that to the partner; `None` if the price or the cost is not known.
    pub fn margin(&self, seats: i64) -> Option<Decimal> {
        self.price?
            .checked_sub(self.cost?)?
            .checked_mul(Decimal::from(seats))
    }
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
