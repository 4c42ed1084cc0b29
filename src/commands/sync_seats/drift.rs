//! Finding out who changed quantities in Halo since the last sync.

use std::time::Duration;

use crate::{
    change::Plan,
    context::Context,
    halo::Halo,
    plan::{drift::DriftSource, seats::LicenseSeats},
};

/// The most drifted licenses that are looked up in Halo's record of changes, which takes one request each.
const MOST_DRIFT_LOOKUPS: usize = 5;
/// The time allowed for all of them together.
const DRIFT_LOOKUP_TIME: Duration = Duration::from_secs(5);

/// Notes who changed quantities by hand, if Halo recorded it, and warns about it.
pub(in crate::commands) async fn explain(context: &Context, halo: &Halo, plan: &mut Plan<LicenseSeats>) {
    let drifted = plan
        .changes
        .iter_mut()
        .filter(|change| change.subject.drift.is_some())
        .take(MOST_DRIFT_LOOKUPS);
    let mut warnings = Vec::new();
    // Knowing who it was is worth a request, but not a failure, nor a wait while others wait for the lock.
    let deadline = tokio::time::Instant::now() + DRIFT_LOOKUP_TIME;
    let mut answering = true;
    let mut own: Option<Option<String>> = None;
    for change in drifted {
        let seats = &mut change.subject;
        let (Some(synced), Some(from)) = (seats.drift, seats.from) else {
            continue;
        };
        let mut found = None;
        if answering {
            let asked = halo.who_changed(seats.license.id, synced, from);
            match tokio::time::timeout_at(deadline, asked).await {
                Ok(Ok(change)) => found = change,
                Ok(Err(error)) => {
                    answering = false;
                    context
                        .ui
                        .detail(1, format!("it is not known who changed it: {error}"));
                }
                // What was found out before that is kept.
                Err(_) => answering = false,
            }
        }
        let source = match &found {
            Some(change) if answering => {
                if own.is_none() {
                    // One more request in the whole run.
                    let asked = tokio::time::timeout_at(deadline, halo.own_agent()).await;
                    own = Some(asked.ok().and_then(Result::ok).flatten());
                }
                Some(DriftSource::of(
                    &change.who,
                    own.as_ref().and_then(Option::as_deref),
                ))
            }
            _ => None,
        };
        let by = found.as_ref().map_or("somebody", |change| &change.who).to_owned();
        let at = found
            .and_then(|change| change.at)
            .map(|at| format!(" at {at}"))
            .unwrap_or_default();
        warnings.push(format!(
            "{} of {}: changed in Halo from {synced} to {from} by {by}{at} since the last sync{}",
            seats.license.name,
            seats.customer.name,
            source
                .and_then(DriftSource::meaning)
                .map(|meaning| format!(" ({meaning})"))
                .unwrap_or_default()
        ));
        seats.drift_by = Some(by);
        seats.drift_source = source;
    }
    for warning in warnings {
        context.ui.warn(warning);
    }
}
