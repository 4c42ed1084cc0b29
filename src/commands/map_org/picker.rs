//! The picker: organizations that are neither mapped nor ignored come first, then customers with the likeliest first,
//! then that customer's active licenses.

use std::collections::HashMap;

use super::named;
use crate::{
    commands::naming,
    context::Context,
    failure::Failure,
    halo::Halo,
    model::{Customer, Ignored, License, Mapping, Organization},
    plan::names::{Named, likeliest_first, untagged},
};

/// Lets a person pick the organization.
pub(super) async fn organization(
    context: &Context,
    mappings: &[Mapping],
    ignored: &[Ignored],
) -> anyhow::Result<Organization> {
    if context.connection()?.backup_url.is_none() {
        let typed = context
            .ui
            .input(
                "Organization (id or name, as in the portal's export)",
                None,
                |text| {
                    named::unseen(text)
                        .map(drop)
                        .ok_or_else(|| "it is empty".to_owned())
                },
            )
            .await?;
        return named::organization(context, &typed).await;
    }
    let mut organizations = naming::every_organization(context).await?;
    let mapped: HashMap<&str, &Mapping> = mappings
        .iter()
        .map(|mapping| (mapping.organization.id.as_str(), mapping))
        .collect();
    let ignored: HashMap<&str, &Ignored> = ignored
        .iter()
        .map(|ignored| (ignored.organization.id.as_str(), ignored))
        .collect();
    organizations.sort_by_cached_key(|organization| {
        let id = organization.id.as_str();
        (
            mapped.contains_key(id) || ignored.contains_key(id),
            organization.name.to_lowercase(),
        )
    });
    if organizations.is_empty() {
        return Err(Failure::failed("SaaS Backup has no organizations").into());
    }
    let items = organizations
        .iter()
        .map(|organization| {
            let (label, id) = (organization.label(), organization.id.as_str());
            match (mapped.get(id), ignored.get(id)) {
                (Some(mapping), _) => format!("{label} (mapped to {})", mapping.customer.name),
                (None, Some(ignored)) => format!("{label} (ignored: {})", ignored.reason),
                (None, None) => label,
            }
        })
        .collect();
    let chosen = context.ui.pick("Organization", items).await?;
    organizations
        .into_iter()
        .nth(chosen)
        .ok_or_else(|| Failure::failed("nothing was picked").into())
}

/// Lets a person pick the customer.
pub(super) async fn customer(
    context: &Context,
    halo: &Halo,
    organization: &Organization,
) -> anyhow::Result<Customer> {
    let customers = naming::customers(context, halo).await?;
    let order = likeliest_first(&organization.name, &customers);
    if order.is_empty() {
        return Err(Failure::failed("Halo has no active customers").into());
    }
    let items = order
        .iter()
        .map(|position| customers[*position].label())
        .collect();
    let label = format!("Customer for {}", untagged(&organization.name));
    let chosen = context.ui.pick(&label, items).await?;
    Ok(customers[order[chosen]].clone())
}

/// Lets a person pick one of the customer's licenses, or name a new one. Each shows who of `mappings` is mapped to it.
pub(super) async fn license(
    context: &Context,
    halo: &Halo,
    customer: &Customer,
    mappings: &[Mapping],
) -> anyhow::Result<PickedLicense> {
    let mut licenses = halo.licenses(Some(customer.id), &|_, _| ()).await?;
    licenses.retain(|license| license.active);
    // Licenses for backups first, then by name.
    licenses.sort_by_cached_key(|license| {
        let name = license.name.to_lowercase();
        (!name.contains("backup"), name)
    });
    let mut items: Vec<String> = licenses.iter().map(|license| item(license, mappings)).collect();
    items.push("create a new license".to_owned());
    let label = format!("License of {}", customer.name);
    let chosen = context.ui.pick(&label, items).await?;
    if chosen < licenses.len() {
        return Ok(PickedLicense::Existing(licenses.swap_remove(chosen)));
    }
    let default = Some("NinjaOne SaaS Backup".to_owned());
    let check = |text: &str| {
        if text.trim().is_empty() {
            Err("it is empty".to_owned())
        } else {
            Ok(())
        }
    };
    let name = context
        .ui
        .input("Name of the new license", default, check)
        .await?;
    Ok(PickedLicense::New(name))
}

/// What a person picked: one of the customer's licenses, or the name of one to be created.
pub(super) enum PickedLicense {
    Existing(License),
    New(String),
}

fn item(license: &License, mappings: &[Mapping]) -> String {
    let mut item = license.label();
    if let Some(count) = license.count {
        item.push_str(&format!(", quantity {count}"));
    }
    if let Some(manufacturer) = &license.manufacturer {
        item.push_str(&format!(", {manufacturer}"));
    }
    for mapping in mappings.iter().filter(|mapping| mapping.license.id == license.id) {
        item.push_str(&format!(", mapped to {}", mapping.organization.name));
    }
    item
}
