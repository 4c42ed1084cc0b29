//! The configuration that the flags ask for.

use super::{of_errors, outcomes, ticket_fields};
use crate::{
    cli::{self, FairUseOrOff, OrOff, Switch, ZoneOrSystem},
    commands::ticket_options,
    context::Context,
    model::Configuration,
};

/// True if any flag configures something.
pub(super) fn are_given(arguments: &cli::Configure) -> bool {
    let of_tickets = [
        arguments.grace.is_some(),
        arguments.stale_after.is_some(),
        arguments.remind.is_some(),
        arguments.on_recovery.is_some(),
        !arguments.ticket_type_of.is_empty(),
        !arguments.sla_of.is_empty(),
        !arguments.priority_of.is_empty(),
        !arguments.ticket_field.is_empty(),
    ];
    let of_records = [
        &arguments.ticket_type,
        &arguments.sla,
        &arguments.priority,
        &arguments.note_outcome,
        &arguments.closing_outcome,
        &arguments.closing_status,
    ];
    arguments.sync_seats.is_some()
        || arguments.vendor_sync.is_some()
        || arguments.fair_use.is_some()
        || arguments.time_zone.is_some()
        || arguments.seat_metric.is_some()
        || of_tickets.contains(&true)
        || of_records.iter().any(|flag| flag.is_some())
}

/// The old configuration with the changes that the flags ask for.
///
/// # Errors
/// Exit code 2 for a name that matches nothing, or a record that does not fit the rest.
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
    if let Some(switch) = arguments.vendor_sync {
        after.vendor_sync = Some(switch == Switch::On);
    }
    if let Some(FairUseOrOff(fair_use)) = arguments.fair_use {
        after.fair_use = fair_use;
    }
    if let Some(ZoneOrSystem(zone)) = &arguments.time_zone {
        after.time_zone.clone_from(zone);
    }
    // Halo is asked only where a flag needs it: the others need no secret.
    if let Some(text) = &arguments.ticket_type {
        let halo = context.halo().await?;
        after.ticket_type = Some(ticket_options::ticket_type(&halo, text).await?);
    }
    if let Some(text) = &arguments.sla {
        let halo = context.halo().await?;
        after.set_sla(ticket_options::sla(&halo, text).await?);
    }
    if let Some(text) = &arguments.priority {
        let halo = context.halo().await?;
        after.priority = Some(ticket_options::priority(&halo, after.sla.as_ref(), text).await?);
    } else if before.priority.is_some() && after.priority.is_none() {
        context
            .ui
            .warn("the priority belonged to the old SLA and is no longer configured");
    }
    if let Some(grace) = arguments.grace {
        after.tickets.grace = Some(grace);
    }
    if let Some(OrOff(seconds)) = arguments.stale_after {
        after.tickets.stale_after = seconds;
    }
    if let Some(OrOff(seconds)) = arguments.remind {
        after.tickets.remind = seconds;
    }
    after.tickets.on_recovery = arguments.on_recovery.or(after.tickets.on_recovery);
    of_errors::apply(context, arguments, before, &mut after).await?;
    outcomes::apply(context, arguments, before, &mut after).await?;
    ticket_fields::apply(context, arguments, &mut after).await?;
    Ok(after)
}
