//! `map-org --from FILE.csv`: every row is checked before the first is applied.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use super::{Planned, Target, mappable, naming, unseen};
use crate::{
    commands::csv_file::{CsvFile, CsvRow},
    context::Context,
    failure::Failure,
    halo::Halo,
    model::{Customer, License, Mapping, Organization},
    plan::names::{Index, Named},
    text::Text,
};

/// The most customers that are asked for their licenses one by one; beyond that the whole list is cheaper.
const FEW_CUSTOMERS: usize = 5;
/// The most ids missing from the lists that are looked up one by one: the rest are mistakes of the same kind.
const MOST_LOOKUPS: usize = 20;

/// Reads and checks the file.
///
/// # Errors
/// Exit code 2 naming every bad row with its line.
pub(super) async fn plan(
    context: &Context,
    path: &Path,
    mappings: &[Mapping],
) -> anyhow::Result<Vec<Planned>> {
    let file = CsvFile::read(path)?;
    let column = |names: &[&'static str]| {
        file.header(names).ok_or_else(|| {
            Failure::usage(format!("{} has no column \"{}\"", path.display(), names[0]))
                .hint("its first line must be: organization,customer,license")
        })
    };
    let organization_column = column(&["organization", "organization_id", "organization_name"])?;
    let customer_column = column(&["customer", "customer_id", "customer_name", "client"])?;
    let license_column = column(&["license", "licence", "license_id", "licence_id", "license_name"])?;
    if file.rows.is_empty() {
        return Err(Failure::usage(format!("{} has a header and no rows", path.display())).into());
    }

    let halo = context.halo().await?;
    let organizations = organizations(context, &file, organization_column).await?;
    let organizations = Index::new(&organizations);
    let mut customers = naming::customers(context, &halo).await?;
    let known: HashSet<i64> = customers.iter().map(|customer| customer.id).collect();
    for id in ids_in(file.rows.iter().map(|row| row.cell(customer_column)))
        .difference(&known)
        .take(MOST_LOOKUPS)
    {
        // Not in the list of active ones: inactive, or nobody?
        customers.extend(halo.customer(*id).await?);
    }
    let customers = Index::new(&customers);

    let mut bad = BadRows::default();
    let mut named: Vec<(&CsvRow, &Organization, &Customer)> = Vec::new();
    let mut seen: HashMap<&str, u64> = HashMap::new();
    for row in &file.rows {
        let organization = bad.check(row, "organization", row.cell(organization_column), |text| {
            organizations.find(text)
        });
        let customer = bad.check(row, "customer", row.cell(customer_column), |text| {
            customers.find(text)
        });
        if row.cell(license_column).is_empty() {
            bad.add(row, "the license is empty".to_owned());
        }
        let Some(organization) = organization else {
            continue;
        };
        if let Some(line) = seen.insert(&organization.id, row.line) {
            bad.add(
                row,
                format!("the organization {} is in line {line} already", organization.name),
            );
        }
        match customer {
            Some(customer) if customer.inactive => {
                bad.add(
                    row,
                    format!("the customer {} is inactive in Halo", customer.label()),
                );
            }
            Some(customer) => named.push((row, organization, customer)),
            None => {}
        }
    }

    let licenses = licenses(context, &halo, &named, license_column).await?;
    let by_id: HashMap<i64, &License> = licenses.iter().map(|license| (license.id, license)).collect();
    let mut by_customer: HashMap<i64, Vec<License>> = HashMap::new();
    for license in &licenses {
        if let Some(customer) = license.customer_id {
            by_customer.entry(customer).or_default().push(license.clone());
        }
    }
    let mut planned = Vec::new();
    for (row, organization, customer) in named {
        let text = row.cell(license_column);
        if text.is_empty() {
            continue;
        }
        let own = by_customer.get(&customer.id).map_or(&[][..], Vec::as_slice);
        // An id may be another customer's: then that is the error, not that it is unknown.
        let stranger = text.parse::<i64>().ok().and_then(|id| by_id.get(&id).copied());
        let license = match stranger {
            Some(license) => Some(license),
            None => bad.check(row, "license", text, |text| Index::new(own).find(text)),
        };
        match license.map(|license| mappable(license.clone(), customer)) {
            Some(Ok(license)) => {
                planned.push(Planned::new(
                    organization,
                    customer,
                    Target::Existing(license),
                    mappings,
                ));
            }
            Some(Err(reason)) => bad.add(row, reason),
            None => {}
        }
    }
    bad.into_result(path, file.rows.len())?;
    Ok(planned)
}

/// The organizations that rows can name; without SaaS Backup, those that they do name.
async fn organizations(context: &Context, file: &CsvFile, column: &str) -> anyhow::Result<Vec<Organization>> {
    if context.connection()?.backup_url.is_none() {
        let mut seen = HashSet::new();
        return Ok(file
            .rows
            .iter()
            .filter_map(|row| unseen(row.cell(column)))
            .filter(|organization| seen.insert(organization.id.clone()))
            .collect());
    }
    let backup = context.backup().await?;
    let progress = context.ui.progress("reading organizations");
    Ok(backup.organizations(&|done| progress.set(done, None)).await?)
}

/// The licenses that rows can name, read the cheaper way.
async fn licenses(
    context: &Context,
    halo: &Halo,
    named: &[(&CsvRow, &Organization, &Customer)],
    column: &str,
) -> anyhow::Result<Vec<License>> {
    let mut customers: Vec<i64> = named.iter().map(|(_, _, customer)| customer.id).collect();
    customers.sort_unstable();
    customers.dedup();
    let progress = context.ui.progress("reading licenses");
    let mut licenses = Vec::new();
    if customers.len() > FEW_CUSTOMERS {
        licenses = halo
            .licenses(None, &|done, total| progress.set(done, total))
            .await?;
    } else {
        for customer in customers {
            licenses.extend(halo.licenses(Some(customer), &|_, _| ()).await?);
        }
    }
    // An id that is not among them: another customer's, inactive, or nobody's? That is worth saying.
    let known: HashSet<i64> = licenses.iter().map(|license| license.id).collect();
    for id in ids_in(named.iter().map(|(row, ..)| row.cell(column)))
        .difference(&known)
        .take(MOST_LOOKUPS)
    {
        licenses.extend(halo.license(*id).await?);
    }
    Ok(licenses)
}

/// The texts that are numbers.
fn ids_in<'a>(texts: impl Iterator<Item = &'a str>) -> HashSet<i64> {
    texts.filter_map(|text| text.parse().ok()).collect()
}

#[derive(Default)]
struct BadRows(Vec<(u64, Text)>);

impl BadRows {
    fn add(&mut self, row: &CsvRow, reason: String) {
        // One line a row, whatever is in its cells.
        self.0.push((row.line, reason.into()));
    }

    fn check<'a, T>(
        &mut self,
        row: &CsvRow,
        what: &str,
        text: &str,
        find: impl FnOnce(&str) -> Result<&'a T, crate::plan::names::Unresolved>,
    ) -> Option<&'a T> {
        if text.is_empty() {
            self.add(row, format!("the {what} is empty"));
            return None;
        }
        match find(text) {
            Ok(record) => Some(record),
            Err(unresolved) => {
                let message = naming::failure(what, text, &unresolved).message;
                self.add(row, message.into());
                None
            }
        }
    }

    fn into_result(mut self, path: &Path, rows: usize) -> anyhow::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.sort();
        let lines: HashSet<u64> = self.0.iter().map(|(line, _)| *line).collect();
        let heading = format!(
            "{} of {rows} rows in {} cannot be mapped; none was:",
            lines.len(),
            path.display()
        );
        let list = self
            .0
            .iter()
            .map(|(line, reason)| format!("line {line}: {reason}"));
        Err(Failure::usage(Text::list(heading, list))
            .hint("correct these rows and run the command again")
            .into())
    }
}
