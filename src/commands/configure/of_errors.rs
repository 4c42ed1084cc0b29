//! What is different for tickets of single errors.

use std::collections::BTreeMap;

use crate::{
    cli::{self, OfError},
    commands::{naming, ticket_options},
    context::Context,
    failure::Failure,
    model::{Configuration, Priority, Reference},
    plan::names::Named,
};

/// Applies the flags of single errors, and drops the priorities that no longer fit.
///
/// # Errors
/// Exit code 2 for a name that matches nothing, or a priority that is not one of the tickets' SLA.
pub(super) async fn apply(
    context: &Context,
    arguments: &cli::Configure,
    before: &Configuration,
    after: &mut Configuration,
) -> anyhow::Result<()> {
    let of_errors = &mut after.tickets.of_errors;
    if !arguments.ticket_type_of.is_empty() {
        let types = if any_is_given(&arguments.ticket_type_of) {
            context.halo().await?.ticket_types().await?
        } else {
            Vec::new()
        };
        for of_error in &arguments.ticket_type_of {
            let found = named("ticket type", of_error, &types)?;
            of_errors.entry(of_error.error.clone()).or_default().ticket_type = found;
        }
    }
    if !arguments.sla_of.is_empty() {
        let slas = if any_is_given(&arguments.sla_of) {
            context.halo().await?.slas().await?
        } else {
            Vec::new()
        };
        for of_error in &arguments.sla_of {
            let found = named("SLA", of_error, &slas)?;
            of_errors.entry(of_error.error.clone()).or_default().sla = found;
        }
    }
    let dropped = drop_priorities(before, after);
    let mut read: BTreeMap<i64, Vec<Priority>> = BTreeMap::new();
    for OfError { error, value } in &arguments.priority_of {
        let priority = match value {
            None => None,
            Some(text) => {
                let sla = (after.tickets.sla_of(error, after.sla.as_ref()).cloned()).ok_or_else(|| {
                    Failure::usage("a priority has a meaning only together with an SLA").hint(format!(
                        "give the SLA too: --sla-of {error}=SLA, or --sla for all tickets"
                    ))
                })?;
                let priorities = match read.remove(&sla.id) {
                    Some(priorities) => priorities,
                    None => context.halo().await?.priorities(sla.id).await?,
                };
                let found = ticket_options::priority_of(&sla, text, &priorities)?;
                read.insert(sla.id, priorities);
                Some(found)
            }
        };
        let options = after.tickets.of_errors.entry(error.clone()).or_default();
        options.priority = priority;
    }
    after.tickets.of_errors.retain(|_, options| !options.is_empty());
    let is_given = |error: &&String| arguments.priority_of.iter().any(|given| given.error == **error);
    warn_of(context, dropped.iter().filter(|error| !is_given(error)));
    Ok(())
}

/// Whether any of the flags names a record.
fn any_is_given(flags: &[OfError]) -> bool {
    flags.iter().any(|flag| flag.value.is_some())
}

fn named<T: Named>(what: &str, flag: &OfError, records: &[T]) -> anyhow::Result<Option<Reference>> {
    let found = flag
        .value
        .as_deref()
        .map(|text| naming::find(what, text, records));
    Ok(found.transpose()?.map(ticket_options::reference))
}

/// Drops the priorities of single errors whose tickets get another SLA now: a priority is meaningless without its
/// SLA. Gives those errors.
pub(super) fn drop_priorities(before: &Configuration, after: &mut Configuration) -> Vec<String> {
    let id = |configuration: &Configuration, error: &str| {
        let sla = configuration.tickets.sla_of(error, configuration.sla.as_ref());
        sla.map(|sla| sla.id)
    };
    let has_another = |(error, _): &(&String, _)| id(before, error) != id(after, error);
    let with_priority = (after.tickets.of_errors.iter()).filter(|(_, options)| options.priority.is_some());
    let dropped: Vec<String> = with_priority
        .filter(has_another)
        .map(|(error, _)| error.clone())
        .collect();
    for error in &dropped {
        if let Some(options) = after.tickets.of_errors.get_mut(error) {
            options.priority = None;
        }
    }
    after.tickets.of_errors.retain(|_, options| !options.is_empty());
    dropped
}

/// Says which priorities were dropped.
pub(super) fn warn_of<'a>(context: &Context, dropped: impl Iterator<Item = &'a String>) {
    for error in dropped {
        context.ui.warn(format!(
            "the priority of {error} belonged to the old SLA and is no longer configured"
        ));
    }
}
