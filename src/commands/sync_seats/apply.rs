//! Writing the plan, in batches: each mapping is checked again right before its license is written, and whatever Halo
//! answered, reading back decides what was written.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use futures_util::FutureExt;

use super::label;
use crate::{
    change::{Change, Reason},
    commands::license_reading::{Places, read_back},
    context::Context,
    failure::{Failure, explain},
    halo::Halo,
    model::Quantity,
    plan::{
        batches::{Batches, PROBES, Part},
        seats::LicenseSeats,
    },
    runner::Applied,
    store::Store,
};

/// How often a batch is sent if no answer comes. Its parts are sent once each.
const TRIES: usize = 2;

/// True if these refusals, of all the licenses that were sent alone while none was accepted, mean that Halo is down
/// rather than that the licenses are bad.
fn is_outage(all: &[(i64, Reason)]) -> bool {
    let Some((_, first)) = all.first() else {
        return false;
    };
    let refused = |reason: &Reason| matches!(reason, Reason::Refused(_));
    let unanswered = |reason: &Reason| matches!(reason, Reason::Unanswered(_));
    let alike = all.len() > 1 && all.iter().all(|(_, reason)| reason == first);
    !all.iter().any(|(_, reason)| refused(reason))
        && (alike || all.len() >= PROBES || all.iter().any(|(_, reason)| unanswered(reason)))
}

/// By license: the organizations and customers that are mapped to it.
pub(in crate::commands) type MappedTo = HashMap<i64, BTreeSet<(String, i64)>>;

/// The outcome of one request.
enum Answer {
    Taken,
    NotTaken(Reason),
    BrokenOff(Failure),
}

struct Writer<'a> {
    context: &'a Context,
    store: &'a Store,
    halo: &'a Halo,
    /// By license: the organizations and customers that it is mapped to in the plan.
    planned: MappedTo,
    /// The number of licenses to write.
    all: usize,
    places: &'a Places,
    applied: Applied,
    /// By license: why it failed. One that is in neither this nor `skipped` was written and read back.
    failed: HashMap<i64, Reason>,
    /// By license: why it was skipped, because its mapping was changed in the meantime.
    skipped: HashMap<i64, Reason>,
    /// Quantities that Halo accepted, or may have, and that were not yet read back.
    unverified: Vec<Quantity>,
    /// Why reading back failed: it is not tried twice.
    unreadable: Option<Failure>,
    /// Why licenses that were sent alone were not accepted.
    refusals: Vec<(i64, Reason)>,
    /// Licenses that were not accepted the last time.
    refused_before: HashSet<i64>,
}

/// Writes the licenses' quantities, reads them back, and gives each change its outcome. `planned` is what each license was
/// mapped to when the changes were planned; one that nothing is mapped to may be left out. `places` is where the licenses
/// were found. Also returns the licenses that Halo does not accept even alone.
pub(in crate::commands) async fn apply(
    context: &Context,
    store: &Store,
    changes: &mut [&mut Change<LicenseSeats>],
    planned: MappedTo,
    places: &Places,
) -> anyhow::Result<(Applied, HashSet<i64>)> {
    let quantities: Vec<Quantity> = changes
        .iter()
        .filter_map(|change| {
            Some(Quantity {
                license: change.subject.license.id,
                customer: change.subject.customer.id,
                count: change.subject.to?,
            })
        })
        .collect();
    let refused_before = store.refused_licenses(&context.profile).await?;
    let (apart, fresh) = quantities
        .into_iter()
        .partition(|quantity| refused_before.contains(&quantity.license));
    let halo = context.halo().await?;
    let mut writer = Writer {
        context,
        store,
        halo: &halo,
        planned,
        all: changes.len(),
        places,
        applied: Applied::default(),
        failed: HashMap::new(),
        skipped: HashMap::new(),
        unverified: Vec::new(),
        unreadable: None,
        refusals: Vec::new(),
        refused_before,
    };
    let rest = writer.write(Batches::new(fresh, apart)).await;
    writer.verify().await;
    let alone = writer.conclude(rest);
    for change in changes {
        let LicenseSeats {
            license, customer, ..
        } = &change.subject;
        let label = label(license, customer);
        if let Some(reason) = writer.failed.remove(&license.id) {
            context.ui.detail(1, format!("{label}: {reason}"));
            change.failed(reason);
        } else if let Some(reason) = writer.skipped.remove(&license.id) {
            context.ui.detail(1, format!("{label}: {reason}"));
            change.skipped(reason);
        } else {
            change.done();
        }
    }
    Ok((writer.applied, alone))
}

/// The organizations and customers that the licenses are mapped to in a plan that is made from mappings.
pub(super) fn mapped_to(changes: &[&mut Change<LicenseSeats>]) -> MappedTo {
    changes
        .iter()
        .map(|change| {
            let seats = &change.subject;
            let shares = seats.shares.iter();
            let mapped = shares.map(|share| (share.organization.id.clone(), seats.customer.id));
            (seats.license.id, mapped.collect())
        })
        .collect()
}

impl Writer<'_> {
    /// Sends the batches. Returns the quantities that were not tried.
    async fn write(&mut self, mut batches: Batches<Quantity>) -> Vec<Quantity> {
        let progress = self.context.ui.progress("writing quantities");
        let total = self.all;
        let mut done = 0;
        let mut untried = Vec::new();
        while let Some(batch) = batches.next_batch() {
            let mut items = batch.items;
            let tries = match batch.part {
                Part::Whole | Part::Apart => TRIES,
                Part::Again | Part::Piece | Part::Probe | Part::Rest => 1,
            };
            let refusal = match self.send(&mut items, tries).await {
                Answer::Taken => {
                    batches.taken(items.len());
                    done += items.len();
                    self.unverified.extend(items);
                    progress.set(done, Some(total));
                    continue;
                }
                Answer::NotTaken(refusal) => refusal,
                Answer::BrokenOff(failure) => {
                    self.applied.broken_off = Some(failure);
                    untried = items;
                    break;
                }
            };
            if matches!(refusal, Reason::Unanswered(_)) && items.len() > 1 {
                // It may have been written anyway.
                let sent = items.len();
                items = self.not_shown(items).await;
                batches.taken(sent - items.len());
                if self.applied.broken_off.is_some() {
                    untried = items;
                    break;
                }
            }
            if let Some(quantity) = batches.not_taken(batch.part, items) {
                done += 1;
                self.failed.insert(quantity.license, refusal.clone());
                if !matches!(refusal, Reason::Refused(_)) {
                    self.unverified.push(quantity);
                }
                self.refusals.push((quantity.license, refusal));
                progress.set(done, Some(total));
            }
        }
        if batches.is_hopeless() {
            self.applied.given_up = Some(Reason::NothingTaken {
                tried: PROBES,
                words: self.first_refusal(),
            });
        }
        untried.extend(batches.into_rest());
        untried
    }

    /// Sends the quantities whose mappings are still as planned; the others are removed from `items` and skipped.
    /// After a wait for a rate limit, the mappings are checked again.
    async fn send(&mut self, items: &mut Vec<Quantity>, tries: usize) -> Answer {
        loop {
            let ids: Vec<i64> = items.iter().map(|quantity| quantity.license).collect();
            let now = match self.store.mapped_to(&self.context.profile, &ids).await {
                Ok(now) => now,
                Err(error) => return Answer::BrokenOff(explain(&error.into())),
            };
            items.retain(|quantity| {
                let now = now.get(&quantity.license);
                let nothing = BTreeSet::new();
                let planned = self.planned.get(&quantity.license).unwrap_or(&nothing);
                let same = now.unwrap_or(&nothing) == planned;
                if !same {
                    let reason = if now.is_some() {
                        Reason::MappingChanged
                    } else {
                        Reason::MappingEnded
                    };
                    self.skipped.insert(quantity.license, reason);
                }
                same
            });
            if items.is_empty() {
                return Answer::Taken;
            }
            let (store, profile) = (self.store.clone(), self.context.profile.clone());
            let seen = Arc::new((ids, now));
            let still_wanted = move || {
                let (store, profile, seen) = (store.clone(), profile.clone(), seen.clone());
                async move {
                    let (ids, before) = &*seen;
                    let now = store.mapped_to(&profile, ids).await;
                    now.is_ok_and(|now| now == *before)
                }
                .boxed()
            };
            return match self
                .halo
                .set_quantities(items, tries, Arc::new(still_wanted))
                .await
            {
                Ok(()) => Answer::Taken,
                Err(error) if error.is_withdrawn() => continue,
                Err(error) if error.is_refusal() => Answer::NotTaken(Reason::Refused(error.words())),
                Err(error) if error.is_own_failure() => {
                    Answer::NotTaken(Reason::ServiceFailed(error.words()))
                }
                Err(error) if error.is_unclear() => Answer::NotTaken(Reason::Unanswered(error.words())),
                // No longer signed in, not permitted, over the limit, unreachable: the next batch would fail too.
                Err(error) => Answer::BrokenOff(explain(&error.into())),
            };
        }
    }

    /// Reads back everything that was sent and may have been accepted.
    async fn verify(&mut self) {
        let unverified = std::mem::take(&mut self.unverified);
        let all: HashSet<i64> = unverified.iter().map(|quantity| quantity.license).collect();
        let missing = self.not_shown(unverified).await;
        let missing: HashSet<i64> = missing.iter().map(|quantity| quantity.license).collect();
        for license in all {
            if !missing.contains(&license) {
                // It was written, whatever the answer was.
                self.failed.remove(&license);
                self.refusals.retain(|(refused, _)| *refused != license);
            } else {
                // Halo accepted it but shows another quantity: someone else wrote it, or a rule in Halo did. It is
                // not written again.
                self.failed.entry(license).or_insert(Reason::NotShown);
            }
        }
    }

    /// Reads back, and returns the quantities that Halo does not show as written; all of them if it cannot be read.
    async fn not_shown(&mut self, items: Vec<Quantity>) -> Vec<Quantity> {
        if items.is_empty() {
            return items;
        }
        let ids: HashSet<i64> = items.iter().map(|quantity| quantity.license).collect();
        let read = match &self.unreadable {
            Some(failure) => Err(failure.clone()),
            None => {
                let progress = self.context.ui.progress("verifying");
                let show = |done, total| progress.set(done, total);
                let counts = read_back(self.halo, &ids, self.places, &show).await;
                counts.map_err(|error| explain(&error.into()))
            }
        };
        match read {
            Ok(counts) => items
                .into_iter()
                .filter(|quantity| counts.get(&quantity.license) != Some(&quantity.count))
                .collect(),
            Err(failure) => {
                let reason = Reason::NotReadBack(failure.message.to_string());
                for license in &ids {
                    self.failed.insert(*license, reason.clone());
                }
                self.applied.broken_off.get_or_insert(Failure {
                    message: reason.to_string().into(),
                    ..failure.clone()
                });
                self.unreadable = Some(failure);
                items
            }
        }
    }

    fn first_refusal(&self) -> String {
        let first = self.refusals.first();
        first.map_or_else(String::new, |(_, reason)| reason.to_string())
    }

    /// Gives those that were not tried their reason. Returns the licenses that were sent alone and not accepted, for
    /// the next run.
    fn conclude(&mut self, rest: Vec<Quantity>) -> HashSet<i64> {
        let known_bad = |(license, _): &(i64, Reason)| self.refused_before.contains(license);
        let nothing_taken = self.failed.len() + self.skipped.len() + rest.len() >= self.all;
        if self.applied.broken_off.is_none()
            && nothing_taken
            && !self.refusals.iter().all(known_bad)
            && is_outage(&self.refusals)
        {
            self.applied.broken_off = Some(
                Failure::try_later(format!(
                    "HaloPSA cannot write licenses at the moment: {}",
                    self.first_refusal()
                ))
                .hint("run the command again later"),
            );
            self.applied.given_up = None;
        }
        let alone = match self.applied.broken_off {
            None => self.refusals.iter().map(|(license, _)| *license).collect(),
            Some(_) => HashSet::new(),
        };
        let reason = match (&self.applied.broken_off, &self.applied.given_up) {
            (Some(failure), _) => Reason::BrokenOff(failure.message.to_string()),
            (None, Some(_)) => Reason::NotTried,
            (None, None) => Reason::NotShown,
        };
        for quantity in rest {
            self.failed
                .entry(quantity.license)
                .or_insert_with(|| reason.clone());
        }
        alone
    }
}
