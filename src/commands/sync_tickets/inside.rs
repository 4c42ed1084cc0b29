//! Looking into the organizations: what is wrong with their backups.

use std::collections::HashSet;

use super::products;
use crate::{
    cli,
    commands::{
        inside::{self, Look},
        naming,
    },
    context::Context,
    model::{FirstSeen, Mapping, Reference},
    plan::{
        detection::{Patience, detect},
        ticket_life::Seen,
    },
};

/// An organization, and what was seen in it.
pub(super) struct LookedInto {
    pub organization: Reference<String>,
    /// The customer that it is mapped to; none if it is not mapped.
    pub customer: Option<Reference>,
    pub seen: Seen,
    /// Why some of its lists could not be read.
    pub failures: Vec<String>,
}

impl LookedInto {
    /// When its errors were first seen; none if nothing was seen.
    pub(super) fn first_seen(&self) -> Option<(String, Vec<FirstSeen>)> {
        match &self.seen {
            Seen::Looked(detected) => Some((self.organization.id.clone(), detected.first_seen.clone())),
            Seen::Inactive | Seen::Unread(_) => None,
        }
    }
}

/// Looks into the mapped organizations that the arguments name, or all of them, and with `--unmapped` into those that
/// are neither mapped nor ignored.
///
/// # Errors
/// SaaS Backup cannot be read. What is wrong with one organization is what was seen of it.
pub(super) async fn look(
    context: &Context,
    arguments: &cli::SyncTickets,
    now: i64,
) -> anyhow::Result<Vec<LookedInto>> {
    let store = context.open_read_only().await?;
    let profile = &context.profile;
    let all = store.mappings(profile).await?;
    let ignored = store.ignored(profile).await?;
    let policy = store.configuration(profile).await?.tickets;
    let before = store.first_seen(profile).await?;
    store.close().await;

    let mappings = wanted(arguments, &all)?;
    if mappings.is_empty() && !arguments.unmapped {
        return Ok(Vec::new());
    }
    let backup = context.backup().await?;
    let organizations: Vec<_> = mappings
        .iter()
        .map(|mapping| mapping.organization.clone())
        .collect();
    let wanted = if arguments.unmapped {
        let ignored: HashSet<&str> = ignored
            .iter()
            .map(|ignored| ignored.organization.id.as_str())
            .collect();
        let mut every = inside::every(context, &backup).await?;
        every.retain(|wanted| !ignored.contains(wanted.organization.id.as_str()));
        every
    } else {
        inside::named(context, &backup, &organizations).await?
    };
    let patience = Patience {
        grace: policy.grace(),
        stale_after: policy.stale_after,
    };
    let looks = inside::look(
        context,
        &backup,
        wanted,
        &products(arguments),
        |organization, mut inside| {
            let before = before.get(&organization.id).map_or(&[][..], Vec::as_slice);
            let failures = std::mem::take(&mut inside.failures);
            (detect(&inside, before, &patience, now), failures)
        },
    )
    .await?;
    Ok(looks
        .into_iter()
        .map(|(organization, look)| {
            let mapping = all
                .iter()
                .find(|mapping| mapping.organization.id == organization.id);
            let (seen, failures) = match look {
                Look::Inside((detected, failures)) => (Seen::Looked(detected), failures),
                Look::Inactive => (Seen::Inactive, Vec::new()),
                Look::Failed(error) => (Seen::Unread(error.to_string()), Vec::new()),
            };
            LookedInto {
                customer: mapping.map(|mapping| mapping.customer.clone()),
                organization,
                seen,
                failures,
            }
        })
        .collect())
}

/// The mappings of the organizations that the arguments name, each once; or all of them.
fn wanted<'a>(arguments: &cli::SyncTickets, all: &'a [Mapping]) -> anyhow::Result<Vec<&'a Mapping>> {
    if arguments.organizations.is_empty() {
        return Ok(all.iter().collect());
    }
    let mut wanted: Vec<&Mapping> = Vec::new();
    for text in &arguments.organizations {
        let mapping = naming::mapping(text, all)?;
        if !wanted
            .iter()
            .any(|known| known.organization.id == mapping.organization.id)
        {
            wanted.push(mapping);
        }
    }
    Ok(wanted)
}
