//! Asking a person for every setting, with the configured values as defaults.

use super::{of_errors, outcomes};
use crate::{
    commands::ticket_options::{self, reference},
    context::Context,
    halo::Halo,
    model::{Configuration, OnRecovery, Outcome, Reference, SeatMetric},
    plan::names::Named,
};

/// Asks for every setting.
///
/// # Errors
/// There is no connection, a list cannot be read, or the person stops it.
pub(super) async fn ask(context: &Context, before: &Configuration) -> anyhow::Result<Configuration> {
    context.connection()?;
    let halo = context.halo().await?;
    let sync_seats = ask_sync_seats(context, before).await?;
    let seat_metric = ask_seat_metric(context, before).await?;
    let ticket_type = choose(
        context,
        "Ticket type",
        &halo.ticket_types().await?,
        before.ticket_type.as_ref(),
    )
    .await?;
    let sla = choose(context, "SLA", &halo.slas().await?, before.sla.as_ref()).await?;
    let priority = match &sla {
        Some(sla) => ask_priority(context, &halo, sla, before).await?,
        None => None,
    };
    let offered = ticket_options::outcomes(&halo, ticket_type.as_ref()).await?;
    let note_outcome = choose(
        context,
        "Outcome of notes",
        &offered,
        before.note_outcome.as_ref(),
    )
    .await?;
    let chosen = |outcome: &&Outcome| note_outcome.as_ref().is_some_and(|note| note.id == outcome.id);
    if let Some(outcome) = offered.iter().find(chosen) {
        outcomes::warn_of_mail(context, outcome);
    }
    let mut after = Configuration {
        vendor_sync: before.vendor_sync,
        fair_use: before.fair_use,
        time_zone: before.time_zone.clone(),
        sync_seats: Some(sync_seats),
        seat_metric,
        ticket_type,
        sla,
        priority,
        note_outcome,
        tickets: before.tickets.clone(),
        metric_before_reset: None,
    };
    after.tickets.closing_outcome = outcomes::still_offered(
        context,
        "that closes tickets",
        &offered,
        before.tickets.closing_outcome.clone(),
    );
    after.tickets.on_recovery = Some(ask_on_recovery(context, before).await?);
    if after.tickets.on_recovery() == OnRecovery::Close {
        outcomes::ask(context, &halo, &offered, &mut after).await?;
    }
    let dropped = of_errors::drop_priorities(before, &mut after);
    of_errors::warn_of(context, dropped.iter());
    Ok(after)
}

async fn ask_on_recovery(context: &Context, before: &Configuration) -> anyhow::Result<OnRecovery> {
    let choices = [
        "close    the ticket gets a note and is closed",
        "note     the ticket gets a note and stays open",
        "nothing  the ticket is left as it is",
    ];
    let configured = before.tickets.on_recovery();
    let position = OnRecovery::ALL.iter().position(|known| *known == configured);
    let chosen = context
        .ui
        .select(
            "When a backup has recovered",
            choices.map(ToOwned::to_owned).to_vec(),
            position.unwrap_or(0),
        )
        .await?;
    Ok(OnRecovery::ALL.get(chosen).copied().unwrap_or(configured))
}

async fn ask_sync_seats(context: &Context, before: &Configuration) -> anyhow::Result<bool> {
    let on = before.sync_seats.unwrap_or(true);
    let items = vec!["on".to_owned(), "off".to_owned()];
    let label = "Sync seats to the licenses' quantities";
    Ok(context.ui.select(label, items, usize::from(!on)).await? == 0)
}

async fn ask_seat_metric(context: &Context, before: &Configuration) -> anyhow::Result<Option<SeatMetric>> {
    let metrics = [
        "used       seats consumed now",
        "active     without deactivated accounts",
        "purchased  the purchased total",
        "required   required seats",
    ];
    let metric = before.metric_before_reset.unwrap_or(before.metric());
    let position = SeatMetric::ALL.iter().position(|known| *known == metric);
    let chosen = context
        .ui
        .select(
            "Seat metric: which seats are billed",
            metrics.map(ToOwned::to_owned).to_vec(),
            position.unwrap_or(0),
        )
        .await?;
    Ok(SeatMetric::ALL.get(chosen).copied())
}

async fn ask_priority(
    context: &Context,
    halo: &Halo,
    sla: &Reference,
    before: &Configuration,
) -> anyhow::Result<Option<Reference>> {
    let label = format!("Priority (of {})", sla.name);
    let priorities = halo.priorities(sla.id).await?;
    choose(context, &label, &priorities, before.priority.as_ref()).await
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
