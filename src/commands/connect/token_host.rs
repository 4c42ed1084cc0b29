//! Agreeing to the host that issues tokens: the client secret is sent there.

use reqwest::Url;

use super::Attempt;
use crate::{context::other_token_host, failure::Failure, http};

impl Attempt<'_> {
    /// The secret is sent to the site's own host, or to another one that Halo names and someone agrees to.
    pub(super) async fn agree_to_token_host(&self, site_url: &Url, token_url: &Url) -> anyhow::Result<()> {
        let host = http::host_of(token_url);
        let other = other_token_host(site_url, token_url);
        if let Some(given) = &self.arguments.auth_host {
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
        if other.is_none() || other == self.before.agreed_token_host() {
            return Ok(());
        }
        let ui = &self.context.ui;
        let message =
            format!("{site_url} names another host to sign in at, and to send the secret to: {host}");
        if !ui.is_interactive() {
            return Err(Failure::usage(message)
                .hint(format!(
                    "nothing was sent there; if it is the right one, give --auth-host {host}"
                ))
                .into());
        }
        ui.warn(&message);
        if ui.confirm(&format!("Send the secret to {host}?")).await? {
            Ok(())
        } else {
            Err(crate::ui::stopped())
        }
    }
}

/// Compares the host, and the port unless it is the scheme's default.
fn is_at(url: &Url, host: &str) -> bool {
    format!("{}://{}/", url.scheme(), host.trim())
        .parse::<Url>()
        .is_ok_and(|given| {
            given.origin() == url.origin() && given.path() == "/" && given.username().is_empty()
        })
}
