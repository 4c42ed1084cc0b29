//! The seats from SaaS Backup's list of organizations.

use std::collections::HashMap;

use super::Scope;
use crate::{
    commands::unmapped,
    context::Context,
    model::{Listed, Mapping, Organization, SeatMetric},
    plan::seats::{Mapped, Source},
};

/// The most organizations, named on the command line, that are read one by one; beyond that the list is cheaper. A
/// run for all mappings always reads the list, so that a suspiciously short one is noticed.
const FEW: usize = 3;

/// Reads the seats of the scope's organizations from SaaS Backup. Also gives the list of all organizations, if it was read.
pub(super) async fn read(
    context: &Context,
    scope: &Scope,
    progress: crate::backup::Progress<'_>,
) -> anyhow::Result<(Vec<Mapped>, Option<Vec<Listed>>)> {
    let backup = context.backup().await?;
    let one_by_one = !scope.named.is_empty() && scope.mappings.len() <= FEW;
    let organizations = if one_by_one {
        let mut few = Vec::new();
        for mapping in &scope.mappings {
            few.extend(backup.organization(&mapping.organization.id).await?);
        }
        few
    } else {
        backup.organizations(progress).await?
    };
    let by_id: HashMap<&str, &Organization> = organizations
        .iter()
        .map(|organization| (organization.id.as_str(), organization))
        .collect();
    let mapped = mapped(scope, |mapping, metric| {
        by_id
            .get(mapping.organization.id.as_str())
            .map_or(Source::Vanished, |organization| source(organization, metric))
    });
    Ok((mapped, (!one_by_one).then(|| unmapped::listed(&organizations))))
}

/// What an organization's row says about its seats.
fn source(organization: &Organization, metric: SeatMetric) -> Source {
    if organization.conflicting {
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
    }
}

/// Combines each mapping with the seats that its organization has now; `source` gets the metric that counts.
pub(super) fn mapped(scope: &Scope, source: impl Fn(&Mapping, SeatMetric) -> Source) -> Vec<Mapped> {
    scope
        .mappings
        .iter()
        .map(|mapping| {
            let metric = mapping.rule.metric(scope.metric);
            Mapped {
                organization: mapping.organization.clone(),
                customer: mapping.customer.clone(),
                license: mapping.license.clone(),
                seats_before: mapping.seats,
                source: source(mapping, metric),
                metric,
                rule: mapping.rule.clone(),
                highest: scope
                    .highest
                    .get(&(mapping.organization.id.clone(), metric))
                    .copied(),
            }
        })
        .collect()
}
