//! The arguments of `connect`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::profile::SecretStoreKind;

/// `connect`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink connect\n  \
    HALOLINK_CLIENT_SECRET=… HALOLINK_RESELLER_TOKEN=… HALOLINK_ACCESS_TOKEN=… \\\n    \
    halolink connect --site-url acme.halopsa.com --client-id 1f2e… --backup-url us\n\n\
    Secrets come from the environment (HALOLINK_CLIENT_SECRET, HALOLINK_RESELLER_TOKEN,\n\
    HALOLINK_ACCESS_TOKEN), from files (the same names with _FILE, or the flags below), or are asked for.")]
pub struct Connect {
    /// The Halo site, e.g. acme.halopsa.com (Configuration > Integrations > HaloPSA API)
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, env = "HALOLINK_SITE_URL", hide_env_values = true)]
    pub site_url: Option<String>,
    /// The client id of the application in Halo
    #[arg(long, value_name = "ID", env = "HALOLINK_CLIENT_ID", hide_env_values = true)]
    pub client_id: Option<String>,
    /// The tenant, if the site does not name it itself
    #[arg(long, env = "HALOLINK_TENANT", hide_env_values = true)]
    pub tenant: Option<String>,
    /// File with the client secret; - reads it from standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub client_secret_file: Option<PathBuf>,
    // Not clap's `env`: the variable would count as if it were typed, and conflict with --no-backup.
    /// The SaaS Backup API: a URL, or us, uk or na [env: HALOLINK_BACKUP_URL]
    #[arg(long, value_name = "URL", conflicts_with = "no_backup")]
    pub backup_url: Option<String>,
    /// File with the reseller token; - reads it from standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "no_backup")]
    pub reseller_token_file: Option<PathBuf>,
    /// File with the access token (the portal's Authentication Token); - reads it from standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "no_backup")]
    pub access_token_file: Option<PathBuf>,
    /// Connect to Halo only, for a partner without access to the SaaS Backup API
    #[arg(long)]
    pub no_backup: bool,
    /// Where to keep the secrets
    #[arg(long, value_name = "STORE", value_enum, default_value_t)]
    pub secret_store: SecretStoreKind,
    /// Adopt the state at hand, or a new one, if the profile's own state is missing
    #[arg(long)]
    pub adopt_state: bool,
    /// The host that may issue tokens, if Halo names one other than the site's, e.g. login.example.com
    #[arg(long, value_name = "HOST[:PORT]")]
    pub auth_host: Option<String>,
    /// Check everything, without storing anything
    #[arg(long)]
    pub dry_run: bool,
}
