//! Waiting for what a request without a clear answer may still be making.

use std::time::{Duration, Instant};

use crate::{
    context::Context,
    plan::pending::{SETTLED, until_next_look},
};

/// How looking for it ended.
pub(super) enum Look<T> {
    /// It is there.
    Found(T),
    /// It is not, and will not be any more: it may be sent again.
    Absent,
    /// The patience ended before one could know.
    OutOfPatience,
}

/// Looks again and again for `what`, which was sent `age` ago, until one can know; for as long as the
/// patience since `began` allows.
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
        // As old as it is before the look: what appears during the look is not seen by it.
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
                "Halo may still be making {what}: looking for it for up to {} s",
                SETTLED.saturating_sub(now).as_secs().max(1)
            ));
            progress = Some(context.ui.progress("waiting for Halo"));
        }
        tokio::time::sleep(pause).await;
    }
}
