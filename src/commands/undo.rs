//! `undo`: puts back the quantities that a run changed, where Halo still shows them. It is a run of its own; the ledger's
//! entries are never edited.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use super::{
    elsewhere::elsewhere,
    license_reading::{self, Places, Reading},
    naming,
    sync_seats::{self, apply, drift, record, settle::settle},
};
use crate::{
    change::{Change, Plan},
    cli,
    context::Context,
    failure::{Completion, Failure},
    model::{Mapping, Reference},
    plan::{
        limits::Limits,
        names::Named,
        seats::LicenseSeats,
        undo::{Now, Written, plan},
    },
    runner::{self, Applied, Changing, Closing, Lock, Mode, Question},
    store::{self, ChangeStatus, NewRun, Run, RunChange, RunState, Store},
    text::counted,
};

/// The guards: those of a sync, unless `--force` overrides them.
const LIMITS: Limits = Limits {
    max_change: 50,
    min_change: 5,
    max_held_back: 20,
    max_amount: None,
};

/// Runs `undo`.
///
/// # Errors
/// Exit code 2 for a run that is not there, is another profile's, or wrote nothing. What goes wrong with single licenses is
/// in the report, with exit code 4.
pub async fn run(context: &Context, arguments: cli::Undo) -> anyhow::Result<Completion> {
    context.connection()?;
    let mode = Mode::new(arguments.dry_run);
    let undo = Undo {
        arguments,
        run: None,
        mapped: apply::MappedTo::new(),
        places: Places::default(),
        alone: HashSet::new(),
    };
    runner::run(context, undo, mode).await
}

struct Undo {
    arguments: cli::Undo,
    /// The run in the ledger; none in a dry run.
    run: Option<i64>,
    /// What the licenses are mapped to.
    mapped: apply::MappedTo,
    /// Where the licenses were found.
    places: Places,
    /// Licenses that Halo did not accept even alone.
    alone: HashSet<i64>,
}

impl Changing for Undo {
    type Subject = LicenseSeats;
    const COMMAND: &'static str = "undo";

    fn lock(&self) -> Option<Lock> {
        Some(Lock {
            name: sync_seats::LOCK,
            wait: Duration::from_secs(self.arguments.wait),
        })
    }

    async fn plan(&mut self, context: &Context, store: &Store) -> anyhow::Result<Plan<LicenseSeats>> {
        let undone = self.undone(context, store).await?;
        let mappings = store.mappings(&context.profile).await?;
        let changes = self.chosen(store.run_changes(&context.profile, undone.id).await?, &mappings)?;
        if changes.is_empty() {
            return Err(wrote_nothing(&undone).into());
        }
        self.begin(context, store, &undone, &changes).await?;

        let unsettled = store.unsettled(&context.profile).await?;
        let mut wanted: HashSet<i64> = changes.iter().map(|change| change.change.license.id).collect();
        wanted.extend(unsettled.iter().map(|change| change.license));
        let halo = context.halo().await?;
        let Reading { found, places } = {
            let _progress = context.ui.progress("reading licenses");
            license_reading::read(&halo, &wanted).await?
        };
        let settled = settle(context, store, unsettled, &found, self.arguments.dry_run).await?;
        let written = written(changes, &settled);
        if written.is_empty() {
            return Err(wrote_nothing(&undone).into());
        }

        let counts = store.license_counts(&context.profile).await?;
        let mut recorded: HashMap<i64, i64> = counts
            .iter()
            .map(|(license, count)| (*license, count.count))
            .collect();
        recorded.extend(settled.iter().map(|change| (change.license, change.to)));
        let now = Now {
            found: &found,
            mappings: &mappings,
            elsewhere: &elsewhere(store, &context.profile).await?,
            recorded: &recorded,
            metric: undone.metric,
        };
        let mut plan = plan(&written, now, LIMITS);
        if self.arguments.force {
            plan.release();
        }
        drift::explain(context, &halo, &mut plan).await;
        for mapping in &mappings {
            let mapped = self.mapped.entry(mapping.license.id).or_default();
            mapped.insert((mapping.organization.id.clone(), mapping.customer.id));
        }
        self.places = places;
        Ok(plan)
    }

    fn fields(&self, _: &Plan<LicenseSeats>) -> Vec<(&'static str, serde_json::Value)> {
        vec![("undoes", self.arguments.run.into())]
    }

    fn question(&self, plan: &Plan<LicenseSeats>) -> Option<Question> {
        let writes = plan.to_apply().count();
        (writes > 0 && !self.arguments.force).then(|| {
            Question::plain(format!(
                "Put back {} in Halo, as before run {}?",
                counted(writes, "license"),
                self.arguments.run
            ))
        })
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
        let mapped = std::mem::take(&mut self.mapped);
        let (applied, alone) = apply::apply(context, store, changes, mapped, &self.places).await?;
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
        store
            .record_written(&context.profile, run, &record::not_written(plan), &self.alone)
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

    fn closing(&self, _: &Context, plan: &Plan<LicenseSeats>, mode: Mode) -> Closing {
        let (written, verb) = if mode.dry_run {
            (plan.count("planned"), "to put back")
        } else {
            (plan.count("updated"), "put back")
        };
        let mut notes = Vec::new();
        if written > 0 && !mode.dry_run {
            notes.push(format!(
                "The next sync-seats writes the seats again; correct first what was wrong with run {}",
                self.arguments.run
            ));
        }
        Closing {
            data: vec![format!(
                "Run {}: {written} {verb}, {} unchanged, {} skipped, {} failed",
                self.arguments.run,
                plan.count("unchanged"),
                plan.count("skipped"),
                plan.count("failed")
            )],
            notes,
            ..Closing::default()
        }
    }
}

impl Undo {
    /// The run to take back.
    async fn undone(&self, context: &Context, store: &Store) -> anyhow::Result<Run> {
        let number = self.arguments.run;
        match store.run(number).await? {
            None => Err(Failure::usage(format!("there is no run {number}"))
                .hint("see: halolink history")
                .into()),
            Some((profile, _)) if profile != context.profile => Err(Failure::usage(format!(
                "run {number} is of the profile \"{profile}\", not of \"{}\"",
                context.profile
            ))
            .hint(format!("halolink undo {number} --profile {profile}"))
            .into()),
            Some((_, run)) => Ok(run),
        }
    }

    /// The changes of the licenses of the organizations that were named; all, if none was.
    fn chosen(&self, changes: Vec<RunChange>, mappings: &[Mapping]) -> anyhow::Result<Vec<RunChange>> {
        if self.arguments.organizations.is_empty() || changes.is_empty() {
            return Ok(changes);
        }
        let mut of_run: Vec<OfRun> = changes
            .iter()
            .flat_map(|change| &change.shares)
            .map(|(organization, _)| OfRun {
                organization: organization.clone(),
                number: mappings
                    .iter()
                    .find(|mapping| mapping.organization.id == organization.id)
                    .and_then(|mapping| mapping.organization_number),
            })
            .collect();
        of_run.sort_by(|one, other| one.organization.id.cmp(&other.organization.id));
        of_run.dedup_by(|one, other| one.organization.id == other.organization.id);
        let mut named = HashSet::new();
        for text in &self.arguments.organizations {
            let found = naming::find("organization in this run", text, &of_run)?;
            named.insert(found.organization.id.clone());
        }
        let is_named = |change: &RunChange| {
            change
                .shares
                .iter()
                .any(|(organization, _)| named.contains(&organization.id))
        };
        Ok(changes.into_iter().filter(is_named).collect())
    }

    /// Records that a run begins, unless it is a dry run.
    async fn begin(
        &mut self,
        context: &Context,
        store: &Store,
        undone: &Run,
        changes: &[RunChange],
    ) -> anyhow::Result<()> {
        if self.arguments.dry_run {
            return Ok(());
        }
        let new_run = NewRun {
            command: Self::COMMAND,
            source: &format!("run {}", undone.id),
            metric: undone.metric,
            organizations: changes.iter().map(|change| change.shares.len()).sum(),
            note: self.arguments.note.as_deref(),
            undoes: Some(undone.id),
        };
        self.run = Some(store.begin_run(&context.profile, &new_run).await?);
        Ok(())
    }
}

/// An organization whose seats a run wrote.
struct OfRun {
    organization: Reference<String>,
    number: Option<i64>,
}

impl Named for OfRun {
    fn ids(&self) -> Vec<String> {
        let mut ids = vec![self.organization.id.clone()];
        ids.extend(self.number.map(|number| number.to_string()));
        ids
    }

    fn name(&self) -> &str {
        &self.organization.name
    }
}

fn wrote_nothing(run: &Run) -> Failure {
    Failure::usage(format!(
        "run {} of {} changed no quantity, so there is nothing to take back",
        run.id, run.command
    ))
    .hint("see what each run did: halolink history -o json")
}

/// What the run really wrote: what it read back, and what was found to be written since it was killed.
fn written(changes: Vec<RunChange>, settled: &[store::Change]) -> Vec<Written> {
    changes
        .into_iter()
        .filter(|RunChange { change, .. }| {
            change.status == ChangeStatus::Updated
                || settled
                    .iter()
                    .any(|settled| settled.run == change.run && settled.license == change.license.id)
        })
        .filter_map(
            |RunChange {
                 change,
                 shares,
                 before,
                 since,
             }| {
                Some(Written {
                    license: change.license,
                    customer: change.customer,
                    from: change.from?,
                    to: change.to?,
                    organizations: shares.into_iter().map(|(organization, _)| organization).collect(),
                    before,
                    since,
                })
            },
        )
        .collect()
}
