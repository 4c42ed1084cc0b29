//! Posting a ticket exactly once.
//!
//! Creating a ticket is not idempotent, and if the answer is lost nobody knows if the ticket exists. So halolink
//! looks in Halo, records the intent along with the tickets that already look the same, posts, and records the
//! number. After an unclear answer, or if a killed run left an intent without a number, it reads the list of the
//! customer's open tickets until a ticket that was posted must have appeared, and only then posts again.

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

/// How often a ticket is posted at most, each time only after looking for it.
const TRIES: usize = 3;

/// A ticket that exists in Halo.
pub(super) struct Posted {
    /// Its number in Halo.
    pub id: i64,
    /// It was posted by an earlier request, whose answer was lost.
    pub before: bool,
}

/// Opens the ticket. The caller has looked for it and has not found it.
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
        // A run was killed between intent and outcome: look for a ticket that was not there before it.
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
    /// The intent in the state.
    record: OpenedTicket,
    /// Tickets that look the same but are known to be others.
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
                // Accepted, but the answer has no number.
                Ok(None) => true,
                Err(error) if error.is_unclear() => {
                    self.context
                        .ui
                        .detail(1, format!("{error}; looking for the ticket"));
                    false
                }
                Err(error) => {
                    // Refused, or never sent: later runs have no ticket to look for.
                    self.store.forget_ticket_intent(self.record.id).await?;
                    let refused = error.is_refusal();
                    let error = anyhow::Error::from(error);
                    return Err(if refused { self.with_advice(&error) } else { error });
                }
            };
            // The answer may have taken long: the ticket may only just have been created, so the wait starts now.
            self.store.renew_ticket_intent(self.record.id).await?;
            match self.settled(Duration::ZERO).await? {
                Look::Found(id) => return self.found(id).await,
                Look::Absent if taken => {
                    // Halo accepted it but does not show it: posting again could create two.
                    self.store.forget_ticket_intent(self.record.id).await?;
                    return Err(Failure::failed(format!(
                        "Halo accepted the ticket \"{}\", but does not list it",
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

    /// Records a ticket that was posted by a request whose answer was lost.
    async fn found(&self, id: i64) -> anyhow::Result<Posted> {
        self.store.ticket_opened(self.record.id, id).await?;
        Ok(Posted { id, before: true })
    }

    /// Reads the customer's open tickets until a ticket that was posted `age` ago must have appeared.
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
            "Halo did not say whether it opened the ticket \"{}\", and does not list it",
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
