//! Tickets.

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
}
