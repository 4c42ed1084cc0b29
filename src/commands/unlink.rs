//! `unlink`: ends mappings; touches nothing in Halo.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{naming, report};
use crate::{
    cli,
    context::Context,
    failure::Completion,
    model::{Mapping, Reference},
    store::LicenseCount,
    ui::{Align, Table},
};

#[derive(Serialize)]
struct Change {
    organization: Reference<String>,
    customer: Reference,
    license: Reference,
    status: &'static str,
}

#[derive(Serialize)]
struct Summary {
    unlinked: usize,
    planned: usize,
}

/// Runs `unlink`.
///
/// # Errors
/// Exit code 2 where a name names no mapping; then none is ended.
pub async fn run(context: &Context, arguments: cli::Unlink) -> anyhow::Result<Completion> {
    let store = context.open_read_only().await?;
    let mappings = store.mappings(&context.profile).await?;
    let counts = store.license_counts(&context.profile).await?;
    let chosen = choose(&arguments, &mappings)?;

    if chosen.is_empty() {
        print(context, &chosen, arguments.dry_run);
        return Ok(Completion::Done);
    }
    let effects = effects(&mappings, &chosen, &counts);
    if !arguments.dry_run {
        show(context, &chosen);
        let question = format!("End {}?", report::count(chosen.len(), "mapping"));
        if !context.go_ahead(&question).await? {
            return Err(crate::ui::stopped());
        }
        let ids: Vec<String> = chosen
            .iter()
            .map(|mapping| mapping.organization.id.clone())
            .collect();
        let store = context.store().await?;
        store.unmap(&context.profile, &ids).await?;
        store.close().await;
    }
    print(context, &chosen, arguments.dry_run);
    for effect in effects {
        context.ui.note(&effect);
    }
    Ok(Completion::Done)
}

/// What becomes of the licenses: one that others share is synced on without these; one that nobody maps to
/// any more bills on until a person ends that.
fn effects(mappings: &[Mapping], ended: &[&Mapping], counts: &HashMap<i64, LicenseCount>) -> Vec<String> {
    let mut left: BTreeMap<i64, Vec<&Mapping>> = BTreeMap::new();
    for mapping in ended {
        left.entry(mapping.license.id).or_default().push(mapping);
    }
    left.into_iter()
        .filter_map(|(license, ended)| {
            let first = ended.first()?;
            let label = format!("{} of {}", first.license, first.customer.name);
            let sharers = mappings
                .iter()
                .filter(|mapping| mapping.license.id == license)
                .count();
            if sharers == ended.len() {
                let quantity = counts.get(&license).map_or_else(
                    || "its quantity".to_owned(),
                    |synced| format!("its quantity, {} at the last sync", synced.count),
                );
                return Some(format!(
                    "{label} keeps {quantity}, and bills on: set it to 0 in Halo or end it there if that is not meant"
                ));
            }
            let seats: i64 = ended.iter().filter_map(|mapping| mapping.seats).fold(0, i64::saturating_add);
            (seats > 0).then(|| format!("{label} is shared: the next sync-seats takes {seats} seats off it"))
        })
        .collect()
}

fn choose<'a>(arguments: &cli::Unlink, mappings: &'a [Mapping]) -> anyhow::Result<Vec<&'a Mapping>> {
    if arguments.all {
        return Ok(mappings.iter().collect());
    }
    let mut chosen: Vec<&Mapping> = Vec::new();
    for text in &arguments.organizations {
        let mapping = naming::mapping(text, mappings)?;
        if !chosen.contains(&mapping) {
            chosen.push(mapping);
        }
    }
    Ok(chosen)
}

fn show(context: &Context, chosen: &[&Mapping]) {
    for mapping in chosen {
        context.ui.note(&format!(
            "{} -> {}, {}",
            mapping.organization, mapping.customer, mapping.license
        ));
    }
}

fn print(context: &Context, chosen: &[&Mapping], dry_run: bool) {
    let status = if dry_run { "planned" } else { "unlinked" };
    let changes: Vec<Change> = chosen
        .iter()
        .map(|mapping| Change {
            organization: mapping.organization.clone(),
            customer: mapping.customer.clone(),
            license: mapping.license.clone(),
            status,
        })
        .collect();
    let summary = Summary {
        unlinked: if dry_run { 0 } else { changes.len() },
        planned: if dry_run { changes.len() } else { 0 },
    };
    if report::print(context, "unlink", dry_run, changes, summary) {
        return;
    }
    if chosen.is_empty() {
        context.ui.note("Nothing is mapped");
        return;
    }
    let mut table = Table::new(&[
        ("organization", Align::Left),
        ("customer", Align::Left),
        ("license", Align::Left),
        ("status", Align::Left),
    ]);
    for mapping in chosen {
        table.row([
            mapping.organization.name.clone(),
            mapping.customer.name.clone(),
            mapping.license.name.clone(),
            status.to_owned(),
        ]);
    }
    context.ui.table(&table);
    context.ui.note("Nothing was changed in Halo");
}
