//! Rules: how the seats of a mapping become its share of the license's quantity.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::{Value, json};

use crate::support::Stage;

/// A stage with Northwind Dental (62 used seats) mapped, synced and with these rule flags.
fn ruled<const N: usize>(flags: [&str; N]) -> Stage {
    let stage = Stage::mapped_to(&[("1788161-14", 21, 17)]);
    stage.run(["sync-seats", "--yes"]).expect(0);
    rule(&stage, flags);
    stage
}

/// Gives the mapping this rule.
fn rule<const N: usize>(stage: &Stage, flags: [&str; N]) {
    let mut arguments = vec!["map-org", "1788161-14"];
    arguments.extend(flags);
    if N > 0 {
        stage.run(arguments).expect(0);
    }
}

/// The quantity after a sync.
fn synced(stage: &Stage) -> i64 {
    stage.run(["sync-seats", "--yes", "--force"]).expect(0);
    stage.count(17)
}

#[test]
fn each_part_of_a_rule_does_what_it_says() {
    let stage = ruled(["--included", "5"]);
    assert_eq!(synced(&stage), 57);
    rule(&stage, ["--minimum", "60"]);
    assert_eq!(synced(&stage), 60);
    rule(&stage, ["--minimum", "60", "--until", "2020-12-31"]);
    assert_eq!(synced(&stage), 57, "the minimum has ended");
    rule(
        &stage,
        ["--included", "0", "--minimum", "0", "--metric", "purchased"],
    );
    let organization = stage.world().organizations[0].clone();
    assert_eq!(synced(&stage), organization.seats_available);
    rule(&stage, ["--metric", "profile"]);
    assert_eq!(synced(&stage), 62);
}

#[test]
fn the_plan_the_list_and_the_json_show_the_rule() {
    let stage = ruled(["--included", "5", "--minimum", "10", "--until", "2099-12-31"]);
    stage
        .run(["sync-seats", "--dry-run"])
        .expect(0)
        .prints(["Northwind Dental: 62 used seats, 5 included, at least 10 until 2099-12-31: 57"]);
    let seats = stage
        .run(["sync-seats", "--dry-run", "-o", "json"])
        .expect(0)
        .json()["changes"][0]["seats"][0]
        .clone();
    assert_eq!(
        (&seats["counted"], &seats["seats"], &seats["metric"]),
        (&json!(62), &json!(57), &json!("used"))
    );
    let said = json!({
        "metric": null, "included": 5, "minimum": 10, "minimum_until": "2099-12-31", "highest": null
    });
    assert_eq!(seats["rule"], said);
    let list = stage.run(["list", "mappings", "-o", "json"]).expect(0).json();
    assert_eq!(
        (&list[0]["included"], &list[0]["minimum_until"]),
        (&json!(5), &json!("2099-12-31"))
    );
    // What a rule was and is.
    stage
        .run(["map-org", "1788161-14", "--included", "0", "--dry-run"])
        .expect(0)
        .prints(["rule: at least 10 until 2099-12-31 (was: 5 included, at least 10 until 2099-12-31)"]);
    // It stays when the organization is mapped to another license.
    stage
        .run([
            "map-org",
            "1788161-14",
            "--customer",
            "21",
            "--license",
            "18",
            "--yes",
        ])
        .expect(0);
    let list = stage.run(["list", "mappings", "-o", "json"]).expect(0).json();
    assert_eq!(
        (&list[0]["license"]["id"], &list[0]["included"]),
        (&json!(18), &json!(5))
    );
}

#[test]
fn a_rule_changes_what_is_billed_only_within_the_limits() {
    let stage = ruled(["--included", "40"]);
    stage.run(["sync-seats", "--yes"]).expect(4).prints(["Held back"]);
    assert_eq!(stage.count(17), 62);
    let list = stage.run(["list", "mappings", "-o", "json"]).expect(0).json();
    assert_eq!(list[0]["seats"], 62, "a rule does not forget what was synced");
}

#[test]
fn the_months_highest_is_billed_until_the_month_ends() {
    let stage = ruled(["--highest", "month"]);
    stage.set_seats("1788161-14", 66);
    assert_eq!(synced(&stage), 66);
    stage.set_seats("1788161-14", 60);
    assert_eq!(synced(&stage), 66);
    stage.set_seats("1788161-14", 70);
    assert_eq!(synced(&stage), 70);
    rule(&stage, ["--included", "1"]);
    stage.set_seats("1788161-14", 60);
    assert_eq!(
        synced(&stage),
        69,
        "of the seats that were counted, not of the share"
    );
    // Another metric has another highest.
    rule(&stage, ["--metric", "purchased"]);
    let purchased = stage.world().organizations[0].seats_available;
    assert_eq!(synced(&stage), purchased - 1);
    rule(&stage, ["--metric", "profile"]);
    assert_eq!(synced(&stage), 69);
    // A month later nothing of that counts.
    stage.change_state("UPDATE runs SET started_at = '2020-01-31T12:00:00Z'");
    assert_eq!(synced(&stage), 59);
}

#[test]
fn what_nobody_approved_is_not_the_months_highest() {
    let stage = ruled(["--highest", "month"]);
    stage.set_seats("1788161-14", 6_200);
    stage.run(["sync-seats", "--yes"]).expect(4);
    stage.set_seats("1788161-14", 63);
    assert_eq!(synced(&stage), 63);
}

#[test]
fn a_month_begins_in_the_partners_time_zone() {
    // Two zones 26 hours apart, of which in one it is another month than in the other right now only around a month's
    // end: so the runs are moved to the first moment of the month there.
    for zone in ["Pacific/Kiritimati", "Etc/GMT+12"] {
        let stage = ruled(["--highest", "month"]);
        stage.run(["configure", "--time-zone", zone]).expect(0);
        stage.set_seats("1788161-14", 66);
        assert_eq!(synced(&stage), 66);
        let now = Timestamp::now().to_zoned(TimeZone::get(zone).expect("a zone"));
        let first = now
            .first_of_month()
            .and_then(|first| first.start_of_day())
            .expect("a day")
            .timestamp();
        stage.set_seats("1788161-14", 60);
        let moved = |to: Timestamp| format!("UPDATE runs SET started_at = '{to}'");
        stage.change_state(&moved(first));
        assert_eq!(synced(&stage), 66, "{zone}");
        stage.change_state(&moved(first.checked_sub(1.second()).expect("a time")));
        assert_eq!(synced(&stage), 60, "{zone}");
    }
    let stage = Stage::connected();
    stage.run(["configure", "--time-zone", "Middle/Earth"]).expect(2);
}

#[test]
fn each_month_has_a_record_of_what_did_not_change() {
    let stage = ruled([]);
    let changes = |stage: &Stage| -> usize {
        let runs = stage.runs();
        let of_run = |run: &Value| run["changes"].as_array().map_or(0, Vec::len);
        runs.iter().map(of_run).sum()
    };
    let before = changes(&stage);
    stage.run(["sync-seats", "--yes"]).expect(0);
    assert_eq!(changes(&stage), before, "once is enough");
    stage.change_state("UPDATE license_counts SET synced_at = '2020-01-31T12:00:00Z'");
    stage.run(["sync-seats", "--yes"]).expect(0);
    assert_eq!(changes(&stage), before + 1);
    stage.run(["sync-seats", "--yes"]).expect(0);
    assert_eq!(changes(&stage), before + 1);
}

#[test]
fn organizations_of_one_license_have_their_own_rules() {
    let stage = Stage::mapped_to(&[("1788161-14", 21, 17)]);
    stage
        .run([
            "map-org",
            "1788161-15",
            "--customer",
            "21",
            "--license",
            "17",
            "--included",
            "2",
            "--yes",
        ])
        .expect(0);
    rule(&stage, ["--minimum", "70"]);
    let expected = 70 + (stage.seats("1788161-15") - 2);
    assert_eq!(synced(&stage), expected);
}

#[test]
fn a_file_gives_rules_too() {
    let stage = Stage::connected();
    let file = stage.file(
        b"organization,customer,license,metric,included,minimum,until,highest\n\
          1788161-14,21,17,active,5,10,2099-12-31,month\n1788161-15,22,19,,,,,\n",
    );
    let from = ["map-org", "--yes", "--from", file.to_str().expect("a path")];
    stage.run(from).expect(0);
    let list = stage.run(["list", "mappings", "-o", "json"]).expect(0).json();
    let rule_of = |mapping: &Value| {
        ["metric", "included", "minimum", "minimum_until", "highest"].map(|part| mapping[part].clone())
    };
    assert_eq!(rule_of(&list[0]), [(); 5].map(|()| Value::Null));
    assert_eq!(
        rule_of(&list[1]),
        [
            json!("active"),
            json!(5),
            json!(10),
            json!("2099-12-31"),
            json!("month")
        ]
    );
    for (cells, complaint) in [
        ("seats,,,,", "is not a seat metric"),
        (",-1,,,", "\"-1\" is not a number of seats"),
        (",,many,,", "\"many\" is not a number of seats"),
        (",,5,soon,", "until: give a day"),
        (",,,2099-12-31,", "and there is none"),
        (",,,,year", "is not a span"),
    ] {
        let file = stage.file(
            format!("organization,customer,license,metric,included,minimum,until,highest\n1788161-14,21,17,{cells}\n")
                .as_bytes(),
        );
        let from = ["map-org", "--yes", "--from", file.to_str().expect("a path")];
        stage.run(from).expect(2).says([complaint, "line 2"]);
    }
}

#[test]
fn a_seats_file_needs_the_column_of_each_rules_metric() {
    let stage = ruled(["--metric", "active"]);
    let file = stage.file(b"organization_id,seats_used,active_seats\n1788161-14,70,64\n");
    let sync = [
        "sync-seats",
        "--yes",
        "--seats-file",
        file.to_str().expect("a path"),
    ];
    stage.run(sync).expect(0);
    assert_eq!(stage.count(17), 64);
    let file = stage.file(b"organization_id,seats_used\n1788161-14,70\n");
    let sync = [
        "sync-seats",
        "--yes",
        "--seats-file",
        file.to_str().expect("a path"),
    ];
    stage
        .run(sync)
        .expect(2)
        .says(["no column for the seats (active)"]);
}

#[test]
fn what_is_no_rule_is_refused() {
    let stage = ruled([]);
    for flags in [
        &["--included", "-1"][..],
        &["--minimum", "many"],
        &["--until", "2099-12-31"],
        &["--minimum", "5", "--until", "31.12.2099"],
        &["--highest", "year"],
        &["--metric", "seats"],
        &["--minimum", "99999999999"],
    ] {
        let mut arguments = vec!["map-org", "1788161-14"];
        arguments.extend(flags);
        stage.run(arguments).expect(2);
    }
}
