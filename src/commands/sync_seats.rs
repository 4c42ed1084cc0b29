//! `sync-seats`: makes the licenses' quantities follow the seats. This is what customers are billed.

mod apply;
mod licenses;
mod seats_file;
mod show;
mod sources;

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use super::{configure, elsewhere::elsewhere, naming, report};
use crate::{
    cli,
    context::Context,
    failure::{Completion, explain},
    halo::Halo,
    model::{LicenseChange, Mapping, Reference, SeatMetric},
    plan::{
        limits::Limits,
        seats::{Decision, Item, Known, Mapped, Plan, Synced, plan},
    },
    store::{
        Change, ChangeStatus, LicenseCount, NameKind, NewChange, NewRun, OrganizationSeats, RunState,
        RunTotals, Store,
    },
};
use apply::Applied;
use licenses::Reading;

/// The lock that one run at a time holds.
pub(super) const LOCK: &str = "sync-seats";
/// The most licenses that drifted that are looked up in Halo's record of changes, one request each.
const MOST_DRIFT_LOOKUPS: usize = 5;
/// Time for all of them.
const DRIFT_LOOKUP_TIME: Duration = Duration::from_secs(5);

/// What the run is about.
struct Scope {
    /// The mappings of the licenses that the run is about.
    mappings: Vec<Mapping>,
    /// The profile's other mappings.
    others: Vec<Mapping>,
    /// The organizations that were named, by id.
    named: HashSet<String>,
    metric: SeatMetric,
    limits: Limits,
}

/// Runs `sync-seats`.
///
/// # Errors
/// What keeps the plan from being made. What goes wrong with single licenses is in the report, exit code 4.
pub async fn run(context: &Context, arguments: cli::SyncSeats) -> anyhow::Result<Completion> {
    context.connection()?;
    if arguments.dry_run {
        return dry_run(context, &arguments).await;
    }
    let store = context.store().await?;
    // What a run that held the lock before this one left is read only now.
    let _lock = store
        .lock(
            &context.profile,
            LOCK,
            Duration::from_secs(arguments.wait),
            &context.told(),
        )
        .await?;
    let scope = scope(context, &store, &arguments).await?;
    if scope.mappings.is_empty() {
        show::nothing_mapped(context, false);
        return Ok(Completion::Done);
    }
    let source = arguments
        .seats_file
        .as_ref()
        .map_or("api".into(), |path| path.display().to_string());
    let new_run = NewRun {
        command: "sync-seats",
        source: &source,
        metric: scope.metric,
        organizations: scope.mappings.len(),
    };
    let run = store.begin_run(&context.profile, &new_run).await?;
    let result = locked(context, &store, run, &scope, &arguments).await;
    if let Err(error) = &result {
        let totals = RunTotals {
            halo_requests: context.requests().halo,
            backup_requests: context.requests().backup,
            ..RunTotals::default()
        };
        let message = explain(error).message;
        store
            .finish_run(run, RunState::Failed, &totals, Some(&message))
            .await?;
    }
    store.close().await;
    result
}

/// Shows what a run would do.
async fn dry_run(context: &Context, arguments: &cli::SyncSeats) -> anyhow::Result<Completion> {
    let store = context.open_read_only().await?;
    let scope = scope(context, &store, arguments).await?;
    if scope.mappings.is_empty() {
        show::nothing_mapped(context, true);
        return Ok(Completion::Done);
    }
    let (plan, read) = read_and_plan(context, &store, &scope, arguments, None).await?;
    show::plan(context, &plan, &read.drifted);
    show::report(context, &plan, None, scope.metric, &read.drifted);
    Ok(if arguments.exit_code && plan.writes().next().is_some() {
        Completion::ChangesPending
    } else if plan.needs_attention() {
        Completion::SomeFailed
    } else {
        Completion::Done
    })
}

/// The run itself, while the lock is held.
async fn locked(
    context: &Context,
    store: &Store,
    run: i64,
    scope: &Scope,
    arguments: &cli::SyncSeats,
) -> anyhow::Result<Completion> {
    let (mut plan, read) = read_and_plan(context, store, scope, arguments, Some(run)).await?;
    show::plan(context, &plan, &read.drifted);

    if plan.decided(&Decision::HoldBack).next().is_some() && context.ui.is_interactive() && !context.yes {
        let count = plan.decided(&Decision::HoldBack).count();
        let question = format!(
            "Write what is held back too ({})?",
            report::count(count, "license")
        );
        if context.ui.confirm(&question).await? {
            plan = read.plan(Limits {
                force: true,
                ..scope.limits
            });
        }
    }
    let writes: Vec<Item> = plan.writes().cloned().collect();
    if !writes.is_empty() && !arguments.force {
        let question = format!("Update {} in Halo?", report::count(writes.len(), "license"));
        if !context.go_ahead(&question).await? {
            return Err(crate::ui::stopped());
        }
    }

    let stop = plan.stop.as_ref().map(ToString::to_string);
    let records: Vec<NewChange> = plan
        .items
        .iter()
        .filter_map(|item| record(item, stop.as_deref()))
        .collect();
    store.record_changes(&context.profile, run, &records).await?;
    drop(records);
    // Also a run that is killed from here on has told the others of its requests.
    context.note_requests().await;
    let halo = context.halo().await?;
    let applied = apply::apply(context, store, &halo, &writes, read.pages).await?;
    store
        .record_written(&context.profile, run, applied.written())
        .await?;
    store
        .flag_mappings(&context.profile, &flags(&plan, &scope.mappings))
        .await?;

    let totals = show::totals(context, &plan, Some(&applied));
    let (state, completion) = outcome(&plan, &applied);
    let error = applied
        .broken_off
        .as_ref()
        .map(|failure| failure.message.as_str())
        .or(applied.given_up.as_deref())
        .or(stop.as_deref());
    store.finish_run(run, state, &totals, error).await?;
    show::report(context, &plan, Some(&applied), scope.metric, &read.drifted);
    Ok(completion)
}

fn outcome(plan: &Plan, applied: &Applied) -> (RunState, Completion) {
    if let Some(failure) = &applied.broken_off {
        (RunState::Failed, Completion::BrokenOff(failure.kind))
    } else if plan.stop.is_some() || plan.needs_attention() || applied.is_incomplete() {
        (RunState::Partial, Completion::SomeFailed)
    } else {
        (RunState::Done, Completion::Done)
    }
}

/// Which mappings, which metric, which limits.
async fn scope(context: &Context, store: &Store, arguments: &cli::SyncSeats) -> anyhow::Result<Scope> {
    let configuration = store.configuration(&context.profile).await?;
    configure::require_sync(context, &configuration)?;
    let all = store.mappings(&context.profile).await?;
    let mut named = HashSet::new();
    let (mappings, others) = if arguments.organizations.is_empty() {
        (all, Vec::new())
    } else {
        let mut licenses = HashSet::new();
        for text in &arguments.organizations {
            let mapping = naming::mapping(text, &all)?;
            licenses.insert(mapping.license.id);
            named.insert(mapping.organization.id.clone());
        }
        // A license carries the sum of all its organizations, also of those that were not named.
        all.into_iter()
            .partition(|mapping| licenses.contains(&mapping.license.id))
    };
    Ok(Scope {
        mappings,
        others,
        named,
        metric: configuration.metric(),
        limits: Limits {
            max_change: arguments.max_change,
            min_change: arguments.min_change,
            max_held_back: arguments.max_held_back,
            force: arguments.force,
        },
    })
}

/// What was read, ready to be planned with.
struct Read {
    mapped: Vec<Mapped>,
    found: HashMap<i64, crate::plan::seats::Found>,
    known: Known,
    pages: Option<usize>,
    /// Who changed quantities by hand, by license.
    drifted: HashMap<i64, String>,
}

impl Read {
    fn plan(&self, limits: Limits) -> Plan {
        plan(&self.mapped, &self.found, &self.known, limits)
    }
}

async fn read_and_plan(
    context: &Context,
    store: &Store,
    scope: &Scope,
    arguments: &cli::SyncSeats,
    run: Option<i64>,
) -> anyhow::Result<(Plan, Read)> {
    let unsettled = store.unsettled(&context.profile).await?;
    let mut known = known(context, store, scope).await?;
    let mut wanted: HashSet<i64> = scope.mappings.iter().map(|mapping| mapping.license.id).collect();
    wanted.extend(unsettled.iter().map(|change| change.license));

    let halo = context.halo().await?;
    let progress = context.ui.progress("reading seats and licenses");
    let seats = async {
        match &arguments.seats_file {
            Some(path) => {
                let names = store.names(&context.profile, NameKind::Organization).await?;
                let (mappings, others) = (&scope.mappings, &scope.others);
                seats_file::read(context, path, mappings, others, &names, scope.metric)
            }
            None => {
                let named = !arguments.organizations.is_empty();
                sources::read(context, &scope.mappings, scope.metric, named, &|done| {
                    progress.set(done, None);
                })
                .await
            }
        }
    };
    let (mut mapped, reading) = tokio::try_join!(seats, licenses::read(&halo, &wanted))?;
    drop(progress);
    let Reading { found, pages } = reading;

    // What a killed run had meant to write: Halo shows whether it did.
    let (written, lost): (Vec<_>, Vec<_>) = unsettled
        .into_iter()
        .partition(|change| found.get(&change.license).and_then(|found| found.count) == Some(change.to));
    take_over(&written, &mut mapped, &mut known);
    if run.is_some() && !(written.is_empty() && lost.is_empty()) {
        store.settle(&context.profile, &written, &lost).await?;
        context.ui.note(&format!(
            "An interrupted run is completed: {} had been written",
            report::count(written.len(), "license")
        ));
    }
    let mut read = Read {
        mapped,
        found,
        known,
        pages,
        drifted: HashMap::new(),
    };
    let plan = read.plan(scope.limits);
    read.drifted = explain_drift(context, &halo, &plan).await;
    Ok((plan, read))
}

/// What is known from before, and from the command line.
async fn known(context: &Context, store: &Store, scope: &Scope) -> anyhow::Result<Known> {
    let profile = &context.profile;
    Ok(Known {
        synced: store
            .license_counts(profile)
            .await?
            .into_iter()
            .map(|(license, LicenseCount { count, unlinked })| (license, Synced { count, unlinked }))
            .collect(),
        created: store.created_licenses(profile).await?,
        elsewhere: elsewhere(store, profile).await?,
        named: scope.named.clone(),
    })
}

/// What a killed run wrote is what the next one compares with: the quantities, and whose seats they are.
fn take_over(written: &[Change], mapped: &mut [Mapped], known: &mut Known) {
    let changes: HashMap<i64, &Change> = written.iter().map(|change| (change.license, change)).collect();
    for (license, change) in &changes {
        let synced = Synced {
            count: change.to,
            // But for those that are mapped to it still: see below.
            unlinked: change
                .seats
                .values()
                .flatten()
                .fold(0, |sum, seats| sum.saturating_add(*seats)),
        };
        known.synced.insert(*license, synced);
    }
    for mapping in mapped {
        let license = mapping.license.id;
        if let Some(seats) = changes
            .get(&license)
            .and_then(|change| change.seats.get(&mapping.organization.id))
            && let Some(synced) = known.synced.get_mut(&license)
        {
            mapping.seats_before = *seats;
            synced.unlinked = synced.unlinked.saturating_sub(seats.unwrap_or(0));
        }
    }
}

/// Who changed quantities by hand, where Halo recorded it.
async fn explain_drift(context: &Context, halo: &Halo, plan: &Plan) -> HashMap<i64, String> {
    let items: Vec<(&Item, i64, i64)> = plan
        .items
        .iter()
        .filter_map(|item| Some((item, item.drift?, item.from?)))
        .take(MOST_DRIFT_LOOKUPS)
        .collect();
    // Who it was is worth a request, not a failure, nor a wait while others wait for the lock.
    let mut changes: HashMap<i64, LicenseChange> = HashMap::new();
    let ask = async {
        for (item, synced, from) in &items {
            match halo.who_changed(item.license.id, *synced, *from).await {
                Ok(change) => changes.extend(change.map(|change| (item.license.id, change))),
                Err(error) => {
                    return context
                        .ui
                        .detail(1, format!("who changed it is not known: {error}"));
                }
            }
        }
    };
    // What was learned until then is kept.
    let _ = tokio::time::timeout(DRIFT_LOOKUP_TIME, ask).await;
    let mut drifted = HashMap::new();
    for (item, synced, from) in items {
        let change = changes.get(&item.license.id);
        let by = change.map_or("somebody", |change| &change.who);
        let at = change
            .and_then(|change| change.at.as_deref())
            .map(|at| format!(" at {at}"))
            .unwrap_or_default();
        context.ui.warn(format!(
            "{} of {}: changed in Halo from {synced} to {from} by {by}{at} since the last sync",
            item.license.name, item.customer.name
        ));
        drifted.insert(item.license.id, by.to_owned());
    }
    drifted
}

/// What the ledger is told of an item before anything is written.
fn record(item: &Item, stop: Option<&str>) -> Option<NewChange> {
    let (status, verified, reason) = match item.decision {
        Decision::Write => match stop {
            None => (ChangeStatus::Intended, false, item.reason.clone()),
            Some(stop) => (ChangeStatus::Skipped, false, Some(stop.to_owned())),
        },
        // Said once, not at every run: when it is first seen, and when other seats add up to the same.
        Decision::Unchanged if item.first || item.shares_changed || item.drift.is_some() => {
            (ChangeStatus::Confirmed, true, None)
        }
        Decision::Unchanged => return None,
        Decision::Leave | Decision::HoldBack | Decision::Problem => {
            (ChangeStatus::Skipped, false, item.reason.clone())
        }
    };
    Some(NewChange {
        license: item.license.clone(),
        customer: item.customer.clone(),
        from: item.from,
        to: item.to,
        status,
        verified,
        reason,
        seats: item
            .shares
            .iter()
            .map(|share| OrganizationSeats {
                organization: share.organization.clone(),
                seats: share.seats,
            })
            .collect(),
    })
}

/// The flags of mappings that this plan sets or clears.
fn flags(plan: &Plan, mappings: &[Mapping]) -> Vec<(String, Option<String>)> {
    let before: HashMap<&str, Option<&str>> = mappings
        .iter()
        .map(|mapping| (mapping.organization.id.as_str(), mapping.flag.as_deref()))
        .collect();
    plan.items
        .iter()
        .flat_map(|item| {
            item.shares.iter().map(move |share| {
                let flag = match item.decision {
                    Decision::Problem => share.flag.clone().or_else(|| item.reason.clone()),
                    _ => None,
                };
                (share.organization.id.clone(), flag)
            })
        })
        .filter(|(organization, flag)| {
            before.get(organization.as_str()).copied().flatten() != flag.as_deref()
        })
        .collect()
}

/// The name of a license and whose it is, for messages.
fn label(license: &Reference, customer: &Reference) -> String {
    format!("{license} of {}", customer.name)
}
