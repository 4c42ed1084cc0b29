//! The newest ticket for each backup error, and notes that are about to be added to it.

use serde::{Deserialize, Serialize};
use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{
    Error, OpenedTicket, Store, TicketKey, age_of, precise_now,
    ticket_accounts::{Accounts, accounts_json, accounts_of},
};
use crate::model::{PendingNote, TicketRecord, TicketState};

fn json(value: &impl Serialize) -> String {
    // Neither has keys that are no texts, so this cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}

/// A ticket's state with a pending note, as JSON.
#[derive(Serialize, Deserialize)]
struct NoteState {
    ticket: i64,
    accounts: Accounts,
    noted_at: i64,
    recovered_at: Option<i64>,
    closed_at: Option<i64>,
    open_status: Option<i64>,
    error_seen: bool,
}

impl From<&TicketState> for NoteState {
    fn from(state: &TicketState) -> Self {
        Self {
            ticket: state.ticket,
            accounts: (&state.accounts).into(),
            noted_at: state.noted_at,
            recovered_at: state.recovered_at,
            closed_at: state.closed_at,
            open_status: state.open_status,
            error_seen: state.error_seen,
        }
    }
}

impl From<NoteState> for TicketState {
    fn from(state: NoteState) -> Self {
        Self {
            ticket: state.ticket,
            accounts: state.accounts.into(),
            noted_at: state.noted_at,
            recovered_at: state.recovered_at,
            closed_at: state.closed_at,
            open_status: state.open_status,
            error_seen: state.error_seen,
        }
    }
}

impl FromRow<'_, SqliteRow> for TicketRecord {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let opened_at: &str = row.try_get("opened_at")?;
        let opened_at = opened_at
            .parse()
            .map_or(0, |time: jiff::Timestamp| time.as_second());
        let accounts = accounts_of(row.try_get("accounts")?);
        let notes = row.try_get("notes")?;
        let note: Option<&str> = row.try_get("note_state")?;
        let since: Option<&str> = row.try_get("note_since")?;
        let pending = note
            .and_then(|note| serde_json::from_str::<NoteState>(note).ok())
            .map(|state| PendingNote {
                number: notes,
                age: since.map(age_of).unwrap_or_default(),
                state: state.into(),
            });
        let closed: bool = row.try_get("closed")?;
        let closed_at: Option<i64> = row.try_get("closed_at")?;
        Ok(Self {
            id: row.try_get("id")?,
            organization: row.try_get("organization_id")?,
            customer: row.try_get("customer_id")?,
            error: row.try_get("error")?,
            opened_at,
            notes,
            state: TicketState {
                ticket: row.try_get("ticket_id")?,
                accounts,
                noted_at: row.try_get::<Option<i64>, _>("noted_at")?.unwrap_or(opened_at),
                recovered_at: row.try_get("recovered_at")?,
                closed_at: closed.then(|| closed_at.unwrap_or(opened_at)),
                open_status: row.try_get("open_status")?,
                error_seen: row.try_get("error_seen")?,
            },
            pending,
        })
    }
}

impl Store {
    /// The newest ticket for each organization and error. Tickets in free words, and those about one account
    /// alone, are not among them.
    pub async fn ticket_records(&self, profile: &str) -> Result<Vec<TicketRecord>, Error> {
        Ok(sqlx::query_as(
            "SELECT * FROM tickets WHERE id IN
                 (SELECT MAX(id) FROM tickets
                  WHERE profile = $1 AND error <> '' AND account = '' AND ticket_id IS NOT NULL
                  GROUP BY organization_id, error)
             ORDER BY id",
        )
        .bind(profile)
        .fetch_all(&self.pool)
        .await?)
    }

    /// Tickets for organizations and errors that were about to be posted, and may be in Halo although no answer said
    /// so.
    pub async fn pending_tickets(&self, profile: &str) -> Result<Vec<(TicketKey, OpenedTicket)>, Error> {
        let rows = sqlx::query(
            "SELECT id, organization_id, customer_id, error, account, summary, ticket_id, known_ids, opened_at
             FROM tickets
             WHERE profile = $1 AND error <> '' AND account = '' AND ticket_id IS NULL AND NOT closed
             ORDER BY id",
        )
        .bind(profile)
        .fetch_all(&self.pool)
        .await?;
        let mut pending = Vec::new();
        for row in &rows {
            let key = TicketKey {
                customer: row.try_get("customer_id")?,
                organization: row.try_get("organization_id")?,
                error: row.try_get("error")?,
                account: row.try_get("account")?,
                summary: row.try_get("summary")?,
            };
            pending.push((key, OpenedTicket::from_row(row)?));
        }
        Ok(pending)
    }

    /// Records what was found out about a ticket.
    pub async fn set_ticket_state(&self, record: i64, state: &TicketState) -> Result<(), Error> {
        self.write_state(record, state, false).await
    }

    /// Records the intent to add a note, before it is added. Gives its number, which no other note about this
    /// organization and error has: an older record may be of the same ticket.
    pub async fn intend_note(&self, record: i64, with: &TicketState) -> Result<i64, Error> {
        Ok(sqlx::query_scalar(
            "UPDATE tickets SET note_since = $2, note_state = $3, notes = 1 + (
                 SELECT MAX(other.notes) FROM tickets AS other
                 WHERE other.profile = tickets.profile AND other.organization_id = tickets.organization_id
                     AND other.error = tickets.error)
             WHERE id = $1 RETURNING notes",
        )
        .bind(record)
        .bind(precise_now())
        .bind(json(&NoteState::from(with)))
        .fetch_one(&self.pool)
        .await?)
    }

    /// Resets the age of an intended note, because it is sent again, or an unclear answer has just come.
    pub async fn renew_note_intent(&self, record: i64) -> Result<(), Error> {
        sqlx::query("UPDATE tickets SET note_since = $2 WHERE id = $1")
            .bind(record)
            .bind(precise_now())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Records that an intended note is there, and with it the ticket's new state.
    pub async fn note_added(&self, record: i64, state: &TicketState) -> Result<(), Error> {
        self.write_state(record, state, true).await
    }

    /// Forgets an intended note, because it was not added.
    pub async fn forget_note_intent(&self, record: i64) -> Result<(), Error> {
        sqlx::query("UPDATE tickets SET note_since = NULL, note_state = NULL WHERE id = $1")
            .bind(record)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn write_state(&self, record: i64, state: &TicketState, noted: bool) -> Result<(), Error> {
        sqlx::query(
            "UPDATE tickets SET ticket_id = $2, accounts = $3, noted_at = $4, recovered_at = $5, closed_at = $6,
                 closed = $7, open_status = $8, note_since = CASE WHEN $9 THEN NULL ELSE note_since END,
                 note_state = CASE WHEN $9 THEN NULL ELSE note_state END, error_seen = $10
             WHERE id = $1",
        )
        .bind(record)
        .bind(state.ticket)
        .bind(accounts_json(&state.accounts))
        .bind(state.noted_at)
        .bind(state.recovered_at)
        .bind(state.closed_at)
        .bind(state.closed_at.is_some())
        .bind(state.open_status)
        .bind(noted)
        .bind(state.error_seen)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
