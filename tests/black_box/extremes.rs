//! Numbers from outside that no clock and no sum can hold.

use crate::support::{
    Outcome, Stage,
    proxy::{answer, changing, in_front_of, without_length},
};

/// A `connect` with Halo somewhere else.
fn connect_to(stage: &Stage, site: &str) -> Vec<String> {
    let sandbox = stage.sandbox.site_url();
    let replace = |argument: String| {
        if argument == sandbox {
            site.to_owned()
        } else {
            argument
        }
    };
    stage.connect_arguments().into_iter().map(replace).collect()
}

/// The answer with another value of that field of its JSON, if it has it.
#[track_caller]
fn with_field(answer: &str, name: &str, value: &str) -> String {
    let name = format!("\"{name}\":");
    let Some((before, after)) = answer.split_once(&name) else {
        return answer.to_owned();
    };
    let end = after.find([',', '}']).expect("it ends");
    without_length(&format!("{before}{name}{value}{}", &after[end..]))
}

/// The outcome of a command that may end in any way but one.
#[track_caller]
fn without_panic(outcome: Outcome) -> Outcome {
    assert!(!outcome.stderr.contains("panicked"), "{outcome}");
    assert!(matches!(outcome.code, Some(0..=5 | 75)), "{outcome}");
    outcome
}

#[test]
fn a_retry_after_beyond_the_patience_is_exit_code_75_at_once() {
    let stage = Stage::new();
    for (seconds, status, patience) in [
        ("18446744073709551615", "429 Too Many Requests", "600"),
        ("18446744073709551615", "503 Service Unavailable", "600"),
        (
            "99999999999999999999999",
            "429 Too Many Requests",
            "9223372036854775807",
        ),
        ("Wed, 30 Dec 9998 23:59:59 GMT", "429 Too Many Requests", "600"),
        ("601", "429 Too Many Requests", "600"),
    ] {
        let stated = format!("Retry-After: {seconds}");
        let site = in_front_of(&stage.sandbox.site_url(), move |_, path| {
            (path == "/api/authinfo").then(|| answer(status, &stated))
        });
        let mut arguments = connect_to(&stage, &site);
        arguments.extend(["--patience".to_owned(), patience.to_owned()]);
        stage
            .run(arguments)
            .expect(75)
            .says(["asks to wait", " s more", "--patience"])
            .hides(["panicked"]);
    }
    assert!(stage.traces().is_empty());
}

#[test]
fn a_patience_beyond_all_counting_waits() {
    let stage = Stage::new();
    for (by_flag, patience) in [(true, "18446744073709551615"), (false, "18446744073709551615")] {
        let first = std::sync::atomic::AtomicBool::new(true);
        let site = in_front_of(&stage.sandbox.site_url(), move |_, path| {
            (path == "/api/authinfo" && first.swap(false, std::sync::atomic::Ordering::Relaxed))
                .then(|| answer("429 Too Many Requests", "Retry-After: 1"))
        });
        let mut arguments = connect_to(&stage, &site);
        arguments.push("--dry-run".to_owned());
        if by_flag {
            arguments.extend(["--patience".to_owned(), patience.to_owned()]);
        }
        let run = stage.run_with(arguments, b"", |command| {
            command.env("HALOLINK_PATIENCE", patience);
        });
        run.expect(0).says(["waiting 1 s"]);
    }
}

#[test]
fn a_token_may_claim_any_life() {
    for life in [
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "1e300",
        "\"9223372036854775807\"",
        "\"for ever\"",
        "-1",
        "null",
    ] {
        let stage = Stage::new();
        let site = changing(&stage.sandbox.site_url(), move |path, answer| {
            if path.starts_with("/auth/token") {
                with_field(&answer, "expires_in", life)
            } else {
                // The token is to be had here too.
                without_length(&answer.replace("\"auth_url\"", "\"elsewhere\""))
            }
        });
        stage.run(connect_to(&stage, &site)).expect(0).hides(["panicked"]);
    }
}

#[test]
fn a_list_may_claim_any_length() {
    for count in [
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "1e300",
        "\"many\"",
    ] {
        let stage = Stage::new();
        let site = changing(&stage.sandbox.site_url(), move |_, answer| {
            with_field(&answer, "record_count", count)
        });
        stage.run(connect_to(&stage, &site)).expect(0);
        let listed = stage.run(["list", "customers", "-o", "json"]).expect(0);
        let listed = listed.json().as_array().map(Vec::len);
        let customers = stage
            .world()
            .customers
            .values()
            .filter(|customer| !customer.inactive)
            .count();
        assert_eq!(listed, Some(customers), "{count}");
    }
}

#[test]
fn a_license_may_show_any_quantity() {
    let (stage, mapping) = Stage::synced_with(4);
    for (license, count) in mapping.iter().zip([i64::MIN, i64::MAX, -1, i64::MIN]) {
        if let Some(license) = stage.world().licenses.get_mut(&license.2) {
            license.count = count;
        }
    }
    for arguments in [
        &["sync-seats", "--dry-run"][..],
        &[
            "sync-seats",
            "--yes",
            "--force",
            "--max-change",
            "4294967295",
            "--max-held-back",
            "4294967295",
        ],
        &["status"],
        &["history"],
        &["list", "licenses"],
    ] {
        without_panic(stage.run(arguments));
    }
}

#[test]
fn waits_and_spans_beyond_all_counting() {
    let stage = Stage::synced();
    without_panic(stage.sync(["--wait", "18446744073709551615"])).expect(0);
    stage
        .run(["list", "customers", "--request-limit", "18446744073709551615"])
        .expect(0);
    stage
        .run(["sandbox", "--tour", "--organizations", "18446744073709551615"])
        .expect(2);
    for since in [
        "99999999999999d",
        "9223372036854775807h",
        "9223372036854775807w",
        "99999999999999999999999h",
        "175000000h",
        "-1d",
        "+1d",
        "9999-12-31",
        "-9999-01-01",
        "9999-12-31T23:59:59Z",
        "𝟛d",
    ] {
        without_panic(stage.run(["history", &format!("--since={since}")]));
    }
}
