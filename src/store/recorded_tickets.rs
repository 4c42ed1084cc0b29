//! Every ticket that was opened or adopted, for lists.

use std::collections::BTreeSet;

use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{Error, Store, ticket_accounts::accounts_of};

/// A ticket that was opened or adopted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedTicket {
    /// Its number in Halo.
    pub ticket: i64,
    /// The organization's string id.
    pub organization: String,
    /// The customer.
    pub customer: i64,
    /// The error's slug; `None` for free words.
    pub error: Option<String>,
    /// Its summary.
    pub summary: String,
    /// The accounts that it names.
    pub accounts: BTreeSet<String>,
    /// When it was opened or adopted, RFC 3339 in UTC.
    pub opened_at: String,
    /// It was seen closed.
    pub closed: bool,
}

impl FromRow<'_, SqliteRow> for RecordedTicket {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let mut accounts: BTreeSet<String> = accounts_of(row.try_get("accounts")?)
            .into_iter()
            .map(|named| named.account)
            .collect();
        let account: String = row.try_get("account")?;
        if !account.is_empty() {
            accounts.insert(account);
        }
        let error: String = row.try_get("error")?;
        Ok(Self {
            ticket: row.try_get("ticket_id")?,
            organization: row.try_get("organization_id")?,
            customer: row.try_get("customer_id")?,
            error: Some(error).filter(|error| !error.is_empty()),
            summary: row.try_get("summary")?,
            accounts,
            opened_at: row.try_get("opened_at")?,
            closed: row.try_get("closed")?,
        })
    }
}

impl Store {
    /// Every ticket of this profile, the oldest first. One that has several records is there once, as the newest has
    /// it.
    pub async fn recorded_tickets(&self, profile: &str) -> Result<Vec<RecordedTicket>, Error> {
        Ok(sqlx::query_as(
            "SELECT * FROM tickets WHERE id IN
                 (SELECT MAX(id) FROM tickets WHERE profile = $1 AND ticket_id IS NOT NULL GROUP BY ticket_id)
             ORDER BY id",
        )
        .bind(profile)
        .fetch_all(&self.pool)
        .await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{lock_file::nobody, model::TicketAccount, store::TicketKey};

    #[tokio::test]
    async fn a_ticket_is_there_once_with_all_that_it_names() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state.db"), &nobody)
            .await
            .unwrap();
        let key = |error: &str, account: &str| TicketKey {
            customer: 7,
            organization: "1-1".to_owned(),
            error: error.to_owned(),
            account: account.to_owned(),
            summary: "Backup".to_owned(),
        };
        let named = |product: &str| TicketAccount {
            product: product.to_owned(),
            account: "ann@example.com".to_owned(),
        };
        let both = BTreeSet::from([named("mailbox"), named("tasks")]);
        let open = async |key: &TicketKey, accounts: &BTreeSet<TicketAccount>, ticket: Option<i64>| {
            let record = store.intend_ticket("p", key, &[], Some(accounts)).await.unwrap();
            if let Some(ticket) = ticket {
                store.ticket_opened(record.id, ticket).await.unwrap();
            }
            record.id
        };
        let first = open(&key("main-app-token", ""), &both, Some(42)).await;
        store.ticket_closed(first).await.unwrap();
        open(&key("main-app-token", ""), &both, Some(42)).await;
        open(&key("", "bob@example.com"), &BTreeSet::new(), Some(43)).await;
        // Nobody knows whether this one exists.
        open(&key("device-token", ""), &BTreeSet::new(), None).await;

        let tickets = store.recorded_tickets("p").await.unwrap();
        let told: Vec<_> = (tickets.iter())
            .map(|ticket| (ticket.ticket, ticket.error.as_deref(), ticket.closed))
            .collect();
        assert_eq!(told, [(42, Some("main-app-token"), false), (43, None, false)]);
        assert_eq!(
            tickets[0].accounts,
            BTreeSet::from(["ann@example.com".to_owned()])
        );
        assert_eq!(
            tickets[1].accounts,
            BTreeSet::from(["bob@example.com".to_owned()])
        );
        assert_eq!(store.recorded_tickets("other").await.unwrap(), []);
    }
}
