//! Why nothing may be changed at all.

use std::fmt;

/// So many changes would be held back that the answers themselves are not to be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// How many would be held back,
    pub held: usize,
    /// of how many,
    pub of: usize,
    /// which is more than this percentage.
    pub percent: u32,
    /// They are licenses at their first sync.
    pub first: bool,
}

impl Stop {
    /// How a person or a script has the rest written all the same.
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
