//! Looking never writes: neither the state nor anything beside it is made, brought up to date, locked or touched.

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::identity::{first_version, forget_ids};
use crate::support::{Outcome, Stage};
use halolink::sandbox::Options;

/// Commands that look, and ask neither service.
const LOOKS: &[&[&str]] = &[
    &["status"],
    &["history"],
    &["list", "mappings"],
    &["configure", "--show"],
    &["configure", "--reset", "--dry-run"],
    &["unlink", "--all", "--dry-run"],
    &["revoke", "--purge", "--dry-run"],
];

#[test]
fn a_look_leaves_everything_as_it_is() {
    let stage = Stage::synced();
    let before = snapshot(stage.home());
    for look in LOOKS {
        stage.run(*look).expect(0);
        assert_eq!(snapshot(stage.home()), before, "{look:?}");
    }
    assert!(
        complete(&stage, &["map-org", "North"])
            .stdout
            .contains("Northwind")
    );
    assert_eq!(snapshot(stage.home()), before, "completion");
}

#[test]
fn a_look_at_nothing_makes_nothing() {
    let stage = Stage::new();
    for look in [&["status"][..], &["history"], &["list", "mappings"]] {
        stage.run(look).expect(0);
    }
    complete(&stage, &["map-org", "North"]);
    assert_eq!(snapshot(stage.home()), BTreeMap::new());
}

#[test]
fn a_look_after_a_kill_sees_what_was_written_and_leaves_it_there() {
    let latency = Duration::from_millis(200);
    let stage = Stage::with(Options {
        latency,
        ..Options::default()
    });
    stage.sync_plain(3);
    let running = stage.start(["sync-seats", "--yes"]);
    stage.wait_for("a request", |received| !received.is_empty());
    assert!(running.kill());
    let log = stage.state_file().with_extension("db-wal");
    assert!(
        fs::metadata(&log).expect("a log").len() > 0,
        "nothing is in the log"
    );

    let before = snapshot(stage.home());
    let runs = stage.runs();
    assert_eq!(runs.last().expect("a run")["state"], "interrupted");
    for look in LOOKS {
        stage.run(*look).expect(0);
    }
    assert_eq!(snapshot(stage.home()), before);
}

#[tokio::test]
async fn a_look_at_an_older_state_leaves_it_old() {
    let stage = Stage::connected();
    first_version(&old(&stage), &stage.sandbox.site_url()).await;
    forget_ids(&stage);
    let before = snapshot(stage.home());
    for look in LOOKS {
        stage
            .run_with(*look, b"", |command| {
                command.env("HALOLINK_STATE", old(&stage));
            })
            .expect(0);
        assert_eq!(snapshot(stage.home()), before, "{look:?}");
    }
    // Nor is it brought up to date for the sake of a note.
    stage
        .run_with(["list", "customers", "--refresh"], b"", |command| {
            command.env("HALOLINK_STATE", old(&stage));
        })
        .expect(0);
    assert_eq!(snapshot(stage.home()), before);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_can_be_looked_at_and_asked_beside() {
    for killed in [false, true] {
        let stage = Stage::with(Options {
            latency: Duration::from_millis(if killed { 200 } else { 0 }),
            ..Options::default()
        });
        stage.sync_plain(3);
        if killed {
            let running = stage.start(["sync-seats", "--yes"]);
            stage.wait_for("a request", |received| !received.is_empty());
            assert!(running.kill());
        }
        read_only(stage.home());
        let before = snapshot(stage.home());
        let asks: &[&[&str]] = &[
            &["list", "customers", "--refresh"],
            &["list", "organizations", "--refresh"],
            &["sync-seats", "--dry-run"],
            &["reconcile"],
        ];
        for look in LOOKS.iter().chain(asks) {
            let outcome = as_nobody(&stage, look).expect(0);
            assert!(!outcome.stderr.contains("state"), "{outcome}");
        }
        assert_eq!(snapshot(stage.home()), before);
        as_nobody(&stage, &["list", "customers", "--refresh", "-v"])
            .expect(0)
            .says(["could not be kept"]);
    }
}

/// A state beside the stage's own.
fn old(stage: &Stage) -> PathBuf {
    stage.home().join("old").join("state.db")
}

/// What is in a directory: every file and directory below it, with its time, and a hash of a file's content.
#[track_caller]
fn snapshot(directory: &Path) -> BTreeMap<PathBuf, (SystemTime, Option<u64>)> {
    let mut found = BTreeMap::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).expect("readable") {
            let path = entry.expect("an entry").path();
            let modified = fs::metadata(&path)
                .and_then(|file| file.modified())
                .expect("a time");
            let content = if path.is_dir() {
                directories.push(path.clone());
                None
            } else {
                let mut hasher = DefaultHasher::new();
                fs::read(&path).expect("readable").hash(&mut hasher);
                Some(hasher.finish())
            };
            found.insert(path, (modified, content));
        }
    }
    found
}

/// What bash would be offered for the last word.
fn complete(stage: &Stage, words: &[&str]) -> Outcome {
    let mut arguments = vec!["--", "halolink"];
    arguments.extend(words);
    let last = (words.len()).to_string();
    stage.run_with(arguments, b"", |command| {
        command
            .env("COMPLETE", "bash")
            .env("_CLAP_COMPLETE_INDEX", &last)
            .env("_CLAP_COMPLETE_COMP_TYPE", "9")
            .env("_CLAP_COMPLETE_SPACE", "true");
    })
}

/// Everybody may read, nobody may write.
#[cfg(unix)]
#[track_caller]
fn read_only(directory: &Path) {
    use std::os::unix::fs::PermissionsExt;

    for path in snapshot(directory).into_keys().chain([directory.to_owned()]) {
        let mode = if path.is_dir() { 0o555 } else { 0o444 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
    }
}

/// Runs a command as somebody who is bound by permissions, which the superuser is not.
#[cfg(unix)]
fn as_nobody(stage: &Stage, arguments: &[&str]) -> Outcome {
    use std::os::unix::{fs::MetadataExt, process::CommandExt};

    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    stage.run_with(arguments, b"", |command| {
        if is_root {
            command.uid(65534).gid(65534);
        }
    })
}
