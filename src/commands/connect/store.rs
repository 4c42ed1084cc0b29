//! Storing a connection that works: in the state, the keyring and `config.toml`, in this order, so that a run
//! that was killed in between left what the next one takes up. If a part fails, all of it is taken back.

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
/// A state, keyring or configuration file that cannot be written; then everything is as before.
pub(super) async fn connection(
    context: &Context,
    connection: &Connection,
    mut before: Before,
    wanted: &Wanted,
) -> anyhow::Result<()> {
    let before = &mut before;
    let mut undo = Undo::new(context, before);
    match write(context, connection, before, wanted, &mut undo).await {
        Ok(()) => Ok(()),
        Err(error) => {
            undo.all(context, before).await;
            Err(error)
        }
    }
}

/// What was there, to be put back.
struct Undo {
    /// Directories that were missing, the deepest first.
    missing: Vec<PathBuf>,
    /// The connection that the state was told of.
    remembered: Option<String>,
    /// What the keyring had.
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

    /// Whether the file's directory was missing.
    fn was_missing(&self, file: &Path) -> bool {
        file.parent()
            .is_some_and(|directory| self.missing.iter().any(|missing| missing == directory))
    }

    /// Puts everything back. The error that led here is the one to be told, so others are not.
    async fn all(self, context: &Context, before: &Before) {
        for (secret, entries, value) in &self.kept {
            let _ = match value {
                Some(value) => context.secrets.keep(*secret, entries, value).await,
                None => context.secrets.forget(*secret, entries).await.map(drop),
            };
        }
        let is_used = match &self.remembered {
            // Another process may have found the new state and be using it.
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

/// Takes the connection out of the state again; whether the state is used otherwise.
async fn forget(context: &Context, before: &Before, id: &str) -> anyhow::Result<bool> {
    let store = Store::open_existing(context.state_file(), &context.told()).await?;
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

async fn write(
    context: &Context,
    connection: &Connection,
    before: &mut Before,
    wanted: &Wanted,
    undo: &mut Undo,
) -> anyhow::Result<()> {
    context.make_files_private();
    let store = Store::open(context.state_file(), &context.told()).await?;
    context.make_directories_private(&store).await;
    store
        .bind_site(&context.profile, connection.site.site_url.as_str())
        .await?;
    remember_directory(&store, undo, context.state_file()).await?;
    // Anew: bringing an older state up to date gives ids to what is in it.
    let found = Found::of(&store, &context.profile).await?;
    before.remembered = context.remembered(before.connection.as_ref(), &found).cloned();
    let mut known = match &before.remembered {
        Some(known) => known.clone(),
        None => Remembered {
            id: match before.connection.as_ref().and_then(|before| before.id.clone()) {
                Some(id) => id,
                None => store.new_connection_id().await?,
            },
            config_file: None,
            in_keyring: false,
            of_first_version: before
                .connection
                .as_ref()
                .is_some_and(|before| before.id.is_none()),
            token_host: None,
        },
    };
    let had = before.connection.as_ref().and_then(Connection::entries);
    known.config_file = Some(context.config_file());
    known.in_keyring |=
        connection.secret_store == SecretStoreKind::Keyring || matches!(had, Some(Entries::Of(_)));
    known.token_host = other_token_host(&connection.site.site_url, &connection.site.token_url);
    undo.remembered = Some(known.id.clone());
    store.remember_connection(&context.profile, &known).await?;

    let entries = Entries::Of(known.id.clone());
    if connection.secret_store == SecretStoreKind::Keyring {
        let mut secrets = vec![(Secret::ClientSecret, &wanted.client_secret)];
        if let Some((reseller, access)) = &wanted.tokens {
            secrets.extend([(Secret::ResellerToken, reseller), (Secret::AccessToken, access)]);
        }
        for (secret, value) in secrets {
            let old = context.secrets.kept(secret, &entries).await?;
            context.secrets.keep(secret, &entries, value).await?;
            undo.kept.push((secret, entries.clone(), old));
        }
    }
    let connected = Connection {
        id: Some(known.id.clone()),
        state_id: store.id().map(ToOwned::to_owned),
        ..connection.clone()
    };
    context
        .profiles
        .store(&context.profile, &connected, &context.told())
        .await?;
    remember_directory(&store, undo, context.profiles.path()).await?;
    clear(context, &store, connection, known, had).await?;
    store.close().await;
    Ok(())
}

/// Remembers that a file's directory was made for it.
async fn remember_directory(store: &Store, undo: &Undo, file: &Path) -> anyhow::Result<()> {
    if let Some(directory) = file.parent().filter(|_| undo.was_missing(file)) {
        store.remember_directory(directory).await?;
    }
    Ok(())
}

/// Deletes secrets that stand where this connection has none: those that an earlier `connect` kept before
/// this one with `--secret-store none`, and those under the first version's names. What the keyring does
/// not let go of is left to `revoke`, which tries again.
async fn clear(
    context: &Context,
    store: &Store,
    connection: &Connection,
    mut known: Remembered,
    had: Option<Entries>,
) -> anyhow::Result<()> {
    let own = Entries::Of(known.id.clone());
    let stale: Vec<Entries> = [
        (connection.secret_store == SecretStoreKind::None && known.in_keyring).then(|| own.clone()),
        (had == Some(Entries::FirstVersion)).then_some(Entries::FirstVersion),
    ]
    .into_iter()
    .flatten()
    .collect();
    for entries in stale {
        match context.secrets.forget_all(&entries).await {
            Ok(deleted) => {
                if connection.secret_store == SecretStoreKind::None && !deleted.is_empty() {
                    context.ui.note("The secrets in the keyring were deleted");
                }
                match entries {
                    Entries::Of(_) => known.in_keyring = false,
                    Entries::FirstVersion => known.of_first_version = false,
                }
                store.remember_connection(&context.profile, &known).await?;
            }
            Err(error) => context.ui.warn(format!(
                "secrets of the earlier connection are still in the keyring, and could not be deleted \
                 ({error}); halolink revoke tries again"
            )),
        }
    }
    Ok(())
}
