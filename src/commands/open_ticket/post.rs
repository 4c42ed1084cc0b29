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

use super::{
    Looked, Wanted,
    look::{Among, same_tickets},
};
use crate::{
    commands::pending::{Look, look_until_settled},
    context::Context,
    failure::{Failure, explain},
    halo::Halo,
    store::{OpenedTicket, Store},
};

/// How often a ticket is posted in all, each time only after it was looked for.
const TRIES: usize = 3;

/// A ticket that is there.
pub(super) struct Posted {
    /// Its number.
    pub id: i64,
    /// It was posted by a request whose answer was lost.
    pub before: bool,
}

/// Opens the ticket, which was looked for before and is not there, or not known to be.
pub(super) async fn open(
    context: &Context,
    halo: &Halo,
    store: &Store,
    wanted: &Wanted,
    looked: &Looked,
) -> anyhow::Result<Posted> {
    let record = match &looked.pending {
        Some(record) => record.clone(),
        None => {
            store
                .intend_ticket(&context.profile, &wanted.key, &looked.same)
                .await?
        }
    };
    let posting = Posting {
        context,
        halo,
        store,
        wanted,
        not_it: looked.others.iter().chain(&record.known_ids).copied().collect(),
        record,
        began: Instant::now(),
    };
    if looked.pending.is_some() {
        // A run was killed between intent and outcome: is there a ticket that was not there before?
        match posting.settled(posting.record.age).await? {
            Look::Found(id) => return posting.found(id).await,
            Look::Absent => {}
            Look::OutOfPatience => return Err(posting.not_shown()),
        }
    }
    posting.post().await
}

/// A ticket that is being posted.
struct Posting<'a> {
    context: &'a Context,
    halo: &'a Halo,
    store: &'a Store,
    wanted: &'a Wanted,
    /// Its record in the state: the intent.
    record: OpenedTicket,
    /// Tickets that look the same and are known to be others.
    not_it: HashSet<i64>,
    began: Instant,
}

impl Posting<'_> {
    async fn post(&self) -> anyhow::Result<Posted> {
        for attempt in 1..=TRIES {
            self.store.renew_ticket_intent(self.record.id).await?;
            let taken = match self.halo.create_ticket(&self.wanted.ticket).await {
                Ok(Some(id)) => {
                    self.store.ticket_opened(self.record.id, id).await?;
                    return Ok(Posted { id, before: false });
                }
                // Taken, but the answer carries no number.
                Ok(None) => true,
                Err(error) if error.is_unclear() => {
                    self.context
                        .ui
                        .detail(1, format!("{error}; looking for the ticket"));
                    false
                }
                Err(error) => {
                    // Refused, or never sent: there is no ticket to look for later.
                    self.store.forget_ticket_intent(self.record.id).await?;
                    let refused = error.is_refusal();
                    let error = anyhow::Error::from(error);
                    return Err(if refused { self.with_advice(&error) } else { error });
                }
            };
            // The answer may have been long in coming: what is made late is late from here on.
            self.store.renew_ticket_intent(self.record.id).await?;
            match self.settled(Duration::ZERO).await? {
                Look::Found(id) => return self.found(id).await,
                Look::Absent if taken => {
                    // Halo said yes and does not show it: posting again could make two.
                    self.store.forget_ticket_intent(self.record.id).await?;
                    return Err(Failure::failed(format!(
                        "Halo took the ticket \"{}\" but does not list it",
                        self.wanted.ticket.summary
                    ))
                    .hint("look for it in Halo before opening it again")
                    .into());
                }
                Look::Absent => self
                    .context
                    .ui
                    .detail(1, format!("the ticket is not in Halo (try {attempt} of {TRIES})")),
                Look::OutOfPatience => break,
            }
        }
        Err(self.not_shown())
    }

    /// It had been posted by a request whose answer was lost.
    async fn found(&self, id: i64) -> anyhow::Result<Posted> {
        self.store.ticket_opened(self.record.id, id).await?;
        Ok(Posted { id, before: true })
    }

    /// Reads the customer's open tickets until the one that was sent `age` ago must have appeared.
    async fn settled(&self, age: Duration) -> anyhow::Result<Look<i64>> {
        let what = format!("the ticket \"{}\"", self.wanted.ticket.summary);
        look_until_settled(self.context, &what, age, self.began, async || {
            let same = same_tickets(self.halo, self.wanted, Among::List, &self.not_it).await?;
            Ok(same.first().copied())
        })
        .await
    }

    fn not_shown(&self) -> anyhow::Error {
        Failure::try_later(format!(
            "Halo did not say whether it opened the ticket \"{}\", and does not show it",
            self.wanted.ticket.summary
        ))
        .hint("run the command again: it looks for the ticket before it posts another")
        .into()
    }

    fn with_advice(&self, error: &anyhow::Error) -> anyhow::Error {
        explain(error)
            .hint(format!(
                "a ticket type can make fields mandatory; choose another: {}",
                self.context.command("configure --ticket-type TYPE")
            ))
            .into()
    }
}
