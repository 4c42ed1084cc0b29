//! How long a record may take to appear after it was posted without a clear answer.

use std::time::Duration;

/// How long a service may take to create a record. Posting it again before that could create two.
pub const SETTLED: Duration = Duration::from_secs(30);

/// Pauses between two looks: short at first, because most records appear after a moment.
const SHORTEST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(5);

/// How long to wait before looking again for what was sent this long ago; `None` if the last look was late enough, so
/// that it can be sent again.
pub fn until_next_look(age: Duration) -> Option<Duration> {
    let left = SETTLED.checked_sub(age).filter(|left| !left.is_zero())?;
    Some((age / 3).clamp(SHORTEST, LONGEST).min(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_look_is_when_it_is_settled_and_there_are_few() {
        let mut age = Duration::ZERO;
        let mut looks = 1;
        while let Some(pause) = until_next_look(age) {
            assert!(pause >= Duration::from_millis(1));
            age += pause;
            looks += 1;
        }
        assert_eq!(age, SETTLED);
        assert!(looks <= 12, "{looks}");
        assert_eq!(until_next_look(SETTLED + Duration::from_secs(1)), None);
    }
    #[test]
    fn the_older_it_is_the_longer_is_the_pause() {
        let pause = |age| until_next_look(Duration::from_secs(age)).map(|pause| pause.as_secs());
        for (age, seconds) in [(0, 2), (6, 2), (9, 3), (12, 4), (15, 5), (24, 5), (27, 3)] {
            assert_eq!(pause(age), Some(seconds), "after {age} seconds");
        }
        assert_eq!(pause(30), None);
    }
}
