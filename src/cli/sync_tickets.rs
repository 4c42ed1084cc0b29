//! The arguments of `sync-tickets`.

use clap::{Args, ValueEnum, builder::PossibleValue};
use clap_complete::ArgValueCompleter;

use crate::{complete, model::Product};

impl ValueEnum for Product {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

/// `sync-tickets`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink sync-tickets --dry-run\n  \
    halolink sync-tickets --yes\n  \
    halolink sync-tickets Contoso --products mailbox,onedrive\n\n\
    One ticket is opened for each organization and error, and kept current with private notes. What is transient waits\n\
    for configure --grace first. What is done when a backup has recovered: configure --on-recovery.\n\
    A person at a terminal is asked before anything is written; a script is not.")]
pub struct SyncTickets {
    /// Only these organizations: ids, numbers or names
    #[arg(value_name = "ORG", add = ArgValueCompleter::new(complete::mapped_organizations))]
    pub organizations: Vec<String>,
    /// Look only at these products; tickets about others are left as they are
    #[arg(long, value_name = "PRODUCT", value_enum, value_delimiter = ',')]
    pub products: Vec<Product>,
    /// Also look into organizations that are neither mapped nor ignored, and report their errors; they get no tickets
    #[arg(long, conflicts_with = "organizations")]
    pub unmapped: bool,
    /// Write nothing if more tickets than this would be opened at once: that looks like an outage at the vendor
    #[arg(long, value_name = "N", default_value_t = 25)]
    pub max_new: usize,
    /// Show what would be opened, noted and closed, without doing it
    #[arg(long)]
    pub dry_run: bool,
    /// With --dry-run: exit with 5 if anything would change
    #[arg(long, requires = "dry_run")]
    pub exit_code: bool,
}
