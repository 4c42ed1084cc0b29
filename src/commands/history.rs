//! `history`: past runs, or one organization's seats over time.

mod tickets;

use std::collections::HashMap;

use jiff::{Span, Timestamp, Zoned, civil::Date};
use serde::Serialize;

use super::naming;
use crate::{
    cli,
    context::Context,
    failure::{Completion, Failure},
    model::{Reference, SeatMetric},
    store::{ChangeStatus, RecordedChange, Run, RunState, SeatPoint, Store},
    ui::{Align, Format, Table, sparkline},
};

/// The most points in a sparkline, so that it fits on a line with a few words.
const SPARK: usize = 60;

#[derive(Serialize)]
struct RunView {
    run: i64,
    command: String,
    started_at: String,
    finished_at: Option<String>,
    state: RunState,
    user: String,
    host: String,
    source: String,
    metric: SeatMetric,
    organizations: i64,
    summary: Counts,
    requests: crate::context::Requests,
    error: Option<String>,
    /// What the person who ran it noted.
    note: Option<String>,
    /// The run that it took back, if it is an undo.
    undoes: Option<i64>,
    /// The runs that took it back.
    taken_back_by: Vec<i64>,
    changes: Vec<ChangeView>,
}

#[derive(Serialize)]
struct Counts {
    updated: usize,
    unchanged: usize,
    skipped: usize,
    failed: usize,
}

#[derive(Serialize)]
struct ChangeView {
    license: Reference,
    customer: Reference,
    from: Option<i64>,
    to: Option<i64>,
    status: ChangeStatus,
    verified: bool,
    reason: Option<String>,
    recorded_at: String,
}

impl From<RecordedChange> for ChangeView {
    fn from(change: RecordedChange) -> Self {
        Self {
            license: change.license,
            customer: change.customer,
            from: change.from,
            to: change.to,
            status: change.status,
            verified: change.verified,
            reason: change.reason,
            recorded_at: change.recorded_at,
        }
    }
}

#[derive(Serialize)]
struct PointView {
    run: i64,
    organization: Reference<String>,
    seats: Option<i64>,
    metric: SeatMetric,
    user: String,
    host: String,
    #[serde(flatten)]
    change: ChangeView,
}

/// Runs `history`.
///
/// # Errors
/// Exit code 2 for an organization that is not in the ledger, and for a text that is not a time.
pub async fn run(context: &Context, arguments: cli::History) -> anyhow::Result<Completion> {
    let since = match &arguments.since {
        Some(text) => since(text, &Zoned::now())?,
        None => String::new(),
    };
    let store = context.open_read_only().await?;
    if arguments.tickets {
        let organization = match &arguments.organization {
            Some(text) => Some(tickets::organization_id(context, &store, text).await?),
            None => None,
        };
        tickets::show(context, &store, organization.as_deref(), &since).await?;
        return Ok(Completion::Done);
    }
    match &arguments.organization {
        Some(text) => organization(context, &store, text, &since).await?,
        None => runs(context, &store, &since).await?,
    }
    Ok(Completion::Done)
}

/// The start of the period, written like the times in the state. Days are calendar days in the local time zone.
fn since(text: &str, now: &Zoned) -> anyhow::Result<String> {
    let text = text.trim();
    let unknown = || {
        Failure::usage(format!("\"{text}\" is not a time"))
            .hint("give a date (2026-01-31), a time (2026-01-31T12:00:00Z) or a span (30d, 12h)")
    };
    let at = if let Ok(timestamp) = text.parse::<Timestamp>() {
        timestamp
    } else if let Ok(date) = text.parse::<Date>() {
        let start = date.to_zoned(now.time_zone().clone());
        start.map_err(|_| unknown())?.timestamp()
    } else {
        let span: Span = text.parse().map_err(|_| unknown())?;
        if span.is_negative() {
            return Err(unknown().into());
        }
        now.checked_sub(span).map_err(|_| unknown())?.timestamp()
    };
    // Whole seconds, like those in the state: a fraction would sort after the same second.
    Ok(Timestamp::from_second(at.as_second()).unwrap_or(at).to_string())
}

async fn runs(context: &Context, store: &Store, since: &str) -> anyhow::Result<()> {
    let runs = store.runs(&context.profile, since).await?;
    if context.ui.format() == Format::Json {
        let changes = store.changes(&context.profile, since).await?;
        context.ui.json(&with_changes(runs, changes));
        return Ok(());
    }
    let mut table = Table::new(&[
        ("run", Align::Right),
        ("started at", Align::Left),
        ("state", Align::Left),
        ("by", Align::Left),
        ("source", Align::Left),
        ("metric", Align::Left),
        ("updated", Align::Right),
        ("unchanged", Align::Right),
        ("skipped", Align::Right),
        ("failed", Align::Right),
        ("requests", Align::Right),
        ("note", Align::Left),
    ])
    .expendable(&["requests", "source", "metric", "by", "unchanged"])
    .sentence_last();
    let is_empty = runs.is_empty();
    let taken_back_by = taken_back_by(&runs);
    for run in runs {
        let note = remarks(&run, &taken_back_by);
        table.row([
            run.id.to_string(),
            run.started_at,
            run.state.name().to_owned(),
            format!("{}@{}", run.user, run.host),
            run.source,
            run.metric.to_string(),
            run.totals.updated.to_string(),
            run.totals.unchanged.to_string(),
            run.totals.skipped.to_string(),
            run.totals.failed.to_string(),
            (run.totals.halo_requests + run.totals.backup_requests).to_string(),
            note,
        ]);
    }
    context.ui.table(&table);
    if is_empty {
        context.ui.note("No run is recorded");
    }
    Ok(())
}

/// The runs that took others back, by the run that was taken back.
fn taken_back_by(runs: &[Run]) -> HashMap<i64, Vec<i64>> {
    let mut by_run: HashMap<i64, Vec<i64>> = HashMap::new();
    for run in runs.iter().filter(|run| run.totals.updated > 0) {
        if let Some(undone) = run.undoes {
            by_run.entry(undone).or_default().push(run.id);
        }
    }
    by_run
}

/// The run's error, what it took back, what took it back, and what was noted.
fn remarks(run: &Run, taken_back_by: &HashMap<i64, Vec<i64>>) -> String {
    let by = taken_back_by.get(&run.id).into_iter().flatten();
    let undoes = run.undoes.map(|undone| format!("takes back run {undone}"));
    let remarks = undoes
        .into_iter()
        .chain(by.map(|by| format!("taken back by run {by}")))
        .chain(run.note.clone())
        .chain(run.error.clone());
    remarks.collect::<Vec<_>>().join("; ")
}

fn with_changes(runs: Vec<Run>, changes: Vec<RecordedChange>) -> Vec<RunView> {
    let mut by_run: HashMap<i64, Vec<ChangeView>> = HashMap::new();
    for change in changes {
        by_run.entry(change.run).or_default().push(change.into());
    }
    let mut taken_back_by = taken_back_by(&runs);
    runs.into_iter()
        .map(|run| RunView {
            taken_back_by: taken_back_by.remove(&run.id).unwrap_or_default(),
            note: run.note,
            undoes: run.undoes,
            changes: by_run.remove(&run.id).unwrap_or_default(),
            run: run.id,
            command: run.command,
            started_at: run.started_at,
            finished_at: run.finished_at,
            state: run.state,
            user: run.user,
            host: run.host,
            source: run.source,
            metric: run.metric,
            organizations: run.organizations,
            summary: Counts {
                updated: run.totals.updated,
                unchanged: run.totals.unchanged,
                skipped: run.totals.skipped,
                failed: run.totals.failed,
            },
            requests: crate::context::Requests {
                halo: run.totals.halo_requests,
                backup: run.totals.backup_requests,
            },
            error: run.error,
        })
        .collect()
}

async fn organization(context: &Context, store: &Store, text: &str, since: &str) -> anyhow::Result<()> {
    let id = organization_id(context, store, text).await?;
    let points = store.seat_points(&context.profile, &id, since).await?;
    if context.ui.format() == Format::Json {
        let points: Vec<PointView> = points.into_iter().map(point).collect();
        context.ui.json(&points);
        return Ok(());
    }
    let seats: Vec<Option<i64>> = points.iter().map(|point| point.seats).collect();
    context.ui.table(&table(points));
    if context.ui.format() == Format::Table {
        draw(context, &seats);
    }
    Ok(())
}

/// The id of the organization that the text names: one that is mapped, or else one in the ledger, which keeps
/// organizations after their mappings have ended.
async fn organization_id(context: &Context, store: &Store, text: &str) -> anyhow::Result<String> {
    let mappings = store.mappings(&context.profile).await?;
    let error = match naming::mapping(text, &mappings) {
        Ok(mapping) => return Ok(mapping.organization.id.clone()),
        Err(error) => error,
    };
    let known = store.known_organizations(&context.profile).await?;
    match naming::find("organization", text, &known) {
        Ok(organization) => Ok(organization.id.clone()),
        Err(_) => Err(error),
    }
}

fn table(points: Vec<SeatPoint>) -> Table {
    let mut table = Table::new(&[
        ("recorded at", Align::Left),
        ("run", Align::Right),
        ("organization", Align::Left),
        ("metric", Align::Left),
        ("seats", Align::Right),
        ("license", Align::Left),
        ("from", Align::Right),
        ("to", Align::Right),
        ("status", Align::Left),
        ("verified", Align::Left),
        ("by", Align::Left),
        ("reason", Align::Left),
    ])
    .expendable(&["verified", "metric", "by", "organization", "run"])
    .sentence_last();
    let number = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
    for point in points {
        table.row([
            point.change.recorded_at,
            point.change.run.to_string(),
            point.organization.to_string(),
            point.metric.to_string(),
            number(point.seats),
            point.change.license.to_string(),
            number(point.change.from),
            number(point.change.to),
            point.change.status.name().to_owned(),
            if point.change.verified { "yes" } else { "no" }.to_owned(),
            format!("{}@{}", point.user, point.host),
            point.change.reason.unwrap_or_default(),
        ]);
    }
    table
}

/// Draws the most recent seats as a sparkline.
fn draw(context: &Context, seats: &[Option<i64>]) {
    let recent = &seats[seats.len().saturating_sub(SPARK)..];
    match (recent.iter().flatten().min(), recent.iter().flatten().max()) {
        (Some(low), Some(high)) => {
            context
                .ui
                .data(format!("seats {} {low} to {high}", sparkline(recent)));
        }
        _ => context.ui.note("No seats are recorded"),
    }
}

fn point(point: SeatPoint) -> PointView {
    PointView {
        run: point.change.run,
        organization: point.organization,
        seats: point.seats,
        metric: point.metric,
        user: point.user,
        host: point.host,
        change: point.change.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn times_as_people_write_them() {
        // The clocks went forward two days before.
        let now: Timestamp = "2026-03-31T12:00:00.5Z".parse().unwrap();
        let now = now.to_zoned(TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap());
        for (text, time) in [
            ("2026-01-31T10:00:00+01:00", "2026-01-31T09:00:00Z"),
            ("2026-01-31", "2026-01-30T23:00:00Z"),
            ("30d", "2026-03-01T13:00:00Z"),
            ("2w", "2026-03-17T13:00:00Z"),
            ("1mo", "2026-02-28T13:00:00Z"),
            ("12h", "2026-03-31T00:00:00Z"),
            ("1d 12h", "2026-03-30T00:00:00Z"),
        ] {
            assert_eq!(since(text, &now).unwrap(), time, "{text}");
        }
        for bad in [
            "",
            "soon",
            "30",
            "30x",
            "-1d",
            "99999999999999999999d",
            "9999999d",
        ] {
            assert!(since(bad, &now).is_err(), "{bad}");
        }
    }
}
