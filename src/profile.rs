//! Profiles: named connections in `config.toml`, which is meant to be read by people and contains no secret.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use toml_edit::{DocumentMut, Item, Table, TableLike, value};

use crate::{
    failure::Failure,
    files::private_directory,
    halo,
    lock_file::{self, LockFile, Notify},
    secrets::Entries,
};

/// The name of the profile if none is given.
pub const DEFAULT_PROFILE: &str = "default";

/// Where the secrets of a connection are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum SecretStoreKind {
    /// In the keyring of the operating system
    #[default]
    Keyring,
    /// Nowhere: environment variables or files supply them at every run
    None,
}

impl SecretStoreKind {
    fn name(self) -> &'static str {
        match self {
            SecretStoreKind::Keyring => "keyring",
            SecretStoreKind::None => "none",
        }
    }
}

/// A connection: where both services are and which application signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    pub site: halo::Site,
    /// SaaS Backup's base URL; `None` for a partner without access to its API.
    pub backup_url: Option<Url>,
    pub secret_store: SecretStoreKind,
    /// Its id, which is part of its secrets' names in the keyring; `None` for a connection of the first version.
    pub id: Option<String>,
    /// The id of the state with its mappings; `None` for a connection of the first version.
    pub state_id: Option<String>,
}

impl Connection {
    /// Its entries in the keyring, if its secrets are kept there.
    pub fn entries(&self) -> Option<Entries> {
        (self.secret_store == SecretStoreKind::Keyring).then(|| Entries::of(self.id.as_deref()))
    }
}

/// A connection as the file contains it.
#[derive(Deserialize)]
struct Stored {
    site_url: Url,
    client_id: String,
    #[serde(default)]
    tenant: Option<String>,
    token_url: Url,
    #[serde(default)]
    backup_url: Option<Url>,
    #[serde(default)]
    secret_store: SecretStoreKind,
    #[serde(default)]
    connection_id: Option<String>,
    #[serde(default)]
    state_id: Option<String>,
}

/// The lock file, which lets only one process change the configuration at a time.
const LOCK: &str = "config.lock";
/// How long to wait for another process to change the file; that never takes a second.
const WAIT: Duration = Duration::from_secs(30);

/// The configuration file.
#[derive(Clone, Debug)]
pub struct Profiles {
    path: PathBuf,
}

impl Profiles {
    /// The file in this directory; neither has to exist yet.
    pub fn new(directory: &Path) -> Self {
        Self {
            path: directory.join("config.toml"),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Deletes the lock file if the configuration file was not created after all.
    pub fn discard(&self) {
        if let Some(directory) = self.path.parent()
            && !self.path.exists()
        {
            // Best effort: a file that stays behind is empty.
            let _ = fs::remove_file(directory.join(LOCK));
        }
    }

    /// The connection of a profile, if it has one.
    ///
    /// # Errors
    /// The file cannot be read or is invalid.
    pub fn connection(&self, profile: &str) -> anyhow::Result<Option<Connection>> {
        let document = self.read()?;
        let Some(profiles) = document.get("profiles") else {
            return Ok(None);
        };
        let profiles = profiles
            .as_table_like()
            .ok_or_else(|| self.broken("\"profiles\" is not a table"))?;
        let Some(item) = profiles.get(profile) else {
            return Ok(None);
        };
        let table = item
            .as_table_like()
            .ok_or_else(|| self.broken(&format!("profile \"{profile}\" is not a table")))?;
        let text: DocumentMut = table
            .iter()
            .map(|(key, item)| (key.to_owned(), item.clone()))
            .collect::<Table>()
            .into();
        let stored: Stored = toml_edit::de::from_document(text)
            .map_err(|error| self.broken(&format!("profile \"{profile}\": {}", error.message())))?;
        let urls = [
            Some(&stored.site_url),
            Some(&stored.token_url),
            stored.backup_url.as_ref(),
        ];
        if urls
            .into_iter()
            .flatten()
            .any(|url| !url.username().is_empty() || url.password().is_some())
        {
            let reason = format!("profile \"{profile}\": a URL must not contain a user name or password");
            return Err(self.broken(&reason).into());
        }
        Ok(Some(Connection {
            site: halo::Site {
                site_url: stored.site_url,
                token_url: stored.token_url,
                tenant: stored.tenant,
                client_id: stored.client_id,
            },
            backup_url: stored.backup_url,
            secret_store: stored.secret_store,
            id: stored.connection_id,
            state_id: stored.state_id,
        }))
    }

    /// The names of all profiles that have a connection.
    ///
    /// # Errors
    /// The file cannot be read or is invalid.
    pub fn names(&self) -> anyhow::Result<Vec<String>> {
        Ok(self
            .read()?
            .get("profiles")
            .and_then(Item::as_table_like)
            .map(|profiles| profiles.iter().map(|(name, _)| name.to_owned()).collect())
            .unwrap_or_default())
    }

    /// Stores a profile's connection. Everything else in the file stays as it is, including comments.
    pub async fn store(
        &self,
        profile: &str,
        connection: &Connection,
        notify: Notify<'_>,
    ) -> anyhow::Result<()> {
        self.change(notify, |document| {
            let profiles = document
                .entry("profiles")
                .or_insert_with(|| {
                    let mut table = Table::new();
                    table.set_implicit(true);
                    Item::Table(table)
                })
                .as_table_like_mut()
                .ok_or_else(|| self.broken("\"profiles\" is not a table"))?;
            if !profiles.contains_key(profile) {
                profiles.insert(profile, Item::Table(Table::new()));
            }
            // Changes the existing table, so that comments around it stay.
            let table = profiles
                .get_mut(profile)
                .and_then(Item::as_table_like_mut)
                .ok_or_else(|| self.broken(&format!("profile \"{profile}\" is not a table")))?;
            for key in ["tenant", "backup_url", "connection_id", "state_id"] {
                table.remove(key);
            }
            table.insert("site_url", value(connection.site.site_url.as_str()));
            table.insert("client_id", value(&connection.site.client_id));
            if let Some(tenant) = &connection.site.tenant {
                table.insert("tenant", value(tenant));
            }
            table.insert("token_url", value(connection.site.token_url.as_str()));
            if let Some(url) = &connection.backup_url {
                table.insert("backup_url", value(url.as_str()));
            }
            table.insert("secret_store", value(connection.secret_store.name()));
            record(table, connection);
            Ok(())
        })
        .await
    }

    /// Records the ids of a connection and its state, if the profile has a connection.
    pub async fn record(
        &self,
        profile: &str,
        connection: &Connection,
        notify: Notify<'_>,
    ) -> anyhow::Result<()> {
        self.change(notify, |document| {
            let table = document
                .get_mut("profiles")
                .and_then(|profiles| profiles.get_mut(profile))
                .and_then(Item::as_table_like_mut);
            if let Some(table) = table {
                record(table, connection);
            }
            Ok(())
        })
        .await
    }

    /// Removes a profile's connection. Comments above it stay; a file with nothing left in it is deleted.
    pub async fn remove(&self, profile: &str, notify: Notify<'_>) -> anyhow::Result<()> {
        if !self.path.exists() {
            return Ok(());
        }
        self.change(notify, |document| {
            let Some(profiles) = document.get_mut("profiles").and_then(Item::as_table_like_mut) else {
                return Ok(());
            };
            let removed = profiles.remove(profile);
            let comments = removed
                .as_ref()
                .and_then(Item::as_table)
                .and_then(|table| table.decor().prefix())
                .and_then(toml_edit::RawString::as_str)
                .filter(|prefix| prefix.contains('#'))
                .map(ToOwned::to_owned);
            let empty = profiles.is_empty();
            let mut left = comments.unwrap_or_default();
            let next = profiles.iter_mut().find_map(|(_, item)| item.as_table_mut());
            if let Some(decor) = next.map(Table::decor_mut) {
                left.push_str(
                    decor
                        .prefix()
                        .and_then(toml_edit::RawString::as_str)
                        .unwrap_or_default(),
                );
                decor.set_prefix(std::mem::take(&mut left));
            }
            left.push_str(document.trailing().as_str().unwrap_or_default());
            document.set_trailing(left);
            if empty {
                document.remove("profiles");
            }
            Ok(())
        })
        .await
    }

    fn read(&self) -> anyhow::Result<DocumentMut> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(self.broken(&error.to_string()).into()),
        };
        text.parse::<DocumentMut>()
            .map_err(|error| self.broken(error.to_string().trim()).into())
    }

    /// Reads, changes and writes the file in one step: under a lock, and never half-written. `notify` is told who holds
    /// the lock if the wait for it is long.
    async fn change(
        &self,
        notify: Notify<'_>,
        change: impl FnOnce(&mut DocumentMut) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let cannot = || format!("cannot write {}", self.path.display());
        let directory = self.path.parent().unwrap_or(Path::new("."));
        private_directory(directory).with_context(cannot)?;
        let explain = |holder: &str| format!("{} is locked ({LOCK}) by {holder}", self.path.display());
        let _lock = LockFile::take(&directory.join(LOCK), WAIT, explain, notify)
            .await
            .map_err(|error| match error {
                lock_file::Error::Held(holder) => Failure::try_later(format!(
                    "cannot change {}: its lock ({LOCK}) is held by {holder}",
                    self.path.display()
                ))
                .hint("run the command again when it is done")
                .into(),
                lock_file::Error::Io(error) => anyhow::Error::new(error).context(cannot()),
            })?;
        let mut document = self.read()?;
        change(&mut document)?;
        let text = document.to_string();
        if text.trim().is_empty() {
            return match fs::remove_file(&self.path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).with_context(cannot),
                _ => Ok(()),
            };
        }
        let mut file = tempfile::NamedTempFile::new_in(directory).with_context(cannot)?;
        file.write_all(text.as_bytes()).with_context(cannot)?;
        file.as_file().sync_all().with_context(cannot)?;
        file.persist(&self.path).with_context(cannot)?;
        Ok(())
    }

    fn broken(&self, reason: &str) -> Failure {
        Failure::failed(format!("{} cannot be used: {reason}", self.path.display()))
            .hint("correct the file, or move it away and run: halolink connect")
    }
}

fn record(table: &mut dyn TableLike, connection: &Connection) {
    if let Some(id) = &connection.id {
        table.insert("connection_id", value(id));
    }
    if let Some(id) = &connection.state_id {
        table.insert("state_id", value(id));
    }
}

/// Checks a profile's name: letters, digits, `-`, `_` and `.`, 64 at most.
pub fn profile_name(text: &str) -> Result<String, String> {
    let fits = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    if text.is_empty() || text.len() > 64 || !text.chars().all(fits) {
        return Err("a profile's name consists of letters, digits, - _ and . (64 at most)".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{files::private_file, lock_file::nobody};

    fn connection() -> Connection {
        Connection {
            site: halo::Site {
                site_url: "https://acme.halopsa.com".parse().unwrap(),
                token_url: "https://acme.halopsa.com/auth/token".parse().unwrap(),
                tenant: Some("acme".to_owned()),
                client_id: "id".to_owned(),
            },
            backup_url: None,
            secret_store: SecretStoreKind::None,
            id: Some("0a1b2c3d".to_owned()),
            state_id: Some("0123456789abcdef".to_owned()),
        }
    }

    #[tokio::test]
    async fn comments_and_other_profiles_survive() {
        let directory = tempfile::tempdir().unwrap();
        let profiles = Profiles::new(directory.path());
        profiles.store("one", &connection(), &nobody).await.unwrap();
        let text = fs::read_to_string(profiles.path()).unwrap();
        fs::write(profiles.path(), format!("# mine\n{text}")).unwrap();
        profiles.store("two", &connection(), &nobody).await.unwrap();
        profiles.remove("one", &nobody).await.unwrap();
        assert!(fs::read_to_string(profiles.path()).unwrap().contains("# mine"));
        assert_eq!(profiles.connection("one").unwrap(), None);
        assert_eq!(profiles.connection("two").unwrap(), Some(connection()));
    }

    #[tokio::test]
    async fn a_broken_file_is_reported_and_kept() {
        let directory = tempfile::tempdir().unwrap();
        let profiles = Profiles::new(directory.path());
        for broken in [
            "profiles = [",
            "profiles = 3",
            "[profiles]\ndefault = 3",
            "[profiles.default]\nsite_url = 3",
        ] {
            fs::write(profiles.path(), broken).unwrap();
            assert!(profiles.connection("default").is_err(), "{broken}");
        }
        fs::write(profiles.path(), "profiles = [").unwrap();
        assert!(profiles.store("default", &connection(), &nobody).await.is_err());
        assert_eq!(fs::read_to_string(profiles.path()).unwrap(), "profiles = [");
    }

    #[tokio::test(start_paused = true)]
    async fn a_lock_that_stays_held_is_told_of_and_given_up() {
        let directory = tempfile::tempdir().unwrap();
        let profiles = Profiles::new(directory.path());
        let lock = private_file(&directory.path().join(LOCK)).unwrap();
        lock.lock().unwrap();
        let lines = std::sync::Mutex::new(Vec::new());
        let notify = |line: &str| lines.lock().unwrap().push(line.to_owned());
        let refused = profiles
            .store("default", &connection(), &notify)
            .await
            .unwrap_err();
        let failure = crate::failure::explain(&refused);
        assert_eq!(failure.kind, crate::failure::Kind::TryLater);
        assert!(failure.message.contains("config.lock"), "{}", failure.message);
        let lines = lines.into_inner().unwrap();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with("waiting up to 28 s: "), "{lines:?}");
        assert!(!profiles.path().exists());
        lock.unlock().unwrap();
        profiles.store("default", &connection(), &nobody).await.unwrap();
    }
}
