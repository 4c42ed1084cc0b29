//! State: configuration, mappings, ignored organizations, ledger and tickets, in one SQLite file.
//!
//! All writes are transactions, the log is write-ahead, the file is private to its user, and two processes at
//! once are safe. Any method that reads or writes can fail with [`Error::Sql`], or with [`Error::Busy`] if another
//! process writes for a long time. All SQL is behind this one type, and is portable (numbered parameters, upserts,
//! `RETURNING`).

mod configuration;
mod connections;
mod created_licenses;
mod daily_quantities;
mod error;
mod first_seen;
mod ignored;
mod ledger;
mod left_licenses;
mod license_intents;
mod listed;
mod lock;
mod mappings;
mod names;
mod purge;
mod read_only;
mod recorded_tickets;
mod requests;
mod schema;
mod ticket_accounts;
mod ticket_events;
mod ticket_life;
mod tickets;

use std::{
    fs::OpenOptions,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use sqlx::{
    Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};
use tempfile::TempDir;

use crate::{
    files::{private_directory, private_file},
    lock_file::Notify,
};
use error::{cannot_use, of_file};
use schema::{Schema, migrate, schema};

pub use configuration::CONFIGURED_METRIC;
pub use connections::Remembered;
pub use error::Error;
pub use ledger::{
    Change, ChangeStatus, LicenseCount, NewChange, NewRun, NotWritten, OrganizationSeats, RecordedChange,
    Run, RunChange, RunState, RunTotals, SeatPoint, Shares,
};
pub use license_intents::LicenseIntent;
pub use names::NameKind;
pub use recorded_tickets::RecordedTicket;
pub use ticket_events::{NewTicketEvent, TicketEvent};
pub use tickets::{OpenedTicket, TicketKey};

/// How long a write waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(15);
/// How many rows SQLite's thread reads ahead. With the usual 50, the two threads spend their time waking each other.
const ROWS_AHEAD: usize = 1000;

/// The state.
#[derive(Clone)]
pub struct Store {
    pool: SqlitePool,
    path: PathBuf,
    /// The id of this state; `None` if it does not exist yet.
    id: Option<String>,
    /// The copy that is read instead of the file; deleted when this is dropped.
    _copy: Option<Arc<TempDir>>,
}

impl Store {
    /// Opens the state, and creates it if it is missing; `notify` is told of a long wait for another process.
    pub async fn open(path: &Path, notify: Notify<'_>) -> Result<Self, Error> {
        let failed = |error| cannot_use(path, error);
        private_directory(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
        // Created here first, so that it is private from its first byte; SQLite gives its companions the same mode.
        private_file(path).map_err(failed)?;
        Self::open_existing(path, notify).await
    }

    /// Opens a state that exists, and brings its tables up to date; `notify` is told of a long wait.
    pub async fn open_existing(path: &Path, notify: Notify<'_>) -> Result<Self, Error> {
        let pool = pool(path, for_writing(path)).await?;
        if schema(&pool, path).await? != Schema::Current {
            // Otherwise two first runs at once would both create the tables.
            let what = "bringing the state up to date";
            let _migrating = lock::file(path, "migrate", what, BUSY, notify).await?;
            migrate(&pool, path).await?;
        }
        Self::of(pool, path).await
    }

    /// Opens a state that exists, to record something in passing. A state that cannot be written, or whose tables
    /// are not up to date, is left alone.
    pub async fn open_for_notes(path: &Path) -> Result<Self, Error> {
        // SQLite would open a write-protected file for reading, and leave its companions beside it.
        OpenOptions::new()
            .write(true)
            .open(path)
            .map_err(|error| cannot_use(path, error))?;
        let options = if read_only::log_is_empty(path) {
            read_only::immutable(path)
        } else {
            for_writing(path)
        };
        let reader = pool(path, options).await?;
        let schema = schema(&reader, path).await?;
        reader.close().await;
        if schema != Schema::Current {
            return Err(Error::Open {
                path: path.to_owned(),
                reason: "an older halolink made its tables".to_owned(),
            });
        }
        Self::of(pool(path, for_writing(path)).await?, path).await
    }

    /// Deletes a state that was created for a connection that could not be stored after all.
    pub fn discard(path: &Path) {
        for suffix in ["", "-wal", "-shm", ".migrate.lock"] {
            // Best effort: files that stay behind contain nothing.
            let _ = std::fs::remove_file(read_only::companion(path, suffix));
        }
    }

    /// Opens the state for reading: nothing is created, locked or touched. If there is no state yet, gives an empty
    /// one in memory.
    pub async fn open_read_only(path: &Path) -> Result<Self, Error> {
        if !path.exists() {
            return Self::empty(path).await;
        }
        if read_only::log_is_empty(path) {
            let pool = pool(path, read_only::immutable(path)).await?;
            match schema(&pool, path).await? {
                Schema::Current => return Self::of(pool, path).await,
                Schema::Empty => return Self::empty(path).await,
                // Below, a copy's tables are brought up to date.
                Schema::Older => pool.close().await,
            }
        }
        let copy = read_only::copy(path).await?;
        let pool = pool(path, read_only::copied(copy.path())).await?;
        let schema = schema(&pool, path).await?;
        if schema != Schema::Current {
            migrate(&pool, path).await?;
        }
        let mut store = Self::of(pool, path).await?;
        if schema != Schema::Current {
            // Only the copy has this id.
            store.id = None;
        }
        store._copy = Some(Arc::new(copy));
        Ok(store)
    }

    /// An empty state in memory.
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

    /// The id of this state; `None` if it does not exist yet, or an older halolink wrote it.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Where the file is, or would be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Closes the state properly, which writes the write-ahead log back into the file.
    pub async fn close(self) {
        self.pool.close().await;
    }
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
        // The recorded intent of a write must survive a power cut.
        .synchronous(SqliteSynchronous::Full)
        // Overwrites what is deleted: it includes names of customers.
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY)
}

/// Reads a word from a row as the value that it stands for.
fn word<T: FromStr>(row: &SqliteRow, column: &str, what: &'static str) -> sqlx::Result<T> {
    let word: &str = row.try_get(column)?;
    word.parse().map_err(|_| {
        let word = word.to_owned();
        sqlx::Error::Decode(Box::new(Error::Unknown { what, word }))
    })
}

/// The current time as the state writes it: RFC 3339 in UTC, to the second.
pub fn now() -> String {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

/// The current time to the last digit, where seconds matter.
fn precise_now() -> String {
    Timestamp::now().to_string()
}

/// How long ago a recorded time was; zero if it lies ahead (the clock was set back) or is not a time.
fn age_of(time: &str) -> Duration {
    time.parse::<Timestamp>()
        .ok()
        .and_then(|time| Duration::try_from(Timestamp::now().duration_since(time)).ok())
        .unwrap_or_default()
}
