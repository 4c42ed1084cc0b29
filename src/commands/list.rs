//! `list`: records of either service, or mappings. JSON is an array of flat objects.

mod errors;
mod refresh;

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::naming;
use crate::{
    cli::{self, Kind},
    context::Context,
    failure::{Completion, Failure},
    halo::Halo,
    model::{Mapping, Organization, Reference},
    store::NameKind,
    text::folded,
    ui::{Align, Format, Table},
};

/// One thing in a list: what it is in JSON, and its cells in a table.
trait Row: Serialize {
    const COLUMNS: &'static [(&'static str, Align)];
    /// Columns to do without on a narrow terminal, the first of them first.
    const EXPENDABLE: &'static [&'static str] = &[];
    /// The last column holds sentences.
    const SENTENCE_LAST: bool = false;
    fn cells(&self) -> Vec<String>;
    /// What `--search` looks in.
    fn searched(&self) -> Vec<String>;
}

/// Runs `list`.
pub async fn run(context: &Context, arguments: cli::List) -> anyhow::Result<Completion> {
    refuse_idle_flags(&arguments)?;
    let look = context.open_read_only().await?;
    let mut mappings = look.mappings(&context.profile).await?;
    look.close().await;
    if arguments.refresh && arguments.kind == Kind::Mappings {
        refresh::mappings(context, &mut mappings).await?;
    }
    let mappings = Mappings::new(&mappings);
    match arguments.kind {
        Kind::Organizations => organizations(context, &arguments, &mappings).await,
        Kind::Customers => customers(context, &arguments, &mappings).await,
        Kind::Licenses => licenses(context, &arguments, &mappings).await,
        Kind::Mappings => listed_mappings(context, &arguments, &mappings).await,
        Kind::Errors => errors::errors(context, &arguments, &mappings).await,
        Kind::TicketTypes => {
            let records = context.halo().await?.ticket_types().await?;
            let rows = records.into_iter().map(|record| Named {
                id: record.id,
                name: record.name,
            });
            lookups(context, &arguments, NameKind::TicketType, rows.collect()).await
        }
        Kind::Slas => {
            let records = context.halo().await?.slas().await?;
            let rows = records.into_iter().map(|record| Named {
                id: record.id,
                name: record.name,
            });
            lookups(context, &arguments, NameKind::Sla, rows.collect()).await
        }
        Kind::Outcomes => {
            let records = context.halo().await?.outcomes().await?;
            let rows = records.into_iter().map(|record| Named {
                id: record.id,
                name: record.name,
            });
            lookups(context, &arguments, NameKind::Outcome, rows.collect()).await
        }
        Kind::Priorities => priorities(context, &arguments).await,
    }
}

/// A flag that a list does not know would be ignored; that is an error.
fn refuse_idle_flags(arguments: &cli::List) -> anyhow::Result<()> {
    let unmapped = matches!(
        arguments.kind,
        Kind::Organizations | Kind::Customers | Kind::Licenses | Kind::Errors
    );
    let customer = matches!(
        arguments.kind,
        Kind::Organizations | Kind::Licenses | Kind::Mappings | Kind::Errors
    );
    if arguments.unmapped && !unmapped {
        return Err(
            Failure::usage("--unmapped goes with organizations, customers, licenses and errors").into(),
        );
    }
    if arguments.customer.is_some() && !customer {
        return Err(
            Failure::usage("--customer goes with organizations, licenses, mappings and errors").into(),
        );
    }
    if arguments.refresh && arguments.kind == Kind::Errors {
        return Err(
            Failure::usage("--refresh does not go with errors: they are read anew every time").into(),
        );
    }
    Ok(())
}

/// Lists records that have just an id and a name.
async fn lookups(
    context: &Context,
    arguments: &cli::List,
    kind: NameKind,
    rows: Vec<Named>,
) -> anyhow::Result<Completion> {
    if arguments.refresh {
        context
            .remember(kind, rows.iter().map(|row| (row.id, row.name.clone())))
            .await;
    }
    print(context, arguments, rows)
}

/// The mappings, by what they map.
struct Mappings<'a> {
    all: &'a [Mapping],
    by_organization: HashMap<&'a str, &'a Mapping>,
    customers: HashSet<i64>,
    licenses: HashSet<i64>,
}

impl<'a> Mappings<'a> {
    fn new(all: &'a [Mapping]) -> Self {
        Self {
            all,
            by_organization: all
                .iter()
                .map(|mapping| (mapping.organization.id.as_str(), mapping))
                .collect(),
            customers: all.iter().map(|mapping| mapping.customer.id).collect(),
            licenses: all.iter().map(|mapping| mapping.license.id).collect(),
        }
    }

    /// The customer that the text names: one that is mapped to, or else one of Halo's.
    async fn customer(&self, context: &Context, text: &str) -> anyhow::Result<i64> {
        let mut mapped: Vec<Reference> = self.all.iter().map(|mapping| mapping.customer.clone()).collect();
        mapped.sort();
        mapped.dedup_by_key(|customer| customer.id);
        if let Ok(customer) = naming::find("customer", text, &mapped) {
            return Ok(customer.id);
        }
        Ok(naming::customer(context, context.halo().await?.as_ref(), text)
            .await?
            .id)
    }
}

fn print<R: Row>(context: &Context, arguments: &cli::List, mut rows: Vec<R>) -> anyhow::Result<Completion> {
    if let Some(search) = &arguments.search {
        let search = folded(search);
        rows.retain(|row| row.searched().iter().any(|text| folded(text).contains(&search)));
    }
    if context.ui.format() == Format::Json {
        context.ui.json(&rows);
        return Ok(Completion::Done);
    }
    let mut table = Table::new(R::COLUMNS).expendable(R::EXPENDABLE);
    if R::SENTENCE_LAST {
        table = table.sentence_last();
    }
    for row in &rows {
        table.row(row.cells());
    }
    if rows.is_empty() && context.ui.format() == Format::Table {
        context.ui.note("Nothing is there");
    } else {
        context.ui.table(&table);
    }
    Ok(Completion::Done)
}

fn number(number: Option<i64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

fn name(reference: Option<&Reference>) -> String {
    reference.map_or_else(String::new, ToString::to_string)
}

#[derive(Serialize)]
struct Named {
    id: i64,
    name: String,
}

impl Row for Named {
    const COLUMNS: &'static [(&'static str, Align)] = &[("id", Align::Right), ("name", Align::Left)];

    fn cells(&self) -> Vec<String> {
        vec![self.id.to_string(), self.name.clone()]
    }

    fn searched(&self) -> Vec<String> {
        self.cells()
    }
}

#[derive(Serialize)]
struct OrganizationRow {
    id: String,
    organization_id: Option<i64>,
    name: String,
    seats_used: Option<i64>,
    active_seats: Option<i64>,
    seats_available: Option<i64>,
    required_seats: Option<i64>,
    state: &'static str,
    customer: Option<Reference>,
    license: Option<Reference>,
}

impl Row for OrganizationRow {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("id", Align::Left),
        ("number", Align::Right),
        ("name", Align::Left),
        ("used", Align::Right),
        ("active", Align::Right),
        ("purchased", Align::Right),
        ("required", Align::Right),
        ("state", Align::Left),
        ("customer", Align::Left),
        ("license", Align::Left),
    ];
    const EXPENDABLE: &'static [&'static str] = &["number", "required", "purchased", "active"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            number(self.organization_id),
            self.name.clone(),
            number(self.seats_used),
            number(self.active_seats),
            number(self.seats_available),
            number(self.required_seats),
            self.state.to_owned(),
            name(self.customer.as_ref()),
            name(self.license.as_ref()),
        ]
    }

    fn searched(&self) -> Vec<String> {
        vec![self.id.clone(), number(self.organization_id), self.name.clone()]
    }
}

async fn read_organizations(context: &Context) -> anyhow::Result<Vec<Organization>> {
    let backup = context.backup().await?;
    let progress = context.ui.progress("reading organizations");
    let mut organizations = backup.organizations(&|done| progress.set(done, None)).await?;
    organizations.sort_by_cached_key(|organization| organization.name.to_lowercase());
    for organization in organizations.iter().filter(|found| found.conflicting) {
        context.ui.warn(format!(
            "SaaS Backup has two different rows for {} ({}): one of them is shown, and its seats are not synced",
            organization.name, organization.id
        ));
    }
    Ok(organizations)
}

async fn organizations(
    context: &Context,
    arguments: &cli::List,
    mappings: &Mappings<'_>,
) -> anyhow::Result<Completion> {
    let customer = match &arguments.customer {
        Some(text) => Some(mappings.customer(context, text).await?),
        None => None,
    };
    let organizations = read_organizations(context).await?;
    if arguments.refresh {
        let names = organizations
            .iter()
            .map(|organization| (organization.id.clone(), organization.name.clone()));
        context.remember(NameKind::Organization, names).await;
    }
    let rows = organizations
        .into_iter()
        .map(|organization| {
            (
                mappings.by_organization.get(organization.id.as_str()),
                organization,
            )
        })
        .filter(|(mapping, _)| !arguments.unmapped || mapping.is_none())
        .filter(|(mapping, _)| {
            customer.is_none_or(|customer| mapping.is_some_and(|mapping| mapping.customer.id == customer))
        })
        .map(|(mapping, organization)| OrganizationRow {
            id: organization.id,
            organization_id: organization.number,
            name: organization.name,
            seats_used: organization.seats.used,
            active_seats: organization.seats.active,
            seats_available: organization.seats.purchased,
            required_seats: organization.seats.required,
            state: match (organization.suspended, organization.deactivated) {
                (true, _) => "suspended",
                (false, true) => "deactivated",
                (false, false) => "active",
            },
            customer: mapping.map(|mapping| mapping.customer.clone()),
            license: mapping.map(|mapping| mapping.license.clone()),
        })
        .collect();
    print(context, arguments, rows)
}

async fn customers(
    context: &Context,
    arguments: &cli::List,
    mappings: &Mappings<'_>,
) -> anyhow::Result<Completion> {
    let halo = context.halo().await?;
    let customers = naming::customers(context, &halo).await?;
    if arguments.refresh {
        let names = customers
            .iter()
            .map(|customer| (customer.id, customer.name.clone()));
        context.remember(NameKind::Customer, names).await;
    }
    let mut rows: Vec<Named> = customers
        .into_iter()
        .filter(|customer| !arguments.unmapped || !mappings.customers.contains(&customer.id))
        .map(|customer| Named {
            id: customer.id,
            name: customer.name,
        })
        .collect();
    rows.sort_by_cached_key(|row| row.name.to_lowercase());
    print(context, arguments, rows)
}

#[derive(Serialize)]
struct LicenseRow {
    id: i64,
    name: String,
    count: Option<i64>,
    customer: Option<Reference>,
    active: bool,
    status: Option<String>,
    manufacturer: Option<String>,
    mapped: bool,
}

impl Row for LicenseRow {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("id", Align::Right),
        ("name", Align::Left),
        ("count", Align::Right),
        ("customer", Align::Left),
        ("status", Align::Left),
        ("manufacturer", Align::Left),
        ("mapped", Align::Left),
    ];
    const EXPENDABLE: &'static [&'static str] = &["status", "manufacturer"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.name.clone(),
            number(self.count),
            name(self.customer.as_ref()),
            self.status.clone().unwrap_or_default(),
            self.manufacturer.clone().unwrap_or_default(),
            if self.mapped { "yes" } else { "" }.to_owned(),
        ]
    }

    fn searched(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.name.clone(),
            name(self.customer.as_ref()),
        ]
    }
}

async fn licenses(
    context: &Context,
    arguments: &cli::List,
    mappings: &Mappings<'_>,
) -> anyhow::Result<Completion> {
    let halo = context.halo().await?;
    let customer = match &arguments.customer {
        Some(text) => Some(mappings.customer(context, text).await?),
        None => None,
    };
    let progress = context.ui.progress("reading licenses");
    let licenses = halo
        .licenses(customer, &|done, total| progress.set(done, total))
        .await?;
    drop(progress);
    if arguments.refresh {
        let names = licenses.iter().map(|license| (license.id, license.name.clone()));
        context.remember(NameKind::License, names).await;
    }
    let mut rows: Vec<LicenseRow> = licenses
        .into_iter()
        .map(|license| LicenseRow {
            mapped: mappings.licenses.contains(&license.id),
            customer: license
                .customer_id
                .map(|id| Reference::new(id, license.customer_name.unwrap_or_default())),
            id: license.id,
            name: license.name,
            count: license.count,
            active: license.active,
            status: license.status,
            manufacturer: license.manufacturer,
        })
        .filter(|row| !arguments.unmapped || !row.mapped)
        .collect();
    rows.sort_by_cached_key(|row| {
        let customer = row.customer.as_ref().map(|customer| customer.name.to_lowercase());
        (customer, row.name.to_lowercase(), row.id)
    });
    print(context, arguments, rows)
}

#[derive(Serialize)]
struct MappingRow {
    organization: Reference<String>,
    organization_id: Option<i64>,
    customer: Reference,
    license: Reference,
    mapped_at: String,
    seats: Option<i64>,
    problem: Option<String>,
}

impl Row for MappingRow {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("organization", Align::Left),
        ("customer", Align::Left),
        ("license", Align::Left),
        ("seats", Align::Right),
        ("mapped at", Align::Left),
        ("problem", Align::Left),
    ];
    const EXPENDABLE: &'static [&'static str] = &["mapped at"];
    const SENTENCE_LAST: bool = true;

    fn cells(&self) -> Vec<String> {
        vec![
            self.organization.to_string(),
            self.customer.to_string(),
            self.license.to_string(),
            number(self.seats),
            self.mapped_at.clone(),
            self.problem.clone().unwrap_or_default(),
        ]
    }

    fn searched(&self) -> Vec<String> {
        vec![
            self.organization.to_string(),
            self.customer.to_string(),
            self.license.to_string(),
        ]
    }
}

async fn listed_mappings(
    context: &Context,
    arguments: &cli::List,
    mappings: &Mappings<'_>,
) -> anyhow::Result<Completion> {
    let customer = match &arguments.customer {
        Some(text) => {
            let known: Vec<Reference> = mappings
                .all
                .iter()
                .map(|mapping| mapping.customer.clone())
                .collect();
            let mut known = known;
            known.sort();
            known.dedup_by_key(|customer| customer.id);
            Some(naming::find("customer", text, &known)?.id)
        }
        None => None,
    };
    let rows = mappings
        .all
        .iter()
        .filter(|mapping| customer.is_none_or(|customer| mapping.customer.id == customer))
        .cloned()
        .map(|mapping| MappingRow {
            organization: mapping.organization,
            organization_id: mapping.organization_number,
            customer: mapping.customer,
            license: mapping.license,
            mapped_at: mapping.mapped_at,
            seats: mapping.seats,
            problem: mapping.flag,
        })
        .collect();
    print(context, arguments, rows)
}

#[derive(Serialize)]
struct PriorityRow {
    id: i64,
    name: String,
    sla: Reference,
}

impl Row for PriorityRow {
    const COLUMNS: &'static [(&'static str, Align)] =
        &[("id", Align::Right), ("name", Align::Left), ("sla", Align::Left)];

    fn cells(&self) -> Vec<String> {
        vec![self.id.to_string(), self.name.clone(), self.sla.to_string()]
    }

    fn searched(&self) -> Vec<String> {
        self.cells()
    }
}

async fn priorities(context: &Context, arguments: &cli::List) -> anyhow::Result<Completion> {
    let halo: &Halo = &*context.halo().await?;
    let mut rows = Vec::new();
    for sla in halo.slas().await? {
        for priority in halo.priorities(sla.id).await? {
            rows.push(PriorityRow {
                id: priority.id,
                name: priority.name,
                sla: Reference::new(sla.id, &sla.name),
            });
        }
    }
    if arguments.refresh {
        let names = rows.iter().map(|row: &PriorityRow| (row.id, row.name.clone()));
        context.remember(NameKind::Priority, names).await;
    }
    print(context, arguments, rows)
}
