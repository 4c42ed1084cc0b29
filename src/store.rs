//! State: configuration, mappings, ledger and tickets, in one SQLite file.
//!
//! All writes are transactions, the log is write-ahead, the file is private to its user, and two processes
//! at once are safe. The SQL is portable (numbered parameters, upserts, `RETURNING`), behind this one type.

mod configuration;
mod created_licenses;
mod ledger;
mod lock;
mod mappings;
mod names;
mod tickets;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::{Timestamp, ToSpan};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::profile::{private_directory, private_file};

pub use configuration::Configuration;
pub use ledger::{
    Change, ChangeStatus, NewChange, NewRun, OrganizationSeats, RecordedChange, Run, RunState, RunTotals,
    SeatPoint,
};
pub use lock::Lock;
pub use mappings::{Mapping, OfOtherProfile};
pub use names::NameKind;
pub use tickets::{OpenedTicket, TicketKey};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("src/store/migrations");

/// How long a write waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(15);

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
    /// A statement failed.
    #[error("the state could not be read or written: {0}")]
    Sql(sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
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

/// The state.
#[derive(Clone)]
pub struct Store {
    pool: SqlitePool,
    path: PathBuf,
}

impl Store {
    /// Opens the state, making what is missing.
    ///
    /// # Errors
    /// A file that cannot be used.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        let failed = |error: std::io::Error| Error::Open {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        private_directory(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
        // Made by hand first, so that it is private from its first byte; its companions take after it.
        private_file(path).map_err(failed)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // The intent of a write must outlast a power cut.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(BUSY + Duration::from_secs(5))
            .connect_with(options)
            .await
            .map_err(|error| of_file(path, error))?;
        let store = Self {
            pool,
            path: path.to_owned(),
        };
        // Two first runs at once would both create the tables.
        let _migrating = lock::file(&store.path, "migrate", BUSY).await.map_err(failed)?;
        MIGRATIONS.run(&store.pool).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::VersionMissing(_) => Error::Newer {
                path: path.to_owned(),
            },
            sqlx::migrate::MigrateError::Execute(error) => of_file(path, error),
            sqlx::migrate::MigrateError::ExecuteMigration(error, _) => of_file(path, error),
            error => Error::Open {
                path: path.to_owned(),
                reason: error.to_string(),
            },
        })?;
        Ok(store)
    }

    /// Opens the state for looking; where there is none yet, an empty one that is not kept.
    ///
    /// # Errors
    /// A file that cannot be used.
    pub async fn look(path: &Path) -> Result<Self, Error> {
        if path.exists() {
            return Self::open(path).await;
        }
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(SqliteConnectOptions::new().in_memory(true))
            .await?;
        MIGRATIONS.run(&pool).await.map_err(|error| Error::Open {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            pool,
            path: path.to_owned(),
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Ends it in good order: what is in the write-ahead log goes into the file.
    pub async fn close(self) {
        self.pool.close().await;
    }

    /// The Halo site that a profile belongs to, if it was ever connected.
    ///
    /// # Errors
    /// A failed statement.
    pub async fn site_of(&self, profile: &str) -> Result<Option<String>, Error> {
        Ok(
            sqlx::query_scalar("SELECT site_url FROM profiles WHERE name = $1")
                .bind(profile)
                .fetch_optional(&self.pool)
                .await?,
        )
    }

    /// Binds a profile to a Halo site; one that is bound stays as it is.
    ///
    /// # Errors
    /// A failed statement.
    pub async fn bind_site(&self, profile: &str, site_url: &str) -> Result<(), Error> {
        sqlx::query("INSERT INTO profiles (name, site_url) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(profile)
            .bind(site_url)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Deletes everything of a profile: configuration, mappings, ledger, tickets.
    ///
    /// # Errors
    /// A failed statement; then nothing was deleted.
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
            "DELETE FROM mappings WHERE profile = $1",
            "DELETE FROM names WHERE profile = $1",
            "DELETE FROM configurations WHERE profile = $1",
            "DELETE FROM profiles WHERE name = $1",
        ] {
            sqlx::query(statement)
                .bind(profile)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Requests that all processes sent to a site lately: `(how long ago, how many)`, oldest first.
    ///
    /// # Errors
    /// A failed statement.
    pub async fn recent_requests(
        &self,
        site_url: &str,
        span: Duration,
    ) -> Result<Vec<(Duration, u64)>, Error> {
        let now = Timestamp::now().as_millisecond();
        let span = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT sent_at, count FROM requests WHERE site_url = $1 AND sent_at > $2 ORDER BY sent_at",
        )
        .bind(site_url)
        .bind(now - span)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(sent_at, count)| {
                let age = u64::try_from(now - sent_at).unwrap_or(0);
                (Duration::from_millis(age), u64::try_from(count).unwrap_or(0))
            })
            .collect())
    }

    /// Notes requests that this process sent to a site, for the others; forgets those that no longer count.
    ///
    /// # Errors
    /// A failed statement.
    pub async fn note_requests(&self, site_url: &str, count: u64) -> Result<(), Error> {
        let now = Timestamp::now();
        let long_ago = now.saturating_sub(1.hour()).unwrap_or(now).as_millisecond();
        sqlx::query("DELETE FROM requests WHERE sent_at < $1")
            .bind(long_ago)
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
