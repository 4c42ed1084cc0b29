//! `configure`: sets seat sync, the seat metric, and the options that tickets are opened with.

mod from_flags;
mod of_errors;
mod outcomes;
mod test_ticket;
mod ticket_fields;
mod view;
mod wizard;

use serde::Serialize;

use crate::{
    change::{Action, Change, Plan},
    cli,
    context::Context,
    failure::{Completion, Failure},
    model::{Configuration, SeatMetric, SeatSync},
    runner::{self, Applied, Changing, Closing, Mode},
    store::{self, Store},
    text::counted,
    ui::view::{Cell, Column, Subject},
};

pub use view::ConfigurationView;
use view::SettingName;

/// Runs `configure`.
///
/// # Errors
/// Exit code 2 for a name that matches nothing, and for a priority of another SLA.
pub async fn run(context: &Context, arguments: cli::Configure) -> anyhow::Result<Completion> {
    if arguments.show {
        let store = context.open_read_only().await?;
        view::show(context, &store.configuration(&context.profile).await?);
        return Ok(Completion::Done);
    }
    if let Some(customer) = &arguments.test_ticket {
        return test_ticket::run(context, customer, arguments.dry_run).await;
    }
    let mode = Mode::new(arguments.dry_run);
    let configure = Configure {
        arguments,
        after: Configuration::default(),
    };
    runner::run(context, configure, mode).await
}

struct Configure {
    arguments: cli::Configure,
    /// The new configuration.
    after: Configuration,
}

/// A setting whose value changes.
#[derive(Serialize)]
struct Setting {
    setting: SettingName,
    from: String,
    to: String,
}

impl Subject for Setting {
    const STATUSES: &'static [&'static str] = &["updated", "planned"];
    const COLUMNS: &'static [Column] = &[Column::Text("setting"), Column::Text("from"), Column::Text("to")];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.setting.words().into(),
            self.from.clone().into(),
            self.to.clone().into(),
        ]
    }
}

impl Changing for Configure {
    type Subject = Setting;
    const COMMAND: &'static str = "configure";

    async fn plan(&mut self, context: &Context, store: &Store) -> anyhow::Result<Plan<Setting>> {
        let before = self.before(context, store).await?;
        self.after = self.wanted(context, &before.configuration).await?;
        Ok(plan(&before.into(), &ConfigurationView::from(&self.after)))
    }

    async fn apply(
        &mut self,
        context: &Context,
        store: &Store,
        changes: &mut [&mut Change<Setting>],
    ) -> anyhow::Result<Applied> {
        store.set_configuration(&context.profile, &self.after).await?;
        for change in changes {
            change.done();
        }
        Ok(Applied::default())
    }

    fn summary(&self, _: &Plan<Setting>) -> Vec<(&'static str, String)> {
        vec![("effect", effect(&self.after))]
    }

    fn closing(&self, _: &Context, plan: &Plan<Setting>, mode: Mode) -> Closing {
        let changed = match (plan.changes.len(), mode.dry_run) {
            (0, _) => "Nothing changed".to_owned(),
            (count, true) => format!("{} would change; nothing was stored", counted(count, "setting")),
            (count, false) => format!("{} changed", counted(count, "setting")),
        };
        let from_now_on = if mode.dry_run { "Then" } else { "From now on" };
        Closing {
            notes: vec![changed, format!("{from_now_on} {}", effect(&self.after))],
            ..Closing::default()
        }
    }
}

/// The stored configuration.
struct Before {
    configuration: Configuration,
    /// Its seat metric is one that this version does not know.
    metric_is_unreadable: bool,
}

impl From<Before> for ConfigurationView {
    fn from(before: Before) -> Self {
        let mut view = ConfigurationView::from(&before.configuration);
        view.metric_is_unreadable = before.metric_is_unreadable;
        view
    }
}

impl Configure {
    async fn before(&self, context: &Context, store: &Store) -> anyhow::Result<Before> {
        let profile = &context.profile;
        let metric_is_unreadable = match store.configuration(profile).await {
            Ok(configuration) => {
                return Ok(Before {
                    configuration,
                    metric_is_unreadable: false,
                });
            }
            // A configuration that cannot be read can still be replaced.
            Err(store::Error::Unknown { .. }) if self.arguments.seat_metric.is_some() => true,
            Err(error) => return Err(error.into()),
        };
        Ok(Before {
            configuration: store.configuration_but_metric(profile).await?,
            metric_is_unreadable,
        })
    }

    /// The configuration that the flags or a person ask for.
    async fn wanted(&self, context: &Context, before: &Configuration) -> anyhow::Result<Configuration> {
        if self.arguments.reset {
            return Ok(before.reset());
        }
        if !from_flags::are_given(&self.arguments) {
            if !context.ui.is_interactive() {
                return Err(context.missing(
                    "what to configure",
                    "--sync-seats, --seat-metric, --ticket-type, --sla, --priority, --note-outcome, --on-recovery or \
                     another of configure --help; or use --show",
                ));
            }
            return wizard::ask(context, before).await;
        }
        from_flags::apply(context, &self.arguments, before).await
    }
}

/// The settings that differ.
fn plan(before: &ConfigurationView, after: &ConfigurationView) -> Plan<Setting> {
    Plan::new(
        (before.differences(after).into_iter())
            .map(|(setting, from, to)| Change::apply(Setting { setting, from, to }, Action::Update))
            .collect(),
    )
}

/// Says what `sync-seats` does with a configuration.
fn effect(configuration: &Configuration) -> String {
    match configuration.seat_sync() {
        SeatSync::On => format!("sync-seats bills the {} seats", configuration.metric()),
        SeatSync::Off => "sync-seats writes nothing: seat sync is switched off".to_owned(),
        SeatSync::MetricWasReset(before) => format!(
            "sync-seats writes nothing until a seat metric is chosen: it was {before}, and the default is {}",
            SeatMetric::default()
        ),
    }
}

/// Requires that seat sync is on.
///
/// # Errors
/// Exit code 1 if it is not; the hint says how to change that.
pub fn require_sync(context: &Context, configuration: &Configuration) -> anyhow::Result<()> {
    let failure = match configuration.seat_sync() {
        SeatSync::On => return Ok(()),
        SeatSync::Off => Failure::failed("seat sync is switched off for this profile")
            .hint(context.command("configure --sync-seats on")),
        SeatSync::MetricWasReset(before) => Failure::failed(format!(
            "the {before} seats were billed until the configuration was reset, and no seat metric has been chosen since"
        ))
        .hint(context.command(&format!("configure --seat-metric {before}, or another metric"))),
    };
    Err(failure.into())
}
