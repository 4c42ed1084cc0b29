//! Tickets.

/// A ticket as read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Its number.
    pub id: i64,
    /// Its summary.
    pub summary: String,
    /// Its text, where the answer carried it.
    pub details: Option<String>,
    /// Whether it has been closed, where the answer says so.
    pub closed: Option<bool>,
    /// The customer it is on.
    pub customer_id: Option<i64>,
}

/// A ticket to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTicket {
    /// The customer.
    pub customer: i64,
    /// One line of plain text.
    pub summary: String,
    /// HTML; what came from users is escaped in it.
    pub details_html: String,
    /// Type; Halo's default where none.
    pub ticket_type: Option<i64>,
    /// SLA; Halo's default where none.
    pub sla: Option<i64>,
    /// Priority of that SLA.
    pub priority: Option<i64>,
}
