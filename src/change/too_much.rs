//! A change of a quantity that is too large to be written unasked.

use std::fmt;

use rust_decimal::Decimal;

/// A change that is too large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooMuch {
    /// The organization that changes so much; none if it is the license as a whole.
    pub who: Option<String>,
    /// The old quantity, or the old number of seats.
    pub from: i64,
    /// The new one.
    pub to: i64,
    /// How the change is too large.
    pub excess: Excess,
}

/// How the change is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// Larger, since the last sync, than these limits allow.
    Change {
        /// In percent.
        max_change: u32,
        /// In seats.
        min_change: u32,
    },
    /// Larger, as a quantity is put back, than these limits allow.
    Back {
        /// In percent.
        max_change: u32,
        /// In seats.
        min_change: u32,
    },
    /// A fall to 0 since the last sync.
    ToNothing,
    /// At the first sync of the license.
    First,
    /// At the first sync of organizations that joined a license.
    Joined,
    /// What it adds to a billing cycle, or takes from it.
    Amount {
        /// That amount.
        amount: Decimal,
        /// The most that was allowed.
        most: Decimal,
    },
}

impl TooMuch {
    /// True if it is at a first sync: then naming the organization also confirms that the license is the right one.
    pub fn is_first(&self) -> bool {
        matches!(self.excess, Excess::First | Excess::Joined)
    }

    /// How to have it written anyway.
    pub fn hint(&self) -> &'static str {
        if self.is_first() {
            "if the license is the right one, write it with --force or by naming the organization"
        } else {
            "--force writes it anyway"
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
            Excess::Back {
                max_change,
                min_change,
            } => write!(
                formatter,
                "{who} would {verb} from {from} to {to}, by more than {max_change} percent and {min_change} seats"
            ),
            Excess::First => write!(
                formatter,
                "at its first sync {who} would {verb} from {from} to {to}"
            ),
            Excess::Joined => write!(
                formatter,
                "with the organizations that are new to it, {who} would {verb} from {from} to {to}"
            ),
            Excess::Amount { amount, most } => {
                let (adds, amount) = if amount.is_sign_negative() {
                    ("take", amount.abs())
                } else {
                    ("add", amount)
                };
                let preposition = if adds == "add" { "to" } else { "from" };
                write!(
                    formatter,
                    "from {from} to {to}, {who} would {adds} {amount} {preposition} a billing cycle, more than --max-amount {most}"
                )
            }
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
