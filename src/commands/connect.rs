//! `connect`: checks the credentials of both services, and stores them only if they work.

mod checks;
mod store;
mod token_host;
mod vendor_sync;
mod wizard;

use reqwest::Url;
use secrecy::SecretString;
use serde::Serialize;

use crate::{
    cli,
    context::{Context, Found, Standing, other_token_host, standing},
    failure::{Completion, Failure},
    profile::{Connection, SecretStoreKind},
    runner::document,
    secrets::Entries,
    store::{NameKind, Remembered},
    ui::Format,
};

/// Where to connect, and with what; nothing of it has been checked yet.
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
/// Exit code 3 if credentials are refused or a permission is missing; then nothing is stored.
pub async fn run(context: &Context, arguments: cli::Connect) -> anyhow::Result<Completion> {
    let attempt = Attempt {
        context,
        arguments: &arguments,
        before: Before::of(context).await?,
    };
    attempt.adopt_state().await?;
    let wanted = attempt.ask().await?;
    attempt.refuse_other_site(&wanted.site_url)?;

    let (connection, customers) = attempt.check_halo(&wanted).await?;
    let organizations = checks::backup(context, &wanted).await?;

    let vendor_sync = vendor_sync::ask(context).await?;
    if !arguments.dry_run {
        store::connection(context, &connection, attempt.before, &wanted).await?;
        // The names read by the checks are the first that tab completion offers.
        let names = customers.into_iter().map(|customer| (customer.id, customer.name));
        context.remember(NameKind::Customer, names).await;
        let names = organizations
            .into_iter()
            .map(|organization| (organization.id, organization.name));
        context.remember(NameKind::Organization, names).await;
    }
    print(context, &connection, arguments.dry_run);
    if !arguments.dry_run {
        vendor_sync.store(context).await?;
    }
    Ok(Completion::Done)
}

/// One run of `connect`: what every step of it needs to know.
struct Attempt<'a> {
    context: &'a Context,
    arguments: &'a cli::Connect,
    before: Before,
}

/// What was stored before this run.
struct Before {
    /// The connection in `config.toml`.
    connection: Option<Connection>,
    /// What the state knows about the profile.
    found: Found,
    /// What the state knows about the connection.
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

    /// The keyring entries that an earlier connection may have filled.
    fn entries(&self) -> Entries {
        let id = match (&self.connection, &self.remembered) {
            (Some(connection), _) => connection.id.as_deref(),
            (None, Some(known)) if !known.of_first_version => Some(known.id.as_str()),
            _ => None,
        };
        Entries::of(id)
    }

    /// The host that issues tokens, if it is not the site's own and someone has agreed to it.
    fn agreed_token_host(&self) -> Option<String> {
        let connection = self.connection.as_ref()?;
        (standing(connection, &self.found) != Standing::TokenHost)
            .then(|| other_token_host(&connection.site.site_url, &connection.site.token_url))
            .flatten()
    }
}

impl Attempt<'_> {
    /// If a connected profile's state is missing or is another one, this run adopts the state it finds only when
    /// told to.
    async fn adopt_state(&self) -> anyhow::Result<()> {
        let (context, found) = (self.context, &self.before.found);
        let Some(connection) = &self.before.connection else {
            return Ok(());
        };
        if self.arguments.adopt_state
            || !matches!(standing(connection, found), Standing::Missing | Standing::Other)
        {
            return Ok(());
        }
        let (message, adopted) = context.not_own(connection, found);
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

    /// A profile cannot move to another site: its mappings are ids of the site that it belongs to.
    fn refuse_other_site(&self, site_url: &Url) -> anyhow::Result<()> {
        match &self.before.found.site {
            Some(bound) if bound != site_url.as_str() => Err(Failure::usage(format!(
                "the profile \"{}\" belongs to {bound}, and its mappings are that site's",
                self.context.profile
            ))
            .hint(
                "use another profile (--profile NAME), or delete everything of this one first: \
                 halolink revoke --purge",
            )
            .into()),
            _ => Ok(()),
        }
    }
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
            "Would connect to {}; nothing was stored",
            connection.site.site_url
        ));
        return;
    }
    context.ui.data(format!(
        "Connected the profile \"{}\" to {}",
        context.profile, connection.site.site_url
    ));
    if connection.secret_store == SecretStoreKind::None {
        context
            .ui
            .note("No secret was stored: every run needs them from the environment or from files");
    }
    context.ui.note("Next: halolink configure, then halolink map-org");
}
