//! The ledger of tickets: what was done to each, by whom, with what outcome.

use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{Error, Store, now};
use crate::{
    lock_file::{host_name, user_name},
    model::Reference,
};

/// Something that was done to a ticket, or failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTicketEvent {
    /// The organization.
    pub organization: Reference<String>,
    /// Its customer.
    pub customer: Option<Reference>,
    /// The error's slug.
    pub error: String,
    /// The number of affected accounts.
    pub accounts: usize,
    /// The ticket in Halo.
    pub ticket: Option<i64>,
    /// What was done: a status such as `opened`.
    pub status: &'static str,
    /// Why.
    pub reason: Option<String>,
}

/// Something that was done to a ticket, as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketEvent {
    /// The command that did it.
    pub command: String,
    /// When, as RFC 3339.
    pub recorded_at: String,
    /// Who ran the command.
    pub user: String,
    /// On which machine.
    pub host: String,
    /// The organization.
    pub organization: Reference<String>,
    /// Its customer.
    pub customer: Option<Reference>,
    /// The error's slug.
    pub error: String,
    /// The number of affected accounts.
    pub accounts: i64,
    /// The ticket in Halo.
    pub ticket: Option<i64>,
    /// What was done: a status such as `opened`.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
}

impl FromRow<'_, SqliteRow> for TicketEvent {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let customer: Option<i64> = row.try_get("customer_id")?;
        let customer_name: Option<String> = row.try_get("customer_name")?;
        let organization: String = row.try_get("organization_id")?;
        let organization_name: String = row.try_get("organization_name")?;
        Ok(Self {
            command: row.try_get("command")?,
            recorded_at: row.try_get("recorded_at")?,
            user: row.try_get("user_name")?,
            host: row.try_get("host_name")?,
            organization: Reference::new(organization, organization_name),
            customer: customer.map(|id| Reference::new(id, customer_name.unwrap_or_default())),
            error: row.try_get("error")?,
            accounts: row.try_get("accounts")?,
            ticket: row.try_get("ticket_id")?,
            status: row.try_get("status")?,
            reason: row.try_get("reason")?,
        })
    }
}

impl Store {
    /// Records what a command did to tickets.
    pub async fn record_ticket_events(
        &self,
        profile: &str,
        command: &str,
        events: &[NewTicketEvent],
    ) -> Result<(), Error> {
        if events.is_empty() {
            return Ok(());
        }
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for event in events {
            sqlx::query(
                "INSERT INTO ticket_events (profile, command, recorded_at, user_name, host_name,
                     organization_id, organization_name, customer_id, customer_name, error, accounts, ticket_id,
                     status, reason)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            )
            .bind(profile)
            .bind(command)
            .bind(now())
            .bind(user_name())
            .bind(host_name())
            .bind(&event.organization.id)
            .bind(&event.organization.name)
            .bind(event.customer.as_ref().map(|customer| customer.id))
            .bind(event.customer.as_ref().map(|customer| customer.name.as_str()))
            .bind(&event.error)
            .bind(i64::try_from(event.accounts).unwrap_or(i64::MAX))
            .bind(event.ticket)
            .bind(event.status)
            .bind(event.reason.as_deref())
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// What was done to tickets since a time (written as the state writes times), the newest first; only to those of
    /// one organization, if one is given.
    pub async fn ticket_events(
        &self,
        profile: &str,
        since: &str,
        organization: Option<&str>,
    ) -> Result<Vec<TicketEvent>, Error> {
        Ok(sqlx::query_as(
            "SELECT * FROM ticket_events
             WHERE profile = $1 AND recorded_at >= $2 AND ($3 IS NULL OR organization_id = $3)
             ORDER BY id DESC",
        )
        .bind(profile)
        .bind(since)
        .bind(organization)
        .fetch_all(&self.pool)
        .await?)
    }
}
