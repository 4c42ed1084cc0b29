//! The configuration of a profile.

use std::collections::BTreeMap;

use sqlx::{FromRow, Row, SqliteConnection, sqlite::SqliteRow};

use super::{Error, Store, word};
use crate::model::{
    Configuration, ErrorOptions, FairUse, FieldValue, OnRecovery, Reference, SeatMetric, TicketField,
    TicketPolicy,
};

/// The `what` of an [`Error::Unknown`] that configuring a seat metric puts right.
pub const CONFIGURED_METRIC: &str = "seat metric";

/// A record whose id and name are in two columns.
fn reference(row: &SqliteRow, name: &str) -> sqlx::Result<Option<Reference>> {
    let id: Option<i64> = row.try_get(format!("{name}_id").as_str())?;
    let text: Option<String> = row.try_get(format!("{name}_name").as_str())?;
    Ok(id.map(|id| Reference::new(id, text.unwrap_or_default())))
}

fn fair_use(row: &SqliteRow) -> sqlx::Result<Option<FairUse>> {
    let percent: Option<i64> = row.try_get("fair_use_percent")?;
    let Some(percent) = percent else {
        return Ok(None);
    };
    Ok(Some(FairUse {
        percent: u32::try_from(percent).unwrap_or(FairUse::USUAL_PERCENT),
        of: word(row, "fair_use_of", "base of the fair use")?,
    }))
}

impl FromRow<'_, SqliteRow> for Configuration {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let is_set = |column: &str| Ok::<_, sqlx::Error>(row.try_get::<Option<&str>, _>(column)?.is_some());
        let metric = |column: &str| {
            is_set(column)?
                .then(|| word(row, column, CONFIGURED_METRIC))
                .transpose()
        };
        let on_recovery: Option<OnRecovery> = is_set("on_recovery")?
            .then(|| word(row, "on_recovery", "treatment of recovered backups"))
            .transpose()?;
        Ok(Self {
            sync_seats: row.try_get("sync_seats")?,
            seat_metric: metric("seat_metric")?,
            ticket_type: reference(row, "ticket_type")?,
            sla: reference(row, "sla")?,
            priority: reference(row, "priority")?,
            note_outcome: reference(row, "note_outcome")?,
            tickets: TicketPolicy {
                grace: row.try_get("ticket_grace")?,
                stale_after: row.try_get("ticket_stale_after")?,
                remind: row.try_get("ticket_remind")?,
                on_recovery,
                closing_outcome: reference(row, "closing_outcome")?,
                closing_status: reference(row, "closing_status")?,
                of_errors: BTreeMap::new(),
                fields: Vec::new(),
            },
            metric_before_reset: metric("metric_before_reset")?,
            vendor_sync: row.try_get("vendor_sync")?,
            fair_use: fair_use(row)?,
            time_zone: row.try_get("time_zone")?,
        })
    }
}

impl Store {
    /// The configuration, or an empty one.
    ///
    /// # Errors
    /// Also [`Error::Unknown`] for a stored seat metric that is not one.
    pub async fn configuration(&self, profile: &str) -> Result<Configuration, Error> {
        self.read_configuration("SELECT * FROM configurations WHERE profile = $1", profile)
            .await
    }

    /// The configuration without its seat metric, which may be an unknown one, so that it can be given another.
    pub async fn configuration_but_metric(&self, profile: &str) -> Result<Configuration, Error> {
        let query =
            "SELECT sync_seats, NULL AS seat_metric, ticket_type_id, ticket_type_name, sla_id, sla_name,
                 priority_id, priority_name, note_outcome_id, note_outcome_name, NULL AS metric_before_reset,
                 ticket_grace, ticket_stale_after, ticket_remind, on_recovery, closing_outcome_id,
                 closing_outcome_name, closing_status_id, closing_status_name, vendor_sync, fair_use_of,
                 fair_use_percent, time_zone
             FROM configurations WHERE profile = $1";
        self.read_configuration(query, profile).await
    }

    /// The configuration whose row a query reads, and what belongs to it in other tables, as of one moment.
    async fn read_configuration(&self, query: &'static str, profile: &str) -> Result<Configuration, Error> {
        let mut transaction = self.pool.begin().await?;
        let found: Option<Configuration> = sqlx::query_as(query)
            .bind(profile)
            .fetch_optional(&mut *transaction)
            .await?;
        let mut configuration = found.unwrap_or_default();
        configuration.tickets.of_errors = error_options(&mut transaction, profile).await?;
        configuration.tickets.fields = ticket_fields(&mut transaction, profile).await?;
        Ok(configuration)
    }

    /// Replaces the configuration.
    pub async fn set_configuration(&self, profile: &str, new: &Configuration) -> Result<(), Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for statement in [
            "DELETE FROM configurations WHERE profile = $1",
            "DELETE FROM error_options WHERE profile = $1",
            "DELETE FROM ticket_fields WHERE profile = $1",
        ] {
            sqlx::query(statement)
                .bind(profile)
                .execute(&mut *transaction)
                .await?;
        }
        sqlx::query(
            "INSERT INTO configurations (profile, sync_seats, seat_metric, ticket_type_id, ticket_type_name,
                 sla_id, sla_name, priority_id, priority_name, note_outcome_id, note_outcome_name,
                 metric_before_reset, ticket_grace, ticket_stale_after, ticket_remind, on_recovery,
                 closing_outcome_id, closing_outcome_name, closing_status_id, closing_status_name, vendor_sync,
                 fair_use_of, fair_use_percent, time_zone)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                 $21, $22, $23, $24)",
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
        .bind(new.tickets.grace)
        .bind(new.tickets.stale_after)
        .bind(new.tickets.remind)
        .bind(new.tickets.on_recovery.map(OnRecovery::name))
        .bind(id(&new.tickets.closing_outcome))
        .bind(name(&new.tickets.closing_outcome))
        .bind(id(&new.tickets.closing_status))
        .bind(name(&new.tickets.closing_status))
        .bind(new.vendor_sync)
        .bind(new.fair_use.map(|fair_use| fair_use.of.name()))
        .bind(new.fair_use.map(|fair_use| i64::from(fair_use.percent)))
        .bind(&new.time_zone)
        .execute(&mut *transaction)
        .await?;
        for (error, options) in &new.tickets.of_errors {
            sqlx::query(
                "INSERT INTO error_options (profile, error, ticket_type_id, ticket_type_name, sla_id, sla_name,
                     priority_id, priority_name)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(profile)
            .bind(error)
            .bind(id(&options.ticket_type))
            .bind(name(&options.ticket_type))
            .bind(id(&options.sla))
            .bind(name(&options.sla))
            .bind(id(&options.priority))
            .bind(name(&options.priority))
            .execute(&mut *transaction)
            .await?;
        }
        for field in &new.tickets.fields {
            let (number, text) = match &field.value {
                FieldValue::Record(record) => (Some(record.id), Some(&record.name)),
                FieldValue::Number(number) => (Some(*number), None),
                FieldValue::Text(text) => (None, Some(text)),
            };
            sqlx::query("INSERT INTO ticket_fields (profile, name, number, text) VALUES ($1, $2, $3, $4)")
                .bind(profile)
                .bind(&field.name)
                .bind(number)
                .bind(text)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

fn id(reference: &Option<Reference>) -> Option<i64> {
    reference.as_ref().map(|reference| reference.id)
}

fn name(reference: &Option<Reference>) -> Option<&str> {
    reference.as_ref().map(|reference| reference.name.as_str())
}

/// What tickets of single errors have instead, by the error's slug.
async fn error_options(
    connection: &mut SqliteConnection,
    profile: &str,
) -> Result<BTreeMap<String, ErrorOptions>, Error> {
    let rows = sqlx::query("SELECT * FROM error_options WHERE profile = $1")
        .bind(profile)
        .fetch_all(connection)
        .await?;
    let mut of_errors = BTreeMap::new();
    for row in &rows {
        let options = ErrorOptions {
            ticket_type: reference(row, "ticket_type")?,
            sla: reference(row, "sla")?,
            priority: reference(row, "priority")?,
        };
        of_errors.insert(row.try_get("error")?, options);
    }
    Ok(of_errors)
}

/// Further fields of new tickets, by name.
async fn ticket_fields(connection: &mut SqliteConnection, profile: &str) -> Result<Vec<TicketField>, Error> {
    let rows: Vec<(String, Option<i64>, Option<String>)> =
        sqlx::query_as("SELECT name, number, text FROM ticket_fields WHERE profile = $1 ORDER BY name")
            .bind(profile)
            .fetch_all(connection)
            .await?;
    let field = |(name, number, text): (String, Option<i64>, Option<String>)| {
        let value = match (number, text) {
            (Some(number), Some(text)) => FieldValue::Record(Reference::new(number, text)),
            (Some(number), None) => FieldValue::Number(number),
            (None, text) => FieldValue::Text(text.unwrap_or_default()),
        };
        TicketField { name, value }
    };
    Ok(rows.into_iter().map(field).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock_file::nobody;

    #[tokio::test]
    async fn what_was_configured_is_read_as_it_was_and_is_gone_after_a_reset() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state.db"), &nobody)
            .await
            .unwrap();
        let value = |name: &str, value| TicketField {
            name: name.to_owned(),
            value,
        };
        let configuration = Configuration {
            seat_metric: Some(SeatMetric::Active),
            sla: Some(Reference::new(1, "Gold")),
            tickets: TicketPolicy {
                grace: Some(0),
                stale_after: Some(172_800),
                remind: Some(604_800),
                on_recovery: Some(OnRecovery::Close),
                closing_outcome: Some(Reference::new(12, "Closed")),
                closing_status: Some(Reference::new(9, "Closed")),
                of_errors: BTreeMap::from([(
                    "main-app-token".to_owned(),
                    ErrorOptions {
                        ticket_type: None,
                        sla: Some(Reference::new(2, "Silver")),
                        priority: Some(Reference::new(1, "High 8h")),
                    },
                )]),
                fields: vec![
                    value("agent_id", FieldValue::Record(Reference::new(4, "Omar"))),
                    value("category_1", FieldValue::Text("365".to_owned())),
                    value("impact", FieldValue::Number(2)),
                ],
            },
            ..Configuration::default()
        };
        store.set_configuration("acme", &configuration).await.unwrap();
        assert_eq!(store.configuration("acme").await.unwrap(), configuration);
        assert_eq!(
            store.configuration("other").await.unwrap(),
            Configuration::default()
        );
        let without = store.configuration_but_metric("acme").await.unwrap();
        assert_eq!(without.tickets, configuration.tickets);
        store
            .set_configuration("acme", &configuration.reset())
            .await
            .unwrap();
        assert_eq!(
            store.configuration("acme").await.unwrap().tickets,
            TicketPolicy::default()
        );
    }
}
