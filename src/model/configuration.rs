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

    /// Tickets get this SLA from now on. A priority means something only together with its SLA: one of another
    /// SLA is not configured any more.
    pub fn set_sla(&mut self, sla: Reference) {
        if self.sla.as_ref().is_none_or(|before| before.id != sla.id) {
            self.priority = None;
        }
        self.sla = Some(sla);
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
    fn a_priority_goes_with_its_sla() {
        let mut configuration = Configuration {
            sla: Some(Reference::new(1, "Gold")),
            priority: Some(Reference::new(5, "Critical 1h")),
            ..Configuration::default()
        };
        configuration.set_sla(Reference::new(1, "Gold, renamed"));
        assert!(configuration.priority.is_some());
        configuration.set_sla(Reference::new(2, "Silver"));
        assert_eq!(configuration.priority, None);
    }

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
