//! Showing what becomes of the tickets.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::{
    change::Plan,
    context::Context,
    halo::ticket_url,
    plan::ticket_life::ErrorTicket,
    ui::view::{Cell, Column, Subject},
};

/// Fills in where a person can look at each ticket.
///
/// # Errors
/// There is no connection.
pub(super) fn add_addresses(context: &Context, plan: &mut Plan<ErrorTicket>) -> anyhow::Result<()> {
    let site = context.connection()?.site.site_url;
    for change in &mut plan.changes {
        let subject = &mut change.subject;
        subject.address = subject.ticket.map(|ticket| ticket_url(&site, ticket));
    }
    Ok(())
}

/// A line for each ticket that has come: its number, whose it is, and where to look at it.
pub(super) fn new_tickets(plan: &Plan<ErrorTicket>) -> Vec<String> {
    plan.changes
        .iter()
        .filter(|change| matches!(change.status(), "opened" | "adopted"))
        .filter_map(|change| {
            let subject = &change.subject;
            Some(format!(
                "Ticket {} {}: {}, {}  {}",
                subject.ticket?,
                change.status(),
                subject.organization.name,
                subject.error.as_deref()?,
                subject.address.as_deref()?
            ))
        })
        .collect()
}

/// The names of the accounts that have the error, or had it if it has gone. Each once: an account can have an error in
/// several products.
fn names(ticket: &ErrorTicket) -> BTreeSet<&str> {
    let now = ticket.accounts.iter().map(|affected| affected.account.as_str());
    let mut names: BTreeSet<&str> = now.collect();
    if let Some(record) = ticket.record.as_ref().filter(|_| names.is_empty()) {
        let before = record.state.accounts.iter();
        names.extend(before.map(|account| account.account.as_str()));
    }
    names
}

#[derive(Serialize)]
struct TicketView<'a> {
    id: i64,
    url: Option<&'a str>,
}

impl Serialize for ErrorTicket {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = names(self);
        let only = names.first().filter(|_| names.len() == 1);
        let ticket = self.ticket.map(|id| TicketView {
            id,
            url: self.address.as_deref(),
        });
        let mut fields = serializer.serialize_struct("ErrorTicket", 6)?;
        fields.serialize_field("organization", &self.organization)?;
        fields.serialize_field("customer", &self.customer)?;
        fields.serialize_field("error", &self.error)?;
        fields.serialize_field("account", &only)?;
        fields.serialize_field("accounts", &names)?;
        fields.serialize_field("ticket", &ticket)?;
        fields.end()
    }
}

impl Subject for ErrorTicket {
    const STATUSES: &'static [&'static str] = &[
        "opened",
        "adopted",
        "appended",
        "resolved",
        "closed",
        "reopened",
        "unchanged",
        "planned",
        "skipped",
        "failed",
    ];
    const COLUMNS: &'static [Column] = &[
        Column::Reference("organization"),
        Column::Text("error"),
        Column::Number("accounts"),
        Column::Text("ticket"),
    ];
    const SAYS_ACTION: bool = true;

    fn cells(&self) -> Vec<Cell> {
        let accounts = names(self).len();
        let ticket = self.ticket.map(|ticket| ticket.to_string());
        vec![
            (&self.organization).into(),
            self.error.clone().unwrap_or_default().into(),
            accounts.to_string().into(),
            ticket.unwrap_or_default().into(),
        ]
    }
}
