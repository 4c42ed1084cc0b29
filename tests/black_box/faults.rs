//! The same job when the services misbehave, as live instances do.

use std::{
    collections::HashSet,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use crate::support::Stage;
use crate::support::job::{Given, whole_job};
use crate::support::proxy::{Nowhere, answer, in_front_of};
use halolink::sandbox::{Fault, Options};
use serde_json::json;

/// One test a fault: the whole job is done all the same. That the fault struck, the stage asserts at its end.
macro_rules! the_job_is_done_with {
    ($($name:ident: $($fault:ident)&+)+) => {$(
        #[test]
        fn $name() {
            whole_job(&with([$(Fault::$fault),+]), Given::Mixed);
        }
    )+};
}

the_job_is_done_with! {
    pages_of_50_and_a_wrong_record_count: PagesCapped
    lists_that_ignore_paging: PagingIgnored
    lists_without_record_count: RecordCountMissing
    backup_lists_as_a_result_set: BackupResultSet
    backup_lists_as_a_wrapped_result_set: BackupWrappedResultSet
    backup_lists_with_pagination: BackupPagination
    tokens_that_die_after_six_requests: TokenDies & PagesCapped
    every_third_request_a_502_in_html: BadGateway
    a_502_after_the_work_was_done: BadGatewayAfter
    connections_dropped_before_the_work: DropBefore
    connections_dropped_after_the_work: DropAfter
    half_of_the_json: HalfJson
    half_of_the_body: HalfBody
    numbers_as_strings: StringsForNumbers
    lookups_inside_objects: WrappedLookups
    no_tenant: SelfHosted
    single_records_inside_their_list: WrappedRecords
    licenses_that_will_end: PendingCancel
    posts_answered_with_the_last_record: LastAnswered
}

#[test]
fn errors_as_html() {
    const PAGE: [&str; 3] = ["<html", "<h1>", "Application-Gateway"];
    let stage = with([Fault::HtmlErrors]);
    for variable in ["HALOLINK_CLIENT_SECRET", "HALOLINK_ACCESS_TOKEN"] {
        let wrong = |command: &mut Command| {
            command.env(variable, "wrong");
        };
        let struck = stage.sandbox.struck(Fault::HtmlErrors);
        stage
            .run_with(stage.connect_arguments(), b"", wrong)
            .expect(3)
            .says(["refused"])
            .hides(PAGE);
        assert!(stage.sandbox.struck(Fault::HtmlErrors) > struck, "{variable}");
    }

    let mapping = stage.sync_plain(3);
    stage.add_seats(&mapping, 1);
    let poisoned = mapping[1].2;
    if let Some(license) = stage.world().licenses.get_mut(&poisoned) {
        license.notes = "poison".into();
    }
    stage.faults([Fault::HtmlErrors, Fault::RefuseBatch]);
    let outcome = stage.sync([]).expect(4).hides(PAGE);
    assert_eq!(outcome.json()["summary"]["updated"], 2, "{outcome}");
    assert_eq!(outcome.change(poisoned)["status"], "failed", "{outcome}");
}

#[test]
fn refusals_by_field_are_told_with_the_field_and_the_words() {
    let (stage, mapping) = Stage::synced_with(3);
    stage.add_seats(&mapping, 1);
    let poisoned = mapping[1].2;
    if let Some(license) = stage.world().licenses.get_mut(&poisoned) {
        license.notes = "poison".into();
    }
    stage.faults([Fault::FieldErrors, Fault::RefuseBatch]);
    let outcome = stage.sync([]).expect(4);
    let reason = outcome.change(poisoned)["reason"].to_string();
    assert!(reason.contains("[0].id"), "{outcome}");
    assert!(reason.contains("it is managed by an integration"), "{outcome}");
}

#[test]
fn tokens_that_live_one_second() {
    // So slow that reading the pages of licenses alone takes longer than that.
    let stage = Stage::with(Options {
        organizations: 400,
        latency: Duration::from_millis(150),
        faults: vec![Fault::ShortToken],
        ..Options::default()
    });
    stage.connect();
    stage.map_all();
    stage.faults([Fault::ShortToken, Fault::PagesCapped]);
    stage.sandbox.forget_received();
    stage.sync([]).expect(0);
    let tokens = stage.halo_requests("POST", "/auth/token");
    assert!(
        tokens.len() > 1,
        "no token was renewed in this run: it shows nothing"
    );
}

/// A stage asserts that what it set has struck, so a fault that some test names did strike.
#[test]
fn every_fault_is_met_by_halolink() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/black_box");
    let mut tests = String::new();
    for entry in std::fs::read_dir(directory).expect("readable").flatten() {
        if entry.path().is_file() {
            tests.push_str(&std::fs::read_to_string(entry.path()).expect("text"));
        }
    }
    let words: HashSet<&str> = tests
        .split(|character: char| !character.is_alphanumeric())
        .collect();
    let mut unmet = Fault::ALL.to_vec();
    unmet.retain(|fault| !words.contains(format!("{fault:?}").as_str()));
    assert!(unmet.is_empty(), "no test sets {unmet:?}");
}

#[test]
fn no_discovery() {
    let stage = with([Fault::NoAuthinfo]);
    stage.connect();
    stage.map_all();
    stage.sync([]).expect(0);
}

#[test]
fn no_discovery_where_the_tenant_has_to_be_named() {
    // Nothing tells the tenant then, so it has to be given.
    let stage = with([Fault::NoAuthinfo, Fault::TenantRequired]);
    stage.run(stage.connect_arguments()).expect(3).says(["tenant"]);
    assert!(stage.traces().is_empty());

    let mut arguments = stage.connect_arguments();
    arguments.extend(["--tenant".to_owned(), stage.sandbox.credentials().tenant.clone()]);
    stage.run(arguments).expect(0);
    stage.map_all();
    stage.sync([]).expect(0);
}

#[test]
fn a_dead_token_is_renewed_in_the_middle_of_a_run() {
    let stage = with([]);
    stage.connect();
    stage.map_all();
    // Small pages make it a run of more requests than a token is worth.
    stage.faults([Fault::TokenDies, Fault::PagesCapped]);
    stage.sandbox.forget_received();
    stage.sync([]).expect(0);
    let refused = stage
        .sandbox
        .received()
        .iter()
        .filter(|request| request.status == Some(401))
        .count();
    let tokens = stage.halo_requests("POST", "/auth/token").len();
    assert!(refused > 0, "no token died in this run: it shows nothing");
    assert_eq!(tokens, refused + 1);
}

#[test]
fn retries_and_tokens_are_counted_among_the_requests() {
    for fault in [Fault::BadGateway, Fault::TokenDies, Fault::DropBefore] {
        let stage = with([]);
        stage.connect();
        stage.map_all();
        // Small pages make it a run of more requests than a token is worth.
        stage.faults([fault, Fault::PagesCapped]);
        stage.sandbox.forget_received();
        let outcome = stage.sync([]).expect(0);
        let (halo, backup) = stage.received_counts();
        assert_eq!(
            outcome.json()["requests"],
            json!({"halo": halo, "backup": backup}),
            "{fault}\n{outcome}"
        );
    }
}

#[test]
fn control_characters_in_names_reach_nobody() {
    let stage = with([Fault::ControlsInNames]);
    let mut outcomes = whole_job(&stage, Given::ByIds);
    stage.connect();
    stage.map_all();
    for arguments in [
        &["list", "customers"][..],
        &["list", "customers", "-o", "json"],
        &["list", "customers", "-o", "csv"],
        &["list", "licenses"],
        &["list", "licenses", "-o", "csv"],
        &["list", "mappings"],
        &["list", "mappings", "-o", "csv"],
        &["status"],
        &["history"],
        &["sync-seats", "--dry-run", "-v"],
        &["sync-seats", "--yes", "-vvv"],
        &["sync-seats", "--yes", "-o", "csv"],
        &["open-ticket", "1788161-14", "--error", "device-token"],
        &["unlink", "1788161-14", "--yes"],
    ] {
        outcomes.push(stage.run(arguments).expect(0));
    }
    // Names in messages too.
    outcomes.push(
        stage
            .run(["list", "licenses", "--customer", "No such customer"])
            .expect(2),
    );
    let wrong_license = ["map-org", "1788161-14", "--customer", "21", "--license", "23"];
    outcomes.push(stage.run(wrong_license).expect(2));
    for outcome in outcomes {
        let shown = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(
            !shown
                .chars()
                .any(|character| character.is_control() && character != '\n'),
            "{outcome:#}"
        );
    }
}

#[test]
fn a_redirect_to_another_host_fails() {
    let stage = with([Fault::RedirectElsewhere]);
    stage
        .run(stage.connect_arguments())
        .expect(1)
        .says(["redirects to http://localhost:1/", "not followed"]);
    assert!(stage.traces().is_empty());
}

#[test]
fn no_secret_follows_a_redirect_from_halo() {
    for status in ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let stage = Stage::new();
        let elsewhere = Nowhere::new();
        let to = format!("Location: {}/api/Client", elsewhere.url());
        // The token comes from the sandbox; its use is redirected.
        let site = in_front_of(&stage.sandbox.site_url(), move |method, path| {
            (method == "GET" && path.starts_with("/api/") && path != "/api/authinfo")
                .then(|| answer(status, &to))
        });
        stage
            .run(connect_to(&stage, &site, &stage.sandbox.backup_url()))
            .expect(1)
            .says(["redirects to"]);
        assert!(!elsewhere.was_visited(), "{status}");
    }
}

#[test]
fn no_client_secret_follows_a_redirect_of_the_token_endpoint() {
    for status in ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let stage = Stage::new();
        let elsewhere = Nowhere::new();
        let to = format!("Location: {}/auth/token", elsewhere.url());
        let site = in_front_of(&stage.sandbox.site_url(), move |_, path| {
            Some(match path {
                "/api/authinfo" => answer("404 Not Found", "X-Nothing: here"),
                _ => answer(status, &to),
            })
        });
        stage
            .run(connect_to(&stage, &site, &stage.sandbox.backup_url()))
            .expect(1)
            .says(["redirects to"]);
        assert!(!elsewhere.was_visited(), "{status}");
    }
}

#[test]
fn no_token_follows_a_redirect_from_saas_backup() {
    let stage = Stage::new();
    let elsewhere = Nowhere::new();
    let to = format!("Location: {}/api/users", elsewhere.url());
    let backup = in_front_of("http://127.0.0.1:1", move |_, _| Some(answer("302 Found", &to)));
    stage
        .run(connect_to(
            &stage,
            &stage.sandbox.site_url(),
            &format!("{backup}/api"),
        ))
        .expect(1)
        .says(["redirects to"]);
    assert!(!elsewhere.was_visited());
}

#[test]
fn a_rate_limit_without_a_time_is_waited_out() {
    let stage = Stage::connected();
    stage.faults([Fault::RateStorm]);
    // Others meet most of the storm.
    for _ in 0..4 {
        assert!(ask(&stage, "/api/Client").contains("429"));
    }
    stage
        .run(["list", "customers"])
        .expect(0)
        .says(["waiting 5 s", "the rate limit is reached"])
        .prints(["Northwind Dental"]);
}

#[test]
fn a_rate_limit_past_the_patience_is_exit_code_75() {
    let stage = Stage::connected();
    stage.faults([Fault::RateStorm]);
    stage
        .run(["list", "customers", "--patience", "1"])
        .expect(75)
        .says(["limits the number of requests", "--patience"]);
}

#[test]
fn retry_after_is_honoured() {
    let stage = Stage::new();
    let asked = AtomicUsize::new(0);
    let site = in_front_of(&stage.sandbox.site_url(), move |_, path| {
        let is_first = path.starts_with("/api/Client") && asked.fetch_add(1, Ordering::Relaxed) == 0;
        is_first.then(|| answer("429 Too Many Requests", "Retry-After: 1"))
    });
    // A pause that is not stated would be longer than this patience.
    let mut arguments = connect_to(&stage, &site, &stage.sandbox.backup_url());
    arguments.extend(["--patience".to_owned(), "2".to_owned()]);
    stage.run(arguments).expect(0).says(["waiting 1 s"]);
}

#[test]
fn the_limit_of_other_processes_counts() {
    let stage = Stage::new();
    stage.connect();
    let sent = stage.halo_count();
    // Room for what was sent, and for nothing more within five minutes.
    let limit = sent.to_string();
    stage
        .run(["list", "customers", "--request-limit", &limit, "--patience", "1"])
        .expect(75);
    assert_eq!(stage.halo_count(), sent);
}

#[test]
fn requests_noted_in_a_far_future_make_nobody_wait() {
    let stage = Stage::connected();
    // The clock was a year ahead, and was set right again.
    let noted = stage.change_state("UPDATE requests SET sent_at = sent_at + 31536000000, count = 290");
    assert!(noted > 0);
    stage
        .run(["list", "customers", "--patience", "0"])
        .expect(0)
        .prints(["Northwind Dental"]);
    // Afterwards they are forgotten, and what was really sent counts again.
    stage
        .run(["list", "customers", "--patience", "0", "--request-limit", "1"])
        .expect(75);
}

#[test]
fn a_service_that_stays_down_is_exit_code_75() {
    let stage = Stage::connected();
    let gone = Stage::new();
    let backup = gone.sandbox.backup_url();
    drop(gone);
    let mut arguments = connect_to(&stage, &stage.sandbox.site_url(), &backup);
    arguments.push("--dry-run".to_owned());
    stage.run(arguments).expect(75).says(["cannot reach 127.0.0.1"]);
}

/// A sandbox with more than a page of everything, and faults from the start.
fn with<const N: usize>(faults: [Fault; N]) -> Stage {
    Stage::with(Options {
        organizations: crate::support::job::ORGANIZATIONS,
        faults: faults.to_vec(),
        ..Options::default()
    })
}

fn connect_to(stage: &Stage, site: &str, backup: &str) -> Vec<String> {
    let credentials = stage.sandbox.credentials();
    [
        "connect",
        "--site-url",
        site,
        "--client-id",
        &credentials.client_id,
        "--backup-url",
        backup,
        "--secret-store",
        "none",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Another tool's request to Halo; the whole answer.
#[track_caller]
fn ask(stage: &Stage, path: &str) -> String {
    let site = stage.sandbox.site_url();
    let mut stream = TcpStream::connect(site.trim_start_matches("http://")).expect("Halo listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: halo\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("answered");
    text
}

#[test]
fn a_silent_service_is_said_to_be_silent_while_it_is_waited_for() {
    let stage = Stage::new();
    // Connections wait in its queue for ever.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let host = silent.local_addr().expect("an address").to_string();
    let running = stage.start(connect_to(
        &stage,
        &format!("http://{host}"),
        &stage.sandbox.backup_url(),
    ));
    std::thread::sleep(std::time::Duration::from_secs(8));
    let outcome = running.stop();
    let line = format!("s: no answer yet from {host}");
    let told = outcome.stderr.matches(&line).count();
    assert_eq!(told, 1, "{outcome}");
    outcome.says(["waiting 25 s"]);
}
