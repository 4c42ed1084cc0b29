//! What halolink remembers of a ticket for a backup error.

use std::{collections::BTreeSet, time::Duration};

/// An account whose error a ticket is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TicketAccount {
    /// The product's word, e.g. `mailbox`.
    pub product: String,
    /// The account's email address, or a site's name.
    pub account: String,
}

/// What changes of a ticket in the course of its life. Times are seconds since the epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketState {
    /// The ticket in Halo.
    pub ticket: i64,
    /// The accounts that it names, notes included.
    pub accounts: BTreeSet<TicketAccount>,
    /// When it was opened or got its last note.
    pub noted_at: i64,
    /// When the backup was seen to have recovered; none while the error stands.
    pub recovered_at: Option<i64>,
    /// When it was first seen closed; none while it is open.
    pub closed_at: Option<i64>,
    /// Its status when it was last seen open.
    pub open_status: Option<i64>,
    /// The error was seen in SaaS Backup. Of a ticket that someone opened for an error that was never seen, nobody can
    /// say that the backup has recovered.
    pub error_seen: bool,
}

/// The newest ticket of an organization and an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketRecord {
    /// The record's own id.
    pub id: i64,
    /// The organization's string id.
    pub organization: String,
    /// The customer for whom it was opened.
    pub customer: i64,
    /// The error's slug.
    pub error: String,
    /// When it was opened, in seconds since the epoch.
    pub opened_at: i64,
    /// The number of the last note on it.
    pub notes: i64,
    /// What was last recorded of it.
    pub state: TicketState,
    /// A note that was about to be added, if it is not known whether Halo has it.
    pub pending: Option<PendingNote>,
}

/// A note that was about to be added to a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingNote {
    /// Its number on the ticket, which is in its text.
    pub number: i64,
    /// How long ago it was sent, or was about to be.
    pub age: Duration,
    /// What is recorded of the ticket once the note is there.
    pub state: TicketState,
}
