//! Writing the plan: in batches, each mapping looked at again right before, and settled by reading back
//! whatever the answers were.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use futures_util::FutureExt;

use super::{label, licenses};
use crate::{
    context::Context,
    failure::{Failure, explain},
    halo::Halo,
    model::Quantity,
    plan::{
        batches::{Batches, PROBES, Part},
        seats::Item,
    },
    store::{Store, Written},
};

/// How often a batch is sent whose answer does not come: its parts once each.
const TRIES: usize = 2;

/// Why a license failed that nobody refused.
const NOT_SHOWN: &str = "Halo did not refuse it, and shows another quantity afterwards";
/// Why a license was left alone whose mapping is not what was planned with any more.
const REMAPPED: &str = "its mapping was changed meanwhile; the next sync looks at it anew";
/// Why a license was left alone that nothing is mapped to any more.
const UNMAPPED: &str = "its mapping was ended meanwhile";

/// How the writing went. A license that is in neither `failed` nor `skipped` was written and read back.
#[derive(Default)]
pub(super) struct Applied {
    /// License to reason.
    pub failed: HashMap<i64, String>,
    /// Left alone, because its mapping was changed meanwhile: license to reason.
    pub skipped: HashMap<i64, String>,
    /// Those of `failed` that could not be read back: whether they were written is for the next run to find.
    pub unread: HashSet<i64>,
    /// Those of `failed` that stood alone, so that it is them that Halo does not take.
    pub alone: HashSet<i64>,
    /// Why the rest was not tried any more, where Halo cannot be worked with now.
    pub broken_off: Option<Failure>,
    /// Why the rest was not tried any more, where Halo takes nothing.
    pub given_up: Option<String>,
}

impl Applied {
    /// What the ledger is told.
    pub fn written(&self) -> Written<'_> {
        Written {
            failed: &self.failed,
            skipped: &self.skipped,
            unread: &self.unread,
            alone: &self.alone,
        }
    }

    /// Whether something is left to do.
    pub fn is_incomplete(&self) -> bool {
        !self.failed.is_empty() || self.skipped.values().any(|reason| reason == REMAPPED)
    }
}

/// Why a batch was not taken.
#[derive(Clone, PartialEq, Eq)]
enum Refusal {
    /// Halo said no, in these words.
    Refused(String),
    /// Halo failed at it, in these words.
    Broke(String),
    /// No proper answer came.
    Lost(String),
}

impl Refusal {
    fn words(&self) -> &str {
        let (Self::Refused(words) | Self::Broke(words) | Self::Lost(words)) = self;
        words
    }

    /// Whether these, of all that stood alone where none was taken, say that Halo is down rather than that the
    /// licenses are bad.
    fn is_outage(all: &[(i64, Refusal)]) -> bool {
        let Some((_, first)) = all.first() else {
            return false;
        };
        let refused = |refusal: &Refusal| matches!(refusal, Refusal::Refused(_));
        let lost = |refusal: &Refusal| matches!(refusal, Refusal::Lost(_));
        let alike = all.len() > 1 && all.iter().all(|(_, refusal)| refusal == first);
        !all.iter().any(|(_, refusal)| refused(refusal))
            && (alike || all.len() >= PROBES || all.iter().any(|(_, refusal)| lost(refusal)))
    }
}

/// What became of one request.
enum Answer {
    Taken,
    NotTaken(Refusal),
    BrokenOff(Failure),
}

struct Writer<'a> {
    context: &'a Context,
    store: &'a Store,
    halo: &'a Halo,
    planned: HashMap<i64, &'a Item>,
    pages: Option<usize>,
    applied: Applied,
    /// Those that Halo took, or may have taken, and that were not read back yet.
    unverified: Vec<Quantity>,
    /// Why nothing can be read back: it is not tried twice.
    unreadable: Option<Failure>,
    /// Why licenses that stood alone were not taken.
    refusals: Vec<(i64, Refusal)>,
    /// Those that were not taken the last time.
    refused_before: HashSet<i64>,
}

/// Writes the items' quantities and reads them back. `pages` is how many pages the list of licenses has,
/// where that is known.
pub(super) async fn apply(
    context: &Context,
    store: &Store,
    halo: &Halo,
    writes: &[Item],
    pages: Option<usize>,
) -> anyhow::Result<Applied> {
    let quantities: Vec<Quantity> = writes
        .iter()
        .filter_map(|item| {
            Some(Quantity {
                license: item.license.id,
                customer: item.customer.id,
                count: item.to?,
            })
        })
        .collect();
    let refused_before = store.refused_licenses(&context.profile).await?;
    let (apart, fresh) = quantities
        .into_iter()
        .partition(|quantity| refused_before.contains(&quantity.license));
    let mut writer = Writer {
        context,
        store,
        halo,
        planned: writes.iter().map(|item| (item.license.id, item)).collect(),
        pages,
        applied: Applied::default(),
        unverified: Vec::new(),
        unreadable: None,
        refusals: Vec::new(),
        refused_before,
    };
    let rest = writer.write(Batches::new(fresh, apart)).await;
    writer.verify().await;
    writer.conclude(rest);
    let applied = writer.applied;
    for item in writes {
        let reason = applied.failed.get(&item.license.id);
        if let Some(reason) = reason.or_else(|| applied.skipped.get(&item.license.id)) {
            context
                .ui
                .detail(1, &format!("{}: {reason}", label(&item.license, &item.customer)));
        }
    }
    Ok(applied)
}

impl Writer<'_> {
    /// Sends the batches. Gives those that were not tried.
    async fn write(&mut self, mut batches: Batches<Quantity>) -> Vec<Quantity> {
        let progress = self.context.ui.progress("writing quantities");
        let total = self.planned.len();
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
            if matches!(refusal, Refusal::Lost(_)) && items.len() > 1 {
                // It may have been done all the same.
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
                let words = refusal.words().to_owned();
                self.applied.failed.insert(quantity.license, words);
                if !matches!(refusal, Refusal::Refused(_)) {
                    self.unverified.push(quantity);
                }
                self.refusals.push((quantity.license, refusal));
                progress.set(done, Some(total));
            }
        }
        if batches.is_hopeless() {
            let words = self.refusals.first().map_or("", |(_, refusal)| refusal.words());
            self.applied.given_up = Some(format!(
                "Halo took none of the {PROBES} licenses that were tried one by one, so the others were not tried: {words}"
            ));
        }
        untried.extend(batches.into_rest());
        untried
    }

    /// Sends those whose mappings are still what was planned with; the others are taken out of `items` and left
    /// alone. Where it had to wait for a rate limit, they are looked at again.
    async fn send(&mut self, items: &mut Vec<Quantity>, tries: usize) -> Answer {
        loop {
            let ids: Vec<i64> = items.iter().map(|quantity| quantity.license).collect();
            let now = match self.store.mapped_to(&self.context.profile, &ids).await {
                Ok(now) => now,
                Err(error) => return Answer::BrokenOff(explain(&error.into())),
            };
            items.retain(|quantity| {
                let planned: BTreeSet<(String, i64)> = self
                    .planned
                    .get(&quantity.license)
                    .into_iter()
                    .flat_map(|item| &item.shares)
                    .map(|share| (share.organization.id.clone(), quantity.customer))
                    .collect();
                let now = now.get(&quantity.license);
                let same = now == Some(&planned);
                if !same {
                    let reason = if now.is_some() { REMAPPED } else { UNMAPPED };
                    self.applied.skipped.insert(quantity.license, reason.to_owned());
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
                Err(error) if error.is_refusal() => Answer::NotTaken(Refusal::Refused(error.words())),
                Err(error) if error.is_own_failure() => Answer::NotTaken(Refusal::Broke(error.words())),
                Err(error) if error.is_unclear() => Answer::NotTaken(Refusal::Lost(error.words())),
                // Not signed in any more, not permitted, over the limit, unreachable: the next batch would
                // fare no better.
                Err(error) => Answer::BrokenOff(explain(&error.into())),
            };
        }
    }

    /// Reads back everything that was sent and may have been taken.
    async fn verify(&mut self) {
        let unverified = std::mem::take(&mut self.unverified);
        let all: HashSet<i64> = unverified.iter().map(|quantity| quantity.license).collect();
        let missing = self.not_shown(unverified).await;
        let missing: HashSet<i64> = missing.iter().map(|quantity| quantity.license).collect();
        for license in all {
            if !missing.contains(&license) {
                // Whatever the answer was.
                self.applied.failed.remove(&license);
                self.refusals.retain(|(refused, _)| *refused != license);
            } else if !self.applied.unread.contains(&license) {
                // Taken by Halo and yet not there: somebody else wrote it, or Halo has its reasons. Not to be
                // fought.
                let failed = self.applied.failed.entry(license);
                failed.or_insert_with(|| NOT_SHOWN.to_owned());
            }
        }
    }

    /// Reads back, and gives those that Halo does not show as written; all where nothing can be read.
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
                let counts = licenses::read_back(self.halo, &ids, self.pages, &show).await;
                counts.map_err(|error| explain(&error.into()))
            }
        };
        match read {
            Ok(counts) => items
                .into_iter()
                .filter(|quantity| counts.get(&quantity.license) != Some(&quantity.count))
                .collect(),
            Err(failure) => {
                let message = format!(
                    "whether it was written could not be read back: {}",
                    failure.message
                );
                for license in &ids {
                    self.applied.failed.insert(*license, message.clone());
                }
                self.applied.unread.extend(ids);
                self.applied.broken_off.get_or_insert(Failure {
                    message: message.as_str().into(),
                    ..failure.clone()
                });
                self.unreadable = Some(failure);
                items
            }
        }
    }

    /// What is to be said of those that were not tried, and remembered of those that stood alone.
    fn conclude(&mut self, rest: Vec<Quantity>) {
        let applied = &mut self.applied;
        let known_bad = |(license, _): &(i64, Refusal)| self.refused_before.contains(license);
        let nothing_taken = applied.failed.len() + applied.skipped.len() + rest.len() >= self.planned.len();
        if applied.broken_off.is_none()
            && nothing_taken
            && !self.refusals.iter().all(known_bad)
            && Refusal::is_outage(&self.refusals)
        {
            let words = self.refusals.first().map_or("", |(_, refusal)| refusal.words());
            applied.broken_off = Some(
                Failure::try_later(format!("HaloPSA writes no license at the moment: {words}"))
                    .hint("run the command again later"),
            );
            applied.given_up = None;
        }
        if applied.broken_off.is_none() {
            applied
                .alone
                .extend(self.refusals.iter().map(|(license, _)| license));
        }
        let reason = match (&applied.broken_off, &applied.given_up) {
            (Some(failure), _) => failure.message.to_string(),
            (None, Some(_)) => "not tried, because Halo took none of those that were".to_owned(),
            (None, None) => NOT_SHOWN.to_owned(),
        };
        for quantity in rest {
            applied
                .failed
                .entry(quantity.license)
                .or_insert_with(|| reason.clone());
        }
    }
}
