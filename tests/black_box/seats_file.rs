//! `--seats-file`: the seats from a CSV file.

use crate::support::{Outcome, Stage};
use halolink::sandbox::{Organization, Service};
use serde_json::json;

type Row = (String, i64, i64);

/// `sync-seats --seats-file` with a file of these lines.
fn sync_file<const N: usize>(stage: &Stage, lines: &str, arguments: [&str; N]) -> Outcome {
    let file = stage.file(lines.as_bytes()).display().to_string();
    let mut all = vec!["sync-seats", "--yes", "-o", "json", "--seats-file", &file];
    all.extend(arguments);
    stage.run(all)
}

#[track_caller]
fn organization(stage: &Stage, id: &str) -> Organization {
    let world = stage.world();
    let found = world.organizations.iter().find(|found| found.id == id);
    found.expect("it is there").clone()
}

#[track_caller]
fn expect_counts(stage: &Stage, mapping: &[Row], counts: &[i64]) {
    let now: Vec<i64> = mapping
        .iter()
        .map(|(_, _, license)| stage.count(*license))
        .collect();
    assert_eq!(now, counts);
}

#[test]
fn organization_and_seats_are_enough() {
    let stage = Stage::new();
    let mapping = stage.plain(3);
    stage.connect();
    stage.map_these(&mapping);
    stage.sandbox.forget_received();
    // By id, by number and by name, whatever its case.
    let number = organization(&stage, &mapping[1].0).organization_id;
    let name = organization(&stage, &mapping[2].0)
        .organization_name
        .to_uppercase();
    let lines = format!(
        "organization,seats\n{},101\n{number},102\n\"{name}\",103\n",
        mapping[0].0
    );
    let outcome = sync_file(&stage, &lines, []).expect(0);
    expect_counts(&stage, &mapping, &[101, 102, 103]);
    // SaaS Backup is not asked.
    assert_eq!(outcome.json()["requests"]["backup"], 0, "{outcome}");
    let received = stage.sandbox.received();
    assert!(
        received.iter().all(|request| request.service == Service::Halo),
        "{received:?}"
    );
    let source = stage.last_run()["source"].to_string();
    assert!(
        source.contains(".csv"),
        "the ledger tells which file it was: {source}"
    );
}

#[test]
fn an_export_of_the_portal_is_read_by_its_headers() {
    let stage = Stage::new();
    let mapping = stage.plain(4);
    stage.connect();
    stage.map_these(&mapping);
    let mut lines = String::from(
        "Organization ID,Organization Name,Email,Plan,Seats Used,Seats Available,Active Seats,Status\r\n",
    );
    for (index, (id, _, _)) in mapping.iter().enumerate() {
        let row = organization(&stage, id);
        let status = if index == 3 { "Suspended" } else { "Active" };
        lines.push_str(&format!(
            "{id},\"{}\",{},SaaS Backup,{},{},{},{status}\r\n",
            row.organization_name,
            row.email,
            50 + index,
            70 + index,
            40 + index
        ));
    }
    let before = stage.count(mapping[3].2);
    let outcome = sync_file(&stage, &lines, []).expect(0);
    expect_counts(&stage, &mapping, &[50, 51, 52, before]);
    let kept = outcome.change(mapping[3].2);
    assert_eq!(kept["status"], "skipped", "{outcome}");
    assert!(
        kept["reason"]
            .as_str()
            .is_some_and(|why| why.contains("suspended")),
        "{kept}"
    );

    // The configured metric chooses the column.
    stage.run(["configure", "--seat-metric", "purchased"]).expect(0);
    sync_file(&stage, &lines, []).expect(0);
    expect_counts(&stage, &mapping, &[70, 71, 72, before]);
}

#[test]
fn semicolons_tabs_and_a_byte_order_mark_are_no_obstacle() {
    let stage = Stage::new();
    let mapping = stage.plain(1);
    stage.connect();
    stage.map_these(&mapping);
    let id = &mapping[0].0;
    for (seats, lines) in [
        (100, format!("Organisation;Seats\r\n{id};100\r\n")),
        (101, format!("seats\torganization\n101\t{id}\n")),
        (102, format!("\u{feff}organization,seats\n\n {id} , 102 \n\n")),
    ] {
        sync_file(&stage, &lines, []).expect(0);
        expect_counts(&stage, &mapping, &[seats]);
    }
}

#[test]
fn rows_that_match_nothing_are_listed() {
    let stage = Stage::new();
    let mapping = stage.plain(1);
    stage.connect();
    stage.map_these(&mapping);
    let lines = format!("organization,seats\nNobody Inc,5\n{},77\n,9\n", mapping[0].0);
    let outcome = sync_file(&stage, &lines, []).expect(0).says([
        "2 rows",
        "match no mapping",
        "line 2: Nobody Inc",
        "line 4: (no organization)",
    ]);
    expect_counts(&stage, &mapping, &[77]);
    assert_eq!(
        outcome.json()["changes"].as_array().map(Vec::len),
        Some(1),
        "{outcome}"
    );
}

#[test]
fn a_mapped_organization_without_a_row_is_held_back() {
    let (stage, mapping) = Stage::synced_with(6);
    let seats: Vec<i64> = mapping.iter().map(|(id, _, _)| stage.seats(id)).collect();
    let mut lines = String::from("organization,seats\n");
    for ((id, _, _), seats) in mapping[1..].iter().zip(&seats[1..]) {
        lines.push_str(&format!("{id},{}\n", seats + 1));
    }
    let outcome = sync_file(&stage, &lines, []).expect(4);
    assert_eq!(outcome.change(mapping[0].2)["status"], "skipped", "{outcome}");
    assert_eq!(outcome.json()["summary"]["updated"], 5, "{outcome}");
    assert_eq!(stage.count(mapping[0].2), seats[0]);
}

#[test]
fn garbled_and_contradicting_rows_are_held_back() {
    let (stage, mapping) = Stage::synced_with(7);
    let before: Vec<i64> = mapping
        .iter()
        .map(|(_, _, license)| stage.count(*license))
        .collect();
    let ids: Vec<&str> = mapping.iter().map(|(id, _, _)| id.as_str()).collect();
    let lines = format!(
        "organization,seats\n{},n/a\n{},-5\n{},12.5\n{},\n{},5\n{},6\n{},{}\n{},{}\n{},99999999999\n",
        ids[0],
        ids[1],
        ids[2],
        ids[3],
        ids[4],
        ids[4],
        ids[5],
        before[5] + 1,
        ids[5],
        before[5] + 1,
        ids[6],
    );
    let outcome = sync_file(&stage, &lines, ["--force"]).expect(4);
    for (index, (_, _, license)) in mapping.iter().enumerate() {
        // Twice the same is no contradiction.
        let good = index == 5;
        assert_eq!(
            stage.count(*license),
            before[index] + i64::from(good),
            "{index}: {outcome}"
        );
        let status = outcome.change(*license)["status"].clone();
        assert_eq!(
            status,
            if good { "updated" } else { "skipped" },
            "{index}: {outcome}"
        );
    }
}

/// Two mapped organizations of the same name.
#[track_caller]
fn twins(stage: &Stage) -> (Vec<Row>, Vec<i64>) {
    let mapping = stage.plain(2);
    for organization in &mut stage.world().organizations {
        if mapping.iter().any(|(id, _, _)| *id == organization.id) {
            organization.organization_name = "Twin".to_owned();
        }
    }
    stage.connect();
    stage.map_these(&mapping);
    stage.sync([]).expect(0);
    let counts = mapping
        .iter()
        .map(|(_, _, license)| stage.count(*license))
        .collect();
    (mapping, counts)
}

#[test]
fn a_name_that_two_organizations_have_is_nobodys() {
    let stage = Stage::new();
    let (mapping, before) = twins(&stage);
    let outcome = sync_file(&stage, "organization,seats\nTwin,7\n", ["--force"]).expect(4);
    expect_counts(&stage, &mapping, &before);
    assert!(outcome.stderr.contains("line 2: Twin"), "{outcome}");
}

#[test]
fn a_name_that_two_organizations_have_is_nobodys_when_one_is_named_either() {
    let stage = Stage::new();
    let (mapping, before) = twins(&stage);
    let outcome = sync_file(&stage, "organization,seats\nTwin,7\n", ["--force", &mapping[0].0]);
    assert_eq!(stage.count(mapping[0].2), before[0], "{outcome}");
    outcome.expect(4);
}

#[test]
fn rows_of_mapped_organizations_are_no_strangers_when_another_is_named() {
    let (stage, mapping) = Stage::synced_with(3);
    let mut lines = String::from("organization,seats\n");
    for (id, _, _) in &mapping {
        lines.push_str(&format!("{id},{}\n", stage.seats(id) + 1));
    }
    let outcome = sync_file(&stage, &lines, [&mapping[0].0]).expect(0);
    assert_eq!(outcome.json()["summary"]["updated"], 1, "{outcome}");
    assert!(!outcome.stderr.contains("match no mapping"), "{outcome}");
}

#[test]
fn the_tag_of_a_linked_organization_does_not_matter() {
    let stage = Stage::connected();
    let mapping = stage.world().suggested_mapping();
    let (tagged, name) = mapping
        .into_iter()
        .find_map(|row| {
            let name = organization(&stage, &row.0).organization_name;
            let plain = name.strip_suffix(" [e9fd]")?.to_owned();
            Some((row, plain))
        })
        .expect("one has a tag");
    stage.map_these(std::slice::from_ref(&tagged));
    sync_file(&stage, &format!("organization,seats\n\"{name}\",88\n"), []).expect(0);
    expect_counts(&stage, &[tagged], &[88]);
}

#[test]
fn the_safeguards_are_the_same() {
    let (stage, mapping) = Stage::synced_with(1);
    let (id, _, license) = &mapping[0];
    sync_file(&stage, &format!("organization,seats\n{id},100\n"), ["--force"]).expect(0);
    let large = format!("organization,seats\n{id},151\n");
    let outcome = sync_file(&stage, &large, []).expect(4);
    let why = outcome.change(*license)["reason"].to_string();
    assert!(why.contains("--max-change 50"), "{why}");
    let none = format!("organization,seats\n{id},0\n");
    sync_file(&stage, &none, []).expect(4);
    assert_eq!(stage.count(*license), 100);
    // A file of somebody else's organizations is the empty list over again.
    sync_file(&stage, "organization,seats\nNobody,5\n", ["--force"]).expect(4);
    assert_eq!(stage.count(*license), 100);
    sync_file(&stage, &large, ["--dry-run"]).expect(4);
    sync_file(&stage, &large, ["--max-change", "60"]).expect(0);
    assert_eq!(stage.count(*license), 151);
}

#[test]
fn a_file_that_cannot_be_used_is_a_usage_error() {
    let (stage, mapping) = Stage::synced_with(1);
    let before = stage.count(mapping[0].2);
    for (lines, says) in [
        ("", "empty"),
        ("organization,color\nx,red\n", "no column for the seats"),
        ("organization,seats\nContoso,1,240\n", "line 2 has 3 cells"),
        (
            "organization,seats,note\nContoso,4\nNordwind,1,240,\n",
            "line 3 has 4 cells",
        ),
        (
            "organization,Seats Used,seats_used\nx,1,2\n",
            "\"Seats Used\" and \"seats_used\" mean the same",
        ),
        ("organization,seats,seats_used\nx,1,2\n", "mean the same"),
        ("Organization,seats, ORGANIZATION \nx,1,y\n", "mean the same"),
        ("organization_name,organization,seats\nx,y,1\n", "mean the same"),
        ("color,seats\nred,5\n", "no column for the organization"),
        ("\0\0\0", "not a text file"),
    ] {
        sync_file(&stage, lines, []).expect(2).says([says]);
    }
    stage
        .run(["sync-seats", "--yes", "--seats-file", "/nonexistent/seats.csv"])
        .expect(2)
        .says(["/nonexistent/seats.csv"]);
    assert_eq!(stage.count(mapping[0].2), before);
}

#[test]
fn an_id_and_a_name_in_one_row_are_the_same_organizations() {
    let (stage, mapping) = Stage::synced_with(3);
    let before: Vec<i64> = mapping.iter().map(|row| stage.count(row.2)).collect();
    let names: Vec<String> = mapping
        .iter()
        .map(|row| organization(&stage, &row.0).organization_name)
        .collect();
    let row = |id: &str, name: &str, seats: i64| format!("{id},\"{name}\",{seats}\n");
    let header = "organization_id,organization,seats\n";
    let good = row(&mapping[0].0, &names[0], before[0] + 1) + &row(&mapping[1].0, &names[1], before[1] + 1);
    let unmapped = stage.world().suggested_mapping().last().expect("one").0.clone();
    let unmapped_name = organization(&stage, &unmapped).organization_name;
    stage.run(["list", "organizations", "--refresh"]).expect(0);

    // Another's name, mapped or not; another's id.
    for bad in [
        row(&mapping[2].0, &names[1], 7),
        row(&mapping[2].0, &unmapped_name, 7),
        row(&unmapped, &names[2], 7),
    ] {
        sync_file(&stage, &format!("{header}{good}{bad}"), ["--force"])
            .expect(2)
            .says(["line 4: ", "are different organizations"]);
        expect_counts(&stage, &mapping, &before);
    }

    // The id of one that nobody knows is not that of its namesake.
    let stranger = format!("{header}{good}{}", row("99999-9", &names[2], 7));
    let outcome = sync_file(&stage, &stranger, []).expect(4);
    assert!(outcome.stderr.contains("line 4: 99999-9"), "{outcome}");
    expect_counts(&stage, &mapping, &[before[0] + 1, before[1] + 1, before[2]]);
}

#[test]
fn a_count_of_deactivated_seats_is_no_flag() {
    let (stage, mapping) = Stage::synced_with(5);
    let before: Vec<i64> = mapping.iter().map(|row| stage.count(row.2)).collect();
    let mut lines = String::from("Organization ID,Seats Used,Deactivated,Note\n");
    // Also a row that is as long as it need be.
    for ((row, count), word) in mapping
        .iter()
        .zip(&before)
        .zip(["1,", "0", "12,x", "true", "no,"])
    {
        lines.push_str(&format!("{},{},{word}\n", row.0, count + 1));
    }
    let outcome = sync_file(&stage, &lines, []).expect(0);
    for (index, (row, count)) in mapping.iter().zip(&before).enumerate() {
        let deactivated = index == 3;
        assert_eq!(stage.count(row.2), count + i64::from(!deactivated), "{outcome}");
    }
    let kept = outcome.change(mapping[3].2)["reason"].to_string();
    assert!(kept.contains("deactivated"), "{kept}");

    let short = format!("organization,note,seats\n{},x\n", mapping[0].0);
    sync_file(&stage, &short, [])
        .expect(2)
        .says(["line 2: it ends before the seats column"]);
}

#[test]
fn without_api_access_it_all_works_from_files() {
    let stage = Stage::new()
        .without("HALOLINK_RESELLER_TOKEN")
        .without("HALOLINK_ACCESS_TOKEN");
    let mapping = stage.plain(2);
    let site = stage.sandbox.site_url();
    let client = stage.sandbox.credentials().client_id.clone();
    stage
        .run([
            "connect",
            "--site-url",
            &site,
            "--client-id",
            &client,
            "--no-backup",
            "--secret-store",
            "none",
        ])
        .expect(0);
    // One from a file of mappings, one by hand, and both by what the portal's export calls them.
    let name = organization(&stage, &mapping[1].0).organization_name;
    stage.map_these(&mapping[..1]);
    let (customer, license) = (mapping[1].1.to_string(), mapping[1].2.to_string());
    stage.map(&name, &customer, &license).expect(0);

    stage
        .run(["sync-seats", "--yes"])
        .expect(3)
        .says(["--no-backup", "--seats-file"]);

    let lines = format!(
        "Organization ID,Organization Name,Seats Used\n{},whatever,61\n{},\"{name}\",62\n",
        mapping[0].0, mapping[1].0
    );
    let outcome = sync_file(&stage, &lines, []).expect(0);
    expect_counts(&stage, &mapping, &[61, 62]);
    assert_eq!(outcome.json()["requests"]["backup"], 0, "{outcome}");
    let history = stage.run(["history", &name, "-o", "json"]).expect(0).json();
    assert_eq!(history[0]["seats"], json!(62), "{history}");
    let received = stage.sandbox.received();
    assert!(
        received.iter().all(|request| request.service == Service::Halo),
        "{received:?}"
    );
}

#[test]
fn an_organization_s_number_is_an_id_too() {
    let (stage, mapping) = Stage::synced_with(2);
    let (number, name) = {
        let world = stage.world();
        let of = |id: &str| {
            let found = world.organizations.iter().find(|found| found.id == id);
            found.expect("the organization is there").clone()
        };
        (
            of(&mapping[0].0).organization_id,
            of(&mapping[1].0).organization_name,
        )
    };
    // Another organization's name beside it.
    for header in ["number", "organization_number"] {
        let file = stage.file(format!("{header},organization_name,seats\n{number},{name},7\n").as_bytes());
        stage
            .sync(["--seats-file", &file.display().to_string()])
            .expect(2);
    }
    let file = stage.file(format!("number,seats\n{number},7\n").as_bytes());
    let outcome = stage.sync(["--dry-run", "--seats-file", &file.display().to_string()]);
    assert_eq!(outcome.change(mapping[0].2)["to"], 7, "{outcome}");
}
