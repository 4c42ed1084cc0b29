//! What a ticket is configured with: its type, SLA and priority, and the outcome of notes on it.

/// A ticket type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketType {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// A service level agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sla {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// A priority of one SLA. The same id under another SLA is another priority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priority {
    /// Halo's `priorityid`: the number that a ticket takes.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The SLA it belongs to.
    pub sla_id: i64,
}

/// How a note on a ticket is filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// It sends the note to the customer by email, as far as Halo says.
    pub sends_email: bool,
}

/// Somebody whom tickets can be assigned to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// The id.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The agent's teams.
    pub teams: Vec<Team>,
}

/// A team, whom tickets can be assigned to: Halo does that by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its id, if Halo said so.
    pub id: Option<i64>,
    /// Its name.
    pub name: String,
}

/// A status of tickets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketStatus {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
}
