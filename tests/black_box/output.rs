//! What goes where: one JSON document on stdout, notes on stderr, colour only where it is wanted.

use std::collections::BTreeSet;

use crate::support::{Outcome, Stage};
use serde_json::Value;

#[test]
fn status_tells_whether_there_is_a_connection() {
    let stage = Stage::new();
    let outcome = stage.run(["status", "-o", "json"]).expect(0);
    assert_eq!(outcome.json()["connected"], false);

    stage.connect();
    let outcome = stage.run(["status", "-o", "json"]).expect(0);
    assert_eq!(outcome.json()["connected"], true);
}

#[test]
fn a_failure_is_one_document_too() {
    let stage = Stage::new();
    let mut wrong = stage.connect_arguments();
    wrong[4] = "00000000-0000-4000-8000-000000000000".to_owned();
    wrong.extend(["-o".to_owned(), "json".to_owned()]);
    check_failure(&stage.run(wrong).expect(3), "not_connected");
    for command in [
        &["sync-seats"][..],
        &["list", "customers"],
        &["open-ticket", "X", "--summary", "Y"],
        &["revoke", "--yes"],
    ] {
        check_failure(
            &stage.run([command, &["-o", "json"]].concat()).expect(3),
            "not_connected",
        );
    }
    stage.connect();
    for arguments in [
        &["map-org", "Zzyzx", "--customer", "21", "--license", "17"][..],
        &["map-org"],
        &["configure"],
        &["unlink", "Zzyzx", "--yes"],
        &["open-ticket", "Zzyzx", "--summary", "Y"],
    ] {
        check_failure(
            &stage.run([arguments, &["-o", "json"]].concat()).expect(2),
            "usage",
        );
    }
    let broken = ["list", "customers", "-o", "json"];
    std::fs::write(stage.config_directory().join("config.toml"), "profiles = [[[").unwrap();
    let outcome = stage
        .run(broken)
        .expect(1)
        .says(["config.toml", "cannot be used"]);
    check_failure(&outcome, "failed");
}

#[test]
fn a_command_line_that_makes_no_sense_is_one_document_too() {
    let stage = Stage::new();
    for arguments in [
        &["-o", "json", "nonsense"][..],
        &["list", "nonsense", "-o", "json"],
        &["list", "--output=json", "customers", "--nonsense"],
        &["unlink", "-ojson"],
        &[
            "map-org",
            "--license",
            "1",
            "--create-license",
            "2",
            "--output",
            "json",
        ],
        &["sync-seats", "--exit-code", "-o", "json"],
        &["open-ticket", "X", "--error", "nonsense", "-o=json"],
        &["-o", "json"],
        &["-p", "../x", "status", "-o", "json"],
    ] {
        check_failure(&stage.run(arguments).expect(2), "usage");
    }
}

#[test]
fn data_goes_to_stdout_and_notes_to_stderr() {
    let stage = Stage::new();
    stage
        .run(stage.connect_arguments())
        .expect(0)
        .prints(["Connected"])
        .says(["Next: halolink configure"]);
    let outcome = stage.run(["list", "customers"]).expect(0);
    assert_eq!(outcome.stderr, "");
    let outcome = stage.run(["list", "customers", "--customer", "x"]).expect(2);
    assert_eq!(outcome.stdout, "");
    // What is asked for at -vv is for people as well.
    let outcome = stage
        .run(["list", "customers", "-vv", "-o", "json"])
        .expect(0)
        .says(["GET ", "200"]);
    outcome.json();
}

#[test]
fn quiet_leaves_the_data_and_the_errors() {
    let stage = Stage::new();
    let mut connect = stage.connect_arguments();
    connect.push("-q".to_owned());
    let outcome = stage.run(connect).expect(0).prints(["Connected"]);
    assert_eq!(outcome.stderr, "");
    stage
        .run(["list", "customers", "-q"])
        .expect(0)
        .prints(["Northwind Dental"]);
    stage
        .run(["unlink", "Zzyzx", "--yes", "-q"])
        .expect(2)
        .says(["error:"]);
}

#[test]
fn nothing_is_coloured_when_it_is_piped() {
    let stage = Stage::connected();
    for arguments in [
        &["list", "customers"][..],
        &["status"],
        &["unlink", "Zzyzx", "--yes"],
        &["nonsense"],
        &["--help"],
        &["list", "nonsense"],
    ] {
        let outcome = stage.run(arguments);
        assert!(!is_coloured(&outcome), "{outcome}");
        let outcome = stage.run([arguments, &["--color", "never"]].concat());
        assert!(!is_coloured(&outcome), "{outcome}");
    }
}

#[test]
fn color_always_colours_also_what_is_piped() {
    let stage = Stage::connected();
    for arguments in [
        &["list", "customers", "--color", "always"][..],
        &["unlink", "Zzyzx", "--yes", "--color", "always"],
    ] {
        assert!(is_coloured(&stage.run(arguments)), "{arguments:?}");
    }
    // What is asked for on the command line goes before a variable.
    let outcome = stage.run_with(["list", "customers", "--color", "always"], b"", |command| {
        command.env("NO_COLOR", "1");
    });
    assert!(is_coloured(&outcome));
}

#[test]
fn without_a_command_the_help_is_a_usage_error() {
    let outcome = Stage::new().run([""; 0]).expect(2).says(["Usage:"]);
    assert_eq!(outcome.stdout, "");
}

#[test]
fn the_version_is_the_packages() {
    Stage::new()
        .run(["--version"])
        .expect(0)
        .prints([env!("CARGO_PKG_VERSION")]);
}

#[test]
fn errors_are_never_a_debug_dump() {
    let stage = Stage::connected();
    std::fs::write(stage.state_file(), b"this is no database at all, but it is there").unwrap();
    for arguments in [&["status"][..], &["sync-seats", "--yes"], &["list", "mappings"]] {
        let outcome = stage.run_with(arguments.iter(), b"", |command| {
            command.env("RUST_BACKTRACE", "1");
        });
        let outcome = outcome.expect(1).says(["error:", "state.db"]);
        for dump in ["panicked", "backtrace", "Error {", "Some(", "src/"] {
            assert!(!outcome.stderr.contains(dump), "{outcome}");
        }
    }
}

/// Exactly one document with kind, message and hint, and the same for people on stderr.
#[track_caller]
fn check_failure(outcome: &Outcome, kind: &str) {
    let document = outcome.json();
    check_keys(&document, &["error"], outcome);
    check_keys(&document["error"], &["kind", "message", "hint"], outcome);
    assert_eq!(document["error"]["kind"], kind, "{outcome}");
    let message = document["error"]["message"].as_str().expect("a text");
    assert!(!message.is_empty());
    assert!(outcome.stderr.contains("error:"), "{outcome}");
}

#[track_caller]
fn check_keys(value: &Value, keys: &[&str], outcome: &Outcome) {
    let found: BTreeSet<&str> = value
        .as_object()
        .unwrap_or_else(|| panic!("{value} is no object\n{outcome}"))
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(found, keys.iter().copied().collect(), "{outcome}");
}

fn is_coloured(outcome: &Outcome) -> bool {
    outcome.stdout.contains('\u{1b}') || outcome.stderr.contains('\u{1b}')
}
