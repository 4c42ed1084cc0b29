//! `connect`: verifies the credentials of both services, and only then stores them.

mod store;

use std::{
    io::{IsTerminal, Read},
    path::Path,
    sync::Arc,
};

use reqwest::Url;
use secrecy::SecretString;
use serde::Serialize;

use crate::{
    backup::{self},
    cli,
    context::{self, Context, Found, Standing, other_token_host, standing},
    failure::{Completion, Failure},
    halo::{self, Resource, Site},
    http::{self, Http},
    model::{Customer, Organization},
    profile::{Connection, SecretStoreKind},
    runner::document,
    secrets::{self, Entries, Secret},
    store::{NameKind, Remembered},
    ui::Format,
};

/// What is asked for, before anything is known of it.
struct Wanted {
    site_url: Url,
    client_id: String,
    tenant: Option<String>,
    backup_url: Option<Url>,
    client_secret: SecretString,
    /// Reseller token and access token.
    tokens: Option<(SecretString, SecretString)>,
}

#[derive(Serialize)]
struct Change {
    site_url: String,
    token_url: String,
    tenant: Option<String>,
    client_id: String,
    backup_url: Option<String>,
    secret_store: SecretStoreKind,
    status: &'static str,
}

#[derive(Serialize)]
struct Summary {
    connected: usize,
    planned: usize,
}

/// Runs `connect`.
///
/// # Errors
/// Exit code 3 for refused credentials and missing permissions; nothing is stored then.
pub async fn run(context: &Context, arguments: cli::Connect) -> anyhow::Result<Completion> {
    let before = Before::of(context).await?;
    adopt_state(context, &arguments, &before).await?;
    let wanted = ask(context, &arguments, &before).await?;
    refuse_other_site(context, &before, &wanted.site_url)?;

    let (connection, customers) = check_halo(context, &arguments, &before, &wanted).await?;
    let organizations = check_backup(context, &wanted).await?;

    if !arguments.dry_run {
        store::connection(context, &connection, before, &wanted).await?;
        // What was read to check is what tab completion will offer first.
        let names = customers.into_iter().map(|customer| (customer.id, customer.name));
        context.remember(NameKind::Customer, names).await;
        let names = organizations
            .into_iter()
            .map(|organization| (organization.id, organization.name));
        context.remember(NameKind::Organization, names).await;
    }
    print(context, &connection, arguments.dry_run);
    Ok(Completion::Done)
}

/// What there was before.
struct Before {
    /// The connection, as `config.toml` has it.
    connection: Option<Connection>,
    /// What the state has of the profile.
    found: Found,
    /// What the state has of the connection.
    remembered: Option<Remembered>,
}

impl Before {
    async fn of(context: &Context) -> anyhow::Result<Self> {
        let connection = context.profiles.connection(&context.profile)?;
        let found = context.found().await?;
        let remembered = context.remembered(connection.as_ref(), &found).cloned();
        Ok(Self {
            connection,
            found,
            remembered,
        })
    }

    /// The entries in the keyring that an earlier connection may have filled.
    fn entries(&self) -> Entries {
        let id = match (&self.connection, &self.remembered) {
            (Some(connection), _) => connection.id.as_deref(),
            (None, Some(known)) if !known.of_first_version => Some(known.id.as_str()),
            _ => None,
        };
        Entries::of(id)
    }

    /// The host other than the site's that tokens come from, if somebody agreed to it.
    fn agreed_token_host(&self) -> Option<String> {
        let connection = self.connection.as_ref()?;
        (standing(connection, &self.found) != Standing::TokenHost)
            .then(|| other_token_host(&connection.site.site_url, &connection.site.token_url))
            .flatten()
    }
}

/// A connected profile whose state is missing or another's takes up the one at hand only if somebody says so.
async fn adopt_state(context: &Context, arguments: &cli::Connect, before: &Before) -> anyhow::Result<()> {
    let Some(connection) = &before.connection else {
        return Ok(());
    };
    if arguments.adopt_state
        || !matches!(
            standing(connection, &before.found),
            Standing::Missing | Standing::Other
        )
    {
        return Ok(());
    }
    let (message, adopted) = context.not_own(connection, &before.found);
    if !context.ui.is_interactive() {
        return Err(Failure::usage(message)
            .hint(format!(
                "set HALOLINK_STATE back to the profile's own state; or, to go on with {adopted}, add --adopt-state"
            ))
            .into());
    }
    context.ui.warn(&message);
    if context.ui.confirm(&format!("Go on with {adopted}?")).await? {
        Ok(())
    } else {
        Err(crate::ui::stopped())
    }
}

/// Collects what is needed: flags, environment, what was stored before, questions.
async fn ask(context: &Context, arguments: &cli::Connect, earlier: &Before) -> anyhow::Result<Wanted> {
    let before = earlier.connection.as_ref();
    let site_url = match arguments.site_url.clone() {
        Some(given) => given,
        None if context.ui.is_interactive() => {
            context
                .ui
                .note("HaloPSA (its administration pages: Configuration > Integrations > HaloPSA API)");
            let default = before.map(|before| before.site.site_url.to_string());
            context
                .ui
                .input("Site URL, e.g. acme.halopsa.com", default, |text| {
                    site(text).map(drop)
                })
                .await?
        }
        None => return Err(context.missing("the Halo site URL", "--site-url (or HALOLINK_SITE_URL)")),
    };
    let site_url =
        site(&site_url).map_err(|reason| Failure::usage(format!("the site URL cannot be used: {reason}")))?;
    http::require_secure(&site_url)?;

    let client_id = match arguments.client_id.clone() {
        Some(given) => given,
        None if context.ui.is_interactive() => {
            let default = before.map(|before| before.site.client_id.clone());
            context.ui.input("Client ID", default, not_empty).await?
        }
        None => return Err(context.missing("the client id", "--client-id (or HALOLINK_CLIENT_ID)")),
    };
    let client_id = client_id.trim().to_owned();
    not_empty(&client_id).map_err(|_| Failure::usage("the client id is empty"))?;
    if arguments.secret_store == SecretStoreKind::Keyring && !arguments.dry_run {
        // Before a person types three secrets: can they be kept at all?
        context
            .secrets
            .kept(Secret::ClientSecret, &earlier.entries())
            .await?;
    }
    let secret = async |which, label| secret(context, arguments, earlier, which, label).await;
    let client_secret = secret(Secret::ClientSecret, "Client secret").await?;

    let backup_url = if arguments.no_backup {
        None
    } else {
        ask_backup_url(context, arguments, before).await?
    };
    let tokens = if backup_url.is_some() {
        let reseller = secret(Secret::ResellerToken, "Reseller token").await?;
        let access = secret(Secret::AccessToken, "Authentication token").await?;
        Some((reseller, access))
    } else {
        None
    };
    Ok(Wanted {
        site_url,
        client_id,
        tenant: arguments.tenant.clone(),
        backup_url,
        client_secret,
        tokens,
    })
}

async fn ask_backup_url(
    context: &Context,
    arguments: &cli::Connect,
    before: Option<&Connection>,
) -> anyhow::Result<Option<Url>> {
    let given = arguments
        .backup_url
        .clone()
        .or_else(|| context.environment.get("HALOLINK_BACKUP_URL"));
    if let Some(given) = given {
        return context::backup_url(&given).map(Some);
    }
    if !context.ui.is_interactive() {
        return Err(Failure::usage("the SaaS Backup URL is missing")
            .hint("give it with --backup-url (or HALOLINK_BACKUP_URL), or connect without it: --no-backup")
            .into());
    }
    context
        .ui
        .note("SaaS Backup (Partner Portal: Settings > API Settings)");
    let mut choices: Vec<String> = backup::REGIONS
        .iter()
        .map(|(name, url)| format!("{name}  {url}"))
        .collect();
    choices.push("none: no access to its API (seats come from a file)".to_owned());
    choices.push("another URL".to_owned());
    let default = before
        .and_then(|before| before.backup_url.as_ref())
        .and_then(|url| {
            backup::REGIONS
                .iter()
                .position(|(_, region)| *region == url.as_str())
        })
        .unwrap_or(0);
    let chosen = context.ui.select("Base URL", choices, default).await?;
    match backup::REGIONS.get(chosen) {
        Some((name, _)) => context::backup_url(name).map(Some),
        None if chosen == backup::REGIONS.len() => Ok(None),
        None => {
            let check = |text: &str| {
                let url = backup::base_url(text)?;
                http::require_secure(&url).map_err(|error| error.to_string())
            };
            let typed = context.ui.input("Base URL", None, check).await?;
            context::backup_url(&typed).map(Some)
        }
    }
}

/// A secret from its flag, the environment, a person, or the keyring of an earlier connection.
async fn secret(
    context: &Context,
    arguments: &cli::Connect,
    before: &Before,
    secret: Secret,
    label: &str,
) -> anyhow::Result<SecretString> {
    let file = match secret {
        Secret::ClientSecret => &arguments.client_secret_file,
        Secret::ResellerToken => &arguments.reseller_token_file,
        Secret::AccessToken => &arguments.access_token_file,
    };
    if let Some(path) = file {
        if path == Path::new("-") {
            return Ok(secrets::checked(secret, &standard_input()?, "standard input")?);
        }
        return Ok(secrets::read_file(secret, path)?);
    }
    if let Some((value, _)) = context.secrets.supplied(secret)? {
        return Ok(value);
    }
    if context.ui.is_interactive() {
        let value = context
            .ui
            .password(label, move |text| {
                secrets::checked(secret, text, "the prompt")
                    .map(drop)
                    .map_err(|error| error.to_string())
            })
            .await?;
        return Ok(secrets::checked(
            secret,
            secrecy::ExposeSecret::expose_secret(&value),
            "the prompt",
        )?);
    }
    if arguments.secret_store == SecretStoreKind::Keyring
        && let Some(value) = context.secrets.kept(secret, &before.entries()).await?
    {
        return Ok(value);
    }
    let flag = format!(
        "--{}-file FILE, {} or {}_FILE",
        secret.name(),
        secret.variable(),
        secret.variable()
    );
    Err(context.missing(&format!("the {secret}"), &flag))
}

/// The first line of standard input that has not been read: several secrets come one a line.
fn standard_input() -> anyhow::Result<String> {
    let mut input = std::io::stdin().lock();
    if input.is_terminal() {
        return Err(
            Failure::usage("\"-\" reads a secret from standard input, which is a terminal here")
                .hint("leave the flag out to be asked")
                .into(),
        );
    }
    let mut line = Vec::new();
    let mut byte = [0];
    while line.len() < 64 * 1024 && input.read(&mut byte)? == 1 && byte[0] != b'\n' {
        line.push(byte[0]);
    }
    String::from_utf8(line).map_err(|_| Failure::usage("standard input is not text").into())
}

fn site(text: &str) -> Result<Url, String> {
    halo::site_url(text)
}

fn not_empty(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        Err("it is empty".to_owned())
    } else {
        Ok(())
    }
}

/// A profile's mappings are ids of one site: it cannot move to another.
fn refuse_other_site(context: &Context, before: &Before, site_url: &Url) -> anyhow::Result<()> {
    match &before.found.site {
        Some(bound) if bound != site_url.as_str() => Err(Failure::usage(format!(
            "the profile \"{}\" belongs to {bound}, and its mappings are that site's",
            context.profile
        ))
        .hint(
            "use another profile (--profile NAME), or delete everything of this one first: \
             halolink revoke --purge",
        )
        .into()),
        _ => Ok(()),
    }
}

/// Signs in to Halo, looks at the scopes, and reads what the work needs.
async fn check_halo(
    context: &Context,
    arguments: &cli::Connect,
    before: &Before,
    wanted: &Wanted,
) -> anyhow::Result<(Connection, Vec<Customer>)> {
    let progress = context.ui.progress("checking HaloPSA");
    let http = Http::new(
        &wanted.site_url,
        context.policy.clone(),
        Arc::new(context.ui.clone()),
    )?;
    let discovery = halo::discover(&http, &wanted.site_url).await?;
    context.count_discovery(http.sent());
    drop(progress);
    agree_to_token_host(context, arguments, before, &wanted.site_url, &discovery.token_url).await?;
    let progress = context.ui.progress("checking HaloPSA");
    let site = Site {
        site_url: wanted.site_url.clone(),
        token_url: discovery.token_url,
        tenant: wanted.tenant.clone().or(discovery.tenant),
        client_id: wanted.client_id.clone(),
    };
    let halo = context
        .halo_at(site.clone(), wanted.client_secret.clone())
        .await?;
    let granted = halo.granted().await?;
    let needed = [
        (Resource::Customers, false),
        (Resource::Licenses, false),
        (Resource::Licenses, true),
        (Resource::Tickets, false),
        (Resource::Tickets, true),
    ];
    let missing: Vec<&str> = needed
        .iter()
        .map(|(resource, write)| resource.scope(*write))
        .filter(|scope| !granted.allow(scope))
        .collect();
    if !missing.is_empty() {
        return Err(Failure::not_connected(format!(
            "the application in Halo is not granted {}",
            missing.join(", ")
        ))
        .hint(
            "in Halo: Configuration > Integrations > HaloPSA API > View Applications > your application > \
             Permissions: grant all:standard, or the missing ones; then run: halolink connect",
        )
        .into());
    }
    let customers = halo.first_customers().await?;
    halo.check_licenses().await?;
    halo.ticket_types().await?;
    drop(progress);
    context.ui.success(format!(
        "HaloPSA: signed in at {}, permissions are complete",
        site.token_url
    ));
    let connection = Connection {
        site,
        backup_url: wanted.backup_url.clone(),
        secret_store: arguments.secret_store,
        id: None,
        state_id: None,
    };
    Ok((connection, customers))
}

async fn check_backup(context: &Context, wanted: &Wanted) -> anyhow::Result<Vec<Organization>> {
    let (Some(url), Some((reseller, access))) = (&wanted.backup_url, &wanted.tokens) else {
        return Ok(Vec::new());
    };
    let progress = context.ui.progress("checking SaaS Backup");
    let organizations = context
        .backup_at(url.clone(), reseller.clone(), access.clone())?
        .first_organizations()
        .await?;
    drop(progress);
    context
        .ui
        .success(format!("SaaS Backup: organizations can be read at {url}"));
    Ok(organizations)
}

/// Tokens, and so the secret, go to the site's own host, or to another that Halo names and somebody agrees to.
async fn agree_to_token_host(
    context: &Context,
    arguments: &cli::Connect,
    before: &Before,
    site_url: &Url,
    token_url: &Url,
) -> anyhow::Result<()> {
    let host = http::host_of(token_url);
    let other = other_token_host(site_url, token_url);
    if let Some(given) = &arguments.auth_host {
        if is_at(token_url, given) {
            return Ok(());
        }
        return Err(Failure::usage(format!(
            "Halo's sign-in is at {host}, and not at {given}; the secret was not sent"
        ))
        .hint(match other {
            Some(_) => format!("if that is right, give --auth-host {host}"),
            None => "that is the site's own host: leave --auth-host out".to_owned(),
        })
        .into());
    }
    if other.is_none() || other == before.agreed_token_host() {
        return Ok(());
    }
    let message = format!("{site_url} names another host to sign in at, and to send the secret to: {host}");
    if !context.ui.is_interactive() {
        return Err(Failure::usage(message)
            .hint(format!(
                "nothing was sent there; if it is the right one, give --auth-host {host}"
            ))
            .into());
    }
    context.ui.warn(&message);
    if context.ui.confirm(&format!("Send the secret to {host}?")).await? {
        Ok(())
    } else {
        Err(crate::ui::stopped())
    }
}

/// Whether a URL is at this host, with the port where it is not the usual one.
fn is_at(url: &Url, host: &str) -> bool {
    format!("{}://{}/", url.scheme(), host.trim())
        .parse::<Url>()
        .is_ok_and(|given| {
            given.origin() == url.origin() && given.path() == "/" && given.username().is_empty()
        })
}

fn print(context: &Context, connection: &Connection, dry_run: bool) {
    let change = Change {
        site_url: connection.site.site_url.to_string(),
        token_url: connection.site.token_url.to_string(),
        tenant: connection.site.tenant.clone(),
        client_id: connection.site.client_id.clone(),
        backup_url: connection.backup_url.as_ref().map(ToString::to_string),
        secret_store: connection.secret_store,
        status: if dry_run { "planned" } else { "connected" },
    };
    let summary = Summary {
        connected: usize::from(!dry_run),
        planned: usize::from(dry_run),
    };
    if context.ui.format() == Format::Json {
        return document(context, "connect", dry_run, vec![change], summary);
    }
    if dry_run {
        context.ui.data(format!(
            "{} would connect; nothing was stored",
            connection.site.site_url
        ));
        return;
    }
    context.ui.data(format!(
        "Connected {} to the profile \"{}\"",
        connection.site.site_url, context.profile
    ));
    if connection.secret_store == SecretStoreKind::None {
        context
            .ui
            .note("No secret was stored: the environment or files must supply them at every run");
    }
    context.ui.note("Next: halolink configure, then halolink map-org");
}
