//! The arguments of `undo`.

use clap::{Args, value_parser};
use clap_complete::ArgValueCompleter;

use crate::complete;

/// `undo`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink undo 12 --dry-run\n  \
    halolink undo 12 Contoso --note \"the seat metric was wrong\"\n\n\
    Only what the run really wrote is put back, and only where Halo still shows it. What someone has changed since\n\
    is left alone and listed, with who Halo says it was; no flag overrides that.\n\n\
    It is a run of its own: it has a number, and can be taken back in turn. The next sync-seats writes the seats\n\
    again, and says so: correct first what was wrong with them.\n\n\
    A fall or rise of more than 50 percent and more than 5 seats, and any fall to 0, is held back until a person\n\
    agrees or a script says --force. If 3 or more licenses, and more than 20 percent, would be held back, nothing is\n\
    written.")]
pub struct Undo {
    /// The run to take back: its number in `halolink history`
    #[arg(value_name = "RUN", value_parser = value_parser!(i64).range(1..))]
    pub run: i64,
    /// Only the licenses of these organizations: ids, numbers or names
    #[arg(value_name = "ORG", add = ArgValueCompleter::new(complete::mapped_organizations))]
    pub organizations: Vec<String>,
    /// Show the plan, without writing anything
    #[arg(long)]
    pub dry_run: bool,
    /// Also write what would be held back, and do not ask
    #[arg(long)]
    pub force: bool,
    /// Note this with the run in the ledger, e.g. what was wrong
    #[arg(long, value_name = "TEXT", value_parser = super::note)]
    pub note: Option<String>,
    /// How many seconds to wait for a sync-seats or undo of this profile to end
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub wait: u64,
}
