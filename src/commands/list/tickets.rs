//! `list tickets`: those that halolink opened or adopted, and that are open in Halo.

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use serde::Serialize;

use super::{Mappings, Row, print};
use crate::{
    cli,
    commands::sync_tickets::shown,
    context::Context,
    failure::Completion,
    halo,
    model::Reference,
    plan::{ticket_life::Shown, tickets::FINGERPRINT},
    store::{NameKind, RecordedTicket},
    text::span,
    ui::Align,
};

/// Tickets that are read at the same time.
const AT_ONCE: usize = 4;

#[derive(Serialize)]
struct TicketRow {
    ticket: Link,
    /// None for a test ticket.
    organization: Option<Reference<String>>,
    customer: Reference,
    /// None for a ticket in free words.
    error: Option<String>,
    summary: String,
    accounts: Vec<String>,
    opened_at: String,
    /// How long it has been open, in words.
    #[serde(skip)]
    age: String,
}

/// A ticket and where a person can look at it.
#[derive(Serialize)]
struct Link {
    id: i64,
    url: String,
}

impl Row for TicketRow {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("ticket", Align::Right),
        ("organization", Align::Left),
        ("error", Align::Left),
        ("accounts", Align::Right),
        ("open for", Align::Right),
        ("customer", Align::Left),
        ("link", Align::Left),
    ];
    const EXPENDABLE: &'static [&'static str] = &["customer", "link"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.ticket.id.to_string(),
            self.organization
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            self.error.clone().unwrap_or_else(|| self.summary.clone()),
            self.accounts.len().to_string(),
            self.age.clone(),
            self.customer.to_string(),
            self.ticket.url.clone(),
        ]
    }

    fn searched(&self) -> Vec<String> {
        let mut texts = self.cells();
        texts.push(self.summary.clone());
        texts.extend(self.accounts.iter().cloned());
        texts
    }
}

/// Lists the open tickets. Which of those that are remembered are open is one look at Halo's list, and one at each
/// that was open when it was last seen and is not in that list.
pub(super) async fn list(
    context: &Context,
    arguments: &cli::List,
    mappings: &Mappings<'_>,
) -> anyhow::Result<Completion> {
    context.connection()?;
    let customer = match &arguments.customer {
        Some(text) => Some(mappings.customer(context, text).await?),
        None => None,
    };
    let look = context.open_read_only().await?;
    let mut recorded = look.recorded_tickets(&context.profile).await?;
    let names = Names {
        organizations: known(look.names(&context.profile, NameKind::Organization).await?),
        customers: known(look.names(&context.profile, NameKind::Customer).await?),
    };
    look.close().await;
    recorded.retain(|record| customer.is_none_or(|customer| record.customer == customer));
    let (open, unread) = open_in_halo(context, recorded).await?;
    let now = Timestamp::now();
    let site = context.connection()?.site.site_url;
    let rows = open.into_iter().map(|record| TicketRow {
        ticket: Link {
            id: record.ticket,
            url: halo::ticket_url(&site, record.ticket),
        },
        organization: Some(record.organization.as_str())
            .filter(|id| !id.is_empty())
            .map(|id| names.organization(mappings, id)),
        customer: names.customer(mappings, record.customer),
        error: record.error,
        summary: record.summary,
        accounts: record.accounts.into_iter().collect(),
        age: age(&record.opened_at, now),
        opened_at: record.opened_at,
    });
    let completion = print(context, arguments, rows.collect())?;
    Ok(if unread {
        Completion::SomeFailed
    } else {
        completion
    })
}

/// Those that are open in Halo, under the number that they have there now: a ticket may have been merged into
/// another. True if one could not be read; it is taken for open then, as it was when it was last seen.
async fn open_in_halo(
    context: &Context,
    recorded: Vec<RecordedTicket>,
) -> anyhow::Result<(Vec<RecordedTicket>, bool)> {
    if recorded.is_empty() {
        return Ok((recorded, false));
    }
    let halo = context.halo().await?;
    let listed = halo.open_tickets_with(FINGERPRINT).await?;
    let listed: HashSet<i64> = listed.into_iter().map(|ticket| ticket.id).collect();
    let (halo, listed) = (&halo, &listed);
    let mut looks = stream::iter(recorded)
        .filter(|record| std::future::ready(listed.contains(&record.ticket) || !record.closed))
        .map(|record| async move {
            let shown = if listed.contains(&record.ticket) {
                Ok(Some(record.ticket))
            } else {
                shown::read(halo, record.ticket).await.map(|shown| match shown {
                    Shown::Open { ticket, .. } => Some(ticket),
                    _ => None,
                })
            };
            (record, shown)
        })
        .buffered(AT_ONCE);
    let mut open: Vec<RecordedTicket> = Vec::new();
    let mut unread = false;
    while let Some((record, shown)) = looks.next().await {
        let ticket = match shown {
            Ok(None) => continue,
            Ok(Some(ticket)) => ticket,
            Err(error @ (halo::Error::Refused { .. } | halo::Error::NotFound { .. })) => {
                unread = true;
                context
                    .ui
                    .warn(format!("ticket {} could not be read: {error}", record.ticket));
                record.ticket
            }
            Err(error) => return Err(error.into()),
        };
        open.push(RecordedTicket { ticket, ..record });
    }
    Ok((open, unread))
}

/// How long ago a time was, to the minute, or to the hour after a day.
fn age(since: &str, now: Timestamp) -> String {
    let since = since.parse::<Timestamp>().unwrap_or(now);
    let seconds = now.as_second().saturating_sub(since.as_second()).max(0);
    let unit = if seconds < 86_400 { 60 } else { 3_600 };
    match seconds / unit * unit {
        0 => "moments".to_owned(),
        rounded => span(rounded),
    }
}

/// Names that were read before, by id.
struct Names {
    organizations: HashMap<String, String>,
    customers: HashMap<String, String>,
}

fn known(names: Vec<Reference<String>>) -> HashMap<String, String> {
    names.into_iter().map(|named| (named.id, named.name)).collect()
}

impl Names {
    fn organization(&self, mappings: &Mappings<'_>, id: &str) -> Reference<String> {
        match mappings.by_organization.get(id) {
            Some(mapping) => mapping.organization.clone(),
            None => Reference::new(
                id.to_owned(),
                self.organizations.get(id).map_or(id, String::as_str),
            ),
        }
    }

    fn customer(&self, mappings: &Mappings<'_>, id: i64) -> Reference {
        let mapped = mappings.all.iter().find(|mapping| mapping.customer.id == id);
        match mapped {
            Some(mapping) => mapping.customer.clone(),
            None => {
                let number = id.to_string();
                let name = self.customers.get(&number).cloned().unwrap_or(number);
                Reference::new(id, name)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_as_exact_as_people_want_it() {
        let now: Timestamp = "2026-05-03T12:00:00Z".parse().unwrap();
        for (since, told) in [
            ("2026-05-03T11:59:31.5Z", "moments"),
            ("2026-05-03T11:55:10Z", "4m"),
            ("2026-05-03T09:30:00Z", "2h 30m"),
            ("2026-05-01T10:30:00Z", "2d 1h"),
            ("2026-05-09T10:30:00Z", "moments"),
            ("once", "moments"),
        ] {
            assert_eq!(age(since, now), told, "{since}");
        }
    }
}
