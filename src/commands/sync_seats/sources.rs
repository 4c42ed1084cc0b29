//! Where the seats come from: SaaS Backup's list of organizations.

use std::collections::HashMap;

use crate::{
    context::Context,
    model::{Mapping, SeatMetric},
    plan::seats::{Mapped, Source},
};

/// The most named organizations that are asked for one by one; beyond that the list is cheaper. A
/// run about all of them reads the list in any case: one that is suspiciously short must be noticed.
const FEW: usize = 3;

/// What SaaS Backup says about the mapped organizations now.
pub(super) async fn read(
    context: &Context,
    mappings: &[Mapping],
    metric: SeatMetric,
    named: bool,
    progress: crate::backup::Progress<'_>,
) -> anyhow::Result<Vec<Mapped>> {
    let backup = context.backup().await?;
    let mut sources: HashMap<String, Source> = HashMap::new();
    let mut add = |organization: crate::model::Organization| {
        let source = if organization.conflicting {
            Source::Contradictory
        } else if organization.suspended {
            Source::Suspended
        } else if organization.deactivated {
            Source::Deactivated
        } else {
            organization
                .seats
                .of(metric)
                .map_or(Source::Unreadable, Source::Seats)
        };
        sources.insert(organization.id, source);
    };
    if named && mappings.len() <= FEW {
        for mapping in mappings {
            if let Some(organization) = backup.organization(&mapping.organization.id).await? {
                add(organization);
            }
        }
    } else {
        for organization in backup.organizations(progress).await? {
            add(organization);
        }
    }
    Ok(mapped(mappings, |mapping| {
        sources
            .get(&mapping.organization.id)
            .copied()
            .unwrap_or(Source::Vanished)
    }))
}

/// Mappings with what their organizations have now.
pub(super) fn mapped(mappings: &[Mapping], source: impl Fn(&Mapping) -> Source) -> Vec<Mapped> {
    mappings
        .iter()
        .map(|mapping| Mapped {
            organization: mapping.organization.clone(),
            customer: mapping.customer.clone(),
            license: mapping.license.clone(),
            seats_before: mapping.seats,
            source: source(mapping),
        })
        .collect()
}
