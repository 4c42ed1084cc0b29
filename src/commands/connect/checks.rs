//! Checking that a connection works on both sides before it is stored.

use std::sync::Arc;

use super::{Attempt, Wanted};
use crate::{
    context::Context,
    failure::Failure,
    halo::{self, Resource, Scopes, Site},
    http::Http,
    model::{Customer, Organization},
    profile::Connection,
};

/// What halolink reads and writes (`true`) in Halo.
const NEEDED: [(Resource, bool); 5] = [
    (Resource::Customers, false),
    (Resource::Licenses, false),
    (Resource::Licenses, true),
    (Resource::Tickets, false),
    (Resource::Tickets, true),
];

impl Attempt<'_> {
    /// Signs in to Halo, checks the granted scopes, and reads one page of everything that is needed. Returns the
    /// customers on the first page too.
    pub(super) async fn check_halo(&self, wanted: &Wanted) -> anyhow::Result<(Connection, Vec<Customer>)> {
        let site = self.discover(wanted).await?;
        let progress = self.context.ui.progress("checking HaloPSA");
        let halo = self
            .context
            .halo_at(site.clone(), wanted.client_secret.clone())
            .await?;
        require_scopes(&halo.granted().await?)?;
        let customers = halo.first_customers().await?;
        halo.check_licenses().await?;
        halo.ticket_types().await?;
        drop(progress);
        self.context.ui.success(format!(
            "HaloPSA: signed in at {}, permissions are complete",
            site.token_url
        ));
        let connection = Connection {
            site,
            backup_url: wanted.backup_url.clone(),
            secret_store: self.arguments.secret_store,
            id: None,
            state_id: None,
        };
        Ok((connection, customers))
    }

    /// Asks Halo where to sign in, and has that agreed to.
    async fn discover(&self, wanted: &Wanted) -> anyhow::Result<Site> {
        let context = self.context;
        let progress = context.ui.progress("checking HaloPSA");
        let http = Http::new(
            &wanted.site_url,
            context.policy.clone(),
            Arc::new(context.ui.clone()),
        )?;
        let discovery = halo::discover(&http, &wanted.site_url).await?;
        context.count_discovery(http.sent());
        drop(progress);
        self.agree_to_token_host(&wanted.site_url, &discovery.token_url)
            .await?;
        Ok(Site {
            site_url: wanted.site_url.clone(),
            token_url: discovery.token_url,
            tenant: wanted.tenant.clone().or(discovery.tenant),
            client_id: wanted.client_id.clone(),
        })
    }
}

fn require_scopes(granted: &Scopes) -> anyhow::Result<()> {
    let missing: Vec<&str> = NEEDED
        .iter()
        .map(|(resource, write)| resource.scope(*write))
        .filter(|scope| !granted.allow(scope))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::not_connected(format!(
        "the application in Halo is not granted {}",
        missing.join(", ")
    ))
    .hint(
        "in Halo: Configuration > Integrations > HaloPSA API > View Applications > your application > \
         Permissions: grant all:standard, or the missing ones; then run: halolink connect",
    )
    .into())
}

/// Reads the first page of organizations; none with `--no-backup`.
pub(super) async fn backup(context: &Context, wanted: &Wanted) -> anyhow::Result<Vec<Organization>> {
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
