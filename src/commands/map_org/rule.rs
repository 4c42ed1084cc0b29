//! The rule of a mapping: from flags, or from the columns of a file.

use crate::{
    cli::{self, OwnMetric},
    commands::csv_file::{CsvFile, CsvRow},
    model::{Minimum, Rule},
};

/// The rule before, with what the flags say otherwise.
pub(super) fn from_flags(before: &Rule, flags: &cli::Rule) -> Rule {
    let some = |seats: u32| Some(i64::from(seats)).filter(|seats| *seats > 0);
    let mut rule = before.clone();
    match flags.metric {
        Some(OwnMetric::Own(metric)) => rule.metric = Some(metric),
        Some(OwnMetric::Profile) => rule.metric = None,
        None => {}
    }
    if let Some(included) = flags.included {
        rule.included = some(included);
    }
    if let Some(minimum) = flags.minimum {
        rule.minimum = some(minimum).map(|seats| Minimum {
            seats,
            until: flags.until,
        });
    }
    if let Some(highest) = flags.highest {
        rule.highest = highest.into();
    }
    rule
}

/// The headers of a file's columns for rules.
pub(super) struct RuleColumns {
    metric: Option<&'static str>,
    included: Option<&'static str>,
    minimum: Option<&'static str>,
    until: Option<&'static str>,
    highest: Option<&'static str>,
}

impl RuleColumns {
    pub(super) fn of(file: &CsvFile) -> Self {
        Self {
            metric: file.header(&["metric"]),
            included: file.header(&["included"]),
            minimum: file.header(&["minimum"]),
            until: file.header(&["until", "minimum_until"]),
            highest: file.header(&["highest"]),
        }
    }

    /// The rule before, with what the row's cells say. A column that is there says it all: an empty cell is none.
    ///
    /// # Errors
    /// What is wrong with the row.
    pub(super) fn rule(&self, row: &CsvRow, before: &Rule) -> Result<Rule, String> {
        let mut rule = before.clone();
        let cell = |header: Option<&str>| header.map(|header| row.cell(header));
        if let Some(text) = cell(self.metric) {
            rule.metric = match text {
                "" | "profile" => None,
                metric => Some(metric.to_lowercase().parse()?),
            };
        }
        if let Some(text) = cell(self.included) {
            rule.included = seats("included", text)?;
        }
        if let Some(text) = cell(self.minimum) {
            rule.minimum = seats("minimum", text)?.map(|seats| Minimum { seats, until: None });
        }
        if let Some(text) = cell(self.until).filter(|text| !text.is_empty()) {
            let until = cli::day(text).map_err(|reason| format!("until: {reason}"))?;
            match &mut rule.minimum {
                Some(minimum) => minimum.until = Some(until),
                None => return Err("until is the last day of a minimum, and there is none".to_owned()),
            }
        }
        if let Some(text) = cell(self.highest) {
            rule.highest = match text {
                "" | "off" => None,
                span => Some(span.to_lowercase().parse()?),
            };
        }
        Ok(rule)
    }
}

/// A number of seats in a cell; none for an empty cell and for 0.
fn seats(column: &str, text: &str) -> Result<Option<i64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<i32>() {
        Ok(seats @ 0..) => Ok(Some(i64::from(seats)).filter(|seats| *seats > 0)),
        _ => Err(format!("{column}: \"{text}\" is not a number of seats")),
    }
}
