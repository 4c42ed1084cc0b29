//! What keeps a bad answer from becoming a wrong invoice.

use crate::support::{Outcome, Stage};
use halolink::sandbox::Fault;
use serde_json::json;

const LICENSES: &str = "/api/SoftwareLicence";

/// The quantities of these licenses.
fn counts(stage: &Stage, mapping: &[(String, i64, i64)]) -> Vec<i64> {
    mapping
        .iter()
        .map(|(_, _, license)| stage.count(*license))
        .collect()
}

/// Asserts that nothing was written.
#[track_caller]
fn expect_no_write(stage: &Stage, outcome: &Outcome) {
    assert_eq!(stage.halo_requests("POST", LICENSES), [], "{outcome}");
}

#[track_caller]
fn reason(outcome: &Outcome, license: i64) -> String {
    let change = outcome.change(license);
    let reason = change["reason"].as_str().map(str::to_owned);
    reason.unwrap_or_else(|| panic!("there is no reason for {license}\n{outcome}"))
}

fn remove(stage: &Stage, organization: &str) {
    let mut world = stage.world();
    world.organizations.retain(|found| found.id != organization);
}

#[test]
fn a_vanished_organization_is_held_back_and_the_others_are_written() {
    let (stage, mapping) = Stage::synced_with(6);
    stage.add_seats(&mapping, 1);
    let (gone, _, license) = &mapping[0];
    let before = stage.count(*license);
    remove(&stage, gone);
    let outcome = stage.sync([]).expect(4);
    assert_eq!(outcome.change(*license)["status"], "skipped", "{outcome}");
    assert_eq!(outcome.change(*license)["to"], json!(null), "{outcome}");
    let why = reason(&outcome, *license);
    assert!(
        why.contains("is no longer in SaaS Backup") && why.contains(&format!("halolink unlink {gone}")),
        "{why}"
    );
    assert!(!why.contains("--force"), "{why}");
    assert_eq!(stage.count(*license), before);
    stage.expect_sums(&mapping[1..]);
    let flagged = stage.flagged();
    assert_eq!(flagged.len(), 1, "{flagged:?}");
    assert_eq!(&flagged[0].0, gone);

    // Not even with --force: there is no number to write.
    let forced = stage.sync(["--force"]).expect(4);
    assert_eq!(forced.change(*license)["status"], "skipped", "{forced}");
    assert_eq!(stage.count(*license), before);
}

#[test]
fn an_empty_list_of_organizations_writes_nothing() {
    let (stage, mapping) = Stage::synced_with(6);
    stage.add_seats(&mapping, 1);
    let before = counts(&stage, &mapping);
    stage.faults([Fault::OrganizationsEmpty]);
    for arguments in [["-q"], ["--force"]] {
        let outcome = stage.sync(arguments).expect(4);
        assert_eq!(outcome.json()["summary"]["skipped"], 6, "{outcome}");
        expect_no_write(&stage, &outcome);
    }
    assert_eq!(counts(&stage, &mapping), before);
    let last = stage.last_run();
    assert_eq!(last["state"], "partial");
    stage.faults([]);
    stage.sync([]).expect(0);
    stage.expect_sums(&mapping);
}

#[test]
fn a_single_mapping_is_safe_from_an_empty_list_as_well() {
    let (stage, mapping) = Stage::synced_with(1);
    stage.add_seats(&mapping, 1);
    stage.faults([Fault::OrganizationsEmpty]);
    let outcome = stage.sync([]).expect(4);
    expect_no_write(&stage, &outcome);
}

#[test]
fn a_short_list_of_organizations_writes_those_that_are_listed_and_no_other() {
    let stage = Stage::synced();
    let mapping = stage.plain(25);
    stage.add_seats(&mapping, 1);
    let before = counts(&stage, &mapping);
    stage.faults([Fault::OrganizationsShort]);
    let outcome = stage.sync([]).expect(4);
    let (missing, listed): (Vec<_>, Vec<_>) = mapping
        .iter()
        .zip(&before)
        .partition(|((_, _, license), _)| outcome.change(*license)["status"] == "skipped");
    assert!(missing.len() >= 3 && !listed.is_empty(), "{outcome}");
    for ((_, _, license), before) in missing {
        assert!(reason(&outcome, *license).contains("is no longer in SaaS Backup"));
        assert_eq!(stage.count(*license), *before, "{outcome}");
    }
    for ((_, _, license), before) in listed {
        assert_eq!(stage.count(*license), before + 1, "{outcome}");
    }
    assert_eq!(stage.last_run()["error"], json!(null));
}

#[test]
fn garbled_seats_are_not_guessed() {
    let stage = Stage::synced();
    let all = stage.plain(25);
    stage.add_seats(&all, 1);
    stage.faults([Fault::SeatsGarbled]);
    let outcome = stage.sync([]).expect(4);
    let (garbled, good): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|(_, _, license)| outcome.change(*license)["status"] == "skipped");
    assert!(garbled.len() >= 8 && good.len() >= 12, "{outcome}");
    stage.expect_sums(&good);
    for (organization, _, license) in &garbled {
        assert!(
            reason(&outcome, *license).contains("no readable seat number"),
            "{outcome}"
        );
        assert_eq!(stage.count(*license), stage.seats(organization) - 1);
    }
}

#[test]
fn a_large_change_is_held_back_until_it_is_forced() {
    let (stage, mapping) = Stage::synced_with(8);
    let (organization, _, license) = &mapping[0];
    let seats = stage.seats(organization);
    stage.add_seats(&mapping[1..], 1);
    stage.set_seats(organization, seats * 2);
    let outcome = stage.sync([]).expect(4);
    assert_eq!(outcome.change(*license)["status"], "skipped", "{outcome}");
    assert_eq!(outcome.change(*license)["from"], json!(seats), "{outcome}");
    assert_eq!(outcome.change(*license)["to"], json!(seats * 2), "{outcome}");
    let why = reason(&outcome, *license);
    assert!(
        why.contains("rise by 100 percent") && why.contains("--force"),
        "{why}"
    );
    assert_eq!(stage.count(*license), seats);
    stage.expect_sums(&mapping[1..]);

    // It is listed for people, too.
    let table = stage.run(["sync-seats", "--yes"]).expect(4);
    table.prints(["Held back (1):", "0 updated", "1 skipped"]);
    // Its mapping is right, so it is not flagged.
    assert_eq!(stage.flagged(), []);

    let forced = stage.sync(["--force"]).expect(0);
    assert_eq!(forced.change(*license)["status"], "updated", "{forced}");
    stage.expect_sums(&mapping);
}

#[test]
fn the_limit_on_change_can_be_set() {
    let (stage, mapping) = Stage::synced_with(1);
    let (organization, _, license) = &mapping[0];
    stage.set_seats(organization, 100);
    stage.sync(["--force"]).expect(0);
    for (seats, limit, code) in [
        (111, "10", 4),
        (110, "10", 0),
        (98, "10", 4),
        (99, "10", 0),
        (297, "200", 0),
        (148, "50", 4),
        (149, "50", 0),
    ] {
        stage.set_seats(organization, seats);
        let outcome = stage.sync(["--max-change", limit]).expect(code);
        assert_eq!(stage.count(*license) == seats, code == 0, "{outcome}");
    }
}

#[test]
fn a_fall_to_nothing_is_held_back_whatever_the_limit() {
    let (stage, mapping) = Stage::synced_with(1);
    let (organization, _, license) = &mapping[0];
    stage.set_seats(organization, 0);
    let outcome = stage.sync(["--max-change", "1000"]).expect(4);
    assert!(reason(&outcome, *license).contains("to 0"), "{outcome}");
    assert_ne!(stage.count(*license), 0);
    stage.sync(["--force"]).expect(0);
    assert_eq!(stage.count(*license), 0);
    // From nothing a rise is more than any percentage, once it is over the floor.
    stage.set_seats(organization, 6);
    let outcome = stage.sync(["--max-change", "1000"]).expect(4);
    assert!(reason(&outcome, *license).contains("from 0 to 6"), "{outcome}");
    assert_eq!(stage.count(*license), 0);
    stage.set_seats(organization, 5);
    stage.sync(["--max-change", "1000"]).expect(0);
    assert_eq!(stage.count(*license), 5);
}

#[test]
fn a_few_seats_are_no_mass_change() {
    let (stage, mapping) = Stage::synced_with(15);
    let small = &mapping[..4];
    for (organization, _, _) in small {
        stage.set_seats(organization, 1);
    }
    stage.sync(["--force"]).expect(0);
    for (organization, _, _) in small {
        stage.set_seats(organization, 2);
    }
    stage.add_seats(&mapping[4..], 1);
    // Without a floor, the four would stop everybody.
    let outcome = stage.sync(["--min-change", "0"]).expect(4);
    assert_eq!(outcome.json()["summary"]["updated"], 0, "{outcome}");
    stage.sync([]).expect(0);
    stage.expect_sums(&mapping);
}

#[test]
fn a_first_sync_is_marked_and_written_where_it_is_plausible() {
    let (stage, mapping) = Stage::mapped_with(4);
    for (organization, _, license) in &mapping {
        // More than any later sync may change.
        stage.set_seats(organization, stage.count(*license) * 4);
    }
    stage
        .run(["sync-seats", "--dry-run"])
        .expect(0)
        .prints(["first sync"]);
    let outcome = stage.sync([]).expect(0);
    for (_, _, license) in &mapping {
        assert_eq!(outcome.change(*license)["first"], true, "{outcome}");
    }
    stage.expect_sums(&mapping);
    let outcome = stage.sync([]).expect(0);
    assert_eq!(outcome.change(mapping[0].2)["first"], false, "{outcome}");
}

/// Connected and mapped, never synced, each license with that quantity in Halo.
#[track_caller]
fn never_synced(stage: &Stage, organizations: usize, quantity: i64) -> Vec<(String, i64, i64)> {
    stage.connect();
    let mapping = stage.plain(organizations);
    stage.map_these(&mapping);
    for (_, _, license) in &mapping {
        stage
            .world()
            .licenses
            .get_mut(license)
            .expect("it is there")
            .count = quantity;
    }
    stage.sandbox.forget_received();
    mapping
}

#[test]
fn a_first_sync_that_looks_like_the_wrong_license_is_held_back() {
    let stage = Stage::new();
    let mapping = never_synced(&stage, 8, 82);
    let mut wanted = vec![82_i64; 8];
    for (index, seats, held) in [
        (0, 8, true),
        (1, 0, true),
        (2, 821, true),
        (3, 41, false),
        (4, 182, false),
        (5, 83, false),
    ] {
        stage.set_seats(&mapping[index].0, seats);
        if !held {
            wanted[index] = seats;
        }
    }
    for row in &mapping[6..] {
        stage.set_seats(&row.0, 82);
    }
    let outcome = stage.sync([]).expect(4);
    assert_eq!(counts(&stage, &mapping), wanted, "{outcome}");
    let why = reason(&outcome, mapping[0].2);
    assert!(
        why.contains("at its first sync it would fall from 82 to 8")
            && why.contains("naming the organization"),
        "{why}"
    );

    // Who names an organization says that its license is the right one, and no other's.
    stage.sync([mapping[0].0.as_str()]).expect(0);
    assert_eq!(stage.count(mapping[0].2), 8);
    assert_eq!(stage.count(mapping[1].2), 82);
    stage.sync(["--force"]).expect(0);
    stage.expect_sums(&mapping);
    // From then on it is no first sync: naming it changes nothing.
    stage.set_seats(&mapping[1].0, 50);
    stage.sync([mapping[1].0.as_str()]).expect(4);
    assert_eq!(stage.count(mapping[1].2), 0);
}

#[test]
fn a_rise_from_nothing_is_what_a_new_license_does() {
    let stage = Stage::new();
    let mapping = never_synced(&stage, 3, 0);
    for (organization, _, _) in &mapping {
        stage.set_seats(organization, 5000);
    }
    stage.sync([]).expect(0);
    stage.expect_sums(&mapping);
}

#[test]
fn a_license_that_was_made_for_it_may_rise_at_its_first_sync() {
    let stage = Stage::connected();
    let (organization, customer, other) = stage.plain(1).remove(0);
    stage.set_seats(&organization, 4);
    stage
        .run([
            "map-org",
            &organization,
            "--customer",
            &customer.to_string(),
            "--create-license",
            "Backup made for it",
            "--yes",
        ])
        .expect(0);
    let made = stage
        .world()
        .licenses
        .values()
        .find(|license| license.name == "Backup made for it")
        .map(|license| license.id)
        .expect("it was made");
    assert_eq!(stage.count(made), 4);
    stage.set_seats(&organization, 400);
    stage.sync([]).expect(0);
    assert_eq!(stage.count(made), 400);

    // On one that was there the same rise is held back.
    stage.map_these(&[(organization.clone(), customer, other)]);
    stage.world().licenses.get_mut(&other).expect("it is there").count = 4;
    stage.sync([]).expect(4);
    assert_eq!(stage.count(other), 4);
}

#[test]
fn a_lost_state_and_a_bad_answer_write_nothing_at_all() {
    let stage = Stage::new();
    let mapping = never_synced(&stage, 14, 40);
    for (organization, _, _) in &mapping[..10] {
        stage.set_seats(organization, 0);
    }
    for (organization, _, _) in &mapping[10..12] {
        stage.set_seats(organization, i64::from(i32::MAX));
    }
    for (organization, _, _) in &mapping[12..] {
        stage.set_seats(organization, 41);
    }
    let outcome = stage.sync([]).expect(4);
    expect_no_write(&stage, &outcome);
    assert!(
        reason(&outcome, mapping[13].2)
            .starts_with("12 of 14 licenses would be held back at their first sync"),
        "{outcome}"
    );
    stage
        .run(["sync-seats", "--yes"])
        .expect(4)
        .says(["nothing is written", "name the organizations"]);
    stage.sync(["--force"]).expect(0);
    stage.expect_sums(&mapping);
}

#[test]
fn mapped_anew_it_is_a_first_sync_again() {
    let (stage, mapping) = Stage::synced_with(1);
    let (organization, _, license) = &mapping[0];
    stage.run(["unlink", organization, "--yes"]).expect(0);
    stage.map_these(&mapping);
    let seats = stage.count(*license) * 4;
    stage.set_seats(organization, seats);
    let outcome = stage.sync([]).expect(0);
    assert_eq!(outcome.change(*license)["first"], true, "{outcome}");
    assert_eq!(stage.count(*license), seats);
}

#[test]
fn mapped_to_another_license_and_back_it_is_a_first_sync_again() {
    let (stage, mapping) = Stage::synced_with(1);
    let (organization, customer, license) = &mapping[0];
    let other = stage
        .world()
        .licenses
        .values()
        .find(|found| found.client_id == *customer && found.id != *license && found.is_active)
        .expect("the customer has another license")
        .id;
    let away = [(organization.clone(), *customer, other)];
    for to in [&away[..], &mapping[..]] {
        let (_, customer, license) = &to[0];
        let (customer, license) = (customer.to_string(), license.to_string());
        stage.map_anew(organization, &customer, &license).expect(0);
    }
    let seats = stage.count(*license) * 4;
    stage.set_seats(organization, seats);
    let outcome = stage.sync([]).expect(0);
    assert_eq!(outcome.change(*license)["first"], true, "{outcome}");
    assert_eq!(stage.count(*license), seats);
}

#[test]
fn too_many_held_back_stop_the_run_before_any_write() {
    let (stage, mapping) = Stage::synced_with(10);
    for (organization, _, _) in &mapping[..3] {
        stage.set_seats(organization, 5000);
    }
    stage.add_seats(&mapping[3..], 1);
    let before = counts(&stage, &mapping);
    let outcome = stage.sync([]).expect(4);
    expect_no_write(&stage, &outcome);
    assert_eq!(counts(&stage, &mapping), before);
    assert!(
        reason(&outcome, mapping[9].2)
            .starts_with("3 of 10 licenses would be held back, more than 20 percent")
    );
    // Two of ten are no more than 20 percent.
    stage.set_seats(&mapping[0].0, before[0] + 1);
    let outcome = stage.sync([]).expect(4);
    assert_eq!(outcome.json()["summary"]["updated"], 8, "{outcome}");
    stage.sync(["--force"]).expect(0);
    stage.expect_sums(&mapping);
}

#[test]
fn a_vanished_license_is_held_back_and_flagged_until_it_is_mended() {
    let (stage, mapping) = Stage::synced_with(6);
    stage.add_seats(&mapping, 1);
    let (organization, _, license) = &mapping[0];
    let gone = stage.world().licenses.remove(license).expect("it was there");
    let outcome = stage.sync([]).expect(4);
    assert!(reason(&outcome, *license).contains("gone from Halo"), "{outcome}");
    stage.expect_sums(&mapping[1..]);
    let flagged = stage.flagged();
    assert_eq!(flagged.len(), 1, "{flagged:?}");
    assert_eq!(&flagged[0].0, organization);
    assert!(flagged[0].1.contains("gone from Halo"), "{flagged:?}");
    stage.run(["status"]).expect(0).says(["gone from Halo"]);

    stage.world().licenses.insert(*license, gone);
    stage.sync([]).expect(0);
    stage.expect_sums(&mapping);
    assert_eq!(stage.flagged(), []);
}

#[test]
fn an_inactive_license_is_held_back_and_flagged_until_it_is_mended() {
    for alone in [true, false] {
        let (stage, mapping) = Stage::synced_with(if alone { 1 } else { 6 });
        stage.add_seats(&mapping, 1);
        let license = mapping[0].2;
        let before = stage.count(license);
        let set_active = |active: bool| {
            let mut world = stage.world();
            let license = world.licenses.get_mut(&license).expect("it is there");
            license.is_active = active;
            license.status = if active { "Active" } else { "Cancelled" }.into();
        };
        set_active(false);
        let outcome = stage.sync([]).expect(4);
        assert_eq!(reason(&outcome, license), "the license is inactive in Halo");
        assert_eq!(stage.count(license), before);
        stage.expect_sums(&mapping[1..]);
        assert_eq!(stage.flagged().len(), 1);
        set_active(true);
        stage.sync([]).expect(0);
        assert_eq!(stage.flagged(), []);
        stage.expect_sums(&mapping);
    }
}

#[test]
fn a_license_that_moved_is_held_back_and_flagged_until_it_is_mended() {
    let (stage, mapping) = Stage::synced_with(6);
    stage.add_seats(&mapping, 1);
    let (_, customer, license) = mapping[0];
    let before = stage.count(license);
    let move_to = |customer: i64| {
        let mut world = stage.world();
        world.licenses.get_mut(&license).expect("it is there").client_id = customer;
    };
    move_to(mapping[1].1);
    let outcome = stage.sync(["--force"]).expect(4);
    assert!(
        reason(&outcome, license).contains("moved to another customer in Halo"),
        "{outcome}"
    );
    assert_eq!(stage.count(license), before);
    stage.expect_sums(&mapping[1..]);
    assert_eq!(stage.flagged().len(), 1);
    move_to(customer);
    stage.sync([]).expect(0);
    assert_eq!(stage.flagged(), []);
    stage.expect_sums(&mapping);
}

#[test]
fn unlinking_and_mapping_anew_clears_the_flag() {
    let (stage, mapping) = Stage::synced_with(1);
    let (organization, _, license) = &mapping[0];
    let license = stage.world().licenses.remove(license).expect("it was there");
    stage.sync([]).expect(4);
    assert_eq!(stage.flagged().len(), 1);
    stage.world().licenses.insert(license.id, license);
    stage.run(["unlink", organization, "--yes"]).expect(0);
    stage.map_these(&mapping);
    assert_eq!(stage.flagged(), []);
}

#[test]
fn a_change_by_hand_is_shown_with_who_made_it() {
    let (stage, mapping) = Stage::synced_with(6);
    let (organization, _, license) = &mapping[0];
    let seats = stage.seats(organization);
    stage.world().set_license_count(*license, seats + 1, "Alex Agent");
    let outcome = stage
        .sync(["--dry-run"])
        .expect(0)
        .says(["changed in Halo", "Alex Agent"]);
    let change = outcome.change(*license);
    assert_eq!(change["drift_from"], json!(seats), "{outcome}");
    assert_eq!(change["from"], json!(seats + 1), "{outcome}");
    assert_eq!(
        outcome.change(mapping[1].2)["drift_from"],
        json!(null),
        "{outcome}"
    );
    stage
        .run(["sync-seats", "--dry-run"])
        .expect(0)
        .prints(["changed by hand since the last sync"]);

    // The seats are what is billed: it is put right, and then it is no drift any more.
    stage.sync([]).expect(0);
    stage.expect_sums(&mapping);
    let next = stage.sync([]).expect(0);
    assert_eq!(next.change(*license)["drift_from"], json!(null), "{next}");
    assert!(!next.stderr.contains("Alex Agent"), "{next}");
}

#[test]
fn a_change_by_hand_that_is_right_is_drift_once() {
    let (stage, mapping) = Stage::synced_with(1);
    let (organization, _, license) = &mapping[0];
    stage.add_seats(&mapping, 1);
    let seats = stage.seats(organization);
    stage.world().set_license_count(*license, seats, "Alex Agent");
    let outcome = stage.sync([]).expect(0).says(["Alex Agent"]);
    assert_eq!(outcome.change(*license)["status"], "unchanged", "{outcome}");
    assert_eq!(
        outcome.change(*license)["drift_from"],
        json!(seats - 1),
        "{outcome}"
    );
    let next = stage.sync([]).expect(0);
    assert_eq!(next.change(*license)["drift_from"], json!(null), "{next}");
}

#[test]
fn suspended_and_deactivated_organizations_keep_what_they_had() {
    let (stage, mapping) = Stage::synced_with(2);
    let before = counts(&stage, &mapping);
    for organization in &mut stage.world().organizations {
        organization.flg_suspended = organization.id == mapping[0].0;
        organization.customer_deactivated = organization.id == mapping[1].0;
        organization.seats_used = 0;
    }
    let outcome = stage.sync(["--force"]).expect(0);
    expect_no_write(&stage, &outcome);
    assert_eq!(counts(&stage, &mapping), before);
    assert!(reason(&outcome, mapping[0].2).contains("is suspended and keeps what it had"));
    assert!(reason(&outcome, mapping[1].2).contains("is deactivated and keeps what it had"));
    stage
        .run(["sync-seats", "--yes"])
        .expect(0)
        .prints(["Left alone (2):"]);
}

/// The organizations that share a license: the fifth customer's and its branch.
#[track_caller]
fn shared(stage: &Stage) -> Vec<(String, i64, i64)> {
    let mapping = stage.world().suggested_mapping();
    let branch = mapping.last().expect("there is a branch").clone();
    let shared: Vec<_> = mapping.into_iter().filter(|row| row.2 == branch.2).collect();
    assert_eq!(shared.len(), 2, "{shared:?}");
    shared
}

#[test]
fn several_organizations_on_one_license_add_up() {
    let stage = Stage::connected();
    let shared = shared(&stage);
    stage.map_these(&shared);
    let outcome = stage.sync([]).expect(0);
    stage.expect_sums(&shared);
    let change = outcome.change(shared[0].2);
    assert_eq!(
        change["organizations"].as_array().map(Vec::len),
        Some(2),
        "{outcome}"
    );
    for share in change["seats"].as_array().expect("an array") {
        let id = share["organization"]["id"].as_str().expect("an id");
        assert_eq!(share["seats"], json!(stage.seats(id)), "{outcome}");
    }

    // Also when only one of them is named.
    stage.add_seats(&shared, 2);
    stage.sync([&shared[0].0]).expect(0);
    stage.expect_sums(&shared);

    // One that is suspended keeps its share.
    let kept = stage.seats(&shared[0].0);
    for organization in &mut stage.world().organizations {
        if organization.id == shared[0].0 {
            organization.flg_suspended = true;
            organization.seats_used = 0;
        }
    }
    stage.add_seats(&shared[1..], 3);
    let outcome = stage.sync([]).expect(0);
    assert_eq!(
        stage.count(shared[0].2),
        kept + stage.seats(&shared[1].0),
        "{outcome}"
    );
    assert!(
        reason(&outcome, shared[0].2).contains("keeps its share"),
        "{outcome}"
    );

    // One that vanished holds all of it back.
    let before = stage.count(shared[0].2);
    remove(&stage, &shared[1].0);
    stage.sync(["--force"]).expect(4);
    assert_eq!(stage.count(shared[0].2), before);
}

/// Two organizations that share a license, synced once with these seats.
#[track_caller]
fn shared_with(stage: &Stage, seats: [i64; 2]) -> Vec<(String, i64, i64)> {
    stage.connect();
    let shared = shared(stage);
    stage.map_these(&shared);
    for ((organization, _, _), seats) in shared.iter().zip(seats) {
        stage.set_seats(organization, seats);
    }
    stage.sync(["--force"]).expect(0);
    shared
}

#[test]
fn an_organization_that_joins_does_not_hide_another_s_fall() {
    let stage = Stage::connected();
    let shared = shared(&stage);
    let license = shared[0].2;
    stage.map_these(&shared[..1]);
    stage.set_seats(&shared[0].0, 100);
    stage.set_seats(&shared[1].0, 60);
    stage.sync(["--force"]).expect(0);

    stage.map_these(&shared[1..]);
    stage.set_seats(&shared[0].0, 1);
    let outcome = stage.sync([]).expect(4);
    assert!(
        reason(&outcome, license).contains("would fall by 99 percent from 100 to 1"),
        "{outcome}"
    );
    assert_eq!(stage.count(license), 100);

    // Who joins without anybody changing is written.
    stage.set_seats(&shared[0].0, 98);
    let outcome = stage.sync([]).expect(0);
    assert_eq!(outcome.change(license)["first"], true, "{outcome}");
    assert_eq!(stage.count(license), 158);

    // Nor do two that change in opposite directions hide each other.
    stage.set_seats(&shared[0].0, 8);
    stage.set_seats(&shared[1].0, 151);
    stage.sync([]).expect(4);
    assert_eq!(stage.count(license), 158);
}

#[test]
fn who_leaves_a_shared_license_takes_its_seats_along() {
    let stage = Stage::new();
    let shared = shared_with(&stage, [12, 90]);
    let license = shared[0].2;
    stage
        .run(["unlink", &shared[1].0, "--yes"])
        .expect(0)
        .says(["the next sync-seats subtracts 90 seats"]);
    stage.set_seats(&shared[0].0, 13);
    let outcome = stage.sync([]).expect(0);
    assert_eq!(stage.count(license), 13, "{outcome}");
    let change = outcome.change(license);
    assert_eq!(
        (&change["drift_from"], &change["first"]),
        (&json!(null), &json!(false)),
        "{outcome}"
    );
    // That was expected once, and not for ever.
    stage.set_seats(&shared[0].0, 3);
    stage.sync([]).expect(4);
    assert_eq!(stage.count(license), 13);
}

#[test]
fn what_falls_by_more_than_who_left_is_held_back() {
    let stage = Stage::new();
    let shared = shared_with(&stage, [60, 40]);
    stage.run(["unlink", &shared[1].0, "--yes"]).expect(0);
    stage.set_seats(&shared[0].0, 6);
    stage.sync([]).expect(4);
    assert_eq!(stage.count(shared[0].2), 100);
    stage.set_seats(&shared[0].0, 55);
    stage.sync([]).expect(0);
    assert_eq!(stage.count(shared[0].2), 55);
}

#[test]
fn who_is_mapped_elsewhere_takes_its_seats_along() {
    let stage = Stage::new();
    let shared = shared_with(&stage, [12, 90]);
    let (organization, customer, license) = shared[1].clone();
    let other = stage
        .world()
        .licenses
        .values()
        .find(|found| found.client_id == customer && found.id != license && found.is_active)
        .expect("the customer has another license")
        .id;
    stage
        .map_anew(&organization, &customer.to_string(), &other.to_string())
        .expect(0);
    let outcome = stage.sync([shared[0].0.as_str()]).expect(0);
    assert_eq!(stage.count(license), 12, "{outcome}");
}

#[test]
fn the_last_to_leave_a_license_is_told_that_it_bills_on() {
    let stage = Stage::new();
    let shared = shared_with(&stage, [12, 90]);
    stage
        .run(["unlink", "--all", "--yes"])
        .expect(0)
        .says(["keeps its quantity, 102 at the last sync, and keeps billing"]);
    assert_eq!(stage.count(shared[0].2), 102);
}

/// Another profile of that site, with these mappings in the same state, however they came there.
#[track_caller]
fn other_profile(stage: &Stage, profile: &str, site: &str, mapping: &[(String, i64, i64)]) {
    use halolink::{
        model::{Mapping, Reference},
        store::{Store, now},
    };
    let mappings: Vec<Mapping> = mapping
        .iter()
        .map(|(organization, customer, license)| Mapping {
            organization: Reference::new(organization.clone(), organization),
            organization_number: None,
            customer: Reference::new(*customer, "Customer"),
            license: Reference::new(*license, "License"),
            mapped_at: now(),
            flag: None,
            seats: None,
            rule: halolink::model::Rule::default(),
        })
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let store = Store::open(&stage.state_file(), &halolink::lock_file::nobody)
            .await
            .expect("the state can be opened");
        store.bind_site(profile, site).await.expect("it can be bound");
        store.map(profile, &mappings).await.expect("they can be stored");
        store.close().await;
    });
}

#[test]
fn what_two_profiles_of_a_site_have_mapped_is_written_by_neither() {
    let (stage, mapping) = Stage::synced_with(6);
    stage.add_seats(&mapping, 1);
    let before = counts(&stage, &mapping);
    // The same license for another organization; the same organization on another license.
    let both = [
        ("9-9".to_owned(), mapping[0].1, mapping[0].2),
        (mapping[1].0.clone(), mapping[1].1, 999_999),
    ];
    other_profile(&stage, "elsewhere", "https://other.example/", &both);
    let site = stage.sandbox.site_url();
    other_profile(&stage, "brand", &format!("{site}/"), &both);

    for arguments in [["-q"], ["--force"]] {
        let outcome = stage.sync(arguments).expect(4);
        for (index, unlink) in [(0, "9-9"), (1, mapping[1].0.as_str())] {
            let why = reason(&outcome, mapping[index].2);
            for part in [
                r#""default" and "brand""#,
                &format!("halolink unlink {unlink} --profile brand"),
            ] {
                assert!(why.contains(part), "{why}");
            }
            assert_eq!(stage.count(mapping[index].2), before[index], "{outcome}");
        }
        stage.expect_sums(&mapping[2..]);
    }
    assert_eq!(stage.flagged().len(), 2);

    for organization in ["9-9", &mapping[1].0] {
        stage
            .run(["unlink", organization, "--profile", "brand", "--yes"])
            .expect(0);
    }
    // Of another site it is another license.
    stage.sync([]).expect(0);
    stage.expect_sums(&mapping);
    assert_eq!(stage.flagged(), []);
}

#[test]
fn only_the_named_are_written() {
    let (stage, mapping) = Stage::synced_with(3);
    stage.add_seats(&mapping, 1);
    let before = counts(&stage, &mapping);
    let outcome = stage.sync([&mapping[1].0]).expect(0);
    assert_eq!(
        outcome.json()["changes"].as_array().map(Vec::len),
        Some(1),
        "{outcome}"
    );
    assert_eq!(counts(&stage, &mapping), [before[0], before[1] + 1, before[2]]);
    stage.sync(["no such organization"]).expect(2);
}

#[test]
fn a_script_must_say_yes() {
    let (stage, mapping) = Stage::synced_with(2);
    stage.add_seats(&mapping, 1);
    let outcome = stage.run(["sync-seats"]).expect(2).says(["--yes", "--dry-run"]);
    expect_no_write(&stage, &outcome);
    let outcome = stage.run(["sync-seats", "-o", "json"]).expect(2);
    assert_eq!(outcome.json()["error"]["kind"], "usage", "{outcome}");
    expect_no_write(&stage, &outcome);
    stage.run(["sync-seats", "--yes"]).expect(0);
    // Where nothing is to be written nobody needs to be asked.
    stage.run(["sync-seats"]).expect(0);
}

#[test]
fn a_dry_run_writes_and_records_nothing() {
    let (stage, mapping) = Stage::synced_with(2);
    stage.add_seats(&mapping, 1);
    let runs = stage.runs().len();
    let outcome = stage.sync(["--dry-run"]).expect(0);
    assert_eq!(outcome.json()["dry_run"], true, "{outcome}");
    assert_eq!(outcome.json()["summary"]["planned"], 2, "{outcome}");
    assert_eq!(outcome.change(mapping[0].2)["status"], "planned", "{outcome}");
    expect_no_write(&stage, &outcome);
    stage.sync(["--dry-run", "--exit-code"]).expect(5);
    assert_eq!(stage.runs().len(), runs);
    stage.sync([]).expect(0);
    stage.sync(["--dry-run", "--exit-code"]).expect(0);
}

#[test]
fn switched_off_it_does_nothing() {
    let (stage, mapping) = Stage::synced_with(2);
    stage.add_seats(&mapping, 1);
    stage.run(["configure", "--sync-seats", "off"]).expect(0);
    let outcome = stage
        .sync([])
        .expect(1)
        .says(["switched off", "configure --sync-seats on"]);
    assert_eq!(stage.halo_count(), 0, "{outcome}");
    stage.run(["configure", "--sync-seats", "on"]).expect(0);
    stage.sync([]).expect(0);
    stage.expect_sums(&mapping);
}

#[test]
fn the_configured_metric_is_what_is_billed() {
    let (stage, mapping) = Stage::mapped_with(2);
    for metric in ["active", "purchased", "required", "used"] {
        stage.run(["configure", "--seat-metric", metric]).expect(0);
        stage.sync(["--force"]).expect(0);
        let world = stage.world();
        for (organization, _, license) in &mapping {
            let found = world
                .organizations
                .iter()
                .find(|found| found.id == *organization)
                .expect("it is there");
            let seats = match metric {
                "active" => Some(found.active_seats),
                "purchased" => Some(found.seats_available),
                "required" => found.required_seats,
                _ => Some(found.seats_used),
            };
            assert_eq!(Some(world.licenses[license].count), seats, "{metric}");
        }
        drop(world);
        assert_eq!(stage.last_run()["metric"], metric);
    }
}

#[test]
fn unchanged_licenses_are_shown_to_those_who_ask() {
    let (stage, mapping) = Stage::synced_with(3);
    stage.add_seats(&mapping[..1], 1);
    let quiet = stage.run(["sync-seats", "--dry-run"]).expect(0).prints([
        "Planned (1):",
        "3 licenses by seats used: 1 to update (+1 seats; +",
    ]);
    assert!(!quiet.stdout.contains("Unchanged"), "{quiet}");
    stage
        .run(["sync-seats", "--dry-run", "-v"])
        .expect(0)
        .prints(["Unchanged (2):"]);
}

#[test]
fn what_the_vendors_own_integration_wrote_is_named_as_such() {
    let stage = Stage::synced();
    let own = stage.world().agent.name.clone();
    for (who, source, said) in [
        ("Alex Agent", "other", "by Alex Agent"),
        (
            own.as_str(),
            "own_agent",
            "the vendor's own integration syncs seats too, or another halolink does",
        ),
        (
            "NinjaOne connector",
            "vendor",
            "by its name the vendor's own integration",
        ),
    ] {
        let count = stage.count(17) + 1;
        stage.world().set_license_count(17, count, who);
        let outcome = stage
            .run(["sync-seats", "--dry-run", "-o", "json"])
            .expect(0)
            .says([said]);
        let changes = outcome.json()["changes"].clone();
        let change = changes
            .as_array()
            .and_then(|changes| {
                changes
                    .iter()
                    .find(|change| change["license"]["id"] == 17)
                    .cloned()
            })
            .expect("the license");
        assert_eq!(
            (&change["drift_by"], &change["drift_source"]),
            (&who.into(), &source.into())
        );
        stage.run(["sync-seats", "--yes"]).expect(0);
    }
    // Where the agent's own name cannot be read, the words of its name still tell.
    stage.world().agent.name = "somebody else".to_owned();
    let count = stage.count(17) + 1;
    stage.world().set_license_count(17, count, &own);
    stage
        .run(["sync-seats", "--dry-run"])
        .expect(0)
        .says(["by its name the vendor's own integration"]);
}
