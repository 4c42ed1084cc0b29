//! Output that nobody gets: a full disk, a reader that went away, a terminal that is gone. The exit code of
//! the work stands, and a result that could not be printed is no success.

use std::{fs::OpenOptions, process::Stdio};

use halolink::sandbox::Fault;

use crate::support::Stage;

/// A disk that is always full.
#[cfg(target_os = "linux")]
#[track_caller]
fn full() -> Stdio {
    let disk = OpenOptions::new().write(true).open("/dev/full");
    Stdio::from(disk.expect("there is a full disk"))
}

/// A pipe whose reader went away.
#[track_caller]
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    Stdio::from(writer)
}

/// The exit code with stdout there and stderr piped, and what stderr said.
#[track_caller]
fn run(stage: &Stage, arguments: &[&str], stdout: Stdio) -> (Option<i32>, String) {
    let child = stage
        .command()
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let output = child.wait_with_output().expect("it ends");
    (
        output.status.code(),
        String::from_utf8(output.stderr).expect("stderr is text"),
    )
}

const PRINTING: [&[&str]; 10] = [
    &["--help"],
    &["--version"],
    &["sync-seats", "--help"],
    &["completions", "bash"],
    &["list", "licenses"],
    &["list", "licenses", "-o", "json"],
    &["list", "licenses", "-o", "csv"],
    &["status"],
    &["history", "-o", "json"],
    &["configure", "--sla", "Gold"],
];

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_said_and_is_no_success() {
    let stage = Stage::connected();
    for arguments in PRINTING {
        let (code, said) = run(&stage, arguments, full());
        assert_eq!(code, Some(1), "{arguments:?}: {said}");
        assert!(
            said.contains("error: the output could not be written") && said.contains("No space left"),
            "{arguments:?}: {said}"
        );
    }
}

#[test]
fn a_reader_that_went_away_is_no_success_and_no_crash() {
    let stage = Stage::connected();
    for arguments in PRINTING {
        let (code, said) = run(&stage, arguments, closed());
        assert_eq!(code, Some(1), "{arguments:?}: {said}");
        assert!(
            !said.contains("panicked") && !said.contains("error"),
            "{arguments:?}: {said}"
        );
    }
}

#[test]
fn the_exit_code_of_the_work_stands() {
    let (stage, mapping) = Stage::synced_with(3);
    stage.add_seats(&mapping[..1], 1);
    let sinks: &[fn() -> Stdio] = &[
        closed,
        #[cfg(target_os = "linux")]
        full,
    ];
    let expect = |arguments: &[&str], code: i32| {
        for sink in sinks {
            let (ended, said) = run(&stage, arguments, sink());
            assert_eq!(ended, Some(code), "{arguments:?}: {said}");
        }
    };
    expect(&["sync-seats", "--dry-run", "--exit-code", "-o", "json"], 5);
    expect(&["list", "customers", "--profile", "nobody", "-o", "json"], 3);
    expect(&["map-org", "--from", "nowhere.csv", "-o", "json"], 2);
    stage.world().licenses.remove(&mapping[0].2);
    for format in ["table", "json", "csv"] {
        expect(&["sync-seats", "--yes", "-o", format], 4);
    }
    for _ in sinks {
        stage.faults([Fault::RateStorm]);
        let (code, said) = run(
            &stage,
            &["list", "slas", "--patience", "0", "-o", "json"],
            closed(),
        );
        assert_eq!(code, Some(75), "{said}");
    }
}

/// What is written is there, although nobody heard of it.
#[test]
fn work_that_cannot_be_printed_is_done() {
    let (stage, mapping) = Stage::synced_with(1);
    stage.add_seats(&mapping, 1);
    assert_eq!(run(&stage, &["sync-seats", "--yes"], closed()).0, Some(1));
    stage.expect_sums(&mapping);
}

#[test]
fn nobody_to_complain_to_is_no_crash() {
    let stage = Stage::connected();
    let sinks: &[fn() -> Stdio] = &[
        closed,
        #[cfg(target_os = "linux")]
        full,
    ];
    for (arguments, code) in [
        (&["list", "slas"][..], 0),
        (&["map-org", "--from", "nowhere.csv"], 2),
        (&["--nonsense"], 2),
        (&["configure", "--show", "-vv"], 0),
        (&[], 2),
    ] {
        for sink in sinks {
            let mut command = stage.command();
            command.args(arguments).stdin(Stdio::null());
            let status = command
                .stdout(Stdio::null())
                .stderr(sink())
                .status()
                .expect("the binary starts");
            assert_eq!(status.code(), Some(code), "{arguments:?}");
            let status = command
                .stdout(sink())
                .stderr(sink())
                .status()
                .expect("the binary starts");
            assert_eq!(
                status.code(),
                Some(if code == 0 { 1 } else { code }),
                "{arguments:?}"
            );
        }
    }
}
