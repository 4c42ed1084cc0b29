//! Printing the outcome of a plan.

use serde::Serialize;

use super::{Applied, Changing, Mode};
use crate::{
    change::Plan,
    context::Context,
    ui::{
        Format,
        view::{self, Document, Summary},
    },
};

/// Prints the outcome: all of it as JSON or CSV; for people what they have not yet seen, and a sentence.
pub(super) fn print<C: Changing>(
    context: &Context,
    command: &C,
    plan: &Plan<C::Subject>,
    mode: Mode,
    shown: bool,
) {
    let ui = &context.ui;
    let summary = Summary::new(plan, command.summary(plan));
    let closing = command.closing(context, plan, mode);
    match ui.format() {
        Format::Json => document_with(
            context,
            C::COMMAND,
            mode.dry_run,
            view::entries(plan),
            summary,
            command.fields(plan),
        ),
        Format::Csv => view::changes(ui, plan),
        Format::Table => {
            if shown {
                view::surprises(ui, plan);
            } else if !closing.complete {
                view::changes(ui, plan);
            }
            let sentence = if closing.data.is_empty() {
                vec![summary.sentence()]
            } else {
                closing.data
            };
            for line in sentence.iter().filter(|line| !line.is_empty()) {
                ui.data(line);
            }
        }
    }
    for note in closing.notes {
        ui.note(note);
    }
}

/// Prints the JSON document of a changing command, including those that do without the runner.
pub(crate) fn document(
    context: &Context,
    command: &'static str,
    dry_run: bool,
    changes: impl Serialize,
    summary: impl Serialize,
) {
    document_with(context, command, dry_run, changes, summary, Vec::new());
}

fn document_with(
    context: &Context,
    command: &'static str,
    dry_run: bool,
    changes: impl Serialize,
    summary: impl Serialize,
    fields: Vec<(&'static str, serde_json::Value)>,
) {
    context.ui.json(&Document {
        command,
        profile: &context.profile,
        dry_run,
        changes,
        summary,
        fields: fields.into_iter().collect(),
        requests: context.requests(),
    });
}

/// Says why the rest was not tried.
pub(super) fn tell(context: &Context, applied: &Applied) {
    if let Some(reason) = &applied.given_up {
        context.ui.warn(reason.to_string());
    }
    if let Some(failure) = &applied.broken_off {
        context.ui.warn(&failure.message);
        if let Some(hint) = &failure.hint {
            context.ui.note(hint);
        }
    }
}
