//! What answers depend on: the data of the services, and what controls the sandbox.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Credentials, World, fault_injection::Faults, rate::Rate, received::Log, token::Tokens};

/// What the serving thread shares with the owner of the sandbox. Whoever needs both locks takes the world's first, so
/// that a test that holds the world can still ask what was received.
pub(super) struct Shared {
    pub(super) world: Mutex<World>,
    pub(super) controls: Mutex<Controls>,
    pub(super) credentials: Credentials,
    pub(super) site_url: String,
    pub(super) latency: Duration,
}

/// Everything but the services' own data.
pub(super) struct Controls {
    pub(super) faults: Faults,
    pub(super) rate: Rate,
    pub(super) tokens: Tokens,
    pub(super) log: Log,
}

impl Shared {
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn controls(&self) -> MutexGuard<'_, Controls> {
        self.controls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
