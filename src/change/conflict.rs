//! Two profiles of one Halo site that bill the same thing.

use std::fmt;

use crate::model::Reference;

/// A mapping of another profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherMapping {
    /// The profile's name.
    pub profile: String,
    /// The organization mapped there.
    pub organization: Reference<String>,
    /// The license it is mapped to there.
    pub license: Reference,
}

/// Something that two profiles would both bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// What both profiles have mapped.
    pub twice: Twice,
    /// This profile's name.
    pub profile: String,
    /// The other profile's mapping.
    pub other: OtherMapping,
}

/// What two profiles have both mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twice {
    /// The organization: it would be billed twice.
    Organization,
    /// The license: each would overwrite the other's sum.
    License,
}

impl Conflict {
    /// The command to run next.
    pub fn hint(&self) -> String {
        format!(
            "unlink it in one of them, as with: halolink unlink {} --profile {}",
            self.other.organization.id, self.other.profile
        )
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let OtherMapping {
            profile: other,
            organization,
            license,
        } = &self.other;
        let here = &self.profile;
        match self.twice {
            Twice::Organization => write!(
                formatter,
                "{organization} is mapped in two profiles, \"{here}\" and \"{other}\" (to {license} in the latter), and \
                 would be billed twice"
            ),
            Twice::License => write!(
                formatter,
                "the license is mapped in two profiles, \"{here}\" and \"{other}\" (by {organization} in the latter), and \
                 each would overwrite the other's sum"
            ),
        }
    }
}
