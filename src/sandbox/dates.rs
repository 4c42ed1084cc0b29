//! Dates as Halo writes them.

use jiff::Timestamp;

/// How Halo writes "no date". `1901-01-01T00:00:00` was seen too.
pub(super) const NO_DATE: &str = "1900-01-01T00:00:00";

/// A time as Halo writes it: in UTC, but without a mark that says so.
pub(super) fn halo_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}
