//! Two processes at once.

use std::time::Duration;

use crate::support::{Running, Stage};
use halolink::sandbox::{Options, Received, Service};
use serde_json::json;

const SYNC: [&str; 4] = ["sync-seats", "--yes", "-o", "json"];

/// A sandbox that takes its time.
fn slow() -> Stage {
    Stage::with(Options {
        latency: Duration::from_millis(250),
        ..Options::default()
    })
}

/// Starts a sync and waits until it holds the lock: it has begun to ask.
fn begun(stage: &Stage) -> Running {
    stage.sandbox.forget_received();
    let running = stage.start(SYNC);
    stage.wait_for("a token request", |received| {
        received.iter().any(|request| request.path == "/auth/token")
    });
    running
}

fn is_list(request: &Received) -> bool {
    request.service == Service::Backup && request.path == "/api/users"
}

#[test]
fn a_second_run_that_may_not_wait_leaves_and_names_the_holder() {
    let stage = slow();
    let mapping = stage.sync_plain(4);
    stage.add_seats(&mapping, 1);
    let first = begun(&stage);
    let holder = format!("process {}", first.child.id());
    let second = stage
        .sync(["--wait", "0"])
        .expect(75)
        .says(["already being done by", &holder]);
    assert_eq!(second.json()["error"]["kind"], "try_later", "{second}");
    let message = second.json()["error"]["message"].to_string();
    assert!(message.contains(&holder), "{message}");

    let first = first.end().expect(0);
    assert_eq!(first.json()["summary"]["updated"], 4, "{first}");
    stage.expect_sums(&mapping);
    // The one that left is no run.
    assert_eq!(stage.runs().len(), 2);
}

#[test]
fn a_second_run_waits_for_the_first() {
    let stage = slow();
    let mapping = stage.sync_plain(4);
    stage.add_seats(&mapping, 1);
    let first = begun(&stage);
    let second = stage.sync(["--wait", "60"]).expect(0);
    // The first did it all, and it is no drift to the second.
    assert_eq!(second.json()["summary"]["unchanged"], 4, "{second}");
    assert_eq!(second.change(mapping[0].2)["drift_from"], json!(null), "{second}");
    let first = first.end().expect(0);
    assert_eq!(first.json()["summary"]["updated"], 4, "{first}");
    stage.expect_sums(&mapping);
    let states: Vec<_> = stage.runs().iter().map(|run| run["state"].clone()).collect();
    assert_eq!(states, ["done", "done", "done"]);
}

#[test]
fn a_dry_run_needs_no_lock() {
    let stage = slow();
    stage.sync_plain(2);
    let first = begun(&stage);
    stage.sync(["--dry-run"]).expect(0);
    first.end().expect(0);
}

#[test]
fn a_lock_left_by_a_killed_process_is_taken_over_at_once() {
    let stage = slow();
    let mapping = stage.sync_plain(4);
    stage.add_seats(&mapping, 1);
    assert!(begun(&stage).kill(), "it ended too early");
    stage.sync(["--wait", "0"]).expect(0);
    stage.expect_sums(&mapping);
}

#[test]
fn other_profiles_do_not_wait() {
    let stage = slow();
    let mapping = stage.sync_plain(2);
    stage.add_seats(&mapping, 1);
    let mut connect = stage.connect_arguments();
    connect.extend(["--profile".to_owned(), "other".to_owned()]);
    stage.run(connect).expect(0);
    let others = stage.plain(3);
    let (organization, customer, license) = &others[2];
    let (customer, license) = (customer.to_string(), license.to_string());
    stage
        .run([
            "--profile",
            "other",
            "map-org",
            organization,
            "--customer",
            &customer,
            "--license",
            &license,
        ])
        .expect(0);
    let first = begun(&stage);
    stage.sync(["--wait", "0", "--profile", "other"]).expect(0);
    first.end().expect(0);
    stage.expect_sums(&others);
}

#[test]
fn mapping_and_syncing_at_the_same_time_are_safe() {
    let stage = slow();
    let mapping = stage.plain(12);
    stage.connect();
    stage.map_these(&mapping[..6]);
    let mut rows = String::from("organization,customer,license\n");
    for (organization, customer, license) in &mapping {
        rows.push_str(&format!("{organization},{customer},{license}\n"));
    }
    let file = stage.file(rows.as_bytes()).display().to_string();
    let sync = begun(&stage);
    let map = stage.start(["map-org", "--from", &file]);
    let sync = sync.end().expect(0);
    map.end().expect(0);
    assert_eq!(sync.json()["changes"].as_array().map(Vec::len), Some(6), "{sync}");
    stage.expect_sums(&mapping[..6]);

    // Those that were mapped meanwhile have their first sync now; the others none.
    let next = stage.sync([]).expect(0);
    stage.expect_sums(&mapping);
    for (number, (_, _, license)) in mapping.iter().enumerate() {
        assert_eq!(next.change(*license)["first"], json!(number >= 6), "{next}");
    }
}

#[test]
fn two_who_create_the_same_license_make_one() {
    let stage = slow();
    stage.connect();
    let create = |organization: &str| {
        stage.start([
            "map-org",
            organization,
            "--customer",
            "21",
            "--create-license",
            "Brand New",
            "--yes",
        ])
    };
    let running = [create("1788161-14"), create("1788161-14"), create("Northwind")];
    for running in running {
        running.end().expect(0);
    }
    let world = stage.world();
    let made = world
        .licenses
        .values()
        .filter(|license| license.name == "Brand New");
    assert_eq!(made.count(), 1);
}

#[test]
fn unlinking_during_a_sync_is_safe() {
    let stage = slow();
    let mapping = stage.sync_plain(4);
    stage.add_seats(&mapping, 1);
    let sync = begun(&stage);
    stage.run(["unlink", &mapping[0].0, "--yes"]).expect(0);
    sync.end().expect(0);
    let next = stage.sync([]).expect(0);
    assert_eq!(next.json()["changes"].as_array().map(Vec::len), Some(3), "{next}");
    // Mapped anew, it is a first sync again.
    stage.map_these(&mapping[..1]);
    let next = stage.sync([]).expect(0);
    assert_eq!(next.change(mapping[0].2)["first"], true, "{next}");
}

#[test]
fn who_waited_works_with_what_the_first_left() {
    let stage = slow();
    stage.connect();
    let mapping = stage.world().suggested_mapping();
    let branch = mapping.last().expect("there is a branch").clone();
    let shared: Vec<_> = mapping.into_iter().filter(|row| row.2 == branch.2).collect();
    stage.map_these(&shared);
    stage.sync([]).expect(0);
    let (first, second) = (&shared[0].0, &shared[1].0);
    stage.add_seats(&shared, 2);

    // While a run counts two seats more for both, the next one waits; before it reads, one of the two is
    // suspended. What it keeps is what it has by then.
    let running = begun(&stage);
    let waiting = stage.start(["sync-seats", "--yes", "-o", "json", "--wait", "60"]);
    stage.wait_for("the write", |received| {
        received
            .iter()
            .any(|request| request.method == "POST" && request.path == "/api/SoftwareLicence")
    });
    for organization in &mut stage.world().organizations {
        organization.flg_suspended |= organization.id == *first;
    }
    running.end().expect(0);
    let waited = waiting.end().expect(0);
    assert!(
        stage
            .sandbox
            .received()
            .iter()
            .filter(|request| is_list(request))
            .count()
            >= 2
    );
    assert_eq!(
        stage.count(branch.2),
        stage.seats(first) + stage.seats(second),
        "{waited}"
    );
}

/// Holds the lock on a file for three seconds and a half while a command runs.
#[track_caller]
fn while_held(stage: &Stage, lock: &std::path::Path, arguments: &[&str]) -> crate::support::Outcome {
    let file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(lock)
        .expect("the lock file");
    file.lock().expect("nobody else has it");
    let running = stage.start(arguments.iter().copied());
    std::thread::sleep(Duration::from_millis(3500));
    file.unlock().expect("unlocked");
    running.end()
}

#[test]
fn a_wait_for_a_lock_is_explained_after_two_seconds() {
    let (stage, _) = Stage::synced_with(1);
    let mut lock = stage.state_file().into_os_string();
    lock.push(".default.sync-seats.lock");
    while_held(&stage, lock.as_ref(), &["sync-seats", "--yes", "--wait", "20"])
        .expect(0)
        .says([
            "waiting up to 18 s: sync-seats for the profile default is already being done by",
            "does not say who it is",
        ]);
    let lock = stage.config_directory().join("config.lock");
    while_held(&stage, &lock, &["revoke", "--yes"])
        .expect(0)
        .says(["waiting up to 28 s: ", "config.toml is locked (config.lock) by"]);
    // A lock names nobody who has left.
    let is_holder = |path: &std::path::PathBuf| path.display().to_string().ends_with(".holder");
    assert!(!stage.traces().iter().any(is_holder), "{:?}", stage.traces());
}
