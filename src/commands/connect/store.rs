//! Storing a connection that works: in the state, the keyring and `config.toml`, in this order, so that the next run
//! can pick up what a killed one left. If one of them fails, all are put back as they were.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::{Before, Wanted};
use crate::{
    context::{Context, Found, other_token_host},
    files::missing_directories,
    profile::{Connection, SecretStoreKind},
    secrets::{Entries, Secret},
    store::{Remembered, Store},
};

/// Stores the connection.
///
/// # Errors
/// The state, the keyring or the configuration file cannot be written; then everything is put back as it was.
pub(super) async fn connection(
    context: &Context,
    connection: &Connection,
    before: Before,
    wanted: &Wanted,
) -> anyhow::Result<()> {
    let mut storing = Storing {
        context,
        connection,
        wanted,
        undo: Undo::new(context, &before),
        before,
    };
    match storing.write().await {
        Ok(()) => Ok(()),
        Err(error) => {
            storing.undo.all(context, &storing.before).await;
            Err(error)
        }
    }
}

/// What has to be put back if storing fails.
struct Undo {
    /// Directories that were missing, the deepest first.
    missing: Vec<PathBuf>,
    /// The id of the connection that was noted in the state.
    remembered: Option<String>,
    /// What the keyring held before.
    kept: Vec<(Secret, Entries, Option<SecretString>)>,
}

impl Undo {
    fn new(context: &Context, before: &Before) -> Self {
        let mut missing = missing_directories(context.profiles.path());
        if !before.found.exists {
            missing.extend(missing_directories(context.state_file()));
        }
        Self {
            missing,
            remembered: None,
            kept: Vec::new(),
        }
    }

    fn was_missing(&self, file: &Path) -> bool {
        file.parent()
            .is_some_and(|directory| self.missing.iter().any(|missing| missing == directory))
    }

    /// Puts everything back. Its own errors are dropped: the user is told the one that led here.
    async fn all(self, context: &Context, before: &Before) {
        for (secret, entries, value) in &self.kept {
            let _ = match value {
                Some(value) => context.secrets.keep(*secret, entries, value).await,
                None => context.secrets.forget(*secret, entries).await.map(drop),
            };
        }
        let is_used = match &self.remembered {
            // Another process may already be using the new state.
            Some(id) => forget(context, before, id).await.unwrap_or(true),
            None => false,
        };
        if !before.found.exists && !is_used {
            Store::discard(context.state_file());
        }
        if self.was_missing(context.profiles.path()) {
            context.profiles.discard();
        }
        for directory in self.missing {
            let _ = std::fs::remove_dir(directory);
        }
    }
}

/// Removes the connection from the state again. Returns true if something else uses the state.
async fn forget(context: &Context, before: &Before, id: &str) -> anyhow::Result<bool> {
    let store = Store::open_existing(context.state_file(), &context.notify()).await?;
    match &before.remembered {
        Some(known) => store.remember_connection(&context.profile, known).await?,
        None => store.forget_connection(&context.profile, id).await?,
    }
    if before.found.site.is_none() {
        store.unbind_site(&context.profile).await?;
    }
    let is_used = store.has_profiles().await?;
    store.close().await;
    Ok(is_used)
}

/// A connection that is being stored.
struct Storing<'a> {
    context: &'a Context,
    connection: &'a Connection,
    wanted: &'a Wanted,
    before: Before,
    undo: Undo,
}

impl Storing<'_> {
    async fn write(&mut self) -> anyhow::Result<()> {
        let context = self.context;
        context.make_files_private();
        let store = Store::open(context.state_file(), &context.notify()).await?;
        context.make_directories_private(&store).await;
        store
            .bind_site(&context.profile, self.connection.site.site_url.as_str())
            .await?;
        self.remember_directory(&store, context.state_file()).await?;
        let known = self.remember_connection(&store).await?;
        if self.connection.secret_store == SecretStoreKind::Keyring {
            self.keep_secrets(&Entries::Of(known.id.clone())).await?;
        }
        let connected = Connection {
            id: Some(known.id.clone()),
            state_id: store.id().map(ToOwned::to_owned),
            ..self.connection.clone()
        };
        context
            .profiles
            .store(&context.profile, &connected, &context.notify())
            .await?;
        self.remember_directory(&store, context.profiles.path()).await?;
        self.delete_stale_secrets(&store, known).await?;
        store.close().await;
        Ok(())
    }

    /// Tells the state about the connection, and returns what the state knows of it then.
    async fn remember_connection(&mut self, store: &Store) -> anyhow::Result<Remembered> {
        let (context, connection) = (self.context, self.connection);
        // Read again: bringing an older state up to date has given ids to the connections in it.
        let found = Found::of(store, &context.profile).await?;
        self.before.remembered = context
            .remembered(self.before.connection.as_ref(), &found)
            .cloned();
        let mut known = match &self.before.remembered {
            Some(known) => known.clone(),
            None => self.new_connection(store).await?,
        };
        known.config_file = Some(context.config_file());
        known.in_keyring |= connection.secret_store == SecretStoreKind::Keyring
            || matches!(self.earlier_entries(), Some(Entries::Of(_)));
        known.token_host = other_token_host(&connection.site.site_url, &connection.site.token_url);
        self.undo.remembered = Some(known.id.clone());
        store.remember_connection(&context.profile, &known).await?;
        Ok(known)
    }

    async fn new_connection(&self, store: &Store) -> anyhow::Result<Remembered> {
        let earlier = self.before.connection.as_ref();
        Ok(Remembered {
            id: match earlier.and_then(|earlier| earlier.id.clone()) {
                Some(id) => id,
                None => store.new_connection_id().await?,
            },
            config_file: None,
            in_keyring: false,
            of_first_version: earlier.is_some_and(|earlier| earlier.id.is_none()),
            token_host: None,
        })
    }

    /// The keyring entries of the connection that this one replaces.
    fn earlier_entries(&self) -> Option<Entries> {
        self.before.connection.as_ref().and_then(Connection::entries)
    }

    async fn keep_secrets(&mut self, entries: &Entries) -> anyhow::Result<()> {
        let secrets = &self.context.secrets;
        let mut values = vec![(Secret::ClientSecret, &self.wanted.client_secret)];
        if let Some((reseller, access)) = &self.wanted.tokens {
            values.extend([(Secret::ResellerToken, reseller), (Secret::AccessToken, access)]);
        }
        for (secret, value) in values {
            let old = secrets.kept(secret, entries).await?;
            secrets.keep(secret, entries, value).await?;
            self.undo.kept.push((secret, entries.clone(), old));
        }
        Ok(())
    }

    /// Notes in the state that a file's directory was created for it.
    async fn remember_directory(&self, store: &Store, file: &Path) -> anyhow::Result<()> {
        if let Some(directory) = file.parent().filter(|_| self.undo.was_missing(file)) {
            store.remember_directory(directory).await?;
        }
        Ok(())
    }

    /// Deletes secrets where this connection keeps none: those of an earlier `connect`, if this one runs with
    /// `--secret-store none`, and those under the first version's names. What the keyring does not delete is left
    /// to `revoke`, which tries again.
    async fn delete_stale_secrets(&self, store: &Store, mut known: Remembered) -> anyhow::Result<()> {
        let context = self.context;
        let stores_none = self.connection.secret_store == SecretStoreKind::None;
        let mut stale = Vec::new();
        if stores_none && known.in_keyring {
            stale.push(Entries::Of(known.id.clone()));
        }
        if self.earlier_entries() == Some(Entries::FirstVersion) {
            stale.push(Entries::FirstVersion);
        }
        for entries in stale {
            match context.secrets.forget_all(&entries).await {
                Ok(deleted) => {
                    if stores_none && !deleted.is_empty() {
                        context.ui.note("The secrets in the keyring were deleted");
                    }
                    match entries {
                        Entries::Of(_) => known.in_keyring = false,
                        Entries::FirstVersion => known.of_first_version = false,
                    }
                    store.remember_connection(&context.profile, &known).await?;
                }
                Err(error) => context.ui.warn(format!(
                    "secrets of the earlier connection are still in the keyring, because they could not be \
                     deleted ({error}); halolink revoke tries again"
                )),
            }
        }
        Ok(())
    }
}
