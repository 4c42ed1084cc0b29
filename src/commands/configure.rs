//! `configure`: seat sync, seat metric, and what tickets are opened with.

use serde::Serialize;

use super::{naming, report};
use crate::{
    cli::{self, Switch},
    context::Context,
    failure::{Completion, Failure},
    halo::{self, Halo},
    model::{Configuration, Outcome, Reference, SeatMetric, SeatSync},
    plan::names::Named,
    store::{self},
    ui::{Align, Format, Table},
};

/// The configuration as it is shown.
#[derive(Serialize)]
pub struct Shown {
    sync_seats: bool,
    seat_metric: SeatMetric,
    ticket_type: Option<Reference>,
    sla: Option<Reference>,
    priority: Option<Reference>,
    note_outcome: Option<Reference>,
    /// The metric that was billed until a reset, where nobody said yet which is now.
    #[serde(skip)]
    metric_before_reset: Option<SeatMetric>,
    /// Switched on by somebody, whether or not it is known which seats are billed.
    #[serde(skip)]
    switched_on: bool,
}

impl From<&Configuration> for Shown {
    fn from(configuration: &Configuration) -> Self {
        Self {
            sync_seats: configuration.seat_sync() == SeatSync::On,
            seat_metric: configuration.metric(),
            ticket_type: configuration.ticket_type.clone(),
            sla: configuration.sla.clone(),
            priority: configuration.priority.clone(),
            note_outcome: configuration.note_outcome.clone(),
            metric_before_reset: configuration.metric_before_reset,
            switched_on: configuration.sync_seats == Some(true),
        }
    }
}

#[derive(Serialize)]
struct Change {
    setting: &'static str,
    from: String,
    to: String,
    status: &'static str,
}

#[derive(Serialize)]
struct Summary {
    updated: usize,
    planned: usize,
    /// What `sync-seats` does with this configuration.
    effect: String,
}

/// What `sync-seats` does with a configuration, in a sentence.
fn effect(configuration: &Configuration) -> String {
    match configuration.seat_sync() {
        SeatSync::On => format!("sync-seats bills the {} seats", configuration.metric()),
        SeatSync::Off => "sync-seats writes nothing: seat sync is switched off".to_owned(),
        SeatSync::MetricWasReset(before) => format!(
            "sync-seats writes nothing until it is said which seats are billed: it was {before}, and without a \
             seat metric it would be {}",
            SeatMetric::default()
        ),
    }
}

/// Sees to it that seats are to be synced.
///
/// # Errors
/// Exit code 1 where they are not, with what to say to change that.
pub fn require_sync(context: &Context, configuration: &Configuration) -> anyhow::Result<()> {
    let failure = match configuration.seat_sync() {
        SeatSync::On => return Ok(()),
        SeatSync::Off => Failure::failed("seat sync is switched off for this profile")
            .hint(context.command("configure --sync-seats on")),
        SeatSync::MetricWasReset(before) => Failure::failed(format!(
            "the {before} seats were billed until the configuration was reset, and nobody said yet which are \
             billed now"
        ))
        .hint(context.command(&format!("configure --seat-metric {before}, or another metric"))),
    };
    Err(failure.into())
}

/// Runs `configure`.
///
/// # Errors
/// Exit code 2 for names that name nothing, and for a priority of another SLA.
pub async fn run(context: &Context, arguments: cli::Configure) -> anyhow::Result<Completion> {
    let store = context.open_read_only().await?;
    let before = if arguments.seat_metric.is_some() {
        // Also one that is none can be replaced.
        match store.configuration(&context.profile).await {
            Err(store::Error::Unknown { .. }) => store.configuration_but_metric(&context.profile).await?,
            found => found?,
        }
    } else {
        store.configuration(&context.profile).await?
    };
    store.close().await;
    if arguments.show {
        show(context, &before);
        return Ok(Completion::Done);
    }
    let after = if arguments.reset {
        before.reset()
    } else if is_empty(&arguments) {
        if !context.ui.is_interactive() {
            return Err(context.missing(
                "what to configure",
                "--sync-seats, --seat-metric, --ticket-type, --sla, --priority or --note-outcome; or use --show",
            ));
        }
        wizard(context, &before).await?
    } else {
        from_flags(context, &arguments, &before).await?
    };

    let changes = changes(&before, &after, arguments.dry_run);
    if !arguments.dry_run {
        let store = context.store().await?;
        store.set_configuration(&context.profile, &after).await?;
        store.close().await;
    }
    print(context, changes, &after, arguments.dry_run);
    Ok(Completion::Done)
}

fn is_empty(arguments: &cli::Configure) -> bool {
    arguments.sync_seats.is_none()
        && arguments.seat_metric.is_none()
        && [
            &arguments.ticket_type,
            &arguments.sla,
            &arguments.priority,
            &arguments.note_outcome,
        ]
        .iter()
        .all(|flag| flag.is_none())
}

async fn from_flags(
    context: &Context,
    arguments: &cli::Configure,
    before: &Configuration,
) -> anyhow::Result<Configuration> {
    // A connection is part of every configuration, also of one that asks nothing of Halo.
    context.connection()?;
    let mut after = before.clone();
    if let Some(switch) = arguments.sync_seats {
        after.sync_seats = Some(switch == Switch::On);
    }
    if let Some(metric) = arguments.seat_metric {
        after.seat_metric = Some(metric);
        after.metric_before_reset = None;
    }
    let asks_halo = [
        &arguments.ticket_type,
        &arguments.sla,
        &arguments.priority,
        &arguments.note_outcome,
    ]
    .iter()
    .any(|flag| flag.is_some());
    if !asks_halo {
        return Ok(after);
    }
    let halo = context.halo().await?;
    if let Some(text) = &arguments.ticket_type {
        after.ticket_type = Some(reference(naming::find(
            "ticket type",
            text,
            &halo.ticket_types().await?,
        )?));
    }
    if let Some(text) = &arguments.sla {
        let sla = reference(naming::find("SLA", text, &halo.slas().await?)?);
        if before.sla.as_ref().is_none_or(|before| before.id != sla.id) {
            // A priority means something only together with its SLA.
            after.priority = None;
        }
        after.sla = Some(sla);
    }
    if let Some(text) = &arguments.priority {
        after.priority = Some(priority(&halo, after.sla.as_ref(), text).await?);
    } else if before.priority.is_some() && after.priority.is_none() {
        context
            .ui
            .warn("the priority was one of the old SLA's and is not configured any more");
    }
    let outcomes = async || outcomes(&halo, after.ticket_type.as_ref()).await;
    if let Some(text) = &arguments.note_outcome {
        after.note_outcome = Some(outcome(&outcomes().await?, after.ticket_type.as_ref(), text)?);
    } else if let Some(outcome) = &before.note_outcome
        && id_of(&before.ticket_type) != id_of(&after.ticket_type)
        && !outcomes().await?.iter().any(|offered| offered.id == outcome.id)
    {
        after.note_outcome = None;
        context
            .ui
            .warn("the outcome of notes is not one of the new ticket type's and is not configured any more");
    }
    Ok(after)
}

/// The priority that a text names among those of an SLA.
///
/// # Errors
/// Exit code 2: no SLA, no such priority, or one of another SLA.
pub async fn priority(halo: &Halo, sla: Option<&Reference>, text: &str) -> anyhow::Result<Reference> {
    let Some(sla) = sla else {
        return Err(
            Failure::usage("a priority means something only together with an SLA")
                .hint("give the SLA too: --sla")
                .into(),
        );
    };
    let priorities = halo.priorities(sla.id).await?;
    naming::find("priority", text, &priorities)
        .map(reference)
        .map_err(|error| {
            let offered: Vec<String> = priorities.iter().map(Named::label).collect();
            match error.downcast::<Failure>() {
                Ok(failure) => Failure::usage(failure.message.after(format!("in the SLA {}", sla.name)))
                    .hint(format!("its priorities: {}", offered.join(", ")))
                    .into(),
                Err(error) => error,
            }
        })
}

/// The outcomes to choose from: those of the ticket type, where one is chosen.
async fn outcomes(halo: &Halo, ticket_type: Option<&Reference>) -> Result<Vec<Outcome>, halo::Error> {
    match ticket_type {
        Some(kind) => halo.outcomes_of(kind.id).await,
        None => halo.outcomes().await,
    }
}

/// The outcome that a text names among those on offer.
fn outcome(offered: &[Outcome], ticket_type: Option<&Reference>, text: &str) -> anyhow::Result<Reference> {
    naming::find("outcome", text, offered)
        .map(reference)
        .map_err(|error| match (error.downcast::<Failure>(), ticket_type) {
            (Ok(failure), Some(kind)) => {
                let offered: Vec<String> = offered.iter().map(Named::label).collect();
                Failure::usage(format!("{} for tickets of type {}", failure.message, kind.name))
                    .hint(format!("its outcomes: {}", offered.join(", ")))
                    .into()
            }
            (Ok(failure), None) => failure.into(),
            (Err(error), _) => error,
        })
}

fn id_of(reference: &Option<Reference>) -> Option<i64> {
    reference.as_ref().map(|reference| reference.id)
}

fn reference<T: Named>(record: &T) -> Reference {
    let id = record
        .ids()
        .first()
        .and_then(|id| id.parse().ok())
        .unwrap_or_default();
    Reference::new(id, record.name())
}

/// Asks for everything, the configured values first.
async fn wizard(context: &Context, before: &Configuration) -> anyhow::Result<Configuration> {
    context.connection()?;
    let halo = context.halo().await?;
    let ui = &context.ui;

    let on = before.sync_seats.unwrap_or(true);
    let switch = ui
        .select(
            "Sync seats to the licenses' quantities",
            vec!["on".to_owned(), "off".to_owned()],
            usize::from(!on),
        )
        .await?;
    let metrics = [
        "used       seats consumed now",
        "active     without deactivated accounts",
        "purchased  the purchased total",
        "required   required seats",
    ];
    let metric = before.metric_before_reset.unwrap_or(before.metric());
    let position = SeatMetric::ALL
        .iter()
        .position(|known| *known == metric)
        .unwrap_or(0);
    let chosen = ui
        .select(
            "Seat metric: which seats are billed",
            metrics.map(ToOwned::to_owned).to_vec(),
            position,
        )
        .await?;

    let ticket_type = choose(
        context,
        "Ticket type",
        &halo.ticket_types().await?,
        before.ticket_type.as_ref(),
    )
    .await?;
    let sla = choose(context, "SLA", &halo.slas().await?, before.sla.as_ref()).await?;
    let priority = match &sla {
        Some(sla) => {
            let label = format!("Priority (of {})", sla.name);
            choose(
                context,
                &label,
                &halo.priorities(sla.id).await?,
                before.priority.as_ref(),
            )
            .await?
        }
        None => None,
    };
    let note_outcome = choose(
        context,
        "Outcome of notes",
        &outcomes(&halo, ticket_type.as_ref()).await?,
        before.note_outcome.as_ref(),
    )
    .await?;
    Ok(Configuration {
        sync_seats: Some(switch == 0),
        seat_metric: SeatMetric::ALL.get(chosen).copied(),
        ticket_type,
        sla,
        priority,
        note_outcome,
        metric_before_reset: None,
    })
}

async fn choose<T: Named>(
    context: &Context,
    label: &str,
    records: &[T],
    before: Option<&Reference>,
) -> anyhow::Result<Option<Reference>> {
    let mut items: Vec<String> = records.iter().map(|record| record.name().to_owned()).collect();
    items.push("(Halo's default)".to_owned());
    let position = before
        .and_then(|before| {
            records
                .iter()
                .position(|record| reference(record).id == before.id)
        })
        .unwrap_or(if before.is_none() { 0 } else { records.len() });
    let chosen = context.ui.pick_from(label, items, position).await?;
    Ok(records.get(chosen).map(reference))
}

impl Shown {
    /// Setting and value, as text, for every setting.
    fn settings(&self) -> [(&'static str, String); 6] {
        let text = |reference: &Option<Reference>| {
            reference
                .as_ref()
                .map_or_else(|| "not configured".to_owned(), ToString::to_string)
        };
        [
            (
                "sync_seats",
                match (self.sync_seats, self.switched_on) {
                    (true, _) => "on",
                    (false, true) => "on, once a seat metric is said",
                    (false, false) => "off",
                }
                .to_owned(),
            ),
            (
                "seat_metric",
                match self.metric_before_reset {
                    Some(before) => format!("to be said (was {before})"),
                    None => self.seat_metric.to_string(),
                },
            ),
            ("ticket_type", text(&self.ticket_type)),
            ("sla", text(&self.sla)),
            ("priority", text(&self.priority)),
            ("note_outcome", text(&self.note_outcome)),
        ]
    }

    /// Rows of a table: the setting in words, and its value.
    pub fn rows(&self) -> impl Iterator<Item = (String, String)> {
        self.settings()
            .into_iter()
            .map(|(setting, value)| (setting.replace('_', " "), value))
    }
}

fn changes(before: &Configuration, after: &Configuration, dry_run: bool) -> Vec<Change> {
    Shown::from(before)
        .settings()
        .into_iter()
        .zip(Shown::from(after).settings())
        .filter(|((_, from), (_, to))| from != to)
        .map(|((setting, from), (_, to))| Change {
            setting,
            from,
            to,
            status: if dry_run { "planned" } else { "updated" },
        })
        .collect()
}

fn table(configuration: &Configuration) -> Table {
    let mut table = Table::new(&[("setting", Align::Left), ("value", Align::Left)]);
    for (setting, value) in Shown::from(configuration).rows() {
        table.row([setting, value]);
    }
    table
}

fn show(context: &Context, configuration: &Configuration) {
    match context.ui.format() {
        Format::Json => context.ui.json(&Shown::from(configuration)),
        _ => context.ui.table(&table(configuration)),
    }
}

fn print(context: &Context, changes: Vec<Change>, after: &Configuration, dry_run: bool) {
    let count = changes.len();
    let summary = Summary {
        updated: if dry_run { 0 } else { count },
        planned: if dry_run { count } else { 0 },
        effect: effect(after),
    };
    if report::print(context, "configure", dry_run, changes, summary) {
        return;
    }
    context.ui.table(&table(after));
    context.ui.note(&match (count, dry_run) {
        (0, _) => "Nothing changed".to_owned(),
        (count, true) => format!(
            "{} would change; nothing was stored",
            report::count(count, "setting")
        ),
        (count, false) => format!("{} changed", report::count(count, "setting")),
    });
    let from_now_on = if dry_run { "Then" } else { "From now on" };
    context.ui.note(&format!("{from_now_on} {}", effect(after)));
}
