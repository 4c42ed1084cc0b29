//! One run of a kind at a time: a lock file beside the state for each.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{Error, Store, cannot_use, look::companion};
use crate::lock_file::{self, LockFile, Told};

/// Takes the lock file of that name beside the state, waiting for it. `what` is being done under it.
pub(super) async fn file(
    state: &Path,
    name: &str,
    what: &str,
    wait: Duration,
    told: Told<'_>,
) -> Result<LockFile, Error> {
    let explain = |holder: &str| {
        let what = what.to_owned();
        let holder = holder.to_owned();
        Error::Held { what, holder }.to_string()
    };
    LockFile::take(&path_of(state, name), wait, explain, told)
        .await
        .map_err(|error| match error {
            lock_file::Error::Held(holder) => Error::Held {
                what: what.to_owned(),
                holder,
            },
            lock_file::Error::Io(error) => cannot_use(state, error),
        })
}

/// Where the lock file of that name is.
fn path_of(state: &Path, name: &str) -> PathBuf {
    companion(state, &format!(".{name}.lock"))
}

impl Store {
    /// Whether somebody holds the lock now.
    pub(super) fn is_locked(&self, profile: &str, what: &str) -> bool {
        LockFile::is_held(&path_of(&self.path, &format!("{profile}.{what}")))
    }

    /// Takes the lock for `what` (e.g. "sync-seats") in a profile, waiting up to `wait` for another holder;
    /// a person is `told` of a wait that takes long. One that a crash left behind is free.
    ///
    /// # Errors
    /// [`Error::Held`], naming the holder.
    pub async fn lock(
        &self,
        profile: &str,
        what: &str,
        wait: Duration,
        told: Told<'_>,
    ) -> Result<LockFile, Error> {
        let name = format!("{profile}.{what}");
        let work = if profile.is_empty() {
            what.to_owned()
        } else {
            format!("{what} for the profile {profile}")
        };
        file(&self.path, &name, &work, wait, told).await
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
