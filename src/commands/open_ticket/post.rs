//! Posting a ticket once.
//!
//! Creating a ticket is not idempotent, and a lost answer does not say whether it exists. So: look in
//! Halo, record the intent with the tickets that look the same already, post, record the number. After an
//! unclear answer, or when an intent without a number is found later (the process was killed), look for
//! a ticket that was not there before, and post again only if there is none.

use std::time::Duration;

use crate::{
    context::Context,
    failure::Failure,
    halo::{Halo, NewTicket},
    plan::tickets::is_same,
    store::{OpenedTicket, Store, TicketKey},
};

/// How often a ticket is posted in all, each time only after it was looked for.
const TRIES: usize = 3;
/// Pauses before looking for what an unanswered request may still be creating.
const LOOKS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];

/// The ticket that is wanted, and what makes it the same as another.
pub(super) struct Wanted {
    pub key: TicketKey,
    pub ticket: NewTicket,
}

/// What came of it; the number.
pub(super) enum Found {
    /// Posted now.
    Opened(i64),
    /// It was open before.
    Before(i64),
    /// Posted by a request whose answer was lost.
    Recovered(i64),
}

/// The open ticket that is this one already, if there is one.
pub(super) async fn open_already(
    halo: &Halo,
    store: &Store,
    profile: &str,
    wanted: &Wanted,
) -> anyhow::Result<Option<i64>> {
    for record in store.opened_tickets(profile, &wanted.key).await? {
        if let Some(id) = record.ticket_id
            && is_open(halo, id).await?
        {
            return Ok(Some(id));
        }
    }
    Ok(same_tickets(halo, wanted, true).await?.first().copied())
}

/// Opens the ticket, unless it is open already and `new` does not ask for another.
pub(super) async fn open(
    context: &Context,
    halo: &Halo,
    store: &Store,
    wanted: &Wanted,
    new: bool,
) -> anyhow::Result<Found> {
    let profile = &context.profile;
    let mut pending = None;
    for record in store.opened_tickets(profile, &wanted.key).await? {
        match record.ticket_id {
            Some(_) if new => {}
            Some(id) if is_open(halo, id).await? => return Ok(Found::Before(id)),
            Some(_) => store.ticket_closed(record.id).await?,
            None => {
                pending.get_or_insert(record);
            }
        }
    }
    let same = same_tickets(halo, wanted, true).await?;
    let record = match pending {
        // A run was killed between intent and outcome: is there a ticket that was not there before?
        Some(record) => {
            if let Some(id) = unknown(&same, &record) {
                store.ticket_opened(record.id, id).await?;
                return Ok(Found::Recovered(id));
            }
            record
        }
        None => {
            if let Some(id) = same.first().filter(|_| !new) {
                let record = store
                    .intend_ticket(profile, wanted.ticket.customer, &wanted.key, &same)
                    .await?;
                store.ticket_opened(record.id, *id).await?;
                return Ok(Found::Before(*id));
            }
            store
                .intend_ticket(profile, wanted.ticket.customer, &wanted.key, &same)
                .await?
        }
    };
    post(context, halo, store, wanted, &record).await
}

async fn post(
    context: &Context,
    halo: &Halo,
    store: &Store,
    wanted: &Wanted,
    record: &OpenedTicket,
) -> anyhow::Result<Found> {
    for attempt in 1..=TRIES {
        match halo.create_ticket(&wanted.ticket).await {
            Ok(Some(id)) => {
                store.ticket_opened(record.id, id).await?;
                return Ok(Found::Opened(id));
            }
            // Taken, but the answer carries no number: that is an unclear answer too.
            Ok(None) => {}
            Err(error) if error.is_unclear() => {
                context.ui.detail(1, &format!("{error}; looking for the ticket"));
            }
            Err(error) => {
                // Refused, or never sent: there is no ticket to look for later.
                store.ticket_closed(record.id).await?;
                let refused = error.is_refusal();
                let error = anyhow::Error::from(error);
                return Err(if refused {
                    with_advice(context, &error)
                } else {
                    error
                });
            }
        }
        for pause in LOOKS {
            tokio::time::sleep(pause).await;
            // Everything open, not Halo's search: that may not know a new ticket yet.
            let same = same_tickets(halo, wanted, false).await?;
            if let Some(id) = unknown(&same, record) {
                store.ticket_opened(record.id, id).await?;
                return Ok(Found::Recovered(id));
            }
        }
        context.ui.detail(
            1,
            &format!("the ticket is not in Halo (try {attempt} of {TRIES})"),
        );
    }
    Err(Failure::try_later(format!(
        "Halo did not say whether it opened the ticket \"{}\", and does not show it",
        wanted.ticket.summary
    ))
    .hint("run the command again: it looks for the ticket before it posts another")
    .into())
}

fn with_advice(context: &Context, error: &anyhow::Error) -> anyhow::Error {
    let failure = crate::failure::explain(error);
    Failure {
        hint: Some(
            format!(
                "a ticket type can make fields mandatory; choose another: {}",
                context.command("configure --ticket-type TYPE")
            )
            .into(),
        ),
        ..failure
    }
    .into()
}

/// The first ticket that was not known when the intent was recorded.
fn unknown(same: &[i64], record: &OpenedTicket) -> Option<i64> {
    same.iter().find(|id| !record.known_ids.contains(id)).copied()
}

/// Whether a ticket is there and not closed.
async fn is_open(halo: &Halo, id: i64) -> anyhow::Result<bool> {
    Ok(halo
        .ticket(id)
        .await?
        .is_some_and(|ticket| ticket.closed != Some(true)))
}

/// The open tickets of the customer that are this one, by summary and organization; the newest first.
async fn same_tickets(halo: &Halo, wanted: &Wanted, search: bool) -> anyhow::Result<Vec<i64>> {
    let summary = &wanted.ticket.summary;
    let organization = &wanted.key.organization;
    let mut same = Vec::new();
    let listed = halo
        .open_tickets(wanted.ticket.customer, search.then_some(summary.as_str()))
        .await?;
    for ticket in listed {
        if !is_same(summary, organization, &ticket.summary, None) {
            continue;
        }
        // A list row has no text and may have no word on being closed: the ticket itself does.
        if let Some(whole) = halo.ticket(ticket.id).await?
            && whole.closed != Some(true)
            && is_same(summary, organization, &ticket.summary, whole.details.as_deref())
        {
            same.push(ticket.id);
        }
    }
    same.sort_unstable_by(|one, other| other.cmp(one));
    Ok(same)
}
