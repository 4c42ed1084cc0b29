//! `kill -9`, at any moment.

use std::{thread, time::Duration};

use crate::support::{Running, Stage};
use halolink::sandbox::{Fault, Options, Received};
use serde_json::{Value, json};

/// Waited before every answer.
const LATENCY: Duration = Duration::from_millis(100);
const ROUNDS: usize = 10;

fn stage() -> Stage {
    Stage::with(Options {
        latency: LATENCY,
        ..Options::default()
    })
}

fn start(stage: &Stage) -> Running {
    stage.sandbox.forget_received();
    stage.start(["sync-seats", "--yes"])
}

fn is_write(request: &Received) -> bool {
    request.method == "POST" && request.path == "/api/SoftwareLicence"
}

#[track_caller]
fn changes(run: &Value) -> &Vec<Value> {
    run["changes"].as_array().expect("an array")
}

/// Ten rounds: a change of seats, a run killed at another moment each time, and one good run.
#[test]
fn killed_at_any_moment_the_next_run_completes_it() {
    let stage = stage();
    let mapping = stage.sync_plain(6);
    let mut interrupted = 0;
    for round in 0..ROUNDS {
        stage.add_seats(&mapping, 1);
        let by_us = stage.world().license_changes.len();
        let running = start(&stage);
        // After so many requests, and in the middle of the next.
        stage.wait_for("some requests", |received| received.len() >= round % 5);
        thread::sleep(LATENCY * (round as u32 % 3) / 2);
        let killed = running.kill();

        let good = stage.sync(["--wait", "0"]).expect(0);
        stage.expect_sums(&mapping);
        assert!(!good.stderr.contains("changed in Halo"), "round {round}: {good}");
        for change in good.json()["changes"].as_array().expect("an array") {
            assert_eq!(change["drift_from"], json!(null), "round {round}: {good}");
            // One more than before, nothing twice.
            let license = change["license"]["id"].as_i64().expect("an id");
            let written = stage.world().license_changes[by_us..]
                .iter()
                .filter(|change| change.licence_id == license)
                .count();
            assert_eq!(written, 1, "round {round}: {good}");
        }

        let runs = stage.runs();
        assert_eq!(runs.last().expect("a run")["state"], "done", "round {round}");
        // A run that was killed before it began left none; one that was killed after its end is done.
        for run in &runs {
            let state = run["state"].as_str().expect("a state");
            assert!(["done", "interrupted"].contains(&state), "round {round}: {run}");
            for change in changes(run) {
                assert_ne!(change["status"], "intended", "round {round}: {run}");
            }
        }
        let now = runs.iter().filter(|run| run["state"] == "interrupted").count();
        assert!(killed || now == interrupted, "round {round}");
        interrupted = now;
    }
    assert!(
        interrupted >= ROUNDS / 2,
        "only {interrupted} runs were interrupted"
    );

    // The ledger is whole: from one quantity to the next, without a gap.
    let organization = &mapping[0].0;
    let points = stage
        .run(["history", organization, "-o", "json"])
        .expect(0)
        .json();
    let written: Vec<&Value> = points
        .as_array()
        .expect("an array")
        .iter()
        .filter(|point| point["verified"] == true)
        .collect();
    for pair in written.windows(2) {
        assert_eq!(pair[1]["from"], pair[0]["to"], "{points}");
    }
    assert_eq!(
        written.last().expect("a point")["to"],
        json!(stage.seats(organization))
    );
}

/// A run that was killed after Halo took its write, and before it was told so.
#[track_caller]
fn killed_after_the_write(stage: &Stage, mapping: &[(String, i64, i64)]) {
    stage.add_seats(mapping, 1);
    let running = start(stage);
    stage.wait_for("the write", |received| received.iter().any(is_write));
    assert!(running.kill(), "it ended too early");
    stage.expect_sums(mapping);
}

#[test]
fn what_a_killed_run_wrote_is_settled_by_the_next() {
    let stage = stage();
    let mapping = stage.sync_plain(4);
    killed_after_the_write(&stage, &mapping);

    let next = stage
        .sync([])
        .expect(0)
        .says(["The record of an interrupted run was completed"]);
    assert_eq!(next.json()["summary"]["unchanged"], 4, "{next}");
    let runs = stage.runs();
    let killed = &runs[1];
    assert_eq!(killed["state"], "interrupted");
    assert_eq!(changes(killed).len(), 4, "{killed}");
    for change in changes(killed) {
        assert_eq!(change["status"], "updated", "{killed}");
        assert_eq!(change["verified"], true, "{killed}");
        assert!(
            change["reason"]
                .as_str()
                .is_some_and(|why| why.contains("interrupted")),
            "{killed}"
        );
    }
    // Said once.
    let next = stage.sync([]).expect(0);
    assert!(!next.stderr.contains("interrupted"), "{next}");
}

#[test]
fn what_a_killed_run_did_not_write_is_written_by_the_next() {
    let stage = stage();
    let mapping = stage.sync_plain(4);
    stage.add_seats(&mapping, 1);
    let before = stage.world().licenses.clone();
    // Slow, so that there is time to see what it is about to do.
    stage.faults([Fault::SlowAnswers]);
    let running = start(&stage);
    stage.wait_for("the licenses", |received| {
        received
            .iter()
            .any(|request| request.path == "/api/SoftwareLicence")
    });
    let is_intended = |run: &Value| !changes(run).is_empty();
    while !is_intended(&stage.last_run()) {
        assert_eq!(
            stage.world().licenses,
            before,
            "nothing is written before it is recorded"
        );
    }
    for change in changes(&stage.last_run()) {
        assert_eq!(change["status"], "intended", "{change}");
    }
    assert!(running.kill(), "it ended too early");
    stage.faults([]);
    assert_eq!(stage.world().licenses, before);

    let next = stage.sync([]).expect(0);
    stage.expect_sums(&mapping);
    assert_eq!(next.json()["summary"]["updated"], 4, "{next}");
    let runs = stage.runs();
    assert_eq!(runs[1]["state"], "interrupted");
    assert_eq!(changes(&runs[1]).len(), 4, "{}", runs[1]);
    for change in changes(&runs[1]) {
        assert_eq!(change["status"], "lost", "{}", runs[1]);
        assert_eq!(change["verified"], false, "{}", runs[1]);
    }
}

#[test]
fn a_killed_run_is_settled_by_a_run_about_other_licenses() {
    let stage = stage();
    let mapping = stage.sync_plain(4);
    killed_after_the_write(&stage, &mapping);
    stage.sync([&mapping[3].0]).expect(0);
    for change in changes(&stage.runs()[1]) {
        assert_eq!(change["status"], "updated", "{change}");
    }
    let next = stage.sync([]).expect(0);
    for (_, _, license) in &mapping {
        assert_eq!(next.change(*license)["drift_from"], json!(null), "{next}");
    }
}

#[test]
fn a_killed_run_shows_as_interrupted_before_the_next_one_too() {
    let stage = stage();
    let mapping = stage.sync_plain(2);
    killed_after_the_write(&stage, &mapping);
    assert_eq!(stage.last_run()["state"], "interrupted");
    let status = stage.run(["status", "-o", "json"]).expect(0).json();
    assert_eq!(status["last_sync"]["state"], "interrupted", "{status}");
}

#[test]
fn a_run_that_runs_shows_as_running() {
    let stage = stage();
    let mapping = stage.sync_plain(2);
    stage.add_seats(&mapping, 1);
    let running = start(&stage);
    stage.wait_for("a token request", |received| !received.is_empty());
    assert_eq!(stage.last_run()["state"], "running");
    running.end().expect(0);
    assert_eq!(stage.last_run()["state"], "done");
}

#[test]
fn the_totals_of_an_interrupted_run_are_those_of_its_changes() {
    let stage = stage();
    let mapping = stage.sync_plain(2);
    killed_after_the_write(&stage, &mapping);
    stage.sync([]).expect(0);
    let killed = &stage.runs()[1];
    assert_eq!(killed["summary"]["updated"], 2, "{killed}");
}

#[test]
fn a_killed_run_is_no_drift_in_a_dry_run_either() {
    let stage = stage();
    let mapping = stage.sync_plain(2);
    killed_after_the_write(&stage, &mapping);
    let dry = stage.sync(["--dry-run"]).expect(0);
    assert_eq!(dry.json()["summary"]["unchanged"], 2, "{dry}");
    for (_, _, license) in &mapping {
        assert_eq!(dry.change(*license)["drift_from"], json!(null), "{dry}");
    }
    // It only looked.
    assert_eq!(changes(&stage.runs()[1])[0]["status"], "intended");
}
