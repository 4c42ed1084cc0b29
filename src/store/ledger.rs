//! The ledger: every run that writes quantities (`sync-seats`, and `map-org` when it ends the billing of an old license)
//! and every change that it made or meant to make.
//!
//! A run records its intent before it sends a request, and the outcome after reading back. A run that never recorded its
//! end was killed: the next one marks it, and settles what it had meant to do.

mod records;
mod taken_back;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteExecutor};

use super::{Error, Store, mappings::mappings, now, word};
use crate::{
    lock_file::{host_name, user_name},
    model::{Mapping, Reference, SeatMetric},
};

pub use records::{
    Change, ChangeStatus, LicenseCount, NewChange, NewRun, NotWritten, OrganizationSeats, RecordedChange,
    Run, RunState, RunTotals, SeatPoint,
};
pub use taken_back::{RunChange, Shares};

/// Rows in one statement; SQLite allows 32,766 parameters.
const ROWS: usize = 1000;

async fn license_counts(
    reader: impl SqliteExecutor<'_>,
    profile: &str,
) -> Result<HashMap<i64, LicenseCount>, Error> {
    let rows: Vec<(i64, i64, i64, String, Option<i64>)> = sqlx::query_as(
        "SELECT license_id, count, unlinked, synced_at, undone_by FROM license_counts WHERE profile = $1",
    )
    .bind(profile)
    .fetch_all(reader)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(license, count, unlinked, synced_at, undone_by)| {
            let count = LicenseCount {
                count,
                unlinked,
                synced_at,
                undone_by,
            };
            (license, count)
        })
        .collect())
}

/// The lock that a command's runs hold: taking a run back must not meet a sync.
fn lock_of(command: &str) -> &str {
    match command {
        "undo" => "sync-seats",
        command => command,
    }
}

impl Store {
    /// Begins a run. Marks earlier runs that never ended: the caller holds the lock, so they were killed.
    pub async fn begin_run(&self, profile: &str, run: &NewRun<'_>) -> Result<i64, Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("UPDATE runs SET state = $2 WHERE profile = $1 AND state = $3")
            .bind(profile)
            .bind(RunState::Interrupted.name())
            .bind(RunState::Running.name())
            .execute(&mut *transaction)
            .await?;
        let id = sqlx::query_scalar(
            "INSERT INTO runs (profile, command, started_at, user_name, host_name, state, source, metric,
                 organizations, updated, unchanged, skipped, failed, halo_requests, backup_requests, note, undoes)
             VALUES ($1, $2, $3, $4, $5, $9, $6, $7, $8, 0, 0, 0, 0, 0, 0, $10, $11) RETURNING id",
        )
        .bind(profile)
        .bind(run.command)
        .bind(now())
        .bind(user_name())
        .bind(host_name())
        .bind(run.source)
        .bind(run.metric.name())
        .bind(i64::try_from(run.organizations).unwrap_or(i64::MAX))
        .bind(RunState::Running.name())
        .bind(run.note)
        .bind(run.undoes)
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// What runs meant to write that were killed or could not read back; oldest first.
    pub async fn unsettled(&self, profile: &str) -> Result<Vec<Change>, Error> {
        let rows: Vec<(i64, i64, i64, i64, bool)> = sqlx::query_as(
            "SELECT changes.id, run_id, license_id, to_count, undoes IS NOT NULL
             FROM changes JOIN runs ON runs.id = run_id
             WHERE profile = $1 AND status IN ($2, $3) AND to_count IS NOT NULL ORDER BY changes.id",
        )
        .bind(profile)
        .bind(ChangeStatus::Intended.name())
        .bind(ChangeStatus::Unread.name())
        .fetch_all(&self.pool)
        .await?;
        let mut changes: Vec<Change> = rows
            .into_iter()
            .map(|(id, run, license, to, takes_back)| Change {
                id,
                run,
                license,
                to,
                takes_back,
                seats: HashMap::new(),
            })
            .collect();
        if !changes.is_empty() {
            let seats: Vec<(i64, String, Option<i64>)> = sqlx::query_as(
                "SELECT change_id, organization_id, seats FROM change_seats
                 JOIN changes ON changes.id = change_id JOIN runs ON runs.id = run_id
                 WHERE profile = $1 AND status IN ($2, $3)",
            )
            .bind(profile)
            .bind(ChangeStatus::Intended.name())
            .bind(ChangeStatus::Unread.name())
            .fetch_all(&self.pool)
            .await?;
            for (id, organization, seats) in seats {
                if let Ok(index) = changes.binary_search_by_key(&id, |change| change.id) {
                    changes[index].seats.insert(organization, seats);
                }
            }
        }
        Ok(changes)
    }

    /// Records what became of unsettled changes: whether they were written or not.
    pub async fn settle(&self, profile: &str, written: &[Change], lost: &[Change]) -> Result<(), Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for (changes, status, verified) in [
            (written, ChangeStatus::Updated, true),
            (lost, ChangeStatus::Lost, false),
        ] {
            for change in changes {
                sqlx::query(
                    "UPDATE changes SET status = $2, verified = $3, reason = $4, recorded_at = $5 WHERE id = $1",
                )
                .bind(change.id)
                .bind(status.name())
                .bind(verified)
                .bind("the run was interrupted before it could read back; settled by the next one")
                .bind(now())
                .execute(&mut *transaction)
                .await?;
            }
        }
        let mut runs: Vec<i64> = written.iter().chain(lost).map(|change| change.run).collect();
        runs.sort_unstable();
        runs.dedup();
        for run in runs {
            take_over_verified(&mut transaction, profile, run).await?;
            sqlx::query(
                "UPDATE runs SET
                     updated = (SELECT COUNT(*) FROM changes WHERE run_id = $1 AND status = $2),
                     skipped = (SELECT COUNT(*) FROM changes WHERE run_id = $1 AND status = $3),
                     failed = (SELECT COUNT(*) FROM changes WHERE run_id = $1 AND status IN ($4, $5))
                 WHERE id = $1",
            )
            .bind(run)
            .bind(ChangeStatus::Updated.name())
            .bind(ChangeStatus::Skipped.name())
            .bind(ChangeStatus::Failed.name())
            .bind(ChangeStatus::Lost.name())
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Records changes of a run: what it is about to write (status `Intended`), and what it leaves alone.
    ///
    /// # Errors
    /// After an error none of them is recorded.
    pub async fn record_changes(&self, profile: &str, run: i64, changes: &[NewChange]) -> Result<(), Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let last: Option<i64> = sqlx::query_scalar("SELECT MAX(id) FROM changes")
            .fetch_one(&mut *transaction)
            .await?;
        let mut next = last.unwrap_or(0).saturating_add(1);
        let recorded_at = now();
        for rows in changes.chunks(ROWS) {
            let first = next;
            let mut statement: QueryBuilder<Sqlite> = QueryBuilder::new(
                "INSERT INTO changes (id, run_id, license_id, license_name, customer_id, customer_name,
                     from_count, to_count, status, verified, reason, recorded_at, price, cost, billing_cycle) ",
            );
            statement.push_values(rows, |mut row, change| {
                row.push_bind(next)
                    .push_bind(run)
                    .push_bind(change.license.id)
                    .push_bind(&change.license.name)
                    .push_bind(change.customer.id)
                    .push_bind(&change.customer.name)
                    .push_bind(change.from)
                    .push_bind(change.to)
                    .push_bind(change.status.name())
                    .push_bind(change.verified)
                    .push_bind(&change.reason)
                    .push_bind(&recorded_at)
                    .push_bind(change.price.price.map(|price| price.to_string()))
                    .push_bind(change.price.cost.map(|cost| cost.to_string()))
                    .push_bind(&change.price.cycle);
                next = next.saturating_add(1);
            });
            statement.build().execute(&mut *transaction).await?;
            let seats: Vec<(i64, &OrganizationSeats)> = (first..)
                .zip(rows)
                .flat_map(|(id, change)| change.seats.iter().map(move |seats| (id, seats)))
                .collect();
            for seats in seats.chunks(ROWS) {
                let mut statement: QueryBuilder<Sqlite> = QueryBuilder::new(
                    "INSERT INTO change_seats (change_id, organization_id, organization_name, seats, counted, metric) ",
                );
                statement.push_values(seats, |mut row, (change, seats)| {
                    row.push_bind(*change)
                        .push_bind(&seats.organization.id)
                        .push_bind(&seats.organization.name)
                        .push_bind(seats.seats)
                        .push_bind(seats.counted)
                        .push_bind(seats.metric.map(SeatMetric::name));
                });
                statement.build().execute(&mut *transaction).await?;
            }
        }
        take_over_verified(&mut transaction, profile, run).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Records the result of writing: all of the run's intended changes were written and read back, except those in
    /// `not_written`. Those that could not be read back stay unsettled, for the next run to find out. `alone` are
    /// licenses that Halo refuses even if they are sent alone.
    pub async fn record_written(
        &self,
        profile: &str,
        run: i64,
        not_written: &[NotWritten],
        alone: &HashSet<i64>,
    ) -> Result<(), Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for NotWritten {
            license,
            status,
            reason,
        } in not_written
        {
            sqlx::query(
                "UPDATE changes SET status = $5, reason = $3, recorded_at = $4
                 WHERE run_id = $1 AND license_id = $2 AND status = $6",
            )
            .bind(run)
            .bind(license)
            .bind(reason)
            .bind(now())
            .bind(status.name())
            .bind(ChangeStatus::Intended.name())
            .execute(&mut *transaction)
            .await?;
        }
        sqlx::query(
            "UPDATE changes SET status = $3, verified = TRUE, recorded_at = $2
             WHERE run_id = $1 AND status = $4",
        )
        .bind(run)
        .bind(now())
        .bind(ChangeStatus::Updated.name())
        .bind(ChangeStatus::Intended.name())
        .execute(&mut *transaction)
        .await?;
        take_over_verified(&mut transaction, profile, run).await?;
        remember_refused(&mut transaction, profile, run, alone).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The licenses that Halo refused last time, although each was sent alone.
    pub async fn refused_licenses(&self, profile: &str) -> Result<HashSet<i64>, Error> {
        let rows: Vec<i64> = sqlx::query_scalar("SELECT license_id FROM refused_licenses WHERE profile = $1")
            .bind(profile)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.into_iter().collect())
    }

    /// Sets or clears what is wrong with the mappings of these organizations.
    pub async fn flag_mappings(
        &self,
        profile: &str,
        flags: &[(String, Option<String>)],
    ) -> Result<(), Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for (organization, flag) in flags {
            sqlx::query("UPDATE mappings SET flag = $3 WHERE profile = $1 AND organization_id = $2")
                .bind(profile)
                .bind(organization)
                .bind(flag)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Ends a run.
    pub async fn finish_run(
        &self,
        run: i64,
        state: RunState,
        totals: &RunTotals,
        error: Option<&str>,
    ) -> Result<(), Error> {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let requests = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        sqlx::query(
            "UPDATE runs SET finished_at = $2, state = $3, updated = $4, unchanged = $5, skipped = $6,
                 failed = $7, halo_requests = $8, backup_requests = $9, error = $10 WHERE id = $1",
        )
        .bind(run)
        .bind(now())
        .bind(state.name())
        .bind(number(totals.updated))
        .bind(number(totals.unchanged))
        .bind(number(totals.skipped))
        .bind(number(totals.failed))
        .bind(requests(totals.halo_requests))
        .bind(requests(totals.backup_requests))
        .bind(error)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The quantities of licenses after the last sync.
    pub async fn license_counts(&self, profile: &str) -> Result<HashMap<i64, LicenseCount>, Error> {
        license_counts(&self.pool, profile).await
    }

    /// The mappings and the quantities that were last written, as of one moment: an unlink changes both.
    pub async fn mappings_and_counts(
        &self,
        profile: &str,
    ) -> Result<(Vec<Mapping>, HashMap<i64, LicenseCount>), Error> {
        let mut transaction = self.pool.begin().await?;
        let mappings = mappings(&mut *transaction, profile).await?;
        let counts = license_counts(&mut *transaction, profile).await?;
        transaction.commit().await?;
        Ok((mappings, counts))
    }

    /// The runs with their real states: one that claims to be running while nobody holds its lock was killed.
    fn with_real_states(&self, profile: &str, mut runs: Vec<Run>) -> Vec<Run> {
        let running = |run: &Run| run.state == RunState::Running;
        if runs.iter().any(running) {
            for run in runs.iter_mut().filter(|run| running(run)) {
                if !self.is_locked(profile, lock_of(&run.command)) {
                    run.state = RunState::Interrupted;
                }
            }
        }
        runs
    }

    /// The runs since a time (RFC 3339), oldest first.
    pub async fn runs(&self, profile: &str, since: &str) -> Result<Vec<Run>, Error> {
        let runs = sqlx::query_as("SELECT * FROM runs WHERE profile = $1 AND started_at >= $2 ORDER BY id")
            .bind(profile)
            .bind(since)
            .fetch_all(&self.pool)
            .await?;
        Ok(self.with_real_states(profile, runs))
    }

    /// The last `sync-seats` run of a profile.
    pub async fn last_sync(&self, profile: &str) -> Result<Option<Run>, Error> {
        let last = sqlx::query_as(
            "SELECT * FROM runs WHERE profile = $1 AND command = 'sync-seats'
             ORDER BY id DESC LIMIT 1",
        )
        .bind(profile)
        .fetch_all(&self.pool)
        .await?;
        Ok(self.with_real_states(profile, last).pop())
    }

    /// The changes of the runs since a time, oldest first.
    pub async fn changes(&self, profile: &str, since: &str) -> Result<Vec<RecordedChange>, Error> {
        Ok(sqlx::query_as(
            "SELECT changes.* FROM changes JOIN runs ON runs.id = run_id
             WHERE profile = $1 AND started_at >= $2 ORDER BY changes.id",
        )
        .bind(profile)
        .bind(since)
        .fetch_all(&self.pool)
        .await?)
    }

    /// The recorded seats of one organization since a time, oldest first.
    pub async fn seat_points(
        &self,
        profile: &str,
        organization: &str,
        since: &str,
    ) -> Result<Vec<SeatPoint>, Error> {
        Ok(sqlx::query_as(
            "SELECT change_seats.organization_id, change_seats.organization_name, change_seats.seats,
                 runs.metric, runs.user_name, runs.host_name, changes.*
             FROM change_seats JOIN changes ON changes.id = change_id JOIN runs ON runs.id = run_id
             WHERE profile = $1 AND change_seats.organization_id = $2 AND started_at >= $3
             ORDER BY changes.id",
        )
        .bind(profile)
        .bind(organization)
        .bind(since)
        .fetch_all(&self.pool)
        .await?)
    }

    /// The highest seats that runs since a moment counted, by organization and metric. Those of changes that were held
    /// back do not count, because nobody approved them; nor do those of runs that were taken back.
    pub async fn highest_seats(
        &self,
        profile: &str,
        since: Timestamp,
    ) -> Result<HashMap<(String, SeatMetric), i64>, Error> {
        let rows = sqlx::query(
            "SELECT organization_id, change_seats.metric AS metric, MAX(counted) AS highest
             FROM change_seats JOIN changes ON changes.id = change_id JOIN runs ON runs.id = run_id
             WHERE profile = $1 AND started_at >= $2 AND status <> $3
                 AND counted IS NOT NULL AND change_seats.metric IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM changes AS back JOIN runs AS undo ON undo.id = back.run_id
                     WHERE undo.undoes = changes.run_id AND back.license_id = changes.license_id AND back.verified
                         AND NOT EXISTS (SELECT 1 FROM changes AS again JOIN runs AS redo ON redo.id = again.run_id
                             WHERE redo.undoes = undo.id AND again.license_id = back.license_id
                                 AND again.verified))
             GROUP BY organization_id, change_seats.metric",
        )
        .bind(profile)
        .bind(since.to_string())
        .bind(ChangeStatus::Skipped.name())
        .fetch_all(&self.pool)
        .await?;
        let mut highest = HashMap::new();
        for row in &rows {
            let metric = word(row, "metric", "seat metric of a change")?;
            highest.insert((row.try_get("organization_id")?, metric), row.try_get("highest")?);
        }
        Ok(highest)
    }

    /// The organizations in the ledger, by id and name.
    pub async fn known_organizations(&self, profile: &str) -> Result<Vec<Reference<String>>, Error> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT organization_id, MAX(organization_name) FROM change_seats
             JOIN changes ON changes.id = change_id JOIN runs ON runs.id = run_id
             WHERE profile = $1 GROUP BY organization_id",
        )
        .bind(profile)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(id, name)| Reference::new(id, name))
            .collect())
    }
}

/// Makes what was read back the basis for the next run: the quantities of licenses, and each mapped organization's share
/// of them. If an organization left while the run was under way, the quantity still includes its seats, and the next run
/// is expected to take them off.
async fn take_over_verified(
    transaction: &mut sqlx::Transaction<'_, Sqlite>,
    profile: &str,
    run: i64,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO license_counts (profile, license_id, count, synced_at, unlinked, undone_by)
         SELECT $1, license_id, to_count, $3,
             (SELECT COALESCE(SUM(seats), 0) FROM change_seats
              WHERE change_id = changes.id AND organization_id NOT IN
                  (SELECT organization_id FROM mappings
                   WHERE profile = $1 AND mappings.license_id = changes.license_id)),
             (SELECT id FROM runs WHERE id = $2 AND undoes IS NOT NULL)
         FROM changes
         WHERE run_id = $2 AND verified AND to_count IS NOT NULL
             AND license_id IN (SELECT license_id FROM mappings WHERE profile = $1)
         ON CONFLICT (profile, license_id) DO UPDATE SET
             count = excluded.count, synced_at = excluded.synced_at, unlinked = excluded.unlinked,
             undone_by = excluded.undone_by",
    )
    .bind(profile)
    .bind(run)
    .bind(now())
    .execute(&mut **transaction)
    .await?;
    sqlx::query(
        "UPDATE mappings SET seats = share.seats FROM
             (SELECT change_seats.organization_id, change_seats.seats, changes.license_id
              FROM changes JOIN change_seats ON change_seats.change_id = changes.id
              WHERE run_id = $2 AND verified) AS share
         WHERE profile = $1 AND mappings.organization_id = share.organization_id
             AND mappings.license_id = share.license_id",
    )
    .bind(profile)
    .bind(run)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Remembers the licenses that Halo refused, and forgets those that it accepted in this run.
async fn remember_refused(
    transaction: &mut sqlx::Transaction<'_, Sqlite>,
    profile: &str,
    run: i64,
    refused: &HashSet<i64>,
) -> Result<(), Error> {
    sqlx::query(
        "DELETE FROM refused_licenses WHERE profile = $1 AND
             (license_id IN (SELECT license_id FROM changes WHERE run_id = $2 AND verified)
              OR license_id NOT IN (SELECT license_id FROM mappings WHERE profile = $1))",
    )
    .bind(profile)
    .bind(run)
    .execute(&mut **transaction)
    .await?;
    for license in refused {
        sqlx::query(
            "INSERT INTO refused_licenses (profile, license_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(profile)
        .bind(license)
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}
