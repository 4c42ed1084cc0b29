//! Why something is decided, or came out, as it did: a slug for scripts, words and a hint for people.

use std::fmt;

use super::{Conflict, Stop, TooMuch};
use crate::model::Reference;

/// An organization that keeps the seats it had at the last sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is suspended.
    Suspended(String),
    /// It is deactivated.
    Deactivated(String),
}

impl fmt::Display for Kept {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Kept::Suspended(name) => write!(formatter, "{name} is suspended"),
            Kept::Deactivated(name) => write!(formatter, "{name} is deactivated"),
        }
    }
}

/// Why something is decided, or came out, as it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The license is not in Halo any more.
    LicenseGone,
    /// It is another customer's than the mapping says.
    LicenseMoved {
        /// Whose it is now.
        owner: i64,
        /// An organization that is mapped to another customer.
        organization: String,
        /// That customer.
        customer: Reference,
    },
    /// Halo does not tell whose license it is.
    LicenseOwnerUnknown,
    /// The license is inactive in Halo.
    LicenseInactive,
    /// Halo's quantity is missing or no number.
    QuantityUnreadable,
    /// Another profile of the site has mapped it, too.
    MappedTwice(Box<Conflict>),
    /// An organization is not in SaaS Backup any more.
    OrganizationVanished(Reference<String>),
    /// An organization is not in the file that the seats come from.
    OrganizationUnlisted(String),
    /// The seat number of an organization is missing or no number.
    SeatsUnreadable(String),
    /// There are two rows for an organization, and they differ.
    SeatsContradictory(String),
    /// Nobody on the license is active: its quantity stays.
    QuantityKept(Vec<Kept>),
    /// Some on the license are not active: their seats stay in the quantity that is written.
    SharesKept(Vec<Kept>),
    /// Some on the license are not active, and what is theirs in its quantity is not known.
    ShareUnknown(Vec<Kept>),
    /// The seats add up to more than a quantity can be.
    TooManySeats,
    /// The quantity changes by too much to be written unasked.
    TooMuch(TooMuch),
    /// It does, and is written because somebody said so.
    Forced(TooMuch),
    /// It does at a first sync, and is written because its organization was named.
    Named(TooMuch),
    /// So much is held back that nothing is written.
    Stopped(Stop),
    /// The mapping is another one than was planned with.
    MappingChanged,
    /// The mapping was ended after the plan was made.
    MappingEnded,
    /// A service refused it, in these words.
    Refused(String),
    /// A service failed at it, in these words.
    ServiceFailed(String),
    /// No proper answer came, in these words.
    Unanswered(String),
    /// Halo took it, and shows another quantity.
    NotShown,
    /// Whether it was written could not be read back, for this reason.
    NotReadBack(String),
    /// It was not tried, because Halo took none of those that were.
    NotTried,
    /// It was not tried, because the run broke off for this reason.
    BrokenOff(String),
    /// Halo takes nothing: this is why the rest of a run was not tried.
    NothingTaken {
        /// How many were tried one by one.
        tried: usize,
        /// What Halo said to the first of them.
        words: String,
    },
    /// A license would be created with this quantity.
    LicenseCreated(i64),
    /// The ticket is open already.
    AlreadyOpen,
    /// The ticket had been posted by a request whose answer was lost.
    PostedBefore,
    /// The ticket that would be opened, by its summary.
    Ticket(String),
}

impl Reason {
    /// Its slug in JSON: scripts go by it, so that it stays as it is.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::LicenseGone => "license_gone",
            Reason::LicenseMoved { .. } => "license_moved",
            Reason::LicenseOwnerUnknown => "license_owner_unknown",
            Reason::LicenseInactive => "license_inactive",
            Reason::QuantityUnreadable => "quantity_unreadable",
            Reason::MappedTwice(_) => "mapped_twice",
            Reason::OrganizationVanished(_) => "organization_vanished",
            Reason::OrganizationUnlisted(_) => "organization_unlisted",
            Reason::SeatsUnreadable(_) => "seats_unreadable",
            Reason::SeatsContradictory(_) => "seats_contradictory",
            Reason::QuantityKept(_) => "quantity_kept",
            Reason::SharesKept(_) => "shares_kept",
            Reason::ShareUnknown(_) => "share_unknown",
            Reason::TooManySeats => "too_many_seats",
            Reason::TooMuch(too_much) if too_much.is_first() => "first_sync_too_much",
            Reason::TooMuch(_) => "change_too_much",
            Reason::Forced(_) => "forced",
            Reason::Named(_) => "named",
            Reason::Stopped(_) => "stopped",
            Reason::MappingChanged => "mapping_changed",
            Reason::MappingEnded => "mapping_ended",
            Reason::Refused(_) => "refused",
            Reason::ServiceFailed(_) => "service_failed",
            Reason::Unanswered(_) => "unanswered",
            Reason::NotShown => "not_shown",
            Reason::NotReadBack(_) => "not_read_back",
            Reason::NotTried | Reason::NothingTaken { .. } => "not_tried",
            Reason::BrokenOff(_) => "broken_off",
            Reason::LicenseCreated(_) => "license_created",
            Reason::AlreadyOpen => "already_open",
            Reason::PostedBefore => "posted_before",
            Reason::Ticket(_) => "ticket",
        }
    }

    /// What to do about it, where a person can do something.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Reason::LicenseGone => "map its organizations to another".to_owned(),
            Reason::MappedTwice(conflict) => conflict.hint(),
            Reason::OrganizationVanished(organization) => {
                format!("if it left for good: halolink unlink {}", organization.id)
            }
            Reason::TooMuch(too_much) => too_much.hint().to_owned(),
            Reason::MappingChanged => "the next sync looks at it anew".to_owned(),
            _ => return None,
        })
    }

    /// Whether the next run has to look at it again.
    pub fn is_for_the_next_run(&self) -> bool {
        matches!(self, Reason::MappingChanged)
    }

    /// Whether it was sent and nobody knows whether it was taken: the next run finds out.
    pub fn is_unread(&self) -> bool {
        matches!(self, Reason::NotReadBack(_))
    }

    /// What happened, without what to do about it.
    fn words(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Reason::LicenseGone => write!(formatter, "the license is gone from Halo"),
            Reason::LicenseMoved {
                owner,
                organization,
                customer,
            } => write!(
                formatter,
                "the license moved to another customer in Halo ({owner}); {organization} is mapped to {customer}"
            ),
            Reason::LicenseOwnerUnknown => write!(formatter, "Halo does not tell whose license it is"),
            Reason::LicenseInactive => write!(formatter, "the license is inactive in Halo"),
            Reason::QuantityUnreadable => write!(formatter, "its quantity in Halo could not be read"),
            Reason::MappedTwice(conflict) => write!(formatter, "{conflict}"),
            Reason::OrganizationVanished(organization) => {
                write!(formatter, "{} is no longer in SaaS Backup", organization.name)
            }
            Reason::OrganizationUnlisted(name) => write!(formatter, "{name} is not in the seats file"),
            Reason::SeatsUnreadable(name) => {
                write!(formatter, "there is no readable seat number for {name}")
            }
            Reason::SeatsContradictory(name) => {
                write!(formatter, "there are two different rows for {name}")
            }
            Reason::QuantityKept(kept) => write!(formatter, "{} and keeps what it had", list(kept)),
            Reason::SharesKept(kept) => write!(formatter, "{} and keeps its share", list(kept)),
            Reason::ShareUnknown(kept) => write!(
                formatter,
                "{}, and was never synced: its share of this license is not known",
                list(kept)
            ),
            Reason::TooManySeats => {
                write!(formatter, "its seats add up to more than a quantity can be")
            }
            Reason::TooMuch(too_much) => write!(formatter, "{too_much}"),
            Reason::Forced(too_much) => write!(formatter, "{too_much} (written with --force)"),
            Reason::Named(too_much) => {
                write!(
                    formatter,
                    "{too_much} (written because its organization was named)"
                )
            }
            Reason::Stopped(stop) => write!(formatter, "{stop}"),
            Reason::MappingChanged => write!(formatter, "its mapping was changed meanwhile"),
            Reason::MappingEnded => write!(formatter, "its mapping was ended meanwhile"),
            Reason::Refused(words)
            | Reason::ServiceFailed(words)
            | Reason::Unanswered(words)
            | Reason::BrokenOff(words)
            | Reason::Ticket(words) => formatter.write_str(words),
            Reason::NotShown => write!(
                formatter,
                "Halo did not refuse it, and shows another quantity afterwards"
            ),
            Reason::NotReadBack(words) => {
                write!(
                    formatter,
                    "whether it was written could not be read back: {words}"
                )
            }
            Reason::NotTried => write!(formatter, "not tried, because Halo took none of those that were"),
            Reason::NothingTaken { tried, words } => write!(
                formatter,
                "Halo took none of the {tried} licenses that were tried one by one, so the others were not tried: {words}"
            ),
            Reason::LicenseCreated(count) => {
                write!(
                    formatter,
                    "the license would be created with the quantity {count}"
                )
            }
            Reason::AlreadyOpen => write!(formatter, "it is open already"),
            Reason::PostedBefore => write!(
                formatter,
                "it had been posted before, by a request whose answer was lost"
            ),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        self.words(formatter)?;
        match self.hint() {
            Some(hint) => write!(formatter, "; {hint}"),
            None => Ok(()),
        }
    }
}

fn list(kept: &[Kept]) -> String {
    let kept: Vec<String> = kept.iter().map(ToString::to_string).collect();
    kept.join(", ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_code_is_documented() {
        let page = include_str!("../../docs/json.md");
        let source = include_str!("reason.rs");
        let codes: Vec<&str> = source
            .lines()
            .filter(|line| line.trim_start().starts_with("Reason::"))
            .filter_map(|line| line.trim_end().strip_suffix("\","))
            .filter_map(|line| line.rsplit_once("=> \""))
            .map(|(_, code)| code)
            .collect();
        assert!(codes.contains(&"license_gone") && codes.len() > 20, "{codes:?}");
        for code in codes {
            assert!(
                page.contains(&format!("`{code}`")),
                "{code} is not in docs/json.md"
            );
        }
    }
}
