//! Setting the licenses that organizations left to 0.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures_util::FutureExt;

use super::{Fate, Old, read};
use crate::{
    change::Reason,
    commands::{elsewhere::elsewhere, map_org::named::metric, sync_seats},
    context::Context,
    failure::explain,
    halo::Halo,
    http::StillWanted,
    lock_file::LockFile,
    model::Quantity,
    plan::requests::batch_size,
    store::{ChangeStatus, NewChange, NewRun, NotWritten, OrganizationSeats, RunState, RunTotals, Store},
};

/// How long to wait for a sync, which writes quantities too.
const WAIT: Duration = Duration::from_secs(60);
/// How often a write is sent whose answer does not come.
const TRIES: usize = 3;
/// The command that the ledger names.
const COMMAND: &str = "map-org";

/// What keeps a sync from writing at the same time; held while mappings are stored and the old licenses set.
pub(in crate::commands::map_org) struct Locks {
    _sync: LockFile,
    /// By which one sees that this run is still running.
    _own: LockFile,
}

/// Waits for a sync of the profile to end.
///
/// # Errors
/// Exit code 75 naming the holder.
pub(in crate::commands::map_org) async fn lock(context: &Context, store: &Store) -> anyhow::Result<Locks> {
    let (profile, told) = (&context.profile, context.told());
    Ok(Locks {
        _sync: store.lock(profile, sync_seats::LOCK, WAIT, &told).await?,
        _own: store.lock(profile, COMMAND, WAIT, &told).await?,
    })
}

/// Sets the old licenses to 0, once nothing is mapped to them any more: recorded before, and read back.
///
/// # Errors
/// A state that cannot be written. What goes wrong in Halo is the license's fate.
pub(in crate::commands::map_org) async fn set_to_zero(
    context: &Context,
    store: &Store,
    old: &mut [Old],
) -> anyhow::Result<()> {
    let chosen = still_unused(context, store, old).await?;
    if chosen.is_empty() {
        return Ok(());
    }
    let run = begin(context, store, &chosen).await?;
    let failed = match context.halo().await {
        Ok(halo) => write(context, store, &halo, &chosen).await,
        Err(error) => {
            let reason = Reason::BrokenOff(explain(&error).message.to_string());
            chosen.iter().map(|old| (old.id(), reason.clone())).collect()
        }
    };
    finish(context, store, run, chosen.len(), &failed).await?;
    for old in chosen {
        match failed.get(&old.id()) {
            None => {
                old.fate = Fate::Zero;
                context.ui.success(format!("{} is set to 0", old.label()));
            }
            Some(reason) => {
                old.fate = Fate::Failed(reason.to_string());
                context
                    .ui
                    .warn(format!("{} was not set to 0 and bills on: {reason}", old.label()));
            }
        }
    }
    Ok(())
}

/// Those to be set to 0 that nothing is mapped to; one that was mapped by somebody else since it was planned has
/// failed.
async fn still_unused<'a>(
    context: &Context,
    store: &Store,
    old: &'a mut [Old],
) -> anyhow::Result<Vec<&'a mut Old>> {
    let mappings = store.mappings(&context.profile).await?;
    let used: HashSet<i64> = mappings.iter().map(|mapping| mapping.license.id).collect();
    let elsewhere = elsewhere(store, &context.profile).await?;
    let mut chosen = Vec::new();
    for old in old.iter_mut().filter(|old| old.is_to_be_zero()) {
        if used.contains(&old.id()) || elsewhere.user_of(old.id()).is_some() {
            old.fate = Fate::Failed("another organization was mapped to it meanwhile".to_owned());
        } else {
            chosen.push(old);
        }
    }
    Ok(chosen)
}

/// Records what is about to be written.
async fn begin(context: &Context, store: &Store, chosen: &[&mut Old]) -> anyhow::Result<i64> {
    let new_run = NewRun {
        command: COMMAND,
        source: "--old-license 0",
        metric: metric(context).await?,
        organizations: chosen.iter().map(|old| old.organizations.len()).sum(),
    };
    let run = store.begin_run(&context.profile, &new_run).await?;
    let records: Vec<NewChange> = chosen.iter().map(|old| record(old)).collect();
    store.record_changes(&context.profile, run, &records).await?;
    context.note_requests().await;
    Ok(run)
}

/// Records what came of it; `failed` are those of `chosen` that were not written, and why.
async fn finish(
    context: &Context,
    store: &Store,
    run: i64,
    chosen: usize,
    failed: &HashMap<i64, Reason>,
) -> anyhow::Result<()> {
    let not_written: Vec<NotWritten> = failed
        .iter()
        .map(|(license, reason)| sync_seats::record::failed(*license, reason))
        .collect();
    store
        .record_written(&context.profile, run, &not_written, &HashSet::new())
        .await?;
    let requests = context.requests();
    let totals = RunTotals {
        updated: chosen - failed.len(),
        failed: failed.len(),
        halo_requests: requests.halo,
        backup_requests: requests.backup,
        ..RunTotals::default()
    };
    let state = if failed.is_empty() {
        RunState::Done
    } else {
        RunState::Partial
    };
    store.finish_run(run, state, &totals, None).await?;
    Ok(())
}

fn record(old: &Old) -> NewChange {
    NewChange {
        license: old.license.clone(),
        customer: old.customer.clone(),
        from: old.bills(),
        to: Some(0),
        status: ChangeStatus::Intended,
        verified: false,
        reason: Some("mapped to another license; the old one was to be set to 0".to_owned()),
        seats: old
            .organizations
            .iter()
            .map(|organization| OrganizationSeats {
                organization: organization.clone(),
                seats: Some(0),
            })
            .collect(),
    }
}

/// After a wait for the rate limit: whether nothing was mapped to these licenses meanwhile.
fn still_wanted(context: &Context, store: &Store, quantities: &[Quantity]) -> StillWanted {
    let ids: Arc<[i64]> = quantities.iter().map(|quantity| quantity.license).collect();
    let (store, profile) = (store.clone(), context.profile.clone());
    Arc::new(move || {
        let (store, profile, ids) = (store.clone(), profile.clone(), ids.clone());
        async move {
            store
                .mapped_to(&profile, &ids)
                .await
                .is_ok_and(|mapped| mapped.is_empty())
        }
        .boxed()
    })
}

/// Writes zeros, whole batches first and then one by one where a batch was not taken, and reads back. Gives those that were
/// not written, and why.
async fn write(context: &Context, store: &Store, halo: &Halo, chosen: &[&mut Old]) -> HashMap<i64, Reason> {
    let quantities: Vec<Quantity> = chosen
        .iter()
        .map(|old| Quantity {
            license: old.id(),
            customer: old.customer.id,
            count: 0,
        })
        .collect();
    let _progress = context.ui.progress("setting the old licenses to 0");
    let mut refused: HashMap<i64, Reason> = HashMap::new();
    for batch in quantities.chunks(batch_size(quantities.len())) {
        let Err(error) = halo
            .set_quantities(batch, TRIES, still_wanted(context, store, batch))
            .await
        else {
            continue;
        };
        let reason = Reason::Refused(explain(&error.into()).message.to_string());
        refused.extend(batch.iter().map(|quantity| (quantity.license, reason.clone())));
        if batch.len() > 1 {
            for quantity in batch {
                match halo
                    .set_quantities(&[*quantity], TRIES, still_wanted(context, store, &[*quantity]))
                    .await
                {
                    Ok(()) => {
                        refused.remove(&quantity.license);
                    }
                    Err(error) => {
                        let message = explain(&error.into()).message.to_string();
                        refused.insert(quantity.license, Reason::Refused(message));
                    }
                }
            }
        }
    }
    let ids: HashSet<i64> = quantities.iter().map(|quantity| quantity.license).collect();
    match read(halo, &ids).await {
        // Whatever the answers were.
        Ok(licenses) => {
            let zero: HashSet<i64> = licenses
                .iter()
                .filter(|license| license.count == Some(0))
                .map(|license| license.id)
                .collect();
            ids.difference(&zero)
                .map(|id| (*id, refused.remove(id).unwrap_or(Reason::NotShown)))
                .collect()
        }
        Err(error) => {
            let reason = Reason::NotReadBack(explain(&error.into()).message.to_string());
            ids.iter().map(|id| (*id, reason.clone())).collect()
        }
    }
}
