//! Showing a plan, and asking for agreement.

use super::{Changing, Mode, Question};
use crate::{
    change::{Decision, Plan},
    context::Context,
    failure::Failure,
    text::{Text, counted},
    ui::{Format, stopped, view},
};

/// Shows the plan if there is something to decide, and asks. Returns true if the plan was shown.
pub(super) async fn confirm<C: Changing>(
    context: &Context,
    command: &mut C,
    plan: &mut Plan<C::Subject>,
    mode: Mode,
) -> anyhow::Result<bool> {
    let ui = &context.ui;
    let question = command.question(plan);
    let simple = |decision| matches!(decision, Decision::Apply | Decision::Unchanged);
    let shown =
        mode.dry_run || question.is_some() || !plan.changes.iter().all(|change| simple(change.decision));
    if shown && ui.format() == Format::Table {
        view::plan(ui, plan);
    }
    // Said in a script's log too: the report has it only if something would have been written.
    if let Some(stop) = &plan.stop {
        ui.warn(format!("{stop} ({})", stop.hint()));
    }
    for note in command.notes(plan) {
        ui.note(note);
    }
    if mode.dry_run {
        for doubt in question.iter().flat_map(|question| &question.doubts) {
            ui.warn(doubt);
        }
    } else {
        ask_about_held_back(context, plan).await?;
        // Asked for again: what was released is written too.
        if let Some(question) = command.question(plan) {
            ask(context, &question).await?;
        }
    }
    command.decide(context, plan).await?;
    Ok(shown)
}

async fn ask_about_held_back<S>(context: &Context, plan: &mut Plan<S>) -> anyhow::Result<()> {
    let held_back = plan.decided(Decision::HoldBack).count();
    if held_back > 0 && context.ui.is_interactive() && !context.yes {
        let question = format!(
            "Also write what is held back ({})?",
            counted(held_back, "license")
        );
        if context.ui.confirm(question).await? {
            plan.release();
        }
    }
    Ok(())
}

async fn ask(context: &Context, question: &Question) -> anyhow::Result<()> {
    let Question { text, doubts } = question;
    if !context.yes && !context.ui.is_interactive() && !doubts.is_empty() {
        return Err(Failure::usage(Text::list(
            format!("{text} No one is here to answer, and this looks wrong:"),
            doubts,
        ))
        .hint("correct it, or add --yes to go ahead anyway; --dry-run only looks")
        .into());
    }
    for doubt in doubts {
        context.ui.warn(doubt);
    }
    if context.go_ahead(text).await? {
        Ok(())
    } else {
        Err(stopped())
    }
}
