//! The organizations as SaaS Backup last listed them: from these, those that nobody mapped are named without a request.

use sqlx::{FromRow, QueryBuilder, Row, Sqlite, sqlite::SqliteRow};

use super::{Error, Store, now};
use crate::model::{Listed, Reference, Seats};

/// Rows in one statement; SQLite allows 32,766 parameters.
const ROWS: usize = 1000;

impl FromRow<'_, SqliteRow> for Listed {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            organization: Reference::new(
                row.try_get("organization_id")?,
                row.try_get::<String, _>("organization_name")?,
            ),
            seats: Seats {
                used: row.try_get("used")?,
                active: row.try_get("active")?,
                purchased: row.try_get("purchased")?,
                required: row.try_get("required")?,
            },
            active: row.try_get("active_now")?,
        })
    }
}

impl Store {
    /// Replaces the list of organizations.
    ///
    /// # Errors
    /// After an error the old list is still there.
    pub async fn remember_listed(&self, profile: &str, listed: &[Listed]) -> Result<(), Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM listed_organizations WHERE profile = $1")
            .bind(profile)
            .execute(&mut *transaction)
            .await?;
        let listed_at = now();
        for rows in listed.chunks(ROWS) {
            let mut statement: QueryBuilder<Sqlite> = QueryBuilder::new(
                "INSERT INTO listed_organizations (profile, organization_id, organization_name, used, active,
                     purchased, required, active_now, listed_at) ",
            );
            statement.push_values(rows, |mut row, listed| {
                row.push_bind(profile)
                    .push_bind(&listed.organization.id)
                    .push_bind(&listed.organization.name)
                    .push_bind(listed.seats.used)
                    .push_bind(listed.seats.active)
                    .push_bind(listed.seats.purchased)
                    .push_bind(listed.seats.required)
                    .push_bind(listed.active)
                    .push_bind(&listed_at);
            });
            statement.push(" ON CONFLICT DO NOTHING");
            statement.build().execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The organizations as they were last listed; none if they never were.
    pub async fn listed(&self, profile: &str) -> Result<Option<Vec<Listed>>, Error> {
        let listed: Vec<Listed> = sqlx::query_as("SELECT * FROM listed_organizations WHERE profile = $1")
            .bind(profile)
            .fetch_all(&self.pool)
            .await?;
        Ok(Some(listed).filter(|listed| !listed.is_empty()))
    }
}
