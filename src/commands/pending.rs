//! Waiting for a record that Halo may still be creating, after a request without a clear answer.

use std::time::{Duration, Instant};

use crate::{
    context::Context,
    plan::pending::{SETTLED, until_next_look},
};

/// How looking for the record ended.
pub(super) enum Look<T> {
    /// It exists.
    Found(T),
    /// It does not exist and will not appear any more, so it can be sent again.
    Absent,
    /// The patience ended before that was certain.
    OutOfPatience,
}

/// Looks for `what`, which was sent `age` ago, until it is certain if it exists; for as long as the patience, counted
/// from `began`, allows.
pub(super) async fn look_until_settled<T>(
    context: &Context,
    what: &str,
    age: Duration,
    began: Instant,
    look: impl AsyncFn() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<Look<T>> {
    let started = Instant::now();
    let mut progress = None;
    loop {
        // The age before the look counts, because the look may miss what appears while it runs.
        let now = age.saturating_add(started.elapsed());
        if let Some(found) = look().await? {
            return Ok(Look::Found(found));
        }
        let Some(pause) = until_next_look(now) else {
            return Ok(Look::Absent);
        };
        if began.elapsed().saturating_add(pause) > context.policy.patience {
            return Ok(Look::OutOfPatience);
        }
        if progress.is_none() {
            context.ui.note(format!(
                "Halo may still be creating {what}: looking for it for up to {} s",
                SETTLED.saturating_sub(now).as_secs().max(1)
            ));
            progress = Some(context.ui.progress("waiting for Halo"));
        }
        tokio::time::sleep(pause).await;
    }
}
