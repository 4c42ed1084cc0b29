//! The arguments of `unlink`.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::complete;

/// `unlink`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  halolink unlink \"Contoso Ltd\"")]
pub struct Unlink {
    /// The organizations: ids, numbers or names
    #[arg(value_name = "ORG", required_unless_present = "all", conflicts_with = "all", add = ArgValueCompleter::new(complete::mapped_organizations))]
    pub organizations: Vec<String>,
    /// End every mapping of the profile
    #[arg(long)]
    pub all: bool,
    /// Show what would change, without changing it
    #[arg(long)]
    pub dry_run: bool,
}
