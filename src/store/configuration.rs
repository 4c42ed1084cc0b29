//! The configuration of a profile.

use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{Error, Store, word};
use crate::model::{Configuration, Reference, SeatMetric, TicketPolicy};

/// The `what` of an [`Error::Unknown`] that configuring a seat metric puts right.
pub const CONFIGURED_METRIC: &str = "seat metric";

impl FromRow<'_, SqliteRow> for Configuration {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let reference = |name: &str| -> sqlx::Result<Option<Reference>> {
            let id: Option<i64> = row.try_get(format!("{name}_id").as_str())?;
            let text: Option<String> = row.try_get(format!("{name}_name").as_str())?;
            Ok(id.map(|id| Reference::new(id, text.unwrap_or_default())))
        };
        let metric = |column: &str| {
            let is_set = row.try_get::<Option<&str>, _>(column)?.is_some();
            is_set.then(|| word(row, column, CONFIGURED_METRIC)).transpose()
        };
        Ok(Self {
            sync_seats: row.try_get("sync_seats")?,
            seat_metric: metric("seat_metric")?,
            ticket_type: reference("ticket_type")?,
            sla: reference("sla")?,
            priority: reference("priority")?,
            note_outcome: reference("note_outcome")?,
            tickets: TicketPolicy::default(),
            metric_before_reset: metric("metric_before_reset")?,
        })
    }
}

impl Store {
    /// The configuration, or an empty one.
    ///
    /// # Errors
    /// Also [`Error::Unknown`] for a stored seat metric that is not one.
    pub async fn configuration(&self, profile: &str) -> Result<Configuration, Error> {
        let found = sqlx::query_as("SELECT * FROM configurations WHERE profile = $1")
            .bind(profile)
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.unwrap_or_default())
    }

    /// The configuration without its seat metric, which may be an unknown one, so that it can be given another.
    pub async fn configuration_but_metric(&self, profile: &str) -> Result<Configuration, Error> {
        let found = sqlx::query_as(
            "SELECT sync_seats, NULL AS seat_metric, ticket_type_id, ticket_type_name, sla_id, sla_name,
                 priority_id, priority_name, note_outcome_id, note_outcome_name, NULL AS metric_before_reset
             FROM configurations WHERE profile = $1",
        )
        .bind(profile)
        .fetch_optional(&self.pool)
        .await?;
        Ok(found.unwrap_or_default())
    }

    /// Replaces the configuration.
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
                 sla_id, sla_name, priority_id, priority_name, note_outcome_id, note_outcome_name,
                 metric_before_reset)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
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
        .bind(new.metric_before_reset.map(SeatMetric::name))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}
