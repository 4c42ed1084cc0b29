//! The records of the ledger.

use std::{collections::HashMap, str::FromStr};

use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::{FromRow, Row, sqlite::SqliteRow};

use crate::{
    model::{Price, Reference, SeatMetric},
    store::word,
};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It has not ended.
    Running,
    /// Everything was done.
    Done,
    /// Some items failed or were held back.
    Partial,
    /// It ended with an error.
    Failed,
    /// It was killed.
    Interrupted,
}

impl RunState {
    const ALL: [RunState; 5] = [
        Self::Running,
        Self::Done,
        Self::Partial,
        Self::Failed,
        Self::Interrupted,
    ];

    /// Its word in the state and in output.
    pub fn name(self) -> &'static str {
        match self {
            RunState::Running => "running",
            RunState::Done => "done",
            RunState::Partial => "partial",
            RunState::Failed => "failed",
            RunState::Interrupted => "interrupted",
        }
    }
}

impl FromStr for RunState {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|state| state.name() == word).ok_or(())
    }
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeStatus {
    /// About to be written.
    Intended,
    /// Written and read back.
    Updated,
    /// Already so in Halo; recorded because the seats behind it are new.
    Confirmed,
    /// Held back, or left alone for a reason.
    Skipped,
    /// Refused, or not found in Halo afterwards.
    Failed,
    /// Sent, but not read back yet.
    Unread,
    /// Intended by a run that was killed, and never written.
    Lost,
}

impl ChangeStatus {
    const ALL: [ChangeStatus; 7] = [
        Self::Intended,
        Self::Updated,
        Self::Confirmed,
        Self::Skipped,
        Self::Failed,
        Self::Unread,
        Self::Lost,
    ];

    /// Its word in the state and in output.
    pub fn name(self) -> &'static str {
        match self {
            ChangeStatus::Intended => "intended",
            ChangeStatus::Updated => "updated",
            ChangeStatus::Confirmed => "confirmed",
            ChangeStatus::Skipped => "skipped",
            ChangeStatus::Failed => "failed",
            ChangeStatus::Unread => "unread",
            ChangeStatus::Lost => "lost",
        }
    }
}

impl FromStr for ChangeStatus {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|status| status.name() == word)
            .ok_or(())
    }
}

/// A run that begins.
#[derive(Clone, Debug)]
pub struct NewRun<'a> {
    /// The command, e.g. `sync-seats`.
    pub command: &'a str,
    /// Where the seats come from: `api`, or the name of a file.
    pub source: &'a str,
    /// The seat number that is billed.
    pub metric: SeatMetric,
    /// How many mapped organizations it covers.
    pub organizations: usize,
    /// What the person who runs it notes.
    pub note: Option<&'a str>,
    /// The run that it takes back, if it does.
    pub undoes: Option<i64>,
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunTotals {
    /// Licenses written.
    pub updated: usize,
    /// Licenses that were right already.
    pub unchanged: usize,
    /// Licenses left alone or held back.
    pub skipped: usize,
    /// Licenses that could not be written.
    pub failed: usize,
    /// Requests to Halo.
    pub halo_requests: u64,
    /// Requests to SaaS Backup.
    pub backup_requests: u64,
}

/// A change to record.
#[derive(Clone, Debug)]
pub struct NewChange {
    /// The license.
    pub license: Reference,
    /// Its customer.
    pub customer: Reference,
    /// The quantity before.
    pub from: Option<i64>,
    /// The planned quantity.
    pub to: Option<i64>,
    /// What becomes of it.
    pub status: ChangeStatus,
    /// Whether the quantity was seen in Halo.
    pub verified: bool,
    /// The reason, unless it is simply done.
    pub reason: Option<String>,
    /// What a seat costs now.
    pub price: Price,
    /// The seats that the quantity is made of.
    pub seats: Vec<OrganizationSeats>,
}

/// What one organization contributes to a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationSeats {
    /// The organization.
    pub organization: Reference<String>,
    /// Its share of the quantity, if it is known.
    pub seats: Option<i64>,
    /// The seats that were counted, before the rule made them its share; none if they were not read.
    pub counted: Option<i64>,
    /// By which metric they were counted; none if they were not.
    pub metric: Option<SeatMetric>,
}

/// A license of a run that was not simply written and read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotWritten {
    /// The license.
    pub license: i64,
    /// What became of it: failed, unread or skipped.
    pub status: ChangeStatus,
    /// Why.
    pub reason: String,
}

/// A change that a run meant to make, and that is not settled yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The record's own id.
    pub id: i64,
    /// The run that meant to make it.
    pub run: i64,
    /// The license.
    pub license: i64,
    /// The intended quantity.
    pub to: i64,
    /// The run takes another back.
    pub takes_back: bool,
    /// The seats that the quantity is made of, by organization id.
    pub seats: HashMap<String, Option<i64>>,
}

/// A license's quantity after the last sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseCount {
    /// The quantity that was last written or confirmed.
    pub count: i64,
    /// How many of these seats belong to organizations that have since been unlinked or mapped elsewhere.
    pub unlinked: i64,
    /// When it was recorded, RFC 3339.
    pub synced_at: String,
    /// The run that put this quantity back, if the last one that wrote it was an undo.
    pub undone_by: Option<i64>,
}

/// A recorded run.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its number.
    pub id: i64,
    /// The command.
    pub command: String,
    /// RFC 3339.
    pub started_at: String,
    /// RFC 3339; `None` if it was killed.
    pub finished_at: Option<String>,
    /// The user who ran it.
    pub user: String,
    /// The machine that it ran on.
    pub host: String,
    /// How it ended.
    pub state: RunState,
    /// Where the seats came from: `api`, or the name of a file.
    pub source: String,
    /// The seat number that was billed.
    pub metric: SeatMetric,
    /// How many mapped organizations it covered.
    pub organizations: i64,
    /// What it did.
    pub totals: RunTotals,
    /// The error that ended it.
    pub error: Option<String>,
    /// What the person who ran it noted.
    pub note: Option<String>,
    /// The run that it took back, if it did.
    pub undoes: Option<i64>,
}

/// A recorded change.
#[derive(Clone, Debug)]
pub struct RecordedChange {
    /// The run it belongs to.
    pub run: i64,
    /// The license.
    pub license: Reference,
    /// Its customer.
    pub customer: Reference,
    /// The quantity before.
    pub from: Option<i64>,
    /// The planned quantity.
    pub to: Option<i64>,
    /// What became of it.
    pub status: ChangeStatus,
    /// Whether the quantity was seen in Halo.
    pub verified: bool,
    /// The reason, unless it was simply done.
    pub reason: Option<String>,
    /// RFC 3339.
    pub recorded_at: String,
    /// What a seat cost then.
    pub price: Price,
}

/// The seats of one organization at one time.
#[derive(Clone, Debug)]
pub struct SeatPoint {
    /// The organization.
    pub organization: Reference<String>,
    /// The organization's seats, if they were known.
    pub seats: Option<i64>,
    /// Which seat number that was.
    pub metric: SeatMetric,
    /// The user who ran it.
    pub user: String,
    /// The machine that it ran on.
    pub host: String,
    /// The change of its license.
    pub change: RecordedChange,
}

fn decimal(row: &SqliteRow, column: &str) -> sqlx::Result<Option<Decimal>> {
    let text: Option<&str> = row.try_get(column)?;
    text.map(|_| word(row, column, "price")).transpose()
}

fn count(row: &SqliteRow, column: &str) -> sqlx::Result<usize> {
    Ok(usize::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
}

impl FromRow<'_, SqliteRow> for Run {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            command: row.try_get("command")?,
            started_at: row.try_get("started_at")?,
            finished_at: row.try_get("finished_at")?,
            user: row.try_get("user_name")?,
            host: row.try_get("host_name")?,
            state: word(row, "state", "state of a run")?,
            source: row.try_get("source")?,
            metric: word(row, "metric", "seat metric of a run")?,
            organizations: row.try_get("organizations")?,
            totals: RunTotals {
                updated: count(row, "updated")?,
                unchanged: count(row, "unchanged")?,
                skipped: count(row, "skipped")?,
                failed: count(row, "failed")?,
                halo_requests: count(row, "halo_requests")? as u64,
                backup_requests: count(row, "backup_requests")? as u64,
            },
            error: row.try_get("error")?,
            note: row.try_get("note")?,
            undoes: row.try_get("undoes")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for RecordedChange {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            run: row.try_get("run_id")?,
            license: Reference::new(
                row.try_get("license_id")?,
                row.try_get::<String, _>("license_name")?,
            ),
            customer: Reference::new(
                row.try_get("customer_id")?,
                row.try_get::<String, _>("customer_name")?,
            ),
            from: row.try_get("from_count")?,
            to: row.try_get("to_count")?,
            status: word(row, "status", "status of a change")?,
            verified: row.try_get("verified")?,
            reason: row.try_get("reason")?,
            recorded_at: row.try_get("recorded_at")?,
            price: Price {
                price: decimal(row, "price")?,
                cost: decimal(row, "cost")?,
                cycle: row.try_get("billing_cycle")?,
            },
        })
    }
}

impl FromRow<'_, SqliteRow> for SeatPoint {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            organization: Reference::new(
                row.try_get("organization_id")?,
                row.try_get::<String, _>("organization_name")?,
            ),
            seats: row.try_get("seats")?,
            metric: word(row, "metric", "seat metric of a run")?,
            user: row.try_get("user_name")?,
            host: row.try_get("host_name")?,
            change: RecordedChange::from_row(row)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn words_are_the_same_in_the_state_and_in_json() {
        for state in RunState::ALL {
            assert_eq!(state.name().parse(), Ok(state));
            assert_eq!(serde_json::json!(state), state.name());
        }
        for status in ChangeStatus::ALL {
            assert_eq!(status.name().parse(), Ok(status));
            assert_eq!(serde_json::json!(status), status.name());
        }
        for metric in SeatMetric::ALL {
            assert_eq!(metric.name().parse(), Ok(metric));
            assert_eq!(serde_json::json!(metric), metric.name());
        }
    }

    #[tokio::test]
    async fn an_unknown_word_is_reported() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.db");
        let store = Store::open(&path, &crate::lock_file::nobody).await.unwrap();
        let run = NewRun {
            command: "sync-seats",
            source: "api",
            metric: SeatMetric::Used,
            organizations: 1,
            note: None,
            undoes: None,
        };
        store.begin_run("p", &run).await.unwrap();
        assert_eq!(store.runs("p", "").await.unwrap()[0].metric, SeatMetric::Used);
        sqlx::query("UPDATE runs SET state = 'napping'")
            .execute(&store.pool)
            .await
            .unwrap();
        let error = store.runs("p", "").await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the state contains an unknown state of a run: \"napping\""
        );
    }
}
