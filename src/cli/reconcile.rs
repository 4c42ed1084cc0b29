//! The arguments of `reconcile`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clap_complete::ArgValueCompleter;

use crate::complete;

/// `reconcile`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink reconcile\n  \
    halolink reconcile Contoso -v\n  \
    halolink reconcile -o csv > billed.csv\n  \
    halolink reconcile --exit-code -o json\n  \
    halolink reconcile --report billing.html\n\n\
    It reads everything and changes nothing in either service. Reading recurring invoices needs the permission\n\
    read:invoices, which the vendor's guide does not grant; without it all else is still compared.\n\n\
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
    /// Also write a page for a browser, which needs nothing but this file; replaces it
    #[arg(long, value_name = "FILE.html", value_hint = ValueHint::FilePath)]
    pub report: Option<PathBuf>,
}
