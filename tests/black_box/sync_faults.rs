//! Writes that go wrong: refused, cut off, answered with nonsense, not permitted any more.

use std::{collections::HashMap, time::Duration};

use crate::support::{Outcome, Stage};
use halolink::sandbox::{Fault, Options};
use serde_json::{Value, json};

const LICENSES: &str = "/api/SoftwareLicence";
const CHANGES: &str = "/api/LicenceChange";
const REFUSED: &str = "The licence NAME cannot be saved: it is managed by an integration";
const CHOKED: &str =
    "Halo failed at it (500): The licence NAME cannot be calculated: its invoice line is gone";

/// Makes the sandbox refuse this license, if a fault that does so is on.
#[track_caller]
fn poison(stage: &Stage, license: i64) {
    let mut world = stage.world();
    let license = world.licenses.get_mut(&license).expect("the license is there");
    license.notes = "poison".into();
}

/// Syncs eight changes, one of which Halo refuses together with what came with it.
#[track_caller]
fn one_of_eight_is_refused(fault: Fault, status: u16, words: &str) {
    let (stage, mapping) = Stage::synced_with(8);
    stage.add_seats(&mapping, 1);
    let bad = mapping[2].2;
    let before = stage.count(bad);
    poison(&stage, bad);
    stage.faults([fault]);
    let outcome = stage.sync([]).expect(4);
    // All eight; one that is taken; the other seven, and halves of them until the third stands alone: each is
    // sent once, whatever the answer.
    let written = stage.halo_requests("POST", LICENSES);
    assert_eq!(written.len(), 8, "{outcome}");
    let refused = written.iter().filter(|request| request.status == Some(status));
    assert_eq!(refused.count(), 4, "{outcome}");

    let good: Vec<_> = mapping.iter().filter(|row| row.2 != bad).cloned().collect();
    stage.expect_sums(&good);
    for (_, _, license) in &good {
        assert_eq!(outcome.change(*license)["status"], "updated", "{outcome}");
    }
    let failed = outcome.change(bad);
    assert_eq!(failed["status"], "failed", "{outcome}");
    assert_eq!(stage.count(bad), before);
    // Halo's own words.
    let name = stage.world().licenses[&bad].name.clone();
    assert_eq!(failed["reason"], json!(words.replace("NAME", &name)));
    assert_eq!(
        outcome.json()["summary"],
        json!({"updated": 7, "unchanged": 0, "planned": 0, "skipped": 0, "failed": 1})
    );

    // The ledger has the same.
    let run = stage.last_run();
    assert_eq!(run["state"], "partial");
    assert_eq!(run["summary"]["updated"], 7);
    assert_eq!(run["summary"]["failed"], 1);
    let recorded = change_in(&run, bad);
    assert_eq!(recorded["status"], "failed", "{run}");
    assert_eq!(recorded["reason"], failed["reason"], "{run}");

    // The next time it stands apart from the others.
    stage.add_seats(&good, 1);
    stage.sandbox.forget_received();
    let next = stage.sync([]).expect(4);
    assert_eq!(stage.halo_requests("POST", LICENSES).len(), 2, "{next}");
    assert_eq!(next.json()["summary"]["updated"], 7, "{next}");
    assert_eq!(next.change(bad)["reason"], failed["reason"], "{next}");
    stage.expect_sums(&good);

    // Once Halo takes it, it is written; the others are left in peace.
    stage.faults([]);
    stage.sandbox.forget_received();
    let next = stage.sync([]).expect(0);
    assert_eq!(next.json()["summary"]["updated"], 1, "{next}");
    stage.expect_sums(&mapping);
    // And it is one of them again.
    stage.add_seats(&mapping, 1);
    stage.sandbox.forget_received();
    stage.sync([]).expect(0);
    assert_eq!(stage.halo_requests("POST", LICENSES).len(), 1);
}

#[track_caller]
fn change_in(run: &Value, license: i64) -> Value {
    let changes = run["changes"].as_array().expect("an array");
    let found = changes.iter().find(|change| change["license"]["id"] == license);
    found.expect("the license is in the run").clone()
}

#[test]
fn a_refused_batch_is_split_until_the_bad_one_stands_alone() {
    one_of_eight_is_refused(Fault::RefuseBatch, 400, REFUSED);
}

#[test]
fn a_batch_that_was_written_in_part_is_no_different() {
    one_of_eight_is_refused(Fault::RefusePartial, 400, REFUSED);
}

#[test]
fn a_batch_that_halo_fails_at_is_split_until_the_bad_one_stands_alone() {
    one_of_eight_is_refused(Fault::ChokeBatch, 500, CHOKED);
}

#[test]
fn a_batch_that_halo_fails_at_halfway_is_no_different() {
    one_of_eight_is_refused(Fault::ChokePartial, 500, CHOKED);
}

/// Two bad ones among 62 keep none of the others back, wherever they are.
#[test]
fn two_that_halo_fails_at_among_many() {
    let stage = Stage::of(100);
    let mapping = stage.sync_plain(62);
    stage.add_seats(&mapping, 1);
    for bad in [0, 45] {
        poison(&stage, mapping[bad].2);
    }
    stage.faults([Fault::ChokeBatch]);
    let outcome = stage.sync([]).expect(4);
    assert_eq!(
        outcome.json()["summary"],
        json!({"updated": 60, "unchanged": 0, "planned": 0, "skipped": 0, "failed": 2}),
        "{outcome}"
    );
    let written = stage.halo_requests("POST", LICENSES).len();
    assert!((14..=28).contains(&written), "{written} writes");
    let next = stage.sync([]).expect(4);
    assert_eq!(next.json()["summary"]["failed"], 2, "{next}");
}

/// Also where nothing else is left to write, and Halo's words are the same for both.
#[test]
fn licenses_that_stay_bad_are_no_outage() {
    let (stage, mapping) = Stage::synced_with(6);
    stage.add_seats(&mapping, 1);
    for bad in [1, 4] {
        poison(&stage, mapping[bad].2);
    }
    stage.faults([Fault::ChokeBatch, Fault::HtmlErrors]);
    let first = stage.sync([]).expect(4);
    assert_eq!(first.json()["summary"]["updated"], 4, "{first}");
    let again = stage.sync([]).expect(4);
    assert_eq!(again.json()["summary"]["failed"], 2, "{again}");
    let reason = again.change(mapping[1].2)["reason"].to_string();
    assert!(reason.contains("Halo failed at it (500)"), "{reason}");
}

/// Poisons all of so many, syncs, and gives the outcome and how many writes it took.
#[track_caller]
fn all_are_bad(count: usize, faults: &[Fault]) -> (Stage, Outcome, usize) {
    let stage = Stage::of(60);
    let mapping = stage.sync_plain(count);
    stage.add_seats(&mapping, 1);
    for (_, _, license) in &mapping {
        poison(&stage, *license);
    }
    stage.sandbox.set_faults(faults.to_vec());
    let outcome = stage.sync([]);
    let writes = stage.halo_requests("POST", LICENSES).len();
    assert_eq!(outcome.json()["summary"]["failed"], count, "{outcome}");
    (stage, outcome, writes)
}

#[test]
fn where_every_license_is_refused_a_few_are_tried_and_no_more() {
    let (stage, outcome, writes) = all_are_bad(40, &[Fault::RefuseBatch]);
    // All, and five of them.
    assert_eq!(writes, 6, "{outcome}");
    let outcome = outcome
        .expect(4)
        .says(["accepted none of the 5", "managed by an integration"]);
    let failed = outcome.json()["changes"].as_array().expect("an array").clone();
    let tried = failed.iter().filter(|change| {
        change["reason"]
            .as_str()
            .is_some_and(|why| why.contains("managed by an integration"))
    });
    assert_eq!(tried.count(), 5, "{outcome}");
    assert_eq!(stage.last_run()["state"], "partial");
    let error = stage.last_run()["error"].to_string();
    assert!(error.contains("managed by an integration"), "{error}");
}

#[test]
fn where_halo_is_down_for_writes_a_few_are_tried_and_no_more() {
    // A web page with status 500 is no word about a license; the 502 comes once more at once.
    for (count, faults, writes) in [
        (40, vec![Fault::ChokeBatch, Fault::HtmlErrors], 6),
        (40, vec![Fault::WritesDown], 7),
        (2, vec![Fault::ChokeBatch, Fault::HtmlErrors], 3),
    ] {
        let (stage, outcome, sent) = all_are_bad(count, &faults);
        assert_eq!(sent, writes, "{outcome}");
        let outcome = outcome.expect(75).says(["cannot write licenses at the moment"]);
        assert_eq!(stage.last_run()["state"], "failed", "{outcome}");
        // Nothing is held against the licenses.
        stage.faults([]);
        stage.sandbox.forget_received();
        stage.sync([]).expect(0);
        assert_eq!(stage.halo_requests("POST", LICENSES).len(), 1);
    }
}

#[test]
fn people_see_what_was_refused_and_why() {
    let (stage, mapping) = Stage::synced_with(4);
    stage.add_seats(&mapping, 1);
    poison(&stage, mapping[0].2);
    poison(&stage, mapping[3].2);
    stage.faults([Fault::RefuseBatch]);
    stage.run(["sync-seats", "--yes"]).expect(4).prints([
        "Planned (4):",
        "Failed (2):",
        "2 updated",
        "2 failed",
        "managed by an integration",
    ]);
}

#[test]
fn an_unclear_answer_is_settled_by_reading_back() {
    let (stage, mapping) = Stage::synced_with(5);
    for (round, fault) in [
        Fault::BadGatewayAfter,
        Fault::DropAfter,
        Fault::DropBefore,
        Fault::HalfBody,
        Fault::HalfJson,
        Fault::BadGateway,
    ]
    .into_iter()
    .enumerate()
    {
        stage.add_seats(&mapping, 1);
        let changes = stage.world().license_changes.len();
        stage.faults([fault]);
        stage.sandbox.forget_received();
        let outcome = stage.sync([]);
        assert_eq!(outcome.code, Some(0), "{fault}: {outcome}");
        assert_eq!(outcome.json()["summary"]["updated"], 5, "{fault}: {outcome}");
        stage.expect_sums(&mapping);
        // Each license changed once, whatever was sent twice.
        assert_eq!(
            stage.world().license_changes.len() - changes,
            5,
            "{fault}: {outcome}"
        );
        let received = stage.sandbox.received();
        let last = received.last().expect("something was received");
        assert_eq!(last.method, "GET", "{fault}: nothing was read back\n{outcome}");
        expect_counted(&stage, &outcome);
        let run = &stage.runs()[round + 1];
        assert_eq!(run["state"], "done", "{fault}");
        for change in run["changes"].as_array().expect("an array") {
            assert_eq!(change["status"], "updated", "{fault}: {change}");
            assert_eq!(change["verified"], true, "{fault}: {change}");
        }
    }
}

/// Requests that failed are counted as the others are.
#[track_caller]
fn expect_counted(stage: &Stage, outcome: &Outcome) {
    assert_eq!(
        outcome.json()["requests"]["halo"],
        json!(stage.halo_count()),
        "{outcome}"
    );
}

#[test]
fn a_write_that_halo_takes_and_forgets_is_reported() {
    let stage = Stage::with(Options {
        latency: Duration::from_millis(150),
        ..Options::default()
    });
    let mapping = stage.sync_plain(2);
    stage.add_seats(&mapping, 1);
    let running = stage.start(["sync-seats", "--yes", "-o", "json"]);
    let license = mapping[0].2;
    stage.wait_for("the write", |received| {
        received
            .iter()
            .any(|request| request.method == "POST" && request.path == LICENSES)
    });
    // Somebody else is faster than the reading back.
    stage.world().set_license_count(license, 999, "Alex Agent");
    let outcome = running.end().expect(4);
    assert_eq!(outcome.change(license)["status"], "failed", "{outcome}");
    assert_eq!(outcome.change(mapping[1].2)["status"], "updated", "{outcome}");
    assert_eq!(stage.count(license), 999, "it is not fought over");
}

#[test]
fn a_storm_of_429_without_retry_after_is_waited_out() {
    let (stage, mapping) = Stage::synced_with(2);
    stage.add_seats(&mapping, 1);
    // The first pause is five seconds, the next ten.
    stage.faults([Fault::RateStorm]);
    let outcome = stage
        .sync(["--patience", "6"])
        .expect(75)
        .says(["waiting 5 s", "of the 6 s that --patience allows"]);
    assert_eq!(outcome.json()["error"]["kind"], "try_later", "{outcome}");

    // What is left of the storm.
    stage.sandbox.forget_received();
    let outcome = stage.sync([]).expect(0).says(["waiting ", "rate limit"]);
    stage.expect_sums(&mapping);
    let refused = stage
        .sandbox
        .received()
        .iter()
        .filter(|request| request.status == Some(429))
        .count();
    assert!(refused >= 1, "there was no storm left\n{outcome}");
    expect_counted(&stage, &outcome);
}

#[test]
fn a_permission_lost_in_the_middle_ends_the_run_with_its_report() {
    let stage = Stage::with(Options {
        organizations: 1300,
        latency: Duration::from_millis(20),
        ..Options::default()
    });
    stage.connect();
    stage.map_all();
    let mapping = stage.plain(1298);
    stage.add_seats(&mapping, 1);
    let granted = stage.world().granted_scopes.clone();
    // Six requests later the token is dead, and the next one may not write any more.
    stage.faults([Fault::TokenDies]);
    stage.sandbox.forget_received();
    let running = stage.start(["sync-seats", "--yes", "-o", "json"]);
    stage.wait_for("a token request", |received| {
        received.iter().any(|request| request.path == "/auth/token")
    });
    stage
        .world()
        .granted_scopes
        .retain(|scope| scope != "edit:softwarelicensing" && !scope.starts_with("all"));
    let outcome = running.end().expect(3).says(["edit:softwarelicensing"]);

    // Two pages were read and four batches of 250 written.
    assert_eq!(
        outcome.json()["summary"],
        json!({"updated": 1000, "unchanged": 0, "planned": 0, "skipped": 2, "failed": 298}),
    );
    let document = outcome.json();
    let changes: HashMap<i64, &Value> = document["changes"]
        .as_array()
        .expect("changes is an array")
        .iter()
        .map(|change| (change["license"]["id"].as_i64().expect("an id"), change))
        .collect();
    let (done, open): (Vec<_>, Vec<_>) = mapping
        .iter()
        .cloned()
        .partition(|row| changes[&row.2]["status"] == "updated");
    for (_, _, license) in &open {
        let change = changes[license];
        assert_eq!(change["status"], "failed", "{change}");
        let reason = change["reason"].as_str().expect("a reason");
        assert!(reason.contains("edit:softwarelicensing"), "{reason}");
        assert_eq!(json!(stage.count(*license)), change["from"], "{change}");
    }
    stage.expect_sums(&done);

    let run = stage.last_run();
    assert_eq!(run["state"], "failed");
    assert_eq!(run["summary"]["updated"], 1000);
    assert_eq!(run["summary"]["failed"], 298);
    let error = run["error"].as_str().expect("an error");
    assert!(error.contains("edit:softwarelicensing"), "{error}");

    stage.faults([]);
    stage.world().granted_scopes = granted;
    let next = stage.sync([]).expect(0);
    assert_eq!(
        next.json()["summary"]["updated"],
        json!(open.len()),
        "{}",
        next.stderr
    );
    stage.expect_sums(&mapping);
}

#[test]
fn an_organization_with_two_different_rows_is_held_back_alone() {
    let (stage, mapping) = Stage::synced_with(6);
    stage.add_seats(&mapping, 1);
    let bad = mapping[1].2;
    let before = stage.count(bad);
    {
        let mut world = stage.world();
        let found = world.organizations.iter().find(|found| found.id == mapping[1].0);
        let mut again = found.expect("it is there").clone();
        again.seats_used += 2;
        world.organizations.push(again);
    }
    let outcome = stage.sync([]).expect(4);
    let held = outcome.change(bad);
    assert_eq!(held["status"], "skipped", "{outcome}");
    let reason = held["reason"].as_str().expect("a reason");
    assert!(reason.contains("two different rows"), "{reason}");
    assert_eq!(stage.count(bad), before);
    assert_eq!(outcome.json()["summary"]["updated"], 5, "{outcome}");
    stage
        .run(["list", "organizations"])
        .expect(0)
        .says(["two different rows", &mapping[1].0]);
}

/// A sync of four, one of which two organizations share; one is unlinked after the sync began.
#[track_caller]
fn unlinked_meanwhile(which: impl Fn(&[(String, i64, i64)]) -> &(String, i64, i64)) -> (Stage, Outcome, i64) {
    let stage = Stage::of(60);
    let mut mapping = stage.plain(5);
    (mapping[4].1, mapping[4].2) = (mapping[3].1, mapping[3].2);
    stage.connect();
    stage.map_these(&mapping);
    stage.sync([]).expect(0);
    stage.add_seats(&mapping, 1);
    let (organization, _, license) = which(&mapping).clone();
    let before = stage.count(license);

    // Nothing is answered for as long as this is held: the sync knows its mappings, and no more.
    let world = stage.world();
    let running = stage.start(["sync-seats", "--yes", "-o", "json"]);
    while stage.runs().len() < 2 {}
    stage.run(["unlink", &organization, "--yes"]).expect(0);
    drop(world);
    let outcome = running.end();

    assert_eq!(stage.count(license), before, "{outcome}");
    let change = outcome.change(license);
    assert_eq!(change["status"], "skipped", "{outcome}");
    assert_eq!(outcome.json()["summary"]["updated"], 3, "{outcome}");
    let recorded = change_in(&stage.last_run(), license);
    assert_eq!(recorded["status"], "skipped", "{recorded}");
    assert_eq!(recorded["reason"], change["reason"], "{recorded}");
    (stage, outcome, license)
}

#[test]
fn an_unlink_during_a_sync_is_honoured_by_that_sync() {
    let (_, outcome, license) = unlinked_meanwhile(|mapping| &mapping[1]);
    let outcome = outcome.expect(0);
    assert_eq!(
        outcome.change(license)["reason"],
        "its mapping was ended in the meantime",
        "{outcome}"
    );
}

#[test]
fn a_license_that_others_share_still_is_left_for_the_next_sync() {
    let (stage, outcome, license) = unlinked_meanwhile(|mapping| &mapping[4]);
    let outcome = outcome.expect(4);
    let reason = outcome.change(license)["reason"].to_string();
    assert!(
        reason.contains("its mapping was changed in the meantime"),
        "{reason}"
    );
    stage.sync(["--force"]).expect(0);
    let shared = stage.plain(4).pop().expect("a fourth");
    stage.expect_sums(&[shared]);
}

#[test]
fn an_unlink_while_a_write_waits_for_the_rate_limit_is_honoured() {
    let (stage, mapping) = Stage::synced_with(4);
    stage.add_seats(&mapping, 1);
    let (organization, _, license) = mapping[1].clone();
    let before = stage.count(license);
    stage.faults([Fault::WriteLimited]);
    let running = stage.start(["sync-seats", "--yes", "-o", "json"]);
    stage.wait_for("the refusal", |received| {
        received
            .iter()
            .any(|request| request.method == "POST" && request.status == Some(429))
    });
    stage.run(["unlink", &organization, "--yes"]).expect(0);
    let outcome = running.end().expect(0).says(["waiting 5 s"]);
    assert_eq!(stage.count(license), before, "{outcome}");
    assert_eq!(outcome.change(license)["status"], "skipped", "{outcome}");
    assert_eq!(outcome.json()["summary"]["updated"], 3, "{outcome}");
    let expected = [429, 201].map(Some);
    let writes = stage.halo_requests("POST", LICENSES);
    let statuses: Vec<_> = writes.iter().map(|request| request.status).collect();
    assert_eq!(statuses, expected, "{outcome}");
}

#[test]
fn a_drift_names_who_changed_the_quantity_and_nobody_else() {
    let (stage, mapping) = Stage::synced_with(3);
    let [by_hand, unrecorded, ours] = [0, 1, 2].map(|index: usize| mapping[index].2);
    let drift = stage.count(by_hand) + 1;
    {
        let mut world = stage.world();
        world.set_license_count(by_hand, drift, "Sam Taylor");
        for license in [by_hand, unrecorded, ours] {
            world.change_license(license, "Alex Agent", |license| {
                license.notes = drift.to_string().into()
            });
        }
        world.licenses.get_mut(&unrecorded).expect("it is there").count += 1;
    }
    let outcome = stage
        .sync([])
        .expect(0)
        .says(["by Sam Taylor at ", "by somebody since"]);
    assert_eq!(outcome.change(by_hand)["drift_by"], "Sam Taylor", "{outcome}");
    assert_eq!(outcome.change(unrecorded)["drift_by"], "somebody", "{outcome}");
    assert_eq!(outcome.change(ours)["drift_by"], json!(null), "{outcome}");
    assert!(!outcome.stderr.contains("Alex"), "{outcome}");
    let asked = stage.halo_requests("GET", CHANGES);
    let asked_for = |name: &str, value: &str| {
        let is = |(found, text): &(String, String)| found == name && text == value;
        asked.iter().all(|request| request.query.iter().any(is))
    };
    assert_eq!(asked.len(), 2, "{outcome}");
    assert!(
        asked_for("orderdesc", "true") && asked_for("page_size", "50"),
        "{asked:?}"
    );
}

/// Who it was is a courtesy: what stands in its way is met once, and costs no time.
#[test]
fn a_record_of_changes_that_does_not_answer_costs_one_request_and_no_time() {
    for fault in [Fault::ChangesDown, Fault::ChangesLimited] {
        let (stage, mapping) = Stage::synced_with(4);
        for (_, _, license) in &mapping {
            let drift = stage.count(*license) + 1;
            stage.world().set_license_count(*license, drift, "Sam Taylor");
        }
        stage.faults([fault]);
        let outcome = stage.sync([]).expect(0).says(["by somebody since"]);
        assert_eq!(stage.halo_requests("GET", CHANGES).len(), 1, "{fault}: {outcome}");
        assert!(!outcome.stderr.contains("waiting"), "{fault}: {outcome}");
        stage.expect_sums(&mapping);
        let received = stage.sandbox.received();
        let asked = received
            .iter()
            .position(|request| request.path.eq_ignore_ascii_case(CHANGES));
        let [asked, written] = [
            asked,
            received
                .iter()
                .position(|request| request.method == "POST" && request.path == LICENSES),
        ]
        .map(|index| received[index.expect("it was received")].at);
        assert!(written - asked < Duration::from_secs(5), "{fault}: {outcome}");
    }
}

/// Nor does it take the requests that are needed for the work.
#[test]
fn where_the_requests_are_nearly_used_up_nobody_asks_who_it_was() {
    let stage = Stage::new();
    let mapping = stage.plain(2);
    stage.connect();
    stage.map_these(&mapping);
    stage.sync([]).expect(0);
    let drift = stage.count(mapping[0].2) + 1;
    stage.world().set_license_count(mapping[0].2, drift, "Sam Taylor");
    // A token, two licenses, a write, and reading it back; what was sent before counts too.
    let limit = (stage.halo_count() + 5).to_string();
    let outcome = stage
        .sync(["--request-limit", &limit, "--patience", "0"])
        .expect(0)
        .says(["by somebody since"]);
    assert_eq!(stage.halo_requests("GET", CHANGES), [], "{outcome}");
    stage.expect_sums(&mapping);
}
