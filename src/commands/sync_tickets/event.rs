//! What is recorded of a run in the ledger of tickets.

use crate::{
    change::{Decision, Outcome, Plan},
    context::Context,
    plan::ticket_life::ErrorTicket,
    store::{NewTicketEvent, Store},
};

/// Records what was done, and what failed.
pub(super) async fn record(
    context: &Context,
    store: &Store,
    command: &str,
    plan: &Plan<ErrorTicket>,
) -> anyhow::Result<()> {
    let events: Vec<NewTicketEvent> = plan
        .decided(Decision::Apply)
        .filter(|change| matches!(change.outcome, Some(Outcome::Done | Outcome::Failed(_))))
        .map(|change| {
            let subject = &change.subject;
            NewTicketEvent {
                organization: subject.organization.clone(),
                customer: subject.customer.clone(),
                error: subject.error.clone().unwrap_or_default(),
                accounts: subject.accounts.len(),
                ticket: subject.ticket,
                status: change.status(),
                reason: change.because().map(ToString::to_string),
            }
        })
        .collect();
    store
        .record_ticket_events(&context.profile, command, &events)
        .await?;
    Ok(())
}
