//! Reading a state without touching it.
//!
//! SQLite creates, locks and deletes files beside a database even for readers, unless it is told that nobody
//! changes the file. That holds while the write-ahead log is empty, because writers write there first. Otherwise a
//! writer is at work or was killed, and a copy is read.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use tempfile::TempDir;

use super::{Error, error::cannot_use};
use crate::files::private_file;

/// The file name of a copy.
const COPY: &str = "state.db";
/// How often to start a copy again because the state was rewritten meanwhile, and how long to wait in between.
const TRIES: usize = 10;
const PAUSE: Duration = Duration::from_millis(50);

/// A companion of the file, e.g. its `-wal`.
pub(super) fn companion(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Whether the write-ahead log is empty, so that everything is in the file.
pub(super) fn log_is_empty(path: &Path) -> bool {
    !fs::metadata(companion(path, "-wal")).is_ok_and(|wal| wal.len() > 0)
}

/// Opens the file as it is, without locks or companions.
pub(super) fn immutable(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(true)
}

/// Opens the copy in this directory.
pub(super) fn copied(directory: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(directory.join(COPY))
        .synchronous(SqliteSynchronous::Off)
}

/// Copies the state and its write-ahead log into a private directory, which is deleted when the value is dropped.
pub(super) async fn copy(path: &Path) -> Result<TempDir, Error> {
    let failed = |error| cannot_use(path, error);
    for _ in 0..TRIES {
        let before = Stamp::of(path).map_err(failed)?;
        let directory = tempfile::tempdir().map_err(failed)?;
        let copy = directory.path().join(COPY);
        copy_file(path, &copy).map_err(failed)?;
        match copy_file(&companion(path, "-wal"), &companion(&copy, "-wal")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        if Stamp::of(path).map_err(failed)? == before {
            return Ok(directory);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(Error::Busy)
}

/// Unlike `fs::copy`, makes the copy writable even if the file is not.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    io::copy(&mut File::open(from)?, &mut private_file(to)?)?;
    Ok(())
}

/// Changes when the log is written back into the file. Additions to the log do a copy no harm.
#[derive(PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    /// The log's header, which changes whenever the log starts again.
    log: Vec<u8>,
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let file = fs::metadata(path)?;
        let mut log = Vec::new();
        if let Ok(wal) = File::open(companion(path, "-wal")) {
            wal.take(32).read_to_end(&mut log)?;
        }
        Ok(Self {
            length: file.len(),
            modified: file.modified().ok(),
            log,
        })
    }
}
