//! Showing a configuration.

use serde::Serialize;

use crate::{
    context::Context,
    model::{Configuration, Reference, SeatMetric, SeatSync},
    ui::{Align, Format, Table},
};

/// A configuration in JSON and in tables.
#[derive(Serialize)]
pub struct ConfigurationView {
    sync_seats: bool,
    seat_metric: SeatMetric,
    ticket_type: Option<Reference>,
    sla: Option<Reference>,
    priority: Option<Reference>,
    note_outcome: Option<Reference>,
    /// The metric that was billed before a reset, if no one has chosen a new one yet.
    #[serde(skip)]
    metric_before_reset: Option<SeatMetric>,
    /// Seat sync is switched on, even if no one has chosen yet which seats are billed.
    #[serde(skip)]
    switched_on: bool,
    /// The stored metric is one that this version does not know.
    #[serde(skip)]
    pub(super) metric_is_unreadable: bool,
}

impl From<&Configuration> for ConfigurationView {
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
            metric_is_unreadable: false,
        }
    }
}

impl ConfigurationView {
    /// Every setting with its value, as text.
    pub(super) fn settings(&self) -> [(&'static str, String); 6] {
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
                    None if self.metric_is_unreadable => "not readable".to_owned(),
                    None => self.seat_metric.to_string(),
                },
            ),
            ("ticket_type", text(&self.ticket_type)),
            ("sla", text(&self.sla)),
            ("priority", text(&self.priority)),
            ("note_outcome", text(&self.note_outcome)),
        ]
    }

    /// The rows of a table: each setting in words, and its value.
    pub fn rows(&self) -> impl Iterator<Item = (String, String)> {
        self.settings()
            .into_iter()
            .map(|(setting, value)| (setting.replace('_', " "), value))
    }
}

fn table(configuration: &Configuration) -> Table {
    let mut table = Table::new(&[("setting", Align::Left), ("value", Align::Left)]);
    for (setting, value) in ConfigurationView::from(configuration).rows() {
        table.row([setting, value]);
    }
    table
}

/// Shows a configuration.
pub(super) fn show(context: &Context, configuration: &Configuration) {
    match context.ui.format() {
        Format::Json => context.ui.json(&ConfigurationView::from(configuration)),
        _ => context.ui.table(&table(configuration)),
    }
}
