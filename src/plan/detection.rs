//! Detecting what is wrong inside an organization: the texts and statuses of its accounts become the errors of the
//! catalogue (`plan/backup_errors.rs`), each of which is worth one ticket. Times are in seconds since the epoch.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use jiff::{Timestamp, civil, fmt::rfc2822, tz::TimeZone};

use super::{
    backup_errors::{BackupError, ERRORS, RESOLVED, STALE, Scope, UNDOCUMENTED},
    explanations::{Ticket, explained_as},
};
use crate::{
    model::{AccountError, FirstSeen, Inside, Product},
    text::folded,
};

/// An account that has an error.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Affected {
    /// The account's email address, or the site's or group's name.
    pub account: String,
    /// The product whose backup failed.
    pub product: Product,
    /// The error's text as it came, or else the status.
    pub text: String,
    /// The backup status.
    pub status: Option<String>,
    /// The time of the last backup, as the service writes it.
    pub last_backup: Option<String>,
}

/// One error of an organization, which is one ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its slug: a documented one, [`UNDOCUMENTED`] or [`STALE`].
    pub error: &'static str,
    /// The accounts for which it is worth a ticket now. None if it is the organization's, and no account shows it.
    pub due: Vec<Affected>,
    /// The accounts for which it may pass by itself, and has not lasted long enough yet; also those that failed before and
    /// are being backed up right now: that is not a recovery yet.
    pub waiting: Vec<Affected>,
}

/// What is wrong inside an organization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detected {
    /// Its errors, by slug; within each, the accounts in order.
    pub problems: Vec<Problem>,
    /// Whether a token of the organization fails: the errors of its accounts are not reported, because that causes them.
    pub swallowed: bool,
    /// The products of whose accounts nothing is known.
    pub unread: BTreeSet<Product>,
    /// The products that are not there now: what was known of their accounts has not recovered by that.
    pub absent: BTreeSet<Product>,
    /// Whether nobody can say if a tenant has failed.
    pub tenants_unread: bool,
    /// When each error that stands was first seen: this replaces what was known of the organization before.
    pub first_seen: Vec<FirstSeen>,
}

/// How long to wait, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For an error that may pass by itself.
    pub grace: i64,
    /// For a backup; none if its age does not matter.
    pub stale_after: Option<i64>,
}

/// What is wrong inside an organization now, given what was seen before.
///
/// The order of the rows does not matter, and of several rows for one account and product the worst counts.
pub fn detect(inside: &Inside, before: &[FirstSeen], patience: &Patience, now: i64) -> Detected {
    let clock = Clock::new(before, now);
    let found: Vec<Found<'_>> = worst(inside)
        .into_values()
        .filter_map(|(row, error)| Found::of(row, error, &clock, patience))
        .collect();
    let of_organization = token_error(inside, &found);

    let mut problems: BTreeMap<&'static str, Problem> = BTreeMap::new();
    let mut first_seen: BTreeMap<Key, FirstSeen> = BTreeMap::new();
    if let Some(error) = of_organization {
        problems.insert(error, Problem::new(error));
    }
    for Found {
        row,
        error,
        due,
        text,
    } in found
    {
        let seen = clock.first_seen(error, row);
        first_seen.insert(Key::of(&seen), seen);
        let Some(due) = due else { continue };
        // What no token causes stands beside the error of the organization.
        let (error, due) = match of_organization {
            Some(swallowing) if is_of_organization(error) || !has_no_space(row) => (swallowing, true),
            _ => (error, due),
        };
        let problem = problems.entry(error).or_insert_with(|| Problem::new(error));
        let affected = Affected {
            account: row.account.clone(),
            product: row.product,
            text: text.into_owned(),
            status: row.status.clone(),
            last_backup: row.last_backup.clone(),
        };
        if due {
            &mut problem.due
        } else {
            &mut problem.waiting
        }
        .push(affected);
    }
    // What was not read still stands, as far as is known.
    for seen in before {
        if inside.unread.iter().any(|product| product.name() == seen.product) {
            let since = seen.since.min(now);
            first_seen
                .entry(Key::of(seen))
                .and_modify(|known| known.since = known.since.min(since))
                .or_insert_with(|| FirstSeen {
                    since,
                    ..seen.clone()
                });
        }
    }
    Detected {
        problems: problems.into_values().collect(),
        swallowed: of_organization.is_some(),
        unread: inside.unread.clone(),
        absent: inside.absent.clone(),
        tenants_unread: inside.tenants_unread,
        first_seen: first_seen.into_values().collect(),
    }
}

/// The slug of the error that a text and a status stand for; none if nothing is wrong.
pub fn error_of(row: &AccountError) -> Option<&'static str> {
    classified(row).map(|class| class.error)
}

impl Problem {
    fn new(error: &'static str) -> Self {
        Self {
            error,
            due: Vec::new(),
            waiting: Vec::new(),
        }
    }
}

/// What a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Class {
    error: &'static str,
    /// Whether it may pass by itself.
    passes: bool,
}

/// A row that has an error, or whose backup is too old.
struct Found<'a> {
    row: &'a AccountError,
    error: &'static str,
    /// Whether it is worth a ticket now; none if it is no error yet, and is only watched.
    due: Option<bool>,
    text: Cow<'a, str>,
}

impl<'a> Found<'a> {
    fn of(
        row: &'a AccountError,
        class: Option<Class>,
        clock: &Clock<'_>,
        patience: &Patience,
    ) -> Option<Self> {
        if let Some(Class { error, passes }) = class {
            let due = !passes || clock.age(error, row) >= patience.grace;
            return Some(Self {
                row,
                error,
                due: Some(due),
                text: Cow::Borrowed(words(row)),
            });
        }
        if let Some(error) = clock.unfinished(row) {
            return Some(Self {
                row,
                error,
                due: Some(false),
                text: Cow::Borrowed(words(row)),
            });
        }
        let stale_after = patience.stale_after?;
        let last = row.last_backup.as_deref().map(str::trim).unwrap_or_default();
        let (due, text) = if last.is_empty() {
            // It may have been added a moment ago.
            let due = clock.age(STALE, row) > stale_after;
            (due.then_some(true), Cow::Borrowed("No backup yet"))
        } else {
            // A date that cannot be read says nothing.
            if clock.now.saturating_sub(seconds(last)?) <= stale_after {
                return None;
            }
            (Some(true), Cow::Owned(format!("No backup since {last}")))
        };
        Some(Self {
            row,
            error: STALE,
            due,
            text,
        })
    }
}

/// The worst row of each account and product, with what it stands for.
fn worst(inside: &Inside) -> BTreeMap<(String, Product), (&AccountError, Option<Class>)> {
    let mut worst: BTreeMap<(String, Product), (&AccountError, Option<Class>)> = BTreeMap::new();
    for row in &inside.accounts {
        if is_out(row) {
            continue;
        }
        let found = (row, classified(row));
        let rank = |(row, class): &(&AccountError, Option<Class>)| {
            let severity = match class {
                Some(Class { error, .. }) if is_of_organization(error) => 3,
                Some(Class { passes: false, .. }) => 2,
                Some(_) => 1,
                None => 0,
            };
            // Whatever else differs only makes the choice independent of the order.
            let AccountError {
                account,
                text,
                status,
                last_backup,
                ..
            } = *row;
            (
                severity,
                text.clone(),
                status.clone(),
                last_backup.clone(),
                account.clone(),
            )
        };
        worst
            .entry((row.account.to_lowercase(), row.product))
            .and_modify(|kept| {
                if rank(&found) > rank(kept) {
                    *kept = found;
                }
            })
            .or_insert(found);
    }
    worst
}

/// The token error of the organization: the one that its accounts show, or else what a tenant's status says.
fn token_error(inside: &Inside, found: &[Found<'_>]) -> Option<&'static str> {
    let shown = ERRORS
        .iter()
        .filter(|error| error.scope == Scope::Organization)
        .map(|error| error.slug)
        .find(|slug| found.iter().any(|found| found.error == *slug));
    shown.or(inside.tenant_token_failed.then_some("main-app-token"))
}

fn is_of_organization(error: &str) -> bool {
    ERRORS
        .iter()
        .any(|known| known.slug == error && known.scope == Scope::Organization)
}

/// What a status says, if the vendor documents it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// The backup is done or being made.
    Fine,
    Connection,
    Authentication,
    SpaceFull,
    Retrying,
    Partial,
    /// Not documented, but its words say that something failed.
    Failed,
}

/// Words of a status that is not documented, which say that something failed.
const FAILURE: [&str; 5] = ["fail", "error", "refus", "denied", "expired"];

impl Status {
    fn of(text: Option<&str>) -> Self {
        match plain(text.unwrap_or_default()).as_str() {
            "connection error" => Self::Connection,
            "authentication error" => Self::Authentication,
            "space full" => Self::SpaceFull,
            "retrying" => Self::Retrying,
            "partially completed" => Self::Partial,
            other if FAILURE.iter().any(|word| other.contains(word)) => Self::Failed,
            _ => Self::Fine,
        }
    }

    fn passes(self) -> bool {
        matches!(self, Self::Connection | Self::Retrying | Self::Partial)
    }

    fn needs_a_person(self) -> bool {
        matches!(self, Self::Authentication | Self::SpaceFull)
    }

    /// The error that the status alone stands for.
    fn error(self, product: Product) -> &'static str {
        match (product, self) {
            (Product::Mailbox, Self::Connection | Self::Authentication) => "email-backup-failed",
            (Product::OneDrive, Self::Connection) => "onedrive-connection",
            (Product::OneDrive, Self::Authentication) => "onedrive-authentication",
            (Product::Tasks, Self::Connection) => "tasks-connection",
            (Product::Tasks, Self::Authentication) => "tasks-authentication",
            _ => UNDOCUMENTED,
        }
    }
}

/// Whether the account is not backed up any more, so that nothing can be wrong with its backup.
fn is_out(row: &AccountError) -> bool {
    let status = plain(row.status.as_deref().unwrap_or_default());
    matches!(status.as_str(), "deactivated" | "deleted" | "suspended")
}

/// The row's text, or else its status.
fn words(row: &AccountError) -> &str {
    if plain(&row.text).is_empty() {
        row.status.as_deref().map(str::trim).unwrap_or_default()
    } else {
        &row.text
    }
}

fn classified(row: &AccountError) -> Option<Class> {
    if is_out(row) {
        return None;
    }
    let status = Status::of(row.status.as_deref());
    let text = plain(&row.text);
    let of_status = |status: Status, passes: bool| {
        (status != Status::Fine).then(|| Class {
            error: status.error(row.product),
            passes,
        })
    };
    if text.is_empty() || text == plain(row.status.as_deref().unwrap_or_default()) {
        return of_status(status, status.passes());
    }
    let documented = documented(&text);
    if documented.is_none() {
        if text.contains(&plain(&resolved())) {
            // Good news, but the account has not been backed up since: it is given the time.
            return of_status(status, true);
        }
        // Some rows repeat a status as their text.
        let repeated = Status::of(Some(&row.text));
        if !matches!(repeated, Status::Fine | Status::Failed) {
            return of_status(repeated, repeated.passes() && !status.needs_a_person());
        }
    }
    let error = documented.map_or(UNDOCUMENTED, |error| error.slug);
    let passes = if status.needs_a_person() {
        false
    } else if status.passes() {
        !PERSONAL.iter().any(|word| text.contains(word)) && !is_of_space(&text)
    } else {
        explained_as(error).is_some_and(|entry| entry.ticket == Ticket::AfterGrace)
    };
    Some(Class { error, passes })
}

/// Words of a text that does not pass by itself, whatever the status says.
const PERSONAL: [&str; 9] = [
    "authenticat",
    "authoriz",
    "authoris",
    "token",
    "credential",
    "password",
    "permission",
    "access denied",
    "consent",
];

/// Whether the storage for the account is used up.
fn has_no_space(row: &AccountError) -> bool {
    Status::of(row.status.as_deref()) == Status::SpaceFull || is_of_space(&row.text)
}

/// Whether a text is about storage that is used up.
fn is_of_space(text: &str) -> bool {
    let text = text.to_lowercase();
    ["space full", "storage full", "quota", "out of space", "no space"]
        .iter()
        .any(|words| text.contains(words))
}

/// The documented error whose words stand in a plain text. Those of organizations come first: they cause the others.
fn documented(text: &str) -> Option<&'static BackupError> {
    let of = |scope: Scope| {
        ERRORS
            .iter()
            .filter(move |error| error.scope == scope)
            .find(|error| text.contains(&plain(error.description)))
    };
    of(Scope::Organization).or_else(|| of(Scope::Account))
}

/// The words of the good news.
fn resolved() -> Cow<'static, str> {
    explained_as(RESOLVED).map_or(Cow::Borrowed(RESOLVED), |entry| Cow::Borrowed(entry.description))
}

/// A text as it is compared: without HTML entities, case, invisible characters, runs of white space and trailing
/// periods.
fn plain(text: &str) -> String {
    folded(&html_escape::decode_html_entities(text))
        .trim_end_matches(['.', ' '])
        .to_owned()
}

/// A time as services write it, in UTC unless it says otherwise: RFC 3339 and 2822, a space for the `T`, `UTC` behind
/// it, a date alone, or seconds or milliseconds since the epoch.
fn seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_second());
    }
    if let Ok(number) = text.parse::<i64>() {
        // Seconds have fewer digits for two centuries to come.
        return Some(if number >= 10_000_000_000 {
            number / 1_000
        } else {
            number
        });
    }
    let bare = ["UTC", "GMT", "Z"]
        .iter()
        .find_map(|zone| text.strip_suffix(zone))
        .unwrap_or(text)
        .trim_end();
    let local =
        (bare.parse::<civil::DateTime>()).or_else(|_| bare.parse::<civil::Date>().map(civil::DateTime::from));
    if let Ok(local) = local {
        return local
            .to_zoned(TimeZone::UTC)
            .ok()
            .map(|time| time.timestamp().as_second());
    }
    rfc2822::parse(text).ok().map(|time| time.timestamp().as_second())
}

/// An error of an account in a product.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key {
    error: String,
    account: String,
    product: String,
}

impl Key {
    fn new(error: &str, account: &str, product: &str) -> Self {
        Self {
            error: error.to_owned(),
            account: account.to_lowercase(),
            product: product.to_owned(),
        }
    }

    fn of(seen: &FirstSeen) -> Self {
        Self::new(&seen.error, &seen.account, &seen.product)
    }
}

/// The time now, and since when errors stand.
struct Clock<'a> {
    now: i64,
    since: HashMap<Key, &'a FirstSeen>,
}

impl<'a> Clock<'a> {
    fn new(before: &'a [FirstSeen], now: i64) -> Self {
        let mut since: HashMap<Key, &FirstSeen> = HashMap::new();
        for seen in before {
            let kept = since.entry(Key::of(seen)).or_insert(seen);
            if seen.since < kept.since {
                *kept = seen;
            }
        }
        Self { now, since }
    }

    /// Since when the account has the error. Never later than now, even if the clock was set back.
    fn since(&self, error: &str, row: &AccountError) -> i64 {
        self.since
            .get(&Key::new(error, &row.account, row.product.name()))
            .map_or(self.now, |seen| seen.since.min(self.now))
    }

    fn age(&self, error: &str, row: &AccountError) -> i64 {
        self.now.saturating_sub(self.since(error, row))
    }

    /// The error that a backup had when it was begun again, if no backup has been completed since: between two tries of
    /// one that fails, it is running. What a token causes is told by the token.
    fn unfinished(&self, row: &AccountError) -> Option<&'static str> {
        const RUNNING: [&str; 3] = ["in progress", "running", "preparing backup"];
        if !RUNNING.contains(&plain(row.status.as_deref().unwrap_or_default()).as_str()) {
            return None;
        }
        let of_accounts = ERRORS.iter().filter(|error| error.scope == Scope::Account);
        let (since, error) = of_accounts
            .map(|error| error.slug)
            .chain([UNDOCUMENTED])
            .filter_map(|error| {
                let seen = self
                    .since
                    .get(&Key::new(error, &row.account, row.product.name()))?;
                Some((seen.since, error))
            })
            .min()?;
        let last = row.last_backup.as_deref().and_then(seconds);
        last.is_none_or(|last| last <= since).then_some(error)
    }

    fn first_seen(&self, error: &str, row: &AccountError) -> FirstSeen {
        FirstSeen {
            error: error.to_owned(),
            account: row.account.clone(),
            product: row.product.name().to_owned(),
            since: self.since(error, row),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_700_000_000;
    const HOUR: i64 = 3_600;
    const PATIENCE: Patience = Patience {
        grace: 4 * HOUR,
        stale_after: None,
    };

    fn row(account: &str, product: Product, text: &str, status: &str) -> AccountError {
        AccountError {
            account: account.to_owned(),
            product,
            text: text.to_owned(),
            status: (!status.is_empty()).then(|| status.to_owned()),
            last_backup: Some("2023-11-14T20:00:00Z".to_owned()),
        }
    }

    fn mailbox(account: &str, text: &str, status: &str) -> AccountError {
        row(account, Product::Mailbox, text, status)
    }

    fn inside(accounts: &[AccountError]) -> Inside {
        Inside {
            accounts: accounts.to_vec(),
            ..Inside::default()
        }
    }

    /// The slug of a row alone, and whether it is due when it is first seen.
    fn first_look(row: &AccountError) -> Option<(&'static str, bool)> {
        let detected = detect(&inside(std::slice::from_ref(row)), &[], &PATIENCE, NOW);
        let problem = detected.problems.first()?;
        assert_eq!(problem.due.len() + problem.waiting.len(), 1, "{row:?}");
        Some((problem.error, !problem.due.is_empty()))
    }

    #[test]
    fn a_documented_text_is_its_error_wherever_it_stands() {
        for error in &ERRORS {
            for text in [
                error.description.to_owned(),
                format!("{}. ", error.description.to_uppercase()),
                format!("imap: {}; tried again", error.description.replace(' ', " \n\t")),
                format!("<b>{}</b>", error.description.replace('a', "&#97;")),
                format!("\u{200b}{}", error.description.replace('a', "a\u{200b}")),
            ] {
                assert_eq!(error_of(&mailbox("anna", &text, "")), Some(error.slug), "{text}");
            }
        }
        assert_eq!(
            error_of(&mailbox("anna", "IMAP said NO", "Completed")),
            Some(UNDOCUMENTED)
        );
    }

    #[test]
    fn a_status_alone_is_an_error_too_and_some_pass_by_themselves() {
        use Product::{Calendar, Mailbox, OneDrive, SharePoint, Tasks};
        for (product, status, found) in [
            (Mailbox, "Connection Error", Some(("email-backup-failed", false))),
            (
                Mailbox,
                " authentication  ERROR",
                Some(("email-backup-failed", true)),
            ),
            (Mailbox, "Space Full", Some((UNDOCUMENTED, true))),
            (Mailbox, "Retrying", Some((UNDOCUMENTED, false))),
            (Mailbox, "Partially Completed", Some((UNDOCUMENTED, false))),
            (OneDrive, "Connection Error", Some(("onedrive-connection", false))),
            (
                OneDrive,
                "Authentication Error",
                Some(("onedrive-authentication", true)),
            ),
            (Tasks, "connection error", Some(("tasks-connection", false))),
            (
                Tasks,
                "Authentication Error",
                Some(("tasks-authentication", true)),
            ),
            (Calendar, "Authentication Error", Some((UNDOCUMENTED, true))),
            (SharePoint, "Connection Error", Some((UNDOCUMENTED, false))),
            (Mailbox, "Backup failed", Some((UNDOCUMENTED, true))),
            (Mailbox, "Completed", None),
            (Mailbox, "In Progress", None),
            (Mailbox, "Running", None),
            (Mailbox, "Preparing Backup", None),
            (Mailbox, "Deactivated", None),
            (Mailbox, "Queued", None),
            (Mailbox, "", None),
        ] {
            let row = row("anna", product, "", status);
            assert_eq!(first_look(&row), found, "{product:?} {status}");
            // Some rows repeat the status as the text, and some texts have nothing to see in them.
            for text in [status, "\u{200b} "] {
                let mut repeated = row.clone();
                repeated.text = text.to_owned();
                assert_eq!(first_look(&repeated), found, "{product:?} {status}");
            }
        }
    }

    #[test]
    fn what_needs_a_person_is_due_at_once_and_what_passes_is_given_the_time() {
        for (text, status, found) in [
            // The text alone.
            ("The email backup has failed", "", ("email-backup-failed", true)),
            (
                "OneDrive backup fails. Unable to connect to mail server",
                "Completed",
                ("onedrive-connection", false),
            ),
            // The status beats what the catalogue says of the text.
            (
                "OneDrive backup fails. Unable to connect to mail server",
                "Space Full",
                ("onedrive-connection", true),
            ),
            (
                "The email backup has failed",
                "Retrying",
                ("email-backup-failed", false),
            ),
            // Unless the text needs a person.
            (
                "OneDrive backup fail. Authentication error",
                "Connection Error",
                ("onedrive-authentication", true),
            ),
            ("Quota exceeded", "Retrying", (UNDOCUMENTED, true)),
            ("Connection reset by peer", "Retrying", (UNDOCUMENTED, false)),
            ("Connection reset by peer", "", (UNDOCUMENTED, true)),
        ] {
            assert_eq!(
                first_look(&mailbox("anna", text, status)),
                Some(found),
                "{text} {status}"
            );
        }
    }

    #[test]
    fn an_error_that_may_pass_is_due_once_it_has_lasted() {
        let now = inside(&[
            mailbox("anna", "", "Retrying"),
            mailbox("ben", "", "Connection Error"),
        ]);
        let first = detect(&now, &[], &PATIENCE, NOW);
        assert!(first.problems.iter().all(|problem| problem.due.is_empty()));
        assert_eq!(first.first_seen.len(), 2);

        let almost = detect(&now, &first.first_seen, &PATIENCE, NOW + PATIENCE.grace - 1);
        assert_eq!(almost, first);
        let lasted = detect(&now, &almost.first_seen, &PATIENCE, NOW + PATIENCE.grace);
        assert!(lasted.problems.iter().all(|problem| problem.waiting.is_empty()));
        assert_eq!(lasted.first_seen, first.first_seen);

        // Ben recovers and fails again: his time starts afresh.
        let only_anna = inside(&now.accounts[..1]);
        let gone = detect(&only_anna, &lasted.first_seen, &PATIENCE, NOW + PATIENCE.grace);
        assert_eq!(gone.first_seen.len(), 1);
        let back = detect(&now, &gone.first_seen, &PATIENCE, NOW + PATIENCE.grace + 1);
        let waiting: Vec<&str> = back
            .problems
            .iter()
            .flat_map(|problem| &problem.waiting)
            .map(|affected| affected.account.as_str())
            .collect();
        assert_eq!(waiting, ["ben"]);
    }

    #[test]
    fn a_failed_backup_that_is_running_again_has_not_recovered_yet() {
        let failed = inside(&[
            mailbox("anna", "", "Retrying"),
            mailbox("ben", "", "Authentication Error"),
        ]);
        let first = detect(&failed, &[], &PATIENCE, NOW).first_seen;
        let mut running = failed.clone();
        for account in &mut running.accounts {
            account.status = Some("In Progress".to_owned());
        }
        let again = detect(&running, &first, &PATIENCE, NOW + HOUR);
        // Neither is it worth a new ticket, nor does its time start afresh.
        let slugs: Vec<&str> = again.problems.iter().map(|problem| problem.error).collect();
        assert_eq!(slugs, [UNDOCUMENTED, "email-backup-failed"]);
        assert!(again.problems.iter().all(|problem| problem.due.is_empty()));
        assert_eq!(again.first_seen, first);
        let lasted = detect(&failed, &again.first_seen, &PATIENCE, NOW + PATIENCE.grace);
        assert!(lasted.problems.iter().all(|problem| problem.waiting.is_empty()));

        // Who never failed is fine, and so is who has a backup since, or has completed one.
        assert_eq!(detect(&running, &[], &PATIENCE, NOW), Detected::default());
        let mut backed_up = running.clone();
        backed_up.accounts[0].last_backup = Some("2023-11-14T22:30:00Z".to_owned());
        backed_up.accounts[1].status = Some("Completed".to_owned());
        assert_eq!(
            detect(&backed_up, &first, &PATIENCE, NOW + HOUR),
            Detected::default()
        );
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_make_an_error_wait_for_years() {
        let now = inside(&[mailbox("anna", "", "Retrying")]);
        for later in [NOW + 1_000 * HOUR, i64::MAX] {
            let first = detect(&now, &[], &PATIENCE, later);
            let set_back = detect(&now, &first.first_seen, &PATIENCE, NOW);
            assert_eq!(set_back.first_seen[0].since, NOW);
            let lasted = detect(&now, &set_back.first_seen, &PATIENCE, NOW + PATIENCE.grace);
            assert_eq!(lasted.problems[0].due.len(), 1);
        }
        let ever = [FirstSeen {
            since: i64::MIN,
            ..detect(&now, &[], &PATIENCE, NOW).first_seen[0].clone()
        }];
        assert_eq!(detect(&now, &ever, &PATIENCE, NOW).problems[0].due.len(), 1);
    }

    #[test]
    fn a_list_that_was_not_read_says_nothing() {
        let both = inside(&[
            mailbox("anna", "", "Retrying"),
            row("anna", Product::Tasks, "", "Retrying"),
        ]);
        let before = detect(&both, &[], &PATIENCE, NOW).first_seen;
        let unread = Inside {
            unread: BTreeSet::from([Product::Tasks]),
            ..Inside::default()
        };
        let detected = detect(&unread, &before, &PATIENCE, NOW + 1);
        assert_eq!(detected.problems, []);
        assert_eq!(detected.unread, unread.unread);
        let kept: Vec<&str> = detected
            .first_seen
            .iter()
            .map(|seen| seen.product.as_str())
            .collect();
        assert_eq!(kept, ["tasks"]);
    }

    #[test]
    fn a_token_error_of_the_organization_swallows_what_it_causes() {
        const MAIN: &str = "Main App (Global Admin) Token authorization error was detected";
        let rows = [
            mailbox("anna", MAIN, "Authentication Error"),
            mailbox("ben", "The email backup has failed", "Connection Error"),
            row("anna", Product::OneDrive, "", "Authentication Error"),
            mailbox("carl", "", "Space Full"),
            mailbox("dora", "", "Completed"),
        ];
        let of = |inside: &Inside| {
            let detected = detect(inside, &[], &PATIENCE, NOW);
            let problems: Vec<(&str, Vec<String>, usize)> = detected
                .problems
                .into_iter()
                .map(|problem| {
                    let due = problem.due.into_iter().map(|affected| affected.account);
                    (problem.error, due.collect(), problem.waiting.len())
                })
                .collect();
            (detected.swallowed, problems)
        };
        let accounts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        // What no token causes stands beside it.
        let swallowed = accounts(&["anna", "anna", "ben"]);
        let full = (UNDOCUMENTED, accounts(&["carl"]), 0);
        assert_eq!(
            of(&inside(&rows)),
            (true, vec![full.clone(), ("main-app-token", swallowed, 0)])
        );
        // Without a text, the tenant's status says so; with one, the text says which.
        let by_status = Inside {
            tenant_token_failed: true,
            ..inside(&rows[1..])
        };
        assert_eq!(
            of(&by_status),
            (
                true,
                vec![full, ("main-app-token", accounts(&["anna", "ben"]), 0)]
            )
        );
        let device = mailbox("anna", "Device Token authorization error was detected", "");
        let by_text = Inside {
            tenant_token_failed: true,
            ..inside(&[device])
        };
        assert_eq!(
            of(&by_text),
            (true, vec![("device-token", accounts(&["anna"]), 0)])
        );
        let silent = Inside {
            tenant_token_failed: true,
            ..inside(&rows[4..])
        };
        assert_eq!(of(&silent), (true, vec![("main-app-token", Vec::new(), 0)]));
        // The good news is no error, and the accounts are given the time for their next backup.
        let resolved = "Main App (Global Admin) Token authorization error is resolved.";
        assert_eq!(first_look(&mailbox("anna", resolved, "Completed")), None);
        assert_eq!(
            first_look(&mailbox("anna", resolved, "Authentication Error")),
            Some(("email-backup-failed", false))
        );
    }

    #[test]
    fn a_backup_that_has_not_run_for_too_long_is_an_error_if_that_is_wanted() {
        let patience = Patience {
            stale_after: Some(48 * HOUR),
            ..PATIENCE
        };
        let with = |last_backup: Option<&str>, status: &str| AccountError {
            last_backup: last_backup.map(ToOwned::to_owned),
            ..mailbox("anna", "", status)
        };
        // Three days ago, as services write it.
        for old in [
            "2023-11-11T22:13:20Z",
            "2023-11-11 22:13:20 UTC",
            "2023-11-11T22:13:20",
            "2023-11-11 22:13:20.250",
            "2023-11-11T23:13:20+01:00",
            "Sat, 11 Nov 2023 22:13:20 GMT",
            "2023-11-11",
            "1699740800",
            "1699740800000",
        ] {
            let old = inside(&[with(Some(old), "Completed")]);
            let detected = detect(&old, &[], &patience, NOW);
            assert_eq!(detected.problems.len(), 1, "{old:?}");
            assert_eq!(detected.problems[0].error, STALE);
            assert!(detected.problems[0].due[0].text.starts_with("No backup since "));
            assert_eq!(detect(&old, &[], &PATIENCE, NOW).problems, [], "it is not wanted");
            assert_eq!(detect(&old, &[], &patience, NOW - 47 * HOUR).problems, []);
        }
        for (last_backup, status) in [
            (Some("yesterday"), "Completed"),
            (Some("2030-01-01T00:00:00Z"), "Completed"),
            (Some("2001-01-01T00:00:00Z"), "Deactivated"),
        ] {
            let rows = inside(&[with(last_backup, status)]);
            assert_eq!(detect(&rows, &[], &patience, NOW).problems, [], "{last_backup:?}");
        }
        // One with an error of its own is not stale in addition.
        let failed = inside(&[with(Some("2001-01-01T00:00:00Z"), "Space Full")]);
        let slugs: Vec<&str> = detect(&failed, &[], &patience, NOW)
            .problems
            .iter()
            .map(|problem| problem.error)
            .collect();
        assert_eq!(slugs, [UNDOCUMENTED]);
        // An account that was never backed up may be new.
        for never in [None, Some(" ")] {
            let new = inside(&[with(never, "")]);
            let first = detect(&new, &[], &patience, NOW);
            assert_eq!(first.problems, []);
            let later = detect(&new, &first.first_seen, &patience, NOW + 48 * HOUR);
            assert_eq!(later.problems, []);
            let too_late = detect(&new, &later.first_seen, &patience, NOW + 48 * HOUR + 1);
            assert_eq!(too_late.problems[0].error, STALE);
        }
    }

    fn any_row() -> impl Strategy<Value = AccountError> {
        let text = prop_oneof![
            3 => Just(String::new()),
            2 => proptest::sample::select(ERRORS.map(|error| error.description.to_owned()).to_vec()),
            1 => "[ -~\u{0}\u{7}é]{0,12}",
        ];
        let status = proptest::option::of(proptest::sample::select(vec![
            "Completed",
            "Connection Error",
            "Authentication Error",
            "Space Full",
            "Retrying",
            "Partially Completed",
            "Deactivated",
            "Running",
        ]));
        let last_backup = proptest::option::of(proptest::sample::select(vec![
            "2023-11-14T20:00:00Z",
            "2023-10-01 00:00:00 UTC",
            "nonsense",
        ]));
        (
            "[abAB]",
            proptest::sample::select(Product::ALL.to_vec()),
            text,
            status,
            last_backup,
        )
            .prop_map(|(account, product, text, status, last_backup)| AccountError {
                account,
                product,
                text,
                status: status.map(ToOwned::to_owned),
                last_backup: last_backup.map(ToOwned::to_owned),
            })
    }

    proptest! {
        #[test]
        fn nothing_depends_on_the_order_and_nothing_is_reported_twice_or_forgotten_unread(
            (rows, shuffled) in proptest::collection::vec(any_row(), 0..12)
                .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
            earlier in proptest::collection::vec(any_row(), 0..6),
            tenant_token_failed in any::<bool>(),
            unread in proptest::sample::subsequence(Product::ALL.to_vec(), 0..4),
            stale_after in proptest::option::of(0..100 * HOUR),
            passed in -HOUR..10 * HOUR,
        ) {
            let patience = Patience { stale_after, ..PATIENCE };
            let before = detect(&inside(&earlier), &[], &patience, NOW).first_seen;
            let unread: BTreeSet<Product> = unread.into_iter().collect();
            let of = |rows: &[AccountError]| {
                let now = Inside { tenant_token_failed, unread: unread.clone(), ..inside(rows) };
                detect(&now, &before, &patience, NOW + passed)
            };
            let detected = of(&rows);
            prop_assert_eq!(&detected, &of(&shuffled));
            for problem in &detected.problems {
                let mut seen = BTreeSet::new();
                for affected in problem.due.iter().chain(&problem.waiting) {
                    let key = (affected.account.to_lowercase(), affected.product);
                    prop_assert!(seen.insert(key), "{:?} is there twice", affected);
                }
                prop_assert!(!seen.is_empty() || tenant_token_failed);
            }
            for seen in &before {
                if unread.iter().any(|product| product.name() == seen.product) {
                    let is_kept = detected.first_seen.iter().any(|kept| {
                        Key::of(kept) == Key::of(seen) && kept.since == seen.since.min(NOW + passed)
                    });
                    prop_assert!(is_kept, "{:?} is gone", seen);
                }
            }
            // A second look at the same time sees the same.
            let now = Inside { tenant_token_failed, unread: unread.clone(), ..inside(&rows) };
            prop_assert_eq!(&detected, &detect(&now, &detected.first_seen, &patience, NOW + passed));
        }
    }
}
