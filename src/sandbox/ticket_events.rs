//! What happens to tickets without halolink: technicians, and the vendor's own integration.

use jiff::Timestamp;

use super::{Action, Sandbox, Ticket, World, dates::halo_time, halo::NEW_TICKET};

/// The type that others open their tickets with.
const INCIDENT: i64 = 1;

/// There is no ticket with this number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no ticket {0}")]
pub struct NoTicket(pub i64);

impl World {
    /// Every ticket with its actions, oldest first.
    pub(super) fn tickets_with_actions(&self) -> impl Iterator<Item = (Ticket, Vec<Action>)> {
        self.tickets.values().map(|ticket| {
            let of_ticket = |action: &&Action| action.ticket_id == ticket.id;
            let actions = self.actions.values().filter(of_ticket).cloned();
            (ticket.clone(), actions.collect())
        })
    }

    /// Opens a ticket as somebody else, and gives its number.
    pub(super) fn open_foreign_ticket(&mut self, customer: i64, summary: &str, details_html: &str) -> i64 {
        let sla_id = (self.ticket_types.get(&INCIDENT)).map_or(0, |kind| kind.default_sla);
        let of_sla = self.priorities.iter().find(|priority| priority.slaid == sla_id);
        let priority_id = of_sla.map_or(0, |priority| priority.priorityid);
        let id = self.next_ticket();
        let ticket = Ticket {
            id,
            client_id: Some(customer),
            summary: summary.to_owned(),
            details_html: Some(details_html.to_owned()),
            tickettype_id: INCIDENT,
            sla_id,
            priority_id,
            status_id: NEW_TICKET,
            dateoccurred: halo_time(Timestamp::now()),
            ..Ticket::default()
        };
        self.tickets.insert(id, ticket);
        id
    }

    pub(super) fn close_ticket(&mut self, id: i64) -> Result<(), NoTicket> {
        // The last of those that close: "Closed", after "Resolved".
        let closing = self.statuses.values().rev().find(|status| status.closes);
        let status = closing.map_or(NEW_TICKET, |status| status.id);
        let ticket = self.tickets.get_mut(&id).ok_or(NoTicket(id))?;
        ticket.status_id = status;
        ticket.closed = true;
        Ok(())
    }

    pub(super) fn reopen_ticket(&mut self, id: i64) -> Result<(), NoTicket> {
        let ticket = self.tickets.get_mut(&id).ok_or(NoTicket(id))?;
        ticket.status_id = NEW_TICKET;
        ticket.closed = false;
        ticket.merged_into_id = None;
        Ok(())
    }

    pub(super) fn delete_ticket(&mut self, id: i64) -> Result<(), NoTicket> {
        self.last_ticket = self.last_ticket.max(id);
        self.tickets.remove(&id).map(drop).ok_or(NoTicket(id))
    }

    pub(super) fn merge_ticket(&mut self, id: i64, into: i64) -> Result<(), NoTicket> {
        if id == into || !self.tickets.contains_key(&into) {
            return Err(NoTicket(into));
        }
        self.close_ticket(id)?;
        let merged = self.tickets.get_mut(&id).ok_or(NoTicket(id))?;
        merged.merged_into_id = Some(into);
        Ok(())
    }
}

impl Sandbox {
    /// Every ticket with its actions, oldest first.
    pub fn tickets(&self) -> Vec<(Ticket, Vec<Action>)> {
        self.world().tickets_with_actions().collect()
    }

    /// Opens a ticket for a customer as a technician or the vendor's own integration does, and gives its number.
    pub fn open_foreign_ticket(&self, customer: i64, summary: &str, details_html: &str) -> i64 {
        self.world().open_foreign_ticket(customer, summary, details_html)
    }

    /// Closes a ticket as a technician does.
    ///
    /// # Errors
    /// There is no such ticket.
    pub fn close_ticket(&self, id: i64) -> Result<(), NoTicket> {
        self.world().close_ticket(id)
    }

    /// Opens a closed ticket again as a technician does, who can do so with a ticket of any type.
    ///
    /// # Errors
    /// There is no such ticket.
    pub fn reopen_ticket(&self, id: i64) -> Result<(), NoTicket> {
        self.world().reopen_ticket(id)
    }

    /// Deletes a ticket.
    ///
    /// # Errors
    /// There is no such ticket.
    pub fn delete_ticket(&self, id: i64) -> Result<(), NoTicket> {
        self.world().delete_ticket(id)
    }

    /// Merges a ticket into another, which closes it.
    ///
    /// # Errors
    /// One of them is not there, or they are the same.
    pub fn merge_ticket(&self, id: i64, into: i64) -> Result<(), NoTicket> {
        self.world().merge_ticket(id, into)
    }
}
