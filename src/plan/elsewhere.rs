//! What other profiles of the same Halo site have mapped. If two profiles had the same license, each run would
//! overwrite the other's sum; if they had the same organization, it would be billed twice.

use std::collections::HashMap;

use crate::change::{Conflict, OtherMapping, Twice};

/// The mappings of the other profiles of a site.
#[derive(Clone, Debug, Default)]
pub struct Elsewhere {
    /// The profile that is not one of the others.
    profile: String,
    by_organization: HashMap<String, OtherMapping>,
    by_license: HashMap<i64, OtherMapping>,
}

impl Elsewhere {
    /// The mappings of the profiles other than this one.
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

    /// What prevents mapping this organization here, whatever to.
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

    /// What prevents mapping this organization to this license here.
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
