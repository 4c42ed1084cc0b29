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
    use std::collections::BTreeSet;

    use super::*;
    use crate::change::{Excess, OtherMapping, Twice};

    /// Every reason, with each form of its sentence: its slug, what happened, and what to do about it.
    fn table() -> Vec<(Reason, &'static str, &'static str, Option<&'static str>)> {
        let name = || "Contoso".to_owned();
        let words = || "Halo said no".to_owned();
        let kept = || vec![Kept::Suspended(name()), Kept::Deactivated("Fabrikam".to_owned())];
        let conflict = |twice| {
            Reason::MappedTwice(Box::new(Conflict {
                twice,
                profile: "here".to_owned(),
                other: OtherMapping {
                    profile: "there".to_owned(),
                    organization: Reference::new("1788161-14".to_owned(), "Contoso"),
                    license: Reference::new(5, "Backup"),
                },
            }))
        };
        let too_much = |from, to, excess| TooMuch {
            who: None,
            from,
            to,
            excess,
        };
        let of_contoso = |from, to, excess| TooMuch {
            who: Some(name()),
            ..too_much(from, to, excess)
        };
        let change = Excess::Change {
            max_change: 50,
            min_change: 5,
        };
        let stop = |first| {
            Reason::Stopped(Stop {
                held: 3,
                of: 14,
                percent: 20,
                first,
            })
        };
        let force = Some("--force writes it all the same");
        let force_or_name =
            Some("if the license is the right one, --force or naming the organization writes it");
        vec![
            (
                Reason::LicenseGone,
                "license_gone",
                "the license is gone from Halo",
                Some("map its organizations to another"),
            ),
            (
                Reason::LicenseMoved {
                    owner: 12,
                    organization: name(),
                    customer: Reference::new(7, "Customer"),
                },
                "license_moved",
                "the license moved to another customer in Halo (12); Contoso is mapped to Customer (7)",
                None,
            ),
            (
                Reason::LicenseOwnerUnknown,
                "license_owner_unknown",
                "Halo does not tell whose license it is",
                None,
            ),
            (
                Reason::LicenseInactive,
                "license_inactive",
                "the license is inactive in Halo",
                None,
            ),
            (
                Reason::QuantityUnreadable,
                "quantity_unreadable",
                "its quantity in Halo could not be read",
                None,
            ),
            (
                conflict(Twice::Organization),
                "mapped_twice",
                "Contoso (1788161-14) is mapped in two profiles, \"here\" and \"there\" (there to Backup (5)), and \
                 would be billed twice",
                Some("unlink it in one of them, as with: halolink unlink 1788161-14 --profile there"),
            ),
            (
                conflict(Twice::License),
                "mapped_twice",
                "the license is mapped in two profiles, \"here\" and \"there\" (there by Contoso (1788161-14)), and \
                 each would overwrite the other's sum",
                Some("unlink it in one of them, as with: halolink unlink 1788161-14 --profile there"),
            ),
            (
                Reason::OrganizationVanished(Reference::new("1788161-14".to_owned(), "Contoso")),
                "organization_vanished",
                "Contoso is no longer in SaaS Backup",
                Some("if it left for good: halolink unlink 1788161-14"),
            ),
            (
                Reason::OrganizationUnlisted(name()),
                "organization_unlisted",
                "Contoso is not in the seats file",
                None,
            ),
            (
                Reason::SeatsUnreadable(name()),
                "seats_unreadable",
                "there is no readable seat number for Contoso",
                None,
            ),
            (
                Reason::SeatsContradictory(name()),
                "seats_contradictory",
                "there are two different rows for Contoso",
                None,
            ),
            (
                Reason::QuantityKept(kept()),
                "quantity_kept",
                "Contoso is suspended, Fabrikam is deactivated and keeps what it had",
                None,
            ),
            (
                Reason::SharesKept(kept()),
                "shares_kept",
                "Contoso is suspended, Fabrikam is deactivated and keeps its share",
                None,
            ),
            (
                Reason::ShareUnknown(kept()),
                "share_unknown",
                "Contoso is suspended, Fabrikam is deactivated, and was never synced: its share of this license is not \
                 known",
                None,
            ),
            (
                Reason::TooManySeats,
                "too_many_seats",
                "its seats add up to more than a quantity can be",
                None,
            ),
            (
                Reason::TooMuch(too_much(9, 0, Excess::ToNothing)),
                "change_too_much",
                "it would fall from 9 to 0",
                force,
            ),
            (
                Reason::TooMuch(of_contoso(100, 1, change)),
                "change_too_much",
                "Contoso would fall by 99 percent from 100 to 1, more than --max-change 50 and --min-change 5",
                force,
            ),
            (
                Reason::TooMuch(too_much(10, 35, change)),
                "change_too_much",
                "it would rise by 250 percent from 10 to 35, more than --max-change 50 and --min-change 5",
                force,
            ),
            (
                Reason::TooMuch(too_much(0, 9, change)),
                "change_too_much",
                "it would rise from 0 to 9, more than --min-change 5",
                force,
            ),
            (
                Reason::TooMuch(too_much(82, 8, Excess::First)),
                "first_sync_too_much",
                "at its first sync it would fall from 82 to 8",
                force_or_name,
            ),
            (
                Reason::TooMuch(too_much(10, 1000, Excess::Joined)),
                "first_sync_too_much",
                "with who is new to it, it would rise from 10 to 1000",
                force_or_name,
            ),
            (
                Reason::Forced(too_much(9, 0, Excess::ToNothing)),
                "forced",
                "it would fall from 9 to 0 (written with --force)",
                None,
            ),
            (
                Reason::Named(too_much(82, 8, Excess::First)),
                "named",
                "at its first sync it would fall from 82 to 8 (written because its organization was named)",
                None,
            ),
            (
                stop(false),
                "stopped",
                "3 of 14 licenses would be held back, more than 20 percent: nothing is written",
                None,
            ),
            (
                stop(true),
                "stopped",
                "3 of 14 licenses would be held back at their first sync, more than 20 percent: nothing is written",
                None,
            ),
            (
                Reason::MappingChanged,
                "mapping_changed",
                "its mapping was changed meanwhile",
                Some("the next sync looks at it anew"),
            ),
            (
                Reason::MappingEnded,
                "mapping_ended",
                "its mapping was ended meanwhile",
                None,
            ),
            (Reason::Refused(words()), "refused", "Halo said no", None),
            (
                Reason::ServiceFailed(words()),
                "service_failed",
                "Halo said no",
                None,
            ),
            (Reason::Unanswered(words()), "unanswered", "Halo said no", None),
            (
                Reason::NotShown,
                "not_shown",
                "Halo did not refuse it, and shows another quantity afterwards",
                None,
            ),
            (
                Reason::NotReadBack(words()),
                "not_read_back",
                "whether it was written could not be read back: Halo said no",
                None,
            ),
            (
                Reason::NotTried,
                "not_tried",
                "not tried, because Halo took none of those that were",
                None,
            ),
            (Reason::BrokenOff(words()), "broken_off", "Halo said no", None),
            (
                Reason::NothingTaken {
                    tried: 5,
                    words: words(),
                },
                "not_tried",
                "Halo took none of the 5 licenses that were tried one by one, so the others were not tried: Halo said no",
                None,
            ),
            (
                Reason::LicenseCreated(40),
                "license_created",
                "the license would be created with the quantity 40",
                None,
            ),
            (Reason::AlreadyOpen, "already_open", "it is open already", None),
            (
                Reason::PostedBefore,
                "posted_before",
                "it had been posted before, by a request whose answer was lost",
                None,
            ),
            (
                Reason::Ticket("Backup failed".to_owned()),
                "ticket",
                "Backup failed",
                None,
            ),
        ]
    }

    #[test]
    fn every_reason_has_its_slug_its_words_and_its_hint() {
        for (reason, code, words, hint) in table() {
            assert_eq!(reason.code(), code, "{reason:?}");
            assert_eq!(reason.hint().as_deref(), hint, "{reason:?}");
            let sentence = match hint {
                Some(hint) => format!("{words}; {hint}"),
                None => words.to_owned(),
            };
            assert_eq!(reason.to_string(), sentence, "{reason:?}");
            // Two mean something for the next run.
            assert_eq!(
                reason.is_for_the_next_run(),
                code == "mapping_changed",
                "{reason:?}"
            );
            assert_eq!(reason.is_unread(), code == "not_read_back", "{reason:?}");
        }
    }

    #[test]
    fn a_run_that_is_stopped_tells_what_lets_it_go_on() {
        let mut stop = Stop {
            held: 3,
            of: 14,
            percent: 20,
            first: false,
        };
        assert_eq!(stop.hint(), "--max-held-back, --force");
        stop.first = true;
        assert_eq!(
            stop.hint(),
            "look at the licenses that they are mapped to; then --force, or name the organizations"
        );
    }

    #[test]
    fn every_code_is_in_the_table_and_documented() {
        let page = include_str!("../../docs/json.md");
        let source = include_str!("reason.rs");
        let codes: BTreeSet<&str> = source
            .lines()
            .filter(|line| line.trim_start().starts_with("Reason::"))
            .filter_map(|line| line.trim_end().strip_suffix("\","))
            .filter_map(|line| line.rsplit_once("=> \""))
            .map(|(_, code)| code)
            .collect();
        assert_eq!(codes, table().iter().map(|(_, code, ..)| *code).collect());
        for code in codes {
            assert!(
                page.contains(&format!("`{code}`")),
                "{code} is not in docs/json.md"
            );
        }
    }
}
