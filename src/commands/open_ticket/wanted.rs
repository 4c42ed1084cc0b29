//! The ticket to be opened, from the arguments and the configuration.

use std::collections::HashSet;

use serde::Serialize;

use crate::{
    cli,
    commands::{posting::Wanted, ticket_options},
    halo::Halo,
    model::{Configuration, ErrorOptions, Mapping, NewTicket, Reference},
    plan::{
        backup_errors::{Scope, UNDOCUMENTED, by_slug},
        tickets::{Content, details_html, error_text, readable, summary},
    },
    store::TicketKey,
};

/// A ticket as it will be, for people and scripts to look at.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Preview {
    pub summary: String,
    pub ticket_type: Option<Reference>,
    pub sla: Option<Reference>,
    pub priority: Option<Reference>,
    /// The text without markup.
    pub text: String,
}

impl Preview {
    /// Lines in which a person sees the ticket.
    pub(super) fn lines(&self) -> Vec<String> {
        let named = |reference: &Option<Reference>| {
            reference
                .as_ref()
                .map_or_else(|| "Halo's default".to_owned(), ToString::to_string)
        };
        let mut lines = vec![
            format!("Type: {}", named(&self.ticket_type)),
            format!("SLA: {}", named(&self.sla)),
            format!("Priority: {}", named(&self.priority)),
            format!("Summary: {}", self.summary),
            "Text:".to_owned(),
        ];
        let text = self.text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.extend(text.map(ToOwned::to_owned));
        lines
    }
}

/// The accounts that were given, each once, in order.
pub(super) fn accounts(arguments: &cli::OpenTicket) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut accounts: Vec<String> = arguments
        .account
        .iter()
        .map(|account| account.trim().to_owned())
        .filter(|account| seen.insert(account.to_lowercase()))
        .collect();
    accounts.sort_by_key(|account| account.to_lowercase());
    accounts
}

/// Builds the ticket: its text, and the type, SLA and priority from the flags or else the configuration.
///
/// # Errors
/// Exit code 2 for a name that matches nothing, or a priority of another SLA.
pub(super) async fn wanted(
    halo: &Halo,
    arguments: &cli::OpenTicket,
    mapping: &Mapping,
    configuration: &Configuration,
) -> anyhow::Result<(Wanted, Preview)> {
    let error = arguments.error.as_deref().filter(|error| *error != UNDOCUMENTED);
    let options = options(halo, arguments, configuration).await?;
    let accounts = accounts(arguments).join(", ");
    // An error of the whole organization is the same error, whoever noticed it.
    let of_organization = error
        .and_then(by_slug)
        .is_some_and(|error| error.scope == Scope::Organization);
    let (accounts, noticed) = if of_organization {
        (String::new(), accounts)
    } else {
        (accounts, String::new())
    };
    let details = [arguments.details.as_deref().unwrap_or_default(), &noticed]
        .into_iter()
        .filter(|text| !text.trim().is_empty())
        .collect::<Vec<_>>()
        .join("\n");
    let content = Content {
        organization: &mapping.organization.name,
        organization_id: &mapping.organization.id,
        error: error.map(|error| error_text(error, &[])),
        summary: arguments.summary.as_deref(),
        details: Some(details.as_str()),
        account: Some(accounts.as_str()).filter(|accounts| !accounts.is_empty()),
        affected: &[],
        replaces: None,
    };
    let preview = Preview {
        summary: summary(&content),
        ticket_type: options.ticket_type,
        sla: options.sla,
        priority: options.priority,
        text: readable(&details_html(&content)),
    };
    let id = |reference: &Option<Reference>| reference.as_ref().map(|reference| reference.id);
    let ticket = NewTicket {
        customer: mapping.customer.id,
        summary: preview.summary.clone(),
        details_html: details_html(&content),
        ticket_type: id(&preview.ticket_type),
        sla: id(&preview.sla),
        priority: id(&preview.priority),
        fields: configuration.tickets.fields.clone(),
    };
    let wanted = Wanted {
        key: TicketKey {
            customer: mapping.customer.id,
            organization: mapping.organization.id.clone(),
            error: error.unwrap_or_default().to_owned(),
            account: accounts,
            summary: ticket.summary.clone(),
        },
        accounts: None,
        ticket,
    };
    Ok((wanted, preview))
}

/// The type, SLA and priority: those of the flags, or else those that are configured for the error.
async fn options(
    halo: &Halo,
    arguments: &cli::OpenTicket,
    configuration: &Configuration,
) -> anyhow::Result<ErrorOptions> {
    let error = arguments.error.as_deref().unwrap_or(UNDOCUMENTED);
    let configured = configuration.options_for(error);
    let mut chosen = Configuration {
        ticket_type: configured.ticket_type,
        sla: configured.sla,
        priority: configured.priority,
        ..Configuration::default()
    };
    if let Some(text) = &arguments.ticket_type {
        chosen.ticket_type = Some(ticket_options::ticket_type(halo, text).await?);
    }
    if let Some(text) = &arguments.sla {
        chosen.set_sla(ticket_options::sla(halo, text).await?);
    }
    if let Some(text) = &arguments.priority {
        let sla = chosen.sla.as_ref();
        chosen.priority = Some(ticket_options::priority(halo, sla, text).await?);
    }
    Ok(ErrorOptions {
        ticket_type: chosen.ticket_type,
        sla: chosen.sla,
        priority: chosen.priority,
    })
}
