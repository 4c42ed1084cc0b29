//! A plan as a file: one person plans, another reviews it, and exactly that is written.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::support::{Outcome, Stage};
use halolink::sandbox::Options;
use serde_json::{Value, json};

const LICENSES: &str = "/api/SoftwareLicence";

/// Synced, seats added, and planned to a file.
fn planned(count: usize) -> (Stage, Vec<(String, i64, i64)>, PathBuf) {
    let (stage, mapping) = Stage::synced_with(count);
    stage.add_seats(&mapping, 1);
    let file = plan_out(&stage, []).0;
    (stage, mapping, file)
}

fn plan_out<const N: usize>(stage: &Stage, more: [&str; N]) -> (PathBuf, Outcome) {
    let file = stage.file(b"");
    let path = file.display().to_string();
    let arguments = ["sync-seats", "-o", "json", "--plan-out", &path];
    let outcome = stage.run(arguments.into_iter().chain(more));
    stage.sandbox.forget_received();
    (file, outcome)
}

fn apply<const N: usize>(stage: &Stage, file: &Path, more: [&str; N]) -> Outcome {
    let path = file.display().to_string();
    let arguments = ["sync-seats", "-o", "json", "--yes", "--plan", &path];
    stage.run(arguments.into_iter().chain(more))
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).expect("the plan")).expect("JSON")
}

fn counts(stage: &Stage, mapping: &[(String, i64, i64)]) -> Vec<i64> {
    mapping
        .iter()
        .map(|(_, _, license)| stage.count(*license))
        .collect()
}

#[test]
fn a_plan_is_written_reviewed_and_applied() {
    let (stage, mapping) = Stage::synced_with(3);
    stage.add_seats(&mapping, 1);
    let before = counts(&stage, &mapping);
    let runs = stage.runs().len();
    let (file, outcome) = plan_out(&stage, ["--note", "the change of November"]);
    let outcome = outcome.expect(0);
    assert_eq!(outcome.json()["dry_run"], true);
    assert_eq!(outcome.json()["summary"]["planned"], 3, "{outcome}");
    assert_eq!(counts(&stage, &mapping), before);
    assert_eq!(stage.runs().len(), runs, "nothing is recorded");

    let plan = read(&file);
    assert_eq!(plan["sha256"], outcome.json()["plan"]);
    assert_eq!(plan["profile"], "default");
    assert_eq!(plan["limits"]["max_change"], 50);
    let lines = plan["changes"].as_array().expect("an array");
    assert_eq!(lines.len(), 3);
    for line in lines {
        let license = line["license"]["id"].as_i64().expect("an id");
        assert_eq!(line["from"], stage.count(license));
        assert_eq!(line["to"], stage.count(license) + 1);
        assert_eq!(line["organizations"][0]["counted"], line["to"]);
        assert_eq!(line["organizations"][0]["metric"], "used");
    }
    // White space and the order of fields do not matter.
    fs::write(&file, plan.to_string()).expect("written");
    let applied = apply(&stage, &file, []).expect(0);
    assert_eq!(applied.json()["summary"]["updated"], 3, "{applied}");
    stage.expect_sums(&mapping);
    let run = stage.last_run();
    let hash = plan["sha256"].as_str().expect("a hash");
    assert_eq!(run["source"], format!("plan {}", &hash[..12]));
    assert_eq!(run["note"], "the change of November");

    // Once more: everything is there.
    let again = apply(&stage, &file, []).expect(0);
    assert_eq!(again.json()["summary"]["unchanged"], 3, "{again}");
    assert_eq!(again.json()["summary"]["updated"], 0, "{again}");
}

#[test]
fn exactly_the_files_lines_are_written() {
    let (stage, mapping) = Stage::synced_with(3);
    stage.add_seats(&mapping[..1], 1);
    let (file, _) = plan_out(&stage, []);
    stage.add_seats(&mapping[1..], 1);
    let applied = apply(&stage, &file, []).expect(0);
    assert_eq!(
        applied.json()["changes"].as_array().map(Vec::len),
        Some(1),
        "{applied}"
    );
    stage.expect_sums(&mapping[..1]);
    assert_eq!(stage.count(mapping[1].2), stage.seats(&mapping[1].0) - 1);
}

#[test]
fn every_change_to_the_file_is_noticed() {
    let (stage, mapping) = Stage::synced_with(4);
    stage.add_seats(&mapping[..3], 1);
    stage.set_seats(&mapping[3].0, 5000);
    let (file, _) = plan_out(&stage, []);
    let plan = read(&file);
    assert_eq!(plan["not_applied"].as_array().map(Vec::len), Some(1), "{plan}");
    let mut places = Vec::new();
    collect(&plan, String::new(), &mut places);
    assert!(places.len() > 80, "{places:?}");
    let before = counts(&stage, &mapping);
    for place in &places {
        let mut tampered = plan.clone();
        let value = tampered.pointer_mut(place).expect("it is there");
        *value = match &*value {
            Value::String(text) => json!(format!("{text} ")),
            Value::Number(number) => json!(number.as_i64().expect("whole") + 1),
            Value::Bool(flag) => json!(!*flag),
            Value::Null => json!(1),
            _ => json!(null),
        };
        refused(
            &stage,
            &tampered,
            if place == "/halolink_plan" {
                "version"
            } else {
                "cannot be applied"
            },
        );
    }
    for (field, value) in [("extra", json!(1)), ("changes", json!([]))] {
        let mut tampered = plan.clone();
        tampered[field] = value;
        refused(&stage, &tampered, "its hash does not fit");
    }
    assert_eq!(counts(&stage, &mapping), before);
    assert!(stage.halo_requests("POST", LICENSES).is_empty());
}

/// The places of all values in a document.
fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                collect(value, format!("{place}/{name}"), places);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect(value, format!("{place}/{index}"), places);
            }
        }
        _ => places.push(place),
    }
}

#[track_caller]
fn refused(stage: &Stage, plan: &Value, words: &str) {
    let file = stage.file(plan.to_string().as_bytes());
    apply(stage, &file, []).expect(2).says([words]);
}

#[test]
fn what_is_no_plan_is_refused() {
    let (stage, _, file) = planned(1);
    for content in ["", "[]", "{}", "{\"halolink_plan\": 2}", "\u{0}"] {
        let other = stage.file(content.as_bytes());
        apply(&stage, &other, []).expect(2).says(["cannot be applied"]);
    }
    let missing = stage.home().join("missing.json");
    apply(&stage, &missing, []).expect(2).says(["missing.json"]);
    // A field twice, the first of which a parser may drop.
    let text = fs::read_to_string(&file).expect("the plan");
    let twice = text.replacen("\"forced\": false", "\"forced\": true, \"forced\": false", 1);
    assert_ne!(twice, text);
    let file = stage.file(twice.as_bytes());
    apply(&stage, &file, []).expect(2).says(["cannot be applied"]);
}

#[test]
fn a_plan_is_of_one_profile() {
    let (stage, _, file) = planned(1);
    let connect = stage.connect_arguments();
    let brand = connect.iter().map(String::as_str).chain(["--profile", "brand"]);
    stage.run(brand).expect(0);
    apply(&stage, &file, ["--profile", "brand"])
        .expect(2)
        .says(["planned for the profile \"default\""]);
}

#[test]
fn lines_of_which_something_changed_are_refused_and_the_others_written() {
    let (stage, mapping, file) = planned(6);
    // Somebody changes a quantity, seats change, a mapping ends, a rule is made.
    stage.world().set_license_count(mapping[0].2, 77, "Alex Agent");
    stage.add_seats(&mapping[1..2], 1);
    stage.run(["unlink", &mapping[2].0, "--yes"]).expect(0);
    let (organization, customer, license) = &mapping[3];
    let rule = [
        "--customer",
        &customer.to_string(),
        "--license",
        &license.to_string(),
        "--included",
        "1",
        "--yes",
    ];
    stage
        .run([&["map-org", organization][..], &rule].concat())
        .expect(0);
    stage.world().licenses.remove(&mapping[4].2);

    let outcome = apply(&stage, &file, []).expect(4);
    for (place, words) in [
        (0, "Halo shows 77, no longer"),
        (1, "seats, no longer"),
        (2, "nothing is mapped to it any more"),
        (3, "the rule of"),
    ] {
        let change = outcome.change(mapping[place].2);
        assert_eq!(change["status"], "skipped", "{change}");
        assert_eq!(change["reason_code"], "plan_moved", "{change}");
        let why = change["reason"].as_str().expect("a reason");
        assert!(why.contains(words) && why.contains("--plan-out"), "{why}");
    }
    assert_eq!(outcome.change(mapping[4].2)["reason_code"], "license_gone");
    assert_eq!(outcome.change(mapping[5].2)["status"], "updated", "{outcome}");
    stage.expect_sums(&mapping[5..]);
    assert_eq!(stage.count(mapping[0].2), 77);
}

#[test]
fn the_guards_are_judged_at_planning() {
    let (stage, mapping) = Stage::synced_with(5);
    let before = stage.count(mapping[0].2);
    stage.set_seats(&mapping[0].0, 5000);
    let (file, outcome) = plan_out(&stage, []);
    outcome.expect(4);
    let plan = read(&file);
    assert_eq!(plan["changes"], json!([]));
    assert_eq!(plan["not_applied"][0]["reason_code"], "change_too_much");
    apply(&stage, &file, []).expect(0);
    assert_eq!(stage.count(mapping[0].2), before);

    let (file, outcome) = plan_out(&stage, ["--force"]);
    outcome.expect(0);
    assert_eq!(read(&file)["changes"][0]["reason_code"], "forced");
    assert_eq!(read(&file)["forced"], true);
    apply(&stage, &file, []).expect(0);
    assert_eq!(stage.count(mapping[0].2), 5000);

    // What would have stopped a run is no plan.
    for (organization, _, _) in &mapping[1..] {
        stage.set_seats(organization, 5000);
    }
    let (file, outcome) = plan_out(&stage, []);
    outcome.expect(4);
    assert_eq!(read(&file)["changes"], json!([]));
}

#[test]
fn flags_that_make_no_sense_with_a_plan() {
    let (stage, mapping, file) = planned(1);
    let path = file.display().to_string();
    for flags in [
        &["--force"][..],
        &["--max-change", "10"],
        &["--max-amount", "10"],
        &["--plan-out", "other.json"],
        &[&mapping[0].0],
    ] {
        stage
            .run([&["sync-seats", "--plan", &path][..], flags].concat())
            .expect(2);
    }
    stage
        .run(["sync-seats", "--plan", &path])
        .expect(2)
        .says(["--yes"]);
    assert!(!stage.was_written());
    let dry = apply(&stage, &file, ["--dry-run", "--exit-code"]).expect(5);
    assert_eq!(dry.json()["summary"]["planned"], 1, "{dry}");
}

#[test]
fn a_plan_from_a_seats_file_is_applied_with_it() {
    let (stage, mapping) = Stage::synced_with(1);
    let seats = stage.seats(&mapping[0].0) + 2;
    let csv = |seats: i64| stage.file(format!("organization,seats\n{},{seats}\n", mapping[0].0).as_bytes());
    let given = csv(seats).display().to_string();
    let (file, outcome) = plan_out(&stage, ["--seats-file", &given]);
    outcome.expect(0);
    apply(&stage, &file, []).expect(2).says(["--seats-file"]);
    let other = csv(seats + 1).display().to_string();
    let refused = apply(&stage, &file, ["--seats-file", &other]).expect(4);
    assert_eq!(refused.first_change()["reason_code"], "plan_moved", "{refused}");
    apply(&stage, &file, ["--seats-file", &given]).expect(0);
    assert_eq!(stage.count(mapping[0].2), seats);
    let (file, _) = plan_out(&stage, []);
    apply(&stage, &file, ["--seats-file", &given]).expect(2);
}

#[test]
fn a_plan_that_was_killed_is_completed_by_applying_it_again() {
    let stage = Stage::with(Options {
        latency: Duration::from_millis(100),
        ..Options::default()
    });
    let mapping = stage.sync_plain(3);
    stage.add_seats(&mapping, 1);
    let (file, _) = plan_out(&stage, []);
    let running = stage.start(["sync-seats", "--yes", "--plan", &file.display().to_string()]);
    stage.wait_for("the write", |received| {
        received
            .iter()
            .any(|request| request.method == "POST" && request.path == LICENSES)
    });
    assert!(running.kill(), "it ended too early");
    let again = apply(&stage, &file, [])
        .expect(0)
        .says(["The record of an interrupted run was completed"]);
    assert_eq!(again.json()["summary"]["unchanged"], 3, "{again}");
    stage.expect_sums(&mapping);
}

#[cfg(unix)]
#[test]
fn a_plan_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let (stage, _, _) = planned(1);
    let file = stage.home().join("plan.json");
    stage
        .run(["sync-seats", "--plan-out", &file.display().to_string()])
        .expect(0)
        .says(["The plan is in", "--plan "]);
    let mode = fs::metadata(&file).expect("the plan").permissions().mode();
    assert_eq!(mode & 0o077, 0);
    let nowhere = stage.home().join("nowhere").join("plan.json");
    stage
        .run(["sync-seats", "--plan-out", &nowhere.display().to_string()])
        .expect(1)
        .says(["cannot write"]);
}
