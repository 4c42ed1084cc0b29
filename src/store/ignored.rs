//! Organizations that are deliberately not billed through halolink.

use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{Error, Store};
use crate::model::{Ignored, Reference};

impl FromRow<'_, SqliteRow> for Ignored {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            organization: Reference::new(
                row.try_get("organization_id")?,
                row.try_get::<String, _>("organization_name")?,
            ),
            organization_number: row.try_get("organization_number")?,
            reason: row.try_get("reason")?,
        })
    }
}

impl Store {
    /// A profile's ignored organizations, by name.
    pub async fn ignored(&self, profile: &str) -> Result<Vec<Ignored>, Error> {
        Ok(sqlx::query_as(
            "SELECT * FROM ignored WHERE profile = $1 ORDER BY LOWER(organization_name), organization_id",
        )
        .bind(profile)
        .fetch_all(&self.pool)
        .await?)
    }

    /// Marks these organizations as ignored, or changes the reason of those that already are: all of them, or none
    /// if some are mapped, which another process may have done a moment ago. Returns the ids of the mapped ones.
    pub async fn ignore(&self, profile: &str, ignored: &[Ignored]) -> Result<Vec<String>, Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let mut mapped = Vec::new();
        for Ignored {
            organization,
            organization_number,
            reason,
        } in ignored
        {
            let stored = sqlx::query(
                "INSERT INTO ignored
                     (profile, organization_id, organization_name, organization_number, reason)
                 SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS
                     (SELECT 1 FROM mappings WHERE profile = $1 AND organization_id = $2)
                 ON CONFLICT (profile, organization_id) DO UPDATE SET
                     organization_name = excluded.organization_name,
                     organization_number = excluded.organization_number, reason = excluded.reason",
            )
            .bind(profile)
            .bind(&organization.id)
            .bind(&organization.name)
            .bind(organization_number)
            .bind(reason)
            .execute(&mut *transaction)
            .await?;
            if stored.rows_affected() == 0 {
                mapped.push(organization.id.clone());
            }
        }
        if mapped.is_empty() {
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
        Ok(mapped)
    }

    /// Stops ignoring these organizations: all of them or none.
    pub async fn end_ignoring(&self, profile: &str, organizations: &[String]) -> Result<(), Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for organization in organizations {
            sqlx::query("DELETE FROM ignored WHERE profile = $1 AND organization_id = $2")
                .bind(profile)
                .bind(organization)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{lock_file::nobody, model::Mapping};

    fn ignored(organization: &str, reason: &str) -> Ignored {
        Ignored {
            organization: Reference::new(organization.to_owned(), organization),
            organization_number: None,
            reason: reason.to_owned(),
        }
    }

    #[tokio::test]
    async fn nothing_is_ignored_and_mapped_whichever_process_is_quicker() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state.db"), &nobody)
            .await
            .unwrap();
        let both = [ignored("a", "by hand"), ignored("b", "our own")];
        assert_eq!(store.ignore("p", &both).await.unwrap(), [""; 0]);
        assert_eq!(store.ignored("p").await.unwrap(), both);
        assert_eq!(store.ignored("q").await.unwrap(), []);

        let mapping = Mapping {
            organization: both[0].organization.clone(),
            organization_number: None,
            customer: Reference::new(7, "Customer"),
            license: Reference::new(17, "License"),
            mapped_at: super::super::now(),
            flag: None,
            seats: None,
            rule: crate::model::Rule::default(),
        };
        store.map("p", &[mapping]).await.unwrap();
        assert_eq!(store.ignored("p").await.unwrap(), both[1..]);
        let later = [ignored("b", "moved away"), both[0].clone()];
        assert_eq!(store.ignore("p", &later).await.unwrap(), ["a"]);
        assert_eq!(store.ignored("p").await.unwrap(), both[1..]);

        assert_eq!(store.ignore("p", &later[..1]).await.unwrap(), [""; 0]);
        assert_eq!(store.ignored("p").await.unwrap(), later[..1]);
        store.end_ignoring("p", &["b".to_owned()]).await.unwrap();
        assert_eq!(store.ignored("p").await.unwrap(), []);
    }
}
