//! `map-org` and `unlink`: what a name names, what cannot be mapped, and files of mappings.

use crate::support::{Outcome, Stage};
use halolink::sandbox::Fault;
use serde_json::{Value, json};

// The sandbox's first customers: 21 Northwind Dental (licenses 17, 18), 22 Contoso Ltd (license 19, inactive
// 20), 23 Harbor Light Clinic, which 57 is called too; 58 Northwind Dental Group; 59 is inactive.

#[test]
fn an_organization_is_named_by_id_number_exact_name_or_unique_prefix() {
    for text in ["1788161-15", "204120", "contoso ltd [E9FD]", "Conto"] {
        let stage = Stage::connected();
        stage.map(text, "22", "19").expect(0);
        assert_eq!(mapping(&stage), json!(["1788161-15", 22, 19]), "{text}");
    }
}

#[test]
fn a_customer_is_named_by_id_exact_name_or_unique_prefix() {
    // "Northwind Dental" is the beginning of another customer's name, and still exact.
    for text in ["21", "northwind dental", " Northwind Dental "] {
        let stage = Stage::connected();
        stage.map("1788161-14", text, "17").expect(0);
        assert_eq!(mapping(&stage), json!(["1788161-14", 21, 17]), "{text}");
    }
    let stage = Stage::connected();
    stage.map("1788161-29", "Adventure W", "62").expect(0);
    assert_eq!(mapping(&stage), json!(["1788161-29", 36, 62]));
}

#[test]
fn a_license_is_named_by_id_exact_name_or_unique_prefix_among_the_customers_own() {
    for text in ["17", "ninjaone saas backup", "Ninja"] {
        let stage = Stage::connected();
        stage.map("1788161-14", "21", text).expect(0);
        assert_eq!(mapping(&stage), json!(["1788161-14", 21, 17]), "{text}");
    }
}

#[test]
fn both_spellings_of_license_are_taken() {
    let stage = Stage::connected();
    stage
        .run(["map-org", "1788161-14", "--customer", "21", "--licence", "17"])
        .expect(0);
    assert_eq!(mapping(&stage), json!(["1788161-14", 21, 17]));
}

#[test]
fn a_name_that_fits_several_lists_them() {
    let stage = Stage::connected();
    stage
        .map("1788161-16", "Harbor Light Clinic", "23")
        .expect(2)
        .says([
            "fits 2 customers",
            "Harbor Light Clinic (23)",
            "Harbor Light Clinic (57)",
            "give the id",
        ]);
    stage
        .map("1788161-14", "Northwind", "17")
        .expect(2)
        .says(["Northwind Dental (21)", "Northwind Dental Group (58)"]);
    stage.map("Fabrikam Foo", "27", "36").expect(2).says([
        "fits 2 organizations",
        "1788161-20",
        "1788161-21",
    ]);
    stage.map("1788161-18", "25", "Microsoft 365 B").expect(2).says([
        "fits 2 licenses",
        "Microsoft 365 Business Premium (30)",
        "Microsoft 365 Business Basic (31)",
    ]);
    assert_eq!(stage.mapping_count(), 0);
}

#[test]
fn a_near_miss_is_answered_with_the_nearest() {
    let stage = Stage::connected();
    stage.map("1788161-14", "Nortwind Dental", "17").expect(2).says([
        "there is no customer \"Nortwind Dental\"",
        "Northwind Dental (21)",
        "halolink list customers",
    ]);
    stage
        .map("Contosso Ltd", "22", "19")
        .expect(2)
        .says(["there is no organization", "(1788161-15)"]);
    stage
        .map("1788161-14", "21", "NinjaOne SaaS Bakcup")
        .expect(2)
        .says([
            "there is no license",
            "NinjaOne SaaS Backup (17)",
            "--create-license",
        ]);
    assert_eq!(stage.mapping_count(), 0);
}

#[test]
fn a_name_that_is_nobodys_is_a_usage_error() {
    let stage = Stage::connected();
    stage
        .map("Zzyzx", "21", "17")
        .expect(2)
        .says(["there is no organization \"Zzyzx\""]);
    stage
        .map("1788161-999", "21", "17")
        .expect(2)
        .says(["there is no organization \"1788161-999\""]);
    stage
        .map("1788161-14", "999999", "17")
        .expect(2)
        .says(["there is no customer \"999999\""]);
    stage
        .map("1788161-14", "21", "999999")
        .expect(2)
        .says(["there is no license \"999999\""]);
    assert_eq!(stage.mapping_count(), 0);
}

#[test]
fn a_license_of_another_customer_is_refused() {
    let stage = Stage::connected();
    stage
        .map("1788161-14", "21", "23")
        .expect(2)
        .says(["(23) belongs to Harbor Light Clinic (23), not to Northwind Dental (21)"]);
    // By name it is not even found there.
    stage
        .map("1788161-14", "21", "SaaS Backup + Archive")
        .expect(2)
        .says(["there is no license"]);
    assert_eq!(stage.mapping_count(), 0);
}

#[test]
fn what_is_inactive_in_halo_is_refused() {
    let stage = Stage::connected();
    stage.map("1788161-15", "59", "19").expect(2).says(["inactive"]);
    stage.map("1788161-15", "Contoso Ltd (closed)", "19").expect(2);
    stage
        .map("1788161-15", "22", "20")
        .expect(2)
        .says(["SaaS Backup (2023 price list) (20) is inactive"]);
    assert_eq!(stage.mapping_count(), 0);
}

#[test]
fn each_missing_value_is_named_with_its_flag() {
    let stage = Stage::connected();
    stage.run(["map-org"]).expect(2).says(["ORG", "--from"]);
    stage
        .run(["map-org", "1788161-14"])
        .expect(2)
        .says(["--customer"]);
    stage
        .run(["map-org", "1788161-14", "--customer", "21"])
        .expect(2)
        .says(["--license", "--create-license"]);
}

#[test]
fn mapping_anew_shows_old_and_new_and_needs_a_yes() {
    let stage = Stage::connected();
    stage.map("1788161-14", "21", "17").expect(0);
    stage.map("1788161-14", "22", "19").expect(2).says([
        "is now: Northwind Dental (21), NinjaOne SaaS Backup (17)",
        "would be: Contoso Ltd (22), SaaS Backup (19)",
        "--yes",
    ]);
    assert_eq!(mapping(&stage), json!(["1788161-14", 21, 17]));

    let outcome = stage
        .run([
            "map-org",
            "1788161-14",
            "--customer",
            "22",
            "--license",
            "19",
            "--yes",
            "-o",
            "json",
        ])
        .expect(0);
    let change = outcome.first_change();
    assert_eq!(change["status"], "remapped");
    assert_eq!(change["from"]["license"]["id"], 17);
    assert_eq!(mapping(&stage), json!(["1788161-14", 22, 19]));
}

/// Asked without a yes: exit code 2 and these words; with one it is done, and a dry run only says it.
#[track_caller]
fn wants_a_yes<const N: usize>(stage: &Stage, mapping: [&str; 3], words: [&str; N]) {
    let [organization, customer, license] = mapping;
    let arguments = [
        "map-org",
        organization,
        "--customer",
        customer,
        "--license",
        license,
        "-o",
        "json",
    ];
    let before = stage.mapping_count();
    let refused = stage.run(arguments).expect(2).says(words).says(["--yes"]);
    let message = refused.json()["error"]["message"].to_string();
    assert!(message.contains(words[0]), "{refused}");
    assert_eq!(stage.mapping_count(), before);

    let mut dry = arguments.to_vec();
    dry.push("--dry-run");
    let doubts = stage.run(dry).expect(0).says(words).first_change()["doubts"].to_string();
    assert!(doubts.contains(words[0]), "{doubts}");

    let mut yes = arguments.to_vec();
    yes.push("--yes");
    stage.run(yes).expect(0).says(words);
    assert_eq!(stage.mapping_count(), before + 1);
    // What is stored was agreed to.
    stage.run(arguments).expect(0).hides([words[0]]);
}

#[test]
fn names_far_apart_want_a_yes() {
    // Northwind Dental to Contoso Ltd, and O'Brien Electrical to Café Lumière.
    let stage = Stage::connected();
    wants_a_yes(
        &stage,
        ["1788161-14", "22", "19"],
        ["the names are far apart", "Northwind Dental", "Contoso Ltd"],
    );
    wants_a_yes(&stage, ["1788161-18", "29", "41"], ["the names are far apart"]);
}

#[test]
fn another_products_license_wants_a_yes() {
    let stage = Stage::connected();
    let other = ["looks like another product's"];
    // By its name.
    wants_a_yes(&stage, ["1788161-14", "21", "18"], other);
    // By its manufacturer alone.
    {
        let mut world = stage.world();
        let license = world.licenses.get_mut(&19).expect("a license");
        license.name = "Seats".into();
        license.manufacturer = "Adobe Inc.".into();
    }
    wants_a_yes(&stage, ["1788161-15", "22", "19"], other);
}

#[test]
fn a_license_that_is_anothers_already_wants_a_yes() {
    let stage = Stage::connected();
    stage.map("1788161-18", "25", "29").expect(0);
    wants_a_yes(
        &stage,
        ["1788161-49", "25", "29"],
        ["it will carry the sum", "O'Brien Electrical (1788161-18)"],
    );
}

#[test]
fn odd_rows_of_a_file_are_listed_together_and_want_one_yes() {
    let stage = Stage::connected();
    let text = "organization,customer,license\n\
                1788161-14,22,19\n\
                1788161-15,22,19\n\
                1788161-22,29,41\n\
                1788161-18,25,30\n";
    from(&stage, text).expect(2).says([
        "Map 2 organizations despite the warnings?",
        "Northwind Dental (1788161-14) -> Contoso Ltd (22), SaaS Backup (19): the names are far apart",
        "Microsoft 365 Business Premium (30): the license",
        "will carry the sum of",
        "--yes",
    ]);
    assert_eq!(stage.mapping_count(), 0);
    let path = stage.file(text.as_bytes()).display().to_string();
    stage.run(["map-org", "--from", &path, "--yes"]).expect(0);
    assert_eq!(stage.mapping_count(), 4);
    // Two rows of one license alone: whoever wrote the file wrote both.
    let stage = Stage::connected();
    from(
        &stage,
        "organization,customer,license\n1788161-18,25,29\n1788161-49,25,29\n",
    )
    .expect(0)
    .says(["will carry the sum of"]);
}

/// Northwind Dental from license 17 to the new license 900 of the same customer, with more flags.
fn move_on(stage: &Stage, flags: &[&str]) -> Outcome {
    let mut arguments = vec![
        "map-org",
        "1788161-14",
        "--customer",
        "21",
        "--license",
        "900",
        "--yes",
        "-o",
        "json",
    ];
    arguments.extend(flags);
    stage.run(arguments)
}

/// Northwind Dental is mapped to license 17, and its customer has a license 900 to move on to.
#[track_caller]
fn about_to_move() -> Stage {
    let stage = Stage::connected();
    {
        let mut world = stage.world();
        let mut new = world.licenses[&17].clone();
        new.id = 900;
        new.name = "SaaS Backup 2026".into();
        world.licenses.insert(900, new);
    }
    stage.map("1788161-14", "21", "17").expect(0);
    stage.sandbox.forget_received();
    stage
}

#[test]
fn the_license_that_is_left_is_named_with_what_it_bills() {
    let stage = about_to_move();
    let before = stage.count(17);
    let quantity = format!("keeps its quantity of {before} and keeps billing");
    let dry = move_on(&stage, &["--dry-run"]).expect(0).says([&quantity]);
    assert_eq!(dry.first_change()["old_license"]["status"], "kept");
    let outcome = move_on(&stage, &[]).expect(0).says([
        "NinjaOne SaaS Backup (17) of Northwind Dental (21)",
        &quantity,
        "--old-license 0",
    ]);
    assert_eq!(
        outcome.first_change()["old_license"],
        json!({
            "license": {"id": 17, "name": "NinjaOne SaaS Backup"},
            "customer": {"id": 21, "name": "Northwind Dental"},
            "quantity": before, "shared": false, "status": "kept", "reason": null,
        })
    );
    assert!(!stage.was_written());
    assert_eq!(mapping(&stage), json!(["1788161-14", 21, 900]));
}

#[test]
fn keeping_the_old_license_takes_no_words() {
    let stage = about_to_move();
    move_on(&stage, &["--old-license", "keep"])
        .expect(0)
        .hides(["keeps billing", "--old-license"]);
    assert!(!stage.was_written());
}

#[test]
fn the_old_license_is_set_to_0_and_recorded() {
    // Also where the answer to it is lost.
    for fault in [None, Some(Fault::DropAfter)] {
        let stage = about_to_move();
        let before = stage.world().licenses[&17].clone();
        let dry = move_on(&stage, &["--old-license", "0", "--dry-run"]).expect(0);
        assert_eq!(dry.first_change()["old_license"]["status"], "planned");
        assert!(!stage.was_written());
        // Whoever reads no JSON sees what an invoice loses before it does.
        let falls = format!("{} -> 0", before.count);
        dry.says(["The old license", falls.as_str()]);
        if let Some(fault) = fault {
            stage.faults([fault]);
        }
        let outcome = move_on(&stage, &["--old-license", "0"])
            .expect(0)
            .says(["is set to 0"]);
        let old = outcome.first_change()["old_license"].clone();
        assert_eq!(
            (&old["status"], &old["quantity"]),
            (&json!("set_to_0"), &json!(before.count))
        );
        let after = stage.world().licenses[&17].clone();
        assert_eq!(after.count, 0);
        assert_eq!((after.notes, after.name), (before.notes, before.name));
        let posts = stage.halo_requests("POST", "/api/SoftwareLicence");
        assert_eq!(posts[0].body, json!([{"id": 17, "client_id": 21, "count": 0}]));

        let run = stage.last_run();
        assert_eq!(
            (&run["command"], &run["state"]),
            (&json!("map-org"), &json!("done"))
        );
        let change = &run["changes"][0];
        assert_eq!(change["license"]["id"], 17);
        assert_eq!(
            (&change["from"], &change["to"]),
            (&json!(before.count), &json!(0))
        );
        assert_eq!(
            (&change["status"], &change["verified"]),
            (&json!("updated"), &json!(true))
        );
        // It is no sync.
        let status = stage.run(["status", "-o", "json"]).expect(0).json();
        assert_eq!(status["last_sync"], json!(null));
        // And again: there is nothing to be set.
        move_on(&stage, &["--old-license", "0"]).expect(0);
        assert_eq!(stage.runs().len(), 1);
    }
}

#[test]
fn a_license_that_others_keep_is_left_to_the_sync() {
    let stage = Stage::connected();
    {
        let mut world = stage.world();
        let mut new = world.licenses[&29].clone();
        new.id = 900;
        world.licenses.insert(900, new);
    }
    stage.map_these(&[("1788161-18", 25, 29), ("1788161-49", 25, 29)]);
    let text = b"organization,customer,license\n1788161-18,25,900\n";
    let path = stage.file(text).display().to_string();
    let outcome = stage
        .run([
            "map-org",
            "--from",
            &path,
            "--old-license",
            "0",
            "--yes",
            "-o",
            "json",
        ])
        .expect(0)
        .says([
            "is still mapped to",
            "the next sync-seats subtracts the seats that left",
        ]);
    assert_eq!(outcome.first_change()["old_license"]["shared"], true);
    assert!(!stage.was_written());
    // The last one leaves: now it is.
    let text = b"organization,customer,license\n1788161-18,25,900\n1788161-49,25,900\n";
    let path = stage.file(text).display().to_string();
    stage
        .run(["map-org", "--from", &path, "--old-license", "0", "--yes"])
        .expect(0);
    assert_eq!(stage.count(29), 0);
}

#[test]
fn a_license_that_another_takes_over_in_the_same_file_is_not_set_to_0() {
    let stage = about_to_move();
    stage.map_these(&[("1788161-15", 21, 900)]);
    let before = (stage.count(17), stage.count(900));
    let text = b"organization,customer,license\n1788161-14,21,900\n1788161-15,21,17\n";
    let path = stage.file(text).display().to_string();
    stage
        .run(["map-org", "--from", &path, "--old-license", "0", "--yes"])
        .expect(0);
    assert_eq!((stage.count(17), stage.count(900)), before);
}

#[test]
fn an_old_license_that_halo_does_not_take_is_exit_code_4() {
    let stage = about_to_move();
    let before = {
        let mut world = stage.world();
        let license = world.licenses.get_mut(&17).expect("a license");
        license.notes = "poison".into();
        license.count
    };
    stage.faults([Fault::RefuseBatch]);
    let outcome = move_on(&stage, &["--old-license", "0"])
        .expect(4)
        .says(["was not set to 0 and keeps billing", "managed by an integration"]);
    assert_eq!(outcome.first_change()["status"], "remapped");
    assert_eq!(outcome.first_change()["old_license"]["status"], "failed");
    assert_eq!(stage.count(17), before);
    assert_eq!(mapping(&stage), json!(["1788161-14", 21, 900]));
    let change = stage.last_run()["changes"][0].clone();
    assert_eq!(
        (&change["status"], &change["verified"]),
        (&json!("failed"), &json!(false))
    );
}

#[test]
fn what_another_profile_of_the_site_has_mapped_is_refused() {
    let stage = Stage::connected();
    stage.map("1788161-14", "21", "17").expect(0);
    let mut connect = stage.connect_arguments();
    connect.extend(["--profile".to_owned(), "brand".to_owned()]);
    stage.run(connect).expect(0);
    let in_brand = |organization: &str, flags: &[&str]| {
        let mut arguments = vec![
            "--profile",
            "brand",
            "map-org",
            organization,
            "--customer",
            "21",
            "--yes",
        ];
        arguments.extend(flags);
        stage.run(arguments)
    };
    // The organization, to whatever license; and the license, by whichever organization.
    for (organization, flags, words) in [
        ("1788161-14", &["--license", "17"][..], "billed twice"),
        ("1788161-14", &["--create-license", "Brand New"], "billed twice"),
        ("1788161-15", &["--license", "17"], "overwrite the other's sum"),
        (
            "1788161-15",
            &["--license", "17", "--dry-run"],
            "overwrite the other's sum",
        ),
    ] {
        in_brand(organization, flags)
            .expect(2)
            .says([words, "\"brand\"", "\"default\""]);
    }
    let path = stage
        .file(b"organization,customer,license\n1788161-15,22,19\n1788161-14,21,17\n")
        .display()
        .to_string();
    stage
        .run(["--profile", "brand", "map-org", "--from", &path, "--yes"])
        .expect(2)
        .says(["Northwind Dental (1788161-14)", "billed twice"]);
    let listed = stage.run(["--profile", "brand", "list", "mappings", "-o", "json"]);
    assert_eq!(listed.expect(0).json(), json!([]));
    assert!(!stage.was_written());
    // What is nobody's there is nobody's business.
    stage.run(["unlink", "--all", "--yes"]).expect(0);
    in_brand("1788161-14", &["--license", "17"]).expect(0);
}

#[test]
fn the_same_mapping_again_asks_nothing_and_changes_nothing() {
    let stage = Stage::connected();
    stage.map("1788161-14", "21", "17").expect(0);
    let again = [
        "map-org",
        "1788161-14",
        "--customer",
        "21",
        "--license",
        "17",
        "-o",
        "json",
    ];
    assert_eq!(stage.run(again).expect(0).first_change()["status"], "unchanged");
}

#[test]
fn a_dry_run_maps_nothing() {
    let stage = Stage::connected();
    let outcome = stage
        .run([
            "map-org",
            "1788161-14",
            "--customer",
            "21",
            "--license",
            "17",
            "--dry-run",
            "-o",
            "json",
        ])
        .expect(0);
    assert_eq!(outcome.first_change()["status"], "planned");
    stage
        .run([
            "map-org",
            "1788161-14",
            "--customer",
            "21",
            "--create-license",
            "Brand New",
            "--dry-run",
        ])
        .expect(0);
    assert_eq!(stage.mapping_count(), 0);
    assert!(!stage.was_written());
}

#[test]
fn a_new_license_is_created_with_the_seats_in_use() {
    let stage = Stage::connected();
    let outcome = create(&stage, "Brand New").expect(0);
    let (license, seats) = {
        let world = stage.world();
        let mut made = world
            .licenses
            .values()
            .filter(|license| license.name == "Brand New");
        let license = made.next().expect("it was made").clone();
        assert!(made.next().is_none(), "two were made");
        (license, world.organizations[0].seats_used)
    };
    assert_eq!(
        (license.client_id, license.count, license.is_active),
        (21, seats, true)
    );
    assert_eq!(
        outcome.first_change()["license"],
        json!({"id": license.id, "name": "Brand New"})
    );
    assert_eq!(mapping(&stage), json!(["1788161-14", 21, license.id]));
}

#[test]
fn a_new_license_bills_and_needs_a_yes() {
    let stage = Stage::connected();
    let ask = [
        "map-org",
        "1788161-14",
        "--customer",
        "21",
        "--create-license",
        "Brand New",
    ];
    stage.run(ask).expect(2).says([
        "Create the license \"Brand New\" for Northwind Dental (21)",
        "--yes",
    ]);
    assert!(!stage.was_written());
    assert_eq!(stage.mapping_count(), 0);
    // What is there already bills already.
    create(&stage, "Brand New").expect(0);
    stage.run(["unlink", "--all", "--yes"]).expect(0);
    stage.run(ask).expect(0);
    assert_eq!(licenses_called(&stage, "Brand New"), 1);
}

#[test]
fn two_licenses_of_the_new_ones_name_are_an_error() {
    let stage = Stage::connected();
    {
        let mut world = stage.world();
        for id in [901, 902] {
            let mut twin = world.licenses[&17].clone();
            twin.id = id;
            twin.name = "Brand New".into();
            world.licenses.insert(id, twin);
        }
    }
    create(&stage, "brand new")
        .expect(2)
        .says(["2 active licenses", "901, 902", "--license"]);
    assert_eq!(stage.mapping_count(), 0);
    // One that was ended is no choice.
    stage.world().licenses.get_mut(&901).expect("a twin").is_active = false;
    create(&stage, "brand new").expect(0);
    assert_eq!(mapping(&stage), json!(["1788161-14", 21, 902]));
}

#[test]
fn the_same_new_license_again_is_the_one_that_is_there() {
    let stage = Stage::connected();
    create(&stage, "Brand New").expect(0);
    create(&stage, "brand new").expect(0);
    stage.run(["unlink", "--all", "--yes"]).expect(0);
    create(&stage, "Brand New").expect(0);
    assert_eq!(licenses_called(&stage, "Brand New"), 1);
}

#[test]
fn a_license_whose_answer_was_lost_is_made_once() {
    let lost_by = |fault: Fault| {
        let stage = Stage::connected();
        stage.faults([fault]);
        create(&stage, "Brand New").expect(0);
        assert_eq!(licenses_called(&stage, "Brand New"), 1, "{fault}");
        stage.faults([]);
        create(&stage, "Brand New").expect(0);
        assert_eq!(licenses_called(&stage, "Brand New"), 1, "{fault}, then again");
        assert_eq!(stage.mapping_count(), 1);
    };
    // Each waits most of the time.
    std::thread::scope(|scope| {
        for fault in [Fault::DropAfter, Fault::DropBefore, Fault::BadGatewayAfter] {
            scope.spawn(move || lost_by(fault));
        }
    });
}

/// The posts of licenses, and how many of them got a 504.
fn posts(stage: &Stage) -> (usize, usize) {
    let posts = stage.halo_requests("POST", "/api/SoftwareLicence");
    let late = posts.iter().filter(|post| post.status == Some(504)).count();
    (posts.len(), late)
}

#[test]
fn a_license_that_halo_makes_late_is_made_once() {
    let stage = Stage::connected();
    stage.faults([Fault::LateCreation]);
    create(&stage, "Brand New")
        .expect(0)
        .says(["Halo may still be creating the license"]);
    assert_eq!(posts(&stage), (1, 1));
    assert_eq!(licenses_called(&stage, "Brand New"), 1);
    assert_eq!(stage.mapping_count(), 1);
}

#[test]
fn where_the_patience_ends_the_next_run_takes_the_late_license() {
    let stage = Stage::connected();
    stage.faults([Fault::LateCreation]);
    let mut arguments = CREATE.to_vec();
    arguments.extend(["Brand New", "--yes", "--patience", "3"]);
    stage
        .run(arguments)
        .expect(75)
        .says(["does not list it", "run the command again"]);
    assert_eq!(
        (licenses_called(&stage, "Brand New"), stage.mapping_count()),
        (0, 0)
    );
    // Another name is another license.
    create(&stage, "Brand Newer").expect(0);
    create(&stage, "Brand New").expect(0);
    assert_eq!(posts(&stage), (2, 1));
    assert_eq!(licenses_called(&stage, "Brand New"), 1);
}

#[cfg(unix)]
#[test]
fn a_run_killed_while_it_creates_is_followed_by_one_license() {
    // Killed before the work, and after it and before the answer.
    std::thread::scope(|scope| {
        for is_made in [false, true] {
            scope.spawn(move || {
                let stage = Stage::connected();
                stage.faults(if is_made {
                    [Fault::DropAfter]
                } else {
                    [Fault::SlowAnswers]
                });
                let mut arguments = CREATE.to_vec();
                arguments.extend(["Brand New", "--yes"]);
                let running = stage.start(arguments);
                if is_made {
                    stage.wait_for("the post", |received| {
                        received
                            .iter()
                            .any(|request| request.method == "POST" && request.path == "/api/SoftwareLicence")
                    });
                } else {
                    // The plan's list and the one inside the lock were answered: the post is on its way.
                    stage.wait_for("both lists", |received| {
                        let lists = received.iter().filter(|request| {
                            request.method == "GET" && request.path == "/api/SoftwareLicence"
                        });
                        lists.count() >= 4
                    });
                    std::thread::sleep(std::time::Duration::from_millis(500));
                }
                assert!(running.kill() || is_made, "it ended too early");
                stage.faults([]);
                create(&stage, "Brand New").expect(0);
                assert_eq!(licenses_called(&stage, "Brand New"), 1, "made: {is_made}");
            });
        }
    });
}

#[test]
fn license_and_create_license_exclude_each_other() {
    let stage = Stage::connected();
    stage
        .run([
            "map-org",
            "1788161-14",
            "--customer",
            "21",
            "--license",
            "17",
            "--create-license",
            "X",
        ])
        .expect(2)
        .says(["--create-license"]);
}

#[test]
fn a_file_maps_by_ids_and_names() {
    let stage = Stage::connected();
    from(
        &stage,
        "organization,customer,license\n\
         1788161-14,21,17\n\
         204120,Contoso Ltd,SaaS Backup\n\
         \n\
         Café Lumière,\"Café Lumière\",NinjaOne SaaS Backup\n",
    )
    .expect(0);
    assert_eq!(
        mappings(&stage),
        [
            json!(["1788161-14", 21, 17]),
            json!(["1788161-15", 22, 19]),
            json!(["1788161-22", 29, 41])
        ]
    );
}

#[test]
fn a_file_may_be_a_spreadsheets() {
    for text in [
        "organization;customer;license\r\n1788161-14;21;17\r\n",
        "\u{feff}Organization,Customer,Licence\r\n1788161-14,21,17\r\n",
        "license,organization,note,customer\n17,1788161-14,ours,21",
        "organization\tcustomer\tlicense\n1788161-14\t21\t17\n",
    ] {
        let stage = Stage::connected();
        from(&stage, text).expect(0);
        assert_eq!(mapping(&stage), json!(["1788161-14", 21, 17]), "{text}");
    }
}

#[test]
fn every_bad_row_is_named_with_its_line_and_nothing_is_applied() {
    let stage = Stage::connected();
    from(
        &stage,
        "organization,customer,license\n\
         1788161-14,21,17\n\
         Nobody Inc,21,17\n\
         1788161-15,Contosso Ltd,19\n\
         1788161-16,Harbor Light Clinic,23\n\
         1788161-17,24,23\n\
         1788161-23,22,20\n\
         1788161-18,59,29\n\
         ,25,29\n\
         1788161-19,,32\n\
         1788161-20,27,\n\
         1788161-14,21,18\n\
         1788161-21,28,Backup of nothing\n",
    )
    .expect(2)
    .says([
        "12 rows",
        "none was",
        "line 3: there is no organization \"Nobody Inc\"",
        "line 4: there is no customer \"Contosso Ltd\"; the nearest: Contoso Ltd (22)",
        "line 5: \"Harbor Light Clinic\" fits 2 customers",
        "line 6: ",
        "line 7: ",
        "line 8: ",
        "line 9: the organization is empty",
        "line 10: the customer is empty",
        "line 11: the license is empty",
        "line 12: the organization Northwind Dental is in line 2 already",
        "line 13: there is no license \"Backup of nothing\"",
    ])
    .hides(["line 2: "]);
    assert_eq!(stage.mapping_count(), 0);
}

#[test]
fn lines_are_counted_as_an_editor_does() {
    let stage = Stage::connected();
    // An empty line before a row, and a cell that goes over two lines.
    from(
        &stage,
        "organization,customer,license\n\nNobody Inc,21,17\n\"Two\nLines\",21,17\n\n\nLast Inc,21,17\n",
    )
    .expect(2)
    .says([
        "line 3: there is no organization \"Nobody Inc\"",
        "line 4: there is no organization \"Two",
        "line 8: there is no organization \"Last Inc\"",
    ]);
}

#[test]
fn a_row_is_refused_for_the_reason_that_flags_are() {
    let stage = Stage::connected();
    from(
        &stage,
        "organization,customer,license\n1788161-14,21,23\n1788161-15,22,20\n1788161-18,59,29\n",
    )
    .expect(2)
    .says([
        "line 2: the license NinjaOne SaaS Backup (23) belongs to Harbor Light Clinic (23), not to Northwind Dental (21)",
        "line 3: the license SaaS Backup (2023 price list) (20) is inactive",
        "line 4: the customer Contoso Ltd (closed) (59) is inactive",
    ]);
}

#[test]
fn a_file_that_is_none_is_refused() {
    let stage = Stage::connected();
    for (content, word) in [
        (&b""[..], "is empty"),
        (b" \n\n", "is empty"),
        (b"\x00\x01\x02\xff\xfe\x00garbage", "not a text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a text file"),
        (b"\xff\xfeo\x00r\x00", "UTF-16"),
        (b"organization,customer,license\n", "no rows"),
        (b"organization,customer\n1788161-14,21\n", "no column \"license\""),
        (b"1788161-14,21,17\n", "no column \"organization\""),
    ] {
        let path = stage.file(content).display().to_string();
        stage
            .run(["map-org", "--from", &path])
            .expect(2)
            .says([word, &path]);
    }
    let missing = stage.home().join("not-there.csv").display().to_string();
    stage
        .run(["map-org", "--from", &missing])
        .expect(2)
        .says([&missing]);
    assert_eq!(stage.mapping_count(), 0);
}

#[test]
fn a_file_that_maps_anew_shows_what_and_needs_a_yes() {
    let stage = Stage::connected();
    stage.map("1788161-14", "21", "17").expect(0);
    let text = b"organization,customer,license\n1788161-14,21,18\n1788161-15,22,19\n";
    let path = stage.file(text).display().to_string();
    stage
        .run(["map-org", "--from", &path])
        .expect(2)
        .says(["is now:", "would be:", "--yes"]);
    assert_eq!(stage.mapping_count(), 1);
    stage.run(["map-org", "--from", &path, "--yes"]).expect(0);
    assert_eq!(
        mappings(&stage),
        [json!(["1788161-14", 21, 18]), json!(["1788161-15", 22, 19])]
    );
}

#[test]
fn a_file_as_a_dry_run_maps_nothing() {
    let stage = Stage::connected();
    let path = stage
        .file(b"organization,customer,license\n1788161-14,21,17\n")
        .display()
        .to_string();
    stage.run(["map-org", "--from", &path, "--dry-run"]).expect(0);
    assert_eq!(stage.mapping_count(), 0);
}

#[test]
fn unlink_takes_names_and_ids() {
    let stage = Stage::mapped_to(&[
        ("1788161-14", 21, 17),
        ("1788161-15", 22, 19),
        ("1788161-22", 29, 41),
        ("1788161-18", 25, 29),
    ]);
    stage
        .run(["unlink", "northwind dental", "204120", "Café", "--yes"])
        .expect(0);
    assert_eq!(mapping(&stage), json!(["1788161-18", 25, 29]));
}

#[test]
fn unlink_ends_none_where_one_name_is_wrong() {
    let stage = Stage::mapped_to(&[("1788161-14", 21, 17), ("1788161-15", 22, 19)]);
    stage
        .run(["unlink", "1788161-14", "Contosso Ltd", "--yes"])
        .expect(2)
        .says(["Contosso Ltd", "1788161-15"]);
    stage
        .run(["unlink", "1788161-16", "--yes"])
        .expect(2)
        .says(["halolink list mappings"]);
    assert_eq!(stage.mapping_count(), 2);
}

#[test]
fn unlink_all_ends_all_and_only_with_a_yes() {
    let stage = Stage::mapped_to(&[("1788161-14", 21, 17), ("1788161-15", 22, 19)]);
    stage.run(["unlink"]).expect(2);
    stage.run(["unlink", "--all"]).expect(2).says(["--yes"]);
    stage
        .run(["unlink", "--all", "--dry-run"])
        .expect(0)
        .prints(["planned"]);
    assert_eq!(stage.mapping_count(), 2);
    stage.run(["unlink", "--all", "--yes"]).expect(0);
    assert_eq!(stage.mapping_count(), 0);
    stage.run(["unlink", "--all", "--yes"]).expect(0);
}

const CREATE: [&str; 5] = ["map-org", "1788161-14", "--customer", "21", "--create-license"];

fn create(stage: &Stage, name: &str) -> Outcome {
    let mut arguments = CREATE.to_vec();
    arguments.extend([name, "--yes", "-o", "json"]);
    stage.run(arguments)
}

fn from(stage: &Stage, text: &str) -> Outcome {
    let path = stage.file(text.as_bytes()).display().to_string();
    stage.run(["map-org", "--from", &path])
}

fn licenses_called(stage: &Stage, name: &str) -> usize {
    let world = stage.world();
    world
        .licenses
        .values()
        .filter(|license| license.name.eq_ignore_ascii_case(name))
        .count()
}

/// The mappings as organization, customer and license ids, in that order.
#[track_caller]
fn mappings(stage: &Stage) -> Vec<Value> {
    let listed = stage.run(["list", "mappings", "-o", "json"]).expect(0).json();
    let mut mappings: Vec<Value> = listed
        .as_array()
        .expect("an array")
        .iter()
        .map(|mapping| {
            json!([
                mapping["organization"]["id"],
                mapping["customer"]["id"],
                mapping["license"]["id"]
            ])
        })
        .collect();
    mappings.sort_by_key(ToString::to_string);
    mappings
}

/// The only mapping.
#[track_caller]
fn mapping(stage: &Stage) -> Value {
    let mut mappings = mappings(stage);
    assert_eq!(mappings.len(), 1, "{mappings:?}");
    mappings.remove(0)
}
