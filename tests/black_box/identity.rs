//! Which state belongs to which connection: a wrong or missing one is never taken for a profile without mappings.

use std::{fs, path::Path};

use crate::support::{Outcome, Stage};
use halolink::store::Store;

/// Every command that uses the state of a profile, looking or changing.
const USERS: &[&[&str]] = &[
    &["sync-seats", "--yes"],
    &["sync-seats", "--dry-run"],
    &["list", "mappings"],
    &[
        "map-org",
        "1788161-14",
        "--customer",
        "21",
        "--license",
        "17",
        "--yes",
    ],
    &["undo", "1", "--yes"],
    &["unlink", "--all", "--yes"],
    &["ignore", "1788161-15", "--reason", "billed by hand"],
    &["configure", "--sync-seats", "off"],
    &["configure", "--show"],
    &["history"],
    &["open-ticket", "1788161-14", "--summary", "Restore failed"],
    &["status"],
    &["reconcile"],
];

#[test]
fn a_missing_state_is_an_error_and_none_is_made() {
    let stage = Stage::synced();
    let nowhere = stage.home().join("nowhere").join("state.db");
    for command in USERS {
        at(&stage, &nowhere, command).expect(1).says([
            "there is no state at",
            "nowhere",
            "HALOLINK_STATE",
            "connect --adopt-state",
        ]);
        assert!(!nowhere.parent().expect("a directory").exists(), "{command:?}");
    }
    assert!(!stage.was_written());
    // With the state back it goes on as if nothing had been.
    stage.sync([]).expect(0);
}

#[test]
fn another_state_is_an_error_and_stays_as_it_is() {
    let (stage, other) = (Stage::new(), Stage::new());
    stage.sync_all();
    other.connect();
    let theirs = other.state_file();
    let before = fs::read(&theirs).expect("a state");
    for command in USERS {
        at(&stage, &theirs, command).expect(1).says([
            "is another",
            "HALOLINK_STATE",
            "connect --adopt-state",
        ]);
    }
    assert_eq!(fs::read(&theirs).expect("a state"), before);
    assert!(!stage.was_written());
}

#[test]
fn connecting_takes_up_another_state_only_if_it_is_said() {
    let stage = Stage::synced();
    let config = stage.config_directory().join("config.toml");
    let before = fs::read(&config).expect("config.toml");
    let nowhere = stage.home().join("nowhere").join("state.db");
    let mut connect = stage.connect_arguments();
    let words = |arguments: &[String]| arguments.to_vec();
    at(&stage, &nowhere, &words(&connect))
        .expect(2)
        .says(["there is no state at", "--adopt-state"]);
    assert_eq!(fs::read(&config).expect("config.toml"), before);
    assert!(!nowhere.exists());
    assert_eq!(stage.halo_count(), 0, "something was asked first");

    connect.push("--adopt-state".to_owned());
    at(&stage, &nowhere, &connect).expect(0);
    at(&stage, &nowhere, &["list", "mappings"]).expect(0);
    // The old one is another now.
    stage.run(["list", "mappings"]).expect(1).says(["is another"]);
}

#[test]
fn a_connection_that_was_half_stored_is_completed() {
    let stage = Stage::connected();
    // As a run that was killed between the state and config.toml leaves it.
    fs::remove_dir_all(stage.config_directory()).expect("removed");
    stage.run(["sync-seats", "--yes"]).expect(3);
    stage.connect();
    stage.run(["list", "mappings"]).expect(0);
}

#[test]
fn a_connection_of_the_first_version_is_taken_over() {
    let stage = Stage::mapped_to(&[("1788161-14", 21, 17)]);
    forget_ids(&stage);
    // Looking records nothing.
    assert_eq!(stage.mapping_count(), 1);
    assert!(!config(&stage).contains("state_id"));
    stage.sync([]).expect(0);
    assert!(config(&stage).contains("state_id"), "{}", config(&stage));

    // Its state was not recorded and is not there either: the same error.
    forget_ids(&stage);
    let nowhere = stage.home().join("nowhere.db");
    at(&stage, &nowhere, &["sync-seats", "--yes"])
        .expect(1)
        .says(["there is no state at"]);
    // Nor is one that knows nothing of the profile its own.
    let other = Stage::new();
    let mut second = other.connect_arguments();
    second.extend(["--profile".to_owned(), "second".to_owned()]);
    other.run(second).expect(0);
    at(&stage, &other.state_file(), &["sync-seats", "--yes"])
        .expect(1)
        .says(["has nothing of the profile"]);
}

#[test]
fn revoking_works_without_the_state_and_without_the_connection() {
    let stage = Stage::connected();
    let nowhere = stage.home().join("nowhere.db");
    at(&stage, &nowhere, &["revoke", "--yes"])
        .expect(0)
        .says(["there is no state at"]);
    assert!(!nowhere.exists());
    stage.run(["revoke", "--yes"]).expect(0);
    stage.run(["revoke", "--yes"]).expect(3);

    stage.connect();
    stage.map_these(&[("1788161-14", 21, 17)]);
    fs::remove_dir_all(stage.config_directory()).expect("removed");
    stage.run(["revoke", "--purge", "--yes"]).expect(0);
    assert_eq!(stage.mapping_count(), 0);

    // Another's state is not purged.
    let other = Stage::connected();
    stage.connect();
    at(&stage, &other.state_file(), &["revoke", "--purge", "--yes"])
        .expect(1)
        .says(["is another", "without --purge"]);
    stage.run(["list", "customers"]).expect(0);
}

#[tokio::test]
async fn a_state_of_the_first_version_is_brought_up_to_date_and_named() {
    let stage = Stage::connected();
    let file = stage.home().join("old").join("state.db");
    first_version(&file, &stage.sandbox.site_url()).await;
    forget_ids(&stage);
    let before = fs::read(&file).expect("a state");
    at(&stage, &file, &["list", "mappings"])
        .expect(0)
        .prints(["Northwind"]);
    assert_eq!(fs::read(&file).expect("a state"), before, "looking changed it");
    at(&stage, &file, &["unlink", "--all", "--yes"]).expect(0);
    let store = Store::open_read_only(&file).await.expect("a state");
    assert!(
        config(&stage).contains(store.id().expect("an id")),
        "{}",
        config(&stage)
    );
}

/// A state as the first version made it, with one mapping.
pub async fn first_version(file: &Path, site_url: &str) {
    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};

    let migrations = tempfile::tempdir().expect("a directory");
    let first = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations/0001_first.sql");
    fs::copy(first, migrations.path().join("0001_first.sql")).expect("copied");
    fs::create_dir_all(file.parent().expect("a directory")).expect("made");
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .expect("a database");
    let migrator = sqlx::migrate::Migrator::new(migrations.path())
        .await
        .expect("migrations");
    migrator.run(&pool).await.expect("tables");
    for statement in [
        "INSERT INTO profiles VALUES ('default', $1 || '/')",
        "INSERT INTO mappings VALUES ('default', '1788161-14', 'Northwind Dental', NULL, 21, 'Northwind Dental', 17,
             'SaaS Backup', '2026-01-01T00:00:00Z', NULL, $1)",
    ] {
        sqlx::query(statement).bind(site_url).execute(&pool).await.expect(statement);
    }
    sqlx::query("UPDATE mappings SET seats = NULL")
        .execute(&pool)
        .await
        .expect("updated");
    pool.close().await;
}

/// Takes out of config.toml what the first version did not have.
#[track_caller]
pub fn forget_ids(stage: &Stage) {
    let kept: Vec<String> = config(stage)
        .lines()
        .filter(|line| !line.starts_with("connection_id") && !line.starts_with("state_id"))
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(stage.config_directory().join("config.toml"), kept.concat()).expect("written");
}

#[track_caller]
fn config(stage: &Stage) -> String {
    fs::read_to_string(stage.config_directory().join("config.toml")).expect("config.toml")
}

/// Runs a command with the state in another place.
fn at<S: AsRef<str>>(stage: &Stage, state: &Path, arguments: &[S]) -> Outcome {
    let arguments: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
    stage.run_with(arguments, b"", |command| {
        command.env("HALOLINK_STATE", state);
    })
}
