//! Everything that the plan is made from: the mappings' seats, the licenses, and what is known from before.

use std::collections::{HashMap, HashSet};

use super::{Scope, licenses, seats_file, sources};
use crate::{
    cli,
    commands::elsewhere::elsewhere,
    context::Context,
    halo::Halo,
    plan::seats::{Found, Known, Mapped, Synced},
    store::{Change, LicenseCount, NameKind, Store},
    text::counted,
    ui::Progress,
};

/// What was read, ready to be planned with.
pub(super) struct Read {
    pub mapped: Vec<Mapped>,
    pub found: HashMap<i64, Found>,
    pub known: Known,
    /// How many pages the list of licenses has, where it was read.
    pub pages: Option<usize>,
}

/// Reads seats and licenses, and settles what a killed run left; in a dry run that is only taken into account.
///
/// # Errors
/// A service that cannot be read: nothing can be planned then.
pub(super) async fn read(
    context: &Context,
    store: &Store,
    halo: &Halo,
    scope: &Scope,
    arguments: &cli::SyncSeats,
) -> anyhow::Result<Read> {
    let unsettled = store.unsettled(&context.profile).await?;
    let mut known = known(context, store, scope).await?;
    let mut wanted: HashSet<i64> = scope.mappings.iter().map(|mapping| mapping.license.id).collect();
    wanted.extend(unsettled.iter().map(|change| change.license));

    let progress = context.ui.progress("reading seats and licenses");
    let seats = seats(context, store, scope, arguments, &progress);
    let (mut mapped, licenses::Reading { found, pages }) =
        tokio::try_join!(seats, licenses::read(halo, &wanted))?;
    drop(progress);

    // What a killed run had meant to write: Halo shows whether it did.
    let (written, lost): (Vec<_>, Vec<_>) = unsettled
        .into_iter()
        .partition(|change| found.get(&change.license).and_then(|found| found.count) == Some(change.to));
    take_over(&written, &mut mapped, &mut known);
    let interrupted = !written.is_empty() || !lost.is_empty();
    if interrupted && !arguments.dry_run {
        store.settle(&context.profile, &written, &lost).await?;
        context.ui.note(format!(
            "An interrupted run is completed: {} had been written",
            counted(written.len(), "license")
        ));
    }
    Ok(Read {
        mapped,
        found,
        known,
        pages,
    })
}

/// The mappings with the seats that their organizations have now.
async fn seats(
    context: &Context,
    store: &Store,
    scope: &Scope,
    arguments: &cli::SyncSeats,
    progress: &Progress,
) -> anyhow::Result<Vec<Mapped>> {
    let Scope {
        mappings,
        others,
        metric,
        ..
    } = scope;
    if let Some(path) = &arguments.seats_file {
        let names = store.names(&context.profile, NameKind::Organization).await?;
        return seats_file::read(context, path, mappings, others, &names, *metric);
    }
    let named = !arguments.organizations.is_empty();
    sources::read(context, mappings, *metric, named, &|done| {
        progress.set(done, None)
    })
    .await
}

/// What is known from before, and from the command line.
async fn known(context: &Context, store: &Store, scope: &Scope) -> anyhow::Result<Known> {
    let profile = &context.profile;
    Ok(Known {
        synced: store
            .license_counts(profile)
            .await?
            .into_iter()
            .map(|(license, LicenseCount { count, unlinked })| (license, Synced { count, unlinked }))
            .collect(),
        created: store.created_licenses(profile).await?,
        elsewhere: elsewhere(store, profile).await?,
        named: scope.named.clone(),
    })
}

/// What a killed run wrote is what the next one compares with: the quantities, and whose seats they are.
fn take_over(written: &[Change], mapped: &mut [Mapped], known: &mut Known) {
    let changes: HashMap<i64, &Change> = written.iter().map(|change| (change.license, change)).collect();
    for (license, change) in &changes {
        let synced = Synced {
            count: change.to,
            // But for those that are mapped to it still: see below.
            unlinked: change
                .seats
                .values()
                .flatten()
                .fold(0, |sum, seats| sum.saturating_add(*seats)),
        };
        known.synced.insert(*license, synced);
    }
    for mapping in mapped {
        let license = mapping.license.id;
        if let Some(seats) = changes
            .get(&license)
            .and_then(|change| change.seats.get(&mapping.organization.id))
            && let Some(synced) = known.synced.get_mut(&license)
        {
            mapping.seats_before = *seats;
            synced.unlinked = synced.unlinked.saturating_sub(seats.unwrap_or(0));
        }
    }
}
