//! One run of a kind at a time.
//!
//! The lock is the operating system's lock on a file beside the state, so that it ends with its process,
//! however that ended: nothing has to guess whether a holder is still alive. The state only keeps who
//! holds it, to be named to others.

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::{Instant, sleep};

use super::{Error, Store, now};
use crate::profile::private_file;

/// How often a waiting process looks whether the lock is free.
const LOOK: Duration = Duration::from_millis(200);

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Takes the lock file of that name beside the state, waiting for it.
pub(super) async fn file(state: &Path, name: &str, wait: Duration) -> io::Result<File> {
    let file = private_file(&path_of(state, name))?;
    // What has passed is compared: a wait can be longer than any clock goes.
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if start.elapsed() < wait => sleep(LOOK).await,
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Where the lock file of that name is.
fn path_of(state: &Path, name: &str) -> PathBuf {
    let mut path = state.as_os_str().to_owned();
    path.push(format!(".{name}.lock"));
    PathBuf::from(path)
}

impl Store {
    /// Whether somebody holds the lock now.
    pub(super) fn is_locked(&self, profile: &str, what: &str) -> bool {
        let path = path_of(&self.path, &format!("{profile}.{what}"));
        File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Takes the lock for `what` (e.g. "sync-seats") in a profile, waiting up to `wait` for another holder.
    /// One that a crash left behind is free.
    ///
    /// # Errors
    /// [`Error::Held`], naming the holder.
    pub async fn lock(&self, profile: &str, what: &str, wait: Duration) -> Result<Lock, Error> {
        let name = format!("{profile}.{what}");
        match file(&self.path, &name, wait).await {
            Ok(file) => {
                sqlx::query(
                    "INSERT INTO locks (name, holder) VALUES ($1, $2)
                     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder",
                )
                .bind(&name)
                .bind(format!(
                    "{}@{} (process {}, since {})",
                    user_name(),
                    host_name(),
                    std::process::id(),
                    now()
                ))
                .execute(&self.pool)
                .await?;
                Ok(Lock { _file: file })
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let holder: Option<String> = sqlx::query_scalar("SELECT holder FROM locks WHERE name = $1")
                    .bind(&name)
                    .fetch_optional(&self.pool)
                    .await?;
                Err(Error::Held {
                    what: format!("{what} for the profile {profile}"),
                    holder: holder.unwrap_or_else(|| "another halolink".to_owned()),
                })
            }
            Err(error) => Err(Error::Open {
                path: self.path.clone(),
                reason: error.to_string(),
            }),
        }
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
    use super::*;

    #[tokio::test]
    async fn a_second_holder_waits_or_is_told_who_holds_it() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state.db")).await.unwrap();
        let held = store.lock("default", "sync-seats", Duration::ZERO).await.unwrap();
        let refused = store
            .lock("default", "sync-seats", Duration::ZERO)
            .await
            .unwrap_err();
        let message = refused.to_string();
        assert!(
            message.contains(&format!("process {}", std::process::id())),
            "{message}"
        );
        assert!(store.lock("other", "sync-seats", Duration::ZERO).await.is_ok());
        drop(held);
        assert!(store.lock("default", "sync-seats", Duration::ZERO).await.is_ok());
    }
}
