//! `open-ticket`: opens a service ticket for a backup error, and never the same one twice.

mod post;

use std::time::Duration;

use serde::Serialize;

use super::{configure, naming, report};
use crate::{
    cli,
    context::Context,
    failure::{Completion, Failure},
    halo::Halo,
    model::{Configuration, Mapping, NewTicket, Reference},
    plan::{
        backup_errors::{ERRORS, Scope, UNDOCUMENTED, by_slug},
        tickets::{Content, details_html, summary},
    },
    store::TicketKey,
};
use post::{Found, Wanted};

/// How long to wait for another process that opens a ticket.
const WAIT: Duration = Duration::from_secs(120);

#[derive(Serialize)]
struct Change {
    organization: Reference<String>,
    error: String,
    account: Option<String>,
    status: &'static str,
    ticket: Option<TicketView>,
    reason: Option<String>,
}

#[derive(Serialize)]
struct TicketView {
    id: i64,
    url: String,
}

#[derive(Default, Serialize)]
struct Summary {
    opened: usize,
    unchanged: usize,
    planned: usize,
}

/// Runs `open-ticket`.
///
/// # Errors
/// Exit code 2 for an organization that is not mapped; 75 where it is not known whether the ticket exists.
pub async fn run(context: &Context, mut arguments: cli::OpenTicket) -> anyhow::Result<Completion> {
    context.connection()?;
    let look = context.open_read_only().await?;
    let mappings = look.mappings(&context.profile).await?;
    let configuration = look.configuration(&context.profile).await?;
    let mapping = ask(context, &mut arguments, &mappings).await?;
    check(context, &arguments)?;
    let halo = context.halo().await?;
    let wanted = plan(&halo, &arguments, mapping, &configuration).await?;

    let (status, ticket, reason) = if arguments.dry_run {
        match post::open_already(&halo, &look, &context.profile, &wanted).await? {
            Some(ticket) if !arguments.new => {
                ("unchanged", Some(ticket), Some("it is open already".to_owned()))
            }
            _ => ("planned", None, Some(wanted.ticket.summary.clone())),
        }
    } else {
        let store = context.store().await?;
        // Two processes that look at the same time would both find nothing and both post.
        let _lock = store
            .lock(&context.profile, "open-ticket", WAIT, &context.told())
            .await?;
        let found = post::open(context, &halo, &store, &wanted, arguments.new).await?;
        store.close().await;
        match found {
            Found::Opened(ticket) => ("opened", Some(ticket), None),
            Found::Before(ticket) => ("unchanged", Some(ticket), Some("it is open already".to_owned())),
            Found::Recovered(ticket) => (
                "opened",
                Some(ticket),
                Some("it had been posted before, by a request whose answer was lost".to_owned()),
            ),
        }
    };
    print(context, &halo, &arguments, mapping, status, ticket, reason);
    Ok(Completion::Done)
}

/// Fills in what is missing, where a person is there.
async fn ask<'a>(
    context: &Context,
    arguments: &mut cli::OpenTicket,
    mappings: &'a [Mapping],
) -> anyhow::Result<&'a Mapping> {
    let interactive = context.ui.is_interactive();
    if !interactive && arguments.error.is_none() && arguments.summary.is_none() {
        return Err(context.missing("what is wrong", "--error SLUG or --summary TEXT"));
    }
    let mapping = match &arguments.organization {
        Some(text) => naming::mapping(text, mappings)?,
        None if interactive && !mappings.is_empty() => {
            let items = mappings
                .iter()
                .map(|mapping| format!("{} -> {}", mapping.organization, mapping.customer.name))
                .collect();
            let chosen = context.ui.pick("Organization", items).await?;
            &mappings[chosen]
        }
        None => return Err(context.missing("the organization", "ORG")),
    };
    if arguments.error.is_none() && arguments.summary.is_none() {
        let mut items: Vec<String> = ERRORS
            .iter()
            .map(|error| format!("{}: {}", error.slug, error.description))
            .collect();
        items.push("something else, in your words".to_owned());
        let chosen = context.ui.pick("What is wrong", items).await?;
        match ERRORS.get(chosen) {
            Some(error) => arguments.error = Some(error.slug.to_owned()),
            None => {
                arguments.summary = Some(
                    context
                        .ui
                        .input("Summary", None, |text| {
                            if text.trim().is_empty() {
                                Err("it is empty".to_owned())
                            } else {
                                Ok(())
                            }
                        })
                        .await?,
                );
            }
        }
    }
    Ok(mapping)
}

fn check(context: &Context, arguments: &cli::OpenTicket) -> anyhow::Result<()> {
    let is_blank = |text: &Option<String>| text.as_ref().is_some_and(|text| text.trim().is_empty());
    if is_blank(&arguments.summary) {
        return Err(Failure::usage("the summary is empty").into());
    }
    if is_blank(&arguments.account) {
        return Err(Failure::usage("the account is empty").into());
    }
    let about_account = arguments
        .error
        .as_deref()
        .and_then(by_slug)
        .is_some_and(|error| error.scope == Scope::Account);
    if about_account && arguments.account.is_none() {
        context
            .ui
            .note("This error is about one account: --account EMAIL would say which");
    }
    Ok(())
}

/// What the ticket is to be: its text, and the configured type, SLA and priority or those of the flags.
async fn plan(
    halo: &Halo,
    arguments: &cli::OpenTicket,
    mapping: &Mapping,
    configuration: &Configuration,
) -> anyhow::Result<Wanted> {
    let mut ticket_type = configuration.ticket_type.clone();
    let mut sla = configuration.sla.clone();
    let mut priority = configuration.priority.clone();
    if let Some(text) = &arguments.ticket_type {
        let types = halo.ticket_types().await?;
        let found = naming::find("ticket type", text, &types)?;
        ticket_type = Some(Reference::new(found.id, &found.name));
    }
    if let Some(text) = &arguments.sla {
        let slas = halo.slas().await?;
        let found = naming::find("SLA", text, &slas)?;
        if sla.as_ref().is_none_or(|sla| sla.id != found.id) {
            // The configured priority is the configured SLA's.
            priority = None;
        }
        sla = Some(Reference::new(found.id, &found.name));
    }
    if let Some(text) = &arguments.priority {
        priority = Some(configure::priority(halo, sla.as_ref(), text).await?);
    }
    let content = Content {
        organization: &mapping.organization.name,
        organization_id: &mapping.organization.id,
        error: arguments.error.as_deref().and_then(by_slug),
        summary: arguments.summary.as_deref(),
        details: arguments.details.as_deref(),
        account: arguments.account.as_deref().map(str::trim),
    };
    let ticket = NewTicket {
        customer: mapping.customer.id,
        summary: summary(&content),
        details_html: details_html(&content),
        ticket_type: ticket_type.map(|reference| reference.id),
        sla: sla.map(|reference| reference.id),
        priority: priority.map(|reference| reference.id),
    };
    Ok(Wanted {
        key: TicketKey {
            customer: mapping.customer.id,
            organization: mapping.organization.id.clone(),
            error: arguments.error.clone().unwrap_or_default(),
            account: content.account.unwrap_or_default().to_owned(),
            summary: ticket.summary.clone(),
        },
        ticket,
    })
}

fn print(
    context: &Context,
    halo: &Halo,
    arguments: &cli::OpenTicket,
    mapping: &Mapping,
    status: &'static str,
    ticket: Option<i64>,
    reason: Option<String>,
) {
    let mut summary = Summary::default();
    *match status {
        "opened" => &mut summary.opened,
        "planned" => &mut summary.planned,
        _ => &mut summary.unchanged,
    } += 1;
    let change = Change {
        organization: mapping.organization.clone(),
        error: arguments.error.clone().unwrap_or_else(|| UNDOCUMENTED.to_owned()),
        account: arguments.account.clone(),
        status,
        ticket: ticket.map(|id| TicketView {
            id,
            url: halo.ticket_url(id),
        }),
        reason: reason.clone(),
    };
    if report::print(context, "open-ticket", arguments.dry_run, vec![change], summary) {
        return;
    }
    let reason = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
    let customer = &mapping.customer.name;
    match ticket {
        Some(id) => {
            let word = if status == "opened" {
                "Opened"
            } else {
                "Unchanged:"
            };
            context
                .ui
                .data(&format!("{word} ticket {id} for {customer}{reason}"));
            context.ui.data(&halo.ticket_url(id));
        }
        None => context
            .ui
            .data(&format!("Would open a ticket for {customer}{reason}")),
    }
}
