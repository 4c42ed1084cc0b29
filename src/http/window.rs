//! The rate budget: at most so many requests in any rolling five minutes.
//!
//! Halo allows hosted instances 300 requests in a rolling window of 5 minutes. A token bucket (as in the
//! usual rate-limiting crates) would let through a burst of 300 and then refill within the same window,
//! up to twice the allowance; an exact rolling window is a queue of times, and is this file.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The window over which Halo counts.
pub const SPAN: Duration = Duration::from_secs(300);

/// A request must wait: how long, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct Hold {
    /// How long.
    pub pause: Duration,
    /// Why, for a person.
    pub why: &'static str,
}

/// Counts requests over the rolling window, and holds them back when it is full or the service said no.
pub struct Window {
    limit: Option<usize>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sent: VecDeque<Instant>,
    blocked: Option<(Instant, &'static str)>,
}

impl Window {
    /// A window with room for `limit` requests; `None` never fills.
    pub fn new(limit: Option<usize>) -> Self {
        Self {
            limit: limit.map(|limit| limit.max(1)),
            state: Mutex::default(),
        }
    }

    /// Takes room for one request, or tells how long there is none.
    ///
    /// # Errors
    /// The [`Hold`] to wait before trying again.
    pub fn take(&self) -> Result<(), Hold> {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((until, why)) = state.blocked {
            if until > now {
                return Err(Hold {
                    pause: until - now,
                    why,
                });
            }
            state.blocked = None;
        }
        let Some(limit) = self.limit else {
            return Ok(());
        };
        while state
            .sent
            .front()
            .is_some_and(|sent| now.duration_since(*sent) >= SPAN)
        {
            state.sent.pop_front();
        }
        // The oldest of the last `limit` requests must have left the window.
        if let Some(oldest) = state
            .sent
            .len()
            .checked_sub(limit)
            .and_then(|index| state.sent.get(index))
        {
            return Err(Hold {
                pause: SPAN
                    .saturating_sub(now.duration_since(*oldest))
                    .max(Duration::from_millis(1)),
                why: "the requests allowed in 5 minutes are used up",
            });
        }
        state.sent.push_back(now);
        Ok(())
    }

    /// The service asked for a pause: nothing is sent for this long.
    pub fn block(&self, pause: Duration, why: &'static str) {
        let until = Instant::now() + pause;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.blocked.is_none_or(|(earlier, _)| earlier < until) {
            state.blocked = Some((until, why));
        }
    }

    /// Counts requests that other runs sent: `(how long ago, how many)`, oldest first.
    pub fn remember(&self, earlier: &[(Duration, u64)]) {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for (age, count) in earlier {
            if let Some(sent) = now.checked_sub(*age) {
                for _ in 0..(*count).min(10_000) {
                    state.sent.push_back(sent);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_rolling_window_holds_more_than_the_limit() {
        let window = Window::new(Some(3));
        let mut sent = Vec::new();
        while sent.len() < 20 {
            match window.take() {
                Ok(()) => {
                    sent.push(Instant::now());
                    tokio::time::advance(Duration::from_secs(7)).await;
                }
                Err(hold) => tokio::time::advance(hold.pause).await,
            }
        }
        for (index, start) in sent.iter().enumerate() {
            let within = sent[index..].iter().filter(|at| **at - *start < SPAN).count();
            assert!(within <= 3, "{within} requests within one window");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_other_runs_sent_counts() {
        let window = Window::new(Some(3));
        tokio::time::advance(SPAN).await;
        window.remember(&[(Duration::from_secs(200), 2)]);
        assert_eq!(window.take(), Ok(()));
        let hold = window.take().unwrap_err();
        assert_eq!(hold.pause, Duration::from_secs(100));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_blocks_everybody() {
        let window = Window::new(None);
        assert_eq!(window.take(), Ok(()));
        window.block(Duration::from_secs(30), "because");
        assert_eq!(window.take().unwrap_err().pause, Duration::from_secs(30));
        tokio::time::advance(Duration::from_secs(30)).await;
        assert_eq!(window.take(), Ok(()));
    }
}
