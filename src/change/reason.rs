//! The reasons for decisions and outcomes: each has a slug for scripts, and words and a hint for people.

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

/// The reason for a decision or an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The license no longer exists in Halo.
    LicenseGone,
    /// The license belongs to another customer than the mapping says.
    LicenseMoved {
        /// The customer that it belongs to now.
        owner: i64,
        /// An organization that is mapped to another customer.
        organization: String,
        /// The customer of the mapping.
        customer: Reference,
    },
    /// Halo does not say whose license it is.
    LicenseOwnerUnknown,
    /// The license is inactive in Halo.
    LicenseInactive,
    /// The quantity in Halo is missing or is not a number.
    QuantityUnreadable,
    /// Another profile of the site has mapped it too.
    MappedTwice(Box<Conflict>),
    /// An organization is no longer in SaaS Backup.
    OrganizationVanished(Reference<String>),
    /// An organization is not in the seats file.
    OrganizationUnlisted(String),
    /// The seat number of an organization is missing or is not a number.
    SeatsUnreadable(String),
    /// Two rows for an organization contradict each other.
    SeatsContradictory(String),
    /// No organization on the license is active: it keeps its quantity.
    QuantityKept(Vec<Kept>),
    /// Some organizations on the license are not active: the new quantity includes the seats they had.
    SharesKept(Vec<Kept>),
    /// Some organizations on the license are not active, and their share of its quantity is not known.
    ShareUnknown(Vec<Kept>),
    /// The sum of the seats is larger than a quantity can be.
    TooManySeats,
    /// The change of the quantity is too large to be written unasked.
    TooMuch(TooMuch),
    /// The change is too large, but is written because someone said so.
    Forced(TooMuch),
    /// The change at a first sync is too large, but is written because the organization was named.
    Named(TooMuch),
    /// So many changes are held back that none is written.
    Stopped(Stop),
    /// The mapping was changed after the plan was made.
    MappingChanged,
    /// Someone else changed the mapping that a command was about to change.
    Overtaken,
    /// The mapping was ended after the plan was made.
    MappingEnded,
    /// The license moved to another customer in Halo since a run wrote it.
    MovedSince {
        /// The customer that it belongs to now.
        owner: i64,
        /// The customer that it belonged to.
        customer: Reference,
    },
    /// A later run wrote the license, so that there is nothing to take back of the earlier one.
    WrittenSince {
        /// The quantity that Halo shows.
        shown: i64,
        /// The later run.
        run: i64,
    },
    /// Halo no longer shows the quantity that a run wrote.
    ChangedSince {
        /// The quantity that Halo shows.
        shown: i64,
        /// The quantity that the run wrote.
        wrote: i64,
    },
    /// Something that a reviewed plan rests on has changed since it was planned; these words say what, and from what.
    PlanMoved(String),
    /// A service refused it, with these words.
    Refused(String),
    /// A service failed on it, with these words.
    ServiceFailed(String),
    /// No usable answer came; these words say how.
    Unanswered(String),
    /// Halo accepted it, but shows another quantity.
    NotShown,
    /// It could not be read back, for this reason, so it may or may not have been written.
    NotReadBack(String),
    /// It was not tried, because Halo accepted none of those that were.
    NotTried,
    /// It was not tried, because the run stopped for this reason.
    BrokenOff(String),
    /// The rest of a run was not tried, because Halo accepts nothing.
    NothingTaken {
        /// The number of licenses tried one by one.
        tried: usize,
        /// What Halo said to the first of them.
        words: String,
    },
    /// A license would be created with this quantity.
    LicenseCreated(i64),
    /// The ticket is already open.
    AlreadyOpen,
    /// The ticket was posted earlier, by a request whose answer was lost.
    PostedBefore,
    /// The summary of the ticket that would be opened.
    Ticket(String),
    /// A new ticket, with this summary, for an error whose old ticket cannot go on.
    TicketAgain {
        /// The new ticket's summary.
        summary: String,
        /// The old ticket.
        old: i64,
    },
    /// Someone else's open ticket says the same, e.g. one of the vendor's own integration.
    SameTicketThere,
    /// The error has spread to more accounts, or left some.
    AccountsChanged {
        /// Accounts that have the error now and did not have it before.
        came: Vec<String>,
        /// Accounts that had the error and no longer have it.
        went: Vec<String>,
    },
    /// The error has stood for so long that its ticket gets another note.
    StillThere,
    /// The backup had recovered, and the error is back.
    BackAgain,
    /// The backup has recovered.
    Recovered,
    /// The backup has recovered, but Halo still shows the ticket open.
    NotClosed,
    /// The backup has recovered, but the ticket is also that of another error, which stands: they were merged.
    StillNeeded,
    /// Someone closed the ticket while the error stands.
    ClosedByHand,
    /// The error often passes by itself, and has not lasted long enough for a ticket.
    Waiting,
    /// Not everything inside the organization could be read.
    NotAllRead,
    /// Some of what is inside the organization could not be read, for this reason.
    PartlyRead(String),
    /// An error of the whole organization stands, which may be the cause.
    Swallowed,
    /// The organization is suspended or deactivated.
    OrganizationInactive,
    /// The organization is not mapped, so there is no customer whose ticket it could be.
    NotMapped,
    /// The organization could not be looked into, for this reason.
    NotLookedInto(String),
    /// The ticket could not be read, for this reason.
    TicketUnread(String),
    /// Halo does not take notes of this kind, with these words. The ticket stays as it is.
    NoteRefused(String),
}

impl Reason {
    /// The slug in JSON. Scripts depend on it, so it never changes.
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
            Reason::Overtaken => "overtaken",
            Reason::MappingEnded => "mapping_ended",
            Reason::MovedSince { .. } => "license_moved",
            Reason::WrittenSince { .. } => "written_since",
            Reason::ChangedSince { .. } => "changed_since",
            Reason::PlanMoved(_) => "plan_moved",
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
            Reason::TicketAgain { .. } => "ticket_again",
            Reason::SameTicketThere => "same_ticket_there",
            Reason::AccountsChanged { .. } => "accounts_changed",
            Reason::StillThere => "still_there",
            Reason::BackAgain => "back_again",
            Reason::Recovered => "recovered",
            Reason::NotClosed => "not_closed",
            Reason::StillNeeded => "still_needed",
            Reason::ClosedByHand => "closed_by_hand",
            Reason::Waiting => "waiting",
            Reason::NotAllRead => "not_all_read",
            Reason::PartlyRead(_) => "partly_read",
            Reason::Swallowed => "swallowed",
            Reason::OrganizationInactive => "organization_inactive",
            Reason::NotMapped => "not_mapped",
            Reason::NotLookedInto(_) => "not_looked_into",
            Reason::TicketUnread(_) => "ticket_unread",
            Reason::NoteRefused(_) => "note_refused",
        }
    }

    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Reason::LicenseGone => "map its organizations to another license".to_owned(),
            Reason::MappedTwice(conflict) => conflict.hint(),
            Reason::OrganizationVanished(organization) => {
                format!("if it left for good: halolink unlink {}", organization.id)
            }
            Reason::TooMuch(too_much) => too_much.hint().to_owned(),
            Reason::MappingChanged => "the next sync looks at it again".to_owned(),
            Reason::PlanMoved(_) => "plan it again: halolink sync-seats --plan-out FILE".to_owned(),
            Reason::WrittenSince { run, .. } => format!("take that back first: halolink undo {run}"),
            Reason::Overtaken => "run the command again to see what it is now".to_owned(),
            Reason::NotClosed => {
                "choose what closes it: halolink configure --closing-outcome OUTCOME --closing-status STATUS"
                    .to_owned()
            }
            Reason::NoteRefused(_) => "choose another: halolink configure --note-outcome OUTCOME".to_owned(),
            Reason::NotMapped => "halolink map-org, or halolink ignore".to_owned(),
            _ => return None,
        })
    }

    /// True if the next run has to look at it again.
    pub fn is_for_the_next_run(&self) -> bool {
        matches!(self, Reason::MappingChanged | Reason::Overtaken)
    }

    /// True if it was sent but may not have been accepted: the next run finds out.
    pub fn is_unread(&self) -> bool {
        matches!(self, Reason::NotReadBack(_))
    }

    /// What happened, without the hint.
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
            Reason::LicenseOwnerUnknown => write!(formatter, "Halo does not say whose license it is"),
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
                write!(formatter, "the sum of its seats is larger than a quantity can be")
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
            Reason::MappingChanged => write!(formatter, "its mapping was changed in the meantime"),
            Reason::Overtaken => write!(formatter, "someone else changed its mapping in the meantime"),
            Reason::MappingEnded => write!(formatter, "its mapping was ended in the meantime"),
            Reason::PlanMoved(words) => write!(formatter, "since it was planned, {words}"),
            Reason::MovedSince { owner, customer } => write!(
                formatter,
                "the license moved to another customer in Halo ({owner}) since; it was written for {customer}"
            ),
            Reason::WrittenSince { shown, run } => {
                write!(formatter, "Halo shows {shown}, which run {run} wrote since")
            }
            Reason::ChangedSince { shown, wrote } => {
                write!(
                    formatter,
                    "Halo shows {shown}, and no longer the {wrote} that was written"
                )
            }
            Reason::Refused(words)
            | Reason::ServiceFailed(words)
            | Reason::Unanswered(words)
            | Reason::BrokenOff(words)
            | Reason::NotLookedInto(words)
            | Reason::PartlyRead(words)
            | Reason::Ticket(words) => formatter.write_str(words),
            Reason::TicketAgain { summary, old } => {
                write!(formatter, "{summary} (goes on from ticket {old})")
            }
            Reason::SameTicketThere => write!(formatter, "an open ticket says the same"),
            Reason::AccountsChanged { came, went } => {
                let mut parts = Vec::new();
                if !came.is_empty() {
                    parts.push(format!("new: {}", names(came)));
                }
                if !went.is_empty() {
                    parts.push(format!("recovered: {}", names(went)));
                }
                formatter.write_str(&parts.join("; "))
            }
            Reason::StillThere => write!(formatter, "the error is still there"),
            Reason::BackAgain => write!(formatter, "the error is back"),
            Reason::Recovered => write!(formatter, "the backup has recovered"),
            Reason::NotClosed => {
                write!(
                    formatter,
                    "the backup has recovered, but Halo still shows the ticket open"
                )
            }
            Reason::StillNeeded => write!(
                formatter,
                "the backup has recovered; the ticket stays open for the other error that was merged into it"
            ),
            Reason::ClosedByHand => write!(
                formatter,
                "someone closed it while the error stands: a day later a new one follows"
            ),
            Reason::Waiting => write!(
                formatter,
                "it often passes by itself; a ticket follows if it lasts"
            ),
            Reason::NotAllRead => write!(formatter, "not all of its products were read"),
            Reason::Swallowed => write!(formatter, "an error of the whole organization may be the cause"),
            Reason::OrganizationInactive => write!(formatter, "the organization is suspended or deactivated"),
            Reason::NotMapped => write!(formatter, "the organization is not mapped to a customer"),
            Reason::TicketUnread(words) => write!(formatter, "the ticket could not be read: {words}"),
            Reason::NoteRefused(words) => write!(formatter, "Halo does not take the note: {words}"),
            Reason::NotShown => write!(formatter, "Halo did not refuse it, but shows another quantity"),
            Reason::NotReadBack(words) => {
                write!(
                    formatter,
                    "it may have been written, but could not be read back: {words}"
                )
            }
            Reason::NotTried => write!(
                formatter,
                "not tried, because Halo accepted none of those that were"
            ),
            Reason::NothingTaken { tried, words } => write!(
                formatter,
                "Halo accepted none of the {tried} licenses that were tried one by one, so the others were not tried: {words}"
            ),
            Reason::LicenseCreated(count) => {
                write!(
                    formatter,
                    "the license would be created with the quantity {count}"
                )
            }
            Reason::AlreadyOpen => write!(formatter, "it is already open"),
            Reason::PostedBefore => write!(
                formatter,
                "it was posted earlier, by a request whose answer was lost"
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

/// The most accounts that a sentence names.
const MOST_NAMED: usize = 3;

/// Some names, and how many more there are.
fn names(all: &[String]) -> String {
    let named = all
        .iter()
        .take(MOST_NAMED)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match all.len().saturating_sub(MOST_NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
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
            Reason::Stopped(Stop::HeldBack {
                held: 3,
                of: 14,
                percent: 20,
                first,
            })
        };
        let force = Some("--force writes it anyway");
        let force_or_name =
            Some("if the license is the right one, write it with --force or by naming the organization");
        vec![
            (
                Reason::LicenseGone,
                "license_gone",
                "the license is gone from Halo",
                Some("map its organizations to another license"),
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
                "Halo does not say whose license it is",
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
                "Contoso (1788161-14) is mapped in two profiles, \"here\" and \"there\" (to Backup (5) in the latter), and \
                 would be billed twice",
                Some("unlink it in one of them, as with: halolink unlink 1788161-14 --profile there"),
            ),
            (
                conflict(Twice::License),
                "mapped_twice",
                "the license is mapped in two profiles, \"here\" and \"there\" (by Contoso (1788161-14) in the latter), and \
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
                "the sum of its seats is larger than a quantity can be",
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
                "with the organizations that are new to it, it would rise from 10 to 1000",
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
                "its mapping was changed in the meantime",
                Some("the next sync looks at it again"),
            ),
            (
                Reason::Overtaken,
                "overtaken",
                "someone else changed its mapping in the meantime",
                Some("run the command again to see what it is now"),
            ),
            (
                Reason::MovedSince {
                    owner: 22,
                    customer: Reference::new(21, "Contoso"),
                },
                "license_moved",
                "the license moved to another customer in Halo (22) since; it was written for Contoso (21)",
                None,
            ),
            (
                Reason::PlanMoved("Contoso has 12 seats, no longer 10".to_owned()),
                "plan_moved",
                "since it was planned, Contoso has 12 seats, no longer 10",
                Some("plan it again: halolink sync-seats --plan-out FILE"),
            ),
            (
                Reason::WrittenSince { shown: 14, run: 9 },
                "written_since",
                "Halo shows 14, which run 9 wrote since",
                Some("take that back first: halolink undo 9"),
            ),
            (
                Reason::ChangedSince { shown: 14, wrote: 12 },
                "changed_since",
                "Halo shows 14, and no longer the 12 that was written",
                None,
            ),
            (
                Reason::TooMuch(too_much(
                    40,
                    10,
                    Excess::Back {
                        max_change: 50,
                        min_change: 5,
                    },
                )),
                "change_too_much",
                "it would fall from 40 to 10, by more than 50 percent and 5 seats",
                force,
            ),
            (
                Reason::MappingEnded,
                "mapping_ended",
                "its mapping was ended in the meantime",
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
                "Halo did not refuse it, but shows another quantity",
                None,
            ),
            (
                Reason::NotReadBack(words()),
                "not_read_back",
                "it may have been written, but could not be read back: Halo said no",
                None,
            ),
            (
                Reason::NotTried,
                "not_tried",
                "not tried, because Halo accepted none of those that were",
                None,
            ),
            (Reason::BrokenOff(words()), "broken_off", "Halo said no", None),
            (
                Reason::NothingTaken {
                    tried: 5,
                    words: words(),
                },
                "not_tried",
                "Halo accepted none of the 5 licenses that were tried one by one, so the others were not tried: Halo said no",
                None,
            ),
            (
                Reason::LicenseCreated(40),
                "license_created",
                "the license would be created with the quantity 40",
                None,
            ),
            (Reason::AlreadyOpen, "already_open", "it is already open", None),
            (
                Reason::PostedBefore,
                "posted_before",
                "it was posted earlier, by a request whose answer was lost",
                None,
            ),
            (
                Reason::Ticket("Backup failed".to_owned()),
                "ticket",
                "Backup failed",
                None,
            ),
            (
                Reason::TicketAgain {
                    summary: "Backup failed".to_owned(),
                    old: 7,
                },
                "ticket_again",
                "Backup failed (goes on from ticket 7)",
                None,
            ),
            (
                Reason::SameTicketThere,
                "same_ticket_there",
                "an open ticket says the same",
                None,
            ),
            (
                Reason::AccountsChanged {
                    came: ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec(),
                    went: vec!["f".to_owned()],
                },
                "accounts_changed",
                "new: a, b, c and 2 more; recovered: f",
                None,
            ),
            (
                Reason::AccountsChanged {
                    came: Vec::new(),
                    went: ["a", "b", "c"].map(str::to_owned).to_vec(),
                },
                "accounts_changed",
                "recovered: a, b, c",
                None,
            ),
            (
                Reason::StillThere,
                "still_there",
                "the error is still there",
                None,
            ),
            (Reason::BackAgain, "back_again", "the error is back", None),
            (Reason::Recovered, "recovered", "the backup has recovered", None),
            (
                Reason::StillNeeded,
                "still_needed",
                "the backup has recovered; the ticket stays open for the other error that was merged into it",
                None,
            ),
            (
                Reason::NotClosed,
                "not_closed",
                "the backup has recovered, but Halo still shows the ticket open",
                Some(
                    "choose what closes it: halolink configure --closing-outcome OUTCOME --closing-status STATUS",
                ),
            ),
            (
                Reason::ClosedByHand,
                "closed_by_hand",
                "someone closed it while the error stands: a day later a new one follows",
                None,
            ),
            (
                Reason::Waiting,
                "waiting",
                "it often passes by itself; a ticket follows if it lasts",
                None,
            ),
            (
                Reason::NotAllRead,
                "not_all_read",
                "not all of its products were read",
                None,
            ),
            (Reason::PartlyRead(words()), "partly_read", "Halo said no", None),
            (
                Reason::Swallowed,
                "swallowed",
                "an error of the whole organization may be the cause",
                None,
            ),
            (
                Reason::OrganizationInactive,
                "organization_inactive",
                "the organization is suspended or deactivated",
                None,
            ),
            (
                Reason::NotMapped,
                "not_mapped",
                "the organization is not mapped to a customer",
                Some("halolink map-org, or halolink ignore"),
            ),
            (
                Reason::NotLookedInto(words()),
                "not_looked_into",
                "Halo said no",
                None,
            ),
            (
                Reason::TicketUnread(words()),
                "ticket_unread",
                "the ticket could not be read: Halo said no",
                None,
            ),
            (
                Reason::NoteRefused(words()),
                "note_refused",
                "Halo does not take the note: Halo said no",
                Some("choose another: halolink configure --note-outcome OUTCOME"),
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
            // Three mean something for the next run.
            let again = ["mapping_changed", "overtaken"].contains(&code);
            assert_eq!(reason.is_for_the_next_run(), again, "{reason:?}");
            assert_eq!(reason.is_unread(), code == "not_read_back", "{reason:?}");
        }
    }

    #[test]
    fn a_run_that_is_stopped_tells_what_lets_it_go_on() {
        let stop = |first| Stop::HeldBack {
            held: 3,
            of: 14,
            percent: 20,
            first,
        };
        assert_eq!(stop(false).hint(), "--max-held-back, --force");
        assert_eq!(
            stop(true).hint(),
            "look at the licenses that they are mapped to; then --force, or name the organizations"
        );
        let back = Stop::BackHeldBack {
            held: 3,
            of: 4,
            percent: 20,
        };
        assert_eq!(back.hint(), "look at the plan; then --force");
        assert_eq!(
            back.to_string(),
            "3 of 4 licenses would be held back, more than 20 percent: nothing is put back"
        );
        let many = Stop::TooManyNew { new: 40, most: 25 };
        assert_eq!(many.hint(), "if they are all real: --max-new 40");
        assert_eq!(
            many.to_string(),
            "40 new tickets at once, more than 25, look like an outage at the vendor: nothing is written"
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
