//! What other profiles of the same Halo site have mapped. A license in two profiles would get the sum of one,
//! then of the other, at every run; an organization in two would be billed twice.

use std::collections::HashMap;

use crate::change::{Conflict, OtherMapping, Twice};

/// All mappings of the other profiles of the site.
#[derive(Clone, Debug, Default)]
pub struct Elsewhere {
    /// The profile that they are "other" to.
    profile: String,
    by_organization: HashMap<String, OtherMapping>,
    by_license: HashMap<i64, OtherMapping>,
}

impl Elsewhere {
    /// What the other profiles of this profile's site have mapped.
    pub fn new(profile: &str, others: impl IntoIterator<Item = OtherMapping>) -> Self {
        let mut elsewhere = Self {
            profile: profile.to_owned(),
            ..Self::default()
        };
        for other in others {
            elsewhere
                .by_license
                .entry(other.license.id)
                .or_insert_with(|| other.clone());
            elsewhere
                .by_organization
                .entry(other.organization.id.clone())
                .or_insert(other);
        }
        elsewhere
    }

    /// A mapping to this license in another profile.
    pub fn user_of(&self, license: i64) -> Option<&OtherMapping> {
        self.by_license.get(&license)
    }

    /// What stands against this organization being mapped here, whatever it is mapped to.
    pub fn conflict_of_organization(&self, organization: &str) -> Option<Conflict> {
        self.by_organization
            .get(organization)
            .map(|other| self.found(Twice::Organization, other))
    }

    fn found(&self, twice: Twice, other: &OtherMapping) -> Conflict {
        Conflict {
            twice,
            profile: self.profile.clone(),
            other: other.clone(),
        }
    }

    /// What stands against this organization being mapped to this license here.
    pub fn conflict(&self, organization: &str, license: i64) -> Option<Conflict> {
        self.conflict_of_organization(organization).or_else(|| {
            self.user_of(license)
                .map(|other| self.found(Twice::License, other))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Reference;

    #[test]
    fn an_organization_and_a_license_conflict_each_by_itself() {
        let elsewhere = Elsewhere::new(
            "main",
            [OtherMapping {
                profile: "brand".to_owned(),
                organization: Reference::new("1-1".to_owned(), "Contoso"),
                license: Reference::new(17, "Backup"),
            }],
        );
        assert_eq!(elsewhere.conflict("1-2", 18), None);
        let said = |organization: &str, license: i64| {
            let conflict = elsewhere.conflict(organization, license).unwrap();
            let said = format!("{conflict}; {}", conflict.hint());
            for part in ["\"main\"", "\"brand\"", "halolink unlink 1-1 --profile brand"] {
                assert!(said.contains(part), "{said}");
            }
            said
        };
        assert!(said("1-1", 18).starts_with("Contoso (1-1) is mapped in two profiles"));
        assert!(said("1-2", 17).starts_with("the license is mapped in two profiles"));
        assert!(said("1-1", 17).contains("billed twice"));
    }
}
