//! What was done to tickets.

use serde::Serialize;

use crate::{
    commands::naming,
    context::Context,
    model::Reference,
    store::{Store, TicketEvent},
    ui::{Align, Format, Table},
};

#[derive(Serialize)]
struct EventView {
    recorded_at: String,
    command: String,
    user: String,
    host: String,
    organization: Reference<String>,
    customer: Option<Reference>,
    error: String,
    accounts: i64,
    ticket: Option<i64>,
    status: String,
    reason: Option<String>,
}

impl From<TicketEvent> for EventView {
    fn from(event: TicketEvent) -> Self {
        Self {
            recorded_at: event.recorded_at,
            command: event.command,
            user: event.user,
            host: event.host,
            organization: event.organization,
            customer: event.customer,
            error: event.error,
            accounts: event.accounts,
            ticket: event.ticket,
            status: event.status,
            reason: event.reason,
        }
    }
}

/// The id of the organization that the text names: one that is mapped, or else one of which tickets are recorded.
pub(super) async fn organization_id(context: &Context, store: &Store, text: &str) -> anyhow::Result<String> {
    let mappings = store.mappings(&context.profile).await?;
    let error = match naming::mapping(text, &mappings) {
        Ok(mapping) => return Ok(mapping.organization.id.clone()),
        Err(error) => error,
    };
    let mut known: Vec<Reference<String>> = store
        .ticket_events(&context.profile, "", None)
        .await?
        .into_iter()
        .map(|event| event.organization)
        .collect();
    known.sort();
    known.dedup_by(|one, other| one.id == other.id);
    match naming::find("organization", text, &known) {
        Ok(organization) => Ok(organization.id.clone()),
        Err(_) => Err(error),
    }
}

/// Shows what was done to tickets, the newest first.
pub(super) async fn show(
    context: &Context,
    store: &Store,
    organization: Option<&str>,
    since: &str,
) -> anyhow::Result<()> {
    let events = store.ticket_events(&context.profile, since, organization).await?;
    if context.ui.format() == Format::Json {
        let events: Vec<EventView> = events.into_iter().map(EventView::from).collect();
        context.ui.json(&events);
        return Ok(());
    }
    let mut table = Table::new(&[
        ("recorded at", Align::Left),
        ("ticket", Align::Right),
        ("status", Align::Left),
        ("organization", Align::Left),
        ("error", Align::Left),
        ("accounts", Align::Right),
        ("by", Align::Left),
        ("command", Align::Left),
        ("reason", Align::Left),
    ])
    .expendable(&["command", "by", "accounts"])
    .sentence_last();
    let is_empty = events.is_empty();
    for event in events {
        table.row([
            event.recorded_at,
            event.ticket.map(|ticket| ticket.to_string()).unwrap_or_default(),
            event.status,
            event.organization.to_string(),
            event.error,
            event.accounts.to_string(),
            format!("{}@{}", event.user, event.host),
            event.command,
            event.reason.unwrap_or_default(),
        ]);
    }
    context.ui.table(&table);
    if is_empty {
        context.ui.note("Nothing was done to tickets");
    }
    Ok(())
}
