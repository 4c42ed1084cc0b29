//! Finding a ticket's options by what people call them: type, SLA, priority, outcome, status, agent, team.

use super::naming;
use crate::{
    failure::Failure,
    halo::{self, Halo},
    model::{Outcome, Priority, Reference},
    plan::names::Named,
};

/// The ticket type that a text names.
///
/// # Errors
/// Exit code 2 if it names none or several.
pub async fn ticket_type(halo: &Halo, text: &str) -> anyhow::Result<Reference> {
    naming::find("ticket type", text, &halo.ticket_types().await?).map(reference)
}

/// The SLA that a text names.
///
/// # Errors
/// Exit code 2 if it names none or several.
pub async fn sla(halo: &Halo, text: &str) -> anyhow::Result<Reference> {
    naming::find("SLA", text, &halo.slas().await?).map(reference)
}

/// The priority that a text names among those of an SLA.
///
/// # Errors
/// Exit code 2 if there is no SLA, no such priority, or the priority is another SLA's.
pub async fn priority(halo: &Halo, sla: Option<&Reference>, text: &str) -> anyhow::Result<Reference> {
    let Some(sla) = sla else {
        return Err(
            Failure::usage("a priority has a meaning only together with an SLA")
                .hint("give the SLA too: --sla")
                .into(),
        );
    };
    let priorities = halo.priorities(sla.id).await?;
    priority_of(sla, text, &priorities)
}

/// The priority that a text names among those of this SLA.
///
/// # Errors
/// Exit code 2 if there is no such priority, or it is another SLA's.
pub fn priority_of(sla: &Reference, text: &str, priorities: &[Priority]) -> anyhow::Result<Reference> {
    naming::find("priority", text, priorities)
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

/// The outcomes to choose from: those of the ticket type, if one is chosen.
///
/// # Errors
/// Halo's lists of outcomes cannot be read.
pub async fn outcomes(halo: &Halo, ticket_type: Option<&Reference>) -> Result<Vec<Outcome>, halo::Error> {
    match ticket_type {
        Some(kind) => halo.outcomes_of(kind.id).await,
        None => halo.outcomes().await,
    }
}

/// The outcome that a text names among those to choose from.
///
/// # Errors
/// Exit code 2 if it names none or several; those of the ticket type are listed.
pub fn outcome<'a>(
    offered: &'a [Outcome],
    ticket_type: Option<&Reference>,
    text: &str,
) -> anyhow::Result<&'a Outcome> {
    naming::find("outcome", text, offered).map_err(|error| match (error.downcast::<Failure>(), ticket_type) {
        (Ok(failure), Some(kind)) => {
            Failure::usage(format!("{} for tickets of type {}", failure.message, kind.name))
                .hint(format!("its outcomes: {}", listed(offered)))
                .into()
        }
        (Ok(failure), None) => failure.into(),
        (Err(error), _) => error,
    })
}

/// The record that a text names, where no command lists such records: the error does.
///
/// # Errors
/// Exit code 2 if it names none or several.
pub fn find<'a, T: Named>(what: &str, text: &str, records: &'a [T]) -> anyhow::Result<&'a T> {
    naming::find(what, text, records).map_err(|error| match error.downcast::<Failure>() {
        Ok(failure) => failure.hint(format!("there are: {}", listed(records))).into(),
        Err(error) => error,
    })
}

/// The most records that a message lists.
const MOST: usize = 30;

/// What records are called, for a message.
pub fn listed<T: Named>(records: &[T]) -> String {
    let mut labels: Vec<String> = records.iter().take(MOST).map(Named::label).collect();
    if records.len() > MOST {
        labels.push(format!("and {} more", records.len() - MOST));
    }
    labels.join(", ")
}

/// Finds one of Halo's records by id or name.
pub fn reference<T: Named>(record: &T) -> Reference {
    let id = record
        .ids()
        .first()
        .and_then(|id| id.parse().ok())
        .unwrap_or_default();
    Reference::new(id, record.name())
}
