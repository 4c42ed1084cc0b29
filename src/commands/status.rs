//! `status`: the connection, the configuration, mappings and the last sync, without asking either service.

use serde::Serialize;

use super::configure;
use crate::{
    context::Context,
    failure::Completion,
    model::Reference,
    profile::{Connection, SecretStoreKind},
    secrets::Secret,
    store::{Run, RunState},
    ui::{Align, Format, Table},
};

#[derive(Serialize)]
struct Status<'a> {
    profile: &'a str,
    connected: bool,
    connection: Option<ConnectionView>,
    state: StateView,
    configuration: configure::ConfigurationView,
    mappings: Mappings,
    last_sync: Option<LastSync>,
    open_tickets: i64,
}

#[derive(Serialize)]
struct ConnectionView {
    site_url: String,
    token_url: String,
    tenant: Option<String>,
    client_id: String,
    backup_url: Option<String>,
    secret_store: SecretStoreKind,
    secrets: Vec<SecretView>,
}

/// The state. One that is not a connected profile's own is an error before it comes to this.
#[derive(Serialize)]
struct StateView {
    path: String,
    /// Which it is; none where there is none yet.
    id: Option<String>,
    /// Whether the profile's connection names it.
    recorded: bool,
}

#[derive(Serialize)]
struct SecretView {
    name: &'static str,
    /// Where it is; none where it is missing.
    source: Option<String>,
    /// Why it could not be looked for.
    problem: Option<String>,
}

#[derive(Serialize)]
struct Mappings {
    total: usize,
    licenses: usize,
    flagged: Vec<Flagged>,
}

#[derive(Serialize)]
struct Flagged {
    organization: Reference<String>,
    customer: Reference,
    license: Reference,
    problem: String,
}

#[derive(Serialize)]
struct LastSync {
    run: i64,
    started_at: String,
    finished_at: Option<String>,
    state: RunState,
    user: String,
    host: String,
    updated: usize,
    unchanged: usize,
    skipped: usize,
    failed: usize,
    error: Option<String>,
}

impl From<Run> for LastSync {
    fn from(run: Run) -> Self {
        Self {
            run: run.id,
            started_at: run.started_at,
            finished_at: run.finished_at,
            state: run.state,
            user: run.user,
            host: run.host,
            updated: run.totals.updated,
            unchanged: run.totals.unchanged,
            skipped: run.totals.skipped,
            failed: run.totals.failed,
            error: run.error,
        }
    }
}

/// Runs `status`.
///
/// # Errors
/// A configuration file or state that cannot be read.
pub async fn run(context: &Context) -> anyhow::Result<Completion> {
    let connection = context.profiles.connection(&context.profile)?;
    let store = context.open_read_only().await?;
    let configuration = store.configuration(&context.profile).await?;
    let mappings = store.mappings(&context.profile).await?;
    let mut licenses: Vec<i64> = mappings.iter().map(|mapping| mapping.license.id).collect();
    licenses.sort_unstable();
    licenses.dedup();
    let state = StateView {
        path: store.path().display().to_string(),
        id: store.id().map(ToOwned::to_owned),
        recorded: connection
            .as_ref()
            .is_some_and(|connection| connection.state_id.is_some()),
    };
    let shown = match connection {
        Some(connection) => Some(show_connection(context, connection).await),
        None => None,
    };
    let status = Status {
        profile: &context.profile,
        connected: shown.is_some(),
        connection: shown,
        state,
        configuration: configure::ConfigurationView::from(&configuration),
        mappings: Mappings {
            total: mappings.len(),
            licenses: licenses.len(),
            flagged: mappings
                .into_iter()
                .filter_map(|mapping| {
                    Some(Flagged {
                        problem: mapping.flag?,
                        organization: mapping.organization,
                        customer: mapping.customer,
                        license: mapping.license,
                    })
                })
                .collect(),
        },
        last_sync: store.last_sync(&context.profile).await?.map(LastSync::from),
        open_tickets: store.count_open_tickets(&context.profile).await?,
    };
    match context.ui.format() {
        Format::Json => context.ui.json(&status),
        _ => print(context, &status),
    }
    Ok(Completion::Done)
}

async fn show_connection(context: &Context, connection: Connection) -> ConnectionView {
    let needed: &[Secret] = if connection.backup_url.is_some() {
        &Secret::ALL
    } else {
        &[Secret::ClientSecret]
    };
    let entries = connection.entries();
    let mut secrets = Vec::new();
    for secret in needed {
        let (source, problem) = match context.secrets.find(*secret, entries.as_ref()).await {
            Ok((_, source)) => (Some(source.to_string()), None),
            Err(crate::secrets::Error::Missing { .. }) => (None, None),
            Err(error) => (None, Some(error.to_string())),
        };
        secrets.push(SecretView {
            name: secret.name(),
            source,
            problem,
        });
    }
    ConnectionView {
        site_url: connection.site.site_url.to_string(),
        token_url: connection.site.token_url.to_string(),
        tenant: connection.site.tenant,
        client_id: connection.site.client_id,
        backup_url: connection.backup_url.map(|url| url.to_string()),
        secret_store: connection.secret_store,
        secrets,
    }
}

fn print(context: &Context, status: &Status<'_>) {
    let mut table = Table::new(&[("status", Align::Left), ("", Align::Left)]);
    table.row(["profile", status.profile]);
    match &status.connection {
        Some(connection) => {
            table.row(["HaloPSA", connection.site_url.as_str()]);
            table.row(["client id", connection.client_id.as_str()]);
            table.row([
                "SaaS Backup",
                connection.backup_url.as_deref().unwrap_or("not connected"),
            ]);
            let store = match connection.secret_store {
                SecretStoreKind::Keyring => "keyring",
                SecretStoreKind::None => "none (supplied at every run)",
            };
            table.row(["secret store", store]);
            for secret in &connection.secrets {
                let place = secret.source.clone().or_else(|| secret.problem.clone());
                table.row([
                    secret.name.to_owned(),
                    place.unwrap_or_else(|| "missing".to_owned()),
                ]);
            }
        }
        None => table.row(["HaloPSA", "not connected (halolink connect)"]),
    }
    let state = &status.state;
    let none_yet = if state.id.is_none() && !status.connected {
        " (none yet)"
    } else {
        ""
    };
    table.row(["state".to_owned(), format!("{}{none_yet}", state.path)]);
    let configuration = &status.configuration;
    for (setting, value) in configuration.rows() {
        table.row([setting, value]);
    }
    table.row([
        "mappings".to_owned(),
        format!(
            "{} to {} licenses",
            status.mappings.total, status.mappings.licenses
        ),
    ]);
    table.row([
        "last sync".to_owned(),
        status.last_sync.as_ref().map_or("never".to_owned(), last_sync),
    ]);
    table.row(["open tickets".to_owned(), status.open_tickets.to_string()]);
    context.ui.table(&table);
    for flagged in &status.mappings.flagged {
        context.ui.warn(format!(
            "{} -> {}, {}: {}",
            flagged.organization, flagged.customer, flagged.license, flagged.problem
        ));
    }
}

fn last_sync(run: &LastSync) -> String {
    format!(
        "{}, {}: {} updated, {} unchanged, {} skipped, {} failed",
        run.started_at,
        run.state.name(),
        run.updated,
        run.unchanged,
        run.skipped,
        run.failed
    )
}
