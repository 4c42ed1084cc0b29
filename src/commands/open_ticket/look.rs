//! Looking for the ticket before it is opened: in the state, and in Halo.

use std::collections::HashSet;

use crate::{
    cli,
    commands::posting::{Among, Wanted, same_tickets},
    context::Context,
    halo::Halo,
    model::TicketAccount,
    plan::tickets::{is_searchable, searched},
    store::{OpenedTicket, Store},
};

/// What was found.
pub(super) struct Looked {
    /// The recorded ticket, if it is open.
    recorded: Option<i64>,
    /// Records of tickets that have been closed since.
    closed: Vec<i64>,
    /// The record of a ticket without a number: a run was killed between intent and outcome.
    pub(super) pending: Option<OpenedTicket>,
    /// Tickets that are recorded for other errors.
    pub(super) others: HashSet<i64>,
    /// Open tickets that look the same, the newest first.
    pub(super) same: Vec<i64>,
    /// `--new`: open another ticket even if the same one is open.
    new: bool,
}

impl Looked {
    /// The open ticket for the same error, unless another one is wanted.
    pub(super) fn open(&self) -> Option<i64> {
        let same = self.same.first().copied().filter(|_| !self.new);
        self.recorded.or(same)
    }

    /// Records what was found: tickets that are closed, and a ticket for this error that was not recorded.
    pub(super) async fn record(&self, store: &Store, profile: &str, wanted: &Wanted) -> anyhow::Result<()> {
        for record in &self.closed {
            store.ticket_closed(*record).await?;
        }
        if let Some(id) = self.open()
            && self.recorded.is_none()
        {
            let record = store
                .intend_ticket(profile, &wanted.key, &self.same, wanted.accounts.as_ref())
                .await?;
            store.ticket_opened(record.id, id).await?;
        }
        Ok(())
    }
}

/// Looks for the ticket. If one is pending, only a dry run looks for it in Halo here; a real run does so while it
/// waits for it to appear.
pub(super) async fn look(
    context: &Context,
    halo: &Halo,
    store: &Store,
    wanted: &Wanted,
    arguments: &cli::OpenTicket,
) -> anyhow::Result<Looked> {
    let profile = &context.profile;
    let mut looked = Looked {
        recorded: None,
        closed: Vec::new(),
        pending: None,
        others: HashSet::new(),
        same: Vec::new(),
        new: arguments.new,
    };
    for record in store.opened_tickets(profile, &wanted.key).await? {
        match record.ticket_id {
            Some(_) if looked.new => {}
            Some(id) if is_open(halo, id).await? => {
                looked.recorded = Some(id);
                return Ok(looked);
            }
            Some(_) => looked.closed.push(record.id),
            None => {
                looked.pending.get_or_insert(record);
            }
        }
    }
    if !looked.new
        && let Some(id) = within_another(halo, store, profile, wanted).await?
    {
        looked.recorded = Some(id);
        return Ok(looked);
    }
    looked.others = store.other_tickets(profile, &wanted.key).await?;
    if looked.pending.is_none() || arguments.dry_run {
        // With `--new`, the tickets known before must be complete: any that appears afterwards is taken for the new
        // one.
        let all = looked.new || looked.pending.is_some() || !is_searchable(searched(&wanted.ticket.summary));
        let among = if all { Among::List } else { Among::Search };
        looked.same = same_tickets(halo, &wanted.key, among, &looked.others).await?;
    }
    Ok(looked)
}

/// The open ticket of the same organization and error that names all these accounts among others.
async fn within_another(
    halo: &Halo,
    store: &Store,
    profile: &str,
    wanted: &Wanted,
) -> anyhow::Result<Option<i64>> {
    let key = &wanted.key;
    if key.account.is_empty() || key.error.is_empty() {
        return Ok(None);
    }
    let records = store.ticket_records(profile).await?;
    let record = records.iter().find(|record| {
        let state = &record.state;
        let names = |account: &str| {
            let same = |known: &TicketAccount| known.account.eq_ignore_ascii_case(account);
            state.accounts.iter().any(same)
        };
        record.organization == key.organization
            && record.error == key.error
            && record.customer == key.customer
            && state.closed_at.is_none()
            && state.recovered_at.is_none()
            && key.account.split(", ").all(names)
    });
    match record {
        Some(record) if is_open(halo, record.state.ticket).await? => Ok(Some(record.state.ticket)),
        _ => Ok(None),
    }
}

/// True if the ticket exists and is not closed.
async fn is_open(halo: &Halo, id: i64) -> anyhow::Result<bool> {
    Ok(halo
        .ticket(id)
        .await?
        .is_some_and(|ticket| ticket.closed != Some(true)))
}
