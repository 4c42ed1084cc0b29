//! Waiting: for a rate limit, as long as the user's patience lasts, and for an answer; both tell the observer.

use std::{pin::pin, time::Duration};

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use reqwest::header::HeaderValue;
use tokio::time::Instant;

use super::Observer;

/// Pauses in seconds after refusals that state none. The window can take minutes to drain, and clients that
/// gave up after a few seconds failed; asking now and then costs nothing and notices the first free slot.
const PAUSES: [u64; 5] = [5, 10, 15, 20, 30];

/// How often the observer hears how much longer a wait takes.
const TICK: Duration = Duration::from_secs(1);
/// A wait for an answer is explained once it takes this long. Large pages take a few seconds.
const UNEXPLAINED: Duration = Duration::from_secs(5);

/// Reads dates as servers write them, even with the wrong day of the week.
const DATES: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);

/// How long one request may wait in total, and how long it has waited.
pub struct Patience {
    allowed: Duration,
    spent: Duration,
    refusals: usize,
}

impl Patience {
    pub fn new(allowed: Duration) -> Self {
        Self {
            allowed,
            spent: Duration::ZERO,
            refusals: 0,
        }
    }

    /// Whether there is patience left for this pause.
    pub fn allows(&self, pause: Duration) -> bool {
        self.spent.saturating_add(pause) <= self.allowed
    }

    /// Counts a pause that is about to be taken.
    pub fn spend(&mut self, pause: Duration) {
        self.spent = self.spent.saturating_add(pause);
    }

    pub fn spent(&self) -> Duration {
        self.spent
    }
}

/// A pause as people are told of it: in seconds, rounded up.
pub fn whole_seconds(pause: Duration) -> u64 {
    pause
        .as_secs()
        .saturating_add(u64::from(pause.subsec_nanos() > 0))
}

/// How long to wait after a `429`: as long as it says, or else a little longer each time.
pub fn after_refusal(retry_after: Option<&HeaderValue>, patience: &mut Patience) -> Duration {
    let pause = PAUSES
        .get(patience.refusals)
        .or(PAUSES.last())
        .copied()
        .unwrap_or(30);
    patience.refusals = patience.refusals.saturating_add(1);
    stated_pause(retry_after).unwrap_or(Duration::from_secs(pause))
}

/// How long an answer asks the client to wait, if it does.
pub fn stated_pause(retry_after: Option<&HeaderValue>) -> Option<Duration> {
    stated(retry_after?.to_str().ok()?, Timestamp::now())
}

/// Reads `Retry-After`, given in seconds or as a date. At least a second, so that a zero makes no busy loop; a
/// number too large to count stands for the largest there is.
fn stated(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let seconds = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        value.parse().unwrap_or(u64::MAX)
    } else {
        let date = DATES.parse_timestamp(value).ok()?;
        let seconds = date.as_second().saturating_sub(now.as_second());
        u64::try_from(seconds).unwrap_or(0)
    };
    Some(Duration::from_secs(seconds.max(1)))
}

/// Sleeps, and tells the observer about once a second how much longer it takes.
pub async fn count_down(observer: &dyn Observer, why: &str, pause: Duration) {
    // Subtracts the time passed instead of computing an end: a pause can reach beyond what a clock can represent.
    let start = Instant::now();
    let mut wait = Wait::new(observer, why);
    loop {
        let remaining = pause.saturating_sub(start.elapsed());
        if remaining.is_zero() {
            break;
        }
        wait.goes_on(remaining);
        tokio::time::sleep(remaining.min(TICK)).await;
    }
}

/// Does the work, which takes up to `limit`, and tells the observer about it once it takes long.
pub async fn observed<T>(
    observer: &dyn Observer,
    why: &str,
    limit: Duration,
    work: impl Future<Output = T>,
) -> T {
    let start = Instant::now();
    let mut work = pin!(work);
    if let Ok(done) = tokio::time::timeout(UNEXPLAINED, work.as_mut()).await {
        return done;
    }
    let mut wait = Wait::new(observer, why);
    loop {
        wait.goes_on(limit.saturating_sub(start.elapsed()));
        if let Ok(done) = tokio::time::timeout(TICK, work.as_mut()).await {
            return done;
        }
    }
}

/// A wait that the observer hears of. It ends when this is dropped, even if the waiting future is cancelled.
struct Wait<'a> {
    observer: &'a dyn Observer,
    why: &'a str,
    told: bool,
}

impl<'a> Wait<'a> {
    fn new(observer: &'a dyn Observer, why: &'a str) -> Self {
        Self {
            observer,
            why,
            told: false,
        }
    }

    fn goes_on(&mut self, remaining: Duration) {
        self.observer.waiting(self.why, remaining, !self.told);
        self.told = true;
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if self.told {
            self.observer.resumed();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
    fn retry_after_beyond_all_counting() {
        let now: Timestamp = "2026-05-03T12:00:00Z".parse().unwrap();
        let longest = Some(Duration::from_secs(u64::MAX));
        for value in [
            "18446744073709551615",
            "18446744073709551616",
            "99999999999999999999999999",
        ] {
            assert_eq!(stated(value, now), longest, "{value}");
        }
        assert!(stated("Tue, 30 Dec 9998 23:59:59 GMT", now) > Some(Duration::from_secs(1 << 37)));
        assert_eq!(
            stated("Mon, 01 Jan 0001 00:00:00 GMT", now),
            Some(Duration::from_secs(1))
        );
        for value in ["", "-1", "1e99", "Fri, 31 Dec 99999 23:59:59 GMT", "NaN"] {
            assert_eq!(stated(value, now), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_retry_after_and_any_patience_are_weighed_without_a_panic(
            value in prop_oneof![
                "[0-9]{1,30}",
                "[ -~]{0,40}",
                "(Sun|Mon), [0-9]{1,2} (Jan|Dec) [0-9]{1,6} [0-9]{2}:[0-9]{2}:[0-9]{2} (GMT|[+-][0-9]{4})",
            ],
            allowed in any::<u64>(),
            spent in any::<u64>(),
        ) {
            if let Some(pause) = stated(&value, Timestamp::now()) {
                prop_assert!(pause >= Duration::from_secs(1));
                let mut patience = Patience::new(Duration::from_secs(allowed));
                patience.spend(Duration::from_secs(spent));
                patience.spend(pause);
                prop_assert!(patience.spent() >= pause);
                prop_assert!(!patience.allows(pause) || patience.spent() <= Duration::from_secs(allowed));
            }
        }
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
