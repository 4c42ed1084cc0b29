//! No secret in any output or file, however much is told.

use std::{fs, path::PathBuf};

use crate::support::{Outcome, Stage, usages::usages};
use halolink::sandbox::Fault;

#[test]
fn the_loudest_run_of_every_command_shows_no_secret() {
    for output in ["table", "json"] {
        let stage = Stage::new();
        let mut outcomes = Vec::new();
        for usage in usages(&stage) {
            let arguments = usage.arguments.iter().map(String::as_str);
            // Quiet is not loud.
            let arguments = arguments.filter(|argument| *argument != "--quiet");
            let outcome = stage.run(arguments.chain(["-vvv", "-o", output]));
            outcomes.push(outcome.expect(usage.code));
        }
        outcomes.push(stage.run(["nonsense", "-vvv"]).expect(2));
        assert!(
            outcomes
                .iter()
                .any(|outcome| outcome.stderr.contains("/auth/token")),
            "the loud runs were not loud"
        );
        let secrets = secrets(&stage);
        for outcome in &outcomes {
            assert_hidden(outcome, &secrets);
            assert_no_bearer(outcome);
        }
        // Some of them were given in files.
        stage.delete_files();
        assert_no_file_has(&stage, &secrets);
    }
}

#[test]
fn an_error_that_repeats_a_secret_is_shown_without_it() {
    let stage = Stage::new();
    let secret = stage.sandbox.credentials().client_secret.clone();
    // A secret pasted into the wrong place comes back in the services' messages and in the URL.
    let mut arguments = stage.connect_arguments();
    arguments.extend(["--tenant".to_owned(), secret.clone(), "-vvv".to_owned()]);
    let outcome = stage.run(arguments);
    assert_ne!(outcome.code, Some(0));
    assert_hidden(&outcome, &[secret]);
}

#[test]
fn what_fails_in_the_middle_shows_no_secret() {
    let failing_by = |faults: [Fault; 2]| {
        let stage = Stage::of(120);
        // Far down the list, so that it takes more requests than a token may be worth.
        let mapping = stage.plain(100).split_off(97);
        stage.connect();
        stage.map_these(&mapping);
        if let Some(license) = stage.world().licenses.get_mut(&mapping[1].2) {
            license.notes = "poison".into();
            license.count += 1;
        }
        stage.faults(faults);
        let secrets = secrets(&stage);
        for arguments in [&["sync-seats", "--yes", "-vvv"][..], &["list", "errors", "-vvv"]] {
            let outcome = stage.run(arguments);
            assert_hidden(&outcome, &secrets);
            assert_no_bearer(&outcome);
        }
        assert_no_file_has(&stage, &secrets);
    };
    // Each waits most of the time.
    std::thread::scope(|scope| {
        for faults in [
            [Fault::HtmlErrors, Fault::RefuseBatch],
            [Fault::HalfJson, Fault::StringsForNumbers],
            [Fault::RedirectElsewhere, Fault::SlowAnswers],
            [Fault::TokenDies, Fault::PagesCapped],
            [Fault::DropBefore, Fault::BackupResultSet],
        ] {
            scope.spawn(move || failing_by(faults));
        }
    });
}

#[test]
fn a_secret_cannot_be_given_on_the_command_line() {
    let stage = Stage::new();
    let help = stage.run(["connect", "--help"]).expect(0).stdout;
    for flag in ["--client-secret", "--reseller-token", "--access-token"] {
        let mut arguments = stage.connect_arguments();
        arguments.extend([flag.to_owned(), "value".to_owned()]);
        stage.run(arguments).expect(2);
        assert!(!help.contains(&format!("{flag} ")), "{help}");
    }
}

#[cfg(unix)]
#[test]
fn files_are_private_to_the_user() {
    use std::os::unix::fs::PermissionsExt;

    let stage = Stage::synced();
    stage
        .run(["open-ticket", "1788161-14", "--error", "main-app-token"])
        .expect(0);
    let mut places: Vec<PathBuf> = stage.traces();
    assert!(places.contains(&stage.state_file()));
    assert!(places.contains(&stage.config_directory().join("config.toml")));
    places.extend([stage.config_directory(), stage.home().join("data")]);
    for place in places {
        let mode = fs::metadata(&place).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", place.display());
    }
}

/// Everything that must never be seen: the three secrets, and every organization's own token.
fn secrets(stage: &Stage) -> Vec<String> {
    let credentials = stage.sandbox.credentials();
    let mut secrets = vec![
        credentials.client_secret.clone(),
        credentials.reseller_token.clone(),
        credentials.access_token.clone(),
    ];
    let world = stage.world();
    for organization in &world.organizations {
        secrets.push(organization.authentication_token.clone());
        secrets.push(organization.reseller_token.clone());
    }
    secrets
}

#[track_caller]
fn assert_hidden(outcome: &Outcome, secrets: &[String]) {
    for secret in secrets {
        assert!(
            !outcome.stdout.contains(secret) && !outcome.stderr.contains(secret),
            "a secret is shown: {secret}\n{outcome}"
        );
    }
}

/// The sandbox's bearer tokens are made at random, but their shape and their header are known.
#[track_caller]
fn assert_no_bearer(outcome: &Outcome) {
    for sign in ["Bearer ", "bearer ", "access_token\":", "eyJ"] {
        assert!(
            !outcome.stdout.contains(sign) && !outcome.stderr.contains(sign),
            "\"{sign}\" is shown\n{outcome}"
        );
    }
}

/// Every file that is left in the home directory, whoever made it.
#[track_caller]
fn assert_no_file_has(stage: &Stage, secrets: &[String]) {
    let mut directories = vec![stage.home().to_owned()];
    let mut seen = 0;
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).expect("readable").flatten() {
            if entry.path().is_dir() {
                directories.push(entry.path());
                continue;
            }
            seen += 1;
            let bytes = fs::read(entry.path()).expect("readable");
            for secret in secrets.iter().map(String::as_str).chain(["Bearer ", "eyJ"]) {
                let found = bytes
                    .windows(secret.len())
                    .any(|window| window == secret.as_bytes());
                assert!(!found, "{secret} is in {}", entry.path().display());
            }
        }
    }
    assert!(seen > 0, "there were no files to look into");
}

/// What is purged is not in free pages or the log either.
#[test]
fn a_purge_leaves_no_name_in_the_state() {
    let stage = Stage::synced();
    stage.run(["list", "customers", "--refresh"]).expect(0);
    let names: Vec<String> = {
        let world = stage.world();
        let organizations = world.organizations.iter().take(5);
        let organizations = organizations.map(|organization| organization.organization_name.clone());
        let customers = world
            .customers
            .values()
            .take(5)
            .map(|customer| customer.name.clone());
        organizations.chain(customers).collect()
    };
    // Freed before, and freed by the purge.
    stage.run(["unlink", "--all", "--yes"]).expect(0);
    assert!(named(&stage, &names).is_some(), "they were never there");
    stage.run(["revoke", "--purge", "--yes"]).expect(0);
    assert_eq!(named(&stage, &names), None);
}

/// A name that is in a file of the state's, and the file.
#[track_caller]
fn named(stage: &Stage, names: &[String]) -> Option<String> {
    for file in std::fs::read_dir(stage.home().join("data")).expect("the directory of the state") {
        let file = file.expect("a file").path();
        let bytes = std::fs::read(&file).expect("readable");
        let found = names
            .iter()
            .find(|name| bytes.windows(name.len()).any(|window| window == name.as_bytes()));
        if let Some(name) = found {
            return Some(format!("{name} in {}", file.display()));
        }
    }
    None
}
