//! The seats from SaaS Backup's list of organizations.

use std::collections::HashMap;

use super::Scope;
use crate::{
    context::Context,
    model::Mapping,
    plan::seats::{Mapped, Source},
};

/// The most organizations, named on the command line, that are read one by one; beyond that the list is cheaper. A
/// run for all mappings always reads the list, so that a suspiciously short one is noticed.
const FEW: usize = 3;

/// Reads the seats of the scope's organizations from SaaS Backup.
pub(super) async fn read(
    context: &Context,
    scope: &Scope,
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
                .of(scope.metric)
                .map_or(Source::Unreadable, Source::Seats)
        };
        sources.insert(organization.id, source);
    };
    if !scope.named.is_empty() && scope.mappings.len() <= FEW {
        for mapping in &scope.mappings {
            if let Some(organization) = backup.organization(&mapping.organization.id).await? {
                add(organization);
            }
        }
    } else {
        for organization in backup.organizations(progress).await? {
            add(organization);
        }
    }
    Ok(mapped(&scope.mappings, |mapping| {
        sources
            .get(&mapping.organization.id)
            .copied()
            .unwrap_or(Source::Vanished)
    }))
}

/// Combines each mapping with the seats that its organization has now.
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
