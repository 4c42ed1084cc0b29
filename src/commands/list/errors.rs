//! `list errors`: accounts whose backups have errors, found inside the organizations.

use futures_util::{StreamExt, stream};
use serde::Serialize;

use super::{Mappings, Row, print, read_organizations};
use crate::{
    cli,
    context::Context,
    failure::Completion,
    model::{AccountError, Reference},
    plan::backup_errors::{UNDOCUMENTED, by_description},
    ui::Align,
};

/// Organizations looked into at the same time.
const AT_ONCE: usize = 4;

#[derive(Serialize)]
struct ErrorRow {
    organization: Reference<String>,
    account: String,
    product: &'static str,
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
            self.account.clone(),
            self.product.to_owned(),
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

/// Errors inside the mapped organizations, or with `--unmapped` inside the others. Each organization takes
/// some requests with its own token, so what was not asked for is not looked into.
pub(super) async fn errors(
    context: &Context,
    arguments: &cli::List,
    mappings: &Mappings<'_>,
) -> anyhow::Result<Completion> {
    let backup = context.backup().await?;
    let customer = match &arguments.customer {
        Some(text) => Some(mappings.customer(context, text).await?),
        None => None,
    };
    let organizations: Vec<(Reference<String>, Option<Reference>)> = if arguments.unmapped {
        read_organizations(context)
            .await?
            .into_iter()
            .filter(|organization| !mappings.by_organization.contains_key(organization.id.as_str()))
            .filter(|organization| !organization.suspended && !organization.deactivated)
            .map(|organization| (Reference::new(organization.id, organization.name), None))
            .collect()
    } else {
        mappings
            .all
            .iter()
            .filter(|mapping| customer.is_none_or(|customer| mapping.customer.id == customer))
            .map(|mapping| (mapping.organization.clone(), Some(mapping.customer.clone())))
            .collect()
    };

    let progress = context.ui.progress("looking into organizations");
    let total = organizations.len();
    let backup = &backup;
    let mut answers = stream::iter(organizations)
        .map(|(organization, customer)| async move {
            let errors = backup.account_errors(&organization.id).await;
            (organization, customer, errors)
        })
        .buffered(AT_ONCE);
    let mut rows = Vec::new();
    let mut unread = Vec::new();
    let mut done = 0;
    while let Some((organization, customer, errors)) = answers.next().await {
        done += 1;
        progress.set(done, Some(total));
        match errors {
            Ok(errors) => {
                rows.extend(
                    errors
                        .into_iter()
                        .map(|error| error_row(&organization, customer.as_ref(), error)),
                );
            }
            Err(error @ crate::backup::Error::Http(_)) => return Err(error.into()),
            // One organization that cannot be looked into does not hide the others.
            Err(error) => unread.push(format!("{organization}: {error}")),
        }
    }
    drop(progress);
    for organization in &unread {
        context.ui.warn(organization);
    }
    let completion = print(context, arguments, rows)?;
    Ok(if unread.is_empty() {
        completion
    } else {
        Completion::SomeFailed
    })
}

fn error_row(
    organization: &Reference<String>,
    customer: Option<&Reference>,
    error: AccountError,
) -> ErrorRow {
    ErrorRow {
        organization: organization.clone(),
        account: error.account,
        product: error.product.name(),
        error: by_description(&error.text).map_or(UNDOCUMENTED, |documented| documented.slug),
        text: error.text,
        status: error.status,
        last_backup: error.last_backup,
        customer: customer.cloned(),
    }
}
