//! `list errors`: the errors of accounts, found inside the organizations.

use futures_util::{StreamExt, stream};
use serde::Serialize;

use super::{Mappings, Row, organizations as all_organizations, print};
use crate::{
    cli,
    context::Context,
    failure::Completion,
    model::{AccountError, Reference},
    plan::backup_errors::{UNDOCUMENTED, by_description},
    ui::Align,
};

/// The number of organizations that are read at the same time.
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

/// Lists the errors of the mapped organizations, or with `--unmapped` of the others. Each organization takes several
/// requests with its own token, so only those that were asked for are read.
pub(super) async fn list(
    context: &Context,
    arguments: &cli::List,
    mappings: &Mappings<'_>,
) -> anyhow::Result<Completion> {
    let backup = context.backup().await?;
    let organizations = organizations(context, arguments, mappings).await?;
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
                let errors = errors.into_iter();
                rows.extend(errors.map(|error| error_row(&organization, customer.as_ref(), error)));
            }
            Err(error @ crate::backup::Error::Http(_)) => return Err(error.into()),
            // An organization that cannot be read does not hide the others' errors.
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

/// The organizations to look into, with the customers that they are mapped to.
async fn organizations(
    context: &Context,
    arguments: &cli::List,
    mappings: &Mappings<'_>,
) -> anyhow::Result<Vec<(Reference<String>, Option<Reference>)>> {
    let customer = match &arguments.customer {
        Some(text) => Some(mappings.customer(context, text).await?),
        None => None,
    };
    if !arguments.unmapped {
        let mapped = mappings.all.iter();
        return Ok(mapped
            .filter(|mapping| customer.is_none_or(|customer| mapping.customer.id == customer))
            .map(|mapping| (mapping.organization.clone(), Some(mapping.customer.clone())))
            .collect());
    }
    Ok(all_organizations::read(context)
        .await?
        .into_iter()
        .filter(|organization| !mappings.by_organization.contains_key(organization.id.as_str()))
        .filter(|organization| !organization.suspended && !organization.deactivated)
        .map(|organization| (Reference::new(organization.id, organization.name), None))
        .collect())
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
