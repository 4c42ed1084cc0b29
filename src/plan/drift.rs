//! Whose changes of a quantity in Halo are.

/// Who changed a quantity that halolink had written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DriftSource {
    /// A person, or another program.
    Other,
    /// The agent behind halolink's own application: the vendor's integration, if it uses the same application, or
    /// another halolink.
    OwnAgent,
    /// An agent that is called as the vendor's integration is.
    Vendor,
}

/// Words in the name of the agent that the vendor's guide has a partner create.
const VENDOR: [&str; 3] = ["dropsuite", "ninjaone", "saas backup"];

impl DriftSource {
    /// Whose change it was, by the name that Halo recorded. `own` is the agent behind halolink's own application, if
    /// that is known.
    pub fn of(who: &str, own: Option<&str>) -> Self {
        let same = |own: &str| own.trim().to_lowercase() == who.trim().to_lowercase();
        if own.is_some_and(same) {
            return Self::OwnAgent;
        }
        let who = who.to_lowercase();
        if VENDOR.iter().any(|word| who.contains(word)) {
            Self::Vendor
        } else {
            Self::Other
        }
    }

    /// Its word in JSON.
    pub fn name(self) -> &'static str {
        match self {
            DriftSource::Other => "other",
            DriftSource::OwnAgent => "own_agent",
            DriftSource::Vendor => "vendor",
        }
    }

    /// What that means; none for a person.
    pub fn meaning(self) -> Option<&'static str> {
        match self {
            DriftSource::Other => None,
            DriftSource::OwnAgent => Some(
                "halolink's own agent in Halo, but not this halolink: the vendor's own integration syncs seats too, or \
                 another halolink does",
            ),
            DriftSource::Vendor => {
                Some("by its name the vendor's own integration, which seems to sync seats too")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_known_by_its_name() {
        for (who, own, source) in [
            ("Alex Agent", Some("Dropsuite API agent"), DriftSource::Other),
            (
                "dropsuite api AGENT",
                Some("Dropsuite API agent"),
                DriftSource::OwnAgent,
            ),
            ("Dropsuite API agent", None, DriftSource::Vendor),
            ("NinjaOne integration", Some("halolink"), DriftSource::Vendor),
            ("Ninja Turtle", Some("halolink"), DriftSource::Other),
        ] {
            assert_eq!(DriftSource::of(who, own), source, "{who}");
        }
    }
}
