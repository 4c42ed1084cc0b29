//! Deleting everything that belongs to a profile.

use super::{Error, Store};

impl Store {
    /// Deletes everything of a profile: configuration, mappings, ignored organizations, ledger, tickets. No trace
    /// of it stays in the file.
    ///
    /// # Errors
    /// [`Error::Busy`] if another process is reading: everything has been deleted, but some of it has not been
    /// overwritten yet.
    pub async fn purge(&self, profile: &str) -> Result<(), Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for statement in [
            "DELETE FROM change_seats WHERE change_id IN
                 (SELECT changes.id FROM changes JOIN runs ON runs.id = run_id WHERE profile = $1)",
            "DELETE FROM changes WHERE run_id IN (SELECT id FROM runs WHERE profile = $1)",
            "DELETE FROM runs WHERE profile = $1",
            "DELETE FROM tickets WHERE profile = $1",
            "DELETE FROM ticket_events WHERE profile = $1",
            "DELETE FROM first_seen WHERE profile = $1",
            "DELETE FROM ticket_events WHERE profile = $1",
            "DELETE FROM license_counts WHERE profile = $1",
            "DELETE FROM created_licenses WHERE profile = $1",
            "DELETE FROM refused_licenses WHERE profile = $1",
            "DELETE FROM license_intents WHERE profile = $1",
            "DELETE FROM mappings WHERE profile = $1",
            "DELETE FROM ignored WHERE profile = $1",
            "DELETE FROM listed_organizations WHERE profile = $1",
            "DELETE FROM names WHERE profile = $1",
            "DELETE FROM error_options WHERE profile = $1",
            "DELETE FROM ticket_fields WHERE profile = $1",
            "DELETE FROM configurations WHERE profile = $1",
            "DELETE FROM connections WHERE profile = $1",
            // A lock's name is the profile, a dot, and the work.
            "DELETE FROM locks WHERE SUBSTR(name, 1, LENGTH($1) + 1) = $1 || '.'
                 AND INSTR(SUBSTR(name, LENGTH($1) + 2), '.') = 0",
            "DELETE FROM profiles WHERE name = $1",
        ] {
            sqlx::query(statement)
                .bind(profile)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        // Deleted rows may remain in free pages (older versions did not overwrite them) and in the log.
        sqlx::query("VACUUM").execute(&self.pool).await?;
        let busy: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&self.pool)
            .await?;
        if busy != 0 {
            return Err(Error::Busy);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock_file::nobody;

    #[tokio::test]
    async fn a_purge_forgets_no_table_that_knows_a_profile() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state.db"), &nobody)
            .await
            .unwrap();
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT m.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
             WHERE m.type = 'table' AND c.name = 'profile'",
        )
        .fetch_all(&store.pool)
        .await
        .unwrap();
        assert!(tables.len() >= 10, "{tables:?}");
        for table in &tables {
            let columns: Vec<(String, String)> =
                sqlx::query_as("SELECT name, type FROM pragma_table_info($1)")
                    .bind(table)
                    .fetch_all(&store.pool)
                    .await
                    .unwrap();
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let values: Vec<&str> = columns
                .iter()
                .map(|(_, kind)| if kind == "TEXT" { "'acme'" } else { "1" })
                .collect();
            let insert = format!(
                "INSERT INTO {table} ({}) VALUES ({})",
                names.join(", "),
                values.join(", ")
            );
            sqlx::query(sqlx::AssertSqlSafe(insert))
                .execute(&store.pool)
                .await
                .unwrap();
        }
        store.purge("acme").await.unwrap();
        for table in &tables {
            let count = format!("SELECT COUNT(*) FROM {table}");
            let left: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(count))
                .fetch_one(&store.pool)
                .await
                .unwrap();
            assert_eq!(left, 0, "{table} still knows the profile");
        }
    }
}
