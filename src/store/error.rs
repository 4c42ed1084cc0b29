//! What can go wrong with the state.

use std::path::{Path, PathBuf};

/// What can go wrong with the state.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file or its directory cannot be used.
    #[error("cannot use the state file {}: {reason}", path.display())]
    Open {
        /// The path of the file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// The file is something else.
    #[error("{} is not a halolink state file", path.display())]
    NotOurs {
        /// The path of the file.
        path: PathBuf,
    },
    /// A newer halolink wrote it.
    #[error("{} was written by a newer halolink", path.display())]
    Newer {
        /// The path of the file.
        path: PathBuf,
    },
    /// Another process has been writing for too long.
    #[error("another halolink is writing to the state")]
    Busy,
    /// Another run is doing the same work.
    #[error("{what} is already being done by {holder}")]
    Held {
        /// The work, e.g. "sync-seats for the profile acme".
        what: String,
        /// The process that does it, in words.
        holder: String,
    },
    /// The state contains a word that this halolink does not know.
    #[error("the state contains an unknown {what}: \"{word}\"")]
    Unknown {
        /// What the word stands for, e.g. "seat metric".
        what: &'static str,
        /// The unknown word.
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

/// The error for a file that the system does not let us use.
pub(super) fn cannot_use(path: &Path, error: std::io::Error) -> Error {
    Error::Open {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

/// The error for a file that SQLite cannot open or read.
pub(super) fn of_file(path: &Path, error: sqlx::Error) -> Error {
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
        // SQLITE_ERROR, e.g. if another program's database has a table of the same name.
        Some(1) => Error::NotOurs {
            path: path.to_owned(),
        },
        _ => Error::Open {
            path: path.to_owned(),
            reason: error.to_string(),
        },
    }
}
