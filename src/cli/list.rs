//! The arguments of `list`.

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use crate::complete;

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Backed-up organizations with all their seat numbers
    Organizations,
    /// Halo's customers
    Customers,
    /// Halo's licenses
    #[value(alias = "licences")]
    Licenses,
    /// Which organization is mapped to which customer and license
    Mappings,
    /// Halo's ticket types
    TicketTypes,
    /// Halo's SLAs
    Slas,
    /// Halo's priorities, of every SLA
    Priorities,
    /// Halo's outcomes
    Outcomes,
    /// Backup errors found inside the mapped organizations
    Errors,
    /// Open tickets that halolink opened or adopted
    Tickets,
}

/// `list`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink list organizations --unmapped\n  \
    halolink list licenses --customer \"Contoso Ltd\" -o csv")]
pub struct List {
    /// What to list
    #[arg(value_enum)]
    pub kind: Kind,
    /// Only records with this text in their name or id
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// Only records that are not mapped (organizations that are not ignored either, customers, licenses, errors)
    #[arg(long)]
    pub unmapped: bool,
    /// Keep the names that are read, for tab completion; with mappings, update the names in them
    #[arg(long)]
    pub refresh: bool,
    /// Only records of this customer, by name or id (organizations, licenses, mappings, errors, tickets)
    #[arg(long, value_name = "CUSTOMER", add = ArgValueCompleter::new(complete::customers))]
    pub customer: Option<String>,
}
