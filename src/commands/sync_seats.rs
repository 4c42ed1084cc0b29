//! `sync-seats`: makes the licenses' quantities, which customers are billed for, follow the seats.

pub(super) mod apply;
pub(super) mod drift;
mod plan_file;
mod read;
pub(super) mod record;
mod seats_file;
pub(super) mod settle;
mod sources;
mod view;

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use jiff::{Timestamp, civil::Date};
use plan_file::PlanFile;
use serde_json::json;

use super::{calendar, configure, elsewhere::elsewhere, license_reading::Places, naming, unmapped};
use crate::{
    change::{Change, Plan},
    cli,
    context::Context,
    failure::{Completion, Failure},
    model::{Listed, Mapping, Reference, SeatMetric},
    plan::{
        limits::Limits,
        plan_file::compare,
        seats::{LicenseSeats, plan},
        unmapped::Unmapped,
    },
    runner::{self, Applied, Changing, Closing, Lock, Mode, Question},
    store::{LicenseCount, NewRun, RunState, Store},
    text::counted,
};

/// The name of the lock that only one run at a time can hold.
pub(super) const LOCK: &str = "sync-seats";

/// Runs `sync-seats`.
///
/// # Errors
/// The plan cannot be made. What goes wrong with single licenses is in the report, with exit code 4.
pub async fn run(context: &Context, mut arguments: cli::SyncSeats) -> anyhow::Result<Completion> {
    context.connection()?;
    arguments.dry_run |= arguments.plan_out.is_some();
    let reviewed = match &arguments.plan {
        Some(path) => Some(plan_file::read(context, path, &arguments)?),
        None => None,
    };
    let mode = Mode {
        dry_run: arguments.dry_run,
        exit_code: arguments.exit_code,
    };
    let sync = SyncSeats {
        arguments,
        metric: SeatMetric::default(),
        mappings: Vec::new(),
        run: None,
        places: Places::default(),
        alone: HashSet::new(),
        unmapped: None,
        hash: reviewed.as_ref().map(|reviewed| reviewed.hash.clone()),
        reviewed,
    };
    runner::run(context, sync, mode).await
}

struct SyncSeats {
    arguments: cli::SyncSeats,
    metric: SeatMetric,
    /// The mappings of the licenses in this run.
    mappings: Vec<Mapping>,
    /// The run in the ledger; none in a dry run.
    run: Option<i64>,
    /// Where the licenses were found.
    places: Places,
    /// Licenses that Halo did not accept even alone.
    alone: HashSet<i64>,
    /// The organizations that nobody bills; none if they are not known.
    unmapped: Option<Vec<Unmapped>>,
    /// The plan that someone reviewed, if that is what is written.
    reviewed: Option<PlanFile>,
    /// The hash of the plan that was reviewed, or that was written to a file.
    hash: Option<String>,
}

/// What a run covers.
struct Scope {
    /// The mappings of the licenses in this run.
    mappings: Vec<Mapping>,
    /// The profile's other mappings.
    others: Vec<Mapping>,
    /// The ids of the organizations named on the command line; empty if the run covers all.
    named: HashSet<String>,
    metric: SeatMetric,
    /// The quantities that were last written, as of the moment of the mappings.
    counts: HashMap<i64, LicenseCount>,
    /// The highest seats that were counted in this month, by organization and metric.
    highest: HashMap<(String, SeatMetric), i64>,
    /// Today, in the partner's time zone.
    today: Date,
    /// When this month began there.
    month_start: Timestamp,
}

impl Scope {
    /// True if a recorded time lies in this month.
    fn is_this_month(&self, time: &str) -> bool {
        time.parse::<Timestamp>()
            .is_ok_and(|time| time >= self.month_start)
    }
}

impl Changing for SyncSeats {
    type Subject = LicenseSeats;
    const COMMAND: &'static str = "sync-seats";

    fn lock(&self) -> Option<Lock> {
        Some(Lock {
            name: LOCK,
            wait: Duration::from_secs(self.arguments.wait),
        })
    }

    async fn plan(&mut self, context: &Context, store: &Store) -> anyhow::Result<Plan<LicenseSeats>> {
        let scope = self.scope(context, store).await?;
        self.metric = scope.metric;
        if scope.mappings.is_empty() {
            self.unmapped = self.nobodys(context, store, &scope, None).await?;
            let plan = self.as_reviewed(Plan::new(Vec::new()));
            self.write_out(context, &plan)?;
            return Ok(plan);
        }
        self.begin(context, store, &scope).await?;
        let halo = context.halo().await?;
        let read = read::read(context, store, &halo, &scope, &self.arguments).await?;
        let mut plan = plan(&read.mapped, &read.found, &read.known, self.limits());
        plan = self.as_reviewed(plan);
        if self.arguments.force {
            plan.release();
        }
        drift::explain(context, &halo, &mut plan).await;
        self.places = read.places;
        self.unmapped = self
            .nobodys(context, store, &scope, read.listing.organizations())
            .await?;
        if let read::Listing::All(listed) = read.listing {
            context.remember_listed(&listed).await;
        }
        self.mappings = scope.mappings;
        self.write_out(context, &plan)?;
        Ok(plan)
    }

    fn fields(&self, plan: &Plan<LicenseSeats>) -> Vec<(&'static str, serde_json::Value)> {
        let mut fields = view::fields(plan, self.unmapped.as_deref());
        fields.push(("plan", json!(self.hash)));
        fields
    }

    fn needs_attention(&self, plan: &Plan<LicenseSeats>) -> bool {
        let unbilled = self.unmapped.as_ref().is_none_or(|unmapped| !unmapped.is_empty());
        (plan.changes.is_empty() && self.reviewed.is_none()) || (self.arguments.require_mapped && unbilled)
    }

    fn question(&self, plan: &Plan<LicenseSeats>) -> Option<Question> {
        let writes = plan.to_apply().count();
        (writes > 0 && !self.arguments.force)
            .then(|| Question::plain(format!("Update {} in Halo?", counted(writes, "license"))))
    }

    async fn intend(
        &mut self,
        context: &Context,
        store: &Store,
        plan: &Plan<LicenseSeats>,
    ) -> anyhow::Result<()> {
        if let Some(run) = self.run {
            let changes = record::intended(plan);
            store.record_changes(&context.profile, run, &changes).await?;
        }
        Ok(())
    }

    async fn apply(
        &mut self,
        context: &Context,
        store: &Store,
        changes: &mut [&mut Change<LicenseSeats>],
    ) -> anyhow::Result<Applied> {
        let planned = apply::mapped_to(changes);
        let (applied, alone) = apply::apply(context, store, changes, planned, &self.places).await?;
        self.alone = alone;
        Ok(applied)
    }

    async fn record(
        &mut self,
        context: &Context,
        store: &Store,
        plan: &Plan<LicenseSeats>,
        applied: &Applied,
    ) -> anyhow::Result<()> {
        let Some(run) = self.run else {
            return Ok(());
        };
        let (profile, not_written) = (&context.profile, record::not_written(plan));
        store
            .record_written(profile, run, &not_written, &self.alone)
            .await?;
        store
            .flag_mappings(profile, &record::flags(plan, &self.mappings))
            .await?;
        let (state, error) = record::ended(plan, applied);
        let totals = record::totals(context.requests(), plan);
        store.finish_run(run, state, &totals, error.as_deref()).await?;
        Ok(())
    }

    async fn abandon(&mut self, context: &Context, store: &Store, failure: &Failure) -> anyhow::Result<()> {
        if let Some(run) = self.run {
            let totals = record::totals(context.requests(), &Plan::<LicenseSeats>::new(Vec::new()));
            store
                .finish_run(run, RunState::Failed, &totals, Some(&failure.message))
                .await?;
        }
        Ok(())
    }

    fn closing(&self, context: &Context, plan: &Plan<LicenseSeats>, mode: Mode) -> Closing {
        let unmapped = self.unmapped.as_deref().unwrap_or_default();
        let mut notes: Vec<String> = unmapped::sentence(context, unmapped, self.metric)
            .into_iter()
            .collect();
        if let (Some(path), Some(hash)) = (&self.arguments.plan_out, &self.hash) {
            notes.push(format!(
                "The plan is in {} (sha256 {hash}); write it with: halolink sync-seats --plan {}",
                path.display(),
                path.display()
            ));
        }
        if plan.changes.is_empty() && self.reviewed.is_none() {
            let start = context.command("map-org");
            notes.insert(0, format!("Nothing is mapped, so nothing is billed; {start}"));
            return Closing {
                notes,
                ..Closing::default()
            };
        }
        Closing {
            data: vec![view::sentence(
                plan,
                self.metric,
                unmapped.len(),
                context.requests(),
                mode,
            )],
            notes,
            ..Closing::default()
        }
    }
}

impl SyncSeats {
    fn limits(&self) -> Limits {
        Limits {
            max_change: self.arguments.max_change,
            min_change: self.arguments.min_change,
            max_held_back: self.arguments.max_held_back,
            max_amount: self.arguments.max_amount,
        }
    }

    /// Exactly what was reviewed, where nothing has changed since; the plan itself, if none was.
    fn as_reviewed(&self, plan: Plan<LicenseSeats>) -> Plan<LicenseSeats> {
        match &self.reviewed {
            Some(reviewed) => compare(&reviewed.lines, plan),
            None => plan,
        }
    }

    /// Writes the plan to the file, if one was asked for.
    fn write_out(&mut self, context: &Context, plan: &Plan<LicenseSeats>) -> anyhow::Result<()> {
        if let Some(path) = &self.arguments.plan_out {
            self.hash = Some(plan_file::write(
                context,
                path,
                &self.arguments,
                self.metric,
                plan,
            )?);
        }
        Ok(())
    }

    /// The organizations that nobody bills.
    async fn nobodys(
        &self,
        context: &Context,
        store: &Store,
        scope: &Scope,
        listed: Option<&[Listed]>,
    ) -> anyhow::Result<Option<Vec<Unmapped>>> {
        let elsewhere = elsewhere(store, &context.profile).await?;
        let mappings = scope.mappings.iter().chain(&scope.others);
        unmapped::find(
            store,
            &context.profile,
            listed,
            mappings,
            &elsewhere,
            scope.metric,
        )
        .await
    }

    /// Finds out which mappings the run covers, and which metric is billed.
    async fn scope(&self, context: &Context, store: &Store) -> anyhow::Result<Scope> {
        let configuration = store.configuration(&context.profile).await?;
        configure::require_sync(context, &configuration)?;
        let now = calendar::now(&configuration)?;
        let month_start = calendar::month_start(&now);
        let (all, counts) = store.mappings_and_counts(&context.profile).await?;
        let highest = if all.iter().any(|mapping| mapping.rule.highest.is_some()) {
            store.highest_seats(&context.profile, month_start).await?
        } else {
            HashMap::new()
        };
        let mut named = HashSet::new();
        let (mappings, others) = if let Some(reviewed) = &self.reviewed {
            let licenses: HashSet<i64> = reviewed.lines.iter().map(|line| line.license.id).collect();
            all.into_iter()
                .partition(|mapping| licenses.contains(&mapping.license.id))
        } else if self.arguments.organizations.is_empty() {
            (all, Vec::new())
        } else {
            let mut licenses = HashSet::new();
            for text in &self.arguments.organizations {
                let mapping = naming::mapping(text, &all)?;
                licenses.insert(mapping.license.id);
                named.insert(mapping.organization.id.clone());
            }
            // A license carries the sum of all its organizations, including those that were not named.
            all.into_iter()
                .partition(|mapping| licenses.contains(&mapping.license.id))
        };
        Ok(Scope {
            mappings,
            others,
            named,
            counts,
            highest,
            today: now.date(),
            month_start,
            metric: configuration.metric(),
        })
    }

    /// Records that a run begins, unless it is a dry run.
    async fn begin(&mut self, context: &Context, store: &Store, scope: &Scope) -> anyhow::Result<()> {
        if self.arguments.dry_run {
            return Ok(());
        }
        let file = self.arguments.seats_file.as_ref();
        let source = match &self.reviewed {
            Some(reviewed) => format!("plan {}", reviewed.hash.get(..12).unwrap_or(&reviewed.hash)),
            None => file.map_or("api".into(), |path| path.display().to_string()),
        };
        let noted = self
            .reviewed
            .as_ref()
            .and_then(|reviewed| reviewed.note.as_deref());
        let new_run = NewRun {
            command: Self::COMMAND,
            source: &source,
            metric: scope.metric,
            organizations: scope.mappings.len(),
            note: self.arguments.note.as_deref().or(noted),
            undoes: None,
        };
        self.run = Some(store.begin_run(&context.profile, &new_run).await?);
        Ok(())
    }
}

/// A license and its customer, for messages.
fn label(license: &Reference, customer: &Reference) -> String {
    format!("{license} of {}", customer.name)
}
