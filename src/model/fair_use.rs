//! The vendor's fair use: what it bills the partner beyond the seats.

use std::{fmt, str::FromStr};

/// Accounts that the vendor does not bill: deactivated ones and shared mailboxes, up to a share. What it is a share of is
/// not sure: the vendor's pages and a distributor's disagree, so the partner says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FairUse {
    /// The free share, in percent.
    pub percent: u32,
    /// What it is a share of.
    pub of: FairUseOf,
}

/// What the free share is a share of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FairUseOf {
    /// The purchased seats.
    Purchased,
    /// All mailboxes.
    Mailboxes,
}

impl FairUse {
    /// The share that the vendor's and a distributor's help pages name.
    pub const USUAL_PERCENT: u32 = 20;
}

impl FairUseOf {
    /// Its word on the command line, in JSON and in the state.
    pub fn name(self) -> &'static str {
        match self {
            FairUseOf::Purchased => "purchased",
            FairUseOf::Mailboxes => "mailboxes",
        }
    }
}

impl FromStr for FairUseOf {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Purchased, Self::Mailboxes]
            .into_iter()
            .find(|of| of.name() == text)
            .ok_or(())
    }
}

impl fmt::Display for FairUse {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{}%-of-{}", self.percent, self.of.name())
    }
}
