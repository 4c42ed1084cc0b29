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
