//! Naming the organizations that nobody bills.

use std::collections::HashSet;

use serde::Serialize;

use crate::{
    context::Context,
    model::{Listed, Mapping, Organization, Reference, SeatMetric},
    plan::{
        elsewhere::Elsewhere,
        unmapped::{Unmapped, unmapped},
    },
    store::Store,
    text::counted,
};

/// The most organizations that a sentence names.
const MOST_NAMED: usize = 5;

/// One of them in JSON: `{"id", "name", "seats", "state"}`.
#[derive(Serialize)]
pub(super) struct UnmappedView<'a> {
    #[serde(flatten)]
    organization: &'a Reference<String>,
    seats: Option<i64>,
    state: &'static str,
}

impl<'a> From<&'a Unmapped> for UnmappedView<'a> {
    fn from(unmapped: &'a Unmapped) -> Self {
        Self {
            organization: &unmapped.organization,
            seats: unmapped.seats,
            state: if unmapped.active { "active" } else { "inactive" },
        }
    }
}

/// The organizations of a list, as the state remembers them.
pub(super) fn listed(organizations: &[Organization]) -> Vec<Listed> {
    organizations
        .iter()
        .map(|organization| Listed {
            organization: Reference::new(organization.id.clone(), &organization.name),
            seats: organization.seats,
            active: !organization.suspended && !organization.deactivated,
        })
        .collect()
}

/// Those of the listed organizations that nobody bills: of a list that was just read, or else of the one that the state
/// remembers; none if there was never a list.
pub(super) async fn find(
    store: &Store,
    profile: &str,
    just_read: Option<&[Listed]>,
    mappings: impl Iterator<Item = &Mapping>,
    elsewhere: &Elsewhere,
    metric: SeatMetric,
) -> anyhow::Result<Option<Vec<Unmapped>>> {
    let remembered;
    let listed = match just_read {
        Some(listed) => listed,
        None => match store.listed(profile).await? {
            Some(listed) => {
                remembered = listed;
                &remembered[..]
            }
            None => return Ok(None),
        },
    };
    let ignored = store.ignored(profile).await?;
    let mapped = mappings.map(|mapping| mapping.organization.id.as_str());
    let known: HashSet<&str> = mapped
        .chain(ignored.iter().map(|ignored| ignored.organization.id.as_str()))
        .collect();
    Ok(Some(unmapped(listed, &known, elsewhere, metric)))
}

/// Says which organizations nobody bills, and what to do about it; none if there are none.
pub(super) fn sentence(context: &Context, unmapped: &[Unmapped], metric: SeatMetric) -> Option<String> {
    if unmapped.is_empty() {
        return None;
    }
    let seats = unmapped
        .iter()
        .filter_map(|unmapped| unmapped.seats)
        .fold(0_i64, i64::saturating_add);
    let named: Vec<String> = unmapped.iter().take(MOST_NAMED).map(named).collect();
    let more = match unmapped.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more (halolink list organizations --unmapped)"),
    };
    let verb = if unmapped.len() == 1 { "is" } else { "are" };
    Some(format!(
        "{} with {seats} {metric} seats {verb} neither mapped nor ignored, so nobody is billed for them: {}{more}; {}, or \
         halolink ignore ORG --reason TEXT",
        counted(unmapped.len(), "organization"),
        named.join(", "),
        context.command("map-org"),
    ))
}

/// `Contoso (1788161-14): 12`.
fn named(unmapped: &Unmapped) -> String {
    let seats = unmapped
        .seats
        .map_or_else(|| "?".to_owned(), |seats| seats.to_string());
    let inactive = if unmapped.active { "" } else { ", inactive" };
    format!("{}: {seats}{inactive}", unmapped.organization)
}
