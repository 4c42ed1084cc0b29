//! The arguments of `configure`.

use clap::{Args, ValueEnum, builder::PossibleValue};
use clap_complete::ArgValueCompleter;

use crate::{complete, model::SeatMetric};

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

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On
    On,
    /// Off
    Off,
}

/// `configure`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    halolink configure --seat-metric used --ticket-type Incident --sla Gold --priority \"Critical 1h\"")]
pub struct Configure {
    /// Switch seat sync on or off; off, sync-seats writes nothing
    #[arg(long, value_name = "on|off", value_enum)]
    pub sync_seats: Option<Switch>,
    /// The seat number that is billed
    #[arg(long, value_name = "METRIC", value_enum)]
    pub seat_metric: Option<SeatMetric>,
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
    /// Show the configuration without changing it
    #[arg(long, conflicts_with_all = ["sync_seats", "seat_metric", "ticket_type", "sla", "priority", "note_outcome", "reset"])]
    pub show: bool,
    /// Clear the configuration and nothing else. Seat sync that was off stays off; if other seats than the used ones
    /// were billed, it waits for --seat-metric
    #[arg(long, conflicts_with_all = ["sync_seats", "seat_metric", "ticket_type", "sla", "priority", "note_outcome"])]
    pub reset: bool,
    /// Show what would change, without changing it
    #[arg(long)]
    pub dry_run: bool,
}
