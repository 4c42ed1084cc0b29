//! `list mappings`, and updating the names in them with `--refresh`.

use std::collections::HashMap;

use serde::Serialize;

use super::{Mappings, Row, number, print};
use crate::{
    cli,
    commands::naming,
    context::Context,
    failure::Completion,
    model::{Mapping, Reference, Rule},
    ui::Align,
};

#[derive(Serialize)]
struct MappingRow {
    organization: Reference<String>,
    organization_id: Option<i64>,
    customer: Reference,
    license: Reference,
    mapped_at: String,
    seats: Option<i64>,
    /// How the seats become the share: `metric`, `included`, `minimum`, `minimum_until` and `highest`, each null where
    /// the rule does not say it.
    #[serde(flatten)]
    rule: Rule,
    problem: Option<String>,
}

impl Row for MappingRow {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("organization", Align::Left),
        ("customer", Align::Left),
        ("license", Align::Left),
        ("seats", Align::Right),
        ("rule", Align::Left),
        ("mapped at", Align::Left),
        ("problem", Align::Left),
    ];
    const EXPENDABLE: &'static [&'static str] = &["mapped at", "rule"];
    const SENTENCE_LAST: bool = true;

    fn cells(&self) -> Vec<String> {
        vec![
            self.organization.to_string(),
            self.customer.to_string(),
            self.license.to_string(),
            number(self.seats),
            self.rule.to_string(),
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

pub(super) async fn list(
    context: &Context,
    arguments: &cli::List,
    mappings: &Mappings<'_>,
) -> anyhow::Result<Completion> {
    let customer = match &arguments.customer {
        Some(text) => Some(naming::find("customer", text, &mappings.mapped_customers())?.id),
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
            rule: mapping.rule,
            problem: mapping.flag,
        })
        .collect();
    print(context, arguments, rows)
}

/// Updates the names in the mappings, and stores them. What is mapped to what stays as it is.
pub(super) async fn refresh(context: &Context, mappings: &mut [Mapping]) -> anyhow::Result<()> {
    if mappings.is_empty() {
        return Ok(());
    }
    let names = Names::read(context).await?;
    let mut renamed = Vec::new();
    for mapping in mappings {
        if names.update(mapping) {
            renamed.push(mapping.clone());
        }
    }
    if !renamed.is_empty() {
        let store = context.store().await?;
        store.rename(&context.profile, &renamed).await?;
        store.close().await;
    }
    Ok(())
}

/// The current names, by id.
struct Names {
    /// Empty without SaaS Backup.
    organizations: HashMap<String, String>,
    customers: HashMap<i64, String>,
    licenses: HashMap<i64, String>,
}

impl Names {
    async fn read(context: &Context) -> anyhow::Result<Self> {
        let halo = context.halo().await?;
        let mut organizations = HashMap::new();
        if context.connection()?.backup_url.is_some() {
            let backup = context.backup().await?;
            let progress = context.ui.progress("reading organizations");
            let read = backup.organizations(&|done| progress.set(done, None)).await?;
            organizations.extend(read.into_iter().map(|read| (read.id, read.name)));
        }
        let customers = naming::customers(context, &halo).await?;
        let progress = context.ui.progress("reading licenses");
        let licenses = halo
            .licenses(None, &|done, total| progress.set(done, total))
            .await?;
        Ok(Self {
            organizations,
            customers: customers.into_iter().map(|read| (read.id, read.name)).collect(),
            licenses: licenses.into_iter().map(|read| (read.id, read.name)).collect(),
        })
    }

    /// Returns true if a name in the mapping has changed.
    fn update(&self, mapping: &mut Mapping) -> bool {
        let before = mapping.clone();
        if let Some(name) = self.organizations.get(&mapping.organization.id) {
            mapping.organization.name.clone_from(name);
        }
        if let Some(name) = self.customers.get(&mapping.customer.id) {
            mapping.customer.name.clone_from(name);
        }
        if let Some(name) = self.licenses.get(&mapping.license.id) {
            mapping.license.name.clone_from(name);
        }
        *mapping != before
    }
}
