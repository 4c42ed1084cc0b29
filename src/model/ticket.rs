//! Tickets.

use super::TicketField;

/// A ticket as Halo has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Its number.
    pub id: i64,
    /// Its summary.
    pub summary: String,
    /// Its text, if the answer contained it.
    pub details: Option<String>,
    /// Whether it has been closed, if the answer says so.
    pub closed: Option<bool>,
    /// The customer it belongs to.
    pub customer_id: Option<i64>,
    /// Its type.
    pub ticket_type: Option<i64>,
    /// Its status.
    pub status_id: Option<i64>,
    /// The ticket that it was merged into.
    pub merged_into: Option<i64>,
}

/// A ticket to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTicket {
    /// The customer.
    pub customer: i64,
    /// One line of plain text.
    pub summary: String,
    /// HTML in which all text from users is escaped.
    pub details_html: String,
    /// The ticket type; Halo's default if `None`.
    pub ticket_type: Option<i64>,
    /// The SLA; Halo's default if `None`.
    pub sla: Option<i64>,
    /// A priority of that SLA; Halo's default if `None`.
    pub priority: Option<i64>,
    /// Further fields.
    pub fields: Vec<TicketField>,
}

/// A note to add to a ticket, hidden from the customer's users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNote {
    /// The ticket.
    pub ticket: i64,
    /// How the note is filed.
    pub outcome: i64,
    /// HTML in which all text from users and services is escaped.
    pub html: String,
    /// The status that the ticket is given with the note.
    pub status: Option<i64>,
}
