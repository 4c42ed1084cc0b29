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
    /// The seat metric that was billed when the configuration was reset, until somebody says what is now.
    pub metric_before_reset: Option<SeatMetric>,
}

/// Whether seats are synced, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatSync {
    /// They are.
    On,
    /// Somebody switched it off.
    Off,
    /// This metric was billed until the configuration was reset, and nobody said yet which is billed now.
    MetricWasReset(SeatMetric),
}

impl Configuration {
    /// Which seat number is billed.
    pub fn metric(&self) -> SeatMetric {
        self.seat_metric.unwrap_or_default()
    }

    /// Whether seats are synced.
    pub fn seat_sync(&self) -> SeatSync {
        match (self.sync_seats, self.metric_before_reset) {
            (Some(false), _) => SeatSync::Off,
            (_, Some(metric)) => SeatSync::MetricWasReset(metric),
            _ => SeatSync::On,
        }
    }

    /// What is left of it when it is reset: nothing, except that a reset neither switches seat sync on nor
    /// bills another seat number than before.
    pub fn reset(&self) -> Self {
        let billed = Some(self.metric()).filter(|metric| *metric != SeatMetric::default());
        Self {
            sync_seats: self.sync_seats.filter(|on| !on),
            metric_before_reset: billed.or(self.metric_before_reset),
            ..Self::default()
        }
    }
}

impl FromRow<'_, SqliteRow> for Configuration {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let reference = |name: &str| -> sqlx::Result<Option<Reference>> {
            let id: Option<i64> = row.try_get(format!("{name}_id").as_str())?;
            let text: Option<String> = row.try_get(format!("{name}_name").as_str())?;
            Ok(id.map(|id| Reference::new(id, text.unwrap_or_default())))
        };
        let metric = |column: &str| -> sqlx::Result<Option<SeatMetric>> {
            let word: Option<String> = row.try_get(column)?;
            word.map(|word| {
                word.parse().map_err(|_| {
                    let what = "seat metric";
                    sqlx::Error::Decode(Box::new(Error::Unknown { what, word }))
                })
            })
            .transpose()
        };
        Ok(Self {
            sync_seats: row.try_get("sync_seats")?,
            seat_metric: metric("seat_metric")?,
            ticket_type: reference("ticket_type")?,
            sla: reference("sla")?,
            priority: reference("priority")?,
            note_outcome: reference("note_outcome")?,
            metric_before_reset: metric("metric_before_reset")?,
        })
    }
}

impl Store {
    /// The configuration; empty where there is none.
    ///
    /// # Errors
    /// A failed statement, a seat metric that is none.
    pub async fn configuration(&self, profile: &str) -> Result<Configuration, Error> {
        let found = sqlx::query_as("SELECT * FROM configurations WHERE profile = $1")
            .bind(profile)
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.unwrap_or_default())
    }

    /// The configuration without its seat metric, for giving it another.
    ///
    /// # Errors
    /// A failed statement.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_never_bills_more_than_before() {
        for sync_seats in [None, Some(true), Some(false)] {
            for seat_metric in [None].into_iter().chain(SeatMetric::ALL.map(Some)) {
                let before = Configuration {
                    sync_seats,
                    seat_metric,
                    ..Configuration::default()
                };
                let after = before.reset();
                // Again is the same.
                assert_eq!(after.reset(), after);
                if after.seat_sync() == SeatSync::On {
                    assert_eq!(before.seat_sync(), SeatSync::On);
                    assert_eq!(after.metric(), before.metric());
                }
                let is_off = before.seat_sync() == SeatSync::Off;
                assert_eq!(after.seat_sync() == SeatSync::Off, is_off);
            }
        }
    }
}
