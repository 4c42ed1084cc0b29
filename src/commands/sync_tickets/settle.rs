//! Settling what a run that was killed has left: tickets and notes of which nobody knows whether Halo has them.

use std::{collections::HashSet, time::Instant};

use super::note::{Pending, settle_note};
use crate::{commands::posting, context::Context, model::TicketRecord, store::Store};

/// The remembered tickets, once it is known of each what Halo has. A dry run looks once, and changes nothing.
///
/// # Errors
/// Halo cannot be read, or still does not say.
pub(super) async fn settle(
    context: &Context,
    store: &Store,
    dry_run: bool,
    began: Instant,
) -> anyhow::Result<Vec<TicketRecord>> {
    let profile = &context.profile;
    if !dry_run {
        settle_tickets(context, store, began).await?;
    }
    let mut records = store.ticket_records(profile).await?;
    let loaded = Instant::now();
    for record in &mut records {
        let Some(note) = record.pending.take() else {
            continue;
        };
        let pending = Pending {
            age: note.age.saturating_add(loaded.elapsed()),
            number: note.number,
            record,
            state: &note.state,
        };
        if settle_note(context, store, &pending, dry_run, began).await? {
            record.state = note.state;
        }
    }
    Ok(records)
}

async fn settle_tickets(context: &Context, store: &Store, began: Instant) -> anyhow::Result<()> {
    let profile = &context.profile;
    let pending = store.pending_tickets(profile).await?;
    let loaded = Instant::now();
    for (key, mut record) in pending {
        record.age = record.age.saturating_add(loaded.elapsed());
        let others: HashSet<i64> = store.other_tickets(profile, &key).await?;
        let halo = context.halo().await?;
        let found = posting::settle(context, &halo, store, &key, &record, &others, began).await?;
        let what = match found {
            Some(id) => format!(
                "the ticket \"{}\" was opened by a run that was killed: {id}",
                key.summary
            ),
            None => format!("the ticket \"{}\" was never opened", key.summary),
        };
        context.ui.detail(1, what);
    }
    Ok(())
}
