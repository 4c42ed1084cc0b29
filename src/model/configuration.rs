//! What a partner configured.

use super::{Reference, SeatMetric};

/// What a partner configured; `None` is "not configured".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Whether seats are synced; they are unless it says no.
    pub sync_seats: Option<bool>,
    /// Which seat number is billed.
    pub seat_metric: Option<SeatMetric>,
    /// The type of tickets.
    pub ticket_type: Option<Reference>,
    /// The SLA of tickets.
    pub sla: Option<Reference>,
    /// The priority of tickets, one of that SLA's.
    pub priority: Option<Reference>,
    /// The outcome of notes on tickets.
    pub note_outcome: Option<Reference>,
    /// The seat metric that was billed when the configuration was reset, until somebody says what is now.
    pub metric_before_reset: Option<SeatMetric>,
}

/// Whether seats are synced, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatSync {
    /// They are.
    On,
    /// Somebody switched it off.
    Off,
    /// This metric was billed until the configuration was reset, and nobody said yet which is billed now.
    MetricWasReset(SeatMetric),
}

impl Configuration {
    /// Which seat number is billed.
    pub fn metric(&self) -> SeatMetric {
        self.seat_metric.unwrap_or_default()
    }

    /// Whether seats are synced.
    pub fn seat_sync(&self) -> SeatSync {
        match (self.sync_seats, self.metric_before_reset) {
            (Some(false), _) => SeatSync::Off,
            (_, Some(metric)) => SeatSync::MetricWasReset(metric),
            _ => SeatSync::On,
        }
    }

    /// What is left of it when it is reset: nothing, except that a reset neither switches seat sync on nor
    /// bills another seat number than before.
    pub fn reset(&self) -> Self {
        let billed = Some(self.metric()).filter(|metric| *metric != SeatMetric::default());
        Self {
            sync_seats: self.sync_seats.filter(|on| !on),
            metric_before_reset: billed.or(self.metric_before_reset),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_never_bills_more_than_before() {
        for sync_seats in [None, Some(true), Some(false)] {
            for seat_metric in [None].into_iter().chain(SeatMetric::ALL.map(Some)) {
                let before = Configuration {
                    sync_seats,
                    seat_metric,
                    ..Configuration::default()
                };
                let after = before.reset();
                // Again is the same.
                assert_eq!(after.reset(), after);
                if after.seat_sync() == SeatSync::On {
                    assert_eq!(before.seat_sync(), SeatSync::On);
                    assert_eq!(after.metric(), before.metric());
                }
                let is_off = before.seat_sync() == SeatSync::Off;
                assert_eq!(after.seat_sync() == SeatSync::Off, is_off);
            }
        }
    }
}
