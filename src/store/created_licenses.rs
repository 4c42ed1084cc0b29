//! Which licenses halolink itself created (`map-org --create-license`).

use std::collections::HashSet;

use super::{Error, Store};

impl Store {
    /// Records that halolink created a license; doing so again changes nothing.
    pub async fn note_created_license(&self, profile: &str, license: i64) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO created_licenses (profile, license_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(profile)
        .bind(license)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The ids of the licenses that halolink created.
    pub async fn created_licenses(&self, profile: &str) -> Result<HashSet<i64>, Error> {
        let licenses: Vec<i64> =
            sqlx::query_scalar("SELECT license_id FROM created_licenses WHERE profile = $1")
                .bind(profile)
                .fetch_all(&self.pool)
                .await?;
        Ok(licenses.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock_file::nobody;

    #[tokio::test]
    async fn a_created_license_is_remembered_for_each_profile_until_it_is_purged() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state.db"), &nobody)
            .await
            .unwrap();
        for _ in 0..2 {
            store.note_created_license("a", 17).await.unwrap();
        }
        let made = async |profile| store.created_licenses(profile).await.unwrap();
        assert_eq!(made("a").await, HashSet::from([17]));
        assert_eq!(made("b").await, HashSet::new());
        store.purge("a").await.unwrap();
        assert_eq!(made("a").await, HashSet::new());
    }
}
