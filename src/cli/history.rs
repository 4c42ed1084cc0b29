//! The arguments of `history`.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::complete;

/// `history`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink history --since 30d\n  \
    halolink history \"Contoso Ltd\" -o csv\n  \
    halolink history --tickets --since 7d")]
pub struct History {
    /// Show this organization's seats over time
    #[arg(value_name = "ORG", add = ArgValueCompleter::new(complete::mapped_organizations))]
    pub organization: Option<String>,
    /// Show what was done to tickets instead
    #[arg(long)]
    pub tickets: bool,
    /// Only what happened since a date (2026-01-31) or a time (RFC 3339), or within a span such as 30d or 12h
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    pub since: Option<String>,
}
