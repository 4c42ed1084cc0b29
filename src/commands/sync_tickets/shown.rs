//! What Halo shows of the tickets that are remembered: one look at the list of open ones, and each that is not in it.

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, stream};

use super::LookedInto;
use crate::{
    context::Context,
    halo::{self, Halo},
    model::{Ticket, TicketRecord},
    plan::{
        ticket_life::{Known, Shown, has_to_be_read, stands},
        tickets::FINGERPRINT,
    },
};

/// Tickets that are read at the same time.
const AT_ONCE: usize = 4;
/// How often a merged ticket is followed.
const MOST_MERGES: usize = 5;

/// The remembered tickets of these organizations, with what Halo shows of each.
///
/// # Errors
/// Halo cannot be read. A ticket that alone cannot be read is shown as that.
pub(super) async fn known(
    context: &Context,
    records: &[TicketRecord],
    organizations: &[LookedInto],
    now: i64,
) -> anyhow::Result<Vec<Known>> {
    let seen: HashMap<&str, &LookedInto> = organizations
        .iter()
        .map(|looked| (looked.organization.id.as_str(), looked))
        .collect();
    let of_these: Vec<(&TicketRecord, bool)> = records
        .iter()
        .filter_map(|record| {
            let looked = seen.get(record.organization.as_str())?;
            // An organization that is not mapped any more is only looked at.
            looked.customer.as_ref()?;
            Some((record, stands(&looked.seen, &record.error)))
        })
        .collect();
    // Whatever has recovered and is still fine needs no look.
    if !of_these
        .iter()
        .any(|(record, stands)| *stands || record.state.recovered_at.is_none())
    {
        return Ok(of_these
            .into_iter()
            .map(|(record, _)| Known {
                record: record.clone(),
                shown: Shown::Closed,
            })
            .collect());
    }
    let halo = context.halo().await?;
    let open: HashMap<i64, Ticket> = halo
        .open_tickets_with(FINGERPRINT)
        .await?
        .into_iter()
        .map(|ticket| (ticket.id, ticket))
        .collect();
    let (halo, open) = (&halo, &open);
    let mut looks = stream::iter(of_these)
        .map(|(record, stands)| async move {
            let shown = match open.get(&record.state.ticket) {
                Some(ticket) if is_as_before(record, ticket) => Ok(Shown::Open {
                    ticket: ticket.id,
                    status: ticket.status_id,
                }),
                // Some instances list closed tickets too, and the list does not say which are.
                Some(_) => read(halo, record.state.ticket).await,
                None if has_to_be_read(record, stands, now) => read(halo, record.state.ticket).await,
                None => Ok(Shown::Closed),
            };
            (record, shown)
        })
        .buffered(AT_ONCE);
    let mut known = Vec::new();
    while let Some((record, shown)) = looks.next().await {
        let shown = match shown {
            Ok(shown) => shown,
            Err(error @ (halo::Error::Refused { .. } | halo::Error::NotFound { .. })) => {
                Shown::Unread(error.to_string())
            }
            Err(error) => return Err(error.into()),
        };
        known.push(Known {
            record: record.clone(),
            shown,
        });
    }
    Ok(known)
}

/// True if a ticket in the list of open ones was open when it was last seen, and has the same status.
fn is_as_before(record: &TicketRecord, listed: &Ticket) -> bool {
    let state = &record.state;
    let same = match (state.open_status, listed.status_id) {
        (Some(before), Some(now)) => before == now,
        _ => true,
    };
    state.closed_at.is_none() && same
}

/// Reads one ticket, and those that it was merged into.
pub(in crate::commands) async fn read(halo: &Halo, ticket: i64) -> Result<Shown, halo::Error> {
    let mut id = ticket;
    let mut seen = HashSet::from([ticket]);
    for _ in 0..=MOST_MERGES {
        let Some(ticket) = halo.ticket(id).await? else {
            return Ok(Shown::Gone);
        };
        match ticket.merged_into {
            Some(into) if seen.insert(into) => id = into,
            _ if ticket.closed == Some(true) => return Ok(Shown::Closed),
            _ => {
                return Ok(Shown::Open {
                    ticket: id,
                    status: ticket.status_id,
                });
            }
        }
    }
    Ok(Shown::Closed)
}
