//! The arguments of `sync-seats`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clap_complete::ArgValueCompleter;
use rust_decimal::Decimal;

use crate::complete;

fn amount(text: &str) -> Result<Decimal, String> {
    match text.trim().parse::<Decimal>() {
        Ok(amount) if !amount.is_sign_negative() => Ok(amount),
        _ => Err("give an amount such as 250 or 99.50".to_owned()),
    }
}

/// `sync-seats`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink sync-seats --dry-run\n  \
    halolink sync-seats --yes\n  \
    halolink sync-seats Contoso --seats-file organizations.csv\n  \
    halolink sync-seats --plan-out plan.json\n  \
    halolink sync-seats --plan plan.json --yes\n\n\
    Without --yes a person is asked before anything is written.\n\n\
    Held back until a person agrees or a script says --force:\n  \
    - a change since the last sync of more than --max-change percent and more than --min-change seats,\n    \
      and any fall to 0; a rise from 0 counts as more than any percentage\n  \
    - a first sync that falls to 0, or by over half and more than --min-change seats, or rises to more than\n    \
      ten times and by more than 100 seats; but not a rise from 0, nor on a license that map-org created.\n    \
      Naming the organization also allows its first sync\n  \
    - a change of more than --max-amount a billing cycle, where that is given\n\
    Organizations that share a license are judged one by one.\n\
    If 3 or more licenses, and more than --max-held-back percent of those whose quantity is known, would be\n\
    held back, nothing is written; of first syncs, 3 or more and more than half. A license with\n\
    a problem of its own (vanished, gone, moved, inactive, mapped in two profiles) stops nothing else.\n\n\
    --plan-out writes what would be written to a file to be reviewed, and nothing else. --plan writes exactly\n\
    that: the guards are not asked again, but a license whose quantity, seats, rules or mapping have changed since\n\
    it was planned is refused. A plan that was made with --seats-file is applied with it, too.")]
pub struct SyncSeats {
    /// Only the licenses of these organizations: ids, numbers or names
    #[arg(value_name = "ORG", add = ArgValueCompleter::new(complete::mapped_organizations))]
    pub organizations: Vec<String>,
    /// Show the plan, without writing anything
    #[arg(long)]
    pub dry_run: bool,
    /// With --dry-run: exit with 5 if anything would change
    #[arg(long, requires = "dry_run")]
    pub exit_code: bool,
    /// Read the seats from a CSV file: the portal's export, or organization,seats
    #[arg(long, value_name = "FILE.csv", value_hint = ValueHint::FilePath)]
    pub seats_file: Option<PathBuf>,
    /// Hold back a change since the last sync of more than this percentage and more than --min-change seats, and any
    /// fall to 0
    #[arg(long, value_name = "PERCENT", default_value_t = 50)]
    pub max_change: u32,
    /// Let changes of up to this many seats through, whatever their percentage, except a fall to 0
    #[arg(long, value_name = "SEATS", default_value_t = 5)]
    pub min_change: u32,
    /// Write nothing if more than this share would be held back (of first syncs: more than half)
    #[arg(long, value_name = "PERCENT", default_value_t = 20)]
    pub max_held_back: u32,
    /// Hold back a change that adds more than this to a billing cycle, or takes more from it; a license without a price
    /// is not judged by it
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    pub max_amount: Option<Decimal>,
    /// Exit with 4 if an organization is neither mapped nor ignored
    #[arg(long, conflicts_with = "organizations")]
    pub require_mapped: bool,
    /// Also write what would be held back, and do not ask
    #[arg(long)]
    pub force: bool,
    /// Write the plan to a file to be reviewed, and nothing else: the same as a dry run
    #[arg(long, value_name = "FILE.json", value_hint = ValueHint::FilePath, conflicts_with = "plan")]
    pub plan_out: Option<PathBuf>,
    /// Write exactly what this reviewed file says, except where something has changed since
    #[arg(long, value_name = "FILE.json", value_hint = ValueHint::FilePath,
          conflicts_with_all = ["organizations", "force", "max_change", "min_change", "max_held_back", "max_amount"])]
    pub plan: Option<PathBuf>,
    /// Note this with the run in the ledger, e.g. why it is forced
    #[arg(long, value_name = "TEXT", value_parser = super::note)]
    pub note: Option<String>,
    /// How many seconds to wait for another sync-seats of this profile to end
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub wait: u64,
}
