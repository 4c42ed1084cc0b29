//! How a sandbox is to be.

use std::time::Duration;

use super::Fault;

/// What [`Sandbox::start`](super::Sandbox::start) is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many SaaS Backup organizations are seeded. There are a quarter more Halo customers than that.
    pub organizations: usize,
    /// The same seed and number of organizations give the same data, credentials included.
    pub seed: u64,
    /// Waited before every answer of both services.
    pub latency: Duration,
    /// Halo requests allowed in a rolling 5 minutes; hosted instances allow 300.
    pub rate_limit: u32,
    /// What goes wrong from the start.
    pub faults: Vec<Fault>,
    /// The port of the Halo listener; 0 takes any free one.
    pub halo_port: u16,
    /// The port of the SaaS Backup listener; 0 takes any free one.
    pub backup_port: u16,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            organizations: 36,
            seed: 1,
            latency: Duration::ZERO,
            rate_limit: 300,
            faults: Vec::new(),
            halo_port: 0,
            backup_port: 0,
        }
    }
}
