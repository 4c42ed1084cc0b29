//! The main job, end to end, as a script does it.

use crate::support::Stage;
use crate::support::job::{Given, cases, synced, whole_job};
use serde_json::json;

#[test]
fn the_whole_job() {
    whole_job(&Stage::of(crate::support::job::ORGANIZATIONS), Given::Mixed);
}

#[test]
fn everything_that_can_be_mapped_is_synced() {
    let stage = Stage::mapped();
    stage.sync([]).expect(0);

    let world = stage.world();
    let suggested = world.suggested_mapping();
    for (_, _, license) in &suggested {
        let of_license = suggested.iter().filter(|(_, _, other)| other == license);
        let organizations: Vec<_> = of_license
            .map(|(id, _, _)| world.organizations.iter().find(|found| found.id == *id).unwrap())
            .collect();
        if organizations
            .iter()
            .any(|found| found.flg_suspended || found.customer_deactivated)
        {
            continue;
        }
        let seats: i64 = organizations.iter().map(|found| found.seats_used).sum();
        assert_eq!(world.licenses[license].count, seats, "license {license}");
    }
}

#[test]
fn a_dry_run_writes_nothing_and_can_say_so_by_its_exit_code() {
    let stage = mapped();
    let before = stage.world().licenses.clone();
    stage.run(["sync-seats", "--dry-run"]).expect(0);
    stage.run(["sync-seats", "--dry-run", "--exit-code"]).expect(5);
    assert!(!stage.was_written());
    assert_eq!(stage.world().licenses, before);

    stage.sync([]).expect(0);
    stage.run(["sync-seats", "--dry-run", "--exit-code"]).expect(0);
}

#[test]
fn only_id_customer_and_count_are_sent_and_everything_else_stays() {
    let stage = mapped();
    let cases = cases(&stage);
    let before = stage.world().licenses.clone();
    stage.sync([]).expect(0);

    let mut sent: Vec<_> = stage
        .halo_requests("POST", "/api/SoftwareLicence")
        .into_iter()
        .flat_map(|request| request.body.as_array().expect("an array").clone())
        .collect();
    sent.sort_by_key(|record| record["id"].as_i64());
    let expected: Vec<_> = cases
        .iter()
        .map(|case| json!({"id": case.license, "client_id": case.customer, "count": case.organization.seats_used}))
        .collect();
    assert_eq!(sent, expected);
    assert_eq!(stage.world().licenses, synced(&before, &cases));
}

#[test]
fn a_second_sync_writes_nothing() {
    let stage = mapped();
    stage.sync([]).expect(0);
    stage.sandbox.forget_received();
    let outcome = stage.sync([]).expect(0);
    assert_eq!(outcome.json()["summary"]["unchanged"], 3);
    assert!(!stage.was_written());
}

#[test]
fn the_report_counts_the_requests_that_the_services_received() {
    let stage = mapped();
    for arguments in [
        &["sync-seats", "--dry-run", "-o", "json"][..],
        &["sync-seats", "--yes", "-o", "json"],
        &[
            "open-ticket",
            "1788161-14",
            "--error",
            "device-token",
            "-o",
            "json",
        ],
        &[
            "open-ticket",
            "1788161-14",
            "--error",
            "device-token",
            "-o",
            "json",
        ],
        &["configure", "--sla", "Gold", "-o", "json"],
        &[
            "map-org",
            "1788161-14",
            "--customer",
            "21",
            "--license",
            "17",
            "-o",
            "json",
        ],
    ] {
        stage.sandbox.forget_received();
        let outcome = stage.run(arguments).expect(0);
        let (halo, backup) = stage.received_counts();
        assert_eq!(
            outcome.json()["requests"],
            json!({"halo": halo, "backup": backup}),
            "{outcome}"
        );
    }
    stage.sandbox.forget_received();
    let mut connect = stage.connect_arguments();
    connect.extend(["-o".to_owned(), "json".to_owned()]);
    let outcome = stage.run(connect).expect(0);
    let (halo, backup) = stage.received_counts();
    assert_eq!(
        outcome.json()["requests"],
        json!({"halo": halo, "backup": backup}),
        "{outcome}"
    );
}

#[test]
fn organizations_on_one_license_add_up() {
    let stage = Stage::connected();
    // The last organization is a branch of the fifth's customer.
    stage.map_these(&[("1788161-18", 25, 29), ("1788161-49", 25, 29)]);
    stage.set_seats("1788161-18", 20);
    stage.set_seats("1788161-49", 7);
    let outcome = stage.sync([]).expect(0);
    assert_eq!(stage.count(29), 27);
    let change = outcome.change(29);
    assert_eq!(change["organizations"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&change["to"], &change["status"]),
        (&json!(27), &json!("updated"))
    );
}

#[test]
fn a_sync_of_one_organization_still_counts_all_of_its_license() {
    let stage = Stage::mapped_to(&[
        ("1788161-18", 25, 29),
        ("1788161-49", 25, 29),
        ("1788161-14", 21, 17),
    ]);
    stage.set_seats("1788161-18", 20);
    stage.set_seats("1788161-49", 7);
    let other = stage.count(17);
    stage.sync(["O'Brien Electrical - Cork"]).expect(0);
    assert_eq!((stage.count(29), stage.count(17)), (27, other));
}

#[test]
fn suspended_and_deactivated_organizations_keep_what_they_had() {
    let stage = Stage::mapped();
    let (suspended, deactivated) = (67, 73);
    let before = (stage.count(suspended), stage.count(deactivated));
    stage.set_seats("1788161-31", 1);
    stage.set_seats("1788161-33", 1);
    let outcome = stage.sync([]).expect(0);
    assert_eq!((stage.count(suspended), stage.count(deactivated)), before);
    for (license, word) in [(suspended, "suspended"), (deactivated, "deactivated")] {
        let change = outcome.change(license);
        assert_eq!(change["status"], "skipped", "{change}");
        assert!(
            change["reason"].as_str().unwrap_or_default().contains(word),
            "{change}"
        );
    }
}

#[test]
fn an_organization_without_the_chosen_number_is_left_alone_and_named() {
    let stage = Stage::connected();
    // The nineteenth's row lacks the required seats.
    stage.map_these(&[("1788161-32", 39, 71), ("1788161-14", 21, 17)]);
    stage.run(["configure", "--seat-metric", "required"]).expect(0);
    let before = stage.count(71);
    let outcome = stage.sync([]).expect(4);
    assert_eq!(
        (outcome.change(71)["status"].as_str(), stage.count(71)),
        (Some("skipped"), before)
    );
    assert_eq!(outcome.change(17)["status"], "updated");
    assert!(outcome.change(71)["reason"].is_string());
}

#[test]
fn a_license_that_another_agent_changed_meanwhile_is_put_right() {
    let stage = mapped();
    stage.sync([]).expect(0);
    let seats = stage.count(17);
    stage.world().set_license_count(17, seats + 1, "Anna Agent");
    stage.run(["sync-seats", "--yes"]).expect(0).says(["Anna Agent"]);
    assert_eq!(stage.count(17), seats);
}

#[test]
fn without_a_connection_every_command_of_the_job_says_so() {
    let stage = Stage::new();
    for arguments in [
        &["sync-seats", "--yes"][..],
        &["map-org", "1788161-14", "--customer", "21", "--license", "17"],
        &["open-ticket", "1788161-14", "--error", "main-app-token"],
        &["configure", "--sla", "Gold"],
        &["list", "customers"],
        &["list", "organizations"],
        &["list", "errors"],
        &["revoke", "--yes"],
    ] {
        stage
            .run(arguments)
            .expect(3)
            .says(["is not connected", "halolink connect"]);
    }
    assert_eq!(stage.received_counts(), (0, 0));
    assert!(stage.traces().is_empty());
}

#[test]
fn revoke_keeps_the_mappings_unless_it_purges() {
    let stage = mapped();
    let client_id = stage.sandbox.credentials().client_id.clone();
    stage.run(["configure", "--sla", "Gold"]).expect(0);
    stage
        .run(["revoke", "--yes"])
        .expect(0)
        .says(["deactivate the application", &client_id, "HaloPSA API"]);
    assert_eq!(stage.mapping_count(), 3);
    stage.connect();
    let shown = stage.run(["configure", "--show", "-o", "json"]).expect(0);
    assert_eq!(shown.json()["sla"]["name"], "Gold");

    stage.run(["revoke", "--purge", "--yes"]).expect(0);
    assert_eq!(stage.mapping_count(), 0);
    let shown = stage.run(["configure", "--show", "-o", "json"]).expect(0);
    assert_eq!(shown.json()["sla"], json!(null));
}

#[test]
fn revoking_as_a_dry_run_deletes_nothing() {
    let stage = mapped();
    stage
        .run(["revoke", "--purge", "--dry-run"])
        .expect(0)
        .prints(["would be deleted"]);
    assert_eq!(stage.mapping_count(), 3);
    stage.sync([]).expect(0);
}

#[test]
fn unlink_and_revoke_touch_nothing_in_halo() {
    let stage = mapped();
    let before = stage.world().licenses.clone();
    stage.run(["unlink", "--all", "--yes"]).expect(0);
    stage.run(["revoke", "--purge", "--yes"]).expect(0);
    assert_eq!(stage.received_counts(), (0, 0));
    assert_eq!(stage.world().licenses, before);
}

/// Connected, the three cases mapped; what was received is forgotten.
fn mapped() -> Stage {
    let stage = Stage::of(crate::support::job::ORGANIZATIONS);
    stage.connect();
    let mapping: Vec<_> = cases(&stage)
        .into_iter()
        .map(|case| (case.organization.id, case.customer, case.license))
        .collect();
    stage.map_these(&mapping);
    stage.sandbox.forget_received();
    stage
}
