//! The rate limiter: a maximum number of requests in any rolling five minutes.
//!
//! Halo allows hosted instances 300 requests in a rolling window of 5 minutes. A token bucket, as in the
//! usual rate-limiting crates, would let through a burst of 300 and refill within the same window: up to
//! twice the allowance. An exact rolling window needs a queue of times, which is what this file has.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The window over which Halo counts.
pub const SPAN: Duration = Duration::from_secs(300);

/// The default number of requests in the window: Halo's 300, less a few for other tools.
pub const REQUEST_LIMIT: usize = 290;

/// How long a request waits for a rate limit by default, in seconds: the window twice over.
pub const PATIENCE: u64 = 2 * SPAN.as_secs();

/// A request must wait.
#[derive(Debug, PartialEq, Eq)]
pub struct Delay {
    pub pause: Duration,
    /// The reason, for a person.
    pub why: &'static str,
}

/// Counts requests over the rolling window, and holds them back when it is full or the service asked for a pause.
pub struct RateLimiter {
    limit: Option<usize>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When each request leaves the window, soonest first.
    leaving: VecDeque<Instant>,
    blocked: Option<Block>,
}

/// A pause that the service asked for.
#[derive(Clone, Copy)]
struct Block {
    since: Instant,
    pause: Duration,
    why: &'static str,
}

impl Block {
    /// What is left of the pause. No end is computed: it can lie beyond what a clock can represent.
    fn left(&self) -> Duration {
        self.pause.saturating_sub(self.since.elapsed())
    }
}

impl RateLimiter {
    /// A window with room for `limit` requests; with `None` it never fills.
    pub fn new(limit: Option<usize>) -> Self {
        Self {
            limit: limit.map(|limit| limit.max(1)),
            state: Mutex::default(),
        }
    }

    /// Takes room for one request, or says how long to wait for it.
    ///
    /// # Errors
    /// The [`Delay`] before the next try.
    pub fn take(&self) -> Result<(), Delay> {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(block) = state.blocked {
            let pause = block.left();
            if !pause.is_zero() {
                return Err(Delay {
                    pause,
                    why: block.why,
                });
            }
            state.blocked = None;
        }
        let Some(limit) = self.limit else {
            return Ok(());
        };
        while state.leaving.front().is_some_and(|leaves| *leaves <= now) {
            state.leaving.pop_front();
        }
        // There is room once the oldest of the last `limit` requests has left the window.
        if let Some(leaves) = state
            .leaving
            .len()
            .checked_sub(limit)
            .and_then(|index| state.leaving.get(index))
        {
            return Err(Delay {
                pause: leaves.duration_since(now).max(Duration::from_millis(1)),
                why: "the requests allowed in 5 minutes are used up",
            });
        }
        state.leaving.push_back(now + SPAN);
        Ok(())
    }

    /// Whether nothing is held back and at least a fifth of the allowance is left.
    pub fn has_plenty(&self) -> bool {
        let now = Instant::now();
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let blocked = state.blocked.is_some_and(|block| !block.left().is_zero());
        let sent = state.leaving.iter().filter(|leaves| **leaves > now).count();
        !blocked && self.limit.is_none_or(|limit| sent <= limit - limit.div_ceil(5))
    }

    /// Holds every request back for a pause that the service asked for.
    pub fn block(&self, pause: Duration, why: &'static str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.blocked.is_none_or(|earlier| earlier.left() < pause) {
            state.blocked = Some(Block {
                since: Instant::now(),
                pause,
                why,
            });
        }
    }

    /// Counts in the requests that other runs sent: `(how long ago, how many)`.
    pub fn remember(&self, earlier: &[(Duration, u64)]) {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for (age, count) in earlier {
            // The time of leaving lies ahead, so the clock can represent it. The time of sending may lie
            // before this machine was started, and then the clock cannot.
            let left = SPAN.saturating_sub(*age);
            if !left.is_zero() {
                for _ in 0..(*count).min(10_000) {
                    state.leaving.push_back(now + left);
                }
            }
        }
        state.leaving.make_contiguous().sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_rolling_window_holds_more_than_the_limit() {
        let limiter = RateLimiter::new(Some(3));
        let mut sent = Vec::new();
        while sent.len() < 20 {
            match limiter.take() {
                Ok(()) => {
                    sent.push(Instant::now());
                    tokio::time::advance(Duration::from_secs(7)).await;
                }
                Err(delay) => tokio::time::advance(delay.pause).await,
            }
        }
        for (index, start) in sent.iter().enumerate() {
            let within = sent[index..].iter().filter(|at| **at - *start < SPAN).count();
            assert!(within <= 3, "{within} requests within one window");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_other_runs_sent_counts() {
        let limiter = RateLimiter::new(Some(3));
        tokio::time::advance(SPAN).await;
        limiter.remember(&[(Duration::from_secs(200), 2)]);
        assert_eq!(limiter.take(), Ok(()));
        let delay = limiter.take().unwrap_err();
        assert_eq!(delay.pause, Duration::from_secs(100));
    }

    #[tokio::test(start_paused = true)]
    async fn the_order_in_which_other_runs_are_told_of_does_not_matter() {
        let limiter = RateLimiter::new(Some(2));
        let seconds = Duration::from_secs;
        limiter.remember(&[(seconds(10), 1), (seconds(290), 1), (SPAN, 5), (Duration::MAX, 5)]);
        assert_eq!(limiter.take().unwrap_err().pause, seconds(10));
        tokio::time::advance(seconds(10)).await;
        assert_eq!(limiter.take(), Ok(()));
        assert_eq!(limiter.take().unwrap_err().pause, seconds(280));
    }

    proptest! {
        #[test]
        fn any_number_can_be_told_to_it(
            limit in any::<usize>(),
            pauses in prop::collection::vec(any::<u64>(), 0..4),
            earlier in prop::collection::vec((any::<u64>(), any::<u64>()), 0..4),
        ) {
            let limiter = RateLimiter::new(Some(limit));
            let earlier: Vec<(Duration, u64)> = earlier
                .into_iter()
                .map(|(age, count)| (Duration::from_secs(age), count))
                .collect();
            limiter.remember(&earlier);
            for pause in &pauses {
                limiter.block(Duration::from_secs(*pause), "because");
            }
            let longest = pauses.into_iter().max().unwrap_or(0);
            match limiter.take() {
                Ok(()) => prop_assert_eq!(longest, 0),
                Err(delay) => prop_assert!(delay.pause <= Duration::from_secs(longest).max(SPAN)),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn plenty_is_a_fifth_that_is_left() {
        let limiter = RateLimiter::new(Some(10));
        for _ in 0..9 {
            assert!(limiter.has_plenty());
            assert_eq!(limiter.take(), Ok(()));
        }
        assert!(!limiter.has_plenty());
        tokio::time::advance(SPAN).await;
        assert!(limiter.has_plenty());
        limiter.block(Duration::from_secs(30), "because");
        assert!(!limiter.has_plenty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_blocks_everybody() {
        let limiter = RateLimiter::new(None);
        assert_eq!(limiter.take(), Ok(()));
        limiter.block(Duration::from_secs(30), "because");
        assert_eq!(limiter.take().unwrap_err().pause, Duration::from_secs(30));
        tokio::time::advance(Duration::from_secs(30)).await;
        assert_eq!(limiter.take(), Ok(()));
    }
    #[tokio::test(start_paused = true)]
    async fn of_two_pauses_the_one_that_ends_later_counts_with_its_reason() {
        let limiter = RateLimiter::new(None);
        let seconds = Duration::from_secs;
        limiter.block(seconds(30), "first");
        limiter.block(seconds(10), "shorter");
        limiter.block(seconds(30), "no longer");
        let delay = limiter.take().unwrap_err();
        assert_eq!((delay.pause, delay.why), (seconds(30), "first"));
        tokio::time::advance(seconds(20)).await;
        limiter.block(seconds(15), "longer than what is left");
        let delay = limiter.take().unwrap_err();
        assert_eq!(
            (delay.pause, delay.why),
            (seconds(15), "longer than what is left")
        );
    }

    #[test]
    fn the_usual_patience_is_two_full_windows() {
        assert_eq!(Duration::from_secs(PATIENCE), SPAN + SPAN);
    }
}
