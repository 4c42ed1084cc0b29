//! The life of tickets for backup errors: opened, noted, resolved, reopened, adopted, and never doubled.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Stdio,
    thread,
    time::Duration,
};

use halolink::sandbox::{Action, Fault, Options, Product, Ticket};
use serde_json::Value;

use crate::support::{
    Outcome, Stage,
    proxy::{answer, in_front_of},
};

/// The organization in most tests, with its customer and a license.
const ORGANIZATION: &str = "1788161-14";
const CUSTOMER: i64 = 21;
const DAY: i64 = 24 * 60 * 60;

/// One mapped organization, all of whose backups are fine.
fn healthy() -> Stage {
    let stage = Stage::mapped_to(&[(ORGANIZATION, CUSTOMER, 17)]);
    heal(&stage, ORGANIZATION);
    stage
}

/// Makes the mailbox with this number fail, in a way that needs a person.
fn fail(stage: &Stage, organization: &str, number: usize) -> String {
    fail_as(
        stage,
        organization,
        number,
        "Authentication Error",
        "The email backup has failed",
    )
}

fn fail_as(stage: &Stage, organization: &str, number: usize, status: &str, text: &str) -> String {
    let mut world = stage.world();
    let found = world
        .organizations
        .iter_mut()
        .find(|found| found.id == organization)
        .expect("the organization is there");
    let account = &mut found.accounts[number];
    account.current_backup_status = status.to_owned().into();
    account.errors = Some(BTreeMap::from([("backup".to_owned(), text.to_owned())]));
    account.email.clone()
}

/// Makes all backups of an organization fine.
pub fn heal(stage: &Stage, organization: &str) {
    let mut world = stage.world();
    let found = world
        .organizations
        .iter_mut()
        .find(|found| found.id == organization)
        .expect("the organization is there");
    for tenant in &mut found.tenants {
        tenant.status = 7;
    }
    for account in &mut found.accounts {
        if account.deactivated_since.is_none() {
            account.current_backup_status = "Completed".into();
            account.errors = None;
        }
    }
    for item in found.products.values_mut().flatten() {
        if item.deactivated_since.is_none() {
            item.current_backup_status = "Completed".into();
            item.errors = String::new();
        }
    }
}

fn sync(stage: &Stage) -> Outcome {
    stage.run(["sync-tickets", "-o", "json"])
}

/// The changes of a run that ended well.
#[track_caller]
fn changes(stage: &Stage) -> Vec<Value> {
    sync(stage).expect(0).json()["changes"]
        .as_array()
        .expect("changes")
        .clone()
}

/// What became of the only error.
#[track_caller]
fn only(stage: &Stage) -> (String, String) {
    let changes = changes(stage);
    assert_eq!(changes.len(), 1, "{changes:?}");
    let text = |name: &str| changes[0][name].as_str().unwrap_or_default().to_owned();
    (text("status"), text("reason_code"))
}

#[track_caller]
fn is(stage: &Stage, status: &str, reason: &str) {
    assert_eq!(only(stage), (status.to_owned(), reason.to_owned()));
}

/// The tickets that halolink opened, with their notes.
fn ours(stage: &Stage) -> Vec<(Ticket, Vec<Action>)> {
    let mut tickets = stage.sandbox.tickets();
    tickets.retain(|(ticket, _)| ticket.summary.contains("(halolink "));
    tickets
}

#[track_caller]
fn the_ticket(stage: &Stage) -> (Ticket, Vec<Action>) {
    let mut tickets = ours(stage);
    assert_eq!(tickets.len(), 1, "{tickets:?}");
    tickets.remove(0)
}

fn the_tickets(stage: &Stage) -> Vec<Ticket> {
    ours(stage).into_iter().map(|(ticket, _)| ticket).collect()
}

/// The notes on a ticket, each of which must be hidden from the customer.
#[track_caller]
fn notes(stage: &Stage, ticket: i64) -> Vec<String> {
    let tickets = stage.sandbox.tickets();
    let (_, actions) = tickets
        .into_iter()
        .find(|(found, _)| found.id == ticket)
        .expect("the ticket is there");
    actions
        .into_iter()
        .map(|action| {
            assert!(action.hiddenfromuser, "{action:?}");
            action.note_html.unwrap_or_default()
        })
        .collect()
}

/// Lets time pass for what the state remembers of tickets and errors.
fn pass(stage: &Stage, seconds: i64) {
    stage.change_state(&format!(
        "UPDATE tickets SET noted_at = noted_at - {seconds}, recovered_at = recovered_at - {seconds},
             closed_at = closed_at - {seconds};
         UPDATE first_seen SET since = since - {seconds}"
    ));
}

#[test]
fn an_error_gets_one_ticket_that_a_technician_can_read() {
    let stage = healthy();
    let account = fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    let (ticket, actions) = the_ticket(&stage);
    assert_eq!(ticket.client_id, Some(CUSTOMER));
    assert!(
        ticket
            .summary
            .starts_with("The email backup has failed - Northwind Dental (halolink ")
    );
    let text = ticket.details_html.expect("a text");
    for part in [
        &account,
        "<table>",
        "Last backup",
        "Likely cause",
        "Who:",
        "1788161-14",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(actions.is_empty());
    is(&stage, "unchanged", "already_open");
    is(&stage, "unchanged", "already_open");
    assert!(notes(&stage, ticket.id).is_empty());
}

#[test]
fn nothing_new_costs_three_halo_requests() {
    let stage = Stage::mapped();
    sync(&stage).expect(0);
    stage.sandbox.forget_received();
    let document = sync(&stage).expect(0).json();
    // A token, the open tickets, and the page that proves their end.
    assert_eq!(stage.halo_count(), 3);
    assert_eq!(document["requests"]["halo"], 3);
    assert!(document["summary"]["unchanged"].as_u64() > Some(3), "{document}");
}

#[test]
fn an_account_more_is_one_note_and_so_is_one_less() {
    let stage = healthy();
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    let second = fail(&stage, ORGANIZATION, 1);
    is(&stage, "appended", "accounts_changed");
    is(&stage, "unchanged", "already_open");
    let (ticket, _) = the_ticket(&stage);
    let said = notes(&stage, ticket.id);
    assert_eq!(said.len(), 1);
    assert!(said[0].contains("New: ") && said[0].contains(&second), "{said:?}");
    heal(&stage, ORGANIZATION);
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "appended", "accounts_changed");
    assert!(notes(&stage, ticket.id)[1].contains("Recovered: "));
    assert_eq!(the_ticket(&stage).1[0].outcome_id, 7);
}

#[test]
fn a_recovery_is_noted_and_the_return_too() {
    let stage = healthy();
    let account = fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    heal(&stage, ORGANIZATION);
    let resolved = changes(&stage).remove(0);
    assert_eq!(
        (&resolved["status"], &resolved["reason_code"]),
        (&"resolved".into(), &"recovered".into())
    );
    assert_eq!(resolved["account"], account, "whose backup it is");
    let (ticket, _) = the_ticket(&stage);
    assert!(!ticket.closed);
    assert_eq!(changes(&stage), Vec::<Value>::new());
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "appended", "back_again");
    is(&stage, "unchanged", "already_open");
    assert_eq!(notes(&stage, ticket.id).len(), 2);
}

#[test]
fn a_closed_ticket_is_reopened_within_a_week_and_replaced_after() {
    let stage = healthy();
    stage.run(["configure", "--on-recovery", "close"]).expect(0);
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    heal(&stage, ORGANIZATION);
    is(&stage, "closed", "recovered");
    let (ticket, _) = the_ticket(&stage);
    assert!(ticket.closed);
    pass(&stage, 6 * DAY);
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "reopened", "back_again");
    assert!(!the_ticket(&stage).0.closed);
    is(&stage, "unchanged", "already_open");
    heal(&stage, ORGANIZATION);
    is(&stage, "closed", "recovered");
    pass(&stage, 8 * DAY);
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket_again");
    let tickets = ours(&stage);
    assert_eq!(tickets.len(), 2);
    let text = tickets[1].0.details_html.clone().unwrap_or_default();
    assert!(text.contains(&format!("ticket {}", ticket.id)), "{text}");
}

#[test]
fn what_a_technician_closes_is_left_alone_for_a_day() {
    let stage = healthy();
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    let (ticket, _) = the_ticket(&stage);
    stage.sandbox.close_ticket(ticket.id).expect("closed");
    is(&stage, "skipped", "closed_by_hand");
    stage.sandbox.forget_received();
    is(&stage, "skipped", "closed_by_hand");
    assert!(
        stage
            .halo_requests("GET", &format!("/api/Tickets/{}", ticket.id))
            .is_empty(),
        "it is known to be closed"
    );
    pass(&stage, DAY);
    is(&stage, "opened", "ticket_again");
    is(&stage, "unchanged", "already_open");
    assert_eq!(ours(&stage).len(), 2);
}

#[test]
fn a_ticket_that_is_opened_again_by_hand_goes_on() {
    let stage = healthy();
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    let (ticket, _) = the_ticket(&stage);
    stage.sandbox.close_ticket(ticket.id).expect("closed");
    is(&stage, "skipped", "closed_by_hand");
    stage.sandbox.reopen_ticket(ticket.id).expect("reopened");
    is(&stage, "unchanged", "already_open");
    pass(&stage, 3 * DAY);
    is(&stage, "unchanged", "already_open");
    assert_eq!(ours(&stage).len(), 1);
}

#[test]
fn a_deleted_ticket_is_replaced_and_a_merged_one_followed() {
    let stage = healthy();
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    let first = the_ticket(&stage).0.id;
    stage.sandbox.delete_ticket(first).expect("deleted");
    is(&stage, "opened", "ticket_again");
    let second = the_ticket(&stage).0.id;
    let other = stage
        .sandbox
        .open_foreign_ticket(CUSTOMER, "Everything is slow", "");
    stage.sandbox.merge_ticket(second, other).expect("merged");
    is(&stage, "unchanged", "already_open");
    fail(&stage, ORGANIZATION, 1);
    is(&stage, "appended", "accounts_changed");
    assert_eq!(notes(&stage, other).len(), 1);
    assert_eq!(ours(&stage).len(), 1);
}

#[test]
fn an_open_ticket_of_the_vendors_integration_is_adopted() {
    let stage = healthy();
    let theirs = stage.sandbox.open_foreign_ticket(
        CUSTOMER,
        "SaaS Backup alert",
        "<p>Organization: Northwind Dental</p><p>The email backup has failed</p>",
    );
    stage
        .sandbox
        .open_foreign_ticket(CUSTOMER, "Backup of the printer", "");
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "adopted", "same_ticket_there");
    assert!(ours(&stage).is_empty());
    is(&stage, "unchanged", "already_open");
    heal(&stage, ORGANIZATION);
    is(&stage, "resolved", "recovered");
    assert_eq!(notes(&stage, theirs).len(), 1);
}

#[test]
fn a_ticket_that_is_open_already_is_not_opened_again_from_another_state() {
    let stage = healthy();
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    stage.change_state("DELETE FROM tickets");
    is(&stage, "adopted", "same_ticket_there");
    is(&stage, "unchanged", "already_open");
    assert_eq!(ours(&stage).len(), 1);
}

#[test]
fn by_hand_and_by_itself_open_the_same_ticket() {
    let stage = healthy();
    let account = fail(&stage, ORGANIZATION, 0);
    let by_hand = [
        "open-ticket",
        ORGANIZATION,
        "--error",
        "email-backup-failed",
        "-o",
        "json",
    ];
    stage.run(by_hand).expect(0);
    let change = changes(&stage).remove(0);
    assert_eq!(change["status"], "appended", "it did not name the account");
    stage.run(by_hand).expect(0);
    let for_account = [&by_hand[..], &["--account", &account]].concat();
    let again = stage.run(for_account).expect(0).json();
    assert_eq!(again["changes"][0]["status"], "unchanged", "{again}");
    assert_eq!(ours(&stage).len(), 1);
}

#[test]
fn what_someone_opened_for_an_error_that_was_never_seen_is_left_alone() {
    let stage = healthy();
    stage
        .run(["open-ticket", ORGANIZATION, "--error", "main-app-token"])
        .expect(0);
    assert_eq!(changes(&stage), Vec::<Value>::new());
    let (ticket, actions) = the_ticket(&stage);
    assert!(!ticket.closed && actions.is_empty());
}

#[test]
fn the_ledger_says_what_was_done_to_tickets() {
    let stage = healthy();
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    heal(&stage, ORGANIZATION);
    is(&stage, "resolved", "recovered");
    let by_hand = ["open-ticket", ORGANIZATION, "--error", "device-token"];
    stage.run(by_hand).expect(0);
    let ticket = the_tickets(&stage)[0].id;
    let ledger = stage.run(["history", "--tickets", "-o", "json"]).expect(0).json();
    let entries: Vec<(&str, &str, bool)> = ledger
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| {
            let text = |name: &str| entry[name].as_str().unwrap_or_default();
            (text("command"), text("status"), entry["ticket"] == ticket)
        })
        .collect();
    assert_eq!(
        entries,
        [
            ("open-ticket", "opened", false),
            ("sync-tickets", "resolved", true),
            ("sync-tickets", "opened", true)
        ]
    );
    let arguments = ["history", "Northwind", "--tickets", "--since", "1h"];
    stage
        .run(arguments)
        .expect(0)
        .prints(["resolved", "email-backup-failed"]);
    stage
        .run(["history", "--tickets", "--since", "2099-01-01", "-o", "json"])
        .expect(0)
        .prints(["[]"]);
}

#[test]
fn what_may_pass_waits_and_what_lasts_gets_its_ticket() {
    let stage = healthy();
    fail_as(&stage, ORGANIZATION, 0, "Connection Error", "");
    is(&stage, "skipped", "waiting");
    pass(&stage, 4 * 60 * 60 - 60);
    is(&stage, "skipped", "waiting");
    pass(&stage, 60);
    is(&stage, "opened", "ticket");
    assert_eq!(ours(&stage).len(), 1);
}

#[test]
fn an_outage_of_the_vendors_opens_nothing() {
    let stage = Stage::mapped();
    let dry = stage.run(["sync-tickets", "--max-new", "3"]).expect(4);
    dry.says(["look like an outage at the vendor", "--max-new"]);
    assert!(ours(&stage).is_empty());
    assert!(stage.halo_requests("GET", "/api/Tickets").is_empty());
    let found = sync(&stage).expect(0).json();
    assert_eq!(
        found["summary"]["opened"].as_u64(),
        Some(ours(&stage).len() as u64)
    );
}

#[test]
fn an_error_of_the_organization_swallows_those_of_its_accounts() {
    let stage = healthy();
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    for organization in &mut stage.world().organizations {
        for tenant in &mut organization.tenants {
            tenant.status = 13;
        }
    }
    fail(&stage, ORGANIZATION, 1);
    let found = changes(&stage);
    let statuses: BTreeSet<(&str, &str)> = found
        .iter()
        .map(|change| {
            (
                change["error"].as_str().unwrap(),
                change["status"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [("email-backup-failed", "skipped"), ("main-app-token", "opened")];
    assert_eq!(statuses, BTreeSet::from(expected));
    assert_eq!(ours(&stage).len(), 2);
}

#[test]
fn refused_notes_are_said_once_and_the_ticket_stays() {
    let stage = healthy();
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    stage.faults([Fault::NotesRefused]);
    heal(&stage, ORGANIZATION);
    let refused = sync(&stage).expect(4).json();
    assert_eq!(refused["changes"][0]["reason_code"], "note_refused");
    let reason = refused["changes"][0]["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("You do not have access"), "{reason}");
    assert_eq!(changes(&stage), Vec::<Value>::new());
    assert!(!the_ticket(&stage).0.closed);
}

#[test]
fn lost_answers_double_neither_tickets_nor_notes() {
    let lose = |ticket_fault: Fault, note_fault: Fault| {
        let stage = healthy();
        fail(&stage, ORGANIZATION, 0);
        stage.faults([ticket_fault]);
        sync(&stage).expect(0);
        stage.faults([note_fault]);
        heal(&stage, ORGANIZATION);
        is(&stage, "resolved", "recovered");
        let (ticket, actions) = the_ticket(&stage);
        assert_eq!(actions.len(), 1, "{ticket_fault} {note_fault}");
        assert!(!ticket.closed);
    };
    // At the same time, because some of them wait until a ticket must have appeared.
    thread::scope(|scope| {
        scope.spawn(|| lose(Fault::DropBefore, Fault::NoteLostBefore));
        scope.spawn(|| lose(Fault::DropAfter, Fault::NoteLostAfter));
        scope.spawn(|| lose(Fault::BadGatewayAfter, Fault::NoteLostAfter));
        scope.spawn(|| lose(Fault::LateCreation, Fault::NoteLostAfter));
    });
}

#[test]
fn two_at_once_open_one_ticket_for_each_error() {
    let stage = Stage::mapped();
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| sync(&stage).expect(0));
        }
    });
    let mut summaries: Vec<String> = ours(&stage)
        .into_iter()
        .map(|(ticket, _)| ticket.summary)
        .collect();
    let all = summaries.len();
    summaries.sort();
    summaries.dedup();
    assert!(all > 3);
    assert_eq!(summaries.len(), all);
}

#[cfg(unix)]
#[test]
fn runs_that_are_killed_at_any_moment_leave_one_ticket_and_one_note_for_each_thing() {
    let stage = Stage::with(Options {
        latency: Duration::from_millis(15),
        ..Options::default()
    });
    stage.connect();
    let mut mapping = stage.world().suggested_mapping();
    mapping.retain(|(organization, ..)| [ORGANIZATION, "1788161-17"].contains(&organization.as_str()));
    stage.map_these(&mapping);
    let mut killed = 0;
    for round in 0..24_u64 {
        match round % 4 {
            0 => {
                fail(&stage, ORGANIZATION, 0);
            }
            1 => {
                fail(&stage, ORGANIZATION, 1);
            }
            2 => heal(&stage, ORGANIZATION),
            _ => heal(&stage, "1788161-17"),
        }
        let mut child = stage
            .command()
            .arg("sync-tickets")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        thread::sleep(Duration::from_millis(60 + round * 37 % 500));
        killed += usize::from(child.try_wait().expect("asked").is_none());
        child.kill().expect("killed");
        child.wait().expect("ended");
    }
    assert!(killed > 10, "{killed} were killed");
    sync(&stage).expect(0);
    sync(&stage).expect(0);
    let mut open: Vec<String> = ours(&stage)
        .into_iter()
        .filter(|(ticket, _)| !ticket.closed)
        .map(|(ticket, _)| ticket.summary)
        .collect();
    let all = open.len();
    open.sort();
    open.dedup();
    assert_eq!(open.len(), all, "{open:?}");
    for (ticket, actions) in ours(&stage) {
        let mut marks: Vec<String> = actions
            .iter()
            .filter_map(|action| action.note_html.as_deref()?.rsplit_once("halolink "))
            .map(|(_, mark)| mark.to_owned())
            .collect();
        let all = marks.len();
        marks.sort();
        marks.dedup();
        assert_eq!(marks.len(), all, "ticket {}: {actions:?}", ticket.id);
    }
}

#[test]
fn hostile_texts_are_shown_and_not_obeyed() {
    let stage = healthy();
    let text = format!(
        "=HYPERLINK(\"x\") <script>alert(1)</script>\u{1b}[2J{}",
        "x".repeat(100_000)
    );
    fail_as(&stage, ORGANIZATION, 0, "Authentication Error", &text);
    let human = stage.run(["sync-tickets"]).expect(0);
    assert!(!human.stdout.contains('\u{1b}'), "{}", human.stdout);
    let (ticket, _) = the_ticket(&stage);
    assert!(ticket.summary.chars().count() <= 255);
    let html = ticket.details_html.unwrap_or_default();
    assert!(!html.contains("<script>") && !html.contains('\u{1b}'), "{html}");
    assert!(
        html.contains("&lt;script&gt;") && html.len() < 5_000,
        "{}",
        html.len()
    );
    let csv = stage.run(["sync-tickets", "-o", "csv", "-v"]).expect(0).stdout;
    assert!(!csv.contains(",=HYPERLINK"), "{csv}");
    is(&stage, "unchanged", "already_open");
}

#[test]
fn products_narrow_what_is_looked_at_and_resolve_nothing_else() {
    let stage = healthy();
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    heal(&stage, ORGANIZATION);
    stage.sandbox.forget_received();
    let narrow = ["sync-tickets", "--products", "onedrive", "-o", "json"];
    let found = stage.run(narrow).expect(0).json();
    assert_eq!(found["changes"][0]["reason_code"], "not_all_read", "{found}");
    let asked: BTreeSet<String> = stage
        .sandbox
        .received()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert!(asked.iter().any(|path| path.ends_with("/onedrives")), "{asked:?}");
    assert!(
        !asked.iter().any(|path| path.ends_with("/calendars")),
        "{asked:?}"
    );
    is(&stage, "resolved", "recovered");
}

#[test]
fn unmapped_organizations_are_reported_and_get_no_ticket() {
    let stage = Stage::connected();
    stage.map_these(&[(ORGANIZATION, CUSTOMER, 17)]);
    heal(&stage, ORGANIZATION);
    let found = stage
        .run(["sync-tickets", "--unmapped", "-o", "json"])
        .expect(0)
        .json();
    let changes = found["changes"].as_array().expect("changes");
    assert!(changes.len() > 3, "{found}");
    let mapped =
        |change: &&Value| change["reason_code"] != "not_mapped" && change["reason_code"] != "waiting";
    assert_eq!(changes.iter().filter(mapped).count(), 0, "{found}");
    assert!(changes.iter().all(|change| change["customer"].is_null()));
    assert!(ours(&stage).is_empty());
}

#[test]
fn where_nothing_is_mapped_nobody_is_told_that_nothing_is_wrong() {
    let told = Stage::connected().run(["sync-tickets"]).expect(0);
    assert!(!told.stdout.contains("No backup errors"), "{told}");
    told.prints(["Nothing was looked into"]).says(["map-org"]);
    healthy()
        .run(["sync-tickets"])
        .expect(0)
        .prints(["No backup errors"]);
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let stage = healthy();
    fail(&stage, ORGANIZATION, 0);
    let dry = ["sync-tickets", "--dry-run", "--exit-code", "-o", "json"];
    let planned = stage.run(dry).expect(5).json();
    assert_eq!(planned["changes"][0]["action"], "open");
    assert_eq!(planned["changes"][0]["status"], "planned");
    assert!(ours(&stage).is_empty());
    is(&stage, "opened", "ticket");
    stage.run(dry).expect(0);
    heal(&stage, ORGANIZATION);
    let planned = stage.run(dry).expect(5).json();
    assert_eq!(planned["changes"][0]["action"], "resolve");
    stage.sandbox.forget_received();
    stage.run(dry).expect(5);
    assert!(!stage.was_written());
    is(&stage, "resolved", "recovered");
}

#[test]
fn an_organization_that_cannot_be_read_holds_up_no_other() {
    let stage = Stage::mapped();
    stage
        .world()
        .organizations
        .retain(|organization| organization.id != "1788161-18");
    let found = sync(&stage).expect(4).json();
    let of = |id: &str| -> Vec<&Value> {
        let changes = found["changes"].as_array().expect("changes");
        changes
            .iter()
            .filter(|change| change["organization"]["id"] == id)
            .collect()
    };
    assert_eq!(of("1788161-18")[0]["reason_code"], "not_looked_into", "{found}");
    assert_eq!(of("1788161-17")[0]["status"], "opened", "{found}");
}

#[test]
fn what_is_suspended_does_not_count() {
    let stage = healthy();
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    for organization in &mut stage.world().organizations {
        organization.flg_suspended = organization.id == ORGANIZATION;
    }
    is(&stage, "skipped", "organization_inactive");
}

#[test]
fn every_product_is_looked_at() {
    let stage = healthy();
    let products: Vec<Product> = {
        let mut world = stage.world();
        let found = world
            .organizations
            .iter_mut()
            .find(|found| found.id == ORGANIZATION)
            .expect("the organization is there");
        for (product, items) in &mut found.products {
            items[0].current_backup_status = "Authentication Error".into();
            items[0].errors = format!("{product:?} was refused");
        }
        found.products.keys().copied().collect()
    };
    sync(&stage).expect(0);
    let all: String = ours(&stage)
        .into_iter()
        .filter_map(|(ticket, _)| ticket.details_html)
        .collect();
    for product in products {
        assert!(
            all.contains(&format!("{product:?} was refused")),
            "{product:?} in {all}"
        );
    }
}

#[test]
fn a_test_ticket_proves_the_configuration_and_is_closed_again() {
    let stage = healthy();
    stage.configure_tickets();
    stage
        .run(["configure", "--test-ticket"])
        .expect(2)
        .says(["--yes"]);
    let test = ["configure", "--test-ticket", "--yes"];
    stage
        .run(test)
        .expect(0)
        .prints(["Opened test ticket", "added a note and closed it"]);
    let (ticket, actions) = stage.sandbox.tickets().pop().expect("a ticket");
    assert_eq!((ticket.client_id, ticket.closed), (Some(CUSTOMER), true));
    assert!(ticket.summary.starts_with("TEST by halolink"));
    assert_eq!(ticket.priority_id, 5);
    assert!(actions.len() == 2 && actions.iter().all(|action| action.hiddenfromuser));
    // It can be tested again, and is not taken for an error's ticket.
    let count = stage.sandbox.tickets().len();
    stage.run(test).expect(0);
    assert_eq!(stage.sandbox.tickets().len(), count + 1);
    assert_eq!(changes(&stage), Vec::<Value>::new());
}

#[test]
fn a_test_ticket_that_cannot_be_closed_is_said_to_be_open() {
    let stage = healthy();
    stage.faults([Fault::NotesRefused]);
    let test = ["configure", "--test-ticket", "Northwind Dental", "--yes"];
    stage.run(test).expect(4).says([
        "the note was not added",
        "close it by hand",
        "You do not have access",
    ]);
    stage
        .run(["configure", "--test-ticket", "--dry-run"])
        .expect(0)
        .prints(["Would open"]);
}

#[test]
fn tickets_of_one_error_have_what_is_configured_for_it_and_all_have_the_fields() {
    let stage = healthy();
    let own = [
        "--ticket-type-of",
        "email-backup-failed=Alert",
        "--sla-of",
        "email-backup-failed=Silver",
    ];
    let priority = [
        "--priority-of",
        "email-backup-failed=High 8h",
        "--ticket-field",
        "category_1=Backup",
    ];
    stage.configure_tickets();
    stage
        .run([&["configure"][..], &own, &priority].concat())
        .expect(0);
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    let (ticket, _) = the_ticket(&stage);
    assert_eq!(
        (ticket.tickettype_id, ticket.sla_id, ticket.priority_id),
        (21, 2, 1)
    );
    assert_eq!(ticket.extra["category_1"], "Backup");
}

#[test]
fn a_ticket_that_halo_refuses_names_the_field_and_the_flag_and_holds_up_no_other() {
    let stage = Stage::mapped();
    stage
        .run([
            "configure",
            "--ticket-type-of",
            "email-backup-failed=Change Request",
        ])
        .expect(0);
    let found = sync(&stage).expect(4).json();
    let failed: Vec<&Value> = found["changes"]
        .as_array()
        .expect("changes")
        .iter()
        .filter(|change| change["status"] == "failed")
        .collect();
    assert!(!failed.is_empty(), "{found}");
    for change in failed {
        assert_eq!(change["error"], "email-backup-failed");
        let reason = change["reason"].as_str().unwrap_or_default();
        assert!(reason.contains("--ticket-field category_1=VALUE"), "{reason}");
    }
    assert!(found["summary"]["opened"].as_u64() > Some(3), "{found}");
    // What was refused is not taken for a ticket that may still appear.
    let again = sync(&stage).expect(4).json();
    assert_eq!(again["summary"]["opened"], 0, "{again}");
    stage
        .run(["configure", "--ticket-field", "category_1=Backup"])
        .expect(0);
    sync(&stage).expect(0);
}

#[test]
fn a_thousand_organizations_of_which_nothing_is_new_cost_halo_next_to_nothing() {
    let stage = Stage::of(1000);
    stage.connect();
    assert!(stage.map_all() > 900);
    let mapping = stage.world().suggested_mapping();
    for (organization, ..) in mapping.iter().step_by(33) {
        let breakage = format!("{organization}:main-app-token");
        stage.sandbox.break_backup(&breakage).expect("broken");
    }
    stage.run(["sync-tickets", "--max-new", "100"]).expect(0);
    let open = ours(&stage).len();
    assert!((30..50).contains(&open), "{open}");
    stage.sandbox.forget_received();
    stage.sandbox.forget_rate();
    let found = sync(&stage).expect(0).json();
    assert_eq!(found["summary"]["unchanged"], open, "{}", found["summary"]);
    let (halo, backup) = stage.received_counts();
    assert_eq!(halo, 2 + open.div_ceil(50), "{open} tickets are open");
    // 1,000 organizations in pages of 100, and at most 17 requests in each of those that are looked into.
    assert!(backup <= 1_000 / 100 + 4 + 17 * 1_000, "{backup}");
    let lists = stage
        .sandbox
        .received()
        .into_iter()
        .filter(|request| request.path == "/api/users");
    assert!(lists.count() <= 14);
}

#[test]
fn a_ticket_that_another_was_merged_into_stays_open_until_both_have_recovered() {
    let stage = healthy();
    stage.run(["configure", "--on-recovery", "close"]).expect(0);
    let mailbox = format!("{ORGANIZATION}:email-backup-failed");
    let tasks = format!("{ORGANIZATION}:tasks-authentication");
    for name in [&mailbox, &tasks] {
        stage.sandbox.break_backup(name).expect("broken");
    }
    sync(&stage).expect(0);
    let [first, second] = [0, 1].map(|number| ours(&stage)[number].0.id);
    stage.sandbox.merge_ticket(first, second).expect("merged");
    let is_closed = || {
        ours(&stage)
            .iter()
            .any(|(ticket, _)| ticket.id == second && ticket.closed)
    };
    stage.sandbox.heal_backup(&mailbox).expect("healed");
    let found = changes(&stage);
    let said: BTreeSet<(&str, &str)> = found
        .iter()
        .map(|change| {
            (
                change["status"].as_str().unwrap(),
                change["reason_code"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [("resolved", "still_needed"), ("unchanged", "already_open")];
    assert_eq!(said, BTreeSet::from(expected), "{found:?}");
    assert!(!is_closed());
    stage.sandbox.heal_backup(&tasks).expect("healed");
    is(&stage, "closed", "recovered");
    assert!(is_closed());
}

#[test]
fn a_ticket_that_goes_on_again_gets_no_note_with_an_old_mark() {
    let stage = healthy();
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    fail(&stage, ORGANIZATION, 1);
    is(&stage, "appended", "accounts_changed");
    let first = the_ticket(&stage).0.id;
    stage.sandbox.close_ticket(first).expect("closed");
    is(&stage, "skipped", "closed_by_hand");
    pass(&stage, DAY);
    is(&stage, "opened", "ticket_again");
    let second = ours(&stage)[1].0.id;
    stage.sandbox.reopen_ticket(first).expect("reopened");
    stage.sandbox.merge_ticket(second, first).expect("merged");
    fail(&stage, ORGANIZATION, 2);
    is(&stage, "appended", "accounts_changed");
    let said = notes(&stage, first);
    assert_eq!(said.len(), 2, "{said:?}");
    let marks: BTreeSet<&str> = said
        .iter()
        .filter_map(|note| Some(note.rsplit_once("halolink ")?.1))
        .collect();
    assert_eq!(marks.len(), 2, "{marks:?}");
}

#[test]
fn a_ticket_that_cannot_be_reopened_keeps_no_note_from_others() {
    let stage = healthy();
    stage
        .run(["configure", "--ticket-type", "Alert", "--on-recovery", "close"])
        .expect(0);
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    heal(&stage, ORGANIZATION);
    is(&stage, "closed", "recovered");
    let tasks = |number: usize| {
        let mut world = stage.world();
        let found = world
            .organizations
            .iter_mut()
            .find(|found| found.id == ORGANIZATION);
        let items = found
            .expect("the organization is there")
            .products
            .get_mut(&Product::Tasks);
        let item = &mut items.expect("there are tasks")[number];
        item.current_backup_status = "Authentication Error".into();
        item.errors = "Backup tasks fail. Authentication error".to_owned();
    };
    tasks(0);
    is(&stage, "opened", "ticket");
    // In one run, one ticket is not reopened, and another gets a note.
    fail(&stage, ORGANIZATION, 0);
    tasks(1);
    let found = changes(&stage);
    let statuses: BTreeSet<&str> = found
        .iter()
        .filter_map(|change| change["status"].as_str())
        .collect();
    assert_eq!(statuses, BTreeSet::from(["appended", "opened"]), "{found:?}");
}

#[test]
fn instead_of_a_ticket_that_cannot_be_reopened_one_that_is_open_goes_on() {
    let stage = healthy();
    stage
        .run(["configure", "--ticket-type", "Alert", "--on-recovery", "close"])
        .expect(0);
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    let first = the_ticket(&stage).0.id;
    stage.sandbox.close_ticket(first).expect("closed");
    is(&stage, "skipped", "closed_by_hand");
    pass(&stage, DAY);
    is(&stage, "opened", "ticket_again");
    heal(&stage, ORGANIZATION);
    is(&stage, "closed", "recovered");
    stage.sandbox.reopen_ticket(first).expect("reopened");
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "adopted", "same_ticket_there");
    is(&stage, "unchanged", "already_open");
    assert_eq!(ours(&stage).len(), 2);
}

#[test]
fn a_ticket_of_others_that_is_opened_again_by_hand_ends_with_the_recovery() {
    let stage = healthy();
    stage.run(["configure", "--on-recovery", "close"]).expect(0);
    let text = "<p>Organization: Northwind Dental</p><p>The email backup has failed</p>";
    let theirs = stage
        .sandbox
        .open_foreign_ticket(CUSTOMER, "SaaS Backup alert", text);
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "adopted", "same_ticket_there");
    stage.sandbox.close_ticket(theirs).expect("closed");
    is(&stage, "skipped", "closed_by_hand");
    stage.sandbox.reopen_ticket(theirs).expect("reopened");
    heal(&stage, ORGANIZATION);
    is(&stage, "closed", "recovered");
}

#[test]
fn what_is_refused_has_not_recovered() {
    let stage = healthy();
    stage.run(["configure", "--on-recovery", "close"]).expect(0);
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    heal(&stage, ORGANIZATION);
    // Mailboxes, which no organization is without, are said not to be there.
    let origin = stage.sandbox.backup_url();
    let origin = origin.trim_end_matches("/api").trim_end_matches('/').to_owned();
    let refusing = in_front_of(&origin, |_, path| {
        path.starts_with("/api/accounts")
            .then(|| answer("404 Not Found", "X-Made-Up: yes"))
    });
    let mut connect = stage.connect_arguments();
    let url = connect
        .iter()
        .position(|argument| argument == "--backup-url")
        .expect("a URL");
    connect[url + 1] = format!("{refusing}/api");
    stage.run(connect).expect(0);
    is(&stage, "skipped", "not_all_read");
    stage.connect();
    is(&stage, "closed", "recovered");
}

#[test]
fn an_instance_that_lists_closed_tickets_too_is_not_believed() {
    let stage = healthy();
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    is(&stage, "unchanged", "already_open");
    let (ticket, _) = the_ticket(&stage);
    stage.sandbox.close_ticket(ticket.id).expect("closed");
    stage.faults([Fault::ClosedListed]);
    is(&stage, "skipped", "closed_by_hand");
    is(&stage, "skipped", "closed_by_hand");
    pass(&stage, DAY);
    is(&stage, "opened", "ticket_again");
    is(&stage, "unchanged", "already_open");
    stage.change_state("DELETE FROM tickets");
    is(&stage, "adopted", "same_ticket_there");
    let open = the_tickets(&stage).into_iter().filter(|ticket| !ticket.closed);
    assert_eq!(open.count(), 1);
}

#[test]
fn a_ticket_whose_summary_was_cut_is_not_opened_twice() {
    let stage = healthy();
    fail(&stage, ORGANIZATION, 0);
    stage.faults([Fault::DropAfter, Fault::SummariesCut]);
    is(&stage, "opened", "posted_before");
    stage.faults([]);
    is(&stage, "unchanged", "already_open");
    let cut = |(ticket, _): &(Ticket, Vec<Action>)| ticket.summary.starts_with("The email backup");
    assert_eq!(
        stage
            .sandbox
            .tickets()
            .iter()
            .filter(|ticket| cut(ticket))
            .count(),
        1
    );
}

#[test]
fn a_ticket_of_another_type_is_noted_and_closed_as_its_own_workflow_offers() {
    let stage = healthy();
    stage
        .run(["configure", "--ticket-type", "Incident", "--on-recovery", "close"])
        .expect(0);
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    let (ticket, _) = the_ticket(&stage);
    {
        let mut world = stage.world();
        let retyped = world.tickets.get_mut(&ticket.id).expect("the ticket");
        // Service requests have a workflow without internal notes; here it has a private one, and its own way to close.
        retyped.tickettype_id = 3;
        let private = halolink::sandbox::Outcome {
            id: 41,
            outcome: "Private Note".to_owned(),
            ..world.outcomes[&7].clone()
        };
        let closing = halolink::sandbox::Outcome {
            id: 42,
            outcome: "Close".to_owned(),
            ..world.outcomes[&12].clone()
        };
        world.outcomes.extend([(41, private), (42, closing)]);
        world.workflows.get_mut(&6).expect("its workflow").steps = vec![vec![41, 42]];
    }
    fail(&stage, ORGANIZATION, 1);
    is(&stage, "appended", "accounts_changed");
    heal(&stage, ORGANIZATION);
    is(&stage, "closed", "recovered");
    let outcomes: Vec<i64> = the_ticket(&stage).1.iter().map(|note| note.outcome_id).collect();
    assert_eq!(outcomes, [41, 42]);
}

#[test]
fn an_organization_that_is_no_longer_mapped_is_only_looked_at() {
    let stage = healthy();
    fail(&stage, ORGANIZATION, 0);
    is(&stage, "opened", "ticket");
    stage.run(["unlink", ORGANIZATION, "--yes"]).expect(0);
    heal(&stage, ORGANIZATION);
    let unmapped = ["sync-tickets", "--unmapped", "-o", "json"];
    stage.sandbox.forget_received();
    stage.run(unmapped).expect(0);
    assert!(!stage.was_written());
}
