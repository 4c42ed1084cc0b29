//! `configure`: names or ids, priorities of the chosen SLA only, and what is cleared when.

use crate::support::Stage;
use crate::support::proxy::{answer, in_front_of};
use serde_json::{Value, json};

#[test]
fn nothing_is_configured_at_first() {
    let stage = Stage::connected();
    assert_eq!(
        shown(&stage),
        json!({"sync_seats": true, "seat_metric": "used", "ticket_type": null, "sla": null, "priority": null,
               "note_outcome": null, "vendor_sync": null, "fair_use": null, "time_zone": null, "tickets": usual_policy()})
    );
}

#[test]
fn everything_can_be_given_by_name() {
    let stage = Stage::connected();
    stage
        .run([
            "configure",
            "--sync-seats",
            "off",
            "--seat-metric",
            "active",
            "--ticket-type",
            "incident",
            "--sla",
            "GOLD",
            "--priority",
            "critical",
            "--note-outcome",
            "Internal Note",
        ])
        .expect(0);
    assert_eq!(shown(&stage), everything());
}

#[test]
fn everything_can_be_given_by_id() {
    let stage = Stage::connected();
    stage
        .run([
            "configure",
            "--sync-seats",
            "off",
            "--seat-metric",
            "active",
            "--ticket-type",
            "1",
            "--sla",
            "1",
            "--priority",
            "5",
            "--note-outcome",
            "7",
        ])
        .expect(0);
    assert_eq!(shown(&stage), everything());
}

#[test]
fn a_priority_of_another_sla_is_refused_and_the_offered_ones_are_listed() {
    let stage = Stage::connected();
    for priority in ["Critical 1h", "5"] {
        stage
            .run(["configure", "--sla", "Silver", "--priority", priority])
            .expect(2)
            .says(["in the SLA Silver", "High 8h", "Medium 16h", "Low 40h"]);
    }
    assert_eq!(shown(&stage)["sla"], Value::Null, "half of it was stored");
}

#[test]
fn a_hidden_priority_is_not_offered() {
    let stage = Stage::connected();
    let refused = ["configure", "--sla", "Silver", "--priority", "Planned"];
    let outcome = stage.run(refused).expect(2);
    let offered = outcome
        .stderr
        .split("its priorities:")
        .nth(1)
        .expect("what is offered");
    assert!(!offered.contains("Planned"), "{outcome}");
}

#[test]
fn the_same_number_is_another_priority_under_another_sla() {
    let stage = Stage::connected();
    stage
        .run(["configure", "--sla", "Gold", "--priority", "1"])
        .expect(0);
    assert_eq!(shown(&stage)["priority"], json!({"id": 1, "name": "Urgent 2h"}));
    stage
        .run(["configure", "--sla", "Bronze", "--priority", "1"])
        .expect(0);
    assert_eq!(shown(&stage)["priority"], json!({"id": 1, "name": "Medium 16h"}));
}

#[test]
fn a_priority_needs_an_sla() {
    let stage = Stage::connected();
    stage
        .run(["configure", "--priority", "1"])
        .expect(2)
        .says(["--sla"]);
    stage.run(["configure", "--sla", "Gold"]).expect(0);
    stage.run(["configure", "--priority", "Critical 1h"]).expect(0);
}

#[test]
fn the_outcomes_on_offer_are_those_of_the_ticket_types_workflow() {
    let stage = Stage::connected();
    // Its workflow has no internal note.
    stage
        .run([
            "configure",
            "--ticket-type",
            "Service Request",
            "--note-outcome",
            "Internal Note",
        ])
        .expect(2)
        .says([
            "for tickets of type Service Request",
            "Email User",
            "Resolved",
            "Closed",
        ])
        .hides(["Add Note", "7 Internal Note"]);
    stage
        .run(["configure", "--ticket-type", "Incident", "--note-outcome", "7"])
        .expect(0);
    // Not in the workflow of incidents.
    stage.run(["configure", "--note-outcome", "30"]).expect(2);
    assert_eq!(shown(&stage)["note_outcome"]["id"], 7);
    stage
        .run(["configure", "--ticket-type", "Service Request"])
        .expect(0)
        .says(["the outcome of notes does not belong to the new ticket type"]);
    assert_eq!(shown(&stage)["note_outcome"], json!(null));
}

#[test]
fn without_a_workflow_every_outcome_is_on_offer() {
    // A type that has none; one whose workflow may not be read; one that is not even told.
    let stage = Stage::connected();
    stage
        .run(["configure", "--ticket-type", "Alert", "--note-outcome", "30"])
        .expect(0);
    for status in ["401 Unauthorized", "403 Forbidden", "404 Not Found"] {
        let stage = Stage::new();
        let site = in_front_of(&stage.sandbox.site_url(), move |_, path| {
            path.starts_with("/api/Workflow")
                .then(|| answer(status, "X-Nothing: here"))
        });
        let mut connect = stage.connect_arguments();
        connect[2] = site;
        stage.run(connect).expect(0);
        stage
            .run(["configure", "--ticket-type", "Incident", "--note-outcome", "30"])
            .expect(0);
        assert_eq!(shown(&stage)["note_outcome"]["id"], 30, "{status}");
    }
}

#[test]
fn another_sla_drops_the_priority_and_says_so() {
    let stage = Stage::connected();
    stage
        .run(["configure", "--sla", "Gold", "--priority", "Critical 1h"])
        .expect(0);
    stage.run(["configure", "--sla", "Gold"]).expect(0);
    assert_eq!(
        shown(&stage)["priority"]["id"],
        5,
        "the same SLA again is no change"
    );
    stage
        .run(["configure", "--sla", "Silver"])
        .expect(0)
        .says(["priority"]);
    assert_eq!(shown(&stage)["sla"]["name"], "Silver");
    assert_eq!(shown(&stage)["priority"], Value::Null);
}

#[test]
fn what_is_not_given_stays() {
    let stage = Stage::connected();
    stage
        .run(["configure", "--sla", "Gold", "--priority", "Critical 1h"])
        .expect(0);
    let outcome = stage
        .run(["configure", "--seat-metric", "required", "-o", "json"])
        .expect(0);
    assert_eq!(
        outcome.json()["changes"],
        json!([{"setting": "seat_metric", "from": "used", "to": "required", "status": "updated",
                "reason": null, "reason_code": null}])
    );
    assert_eq!(shown(&stage)["priority"]["id"], 5);
}

#[test]
fn names_that_name_nothing_are_refused() {
    let stage = Stage::connected();
    for (flag, list) in [
        ("--ticket-type", "ticket-types"),
        ("--sla", "slas"),
        ("--note-outcome", "outcomes"),
    ] {
        let list = format!("halolink list {list}");
        stage
            .run(["configure", flag, "Nonsense"])
            .expect(2)
            .says(["Nonsense", &list]);
    }
    stage
        .run(["configure", "--sla", "Goldd"])
        .expect(2)
        .says(["Gold (1)"]);
    stage.run(["configure", "--seat-metric", "most"]).expect(2).says([
        "used",
        "active",
        "purchased",
        "required",
    ]);
}

#[test]
fn show_needs_no_service_and_changes_nothing() {
    let stage = Stage::connected();
    stage
        .run(["configure", "--show"])
        .expect(0)
        .prints(["seat metric", "used", "not configured"]);
    assert_eq!(stage.received_counts(), (0, 0));
}

#[test]
fn a_dry_run_stores_nothing() {
    let stage = Stage::connected();
    let before = shown(&stage);
    let outcome = stage
        .run(["configure", "--sla", "Gold", "--dry-run", "-o", "json"])
        .expect(0)
        .json();
    let effect = "sync-seats bills the used seats";
    let summary = json!({"updated": 0, "planned": 1, "effect": effect});
    assert_eq!(outcome["summary"], summary);
    assert_eq!(shown(&stage), before);
    stage.run(["configure", "--sla", "Gold"]).expect(0);
    stage.run(["configure", "--reset", "--dry-run"]).expect(0);
    assert_eq!(shown(&stage)["sla"]["name"], "Gold");
}

#[test]
fn reset_clears_the_configuration_and_nothing_else() {
    let stage = Stage::connected();
    let first = shown(&stage);
    stage
        .run([
            "configure",
            "--sla",
            "Gold",
            "--seat-metric",
            "used",
            "--sync-seats",
            "on",
        ])
        .expect(0);
    stage.map_these(&[("1788161-14", 21, 17)]);
    stage
        .run(["configure", "--reset"])
        .expect(0)
        .says(["From now on sync-seats bills the used seats"]);
    assert_eq!(shown(&stage), first);
    assert_eq!(stage.mapping_count(), 1);
    stage.sync([]).expect(0);
}

#[test]
fn a_reset_does_not_switch_seat_sync_on() {
    let stage = Stage::mapped();
    stage
        .run(["configure", "--sync-seats", "off", "--sla", "Gold"])
        .expect(0);
    let outcome = stage.run(["configure", "--reset", "-o", "json"]).expect(0);
    let effect = outcome.json()["summary"]["effect"].to_string();
    assert!(effect.contains("writes nothing"), "{effect}");
    assert_eq!(shown(&stage)["sla"], Value::Null);
    assert_eq!(shown(&stage)["sync_seats"], false);
    stage.sandbox.forget_received();
    stage.sync([]).expect(1).says(["configure --sync-seats on"]);
    stage.run(["sync-seats", "--dry-run"]).expect(1);
    assert!(!stage.was_written());
    stage.run(["configure", "--sync-seats", "on"]).expect(0);
    stage.sync([]).expect(0);
}

#[test]
fn a_reset_does_not_bill_other_seats_than_before() {
    for answer in [
        &["--seat-metric", "active"][..],
        &["--seat-metric", "used"],
        &["--sync-seats", "on", "--seat-metric", "used"],
    ] {
        let stage = Stage::mapped();
        stage.run(["configure", "--seat-metric", "active"]).expect(0);
        stage
            .run(["configure", "--reset"])
            .expect(0)
            .says(["writes nothing", "active", "used"]);
        // Neither a second reset nor another setting is an answer.
        stage.run(["configure", "--reset"]).expect(0);
        stage
            .run(["configure", "--sync-seats", "on"])
            .expect(0)
            .prints(["on, once a seat metric is said"])
            .says(["it was active"])
            .says(["1 setting changed", "writes nothing"]);
        stage.run(["configure", "--sla", "Gold"]).expect(0);
        assert_eq!(shown(&stage)["sync_seats"], false);
        stage.sandbox.forget_received();
        stage
            .sync([])
            .expect(1)
            .says(["active", "configure --seat-metric active"]);
        assert!(!stage.was_written());
        stage
            .run([&["configure"], answer].concat())
            .expect(0)
            .says(["From now on sync-seats bills"]);
        stage.sync([]).expect(0);
    }
}

#[test]
fn a_metric_that_is_none_is_an_error_and_can_be_replaced() {
    let stage = Stage::mapped();
    stage.run(["configure", "--seat-metric", "active"]).expect(0);
    stage.change_state("UPDATE configurations SET seat_metric = 'licensed'");
    stage.sandbox.forget_received();
    for command in [
        &["sync-seats", "--yes"][..],
        &["sync-seats", "--dry-run"],
        &["configure", "--show"],
        &["configure", "--reset"],
        &["status"],
    ] {
        stage
            .run(command)
            .expect(1)
            .says(["licensed", "configure --seat-metric"]);
    }
    assert!(!stage.was_written());
    stage.run(["configure", "--seat-metric", "used"]).expect(0);
    stage.sync([]).expect(0);
}

#[test]
fn with_nothing_to_configure_the_flags_are_named() {
    let stage = Stage::connected();
    stage.run(["configure"]).expect(2).says([
        "--sync-seats",
        "--seat-metric",
        "--ticket-type",
        "--sla",
        "--priority",
        "--note-outcome",
        "--show",
    ]);
}

#[test]
fn seat_sync_that_is_off_writes_nothing() {
    let stage = Stage::mapped();
    stage.run(["configure", "--sync-seats", "off"]).expect(0);
    stage.sandbox.forget_received();
    stage
        .sync([])
        .expect(1)
        .says(["switched off", "configure --sync-seats on"]);
    assert!(!stage.was_written());
    stage.run(["configure", "--sync-seats", "on"]).expect(0);
    stage.sync([]).expect(0);
}

#[test]
fn the_metric_decides_what_is_billed() {
    for metric in ["used", "active", "purchased", "required"] {
        let stage = Stage::mapped_to(&[("1788161-14", 21, 17)]);
        stage.run(["configure", "--seat-metric", metric]).expect(0);
        let seats = {
            let mut world = stage.world();
            let organization = &mut world.organizations[0];
            organization.seats_used = 40;
            organization.active_seats = 41;
            organization.seats_available = 42;
            organization.required_seats = Some(43);
            match metric {
                "used" => 40,
                "active" => 41,
                "purchased" => 42,
                _ => 43,
            }
        };
        stage.sync([]).expect(0);
        assert_eq!(stage.count(17), seats, "{metric}");
    }
}

#[test]
fn each_profile_has_its_own() {
    let stage = Stage::connected();
    let mut second = stage.connect_arguments();
    second.extend(["--profile".to_owned(), "second".to_owned()]);
    stage.run(second).expect(0);
    stage
        .run(["configure", "--profile", "second", "--sla", "Gold"])
        .expect(0);
    assert_eq!(shown(&stage)["sla"], Value::Null);
}

#[track_caller]
fn shown(stage: &Stage) -> Value {
    stage.run(["configure", "--show", "-o", "json"]).expect(0).json()
}

fn everything() -> Value {
    json!({
        "sync_seats": false,
        "seat_metric": "active",
        "ticket_type": {"id": 1, "name": "Incident"},
        "sla": {"id": 1, "name": "Gold"},
        "priority": {"id": 5, "name": "Critical 1h"},
        "note_outcome": {"id": 7, "name": "Internal Note"},
        "vendor_sync": null, "fair_use": null, "time_zone": null, "tickets": usual_policy(),
    })
}

/// How tickets are treated until somebody says otherwise; `ticket_policy.rs` says otherwise.
fn usual_policy() -> Value {
    json!({
        "grace": 14_400,
        "stale_after": null,
        "remind": null,
        "on_recovery": "note",
        "closing_outcome": null,
        "closing_status": null,
        "errors": [],
        "fields": [],
    })
}
