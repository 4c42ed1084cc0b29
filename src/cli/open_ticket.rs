//! The arguments of `open-ticket`.

use clap::{Args, ValueHint, builder::PossibleValuesParser};
use clap_complete::ArgValueCompleter;

use crate::{complete, plan::backup_errors::slugs};

/// `open-ticket`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    halolink open-ticket Contoso --error main-app-token\n  \
    halolink open-ticket Contoso --error email-backup-failed --account anna@contoso.com\n  \
    halolink open-ticket Contoso --error backup-error --summary \"Quota reached\"\n  \
    halolink open-ticket Contoso --summary \"Restore test failed\" --details \"See the log of May 3\"\n\n\
    The same open error, or the same summary, is not opened twice for an organization and the same accounts. An error of\n\
    the whole organization is one, whichever accounts are named.")]
pub struct OpenTicket {
    /// The organization: its id, its number or its name
    #[arg(value_name = "ORG", add = ArgValueCompleter::new(complete::mapped_organizations))]
    pub organization: Option<String>,
    /// A backup error, as list errors prints it; backup-error needs a --summary
    #[arg(long, value_name = "SLUG", value_parser = PossibleValuesParser::new(slugs()))]
    pub error: Option<String>,
    /// One line that says what is wrong, in your words
    #[arg(long)]
    pub summary: Option<String>,
    /// Further details
    #[arg(long)]
    pub details: Option<String>,
    /// An account that the error is about; can be repeated
    #[arg(long, value_name = "EMAIL", value_hint = ValueHint::EmailAddress)]
    pub account: Vec<String>,
    /// Open another ticket even if the same one is open
    #[arg(long)]
    pub new: bool,
    /// The ticket type, instead of the configured one
    #[arg(long, value_name = "TYPE", add = ArgValueCompleter::new(complete::ticket_types))]
    pub ticket_type: Option<String>,
    /// The SLA, instead of the configured one
    #[arg(long, add = ArgValueCompleter::new(complete::slas))]
    pub sla: Option<String>,
    /// The priority, instead of the configured one
    #[arg(long, add = ArgValueCompleter::new(complete::priorities))]
    pub priority: Option<String>,
    /// Show the ticket that would be opened, without opening it
    #[arg(long)]
    pub dry_run: bool,
}
