//! Licenses that are about to be created. They are recorded before they are posted, so that after a lost answer or a
//! killed run the next one looks for the license instead of creating a second one.

use std::time::Duration;

use super::{Error, Store, age_of, precise_now};
use crate::lock_file::{host_name, user_name};

/// A license that was about to be created, and may be in Halo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseIntent {
    /// The record's own id.
    pub id: i64,
    /// How long ago it was sent, or was about to be.
    pub age: Duration,
    /// The user who was about to create it, as `user@host`.
    pub by: String,
}

impl Store {
    /// The newest intent to create a license of this name, ignoring case.
    pub async fn license_intent(
        &self,
        profile: &str,
        customer: i64,
        name: &str,
    ) -> Result<Option<LicenseIntent>, Error> {
        let rows: Vec<(i64, String, String, String)> = sqlx::query_as(
            "SELECT id, name, since, intended_by FROM license_intents
             WHERE profile = $1 AND customer_id = $2 ORDER BY id DESC",
        )
        .bind(profile)
        .bind(customer)
        .fetch_all(&self.pool)
        .await?;
        // Not compared in SQL, because SQLite's LOWER knows only ASCII.
        Ok(rows
            .into_iter()
            .find(|(_, intended, ..)| intended.trim().to_lowercase() == name.trim().to_lowercase())
            .map(|(id, _, since, by)| LicenseIntent {
                id,
                age: age_of(&since),
                by,
            }))
    }

    /// Records the intent to create a license, before it is posted.
    ///
    /// # Errors
    /// After an error nothing may be posted.
    pub async fn intend_license(&self, profile: &str, customer: i64, name: &str) -> Result<i64, Error> {
        Ok(sqlx::query_scalar(
            "INSERT INTO license_intents (profile, customer_id, name, since, intended_by)
             VALUES ($1, $2, $3, $4, $5) RETURNING id",
        )
        .bind(profile)
        .bind(customer)
        .bind(name)
        .bind(precise_now())
        .bind(format!("{}@{}", user_name(), host_name()))
        .fetch_one(&self.pool)
        .await?)
    }

    /// Resets an intent's age, because it is posted again, or an unclear answer has just come.
    pub async fn renew_license_intent(&self, intent: i64) -> Result<(), Error> {
        sqlx::query("UPDATE license_intents SET since = $2 WHERE id = $1")
            .bind(intent)
            .bind(precise_now())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Forgets an intent, because the license exists, or certainly was not created.
    pub async fn forget_license_intent(&self, intent: i64) -> Result<(), Error> {
        sqlx::query("DELETE FROM license_intents WHERE id = $1")
            .bind(intent)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock_file::nobody;

    #[tokio::test]
    async fn an_intent_is_found_by_customer_and_name_until_it_is_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state.db"), &nobody)
            .await
            .unwrap();
        let id = store.intend_license("a", 21, "Größe").await.unwrap();
        let found = store.license_intent("a", 21, "GRÖSSE").await.unwrap();
        assert_eq!(found, None, "another word");
        let found = store.license_intent("a", 21, "GRÖßE ").await.unwrap().unwrap();
        assert_eq!(found.id, id);
        assert!(found.age < Duration::from_secs(20));
        assert_eq!(store.license_intent("a", 22, "Größe").await.unwrap(), None);
        assert_eq!(store.license_intent("b", 21, "Größe").await.unwrap(), None);
        store.forget_license_intent(id).await.unwrap();
        assert_eq!(store.license_intent("a", 21, "Größe").await.unwrap(), None);
        store.intend_license("a", 21, "Größe").await.unwrap();
        store.purge("a").await.unwrap();
        assert_eq!(store.license_intent("a", 21, "Größe").await.unwrap(), None);
    }

    #[test]
    fn a_clock_that_was_set_back_makes_nothing_old() {
        assert_eq!(age_of("2999-01-01T00:00:00Z"), Duration::ZERO);
        assert_eq!(age_of("no time"), Duration::ZERO);
        assert!(age_of("2020-01-01T00:00:00Z") > Duration::from_secs(1_000_000));
    }
}
