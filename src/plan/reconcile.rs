//! What is used against what is billed, and every way in which the two part. Nothing here changes anything.
//!
//! Quantities belong to licenses, and several organizations can share one. So each organization has a row, with its own
//! seats and share, and all rows of a license repeat the license's figures; one of them says that it is the one to add up.
//! A difference makes one finding, whoever shares the license, and sums are made of findings.

mod fair_use;
mod finding;
mod license;
mod row;
#[cfg(test)]
mod tests;
mod totals;

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use super::{elsewhere::Elsewhere, seats::Found};
use crate::{
    model::{FairUse, Mapping, Organization, RecurringInvoice, Reference, SeatMetric},
    text::folded,
};

pub use finding::{Finding, Kind};
pub use row::{LineView, Row, SeatsView, Standing};
pub use totals::Total;

use license::License;

/// Everything that is compared.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The organizations that SaaS Backup lists: all of them, or those that the named ones' licenses need.
    pub organizations: &'a [Organization],
    /// The profile's mappings.
    pub mappings: &'a [Mapping],
    /// The ids of the organizations that are ignored.
    pub ignored: &'a HashSet<String>,
    /// What other profiles of the site have mapped.
    pub elsewhere: &'a Elsewhere,
    /// The licenses as Halo shows them, by id. A license that is not here is gone.
    pub licenses: &'a HashMap<i64, Found>,
    /// The licenses that halolink wrote, and that no mapping carries any more.
    pub left: &'a [Left],
    /// The recurring invoices; none if they could not be read.
    pub invoices: Option<&'a [RecurringInvoice]>,
    /// The quantities that halolink last wrote or confirmed, by license.
    pub synced: &'a HashMap<i64, i64>,
    /// The highest seats that runs counted in this month, by organization and metric.
    pub highest: &'a HashMap<(String, SeatMetric), i64>,
    /// The profile's seat metric.
    pub metric: SeatMetric,
    /// The vendor's fair use; none if it is not looked at.
    pub fair_use: Option<FairUse>,
    /// Today, in the partner's time zone.
    pub today: Date,
    /// The ids of the organizations that were named; none for all.
    pub only: Option<&'a HashSet<String>>,
    /// What commands to type begin with: `halolink`, and the profile if it is not the default.
    pub command: &'a str,
}

/// A license that halolink wrote, and that no mapping carries any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The license.
    pub license: Reference,
    /// The customer for whom it was written.
    pub customer: Reference,
}

/// What the comparison came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// One for each organization; those with a difference come first.
    pub rows: Vec<Row>,
    /// What does not fit. The most that is not billed comes first, what is billed too much last, and between them what
    /// has no amount.
    pub findings: Vec<Finding>,
    /// The sums of the findings' amounts, by billing cycle and currency.
    pub totals: Vec<Total>,
    /// How many there are of what.
    pub summary: Summary,
}

/// How many there are of what. Each organization is either mapped, ignored or unmapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Organizations that are listed or mapped.
    pub organizations: usize,
    /// Those that are mapped.
    pub mapped: usize,
    /// Those that are ignored.
    pub ignored: usize,
    /// Those that are neither.
    pub unmapped: usize,
    /// Findings.
    pub findings: usize,
}

/// Compares what is used with what is billed. The order of the input does not matter.
pub fn reconcile(input: &Input<'_>) -> Reconciliation {
    let listed: BTreeMap<&str, &Organization> = input
        .organizations
        .iter()
        .map(|organization| (organization.id.as_str(), organization))
        .collect();
    let lines = input.invoices.map(|invoices| row::lines(invoices, input.today));
    let mut by_license: BTreeMap<i64, Vec<&Mapping>> = BTreeMap::new();
    for mapping in input.mappings {
        by_license.entry(mapping.license.id).or_default().push(mapping);
    }
    let mut rows = Vec::new();
    let mut findings = Vec::new();
    for (id, mut mappings) in by_license {
        mappings.sort_by(|one, other| one.organization.id.cmp(&other.organization.id));
        if !mappings
            .iter()
            .any(|mapping| input.covers(&mapping.organization.id))
        {
            continue;
        }
        let license = License::new(input, &listed, id, &mappings, lines.as_ref());
        rows.extend(license.rows());
        findings.extend(license.findings());
    }
    let mapped: HashSet<&str> = input
        .mappings
        .iter()
        .map(|mapping| mapping.organization.id.as_str())
        .collect();
    for organization in listed.values() {
        let id = organization.id.as_str();
        if mapped.contains(id) || !input.covers(id) {
            continue;
        }
        let standing = if input.ignored.contains(id) {
            Standing::Ignored
        } else if input.elsewhere.conflict_of_organization(id).is_some() {
            Standing::MappedElsewhere
        } else {
            Standing::Unmapped
        };
        rows.push(Row::unbilled(organization, standing, input));
        if standing == Standing::Unmapped {
            findings.extend(finding::unmapped(organization, input));
        }
    }
    let ignored = |id: &str| input.ignored.contains(id) && !mapped.contains(id);
    findings.extend(
        listed
            .values()
            .filter(|organization| input.covers(&organization.id) && !ignored(&organization.id))
            .filter_map(|organization| fair_use::finding(organization, input)),
    );
    findings.extend(left_behind(input, &rows, lines.as_ref()));
    rows.sort_by_cached_key(Row::order);
    findings.sort_by_cached_key(Finding::order);
    let count = |wanted: &[Standing]| rows.iter().filter(|row| wanted.contains(&row.standing)).count();
    let summary = Summary {
        organizations: rows.len(),
        mapped: count(&[Standing::Mapped, Standing::Vanished, Standing::MappedElsewhere]),
        ignored: count(&[Standing::Ignored]),
        unmapped: count(&[Standing::Unmapped]),
        findings: findings.len(),
    };
    Reconciliation {
        totals: totals::of(&findings),
        rows,
        findings,
        summary,
    }
}

/// The lines that count each license.
type Lines = HashMap<i64, Vec<LineView>>;

/// The findings about licenses that no mapping carries any more. If organizations were named, those of their customers.
fn left_behind(input: &Input<'_>, rows: &[Row], lines: Option<&Lines>) -> Vec<Finding> {
    let customers: HashSet<i64> = rows
        .iter()
        .filter_map(|row| Some(row.customer.as_ref()?.id))
        .collect();
    let carried: HashSet<i64> = input.mappings.iter().map(|mapping| mapping.license.id).collect();
    input
        .left
        .iter()
        .filter(|left| input.only.is_none() || customers.contains(&left.customer.id))
        .filter(|left| {
            !carried.contains(&left.license.id) && input.elsewhere.user_of(left.license.id).is_none()
        })
        .filter_map(|left| {
            let found = input.licenses.get(&left.license.id)?;
            let lines = lines.map(|lines| lines.get(&left.license.id).map_or(&[][..], Vec::as_slice));
            finding::left_behind(left, found, lines, input)
        })
        .collect()
}

impl Input<'_> {
    /// Whether an organization is looked at.
    fn covers(&self, organization: &str) -> bool {
        self.only.is_none_or(|only| only.contains(organization))
    }

    /// An organization with the name of one that has vanished and that nobody mapped: most likely the same one under a new
    /// id.
    fn reborn(&self, vanished: &Mapping) -> Option<&Organization> {
        let name = folded(&vanished.organization.name);
        let mapped: HashSet<&str> = self
            .mappings
            .iter()
            .map(|mapping| mapping.organization.id.as_str())
            .collect();
        let mut same = self.organizations.iter().filter(|organization| {
            folded(&organization.name) == name && !mapped.contains(organization.id.as_str())
        });
        match (same.next(), same.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }
}

/// Writes a decimal as text: a number in JSON would be read as a float.
fn decimal<S: Serializer>(decimal: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    decimal
        .map(|decimal| decimal.normalize().to_string())
        .serialize(serializer)
}
