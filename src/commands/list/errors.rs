//! `list errors`: the errors of accounts, found inside the organizations.

use jiff::Timestamp;
use serde::Serialize;

use super::{Mappings, Row, print};
use crate::{
    cli,
    commands::inside::{self, Look, Wanted},
    context::Context,
    failure::Completion,
    model::{Product, Reference},
    plan::{
        detection::{Affected, Detected, Patience, detect},
        explanations::explained_as,
    },
    ui::Align,
};

#[derive(Serialize)]
struct ErrorRow {
    organization: Reference<String>,
    /// None if no account shows the organization's error.
    account: Option<String>,
    product: Option<&'static str>,
    error: &'static str,
    text: String,
    status: Option<String>,
    last_backup: Option<String>,
    customer: Option<Reference>,
}

impl Row for ErrorRow {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("organization", Align::Left),
        ("account", Align::Left),
        ("product", Align::Left),
        ("error", Align::Left),
        ("text", Align::Left),
        ("status", Align::Left),
        ("last backup", Align::Left),
    ];
    const EXPENDABLE: &'static [&'static str] = &["last backup", "status", "product"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.organization.to_string(),
            self.account.clone().unwrap_or_default(),
            self.product.unwrap_or_default().to_owned(),
            self.error.to_owned(),
            self.text.clone(),
            self.status.clone().unwrap_or_default(),
            self.last_backup.clone().unwrap_or_default(),
        ]
    }

    fn searched(&self) -> Vec<String> {
        self.cells()
    }
}

/// Lists the errors of the mapped organizations, or with `--unmapped` of the others; also those that may pass by
/// themselves. Each organization takes several requests with its own token, so only those that were asked for are read.
pub(super) async fn list(
    context: &Context,
    arguments: &cli::List,
    mappings: &Mappings<'_>,
) -> anyhow::Result<Completion> {
    let wanted = wanted(context, arguments, mappings).await?;
    let look = context.open_read_only().await?;
    let before = look.first_seen(&context.profile).await?;
    let policy = look.configuration(&context.profile).await?.tickets;
    look.close().await;
    let patience = Patience {
        grace: policy.grace(),
        stale_after: policy.stale_after,
    };
    let now = Timestamp::now().as_second();
    let backup = context.backup().await?;
    let looks = inside::look(
        context,
        &backup,
        wanted,
        &Product::ALL,
        |organization, mut inside| {
            let failures = std::mem::take(&mut inside.failures);
            let seen = before.get(&organization.id).map_or(&[][..], Vec::as_slice);
            (detect(&inside, seen, &patience, now), failures)
        },
    )
    .await?;

    let mut rows = Vec::new();
    let mut failures = Vec::new();
    for (organization, look) in looks {
        match look {
            Look::Inside((detected, unread)) => {
                let mapping = mappings.by_organization.get(organization.id.as_str());
                let customer = mapping.map(|mapping| mapping.customer.clone());
                rows.extend(error_rows(&organization, customer.as_ref(), detected));
                failures.extend(unread.into_iter().map(|why| format!("{organization}: {why}")));
            }
            Look::Inactive => {}
            // An organization that cannot be read does not hide the others' errors.
            Look::Failed(error) => failures.push(format!("{organization}: {error}")),
        }
    }
    for failure in &failures {
        context.ui.warn(failure);
    }
    let completion = print(context, arguments, rows)?;
    Ok(if failures.is_empty() {
        completion
    } else {
        Completion::SomeFailed
    })
}

/// The organizations to look into.
async fn wanted(
    context: &Context,
    arguments: &cli::List,
    mappings: &Mappings<'_>,
) -> anyhow::Result<Vec<Wanted>> {
    let customer = match &arguments.customer {
        Some(text) => Some(mappings.customer(context, text).await?),
        None => None,
    };
    let backup = context.backup().await?;
    if arguments.unmapped {
        let mut wanted = inside::every(context, &backup).await?;
        wanted.retain(|wanted| {
            !mappings
                .by_organization
                .contains_key(wanted.organization.id.as_str())
        });
        return Ok(wanted);
    }
    let mapped: Vec<Reference<String>> = mappings
        .all
        .iter()
        .filter(|mapping| customer.is_none_or(|customer| mapping.customer.id == customer))
        .map(|mapping| mapping.organization.clone())
        .collect();
    inside::named(context, &backup, &mapped).await
}

fn error_rows(
    organization: &Reference<String>,
    customer: Option<&Reference>,
    detected: Detected,
) -> Vec<ErrorRow> {
    let mut rows = Vec::new();
    for problem in detected.problems {
        let error = problem.error;
        let row = |affected: Option<Affected>| {
            let (account, product, text, status, last_backup) = match affected {
                Some(found) => (
                    Some(found.account),
                    Some(found.product.name()),
                    found.text,
                    found.status,
                    found.last_backup,
                ),
                None => {
                    let text = explained_as(error).map_or(error, |entry| entry.description);
                    (None, None, text.to_owned(), None, None)
                }
            };
            ErrorRow {
                organization: organization.clone(),
                account,
                product,
                error,
                text,
                status,
                last_backup,
                customer: customer.cloned(),
            }
        };
        let affected: Vec<Affected> = problem.due.into_iter().chain(problem.waiting).collect();
        if affected.is_empty() {
            rows.push(row(None));
        }
        rows.extend(affected.into_iter().map(|affected| row(Some(affected))));
    }
    rows
}
