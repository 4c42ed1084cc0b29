//! Showing a configuration.

use serde::Serialize;

use crate::{
    context::Context,
    model::{Configuration, FieldValue, OnRecovery, Reference, SeatMetric, SeatSync, TicketPolicy},
    text::span,
    ui::{Align, Format, Table},
};

/// A value that is none.
const NONE: &str = "not configured";

/// A configuration in JSON and in tables.
#[derive(Serialize)]
pub struct ConfigurationView {
    sync_seats: bool,
    seat_metric: SeatMetric,
    /// Whether the vendor's own integration syncs seats too; none if nobody has said.
    vendor_sync: Option<bool>,
    /// `20%-of-purchased`; none if it is not looked at.
    fair_use: Option<String>,
    /// None for this machine's.
    time_zone: Option<String>,
    ticket_type: Option<Reference>,
    sla: Option<Reference>,
    priority: Option<Reference>,
    note_outcome: Option<Reference>,
    tickets: TicketsView,
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

/// How tickets for backup errors are treated. Times are in seconds.
#[derive(Serialize)]
struct TicketsView {
    grace: i64,
    stale_after: Option<i64>,
    remind: Option<i64>,
    on_recovery: &'static str,
    closing_outcome: Option<Reference>,
    closing_status: Option<Reference>,
    errors: Vec<ErrorView>,
    fields: Vec<FieldView>,
}

/// What tickets of one error have instead.
#[derive(Serialize)]
struct ErrorView {
    error: String,
    ticket_type: Option<Reference>,
    sla: Option<Reference>,
    priority: Option<Reference>,
}

/// A further field of tickets.
#[derive(Serialize)]
struct FieldView {
    name: String,
    /// What Halo is sent, as text.
    value: String,
    /// The record whose id the value is, if it was looked up.
    record: Option<Reference>,
}

/// A setting's name: `sla`, or the name of its kind and what it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingName {
    kind: &'static str,
    of: Option<String>,
}

impl SettingName {
    fn of(kind: &'static str, of: &str) -> Self {
        Self {
            kind,
            of: Some(of.to_owned()),
        }
    }

    /// For people: `priority of main-app-token`.
    pub(super) fn words(&self) -> String {
        let kind = self.kind.replace('_', " ");
        match &self.of {
            Some(of) => format!("{kind} {of}"),
            None => kind,
        }
    }
}

impl From<&'static str> for SettingName {
    fn from(kind: &'static str) -> Self {
        Self { kind, of: None }
    }
}

/// For programs: `priority_of.main-app-token`.
impl Serialize for SettingName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.of {
            Some(of) => serializer.collect_str(&format_args!("{}.{of}", self.kind)),
            None => serializer.serialize_str(self.kind),
        }
    }
}

impl From<&TicketPolicy> for TicketsView {
    fn from(policy: &TicketPolicy) -> Self {
        Self {
            grace: policy.grace(),
            stale_after: policy.stale_after,
            remind: policy.remind,
            on_recovery: policy.on_recovery().name(),
            closing_outcome: policy.closing_outcome.clone(),
            closing_status: policy.closing_status.clone(),
            errors: (policy.of_errors.iter())
                .map(|(error, options)| ErrorView {
                    error: error.clone(),
                    ticket_type: options.ticket_type.clone(),
                    sla: options.sla.clone(),
                    priority: options.priority.clone(),
                })
                .collect(),
            fields: (policy.fields.iter())
                .map(|field| FieldView {
                    name: field.name.clone(),
                    value: match &field.value {
                        FieldValue::Record(record) => record.id.to_string(),
                        value => value.to_string(),
                    },
                    record: match &field.value {
                        FieldValue::Record(record) => Some(record.clone()),
                        _ => None,
                    },
                })
                .collect(),
        }
    }
}

impl From<&Configuration> for ConfigurationView {
    fn from(configuration: &Configuration) -> Self {
        Self {
            sync_seats: configuration.seat_sync() == SeatSync::On,
            seat_metric: configuration.metric(),
            vendor_sync: configuration.vendor_sync,
            fair_use: configuration.fair_use.map(|fair_use| fair_use.to_string()),
            time_zone: configuration.time_zone.clone(),
            ticket_type: configuration.ticket_type.clone(),
            sla: configuration.sla.clone(),
            priority: configuration.priority.clone(),
            note_outcome: configuration.note_outcome.clone(),
            tickets: TicketsView::from(&configuration.tickets),
            metric_before_reset: configuration.metric_before_reset,
            switched_on: configuration.sync_seats == Some(true),
            metric_is_unreadable: false,
        }
    }
}

impl ConfigurationView {
    /// Every setting with its value, as text. Those of single errors, and further fields, are there only if they
    /// are configured.
    pub(super) fn settings(&self) -> Vec<(SettingName, String)> {
        let text = |reference: &Option<Reference>| {
            reference
                .as_ref()
                .map_or_else(|| NONE.to_owned(), ToString::to_string)
        };
        let mut settings = vec![
            (
                "sync_seats".into(),
                match (self.sync_seats, self.switched_on) {
                    (true, _) => "on",
                    (false, true) => "on, once a seat metric is said",
                    (false, false) => "off",
                }
                .to_owned(),
            ),
            (
                "seat_metric".into(),
                match self.metric_before_reset {
                    Some(before) => format!("to be said (was {before})"),
                    None if self.metric_is_unreadable => "not readable".to_owned(),
                    None => self.seat_metric.to_string(),
                },
            ),
            (
                "vendor_sync".into(),
                match self.vendor_sync {
                    Some(true) => "on (both write the same licenses)",
                    Some(false) => "off",
                    None => "not known",
                }
                .to_owned(),
            ),
            (
                "fair_use".into(),
                self.fair_use.clone().unwrap_or_else(|| "off".to_owned()),
            ),
            (
                "time_zone".into(),
                self.time_zone.clone().unwrap_or_else(|| "system".to_owned()),
            ),
            ("ticket_type".into(), text(&self.ticket_type)),
            ("sla".into(), text(&self.sla)),
            ("priority".into(), text(&self.priority)),
            ("note_outcome".into(), text(&self.note_outcome)),
        ];
        let tickets = &self.tickets;
        let or_off = |seconds: Option<i64>| seconds.map_or_else(|| "off".to_owned(), span);
        settings.extend([
            ("grace".into(), span(tickets.grace)),
            ("stale_after".into(), or_off(tickets.stale_after)),
            ("remind".into(), or_off(tickets.remind)),
            ("on_recovery".into(), tickets.on_recovery.to_owned()),
        ]);
        // Who closes nothing has no use for them.
        if tickets.on_recovery == OnRecovery::Close.name()
            || tickets.closing_outcome.is_some()
            || tickets.closing_status.is_some()
        {
            settings.extend([
                ("closing_outcome".into(), text(&tickets.closing_outcome)),
                ("closing_status".into(), text(&tickets.closing_status)),
            ]);
        }
        for options in &tickets.errors {
            for (kind, value) in [
                ("ticket_type_of", &options.ticket_type),
                ("sla_of", &options.sla),
                ("priority_of", &options.priority),
            ] {
                if let Some(value) = value {
                    settings.push((SettingName::of(kind, &options.error), value.to_string()));
                }
            }
        }
        for field in &tickets.fields {
            let record = field.record.as_ref().map(ToString::to_string);
            let value = record.unwrap_or_else(|| field.value.clone());
            settings.push((SettingName::of("ticket_field", &field.name), value));
        }
        settings
    }

    /// The settings that differ from another configuration's: the name, this value and the other.
    pub(super) fn differences(&self, other: &Self) -> Vec<(SettingName, String, String)> {
        let (mine, others) = (self.settings(), other.settings());
        let value = |settings: &[(SettingName, String)], name: &SettingName| {
            let found = settings.iter().find(|(known, _)| known == name);
            found.map_or_else(|| NONE.to_owned(), |(_, value)| value.clone())
        };
        let is_new = |(name, _): &&(SettingName, String)| !mine.iter().any(|(known, _)| known == name);
        let names = mine
            .iter()
            .chain(others.iter().filter(is_new))
            .map(|(name, _)| name);
        names
            .map(|name| (name.clone(), value(&mine, name), value(&others, name)))
            .filter(|(_, from, to)| from != to)
            .collect()
    }

    /// The rows of a table: each setting in words, and its value.
    pub fn rows(&self) -> impl Iterator<Item = (String, String)> {
        self.settings()
            .into_iter()
            .map(|(setting, value)| (setting.words(), value))
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
