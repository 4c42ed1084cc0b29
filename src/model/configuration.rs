//! A profile's configuration: what is billed, and how tickets are filed.

use super::{ErrorOptions, FairUse, Reference, SeatMetric, TicketPolicy};

/// A profile's configuration; `None` means "not configured".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Whether seats are synced; they are unless this is `Some(false)`.
    pub sync_seats: Option<bool>,
    /// Which seat number is billed.
    pub seat_metric: Option<SeatMetric>,
    /// The type of new tickets.
    pub ticket_type: Option<Reference>,
    /// The SLA of new tickets.
    pub sla: Option<Reference>,
    /// The priority of new tickets, one of that SLA's.
    pub priority: Option<Reference>,
    /// The outcome of notes on tickets.
    pub note_outcome: Option<Reference>,
    /// How tickets for backup errors are treated.
    pub tickets: TicketPolicy,
    /// The seat metric that was billed before a reset. Set until somebody configures a new one.
    pub metric_before_reset: Option<SeatMetric>,
    /// Whether the vendor's own integration syncs seats too, which would write the same licenses; none if nobody has
    /// said.
    pub vendor_sync: Option<bool>,
    /// The vendor's fair use; none if it is not looked at.
    pub fair_use: Option<FairUse>,
    /// The IANA name of the time zone in which a month begins; none for this machine's.
    pub time_zone: Option<String>,
}

/// Whether seats are synced, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatSync {
    /// Seats are synced.
    On,
    /// Somebody switched it off.
    Off,
    /// The configuration was reset while this metric was billed, and no new one has been configured.
    MetricWasReset(SeatMetric),
}

impl Configuration {
    /// The seat number that is billed: the configured one, or the default.
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

    /// The type, SLA and priority of tickets for an error: its own, or else those of all tickets. A priority of
    /// another SLA is none.
    pub fn options_for(&self, error: &str) -> ErrorOptions {
        let own = self.tickets.of_errors.get(error).cloned().unwrap_or_default();
        let id = |sla: &Option<Reference>| sla.as_ref().map(|sla| sla.id);
        let same_sla = own.sla.is_none() || id(&own.sla) == id(&self.sla);
        ErrorOptions {
            ticket_type: own.ticket_type.or_else(|| self.ticket_type.clone()),
            priority: own
                .priority
                .or_else(|| self.priority.clone().filter(|_| same_sla)),
            sla: own.sla.or_else(|| self.sla.clone()),
        }
    }

    /// Sets the SLA of new tickets. A priority is meaningless without its SLA, so a change of SLA clears it.
    pub fn set_sla(&mut self, sla: Reference) {
        if self.sla.as_ref().is_none_or(|before| before.id != sla.id) {
            self.priority = None;
        }
        self.sla = Some(sla);
    }

    /// The configuration after a reset: empty, except that a reset must neither switch seat sync on nor bill
    /// another seat number than before.
    pub fn reset(&self) -> Self {
        let billed = Some(self.metric()).filter(|metric| *metric != SeatMetric::default());
        Self {
            sync_seats: self.sync_seats.filter(|on| !on),
            metric_before_reset: billed.or(self.metric_before_reset),
            // A fact about the portal; and when a month begins decides what is billed.
            vendor_sync: self.vendor_sync,
            time_zone: self.time_zone.clone(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_sla_clears_the_priority() {
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
                // A second reset changes nothing.
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
