//! The options of a sandbox.

use std::time::Duration;

use super::Fault;

/// The options of [`Sandbox::start`](super::Sandbox::start).
#[derive(Clone, Debug)]
pub struct Options {
    /// How many SaaS Backup organizations there are. There are a quarter more Halo customers than that.
    pub organizations: usize,
    /// The same seed and number of organizations give the same data, credentials included.
    pub seed: u64,
    /// The delay before every answer of both services.
    pub latency: Duration,
    /// Halo requests allowed in a rolling 5 minutes; hosted instances allow 300.
    pub rate_limit: u32,
    /// The faults that are on from the start.
    pub faults: Vec<Fault>,
    /// The backups that are broken from the start, as in [`Sandbox::break_backup`](super::Sandbox::break_backup).
    pub broken: Vec<String>,
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
            broken: Vec::new(),
            halo_port: 0,
            backup_port: 0,
        }
    }
}
