//! Runs every changing command: lock, read and plan, show, confirm, apply and verify, record, print.
//!
//! A command implements [`Changing`] with what is special about it. What all of them share is here, once: a dry run
//! writes nothing, nothing is written unasked or if it is held back, the intent is recorded before and the outcome
//! afterwards, and the exit code follows from the outcome.

mod changing;
mod confirm;
mod print;

use crate::{
    change::Plan,
    context::Context,
    failure::{Completion, explain},
    store::Store,
};

pub(crate) use changing::{Applied, Changing, Closing, Lock, Mode, Question};
pub(crate) use print::document;

/// Runs a command from the lock to the exit code.
///
/// # Errors
/// The plan cannot be made or applied, or a person says no.
pub(crate) async fn run<C: Changing>(
    context: &Context,
    mut command: C,
    mode: Mode,
) -> anyhow::Result<Completion> {
    // The state is read only under the lock, to see what the run that held it before has left. A command without a
    // lock opens the state read-only until someone agrees to the plan.
    let (mut store, lock) = match command.lock().filter(|_| !mode.dry_run) {
        Some(Lock { name, wait }) => {
            let store = context.store().await?;
            let lock = store
                .lock(&context.profile, name, wait, &context.notify())
                .await?;
            (store, Some(lock))
        }
        None => (context.open_read_only().await?, None),
    };
    let locked = lock.is_some();
    let result = carry_out(context, &mut command, mode, &mut store, locked).await;
    if let Err(error) = &result
        && locked
    {
        command.abandon(context, &store, &explain(error)).await?;
    }
    store.close().await;
    result
}

async fn carry_out<C: Changing>(
    context: &Context,
    command: &mut C,
    mode: Mode,
    store: &mut Store,
    locked: bool,
) -> anyhow::Result<Completion> {
    let mut plan = command.plan(context, store).await?;
    let shown = confirm::confirm(context, command, &mut plan, mode).await?;
    if mode.dry_run {
        plan.halt();
        print::print(context, command, &plan, mode, shown);
        return Ok(completion(command, &plan, &Applied::default(), mode));
    }
    let something = plan.to_apply().next().is_some();
    let mut applied = Applied::default();
    if something || locked {
        if !locked {
            std::mem::replace(store, context.store().await?).close().await;
        }
        plan.halt();
        command.intend(context, store, &plan).await?;
        // Noted now, so that other processes learn of these requests even if this run is killed.
        context.note_requests().await;
        if something {
            applied = command.apply(context, store, &mut plan.to_apply_mut()).await?;
        }
        command.record(context, store, &plan, &applied).await?;
    }
    print::print(context, command, &plan, mode, shown);
    print::tell(context, &applied);
    Ok(completion(command, &plan, &applied, mode))
}

fn completion<C: Changing>(
    command: &C,
    plan: &Plan<C::Subject>,
    applied: &Applied,
    mode: Mode,
) -> Completion {
    if let Some(failure) = &applied.broken_off {
        Completion::BrokenOff(failure.kind)
    } else if mode.exit_code && plan.to_apply().next().is_some() {
        Completion::ChangesPending
    } else if plan.needs_attention() || applied.incomplete || command.needs_attention(plan) {
        Completion::SomeFailed
    } else {
        Completion::Done
    }
}
