//! `map-org --from FILE.csv`: every row is checked before the first is applied.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use super::{
    NewMapping, Target,
    named::{mappable, unseen},
    rule::RuleColumns,
};
use crate::{
    commands::{
        csv_file::{CsvFile, CsvRow},
        naming,
    },
    context::Context,
    failure::Failure,
    halo::Halo,
    model::{Customer, License, Mapping, Organization},
    plan::names::{Index, Named},
    text::Text,
};

/// The most customers whose licenses are read one by one; beyond that the whole list is cheaper.
const FEW_CUSTOMERS: usize = 5;
/// The most ids, missing from the lists, that are looked up one by one: any more are most likely the same mistake.
const MOST_LOOKUPS: usize = 20;

/// Reads and checks the file.
///
/// # Errors
/// Exit code 2; every bad row is listed with its line.
pub(super) async fn wanted(
    context: &Context,
    path: &Path,
    mappings: &[Mapping],
) -> anyhow::Result<Vec<NewMapping>> {
    let file = CsvFile::read(path)?;
    let columns = Columns::of(&file, path)?;
    if file.rows.is_empty() {
        return Err(Failure::usage(format!("{} has a header and no rows", path.display())).into());
    }
    let halo = context.halo().await?;
    let organizations = organizations(context, &file, columns.organization).await?;
    let customers = customers(context, &halo, &file, columns.customer).await?;
    let mut bad = BadRows::default();
    let named = columns.named(&file, &organizations, &customers, &mut bad);
    let licenses = Licenses::read(context, &halo, &named).await?;
    let wanted = named
        .into_iter()
        .filter_map(|named| {
            let license = licenses.of(&named, &mut bad)?;
            let target = Target::Existing(license);
            let mut wanted = NewMapping::new(named.organization, named.customer, target, mappings);
            match columns.rule.rule(named.row, &wanted.rule) {
                Ok(rule) => wanted.rule = rule,
                Err(reason) => {
                    bad.add(named.row, reason);
                    return None;
                }
            }
            Some(wanted)
        })
        .collect();
    bad.into_result(path, file.rows.len())?;
    Ok(wanted)
}

/// The headers of the columns.
struct Columns {
    organization: &'static str,
    customer: &'static str,
    license: &'static str,
    rule: RuleColumns,
}

/// A row whose organization and customer have been found.
struct NamedRow<'a> {
    row: &'a CsvRow,
    organization: &'a Organization,
    customer: &'a Customer,
    /// The text in the license column.
    license: &'a str,
}

impl Columns {
    fn of(file: &CsvFile, path: &Path) -> anyhow::Result<Self> {
        let column = |names: &[&'static str]| {
            file.header(names).ok_or_else(|| {
                Failure::usage(format!("{} has no column \"{}\"", path.display(), names[0]))
                    .hint("its first line must be: organization,customer,license")
            })
        };
        Ok(Self {
            organization: column(&["organization", "organization_id", "organization_name"])?,
            customer: column(&["customer", "customer_id", "customer_name", "client"])?,
            license: column(&["license", "licence", "license_id", "licence_id", "license_name"])?,
            rule: RuleColumns::of(file),
        })
    }

    /// The rows whose organization and customer were found and can be mapped; the others are noted as bad.
    fn named<'a>(
        &self,
        file: &'a CsvFile,
        organizations: &'a [Organization],
        customers: &'a [Customer],
        bad: &mut BadRows,
    ) -> Vec<NamedRow<'a>> {
        let (organizations, customers) = (Index::new(organizations), Index::new(customers));
        let mut seen: HashMap<&str, u64> = HashMap::new();
        let mut named = Vec::new();
        for row in &file.rows {
            let organization = bad.check(row, "organization", row.cell(self.organization), |text| {
                organizations.find(text)
            });
            let customer = bad.check(row, "customer", row.cell(self.customer), |text| {
                customers.find(text)
            });
            let license = row.cell(self.license);
            if license.is_empty() {
                bad.add(row, "the license is empty".to_owned());
            }
            let Some(organization) = organization else {
                continue;
            };
            if let Some(line) = seen.insert(&organization.id, row.line) {
                let name = &organization.name;
                bad.add(row, format!("the organization {name} is in line {line} already"));
            }
            match customer {
                Some(customer) if customer.inactive => {
                    let label = customer.label();
                    bad.add(row, format!("the customer {label} is inactive in Halo"));
                }
                Some(customer) => named.push(NamedRow {
                    row,
                    organization,
                    customer,
                    license,
                }),
                None => {}
            }
        }
        named
    }
}

/// The customers that rows can name: the active ones, and any that a row names by id.
async fn customers(
    context: &Context,
    halo: &Halo,
    file: &CsvFile,
    column: &str,
) -> anyhow::Result<Vec<Customer>> {
    let mut customers = naming::customers(context, halo).await?;
    let known: HashSet<i64> = customers.iter().map(|customer| customer.id).collect();
    for id in ids_in(file.rows.iter().map(|row| row.cell(column)))
        .difference(&known)
        .take(MOST_LOOKUPS)
    {
        // Not among the active ones: find out if it is inactive or does not exist.
        customers.extend(halo.customer(*id).await?);
    }
    Ok(customers)
}

/// The organizations that rows can name; without SaaS Backup, whatever the rows name.
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
    naming::every_organization(context).await
}

/// The licenses that rows can name.
struct Licenses {
    by_id: HashMap<i64, License>,
    by_customer: HashMap<i64, Vec<License>>,
}

impl Licenses {
    /// Reads the licenses with the fewest requests.
    async fn read(context: &Context, halo: &Halo, named: &[NamedRow<'_>]) -> anyhow::Result<Self> {
        let mut customers: Vec<i64> = named.iter().map(|named| named.customer.id).collect();
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
        // Not among them: find out if the id is another customer's, inactive, or does not exist.
        let known: HashSet<i64> = licenses.iter().map(|license| license.id).collect();
        for id in ids_in(named.iter().map(|named| named.license))
            .difference(&known)
            .take(MOST_LOOKUPS)
        {
            licenses.extend(halo.license(*id).await?);
        }
        let mut by_customer: HashMap<i64, Vec<License>> = HashMap::new();
        for license in &licenses {
            if let Some(customer) = license.customer_id {
                by_customer.entry(customer).or_default().push(license.clone());
            }
        }
        Ok(Self {
            by_id: licenses
                .into_iter()
                .map(|license| (license.id, license))
                .collect(),
            by_customer,
        })
    }

    /// The license that a row names, if its organization can be mapped to it; otherwise the row is bad.
    fn of(&self, named: &NamedRow, bad: &mut BadRows) -> Option<License> {
        let NamedRow {
            row,
            customer,
            license: text,
            ..
        } = *named;
        if text.is_empty() {
            return None;
        }
        // If the id is another customer's, the error says so, not that the id is unknown.
        let by_id = text.parse::<i64>().ok().and_then(|id| self.by_id.get(&id));
        let own = self.by_customer.get(&customer.id).map_or(&[][..], Vec::as_slice);
        let license = by_id.or_else(|| bad.check(row, "license", text, |text| Index::new(own).find(text)))?;
        match mappable(license.clone(), customer) {
            Ok(license) => Some(license),
            Err(reason) => {
                bad.add(row, reason);
                None
            }
        }
    }
}

/// The ids among these texts.
fn ids_in<'a>(texts: impl Iterator<Item = &'a str>) -> HashSet<i64> {
    texts.filter_map(|text| text.parse().ok()).collect()
}

#[derive(Default)]
struct BadRows(Vec<(u64, Text)>);

impl BadRows {
    fn add(&mut self, row: &CsvRow, reason: String) {
        // One line per row, whatever its cells contain.
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
