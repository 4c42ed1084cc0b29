//! What `sync-seats` shows: the plan, and what came of it.

use std::collections::HashMap;

use serde::Serialize;

use super::{Applied, report};
use crate::{
    context::Context,
    model::{Reference, SeatMetric},
    plan::seats::{Decision, Item, Plan},
    store::RunTotals,
    ui::{Align, Format, Table},
};

#[derive(Serialize)]
struct Change<'a> {
    license: &'a Reference,
    customer: &'a Reference,
    organizations: Vec<&'a Reference<String>>,
    from: Option<i64>,
    to: Option<i64>,
    status: &'static str,
    reason: Option<String>,
    /// How many seats each organization contributes.
    seats: Vec<SeatsView<'a>>,
    /// Never synced since it was mapped.
    first: bool,
    /// The quantity of the last sync, where somebody changed it in Halo since.
    drift_from: Option<i64>,
    /// Who that was, where Halo recorded it.
    drift_by: Option<&'a str>,
}

#[derive(Serialize)]
struct SeatsView<'a> {
    organization: &'a Reference<String>,
    seats: Option<i64>,
}

#[derive(Default, Serialize)]
struct Summary {
    updated: usize,
    unchanged: usize,
    planned: usize,
    skipped: usize,
    failed: usize,
}

/// The status and the reason of an item: planned if nothing was applied.
fn status(item: &Item, plan: &Plan, applied: Option<&Applied>) -> (&'static str, Option<String>) {
    match (&item.decision, &plan.stop, applied) {
        (Decision::Write, Some(stop), _) => ("skipped", Some(stop.to_string())),
        (Decision::Write, None, None) => ("planned", item.reason.clone()),
        (Decision::Write, None, Some(applied)) => {
            let license = &item.license.id;
            match (applied.failed.get(license), applied.skipped.get(license)) {
                (Some(reason), _) => ("failed", Some(reason.clone())),
                (None, Some(reason)) => ("skipped", Some(reason.clone())),
                (None, None) => ("updated", item.reason.clone()),
            }
        }
        (Decision::Unchanged, ..) => ("unchanged", item.reason.clone()),
        (Decision::Leave | Decision::HoldBack | Decision::Problem, ..) => ("skipped", item.reason.clone()),
    }
}

/// Says that there is nothing to sync.
pub(super) fn nothing_mapped(context: &Context, dry_run: bool) {
    let none: Vec<Change> = Vec::new();
    if !report::print(context, "sync-seats", dry_run, none, Summary::default()) {
        context.ui.note("Nothing is mapped; start with: halolink map-org");
    }
}

/// Shows the plan before anybody is asked: what would be written, and what is held back.
pub(super) fn plan(context: &Context, plan: &Plan, drifted: &HashMap<i64, String>) {
    if context.ui.format() == Format::Table {
        groups(context, plan, drifted);
    }
    // A script's log says it too: the report has it only where something would have been written.
    if let Some(stop) = &plan.stop {
        context.ui.warn(&format!("{stop} ({})", stop.way_out()));
    }
}

fn groups(context: &Context, plan: &Plan, drifted: &HashMap<i64, String>) {
    let planned = if plan.stop.is_some() {
        "Would be written"
    } else {
        "Planned"
    };
    let groups = [
        (planned, vec![Decision::Write]),
        ("Held back", vec![Decision::HoldBack, Decision::Problem]),
        ("Left alone", vec![Decision::Leave]),
        ("Unchanged", vec![Decision::Unchanged]),
    ];
    for (title, decisions) in groups {
        let items: Vec<&Item> = plan
            .items
            .iter()
            .filter(|item| decisions.contains(&item.decision))
            .collect();
        if items.is_empty() || (title == "Unchanged" && context.ui.verbosity() == 0) {
            continue;
        }
        context.ui.data(&format!("{title} ({}):", items.len()));
        let mut table = Table::new(&COLUMNS);
        for item in items {
            table.row(row(item, item.reason.clone(), drifted));
        }
        context.ui.table(&table);
        context.ui.data("");
    }
}

const COLUMNS: [(&str, Align); 7] = [
    ("customer", Align::Left),
    ("license", Align::Left),
    ("organizations", Align::Left),
    ("from", Align::Right),
    ("to", Align::Right),
    ("change", Align::Right),
    ("note", Align::Left),
];

fn row(item: &Item, reason: Option<String>, drifted: &HashMap<i64, String>) -> [String; 7] {
    let number = |number: Option<i64>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
    let change = match (item.from, item.to) {
        (Some(from), Some(to)) => format!("{:+}", to.saturating_sub(from)),
        _ => "?".to_owned(),
    };
    let mut notes = Vec::new();
    if item.first && item.decision == Decision::Write {
        notes.push("first sync".to_owned());
    }
    if let Some(synced) = item.drift {
        let by = drifted
            .get(&item.license.id)
            .map(|by| format!(", by {by}"))
            .unwrap_or_default();
        notes.push(format!("changed by hand since the last sync ({synced}){by}"));
    }
    notes.extend(reason);
    let names: Vec<&str> = item
        .shares
        .iter()
        .map(|share| share.organization.name.as_str())
        .collect();
    let organizations = match names.as_slice() {
        [one, two, three, rest @ ..] if !rest.is_empty() => {
            format!("{one}, {two}, {three} and {} more", rest.len())
        }
        names => names.join(", "),
    };
    [
        item.customer.name.clone(),
        item.license.name.clone(),
        organizations,
        number(item.from),
        number(item.to),
        change,
        notes.join("; "),
    ]
}

/// The items counted, for the ledger.
pub(super) fn totals(context: &Context, plan: &Plan, applied: Option<&Applied>) -> RunTotals {
    let summary = summary(plan, applied);
    RunTotals {
        updated: summary.updated,
        unchanged: summary.unchanged,
        skipped: summary.skipped,
        failed: summary.failed,
        halo_requests: context.requests().halo,
        backup_requests: context.requests().backup,
    }
}

fn summary(plan: &Plan, applied: Option<&Applied>) -> Summary {
    let mut summary = Summary::default();
    for item in &plan.items {
        *match status(item, plan, applied).0 {
            "updated" => &mut summary.updated,
            "unchanged" => &mut summary.unchanged,
            "planned" => &mut summary.planned,
            "failed" => &mut summary.failed,
            _ => &mut summary.skipped,
        } += 1;
    }
    summary
}

/// Prints the outcome: as JSON or CSV whole, for people what went wrong and one line.
pub(super) fn report(
    context: &Context,
    plan: &Plan,
    applied: Option<&Applied>,
    metric: SeatMetric,
    drifted: &HashMap<i64, String>,
) {
    let dry_run = applied.is_none();
    let summary = summary(plan, applied);
    match context.ui.format() {
        Format::Json => {
            let changes: Vec<Change> = plan
                .items
                .iter()
                .map(|item| change(item, plan, applied, drifted))
                .collect();
            report::print(context, "sync-seats", dry_run, changes, summary);
        }
        Format::Csv => csv(context, plan, applied, drifted),
        Format::Table => {
            failures(context, plan, applied, drifted);
            context
                .ui
                .data(&sentence(context, plan, applied, &summary, metric));
        }
    }
    if let Some(reason) = applied.and_then(|applied| applied.given_up.as_ref()) {
        context.ui.warn(reason);
    }
    if let Some(failure) = applied.and_then(|applied| applied.broken_off.as_ref()) {
        context.ui.warn(&failure.message);
        if let Some(hint) = &failure.hint {
            context.ui.note(hint);
        }
    }
}

fn change<'a>(
    item: &'a Item,
    plan: &Plan,
    applied: Option<&Applied>,
    drifted: &'a HashMap<i64, String>,
) -> Change<'a> {
    let (status, reason) = status(item, plan, applied);
    Change {
        license: &item.license,
        customer: &item.customer,
        organizations: item.shares.iter().map(|share| &share.organization).collect(),
        from: item.from,
        to: item.to,
        status,
        reason,
        seats: item
            .shares
            .iter()
            .map(|share| SeatsView {
                organization: &share.organization,
                seats: share.seats,
            })
            .collect(),
        first: item.first,
        drift_from: item.drift,
        drift_by: drifted.get(&item.license.id).map(String::as_str),
    }
}

fn csv(context: &Context, plan: &Plan, applied: Option<&Applied>, drifted: &HashMap<i64, String>) {
    let mut columns = vec![("status", Align::Left), ("license id", Align::Right)];
    columns.extend(COLUMNS);
    let mut table = Table::new(&columns);
    for item in &plan.items {
        let (status, reason) = status(item, plan, applied);
        let mut cells = vec![status.to_owned(), item.license.id.to_string()];
        cells.extend(row(item, reason, drifted));
        table.row(cells);
    }
    context.ui.table(&table);
}

fn failures(context: &Context, plan: &Plan, applied: Option<&Applied>, drifted: &HashMap<i64, String>) {
    let failed: Vec<(&Item, Option<String>)> = plan
        .items
        .iter()
        .filter_map(|item| match status(item, plan, applied) {
            ("failed", reason) => Some((item, reason)),
            _ => None,
        })
        .collect();
    if failed.is_empty() {
        return;
    }
    context.ui.data(&format!("Failed ({}):", failed.len()));
    let mut table = Table::new(&COLUMNS);
    for (item, reason) in failed {
        table.row(row(item, reason, drifted));
    }
    context.ui.table(&table);
    context.ui.data("");
}

/// One line that a manager can read.
fn sentence(
    context: &Context,
    plan: &Plan,
    applied: Option<&Applied>,
    summary: &Summary,
    metric: SeatMetric,
) -> String {
    let written = if applied.is_some() { "updated" } else { "planned" };
    let seats: i64 = plan
        .items
        .iter()
        .filter(|item| status(item, plan, applied).0 == written)
        .map(|item| item.to.unwrap_or(0).saturating_sub(item.from.unwrap_or(0)))
        .fold(0, i64::saturating_add);
    let requests = context.requests();
    let mut parts = vec![format!(
        "{} {}",
        if applied.is_some() {
            summary.updated
        } else {
            summary.planned
        },
        if applied.is_some() { "updated" } else { "to update" }
    )];
    if seats != 0 {
        parts[0].push_str(&format!(" ({seats:+} seats)"));
    }
    parts.push(format!("{} unchanged", summary.unchanged));
    parts.push(format!("{} skipped", summary.skipped));
    parts.push(format!("{} failed", summary.failed));
    format!(
        "{} by seats {metric}: {} ({} to Halo, {} to SaaS Backup)",
        report::count(plan.items.len(), "license"),
        parts.join(", "),
        report::count(usize::try_from(requests.halo).unwrap_or(usize::MAX), "request"),
        requests.backup
    )
}
