//! The arguments of `configure`.

use std::ffi::OsStr;

use clap::{Args, ValueEnum, builder::PossibleValue};
use clap_complete::{ArgValueCompleter, CompletionCandidate};
use jiff::{Span, SpanRelativeTo, Unit, tz::TimeZone};

use crate::{
    complete,
    model::{FairUse, FairUseOf, OnRecovery, SeatMetric},
    plan::{
        backup_errors::slugs,
        ticket_fields::{self, NotAField},
    },
};

impl ValueEnum for SeatMetric {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            SeatMetric::Used => "Seats consumed now (`seats_used`)",
            SeatMetric::Active => "Seats without deactivated accounts (`active_seats`)",
            SeatMetric::Purchased => "The purchased total (`seats_available`)",
            SeatMetric::Required => "Seats that are required (`required_seats`)",
        }))
    }
}

impl ValueEnum for OnRecovery {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            OnRecovery::Close => "The ticket gets a note and is closed",
            OnRecovery::Note => "The ticket gets a note and stays open",
            OnRecovery::Nothing => "The ticket is left as it is",
        }))
    }
}

/// A length of time in seconds, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrOff(pub Option<i64>);

/// A fair use, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FairUseOrOff(pub Option<FairUse>);

/// The name of a time zone; `None` for this machine's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneOrSystem(pub Option<String>);

/// `20%-of-purchased`, `20%-of purchased`, `purchased` (20 percent) or `off`.
fn fair_use(text: &str) -> Result<FairUseOrOff, String> {
    let unknown = || "give 20%-of-purchased, 20%-of-mailboxes, another percentage of them, or off".to_owned();
    let text = text.trim().to_lowercase();
    if text == "off" {
        return Ok(FairUseOrOff(None));
    }
    let (percent, of) = match text.split_once('%') {
        Some((percent, rest)) => {
            let percent = percent.trim().parse().map_err(|_| unknown())?;
            let of = rest
                .trim_start_matches(['-', ' '])
                .strip_prefix("of")
                .ok_or_else(unknown)?;
            (percent, of.trim_start_matches(['-', ' ']))
        }
        None => (FairUse::USUAL_PERCENT, text.as_str()),
    };
    if percent > 100 {
        return Err(unknown());
    }
    let of: FairUseOf = of.parse().map_err(|()| unknown())?;
    Ok(FairUseOrOff(Some(FairUse { percent, of })))
}

fn time_zone(text: &str) -> Result<ZoneOrSystem, String> {
    if text.trim().eq_ignore_ascii_case("system") {
        return Ok(ZoneOrSystem(None));
    }
    let zone = TimeZone::get(text.trim()).map_err(|_| {
        format!("\"{text}\" is not a time zone; give a name such as Europe/Berlin, or system")
    })?;
    Ok(ZoneOrSystem(zone.iana_name().map(ToOwned::to_owned)))
}

/// What tickets of one error have instead of what is configured for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfError {
    /// The error's slug.
    pub error: String,
    /// The record, by name or id; `None` to have what is configured for all again.
    pub value: Option<String>,
}

/// A further field of tickets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name in Halo's API.
    pub name: String,
    /// The value as it was typed; `None` to set the field no more.
    pub value: Option<String>,
}

/// A length of time in seconds: `4h`, `30m`, `2d`, or 0.
fn span(text: &str) -> Result<i64, String> {
    let unknown = "give a length of time such as 30m, 4h or 2d".to_owned();
    let text = text.trim();
    if text == "0" {
        return Ok(0);
    }
    let span: Span = text.parse().map_err(|_| unknown.clone())?;
    let seconds = span.total((Unit::Second, SpanRelativeTo::days_are_24_hours()));
    match seconds {
        Ok(seconds) if seconds >= 0.0 => Ok(seconds.round() as i64),
        _ => Err(unknown),
    }
}

fn span_or_off(text: &str) -> Result<OrOff, String> {
    if text.trim().eq_ignore_ascii_case("off") {
        return Ok(OrOff(None));
    }
    match span(text) {
        Ok(seconds) if seconds > 0 => Ok(OrOff(Some(seconds))),
        Ok(_) => Err("give a length of time such as 2d, or off".to_owned()),
        Err(error) => Err(format!("{error}, or off")),
    }
}

/// What stands before and after the first equals sign. An empty value is none.
fn assigned(text: &str) -> Option<(&str, Option<String>)> {
    let (name, value) = text.split_once('=')?;
    let value = Some(value.trim()).filter(|value| !value.is_empty());
    Some((name.trim(), value.map(ToOwned::to_owned)))
}

fn of_error(text: &str) -> Result<OfError, String> {
    let (error, value) = assigned(text).ok_or("give an error and a value: ERROR=VALUE")?;
    let wanted = error.to_lowercase();
    match slugs().into_iter().find(|known| *known == wanted) {
        Some(error) => Ok(OfError {
            error: error.to_owned(),
            value,
        }),
        None => Err(format!(
            "there is no error \"{error}\"; there are {}",
            slugs().join(", ")
        )),
    }
}

fn field(text: &str) -> Result<Field, String> {
    let (name, value) = assigned(text).ok_or("give a field and a value: NAME=VALUE")?;
    match ticket_fields::field(name) {
        Ok(name) => Ok(Field { name, value }),
        Err(NotAField::Name) => Err(format!(
            "\"{name}\" is no field of Halo's tickets: give one such as category_1"
        )),
        Err(NotAField::NotYours) => Err(format!("halolink or Halo itself sets {name}")),
    }
}

/// Offers the errors, and after the equals sign what `names` offers.
fn of_errors(names: fn(&OsStr) -> Vec<CompletionCandidate>) -> ArgValueCompleter {
    ArgValueCompleter::new(move |typed: &OsStr| {
        let typed = typed.to_string_lossy();
        match typed.split_once('=') {
            Some((error, begun)) => {
                let offered = names(OsStr::new(begun)).into_iter();
                offered.map(|name| name.add_prefix(format!("{error}="))).collect()
            }
            None => {
                let begun = slugs().into_iter().filter(|error| error.starts_with(&*typed));
                begun
                    .map(|error| CompletionCandidate::new(format!("{error}=")))
                    .collect()
            }
        }
    })
}

/// The fields that are offered: those that ticket types most often demand.
const FIELDS: [&str; 9] = [
    "agent=",
    "category_1=",
    "category_2=",
    "category_3=",
    "category_4=",
    "impact=",
    "source=",
    "team=",
    "urgency=",
];

fn fields(typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let begun = FIELDS.iter().filter(|field| field.starts_with(&*typed));
    begun.map(CompletionCandidate::new).collect()
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On
    On,
    /// Off
    Off,
}

/// The arguments that give a setting a value.
const SETTINGS: [&str; 19] = [
    "sync_seats",
    "seat_metric",
    "vendor_sync",
    "fair_use",
    "time_zone",
    "ticket_type",
    "sla",
    "priority",
    "note_outcome",
    "grace",
    "stale_after",
    "remind",
    "on_recovery",
    "closing_outcome",
    "closing_status",
    "ticket_type_of",
    "sla_of",
    "priority_of",
    "ticket_field",
];

/// `configure`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink configure --seat-metric used --ticket-type Incident --sla Gold --priority \"Critical 1h\"\n  \
    halolink configure --on-recovery close --grace 6h --remind 7d --stale-after 2d\n  \
    halolink configure --priority-of main-app-token=\"Urgent 2h\" --ticket-field team=\"Backup Desk\"\n\n\
    A length of time is 30m, 4h, 2d or a combination. What takes ERROR= or NAME= can be repeated; nothing after\n\
    the equals sign clears it. ERROR is the slug of an error: halolink explain")]
pub struct Configure {
    /// Switch seat sync on or off; off, sync-seats writes nothing
    #[arg(long, value_name = "on|off", value_enum)]
    pub sync_seats: Option<Switch>,
    /// The seat number that is billed
    #[arg(long, value_name = "METRIC", value_enum)]
    pub seat_metric: Option<SeatMetric>,
    /// Whether seat sync is on in the vendor's portal too: then both write the same licenses
    #[arg(long, value_name = "on|off", value_enum)]
    pub vendor_sync: Option<Switch>,
    /// The vendor's fair use, which reconcile compares: 20%-of-purchased, 20%-of-mailboxes or another percentage
    /// [default: off]
    #[arg(long, value_name = "N%-of-purchased|N%-of-mailboxes|off", value_parser = fair_use)]
    pub fair_use: Option<FairUseOrOff>,
    /// The time zone in which a month begins, e.g. Europe/Berlin; system for this machine's [default: system]
    #[arg(long, value_name = "ZONE", value_parser = time_zone)]
    pub time_zone: Option<ZoneOrSystem>,
    /// The type of new tickets, by name or id
    #[arg(long, value_name = "TYPE", add = ArgValueCompleter::new(complete::ticket_types))]
    pub ticket_type: Option<String>,
    /// The SLA of new tickets, by name or id
    #[arg(long, add = ArgValueCompleter::new(complete::slas))]
    pub sla: Option<String>,
    /// The priority of new tickets, by name or id; it must be one of the SLA's
    #[arg(long, add = ArgValueCompleter::new(complete::priorities))]
    pub priority: Option<String>,
    /// The outcome of notes on tickets, by name or id; it must be one of the ticket type's workflow
    #[arg(long, value_name = "OUTCOME", add = ArgValueCompleter::new(complete::outcomes))]
    pub note_outcome: Option<String>,
    /// How long an error that may pass by itself is waited out before it gets a ticket; 0 for no time [default: 4h]
    #[arg(long, value_name = "DURATION", value_parser = span)]
    pub grace: Option<i64>,
    /// After how long without a backup an account counts as failing, even without an error [default: off]
    #[arg(long, value_name = "DURATION|off", value_parser = span_or_off)]
    pub stale_after: Option<OrOff>,
    /// After how long an open ticket whose error still stands gets another note [default: off]
    #[arg(long, value_name = "DURATION|off", value_parser = span_or_off)]
    pub remind: Option<OrOff>,
    /// What becomes of a ticket whose backup has recovered [default: note]
    #[arg(long, value_name = "close|note|nothing", value_enum)]
    pub on_recovery: Option<OnRecovery>,
    /// The outcome that closes tickets, by name or id; it must be one of the ticket type's workflow
    #[arg(long, value_name = "OUTCOME", add = ArgValueCompleter::new(complete::outcomes))]
    pub closing_outcome: Option<String>,
    /// The status of closed tickets, by name or id
    #[arg(long, value_name = "STATUS")]
    pub closing_status: Option<String>,
    /// The type of new tickets for one error
    #[arg(long, value_name = "ERROR=TYPE", value_parser = of_error, add = of_errors(complete::ticket_types))]
    pub ticket_type_of: Vec<OfError>,
    /// The SLA of new tickets for one error
    #[arg(long, value_name = "ERROR=SLA", value_parser = of_error, add = of_errors(complete::slas))]
    pub sla_of: Vec<OfError>,
    /// The priority of new tickets for one error; it must be one of the SLA that these tickets have
    #[arg(long, value_name = "ERROR=PRIORITY", value_parser = of_error, add = of_errors(complete::priorities))]
    pub priority_of: Vec<OfError>,
    /// A further field of new tickets: source, category_1 to category_4, impact, urgency, team, agent, or another that
    /// Halo's tickets have. Agents and teams are found by name or id
    #[arg(long, value_name = "NAME=VALUE", value_parser = field, add = ArgValueCompleter::new(fields))]
    pub ticket_field: Vec<Field>,
    /// Show the configuration without changing it
    #[arg(long, conflicts_with_all = SETTINGS, conflicts_with = "reset")]
    pub show: bool,
    /// Clear the configuration and nothing else. Seat sync that was off stays off; if other seats than the used ones
    /// were billed, it waits for --seat-metric
    #[arg(long, conflicts_with_all = SETTINGS)]
    pub reset: bool,
    /// Open a ticket that is clearly a test, add a note to it and close it, to prove that all this works: for this
    /// customer, or else for that of the first mapping
    #[arg(long, value_name = "CUSTOMER", num_args = 0..=1, default_missing_value = "",
          conflicts_with_all = SETTINGS, conflicts_with_all = ["show", "reset"],
          add = ArgValueCompleter::new(complete::customers))]
    pub test_ticket: Option<String>,
    /// Show what would change, without changing it
    #[arg(long)]
    pub dry_run: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("4h", 14_400),
            ("30m", 1_800),
            ("0", 0),
            ("0h", 0),
            ("2d", 172_800),
            ("1d 12h", 129_600),
            ("1w", 604_800),
            ("PT90S", 90),
            (" 4 hours ", 14_400),
        ] {
            assert_eq!(span(text), Ok(seconds), "{text}");
        }
        // A month has no length of its own.
        for text in ["", "4", "h", "-4h", "soon", "1mo", "off"] {
            assert!(span(text).is_err(), "{text}");
        }
        assert_eq!(span_or_off("OFF"), Ok(OrOff(None)));
        assert_eq!(span_or_off("2d"), Ok(OrOff(Some(172_800))));
        assert!(span_or_off("0").is_err());
    }

    #[test]
    fn a_fair_use_is_a_share_of_something() {
        let of = |percent, of| Ok(FairUseOrOff(Some(FairUse { percent, of })));
        for (text, is) in [
            ("20%-of-purchased", of(20, FairUseOf::Purchased)),
            ("20%-of purchased", of(20, FairUseOf::Purchased)),
            ("15% of mailboxes", of(15, FairUseOf::Mailboxes)),
            ("Mailboxes", of(20, FairUseOf::Mailboxes)),
            ("OFF", Ok(FairUseOrOff(None))),
        ] {
            assert_eq!(fair_use(text), is, "{text}");
        }
        for text in [
            "",
            "20%",
            "20",
            "101%-of-purchased",
            "-1%-of-purchased",
            "20%-of-seats",
            "20%purchased",
        ] {
            assert!(fair_use(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_value_belongs_to_an_error_that_there_is() {
        let value = |text: &str| of_error(text).map(|parsed| (parsed.error, parsed.value));
        assert_eq!(
            value("Main-App-Token=High = 1"),
            Ok(("main-app-token".to_owned(), Some("High = 1".to_owned())))
        );
        assert_eq!(value("backup-error="), Ok(("backup-error".to_owned(), None)));
        assert!(value("main-app-token").is_err());
        assert!(value("other=High").unwrap_err().contains("device-token"));
    }
}
