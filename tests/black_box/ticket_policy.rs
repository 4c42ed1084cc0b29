//! How tickets for backup errors are treated, as it is configured: times, what becomes of a ticket, what is
//! different for single errors, and further fields.

use serde_json::{Value, json};

use crate::support::{
    Outcome, Stage,
    proxy::{answer, in_front_of},
};

#[test]
fn lengths_of_time_are_stored_shown_and_switched_off() {
    let stage = Stage::connected();
    configure(
        &stage,
        &["--grace", "30m", "--stale-after", "2d", "--remind", "1w"],
    )
    .expect(0);
    let tickets = tickets(&stage);
    assert_eq!(
        [&tickets["grace"], &tickets["stale_after"], &tickets["remind"]],
        [&json!(1_800), &json!(172_800), &json!(604_800)]
    );
    let shown = ["configure", "--show"];
    stage
        .run(shown)
        .expect(0)
        .prints(["grace", "30m", "stale after", "2d", "remind", "7d"]);
    stage.run(["status"]).expect(0).prints(["stale after", "2d"]);
    let changes = changed(configure(&stage, &["--grace", "0", "--stale-after", "off"]));
    assert_eq!(
        changes,
        [("grace", "30m", "0"), ("stale_after", "2d", "off")].map(owned)
    );
    stage.run(shown).expect(0).prints(["7d"]);
    assert_eq!(stage.received_counts(), (0, 0));
    for bad in [
        ["--grace", "soon"],
        ["--grace=-1h", "-q"],
        ["--remind", "0"],
        ["--stale-after", "1mo"],
    ] {
        configure(&stage, &bad)
            .expect(2)
            .says(["a length of time such as"]);
    }
}

#[test]
fn to_close_on_recovery_is_enough_where_the_names_leave_no_doubt() {
    let stage = Stage::connected();
    configure(&stage, &["--ticket-type", "Incident"]).expect(0);
    let outcome = configure(&stage, &["--on-recovery", "close"]).expect(0);
    outcome.says([
        "closed with the outcome Closed",
        "closed with the status Closed",
        "--closing-outcome",
    ]);
    let close = [
        ("on_recovery", "note", "close"),
        ("closing_outcome", "not configured", "Closed (12)"),
        ("closing_status", "not configured", "Closed (9)"),
    ];
    assert_eq!(
        tickets(&stage)["closing_outcome"],
        json!({"id": 12, "name": "Closed"})
    );
    assert_eq!(
        tickets(&stage)["closing_status"],
        json!({"id": 9, "name": "Closed"})
    );
    configure(&stage, &["--reset"]).expect(0);
    assert_eq!(
        changed(configure(&stage, &["--on-recovery", "close"])),
        close.map(owned)
    );
    // What is configured is neither asked for nor chosen again.
    stage.sandbox.forget_received();
    configure(&stage, &["--on-recovery", "close", "--grace", "6h"]).expect(0);
    assert_eq!(stage.received_counts(), (0, 0));
    configure(
        &stage,
        &["--closing-outcome", "Resolved", "--closing-status", "8"],
    )
    .expect(0);
    assert_eq!(tickets(&stage)["closing_outcome"]["name"], "Resolved");
    assert_eq!(tickets(&stage)["closing_status"]["name"], "Resolved");
}

#[test]
fn where_no_name_is_unmistakable_the_names_and_the_flags_are_listed() {
    let stage = Stage::connected();
    {
        let mut world = stage.world();
        for (id, name) in [(11, "Done"), (12, "Finish and bill")] {
            world.outcomes.get_mut(&id).expect("an outcome").outcome = name.to_owned();
        }
    }
    let listed = [
        "Done (11)",
        "Finish and bill (12)",
        "--closing-outcome",
        "--closing-status",
    ];
    configure(&stage, &["--on-recovery", "close", "--ticket-type", "Incident"])
        .expect(2)
        .says(listed)
        .says(["of the ticket type Incident"]);
    assert_eq!(tickets(&stage)["on_recovery"], "note", "half of it was stored");
    let named = ["--on-recovery", "close", "--closing-outcome", "Done"];
    for status in stage.world().statuses.values_mut() {
        status.name = format!("{} (ours)", status.name);
    }
    configure(&stage, &named)
        .expect(2)
        .says(["Closed (ours) (9)", "--closing-status"]);
    configure(&stage, &[&named[..], &["--closing-status", "Clos"]].concat()).expect(0);
    configure(&stage, &["--closing-status", "Zzyzx"])
        .expect(2)
        .says(["no ticket status \"Zzyzx\"", "Closed (ours) (9)"]);
    // Nothing that another ticket type's workflow does not offer.
    configure(&stage, &["--ticket-type", "Incident", "--closing-outcome", "30"]).expect(2);
}

#[test]
fn an_outcome_that_mails_the_customer_is_warned_of() {
    let stage = Stage::connected();
    for flag in ["--note-outcome", "--closing-outcome"] {
        configure(&stage, &[flag, "Email User"])
            .expect(0)
            .says(["warning: the outcome Email User sends email to the customer"]);
        configure(&stage, &[flag, "Resolved"]).expect(0).hides(["email"]);
    }
    stage
        .world()
        .outcomes
        .get_mut(&12)
        .expect("an outcome")
        .sends_email = true;
    configure(&stage, &["--reset"]).expect(0);
    configure(&stage, &["--on-recovery", "close"])
        .expect(0)
        .says(["the outcome Closed sends email to the customer"]);
}

#[test]
fn another_ticket_type_drops_the_closing_outcome_or_chooses_another() {
    let stage = Stage::connected();
    configure(
        &stage,
        &["--ticket-type", "Alert", "--closing-outcome", "Internal Note"],
    )
    .expect(0);
    configure(&stage, &["--ticket-type", "Service Request"])
        .expect(0)
        .says(["the outcome that closes tickets does not belong to the new ticket type"]);
    assert_eq!(tickets(&stage)["closing_outcome"], Value::Null);
    configure(
        &stage,
        &[
            "--ticket-type",
            "Alert",
            "--closing-outcome",
            "7",
            "--on-recovery",
            "close",
        ],
    )
    .expect(0);
    configure(&stage, &["--ticket-type", "Service Request"])
        .expect(0)
        .says(["no longer configured", "closed with the outcome Closed"]);
    assert_eq!(tickets(&stage)["closing_outcome"]["name"], "Closed");
}

#[test]
fn tickets_of_one_error_can_have_a_type_an_sla_and_a_priority_of_their_own() {
    let stage = Stage::connected();
    configure(&stage, &["--sla", "Gold"]).expect(0);
    let outcome = configure(
        &stage,
        &[
            "--ticket-type-of",
            "main-app-token=alert",
            "--sla-of",
            "main-app-token=Silver",
            "--priority-of",
            "main-app-token=High 8h",
            "--priority-of",
            "device-token=Urgent 2h",
        ],
    );
    let expected = [
        ("priority_of.device-token", "not configured", "Urgent 2h (1)"),
        ("ticket_type_of.main-app-token", "not configured", "Alert (21)"),
        ("sla_of.main-app-token", "not configured", "Silver (2)"),
        ("priority_of.main-app-token", "not configured", "High 8h (1)"),
    ];
    assert_eq!(changed(outcome), expected.map(owned));
    stage.run(["configure", "--show"]).expect(0).prints([
        "priority of main-app-token",
        "High 8h (1)",
        "sla of main-app-token",
    ]);
    assert_eq!(
        tickets(&stage)["errors"],
        json!([
            {"error": "device-token", "ticket_type": null, "sla": null, "priority": {"id": 1, "name": "Urgent 2h"}},
            {"error": "main-app-token", "ticket_type": {"id": 21, "name": "Alert"},
             "sla": {"id": 2, "name": "Silver"}, "priority": {"id": 1, "name": "High 8h"}},
        ])
    );
    // A priority of the usual SLA is not one of the error's own.
    configure(&stage, &["--priority-of", "main-app-token=Urgent 2h"])
        .expect(2)
        .says(["in the SLA Silver", "High 8h", "Low 40h"]);
    let cleared = configure(
        &stage,
        &[
            "--ticket-type-of",
            "main-app-token=",
            "--priority-of",
            "device-token=",
        ],
    );
    let expected = [
        ("priority_of.device-token", "Urgent 2h (1)", "not configured"),
        ("ticket_type_of.main-app-token", "Alert (21)", "not configured"),
    ];
    assert_eq!(changed(cleared), expected.map(owned));
    configure(&stage, &["--reset"]).expect(0);
    assert_eq!(tickets(&stage)["errors"], json!([]));
}

#[test]
fn a_priority_of_one_error_goes_with_the_sla_that_it_belonged_to() {
    let stage = Stage::connected();
    configure(&stage, &["--priority-of", "main-app-token=1"])
        .expect(2)
        .says(["--sla-of main-app-token=SLA"]);
    let own = [
        "--sla-of",
        "device-token=Silver",
        "--priority-of",
        "device-token=Low 40h",
    ];
    let usual = ["--sla", "Gold", "--priority-of", "main-app-token=Urgent 2h"];
    configure(&stage, &[own, usual].concat()).expect(0);
    // The one whose error has its own SLA stays.
    configure(&stage, &["--sla", "Bronze"])
        .expect(0)
        .says(["the priority of main-app-token belonged to the old SLA"])
        .hides(["the priority of device-token"]);
    let errors = &tickets(&stage)["errors"];
    assert_eq!(errors.as_array().map(Vec::len), Some(1), "{errors}");
    assert_eq!(errors[0]["priority"]["name"], "Low 40h");
    configure(&stage, &["--sla-of", "device-token="])
        .expect(0)
        .says(["the priority of device-token belonged to the old SLA"]);
    assert_eq!(tickets(&stage)["errors"], json!([]));
    // With a new one at the same time nothing is lost, and nothing said.
    configure(&stage, &own).expect(0);
    configure(
        &stage,
        &[
            "--sla-of",
            "device-token=Bronze",
            "--priority-of",
            "device-token=Low 80h",
        ],
    )
    .expect(0)
    .hides(["old SLA"]);
}

#[test]
fn what_is_no_error_or_no_assignment_is_refused() {
    let stage = Stage::connected();
    configure(&stage, &["--priority-of", "Zzyzx=High"])
        .expect(2)
        .says(["there is no error \"Zzyzx\"", "main-app-token", "backup-error"]);
    configure(&stage, &["--sla-of", "main-app-token"])
        .expect(2)
        .says(["ERROR=VALUE"]);
    configure(&stage, &["--sla-of", "main-app-token=Zzyzx"])
        .expect(2)
        .says(["no SLA \"Zzyzx\""]);
    configure(&stage, &["--ticket-field", "impact"])
        .expect(2)
        .says(["NAME=VALUE"]);
    for (field, words) in [
        ("summary=x", "itself sets summary"),
        ("a.b=x", "no field of Halo's tickets"),
    ] {
        configure(&stage, &["--ticket-field", field])
            .expect(2)
            .says([words]);
    }
}

#[test]
fn fields_are_checked_where_halo_can_be_asked() {
    let stage = Stage::connected();
    let outcome = configure(
        &stage,
        &[
            "--ticket-field",
            "agent=omar haddad",
            "--ticket-field",
            "team=backup",
            "--ticket-field",
            "impact=2",
            "--ticket-field",
            "Category=365",
        ],
    );
    outcome
        .expect(0)
        .says(["Not checked", "impact, category_1"])
        .hides(["agent,", "team,"]);
    let fields = json!([
        {"name": "agent_id", "value": "4", "record": {"id": 4, "name": "Omar Haddad"}},
        {"name": "category_1", "value": "365", "record": null},
        {"name": "impact", "value": "2", "record": null},
        {"name": "team", "value": "Backup Desk", "record": null},
    ]);
    assert_eq!(tickets(&stage)["fields"], fields);
    configure(&stage, &["--ticket-field", "agent=Zoe"])
        .expect(2)
        .says(["no agent \"Zoe\"", "Mia Keller (3)"])
        .hides(["Piet de Boer"]);
    configure(&stage, &["--ticket-field", "team=Zoo"])
        .expect(2)
        .says(["no team \"Zoo\"", "Backup Desk"]);
    let numbered = ["--ticket-field", "team=3", "--ticket-field", "agent=3"];
    configure(&stage, &numbered).expect(0);
    assert_eq!(tickets(&stage)["fields"][0]["record"]["name"], "Mia Keller");
    assert_eq!(tickets(&stage)["fields"][3]["value"], "Projects");
    // With it tickets are opened: numbers as numbers, texts as texts.
    stage.map_these(&[("1788161-14", 21, 17)]);
    stage
        .run(["open-ticket", "1788161-14", "--summary", "Restore test failed"])
        .expect(0);
    let ticket = stage.tickets(21).pop().expect("a ticket");
    let sent = ["agent_id", "category_1", "impact", "team"].map(|name| ticket.extra[name].clone());
    assert_eq!(sent, [json!(3), json!("365"), json!(2), json!("Projects")]);

    stage.sandbox.forget_received();
    let cleared = ["--ticket-field", "agent=", "--ticket-field", "category="];
    let expected = [
        ("ticket_field.agent_id", "Mia Keller (3)", "not configured"),
        ("ticket_field.category_1", "365", "not configured"),
    ];
    assert_eq!(changed(configure(&stage, &cleared)), expected.map(owned));
    assert_eq!(stage.received_counts(), (0, 0));
}

#[test]
fn agents_that_halo_does_not_show_are_taken_by_their_ids() {
    for status in ["401 Unauthorized", "403 Forbidden", "404 Not Found"] {
        let stage = Stage::new();
        let site = in_front_of(&stage.sandbox.site_url(), move |_, path| {
            path.starts_with("/api/Agent")
                .then(|| answer(status, "X-Nothing: here"))
        });
        let mut connect = stage.connect_arguments();
        connect[2] = site;
        stage.run(connect).expect(0);
        configure(
            &stage,
            &["--ticket-field", "agent=4", "--ticket-field", "team=Backup Desk"],
        )
        .expect(0)
        .says(["does not let halolink read the agents"]);
        assert_eq!(tickets(&stage)["fields"][0]["value"], "4", "{status}");
        assert_eq!(tickets(&stage)["fields"][1]["value"], "Backup Desk");
        configure(&stage, &["--ticket-field", "agent=Omar"])
            .expect(2)
            .says(["the agent's id"]);
    }
}

#[test]
fn a_field_satisfies_a_ticket_type_that_demands_it() {
    let stage = Stage::connected();
    stage.map_these(&[("1788161-14", 21, 17)]);
    let open = ["open-ticket", "1788161-14", "--summary", "Restore test failed"];
    configure(&stage, &["--ticket-type", "Change Request"]).expect(0);
    stage.run(open).expect(1).says(["category_1"]);
    configure(&stage, &["--ticket-field", "category_1=Backup"]).expect(0);
    stage.run(open).expect(0);
    let ticket = stage.tickets(21).pop().expect("a ticket");
    assert_eq!(ticket.extra["category_1"], "Backup");
}

#[test]
fn a_profile_that_is_purged_leaves_nothing_of_it() {
    let stage = Stage::connected();
    configure(&stage, &["--grace", "6h", "--ticket-field", "category_1=Zzyzx"]).expect(0);
    stage.run(["revoke", "--purge", "--yes"]).expect(0);
    stage.connect();
    assert_eq!(tickets(&stage)["grace"], 14_400);
    assert_eq!(tickets(&stage)["fields"], json!([]));
}

fn configure(stage: &Stage, flags: &[&str]) -> Outcome {
    stage.run([&["configure"], flags, &["-o", "json"]].concat())
}

/// How tickets are treated.
#[track_caller]
fn tickets(stage: &Stage) -> Value {
    let shown = stage.run(["configure", "--show", "-o", "json"]).expect(0).json();
    shown["tickets"].clone()
}

/// The settings that changed: name, old and new value.
#[track_caller]
fn changed(outcome: Outcome) -> Vec<(String, String, String)> {
    let document = outcome.expect(0).json();
    let changes = document["changes"].as_array().expect("an array").clone();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let changes = changes.iter();
    changes
        .map(|change| {
            (
                text(&change["setting"]),
                text(&change["from"]),
                text(&change["to"]),
            )
        })
        .collect()
}

fn owned((setting, from, to): (&str, &str, &str)) -> (String, String, String) {
    (setting.to_owned(), from.to_owned(), to.to_owned())
}
