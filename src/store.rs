//! State: configuration, mappings, ledger and tickets, in one SQLite file.
//!
//! All writes are transactions, the log is write-ahead, the file is private to its user, and two processes
//! at once are safe. Whatever reads or writes it can fail with [`Error::Sql`], and with [`Error::Busy`] while
//! another process writes for long. The SQL is portable (numbered parameters, upserts, `RETURNING`), behind this
//! one type.

mod configuration;
mod connections;
mod created_licenses;
mod ledger;
mod license_intents;
mod lock;
mod look;
mod mappings;
mod names;
mod tickets;

use std::{
    fs::OpenOptions,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use jiff::{Timestamp, ToSpan};
use sqlx::{
    Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};
use tempfile::TempDir;

use crate::{
    files::{private_directory, private_file},
    lock_file::Told,
};

pub use configuration::CONFIGURED_METRIC;
pub use connections::Remembered;
pub use ledger::{
    Change, ChangeStatus, LicenseCount, NewChange, NewRun, NotWritten, OrganizationSeats, RecordedChange,
    Run, RunState, RunTotals, SeatPoint,
};
pub use license_intents::LicenseIntent;
pub use names::NameKind;
pub use tickets::{OpenedTicket, TicketKey};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("src/store/migrations");

/// How long a write waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(15);
/// Rows that SQLite's thread reads ahead: with the usual 50, two threads spend their time waking each other.
const ROWS_AHEAD: usize = 1000;

/// What can go wrong with the state.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file or its directory cannot be used.
    #[error("cannot use the state file {}: {reason}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// There is a file, and it is something else.
    #[error("{} is not a halolink state file", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// A newer halolink wrote it.
    #[error("{} was written by a newer halolink", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// Another process writes, for longer than one waits.
    #[error("another halolink is writing to the state")]
    Busy,
    /// Another run is doing the same work.
    #[error("{what} is already being done by {holder}")]
    Held {
        /// The work.
        what: String,
        /// Who, in words.
        holder: String,
    },
    /// It has a word that this halolink does not know.
    #[error("the state has the {what} \"{word}\", which is none")]
    Unknown {
        /// What the word is for.
        what: &'static str,
        /// The word.
        word: String,
    },
    /// A statement failed.
    #[error("the state could not be read or written: {0}")]
    Sql(sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::ColumnDecode { source: cause, .. } | sqlx::Error::Decode(cause) = &error
            && let Some(Error::Unknown { what, word }) = cause.downcast_ref()
        {
            return Error::Unknown {
                what,
                word: word.clone(),
            };
        }
        match &error {
            // SQLITE_BUSY and its extended codes.
            sqlx::Error::Database(database)
                if database
                    .code()
                    .and_then(|code| code.parse::<i32>().ok())
                    .is_some_and(|code| code & 0xff == 5) =>
            {
                Error::Busy
            }
            sqlx::Error::PoolTimedOut => Error::Busy,
            _ => Error::Sql(error),
        }
    }
}

/// A word in a row as what it stands for.
fn word<T: FromStr>(row: &SqliteRow, column: &str, what: &'static str) -> sqlx::Result<T> {
    let word: &str = row.try_get(column)?;
    word.parse().map_err(|_| {
        let word = word.to_owned();
        sqlx::Error::Decode(Box::new(Error::Unknown { what, word }))
    })
}

/// The state.
#[derive(Clone)]
pub struct Store {
    pool: SqlitePool,
    path: PathBuf,
    /// Which state it is; none where there is none yet.
    id: Option<String>,
    /// Where the copy is that is looked at in place of the file.
    _copy: Option<Arc<TempDir>>,
}

impl Store {
    /// Opens the state, making what is missing; `told` hears of a wait for another process that takes long.
    pub async fn open(path: &Path, told: Told<'_>) -> Result<Self, Error> {
        let failed = |error| cannot_use(path, error);
        private_directory(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
        // Made by hand first, so that it is private from its first byte; its companions take after it.
        private_file(path).map_err(failed)?;
        Self::open_existing(path, told).await
    }

    /// Opens a state that is there, bringing its tables up to date; `told` hears of a wait that takes long.
    pub async fn open_existing(path: &Path, told: Told<'_>) -> Result<Self, Error> {
        let pool = pool(path, for_writing(path)).await?;
        if schema(&pool, path).await? != Schema::Current {
            // Two first runs at once would both create the tables.
            let what = "bringing the state up to date";
            let _migrating = lock::file(path, "migrate", what, BUSY, told).await?;
            migrate(&pool, path).await?;
        }
        Self::of(pool, path).await
    }

    /// Opens a state that is there for noting something in passing. One that cannot be written, or whose
    /// tables are not up to date, is left alone.
    pub async fn open_for_notes(path: &Path) -> Result<Self, Error> {
        // SQLite would open a file that it may not write for reading, and leave its companions beside it.
        OpenOptions::new()
            .write(true)
            .open(path)
            .map_err(|error| cannot_use(path, error))?;
        let options = if look::is_all_in_the_file(path) {
            look::as_it_is(path)
        } else {
            for_writing(path)
        };
        let looked = pool(path, options).await?;
        let schema = schema(&looked, path).await?;
        looked.close().await;
        if schema != Schema::Current {
            return Err(Error::Open {
                path: path.to_owned(),
                reason: "its tables are those of an older halolink".to_owned(),
            });
        }
        Self::of(pool(path, for_writing(path)).await?, path).await
    }

    /// Removes a state that was made for a connection that could not be stored after all.
    pub fn discard(path: &Path) {
        for suffix in ["", "-wal", "-shm", ".migrate.lock"] {
            // Best effort: what is left behind has nothing in it.
            let _ = std::fs::remove_file(look::companion(path, suffix));
        }
    }

    /// Opens the state for looking: nothing is made, locked or touched. Where there is none yet, it is an
    /// empty one that is not kept.
    pub async fn open_read_only(path: &Path) -> Result<Self, Error> {
        if !path.exists() {
            return Self::empty(path).await;
        }
        if look::is_all_in_the_file(path) {
            let pool = pool(path, look::as_it_is(path)).await?;
            match schema(&pool, path).await? {
                Schema::Current => return Self::of(pool, path).await,
                Schema::Empty => return Self::empty(path).await,
                // Its tables are brought up to date in a copy.
                Schema::Older => pool.close().await,
            }
        }
        let copy = look::copy(path).await?;
        let pool = pool(path, look::of_copy(copy.path())).await?;
        let schema = schema(&pool, path).await?;
        if schema != Schema::Current {
            migrate(&pool, path).await?;
        }
        let mut store = Self::of(pool, path).await?;
        if schema != Schema::Current {
            // Only the copy has it.
            store.id = None;
        }
        store._copy = Some(Arc::new(copy));
        Ok(store)
    }

    /// A state with nothing in it, in memory.
    async fn empty(path: &Path) -> Result<Self, Error> {
        let pool = pool(path, SqliteConnectOptions::new().in_memory(true)).await?;
        migrate(&pool, path).await?;
        Ok(Self {
            pool,
            path: path.to_owned(),
            id: None,
            _copy: None,
        })
    }

    async fn of(pool: SqlitePool, path: &Path) -> Result<Self, Error> {
        let id = sqlx::query_scalar("SELECT id FROM identity")
            .fetch_optional(&pool)
            .await?;
        Ok(Self {
            pool,
            path: path.to_owned(),
            id,
            _copy: None,
        })
    }

    /// Which state this is; none where there is none yet, or one that an older halolink wrote.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Ends it in good order: what is in the write-ahead log goes into the file.
    pub async fn close(self) {
        self.pool.close().await;
    }

    /// Deletes everything of a profile: configuration, mappings, ledger, tickets; no trace stays in the file.
    ///
    /// # Errors
    /// A failed statement. [`Error::Busy`] where another process reads: everything is deleted, and some of
    /// it is not overwritten yet.
    pub async fn purge(&self, profile: &str) -> Result<(), Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for statement in [
            "DELETE FROM change_seats WHERE change_id IN
                 (SELECT changes.id FROM changes JOIN runs ON runs.id = run_id WHERE profile = $1)",
            "DELETE FROM changes WHERE run_id IN (SELECT id FROM runs WHERE profile = $1)",
            "DELETE FROM runs WHERE profile = $1",
            "DELETE FROM tickets WHERE profile = $1",
            "DELETE FROM license_counts WHERE profile = $1",
            "DELETE FROM created_licenses WHERE profile = $1",
            "DELETE FROM refused_licenses WHERE profile = $1",
            "DELETE FROM license_intents WHERE profile = $1",
            "DELETE FROM mappings WHERE profile = $1",
            "DELETE FROM names WHERE profile = $1",
            "DELETE FROM configurations WHERE profile = $1",
            "DELETE FROM connections WHERE profile = $1",
            // A lock is named for its profile and, after a dot, the work.
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
        // Rows deleted before there was overwriting are in free pages, and everything is in the log.
        sqlx::query("VACUUM").execute(&self.pool).await?;
        let busy: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&self.pool)
            .await?;
        if busy != 0 {
            return Err(Error::Busy);
        }
        Ok(())
    }

    /// Requests that all processes sent to a site lately: `(how long ago, how many)`.
    ///
    /// Notes from the future were made before the clock was set back. The last of them was made now at the
    /// latest, and tells how old the others are at least. Those from further ahead than `span` are forgotten:
    /// nobody knows how old they are, and waiting for them would have no end.
    pub async fn recent_requests(
        &self,
        site_url: &str,
        span: Duration,
    ) -> Result<Vec<(Duration, u64)>, Error> {
        let now = Timestamp::now().as_millisecond();
        let span = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT sent_at, count FROM requests WHERE site_url = $1 AND sent_at > $2 AND sent_at <= $3",
        )
        .bind(site_url)
        .bind(now.saturating_sub(span))
        .bind(now.saturating_add(span))
        .fetch_all(&self.pool)
        .await?;
        let last = rows.iter().map(|(sent_at, _)| *sent_at).max().unwrap_or(now);
        Ok(rows
            .into_iter()
            .map(|(sent_at, count)| {
                let latest = if sent_at > now { last } else { now };
                let age = Duration::from_millis(latest.abs_diff(sent_at));
                (age, u64::try_from(count).unwrap_or(0))
            })
            .collect())
    }

    /// Notes requests that this process sent to a site, for the others; forgets those that no longer count,
    /// and those from a future that was never reached.
    pub async fn note_requests(&self, site_url: &str, count: u64) -> Result<(), Error> {
        let now = Timestamp::now();
        let long_ago = now.saturating_sub(1.hour()).unwrap_or(now).as_millisecond();
        let far_ahead = now.saturating_add(1.hour()).unwrap_or(now).as_millisecond();
        sqlx::query("DELETE FROM requests WHERE sent_at < $1 OR sent_at > $2")
            .bind(long_ago)
            .bind(far_ahead)
            .execute(&self.pool)
            .await?;
        sqlx::query("INSERT INTO requests (site_url, sent_at, count) VALUES ($1, $2, $3)")
            .bind(site_url)
            .bind(now.as_millisecond())
            .bind(i64::try_from(count).unwrap_or(i64::MAX))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// How far the tables in a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Schema {
    /// There are none.
    Empty,
    /// An older halolink made them.
    Older,
    /// As this halolink has them.
    Current,
}

async fn pool(path: &Path, options: SqliteConnectOptions) -> Result<SqlitePool, Error> {
    SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(BUSY + Duration::from_secs(5))
        .connect_with(options.row_buffer_size(ROWS_AHEAD))
        .await
        .map_err(|error| of_file(path, error))
}

fn for_writing(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // The intent of a write must outlast a power cut.
        .synchronous(SqliteSynchronous::Full)
        // What is deleted is overwritten: names of customers are in it.
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY)
}

/// How far the tables are. Somebody else's database has others, and is left alone.
async fn schema(pool: &SqlitePool, path: &Path) -> Result<Schema, Error> {
    let failed = |error| of_file(path, error);
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'")
        .fetch_all(pool)
        .await
        .map_err(failed)?;
    if tables.is_empty() {
        return Ok(Schema::Empty);
    }
    if !tables.iter().any(|name| name == "_sqlx_migrations") {
        return Err(Error::NotOurs {
            path: path.to_owned(),
        });
    }
    let applied: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations")
        .fetch_all(pool)
        .await
        .map_err(failed)?;
    let known: Vec<i64> = MIGRATIONS.iter().map(|migration| migration.version).collect();
    if applied.iter().any(|version| !known.contains(version)) {
        return Err(Error::Newer {
            path: path.to_owned(),
        });
    }
    Ok(match applied.len() {
        0 => Schema::Empty,
        count if count == known.len() => Schema::Current,
        _ => Schema::Older,
    })
}

async fn migrate(pool: &SqlitePool, path: &Path) -> Result<(), Error> {
    MIGRATIONS.run(pool).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::VersionMissing(_) => Error::Newer {
            path: path.to_owned(),
        },
        sqlx::migrate::MigrateError::Execute(error) => of_file(path, error),
        sqlx::migrate::MigrateError::ExecuteMigration(error, _) => of_file(path, error),
        error => Error::Open {
            path: path.to_owned(),
            reason: error.to_string(),
        },
    })
}

fn cannot_use(path: &Path, error: std::io::Error) -> Error {
    Error::Open {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

fn of_file(path: &Path, error: sqlx::Error) -> Error {
    let code = match &error {
        sqlx::Error::Database(database) => database.code().and_then(|code| code.parse::<i32>().ok()),
        _ => None,
    };
    match code.map(|code| code & 0xff) {
        // SQLITE_NOTADB, SQLITE_CORRUPT
        Some(26 | 11) => Error::NotOurs {
            path: path.to_owned(),
        },
        Some(5) => Error::Busy,
        // SQLITE_ERROR, as when a table of somebody else's has the same name.
        Some(1) => Error::NotOurs {
            path: path.to_owned(),
        },
        _ => Error::Open {
            path: path.to_owned(),
            reason: error.to_string(),
        },
    }
}

/// Now, as the state writes times: RFC 3339 in UTC, to the second.
pub fn now() -> String {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

/// Now, to the last digit: for what is a matter of seconds.
fn precise_now() -> String {
    Timestamp::now().to_string()
}

/// How long ago a recorded time was; none for one that is to come (the clock was set back) or is no time.
fn age_of(time: &str) -> Duration {
    time.parse::<Timestamp>()
        .ok()
        .and_then(|time| Duration::try_from(Timestamp::now().duration_since(time)).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock_file::nobody;

    const SITE: &str = "https://acme.halopsa.com/";
    const SPAN: Duration = Duration::from_secs(300);

    #[tokio::test]
    async fn a_purge_forgets_no_table_that_knows_a_profile() {
        let (_directory, store) = noted(&[]).await;
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

    /// A state in which these were noted: how many seconds from now, how many requests.
    async fn noted(rows: &[(i64, i64)]) -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state.db"), &nobody)
            .await
            .unwrap();
        let now = Timestamp::now().as_millisecond();
        for (seconds, count) in rows {
            sqlx::query("INSERT INTO requests (site_url, sent_at, count) VALUES ($1, $2, $3)")
                .bind(SITE)
                .bind(now.saturating_add(seconds.saturating_mul(1000)))
                .bind(count)
                .execute(&store.pool)
                .await
                .unwrap();
        }
        (directory, store)
    }

    async fn remembered(store: &Store) -> Vec<(u64, u64)> {
        let recent = store.recent_requests(SITE, SPAN).await.unwrap();
        let mut recent: Vec<(u64, u64)> = recent
            .into_iter()
            .map(|(age, count)| (age.as_secs(), count))
            .collect();
        recent.sort_unstable();
        recent
    }

    #[tokio::test]
    async fn requests_from_a_far_future_hold_nobody_back() {
        let year = 366 * 24 * 60 * 60;
        let (_directory, store) = noted(&[
            (year, 290),
            (301, 290),
            (i64::MAX, i64::MAX),
            (i64::MIN, 290),
            (-301, 290),
            (-10, 3),
            (-20, -5),
        ])
        .await;
        assert_eq!(remembered(&store).await, [(10, 3), (20, 0)]);
        store.note_requests(SITE, 1).await.unwrap();
        let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM requests")
            .fetch_one(&store.pool)
            .await
            .unwrap();
        // Minutes ahead, they may come true; an hour and more, not.
        assert_eq!(rows, 5);
    }

    #[tokio::test]
    async fn requests_noted_before_the_clock_was_set_back_are_no_younger_than_they_are() {
        let (_directory, store) = noted(&[(200, 5), (80, 6), (-30, 7)]).await;
        assert_eq!(remembered(&store).await, [(0, 5), (30, 7), (120, 6)]);
    }
}
