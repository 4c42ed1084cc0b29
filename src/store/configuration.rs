//! The configuration of a profile.

use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{Error, Store};
use crate::{backup::SeatMetric, reference::Reference};

/// What a partner configured; `None` is "not configured".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Whether seats are synced; they are unless it says no.
    pub sync_seats: Option<bool>,
    /// Which seat number is billed.
    pub seat_metric: Option<SeatMetric>,
    /// The type of tickets.
    pub ticket_type: Option<Reference>,
    /// The SLA of tickets.
    pub sla: Option<Reference>,
    /// The priority of tickets, one of that SLA's.
    pub priority: Option<Reference>,
    /// The outcome of notes on tickets.
    pub note_outcome: Option<Reference>,
}

impl FromRow<'_, SqliteRow> for Configuration {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let reference = |name: &str| -> sqlx::Result<Option<Reference>> {
            let id: Option<i64> = row.try_get(format!("{name}_id").as_str())?;
            let text: Option<String> = row.try_get(format!("{name}_name").as_str())?;
            Ok(id.map(|id| Reference::new(id, text.unwrap_or_default())))
        };
        let metric: Option<String> = row.try_get("seat_metric")?;
        Ok(Self {
            sync_seats: row.try_get("sync_seats")?,
            seat_metric: metric.and_then(|metric| metric.parse().ok()),
            ticket_type: reference("ticket_type")?,
            sla: reference("sla")?,
            priority: reference("priority")?,
            note_outcome: reference("note_outcome")?,
        })
    }
}

impl Store {
    /// The configuration; empty where there is none.
    ///
    /// # Errors
    /// A failed statement.
    pub async fn configuration(&self, profile: &str) -> Result<Configuration, Error> {
        let found = sqlx::query_as("SELECT * FROM configurations WHERE profile = $1")
            .bind(profile)
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.unwrap_or_default())
    }

    /// Replaces the configuration.
    ///
    /// # Errors
    /// A failed statement.
    pub async fn set_configuration(&self, profile: &str, new: &Configuration) -> Result<(), Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM configurations WHERE profile = $1")
            .bind(profile)
            .execute(&mut *transaction)
            .await?;
        let id = |reference: &Option<Reference>| reference.as_ref().map(|reference| reference.id);
        let name = |reference: &Option<Reference>| reference.as_ref().map(|reference| reference.name.clone());
        sqlx::query(
            "INSERT INTO configurations (profile, sync_seats, seat_metric, ticket_type_id, ticket_type_name,
                 sla_id, sla_name, priority_id, priority_name, note_outcome_id, note_outcome_name)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(profile)
        .bind(new.sync_seats)
        .bind(new.seat_metric.map(SeatMetric::name))
        .bind(id(&new.ticket_type))
        .bind(name(&new.ticket_type))
        .bind(id(&new.sla))
        .bind(name(&new.sla))
        .bind(id(&new.priority))
        .bind(name(&new.priority))
        .bind(id(&new.note_outcome))
        .bind(name(&new.note_outcome))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Deletes the configuration and nothing else.
    ///
    /// # Errors
    /// A failed statement.
    pub async fn reset_configuration(&self, profile: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM configurations WHERE profile = $1")
            .bind(profile)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
