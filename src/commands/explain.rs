//! `explain`: what an error of the backup means, and what to do about it. Asks nobody.

use crate::{
    cli,
    context::Context,
    failure::{Completion, Failure},
    plan::explanations::{Explanation, Recognized, explanations, recognize},
    ui::{Align, Format, Table},
};

/// Runs `explain`.
///
/// # Errors
/// Exit code 2 for a text that is no known error, with the nearest ones.
pub fn run(context: &Context, arguments: &cli::Explain) -> anyhow::Result<Completion> {
    match &arguments.error {
        None => list(context),
        Some(text) => match recognize(text) {
            Recognized::Entry(entry) => show(context, &entry),
            Recognized::Near(near) => return Err(unknown(text, &near).into()),
        },
    }
    Ok(Completion::Done)
}

fn list(context: &Context) {
    let all = explanations();
    if context.ui.format() == Format::Json {
        return context.ui.json(&all);
    }
    let mut table = Table::new(&[
        ("error", Align::Left),
        ("scope", Align::Left),
        ("description", Align::Left),
    ]);
    for entry in all {
        table.row([entry.error, entry.scope, entry.description]);
    }
    context.ui.table(&table);
    context.ui.note("More about one: halolink explain ERROR");
}

fn show(context: &Context, entry: &Explanation) {
    if context.ui.format() == Format::Json {
        return context.ui.json(entry);
    }
    let mut table = Table::new(&[("error", Align::Left), ("", Align::Left)]);
    table.row(["slug", entry.error]);
    table.row(["description", entry.description]);
    table.row(["meaning", entry.meaning]);
    table.row(["likely cause", entry.cause]);
    for (number, check) in (1..).zip(entry.checks) {
        table.row([format!("check {number}"), (*check).to_owned()]);
    }
    table.row(["where", entry.screen]);
    table.row(["who must act", entry.who.words()]);
    table.row(["ticket", entry.ticket.words()]);
    context.ui.table(&table);
}

fn unknown(text: &str, near: &[Explanation]) -> Failure {
    let message = format!("there is no known error \"{text}\"");
    let names: Vec<&str> = near.iter().map(|entry| entry.error).collect();
    if names.is_empty() {
        Failure::usage(message).hint("see all: halolink explain")
    } else {
        Failure::usage(format!("{message}; the nearest: {}", names.join(", ")))
            .hint(format!("run: halolink explain {}", names[0]))
    }
}
