//! The ticket to be opened, from the arguments and the configuration.

use std::collections::BTreeSet;

use crate::{
    cli,
    commands::{posting::Wanted, ticket_options},
    halo::Halo,
    model::{Configuration, Mapping, NewTicket},
    plan::{
        backup_errors::by_slug,
        tickets::{Content, details_html, summary},
    },
    store::TicketKey,
};

/// Builds the ticket: its text, and the type, SLA and priority from the flags or else the configuration.
///
/// # Errors
/// Exit code 2 for a name that matches nothing, or a priority of another SLA.
pub(super) async fn wanted(
    halo: &Halo,
    arguments: &cli::OpenTicket,
    mapping: &Mapping,
    mut configuration: Configuration,
) -> anyhow::Result<Wanted> {
    if let Some(text) = &arguments.ticket_type {
        configuration.ticket_type = Some(ticket_options::ticket_type(halo, text).await?);
    }
    if let Some(text) = &arguments.sla {
        configuration.set_sla(ticket_options::sla(halo, text).await?);
    }
    if let Some(text) = &arguments.priority {
        let sla = configuration.sla.as_ref();
        configuration.priority = Some(ticket_options::priority(halo, sla, text).await?);
    }
    let content = Content {
        organization: &mapping.organization.name,
        organization_id: &mapping.organization.id,
        error: arguments.error.as_deref().and_then(by_slug).map(Into::into),
        summary: arguments.summary.as_deref(),
        details: arguments.details.as_deref(),
        account: arguments.account.as_deref().map(str::trim),
        affected: &[],
        replaces: None,
    };
    let ticket = NewTicket {
        customer: mapping.customer.id,
        summary: summary(&content),
        details_html: details_html(&content),
        ticket_type: configuration.ticket_type.map(|reference| reference.id),
        sla: configuration.sla.map(|reference| reference.id),
        priority: configuration.priority.map(|reference| reference.id),
        fields: configuration.tickets.fields,
    };
    Ok(Wanted {
        key: TicketKey {
            customer: mapping.customer.id,
            organization: mapping.organization.id.clone(),
            error: arguments.error.clone().unwrap_or_default(),
            account: content.account.unwrap_or_default().to_owned(),
            summary: ticket.summary.clone(),
        },
        accounts: BTreeSet::new(),
        ticket,
    })
}
