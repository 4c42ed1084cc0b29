//! `revoke`: deletes the secrets and the connection. It sends no request to either service.

use serde::Serialize;

use crate::{
    cli,
    context::{Context, Found, Standing, standing},
    failure::{Completion, Failure},
    profile::{Connection, SecretStoreKind},
    runner::document,
    secrets::{Entries, Secret},
    store::{Remembered, Store},
    ui::Format,
};

#[derive(Serialize)]
struct Change {
    item: String,
    status: &'static str,
}

#[derive(Serialize)]
struct Summary {
    deleted: usize,
    planned: usize,
}

/// What there is to delete.
struct Plan {
    /// The connection in `config.toml`.
    connection: Option<Connection>,
    /// The connections that the state knows; more than one if a `config.toml` was lost.
    remembered: Vec<Remembered>,
    /// The keyring entries that may hold its secrets.
    entries: Vec<Entries>,
    /// Secrets were stored in the keyring, as far as is known.
    in_keyring: bool,
    /// The state is this profile's.
    is_own_state: bool,
    /// The state holds data of the profile.
    is_in_state: bool,
}

/// Runs `revoke`.
///
/// # Errors
/// The keyring refuses to delete the secrets; then the connection stays, so that `revoke` can be run again.
pub async fn run(context: &Context, arguments: cli::Revoke) -> anyhow::Result<Completion> {
    let plan = plan(context, &arguments).await?;
    let mut items = Vec::new();
    if arguments.dry_run {
        if plan.in_keyring {
            items.extend(Secret::ALL.map(|secret| format!("{secret} in the keyring")));
        }
    } else {
        let question = if arguments.purge {
            format!(
                "Delete the secrets, the connection, the configuration, all mappings and the ledger of \"{}\"?",
                context.profile
            )
        } else {
            format!(
                "Delete the secrets and the connection of \"{}\"?",
                context.profile
            )
        };
        if !context.go_ahead(&question).await? {
            return Err(crate::ui::stopped());
        }
        context.make_files_private();
        // Secrets first: whatever fails after this, they are gone.
        let deleted = delete_secrets(context, &plan).await?;
        items.extend(deleted.iter().map(|secret| format!("{secret} in the keyring")));
        context
            .profiles
            .remove(&context.profile, &context.notify())
            .await?;
        if plan.is_own_state {
            clear_state(context, &plan, arguments.purge).await?;
        }
    }
    if let Some(connection) = &plan.connection {
        items.push(format!("connection to {}", connection.site.site_url));
    }
    if arguments.purge && plan.is_in_state {
        let kinds = [
            "configuration",
            "mappings",
            "ignored organizations",
            "ledger",
            "ticket records",
        ];
        items.extend(kinds.map(ToOwned::to_owned));
    }
    print(context, items, &plan, &arguments);
    Ok(Completion::Done)
}

/// Finds what there is to delete, even if some of it was lost.
async fn plan(context: &Context, arguments: &cli::Revoke) -> anyhow::Result<Plan> {
    let connection = context.profiles.connection(&context.profile)?;
    let found = match context.found().await {
        Ok(found) => found,
        // The secrets can be deleted without the state.
        Err(error) if connection.is_some() && !arguments.purge => {
            context.ui.warn(format!("{error:#}"));
            Found::default()
        }
        Err(error) => return Err(error),
    };
    let is_own_state = found.exists
        && connection.as_ref().is_none_or(|connection| {
            !matches!(standing(connection, &found), Standing::Missing | Standing::Other)
        });
    let remembered = if is_own_state {
        context.remembered_here(connection.as_ref(), &found)
    } else {
        Vec::new()
    };
    if connection.is_none() && remembered.is_empty() && (!arguments.purge || found.site.is_none()) {
        return Err(not_connected(context, &found));
    }
    if let Some(connection) = connection.as_ref().filter(|_| !is_own_state) {
        leave_state(context, arguments, connection, &found)?;
    }
    Ok(Plan {
        in_keyring: connection
            .as_ref()
            .is_some_and(|connection| connection.secret_store == SecretStoreKind::Keyring)
            || remembered.iter().any(|known| known.in_keyring),
        entries: entries(connection.as_ref(), &remembered),
        connection,
        remembered,
        is_own_state,
        is_in_state: is_own_state && found.site.is_some(),
    })
}

/// There is nothing to revoke here; the profile may be connected in another `config.toml`.
fn not_connected(context: &Context, found: &Found) -> anyhow::Error {
    let elsewhere = found
        .connections
        .iter()
        .find_map(|known| known.config_file.as_ref());
    match elsewhere {
        Some(elsewhere) => Failure::not_connected(format!(
            "the profile \"{}\" is not connected here, but in {elsewhere}",
            context.profile
        ))
        .hint("set HALOLINK_CONFIG_DIR to that directory")
        .into(),
        None => context.not_connected().into(),
    }
}

/// Warns that the state at hand is not the profile's own, so nothing in it is deleted.
///
/// # Errors
/// `--purge`, which asks for just that.
fn leave_state(
    context: &Context,
    arguments: &cli::Revoke,
    connection: &Connection,
    found: &Found,
) -> anyhow::Result<()> {
    let (message, _) = context.not_own(connection, found);
    if arguments.purge && found.exists {
        return Err(Failure::failed(message)
            .hint("set HALOLINK_STATE back to the profile's own state; or revoke without --purge")
            .into());
    }
    context
        .ui
        .warn(format!("{message}; what is in its own state stays there"));
    Ok(())
}

/// Every place in the keyring where the connection may have secrets.
fn entries(connection: Option<&Connection>, remembered: &[Remembered]) -> Vec<Entries> {
    let mut entries: Vec<Entries> = remembered
        .iter()
        .map(|known| Entries::Of(known.id.clone()))
        .collect();
    if remembered.iter().any(|known| known.of_first_version) {
        entries.push(Entries::FirstVersion);
    }
    if let Some(connection) = connection {
        let own = Entries::of(connection.id.as_deref());
        if !entries.contains(&own) {
            entries.push(own);
        }
    }
    entries
}

/// Deletes the secrets of this connection, and no others, from every entry that may hold one.
async fn delete_secrets(context: &Context, plan: &Plan) -> anyhow::Result<Vec<Secret>> {
    let mut deleted = Vec::new();
    for entries in &plan.entries {
        match context.secrets.forget_all(entries).await {
            Ok(found) => deleted.extend(found),
            Err(error) => {
                let names: Vec<String> = plan
                    .entries
                    .iter()
                    .flat_map(|entries| Secret::ALL.map(|secret| context.secrets.account(secret, entries)))
                    .collect();
                let names = names.join(", ");
                if plan.in_keyring {
                    return Err(Failure::failed(format!(
                        "the secrets are still in the keyring (service halolink, entries {names}): {error}"
                    ))
                    .hint("run the command again where the keyring can be reached and is unlocked")
                    .into());
                }
                context.ui.note(format!(
                    "No secret was stored in a keyring, and no keyring could be searched ({error}); the entries \
                     would be {names}, of the service halolink"
                ));
                return Ok(deleted);
            }
        }
    }
    Ok(deleted)
}

async fn clear_state(context: &Context, plan: &Plan, purge: bool) -> anyhow::Result<()> {
    if plan.remembered.is_empty() && !plan.is_in_state {
        return Ok(());
    }
    let store = Store::open_existing(context.state_file(), &context.notify()).await?;
    context.make_directories_private(&store).await;
    // Read again: bringing an older state up to date has given ids to the connections in it.
    let found = Found::of(&store, &context.profile).await?;
    for known in context.remembered_here(plan.connection.as_ref(), &found) {
        store.forget_connection(&context.profile, &known.id).await?;
    }
    if purge {
        store.purge(&context.profile).await?;
    }
    store.close().await;
    Ok(())
}

fn print(context: &Context, items: Vec<String>, plan: &Plan, arguments: &cli::Revoke) {
    let count = items.len();
    let dry_run = arguments.dry_run;
    let status = if dry_run { "planned" } else { "deleted" };
    let items: Vec<Change> = items.into_iter().map(|item| Change { item, status }).collect();
    let lines: Vec<String> = items
        .iter()
        .map(|item| {
            format!(
                "{}: {}",
                if dry_run { "would be deleted" } else { "deleted" },
                item.item
            )
        })
        .collect();
    let summary = Summary {
        deleted: if dry_run { 0 } else { count },
        planned: if dry_run { count } else { 0 },
    };
    if context.ui.format() == Format::Json {
        document(context, "revoke", dry_run, items, summary);
    } else {
        for line in lines {
            context.ui.data(&line);
        }
    }
    if dry_run {
        return;
    }
    if let Some(connection) = &plan.connection {
        context.ui.note(format!(
            "Now deactivate the application with the client id {} in Halo: Configuration > Integrations > \
             HaloPSA API > View Applications",
            connection.site.client_id
        ));
        if !plan.in_keyring {
            context
                .ui
                .note("Its secrets were never stored; remove them from the environment");
        }
    }
    if !arguments.purge {
        context.ui.note(
            "The configuration and the mappings stay for a later connect (revoke --purge deletes them)",
        );
    }
}
