//! `list organizations`: backed-up organizations with their seats.

use std::collections::HashMap;

use serde::Serialize;

use super::{Mappings, Row, name, number, print};
use crate::{
    cli,
    commands::naming,
    context::Context,
    failure::Completion,
    model::{Ignored, Organization, Reference},
    store::NameKind,
    ui::Align,
};

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
    /// The reason why it is ignored, if it is.
    ignored: Option<String>,
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
            match (self.state, &self.ignored) {
                ("active", Some(_)) => "ignored".to_owned(),
                (state, Some(_)) => format!("{state}, ignored"),
                (state, None) => state.to_owned(),
            },
            name(self.customer.as_ref()),
            name(self.license.as_ref()),
        ]
    }

    fn searched(&self) -> Vec<String> {
        vec![self.id.clone(), number(self.organization_id), self.name.clone()]
    }
}

/// Reads all organizations, sorted by name.
pub(super) async fn read(context: &Context) -> anyhow::Result<Vec<Organization>> {
    let mut organizations = naming::every_organization(context).await?;
    organizations.sort_by_cached_key(|organization| organization.name.to_lowercase());
    for organization in organizations.iter().filter(|found| found.conflicting) {
        context.ui.warn(format!(
            "SaaS Backup has two different rows for {} ({}): one of them is shown, and its seats are not synced",
            organization.name, organization.id
        ));
    }
    Ok(organizations)
}

pub(super) async fn list(
    context: &Context,
    arguments: &cli::List,
    mappings: &Mappings<'_>,
    ignored: &[Ignored],
) -> anyhow::Result<Completion> {
    let reasons: HashMap<&str, &str> = ignored
        .iter()
        .map(|ignored| (ignored.organization.id.as_str(), ignored.reason.as_str()))
        .collect();
    let customer = match &arguments.customer {
        Some(text) => Some(mappings.customer(context, text).await?),
        None => None,
    };
    let organizations = read(context).await?;
    if arguments.refresh {
        let names = organizations
            .iter()
            .map(|organization| (organization.id.clone(), organization.name.clone()));
        context.remember(NameKind::Organization, names).await;
    }
    let rows = organizations
        .into_iter()
        .map(|organization| {
            let id = organization.id.as_str();
            (mappings.by_organization.get(id), reasons.get(id), organization)
        })
        // An ignored organization is not waiting to be mapped.
        .filter(|(mapping, reason, _)| !arguments.unmapped || (mapping.is_none() && reason.is_none()))
        .filter(|(mapping, ..)| {
            customer.is_none_or(|customer| mapping.is_some_and(|mapping| mapping.customer.id == customer))
        })
        .map(|(mapping, reason, organization)| OrganizationRow {
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
            ignored: reason.map(|reason| (*reason).to_owned()),
            customer: mapping.map(|mapping| mapping.customer.clone()),
            license: mapping.map(|mapping| mapping.license.clone()),
        })
        .collect();
    print(context, arguments, rows)
}
