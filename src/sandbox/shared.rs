//! What stands behind the answers: the data of the services, and what is not theirs.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Credentials, World, fault_injection::Faults, rate::Rate, received::Log, token::Tokens};

/// What the thread that serves and the owner of the sandbox share. Where both locks are needed the world's is taken
/// first, so that a test which holds the world can still ask what was received.
pub(super) struct Shared {
    pub(super) world: Mutex<World>,
    pub(super) controls: Mutex<Controls>,
    pub(super) credentials: Credentials,
    pub(super) site_url: String,
    pub(super) latency: Duration,
}

/// What is not data of the services.
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
