//! `ignore`: organizations that are deliberately not billed through halolink, and what other commands make of it.

use crate::support::{
    Outcome, Stage,
    terminal::{ENTER, Terminal},
};
use serde_json::{Value, json};

// The sandbox's first organizations: 1788161-14 Northwind Dental (number 204113), 1788161-15 Contoso Ltd [e9fd]
// (204120), 1788161-16 Harbor Light Clinic.

#[test]
fn an_organization_is_ignored_by_id_number_or_name_and_listed_so() {
    for text in ["1788161-15", "204120", "contoso ltd [E9FD]", "Conto"] {
        let stage = Stage::connected();
        let outcome = ignore(&stage, &[text], "billed by hand").expect(0);
        let change = outcome.first_change();
        assert_eq!(change["status"], "ignored", "{outcome}");
        assert_eq!(change["ignored"], "billed by hand", "{outcome}");
        assert_eq!(stage.halo_count(), 0, "Halo was asked");
        assert_eq!(
            ignored(&stage),
            json!([["1788161-15", "billed by hand"]]),
            "{text}"
        );
        let table = stage.run(["list", "organizations"]).expect(0).stdout;
        for line in table.lines().skip(1) {
            assert_eq!(line.contains("ignored"), line.contains("1788161-15"), "{line}");
        }
    }
}

#[test]
fn what_is_ignored_does_not_wait_to_be_mapped() {
    let stage = Stage::mapped_to(&[("1788161-14", 21, 17)]);
    let unmapped = || ids(&stage, &["list", "organizations", "--unmapped", "-o", "json"]);
    assert!(unmapped().contains(&"1788161-15".to_owned()));
    ignore(&stage, &["1788161-15"], "billed by hand").expect(0);
    let left = unmapped();
    assert!(!left.contains(&"1788161-15".to_owned()), "{left:?}");
    assert!(left.contains(&"1788161-16".to_owned()), "{left:?}");
}

#[test]
fn one_that_is_not_active_either_says_both() {
    let stage = Stage::connected();
    if let Some(organization) = stage.world().organizations.first_mut() {
        organization.flg_suspended = true;
    }
    ignore(&stage, &["1788161-14"], "left").expect(0);
    stage
        .run(["list", "organizations", "--search", "1788161-14"])
        .expect(0)
        .prints(["suspended, ignored"]);
}

#[test]
fn several_are_read_once_and_counted_once() {
    let stage = Stage::connected();
    let outcome = ignore(&stage, &["1788161-15", "Harbor", "204120"], "billed by hand").expect(0);
    assert_eq!(outcome.json()["summary"]["ignored"], 2, "{outcome}");
    // A list takes two requests: its only page, and the look behind it.
    assert_eq!(stage.received_counts(), (0, 2));
    assert_eq!(
        ignored(&stage),
        json!([["1788161-15", "billed by hand"], ["1788161-16", "billed by hand"]])
    );
}

#[test]
fn none_is_ignored_where_one_name_is_wrong() {
    let stage = Stage::connected();
    stage
        .run(["ignore", "1788161-14", "Contosso Ltd", "--reason", "by hand"])
        .expect(2)
        .says(["there is no organization \"Contosso Ltd\"", "1788161-15"]);
    assert_eq!(ignored(&stage), json!([]));
}

#[test]
fn what_is_mapped_is_unlinked_first() {
    let stage = Stage::mapped_to(&[("1788161-14", 21, 17)]);
    for more in [&[][..], &["--dry-run"]] {
        let arguments = ["ignore", "1788161-15", "1788161-14", "--reason", "by hand"];
        stage.run([&arguments[..], more].concat()).expect(2).says([
            "unlink it first",
            "Northwind Dental (1788161-14)",
            "halolink unlink 1788161-14",
        ]);
    }
    assert_eq!(ignored(&stage), json!([]));
    stage.run(["unlink", "1788161-14", "--yes"]).expect(0);
    ignore(&stage, &["1788161-14"], "by hand").expect(0);
}

#[test]
fn the_same_reason_again_changes_nothing_and_another_takes_its_place() {
    let stage = Stage::connected();
    ignore(&stage, &["1788161-15"], "billed by hand").expect(0);
    let again = ignore(&stage, &["1788161-15"], " billed  by\nhand").expect(0);
    assert_eq!(again.first_change()["status"], "unchanged", "{again}");

    let other = ["ignore", "1788161-15", "--reason", "our own", "-o", "json"];
    let planned = stage.run([&other[..], &["--dry-run"]].concat()).expect(0);
    assert_eq!(planned.first_change()["status"], "planned", "{planned}");
    assert_eq!(ignored(&stage), json!([["1788161-15", "billed by hand"]]));

    let updated = stage.run(other).expect(0).first_change();
    assert_eq!(
        (&updated["status"], &updated["ignored"], &updated["before"]),
        (&json!("updated"), &json!("our own"), &json!("billed by hand"))
    );
    assert_eq!(ignored(&stage), json!([["1788161-15", "our own"]]));
}

#[test]
fn an_ignoring_needs_a_reason_and_its_end_takes_none() {
    let stage = Stage::connected();
    for (arguments, words) in [
        (&["ignore"][..], "--reason"),
        (&["ignore", "1788161-15"], "--reason"),
        (&["ignore", "--reason", "by hand"], "ORG"),
        (&["ignore", "1788161-15", "--reason", " "], "the reason is empty"),
        (&["ignore", "--remove"], "ORG"),
        (
            &["ignore", "--remove", "1788161-15", "--reason", "by hand"],
            "cannot be used with",
        ),
    ] {
        stage.run(arguments).expect(2).says([words]);
    }
    assert_eq!(ignored(&stage), json!([]));
    Stage::new()
        .run(["ignore", "1788161-15", "--reason", "by hand"])
        .expect(3)
        .says(["is not connected"]);
}

#[test]
fn the_ignoring_ends_by_name_also_of_what_is_gone_or_renamed() {
    let stage = Stage::connected();
    let all = ["1788161-14", "1788161-15", "1788161-16"];
    ignore(&stage, &all, "billed by hand").expect(0);
    {
        let mut world = stage.world();
        world.organizations.retain(|found| found.id != "1788161-14");
        let renamed = world
            .organizations
            .iter_mut()
            .find(|found| found.id == "1788161-15");
        renamed.expect("the organization is there").organization_name = "Quill & Feather".to_owned();
    }
    stage.sandbox.forget_received();
    let gone = remove(&stage, &["northwind dental", "1788161-14"]).expect(0);
    assert_eq!(gone.json()["summary"]["removed"], 1, "{gone}");
    assert_eq!(gone.first_change()["before"], "billed by hand", "{gone}");
    assert_eq!(gone.first_change()["ignored"], Value::Null, "{gone}");
    assert_eq!(stage.received_counts(), (0, 0), "the state knows it");

    // Known, and not ignored; and nobody's.
    for text in ["1788161-17", "Zzyzx"] {
        stage
            .run(["ignore", "--remove", "1788161-16", text])
            .expect(2)
            .says([
                "there is no ignored organization",
                text,
                "halolink list organizations",
            ]);
    }
    remove(&stage, &["Quill", "1788161-16"]).expect(0);
    assert_eq!(ignored(&stage), json!([]));
}

#[test]
fn a_dry_run_ends_no_ignoring() {
    let stage = Stage::connected();
    ignore(&stage, &["1788161-15"], "billed by hand").expect(0);
    stage
        .run(["ignore", "--remove", "Contoso", "--dry-run"])
        .expect(0)
        .prints(["1 planned", "billed by hand"]);
    assert_eq!(ignored(&stage), json!([["1788161-15", "billed by hand"]]));
}

#[test]
fn mapping_what_is_ignored_is_a_doubt_and_ends_the_ignoring() {
    let file = "organization,customer,license\n1788161-14,21,17\n";
    for from_a_file in [false, true] {
        let stage = Stage::connected();
        ignore(&stage, &["1788161-14", "1788161-15"], "billed by hand").expect(0);
        let path = stage.file(file.as_bytes()).display().to_string();
        let arguments = if from_a_file {
            vec!["map-org", "--from", &path]
        } else {
            vec!["map-org", "1788161-14", "--customer", "21", "--license", "17"]
        };
        let doubt = "the organization is ignored (billed by hand)";
        stage
            .run([&arguments[..], &["--dry-run"]].concat())
            .expect(0)
            .says([doubt]);
        stage.run(&arguments).expect(2).says([doubt, "--yes"]);
        assert_eq!(stage.mapping_count(), 0);
        assert_eq!(ignored(&stage).as_array().map(Vec::len), Some(2));

        stage.run([&arguments[..], &["--yes"]].concat()).expect(0);
        assert_eq!(stage.mapping_count(), 1);
        assert_eq!(ignored(&stage), json!([["1788161-15", "billed by hand"]]));
    }
}

#[test]
fn the_picker_says_who_is_ignored_and_offers_them_last() {
    let stage = Stage::of(8);
    stage.connect();
    ignore(&stage, &["1788161-15"], "billed by hand").expect(0);
    let mut terminal = Terminal::start(&stage, &["map-org"]);
    terminal.sees("Organization");
    let offered = terminal.offered("Organization");
    let last = offered.last().expect("organizations are offered");
    assert!(last.contains("Contoso Ltd"), "{offered:?}");
    assert!(last.contains("(ignored: billed by hand)"), "{offered:?}");
    terminal
        .types("Contoso")
        .sees("ignored")
        .types(ENTER)
        .sees("Customer for");
}

#[test]
fn each_profile_ignores_for_itself_and_a_purge_forgets_it() {
    let stage = Stage::connected();
    let mut brand = stage.connect_arguments();
    brand.extend(["--profile", "brand"].map(str::to_owned));
    stage.run(&brand).expect(0);
    ignore(&stage, &["1788161-15"], "billed by hand").expect(0);
    let of_brand = ["list", "organizations", "-o", "json", "--profile", "brand"];
    let rows = stage.run(of_brand).expect(0).json();
    let rows = rows.as_array().expect("an array");
    assert!(rows.iter().all(|row| row["ignored"].is_null()), "{rows:?}");

    stage
        .run(["revoke", "--purge", "--dry-run"])
        .expect(0)
        .prints(["ignored organizations"]);
    stage.run(["revoke", "--purge", "--yes"]).expect(0);
    stage.connect();
    assert_eq!(ignored(&stage), json!([]));
}

fn ignore(stage: &Stage, organizations: &[&str], reason: &str) -> Outcome {
    let reason = ["--reason", reason, "-o", "json"];
    stage.run([&["ignore"][..], organizations, &reason].concat())
}

fn remove(stage: &Stage, organizations: &[&str]) -> Outcome {
    stage.run([&["ignore", "-o", "json", "--remove"][..], organizations].concat())
}

/// The ids in a list.
#[track_caller]
fn ids(stage: &Stage, arguments: &[&str]) -> Vec<String> {
    let rows = stage.run(arguments).expect(0).json();
    let id = |row: &Value| row["id"].as_str().expect("an id").to_owned();
    rows.as_array().expect("an array").iter().map(id).collect()
}

/// Every organization that `list organizations` says is ignored, in the order of the ids: its id and the reason.
#[track_caller]
fn ignored(stage: &Stage) -> Value {
    let rows = stage
        .run(["list", "organizations", "-o", "json"])
        .expect(0)
        .json();
    let mut ignored: Vec<(String, String)> = rows
        .as_array()
        .expect("an array")
        .iter()
        .filter_map(|row| {
            let text = |key: &str| row[key].as_str().map(str::to_owned);
            Some((text("id")?, text("ignored")?))
        })
        .collect();
    ignored.sort();
    json!(ignored)
}
