//! Halo's rate limit.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// The rolling window over which hosted instances count requests.
const WINDOW: Duration = Duration::from_secs(300);

/// The requests that were accepted in the last five minutes. Refused ones do not count.
pub(super) struct Rate {
    limit: u32,
    passed: VecDeque<Instant>,
    refused: u64,
}

/// A request too many.
pub(super) struct TooMany {
    /// Seconds until the next one is accepted. Given with every second refusal only: live instances do not always say.
    pub(super) retry_after: Option<u64>,
}

impl Rate {
    pub(super) fn new(limit: u32) -> Self {
        Self {
            limit,
            passed: VecDeque::new(),
            refused: 0,
        }
    }

    /// Counts a request at a point in time, or refuses it.
    pub(super) fn admit(&mut self, now: Instant) -> Result<(), TooMany> {
        while let Some(&oldest) = self.passed.front()
            && now.duration_since(oldest) >= WINDOW
        {
            self.passed.pop_front();
        }
        if self.passed.len() < self.limit as usize {
            self.passed.push_back(now);
            return Ok(());
        }
        self.refused += 1;
        let wait = self.passed.front().map_or(WINDOW, |&oldest| {
            WINDOW.saturating_sub(now.duration_since(oldest))
        });
        Err(TooMany {
            retry_after: self.refused.is_multiple_of(2).then(|| wait.as_secs() + 1),
        })
    }

    pub(super) fn limit(&self) -> u32 {
        self.limit
    }

    pub(super) fn forget(&mut self) {
        self.passed.clear();
    }
}
