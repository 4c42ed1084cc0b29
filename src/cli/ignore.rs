//! The arguments of `ignore`.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::complete;

/// `ignore`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink ignore \"Contoso Ltd\" --reason \"billed by hand\"\n  \
    halolink ignore --remove \"Contoso Ltd\"\n\n\
    Unlink a mapped organization before you ignore it. Mapping an ignored one stops ignoring it.")]
pub struct Ignore {
    /// The organizations: ids, numbers or names
    #[arg(value_name = "ORG", required = true, add = ArgValueCompleter::new(complete::organizations_to_ignore))]
    pub organizations: Vec<String>,
    /// Why they are not billed through halolink
    #[arg(long, value_name = "TEXT", required_unless_present = "remove")]
    pub reason: Option<String>,
    /// Stop ignoring them
    #[arg(long, conflicts_with = "reason")]
    pub remove: bool,
    /// Show what would change, without changing it
    #[arg(long)]
    pub dry_run: bool,
}
