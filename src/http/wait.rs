//! Waiting for a rate limit, as long as the user's patience lasts, with somebody watching.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderValue;

use super::Observer;

/// Pauses after refusals that do not say how long. The window can take minutes to drain, so clients that
/// gave up after some seconds failed; a question now and then costs nothing and notices the first free slot.
const PAUSES: [u64; 5] = [5, 10, 15, 20, 30];

/// How long one request may wait in all.
pub struct Patience {
    allowed: Duration,
    spent: Duration,
    refusals: usize,
}

impl Patience {
    /// Nothing waited yet.
    pub fn new(allowed: Duration) -> Self {
        Self {
            allowed,
            spent: Duration::ZERO,
            refusals: 0,
        }
    }

    /// Whether a further pause is within it.
    pub fn allows(&self, pause: Duration) -> bool {
        self.spent + pause <= self.allowed
    }

    /// A pause is about to be taken.
    pub fn spend(&mut self, pause: Duration) {
        self.spent += pause;
    }

    /// Waited so far.
    pub fn spent(&self) -> Duration {
        self.spent
    }
}

/// How long to wait after a `429`: as long as it says, else a little longer each time.
pub fn after_refusal(retry_after: Option<&HeaderValue>, patience: &mut Patience) -> Duration {
    let pause = PAUSES
        .get(patience.refusals)
        .or(PAUSES.last())
        .copied()
        .unwrap_or(30);
    patience.refusals += 1;
    stated_pause(retry_after).unwrap_or(Duration::from_secs(pause))
}

/// How long an answer asks to wait, if it does.
pub fn stated_pause(retry_after: Option<&HeaderValue>) -> Option<Duration> {
    stated(retry_after?.to_str().ok()?, Timestamp::now())
}

/// `Retry-After` in seconds or as a date. Never less than a second, so that a zero is no busy loop.
fn stated(value: &str, now: Timestamp) -> Option<Duration> {
    let seconds = match value.trim().parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let date = jiff::fmt::rfc2822::parse(value.trim()).ok()?.timestamp();
            u64::try_from(date.as_second() - now.as_second()).unwrap_or(0)
        }
    };
    Some(Duration::from_secs(seconds.max(1)))
}

/// Sleeps, telling the observer about once a second how long it still takes.
pub async fn count_down(observer: &dyn Observer, why: &str, pause: Duration) {
    let end = tokio::time::Instant::now() + pause;
    let mut first = true;
    loop {
        let remaining = end.saturating_duration_since(tokio::time::Instant::now());
        if remaining.is_zero() {
            break;
        }
        observer.waiting(why, remaining, first);
        first = false;
        tokio::time::sleep(remaining.min(Duration::from_secs(1))).await;
    }
    observer.resumed();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_in_both_forms() {
        let now: Timestamp = "1994-11-06T08:49:30Z".parse().unwrap();
        assert_eq!(stated("120", now), Some(Duration::from_secs(120)));
        assert_eq!(stated("0", now), Some(Duration::from_secs(1)));
        assert_eq!(
            stated("Sun, 06 Nov 1994 08:49:37 GMT", now),
            Some(Duration::from_secs(7))
        );
        assert_eq!(stated("soon", now), None);
    }

    #[test]
    fn unstated_pauses_grow_and_stay() {
        let mut patience = Patience::new(Duration::from_secs(600));
        let pauses: Vec<u64> = (0..7)
            .map(|_| after_refusal(None, &mut patience).as_secs())
            .collect();
        assert_eq!(pauses, [5, 10, 15, 20, 30, 30, 30]);
    }
}
