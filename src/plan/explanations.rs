//! What the vendor's errors and statuses mean, for the technician who is looking at one. How the texts of
//! accounts become errors is in `plan/backup_errors.rs`. Meanings are the vendor's; causes and checks are what follows
//! from them, and name only screens whose names are public.

use serde::Serialize;

use super::backup_errors::{BackupError, ERRORS, RESOLVED, STALE, UNDOCUMENTED, by_slug};

/// When an error is worth a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ticket {
    /// At once: it needs a person.
    AtOnce,
    /// Once it has lasted: it often passes by itself.
    AfterGrace,
    /// Never: it is good news, or says nothing by itself.
    Never,
}

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The customer's administrator of Microsoft 365 or Google Workspace.
    CustomerAdministrator,
    /// The partner's technician.
    Technician,
    /// The vendor's support, if it does not pass.
    VendorSupport,
    /// Nobody.
    Nobody,
}

impl Who {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Who::CustomerAdministrator => "the customer's Microsoft 365 or Google Workspace administrator",
            Who::Technician => "you, the partner's technician",
            Who::VendorSupport => "the vendor's support, if it does not pass by itself",
            Who::Nobody => "nobody",
        }
    }
}

impl Ticket {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Ticket::AtOnce => "at once: it needs a person",
            Ticket::AfterGrace => "if it lasts: it often passes by itself",
            Ticket::Never => "none",
        }
    }
}

/// An error or a status, explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Its slug.
    pub error: &'static str,
    /// The words that the vendor uses for it.
    pub description: &'static str,
    /// What it is about: `account` or `organization`.
    pub scope: &'static str,
    /// When it is worth a ticket.
    pub ticket: Ticket,
    /// What it means.
    pub meaning: &'static str,
    /// What most likely caused it.
    pub cause: &'static str,
    /// What to check, in this order.
    pub checks: &'static [&'static str],
    /// The screen to look at.
    pub screen: &'static str,
    /// Who has to act.
    pub who: Who,
}

/// What is known of an error besides its entry in the catalogue.
struct Advice {
    slug: &'static str,
    ticket: Ticket,
    cause: &'static str,
    checks: &'static [&'static str],
    screen: &'static str,
    who: Who,
}

const ENTRA: &str = "Microsoft Entra admin center > Enterprise applications";
const USERS: &str = "Microsoft 365 admin center > Users > Active users";
const GOOGLE: &str = "Google Admin console > Security > Access and data control > API controls";
const HEALTH: &str = "Microsoft 365 admin center > Health > Service health";
const ORGANIZATION: &str = "Partner Portal > Organizations > the organization";

const ADVICE: [Advice; 9] = [
    Advice {
        slug: "email-backup-failed",
        ticket: Ticket::AtOnce,
        cause: "The account was disabled, renamed or lost its license, its password or rights changed, or the mail \
                server was not reachable.",
        checks: &[
            "See the account's status: a connection error often passes by itself, an authentication error does not.",
            "See whether other accounts of the organization fail too: then look at its application and tokens first.",
            "See that the account exists, may sign in and has a mailbox license.",
        ],
        screen: USERS,
        who: Who::CustomerAdministrator,
    },
    Advice {
        slug: "onedrive-connection",
        ticket: Ticket::AfterGrace,
        cause: "Microsoft throttled the backup or was not available, or the account's OneDrive does not exist.",
        checks: &[
            "Wait: throttling and outages pass, and the backup tries again by itself.",
            "See whether Microsoft reports an outage.",
            "If only this account fails, see that its OneDrive was ever opened and is not deleted.",
        ],
        screen: HEALTH,
        who: Who::VendorSupport,
    },
    Advice {
        slug: "onedrive-authentication",
        ticket: Ticket::AtOnce,
        cause: "The account was blocked or lost its license, or the backup application lost its consent to read files.",
        checks: &[
            "See that the account may sign in and has a license with OneDrive.",
            "See that the backup application still has the consent of an administrator.",
            "See whether a conditional access policy blocks it.",
        ],
        screen: ENTRA,
        who: Who::CustomerAdministrator,
    },
    Advice {
        slug: "main-app-token",
        ticket: Ticket::AtOnce,
        cause: "Somebody deleted the backup application in the customer's tenant, or took back its consent.",
        checks: &[
            "See that the backup application is there and enabled.",
            "Let a Global Administrator authorize it again from the organization's page.",
            "See afterwards that the next backups complete: one error of this kind stops all accounts.",
        ],
        screen: ENTRA,
        who: Who::CustomerAdministrator,
    },
    Advice {
        slug: "device-token",
        ticket: Ticket::AtOnce,
        cause: "The sign-in of the backup application was begun and not finished, or its code ran out.",
        checks: &[
            "Begin the authorization of the organization again and finish it in one go.",
            "See whether a conditional access policy blocks the device code flow.",
        ],
        screen: ORGANIZATION,
        who: Who::Technician,
    },
    Advice {
        slug: "delegated-token",
        ticket: Ticket::AtOnce,
        cause: "The user who authorized the backup changed the password, left, or lost the rights.",
        checks: &[
            "See whether the user who authorized the backup is still there and may sign in.",
            "Let an administrator who stays authorize it again.",
        ],
        screen: ORGANIZATION,
        who: Who::CustomerAdministrator,
    },
    Advice {
        slug: "tasks-connection",
        ticket: Ticket::AfterGrace,
        cause: "The mail server was not reachable, or the account has no mailbox.",
        checks: &[
            "Wait: the backup tries again by itself.",
            "If it lasts, see that the account has a mailbox and may sign in.",
        ],
        screen: HEALTH,
        who: Who::VendorSupport,
    },
    Advice {
        slug: "tasks-throttled",
        ticket: Ticket::AfterGrace,
        cause: "The backup reached Google's limit of requests for the day.",
        checks: &[
            "Wait until tomorrow: the limit is a daily one.",
            "If it comes back every day, ask the vendor to spread the backups.",
        ],
        screen: GOOGLE,
        who: Who::VendorSupport,
    },
    Advice {
        slug: "tasks-authentication",
        ticket: Ticket::AtOnce,
        cause: "The backup application lost its access to tasks, or the account was suspended.",
        checks: &[
            "See that the account is active.",
            "See that the backup application is trusted and has the scope for tasks.",
        ],
        screen: GOOGLE,
        who: Who::CustomerAdministrator,
    },
];

/// What the catalogue of errors does not have: the good news, what is not documented, backups that are too old, and
/// the statuses of accounts.
const OTHERS: [Explanation; 8] = [
    Explanation {
        error: RESOLVED,
        description: "Main App (Global Admin) Token authorization error is resolved",
        scope: "organization",
        ticket: Ticket::Never,
        meaning: "A new token was obtained, and backups go on. It ends the error main-app-token.",
        cause: "Somebody authorized the backup application again.",
        checks: &["See that the accounts of the organization complete their next backups."],
        screen: ORGANIZATION,
        who: Who::Nobody,
    },
    Explanation {
        error: UNDOCUMENTED,
        description: "an error that the vendor does not document",
        scope: "account",
        ticket: Ticket::AtOnce,
        meaning: "The vendor's list of errors is longer than what it publishes. The text is kept as it came.",
        cause: "Not known.",
        checks: &[
            "Read the text: it mostly names the product and what was refused.",
            "See whether other accounts have the same.",
        ],
        screen: ORGANIZATION,
        who: Who::Technician,
    },
    Explanation {
        error: STALE,
        description: "no backup for too long, and no error that says why",
        scope: "account",
        ticket: Ticket::AtOnce,
        meaning: "The account's last backup is longer ago than you allow, although the service reports no error.",
        cause: "Backups wait in a queue or were paused, or the account was added and never backed up.",
        checks: &[
            "See whether other accounts of the organization have recent backups.",
            "See that the product is switched on for the account.",
            "Start a backup by hand; if it does not begin, ask the vendor.",
        ],
        screen: ORGANIZATION,
        who: Who::Technician,
    },
    Explanation {
        error: "connection-error",
        description: "Connection Error",
        scope: "account",
        ticket: Ticket::AfterGrace,
        meaning: "A status: the last backup could not reach the service.",
        cause: "An outage or throttling at Microsoft or Google.",
        checks: &["Wait a few hours; if it lasts, see whether Microsoft or Google report an outage."],
        screen: HEALTH,
        who: Who::VendorSupport,
    },
    Explanation {
        error: "retrying",
        description: "Retrying",
        scope: "account",
        ticket: Ticket::AfterGrace,
        meaning: "A status: the backup failed and is tried again every 30 minutes, 25 times.",
        cause: "Mostly an outage or throttling.",
        checks: &["Wait until the tries are over, half a day; then read the status again."],
        screen: ORGANIZATION,
        who: Who::Nobody,
    },
    Explanation {
        error: "partially-completed",
        description: "Partially Completed",
        scope: "account",
        ticket: Ticket::AfterGrace,
        meaning: "A status: some items were backed up and some were not.",
        cause: "Items that cannot be read, or throttling in the middle of a backup.",
        checks: &["See whether the next backup completes; if not, see which items are left out."],
        screen: ORGANIZATION,
        who: Who::Technician,
    },
    Explanation {
        error: "authentication-error",
        description: "Authentication Error",
        scope: "account",
        ticket: Ticket::AtOnce,
        meaning: "A status: Microsoft or Google refused the backup.",
        cause: "The account's password, license or rights changed, or the application lost its consent.",
        checks: &[
            "See whether all accounts of the organization have it: then it is the application.",
            "Else see that this account exists, is active and has its license.",
        ],
        screen: ENTRA,
        who: Who::CustomerAdministrator,
    },
    Explanation {
        error: "space-full",
        description: "Space Full",
        scope: "account",
        ticket: Ticket::AtOnce,
        meaning: "A status: the storage for backups is used up.",
        cause: "The plan's storage is too small for what is kept.",
        checks: &["See the storage that is used and available, and the plan."],
        screen: ORGANIZATION,
        who: Who::Technician,
    },
];

/// Everything that can be explained: the errors first, then the statuses.
pub fn explanations() -> Vec<Explanation> {
    let errors = ERRORS.iter().filter_map(|error| {
        let advice = ADVICE.iter().find(|advice| advice.slug == error.slug)?;
        Some(explained(error, advice))
    });
    errors.chain(OTHERS).collect()
}

/// What is explained under that slug.
pub fn explained_as(slug: &str) -> Option<Explanation> {
    explanations().into_iter().find(|entry| entry.error == slug)
}

fn explained(error: &BackupError, advice: &Advice) -> Explanation {
    Explanation {
        error: error.slug,
        description: error.description,
        scope: error.scope.name(),
        ticket: advice.ticket,
        meaning: error.meaning,
        cause: advice.cause,
        checks: advice.checks,
        screen: advice.screen,
        who: advice.who,
    }
}

/// What a text was recognized as.
#[derive(Clone, Debug, PartialEq)]
pub enum Recognized {
    /// This entry: its slug, its words, or a text such as a ticket's that has its words in it.
    Entry(Explanation),
    /// None; these are the nearest, the likeliest first.
    Near(Vec<Explanation>),
}

/// Similar enough to be what was meant (0 to 1).
const SAME: f64 = 0.9;
/// Similar enough to be suggested.
const NEAR: f64 = 0.6;
/// How many near misses are suggested.
const SUGGESTIONS: usize = 3;

/// The entry that a slug, a status or the text of a ticket is about.
pub fn recognize(text: &str) -> Recognized {
    let all = explanations();
    let wanted = plain(text);
    let exact = |entry: &&Explanation| plain(entry.error) == wanted || plain(entry.description) == wanted;
    if let Some(entry) = all.iter().find(exact) {
        return Recognized::Entry(*entry);
    }
    // Pasted from a ticket, with the account and the organization around it. The words of a status are too few
    // to tell anything from inside a sentence.
    let says_it = |entry: &&Explanation| wanted.contains(&plain(entry.description));
    let of_a_ticket = |entry: &&Explanation| entry.error == RESOLVED || by_slug(entry.error).is_some();
    let within = all.iter().filter(of_a_ticket).find(says_it);
    if let Some(entry) = within {
        return Recognized::Entry(*entry);
    }
    let mut scored: Vec<(f64, Explanation)> = all
        .into_iter()
        .map(|entry| (likeness(&wanted, &entry), entry))
        .filter(|(score, _)| *score >= NEAR)
        .collect();
    scored.sort_by(|(one, first), (other, second)| {
        other.total_cmp(one).then_with(|| first.error.cmp(second.error))
    });
    match scored.as_slice() {
        [(score, entry), rest @ ..] if *score >= SAME && rest.iter().all(|(other, _)| *other < SAME) => {
            Recognized::Entry(*entry)
        }
        _ => Recognized::Near(
            scored
                .into_iter()
                .map(|(_, entry)| entry)
                .take(SUGGESTIONS)
                .collect(),
        ),
    }
}

/// How like a text is to an entry's slug or words (0 to 1).
fn likeness(wanted: &str, entry: &Explanation) -> f64 {
    let of = |text: &str| strsim::normalized_damerau_levenshtein(wanted, &plain(text));
    of(entry.error).max(of(entry.description))
}

/// Words alone: without case, punctuation and what stands between words.
fn plain(text: &str) -> String {
    let words: Vec<String> = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slug(text: &str) -> &'static str {
        match recognize(text) {
            Recognized::Entry(entry) => entry.error,
            Recognized::Near(near) => panic!("{text} is only near {near:?}"),
        }
    }

    #[test]
    fn every_error_is_explained_once_and_in_full() {
        let all = explanations();
        for error in &ERRORS {
            assert_eq!(all.iter().filter(|entry| entry.error == error.slug).count(), 1);
        }
        for entry in &all {
            for words in [entry.meaning, entry.cause, entry.screen] {
                assert!(!words.is_empty(), "{entry:?}");
            }
            assert!(!entry.checks.is_empty(), "{entry:?}");
            assert_eq!(all.iter().filter(|other| other.error == entry.error).count(), 1);
        }
    }

    #[test]
    fn every_error_has_its_own_advice() {
        let all = explanations();
        for advice in &ADVICE {
            let entry = all.iter().find(|entry| entry.error == advice.slug).unwrap();
            assert_eq!(
                (entry.ticket, entry.cause, entry.checks, entry.screen, entry.who),
                (
                    advice.ticket,
                    advice.cause,
                    advice.checks,
                    advice.screen,
                    advice.who
                ),
                "{}",
                advice.slug
            );
        }
    }

    #[test]
    fn what_is_not_near_enough_or_near_two_is_only_suggested() {
        let suggested = |text: &str| match recognize(text) {
            Recognized::Near(near) => near.iter().map(|entry| entry.error).collect::<Vec<_>>(),
            Recognized::Entry(entry) => panic!("{text} was taken for {}", entry.error),
        };
        assert_eq!(suggested("main-token")[0], "main-app-token");
        // Three letters away from "Device", and three from "Delegated".
        assert_eq!(
            suggested("Delege Token authorization error was detected")[..2],
            ["delegated-token", "device-token"]
        );
    }

    #[test]
    fn who_acts_and_when_is_said_in_words() {
        for (who, words) in [
            (
                Who::CustomerAdministrator,
                "the customer's Microsoft 365 or Google Workspace administrator",
            ),
            (Who::Technician, "you, the partner's technician"),
            (
                Who::VendorSupport,
                "the vendor's support, if it does not pass by itself",
            ),
            (Who::Nobody, "nobody"),
        ] {
            assert_eq!(who.words(), words);
        }
        for (ticket, words) in [
            (Ticket::AtOnce, "at once: it needs a person"),
            (Ticket::AfterGrace, "if it lasts: it often passes by itself"),
            (Ticket::Never, "none"),
        ] {
            assert_eq!(ticket.words(), words);
        }
    }

    #[test]
    fn slugs_words_and_pasted_tickets_are_recognized() {
        for entry in explanations() {
            assert_eq!(slug(entry.error), entry.error);
            assert_eq!(slug(entry.description), entry.error);
            let shouted = entry.description.to_uppercase();
            assert_eq!(slug(&format!("  {shouted}. ")), entry.error);
        }
        assert_eq!(
            slug("The email backup has failed: anna@contoso.com - Contoso Ltd"),
            "email-backup-failed"
        );
        assert_eq!(
            slug("Main App (Global Admin) Token authorization error is resolved - Contoso"),
            RESOLVED
        );
    }

    #[test]
    fn a_near_miss_is_recognized_or_suggested() {
        assert_eq!(slug("main-app-tokn"), "main-app-token");
        assert_eq!(
            slug("OneDrive backup fails. Authentication error"),
            "onedrive-authentication"
        );
        let Recognized::Near(near) = recognize("token") else {
            panic!("a word of three errors is none of them");
        };
        assert!(near.len() <= SUGGESTIONS);
        assert_eq!(recognize("xyzzy"), Recognized::Near(Vec::new()));
        assert_eq!(recognize(""), Recognized::Near(Vec::new()));
    }
}
