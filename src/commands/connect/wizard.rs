//! Collecting what a connection needs: from flags, the environment, the earlier connection, or a person.

use std::{
    io::{IsTerminal, Read},
    path::Path,
};

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::{Attempt, Wanted};
use crate::{
    backup, context,
    failure::Failure,
    halo, http,
    profile::{Connection, SecretStoreKind},
    secrets::{self, Secret},
};

/// More than any secret has, in bytes: a line that goes on is not one.
const LONGEST_LINE: usize = 64 * 1024;

impl Attempt<'_> {
    /// Collects everything, and asks a person for what is missing.
    pub(super) async fn ask(&self) -> anyhow::Result<Wanted> {
        let site_url = self.site_url().await?;
        let client_id = self.client_id().await?;
        if self.arguments.secret_store == SecretStoreKind::Keyring && !self.arguments.dry_run {
            // Finds out whether the keyring works before a person types three secrets.
            self.context
                .secrets
                .kept(Secret::ClientSecret, &self.before.entries())
                .await?;
        }
        let client_secret = self.secret(Secret::ClientSecret, "Client secret").await?;
        let backup_url = if self.arguments.no_backup {
            None
        } else {
            self.backup_url().await?
        };
        let tokens = if backup_url.is_some() {
            let reseller = self.secret(Secret::ResellerToken, "Reseller token").await?;
            let access = self.secret(Secret::AccessToken, "Authentication token").await?;
            Some((reseller, access))
        } else {
            None
        };
        Ok(Wanted {
            site_url,
            client_id,
            tenant: self.arguments.tenant.clone(),
            backup_url,
            client_secret,
            tokens,
        })
    }

    async fn site_url(&self) -> anyhow::Result<Url> {
        let ui = &self.context.ui;
        let text = match self.arguments.site_url.clone() {
            Some(given) => given,
            None if ui.is_interactive() => {
                ui.note("HaloPSA (its administration pages: Configuration > Integrations > HaloPSA API)");
                let default = self.earlier().map(|earlier| earlier.site.site_url.to_string());
                let check = |text: &str| halo::site_url(text).map(drop);
                ui.input("Site URL, e.g. acme.halopsa.com", default, check)
                    .await?
            }
            None => {
                return Err(self
                    .context
                    .missing("the Halo site URL", "--site-url (or HALOLINK_SITE_URL)"));
            }
        };
        let url = halo::site_url(&text)
            .map_err(|reason| Failure::usage(format!("the site URL cannot be used: {reason}")))?;
        http::require_secure(&url)?;
        Ok(url)
    }

    async fn client_id(&self) -> anyhow::Result<String> {
        let ui = &self.context.ui;
        let text = match self.arguments.client_id.clone() {
            Some(given) => given,
            None if ui.is_interactive() => {
                let default = self.earlier().map(|earlier| earlier.site.client_id.clone());
                ui.input("Client ID", default, not_empty).await?
            }
            None => {
                return Err(self
                    .context
                    .missing("the client id", "--client-id (or HALOLINK_CLIENT_ID)"));
            }
        };
        let client_id = text.trim().to_owned();
        not_empty(&client_id).map_err(|_| Failure::usage("the client id is empty"))?;
        Ok(client_id)
    }

    async fn backup_url(&self) -> anyhow::Result<Option<Url>> {
        let context = self.context;
        let given = self
            .arguments
            .backup_url
            .clone()
            .or_else(|| context.environment.get("HALOLINK_BACKUP_URL"));
        if let Some(given) = given {
            return context::backup_url(&given).map(Some);
        }
        if !context.ui.is_interactive() {
            return Err(Failure::usage("the SaaS Backup URL is missing")
                .hint(
                    "give it with --backup-url (or HALOLINK_BACKUP_URL), or connect without it: --no-backup",
                )
                .into());
        }
        self.pick_backup_url().await
    }

    async fn pick_backup_url(&self) -> anyhow::Result<Option<Url>> {
        let ui = &self.context.ui;
        ui.note("SaaS Backup (Partner Portal: Settings > API Settings)");
        let mut choices: Vec<String> = backup::REGIONS
            .iter()
            .map(|(name, url)| format!("{name}  {url}"))
            .collect();
        choices.push("none: no access to its API (seats come from a file)".to_owned());
        choices.push("another URL".to_owned());
        let default = self
            .earlier()
            .and_then(|earlier| earlier.backup_url.as_ref())
            .and_then(|url| {
                backup::REGIONS
                    .iter()
                    .position(|(_, region)| *region == url.as_str())
            })
            .unwrap_or(0);
        let chosen = ui.select("Base URL", choices, default).await?;
        match backup::REGIONS.get(chosen) {
            Some((name, _)) => context::backup_url(name).map(Some),
            None if chosen == backup::REGIONS.len() => Ok(None),
            None => {
                let check = |text: &str| {
                    let url = backup::base_url(text)?;
                    http::require_secure(&url).map_err(|error| error.to_string())
                };
                let typed = ui.input("Base URL", None, check).await?;
                context::backup_url(&typed).map(Some)
            }
        }
    }

    fn earlier(&self) -> Option<&Connection> {
        self.before.connection.as_ref()
    }

    /// A secret from its flag, the environment, a person, or the keyring entry of an earlier connection.
    async fn secret(&self, secret: Secret, label: &str) -> anyhow::Result<SecretString> {
        let context = self.context;
        let file = match secret {
            Secret::ClientSecret => &self.arguments.client_secret_file,
            Secret::ResellerToken => &self.arguments.reseller_token_file,
            Secret::AccessToken => &self.arguments.access_token_file,
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
            return self.typed(secret, label).await;
        }
        if self.arguments.secret_store == SecretStoreKind::Keyring
            && let Some(value) = context.secrets.kept(secret, &self.before.entries()).await?
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

    async fn typed(&self, secret: Secret, label: &str) -> anyhow::Result<SecretString> {
        let check = move |text: &str| {
            secrets::checked(secret, text, "the prompt")
                .map(drop)
                .map_err(|error| error.to_string())
        };
        let value = self.context.ui.password(label, check).await?;
        Ok(secrets::checked(secret, value.expose_secret(), "the prompt")?)
    }
}

/// The next unread line of standard input: several secrets can be given one per line.
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
    while line.len() < LONGEST_LINE && input.read(&mut byte)? == 1 && byte[0] != b'\n' {
        line.push(byte[0]);
    }
    String::from_utf8(line).map_err(|_| Failure::usage("standard input is not text").into())
}

fn not_empty(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        Err("it is empty".to_owned())
    } else {
        Ok(())
    }
}
