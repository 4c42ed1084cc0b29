//! Looking at a state without touching it.
//!
//! SQLite makes, locks and deletes files beside a database even for readers, unless it is told that nobody
//! changes the file. That is so where the write-ahead log is empty: writers write there first. Where it is
//! not, a writer is at work or was killed; then a copy is looked at.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use tempfile::TempDir;

use super::{Error, cannot_use};
use crate::files::private_file;

/// The state's name in the directory of its copy.
const COPY: &str = "state.db";
/// How often a copy is begun anew because the state was rewritten under it, and how long to wait in between.
const TRIES: usize = 10;
const PAUSE: Duration = Duration::from_millis(50);

/// A companion of the file, such as its `-wal`.
pub(super) fn companion(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Whether there is nothing in the write-ahead log.
pub(super) fn is_all_in_the_file(path: &Path) -> bool {
    !fs::metadata(companion(path, "-wal")).is_ok_and(|wal| wal.len() > 0)
}

/// The file as it is, without locks or companions.
pub(super) fn as_it_is(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(true)
}

/// The copy in this directory.
pub(super) fn of_copy(directory: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(directory.join(COPY))
        .synchronous(SqliteSynchronous::Off)
}

/// Copies the state with its write-ahead log into a private directory that goes with the answer.
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

/// Not `fs::copy`: a copy of a file that may not be written must be writable.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    io::copy(&mut File::open(from)?, &mut private_file(to)?)?;
    Ok(())
}

/// What changes when the log is written back into the file. Being added to does no harm to a copy.
#[derive(PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    /// The log's header, which is new whenever it begins anew.
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
