//! The outcomes of notes, and how tickets are closed.

use crate::{
    cli,
    commands::ticket_options::{self, listed, reference},
    context::Context,
    failure::Failure,
    halo::Halo,
    model::{Configuration, OnRecovery, Outcome, Reference, TicketStatus},
    plan::{closing, names::Named},
};

/// Applies the flags of outcomes and of the closing status, drops the outcomes that tickets can no longer have, and
/// chooses how tickets are closed if they are to be and nobody has said how.
///
/// # Errors
/// Exit code 2 for a name that matches nothing, or if there is no telling what closes a ticket.
pub(super) async fn apply(
    context: &Context,
    arguments: &cli::Configure,
    before: &Configuration,
    after: &mut Configuration,
) -> anyhow::Result<()> {
    let closes = after.tickets.on_recovery() == OnRecovery::Close;
    let is_other_type = id_of(&before.ticket_type) != id_of(&after.ticket_type);
    let is_any_named = arguments.note_outcome.is_some() || arguments.closing_outcome.is_some();
    let is_any_kept = after.note_outcome.is_some() || after.tickets.closing_outcome.is_some();
    let is_any_missing = closes && after.tickets.closing_outcome.is_none();
    if is_any_named || (is_other_type && is_any_kept) || is_any_missing {
        let halo = context.halo().await?;
        let offered = ticket_options::outcomes(&halo, after.ticket_type.as_ref()).await?;
        let kind = after.ticket_type.as_ref();
        let named = |text: &str| -> anyhow::Result<Reference> {
            let outcome = ticket_options::outcome(&offered, kind, text)?;
            warn_of_mail(context, outcome);
            Ok(reference(outcome))
        };
        let note = match &arguments.note_outcome {
            Some(text) => Some(named(text)?),
            None => still_offered(context, "of notes", &offered, after.note_outcome.clone()),
        };
        let closing = match &arguments.closing_outcome {
            Some(text) => Some(named(text)?),
            None => {
                let kept = after.tickets.closing_outcome.clone();
                still_offered(context, "that closes tickets", &offered, kept)
            }
        };
        let closing = match closing {
            None if closes => {
                let outcome = closing_outcome(&offered, kind)?;
                say_chosen(context, "outcome", &outcome.name, "--closing-outcome");
                warn_of_mail(context, outcome);
                Some(reference(outcome))
            }
            closing => closing,
        };
        after.note_outcome = note;
        after.tickets.closing_outcome = closing;
    }
    let is_status_missing = closes && after.tickets.closing_status.is_none();
    if arguments.closing_status.is_some() || is_status_missing {
        let statuses = context.halo().await?.ticket_statuses().await?;
        let status = match &arguments.closing_status {
            Some(text) => ticket_options::find("ticket status", text, &statuses)?,
            None => {
                let status = closing_status(&statuses)?;
                say_chosen(context, "status", &status.name, "--closing-status");
                status
            }
        };
        after.tickets.closing_status = Some(reference(status));
    }
    Ok(())
}

/// How tickets are closed, as a person chooses it where the names leave a doubt.
///
/// # Errors
/// A list cannot be read, or the person stops it.
pub(super) async fn ask(
    context: &Context,
    halo: &Halo,
    offered: &[Outcome],
    after: &mut Configuration,
) -> anyhow::Result<()> {
    if after.tickets.closing_outcome.is_none() {
        let outcome = match closing::unmistakable(offered, &closing::OUTCOMES) {
            Some(outcome) => outcome,
            None => pick(context, "Outcome that closes tickets", offered).await?,
        };
        say_chosen(context, "outcome", &outcome.name, "--closing-outcome");
        warn_of_mail(context, outcome);
        after.tickets.closing_outcome = Some(reference(outcome));
    }
    if after.tickets.closing_status.is_none() {
        let statuses = halo.ticket_statuses().await?;
        let status = match closing::unmistakable(&statuses, &closing::STATUSES) {
            Some(status) => status,
            None => pick(context, "Status of closed tickets", &statuses).await?,
        };
        say_chosen(context, "status", &status.name, "--closing-status");
        after.tickets.closing_status = Some(reference(status));
    }
    Ok(())
}

async fn pick<'a, T: Named>(context: &Context, label: &str, records: &'a [T]) -> anyhow::Result<&'a T> {
    let items = records.iter().map(|record| record.name().to_owned()).collect();
    let chosen = context.ui.pick(label, items).await?;
    records
        .get(chosen)
        .ok_or_else(|| Failure::failed("Halo has nothing to choose from").into())
}

fn id_of(reference: &Option<Reference>) -> Option<i64> {
    reference.as_ref().map(|reference| reference.id)
}

/// The outcome, if tickets can still have it.
pub(super) fn still_offered(
    context: &Context,
    what: &str,
    offered: &[Outcome],
    outcome: Option<Reference>,
) -> Option<Reference> {
    let outcome = outcome?;
    if offered.iter().any(|offered| offered.id == outcome.id) {
        return Some(outcome);
    }
    context.ui.warn(format!(
        "the outcome {what} does not belong to the new ticket type and is no longer configured"
    ));
    None
}

/// The outcome that closes a ticket without a doubt.
///
/// # Errors
/// Exit code 2 if there is none; it lists what there is.
fn closing_outcome<'a>(
    offered: &'a [Outcome],
    ticket_type: Option<&Reference>,
) -> Result<&'a Outcome, Failure> {
    closing::unmistakable(offered, &closing::OUTCOMES).ok_or_else(|| {
        let of_type =
            ticket_type.map_or_else(String::new, |kind| format!(" of the ticket type {}", kind.name));
        Failure::usage(format!(
            "no outcome{of_type} is unmistakably the one that closes a ticket"
        ))
        .hint(format!(
            "name it with --closing-outcome, and the status with --closing-status; the outcomes: {}",
            listed(offered)
        ))
    })
}

/// The status of a closed ticket, without a doubt.
///
/// # Errors
/// Exit code 2 if there is none; it lists what there is.
fn closing_status(statuses: &[TicketStatus]) -> Result<&TicketStatus, Failure> {
    closing::unmistakable(statuses, &closing::STATUSES).ok_or_else(|| {
        Failure::usage("no ticket status is unmistakably that of a closed ticket").hint(format!(
            "name it with --closing-status, and the outcome with --closing-outcome; the statuses: {}",
            listed(statuses)
        ))
    })
}

fn say_chosen(context: &Context, what: &str, name: &str, flag: &str) {
    context.ui.note(format!(
        "Tickets are closed with the {what} {name}; {flag} names another"
    ));
}

/// Says that an outcome sends email to the customer, if it does.
pub(super) fn warn_of_mail(context: &Context, outcome: &Outcome) {
    if outcome.sends_email {
        context.ui.warn(format!(
            "the outcome {} sends email to the customer: halolink hides its notes, so Halo should send none, but an \
             outcome without email is safer",
            outcome.name
        ));
    }
}
