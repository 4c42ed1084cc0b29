//! The profile's state, which is checked to be the right one before anything is read from it or written to it.
//!
//! Mappings are ids of one Halo site, and they are in one state. A wrong `HALOLINK_STATE` must not look like a profile
//! without mappings, and an edited `site_url` must not send one site's mappings to another.

use std::{path::Path, sync::atomic::Ordering};

use reqwest::Url;

use super::Context;
use crate::{
    failure::Failure,
    files::{self, with_companions},
    http::host_of,
    profile::{Connection, Profiles},
    secrets::Entries,
    store::{Remembered, Store},
};

/// What a state knows about a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Whether the file exists.
    pub exists: bool,
    /// The id of the state.
    pub id: Option<String>,
    /// The site that the profile's mappings belong to.
    pub site: Option<String>,
    pub connections: Vec<Remembered>,
}

impl Found {
    /// What `store` knows about `profile`.
    pub async fn of(store: &Store, profile: &str) -> Result<Self, crate::store::Error> {
        Ok(Self {
            exists: store.path().exists(),
            id: store.id().map(ToOwned::to_owned),
            site: store.site_of(profile).await?,
            connections: store.connections(profile).await?,
        })
    }

    /// What is remembered about a connection in this `config.toml`: by its id, or else by the path of the file. A
    /// connection without an id is one of the first version, or one whose `config.toml` was lost.
    pub fn remembered(
        &self,
        connection: Option<&Connection>,
        here: &str,
        is_there: impl Fn(&str) -> bool,
    ) -> Option<&Remembered> {
        if let Some(id) = connection.and_then(|connection| connection.id.as_ref()) {
            return self.connections.iter().find(|known| known.id == *id);
        }
        let in_file = |wanted: &dyn Fn(Option<&str>) -> bool| {
            self.connections
                .iter()
                .find(|known| wanted(known.config_file.as_deref()))
        };
        in_file(&|file| file == Some(here)).or_else(|| match connection {
            Some(_) => in_file(&|file| file.is_none()),
            // A connection in another file that exists belongs to that file.
            None => in_file(&|file| file.is_some_and(|file| !is_there(file))),
        })
    }
}

impl Found {
    /// Everything that is remembered about a connection in this `config.toml`; if there is no connection here, including
    /// those whose own `config.toml` was lost.
    pub fn all_remembered(
        &self,
        connection: Option<&Connection>,
        here: &str,
        is_there: impl Fn(&str) -> bool,
    ) -> Vec<Remembered> {
        let own = self
            .remembered(connection, here, &is_there)
            .map(|known| known.id.as_str());
        self.connections
            .iter()
            .filter(|known| {
                Some(known.id.as_str()) == own
                    || match known.config_file.as_deref() {
                        Some(file) => file == here || (connection.is_none() && !is_there(file)),
                        None => connection.is_none(),
                    }
            })
            .cloned()
            .collect()
    }
}

/// How a state relates to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// It is the connection's own.
    Own,
    /// There is no state.
    Missing,
    /// It is another state, or knows nothing about the profile.
    Other,
    /// It has mappings of this other site.
    OfSite(&'a str),
    /// It is the connection's own, but the connection gets tokens from a host that nobody has agreed to.
    TokenHost,
}

/// How a state relates to a connection.
pub fn standing<'a>(connection: &Connection, found: &'a Found) -> Standing<'a> {
    if !found.exists {
        return Standing::Missing;
    }
    if connection.state_id.is_some() && connection.state_id != found.id {
        return Standing::Other;
    }
    let Some(site) = &found.site else {
        return Standing::Other;
    };
    if *site != connection.site.site_url.as_str() {
        return Standing::OfSite(site);
    }
    let Some(id) = &connection.id else {
        // The first version did not ask about token hosts.
        return Standing::Own;
    };
    let agreed = found
        .connections
        .iter()
        .find(|known| known.id == *id)
        .and_then(|known| known.token_host.as_deref());
    match other_token_host(&connection.site.site_url, &connection.site.token_url) {
        Some(host) if agreed != Some(host.as_str()) => Standing::TokenHost,
        _ => Standing::Own,
    }
}

/// The host that tokens come from, if it is not the site's own.
pub fn other_token_host(site_url: &Url, token_url: &Url) -> Option<String> {
    (site_url.origin() != token_url.origin()).then(|| host_of(token_url))
}

impl Context {
    /// The state, open for changes.
    ///
    /// # Errors
    /// The state is missing or not the profile's, or the file cannot be used.
    pub async fn store(&self) -> anyhow::Result<Store> {
        let connection = self.profiles.connection(&self.profile)?;
        if !self.is_own.load(Ordering::Relaxed) {
            // Checks it before bringing anything in it up to date.
            self.open_read_only().await?.close().await;
        }
        if !self.state.exists() {
            // Only `connect` creates one.
            self.connection()?;
        }
        let first = !self.is_settled.swap(true, Ordering::Relaxed);
        if first {
            self.make_files_private();
        }
        let store = Store::open_existing(&self.state, &self.notify()).await?;
        if first {
            self.make_directories_private(&store).await;
            if let Some(connection) = connection
                && let Err(error) = self.take_over(&store, &connection).await
            {
                // Everything works without this.
                let message = format!("the connection could not be brought up to date: {error:#}");
                self.ui.detail(1, &message);
            }
        }
        Ok(store)
    }

    /// Makes halolink's files private again if other users were given access. Must be called before the state is opened:
    /// files that SQLite creates beside it get the same permissions.
    pub fn make_files_private(&self) {
        let config = self.profiles.path();
        let mut files = with_companions(&self.state);
        files.extend([config.to_owned(), config.with_extension("lock")]);
        for file in files {
            self.make_private(&file);
        }
    }

    /// Does the same for the directories that halolink created for them. It must not close others: a state can be
    /// anywhere.
    pub async fn make_directories_private(&self, store: &Store) {
        let made = store.directories().await.unwrap_or_default();
        for (file, variable) in [
            (self.profiles.path(), "HALOLINK_CONFIG_DIR"),
            (self.state.as_path(), "HALOLINK_STATE"),
        ] {
            // Without the variable, the file is in a directory of halolink's own.
            if let Some(directory) = file.parent()
                && (self.environment.get(variable).is_none() || made.contains(&absolute(directory)))
            {
                self.make_private(directory);
            }
        }
    }

    fn make_private(&self, path: &Path) {
        let shown = path.display();
        match files::make_private(path) {
            Ok(false) => {}
            Ok(true) => self
                .ui
                .warn(format!("{shown} was open to other users; it is private again")),
            Err(error) => self
                .ui
                .detail(1, format!("{shown} cannot be made private: {error}")),
        }
    }

    /// The state, open for reading; nothing is created or touched. Without a connection it may be missing.
    ///
    /// # Errors
    /// The profile is connected, but the state is missing or not the profile's; or the file cannot be used.
    pub async fn open_read_only(&self) -> anyhow::Result<Store> {
        let store = Store::open_read_only(&self.state).await?;
        if let Some(connection) = self.profiles.connection(&self.profile)?
            && !self.is_own.load(Ordering::Relaxed)
        {
            let found = Found::of(&store, &self.profile).await?;
            self.require_own(&connection, &found)?;
            self.is_own.store(true, Ordering::Relaxed);
        }
        Ok(store)
    }

    /// Checks that the state is the profile's own.
    pub(super) async fn check_state(&self) -> anyhow::Result<()> {
        if !self.is_own.load(Ordering::Relaxed) {
            self.open_read_only().await?.close().await;
        }
        Ok(())
    }

    /// What the state knows about the profile, even if it is not the profile's own.
    pub async fn found(&self) -> anyhow::Result<Found> {
        let store = Store::open_read_only(&self.state).await?;
        let found = Found::of(&store, &self.profile).await?;
        store.close().await;
        Ok(found)
    }

    pub fn state_file(&self) -> &Path {
        &self.state
    }

    /// The absolute path of `config.toml`, as the state remembers it.
    pub fn config_file(&self) -> String {
        absolute(self.profiles.path())
    }

    /// What is remembered about the profile's connection here.
    pub fn remembered<'a>(
        &self,
        connection: Option<&Connection>,
        found: &'a Found,
    ) -> Option<&'a Remembered> {
        found.remembered(connection, &self.config_file(), |file| {
            has_profile(Path::new(file), &self.profile)
        })
    }

    /// Everything that is remembered about the profile's connection here, in order to delete it.
    pub fn remembered_here(&self, connection: Option<&Connection>, found: &Found) -> Vec<Remembered> {
        found.all_remembered(connection, &self.config_file(), |file| {
            has_profile(Path::new(file), &self.profile)
        })
    }

    /// Checks that the state is the connection's own.
    ///
    /// # Errors
    /// Exit code 1, with what is wrong with the state and what to do.
    pub fn require_own(&self, connection: &Connection, found: &Found) -> anyhow::Result<()> {
        let standing = standing(connection, found);
        Err(match standing {
            Standing::Own => return Ok(()),
            Standing::Missing | Standing::Other => {
                let (message, adopted) = self.not_own(connection, found);
                Failure::failed(message).hint(format!(
                    "set HALOLINK_STATE back to the profile's own state; or, to go on with {adopted}, {}",
                    self.command("connect --adopt-state")
                ))
            }
            Standing::OfSite(site) => Failure::failed(format!(
                "{} connects the profile \"{}\" to {}, and its mappings are those of {site}",
                self.profiles.path().display(),
                self.profile,
                connection.site.site_url
            ))
            .hint(
                "put the site_url back; for another site use another profile (--profile NAME), or delete \
                 everything of this one first: halolink revoke --purge",
            ),
            Standing::TokenHost => Failure::failed(format!(
                "{} sends the client secret to {}, which nobody agreed to",
                self.profiles.path().display(),
                host_of(&connection.site.token_url)
            ))
            .hint(format!("put the token_url back, or {}", self.command("connect"))),
        }
        .into())
    }

    /// What is wrong with a state that is missing or not the connection's own, and what `--adopt-state` would adopt.
    pub fn not_own(&self, connection: &Connection, found: &Found) -> (String, &'static str) {
        let expected = connection
            .state_id
            .as_ref()
            .map_or("its own".to_owned(), |id| format!("its own ({id})"));
        let file = self.state.display();
        if !found.exists {
            let message = format!(
                "there is no state at {file}, where the profile \"{}\" should have {expected}",
                self.profile
            );
            return (message, "a new, empty one");
        }
        let message = match &found.id {
            Some(id) if connection.state_id.is_some() && connection.state_id != found.id => format!(
                "the state at {file} is another ({id}); the profile \"{}\" should have {expected} there",
                self.profile
            ),
            _ => format!(
                "the state at {file} has nothing of the profile \"{}\", which should have {expected} there",
                self.profile
            ),
        };
        (message, "the one that is there")
    }

    /// For a connection that the first version made: records an id and the state, and moves its secrets to entries of
    /// its own.
    async fn take_over(&self, store: &Store, connection: &Connection) -> anyhow::Result<()> {
        if connection.id.is_some() && connection.state_id.is_some() {
            return Ok(());
        }
        let found = Found::of(store, &self.profile).await?;
        let mut known = match self.remembered(Some(connection), &found) {
            Some(known) => known.clone(),
            None => Remembered {
                id: match &connection.id {
                    Some(id) => id.clone(),
                    None => store.new_connection_id().await?,
                },
                config_file: None,
                in_keyring: false,
                of_first_version: connection.id.is_none(),
                token_host: None,
            },
        };
        let entries = Entries::Of(known.id.clone());
        known.config_file = Some(self.config_file());
        known.in_keyring |= connection.entries().is_some();
        known.token_host = other_token_host(&connection.site.site_url, &connection.site.token_url);
        store.remember_connection(&self.profile, &known).await?;

        // If the keyring cannot be reached, the secrets stay where they are and the connection stays without an id.
        let mut recorded = connection.clone();
        recorded.state_id = store.id().map(ToOwned::to_owned);
        let moves = connection.id.is_none() && connection.entries().is_some();
        let copied = if moves {
            self.secrets.copy(&Entries::FirstVersion, &entries).await
        } else {
            Ok(())
        };
        if copied.is_ok() {
            recorded.id = Some(known.id.clone());
        }
        self.profiles
            .record(&self.profile, &recorded, &self.notify())
            .await?;
        copied?;
        if moves {
            self.secrets.forget_all(&Entries::FirstVersion).await?;
            known.of_first_version = false;
            store.remember_connection(&self.profile, &known).await?;
        }
        Ok(())
    }
}

fn absolute(path: &Path) -> String {
    std::path::absolute(path)
        .unwrap_or_else(|_| path.to_owned())
        .display()
        .to_string()
}

/// Whether this `config.toml` has a connection of the profile. If it cannot be read, yes is assumed.
fn has_profile(file: &Path, profile: &str) -> bool {
    let directory = file.parent().unwrap_or(Path::new("."));
    file.exists()
        && Profiles::new(directory)
            .connection(profile)
            .map_or(true, |connection| connection.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{halo, profile::SecretStoreKind};

    fn connection(id: Option<&str>, state: Option<&str>) -> Connection {
        Connection {
            site: halo::Site {
                site_url: "https://acme.halopsa.com".parse().unwrap(),
                token_url: "https://acme.halopsa.com/auth/token".parse().unwrap(),
                tenant: None,
                client_id: "id".to_owned(),
            },
            backup_url: None,
            secret_store: SecretStoreKind::Keyring,
            id: id.map(ToOwned::to_owned),
            state_id: state.map(ToOwned::to_owned),
        }
    }

    fn known(id: &str, file: Option<&str>) -> Remembered {
        Remembered {
            id: id.to_owned(),
            config_file: file.map(ToOwned::to_owned),
            in_keyring: true,
            of_first_version: file.is_none(),
            token_host: None,
        }
    }

    fn found() -> Found {
        Found {
            exists: true,
            id: Some("s".to_owned()),
            site: Some("https://acme.halopsa.com/".to_owned()),
            connections: vec![
                known("a", Some("/here")),
                known("b", Some("/there")),
                known("c", None),
            ],
        }
    }

    #[test]
    fn only_the_state_that_is_named_is_ones_own() {
        let of = |connection: &Connection, found: &Found| format!("{:?}", standing(connection, found));
        assert_eq!(of(&connection(Some("a"), Some("s")), &found()), "Own");
        assert_eq!(of(&connection(None, None), &found()), "Own");
        assert_eq!(of(&connection(None, None), &Found::default()), "Missing");
        assert_eq!(of(&connection(Some("a"), Some("t")), &found()), "Other");
        let old = Found { id: None, ..found() };
        assert_eq!(of(&connection(Some("a"), Some("s")), &old), "Other");
        assert_eq!(of(&connection(None, None), &old), "Own");
        let empty = Found {
            site: None,
            ..found()
        };
        assert_eq!(of(&connection(None, None), &empty), "Other");
        let elsewhere = Found {
            site: Some("https://b.halopsa.com/".to_owned()),
            ..found()
        };
        assert_eq!(
            of(&connection(Some("a"), Some("s")), &elsewhere),
            "OfSite(\"https://b.halopsa.com/\")"
        );
    }

    #[test]
    fn a_token_host_needs_to_be_agreed_to() {
        let mut connection = connection(Some("a"), Some("s"));
        connection.site.token_url = "https://login.example.com/token".parse().unwrap();
        assert_eq!(standing(&connection, &found()), Standing::TokenHost);
        let mut agreed = found();
        agreed.connections[0].token_host = Some("login.example.com".to_owned());
        assert_eq!(standing(&connection, &agreed), Standing::Own);
        connection.site.token_url = "https://login.example.com:444/token".parse().unwrap();
        assert_eq!(standing(&connection, &agreed), Standing::TokenHost);
        // The same host over another scheme is another place to send a secret to.
        connection.site.token_url = "http://acme.halopsa.com/auth/token".parse().unwrap();
        assert_eq!(standing(&connection, &found()), Standing::TokenHost);
    }

    #[test]
    fn the_connection_of_another_file_is_never_taken_for_our_own() {
        let id = |connection: Option<&Connection>, here: &str, there: bool| {
            let found = found();
            let known = found.remembered(connection, here, |_| there);
            known.map(|known| known.id.clone())
        };
        assert_eq!(
            id(Some(&connection(Some("b"), None)), "/here", true).unwrap(),
            "b"
        );
        assert_eq!(id(Some(&connection(Some("z"), None)), "/here", true), None);
        assert_eq!(id(Some(&connection(None, None)), "/here", true).unwrap(), "a");
        assert_eq!(id(Some(&connection(None, None)), "/new", true).unwrap(), "c");
        // Its config.toml was lost.
        assert_eq!(id(None, "/there", true).unwrap(), "b");
        assert_eq!(id(None, "/new", false).unwrap(), "a");
        assert_eq!(id(None, "/new", true), None);
    }
}
