//! The arguments of `sandbox`.

use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser, RangedU64ValueParser},
};

use crate::sandbox::Fault;

/// `sandbox`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink sandbox --tour\n  \
    halolink sandbox --break Contoso:main-app-token\n  \
    halolink sandbox --organizations 200 --fault token-dies --fault pages-capped")]
pub struct Sandbox {
    /// Run the whole job against a sandbox of its own, and leave nothing behind
    #[arg(long, conflicts_with_all = ["halo_port", "backup_port"])]
    pub tour: bool,
    /// How many organizations to make up, a million at most
    #[arg(long, value_name = "N", default_value_t = 36,
          value_parser = RangedU64ValueParser::<usize>::new().range(..=1_000_000))]
    pub organizations: usize,
    /// The seed of the made-up data
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// How many milliseconds every answer takes
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency: u64,
    /// Halo requests allowed in 5 minutes
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub rate_limit: u32,
    /// A fault to switch on; can be repeated, see the list below
    #[arg(long, value_name = "NAME",
          value_parser = PossibleValuesParser::new(fault_names()))]
    pub fault: Vec<String>,
    /// A backup to break, e.g. Contoso:main-app-token, or Contoso:space-full:EMAIL for one account; can be repeated
    #[arg(long = "break", value_name = "ORGANIZATION:ERROR")]
    pub broken: Vec<String>,
    /// The port for Halo (0: any)
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub halo_port: u16,
    /// The port for SaaS Backup (0: any)
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub backup_port: u16,
}

fn fault_names() -> Vec<PossibleValue> {
    Fault::ALL
        .iter()
        .map(|fault| PossibleValue::new(fault.name()).help(fault.describe()))
        .collect()
}
