//! The ledger, as `history` tells it.

use crate::support::Stage;
use serde_json::{Value, json};

#[track_caller]
fn history(stage: &Stage, organization: &str) -> Vec<Value> {
    let history = stage
        .run(["history", organization, "-o", "json"])
        .expect(0)
        .json();
    history.as_array().expect("history is an array").clone()
}

/// A CSV text as a header and rows.
#[track_caller]
fn csv(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header");
    let header = header.iter().map(str::to_owned).collect();
    let rows = reader
        .records()
        .map(|row| row.expect("a row").iter().map(str::to_owned).collect())
        .collect();
    (header, rows)
}

#[test]
fn before_the_first_run_there_is_none() {
    let stage = Stage::connected();
    assert_eq!(stage.runs(), Vec::<Value>::new());
    stage.run(["history"]).expect(0).says(["No run is recorded"]);
}

#[test]
fn a_run_is_recorded_with_everything_an_auditor_asks_for() {
    let (stage, mapping) = Stage::synced_with(3);
    stage.add_seats(&mapping[..1], 1);
    let outcome = stage.sync([]).expect(0);
    let runs = stage.runs();
    assert_eq!(runs.len(), 2);
    let run = &runs[1];
    assert_eq!(run["run"], json!(runs[0]["run"].as_i64().expect("a number") + 1));
    assert_eq!(run["command"], "sync-seats");
    assert_eq!(run["state"], "done");
    assert_eq!(run["source"], "api");
    assert_eq!(run["metric"], "used");
    assert_eq!(run["organizations"], 3);
    assert_eq!(run["error"], json!(null));
    assert_eq!(
        run["summary"],
        json!({"updated": 1, "unchanged": 2, "skipped": 0, "failed": 0})
    );
    assert_eq!(run["requests"], outcome.json()["requests"]);
    for time in ["started_at", "finished_at"] {
        let text = run[time].as_str().expect("a time");
        let parsed: Result<jiff::Timestamp, _> = text.parse();
        assert!(parsed.is_ok() && text.ends_with('Z'), "{text}");
    }
    let user = whoami::username().expect("somebody runs this");
    let host = whoami::hostname().expect("somewhere");
    assert_eq!(run["user"], json!(user));
    assert_eq!(run["host"], json!(host));

    let (organization, customer, license) = &mapping[0];
    let changes = run["changes"].as_array().expect("an array");
    assert_eq!(changes.len(), 1, "what did not change is no change: {run}");
    let change = &changes[0];
    assert_eq!(change["license"]["id"], json!(license));
    assert_eq!(change["customer"]["id"], json!(customer));
    let seats = stage.seats(organization);
    assert_eq!(
        (&change["from"], &change["to"]),
        (&json!(seats - 1), &json!(seats))
    );
    assert_eq!(change["status"], "updated");
    assert_eq!(change["verified"], true);
    assert_eq!(change["reason"], json!(null));
    assert!(change["recorded_at"].is_string(), "{change}");

    stage
        .run(["history"])
        .expect(0)
        .prints(["done", &format!("{user}@{host}"), "api", "used"]);
}

#[test]
fn runs_as_csv() {
    let (stage, _) = Stage::synced_with(2);
    stage.sync([]).expect(0);
    let (header, rows) = csv(&stage.run(["history", "-o", "csv"]).expect(0).stdout);
    assert_eq!(
        &header[..4],
        ["run", "started_at", "state", "by"].map(str::to_owned)
    );
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row[2] == "done"), "{rows:?}");
}

#[test]
fn one_organizations_seats_over_time() {
    let (stage, mapping) = Stage::mapped_with(2);
    let (organization, _, license) = &mapping[0];
    for seats in [10, 12, 12, 14, 11] {
        stage.set_seats(organization, seats);
        // Named, because its first sync falls by more than half.
        stage.sync([organization.as_str()]).expect(0);
    }
    let points = history(&stage, organization);
    let seats: Vec<&Value> = points.iter().map(|point| &point["seats"]).collect();
    assert_eq!(
        seats,
        [10, 12, 14, 11],
        "the same again is no new point: {points:?}"
    );
    for (point, from) in points[1..].iter().zip([10, 12, 14]) {
        assert_eq!(point["organization"]["id"], json!(organization));
        assert_eq!(point["license"]["id"], json!(license));
        assert_eq!(point["from"], from);
        assert_eq!(point["to"], point["seats"]);
        assert_eq!(point["metric"], "used");
        assert_eq!(point["status"], "updated");
        assert_eq!(point["verified"], true);
        assert!(point["user"].is_string() && point["host"].is_string(), "{point}");
    }

    stage
        .run(["history", organization])
        .expect(0)
        .prints(["seats ▁", "█", "10 to 14"]);

    let (header, rows) = csv(&stage.run(["history", organization, "-o", "csv"]).expect(0).stdout);
    let column = header
        .iter()
        .position(|name| name == "seats")
        .expect("a column for the seats");
    let seats: Vec<&str> = rows.iter().map(|row| row[column].as_str()).collect();
    assert_eq!(seats, ["10", "12", "14", "11"], "and no sparkline among them");
}

#[test]
fn a_sparkline_has_one_block_for_each_point() {
    let (stage, mapping) = Stage::mapped_with(1);
    for seats in [10, 17] {
        stage.set_seats(&mapping[0].0, seats);
        stage.sync(["--force"]).expect(0);
    }
    stage
        .run(["history", &mapping[0].0])
        .expect(0)
        .prints(["seats ▁█ 10 to 17"]);
}

#[test]
fn organizations_are_found_by_name_and_number() {
    let (stage, mapping) = Stage::synced_with(2);
    let world = stage.world();
    let found = world.organizations.iter().find(|found| found.id == mapping[0].0);
    let found = found.expect("it is there").clone();
    drop(world);
    let by_id = history(&stage, &found.id);
    assert_eq!(by_id.len(), 1);
    assert_eq!(history(&stage, &found.organization_name.to_lowercase()), by_id);
    assert_eq!(history(&stage, &found.organization_id.to_string()), by_id);
    stage
        .run(["history", "nobody at all"])
        .expect(2)
        .says(["nobody at all"]);
}

#[test]
fn since_takes_dates_times_and_spans() {
    let (stage, mapping) = Stage::synced_with(1);
    let organization = mapping[0].0.as_str();
    for (since, runs) in [
        ("30d", 1),
        ("12h", 1),
        ("2w", 1),
        ("1mo", 1),
        ("1d 12h", 1),
        ("2026-01-31", 1),
        ("2026-01-31T12:00:00Z", 1),
        ("2026-01-31T12:00:00+01:00", 1),
        ("2999-12-31", 0),
        ("2999-12-31T00:00:00Z", 0),
    ] {
        let all = stage.run(["history", "--since", since, "-o", "json"]).expect(0);
        assert_eq!(all.json().as_array().map(Vec::len), Some(runs), "{since}: {all}");
        let one = stage.run(["history", organization, "--since", since, "-o", "json"]);
        assert_eq!(one.json().as_array().map(Vec::len), Some(runs), "{since}: {one}");
    }
    // The very second of a run is within it.
    let started = stage.last_run()["started_at"]
        .as_str()
        .expect("a time")
        .to_owned();
    let all = stage
        .run(["history", "--since", &started, "-o", "json"])
        .expect(0);
    assert_eq!(all.json().as_array().map(Vec::len), Some(1), "{all}");
    for bad in ["soon", "30", "30x", "-1d", "2026-13-01", ""] {
        stage
            .run(["history".to_owned(), format!("--since={bad}")])
            .expect(2)
            .says(["is not a time", "30d"]);
    }
}

#[test]
fn what_was_held_back_or_failed_is_recorded_with_its_reason() {
    let (stage, mapping) = Stage::synced_with(4);
    let (organization, _, license) = &mapping[0];
    let before = stage.count(*license);
    stage.set_seats(organization, 5000);
    let (refused, _, _) = &mapping[1];
    stage.add_seats(&mapping[1..2], 1);
    stage
        .world()
        .licenses
        .get_mut(&mapping[1].2)
        .expect("it is there")
        .notes = "poison".into();
    stage.faults([halolink::sandbox::Fault::RefuseBatch]);
    stage.sync([]).expect(4);

    let points = history(&stage, organization);
    let point = points.last().expect("a point");
    assert_eq!(point["status"], "skipped", "{point}");
    assert_eq!(point["verified"], false, "{point}");
    assert_eq!((&point["from"], &point["to"]), (&json!(before), &json!(5000)));
    assert!(
        point["reason"]
            .as_str()
            .is_some_and(|why| why.contains("--max-change")),
        "{point}"
    );

    let points = history(&stage, refused);
    let point = points.last().expect("a point");
    assert_eq!(point["status"], "failed", "{point}");
    assert_eq!(point["verified"], false, "{point}");
    assert!(
        point["reason"]
            .as_str()
            .is_some_and(|why| why.contains("managed by an integration")),
        "{point}"
    );
    let run = stage.last_run();
    assert_eq!(run["state"], "partial");
    assert_eq!(
        run["summary"],
        json!({"updated": 0, "unchanged": 2, "skipped": 1, "failed": 1})
    );
    stage
        .run(["history", refused])
        .expect(0)
        .prints(["managed by an integration"]);
}

#[test]
fn a_run_that_failed_is_recorded_with_its_error() {
    let (stage, _) = Stage::synced_with(1);
    stage.world().application_active = false;
    stage.sync([]).expect(3);
    let run = stage.last_run();
    assert_eq!(run["state"], "failed");
    let error = run["error"].as_str().expect("an error");
    assert!(error.contains("not active"), "{error}");
    assert!(run["finished_at"].is_string(), "{run}");
    assert_eq!(run["requests"]["halo"], 1, "{run}");
}

#[test]
fn an_organization_that_is_no_longer_mapped_still_has_its_history() {
    let (stage, mapping) = Stage::synced_with(1);
    let organization = &mapping[0].0;
    let before = history(&stage, organization);
    assert_eq!(before.len(), 1);
    stage.run(["unlink", organization, "--yes"]).expect(0);
    assert_eq!(history(&stage, organization), before);
    let name = before[0]["organization"]["name"]
        .as_str()
        .expect("a name")
        .to_owned();
    assert_eq!(history(&stage, &name), before);
}

#[test]
fn a_change_of_shares_with_the_same_sum_is_recorded() {
    let stage = Stage::connected();
    let mapping = stage.world().suggested_mapping();
    let branch = mapping.last().expect("there is a branch").clone();
    let shared: Vec<_> = mapping.into_iter().filter(|row| row.2 == branch.2).collect();
    stage.map_these(&shared);
    stage.sync([]).expect(0);
    stage.add_seats(&shared[..1], 1);
    stage.add_seats(&shared[1..], -1);
    stage.sync([]).expect(0);
    let points = history(&stage, &branch.0);
    assert_eq!(points.len(), 2, "{points:?}");
    assert_eq!(points[1]["status"], "confirmed", "{points:?}");
    assert_eq!(points[1]["seats"], json!(stage.seats(&branch.0)), "{points:?}");
    assert_eq!(points[1]["from"], points[1]["to"], "{points:?}");
}

#[test]
fn the_history_of_one_profile_is_its_own() {
    let (stage, _) = Stage::synced_with(1);
    let other = stage
        .run(["--profile", "other", "history", "-o", "json"])
        .expect(0);
    assert_eq!(other.json(), json!([]), "{other}");
}
