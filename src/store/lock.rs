//! One run of each kind at a time: each has a lock file beside the state.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{Error, Store, error::cannot_use, read_only::companion};
use crate::lock_file::{self, LockFile, Notify};

/// Takes the lock of this name, and waits for it if necessary. `what` says what it is needed for.
pub(super) async fn file(
    state: &Path,
    name: &str,
    what: &str,
    wait: Duration,
    notify: Notify<'_>,
) -> Result<LockFile, Error> {
    let explain = |holder: &str| {
        let what = what.to_owned();
        let holder = holder.to_owned();
        Error::Held { what, holder }.to_string()
    };
    LockFile::take(&path_of(state, name), wait, explain, notify)
        .await
        .map_err(|error| match error {
            lock_file::Error::Held(holder) => Error::Held {
                what: what.to_owned(),
                holder,
            },
            lock_file::Error::Io(error) => cannot_use(state, error),
        })
}

/// The path of the lock file of this name.
fn path_of(state: &Path, name: &str) -> PathBuf {
    companion(state, &format!(".{name}.lock"))
}

impl Store {
    /// Whether any process holds the lock now.
    pub(super) fn is_locked(&self, profile: &str, what: &str) -> bool {
        LockFile::is_held(&path_of(&self.path, &format!("{profile}.{what}")))
    }

    /// Takes the lock for `what` (e.g. "sync-seats") in a profile, and waits up to `wait` for another holder; `notify`
    /// is told of a long wait. A crash releases the lock.
    ///
    /// # Errors
    /// [`Error::Held`], which names the holder.
    pub async fn lock(
        &self,
        profile: &str,
        what: &str,
        wait: Duration,
        notify: Notify<'_>,
    ) -> Result<LockFile, Error> {
        let name = format!("{profile}.{what}");
        let work = if profile.is_empty() {
            what.to_owned()
        } else {
            format!("{what} for the profile {profile}")
        };
        file(&self.path, &name, &work, wait, notify).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock_file::nobody;

    #[tokio::test]
    async fn a_second_holder_waits_or_is_told_who_holds_it() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state.db"), &nobody)
            .await
            .unwrap();
        let held = store
            .lock("default", "sync-seats", Duration::ZERO, &nobody)
            .await
            .unwrap();
        let refused = store
            .lock("default", "sync-seats", Duration::ZERO, &nobody)
            .await
            .unwrap_err();
        let message = refused.to_string();
        assert!(
            message.contains(&format!("process {}", std::process::id())),
            "{message}"
        );
        assert!(
            store
                .lock("other", "sync-seats", Duration::ZERO, &nobody)
                .await
                .is_ok()
        );
        drop(held);
        assert!(
            store
                .lock("default", "sync-seats", Duration::ZERO, &nobody)
                .await
                .is_ok()
        );
    }
}
