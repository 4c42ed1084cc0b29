//! How a mapping's seats become its share of the license's quantity.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::SeatMetric;

/// A mapping's rule. Without any, the share is the seats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// The seat number that counts; none for the profile's.
    pub metric: Option<SeatMetric>,
    /// Seats that are free: they are subtracted.
    pub included: Option<i64>,
    /// The least that is billed.
    pub minimum: Option<Minimum>,
    /// The span whose highest seats count; none if the present ones do.
    pub highest: Option<Highest>,
}

/// The least that is billed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minimum {
    /// In seats.
    pub seats: i64,
    /// Its last day; none if it has no end.
    pub until: Option<Date>,
}

/// The span whose highest seats count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Highest {
    /// The calendar month.
    Month,
}

impl Rule {
    /// True if the share is just the seats by the profile's metric.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// The seat number that counts, if `usual` is the profile's.
    pub fn metric(&self, usual: SeatMetric) -> SeatMetric {
        self.metric.unwrap_or(usual)
    }
}

/// The rule in words: `by active, 5 included, at least 10 until 2026-12-31, the month's highest`. Empty if it is plain.
impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(metric) = self.metric {
            parts.push(format!("by {metric}"));
        }
        if let Some(included) = self.included {
            parts.push(format!("{included} included"));
        }
        if let Some(minimum) = &self.minimum {
            let until = minimum
                .until
                .map(|until| format!(" until {until}"))
                .unwrap_or_default();
            parts.push(format!("at least {}{until}", minimum.seats));
        }
        if let Some(Highest::Month) = self.highest {
            parts.push("the month's highest".to_owned());
        }
        formatter.write_str(&parts.join(", "))
    }
}

/// `{"metric", "included", "minimum", "minimum_until", "highest"}`, each null where the rule does not say it.
impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let minimum = self.minimum.as_ref();
        let until = minimum.and_then(|minimum| minimum.until);
        let mut rule = serializer.serialize_struct("Rule", 5)?;
        rule.serialize_field("metric", &self.metric)?;
        rule.serialize_field("included", &self.included)?;
        rule.serialize_field("minimum", &minimum.map(|minimum| minimum.seats))?;
        rule.serialize_field("minimum_until", &until.map(|until| until.to_string()))?;
        rule.serialize_field("highest", &self.highest.map(Highest::name))?;
        rule.end()
    }
}

impl Highest {
    /// Its word on the command line, in JSON and in the state.
    pub fn name(self) -> &'static str {
        match self {
            Highest::Month => "month",
        }
    }
}

impl FromStr for Highest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "month" => Ok(Self::Month),
            _ => Err(format!("\"{text}\" is not a span: month is")),
        }
    }
}
