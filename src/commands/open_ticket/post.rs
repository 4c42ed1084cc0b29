//! Posting a ticket once.
//!
//! Creating a ticket is not idempotent, and a lost answer does not say whether it exists. So: look in
//! Halo, record the intent with the tickets that look the same already, post, record the number. After an
//! unclear answer, or for an intent without a number that a killed run left, the list of the customer's
//! open tickets is read until whatever was sent must have appeared, and only then it is posted again.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use crate::{
    commands::pending::{Look, look_until_settled},
    context::Context,
    failure::Failure,
    halo::Halo,
    model::NewTicket,
    plan::tickets::{Identity, is_searchable},
    store::{OpenedTicket, Store, TicketKey},
};

/// How often a ticket is posted in all, each time only after it was looked for.
const TRIES: usize = 3;

/// The ticket that is wanted, and what makes it the same as another.
pub(super) struct Wanted {
    pub key: TicketKey,
    pub ticket: NewTicket,
}

impl Wanted {
    fn identity(&self) -> Identity<'_> {
        Identity {
            summary: &self.ticket.summary,
            organization_id: &self.key.organization,
            account: &self.key.account,
        }
    }
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

/// Which of the customer's open tickets are looked through.
#[derive(Clone, Copy, PartialEq)]
enum Among {
    /// Those that Halo's search finds.
    Search,
    /// All: the search may not know a new one yet, or take the text for a pattern.
    List,
}

impl Among {
    fn for_first_look(wanted: &Wanted, all: bool) -> Self {
        if all || !is_searchable(&wanted.ticket.summary) {
            Among::List
        } else {
            Among::Search
        }
    }
}

/// The open ticket that is this one already, if there is one.
pub(super) async fn open_already(
    halo: &Halo,
    store: &Store,
    profile: &str,
    wanted: &Wanted,
) -> anyhow::Result<Option<i64>> {
    let mut pending = false;
    for record in store.opened_tickets(profile, &wanted.key).await? {
        match record.ticket_id {
            Some(id) if is_open(halo, id).await? => return Ok(Some(id)),
            Some(_) => {}
            None => pending = true,
        }
    }
    let others = store.other_tickets(profile, &wanted.key).await?;
    let among = Among::for_first_look(wanted, pending);
    Ok(same_tickets(halo, wanted, among, &others).await?.first().copied())
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
    let began = Instant::now();
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
    let others = store.other_tickets(profile, &wanted.key).await?;
    if let Some(record) = pending {
        // A run was killed between intent and outcome: is there a ticket that was not there before?
        return match settled(context, halo, wanted, &record, &others, record.age, began).await? {
            Look::Found(id) => {
                store.ticket_opened(record.id, id).await?;
                Ok(Found::Recovered(id))
            }
            Look::Absent => post(context, halo, store, wanted, &record, &others, began).await,
            Look::OutOfPatience => Err(not_shown(wanted)),
        };
    }
    // What is known before a forced one has to be complete: whatever is new afterwards is taken for it.
    let among = Among::for_first_look(wanted, new);
    let same = same_tickets(halo, wanted, among, &others).await?;
    let record = store.intend_ticket(profile, &wanted.key, &same).await?;
    if let Some(id) = same.first().filter(|_| !new) {
        store.ticket_opened(record.id, *id).await?;
        return Ok(Found::Before(*id));
    }
    post(context, halo, store, wanted, &record, &others, began).await
}

async fn post(
    context: &Context,
    halo: &Halo,
    store: &Store,
    wanted: &Wanted,
    record: &OpenedTicket,
    others: &HashSet<i64>,
    began: Instant,
) -> anyhow::Result<Found> {
    for attempt in 1..=TRIES {
        store.renew_ticket_intent(record.id).await?;
        let taken = match halo.create_ticket(&wanted.ticket).await {
            Ok(Some(id)) => {
                store.ticket_opened(record.id, id).await?;
                return Ok(Found::Opened(id));
            }
            // Taken, but the answer carries no number.
            Ok(None) => true,
            Err(error) if error.is_unclear() => {
                context.ui.detail(1, &format!("{error}; looking for the ticket"));
                false
            }
            Err(error) => {
                // Refused, or never sent: there is no ticket to look for later.
                store.forget_ticket_intent(record.id).await?;
                let refused = error.is_refusal();
                let error = anyhow::Error::from(error);
                return Err(if refused {
                    with_advice(context, &error)
                } else {
                    error
                });
            }
        };
        // The answer may have been long in coming: what is made late is late from here on.
        store.renew_ticket_intent(record.id).await?;
        match settled(context, halo, wanted, record, others, Duration::ZERO, began).await? {
            Look::Found(id) => {
                store.ticket_opened(record.id, id).await?;
                return Ok(Found::Recovered(id));
            }
            Look::Absent if taken => {
                // Halo said yes and does not show it: posting again could make two.
                store.forget_ticket_intent(record.id).await?;
                return Err(Failure::failed(format!(
                    "Halo took the ticket \"{}\" but does not list it",
                    wanted.ticket.summary
                ))
                .hint("look for it in Halo before opening it again")
                .into());
            }
            Look::Absent => context.ui.detail(
                1,
                &format!("the ticket is not in Halo (try {attempt} of {TRIES})"),
            ),
            Look::OutOfPatience => break,
        }
    }
    Err(not_shown(wanted))
}

/// Reads the customer's open tickets until the one that was sent `age` ago must have appeared.
async fn settled(
    context: &Context,
    halo: &Halo,
    wanted: &Wanted,
    record: &OpenedTicket,
    others: &HashSet<i64>,
    age: Duration,
    began: Instant,
) -> anyhow::Result<Look<i64>> {
    let not_it: HashSet<i64> = others.iter().chain(&record.known_ids).copied().collect();
    let what = format!("the ticket \"{}\"", wanted.ticket.summary);
    look_until_settled(context, &what, age, began, async || {
        let same = same_tickets(halo, wanted, Among::List, &not_it).await?;
        Ok(same.first().copied())
    })
    .await
}

fn not_shown(wanted: &Wanted) -> anyhow::Error {
    Failure::try_later(format!(
        "Halo did not say whether it opened the ticket \"{}\", and does not show it",
        wanted.ticket.summary
    ))
    .hint("run the command again: it looks for the ticket before it posts another")
    .into()
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

/// Whether a ticket is there and not closed.
async fn is_open(halo: &Halo, id: i64) -> anyhow::Result<bool> {
    Ok(halo
        .ticket(id)
        .await?
        .is_some_and(|ticket| ticket.closed != Some(true)))
}

/// The open tickets of the customer that are this one, except those known not to be; the newest first.
async fn same_tickets(
    halo: &Halo,
    wanted: &Wanted,
    among: Among,
    not_it: &HashSet<i64>,
) -> anyhow::Result<Vec<i64>> {
    let identity = wanted.identity();
    let search = (among == Among::Search).then_some(wanted.ticket.summary.as_str());
    let mut same = Vec::new();
    for ticket in halo.open_tickets(wanted.ticket.customer, search).await? {
        if not_it.contains(&ticket.id) || !identity.has_summary(&ticket.summary) {
            continue;
        }
        // A list row has no text and may have no word on being closed: the ticket itself does.
        if let Some(whole) = halo.ticket(ticket.id).await?
            && whole.closed != Some(true)
            && identity.is(&ticket.summary, whole.details.as_deref())
        {
            same.push(ticket.id);
        }
    }
    same.sort_unstable_by(|one, other| other.cmp(one));
    Ok(same)
}
