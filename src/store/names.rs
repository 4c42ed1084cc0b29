//! The names of records when they were last read, for tab completion, which cannot wait for a service.

use sqlx::{QueryBuilder, Sqlite};

use super::{Error, Store};
use crate::model::Reference;

/// Rows in one statement; SQLite allows 32,766 parameters.
const ROWS: usize = 1000;

/// What the names belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// SaaS Backup organizations.
    Organization,
    /// Halo customers.
    Customer,
    /// Halo licenses.
    License,
    /// Halo ticket types.
    TicketType,
    /// Halo SLAs.
    Sla,
    /// Halo priorities.
    Priority,
    /// Halo outcomes.
    Outcome,
}

impl NameKind {
    /// Its word in the state.
    fn name(self) -> &'static str {
        match self {
            NameKind::Organization => "organization",
            NameKind::Customer => "customer",
            NameKind::License => "license",
            NameKind::TicketType => "ticket type",
            NameKind::Sla => "sla",
            NameKind::Priority => "priority",
            NameKind::Outcome => "outcome",
        }
    }
}

impl Store {
    /// Replaces the names of one kind.
    ///
    /// # Errors
    /// After an error the old names are still there.
    pub async fn remember_names(
        &self,
        profile: &str,
        kind: NameKind,
        names: &[Reference<String>],
    ) -> Result<(), Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM names WHERE profile = $1 AND kind = $2")
            .bind(profile)
            .bind(kind.name())
            .execute(&mut *transaction)
            .await?;
        for rows in names.chunks(ROWS) {
            let mut statement: QueryBuilder<Sqlite> =
                QueryBuilder::new("INSERT INTO names (profile, kind, id, name) ");
            statement.push_values(rows, |mut row, name| {
                row.push_bind(profile)
                    .push_bind(kind.name())
                    .push_bind(&name.id)
                    .push_bind(&name.name);
            });
            // The same priority id stands under several SLAs.
            statement.push(" ON CONFLICT DO NOTHING");
            statement.build().execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The names of one kind.
    pub async fn names(&self, profile: &str, kind: NameKind) -> Result<Vec<Reference<String>>, Error> {
        // One row: each takes longer on its way from SQLite's thread than it takes to be read.
        let json: String = sqlx::query_scalar(
            "SELECT JSON_GROUP_ARRAY(JSON_ARRAY(id, name)) FROM names WHERE profile = $1 AND kind = $2",
        )
        .bind(profile)
        .bind(kind.name())
        .fetch_one(&self.pool)
        .await?;
        let rows: Vec<(String, String)> =
            serde_json::from_str(&json).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(rows
            .into_iter()
            .map(|(id, name)| Reference::new(id, name))
            .collect())
    }
}
