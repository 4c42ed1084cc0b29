//! Reading everything that the plan is made from: the seats, the licenses, and what earlier runs recorded.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use super::{Scope, seats_file, settle::settle, sources};
use crate::{
    cli,
    commands::{
        elsewhere::elsewhere,
        license_reading::{self, Places, Reading},
    },
    context::Context,
    halo::Halo,
    model::Listed,
    plan::seats::{Found, Known, Mapped, Synced},
    store::{Change, NameKind, Store},
    ui::Progress,
};

/// The input of the plan.
pub(super) struct Read {
    pub mapped: Vec<Mapped>,
    pub found: HashMap<i64, Found>,
    pub known: Known,
    /// Where the licenses were found.
    pub places: Places,
    /// What was read of organizations beside the mapped ones.
    pub listing: Listing,
}

/// What was read of organizations beside the mapped ones.
pub(super) enum Listing {
    /// SaaS Backup's whole list.
    All(Vec<Listed>),
    /// The rows of a seats file that match no mapping.
    Unmapped(Vec<Listed>),
    /// Nothing.
    NotRead,
}

impl Listing {
    /// The organizations, if any were read.
    pub(super) fn organizations(&self) -> Option<&[Listed]> {
        match self {
            Self::All(listed) | Self::Unmapped(listed) => Some(listed),
            Self::NotRead => None,
        }
    }
}

/// Reads seats and licenses, and completes the record of a killed run. A dry run records nothing, but plans as if it
/// had.
///
/// # Errors
/// A service cannot be read; then nothing can be planned.
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
    let seats = seats(context, store, scope, arguments.seats_file.as_deref(), &progress);
    let licenses = license_reading::read(halo, &wanted);
    let ((mut mapped, listing), Reading { found, places }) = tokio::try_join!(seats, licenses)?;
    drop(progress);

    // What a killed run was about to write: Halo shows if it got that far.
    let written = settle(context, store, unsettled, &found, arguments.dry_run).await?;
    take_over(&written, &mut mapped, &mut known);
    Ok(Read {
        mapped,
        found,
        known,
        places,
        listing,
    })
}

/// The mappings with the seats that their organizations have now, and the list of all organizations if it was read.
async fn seats(
    context: &Context,
    store: &Store,
    scope: &Scope,
    seats_file: Option<&Path>,
    progress: &Progress,
) -> anyhow::Result<(Vec<Mapped>, Listing)> {
    match seats_file {
        Some(path) => {
            let names = store.names(&context.profile, NameKind::Organization).await?;
            let (mapped, unmapped) = seats_file::read(context, path, scope, &names)?;
            Ok((mapped, Listing::Unmapped(unmapped)))
        }
        None => {
            let (mapped, listed) = sources::read(context, scope, &|done| progress.set(done, None)).await?;
            Ok((mapped, listed.map_or(Listing::NotRead, Listing::All)))
        }
    }
}

/// What earlier runs recorded, and what the command line names.
async fn known(context: &Context, store: &Store, scope: &Scope) -> anyhow::Result<Known> {
    let profile = &context.profile;
    Ok(Known {
        synced: scope
            .counts
            .iter()
            .map(|(license, last)| {
                let synced = Synced {
                    count: last.count,
                    unlinked: last.unlinked,
                    this_month: scope.is_this_month(&last.synced_at),
                    undone_by: last.undone_by,
                };
                (*license, synced)
            })
            .collect(),
        created: store.created_licenses(profile).await?,
        elsewhere: elsewhere(store, profile).await?,
        named: scope.named.clone(),
        today: scope.today,
    })
}

/// Makes what a killed run wrote the baseline of this one: the quantities, and each organization's seats.
fn take_over(written: &[Change], mapped: &mut [Mapped], known: &mut Known) {
    let changes: HashMap<i64, &Change> = written.iter().map(|change| (change.license, change)).collect();
    for (license, change) in &changes {
        let synced = Synced {
            count: change.to,
            // Minus the seats of those still mapped to it, which are subtracted below.
            unlinked: change
                .seats
                .values()
                .flatten()
                .fold(0, |sum, seats| sum.saturating_add(*seats)),
            this_month: false,
            undone_by: change.takes_back.then_some(change.run),
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
