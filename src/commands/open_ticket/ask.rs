//! Asking a person for what the command line leaves out, and checking what is given.

use crate::{
    cli,
    commands::naming,
    context::Context,
    failure::Failure,
    model::Mapping,
    plan::backup_errors::{ERRORS, Scope, UNDOCUMENTED, by_slug},
};

/// Asks for what is missing, if a person is there. Also returns whether the person was asked what is wrong: then the
/// ticket is shown before it is opened.
pub(super) async fn ask<'a>(
    context: &Context,
    arguments: &mut cli::OpenTicket,
    mappings: &'a [Mapping],
) -> anyhow::Result<(&'a Mapping, bool)> {
    let interactive = context.ui.is_interactive();
    let is_said = arguments.summary.is_some()
        || arguments
            .error
            .as_deref()
            .is_some_and(|error| error != UNDOCUMENTED);
    if !interactive && !is_said {
        let flags = match arguments.error {
            Some(_) => "--summary TEXT: the error is not a documented one",
            None => "--error SLUG or --summary TEXT",
        };
        return Err(context.missing("what is wrong", flags));
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
    if !is_said {
        ask_what_is_wrong(context, arguments).await?;
    }
    Ok((mapping, !is_said))
}

async fn ask_what_is_wrong(context: &Context, arguments: &mut cli::OpenTicket) -> anyhow::Result<()> {
    if arguments.error.is_none() {
        let mut items: Vec<String> = ERRORS
            .iter()
            .map(|error| format!("{}: {}", error.slug, error.description))
            .collect();
        items.push("something else, in your words".to_owned());
        let chosen = context.ui.pick("What is wrong", items).await?;
        arguments.error = ERRORS.get(chosen).map(|error| error.slug.to_owned());
    }
    if !is_documented(arguments) {
        let not_empty = |text: &str| match text.trim() {
            "" => Err("it is empty".to_owned()),
            _ => Ok(()),
        };
        arguments.summary = Some(context.ui.input("Summary", None, not_empty).await?);
    }
    if arguments.account.is_empty() && !is_about_organization(arguments) {
        let accounts = context
            .ui
            .input("Accounts, with commas (empty: none)", Some(String::new()), |_| {
                Ok(())
            })
            .await?;
        arguments.account = accounts
            .split(',')
            .map(|account| account.trim().to_owned())
            .filter(|account| !account.is_empty())
            .collect();
    }
    if arguments.details.is_none() {
        let details = context
            .ui
            .input("Details (empty: none)", Some(String::new()), |_| Ok(()))
            .await?;
        arguments.details = Some(details).filter(|details| !details.trim().is_empty());
    }
    Ok(())
}

fn is_documented(arguments: &cli::OpenTicket) -> bool {
    arguments
        .error
        .as_deref()
        .is_some_and(|error| error != UNDOCUMENTED)
}

fn is_about_organization(arguments: &cli::OpenTicket) -> bool {
    arguments
        .error
        .as_deref()
        .and_then(by_slug)
        .is_some_and(|error| error.scope == Scope::Organization)
}

/// Checks that the arguments make sense.
///
/// # Errors
/// Exit code 2 if a text is empty, or a documented error has a summary of its own.
pub(super) fn check(context: &Context, arguments: &cli::OpenTicket) -> anyhow::Result<()> {
    let is_blank = |text: &String| text.trim().is_empty();
    if arguments.summary.as_ref().is_some_and(is_blank) {
        return Err(Failure::usage("the summary is empty").into());
    }
    if arguments.account.iter().any(is_blank) {
        return Err(Failure::usage("the account is empty").into());
    }
    if is_documented(arguments) && arguments.summary.is_some() {
        return Err(Failure::usage(
            "an error has a summary of its own, so --summary cannot be given with it",
        )
        .hint("say more with --details; or give --summary with --error backup-error")
        .into());
    }
    let about_account = is_documented(arguments) && !is_about_organization(arguments);
    if about_account && arguments.account.is_empty() {
        context
            .ui
            .note("This error is about accounts: --account EMAIL says which ones");
    }
    Ok(())
}
