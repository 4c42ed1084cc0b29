//! All arguments, and no logic: the global options here, and one file for each command in `cli/`.

mod completions;
mod configure;
mod connect;
mod explain;
mod history;
mod ignore;
mod list;
mod map_org;
mod open_ticket;
mod reconcile;
mod revoke;
mod rule;
#[cfg(feature = "sandbox")]
mod sandbox;
mod status;
mod sync_seats;
mod sync_tickets;
mod undo;
mod unlink;

use clap::{ArgAction, Args, Parser, Subcommand};
use clap_complete::ArgValueCompleter;

use crate::{
    complete,
    http::{PATIENCE, REQUEST_LIMIT},
    profile::{DEFAULT_PROFILE, profile_name},
    text::clean,
    ui::{Color, Format},
};

pub use completions::Completions;
pub use configure::{Configure, FairUseOrOff, Field, OfError, OrOff, Switch, ZoneOrSystem};
pub use connect::Connect;
pub use explain::Explain;
pub use history::History;
pub use ignore::Ignore;
pub use list::{Kind, List};
pub use map_org::{MapOrg, OldLicense};
pub use open_ticket::OpenTicket;
pub use reconcile::Reconcile;
pub use revoke::Revoke;
pub use rule::{OwnMetric, Rule, day};
#[cfg(feature = "sandbox")]
pub use sandbox::Sandbox;
pub use status::Status;
pub use sync_seats::SyncSeats;
pub use sync_tickets::SyncTickets;
pub use undo::Undo;
pub use unlink::Unlink;

/// What people note with a run: one line.
fn note(text: &str) -> Result<String, String> {
    match clean(text) {
        note if note.is_empty() => Err("the note is empty".to_owned()),
        note => Ok(note),
    }
}

/// Administer the link between NinjaOne SaaS Backup (Dropsuite) and HaloPSA
#[derive(Debug, Parser)]
#[command(
    name = "halolink",
    version,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Start with: halolink connect\n\
        To try it without touching anything real: halolink sandbox --tour\n\n\
        Exit codes: 0 done · 1 failed · 2 usage · 3 not connected, refused or not permitted ·\n\
        4 some items failed, the rest were done · 5 changes pending or found · 75 try again later"
)]
pub struct Cli {
    /// Options of every command
    #[command(flatten)]
    pub global: Global,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// The named connection to use, with its configuration and mappings
    #[arg(short, long, global = true, value_name = "NAME", env = "HALOLINK_PROFILE", hide_env_values = true,
          default_value = DEFAULT_PROFILE, value_parser = profile_name, add = ArgValueCompleter::new(complete::profiles))]
    pub profile: String,
    /// How to print data (csv for lists)
    #[arg(
        short,
        long,
        global = true,
        value_name = "FORMAT",
        value_enum,
        default_value_t
    )]
    pub output: Format,
    /// Answer yes to every question that asks to go on
    #[arg(short, long, global = true)]
    pub yes: bool,
    /// Never ask; a missing value is an error that names its flag (implied without a terminal)
    #[arg(long, global = true)]
    pub non_interactive: bool,
    /// Print neither notes nor progress
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// When to use color (auto: on a terminal, unless NO_COLOR is set)
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    pub color: Color,
    /// How many seconds a request may wait for a rate limit
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        env = "HALOLINK_PATIENCE",
        hide_env_values = true,
        default_value_t = PATIENCE
    )]
    pub patience: u64,
    /// Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together
    #[arg(
        long,
        global = true,
        value_name = "N",
        env = "HALOLINK_REQUEST_LIMIT",
        hide_env_values = true,
        default_value_t = REQUEST_LIMIT
    )]
    pub request_limit: usize,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check and store the credentials of both services
    Connect(Connect),
    /// Set which seats are billed, how tickets are filed, and what becomes of them
    Configure(Configure),
    /// Map a backed-up organization to a Halo customer and license
    MapOrg(MapOrg),
    /// End mappings, without changing anything in Halo
    Unlink(Unlink),
    /// Mark organizations that are deliberately not billed through halolink
    Ignore(Ignore),
    /// Delete the secrets and the connection
    Revoke(Revoke),
    /// Update the licenses' quantities to match the seats
    SyncSeats(SyncSeats),
    /// Compare what is used with what is billed, and name every way in which the two part
    Reconcile(Reconcile),
    /// Put back the quantities that a run changed, where Halo still shows them
    Undo(Undo),
    /// Open a service ticket for a backup error
    OpenTicket(OpenTicket),
    /// Open, update and close the tickets of backup errors
    SyncTickets(SyncTickets),
    /// Explain a backup error: what it means, what to check, who must act
    Explain(Explain),
    /// List records of either service, or the mappings
    List(List),
    /// Show the connection, the configuration, the mappings and the last sync
    Status(Status),
    /// Show past runs that wrote quantities, or one organization's seats over time
    History(History),
    /// Print the completion script for a shell
    Completions(Completions),
    /// Emulate both services on this machine with made-up data, or take the tour
    #[cfg(feature = "sandbox")]
    Sandbox(Sandbox),
}
