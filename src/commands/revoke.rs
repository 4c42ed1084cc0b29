//! `revoke`: deletes the secrets and the connection. Works without either service.

use serde::Serialize;

use super::report;
use crate::{
    cli,
    context::Context,
    failure::Completion,
    profile::{Connection, SecretStore},
    secrets::Secret,
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

/// Runs `revoke`.
///
/// # Errors
/// A keyring that refuses to delete; then the connection stays, so that it can be tried again.
pub async fn run(context: &Context, arguments: cli::Revoke) -> anyhow::Result<Completion> {
    let connection = context.profiles.connection(&context.profile)?;
    let bound = context.look().await?.site_of(&context.profile).await?;
    if connection.is_none() && (!arguments.purge || bound.is_none()) {
        // Fails the usual way, with the way to connect.
        context.connection()?;
    }
    let mut items = plan(connection.as_ref(), arguments.purge);

    if !arguments.dry_run {
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
        // Secrets first: whatever happens after, they are gone.
        if connection
            .as_ref()
            .is_some_and(|connection| connection.secret_store == SecretStore::Keyring)
        {
            for secret in Secret::ALL {
                context.secrets.forget(secret).await?;
            }
        }
        context.profiles.remove(&context.profile)?;
        if arguments.purge && bound.is_some() {
            let store = context.store().await?;
            store.purge(&context.profile).await?;
            store.close().await;
        }
    }
    let status = if arguments.dry_run { "planned" } else { "deleted" };
    for item in &mut items {
        item.status = status;
    }
    print(context, items, connection.as_ref(), &arguments);
    Ok(Completion::Done)
}

fn plan(connection: Option<&Connection>, purge: bool) -> Vec<Change> {
    let mut items: Vec<String> = Vec::new();
    if let Some(connection) = connection {
        if connection.secret_store == SecretStore::Keyring {
            items.extend(
                Secret::ALL
                    .iter()
                    .map(|secret| format!("{secret} in the keyring")),
            );
        }
        items.push(format!("connection to {}", connection.site.site_url));
    }
    if purge {
        items.extend(["configuration", "mappings", "ledger", "ticket records"].map(ToOwned::to_owned));
    }
    items
        .into_iter()
        .map(|item| Change {
            item,
            status: "planned",
        })
        .collect()
}

fn print(context: &Context, items: Vec<Change>, connection: Option<&Connection>, arguments: &cli::Revoke) {
    let count = items.len();
    let dry_run = arguments.dry_run;
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
    if !report::print(context, "revoke", dry_run, items, summary) {
        for line in lines {
            context.ui.data(&line);
        }
    }
    if dry_run {
        return;
    }
    if let Some(connection) = connection {
        context.ui.note(&format!(
            "Now deactivate the application with the client id {} in Halo: Configuration > Integrations > \
             HaloPSA API > View Applications",
            connection.site.client_id
        ));
        if connection.secret_store == SecretStore::None {
            context
                .ui
                .note("Its secrets were never stored; take them out of the environment");
        }
    }
    if !arguments.purge {
        context
            .ui
            .note("Configuration and mappings stay for a later connect (revoke --purge deletes them)");
    }
}
