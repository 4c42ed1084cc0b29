//! Variables that stand for flags.

use crate::support::{Outcome, Stage};

const NAMES: [&str; 7] = [
    "HALOLINK_PROFILE",
    "HALOLINK_PATIENCE",
    "HALOLINK_REQUEST_LIMIT",
    "HALOLINK_SITE_URL",
    "HALOLINK_CLIENT_ID",
    "HALOLINK_TENANT",
    "HALOLINK_BACKUP_URL",
];

fn run_with(stage: &Stage, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    stage.run_with(arguments, b"", |command| {
        command.envs(variables.iter().copied());
    })
}

#[test]
fn help_names_each_with_its_default_and_without_its_value() {
    let stage = Stage::of(3);
    for variables in [&[][..], &NAMES.map(|name| (name, "7531"))] {
        let help = run_with(&stage, &["connect", "--help"], variables).expect(0);
        for name in NAMES {
            assert!(help.stdout.contains(&format!("[env: {name}]")), "{name}: {help}");
        }
        let help = help.prints(["[default: default]", "[default: 600]", "[default: 290]"]);
        help.hides(["7531"]);
    }
}

#[test]
fn one_that_is_empty_is_as_good_as_none() {
    let stage = Stage::of(3);
    stage.connect();
    let status = run_with(&stage, &["status"], &NAMES.map(|name| (name, ""))).expect(0);
    assert_eq!(status.stdout, stage.run(["status"]).expect(0).stdout);
}

#[test]
fn one_that_makes_no_sense_is_named() {
    let stage = Stage::of(3);
    for (name, value) in [
        ("HALOLINK_PROFILE", "../elsewhere"),
        ("HALOLINK_PATIENCE", "soon"),
        ("HALOLINK_PATIENCE", "-1"),
        ("HALOLINK_REQUEST_LIMIT", "99999999999999999999"),
    ] {
        let variables = [(name, value)];
        run_with(&stage, &["status"], &variables)
            .expect(2)
            .says([name, value])
            .hides(["--patience", "--request-limit", "--profile"]);
        let json = run_with(&stage, &["status", "-o", "json"], &variables).expect(2);
        let message = json.json()["error"]["message"].to_string();
        assert!(message.contains(name) && message.contains(value), "{message}");
    }
    // A flag is named as it was typed.
    run_with(
        &stage,
        &["status", "--patience", "soon"],
        &[("HALOLINK_PATIENCE", "5")],
    )
    .expect(2)
    .says(["--patience", "soon"]);
}

#[test]
fn the_program_alone_prints_its_help() {
    let stage = Stage::of(3);
    let variables = [("HALOLINK_PROFILE", "north"), ("HALOLINK_PATIENCE", "soon")];
    run_with(&stage, &[], &variables).expect(2).says([
        "Usage:",
        "sync-seats",
        "Start with: halolink connect",
    ]);
}

#[test]
fn a_backup_url_and_no_backup_conflict_only_where_both_are_typed() {
    let stage = Stage::of(3);
    let site = stage.sandbox.site_url();
    let client = stage.sandbox.credentials().client_id.clone();
    let no_backup = [
        "connect",
        "--site-url",
        &site,
        "--client-id",
        &client,
        "--no-backup",
        "--secret-store",
        "none",
        "--dry-run",
    ];
    run_with(&stage, &no_backup, &[("HALOLINK_BACKUP_URL", "us")]).expect(0);
    let both: Vec<&str> = no_backup.into_iter().chain(["--backup-url", "us"]).collect();
    run_with(&stage, &both, &[]).expect(2).says(["--no-backup"]);
}

/// The tour types commands in a world of its own.
#[test]
fn the_tour_is_not_led_astray() {
    let stage = Stage::of(3);
    run_with(
        &stage,
        &["sandbox", "--tour"],
        &[
            ("HALOLINK_PROFILE", "north"),
            ("HALOLINK_REQUEST_LIMIT", "1"),
            ("HALOLINK_PATIENCE", "0"),
            ("HALOLINK_SITE_URL", "https://nowhere.invalid"),
            ("HALOLINK_TENANT", "nobody"),
        ],
    )
    .expect(0)
    .prints(["The tour is complete"])
    .hides(["north", "nowhere.invalid"]);
}
