//! Setting to 0 the licenses that organizations left.

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
    model::{Price, Quantity},
    plan::requests::batch_size,
    store::{ChangeStatus, NewChange, NewRun, NotWritten, OrganizationSeats, RunState, RunTotals, Store},
};

/// How long to wait for a sync, which writes quantities too.
const WAIT: Duration = Duration::from_secs(60);
/// How often a write is sent if no answer comes.
const TRIES: usize = 3;
/// The command in the ledger.
const COMMAND: &str = "map-org";

/// Keeps a sync from writing at the same time. Held while mappings are stored and old licenses set to 0.
pub(in crate::commands::map_org) struct Locks {
    _sync: LockFile,
    /// Shows other processes that this run is still going.
    _own: LockFile,
}

/// Waits for a sync of the profile to end.
///
/// # Errors
/// Exit code 75 naming the holder.
pub(in crate::commands::map_org) async fn lock(context: &Context, store: &Store) -> anyhow::Result<Locks> {
    let (profile, notify) = (&context.profile, context.notify());
    Ok(Locks {
        _sync: store.lock(profile, sync_seats::LOCK, WAIT, &notify).await?,
        _own: store.lock(profile, COMMAND, WAIT, &notify).await?,
    })
}

/// Sets the old licenses to 0, if nothing is mapped to them any more: records the intent, writes, and reads back.
///
/// # Errors
/// The state cannot be written. What goes wrong in Halo is noted as the license's fate.
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
                context.ui.warn(format!(
                    "{} was not set to 0 and keeps billing: {reason}; the organization is mapped anew, so that \
                     running the command again does not repeat it: set the quantity to 0 in Halo",
                    old.label()
                ));
            }
        }
    }
    Ok(())
}

/// The licenses to be set to 0 that nothing is mapped to. One that someone has mapped since it was planned counts as
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
            let reason = "another organization was mapped to it in the meantime";
            context
                .ui
                .warn(format!("{} was not set to 0: {reason}", old.label()));
            old.fate = Fate::Failed(reason.to_owned());
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
        note: None,
        undoes: None,
    };
    let run = store.begin_run(&context.profile, &new_run).await?;
    let records: Vec<NewChange> = chosen.iter().map(|old| record(old)).collect();
    store.record_changes(&context.profile, run, &records).await?;
    context.note_requests().await;
    Ok(run)
}

/// Records the outcome; `failed` are the licenses, out of `chosen`, that were not written, and why.
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
        price: Price::default(),
        reason: Some("mapped to another license; the old one was to be set to 0".to_owned()),
        seats: old
            .organizations
            .iter()
            .map(|organization| OrganizationSeats {
                organization: organization.clone(),
                seats: Some(0),
                counted: None,
                metric: None,
            })
            .collect(),
    }
}

/// Checks, after a wait for the rate limit, that nothing has been mapped to these licenses since.
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

/// Writes the zeros and reads them back. Returns the licenses that are not at 0 then, and why.
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
        refused.extend(send(context, store, halo, batch).await);
    }
    // Halo's answers may be wrong or lost: what it shows now is what counts.
    let ids: HashSet<i64> = quantities.iter().map(|quantity| quantity.license).collect();
    match read(halo, &ids).await {
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

/// Sends a batch, and if Halo refuses it, each of its licenses alone. Returns those that were refused.
async fn send(context: &Context, store: &Store, halo: &Halo, batch: &[Quantity]) -> HashMap<i64, Reason> {
    let send = async |quantities: &[Quantity]| {
        halo.set_quantities(quantities, TRIES, still_wanted(context, store, quantities))
            .await
            .map_err(|error| Reason::Refused(explain(&error.into()).message.to_string()))
    };
    let mut refused = HashMap::new();
    let Err(reason) = send(batch).await else {
        return refused;
    };
    if let [only] = batch {
        refused.insert(only.license, reason);
        return refused;
    }
    for quantity in batch {
        if let Err(reason) = send(&[*quantity]).await {
            refused.insert(quantity.license, reason);
        }
    }
    refused
}
