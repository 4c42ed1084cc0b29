//! A backed-up organization and its seat numbers.

use std::{fmt, str::FromStr};

use serde::Serialize;

use super::Reference;

/// A backed-up organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// What the portal calls the Organization ID, e.g. `1788161-14`.
    pub id: String,
    /// The service's second identifier, `organization_id`.
    pub number: Option<i64>,
    /// Its name. If it is linked to NinjaOne, the name can end in a tag such as ` [e9fd]`.
    pub name: String,
    /// Its seat numbers.
    pub seats: Seats,
    /// Whether it is suspended: then its seat numbers cannot be trusted.
    pub suspended: bool,
    /// Whether it was deactivated.
    pub deactivated: bool,
    /// What the vendor bills beside the seats, or gives away.
    pub extras: Extras,
    /// Whether the list has another row with this id but other seats or flags: there is no telling which is right.
    pub conflicting: bool,
}

/// An organization as it was last listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The organization.
    pub organization: Reference<String>,
    /// Its seats then.
    pub seats: Seats,
    /// Whether it was neither suspended nor deactivated.
    pub active: bool,
}

/// The seat numbers of an organization; `None` where the service gives no whole number of zero or more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seats {
    /// `seats_used`: in use now.
    pub used: Option<i64>,
    /// `active_seats`: those in use, without deactivated accounts that only hold archived data.
    pub active: Option<i64>,
    /// `seats_available`: the purchased total, not what is left over, according to the vendor's license script.
    pub purchased: Option<i64>,
    /// `required_seats`.
    pub required: Option<i64>,
}

/// What the vendor bills beside the seats, or gives away; `None` where the service gives no whole number of zero or more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// `deactivated_seats`: accounts that only hold archived data.
    pub deactivated: Option<i64>,
    /// `paid_shared_mailboxes`.
    pub paid_shared: Option<i64>,
    /// `free_shared_mailboxes`.
    pub free_shared: Option<i64>,
    /// `auto_license`: the vendor raises the purchased seats to the required ones by itself.
    pub auto_license: Option<bool>,
}

impl Seats {
    /// The number that this metric bills.
    pub fn of(&self, metric: SeatMetric) -> Option<i64> {
        match metric {
            SeatMetric::Used => self.used,
            SeatMetric::Active => self.active,
            SeatMetric::Purchased => self.purchased,
            SeatMetric::Required => self.required,
        }
    }

    /// Sets the number that this metric bills.
    pub fn set(&mut self, metric: SeatMetric, seats: i64) {
        let number = match metric {
            SeatMetric::Used => &mut self.used,
            SeatMetric::Active => &mut self.active,
            SeatMetric::Purchased => &mut self.purchased,
            SeatMetric::Required => &mut self.required,
        };
        *number = Some(seats);
    }
}

/// Which seat number is billed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatMetric {
    /// Seats consumed now (`seats_used`)
    #[default]
    Used,
    /// Seats without deactivated accounts (`active_seats`)
    Active,
    /// The purchased total (`seats_available`)
    Purchased,
    /// Seats that are required (`required_seats`)
    Required,
}

impl SeatMetric {
    /// All metrics, in the order in which they are shown.
    pub const ALL: [SeatMetric; 4] = [Self::Used, Self::Active, Self::Purchased, Self::Required];

    /// Its word on the command line, in JSON and in the state.
    pub fn name(self) -> &'static str {
        match self {
            SeatMetric::Used => "used",
            SeatMetric::Active => "active",
            SeatMetric::Purchased => "purchased",
            SeatMetric::Required => "required",
        }
    }
}

impl fmt::Display for SeatMetric {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for SeatMetric {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|metric| metric.name() == text)
            .ok_or_else(|| format!("\"{text}\" is not a seat metric"))
    }
}
