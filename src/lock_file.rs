//! A lock file: a file that only one process can hold at a time.
//!
//! The operating system keeps the lock and releases it when the process ends, in whatever way: nobody has to
//! guess whether a holder is still alive. The holder's name is in a separate file beside it, because some systems
//! do not let others read a locked file. Waiting does not block, so Ctrl-C keeps working.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use crate::files::private_file;

/// How often to check whether the lock is free.
const INTERVAL: Duration = Duration::from_millis(200);
/// A wait is explained once it takes this long.
const UNEXPLAINED: Duration = Duration::from_secs(2);
/// How much to read of the holder's name, in bytes.
const LONGEST_HOLDER: u64 = 300;

/// Receives a line that tells a person about a long wait.
pub type Notify<'a> = &'a (dyn Fn(&str) + Sync);

/// Tells nobody.
pub fn nobody(_: &str) {}

/// Why the lock could not be taken.
#[derive(Debug)]
pub enum Error {
    /// Another process holds it: which one, in words.
    Held(String),
    /// The file cannot be used.
    Io(io::Error),
}

/// A lock, held until this value is dropped.
#[derive(Debug)]
pub struct LockFile {
    _file: File,
    holder: PathBuf,
}

impl LockFile {
    /// Takes the lock on the file at `path`, which is created if it is missing, and waits up to `wait` for another
    /// holder. After two seconds `notify` is told once who holds it, in the words of `explain`.
    pub async fn take(
        path: &Path,
        wait: Duration,
        explain: impl Fn(&str) -> String,
        notify: Notify<'_>,
    ) -> Result<Self, Error> {
        let file = private_file(path).map_err(Error::Io)?;
        let holder = holder_file(path);
        // Compares the time passed instead of computing an end: that could lie beyond what a clock can represent.
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
                notify(&format!("waiting up to {left} s: {}", explain(&read(&holder))));
            }
            sleep(INTERVAL.min(wait.saturating_sub(waited))).await;
        }
        // Best effort: the lock works without a name too.
        let _ = write(&holder);
        Ok(Self { _file: file, holder })
    }

    /// Whether any process holds the lock on the file at `path` now.
    pub fn is_held(path: &Path) -> bool {
        File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        // Done while the lock is still held, so that the next holder's name is not deleted.
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

/// The name of the user who runs this; "unknown" if the system does not say.
pub fn user_name() -> String {
    whoami::username().unwrap_or_else(|_| "unknown".to_owned())
}

/// The name of this machine; "unknown" if the system does not say.
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
    async fn a_waiter_learns_who_holds_the_lock_after_two_seconds_and_gives_up_in_time() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.lock");
        let lock = LockFile::take(&path, Duration::ZERO, held, &nobody)
            .await
            .unwrap();
        assert!(LockFile::is_held(&path));

        let start = Instant::now();
        let lines = Mutex::new(Vec::new());
        let notify = |line: &str| lines.lock().unwrap().push((start.elapsed(), line.to_owned()));
        let refused = LockFile::take(&path, Duration::from_secs(30), held, &notify).await;
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
        let notify = |line: &str| {
            lines.lock().unwrap().push(line.to_owned());
            file.unlock().unwrap();
        };
        let lock = LockFile::take(&path, Duration::MAX, held, &notify).await;
        assert!(lock.is_ok(), "{lock:?}");
        assert!(lines.lock().unwrap()[0].ends_with("held by another program, which does not say who it is"));
    }
}
