//! `sync-tickets` against a model: backups break and heal, people and the vendor do things to tickets, runs are killed
//! and lose their answers, time passes, in any order. Whatever comes, after a run that ended well there is exactly one
//! open ticket for each organization and error that stands.
//!
//! A failure prints the shortest sequence that was found, and keeps its seed in `proptest-regressions`. More cases:
//! `PROPTEST_CASES=200 cargo test --test black_box ticket_model`.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use halolink::{
    plan::tickets::fingerprint,
    sandbox::{Fault, Options, Received, Service, Ticket},
};
use proptest::{prelude::*, sample::select, test_runner::Config};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use serde_json::Value;

use crate::{
    support::{Outcome, Stage},
    ticket_life::heal,
};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
/// How long an error that may pass by itself is waited out.
const GRACE: i64 = 4 * HOUR;

/// How many organizations there are. The second and the third have one customer.
const ORGANIZATIONS: usize = 3;

/// What can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Of the organization: it hides the others.
    Token,
    Mailbox,
    /// Not documented: a `backup-error`.
    Space,
    Tasks,
    /// May pass by itself.
    TasksConnection,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Token,
        Self::Mailbox,
        Self::Space,
        Self::Tasks,
        Self::TasksConnection,
    ];

    /// The sandbox's name of it.
    fn name(self) -> &'static str {
        match self {
            Self::Token => "main-app-token",
            Self::Mailbox => "email-backup-failed",
            Self::Space => "space-full",
            Self::Tasks => "tasks-authentication",
            Self::TasksConnection => "tasks-connection",
        }
    }

    fn slug(self) -> &'static str {
        match self {
            Self::Space => "backup-error",
            other => other.name(),
        }
    }

    /// What the vendor's own integration writes into its tickets.
    fn text(self) -> &'static str {
        match self {
            Self::Token => "Main App (Global Admin) Token authorization error was detected",
            Self::Mailbox => "The email backup has failed",
            Self::Space => "Space Full",
            Self::Tasks => "Backup tasks fail. Authentication error",
            Self::TasksConnection => "Backup tasks fail. Unable to connect to mail server",
        }
    }

    /// The numbers of the accounts that can have it: no account has two errors in one place.
    fn accounts(self) -> &'static [usize] {
        match self {
            Self::Token => &[0],
            Self::Mailbox | Self::Tasks => &[0, 1],
            Self::Space | Self::TasksConnection => &[2],
        }
    }
}

/// An organization, by its number, and an error. There is to be one open ticket for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Error {
    organization: usize,
    kind: Kind,
}

/// An error of an account, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Broken {
    error: Error,
    account: usize,
}

/// What is done with tickets when their backup has recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnRecovery {
    Close,
    Note,
    Nothing,
}

/// What happens.
#[derive(Clone, Debug)]
enum Event {
    Break(Broken),
    Heal(Broken),
    /// All of an organization.
    HealAll(usize),
    /// A run to the end.
    Run,
    /// A run whose answers are lost after the work was done.
    Unanswered(Fault),
    /// A run that is killed after so many milliseconds.
    KilledAfter(u64),
    /// A run that is killed when it has written so many times.
    KilledAtWrite(usize),
    TwoRuns,
    /// People do something to one of the tickets: the number is taken modulo how many there are to choose from.
    Person(Deed, usize),
    /// The vendor's own integration opens a ticket that says the same, with the organization's name or without.
    Vendor(Error, bool),
    Pass(i64),
    Configure(OnRecovery),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Close,
    Reopen,
    Delete,
    /// Into a ticket about something else.
    MergeAway,
    /// Into another of these tickets of the customer.
    MergeTogether(usize),
}

/// What is broken, and how tickets are treated.
#[derive(Clone, Debug)]
struct Reference {
    /// Whether tickets are of a type that Halo does not reopen.
    stay_closed: bool,
    /// What breaks in this case: few, so that much happens to the same tickets.
    in_play: Vec<Error>,
    broken: BTreeSet<Broken>,
    on_recovery: OnRecovery,
}

impl Reference {
    fn stands(&self, error: Error) -> bool {
        self.broken.iter().any(|broken| broken.error == error)
    }

    /// Whether an error of the organization hides this one.
    fn is_hidden(&self, error: Error) -> bool {
        let token = Error {
            kind: Kind::Token,
            ..error
        };
        error.kind != Kind::Token && self.stands(token)
    }

    /// Whether halolink can see that the error stands.
    fn shows(&self, error: Error) -> bool {
        self.stands(error) && !self.is_hidden(error)
    }
}

fn errors() -> impl Iterator<Item = Error> {
    (0..ORGANIZATIONS).flat_map(|organization| Kind::ALL.map(|kind| Error { organization, kind }))
}

fn an_error() -> impl Strategy<Value = Error> {
    // One organization more often than the others: more happens to the same ticket.
    let organization = prop_oneof![3 => Just(0), 2 => Just(1), 1 => Just(2)];
    let kind = prop_oneof![
        2 => Just(Kind::Token),
        4 => Just(Kind::Mailbox),
        1 => Just(Kind::Space),
        2 => Just(Kind::Tasks),
        2 => Just(Kind::TasksConnection),
    ];
    (organization, kind).prop_map(|(organization, kind)| Error { organization, kind })
}

/// One of these errors, on one of the accounts that can have it.
fn a_breakage(of: Vec<Error>) -> impl Strategy<Value = Broken> {
    select(of).prop_flat_map(|error| {
        select(error.kind.accounts()).prop_map(move |account| Broken { error, account })
    })
}

fn a_deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => Just(Deed::Close),
        3 => Just(Deed::Reopen),
        1 => Just(Deed::Delete),
        1 => Just(Deed::MergeAway),
        2 => any::<usize>().prop_map(Deed::MergeTogether),
    ]
}

impl ReferenceStateMachine for Reference {
    type State = Self;
    type Transition = Event;

    fn init_state() -> BoxedStrategy<Self> {
        let on_recovery = select(vec![OnRecovery::Close, OnRecovery::Close, OnRecovery::Note]);
        let in_play = proptest::collection::btree_set(an_error(), 2..4);
        (prop::bool::weighted(0.25), in_play, on_recovery)
            .prop_map(|(stay_closed, in_play, on_recovery)| Self {
                stay_closed,
                broken: in_play
                    .iter()
                    .map(|error| Broken {
                        error: *error,
                        account: error.kind.accounts()[0],
                    })
                    .collect(),
                in_play: in_play.into_iter().collect(),
                on_recovery,
            })
            .boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Event> {
        let lost = select(vec![
            Fault::DropAfter,
            Fault::BadGatewayAfter,
            Fault::NoteLostAfter,
        ]);
        let time = select(vec![HOUR, 5 * HOUR, DAY, DAY, 8 * DAY]);
        let policy = select(vec![OnRecovery::Close, OnRecovery::Note, OnRecovery::Nothing]);
        let broken: Vec<Broken> = state.broken.iter().copied().collect();
        let mending = if broken.is_empty() {
            a_breakage(state.in_play.clone()).prop_map(Event::Break).boxed()
        } else {
            select(broken).prop_map(Event::Heal).boxed()
        };
        prop_oneof![
            4 => a_breakage(state.in_play.clone()).prop_map(Event::Break),
            4 => mending,
            1 => (0..ORGANIZATIONS).prop_map(Event::HealAll),
            5 => Just(Event::Run),
            2 => lost.prop_map(Event::Unanswered),
            1 => (20..400_u64).prop_map(Event::KilledAfter),
            3 => (1..4_usize).prop_map(Event::KilledAtWrite),
            1 => Just(Event::TwoRuns),
            5 => (a_deed(), any::<usize>()).prop_map(|(deed, which)| Event::Person(deed, which)),
            1 => (select(state.in_play.clone()), any::<bool>()).prop_map(|(error, named)| Event::Vendor(error, named)),
            3 => time.prop_map(Event::Pass),
            1 => policy.prop_map(Event::Configure),
        ]
        .boxed()
    }

    fn apply(mut state: Self, event: &Event) -> Self {
        match event {
            Event::Break(broken) => {
                state.broken.insert(*broken);
            }
            Event::Heal(broken) => {
                state.broken.remove(broken);
            }
            Event::HealAll(organization) => {
                state
                    .broken
                    .retain(|broken| broken.error.organization != *organization);
            }
            Event::Configure(policy) => state.on_recovery = *policy,
            _ => {}
        }
        state
    }
}

/// When something was seen first. A killed run may have kept what it saw, or not.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// By any run.
    at_the_earliest: Option<i64>,
    /// By a run that ended well.
    at_the_latest: Option<i64>,
}

impl Seen {
    fn by_a_run(&mut self, now: i64, ended_well: bool) {
        self.at_the_earliest.get_or_insert(now);
        if ended_well {
            self.at_the_latest.get_or_insert(now);
        }
    }

    /// Whether that is surely so long ago.
    fn is_surely(self, now: i64, ago: i64) -> bool {
        self.at_the_latest.is_some_and(|at| now - at >= ago)
    }

    /// Whether that may be so long ago.
    fn may_be(self, now: i64, ago: i64) -> bool {
        self.at_the_earliest.is_some_and(|at| now - at >= ago)
    }
}

/// A ticket that people took from the open ones, while its error stands as far as halolink knew.
#[derive(Clone, Copy, Debug)]
struct Closed {
    /// Its record in halolink says the same for sure, and so does the ticket: it is left alone.
    surely: bool,
    seen: Seen,
}

/// What runs, and what is known of it.
struct Model {
    stage: Stage,
    /// The organizations: id, name, customer, accounts.
    organizations: Vec<(String, String, i64, Vec<String>)>,
    /// Tickets that were there before.
    seeded: BTreeSet<i64>,
    now: i64,
    /// A run was killed since the last that ended well.
    unsettled: bool,
    /// The ticket of each error, as the last run that ended well told.
    tickets: BTreeMap<Error, i64>,
    /// Errors that stood in the last run that ended well.
    stood: BTreeSet<Error>,
    /// When an error that may pass by itself was first seen.
    waiting: BTreeMap<Error, Seen>,
    closed: BTreeMap<Error, Closed>,
    /// Errors whose tickets may have been left open when they recovered.
    left_open: BTreeSet<Error>,
    /// Tickets that people opened again though halolink had done with them.
    stray: BTreeSet<i64>,
    /// Tickets on which the same thing may rightly be said twice: they are those of several records.
    mixed: BTreeSet<i64>,
    /// Tickets that others opened.
    foreign: BTreeSet<i64>,
}

impl Model {
    fn error_of(&self, change: &Value) -> Option<Error> {
        let organization =
            (self.organizations.iter()).position(|(id, ..)| change["organization"]["id"] == id.as_str())?;
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| change["error"] == kind.slug())?;
        Some(Error { organization, kind })
    }

    /// What is at the end of a summary of the error's tickets.
    fn mark(&self, error: Error) -> String {
        let (id, ..) = &self.organizations[error.organization];
        format!("(halolink {})", fingerprint(id, error.kind.slug(), ""))
    }

    /// The tickets that this is about, oldest first.
    fn all_tickets(&self) -> Vec<Ticket> {
        let mut tickets = self.stage.sandbox.tickets();
        tickets.retain(|(ticket, _)| !self.seeded.contains(&ticket.id));
        tickets.into_iter().map(|(ticket, _)| ticket).collect()
    }

    fn name(&self, broken: Broken) -> String {
        let (id, _, _, accounts) = &self.organizations[broken.error.organization];
        let name = broken.error.kind.name();
        match broken.error.kind {
            Kind::Token => format!("{id}:{name}"),
            _ => format!("{id}:{name}:{}", accounts[broken.account]),
        }
    }

    fn break_backup(&self, broken: Broken) {
        self.stage
            .sandbox
            .break_backup(&self.name(broken))
            .expect("it can be broken");
    }

    fn heal_backup(&self, broken: Broken) {
        self.stage
            .sandbox
            .heal_backup(&self.name(broken))
            .expect("it can be healed");
    }

    /// Lets time pass for all that the state remembers.
    fn pass(&mut self, seconds: i64) {
        self.now += seconds;
        let earlier = |column: &str| {
            format!("{column} = strftime('%Y-%m-%dT%H:%M:%fZ', {column}, '-{seconds} seconds')")
        };
        let in_note = |name: &str| format!("'$.{name}', json_extract(note_state, '$.{name}') - {seconds}");
        self.stage.change_state(&format!(
            "UPDATE tickets SET noted_at = noted_at - {seconds}, recovered_at = recovered_at - {seconds},
                 closed_at = closed_at - {seconds}, {}, {},
                 note_state = json_set(note_state, {}, {}, {});
             UPDATE first_seen SET since = since - {seconds}",
            earlier("opened_at"),
            earlier("note_since"),
            in_note("noted_at"),
            in_note("recovered_at"),
            in_note("closed_at"),
        ));
    }

    /// What a run sees.
    fn observed(&mut self, reference: &Reference, ended_well: bool) {
        for error in errors() {
            if reference.shows(error) {
                self.waiting
                    .entry(error)
                    .or_default()
                    .by_a_run(self.now, ended_well);
                if let Some(closed) = self.closed.get_mut(&error) {
                    closed.seen.by_a_run(self.now, ended_well);
                }
            } else if ended_well {
                self.waiting.remove(&error);
            } else if let Some(seen) = self.waiting.get_mut(&error) {
                seen.at_the_latest = None;
            }
            if reference.is_hidden(error) {
                continue;
            }
            if !reference.stands(error) {
                if reference.on_recovery != OnRecovery::Close {
                    self.left_open.insert(error);
                }
                if let Some(closed) = self.closed.get_mut(&error) {
                    closed.surely = false;
                }
            }
        }
        self.unsettled = !ended_well;
    }

    fn sync(&self) -> Outcome {
        self.stage
            .run(["sync-tickets", "-o", "json", "--request-limit", "0"])
    }

    fn is_settled(&mut self, reference: &Reference, runs: Vec<Outcome>) {
        self.observed(reference, true);
        let mut changes = Vec::new();
        for run in runs {
            changes.extend(changes_of(run));
        }
        for change in &changes {
            self.is_right(reference, change);
        }
        self.learn(&changes);

        self.stage.sandbox.forget_received();
        let again = self.sync();
        let said = again.to_string();
        let changes = changes_of(again);
        for change in &changes {
            let status = change["status"].as_str().unwrap_or_default();
            assert!(["unchanged", "skipped"].contains(&status), "a second run: {said}");
        }
        let writes: Vec<Received> = writes(&self.stage).collect();
        assert!(writes.is_empty(), "a second run: {writes:#?}\n{said}");
        self.learn(&changes);
        self.one_ticket_each(reference, &changes, &said);
        self.stood = errors().filter(|error| reference.shows(*error)).collect();
        for error in &self.stood {
            self.left_open.remove(error);
        }
    }

    /// Asserts that a change of a run was one to make.
    fn is_right(&self, reference: &Reference, change: &Value) {
        let Some(error) = self.error_of(change) else {
            panic!("an error that nobody made: {change}");
        };
        let status = change["status"].as_str().unwrap_or_default();
        let ticket = change["ticket"]["id"].as_i64();
        match status {
            "opened" | "adopted" | "reopened" => {
                assert!(reference.shows(error), "it does not stand: {change}");
                assert!(self.may_be_due(error), "it may pass by itself: {change}");
            }
            "resolved" | "closed" => assert!(!reference.stands(error), "it stands: {change}"),
            _ => {}
        }
        if status == "opened"
            && let Some(closed) = self.closed.get(&error)
            && closed.surely
        {
            assert!(
                closed.seen.may_be(self.now, DAY),
                "someone closed its ticket just now: {change}"
            );
        }
        if status == "adopted" {
            let known = ticket.is_some_and(|id| self.foreign.contains(&id) || self.stray.contains(&id));
            assert!(known, "halolink opened it itself: {change}");
        }
    }

    /// Remembers whose tickets there are.
    fn learn(&mut self, changes: &[Value]) {
        for change in changes {
            let (Some(error), Some(ticket)) = (self.error_of(change), change["ticket"]["id"].as_i64()) else {
                continue;
            };
            self.tickets.insert(error, ticket);
            if change["reason_code"] != "closed_by_hand" {
                self.closed.remove(&error);
            }
            let is_stray = self.stray.contains(&ticket)
                && !change["status"]
                    .as_str()
                    .is_some_and(|status| ["resolved", "closed", "skipped"].contains(&status));
            if is_stray {
                self.stray.remove(&ticket);
            }
        }
    }

    fn is_due(&self, error: Error) -> bool {
        let seen = self.waiting.get(&error).copied().unwrap_or_default();
        error.kind != Kind::TasksConnection || seen.is_surely(self.now, GRACE)
    }

    fn may_be_due(&self, error: Error) -> bool {
        let seen = self.waiting.get(&error).copied().unwrap_or_default();
        error.kind != Kind::TasksConnection || seen.may_be(self.now, GRACE)
    }

    /// Asserts that each error that stands has one open ticket, and no other has any.
    fn one_ticket_each(&self, reference: &Reference, changes: &[Value], said: &str) {
        let tickets = self.all_tickets();
        let is_open = |id: i64| tickets.iter().any(|ticket| ticket.id == id && !ticket.closed);
        for error in errors() {
            let mark = self.mark(error);
            let open: Vec<i64> = (tickets.iter())
                .filter(|ticket| !ticket.closed && ticket.summary.contains(&mark))
                .map(|ticket| ticket.id)
                .filter(|id| !self.stray.contains(id))
                .collect();
            let told = || format!("{error:?}, open: {open:?}\n{tickets:#?}\n{said}");
            assert!(open.len() <= 1, "two tickets for {}", told());
            if reference.is_hidden(error) {
                continue;
            }
            let change = changes.iter().find(|change| self.error_of(change) == Some(error));
            if !reference.stands(error) {
                let is_shared =
                    |id: &&i64| (self.tickets.iter()).any(|(other, ticket)| *other != error && ticket == *id);
                let forgotten = open.iter().find(|id| !is_shared(id));
                if reference.on_recovery == OnRecovery::Close && !self.left_open.contains(&error) {
                    assert!(
                        forgotten.is_none(),
                        "it recovered, and its ticket is open: {}",
                        told()
                    );
                }
                continue;
            }
            let Some(change) = change else {
                panic!("it stands, and nothing is said of it: {}", told());
            };
            if change["reason_code"] == "closed_by_hand" {
                let closed = self.closed.get(&error);
                assert!(
                    closed.is_some_and(|closed| !closed.seen.is_surely(self.now, DAY)),
                    "nobody closed its ticket in the last day: {}",
                    told()
                );
            } else if change["reason_code"] == "waiting" {
                assert!(!self.is_due(error), "it has lasted: {}", told());
            } else {
                let ticket = change["ticket"]["id"].as_i64();
                assert!(ticket.is_some_and(is_open), "no open ticket for {}", told());
                assert!(
                    open.iter().all(|id| Some(*id) == ticket),
                    "another ticket is open, too, for {}",
                    told()
                );
            }
        }
    }

    /// Lets a run go on until something has happened, and kills it.
    fn kill(&mut self, reference: &Reference, has_happened: impl Fn(Duration, &Stage) -> bool) {
        self.stage.sandbox.forget_received();
        let mut run = self
            .stage
            .command()
            .args(["sync-tickets", "--request-limit", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let began = Instant::now();
        while run.try_wait().expect("asked").is_none() && !has_happened(began.elapsed(), &self.stage) {
            thread::sleep(Duration::from_millis(1));
        }
        run.kill().expect("killed");
        run.wait().expect("ended");
        // What it sent is still being done.
        thread::sleep(Duration::from_millis(20));
        self.observed(reference, false);
        // Nobody waits for what must have appeared by then.
        self.pass(31);
    }

    /// The errors whose ticket this is, as far as is known.
    fn errors_of(&self, ticket: &Ticket) -> Vec<Error> {
        errors()
            .filter(|error| {
                let is_its = self.tickets.get(error) == Some(&ticket.id);
                // A killed run may have opened or adopted it.
                let may_be_its = self.unsettled
                    && (ticket.summary.contains(&self.mark(*error)) || self.foreign.contains(&ticket.id));
                is_its || may_be_its
            })
            .collect()
    }

    /// Someone takes a ticket from the open ones.
    fn taken(&mut self, ticket: &Ticket, by_closing: bool) {
        for error in self.errors_of(ticket) {
            let surely = by_closing && !self.unsettled && self.stood.contains(&error);
            let closed = Closed {
                surely,
                seen: Seen::default(),
            };
            let known = self.closed.entry(error).or_insert(closed);
            known.surely &= surely;
        }
    }

    fn person(&mut self, deed: Deed, which: usize) {
        let tickets = self.all_tickets();
        let is_wanted = |ticket: &&Ticket| match deed {
            Deed::Reopen => ticket.closed,
            Deed::Delete => true,
            Deed::Close | Deed::MergeAway | Deed::MergeTogether(_) => !ticket.closed,
        };
        let wanted: Vec<&Ticket> = tickets.iter().filter(is_wanted).collect();
        if wanted.is_empty() {
            return;
        }
        let ticket = wanted[which % wanted.len()];
        let sandbox = &self.stage.sandbox;
        match deed {
            Deed::Close => {
                sandbox.close_ticket(ticket.id).expect("closed");
                self.taken(ticket, true);
            }
            Deed::Reopen => {
                sandbox.reopen_ticket(ticket.id).expect("reopened");
                let goes_on = !self.unsettled
                    && (self.errors_of(ticket).iter()).any(|error| self.stood.contains(error));
                if !goes_on {
                    self.stray.insert(ticket.id);
                    self.mixed.insert(ticket.id);
                }
                for error in self.errors_of(ticket) {
                    if let Some(closed) = self.closed.get_mut(&error) {
                        closed.surely = false;
                    }
                }
            }
            Deed::Delete => {
                sandbox.delete_ticket(ticket.id).expect("deleted");
                for error in self.errors_of(ticket) {
                    if let Some(closed) = self.closed.get_mut(&error) {
                        closed.surely = false;
                    }
                }
            }
            Deed::MergeAway => {
                let customer = ticket.client_id.expect("a customer");
                let into = sandbox.open_foreign_ticket(customer, "Everything is slow", "");
                sandbox.merge_ticket(ticket.id, into).expect("merged");
                self.foreign.insert(into);
                self.mixed.insert(into);
                self.taken(ticket, false);
            }
            Deed::MergeTogether(into) => {
                let others: Vec<&&Ticket> = wanted
                    .iter()
                    .filter(|other| other.client_id == ticket.client_id && other.id != ticket.id)
                    .collect();
                if others.is_empty() {
                    return;
                }
                let into = others[into % others.len()].id;
                sandbox.merge_ticket(ticket.id, into).expect("merged");
                self.mixed.insert(into);
                self.taken(ticket, false);
            }
        }
    }

    /// Asserts that no note is seen by the customer, or was added twice.
    fn notes_are_right(&self) {
        for (ticket, actions) in self.stage.sandbox.tickets() {
            let mut marks = BTreeSet::new();
            let mut said: BTreeMap<&str, &str> = BTreeMap::new();
            for action in &actions {
                assert!(action.hiddenfromuser && !action.mailed, "{action:?}");
                let text = action.note_html.as_deref().unwrap_or_default();
                let mark = text.rsplit_once("halolink ");
                let (text, mark) = mark.unwrap_or_else(|| panic!("no mark: {action:?}"));
                let told = || format!("ticket {}: {actions:#?}", ticket.id);
                assert!(marks.insert(mark), "a mark is there twice on {}", told());
                // The fingerprint, before the number.
                let error = mark.get(..8).expect("a fingerprint");
                let before = said.insert(error, text);
                // A recovery between two returns may not have been worth a note.
                let may_repeat = self.mixed.contains(&ticket.id) || text.contains("The error is back");
                assert!(may_repeat || before != Some(text), "said twice on {}", told());
            }
        }
    }
}

/// The changes of a run that ended well.
fn changes_of(run: Outcome) -> Vec<Value> {
    let changes = run.expect(0).json()["changes"].take();
    changes.as_array().expect("changes").clone()
}

/// What was written to Halo since the requests were forgotten.
fn writes(stage: &Stage) -> impl Iterator<Item = Received> {
    let received = stage.sandbox.received().into_iter();
    received.filter(|request| {
        request.service == Service::Halo && request.method != "GET" && request.path != "/auth/token"
    })
}

fn configure(stage: &Stage, policy: OnRecovery) {
    let word = match policy {
        OnRecovery::Close => "close",
        OnRecovery::Note => "note",
        OnRecovery::Nothing => "nothing",
    };
    stage.run(["configure", "--on-recovery", word]).expect(0);
}

impl StateMachineTest for Model {
    type SystemUnderTest = Self;
    type Reference = Reference;

    fn init_test(reference: &Reference) -> Self {
        let stage = Stage::with(Options {
            latency: Duration::from_millis(4),
            rate_limit: 100_000,
            ..Options::default()
        });
        stage.connect();
        let all = stage.world().suggested_mapping();
        let branch = all.last().expect("there is a branch").clone();
        let mut mapping = vec![all[0].clone()];
        mapping.extend(all.into_iter().filter(|row| row.1 == branch.1));
        assert_eq!(mapping.len(), ORGANIZATIONS, "{mapping:?}");
        stage.map_these(&mapping);
        if reference.stay_closed {
            stage.run(["configure", "--ticket-type", "Alert"]).expect(0);
        }
        configure(&stage, reference.on_recovery);
        for (organization, ..) in &mapping {
            heal(&stage, organization);
        }
        let organizations = mapping
            .into_iter()
            .map(|(id, customer, _)| {
                let world = stage.world();
                let found = world.organizations.iter().find(|found| found.id == id);
                let found = found.expect("the organization is there");
                let accounts = found.accounts.iter().take(3).map(|account| account.email.clone());
                (id, found.organization_name.clone(), customer, accounts.collect())
            })
            .collect();
        let seeded = stage.world().tickets.keys().copied().collect();
        let model = Self {
            stage,
            organizations,
            seeded,
            now: 0,
            unsettled: false,
            tickets: BTreeMap::new(),
            stood: BTreeSet::new(),
            waiting: BTreeMap::new(),
            closed: BTreeMap::new(),
            left_open: BTreeSet::new(),
            stray: BTreeSet::new(),
            mixed: BTreeSet::new(),
            foreign: BTreeSet::new(),
        };
        for broken in &reference.broken {
            model.break_backup(*broken);
        }
        model
    }

    fn apply(mut model: Self, reference: &Reference, event: Event) -> Self {
        match event {
            Event::Break(broken) => model.break_backup(broken),
            Event::Heal(broken) => model.heal_backup(broken),
            Event::HealAll(organization) => {
                for error in errors().filter(|error| error.organization == organization) {
                    for account in error.kind.accounts() {
                        model.heal_backup(Broken {
                            error,
                            account: *account,
                        });
                    }
                }
            }
            Event::Run => {
                let run = model.sync();
                model.is_settled(reference, vec![run]);
            }
            Event::Unanswered(fault) => {
                model.stage.sandbox.set_faults(vec![fault]);
                let run = model.sync();
                model.stage.sandbox.set_faults(Vec::new());
                model.is_settled(reference, vec![run]);
            }
            Event::KilledAfter(milliseconds) => {
                let wait = Duration::from_millis(milliseconds);
                model.kill(reference, |elapsed, _| elapsed > wait);
            }
            Event::KilledAtWrite(number) => {
                model.kill(reference, |_, stage| writes(stage).count() >= number);
            }
            Event::TwoRuns => {
                let runs = thread::scope(|scope| {
                    let both = [scope.spawn(|| model.sync()), scope.spawn(|| model.sync())];
                    both.map(|run| run.join().expect("it ends"))
                });
                model.is_settled(reference, runs.into());
            }
            Event::Person(deed, which) => model.person(deed, which),
            Event::Vendor(error, named) => {
                let (_, name, customer, _) = &model.organizations[error.organization];
                let of = if named { name.as_str() } else { "" };
                let text = format!("<p>{of}</p><p>{}</p>", error.kind.text());
                let ticket = model
                    .stage
                    .sandbox
                    .open_foreign_ticket(*customer, "SaaS Backup alert", &text);
                model.foreign.insert(ticket);
            }
            Event::Pass(seconds) => model.pass(seconds),
            Event::Configure(policy) => configure(&model.stage, policy),
        }
        model
    }

    fn check_invariants(model: &Self, _: &Reference) {
        model.notes_are_right();
    }

    fn teardown(mut model: Self, reference: Reference) {
        let run = model.sync();
        model.is_settled(&reference, vec![run]);
        model.notes_are_right();
    }
}

/// Few cases, so that the test takes a minute on a busy machine; each run of it tries others.
fn config() -> Config {
    let usual = Config::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() {
        usual.cases
    } else {
        10
    };
    Config {
        cases,
        max_shrink_iters: 40,
        ..usual
    }
}

prop_state_machine! {
    #![proptest_config(config())]

    #[test]
    fn each_error_that_stands_has_one_open_ticket_whatever_happens(sequential 6..13 => Model);
}
