//! The organizations that nobody bills: neither mapped nor ignored.

use std::{cmp::Reverse, collections::HashSet};

use super::elsewhere::Elsewhere;
use crate::model::{Listed, Reference, SeatMetric};

/// An organization that is neither mapped nor ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmapped {
    /// The organization.
    pub organization: Reference<String>,
    /// Its seats, by the profile's metric; none if they are not known.
    pub seats: Option<i64>,
    /// It is neither suspended nor deactivated.
    pub active: bool,
}

/// Those of the listed organizations that are neither `known`, which are the ids of the mapped and the ignored ones, nor
/// mapped in another profile of the same site. Those with the most seats come first.
pub fn unmapped(
    listed: &[Listed],
    known: &HashSet<&str>,
    elsewhere: &Elsewhere,
    metric: SeatMetric,
) -> Vec<Unmapped> {
    let mut unmapped: Vec<Unmapped> = listed
        .iter()
        .filter(|listed| {
            let id = listed.organization.id.as_str();
            !known.contains(id) && elsewhere.conflict_of_organization(id).is_none()
        })
        .map(|listed| Unmapped {
            organization: listed.organization.clone(),
            seats: listed.seats.of(metric),
            active: listed.active,
        })
        .collect();
    unmapped.sort_by_cached_key(|unmapped| {
        (
            Reverse(unmapped.seats),
            unmapped.organization.name.to_lowercase(),
            unmapped.organization.id.clone(),
        )
    });
    unmapped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{change::OtherMapping, model::Seats};

    fn listed(id: &str, used: Option<i64>) -> Listed {
        Listed {
            organization: Reference::new(id.to_owned(), format!("Organization {id}")),
            seats: Seats {
                used,
                ..Seats::default()
            },
            active: true,
        }
    }

    #[test]
    fn neither_mapped_nor_ignored_nor_mapped_elsewhere() {
        let all = [
            listed("a", Some(3)),
            listed("b", None),
            listed("c", Some(20)),
            listed("d", Some(3)),
            listed("e", Some(7)),
        ];
        let other = OtherMapping {
            profile: "brand".to_owned(),
            organization: Reference::new("e".to_owned(), "E"),
            license: Reference::new(17, "License"),
        };
        let elsewhere = Elsewhere::new("mine", [other]);
        let unmapped = unmapped(&all, &HashSet::from(["d"]), &elsewhere, SeatMetric::Used);
        let ids: Vec<&str> = unmapped
            .iter()
            .map(|unmapped| unmapped.organization.id.as_str())
            .collect();
        assert_eq!(ids, ["c", "a", "b"]);
    }
}
