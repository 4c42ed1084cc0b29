//! When the errors of accounts that stand were first seen.

use std::collections::HashMap;

use sqlx::Row;

use super::{Error, Store};
use crate::model::FirstSeen;

impl Store {
    /// What was seen in a profile's organizations at the last look, by organization id.
    pub async fn first_seen(&self, profile: &str) -> Result<HashMap<String, Vec<FirstSeen>>, Error> {
        let rows = sqlx::query(
            "SELECT organization_id, product, account, error, since FROM first_seen WHERE profile = $1
             ORDER BY organization_id, product, account, error",
        )
        .bind(profile)
        .fetch_all(&self.pool)
        .await?;
        let mut seen: HashMap<String, Vec<FirstSeen>> = HashMap::new();
        for row in rows {
            let first_seen = FirstSeen {
                error: row.try_get("error")?,
                account: row.try_get("account")?,
                product: row.try_get("product")?,
                since: row.try_get("since")?,
            };
            seen.entry(row.try_get("organization_id")?)
                .or_default()
                .push(first_seen);
        }
        Ok(seen)
    }

    /// Replaces what was seen in these organizations: in all of them, or in none.
    pub async fn replace_first_seen(
        &self,
        profile: &str,
        organizations: &[(String, Vec<FirstSeen>)],
    ) -> Result<(), Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for (organization, seen) in organizations {
            sqlx::query("DELETE FROM first_seen WHERE profile = $1 AND organization_id = $2")
                .bind(profile)
                .bind(organization)
                .execute(&mut *transaction)
                .await?;
            for FirstSeen {
                error,
                account,
                product,
                since,
            } in seen
            {
                sqlx::query(
                    "INSERT INTO first_seen (profile, organization_id, product, account, error, since)
                     VALUES ($1, $2, $3, $4, $5, $6)
                     ON CONFLICT (profile, organization_id, product, account, error)
                     DO UPDATE SET since = excluded.since",
                )
                .bind(profile)
                .bind(organization)
                .bind(product)
                .bind(account)
                .bind(error)
                .bind(since)
                .execute(&mut *transaction)
                .await?;
            }
        }
        transaction.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock_file::nobody;

    fn seen(account: &str, error: &str, since: i64) -> FirstSeen {
        FirstSeen {
            error: error.to_owned(),
            account: account.to_owned(),
            product: "mailbox".to_owned(),
            since,
        }
    }

    #[tokio::test]
    async fn each_organization_keeps_what_was_seen_last() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.db");
        let store = Store::open(&path, &nobody).await.unwrap();
        let of = |organization: &str, seen: &[FirstSeen]| (organization.to_owned(), seen.to_vec());
        let (anna, ben) = (
            seen("anna", "backup-error", 7),
            seen("ben", "backup-error", i64::MAX),
        );
        let first = [
            of("1-1", &[anna.clone(), ben.clone()]),
            of("1-2", std::slice::from_ref(&anna)),
        ];
        store.replace_first_seen("p", &first).await.unwrap();
        store.replace_first_seen("q", &first[1..]).await.unwrap();
        // One look again at one organization.
        let again = [of("1-1", std::slice::from_ref(&ben)), of("1-3", &[])];
        store.replace_first_seen("p", &again).await.unwrap();
        store.close().await;

        let store = Store::open_read_only(&path).await.unwrap();
        let expected: HashMap<String, Vec<FirstSeen>> =
            [of("1-1", &[ben]), of("1-2", &[anna])].into_iter().collect();
        assert_eq!(store.first_seen("p").await.unwrap(), expected);
        assert_eq!(store.first_seen("q").await.unwrap().len(), 1);
    }
}
