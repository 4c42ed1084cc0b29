//! Every argument, and no logic.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::{ArgValueCandidates, Shell};

use crate::{
    backup::SeatMetric,
    complete,
    profile::{SecretStoreKind, profile_name},
    ui::{Color, Format},
};

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
        4 some items failed, the rest were done · 5 changes pending · 75 try again later"
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
    /// The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]
    #[arg(short, long, global = true, value_name = "NAME", value_parser = profile_name, add = ArgValueCandidates::new(complete::profiles))]
    pub profile: Option<String>,
    /// What to print data as (csv for lists)
    #[arg(
        short,
        long,
        global = true,
        value_name = "FORMAT",
        value_enum,
        default_value_t
    )]
    pub output: Format,
    /// Answer yes to every question whether to go on
    #[arg(short, long, global = true)]
    pub yes: bool,
    /// Never ask; a missing value is an error that names its flag (implied without a terminal)
    #[arg(long, global = true)]
    pub non_interactive: bool,
    /// Print no notes and no progress
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// When to use colour (auto: on a terminal, unless NO_COLOR is set)
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    pub color: Color,
    /// Seconds that a request may wait for a rate limit [env: HALOLINK_PATIENCE] [default: 600]
    #[arg(long, global = true, value_name = "SECONDS")]
    pub patience: Option<u64>,
    /// Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo's limit is 300, shared with
    /// other tools [env: HALOLINK_REQUEST_LIMIT] [default: 290]
    #[arg(long, global = true, value_name = "N")]
    pub request_limit: Option<usize>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Verify and store the credentials of both services
    Connect(Connect),
    /// Set seat sync, seat metric, ticket type, SLA and priority
    Configure(Configure),
    /// Tie a backed-up organization to a Halo customer and license
    MapOrg(MapOrg),
    /// End mappings; touches nothing in Halo
    Unlink(Unlink),
    /// Delete the secrets and the connection
    Revoke(Revoke),
    /// Make the licenses' quantities follow the seats
    SyncSeats(SyncSeats),
    /// Open a service ticket for a backup error
    OpenTicket(OpenTicket),
    /// List records of either service, or mappings
    List(List),
    /// Show the connection, the configuration, mappings and the last sync
    Status(Status),
    /// Show past runs that wrote quantities, or one organization's seats over time
    History(History),
    /// Print the completion script for a shell
    Completions(Completions),
    /// Serve both services on this machine with made-up data, or take the tour
    #[cfg(feature = "sandbox")]
    Sandbox(Sandbox),
}

/// `connect`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink connect\n  \
    HALOLINK_CLIENT_SECRET=… HALOLINK_RESELLER_TOKEN=… HALOLINK_ACCESS_TOKEN=… \\\n    \
    halolink connect --site-url acme.halopsa.com --client-id 1f2e… --backup-url us\n\n\
    Secrets come from the environment (HALOLINK_CLIENT_SECRET, HALOLINK_RESELLER_TOKEN,\n\
    HALOLINK_ACCESS_TOKEN), from files (the same names with _FILE, or the flags below), or are asked for.\n\
    HALOLINK_SITE_URL, HALOLINK_CLIENT_ID, HALOLINK_TENANT and HALOLINK_BACKUP_URL stand for their flags.")]
pub struct Connect {
    /// The Halo site, e.g. acme.halopsa.com (Configuration > Integrations > HaloPSA API)
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub site_url: Option<String>,
    /// The client id of the application in Halo
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// The tenant, where the site does not tell it itself
    #[arg(long)]
    pub tenant: Option<String>,
    /// File with the client secret; - reads it from standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub client_secret_file: Option<PathBuf>,
    /// The SaaS Backup API: a URL, or us, uk or na
    #[arg(long, value_name = "URL", conflicts_with = "no_backup")]
    pub backup_url: Option<String>,
    /// File with the reseller token; - reads it from standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "no_backup")]
    pub reseller_token_file: Option<PathBuf>,
    /// File with the access token (the portal's Authentication Token); - reads it from standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "no_backup")]
    pub access_token_file: Option<PathBuf>,
    /// Connect to Halo only, for a partner without SaaS Backup API access
    #[arg(long)]
    pub no_backup: bool,
    /// Where to keep the secrets
    #[arg(long, value_name = "STORE", value_enum, default_value_t)]
    pub secret_store: SecretStoreKind,
    /// Take up the state that is there, or a new one, in place of the profile's own that is missing
    #[arg(long)]
    pub adopt_state: bool,
    /// The host, other than the site's, that Halo may name to get tokens from, e.g. login.example.com
    #[arg(long, value_name = "HOST[:PORT]")]
    pub auth_host: Option<String>,
    /// Check everything and store nothing
    #[arg(long)]
    pub dry_run: bool,
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
    /// Whether sync-seats may write
    #[arg(long, value_name = "on|off", value_enum)]
    pub sync_seats: Option<Switch>,
    /// Which seat number is billed
    #[arg(long, value_name = "METRIC", value_enum)]
    pub seat_metric: Option<SeatMetric>,
    /// The type of tickets, by name or id
    #[arg(long, value_name = "TYPE", add = ArgValueCandidates::new(complete::ticket_types))]
    pub ticket_type: Option<String>,
    /// The SLA of tickets, by name or id
    #[arg(long, add = ArgValueCandidates::new(complete::slas))]
    pub sla: Option<String>,
    /// The priority of tickets, by name or id: one of the SLA's
    #[arg(long, add = ArgValueCandidates::new(complete::priorities))]
    pub priority: Option<String>,
    /// The outcome that notes on tickets are filed as, by name or id: one of the ticket type's workflow
    #[arg(long, value_name = "OUTCOME", add = ArgValueCandidates::new(complete::outcomes))]
    pub note_outcome: Option<String>,
    /// Show the configuration and change nothing
    #[arg(long, conflicts_with_all = ["sync_seats", "seat_metric", "ticket_type", "sla", "priority", "note_outcome", "reset"])]
    pub show: bool,
    /// Clear the configuration, and nothing else; seat sync that was off stays off, and where other seats
    /// than the used ones were billed it waits for --seat-metric
    #[arg(long, conflicts_with_all = ["sync_seats", "seat_metric", "ticket_type", "sla", "priority", "note_outcome"])]
    pub reset: bool,
    /// Show what would change and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What becomes of the license that an organization leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OldLicense {
    /// Its quantity is set to 0, unless another organization is mapped to it
    #[value(name = "0")]
    Zero,
    /// It keeps its quantity, and bills on
    Keep,
}

/// `map-org`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink map-org\n  \
    halolink map-org 1788161-14 --customer \"Contoso Ltd\" --license \"SaaS Backup\"\n  \
    halolink map-org Contoso --customer 42 --create-license \"NinjaOne SaaS Backup\" --yes\n  \
    halolink map-org Contoso --customer 42 --license 19 --old-license 0 --yes\n  \
    halolink map-org --from mappings.csv --yes\n\n\
    What bills (a new license), maps anew or looks wrong (names far apart, another product's license,\n\
    a license that is another organization's already) is asked first; without a terminal it takes --yes.\n\
    Names resolve by id, else exact name without regard to case, else unique prefix.")]
pub struct MapOrg {
    /// The organization: its id, its number or its name
    #[arg(value_name = "ORG", add = ArgValueCandidates::new(complete::organizations))]
    pub organization: Option<String>,
    /// The Halo customer, by name or id
    #[arg(long, value_name = "CUSTOMER", add = ArgValueCandidates::new(complete::customers))]
    pub customer: Option<String>,
    /// That customer's license, by name or id
    #[arg(
        long,
        visible_alias = "licence",
        value_name = "LICENSE",
        conflicts_with = "create_license", add = ArgValueCandidates::new(complete::licenses))]
    pub license: Option<String>,
    /// Create a license of that name for the customer, which bills; the one that is there is taken
    #[arg(long, visible_alias = "create-licence", value_name = "NAME")]
    pub create_license: Option<String>,
    /// Map every row of a CSV file with the columns organization,customer,license
    #[arg(long, value_name = "FILE.csv", value_hint = ValueHint::FilePath,
          conflicts_with_all = ["organization", "customer", "license", "create_license"])]
    pub from: Option<PathBuf>,
    /// What becomes of the license that an organization leaves when it is mapped anew: it is asked, and kept
    /// where nobody is there to be asked
    #[arg(long, visible_alias = "old-licence", value_name = "0|keep", value_enum)]
    pub old_license: Option<OldLicense>,
    /// Show what would change and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `unlink`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  halolink unlink \"Contoso Ltd\"")]
pub struct Unlink {
    /// The organizations: ids, numbers or names
    #[arg(value_name = "ORG", required_unless_present = "all", conflicts_with = "all", add = ArgValueCandidates::new(complete::mapped_organizations))]
    pub organizations: Vec<String>,
    /// End every mapping of the profile
    #[arg(long)]
    pub all: bool,
    /// Show what would change and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `revoke`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  halolink revoke\n\n\
    Configuration and mappings stay for a later connect, unless --purge.")]
pub struct Revoke {
    /// Delete the configuration, the mappings and the ledger too
    #[arg(long)]
    pub purge: bool,
    /// Show what would be deleted and delete nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `sync-seats`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink sync-seats --dry-run\n  \
    halolink sync-seats --yes\n  \
    halolink sync-seats Contoso --seats-file organizations.csv\n\n\
    Without --yes a person is asked before anything is written.\n\n\
    Held back until a person agrees or a script says --force:\n  \
    - a change since the last sync of more than --max-change percent and more than --min-change seats,\n    \
      and a fall to 0 whatever its size; from 0 every rise is more than any percentage\n  \
    - a first sync that falls to 0, or by over half and more than --min-change seats, or rises to more than\n    \
      ten times and by more than 100 seats; not a rise from 0, nor on a license that map-org created.\n    \
      Naming the organization lets its first sync through, too\n\
    Organizations that share a license are judged one by one.\n\
    If 3 or more licenses, and more than --max-held-back percent of those whose quantity is known, would be\n\
    held back, nothing is written; of first syncs, 3 or more and more than half. What cannot be written for a\n\
    reason of its own (vanished, gone, moved, inactive, mapped in two profiles) stops nothing else.")]
pub struct SyncSeats {
    /// Only the licenses of these organizations: ids, numbers or names
    #[arg(value_name = "ORG", add = ArgValueCandidates::new(complete::mapped_organizations))]
    pub organizations: Vec<String>,
    /// Show the plan and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// With --dry-run: exit with 5 if anything would change
    #[arg(long, requires = "dry_run")]
    pub exit_code: bool,
    /// Take the seats from a CSV file: the portal's export, or organization,seats
    #[arg(long, value_name = "FILE.csv", value_hint = ValueHint::FilePath)]
    pub seats_file: Option<PathBuf>,
    /// Delay back what changed since the last sync by more than this and by more than --min-change, and what
    /// falls to 0
    #[arg(long, value_name = "PERCENT", default_value_t = 50)]
    pub max_change: u32,
    /// Let changes of up to this many seats through whatever their percentage, except a fall to 0
    #[arg(long, value_name = "SEATS", default_value_t = 5)]
    pub min_change: u32,
    /// Stop before any write if more than this share would be held back (of first syncs: more than half)
    #[arg(long, value_name = "PERCENT", default_value_t = 20)]
    pub max_held_back: u32,
    /// Write what is held back for its change, and do not ask
    #[arg(long)]
    pub force: bool,
    /// Seconds to wait for another sync-seats of this profile to end
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub wait: u64,
}

/// `open-ticket`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink open-ticket Contoso --error main-app-token\n  \
    halolink open-ticket Contoso --error email-backup-failed --account anna@contoso.com\n  \
    halolink open-ticket Contoso --summary \"Restore test failed\" --details \"See the log of May 3\"\n\n\
    The same open error, or the same summary, is not opened twice for an organization.")]
pub struct OpenTicket {
    /// The organization: its id, its number or its name
    #[arg(value_name = "ORG", add = ArgValueCandidates::new(complete::mapped_organizations))]
    pub organization: Option<String>,
    /// A documented backup error
    #[arg(long, value_name = "SLUG", conflicts_with = "summary",
          value_parser = clap::builder::PossibleValuesParser::new(crate::plan::tickets::slugs()))]
    pub error: Option<String>,
    /// One line that says what is wrong, in your words
    #[arg(long)]
    pub summary: Option<String>,
    /// More about it
    #[arg(long)]
    pub details: Option<String>,
    /// The account that it concerns
    #[arg(long, value_name = "EMAIL", value_hint = ValueHint::EmailAddress)]
    pub account: Option<String>,
    /// Open a ticket even if the same one is open
    #[arg(long)]
    pub new: bool,
    /// The type, instead of the configured one
    #[arg(long, value_name = "TYPE", add = ArgValueCandidates::new(complete::ticket_types))]
    pub ticket_type: Option<String>,
    /// The SLA, instead of the configured one
    #[arg(long, add = ArgValueCandidates::new(complete::slas))]
    pub sla: Option<String>,
    /// The priority, instead of the configured one
    #[arg(long, add = ArgValueCandidates::new(complete::priorities))]
    pub priority: Option<String>,
    /// Show what would be opened and open nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Backed-up organizations with all their seat numbers
    Organizations,
    /// Halo's customers
    Customers,
    /// Halo's licenses
    #[value(alias = "licences")]
    Licenses,
    /// Which organization is which customer and license
    Mappings,
    /// Halo's ticket types
    TicketTypes,
    /// Halo's SLAs
    Slas,
    /// Halo's priorities, of every SLA
    Priorities,
    /// Halo's outcomes
    Outcomes,
    /// Backup errors found inside the mapped organizations
    Errors,
}

/// `list`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink list organizations --unmapped\n  \
    halolink list licenses --customer \"Contoso Ltd\" -o csv")]
pub struct List {
    /// What to list
    #[arg(value_enum)]
    pub kind: Kind,
    /// Only what has this text in its name or id
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// Only what is not mapped (organizations, customers, licenses, errors)
    #[arg(long)]
    pub unmapped: bool,
    /// Keep the names that are read for tab completion; with mappings, read the names in them anew
    #[arg(long)]
    pub refresh: bool,
    /// Only of this customer, by name or id (organizations, licenses, mappings, errors)
    #[arg(long, value_name = "CUSTOMER", add = ArgValueCandidates::new(complete::customers))]
    pub customer: Option<String>,
}

/// `status`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  halolink status -o json")]
pub struct Status {}

/// `history`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink history --since 30d\n  \
    halolink history \"Contoso Ltd\" -o csv")]
pub struct History {
    /// Show this organization's seats over time
    #[arg(value_name = "ORG", add = ArgValueCandidates::new(complete::mapped_organizations))]
    pub organization: Option<String>,
    /// Only since then: a date (2026-01-31), a time (RFC 3339), or a span such as 30d or 12h
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
}

/// `completions`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  halolink completions bash > ~/.local/share/bash-completion/completions/halolink"
)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// `sandbox`.
#[cfg(feature = "sandbox")]
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink sandbox --tour\n  \
    halolink sandbox --organizations 200 --fault token-dies --fault pages-capped")]
pub struct Sandbox {
    /// Run the whole job against a sandbox of its own and leave nothing behind
    #[arg(long, conflicts_with_all = ["halo_port", "backup_port"])]
    pub tour: bool,
    /// How many organizations to make up, a million at most
    #[arg(long, value_name = "N", default_value_t = 36,
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(..=1_000_000))]
    pub organizations: usize,
    /// Another seed makes up other data
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Milliseconds that every answer takes
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency: u64,
    /// Halo requests allowed in 5 minutes
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub rate_limit: u32,
    /// A fault to switch on; repeatable, see the list below
    #[arg(long, value_name = "NAME",
          value_parser = clap::builder::PossibleValuesParser::new(fault_names()))]
    pub fault: Vec<String>,
    /// The port for Halo (0: any)
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub halo_port: u16,
    /// The port for SaaS Backup (0: any)
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub backup_port: u16,
}

#[cfg(feature = "sandbox")]
fn fault_names() -> Vec<clap::builder::PossibleValue> {
    crate::sandbox::Fault::ALL
        .iter()
        .map(|fault| clap::builder::PossibleValue::new(fault.name()).help(fault.describe()))
        .collect()
}
