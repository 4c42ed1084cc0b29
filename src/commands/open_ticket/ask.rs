//! Asking a person for what the command line leaves out, and checking what is given.

use crate::{
    cli,
    commands::naming,
    context::Context,
    failure::Failure,
    model::Mapping,
    plan::backup_errors::{ERRORS, Scope, by_slug},
};

/// Asks for what is missing, if a person is there.
pub(super) async fn ask<'a>(
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

/// Checks that the arguments make sense.
///
/// # Errors
/// Exit code 2 if a text is empty.
pub(super) fn check(context: &Context, arguments: &cli::OpenTicket) -> anyhow::Result<()> {
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
            .note("This error is about one account: --account EMAIL says which one");
    }
    Ok(())
}
