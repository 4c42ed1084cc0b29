//! Writing the plan, ticket by ticket: each intent is recorded before, and each outcome at once.

use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

use super::note::{Note, Noted, Notes};
use crate::{
    change::{Action, Change, Reason},
    commands::posting::{self, Among, Before, Wanted},
    context::Context,
    failure::{Failure, Kind, explain},
    halo::Halo,
    model::{Configuration, NewTicket, Reference, TicketRecord, TicketState},
    plan::{
        ticket_life::{self, ErrorTicket},
        tickets::{Content, details_html, error_text, summary},
    },
    runner::Applied,
    store::{Store, TicketKey},
};

/// The status of a new ticket in an instance as delivered: what a ticket is reopened with if it was never seen open.
const NEW: i64 = 1;

/// Makes the changes, and gives each its outcome. One that Halo refuses holds up no other; if Halo cannot be used, or
/// does not say what it did, the rest is not tried.
pub(super) async fn apply(
    context: &Context,
    store: &Store,
    configuration: &Configuration,
    open_before: &HashMap<i64, Vec<i64>>,
    began: Instant,
    changes: &mut [&mut Change<ErrorTicket>],
) -> anyhow::Result<Applied> {
    let halo = context.halo().await?;
    let mut writer = Writer {
        context,
        halo: &halo,
        store,
        configuration,
        open_before,
        began,
        notes: Notes::new(context, &halo, store, configuration, began),
    };
    let progress = context.ui.progress("writing tickets");
    let total = changes.len();
    let mut applied = Applied::default();
    for (done, change) in changes.iter_mut().enumerate() {
        progress.set(done, Some(total));
        if let Some(failure) = &applied.broken_off {
            change.failed(Reason::BrokenOff(failure.message.to_string()));
            continue;
        }
        if let Err(error) = writer.write(change).await {
            let failure = explain(&error);
            change.failed(Reason::Refused(sentence(&failure)));
            if matches!(
                failure.kind,
                Kind::TryLater | Kind::NotConnected | Kind::Interrupted
            ) {
                change.failed(Reason::BrokenOff(failure.message.to_string()));
                applied.broken_off = Some(failure);
            }
        }
    }
    Ok(applied)
}

/// What happened, and what to do about it.
fn sentence(failure: &Failure) -> String {
    match &failure.hint {
        Some(hint) => format!("{}; {hint}", failure.message),
        None => failure.message.to_string(),
    }
}

struct Writer<'a> {
    context: &'a Context,
    halo: &'a Halo,
    store: &'a Store,
    configuration: &'a Configuration,
    /// By customer: the tickets that were open before any was opened.
    open_before: &'a HashMap<i64, Vec<i64>>,
    began: Instant,
    notes: Notes<'a>,
}

/// A change to be made, taken apart.
struct Parts {
    record: TicketRecord,
    ticket: i64,
    after: TicketState,
}

impl Writer<'_> {
    async fn write(&mut self, change: &mut Change<ErrorTicket>) -> anyhow::Result<()> {
        match change.action {
            Action::Open => return self.open(change).await,
            Action::Adopt => return self.adopt(change).await,
            _ => {}
        }
        let ErrorTicket {
            record: Some(record),
            ticket: Some(ticket),
            after: Some(after),
            ..
        } = change.subject.clone()
        else {
            return Ok(());
        };
        let parts = Parts {
            record,
            ticket,
            after,
        };
        match change.action {
            Action::Close => self.close(change, &parts).await,
            Action::Reopen => self.reopen(change, &parts).await,
            _ => self.note(change, &parts).await,
        }
    }

    /// Opens a new ticket.
    async fn open(&mut self, change: &mut Change<ErrorTicket>) -> anyhow::Result<()> {
        let subject = &mut change.subject;
        let Some(wanted) = self.wanted(subject) else {
            return Ok(());
        };
        let others: HashSet<i64> = self
            .store
            .other_tickets(&self.context.profile, &wanted.key)
            .await?;
        // None of those that were open before is it, nor the ticket that it goes on from.
        let known = self.open_before.get(&wanted.key.customer);
        let mut same: Vec<i64> = known.cloned().unwrap_or_default();
        same.extend(subject.replaces);
        let before = Before {
            pending: None,
            same: &same,
            others: &others,
            began: self.began,
        };
        let posted = posting::open(self.context, self.halo, self.store, &wanted, &before).await?;
        subject.ticket = Some(posted.id);
        subject.address = Some(self.halo.ticket_url(posted.id));
        if posted.before {
            change.reason = Some(Reason::PostedBefore);
        }
        change.done();
        Ok(())
    }

    /// Takes a ticket of somebody else's.
    async fn adopt(&self, change: &mut Change<ErrorTicket>) -> anyhow::Result<()> {
        let subject = &change.subject;
        let (Some(wanted), Some(ticket), Some(after)) =
            (self.wanted(subject), subject.ticket, &subject.after)
        else {
            return Ok(());
        };
        let intent = self
            .store
            .intend_ticket(&self.context.profile, &wanted.key, &[], wanted.accounts.as_ref())
            .await?;
        self.store.ticket_opened(intent.id, ticket).await?;
        self.store.set_ticket_state(intent.id, after).await?;
        change.done();
        Ok(())
    }

    /// Adds a note about what has changed.
    async fn note(&mut self, change: &mut Change<ErrorTicket>, parts: &Parts) -> anyhow::Result<()> {
        let what = said(change);
        let noted = self.notes.add(&parts.note(&what, change)).await?;
        match noted {
            Noted::Added => change.done(),
            Noted::Refused(words) => self.refused(change, parts, words).await?,
        }
        Ok(())
    }

    /// Halo takes no notes: that is said once for each thing that there was to say, and the ticket stays.
    async fn refused(
        &self,
        change: &mut Change<ErrorTicket>,
        parts: &Parts,
        words: String,
    ) -> anyhow::Result<()> {
        let after = TicketState {
            closed_at: None,
            ..parts.after.clone()
        };
        self.store.set_ticket_state(parts.record.id, &after).await?;
        change.failed(Reason::NoteRefused(words));
        Ok(())
    }

    /// Closes the ticket with a note; if Halo does not let us, it only gets the note.
    async fn close(&mut self, change: &mut Change<ErrorTicket>, parts: &Parts) -> anyhow::Result<()> {
        let policy = &self.configuration.tickets;
        let id = |reference: &Option<Reference>| reference.as_ref().map(|reference| reference.id);
        let what = said(change);
        let closing = Note {
            outcome: id(&policy.closing_outcome),
            status: id(&policy.closing_status),
            ..parts.note(&what, change)
        };
        if let Noted::Added = self.notes.add(&closing).await? {
            let shown = self.halo.ticket(parts.ticket).await?;
            if shown.is_none_or(|ticket| ticket.closed != Some(false)) {
                change.done();
                return Ok(());
            }
            self.still_open(change, parts).await
        } else {
            let open = TicketState {
                closed_at: None,
                ..parts.after.clone()
            };
            let note = Note {
                after: &open,
                ..parts.note(&what, change)
            };
            match self.notes.add(&note).await? {
                Noted::Added => self.still_open(change, parts).await,
                Noted::Refused(words) => self.refused(change, parts, words).await,
            }
        }
    }

    /// The note is there, and the ticket is still open.
    async fn still_open(&self, change: &mut Change<ErrorTicket>, parts: &Parts) -> anyhow::Result<()> {
        let open = TicketState {
            closed_at: None,
            ..parts.after.clone()
        };
        self.store.set_ticket_state(parts.record.id, &open).await?;
        change.action = Action::Resolve;
        change.reason = Some(Reason::NotClosed);
        change.done();
        Ok(())
    }

    /// Reopens the ticket with a note; if Halo does not let us, another one goes on from it.
    async fn reopen(&mut self, change: &mut Change<ErrorTicket>, parts: &Parts) -> anyhow::Result<()> {
        let status = parts.after.open_status.unwrap_or(NEW);
        let what = said(change);
        let note = Note {
            status: Some(status),
            ..parts.note(&what, change)
        };
        if let Noted::Added = self.notes.add(&note).await? {
            let shown = self.halo.ticket(parts.ticket).await?;
            let is_open = |ticket: &crate::model::Ticket| {
                ticket.closed != Some(true) || ticket.status_id == Some(status)
            };
            if shown.as_ref().is_some_and(is_open) {
                change.done();
                return Ok(());
            }
        }
        let Some(wanted) = self.wanted(&change.subject) else {
            return Ok(());
        };
        // Nobody has looked for one yet, because none was to be opened.
        let mut not_it: HashSet<i64> = (self.store)
            .other_tickets(&self.context.profile, &wanted.key)
            .await?;
        not_it.insert(parts.ticket);
        let same = posting::same_tickets(self.halo, &wanted.key, Among::List, &not_it).await?;
        if let Some(there) = same.first() {
            ticket_life::adopt(change, *there, None);
            return self.adopt(change).await;
        }
        change.action = Action::Open;
        change.subject.replaces = Some(parts.ticket);
        let summary = wanted.ticket.summary;
        change.reason = Some(Reason::TicketAgain {
            summary,
            old: parts.ticket,
        });
        self.open(change).await
    }

    /// The ticket for an error; none if there is no customer for it.
    fn wanted(&self, subject: &ErrorTicket) -> Option<Wanted> {
        let (customer, error) = (subject.customer.as_ref()?, subject.error.as_deref()?);
        let content = Content {
            organization: &subject.organization.name,
            organization_id: &subject.organization.id,
            error: Some(error_text(error, &subject.accounts)),
            summary: None,
            details: None,
            account: None,
            affected: &subject.accounts,
            replaces: subject.replaces,
        };
        let options = self.configuration.options_for(error);
        let id = |reference: Option<Reference>| reference.map(|reference| reference.id);
        let ticket = NewTicket {
            customer: customer.id,
            summary: summary(&content),
            details_html: details_html(&content),
            ticket_type: id(options.ticket_type),
            sla: id(options.sla),
            priority: id(options.priority),
            fields: self.configuration.tickets.fields.clone(),
        };
        Some(Wanted {
            key: TicketKey {
                customer: customer.id,
                organization: subject.organization.id.clone(),
                error: error.to_owned(),
                account: String::new(),
                summary: ticket.summary.clone(),
            },
            accounts: Some(subject.after.as_ref()?.accounts.clone()),
            ticket,
        })
    }
}

impl Parts {
    fn note<'a>(&'a self, what: &'a str, change: &'a Change<ErrorTicket>) -> Note<'a> {
        Note {
            record: &self.record,
            ticket: self.ticket,
            what,
            affected: &change.subject.accounts,
            after: &self.after,
            outcome: None,
            status: None,
        }
    }
}

/// What a note says about a change.
fn said(change: &Change<ErrorTicket>) -> String {
    let reason = change
        .reason
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut characters = reason.chars();
    let capital = characters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", capital.unwrap_or_default(), characters.as_str())
}
