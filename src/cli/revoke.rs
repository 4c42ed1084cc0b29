//! The arguments of `revoke`.

use clap::Args;

/// `revoke`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  halolink revoke\n\n\
    The configuration and the mappings stay for a later connect, unless --purge deletes them too.")]
pub struct Revoke {
    /// Delete the configuration, the mappings and the ledger too
    #[arg(long)]
    pub purge: bool,
    /// Show what would be deleted, without deleting it
    #[arg(long)]
    pub dry_run: bool,
}
