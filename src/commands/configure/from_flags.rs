//! The configuration that the flags ask for.

use crate::{
    cli::{self, Switch},
    commands::ticket_options,
    context::Context,
    halo::Halo,
    model::{Configuration, Reference},
};

/// True if any flag configures something.
pub(super) fn are_given(arguments: &cli::Configure) -> bool {
    arguments.sync_seats.is_some() || arguments.seat_metric.is_some() || ask_halo(arguments)
}

/// True if any flag names a record in Halo.
fn ask_halo(arguments: &cli::Configure) -> bool {
    [
        &arguments.ticket_type,
        &arguments.sla,
        &arguments.priority,
        &arguments.note_outcome,
    ]
    .iter()
    .any(|flag| flag.is_some())
}

/// The old configuration with the changes that the flags ask for.
///
/// # Errors
/// Exit code 2 for a name that matches nothing, or a priority or an outcome that does not fit the rest.
pub(super) async fn apply(
    context: &Context,
    arguments: &cli::Configure,
    before: &Configuration,
) -> anyhow::Result<Configuration> {
    // A connection is required even if nothing has to be read from Halo.
    context.connection()?;
    let mut after = before.clone();
    if let Some(switch) = arguments.sync_seats {
        after.sync_seats = Some(switch == Switch::On);
    }
    if let Some(metric) = arguments.seat_metric {
        after.seat_metric = Some(metric);
        after.metric_before_reset = None;
    }
    if ask_halo(arguments) {
        let halo = context.halo().await?;
        if let Some(text) = &arguments.ticket_type {
            after.ticket_type = Some(ticket_options::ticket_type(&halo, text).await?);
        }
        if let Some(text) = &arguments.sla {
            after.set_sla(ticket_options::sla(&halo, text).await?);
        }
        if let Some(text) = &arguments.priority {
            after.priority = Some(ticket_options::priority(&halo, after.sla.as_ref(), text).await?);
        } else if before.priority.is_some() && after.priority.is_none() {
            context
                .ui
                .warn("the priority belonged to the old SLA and is no longer configured");
        }
        after.note_outcome = note_outcome(context, &halo, arguments, before, &after).await?;
    }
    Ok(after)
}

/// The outcome of notes: the one that the flag names, or the old one if tickets can still have it.
async fn note_outcome(
    context: &Context,
    halo: &Halo,
    arguments: &cli::Configure,
    before: &Configuration,
    after: &Configuration,
) -> anyhow::Result<Option<Reference>> {
    let ticket_type = after.ticket_type.as_ref();
    if let Some(text) = &arguments.note_outcome {
        return Ok(Some(ticket_options::outcome(halo, ticket_type, text).await?));
    }
    let id_of = |reference: &Option<Reference>| reference.as_ref().map(|reference| reference.id);
    let Some(outcome) = &before.note_outcome else {
        return Ok(None);
    };
    if id_of(&before.ticket_type) == id_of(&after.ticket_type) {
        return Ok(before.note_outcome.clone());
    }
    let offered = ticket_options::outcomes(halo, ticket_type).await?;
    if offered.iter().any(|offered| offered.id == outcome.id) {
        return Ok(before.note_outcome.clone());
    }
    context
        .ui
        .warn("the outcome of notes does not belong to the new ticket type and is no longer configured");
    Ok(None)
}
