//! The flags of a mapping's rule.

use clap::{Args, ValueEnum, builder::PossibleValue};
use jiff::civil::Date;

use crate::model::{Highest, SeatMetric};

/// A mapping's own metric, or the profile's again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnMetric {
    /// This one.
    Own(SeatMetric),
    /// The profile's.
    Profile,
}

impl OwnMetric {
    const ALL: [Self; 5] = [
        Self::Own(SeatMetric::Used),
        Self::Own(SeatMetric::Active),
        Self::Own(SeatMetric::Purchased),
        Self::Own(SeatMetric::Required),
        Self::Profile,
    ];
}

impl ValueEnum for OwnMetric {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            OwnMetric::Own(metric) => metric.to_possible_value(),
            OwnMetric::Profile => Some(PossibleValue::new("profile").help("That of the profile again")),
        }
    }
}

/// The span whose highest seats count, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HighestOrOff {
    /// The highest of the calendar month so far
    Month,
    /// The present seats
    Off,
}

impl From<HighestOrOff> for Option<Highest> {
    fn from(highest: HighestOrOff) -> Self {
        match highest {
            HighestOrOff::Month => Some(Highest::Month),
            HighestOrOff::Off => None,
        }
    }
}

/// How the seats become the organization's share of the license's quantity. What is not given stays as it is.
#[derive(Clone, Debug, Default, Args)]
pub struct Rule {
    /// Which seat number of this organization counts
    #[arg(long, value_name = "METRIC", value_enum)]
    pub metric: Option<OwnMetric>,
    /// Seats that are free, and subtracted; 0 for none
    #[arg(long, value_name = "SEATS", value_parser = clap::value_parser!(u32).range(..=i64::from(i32::MAX)))]
    pub included: Option<u32>,
    /// The fewest seats that are billed; 0 for no minimum
    #[arg(long, value_name = "SEATS", value_parser = clap::value_parser!(u32).range(..=i64::from(i32::MAX)))]
    pub minimum: Option<u32>,
    /// The last day of the minimum, e.g. 2026-12-31; without it the minimum has no end
    #[arg(long, value_name = "DATE", requires = "minimum", value_parser = day)]
    pub until: Option<Date>,
    /// Bill the highest seats of the calendar month so far
    #[arg(long, value_name = "month|off", value_enum)]
    pub highest: Option<HighestOrOff>,
}

impl Rule {
    /// True if one of the flags is given.
    pub fn is_given(&self) -> bool {
        self.metric.is_some() || self.included.is_some() || self.minimum.is_some() || self.highest.is_some()
    }
}

/// A day such as 2026-12-31.
pub fn day(text: &str) -> Result<Date, String> {
    text.trim()
        .parse()
        .map_err(|_| "give a day such as 2026-12-31".to_owned())
}
