//! Writing the plan: in batches, and settled by reading back whatever the answers were.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{label, licenses};
use crate::{
    context::Context,
    failure::{Failure, explain},
    halo::{Error, Halo, Quantity},
    plan::{requests::batch_size, seats::Item},
};

/// Rounds of writing and reading back: the first, and more for what did not take although nobody refused it.
const ROUNDS: usize = 3;

/// Why a license failed that nobody refused.
const NOT_SHOWN: &str = "Halo did not refuse it, and shows another quantity afterwards";

/// How the writing went. A license that is not in `failed` was written and read back.
#[derive(Default)]
pub(super) struct Applied {
    /// License to reason.
    pub failed: HashMap<i64, String>,
    /// Those of `failed` that could not be read back: whether they were written is for the next run to find.
    pub unread: HashSet<i64>,
    /// Why the rest was not tried any more.
    pub broken_off: Option<Failure>,
}

/// Writes the items' quantities and reads them back. `pages` is how many pages the list of licenses has,
/// where that is known.
pub(super) async fn apply(context: &Context, halo: &Halo, writes: &[Item], pages: Option<usize>) -> Applied {
    let mut applied = Applied::default();
    let mut pending: Vec<Quantity> = writes
        .iter()
        .filter_map(|item| {
            Some(Quantity {
                license: item.license.id,
                customer: item.customer.id,
                count: item.to?,
            })
        })
        .collect();
    let mut size = batch_size(pending.len());
    for round in 1..=ROUNDS {
        if pending.is_empty() {
            break;
        }
        let unclear = write(context, halo, &pending, size, &mut applied).await;
        pending.retain(|quantity| !applied.failed.contains_key(&quantity.license));
        pending = not_taken(context, halo, pending, pages, &mut applied).await;
        if applied.broken_off.is_some() || round == ROUNDS {
            break;
        }
        // Taken by Halo and yet not there: somebody else wrote it, or Halo has its reasons. Not to be fought.
        pending.retain(|quantity| {
            let again = unclear.contains(&quantity.license);
            if !again {
                applied.failed.insert(quantity.license, NOT_SHOWN.to_owned());
            }
            again
        });
        // A service that choked on a batch may take a smaller one.
        size = (size / 2).max(1);
    }
    for quantity in pending {
        let reason = match &applied.broken_off {
            Some(failure) => failure.message.to_string(),
            None => NOT_SHOWN.to_owned(),
        };
        applied.failed.entry(quantity.license).or_insert(reason);
    }
    for item in writes {
        if let Some(reason) = applied.failed.get(&item.license.id) {
            context
                .ui
                .detail(1, &format!("{}: {reason}", label(&item.license, &item.customer)));
        }
    }
    applied
}

/// Writes all quantities. A refused batch is split until the bad ones stand alone; those with an unclear
/// answer are given back, to be settled by reading.
async fn write(
    context: &Context,
    halo: &Halo,
    pending: &[Quantity],
    size: usize,
    applied: &mut Applied,
) -> HashSet<i64> {
    let mut unclear = HashSet::new();
    let progress = context.ui.progress("writing quantities");
    let mut done = 0;
    let mut batches: VecDeque<&[Quantity]> = pending.chunks(size).collect();
    while let Some(batch) = batches.pop_front() {
        match halo.set_quantities(batch).await {
            Ok(()) => done += batch.len(),
            Err(error) if error.is_refusal() => {
                if let [quantity] = batch {
                    applied.failed.insert(quantity.license, words(&error));
                    done += 1;
                } else {
                    let (first, second) = batch.split_at(batch.len() / 2);
                    batches.push_front(second);
                    batches.push_front(first);
                }
            }
            Err(error) if error.is_unclear() => {
                unclear.extend(batch.iter().map(|quantity| quantity.license));
                done += batch.len();
            }
            Err(error) => {
                // Not signed in any more, not permitted, over the limit, unreachable: the next batch
                // would fare no better.
                applied.broken_off = Some(explain(&error.into()));
                break;
            }
        }
        progress.set(done, Some(pending.len()));
    }
    unclear
}

/// Halo's own words in a refusal.
fn words(error: &Error) -> String {
    match error {
        Error::Refused { message, .. } => message.clone(),
        error => error.to_string(),
    }
}

/// Reads back, and gives those that Halo does not show as written.
async fn not_taken(
    context: &Context,
    halo: &Halo,
    pending: Vec<Quantity>,
    pages: Option<usize>,
    applied: &mut Applied,
) -> Vec<Quantity> {
    if pending.is_empty() {
        return pending;
    }
    let progress = context.ui.progress("verifying");
    let ids: HashSet<i64> = pending.iter().map(|quantity| quantity.license).collect();
    match licenses::read_back(halo, &ids, pages, &|done, total| progress.set(done, total)).await {
        Ok(counts) => pending
            .into_iter()
            .filter(|quantity| counts.get(&quantity.license) != Some(&quantity.count))
            .collect(),
        Err(error) => {
            let failure = explain(&error.into());
            let message = failure
                .message
                .clone()
                .after("whether it was written could not be read back");
            applied.broken_off.get_or_insert(Failure { message, ..failure });
            applied.unread = ids;
            pending
        }
    }
}
