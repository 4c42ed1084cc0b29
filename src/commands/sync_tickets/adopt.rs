//! Taking open tickets of others for ours: the vendor's own integration may open some, and so may another halolink.

use std::collections::{HashMap, HashSet};

use crate::{
    change::{Action, Decision, Plan},
    context::Context,
    halo::Halo,
    model::{Mapping, Ticket, TicketRecord},
    plan::{
        ticket_life::{self, ErrorTicket},
        tickets::{Adoptable, Says},
    },
};

/// The most tickets of one customer whose texts are read to find one.
const MOST_READ: usize = 10;

/// Looks among the customers' open tickets for those that would be opened. Gives the numbers of the open tickets of
/// each customer.
///
/// # Errors
/// Halo cannot be read.
pub(super) async fn adopt(
    context: &Context,
    plan: &mut Plan<ErrorTicket>,
    records: &[TicketRecord],
    mappings: &[Mapping],
) -> anyhow::Result<HashMap<i64, Vec<i64>>> {
    let taken: HashMap<i64, (&str, &str)> = records
        .iter()
        .map(|record| {
            let key = (record.organization.as_str(), record.error.as_str());
            (record.state.ticket, key)
        })
        .collect();
    let mut taken_now: HashSet<i64> = HashSet::new();
    let mut lists: HashMap<i64, Vec<Ticket>> = HashMap::new();
    for change in &mut plan.changes {
        let subject = &change.subject;
        let (Action::Open, Decision::Apply) = (change.action, change.decision) else {
            continue;
        };
        let (Some(customer), Some(error)) = (&subject.customer, subject.error.clone()) else {
            continue;
        };
        let halo = context.halo().await?;
        if let std::collections::hash_map::Entry::Vacant(entry) = lists.entry(customer.id) {
            let mut open = halo.open_tickets(customer.id, None).await?;
            open.sort_unstable_by_key(|ticket| std::cmp::Reverse(ticket.id));
            entry.insert(open);
        }
        let organization = subject.organization.id.clone();
        let others: Vec<String> = mappings
            .iter()
            .filter(|mapping| mapping.customer.id == customer.id && mapping.organization.id != organization)
            .map(|mapping| mapping.organization.name.clone())
            .collect();
        let adoptable = Adoptable {
            organization_id: &organization,
            error: &error,
            affected: &subject.accounts,
            organization: &subject.organization.name,
            others: &others,
        };
        let list = lists.get(&customer.id).map_or(&[][..], Vec::as_slice);
        let free = list.iter().filter(|ticket| {
            let of_another = taken
                .get(&ticket.id)
                .is_some_and(|key| *key != (organization.as_str(), error.as_str()));
            !of_another && !taken_now.contains(&ticket.id)
        });
        let found = find(&halo, &adoptable, free).await?;
        if let Some((ticket, status)) = found {
            taken_now.insert(ticket);
            ticket_life::adopt(change, ticket, status);
        }
    }
    let numbers = |tickets: Vec<Ticket>| tickets.into_iter().map(|ticket| ticket.id).collect();
    Ok(lists
        .into_iter()
        .map(|(customer, tickets)| (customer, numbers(tickets)))
        .collect())
}

/// The first of these tickets that is about the error, with its status.
async fn find<'a>(
    halo: &Halo,
    adoptable: &Adoptable<'_>,
    tickets: impl Iterator<Item = &'a Ticket> + Clone,
) -> anyhow::Result<Option<(i64, Option<i64>)>> {
    let says = |ticket: &&Ticket| adoptable.is_said_by(&ticket.summary, ticket.details.as_deref());
    // A row of the list has no text, and may not say that it is closed: the ticket itself does. First those that say it
    // in their summaries.
    let sure = tickets.clone().filter(|ticket| says(ticket) == Says::Yes);
    let unsure = tickets.filter(|ticket| says(ticket) == Says::Maybe);
    for row in sure.chain(unsure).take(MOST_READ) {
        if let Some(ticket) = halo.ticket(row.id).await?
            && ticket.closed != Some(true)
            && adoptable.is_said_by(
                &ticket.summary,
                Some(ticket.details.as_deref().unwrap_or_default()),
            ) == Says::Yes
        {
            return Ok(Some((ticket.id, ticket.status_id)));
        }
    }
    Ok(None)
}
