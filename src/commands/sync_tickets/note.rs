//! Notes on tickets, each added once.
//!
//! Adding a note is not idempotent. So the intent is recorded with the state of the ticket once the note is there, and
//! the note has a mark of its own. After an unclear answer, or if a killed run left an intent, the ticket's notes are
//! read until a note that was sent must have appeared, and only then is it sent again.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use crate::{
    commands::pending::{Look, look_until_settled},
    context::Context,
    failure::Failure,
    halo::{self, Halo},
    model::{Configuration, NewNote, Outcome, TicketRecord, TicketState},
    plan::{
        closing,
        detection::Affected,
        notes::note_outcome,
        tickets::{has_note_mark, note_html, note_mark},
    },
    store::Store,
};

/// How often a note is sent at most, each time only after looking for it.
const TRIES: usize = 3;

/// A note to be added.
pub(super) struct Note<'a> {
    /// The ticket, as it is remembered.
    pub record: &'a TicketRecord,
    /// The ticket in Halo.
    pub ticket: i64,
    /// What it says.
    pub what: &'a str,
    /// The accounts that are affected now.
    pub affected: &'a [Affected],
    /// What is remembered of the ticket once the note is there.
    pub after: &'a TicketState,
    /// How it is filed, instead of as a note.
    pub outcome: Option<i64>,
    /// The status that the ticket gets with it.
    pub status: Option<i64>,
}

/// How adding a note ended.
pub(super) enum Noted {
    /// It is there.
    Added,
    /// Halo does not take it, with these words.
    Refused(String),
}

/// Adds notes.
pub(super) struct Notes<'a> {
    context: &'a Context,
    halo: &'a Halo,
    store: &'a Store,
    configuration: &'a Configuration,
    began: Instant,
    /// By ticket type: how notes are filed, or why none can be.
    outcomes: HashMap<Option<i64>, Result<i64, String>>,
    /// How notes cannot be filed, with Halo's words: they are not tried again.
    refused: HashMap<i64, String>,
}

impl<'a> Notes<'a> {
    pub(super) fn new(
        context: &'a Context,
        halo: &'a Halo,
        store: &'a Store,
        configuration: &'a Configuration,
        began: Instant,
    ) -> Self {
        Self {
            context,
            halo,
            store,
            configuration,
            began,
            outcomes: HashMap::new(),
            refused: HashMap::new(),
        }
    }

    /// Adds the note. If Halo refuses it, nothing of the ticket is remembered.
    ///
    /// # Errors
    /// Halo cannot be used, or does not say whether it has the note.
    pub(super) async fn add(&mut self, note: &Note<'_>) -> anyhow::Result<Noted> {
        let outcome = match note.outcome {
            Some(outcome) => outcome,
            None => match self.outcome(&note.record.error).await? {
                Ok(outcome) => outcome,
                Err(words) => return Ok(Noted::Refused(words)),
            },
        };
        let words = match self.add_as(note, outcome).await? {
            Noted::Added => return Ok(Noted::Added),
            Noted::Refused(words) => words,
        };
        // The ticket may be of another type, with a workflow of its own: others may have opened or changed it.
        match self.offered_by_ticket(note).await? {
            Some(other) if other != outcome => self.add_as(note, other).await,
            _ => Ok(Noted::Refused(words)),
        }
    }

    /// The outcome that the workflow of the ticket's own type offers for such a note.
    async fn offered_by_ticket(&self, note: &Note<'_>) -> anyhow::Result<Option<i64>> {
        let ticket = self.halo.ticket(note.ticket).await?;
        let Some(kind) = ticket.and_then(|ticket| ticket.ticket_type) else {
            return Ok(None);
        };
        let offered = self.offered(Some(kind)).await?;
        Ok(match note.outcome {
            Some(_) => {
                let closing = closing::unmistakable(&offered, &closing::OUTCOMES);
                closing.map(|outcome| outcome.id)
            }
            None if offered.is_empty() => None,
            None => note_outcome(None, &offered),
        })
    }

    /// Adds the note with this outcome.
    async fn add_as(&mut self, note: &Note<'_>, outcome: i64) -> anyhow::Result<Noted> {
        if let Some(words) = self.refused.get(&outcome) {
            return Ok(Noted::Refused(words.clone()));
        }
        let Note { record, after, .. } = note;
        let number = self.store.intend_note(record.id, after).await?;
        let mark = note_mark(&record.organization, &record.error, number);
        let new = NewNote {
            ticket: note.ticket,
            outcome,
            html: note_html(note.what, note.affected, &mark),
            status: note.status,
        };
        for _ in 0..TRIES {
            self.store.renew_note_intent(record.id).await?;
            match self.halo.add_note(&new).await {
                Ok(()) => {
                    self.store.note_added(record.id, after).await?;
                    return Ok(Noted::Added);
                }
                Err(error) if error.is_unclear() => {
                    self.context
                        .ui
                        .detail(1, format!("{error}; looking for the note"));
                }
                Err(error) => {
                    self.store.forget_note_intent(record.id).await?;
                    let refused =
                        error.is_refusal() || matches!(error, halo::Error::PermissionMissing { .. });
                    if !refused {
                        return Err(error.into());
                    }
                    let words = error.words();
                    // Another status may be refused because of this ticket alone.
                    if note.status.is_none() {
                        self.refused.insert(outcome, words.clone());
                    }
                    return Ok(Noted::Refused(words));
                }
            }
            // The answer may have taken long: the note may only just have been added.
            self.store.renew_note_intent(record.id).await?;
            let pending = Pending {
                record,
                number,
                age: Duration::ZERO,
                state: after,
            };
            match look(self.context, self.halo, &pending, self.began).await? {
                Look::Found(()) => {
                    self.store.note_added(record.id, after).await?;
                    return Ok(Noted::Added);
                }
                Look::Absent => {}
                Look::OutOfPatience => break,
            }
        }
        Err(not_shown(note.ticket))
    }

    /// How notes are filed on tickets of an error; or why none can be.
    async fn outcome(&mut self, error: &str) -> anyhow::Result<Result<i64, String>> {
        let ticket_type = self
            .configuration
            .options_for(error)
            .ticket_type
            .map(|kind| kind.id);
        if let Some(known) = self.outcomes.get(&ticket_type) {
            return Ok(known.clone());
        }
        let configured = self.configuration.note_outcome.as_ref().map(|outcome| outcome.id);
        // It was checked when it was configured.
        let of_this_type = ticket_type == self.configuration.ticket_type.as_ref().map(|kind| kind.id);
        let chosen = match configured.filter(|_| of_this_type) {
            Some(outcome) => Ok(outcome),
            None => note_outcome(configured, &self.offered(ticket_type).await?)
                .ok_or_else(|| "it offers nothing to file a note as".to_owned()),
        };
        self.outcomes.insert(ticket_type, chosen.clone());
        Ok(chosen)
    }

    /// The outcomes that tickets of a type can be given; none if Halo does not show them.
    async fn offered(&self, ticket_type: Option<i64>) -> anyhow::Result<Vec<Outcome>> {
        let offered = match ticket_type {
            Some(id) => self.halo.outcomes_of(id).await,
            None => self.halo.outcomes().await,
        };
        match offered {
            Ok(offered) => Ok(offered),
            Err(halo::Error::PermissionMissing { .. } | halo::Error::NotFound { .. }) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }
}

/// A note of which nobody knows whether Halo has it.
pub(super) struct Pending<'a> {
    pub record: &'a TicketRecord,
    /// Its number on the ticket.
    pub number: i64,
    /// How long ago it was sent, or was about to be.
    pub age: Duration,
    /// What is remembered of the ticket once the note is there.
    pub state: &'a TicketState,
}

/// Finds out whether a note that a killed run was about to add is there, and records it. A dry run looks once, and
/// records nothing.
///
/// # Errors
/// Halo cannot be read, or still does not say.
pub(super) async fn settle_note(
    context: &Context,
    store: &Store,
    pending: &Pending<'_>,
    dry_run: bool,
    began: Instant,
) -> anyhow::Result<bool> {
    let halo = context.halo().await?;
    if dry_run {
        return is_there(&halo, pending).await;
    }
    let record = pending.record.id;
    match look(context, &halo, pending, began).await? {
        Look::Found(()) => {
            store.note_added(record, pending.state).await?;
            Ok(true)
        }
        Look::Absent => {
            store.forget_note_intent(record).await?;
            Ok(false)
        }
        Look::OutOfPatience => Err(not_shown(pending.state.ticket)),
    }
}

/// Reads the ticket's notes until a note that was sent this long ago must have appeared.
async fn look(
    context: &Context,
    halo: &Halo,
    pending: &Pending<'_>,
    began: Instant,
) -> anyhow::Result<Look<()>> {
    let what = format!("a note on ticket {}", pending.state.ticket);
    look_until_settled(context, &what, pending.age, began, async || {
        Ok(is_there(halo, pending).await?.then_some(()))
    })
    .await
}

async fn is_there(halo: &Halo, pending: &Pending<'_>) -> anyhow::Result<bool> {
    let Pending {
        record,
        number,
        state,
        ..
    } = pending;
    let mark = note_mark(&record.organization, &record.error, *number);
    let notes = match halo.notes(state.ticket).await {
        Ok(notes) => notes,
        // The ticket was deleted, and its notes with it.
        Err(error) if error.is_refusal() => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    Ok(notes.iter().any(|note| has_note_mark(note, &mark)))
}

fn not_shown(ticket: i64) -> anyhow::Error {
    Failure::try_later(format!(
        "Halo did not say whether it added a note to ticket {ticket}, and does not show it"
    ))
    .hint("run the command again: it looks for the note before it adds another")
    .into()
}
