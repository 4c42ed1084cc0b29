//! The license that an organization leaves when it is mapped anew: it bills on until somebody ends that.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures_util::FutureExt;
use serde::Serialize;

use super::{Planned, report};
use crate::{
    cli,
    commands::{elsewhere::elsewhere, sync_seats},
    context::Context,
    failure::explain,
    halo::Halo,
    http::StillWanted,
    lock_file::LockFile,
    model::{License, Mapping, Quantity, Reference},
    plan::{elsewhere::Elsewhere, requests::batch_size},
    store::{ChangeStatus, NewChange, NewRun, OrganizationSeats, RunState, RunTotals, Store, Written},
};

/// The most that are read one by one; beyond that whole pages are cheaper.
const FEW: usize = 5;
/// How long to wait for a sync, which writes quantities too.
const WAIT: Duration = Duration::from_secs(60);
/// How often a write is sent whose answer does not come.
const TRIES: usize = 3;
/// The command that the ledger names.
const COMMAND: &str = "map-org";

/// A license that organizations leave.
pub(super) struct Old {
    license: Reference,
    customer: Reference,
    /// Who leaves it.
    organizations: Vec<Reference<String>>,
    /// As it is in Halo; not read where others keep it.
    found: Option<License>,
    /// Who is mapped to it still: then the next sync takes off what left.
    kept_by: Vec<String>,
    outcome: Outcome,
}

/// What becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    /// It keeps its quantity.
    Kept,
    /// It is to be set to 0.
    Planned,
    /// It was, and was read back.
    Zero,
    /// It was not, for this reason.
    Failed(String),
}

/// An old license in the report.
#[derive(Serialize)]
pub(super) struct Shown {
    license: Reference,
    customer: Reference,
    /// What it had before; none where it was not read or Halo's number makes no sense.
    quantity: Option<i64>,
    /// Mapped to other organizations still.
    shared: bool,
    status: &'static str,
    reason: Option<String>,
}

impl Old {
    /// What it bills, where that is more than nothing; `None` where there is nothing to decide.
    pub(super) fn bills(&self) -> Option<i64> {
        let license = self.found.as_ref()?;
        let theirs = license.active && license.customer_id == Some(self.customer.id);
        license.count.filter(|count| theirs && *count != 0)
    }

    fn label(&self) -> String {
        format!("{} of {}", self.license, self.customer)
    }

    /// One sentence on what becomes of it, unless somebody decides otherwise.
    fn fate(&self) -> Option<String> {
        if !self.kept_by.is_empty() {
            return Some(format!(
                "{} is still mapped to {}: the next sync-seats takes off what left",
                self.label(),
                self.kept_by.join(", ")
            ));
        }
        if self.found.is_none() {
            return Some(format!("{} is gone in Halo", self.label()));
        }
        let count = self.bills()?;
        Some(format!(
            "{} keeps its quantity of {count} and bills on",
            self.label()
        ))
    }

    pub(super) fn shown(&self) -> Shown {
        let (status, reason) = match &self.outcome {
            Outcome::Kept => ("kept", None),
            Outcome::Planned => ("planned", None),
            Outcome::Zero => ("set_to_0", None),
            Outcome::Failed(reason) => ("failed", Some(reason.clone())),
        };
        Shown {
            license: self.license.clone(),
            customer: self.customer.clone(),
            quantity: self.found.as_ref().and_then(|license| license.count),
            shared: !self.kept_by.is_empty(),
            status,
            reason,
        }
    }

    pub(super) fn id(&self) -> i64 {
        self.license.id
    }

    pub(super) fn is_to_be_zero(&self) -> bool {
        self.outcome == Outcome::Planned
    }

    pub(super) fn has_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_))
    }
}

/// The licenses that these mappings leave, with their quantities now.
///
/// # Errors
/// As every call to Halo.
pub(super) async fn left(
    context: &Context,
    planned: &[Planned],
    mappings: &[Mapping],
    elsewhere: &Elsewhere,
) -> anyhow::Result<Vec<Old>> {
    let mut left: BTreeMap<i64, Old> = BTreeMap::new();
    for planned in planned.iter().filter(|planned| planned.is_remapping()) {
        let Some(before) = &planned.before else {
            continue;
        };
        if planned.license() == Some(before.license.id) {
            continue;
        }
        let old = left.entry(before.license.id).or_insert_with(|| Old {
            license: before.license.clone(),
            customer: before.customer.clone(),
            organizations: Vec::new(),
            found: None,
            kept_by: Vec::new(),
            outcome: Outcome::Kept,
        });
        old.organizations.push(before.organization.clone());
    }
    let moved: HashSet<&str> = planned
        .iter()
        .map(|planned| planned.organization.id.as_str())
        .collect();
    for mapping in mappings {
        if let Some(old) = left.get_mut(&mapping.license.id)
            && !moved.contains(mapping.organization.id.as_str())
        {
            old.kept_by.push(mapping.organization.to_string());
        }
    }
    for planned in planned {
        if let Some(old) = planned.license().and_then(|license| left.get_mut(&license)) {
            old.kept_by.push(planned.organization.to_string());
        }
    }
    for old in left.values_mut() {
        if let Some(other) = elsewhere.user_of(old.license.id) {
            old.kept_by
                .push(format!("{} in the profile {}", other.organization, other.profile));
        }
    }
    let alone: HashSet<i64> = left
        .values()
        .filter(|old| old.kept_by.is_empty())
        .map(Old::id)
        .collect();
    if !alone.is_empty() {
        let halo = context.halo().await?;
        let _progress = context.ui.progress("reading the old licenses");
        for license in read(&halo, &alone).await? {
            if let Some(old) = left.get_mut(&license.id) {
                old.found = Some(license);
            }
        }
    }
    Ok(left.into_values().collect())
}

async fn read(halo: &Halo, wanted: &HashSet<i64>) -> Result<Vec<License>, crate::halo::Error> {
    if wanted.len() > FEW {
        return halo.licenses_even_inactive(wanted, &|_, _| ()).await;
    }
    let mut licenses = Vec::new();
    for id in wanted {
        licenses.extend(halo.license(*id).await?);
    }
    Ok(licenses)
}

/// Says what becomes of the old licenses, and notes which are to be set to 0: by the flag, or by a person.
///
/// # Errors
/// A person who stopped it.
pub(super) async fn decide(
    context: &Context,
    old: &mut [Old],
    flag: Option<cli::OldLicense>,
    dry_run: bool,
) -> anyhow::Result<()> {
    let zero = match flag {
        Some(cli::OldLicense::Keep) => return Ok(()),
        Some(cli::OldLicense::Zero) => true,
        None => false,
    };
    let ask = flag.is_none() && !dry_run && !context.yes && context.ui.is_interactive();
    for old in old.iter() {
        let Some(fate) = old.fate() else {
            continue;
        };
        if old.bills().is_none() {
            context.ui.note(fate);
        } else if ask {
            context.ui.warn(fate);
        } else if !zero {
            context.ui.warn(format!(
                "{fate}; --old-license 0 sets it to 0, --old-license keep leaves it without a word"
            ));
        }
    }
    let billing: Vec<&mut Old> = old.iter_mut().filter(|old| old.bills().is_some()).collect();
    if billing.is_empty() {
        return Ok(());
    }
    let zero = zero || (ask && context.ui.confirm(question(&billing)).await?);
    if zero {
        for old in billing {
            old.outcome = Outcome::Planned;
        }
    }
    Ok(())
}

fn question(billing: &[&mut Old]) -> String {
    match billing {
        [old] => format!(
            "Set the old license {} from {} to 0 as well?",
            old.license,
            old.bills().unwrap_or_default()
        ),
        several => format!(
            "Set the {} as well to 0?",
            report::count(several.len(), "old license")
        ),
    }
}

/// What keeps a sync from writing at the same time; held while mappings are stored and the old licenses set.
pub(super) struct Locks {
    _sync: LockFile,
    /// By which one sees that this run is still running.
    _own: LockFile,
}

/// Waits for a sync of the profile to end.
///
/// # Errors
/// Exit code 75 naming the holder.
pub(super) async fn lock(context: &Context, store: &Store) -> anyhow::Result<Locks> {
    let (profile, told) = (&context.profile, context.told());
    Ok(Locks {
        _sync: store.lock(profile, sync_seats::LOCK, WAIT, &told).await?,
        _own: store.lock(profile, COMMAND, WAIT, &told).await?,
    })
}

/// Sets the old licenses to 0, once nothing is mapped to them any more: recorded before, and read back.
///
/// # Errors
/// A state that cannot be written. What goes wrong in Halo is the license's outcome.
pub(super) async fn set_to_zero(context: &Context, store: &Store, old: &mut [Old]) -> anyhow::Result<()> {
    let mappings = store.mappings(&context.profile).await?;
    let used: HashSet<i64> = mappings.iter().map(|mapping| mapping.license.id).collect();
    let elsewhere = elsewhere(store, &context.profile).await?;
    let mut chosen: Vec<&mut Old> = Vec::new();
    for old in old.iter_mut().filter(|old| old.is_to_be_zero()) {
        // Mapped by somebody else since it was planned.
        if used.contains(&old.id()) || elsewhere.user_of(old.id()).is_some() {
            old.outcome = Outcome::Failed("another organization was mapped to it meanwhile".to_owned());
        } else {
            chosen.push(old);
        }
    }
    if chosen.is_empty() {
        return Ok(());
    }
    let metric = super::metric(context).await?;
    let run = store
        .begin_run(
            &context.profile,
            &NewRun {
                command: COMMAND,
                source: "--old-license 0",
                metric,
                organizations: chosen.iter().map(|old| old.organizations.len()).sum(),
            },
        )
        .await?;
    let records: Vec<NewChange> = chosen.iter().map(|old| record(old)).collect();
    store.record_changes(&context.profile, run, &records).await?;
    context.note_requests().await;

    let written = match context.halo().await {
        Ok(halo) => write(context, store, &halo, &chosen).await,
        Err(error) => Unwritten {
            failed: chosen
                .iter()
                .map(|old| (old.id(), explain(&error).message.to_string()))
                .collect(),
            unread: HashSet::new(),
        },
    };
    store
        .record_written(
            &context.profile,
            run,
            Written {
                failed: &written.failed,
                skipped: &HashMap::new(),
                unread: &written.unread,
                alone: &HashSet::new(),
            },
        )
        .await?;
    let requests = context.requests();
    let totals = RunTotals {
        updated: chosen.len() - written.failed.len(),
        failed: written.failed.len(),
        halo_requests: requests.halo,
        backup_requests: requests.backup,
        ..RunTotals::default()
    };
    let state = if written.failed.is_empty() {
        RunState::Done
    } else {
        RunState::Partial
    };
    store.finish_run(run, state, &totals, None).await?;
    for old in chosen {
        old.outcome = match written.failed.get(&old.id()) {
            None => Outcome::Zero,
            Some(reason) => Outcome::Failed(reason.clone()),
        };
        match &old.outcome {
            Outcome::Failed(reason) => context
                .ui
                .warn(format!("{} was not set to 0 and bills on: {reason}", old.label())),
            _ => context.ui.success(format!("{} is set to 0", old.label())),
        }
    }
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

/// What was not written, and why; and of that, what could not be read back.
struct Unwritten {
    failed: HashMap<i64, String>,
    unread: HashSet<i64>,
}

/// Writes zeros, whole batches first and then one by one where a batch was not taken, and reads back.
async fn write(context: &Context, store: &Store, halo: &Halo, chosen: &[&mut Old]) -> Unwritten {
    let quantities: Vec<Quantity> = chosen
        .iter()
        .map(|old| Quantity {
            license: old.id(),
            customer: old.customer.id,
            count: 0,
        })
        .collect();
    let _progress = context.ui.progress("setting the old licenses to 0");
    let mut words: HashMap<i64, String> = HashMap::new();
    for batch in quantities.chunks(batch_size(quantities.len())) {
        let Err(error) = halo
            .set_quantities(batch, TRIES, still_wanted(context, store, batch))
            .await
        else {
            continue;
        };
        let message = explain(&error.into()).message.to_string();
        words.extend(batch.iter().map(|quantity| (quantity.license, message.clone())));
        if batch.len() > 1 {
            for quantity in batch {
                match halo
                    .set_quantities(&[*quantity], TRIES, still_wanted(context, store, &[*quantity]))
                    .await
                {
                    Ok(()) => {
                        words.remove(&quantity.license);
                    }
                    Err(error) => {
                        words.insert(quantity.license, explain(&error.into()).message.to_string());
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
            Unwritten {
                failed: ids
                    .difference(&zero)
                    .map(|id| {
                        let why = words
                            .get(id)
                            .map_or("Halo shows another quantity afterwards", String::as_str);
                        (*id, why.to_owned())
                    })
                    .collect(),
                unread: HashSet::new(),
            }
        }
        Err(error) => {
            let message = explain(&error.into()).message;
            let reason = format!("whether it was written could not be read back: {message}");
            Unwritten {
                failed: ids.iter().map(|id| (*id, reason.clone())).collect(),
                unread: ids,
            }
        }
    }
}
