//! `status`: the connection, the configuration, the mappings and the last sync. It sends no request to either service.

use serde::Serialize;

use super::{
    configure,
    elsewhere::elsewhere,
    unmapped::{self, UnmappedView},
};
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
    /// Neither mapped nor ignored; none if their list has never been read.
    unmapped: Option<Vec<UnmappedView<'a>>>,
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

/// The state. If it is not the connected profile's own, the command has failed before this is built.
#[derive(Serialize)]
struct StateView {
    path: String,
    /// The state's own id; none if there is no state yet.
    id: Option<String>,
    /// Whether the profile's connection names it.
    recorded: bool,
}

#[derive(Serialize)]
struct SecretView {
    name: &'static str,
    /// Where it was found; none if it is missing.
    source: Option<String>,
    /// Why the search for it failed.
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
/// The configuration file or the state cannot be read.
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
    let elsewhere = elsewhere(&store, &context.profile).await?;
    let metric = configuration.metric();
    let nobodys = unmapped::find(
        &store,
        &context.profile,
        None,
        mappings.iter(),
        &elsewhere,
        metric,
    )
    .await?;
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
        unmapped: nobodys
            .as_ref()
            .map(|nobodys| nobodys.iter().map(UnmappedView::from).collect()),
    };
    match context.ui.format() {
        Format::Json => context.ui.json(&status),
        _ => {
            print(context, &status);
            if let Some(sentence) =
                unmapped::sentence(context, nobodys.as_deref().unwrap_or_default(), metric)
            {
                context.ui.warn(sentence);
            }
        }
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
    for (label, value) in rows(status) {
        table.row([label, value]);
    }
    context.ui.table(&table);
    for flagged in &status.mappings.flagged {
        context.ui.warn(format!(
            "{} -> {}, {}: {}",
            flagged.organization, flagged.customer, flagged.license, flagged.problem
        ));
    }
}

fn rows(status: &Status<'_>) -> Vec<(String, String)> {
    let mut rows = vec![("profile".to_owned(), status.profile.to_owned())];
    match &status.connection {
        Some(connection) => rows.extend(connection_rows(connection)),
        None => rows.push((
            "HaloPSA".to_owned(),
            "not connected (halolink connect)".to_owned(),
        )),
    }
    let none_yet = if status.state.id.is_none() && !status.connected {
        " (none yet)"
    } else {
        ""
    };
    rows.push(("state".to_owned(), format!("{}{none_yet}", status.state.path)));
    rows.extend(status.configuration.rows());
    rows.push((
        "mappings".to_owned(),
        format!(
            "{} to {} licenses",
            status.mappings.total, status.mappings.licenses
        ),
    ));
    rows.push((
        "last sync".to_owned(),
        status.last_sync.as_ref().map_or("never".to_owned(), last_sync),
    ));
    rows.push(("open tickets".to_owned(), status.open_tickets.to_string()));
    rows
}

fn connection_rows(connection: &ConnectionView) -> Vec<(String, String)> {
    let backup = connection.backup_url.as_deref().unwrap_or("not connected");
    let store = match connection.secret_store {
        SecretStoreKind::Keyring => "keyring",
        SecretStoreKind::None => "none (supplied at every run)",
    };
    let mut rows: Vec<(String, String)> = [
        ("HaloPSA", connection.site_url.as_str()),
        ("client id", connection.client_id.as_str()),
        ("SaaS Backup", backup),
        ("secret store", store),
    ]
    .map(|(label, value)| (label.to_owned(), value.to_owned()))
    .into();
    rows.extend(connection.secrets.iter().map(|secret| {
        let place = secret.source.clone().or_else(|| secret.problem.clone());
        (
            secret.name.to_owned(),
            place.unwrap_or_else(|| "missing".to_owned()),
        )
    }));
    rows
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
