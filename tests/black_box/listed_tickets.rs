//! `list tickets`: what is open in Halo of the tickets that halolink opened or adopted.

use halolink::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::Stage;

#[test]
fn open_tickets_are_listed_with_their_accounts_their_age_and_a_link() {
    let stage = mapped();
    let anna = ["--account", "anna@northwinddental.example"];
    open(&stage, "1788161-14", &["--error", "main-app-token"]);
    open(
        &stage,
        "1788161-14",
        &[&["--error", "email-backup-failed"][..], &anna].concat(),
    );
    open(&stage, "1788161-15", &["--summary", "Restore test failed"]);
    stage
        .change_state("UPDATE tickets SET opened_at = '2026-01-01T00:00:00Z' WHERE error = 'main-app-token'");

    let rows = listed(&stage, &[]);
    let errors = rows.iter().map(|row| row["error"].clone());
    let errors: Vec<Value> = errors.collect();
    assert_eq!(
        errors,
        [json!("main-app-token"), json!("email-backup-failed"), Value::Null]
    );
    assert_eq!(rows[0]["opened_at"], "2026-01-01T00:00:00Z");
    assert_eq!(rows[1]["accounts"], json!(["anna@northwinddental.example"]));
    assert_eq!(rows[2]["summary"], "Restore test failed");
    assert_eq!(rows[0]["customer"], json!({"id": 21, "name": "Northwind Dental"}));
    let id = rows[0]["ticket"]["id"].as_i64().expect("a number");
    let url = format!("{}/tickets?id={id}", stage.sandbox.site_url());
    assert_eq!(rows[0]["ticket"]["url"], url);
    stage.run(["list", "tickets"]).expect(0).prints([
        &id.to_string(),
        "Northwind Dental",
        "main-app-token",
        "OPEN FOR",
        "moments",
        "Restore test failed",
        &url,
    ]);
    // By customer, and by what stands there.
    assert_eq!(listed(&stage, &["--customer", "Northwind Dental"]).len(), 2);
    assert_eq!(listed(&stage, &["--search", "ANNA@"]).len(), 1);
    assert_eq!(listed(&stage, &["--search", "restore"]).len(), 1);
    stage.run(["list", "tickets", "--refresh"]).expect(2);
    stage.run(["list", "tickets", "--unmapped"]).expect(2);
}

#[test]
fn what_others_did_to_tickets_since_is_seen() {
    let stage = mapped();
    let errors = [
        "main-app-token",
        "device-token",
        "delegated-token",
        "email-backup-failed",
    ];
    let tickets = errors.map(|error| open(&stage, "1788161-14", &["--error", error]));
    let [closed, deleted, merged, into] = tickets;
    stage.sandbox.close_ticket(closed).expect("a ticket");
    stage.sandbox.delete_ticket(deleted).expect("a ticket");
    assert_eq!(ids(&stage), [merged, into]);
    let other = stage.sandbox.open_foreign_ticket(21, "All of it", "");
    stage.sandbox.merge_ticket(merged, other).expect("tickets");
    stage.sandbox.merge_ticket(into, other).expect("tickets");
    // Both errors are that ticket's now.
    assert_eq!(ids(&stage), [other, other]);
    stage.sandbox.close_ticket(other).expect("a ticket");
    assert_eq!(ids(&stage), [0; 0]);
    // Whatever the state has: what is open in Halo is open.
    stage.change_state("UPDATE tickets SET closed = TRUE");
    stage.sandbox.reopen_ticket(closed).expect("a ticket");
    assert_eq!(ids(&stage), [closed]);
}

#[test]
fn it_takes_one_look_and_changes_nothing() {
    let stage = mapped();
    for error in ["main-app-token", "device-token", "delegated-token"] {
        open(&stage, "1788161-14", &["--error", error]);
    }
    stage.sandbox.forget_received();
    assert_eq!(ids(&stage).len(), 3);
    // A token, and the list to its end.
    assert_eq!(stage.received_counts(), (3, 0));
    assert!(!stage.was_written());
    stage.faults([Fault::PagesCapped, Fault::StringsForNumbers]);
    for ticket in 0..60 {
        let summary = format!("Another's (halolink {ticket})");
        stage.sandbox.open_foreign_ticket(25, &summary, "");
    }
    assert_eq!(ids(&stage).len(), 3);
}

#[test]
fn without_tickets_nothing_is_asked() {
    let stage = mapped();
    stage.run(["list", "tickets"]).expect(0).says(["Nothing to list"]);
    assert_eq!(stage.received_counts(), (0, 0));
    Stage::new().run(["list", "tickets"]).expect(3);
}

fn mapped() -> Stage {
    let stage = Stage::connected();
    stage.map_these(&[("1788161-14", 21, 17), ("1788161-15", 22, 19)]);
    stage.sandbox.forget_received();
    stage
}

/// Opens a ticket, and gives its number.
#[track_caller]
fn open(stage: &Stage, organization: &str, flags: &[&str]) -> i64 {
    let outcome = stage.run([&["open-ticket", organization, "-o", "json"], flags].concat());
    outcome.expect(0).first_change()["ticket"]["id"]
        .as_i64()
        .expect("a number")
}

#[track_caller]
fn listed(stage: &Stage, flags: &[&str]) -> Vec<Value> {
    let outcome = stage.run([&["list", "tickets", "-o", "json"], flags].concat());
    outcome.expect(0).json().as_array().expect("an array").clone()
}

/// The numbers of the tickets that are listed.
#[track_caller]
fn ids(stage: &Stage) -> Vec<i64> {
    let rows = listed(stage, &[]);
    rows.iter()
        .map(|row| row["ticket"]["id"].as_i64().expect("a number"))
        .collect()
}
