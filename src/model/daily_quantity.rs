//! A license's quantity from day to day.

use jiff::civil::Date;

/// The last known quantity of a license on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyQuantity {
    /// The license.
    pub license: i64,
    /// The customer that it belonged to.
    pub customer: i64,
    /// The day, in UTC.
    pub day: Date,
    /// Its quantity at the end of the day.
    pub count: i64,
}
