//! `undo`: what a run wrote is put back where Halo still shows it, and nowhere else.

use std::time::Duration;

use crate::support::{Outcome, Stage};
use halolink::sandbox::{Options, Received};
use serde_json::{Value, json};

const LICENSES: &str = "/api/SoftwareLicence";

/// Synced, then seats added and synced again: the number of that run, and the mapping.
fn grown(count: usize, more: i64) -> (Stage, Vec<(String, i64, i64)>, i64) {
    let (stage, mapping) = Stage::synced_with(count);
    stage.add_seats(&mapping, more);
    stage.sync(["--force"]).expect(0);
    let run = last(&stage);
    stage.sandbox.forget_received();
    (stage, mapping, run)
}

fn last(stage: &Stage) -> i64 {
    stage.last_run()["run"].as_i64().expect("a number")
}

fn undo<const N: usize>(stage: &Stage, run: i64, more: [&str; N]) -> Outcome {
    let run = run.to_string();
    stage.run(["undo", &run, "-o", "json", "--yes"].into_iter().chain(more))
}

fn counts(stage: &Stage, mapping: &[(String, i64, i64)]) -> Vec<i64> {
    mapping
        .iter()
        .map(|(_, _, license)| stage.count(*license))
        .collect()
}

#[test]
fn a_run_is_taken_back_as_a_run_of_its_own() {
    let (stage, mapping) = Stage::synced_with(3);
    let before = counts(&stage, &mapping);
    stage.add_seats(&mapping, 1);
    stage.sync([]).expect(0);
    let run = last(&stage);
    let recorded = stage.runs();

    let dry = undo(&stage, run, ["--dry-run"]).expect(0);
    assert_eq!(dry.json()["summary"]["planned"], 3, "{dry}");
    assert_eq!(stage.runs(), recorded, "a dry run is no run");
    stage.sandbox.forget_received();
    let outcome = undo(&stage, run, ["--note", "the  metric\nwas wrong"]).expect(0);
    assert_eq!(outcome.json()["command"], "undo");
    assert_eq!(outcome.json()["undoes"], run);
    assert_eq!(outcome.json()["summary"]["updated"], 3, "{outcome}");
    assert_eq!(counts(&stage, &mapping), before);
    for ((_, _, license), before) in mapping.iter().zip(&before) {
        let change = outcome.change(*license);
        assert_eq!(
            (&change["from"], &change["to"]),
            (&json!(before + 1), &json!(before)),
            "{change}"
        );
    }
    // Sign in, read the licenses, write, read back.
    assert_eq!(stage.halo_count(), 4);
    assert_eq!(stage.received_counts().1, 0, "SaaS Backup has no say in it");

    let runs = stage.runs();
    let undo = runs.last().expect("a run");
    assert_eq!(undo["command"], "undo");
    assert_eq!(undo["state"], "done");
    assert_eq!(undo["undoes"], run);
    assert_eq!(undo["note"], "the metric was wrong");
    let taken_back = &runs[runs.len() - 2];
    assert_eq!(taken_back["taken_back_by"], json!([undo["run"]]));
    assert_eq!(taken_back["changes"], recorded.last().expect("a run")["changes"]);
    stage.run(["history"]).expect(0).prints([
        &format!("takes back run {run}"),
        "taken back by run",
        "the metric was wrong",
    ]);
}

#[test]
fn the_next_sync_says_that_it_writes_it_again_and_calls_it_no_drift() {
    let (stage, mapping, run) = grown(2, 1);
    undo(&stage, run, []).expect(0);
    let back = last(&stage);
    let (_, _, license) = &mapping[0];
    let dry = stage.sync(["--dry-run"]).expect(0);
    let change = dry.change(*license);
    assert_eq!(change["undone_by"], back, "{change}");
    assert_eq!(change["drift_from"], json!(null), "{change}");
    assert_eq!(change["status"], "planned");
    stage
        .run(["sync-seats", "--dry-run"])
        .expect(0)
        .prints([&format!("run {back} took it back (undo); this writes it again")]);
    stage.sync([]).expect(0);
    stage.expect_sums(&mapping);
    let next = stage.sync([]).expect(0);
    assert_eq!(next.change(*license)["undone_by"], json!(null), "{next}");
}

#[test]
fn only_the_named_organizations_licenses() {
    let (stage, mapping, run) = grown(3, 1);
    let outcome = undo(&stage, run, [mapping[1].0.as_str()]).expect(0);
    assert_eq!(
        outcome.json()["changes"].as_array().map(Vec::len),
        Some(1),
        "{outcome}"
    );
    stage.expect_sums(&[mapping[0].clone(), mapping[2].clone()]);
    assert_eq!(stage.count(mapping[1].2), stage.seats(&mapping[1].0) - 1);
    undo(&stage, run, ["Zzyzx"]).expect(2).says([]);
}

#[test]
fn what_someone_changed_since_is_left_alone_even_with_force() {
    let (stage, mapping, run) = grown(3, 1);
    let (_, _, license) = &mapping[0];
    stage.world().set_license_count(*license, 77, "Alex Agent");
    let (_, _, by_hand) = &mapping[1];
    let before = stage.seats(&mapping[1].0) - 1;
    stage.world().set_license_count(*by_hand, before, "Alex Agent");
    for force in [&["--dry-run"][..], &["--force"]] {
        let arguments = ["undo", &run.to_string(), "-o", "json", "--yes"];
        let outcome = stage.run([&arguments[..], force].concat()).expect(4);
        let change = outcome.change(*license);
        assert_eq!(change["status"], "skipped", "{change}");
        assert_eq!(change["reason_code"], "changed_since", "{change}");
        assert_eq!(change["drift_by"], "Alex Agent", "{change}");
        let change = outcome.change(*by_hand);
        assert_eq!(change["status"], "unchanged", "{change}");
        assert_eq!(change["drift_by"], "Alex Agent", "{change}");
    }
    assert_eq!(stage.count(*license), 77);
    assert_eq!(stage.count(*by_hand), before);
    assert_eq!(stage.count(mapping[2].2), stage.seats(&mapping[2].0) - 1);
    // The one that was put back by hand is no drift any more.
    let dry = stage.sync(["--dry-run"]);
    assert_eq!(dry.change(*by_hand)["drift_from"], json!(null), "{dry}");
}

#[test]
fn what_a_later_run_wrote_is_taken_back_first() {
    let (stage, mapping, run) = grown(1, 1);
    stage.add_seats(&mapping, 1);
    stage.sync([]).expect(0);
    let later = last(&stage);
    let outcome = undo(&stage, run, []).expect(4);
    let change = outcome.first_change();
    assert_eq!(change["reason_code"], "written_since", "{change}");
    let why = change["reason"].as_str().expect("a reason");
    assert!(why.contains(&format!("halolink undo {later}")), "{why}");
    assert!(!stage.halo_requests("POST", LICENSES).is_empty(), "by the sync");
    undo(&stage, later, []).expect(0);
    undo(&stage, run, []).expect(0);
    assert_eq!(stage.count(mapping[0].2), stage.seats(&mapping[0].0) - 2);
}

#[test]
fn an_undo_can_be_taken_back() {
    let (stage, mapping, run) = grown(2, 1);
    undo(&stage, run, []).expect(0);
    let back = last(&stage);
    undo(&stage, back, []).expect(0);
    stage.expect_sums(&mapping);
    let next = stage.sync([]).expect(0);
    assert_eq!(next.json()["summary"]["unchanged"], 2, "{next}");
    // Once more: nothing is left to do.
    let again = undo(&stage, back, []).expect(0);
    assert_eq!(again.json()["summary"]["unchanged"], 2, "{again}");
}

#[test]
fn what_is_too_large_is_held_back_until_forced() {
    let (stage, mapping, run) = grown(1, 5000);
    let after = counts(&stage, &mapping);
    let outcome = undo(&stage, run, []).expect(4);
    let change = outcome.first_change();
    assert_eq!(change["reason_code"], "change_too_much", "{change}");
    assert_eq!(counts(&stage, &mapping), after);
    let why = change["reason"].as_str().expect("a reason");
    assert!(why.contains("--force") && !why.contains("--max-change"), "{why}");
    undo(&stage, run, ["--force"]).expect(0);
    assert_eq!(stage.count(mapping[0].2), stage.seats(&mapping[0].0) - 5000);

    // The guards of the next sync see what they saw before.
    let next = stage.sync([]).expect(4);
    assert_eq!(next.first_change()["reason_code"], "change_too_much", "{next}");
}

#[test]
fn many_that_are_too_large_stop_the_rest() {
    let (stage, mapping, run) = grown(4, 5000);
    let after = counts(&stage, &mapping);
    let outcome = undo(&stage, run, []).expect(4);
    assert_eq!(outcome.json()["summary"]["skipped"], 4, "{outcome}");
    outcome.says(["nothing is put back", "--force"]);
    assert_eq!(counts(&stage, &mapping), after);
}

#[test]
fn nobody_is_asked_without_a_terminal_and_nothing_is_written() {
    let (stage, mapping, run) = grown(1, 1);
    stage.run(["undo", &run.to_string()]).expect(2).says(["--yes"]);
    stage.expect_sums(&mapping);
}

#[test]
fn runs_that_cannot_be_taken_back() {
    let (stage, _, run) = grown(1, 1);
    undo(&stage, 999, [])
        .expect(2)
        .says(["there is no run 999", "halolink history"]);
    stage.sync([]).expect(0);
    undo(&stage, last(&stage), [])
        .expect(2)
        .says(["changed no quantity", "halolink history"]);
    let connect = stage.connect_arguments();
    let other = connect.iter().map(String::as_str).chain(["--profile", "brand"]);
    stage.run(other).expect(0);
    undo(&stage, run, ["--profile", "brand"])
        .expect(2)
        .says([&format!("halolink undo {run} --profile default")]);
    stage.run(["undo", "0"]).expect(2);
    stage
        .run(["undo", "1", "--note", " "])
        .expect(2)
        .says(["the note is empty"]);
}

#[test]
fn a_license_that_was_set_to_0_gets_its_quantity_again() {
    let stage = Stage::mapped_to(&[("1788161-14", 21, 17)]);
    stage.sync([]).expect(0);
    let before = stage.count(17);
    let anew = [
        "--customer",
        "22",
        "--license",
        "19",
        "--old-license",
        "0",
        "--yes",
    ];
    stage
        .run([&["map-org", "1788161-14"][..], &anew].concat())
        .expect(0);
    assert_eq!(stage.count(17), 0);
    let run = last(&stage);
    let outcome = undo(&stage, run, []);
    // A rise from 0 by more than 5.
    let outcome = if before > 5 {
        outcome.expect(4);
        undo(&stage, run, ["--force"]).expect(0)
    } else {
        outcome.expect(0)
    };
    assert_eq!(outcome.first_change()["status"], "updated", "{outcome}");
    assert_eq!(stage.count(17), before);
}

#[test]
fn a_license_that_is_gone_inactive_or_moved_is_blocked() {
    let (stage, mapping, run) = grown(4, 1);
    {
        let mut world = stage.world();
        world.licenses.remove(&mapping[0].2);
        let owner = mapping[3].1;
        world.licenses.get_mut(&mapping[1].2).expect("there").is_active = false;
        world.licenses.get_mut(&mapping[2].2).expect("there").client_id = owner;
    }
    let outcome = undo(&stage, run, ["--force"]).expect(4);
    let code = |place: usize| outcome.change(mapping[place].2)["reason_code"].clone();
    assert_eq!(
        [code(0), code(1), code(2), code(3)],
        [
            json!("license_gone"),
            json!("license_inactive"),
            json!("license_moved"),
            json!(null)
        ],
        "{outcome}"
    );
}

#[test]
fn an_undone_first_sync_is_a_first_sync_again() {
    let (stage, mapping) = Stage::mapped_with(1);
    let (organization, _, license) = &mapping[0];
    let before = stage.count(*license);
    stage.set_seats(organization, before + 1);
    stage.sync([]).expect(0);
    undo(&stage, last(&stage), []).expect(0);
    let next = stage.sync(["--dry-run"]).expect(0);
    assert_eq!(next.change(*license)["first"], true, "{next}");
    assert_eq!(next.change(*license)["from"], before, "{next}");
}

#[test]
fn a_shared_license_gets_back_the_shares_of_before() {
    let stage = Stage::mapped_to(&[("1788161-14", 21, 17), ("1788161-15", 21, 17)]);
    stage.sync(["--force"]).expect(0);
    let (one, other) = (stage.seats("1788161-14"), stage.seats("1788161-15"));
    // One falls to almost nothing while the other rises: held back, and forced.
    stage.set_seats("1788161-14", 1);
    stage.set_seats("1788161-15", one + other + 1);
    stage.sync(["--force"]).expect(0);
    assert_eq!(stage.count(17), one + other + 2);
    undo(&stage, last(&stage), []).expect(0);
    assert_eq!(stage.count(17), one + other);
    let points = stage
        .run(["history", "1788161-14", "-o", "json"])
        .expect(0)
        .json();
    let points = points.as_array().expect("an array");
    assert_eq!(points.last().expect("a point")["seats"], one);
    // The guards judge the same change again, organization by organization.
    let next = stage.sync([]).expect(4);
    let why = next.first_change()["reason"].to_string();
    assert!(why.contains("percent from"), "{why}");
}

#[test]
fn a_mapping_that_ended_since_does_not_matter() {
    let (stage, mapping, run) = grown(1, 1);
    stage.run(["unlink", &mapping[0].0, "--yes"]).expect(0);
    undo(&stage, run, []).expect(0);
    assert_eq!(stage.count(mapping[0].2), stage.seats(&mapping[0].0) - 1);
}

fn is_write(request: &Received) -> bool {
    request.method == "POST" && request.path == LICENSES
}

fn slow() -> (Stage, Vec<(String, i64, i64)>, i64) {
    let stage = Stage::with(Options {
        latency: Duration::from_millis(100),
        ..Options::default()
    });
    let mapping = stage.sync_plain(3);
    stage.add_seats(&mapping, 1);
    stage.sync([]).expect(0);
    let run = last(&stage);
    stage.sandbox.forget_received();
    (stage, mapping, run)
}

#[test]
fn a_killed_undo_is_settled_by_the_next_sync_or_undo() {
    for next in ["sync-seats", "undo"] {
        let (stage, mapping, run) = slow();
        let running = stage.start(["undo", &run.to_string(), "--yes"]);
        stage.wait_for("the write", |received| received.iter().any(is_write));
        assert!(running.kill(), "it ended too early");
        let killed = last(&stage);
        assert_eq!(stage.last_run()["state"], "interrupted");
        if next == "undo" {
            let outcome = undo(&stage, run, [])
                .expect(0)
                .says(["The record of an interrupted run was completed"]);
            assert_eq!(outcome.json()["summary"]["unchanged"], 3, "{outcome}");
        }
        let outcome = stage.sync([]).expect(0);
        for (_, _, license) in &mapping {
            let change = outcome.change(*license);
            assert_eq!(change["drift_from"], json!(null), "{outcome}");
            assert_eq!(change["undone_by"], killed, "{outcome}");
            assert_eq!(change["status"], "updated", "{outcome}");
        }
        stage.expect_sums(&mapping);
        let runs = stage.runs();
        let killed: &Value = runs.iter().find(|run| run["run"] == killed).expect("recorded");
        for change in killed["changes"].as_array().expect("an array") {
            assert_eq!(change["status"], "updated", "{killed}");
        }
    }
}

#[test]
fn a_killed_sync_is_settled_and_taken_back() {
    let (stage, mapping, _) = slow();
    stage.add_seats(&mapping, 1);
    let running = stage.start(["sync-seats", "--yes"]);
    stage.wait_for("the write", |received| received.iter().any(is_write));
    assert!(running.kill(), "it ended too early");
    let run = last(&stage);
    let dry = undo(&stage, run, ["--dry-run"]).expect(0);
    assert_eq!(dry.json()["summary"]["planned"], 3, "{dry}");
    undo(&stage, run, [])
        .expect(0)
        .says(["The record of an interrupted run was completed"]);
    for (organization, _, license) in &mapping {
        assert_eq!(stage.count(*license), stage.seats(organization) - 1);
    }
}

#[test]
fn an_undo_and_a_sync_take_turns() {
    let (stage, mapping, run) = slow();
    let running = stage.start(["undo", &run.to_string(), "--yes"]);
    stage.wait_for("a token request", |received| !received.is_empty());
    assert_eq!(stage.last_run()["state"], "running");
    stage.sync(["--wait", "0"]).expect(75);
    stage.sync(["--wait", "30"]).expect(0);
    running.end().expect(0);
    stage.expect_sums(&mapping);
}
