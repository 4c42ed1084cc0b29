//! The arguments of `reconcile`.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::complete;

/// `reconcile`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink reconcile\n  \
    halolink reconcile Contoso -v\n  \
    halolink reconcile -o csv > billed.csv\n  \
    halolink reconcile --exit-code -o json\n\n\
    It reads everything and writes nothing. Reading recurring invoices needs the permission read:invoices, which the\n\
    vendor's guide does not grant; without it all else is still compared.\n\n\
    An amount is what is not billed in a billing cycle; if negative, what is billed too much. It is unknown where Halo\n\
    has no price. Organizations that share a license have a row each, and every row shows the license's quantity; sums\n\
    count it once.")]
pub struct Reconcile {
    /// Only these organizations: ids, numbers or names
    #[arg(value_name = "ORG", add = ArgValueCompleter::new(complete::organizations))]
    pub organizations: Vec<String>,
    /// Exit with 5 if anything was found
    #[arg(long)]
    pub exit_code: bool,
}
