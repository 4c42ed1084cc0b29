//! What taking a run back rests on: what it wrote, what was there before, and what was written since.

use std::collections::HashMap;

use sqlx::Row as _;

use super::{ChangeStatus, RecordedChange, Run};
use crate::{
    model::Reference,
    store::{Error, Store},
};

/// Shares of a quantity, by organization; none if they are not known.
pub type Shares = Vec<(Reference<String>, Option<i64>)>;

/// What a run wrote to a license, or may have written.
#[derive(Clone, Debug)]
pub struct RunChange {
    /// The change.
    pub change: RecordedChange,
    /// The shares that its quantity was made of.
    pub shares: Shares,
    /// The shares of the quantity that was recorded before it; empty before the first.
    pub before: Shares,
    /// The last run that wrote the license since, and the quantity.
    pub since: Option<(i64, i64)>,
}

impl Store {
    /// The run with this number, and its profile.
    pub async fn run(&self, run: i64) -> Result<Option<(String, Run)>, Error> {
        let profile: Option<String> = sqlx::query_scalar("SELECT profile FROM runs WHERE id = $1")
            .bind(run)
            .fetch_optional(&self.pool)
            .await?;
        let Some(profile) = profile else {
            return Ok(None);
        };
        let run = sqlx::query_as("SELECT * FROM runs WHERE id = $1")
            .bind(run)
            .fetch_all(&self.pool)
            .await?;
        Ok(self
            .with_real_states(&profile, run)
            .pop()
            .map(|run| (profile, run)))
    }

    /// What a run wrote, or meant to write and did not settle.
    pub async fn run_changes(&self, profile: &str, run: i64) -> Result<Vec<RunChange>, Error> {
        let changes: Vec<RecordedChange> = sqlx::query_as(
            "SELECT * FROM changes WHERE run_id = $1 AND status IN ($2, $3, $4) AND from_count IS NOT NULL
                 AND to_count IS NOT NULL AND from_count <> to_count ORDER BY id",
        )
        .bind(run)
        .bind(ChangeStatus::Updated.name())
        .bind(ChangeStatus::Intended.name())
        .bind(ChangeStatus::Unread.name())
        .fetch_all(&self.pool)
        .await?;
        let mut shares = self
            .shares(
                "SELECT license_id, organization_id, organization_name, seats FROM change_seats
                     JOIN changes ON changes.id = change_id JOIN runs ON runs.id = run_id
                 WHERE run_id = $1 AND profile = $2 ORDER BY organization_id",
                profile,
                run,
            )
            .await?;
        let mut before = self
            .shares(
                "SELECT license_id, organization_id, organization_name, seats FROM change_seats
                     JOIN changes ON changes.id = change_id
                 WHERE changes.id IN
                     (SELECT MAX(earlier.id) FROM changes AS earlier JOIN runs ON runs.id = earlier.run_id
                      WHERE profile = $2 AND earlier.verified AND earlier.run_id < $1
                          AND earlier.license_id IN (SELECT license_id FROM changes WHERE run_id = $1)
                      GROUP BY earlier.license_id)
                 ORDER BY organization_id",
                profile,
                run,
            )
            .await?;
        let since: Vec<(i64, i64, i64)> = sqlx::query_as(
            "SELECT license_id, run_id, to_count FROM changes WHERE id IN
                 (SELECT MAX(later.id) FROM changes AS later JOIN runs ON runs.id = later.run_id
                  WHERE profile = $2 AND later.status = $3 AND later.run_id > $1
                      AND later.license_id IN (SELECT license_id FROM changes WHERE run_id = $1)
                  GROUP BY later.license_id)
                 AND to_count IS NOT NULL",
        )
        .bind(run)
        .bind(profile)
        .bind(ChangeStatus::Updated.name())
        .fetch_all(&self.pool)
        .await?;
        let since: HashMap<i64, (i64, i64)> = since
            .into_iter()
            .map(|(license, run, to)| (license, (run, to)))
            .collect();
        Ok(changes
            .into_iter()
            .map(|change| {
                let license = change.license.id;
                RunChange {
                    shares: shares.remove(&license).unwrap_or_default(),
                    before: before.remove(&license).unwrap_or_default(),
                    since: since.get(&license).copied(),
                    change,
                }
            })
            .collect())
    }

    async fn shares(
        &self,
        statement: &'static str,
        profile: &str,
        run: i64,
    ) -> Result<HashMap<i64, Shares>, Error> {
        let rows = sqlx::query(statement)
            .bind(run)
            .bind(profile)
            .fetch_all(&self.pool)
            .await?;
        let mut shares: HashMap<i64, Shares> = HashMap::new();
        for row in rows {
            let organization = Reference::new(
                row.try_get("organization_id")?,
                row.try_get::<String, _>("organization_name")?,
            );
            shares
                .entry(row.try_get("license_id")?)
                .or_default()
                .push((organization, row.try_get("seats")?));
        }
        Ok(shares)
    }
}
