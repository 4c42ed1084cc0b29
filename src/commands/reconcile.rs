//! `reconcile`: what is used against what is billed, and every way in which the two part. It reads everything and writes
//! nothing.

mod legend;
mod read;
mod report;
mod show;

use super::{calendar, unmapped};
use crate::{
    cli,
    context::Context,
    failure::Completion,
    plan::reconcile::{Input, reconcile},
    profile::DEFAULT_PROFILE,
    store::NameKind,
};

/// Runs `reconcile`.
///
/// # Errors
/// A service cannot be read, or the report not be written. That recurring invoices may not be read is none.
pub async fn run(context: &Context, arguments: cli::Reconcile) -> anyhow::Result<Completion> {
    context.connection()?;
    let store = context.open_read_only().await?;
    let recorded = read::Recorded::read(context, &store).await?;
    let page = match &arguments.report {
        Some(file) => {
            let now = calendar::now(&recorded.configuration)?;
            Some(report::Page::prepare(context, &store, file, now).await?)
        }
        None => None,
    };
    let read = read::read(context, &recorded, &arguments.organizations).await?;
    store.close().await;

    let command = command(context);
    let result = reconcile(&Input {
        organizations: &read.organizations,
        mappings: &recorded.mappings,
        ignored: &recorded.ignored,
        elsewhere: &recorded.elsewhere,
        licenses: &read.licenses,
        left: &recorded.left,
        invoices: read.invoices.as_deref(),
        synced: &recorded.synced,
        highest: &recorded.highest,
        metric: recorded.configuration.metric(),
        fair_use: recorded.configuration.fair_use,
        today: recorded.today,
        only: read.only.as_ref(),
        command: &command,
    });
    let legend = legend::legend(&result, &recorded.configuration, read.refused.as_ref(), &command);
    if let Some(page) = page {
        page.write(context, &result, &legend)?;
    }
    show::show(context, &result, &recorded.configuration, &legend, &read);

    if read.is_whole_list {
        let names = read.organizations.iter();
        let names = names.map(|organization| (organization.id.clone(), organization.name.clone()));
        context.remember(NameKind::Organization, names).await;
        context
            .remember_listed(&unmapped::listed(&read.organizations))
            .await;
    }
    Ok(if arguments.exit_code && !result.findings.is_empty() {
        Completion::ChangesPending
    } else {
        Completion::Done
    })
}

/// What commands to type begin with.
fn command(context: &Context) -> String {
    if context.profile == DEFAULT_PROFILE {
        "halolink".to_owned()
    } else {
        format!("halolink --profile {}", context.profile)
    }
}
