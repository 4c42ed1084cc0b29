//! Days and months as the partner counts them.

use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};

use crate::{failure::Failure, model::Configuration};

/// The present moment in the partner's time zone.
///
/// # Errors
/// The configured time zone is not known on this machine.
pub(super) fn now(configuration: &Configuration) -> anyhow::Result<Zoned> {
    let zone = match &configuration.time_zone {
        None => TimeZone::system(),
        Some(name) => TimeZone::get(name).map_err(|_| {
            Failure::failed(format!(
                "the configured time zone \"{name}\" is not known on this machine"
            ))
            .hint("halolink configure --time-zone NAME, with a name such as Europe/Berlin")
        })?,
    };
    Ok(Timestamp::now().to_zoned(zone))
}

/// The first moment of the month that a moment belongs to, by its time zone.
pub(super) fn month_start(moment: &Zoned) -> Timestamp {
    start(moment.date().first_of_month(), moment.time_zone())
}

/// The first moment of a day in a time zone.
pub(super) fn start(day: Date, zone: &TimeZone) -> Timestamp {
    zone.to_ambiguous_zoned(day.to_datetime(jiff::civil::Time::midnight()))
        .compatible()
        .map_or(Timestamp::MIN, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use proptest::prelude::*;

    use super::*;

    const ZONES: [&str; 7] = [
        "UTC",
        "Europe/Berlin",
        "America/St_Johns",
        "Pacific/Kiritimati",
        "Etc/GMT+12",
        // Months that began an hour later than midnight, and a day that never was.
        "America/Asuncion",
        "Pacific/Apia",
    ];

    proptest! {
        #[test]
        fn a_month_begins_with_its_first_day(second in 946_684_800_i64..4_102_444_800, zone in 0..ZONES.len()) {
            let zone = TimeZone::get(ZONES[zone]).unwrap();
            let moment = Timestamp::from_second(second).unwrap().to_zoned(zone.clone());
            let begin = month_start(&moment);
            prop_assert!(begin <= moment.timestamp());
            let first = begin.to_zoned(zone.clone());
            prop_assert_eq!(first.date().first_of_month(), moment.date().first_of_month());
            let before = begin.checked_sub(1.nanosecond()).unwrap().to_zoned(zone);
            prop_assert!(before.date() < moment.date().first_of_month());
        }
    }
}
