//! A file that one process at a time holds.
//!
//! The lock is the operating system's, so that it ends with its process, however that ended: nothing has to
//! guess whether a holder is still alive. Who holds it stands in a file of its own beside it, because a locked
//! file cannot be read everywhere. It is waited for without blocking: Ctrl-C works meanwhile.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use crate::files::private_file;

/// How often somebody who waits looks whether the lock is free.
const LOOK: Duration = Duration::from_millis(200);
/// A wait that is longer is explained.
const UNEXPLAINED: Duration = Duration::from_secs(2);
/// More is not read of who holds it.
const LONGEST_HOLDER: u64 = 300;

/// Told a line for people about a wait that takes long.
pub type Told<'a> = &'a (dyn Fn(&str) + Sync);

/// For callers that nobody watches.
pub fn nobody(_: &str) {}

/// Why the lock could not be had.
#[derive(Debug)]
pub enum Error {
    /// Somebody else has it: who, in words.
    Held(String),
    /// The file cannot be used.
    Io(io::Error),
}

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub struct LockFile {
    _file: File,
    holder: PathBuf,
}

impl LockFile {
    /// Takes the lock on the file at `path`, which is made if it is missing, waiting up to `wait` for another
    /// holder. After two seconds `told` hears, once, what `explain` makes of who holds it.
    pub async fn take(
        path: &Path,
        wait: Duration,
        explain: impl Fn(&str) -> String,
        told: Told<'_>,
    ) -> Result<Self, Error> {
        let file = private_file(path).map_err(Error::Io)?;
        let holder = holder_file(path);
        // What has passed is compared: a wait can be longer than any clock goes.
        let start = Instant::now();
        let mut explained = false;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(Error::Io(error)),
            }
            let waited = start.elapsed();
            if waited >= wait {
                return Err(Error::Held(read(&holder)));
            }
            if waited >= UNEXPLAINED && !explained {
                explained = true;
                let left = wait.saturating_sub(UNEXPLAINED).as_secs();
                told(&format!("waiting up to {left} s: {}", explain(&read(&holder))));
            }
            sleep(LOOK.min(wait.saturating_sub(waited))).await;
        }
        // A lock works without a name on it too.
        let _ = write(&holder);
        Ok(Self { _file: file, holder })
    }

    /// Whether somebody holds the lock on the file at `path` now.
    pub fn is_held(path: &Path) -> bool {
        File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        // While the lock is still held, so that the next one's name stays.
        let _ = fs::remove_file(&self.holder);
    }
}

fn holder_file(path: &Path) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(".holder");
    PathBuf::from(path)
}

fn write(path: &Path) -> io::Result<()> {
    let mut file = private_file(path)?;
    file.set_len(0)?;
    let text = format!(
        "{}@{} (process {}, since {})",
        user_name(),
        host_name(),
        std::process::id(),
        Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ")
    );
    file.write_all(text.as_bytes())
}

fn read(path: &Path) -> String {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(path) {
        let _ = file.take(LONGEST_HOLDER).read_to_end(&mut bytes);
    }
    match String::from_utf8_lossy(&bytes).trim() {
        "" => "another program, which does not say who it is".to_owned(),
        text => text.to_owned(),
    }
}

/// Who runs this.
pub fn user_name() -> String {
    whoami::username().unwrap_or_else(|_| "unknown".to_owned())
}

/// Where this runs.
pub fn host_name() -> String {
    whoami::hostname().unwrap_or_else(|_| "unknown".to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn held(holder: &str) -> String {
        format!("held by {holder}")
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_is_told_for_whom_after_two_seconds_and_gives_up_in_time() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.lock");
        let lock = LockFile::take(&path, Duration::ZERO, held, &nobody)
            .await
            .unwrap();
        assert!(LockFile::is_held(&path));

        let start = Instant::now();
        let lines = Mutex::new(Vec::new());
        let told = |line: &str| lines.lock().unwrap().push((start.elapsed(), line.to_owned()));
        let refused = LockFile::take(&path, Duration::from_secs(30), held, &told).await;
        let Err(Error::Held(holder)) = refused else {
            panic!("{refused:?}");
        };
        let me = format!(
            "{}@{} (process {}, since ",
            user_name(),
            host_name(),
            std::process::id()
        );
        assert!(holder.starts_with(&me), "{holder}");
        assert_eq!(start.elapsed(), Duration::from_secs(30));
        let lines = lines.into_inner().unwrap();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0].0, Duration::from_secs(2));
        assert!(
            lines[0]
                .1
                .starts_with(&format!("waiting up to 28 s: held by {me}")),
            "{lines:?}"
        );

        drop(lock);
        assert!(!LockFile::is_held(&path));
        // Nothing stays that would name a holder who left.
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        let again = LockFile::take(&path, Duration::ZERO, held, &nobody).await;
        assert!(again.is_ok(), "{again:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_beyond_all_counting_ends_when_the_lock_is_free() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.lock");
        // Another program's: nobody knows whose.
        let file = private_file(&path).unwrap();
        file.lock().unwrap();
        let lines = Mutex::new(Vec::new());
        let told = |line: &str| {
            lines.lock().unwrap().push(line.to_owned());
            file.unlock().unwrap();
        };
        let lock = LockFile::take(&path, Duration::MAX, held, &told).await;
        assert!(lock.is_ok(), "{lock:?}");
        assert!(lines.lock().unwrap()[0].ends_with("held by another program, which does not say who it is"));
    }
}
