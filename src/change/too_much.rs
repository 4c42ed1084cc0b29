//! A change of a quantity that is too much to be written unasked.

use std::fmt;

/// A change that is too much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooMuch {
    /// The organization that changes so much; none where it is the license as a whole.
    pub who: Option<String>,
    /// The quantity, or the seats, before.
    pub from: i64,
    /// What it would be.
    pub to: i64,
    /// In what way it is too much.
    pub excess: Excess,
}

/// In what way a change is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// Since the last sync: more than these limits allow.
    Change {
        /// In percent.
        max_change: u32,
        /// In seats.
        min_change: u32,
    },
    /// To 0, since the last sync.
    ToNothing,
    /// At the first sync of the license.
    First,
    /// At the first sync of organizations that joined a license.
    Joined,
}

impl TooMuch {
    /// Whether it is a first sync that is too much: naming its organization is another way to say that the
    /// license is the right one.
    pub fn is_first(&self) -> bool {
        matches!(self.excess, Excess::First | Excess::Joined)
    }

    /// How a person or a script has it written all the same.
    pub fn hint(&self) -> &'static str {
        if self.is_first() {
            "if the license is the right one, --force or naming the organization writes it"
        } else {
            "--force writes it all the same"
        }
    }
}

impl fmt::Display for TooMuch {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let Self { from, to, .. } = *self;
        let who = self.who.as_deref().unwrap_or("it");
        let verb = if to > from { "rise" } else { "fall" };
        match self.excess {
            Excess::ToNothing => write!(formatter, "{who} would fall from {from} to 0"),
            Excess::First => write!(
                formatter,
                "at its first sync {who} would {verb} from {from} to {to}"
            ),
            Excess::Joined => write!(
                formatter,
                "with who is new to it, {who} would {verb} from {from} to {to}"
            ),
            Excess::Change { min_change, .. } if from <= 0 => write!(
                formatter,
                "{who} would {verb} from {from} to {to}, more than --min-change {min_change}"
            ),
            Excess::Change {
                max_change,
                min_change,
            } => {
                let difference = (i128::from(to) - i128::from(from)).abs();
                let percent = difference * 100 / i128::from(from);
                write!(
                    formatter,
                    "{who} would {verb} by {percent} percent from {from} to {to}, \
                     more than --max-change {max_change} and --min-change {min_change}"
                )
            }
        }
    }
}
