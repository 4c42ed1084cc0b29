//! `list mappings --refresh`: the names in mappings, read anew. What is mapped to what stays as it is.

use std::collections::HashMap;

use crate::{commands::naming, context::Context, model::Mapping};

/// Brings the names in the mappings up to date, and keeps them.
pub(super) async fn mappings(context: &Context, mappings: &mut [Mapping]) -> anyhow::Result<()> {
    if mappings.is_empty() {
        return Ok(());
    }
    let halo = context.halo().await?;
    let organizations: HashMap<String, String> = if context.connection()?.backup_url.is_some() {
        let backup = context.backup().await?;
        let progress = context.ui.progress("reading organizations");
        let organizations = backup.organizations(&|done| progress.set(done, None)).await?;
        organizations
            .into_iter()
            .map(|organization| (organization.id, organization.name))
            .collect()
    } else {
        HashMap::new()
    };
    let customers = naming::customers(context, &halo).await?;
    let customers: HashMap<i64, String> = customers
        .into_iter()
        .map(|customer| (customer.id, customer.name))
        .collect();
    let progress = context.ui.progress("reading licenses");
    let licenses = halo
        .licenses(None, &|done, total| progress.set(done, total))
        .await?;
    drop(progress);
    let licenses: HashMap<i64, String> = licenses
        .into_iter()
        .map(|license| (license.id, license.name))
        .collect();

    let mut renamed = Vec::new();
    for mapping in mappings {
        let before = mapping.clone();
        if let Some(name) = organizations.get(&mapping.organization.id) {
            mapping.organization.name.clone_from(name);
        }
        if let Some(name) = customers.get(&mapping.customer.id) {
            mapping.customer.name.clone_from(name);
        }
        if let Some(name) = licenses.get(&mapping.license.id) {
            mapping.license.name.clone_from(name);
        }
        if *mapping != before {
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
