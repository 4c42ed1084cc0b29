//! Organizations that nobody bills: named by every sync and by `status`.

use serde_json::{Value, json};

use crate::support::Stage;

/// A stage with one organization mapped and synced.
fn one_mapped() -> Stage {
    let stage = Stage::mapped_to(&[("1788161-14", 21, 17)]);
    stage.run(["sync-seats", "--yes"]).expect(0);
    stage
}

/// The ids of the unmapped organizations in a document, and their seats.
fn unmapped(document: &Value) -> Vec<(String, i64)> {
    let list = document["unmapped"].as_array().expect("a list");
    let pair = |entry: &Value| {
        (
            entry["id"].as_str().expect("an id").to_owned(),
            entry["seats"].as_i64().expect("seats"),
        )
    };
    list.iter().map(pair).collect()
}

#[test]
fn a_sync_names_those_that_are_neither_mapped_nor_ignored_without_another_request() {
    let stage = one_mapped();
    stage
        .run(["ignore", "1788161-16", "--reason", "our own"])
        .expect(0);
    let before = stage.received_counts();
    let outcome = stage.run(["sync-seats", "--yes"]).expect(0);
    assert_eq!(
        stage.received_counts().1 - before.1,
        2,
        "a page of 36, and the one that proves the end"
    );
    let total = stage.world().organizations.len() - 2;
    outcome
        .prints([format!(" 0 failed, {total} organizations not mapped").as_str()])
        .says([
            "neither mapped nor ignored",
            "halolink map-org",
            "halolink ignore ORG --reason",
        ]);
    let document = stage.run(["sync-seats", "--yes", "-o", "json"]).expect(0).json();
    let named = unmapped(&document);
    assert_eq!(named.len(), total);
    assert!(named.is_sorted_by(|one, other| one.1 >= other.1), "{named:?}");
    for (id, seats) in &named {
        assert_eq!(stage.seats(id), *seats);
        assert!(!["1788161-14", "1788161-16"].contains(&id.as_str()));
    }
    // Without asking, status says the same, and a run for one organization too.
    let before = stage.received_counts();
    let status = stage.run(["status", "-o", "json"]).expect(0).json();
    assert_eq!(status["unmapped"], document["unmapped"]);
    stage
        .run(["status"])
        .expect(0)
        .says(["neither mapped nor ignored"]);
    assert_eq!(stage.received_counts(), before);
    let one = stage
        .run(["sync-seats", "1788161-14", "--yes", "-o", "json"])
        .expect(0)
        .json();
    assert_eq!(one["unmapped"], document["unmapped"]);
}

#[test]
fn a_script_can_demand_that_everything_is_mapped() {
    let stage = one_mapped();
    stage.run(["sync-seats", "--yes"]).expect(0);
    stage.run(["sync-seats", "--yes", "--require-mapped"]).expect(4);
    stage
        .run(["sync-seats", "--dry-run", "--require-mapped"])
        .expect(4);
    let others: Vec<String> = stage
        .world()
        .organizations
        .iter()
        .map(|organization| organization.id.clone())
        .filter(|id| id != "1788161-14")
        .collect();
    let mut ignore = vec!["ignore", "--reason", "not ours"];
    ignore.extend(others.iter().map(String::as_str));
    stage.run(ignore).expect(0);
    let document = stage
        .run(["sync-seats", "--yes", "--require-mapped", "-o", "json"])
        .expect(0)
        .json();
    assert_eq!(document["unmapped"], json!([]));
    stage
        .run(["sync-seats", "1788161-14", "--require-mapped"])
        .expect(2);
}

#[test]
fn nothing_mapped_is_not_the_same_as_nothing_wrong() {
    let stage = Stage::connected();
    stage
        .run(["sync-seats", "--yes"])
        .expect(4)
        .says(["Nothing is mapped, so nothing is billed", "halolink map-org"]);
    let document = stage.run(["sync-seats", "--yes", "-o", "json"]).expect(4).json();
    assert_eq!(document["changes"], json!([]));
    assert_eq!(document["unmapped"], Value::Null, "nobody has listed them yet");
    assert_eq!(stage.halo_count(), 0);
}

#[test]
fn the_rows_of_a_seats_file_that_nobody_mapped_count_too() {
    let stage = one_mapped();
    let file = stage
        .file(b"organization_id,organization,seats\n1788161-14,Northwind Dental,62\n1788161-15,Contoso,9\n");
    let file = file.to_str().expect("a path");
    let sync = [
        "sync-seats",
        "--yes",
        "--require-mapped",
        "-o",
        "json",
        "--seats-file",
        file,
    ];
    let document = stage.run(sync).expect(4).json();
    assert_eq!(unmapped(&document), [("1788161-15".to_owned(), 9)]);
    stage
        .run(["ignore", "1788161-15", "--reason", "our own"])
        .expect(0);
    stage.run(sync).expect(0);
}
