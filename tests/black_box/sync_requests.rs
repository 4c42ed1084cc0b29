//! What a sync costs in requests: the formula, at several sizes, and Halo's limit on them.

use crate::support::{Outcome, Stage};
use halolink::sandbox::Fault;
use serde_json::json;

const LICENSES: &str = "/api/SoftwareLicence";
const TOKEN: &str = "/auth/token";

/// Licenses in a page, and quantities in a write.
const PAGE: usize = 1000;
const BATCH: usize = 250;

/// What a sync of all organizations costs: a token, the pages of licenses, the writes, and the pages
/// again, or the changed ones one by one where those are fewer.
fn formula(licenses: usize, changes: usize) -> usize {
    let pages = licenses.div_ceil(PAGE);
    1 + pages + changes.div_ceil(BATCH) + changes.min(pages)
}

/// Asserts how many requests the command says it sent to Halo, and that Halo received as many.
#[track_caller]
fn expect_requests(stage: &Stage, outcome: &Outcome, requests: usize) {
    assert_eq!(outcome.json()["requests"]["halo"], json!(requests), "{outcome}");
    assert_eq!(stage.halo_count(), requests, "{outcome}");
}

#[track_caller]
fn updated(outcome: &Outcome) -> usize {
    outcome.json()["summary"]["updated"]
        .as_u64()
        .expect("updated is a number") as usize
}

/// Maps all of so many organizations, syncs, changes some, syncs, and syncs again.
#[track_caller]
fn follows_the_formula(organizations: usize, licenses: usize, behind: usize) {
    let stage = Stage::of(organizations);
    let active = stage
        .world()
        .licenses
        .values()
        .filter(|license| license.is_active)
        .count();
    assert_eq!(active, licenses);
    stage.connect();
    stage.map_all();

    stage.sandbox.forget_received();
    let first = stage.sync([]).expect(0);
    assert_eq!(updated(&first), behind, "{first}");
    expect_requests(&stage, &first, formula(licenses, behind));

    let one = stage.plain(1);
    stage.add_seats(&one, 1);
    stage.sandbox.forget_received();
    let second = stage.sync([]).expect(0);
    assert_eq!(updated(&second), 1, "{second}");
    expect_requests(&stage, &second, formula(licenses, 1));
    stage.expect_sums(&one);

    stage.sandbox.forget_received();
    let third = stage.sync([]).expect(0);
    assert_eq!(updated(&third), 0, "{third}");
    expect_requests(&stage, &third, formula(licenses, 0));
    assert_eq!(stage.halo_requests("POST", LICENSES), []);
}

#[test]
fn twelve_organizations_follow_the_formula() {
    follows_the_formula(12, 41, 5);
}

#[test]
fn two_hundred_and_thirty_organizations_follow_the_formula() {
    follows_the_formula(230, 276, 12);
}

#[test]
fn a_thousand_organizations_follow_the_formula() {
    follows_the_formula(1000, 1200, 50);
}

#[test]
fn ten_thousand_organizations_need_a_part_of_one_window() {
    let stage = Stage::of(10_000);
    assert_eq!(stage.world().licenses.len(), 12_000);
    stage.connect();

    // One mapped organization: its license alone is read, written and read back.
    let one = stage.plain(1);
    let (organization, customer, license) = &one[0];
    let (customer, license) = (customer.to_string(), license.to_string());
    stage.map(organization, &customer, &license).expect(0);
    stage.sandbox.forget_received();
    let alone = stage.sync([]).expect(0);
    assert_eq!(updated(&alone), 1, "{alone}");
    expect_requests(&stage, &alone, 4);

    // All of them, 500 of which change.
    stage.map_all();
    stage.add_seats(&one, 1);
    stage.sandbox.forget_received();
    let all = stage.sync([]).expect(0);
    assert_eq!(updated(&all), 500, "{all}");
    let requests = formula(12_000, 500);
    assert_eq!(requests, 27);
    expect_requests(&stage, &all, requests);
    let mapping = stage.world().suggested_mapping();
    let suspended: Vec<String> = suspended_or_deactivated(&stage);
    let billed: Vec<_> = mapping
        .into_iter()
        .filter(|(organization, _, _)| !suspended.contains(organization))
        .collect();
    assert_eq!(billed.len(), 9_998);
    stage.expect_sums(&billed);

    // Nothing changed.
    stage.sandbox.forget_received();
    let nothing = stage.sync([]).expect(0);
    expect_requests(&stage, &nothing, formula(12_000, 0));
    assert_eq!(stage.halo_requests("POST", LICENSES), []);
}

fn suspended_or_deactivated(stage: &Stage) -> Vec<String> {
    stage
        .world()
        .organizations
        .iter()
        .filter(|organization| organization.flg_suspended || organization.customer_deactivated)
        .map(|organization| organization.id.clone())
        .collect()
}

#[test]
fn backup_pages_are_counted_too() {
    let stage = Stage::of(12);
    stage.connect();
    stage.map_all();
    stage.sandbox.forget_received();
    let outcome = stage.sync([]).expect(0);
    let all = stage.sandbox.received().len();
    // The list, and the empty page that proves its end.
    assert_eq!(outcome.json()["requests"]["backup"], json!(2), "{outcome}");
    assert_eq!(all - stage.halo_count(), 2, "{outcome}");

    // Organizations that are named are asked for one by one while they are few.
    let one = &stage.plain(1)[0].0;
    stage.sandbox.forget_received();
    let outcome = stage.sync([one]).expect(0);
    assert_eq!(
        outcome.json()["requests"],
        json!({"halo": 2, "backup": 1}),
        "{outcome}"
    );
    let asked = stage.sandbox.received();
    let path = format!("/api/users/{one}");
    assert!(asked.iter().any(|request| request.path == path), "{asked:?}");
}

#[test]
fn backup_pages_are_read_side_by_side_and_no_further_than_they_go() {
    let stage = Stage::of(1000);
    stage.connect();
    stage.map_all();
    let outcome = stage.sync(["--dry-run"]).expect(0);
    let requests = outcome.json()["requests"]["backup"].as_u64();
    // Ten pages with a hundred each, the empty one behind them, and the one that was asked for beside that one.
    assert_eq!(requests, Some(12), "{outcome}");
}

#[test]
fn capped_pages_without_a_count_are_read_to_the_end() {
    let stage = Stage::of(230);
    stage.connect();
    stage.map_all();
    stage.faults([Fault::PagesCapped]);
    stage.sandbox.forget_received();
    let outcome = stage.sync([]).expect(0);
    assert_eq!(updated(&outcome), 12, "{outcome}");
    // 276 licenses in pages of 50, twice.
    expect_requests(&stage, &outcome, 1 + 6 + 1 + 6);
    expect_everything_billed(&stage);
}

#[test]
fn a_missing_record_count_costs_nothing() {
    let stage = Stage::of(1000);
    stage.connect();
    stage.map_all();
    stage.faults([Fault::RecordCountMissing]);
    stage.sandbox.forget_received();
    let outcome = stage.sync([]).expect(0);
    assert_eq!(updated(&outcome), 50, "{outcome}");
    expect_requests(&stage, &outcome, formula(1200, 50));
    expect_everything_billed(&stage);
}

fn expect_everything_billed(stage: &Stage) {
    let odd = suspended_or_deactivated(stage);
    let mut mapping = stage.world().suggested_mapping();
    mapping.retain(|(organization, _, _)| !odd.contains(organization));
    stage.expect_sums(&mapping);
}

#[test]
fn a_token_that_dies_between_two_batches_costs_one_sign_in() {
    let stage = Stage::of(1200);
    stage.connect();
    stage.map_all();
    let mapping = stage.plain(1198);
    stage.add_seats(&mapping, 1);
    // A token is then worth six requests: two pages and four batches.
    stage.faults([Fault::TokenDies]);
    stage.sandbox.forget_received();
    let outcome = stage.sync([]).expect(0);
    assert_eq!(updated(&outcome), 1198, "{outcome}");
    stage.expect_sums(&mapping);
    let statuses: Vec<Option<u16>> = stage
        .halo_requests("POST", LICENSES)
        .iter()
        .map(|request| request.status)
        .collect();
    assert_eq!(statuses, [201, 201, 201, 201, 401, 201].map(Some), "{outcome}");
    assert_eq!(stage.halo_requests("POST", TOKEN).len(), 2);
    // The refused batch and the second token are all that it costs.
    expect_requests(&stage, &outcome, formula(1440, 1198) + 2);
}

#[test]
fn a_batch_holds_no_more_than_the_id_the_customer_and_the_quantity() {
    let (stage, mapping) = Stage::synced_with(3);
    stage.add_seats(&mapping, 1);
    stage.sync([]).expect(0);
    let posts = stage.halo_requests("POST", LICENSES);
    assert_eq!(posts.len(), 1, "{posts:?}");
    let mut sent = posts[0].body.as_array().expect("an array").clone();
    sent.sort_by_key(|record| record["id"].as_i64());
    let mut wanted: Vec<_> = mapping
        .iter()
        .map(|(organization, customer, license)| {
            json!({"id": license, "client_id": customer, "count": stage.seats(organization)})
        })
        .collect();
    wanted.sort_by_key(|record| record["id"].as_i64());
    assert_eq!(sent, wanted);
}

/// Requests that all commands so far sent to Halo.
fn spent(stage: &Stage) -> usize {
    stage.halo_count()
}

/// Connected and two organizations mapped, with every request of that still counted.
#[track_caller]
fn counted_from_the_start() -> (Stage, Vec<(String, i64, i64)>) {
    let stage = Stage::new();
    stage.connect();
    let mapping = stage.plain(2);
    stage.map_these(&mapping);
    (stage, mapping)
}

#[test]
fn requests_of_earlier_commands_count_too() {
    let (stage, _) = counted_from_the_start();
    let limit = spent(&stage).to_string();
    stage.sandbox.forget_received();
    let outcome = stage
        .sync(["--request-limit", &limit, "--patience", "1"])
        .expect(75)
        .says(["limits the number of requests", "after 0 s of", "--patience"]);
    assert_eq!(outcome.json()["error"]["kind"], "try_later", "{outcome}");
    assert_eq!(stage.halo_count(), 0, "{outcome}");
    assert_eq!(stage.last_run()["state"], "failed");
    // Without a limit of our own nothing keeps it back.
    stage.sync(["--request-limit", "0"]).expect(0);
}

#[test]
fn a_run_keeps_to_the_limit_in_the_middle() {
    let (stage, _) = counted_from_the_start();
    let limit = (spent(&stage) + 2).to_string();
    stage.sandbox.forget_received();
    let outcome = stage
        .sync(["--request-limit", &limit, "--patience", "1"])
        .expect(75)
        .says(["limits the number of requests"]);
    assert_eq!(stage.halo_count(), 2, "{outcome}");
    assert_eq!(stage.halo_requests("POST", LICENSES), [], "{outcome}");
}

#[test]
fn the_limit_can_be_set_in_the_environment() {
    let (stage, _) = Stage::mapped_with(1);
    stage
        .run_with(["sync-seats", "--yes"], b"", |command| {
            command
                .env("HALOLINK_REQUEST_LIMIT", "1")
                .env("HALOLINK_PATIENCE", "1");
        })
        .expect(75)
        .says(["of the 1 s that --patience allows"]);
}

#[test]
fn requests_of_a_killed_run_count_too() {
    let stage = Stage::with(halolink::sandbox::Options {
        latency: std::time::Duration::from_millis(200),
        ..Default::default()
    });
    stage.connect();
    stage.map_these(&stage.plain(2));
    let before = spent(&stage);
    let running = stage.start(["sync-seats", "--yes"]);
    stage.wait_for("a write", |received| {
        received
            .iter()
            .any(|request| request.method == "POST" && request.path == LICENSES)
    });
    assert!(running.kill(), "it ended too early");
    let used = spent(&stage) - before;
    assert!(used >= 4, "{used}");
    // As many as were sent before it was killed, and one more.
    let limit = (before + used - 1).to_string();
    stage.sandbox.forget_received();
    let outcome = stage.sync(["--request-limit", &limit, "--patience", "0"]);
    assert_eq!(stage.halo_count(), 0, "{outcome}");
    outcome.expect(75);
}

#[test]
fn a_run_that_could_not_read_back_is_settled_by_the_next() {
    let (stage, mapping) = counted_from_the_start();
    stage.sync([]).expect(0);
    stage.add_seats(&mapping, 1);
    // A token, two licenses and the write are within the limit; reading back is not.
    let limit = (spent(&stage) + 4).to_string();
    let outcome = stage
        .sync(["--request-limit", &limit, "--patience", "0"])
        .expect(75)
        .says(["could not be read back"]);
    stage.expect_sums(&mapping);
    drop(outcome);

    let next = stage.sync([]).expect(0);
    for (_, _, license) in &mapping {
        let change = next.change(*license);
        assert_eq!(change["status"], "unchanged", "{next}");
        assert_eq!(
            change["drift_from"],
            json!(null),
            "our own write is no drift\n{next}"
        );
    }
    assert!(!next.stderr.contains("changed in Halo"), "{next}");
    let unsure = &stage.runs()[1];
    for change in unsure["changes"].as_array().expect("an array") {
        assert_eq!(change["status"], "updated", "{unsure}");
        assert_eq!(change["verified"], true, "{unsure}");
    }
}
