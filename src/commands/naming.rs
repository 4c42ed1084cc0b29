//! Finding records by what people call them, and the errors if a name matches none or several.

use crate::{
    context::Context,
    failure::Failure,
    halo::Halo,
    model::{
        Agent, Customer, Ignored, License, Mapping, Organization, Outcome, Priority, Reference, Sla, Team,
        TicketStatus, TicketType,
    },
    plan::names::{Index, Named, Unresolved},
    text::Text,
};

macro_rules! named_by_id {
    ($($record:ty),*) => {$(
        impl Named for $record {
            fn ids(&self) -> Vec<String> {
                vec![self.id.to_string()]
            }

            fn name(&self) -> &str {
                &self.name
            }
        }
    )*};
}

named_by_id!(
    Customer,
    License,
    TicketType,
    Sla,
    Priority,
    Outcome,
    TicketStatus,
    Agent,
    Reference<i64>,
    Reference<String>
);

impl Named for Team {
    fn ids(&self) -> Vec<String> {
        self.id.iter().map(ToString::to_string).collect()
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Named for Organization {
    fn ids(&self) -> Vec<String> {
        let mut ids = vec![self.id.clone()];
        ids.extend(self.number.map(|number| number.to_string()));
        ids
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Named for Mapping {
    fn ids(&self) -> Vec<String> {
        let mut ids = vec![self.organization.id.clone()];
        ids.extend(self.organization_number.map(|number| number.to_string()));
        ids
    }

    fn name(&self) -> &str {
        &self.organization.name
    }
}

impl Named for Ignored {
    fn ids(&self) -> Vec<String> {
        let mut ids = vec![self.organization.id.clone()];
        ids.extend(self.organization_number.map(|number| number.to_string()));
        ids
    }

    fn name(&self) -> &str {
        &self.organization.name
    }
}

/// The record that the text names.
///
/// # Errors
/// Exit code 2 if it matches none (the nearest are listed) or several (they are listed).
pub fn find<'a, T: Named>(what: &str, text: &str, records: &'a [T]) -> anyhow::Result<&'a T> {
    Index::new(records)
        .find(text)
        .map_err(|unresolved| failure(what, text, &unresolved).into())
}

/// The error for a text that does not match exactly one record.
pub fn failure(what: &str, text: &str, unresolved: &Unresolved) -> Failure {
    match unresolved {
        Unresolved::Ambiguous(labels) => Failure::usage(Text::list(
            format!("\"{text}\" fits {} {}:", labels.len(), plural(what)),
            labels,
        ))
        .hint("give the id, which is in brackets"),
        Unresolved::Unknown(nearest) if nearest.is_empty() => {
            Failure::usage(format!("there is no {what} \"{text}\""))
                .hint(format!("see: halolink list {}", listed_as(what)))
        }
        Unresolved::Unknown(nearest) => Failure::usage(format!(
            "there is no {what} \"{text}\"; the nearest: {}",
            nearest.join(", ")
        ))
        .hint(format!("see: halolink list {}", listed_as(what))),
    }
}

fn plural(what: &str) -> String {
    match what {
        "priority" => "priorities".to_owned(),
        what => format!("{what}s"),
    }
}

/// The word after `halolink list` that lists records of this kind.
fn listed_as(what: &str) -> &'static str {
    match what {
        "organization" | "ignored organization" => "organizations",
        "customer" => "customers",
        "license" => "licenses",
        "ticket type" => "ticket-types",
        "SLA" => "slas",
        "priority" => "priorities",
        "outcome" => "outcomes",
        _ => "mappings",
    }
}

/// The organization that the text names. An id is read directly; a name needs the list.
///
/// # Errors
/// Exit code 2 if it names none or several.
pub async fn organization(context: &Context, text: &str) -> anyhow::Result<Organization> {
    let backup = context.backup().await?;
    if is_organization_id(text)
        && let Some(organization) = backup.organization(text.trim()).await?
    {
        return Ok(organization);
    }
    find("organization", text, &every_organization(context).await?).cloned()
}

/// The organizations that the texts name, in the same order. A single one is read as by [`organization`]; for
/// several, the list is read once.
///
/// # Errors
/// Exit code 2 if a text names none or several.
pub async fn organizations(context: &Context, texts: &[String]) -> anyhow::Result<Vec<Organization>> {
    if let [text] = texts {
        return Ok(vec![organization(context, text).await?]);
    }
    let organizations = every_organization(context).await?;
    let index = Index::new(&organizations);
    texts
        .iter()
        .map(|text| match index.find(text) {
            Ok(organization) => Ok(organization.clone()),
            Err(unresolved) => Err(failure("organization", text, &unresolved).into()),
        })
        .collect()
}

/// Every organization, with progress.
pub async fn every_organization(context: &Context) -> anyhow::Result<Vec<Organization>> {
    let backup = context.backup().await?;
    let progress = context.ui.progress("reading organizations");
    Ok(backup.organizations(&|done| progress.set(done, None)).await?)
}

/// True for digits, a dash, digits: what the portal calls the Organization ID.
fn is_organization_id(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.chars().all(|digit| digit.is_ascii_digit());
    text.trim()
        .split_once('-')
        .is_some_and(|(one, other)| digits(one) && digits(other))
}

/// The active customer that the text names. An id is read directly; a name needs the list.
///
/// # Errors
/// Exit code 2 if it names none, several, or an inactive one.
pub async fn customer(context: &Context, halo: &Halo, text: &str) -> anyhow::Result<Customer> {
    if let Ok(id) = text.trim().parse::<i64>()
        && let Some(customer) = halo.customer(id).await?
    {
        return active(customer);
    }
    let customers = customers(context, halo).await?;
    active(find("customer", text, &customers)?.clone())
}

/// Refuses a customer that cannot be mapped to.
///
/// # Errors
/// Exit code 2 for an inactive customer.
pub fn active(customer: Customer) -> anyhow::Result<Customer> {
    if customer.inactive {
        return Err(
            Failure::usage(format!("the customer {} is inactive in Halo", customer.label()))
                .hint("choose an active customer: halolink list customers")
                .into(),
        );
    }
    Ok(customer)
}

/// Reads all active customers, and shows the progress.
pub async fn customers(context: &Context, halo: &Halo) -> anyhow::Result<Vec<Customer>> {
    let progress = context.ui.progress("reading customers");
    let mut customers = halo.customers(&|done, total| progress.set(done, total)).await?;
    customers.retain(|customer| !customer.inactive);
    Ok(customers)
}

/// The mapping of the organization that the text names.
///
/// # Errors
/// Exit code 2 if it names none or several.
pub fn mapping<'a>(text: &str, mappings: &'a [Mapping]) -> anyhow::Result<&'a Mapping> {
    Index::new(mappings).find(text).map_err(|unresolved| {
        let failure = failure("mapped organization", text, &unresolved);
        match unresolved {
            Unresolved::Unknown(_) => failure.hint(format!(
                "see: halolink list mappings; map it with: halolink map-org \"{text}\""
            )),
            Unresolved::Ambiguous(_) => failure,
        }
        .into()
    })
}
