//! Writes that go wrong: refused, cut off, answered with nonsense, not permitted any more.

use std::{collections::HashMap, time::Duration};

use crate::support::{Outcome, Stage};
use halolink::sandbox::{Fault, Options};
use serde_json::{Value, json};

const LICENSES: &str = "/api/SoftwareLicence";

/// Makes the sandbox refuse this license, if a fault that does so is on.
fn poison(stage: &Stage, license: i64) {
    let mut world = stage.world();
    let license = world.licenses.get_mut(&license).expect("the license is there");
    license.notes = "poison".into();
}

/// Syncs eight changes, one of which Halo refuses together with what came with it.
fn one_of_eight_is_refused(fault: Fault) {
    let stage = Stage::new();
    let mapping = stage.with_plain(8);
    stage.add_seats(&mapping, 1);
    let bad = mapping[2].2;
    let before = stage.count(bad);
    poison(&stage, bad);
    stage.faults([fault]);
    let outcome = stage.sync([]).expect(4);

    let good: Vec<_> = mapping.iter().filter(|row| row.2 != bad).cloned().collect();
    stage.expect_sums(&good);
    for (_, _, license) in &good {
        assert_eq!(outcome.change(*license)["status"], "updated", "{outcome}");
    }
    let failed = outcome.change(bad);
    assert_eq!(failed["status"], "failed", "{outcome}");
    assert_eq!(stage.count(bad), before);
    // Halo's own words.
    let name = stage.world().licenses[&bad].name.clone();
    assert_eq!(
        failed["reason"],
        json!(format!(
            "The licence {name} cannot be saved: it is managed by an integration"
        ))
    );
    assert_eq!(
        outcome.json()["summary"],
        json!({"updated": 7, "unchanged": 0, "planned": 0, "skipped": 0, "failed": 1})
    );

    // The ledger has the same.
    let run = stage.last_run();
    assert_eq!(run["state"], "partial");
    assert_eq!(run["summary"]["updated"], 7);
    assert_eq!(run["summary"]["failed"], 1);
    let recorded = change_in(&run, bad);
    assert_eq!(recorded["status"], "failed", "{run}");
    assert_eq!(recorded["reason"], failed["reason"], "{run}");

    // Once Halo takes it, it is written; the others are left in peace.
    stage.faults([]);
    stage.sandbox.forget_received();
    let next = stage.sync([]).expect(0);
    assert_eq!(next.json()["summary"]["updated"], 1, "{next}");
    stage.expect_sums(&mapping);
}

fn change_in(run: &Value, license: i64) -> Value {
    let changes = run["changes"].as_array().expect("an array");
    let found = changes.iter().find(|change| change["license"]["id"] == license);
    found.expect("the license is in the run").clone()
}

#[test]
fn a_refused_batch_is_split_until_the_bad_one_stands_alone() {
    one_of_eight_is_refused(Fault::RefuseBatch);
}

#[test]
fn a_batch_that_was_written_in_part_is_no_different() {
    one_of_eight_is_refused(Fault::RefusePartial);
}

#[test]
fn people_see_what_was_refused_and_why() {
    let stage = Stage::new();
    let mapping = stage.with_plain(4);
    stage.add_seats(&mapping, 1);
    poison(&stage, mapping[0].2);
    poison(&stage, mapping[3].2);
    stage.faults([Fault::RefuseBatch]);
    stage.run(["sync-seats", "--yes"]).expect(4).prints([
        "Planned (4):",
        "Failed (2):",
        "2 updated",
        "2 failed",
        "managed by an integration",
    ]);
}

#[test]
fn an_unclear_answer_is_settled_by_reading_back() {
    let stage = Stage::new();
    let mapping = stage.with_plain(5);
    for (round, fault) in [
        Fault::BadGatewayAfter,
        Fault::DropAfter,
        Fault::DropBefore,
        Fault::HalfBody,
        Fault::HalfJson,
        Fault::BadGateway,
    ]
    .into_iter()
    .enumerate()
    {
        stage.add_seats(&mapping, 1);
        let changes = stage.world().license_changes.len();
        stage.faults([fault]);
        stage.sandbox.forget_received();
        let outcome = stage.sync([]);
        assert_eq!(outcome.code, Some(0), "{fault}: {outcome}");
        assert_eq!(outcome.json()["summary"]["updated"], 5, "{fault}: {outcome}");
        stage.expect_sums(&mapping);
        // Each license changed once, whatever was sent twice.
        assert_eq!(
            stage.world().license_changes.len() - changes,
            5,
            "{fault}: {outcome}"
        );
        let received = stage.sandbox.received();
        let last = received.last().expect("something was received");
        assert_eq!(last.method, "GET", "{fault}: nothing was read back\n{outcome}");
        expect_counted(&stage, &outcome);
        let run = &stage.runs()[round + 1];
        assert_eq!(run["state"], "done", "{fault}");
        for change in run["changes"].as_array().expect("an array") {
            assert_eq!(change["status"], "updated", "{fault}: {change}");
            assert_eq!(change["verified"], true, "{fault}: {change}");
        }
    }
}

/// Requests that failed are counted as the others are.
fn expect_counted(stage: &Stage, outcome: &Outcome) {
    assert_eq!(
        outcome.json()["requests"]["halo"],
        json!(stage.halo_count()),
        "{outcome}"
    );
}

#[test]
fn a_write_that_halo_takes_and_forgets_is_reported() {
    let stage = Stage::with(Options {
        latency: Duration::from_millis(150),
        ..Options::default()
    });
    let mapping = stage.with_plain(2);
    stage.add_seats(&mapping, 1);
    let running = stage.start(["sync-seats", "--yes", "-o", "json"]);
    let license = mapping[0].2;
    stage.wait_for("the write", |received| {
        received
            .iter()
            .any(|request| request.method == "POST" && request.path == LICENSES)
    });
    // Somebody else is faster than the reading back.
    stage.world().set_license_count(license, 999, "Alex Agent");
    let outcome = running.end().expect(4);
    assert_eq!(outcome.change(license)["status"], "failed", "{outcome}");
    assert_eq!(outcome.change(mapping[1].2)["status"], "updated", "{outcome}");
    assert_eq!(stage.count(license), 999, "it is not fought over");
}

#[test]
fn a_storm_of_429_without_retry_after_is_waited_out() {
    let stage = Stage::new();
    let mapping = stage.with_plain(2);
    stage.add_seats(&mapping, 1);
    // The first pause is five seconds, the next ten.
    stage.faults([Fault::RateStorm]);
    let outcome = stage
        .sync(["--patience", "6"])
        .expect(75)
        .says(["waiting 5 s", "of the 6 s that --patience allows"]);
    assert_eq!(outcome.json()["error"]["kind"], "try_later", "{outcome}");

    // What is left of the storm.
    stage.sandbox.forget_received();
    let outcome = stage.sync([]).expect(0).says(["waiting ", "rate limit"]);
    stage.expect_sums(&mapping);
    let refused = stage
        .sandbox
        .received()
        .iter()
        .filter(|request| request.status == Some(429))
        .count();
    assert!(refused >= 1, "there was no storm left\n{outcome}");
    expect_counted(&stage, &outcome);
}

#[test]
fn a_permission_lost_in_the_middle_ends_the_run_with_its_report() {
    let stage = Stage::with(Options {
        organizations: 1300,
        latency: Duration::from_millis(20),
        ..Options::default()
    });
    stage.connect();
    stage.map_all();
    let mapping = stage.plain(1298);
    stage.add_seats(&mapping, 1);
    let granted = stage.world().granted_scopes.clone();
    // Six requests later the token is dead, and the next one may not write any more.
    stage.faults([Fault::TokenDies]);
    stage.sandbox.forget_received();
    let running = stage.start(["sync-seats", "--yes", "-o", "json"]);
    stage.wait_for("a token request", |received| {
        received.iter().any(|request| request.path == "/auth/token")
    });
    stage
        .world()
        .granted_scopes
        .retain(|scope| scope != "edit:softwarelicensing" && !scope.starts_with("all"));
    let outcome = running.end().expect(3).says(["edit:softwarelicensing"]);

    // Two pages were read and four batches of 250 written.
    assert_eq!(
        outcome.json()["summary"],
        json!({"updated": 1000, "unchanged": 0, "planned": 0, "skipped": 2, "failed": 298}),
    );
    let document = outcome.json();
    let changes: HashMap<i64, &Value> = document["changes"]
        .as_array()
        .expect("changes is an array")
        .iter()
        .map(|change| (change["license"]["id"].as_i64().expect("an id"), change))
        .collect();
    let (done, open): (Vec<_>, Vec<_>) = mapping
        .iter()
        .cloned()
        .partition(|row| changes[&row.2]["status"] == "updated");
    for (_, _, license) in &open {
        let change = changes[license];
        assert_eq!(change["status"], "failed", "{change}");
        let reason = change["reason"].as_str().expect("a reason");
        assert!(reason.contains("edit:softwarelicensing"), "{reason}");
        assert_eq!(json!(stage.count(*license)), change["from"], "{change}");
    }
    stage.expect_sums(&done);

    let run = stage.last_run();
    assert_eq!(run["state"], "failed");
    assert_eq!(run["summary"]["updated"], 1000);
    assert_eq!(run["summary"]["failed"], 298);
    let error = run["error"].as_str().expect("an error");
    assert!(error.contains("edit:softwarelicensing"), "{error}");

    stage.faults([]);
    stage.world().granted_scopes = granted;
    let next = stage.sync([]).expect(0);
    assert_eq!(
        next.json()["summary"]["updated"],
        json!(open.len()),
        "{}",
        next.stderr
    );
    stage.expect_sums(&mapping);
}

#[test]
fn an_organization_with_two_different_rows_is_held_back_alone() {
    let stage = Stage::new();
    let mapping = stage.with_plain(6);
    stage.add_seats(&mapping, 1);
    let bad = mapping[1].2;
    let before = stage.count(bad);
    {
        let mut world = stage.world();
        let found = world.organizations.iter().find(|found| found.id == mapping[1].0);
        let mut again = found.expect("it is there").clone();
        again.seats_used += 2;
        world.organizations.push(again);
    }
    let outcome = stage.sync([]).expect(4);
    let held = outcome.change(bad);
    assert_eq!(held["status"], "skipped", "{outcome}");
    let reason = held["reason"].as_str().expect("a reason");
    assert!(reason.contains("two different rows"), "{reason}");
    assert_eq!(stage.count(bad), before);
    assert_eq!(outcome.json()["summary"]["updated"], 5, "{outcome}");
    stage
        .run(["list", "organizations"])
        .expect(0)
        .says(["two different rows", &mapping[1].0]);
}
