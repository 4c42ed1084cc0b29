//! Tickets that halolink has opened or is about to open.

use std::{
    collections::{BTreeSet, HashSet},
    time::Duration,
};

use jiff::Timestamp;
use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{Error, Store, age_of, precise_now, ticket_accounts::accounts_json};
use crate::model::TicketAccount;

/// What identifies a ticket: two tickets with the same key are about the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketKey {
    /// The customer; after a remap a ticket is another one.
    pub customer: i64,
    /// The organization's string id.
    pub organization: String,
    /// The slug of a documented error; empty for free text.
    pub error: String,
    /// The account; empty if there is none.
    pub account: String,
    /// The summary.
    pub summary: String,
}

/// A ticket that was posted, or that was about to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedTicket {
    /// The record's own id.
    pub id: i64,
    /// The ticket in Halo; `None` while it is not known whether it exists.
    pub ticket_id: Option<i64>,
    /// Tickets that looked the same before it was posted.
    pub known_ids: Vec<i64>,
    /// How long ago it was posted, or was about to be.
    pub age: Duration,
}

impl FromRow<'_, SqliteRow> for OpenedTicket {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let known: String = row.try_get("known_ids")?;
        Ok(Self {
            id: row.try_get("id")?,
            ticket_id: row.try_get("ticket_id")?,
            known_ids: serde_json::from_str(&known).unwrap_or_default(),
            age: age_of(row.try_get("opened_at")?),
        })
    }
}

impl Store {
    /// Records of the same ticket that has not been seen closed, newest first.
    pub async fn opened_tickets(&self, profile: &str, key: &TicketKey) -> Result<Vec<OpenedTicket>, Error> {
        // A documented error is identified by its slug, free text by its summary.
        Ok(sqlx::query_as(
            "SELECT id, ticket_id, known_ids, opened_at FROM tickets
             WHERE profile = $1 AND organization_id = $2 AND error = $3 AND LOWER(account) = LOWER($4)
                 AND (error <> '' OR LOWER(summary) = LOWER($5)) AND customer_id = $6 AND NOT closed
             ORDER BY id DESC",
        )
        .bind(profile)
        .bind(&key.organization)
        .bind(&key.error)
        .bind(&key.account)
        .bind(&key.summary)
        .bind(key.customer)
        .fetch_all(&self.pool)
        .await?)
    }

    /// The same customer's tickets that this profile knows to be about another organization, account or error,
    /// however alike they look.
    pub async fn other_tickets(&self, profile: &str, key: &TicketKey) -> Result<HashSet<i64>, Error> {
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT ticket_id FROM tickets
             WHERE profile = $1 AND customer_id = $5 AND ticket_id IS NOT NULL
                 AND NOT (organization_id = $2 AND error = $3 AND LOWER(account) = LOWER($4))",
        )
        .bind(profile)
        .bind(&key.organization)
        .bind(&key.error)
        .bind(&key.account)
        .bind(key.customer)
        .fetch_all(&self.pool)
        .await?;
        Ok(ids.into_iter().collect())
    }

    /// Records the intent to post a ticket, before it is posted: about these accounts, in which its error was seen; none if
    /// someone says that there is an error.
    pub async fn intend_ticket(
        &self,
        profile: &str,
        key: &TicketKey,
        known_ids: &[i64],
        accounts: Option<&BTreeSet<TicketAccount>>,
    ) -> Result<OpenedTicket, Error> {
        let id = sqlx::query_scalar(
            "INSERT INTO tickets (profile, organization_id, customer_id, error, account, summary,
                 ticket_id, known_ids, opened_at, closed, accounts, error_seen)
             VALUES ($1, $2, $3, $4, $5, $6, NULL, $7, $8, FALSE, $9, $10) RETURNING id",
        )
        .bind(profile)
        .bind(&key.organization)
        .bind(key.customer)
        .bind(&key.error)
        .bind(&key.account)
        .bind(&key.summary)
        .bind(serde_json::to_string(known_ids).unwrap_or_else(|_| "[]".to_owned()))
        .bind(precise_now())
        .bind(accounts_json(accounts.unwrap_or(&BTreeSet::new())))
        .bind(accounts.is_some())
        .fetch_one(&self.pool)
        .await?;
        Ok(OpenedTicket {
            id,
            ticket_id: None,
            known_ids: known_ids.to_vec(),
            age: Duration::ZERO,
        })
    }

    /// Resets an intent's age, because it is posted again, or an unclear answer has just come.
    pub async fn renew_ticket_intent(&self, record: i64) -> Result<(), Error> {
        sqlx::query("UPDATE tickets SET opened_at = $2 WHERE id = $1")
            .bind(record)
            .bind(precise_now())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Records which ticket was created.
    pub async fn ticket_opened(&self, record: i64, ticket_id: i64) -> Result<(), Error> {
        sqlx::query("UPDATE tickets SET ticket_id = $2 WHERE id = $1")
            .bind(record)
            .bind(ticket_id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Records that a ticket was seen closed, or no longer exists.
    pub async fn ticket_closed(&self, record: i64) -> Result<(), Error> {
        sqlx::query("UPDATE tickets SET closed = TRUE, closed_at = COALESCE(closed_at, $2) WHERE id = $1")
            .bind(record)
            .bind(Timestamp::now().as_second())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Forgets the intent to post a ticket, because it was not created or Halo does not show it. The same ticket can
    /// then be posted without looking for this one first.
    pub async fn forget_ticket_intent(&self, record: i64) -> Result<(), Error> {
        sqlx::query("DELETE FROM tickets WHERE id = $1 AND ticket_id IS NULL")
            .bind(record)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// How many of this profile's tickets have not been seen closed.
    pub async fn count_open_tickets(&self, profile: &str) -> Result<i64, Error> {
        Ok(sqlx::query_scalar(
            "SELECT COUNT(*) FROM tickets WHERE profile = $1 AND NOT closed AND ticket_id IS NOT NULL",
        )
        .bind(profile)
        .fetch_one(&self.pool)
        .await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock_file::nobody;

    #[tokio::test]
    async fn an_intent_that_came_to_nothing_is_forgotten_and_a_ticket_never() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state.db"), &nobody)
            .await
            .unwrap();
        let key = TicketKey {
            customer: 7,
            organization: "1-1".to_owned(),
            error: "main-app-token".to_owned(),
            account: String::new(),
            summary: "Backup".to_owned(),
        };
        let found = async || -> Vec<Option<i64>> {
            let records = store.opened_tickets("p", &key).await.unwrap();
            records.into_iter().map(|record| record.ticket_id).collect()
        };
        let intent = store.intend_ticket("p", &key, &[], None).await.unwrap();
        assert_eq!(found().await, [None]);
        store.forget_ticket_intent(intent.id).await.unwrap();
        assert_eq!(found().await, []);

        let opened = store.intend_ticket("p", &key, &[], None).await.unwrap();
        store.ticket_opened(opened.id, 42).await.unwrap();
        store.forget_ticket_intent(opened.id).await.unwrap();
        assert_eq!(found().await, [Some(42)]);
        store.ticket_closed(opened.id).await.unwrap();
        assert_eq!(found().await, []);
    }
}
