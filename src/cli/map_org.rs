//! The arguments of `map-org`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use clap_complete::ArgValueCompleter;

use super::Rule;
use crate::complete;

/// What happens to the license that an organization leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OldLicense {
    /// Set its quantity to 0, unless another organization is mapped to it
    #[value(name = "0")]
    Zero,
    /// Leave its quantity, so that it keeps billing
    Keep,
}

/// `map-org`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink map-org\n  \
    halolink map-org 1788161-14 --customer \"Contoso Ltd\" --license \"SaaS Backup\"\n  \
    halolink map-org Contoso --customer 42 --create-license \"NinjaOne SaaS Backup\" --yes\n  \
    halolink map-org Contoso --customer 42 --license 19 --old-license 0 --yes\n  \
    halolink map-org Contoso --included 5 --minimum 10 --until 2026-12-31\n  \
    halolink map-org --from mappings.csv --yes\n\n\
    What bills (a new license), maps anew or looks wrong (names far apart, another product's license,\n\
    a license that is another organization's already, an ignored organization) is asked first; without a terminal it takes --yes.\n\
    Rules (--metric, --included, --minimum, --highest) make the seats the organization's share of the quantity, in this\n\
    order: the month's highest, less those included, at least the minimum. Without --customer and --license they\n\
    change the rule of a mapping that is there.\n\
    Names are matched by id, else by exact name regardless of case, else by unique prefix.")]
pub struct MapOrg {
    /// The organization: its id, its number or its name
    #[arg(value_name = "ORG", add = ArgValueCompleter::new(complete::organizations))]
    pub organization: Option<String>,
    /// The Halo customer, by name or id
    #[arg(long, value_name = "CUSTOMER", add = ArgValueCompleter::new(complete::customers))]
    pub customer: Option<String>,
    /// That customer's license, by name or id
    #[arg(
        long,
        visible_alias = "licence",
        value_name = "LICENSE",
        conflicts_with = "create_license", add = ArgValueCompleter::new(complete::licenses))]
    pub license: Option<String>,
    /// Create a license of that name for the customer, which bills; if there is one already, use it
    #[arg(long, visible_alias = "create-licence", value_name = "NAME")]
    pub create_license: Option<String>,
    /// The rule of the mapping
    #[command(flatten)]
    pub rule: Rule,
    /// Map every row of a CSV file with the columns organization,customer,license, and if wanted
    /// metric,included,minimum,until,highest
    #[arg(long, value_name = "FILE.csv", value_hint = ValueHint::FilePath,
          conflicts_with_all = ["organization", "customer", "license", "create_license", "metric", "included", "minimum",
              "highest"])]
    pub from: Option<PathBuf>,
    /// What happens to the license that a remapped organization leaves; a person is asked, a script keeps it
    #[arg(long, visible_alias = "old-licence", value_name = "0|keep", value_enum)]
    pub old_license: Option<OldLicense>,
    /// Show what would change, without changing it
    #[arg(long)]
    pub dry_run: bool,
}
