//! The reason not to make any change at all.

use std::fmt;

/// So many changes would be held back that the services' answers cannot be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The number of licenses that would be held back.
    pub held: usize,
    /// The number of licenses that it is a share of.
    pub of: usize,
    /// The allowed share, in percent.
    pub percent: u32,
    /// The licenses are at their first sync.
    pub first: bool,
}

impl Stop {
    /// How to have the rest written anyway.
    pub fn hint(&self) -> &'static str {
        if self.first {
            "look at the licenses that they are mapped to; then --force, or name the organizations"
        } else {
            "--max-held-back, --force"
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let Self {
            held, of, percent, ..
        } = self;
        let when = if self.first { " at their first sync" } else { "" };
        write!(
            formatter,
            "{held} of {of} licenses would be held back{when}, more than {percent} percent: nothing is written"
        )
    }
}
