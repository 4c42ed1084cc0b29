//! What answers depend on: the data of the services, and what controls the sandbox.

use jiff::Timestamp;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    Credentials, UnknownBreakage, World,
    breakage::{Breakage, Broken},
    fault_injection::Faults,
    rate::Rate,
    received::Log,
    token::Tokens,
};

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
    pub(super) broken: Broken,
    pub(super) rate: Rate,
    pub(super) tokens: Tokens,
    pub(super) log: Log,
}

impl Shared {
    /// Breaks these backups, or none if one is not there.
    pub(super) fn break_backups(&self, texts: &[impl AsRef<str>]) -> Result<(), UnknownBreakage> {
        self.with_backups(texts, Broken::add)
    }

    /// Heals these backups, or none if one is not there.
    pub(super) fn heal_backups(&self, texts: &[impl AsRef<str>]) -> Result<(), UnknownBreakage> {
        self.with_backups(texts, |broken, world, breakage, now| {
            broken.remove(world, &breakage, now);
        })
    }

    fn with_backups(
        &self,
        texts: &[impl AsRef<str>],
        work: impl Fn(&mut Broken, &mut World, Breakage, Timestamp),
    ) -> Result<(), UnknownBreakage> {
        let world = &mut *self.world();
        let breakages: Vec<Breakage> = texts
            .iter()
            .map(|text| Breakage::parse(text.as_ref(), world))
            .collect::<Result<_, _>>()?;
        let controls = &mut *self.controls();
        for breakage in breakages {
            work(&mut controls.broken, world, breakage, Timestamp::now());
        }
        Ok(())
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn controls(&self) -> MutexGuard<'_, Controls> {
        self.controls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
