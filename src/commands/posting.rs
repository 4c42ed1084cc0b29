//! Posting a ticket exactly once.
//!
//! Creating a ticket is not idempotent, and if the answer is lost nobody knows if the ticket exists. So halolink
//! looks in Halo, records the intent along with the tickets that already look the same, posts, and records the
//! number. After an unclear answer, or if a killed run left an intent without a number, it reads the list of the
//! customer's open tickets until a ticket that was posted must have appeared, and only then posts again.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashSet},
    time::{Duration, Instant},
};

use super::pending::{Look, look_until_settled};
use crate::{
    context::Context,
    failure::{Failure, explain},
    halo::Halo,
    model::{NewTicket, TicketAccount},
    plan::{
        ticket_fields::demanded,
        tickets::{Identity, searched},
    },
    store::{OpenedTicket, Store, TicketKey},
};

/// The name of the lock that whoever posts a ticket holds. Without it, two processes could look at the same time, both
/// find nothing, and both post.
pub(super) const LOCK: &str = "open-ticket";

/// How often a ticket is posted at most, each time only after looking for it.
const TRIES: usize = 3;

/// A ticket to be opened.
pub(super) struct Wanted {
    /// What makes it the same as another.
    pub key: TicketKey,
    /// The ticket.
    pub ticket: NewTicket,
    /// The accounts in which its error was seen; none if someone says that there is an error.
    pub accounts: Option<BTreeSet<TicketAccount>>,
}

/// Which of the customer's open tickets are read.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Among {
    /// Those that Halo's search returns.
    Search,
    /// All of them: the search may not know a new ticket yet, or may take the text for a pattern.
    List,
}

/// The customer's open tickets that are the same, newest first, without those known to be others.
pub(super) async fn same_tickets(
    halo: &Halo,
    key: &TicketKey,
    among: Among,
    not_it: &HashSet<i64>,
) -> anyhow::Result<Vec<i64>> {
    let identity = Identity {
        summary: &key.summary,
        organization_id: &key.organization,
        account: &key.account,
    };
    let search = (among == Among::Search).then(|| searched(&key.summary));
    let mut same = Vec::new();
    for ticket in halo.open_tickets(key.customer, search).await? {
        if not_it.contains(&ticket.id) || !identity.has_summary(&ticket.summary) {
            continue;
        }
        // A row of the list has no text and may not say if the ticket is closed: the ticket itself does.
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

/// A ticket that exists in Halo.
pub(super) struct Posted {
    /// Its number in Halo.
    pub id: i64,
    /// It was posted by an earlier request, whose answer was lost.
    pub before: bool,
}

/// What was found before a ticket is posted.
pub(super) struct Before<'a> {
    /// The intent of a run that was killed before it knew the outcome.
    pub pending: Option<&'a OpenedTicket>,
    /// Open tickets that look the same.
    pub same: &'a [i64],
    /// Tickets that are recorded for other errors.
    pub others: &'a HashSet<i64>,
    /// When the patience began to be counted.
    pub began: Instant,
}

/// Opens the ticket. The caller has looked for it and has not found it.
pub(super) async fn open(
    context: &Context,
    halo: &Halo,
    store: &Store,
    wanted: &Wanted,
    before: &Before<'_>,
) -> anyhow::Result<Posted> {
    let record = match before.pending {
        Some(record) => record.clone(),
        None => {
            store
                .intend_ticket(
                    &context.profile,
                    &wanted.key,
                    before.same,
                    wanted.accounts.as_ref(),
                )
                .await?
        }
    };
    let posting = Posting {
        context,
        halo,
        store,
        wanted,
        not_it: before.others.iter().chain(&record.known_ids).copied().collect(),
        record,
        began: before.began,
    };
    if before.pending.is_some() {
        // A run was killed between intent and outcome: look for a ticket that was not there before it.
        match posting.settled(posting.record.age).await? {
            Look::Found(id) => return posting.found(id).await,
            Look::Absent => {}
            Look::OutOfPatience => return Err(posting.not_shown()),
        }
    }
    posting.post().await
}

/// Finds out whether a ticket that a killed run was about to post is there, and records it or forgets it. Gives the
/// ticket.
///
/// # Errors
/// Halo cannot be read, or still does not say.
pub(super) async fn settle(
    context: &Context,
    halo: &Halo,
    store: &Store,
    key: &TicketKey,
    record: &OpenedTicket,
    others: &HashSet<i64>,
    began: Instant,
) -> anyhow::Result<Option<i64>> {
    let not_it: HashSet<i64> = others.iter().chain(&record.known_ids).copied().collect();
    match look(context, halo, key, &not_it, record.age, began).await? {
        Look::Found(id) => {
            store.ticket_opened(record.id, id).await?;
            Ok(Some(id))
        }
        Look::Absent => {
            store.forget_ticket_intent(record.id).await?;
            Ok(None)
        }
        Look::OutOfPatience => Err(not_shown(key)),
    }
}

/// Reads the customer's open tickets until a ticket that was posted `age` ago must have appeared.
async fn look(
    context: &Context,
    halo: &Halo,
    key: &TicketKey,
    not_it: &HashSet<i64>,
    age: Duration,
    began: Instant,
) -> anyhow::Result<Look<i64>> {
    let what = format!("the ticket \"{}\"", key.summary);
    // Tickets that were read, and are not it.
    let others = RefCell::new(HashSet::new());
    look_until_settled(context, &what, age, began, async || {
        let same = same_tickets(halo, key, Among::List, not_it).await?;
        match same.first() {
            Some(id) => Ok(Some(*id)),
            None => rewritten(halo, key, not_it, &others).await,
        }
    })
    .await
}

/// The most tickets with other summaries that are read.
const MOST_READ: usize = 10;

/// An open ticket of the customer that says in its text that it is this one, although a rule or a template has cut or
/// rewritten its summary. Each is read once; those that are read are added to `others`.
async fn rewritten(
    halo: &Halo,
    key: &TicketKey,
    not_it: &HashSet<i64>,
    others: &RefCell<HashSet<i64>>,
) -> anyhow::Result<Option<i64>> {
    let identity = Identity {
        summary: &key.summary,
        organization_id: &key.organization,
        account: &key.account,
    };
    let mut open = halo.open_tickets(key.customer, None).await?;
    open.retain(|ticket| !not_it.contains(&ticket.id) && !others.borrow().contains(&ticket.id));
    open.sort_unstable_by_key(|ticket| std::cmp::Reverse(ticket.id));
    for ticket in open.into_iter().take(MOST_READ) {
        if let Some(whole) = halo.ticket(ticket.id).await?
            && whole.closed != Some(true)
            && identity.is_marked_in(whole.details.as_deref().unwrap_or_default())
        {
            return Ok(Some(ticket.id));
        }
        others.borrow_mut().insert(ticket.id);
    }
    Ok(None)
}

fn not_shown(key: &TicketKey) -> anyhow::Error {
    Failure::try_later(format!(
        "Halo did not say whether it opened the ticket \"{}\", and does not list it",
        key.summary
    ))
    .hint("run the command again: it looks for the ticket before it posts another")
    .into()
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
        look(
            self.context,
            self.halo,
            &self.wanted.key,
            &self.not_it,
            age,
            self.began,
        )
        .await
    }

    fn not_shown(&self) -> anyhow::Error {
        not_shown(&self.wanted.key)
    }

    fn with_advice(&self, error: &anyhow::Error) -> anyhow::Error {
        let failure = explain(error);
        let fields = demanded(&failure.message.to_string());
        let command = if fields.is_empty() {
            "configure --ticket-field NAME=VALUE".to_owned()
        } else {
            let flags: Vec<String> = fields
                .iter()
                .map(|field| format!("--ticket-field {field}=VALUE"))
                .collect();
            format!("configure {}", flags.join(" "))
        };
        failure
            .hint(format!(
                "{}; or choose another type: configure --ticket-type TYPE",
                self.context.command(&command)
            ))
            .into()
    }
}
