//! What becomes of the tickets of backup errors: opened once, kept current, resolved once the backup has recovered.
//! Times are seconds since the epoch.
//!
//! There is one ticket for each organization and error. What is done with it depends on three things: whether the error
//! stands ([`Detected`]), what is remembered of its ticket ([`TicketRecord`]), and what Halo shows of it ([`Shown`]).

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{
    backup_errors::{Scope, by_slug},
    detection::{Affected, Detected, Problem},
    tickets,
};
use crate::{
    change::{Action, Change, Decision, Plan, Reason, Stop},
    model::{OnRecovery, Product, Reference, TicketAccount, TicketRecord, TicketState},
};

/// How long a ticket that someone closed is left alone while its error stands.
const QUIET: i64 = 24 * 60 * 60;
/// How long after a recovery the same ticket is reopened if the error is back.
const SAME_AGAIN: i64 = 7 * 24 * 60 * 60;

/// How tickets are treated.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// What is done when a backup has recovered.
    pub on_recovery: OnRecovery,
    /// After how many seconds a ticket whose error still stands gets another note.
    pub remind: Option<i64>,
    /// The most tickets that are opened in one run.
    pub most_new: usize,
}

/// An organization, what was seen in it, and the tickets that are remembered for its errors.
#[derive(Clone, Debug)]
pub struct Watched {
    /// The organization.
    pub organization: Reference<String>,
    /// Its customer; none if it is not mapped.
    pub customer: Option<Reference>,
    /// What was seen in it.
    pub seen: Seen,
    /// Why some of its lists could not be read.
    pub failures: Vec<String>,
    /// The newest ticket for each error that had one.
    pub known: Vec<Known>,
}

/// What was seen in an organization.
#[derive(Clone, Debug)]
pub enum Seen {
    /// These errors.
    Looked(Detected),
    /// It is suspended or deactivated: its errors do not count.
    Inactive,
    /// Nothing, for this reason.
    Unread(String),
}

/// A ticket that is remembered, and what Halo shows of it.
#[derive(Clone, Debug)]
pub struct Known {
    /// What is remembered.
    pub record: TicketRecord,
    /// What Halo shows.
    pub shown: Shown,
}

/// What Halo shows of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It is open; or the one that it was merged into is.
    Open {
        /// The ticket that goes on.
        ticket: i64,
        /// Its status.
        status: Option<i64>,
    },
    /// It was closed.
    Closed,
    /// It was deleted.
    Gone,
    /// It could not be read, for this reason.
    Unread(String),
}

/// A ticket for an error of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorTicket {
    /// The organization.
    pub organization: Reference<String>,
    /// Its customer; none if it is not mapped.
    pub customer: Option<Reference>,
    /// The error's slug; none if the organization could not be looked into.
    pub error: Option<String>,
    /// The accounts that have the error now.
    pub accounts: Vec<Affected>,
    /// The ticket in Halo; none if there is none yet.
    pub ticket: Option<i64>,
    /// What is remembered of the ticket.
    pub record: Option<TicketRecord>,
    /// What is to be remembered of it: once the change is made, or else at once.
    pub after: Option<TicketState>,
    /// The ticket that a new one goes on from.
    pub replaces: Option<i64>,
    /// Where a person can look at the ticket, if that is known.
    pub address: Option<String>,
}

/// True if Halo has to be asked about a ticket that is not in its list of open ones.
pub fn has_to_be_read(record: &TicketRecord, stands: bool, now: i64) -> bool {
    let state = &record.state;
    match (stands, state.recovered_at, state.closed_at) {
        // Nothing more is done with it.
        (false, Some(_), _) => false,
        // It has gone from the open tickets, and nobody has said how.
        (_, None, None) => true,
        // Closed while the error stands: only once there is something to be done.
        (true, None, Some(closed)) => now.saturating_sub(closed) >= QUIET,
        // It was seen closed, and may have been opened again: not every ticket is in the list.
        (false, None, Some(_)) => true,
        (true, Some(_), _) => true,
    }
}

/// True if this error stands in what was seen, or may stand.
pub fn stands(seen: &Seen, error: &str) -> bool {
    match seen {
        Seen::Looked(detected) => detected.problems.iter().any(|problem| problem.error == error),
        Seen::Inactive | Seen::Unread(_) => false,
    }
}

/// Decides what becomes of the tickets. Adopting tickets of others is decided afterwards, for those that would be
/// opened: see [`adopt`].
pub fn plan(watched: &[Watched], rules: &Rules, now: i64) -> Plan<ErrorTicket> {
    let mut changes = Vec::new();
    for organization in watched {
        match &organization.seen {
            Seen::Looked(detected) => {
                changes.extend(looked(organization, detected, rules, now));
                changes.extend(partly_read(organization));
            }
            Seen::Inactive => changes.extend(left_alone(organization, &Reason::OrganizationInactive)),
            Seen::Unread(words) => changes.push(Change::new(
                ticket(organization, None),
                Action::Keep,
                Decision::Block,
                Some(Reason::NotLookedInto(words.clone())),
            )),
        }
    }
    let mut plan = Plan::new(changes);
    plan.stop = too_many_new(&plan, rules);
    plan
}

/// The reason to stop if so many tickets would be opened at once that it looks like an outage.
pub fn too_many_new(plan: &Plan<ErrorTicket>, rules: &Rules) -> Option<Stop> {
    let new = plan
        .decided(Decision::Apply)
        .filter(|change| change.action == Action::Open)
        .count();
    (new > rules.most_new).then_some(Stop::TooManyNew {
        new,
        most: rules.most_new,
    })
}

/// Takes an open ticket of somebody else's for one that would have been opened.
pub fn adopt(change: &mut Change<ErrorTicket>, ticket: i64, status: Option<i64>) {
    change.action = Action::Adopt;
    change.reason = Some(Reason::SameTicketThere);
    let subject = &mut change.subject;
    subject.ticket = Some(ticket);
    subject.replaces = None;
    if let Some(after) = &mut subject.after {
        after.ticket = ticket;
        after.open_status = status;
    }
}

/// Leaves tickets open that would be closed although they are also those of other errors, which stand: someone has
/// merged them. The records are those of all organizations, whether they were looked into or not.
pub fn keep_what_is_needed(plan: &mut Plan<ErrorTicket>, records: &[TicketRecord]) {
    let planned: HashSet<i64> = plan
        .changes
        .iter()
        .filter_map(|change| Some(change.subject.record.as_ref()?.id))
        .collect();
    let elsewhere = records
        .iter()
        .filter(|record| !planned.contains(&record.id) && record.state.recovered_at.is_none())
        .map(|record| record.state.ticket);
    let needed: HashSet<i64> = plan
        .changes
        .iter()
        .filter(|change| change.reason != Some(Reason::Recovered))
        .filter_map(|change| change.subject.ticket)
        .chain(elsewhere)
        .collect();
    for change in &mut plan.changes {
        let is_needed = (change.subject.ticket).is_some_and(|ticket| needed.contains(&ticket));
        if change.action == Action::Close && is_needed {
            change.action = Action::Resolve;
            change.reason = Some(Reason::StillNeeded);
            if let Some(after) = &mut change.subject.after {
                after.closed_at = None;
            }
        }
    }
}

/// The tickets of an organization whose errors do not count at the moment.
fn left_alone(organization: &Watched, reason: &Reason) -> Vec<Change<ErrorTicket>> {
    organization
        .known
        .iter()
        .filter(|known| known.record.state.recovered_at.is_none())
        .map(|known| {
            Change::new(
                of_record(organization, &known.record, None),
                Action::Keep,
                Decision::Leave,
                Some(reason.clone()),
            )
        })
        .collect()
}

/// What could not be read of an organization: errors may hide there.
fn partly_read(organization: &Watched) -> Option<Change<ErrorTicket>> {
    (!organization.failures.is_empty()).then(|| {
        Change::new(
            ticket(organization, None),
            Action::Keep,
            Decision::Block,
            Some(Reason::PartlyRead(organization.failures.join("; "))),
        )
    })
}

/// One change for each error that stands or has a ticket.
fn looked(organization: &Watched, detected: &Detected, rules: &Rules, now: i64) -> Vec<Change<ErrorTicket>> {
    let mut errors: BTreeMap<&str, (Option<&Problem>, Option<&Known>)> = BTreeMap::new();
    for problem in &detected.problems {
        errors.entry(problem.error).or_default().0 = Some(problem);
    }
    for known in &organization.known {
        errors.entry(&known.record.error).or_default().1 = Some(known);
    }
    let case = |(problem, known)| Case {
        organization,
        detected,
        problem,
        known,
        rules,
        now,
    };
    errors
        .into_values()
        .filter_map(|pair| case(pair).decide())
        .collect()
}

/// An error of an organization, and its ticket.
struct Case<'a> {
    organization: &'a Watched,
    detected: &'a Detected,
    problem: Option<&'a Problem>,
    known: Option<&'a Known>,
    rules: &'a Rules,
    now: i64,
}

impl Case<'_> {
    fn decide(&self) -> Option<Change<ErrorTicket>> {
        match (self.problem, self.known) {
            (Some(problem), None) => Some(self.first_seen(problem)),
            (Some(problem), Some(known)) => Some(self.seen_again(problem, known)),
            (None, Some(known)) => self.not_seen(known),
            (None, None) => None,
        }
    }

    fn first_seen(&self, problem: &Problem) -> Change<ErrorTicket> {
        if is_waiting(problem) {
            return self.keep(problem, Decision::Leave, Reason::Waiting);
        }
        self.open(problem, None)
    }

    /// The error stands, and it had a ticket.
    fn seen_again(&self, problem: &Problem, known: &Known) -> Change<ErrorTicket> {
        let state = &known.record.state;
        let old = state.ticket;
        match (&known.shown, state.recovered_at) {
            (Shown::Unread(words), _) => {
                self.keep(problem, Decision::Block, Reason::TicketUnread(words.clone()))
            }
            // A short return does not reopen anything.
            (_, Some(_)) if is_waiting(problem) => self.keep(problem, Decision::Leave, Reason::Waiting),
            (Shown::Open { ticket, status }, Some(_)) => {
                let after = self.noted(problem, known, *ticket, *status);
                self.write(Action::Append, problem, *ticket, after, Reason::BackAgain)
            }
            (Shown::Open { ticket, status }, None) => self.still_open(problem, known, *ticket, *status),
            (Shown::Gone, _) => self.open_again(problem, old),
            (Shown::Closed, Some(recovered)) if self.now.saturating_sub(recovered) < SAME_AGAIN => {
                let after = self.noted(problem, known, old, state.open_status);
                self.write(Action::Reopen, problem, old, after, Reason::BackAgain)
            }
            (Shown::Closed, Some(_)) => self.open_again(problem, old),
            (Shown::Closed, None) => match state.closed_at {
                Some(closed) if self.now.saturating_sub(closed) >= QUIET => self.open_again(problem, old),
                closed => {
                    let mut change = self.keep(problem, Decision::Leave, Reason::ClosedByHand);
                    change.subject.after = Some(TicketState {
                        closed_at: Some(closed.unwrap_or(self.now)),
                        ..state.clone()
                    });
                    change
                }
            },
        }
    }

    /// The error stands, and so does its ticket.
    fn still_open(
        &self,
        problem: &Problem,
        known: &Known,
        ticket: i64,
        status: Option<i64>,
    ) -> Change<ErrorTicket> {
        let state = &known.record.state;
        let after = self.noted(problem, known, ticket, status);
        let names = |of: Vec<&TicketAccount>| -> Vec<String> {
            let names: BTreeSet<&str> = of.into_iter().map(|account| account.account.as_str()).collect();
            names.into_iter().map(ToOwned::to_owned).collect()
        };
        let came = names(after.accounts.difference(&state.accounts).collect());
        let went = names(state.accounts.difference(&after.accounts).collect());
        let same_accounts = came.is_empty() && went.is_empty();
        if !same_accounts && !is_of_organization(&known.record.error) {
            let reason = Reason::AccountsChanged { came, went };
            return self.write(Action::Append, problem, ticket, after, reason);
        }
        let since = self.now.saturating_sub(state.noted_at);
        if self.rules.remind.is_some_and(|remind| since >= remind) {
            return self.write(Action::Append, problem, ticket, after, Reason::StillThere);
        }
        let mut change = self.keep(problem, Decision::Unchanged, Reason::AlreadyOpen);
        change.subject.ticket = Some(ticket);
        let now = TicketState {
            error_seen: true,
            ticket,
            open_status: status.or(state.open_status),
            closed_at: None,
            ..state.clone()
        };
        change.subject.after = (now != *state).then_some(now);
        change
    }

    /// The error was not seen, and it had a ticket.
    fn not_seen(&self, known: &Known) -> Option<Change<ErrorTicket>> {
        let record = &known.record;
        let state = &record.state;
        if state.recovered_at.is_some() || !state.error_seen {
            return None;
        }
        let keep = |decision, reason, after| {
            let subject = of_record(self.organization, record, after);
            Some(Change::new(subject, Action::Keep, decision, Some(reason)))
        };
        let of_organization = is_of_organization(&record.error);
        if self.detected.swallowed && !of_organization {
            return keep(Decision::Leave, Reason::Swallowed, None);
        }
        let unread = state.accounts.iter().any(|account| self.is_unread(account))
            || state.accounts.is_empty() && self.is_anything_unread(of_organization);
        if unread {
            return keep(Decision::Leave, Reason::NotAllRead, None);
        }
        let recovered = TicketState {
            accounts: BTreeSet::new(),
            recovered_at: Some(self.now),
            noted_at: self.now,
            ..state.clone()
        };
        match &known.shown {
            Shown::Unread(words) => keep(Decision::Block, Reason::TicketUnread(words.clone()), None),
            Shown::Gone | Shown::Closed => keep(
                Decision::Unchanged,
                Reason::Recovered,
                Some(TicketState {
                    closed_at: Some(state.closed_at.unwrap_or(self.now)),
                    noted_at: state.noted_at,
                    ..recovered
                }),
            ),
            Shown::Open { ticket, status } => {
                let after = TicketState {
                    ticket: *ticket,
                    open_status: status.or(state.open_status),
                    ..recovered
                };
                let action = match self.rules.on_recovery {
                    OnRecovery::Nothing => return keep(Decision::Unchanged, Reason::Recovered, Some(after)),
                    OnRecovery::Note => Action::Resolve,
                    OnRecovery::Close => Action::Close,
                };
                let after = TicketState {
                    closed_at: (action == Action::Close).then_some(self.now),
                    ..after
                };
                let mut subject = of_record(self.organization, record, Some(after));
                subject.ticket = Some(*ticket);
                Some(Change::new(
                    subject,
                    action,
                    Decision::Apply,
                    Some(Reason::Recovered),
                ))
            }
        }
    }

    fn is_unread(&self, account: &TicketAccount) -> bool {
        let Detected { unread, absent, .. } = self.detected;
        let mut unknown = unread.iter().chain(absent);
        unknown.any(|product| product.name() == account.product)
    }

    /// Whether the error may stand without being seen, if no account is known to have it.
    fn is_anything_unread(&self, of_organization: bool) -> bool {
        let mailboxes = self.detected.absent.contains(&Product::Mailbox);
        !self.detected.unread.is_empty() || mailboxes || of_organization && self.detected.tenants_unread
    }

    /// The ticket's state after a note about the error that stands.
    fn noted(&self, problem: &Problem, known: &Known, ticket: i64, status: Option<i64>) -> TicketState {
        let before = &known.record.state;
        let mut accounts = accounts_of(&problem.due);
        // An account that waits is still affected if the ticket names it; one that was not read may be.
        let waiting = accounts_of(&problem.waiting);
        let kept = |account: &&TicketAccount| waiting.contains(*account) || self.is_unread(account);
        accounts.extend(before.accounts.iter().filter(kept).cloned());
        TicketState {
            ticket,
            accounts,
            noted_at: self.now,
            recovered_at: None,
            closed_at: None,
            open_status: status.or(before.open_status),
            error_seen: true,
        }
    }

    fn subject(&self, problem: &Problem) -> ErrorTicket {
        let mut subject = ticket(self.organization, Some(problem.error));
        subject.accounts = problem.due.iter().chain(&problem.waiting).cloned().collect();
        subject.record = self.known.map(|known| known.record.clone());
        subject.ticket = self.known.map(|known| known.record.state.ticket);
        subject
    }

    fn keep(&self, problem: &Problem, decision: Decision, reason: Reason) -> Change<ErrorTicket> {
        Change::new(self.subject(problem), Action::Keep, decision, Some(reason))
    }

    fn write(
        &self,
        action: Action,
        problem: &Problem,
        ticket: i64,
        after: TicketState,
        reason: Reason,
    ) -> Change<ErrorTicket> {
        let mut subject = self.subject(problem);
        subject.ticket = Some(ticket);
        subject.after = Some(after);
        Change::new(subject, action, Decision::Apply, Some(reason))
    }

    fn open_again(&self, problem: &Problem, old: i64) -> Change<ErrorTicket> {
        if is_waiting(problem) {
            return self.keep(problem, Decision::Leave, Reason::Waiting);
        }
        self.open(problem, Some(old))
    }

    fn open(&self, problem: &Problem, old: Option<i64>) -> Change<ErrorTicket> {
        let mut subject = self.subject(problem);
        subject.accounts = problem.due.clone();
        subject.ticket = None;
        subject.replaces = old;
        subject.after = Some(TicketState {
            accounts: accounts_of(&problem.due),
            noted_at: self.now,
            error_seen: true,
            ..TicketState::default()
        });
        let summary = tickets::error_summary(&self.organization.organization, problem.error, &problem.due);
        let reason = match old {
            Some(old) => Reason::TicketAgain { summary, old },
            None => Reason::Ticket(summary),
        };
        if self.organization.customer.is_none() {
            subject.after = None;
            return Change::new(subject, Action::Keep, Decision::Leave, Some(Reason::NotMapped));
        }
        Change::new(subject, Action::Open, Decision::Apply, Some(reason))
    }
}

/// True if nothing of it is worth a ticket yet.
fn is_waiting(problem: &Problem) -> bool {
    problem.due.is_empty() && !problem.waiting.is_empty()
}

/// True if the error is one of the whole organization, whose ticket does not follow its accounts.
fn is_of_organization(error: &str) -> bool {
    by_slug(error).is_some_and(|error| error.scope == Scope::Organization)
}

/// The accounts as a ticket's record has them.
fn accounts_of(affected: &[Affected]) -> BTreeSet<TicketAccount> {
    affected
        .iter()
        .map(|affected| TicketAccount {
            product: affected.product.name().to_owned(),
            account: affected.account.clone(),
        })
        .collect()
}

fn ticket(organization: &Watched, error: Option<&str>) -> ErrorTicket {
    ErrorTicket {
        organization: organization.organization.clone(),
        customer: organization.customer.clone(),
        error: error.map(ToOwned::to_owned),
        accounts: Vec::new(),
        ticket: None,
        record: None,
        after: None,
        replaces: None,
        address: None,
    }
}

fn of_record(organization: &Watched, record: &TicketRecord, after: Option<TicketState>) -> ErrorTicket {
    ErrorTicket {
        ticket: Some(record.state.ticket),
        record: Some(record.clone()),
        after,
        ..ticket(organization, Some(&record.error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PendingNote;

    const DAY: i64 = 24 * 60 * 60;
    const NOW: i64 = 1_800_000_000;
    const RULES: Rules = Rules {
        on_recovery: OnRecovery::Note,
        remind: None,
        most_new: 25,
    };
    const OPEN: Shown = Shown::Open {
        ticket: 7,
        status: Some(1),
    };

    fn affected(account: &str) -> Affected {
        Affected {
            account: account.to_owned(),
            product: Product::Mailbox,
            text: "The email backup has failed".to_owned(),
            status: None,
            last_backup: None,
        }
    }

    fn problem(error: &'static str, due: &[&str], waiting: &[&str]) -> Problem {
        let all = |names: &[&str]| names.iter().map(|name| affected(name)).collect();
        Problem {
            error,
            due: all(due),
            waiting: all(waiting),
        }
    }

    fn failed(due: &[&str]) -> Seen {
        looked(vec![problem("email-backup-failed", due, &[])])
    }

    fn looked(problems: Vec<Problem>) -> Seen {
        Seen::Looked(Detected {
            problems,
            ..Detected::default()
        })
    }

    fn record(accounts: &[&str]) -> TicketRecord {
        TicketRecord {
            id: 1,
            organization: "1-1".to_owned(),
            customer: 21,
            error: "email-backup-failed".to_owned(),
            opened_at: NOW - 2 * DAY,
            notes: 0,
            state: TicketState {
                ticket: 7,
                accounts: accounts
                    .iter()
                    .map(|account| TicketAccount {
                        product: "mailbox".to_owned(),
                        account: (*account).to_owned(),
                    })
                    .collect(),
                noted_at: NOW - 2 * DAY,
                open_status: Some(1),
                error_seen: true,
                ..TicketState::default()
            },
            pending: None::<PendingNote>,
        }
    }

    fn recovered(ago: i64) -> TicketRecord {
        let mut record = record(&[]);
        record.state.recovered_at = Some(NOW - ago);
        record
    }

    /// What is decided of one organization with at most one ticket.
    fn decide(
        seen: Seen,
        known: Option<(TicketRecord, Shown)>,
        rules: &Rules,
    ) -> Option<Change<ErrorTicket>> {
        let watched = Watched {
            organization: Reference::new("1-1".to_owned(), "Contoso"),
            customer: Some(Reference::new(21, "Contoso Ltd")),
            seen,
            failures: Vec::new(),
            known: known
                .into_iter()
                .map(|(record, shown)| Known { record, shown })
                .collect(),
        };
        let mut changes = plan(&[watched], rules, NOW).changes;
        assert!(changes.len() <= 1, "{changes:?}");
        changes.pop()
    }

    fn decided(seen: Seen, known: Option<(TicketRecord, Shown)>) -> (Action, Decision, &'static str) {
        let change = decide(seen, known, &RULES).unwrap();
        (change.action, change.decision, change.reason.unwrap().code())
    }

    #[test]
    fn an_error_that_stands_has_one_open_ticket() {
        use Action::*;
        use Decision::*;
        let stands = || failed(&["a"]);
        let old = || record(&["a"]);
        let closed = |ago| {
            let mut record = record(&["a"]);
            record.state.closed_at = Some(NOW - ago);
            record
        };
        for (known, expected) in [
            (None, (Open, Apply, "ticket")),
            (Some((old(), OPEN)), (Keep, Unchanged, "already_open")),
            (Some((old(), Shown::Gone)), (Open, Apply, "ticket_again")),
            (Some((old(), Shown::Closed)), (Keep, Leave, "closed_by_hand")),
            (
                Some((old(), Shown::Unread("no".to_owned()))),
                (Keep, Block, "ticket_unread"),
            ),
            (
                Some((closed(DAY - 1), Shown::Closed)),
                (Keep, Leave, "closed_by_hand"),
            ),
            (Some((closed(DAY), Shown::Closed)), (Open, Apply, "ticket_again")),
            (Some((closed(DAY), OPEN)), (Keep, Unchanged, "already_open")),
            (Some((recovered(DAY), OPEN)), (Append, Apply, "back_again")),
            (Some((recovered(30 * DAY), OPEN)), (Append, Apply, "back_again")),
            (
                Some((recovered(DAY), Shown::Closed)),
                (Reopen, Apply, "back_again"),
            ),
            (
                Some((recovered(7 * DAY - 1), Shown::Closed)),
                (Reopen, Apply, "back_again"),
            ),
            (
                Some((recovered(7 * DAY), Shown::Closed)),
                (Open, Apply, "ticket_again"),
            ),
            (Some((recovered(DAY), Shown::Gone)), (Open, Apply, "ticket_again")),
        ] {
            assert_eq!(decided(stands(), known.clone()), expected, "{known:?}");
        }
    }

    #[test]
    fn what_has_not_lasted_opens_and_reopens_nothing() {
        let waiting = || looked(vec![problem("email-backup-failed", &[], &["a"])]);
        let waits = (Action::Keep, Decision::Leave, "waiting");
        assert_eq!(decided(waiting(), None), waits);
        for shown in [OPEN, Shown::Closed, Shown::Gone] {
            assert_eq!(decided(waiting(), Some((recovered(DAY), shown))), waits);
        }
        assert_eq!(decided(waiting(), Some((record(&["a"]), Shown::Gone))), waits);
        // It has not recovered either.
        assert_eq!(
            decided(waiting(), Some((record(&["a"]), OPEN))),
            (Action::Keep, Decision::Unchanged, "already_open")
        );
    }

    #[test]
    fn accounts_that_come_and_go_are_noted_once() {
        let change = decide(failed(&["b", "c"]), Some((record(&["a", "b"]), OPEN)), &RULES).unwrap();
        assert_eq!(
            (change.action, change.decision),
            (Action::Append, Decision::Apply)
        );
        assert_eq!(
            change.reason,
            Some(Reason::AccountsChanged {
                came: vec!["c".to_owned()],
                went: vec!["a".to_owned()]
            })
        );
        let mut after = record(&[]);
        after.state = change.subject.after.unwrap();
        assert_eq!(
            decided(failed(&["b", "c"]), Some((after, OPEN))),
            (Action::Keep, Decision::Unchanged, "already_open")
        );
    }

    #[test]
    fn the_ticket_of_an_organizations_error_does_not_follow_its_accounts() {
        let mut old = record(&["a"]);
        old.error = "main-app-token".to_owned();
        let seen = looked(vec![problem("main-app-token", &["b"], &[])]);
        assert_eq!(
            decided(seen, Some((old, OPEN))),
            (Action::Keep, Decision::Unchanged, "already_open")
        );
    }

    #[test]
    fn a_reminder_comes_when_it_is_due() {
        for (remind, action) in [
            (None, Action::Keep),
            (Some(2 * DAY + 1), Action::Keep),
            (Some(2 * DAY), Action::Append),
        ] {
            let rules = Rules { remind, ..RULES };
            let change = decide(failed(&["a"]), Some((record(&["a"]), OPEN)), &rules).unwrap();
            assert_eq!(change.action, action, "{remind:?}");
        }
    }

    #[test]
    fn a_backup_that_has_recovered_ends_its_ticket_as_is_configured() {
        for (on_recovery, action, decision, closed) in [
            (OnRecovery::Note, Action::Resolve, Decision::Apply, None),
            (OnRecovery::Close, Action::Close, Decision::Apply, Some(NOW)),
            (OnRecovery::Nothing, Action::Keep, Decision::Unchanged, None),
        ] {
            let rules = Rules { on_recovery, ..RULES };
            let change = decide(looked(vec![]), Some((record(&["a"]), OPEN)), &rules).unwrap();
            assert_eq!((change.action, change.decision), (action, decision));
            let after = change.subject.after.unwrap();
            assert_eq!((after.recovered_at, after.closed_at), (Some(NOW), closed));
            assert!(after.accounts.is_empty());
        }
        for shown in [Shown::Closed, Shown::Gone] {
            let change = decide(looked(vec![]), Some((record(&["a"]), shown)), &RULES).unwrap();
            assert_eq!(change.decision, Decision::Unchanged);
            assert_eq!(change.subject.after.unwrap().recovered_at, Some(NOW));
        }
        assert_eq!(decide(looked(vec![]), Some((recovered(DAY), OPEN)), &RULES), None);
    }

    #[test]
    fn an_error_that_someone_says_there_is_recovers_only_once_it_was_seen() {
        let mut said = record(&[]);
        said.state.error_seen = false;
        assert_eq!(decide(looked(vec![]), Some((said.clone(), OPEN)), &RULES), None);
        let change = decide(failed(&["a"]), Some((said, OPEN)), &RULES).unwrap();
        assert!(change.subject.after.unwrap().error_seen);
    }

    #[test]
    fn what_was_not_read_has_not_recovered() {
        let unread = |product| {
            Seen::Looked(Detected {
                unread: BTreeSet::from([product]),
                ..Detected::default()
            })
        };
        let left = (Action::Keep, Decision::Leave, "not_all_read");
        assert_eq!(
            decided(unread(Product::Mailbox), Some((record(&["a"]), OPEN))),
            left
        );
        assert_eq!(decided(unread(Product::Tasks), Some((record(&[]), OPEN))), left);
        assert_eq!(
            decided(unread(Product::Tasks), Some((record(&["a"]), OPEN))),
            (Action::Resolve, Decision::Apply, "recovered")
        );
        let token = |accounts: &[&str]| {
            let mut record = record(accounts);
            record.error = "main-app-token".to_owned();
            record
        };
        assert_eq!(decided(unread(Product::Tasks), Some((token(&[]), OPEN))), left);
        assert_eq!(
            decided(unread(Product::Mailbox), Some((token(&["a"]), OPEN))),
            left
        );
        // What is refused has not recovered either, and a tenant of which nothing is known may have failed.
        for (absent, tenants_unread) in [(Some(Product::Mailbox), false), (None, true)] {
            let seen = || {
                Seen::Looked(Detected {
                    absent: absent.into_iter().collect(),
                    tenants_unread,
                    ..Detected::default()
                })
            };
            assert_eq!(decided(seen(), Some((token(&[]), OPEN))), left);
            let of_account = decided(seen(), Some((record(&["a"]), OPEN)));
            assert_eq!(of_account == left, absent.is_some(), "{of_account:?}");
        }
        // An account that was not read keeps its place beside those that were.
        let mut seen = failed(&["b"]);
        if let Seen::Looked(detected) = &mut seen {
            detected.unread.insert(Product::Mailbox);
        }
        let change = decide(seen, Some((record(&["a"]), OPEN)), &RULES).unwrap();
        assert_eq!(
            change.subject.after.unwrap().accounts,
            record(&["a", "b"]).state.accounts
        );
    }

    #[test]
    fn an_error_of_the_organization_hides_those_of_its_accounts_without_resolving_them() {
        let seen = Seen::Looked(Detected {
            swallowed: true,
            ..Detected::default()
        });
        assert_eq!(
            decided(seen, Some((record(&["a"]), OPEN))),
            (Action::Keep, Decision::Leave, "swallowed")
        );
    }

    #[test]
    fn organizations_that_do_not_count_and_ones_that_were_not_read_change_nothing() {
        assert_eq!(
            decided(Seen::Inactive, Some((record(&["a"]), OPEN))),
            (Action::Keep, Decision::Leave, "organization_inactive")
        );
        assert_eq!(decide(Seen::Inactive, None, &RULES), None);
        assert_eq!(decide(Seen::Inactive, Some((recovered(DAY), OPEN)), &RULES), None);
        assert_eq!(
            decided(Seen::Unread("refused".to_owned()), Some((record(&["a"]), OPEN))),
            (Action::Keep, Decision::Block, "not_looked_into")
        );
    }

    #[test]
    fn an_organization_of_which_not_all_could_be_read_needs_a_look() {
        let watched = Watched {
            organization: Reference::new("1-1".to_owned(), "Contoso"),
            customer: Some(Reference::new(21, "Contoso Ltd")),
            seen: failed(&["a"]),
            failures: vec!["tasks: down".to_owned(), "contacts: down".to_owned()],
            known: Vec::new(),
        };
        let plan = plan(&[watched], &RULES, NOW);
        assert_eq!(plan.to_apply().count(), 1);
        assert!(plan.needs_attention());
        let both = "tasks: down; contacts: down".to_owned();
        assert_eq!(plan.changes[1].reason, Some(Reason::PartlyRead(both)));
    }

    #[test]
    fn without_a_customer_there_is_no_ticket() {
        let watched = Watched {
            organization: Reference::new("1-1".to_owned(), "Contoso"),
            customer: None,
            seen: failed(&["a"]),
            failures: Vec::new(),
            known: Vec::new(),
        };
        let plan = plan(&[watched], &RULES, NOW);
        assert_eq!(plan.to_apply().count(), 0);
        assert_eq!(plan.changes[0].reason, Some(Reason::NotMapped));
    }

    #[test]
    fn more_new_tickets_than_are_allowed_stop_the_run() {
        let watched: Vec<Watched> = (0..26)
            .map(|number| Watched {
                organization: Reference::new(format!("1-{number}"), "Contoso"),
                customer: Some(Reference::new(21, "Contoso Ltd")),
                seen: failed(&["a"]),
                failures: Vec::new(),
                known: Vec::new(),
            })
            .collect();
        assert_eq!(plan(&watched[1..], &RULES, NOW).stop, None);
        assert_eq!(
            plan(&watched, &RULES, NOW).stop,
            Some(Stop::TooManyNew { new: 26, most: 25 })
        );
    }

    #[test]
    fn a_ticket_is_read_only_if_that_decides_something() {
        let closed = |ago| {
            let mut record = record(&["a"]);
            record.state.closed_at = Some(NOW - ago);
            record
        };
        for (record, stands, read) in [
            (record(&["a"]), true, true),
            (record(&["a"]), false, true),
            (recovered(DAY), false, false),
            (recovered(DAY), true, true),
            (closed(DAY - 1), true, false),
            (closed(DAY), true, true),
            (closed(DAY), false, true),
        ] {
            assert_eq!(has_to_be_read(&record, stands, NOW), read, "{record:?} {stands}");
        }
    }

    #[test]
    fn an_error_stands_if_it_was_seen() {
        let seen = failed(&["a"]);
        assert!(stands(&seen, "email-backup-failed") && !stands(&seen, "main-app-token"));
        assert!(!stands(&Seen::Inactive, "email-backup-failed"));
    }

    #[test]
    fn what_was_found_out_is_remembered() {
        // Closed by hand: since when it was first seen so.
        let mut closed = record(&["a"]);
        closed.state.closed_at = Some(NOW - 5);
        let change = decide(failed(&["a"]), Some((closed.clone(), Shown::Closed)), &RULES).unwrap();
        assert_eq!(change.subject.after.unwrap().closed_at, Some(NOW - 5));
        let change = decide(failed(&["a"]), Some((record(&["a"]), Shown::Closed)), &RULES).unwrap();
        assert_eq!(change.subject.after.unwrap().closed_at, Some(NOW));
        // Opened again by hand.
        let change = decide(failed(&["a"]), Some((closed.clone(), OPEN)), &RULES).unwrap();
        assert_eq!(change.subject.after.unwrap().closed_at, None);
        // Recovered while it was closed: nobody noted anything.
        let change = decide(looked(vec![]), Some((closed.clone(), Shown::Closed)), &RULES).unwrap();
        let after = change.subject.after.unwrap();
        assert_eq!(
            (after.closed_at, after.noted_at),
            (Some(NOW - 5), closed.state.noted_at)
        );
        // Recovered with a note, on the ticket that it was merged into.
        let into = Shown::Open {
            ticket: 9,
            status: None,
        };
        let change = decide(looked(vec![]), Some((record(&["a"]), into)), &RULES).unwrap();
        let after = change.subject.after.unwrap();
        assert_eq!(
            (after.ticket, after.noted_at, after.open_status),
            (9, NOW, Some(1))
        );
    }

    #[test]
    fn a_merged_ticket_is_followed() {
        let into = Shown::Open {
            ticket: 9,
            status: Some(2),
        };
        let change = decide(failed(&["a"]), Some((record(&["a"]), into)), &RULES).unwrap();
        assert_eq!(change.decision, Decision::Unchanged);
        assert_eq!(change.subject.ticket, Some(9));
        let after = change.subject.after.unwrap();
        assert_eq!((after.ticket, after.open_status), (9, Some(2)));
    }

    #[test]
    fn a_ticket_that_another_error_needs_too_is_not_closed() {
        let rules = Rules {
            on_recovery: OnRecovery::Close,
            ..RULES
        };
        let of = |id: i64, error: &str| TicketRecord {
            id,
            error: error.to_owned(),
            ..record(&[])
        };
        let watched = |seen: Seen, records: &[TicketRecord]| Watched {
            organization: Reference::new("1-1".to_owned(), "Contoso"),
            customer: Some(Reference::new(21, "Contoso Ltd")),
            seen,
            failures: Vec::new(),
            known: records
                .iter()
                .map(|record| Known {
                    record: record.clone(),
                    shown: OPEN,
                })
                .collect(),
        };
        let (one, other) = (of(1, "email-backup-failed"), of(2, "tasks-authentication"));
        let both = [one.clone(), other.clone()];
        let decided = |seen: Seen, known: &[TicketRecord], records: &[TicketRecord]| -> Vec<Action> {
            let mut plan = plan(&[watched(seen, known)], &rules, NOW);
            keep_what_is_needed(&mut plan, records);
            for change in plan
                .changes
                .iter()
                .filter(|change| change.action == Action::Resolve)
            {
                assert_eq!(change.reason, Some(Reason::StillNeeded));
                assert_eq!(change.subject.after.as_ref().unwrap().closed_at, None);
            }
            plan.changes.iter().map(|change| change.action).collect()
        };
        use Action::*;
        let stands = || looked(vec![problem("tasks-authentication", &["a"], &[])]);
        assert_eq!(decided(stands(), &both, &both), [Resolve, Append]);
        // Nobody has looked for the other.
        assert_eq!(decided(looked(Vec::new()), &both[..1], &both), [Resolve]);
        assert_eq!(decided(looked(Vec::new()), &both, &both), [Close, Close]);
        let mut ended = other;
        ended.state.recovered_at = Some(NOW - DAY);
        assert_eq!(decided(looked(Vec::new()), &both[..1], &[one, ended]), [Close]);
    }

    #[test]
    fn somebody_elses_ticket_takes_the_place_of_a_new_one() {
        let mut change = decide(failed(&["a"]), None, &RULES).unwrap();
        adopt(&mut change, 12, Some(3));
        assert_eq!((change.action, change.decision), (Action::Adopt, Decision::Apply));
        assert_eq!(change.subject.ticket, Some(12));
        let after = change.subject.after.unwrap();
        assert_eq!((after.ticket, after.open_status), (12, Some(3)));
        assert_eq!(after.accounts, record(&["a"]).state.accounts);
    }
}
