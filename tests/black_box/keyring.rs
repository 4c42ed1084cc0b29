//! Secrets in a real Secret Service. Needs dbus-run-session, gnome-keyring-daemon and secret-tool; without
//! them these tests fail, they are not skipped.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

use super::identity::{first_version, forget_ids};
use crate::support::{Outcome, Stage, home};
use tempfile::TempDir;

/// How the session's keyring starts.
enum Keyring {
    /// Unlocked with a password, made if it is not there.
    Unlocked,
    /// There, and locked.
    Locked,
}

/// A bus of its own with a keyring on it, until it is dropped.
struct Session {
    child: Child,
    bus: String,
    daemon: i32,
    /// Where the keyring's files are.
    place: PathBuf,
    /// Deletes them at the end, unless a test keeps them.
    _kept: Option<TempDir>,
}

impl Session {
    /// `place` holds the keyring's files.
    #[track_caller]
    fn start(place: &Path, keyring: Keyring) -> Self {
        let daemon = match keyring {
            Keyring::Unlocked => {
                "printf 'pass\\n' | gnome-keyring-daemon --foreground --components=secrets --unlock"
            }
            Keyring::Locked => "gnome-keyring-daemon --foreground --components=secrets </dev/null",
        };
        // The daemon has the service's name before anybody asks for it; the end of our input ends all.
        let script = format!(
            "{daemon} >/dev/null 2>&1 & \
             for _ in $(seq 100); do \
               dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
                 org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true && break; \
               sleep 0.1; \
             done; \
             echo \"$DBUS_SESSION_BUS_ADDRESS\"; \
             dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
               org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets \
               | sed -n 's/.*uint32 //p'; \
             cat >/dev/null"
        );
        let runtime = place.join("run");
        fs::create_dir_all(&runtime).expect("a directory");
        private(&runtime);
        let mut child = home::program("dbus-run-session", place)
            .args(["--", "sh", "-c", &script])
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // The bus complains of the machine's limits there.
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-run-session is installed");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut line = || lines.next().expect("the session starts").expect("text");
        let bus = line();
        let daemon = line()
            .trim()
            .parse()
            .expect("gnome-keyring-daemon is installed and runs");
        Self {
            child,
            bus,
            daemon,
            place: place.to_owned(),
            _kept: None,
        }
    }

    /// Runs halolink in this session.
    fn run(&self, stage: &Stage, arguments: &[&str]) -> Outcome {
        stage.run_with(arguments, b"", |command| {
            command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
        })
    }

    /// `connect` without `--secret-store`, secrets from the environment.
    fn connect<S: AsRef<str>>(&self, stage: &Stage, secrets: &[S; 3]) -> Outcome {
        let mut arguments = stage.connect_arguments();
        arguments.truncate(arguments.len() - 2);
        self.run_connect(stage, arguments, secrets)
    }

    /// The same with `--secret-store none`.
    fn connect_without_store<S: AsRef<str>>(&self, stage: &Stage, secrets: &[S; 3]) -> Outcome {
        self.run_connect(stage, stage.connect_arguments(), secrets)
    }

    fn run_connect<S: AsRef<str>>(&self, stage: &Stage, arguments: Vec<String>, secrets: &[S; 3]) -> Outcome {
        stage.run_with(arguments, b"", |command| {
            command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
            command.env("HALOLINK_CLIENT_SECRET", secrets[0].as_ref());
            command.env("HALOLINK_RESELLER_TOKEN", secrets[1].as_ref());
            command.env("HALOLINK_ACCESS_TOKEN", secrets[2].as_ref());
        })
    }

    /// How many secrets of halolink are kept.
    fn kept(&self) -> usize {
        self.found().matches("secret = ").count()
    }

    /// Moves every secret to an entry whose name begins otherwise.
    #[track_caller]
    fn rename(&self, from: &str, to: &str) {
        for name in ["client-secret", "reseller-token", "access-token"] {
            let tool = |arguments: &[&str], account: &str, input: &str| {
                let mut child = home::program("secret-tool", &self.place)
                    .args(arguments)
                    .args(["service", "halolink", "username", account])
                    .args(if arguments[0] == "store" {
                        &["target", "default"][..]
                    } else {
                        &[]
                    })
                    .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .spawn()
                    .expect("secret-tool is installed");
                let mut keys = child.stdin.take().expect("piped");
                keys.write_all(input.as_bytes()).expect("it reads");
                drop(keys);
                let output = child.wait_with_output().expect("it ends");
                assert!(output.status.success(), "secret-tool {arguments:?} {account}");
                String::from_utf8(output.stdout).expect("text")
            };
            let secret = tool(&["lookup"], &format!("{from}{name}"), "");
            assert!(!secret.is_empty());
            tool(&["clear"], &format!("{from}{name}"), "");
            tool(&["store", "--label", "halolink"], &format!("{to}{name}"), &secret);
        }
    }

    /// What `secret-tool` finds of halolink, attributes included.
    #[track_caller]
    fn found(&self) -> String {
        let output = home::program("secret-tool", &self.place)
            .args(["search", "--all", "service", "halolink"])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .output()
            .expect("secret-tool is installed");
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    }
}

impl Session {
    /// Sends a signal to this session's own daemon.
    #[track_caller]
    fn signal(&self, signal: &str) {
        let sent = home::program("kill", &self.place)
            .args([signal, &self.daemon.to_string()])
            .stderr(Stdio::null())
            .status();
        sent.expect("kill is there");
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Its input ends, and with it the bus; the daemon is one that this test started.
        drop(self.child.stdin.take());
        self.signal("-TERM");
        self.signal("-CONT");
        let _ = self.child.wait();
    }
}

#[test]
fn three_secrets_are_kept_in_the_keyring_and_nowhere_else() {
    let (stage, session, secrets) = unlocked();
    session.connect(&stage, &secrets).expect(0);

    let found = session.found();
    for (name, secret) in ["client-secret", "reseller-token", "access-token"]
        .iter()
        .zip(&secrets)
    {
        assert!(
            found.contains(&format!("default@{}/{name}", connection_id(&stage))),
            "{found}"
        );
        assert!(
            found.contains(&format!("secret = {secret}\n")),
            "{name} is not there:\n{found}"
        );
    }
    assert_eq!(found.matches("secret = ").count(), 3, "{found}");
    for trace in stage.traces() {
        let bytes = fs::read(&trace).expect("readable");
        for secret in &secrets {
            let is_there = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!is_there, "a secret is in {}", trace.display());
        }
    }

    // A later run has no secrets from anywhere else.
    session
        .run(&stage, &["list", "organizations"])
        .expect(0)
        .prints(["Northwind Dental"]);
    let status = session.run(&stage, &["status", "-o", "json"]).expect(0).json();
    let sources = status["connection"]["secrets"]
        .as_array()
        .expect("an array")
        .clone();
    assert!(
        sources.len() == 3 && sources.iter().all(|secret| secret["source"] == "keyring"),
        "{status}"
    );

    session
        .run(&stage, &["revoke", "--yes"])
        .expect(0)
        .prints(["client secret in the keyring"]);
    assert_eq!(
        session.found().matches("secret = ").count(),
        0,
        "{}",
        session.found()
    );
    session.run(&stage, &["list", "organizations"]).expect(3);
}

#[test]
fn what_did_not_work_is_not_kept() {
    let (stage, session, secrets) = unlocked();
    session
        .connect(&stage, &[&secrets[0], &secrets[1], "wrong-token"])
        .expect(3);
    assert_eq!(session.found().matches("secret = ").count(), 0);
    assert!(stage.traces().is_empty());

    // Nor does it replace what did.
    session.connect(&stage, &secrets).expect(0);
    session
        .connect(&stage, &["wrong-secret", &secrets[1], &secrets[2]])
        .expect(3);
    assert!(session.found().contains(&format!("secret = {}\n", secrets[0])));
    session.run(&stage, &["list", "customers"]).expect(0);
}

#[test]
fn a_dry_run_keeps_no_secret() {
    let (stage, place) = stage();
    let session = Session::start(place.path(), Keyring::Unlocked);
    let mut arguments = stage.connect_arguments();
    arguments.truncate(arguments.len() - 2);
    arguments.push("--dry-run".to_owned());
    let secrets = secrets(&stage);
    let outcome = stage.run_with(arguments, b"", |command| {
        command.env("DBUS_SESSION_BUS_ADDRESS", &session.bus);
        command.env("HALOLINK_CLIENT_SECRET", &secrets[0]);
        command.env("HALOLINK_RESELLER_TOKEN", &secrets[1]);
        command.env("HALOLINK_ACCESS_TOKEN", &secrets[2]);
    });
    outcome.expect(0);
    assert_eq!(session.found().matches("secret = ").count(), 0);
    assert!(stage.traces().is_empty());
}

#[test]
fn the_environment_goes_before_the_keyring() {
    let (stage, session, secrets) = unlocked();
    session.connect(&stage, &secrets).expect(0);
    stage
        .run_with(["list", "customers"], b"", |command| {
            command.env("DBUS_SESSION_BUS_ADDRESS", &session.bus);
            command.env("HALOLINK_CLIENT_SECRET", "another-secret");
        })
        .expect(3)
        .says(["HaloPSA refused"]);
}

#[test]
fn a_file_goes_before_the_keyring() {
    let (stage, session, secrets) = unlocked();
    session.connect(&stage, &secrets).expect(0);
    let file = stage.file(b"another-secret");
    stage
        .run_with(["list", "customers"], b"", |command| {
            command.env("DBUS_SESSION_BUS_ADDRESS", &session.bus);
            command.env("HALOLINK_CLIENT_SECRET_FILE", &file);
        })
        .expect(3)
        .says(["HaloPSA refused"]);
}

#[test]
fn when_the_keyring_is_gone_the_variables_are_named_and_nothing_is_lost() {
    let (stage, session, secrets) = unlocked();
    session.connect(&stage, &secrets).expect(0);
    // The stage's own bus is none.
    stage.run(["list", "customers"]).expect(1).says([
        "keyring",
        "HALOLINK_CLIENT_SECRET",
        "HALOLINK_RESELLER_TOKEN",
        "HALOLINK_ACCESS_TOKEN",
    ]);
    // A connection whose secrets cannot be deleted stays, to be revoked later.
    stage.run(["revoke", "--yes"]).expect(1).says(["keyring"]);
    assert_eq!(
        stage.run(["status", "-o", "json"]).expect(0).json()["connected"],
        true
    );
    session.run(&stage, &["revoke", "--yes"]).expect(0);
    assert_eq!(session.found().matches("secret = ").count(), 0);
}

#[test]
fn profiles_have_secrets_of_their_own() {
    let (stage, session, secrets) = unlocked();
    session.connect(&stage, &secrets).expect(0);
    let mut arguments = stage.connect_arguments();
    arguments.truncate(arguments.len() - 2);
    stage
        .run_with(
            arguments
                .into_iter()
                .chain(["--profile".to_owned(), "second".to_owned()]),
            b"",
            |command| {
                command.env("DBUS_SESSION_BUS_ADDRESS", &session.bus);
                command.env("HALOLINK_CLIENT_SECRET", &secrets[0]);
                command.env("HALOLINK_RESELLER_TOKEN", &secrets[1]);
                command.env("HALOLINK_ACCESS_TOKEN", &secrets[2]);
            },
        )
        .expect(0);
    assert_eq!(session.found().matches("secret = ").count(), 6);
    session
        .run(&stage, &["revoke", "--profile", "second", "--yes"])
        .expect(0);
    assert_eq!(session.found().matches("secret = ").count(), 3);
    session.run(&stage, &["list", "customers"]).expect(0);
}

#[test]
fn a_locked_keyring_is_an_error_and_no_hang() {
    let (stage, place) = stage();
    let secrets = secrets(&stage);
    {
        let session = Session::start(place.path(), Keyring::Unlocked);
        session.connect(&stage, &secrets).expect(0);
    }
    let session = Session::start(place.path(), Keyring::Locked);
    session.run(&stage, &["list", "customers"]).expect(1).says([
        "keyring",
        "HALOLINK_CLIENT_SECRET",
        "HALOLINK_RESELLER_TOKEN",
        "HALOLINK_ACCESS_TOKEN",
    ]);
    session.connect(&stage, &secrets).expect(1).says(["keyring"]);
    // Whoever supplies the secrets does not need it.
    stage
        .run_with(["list", "customers"], b"", |command| {
            command.env("DBUS_SESSION_BUS_ADDRESS", &session.bus);
            command.env("HALOLINK_CLIENT_SECRET", &secrets[0]);
        })
        .expect(0);
}

#[test]
fn a_keyring_that_says_nothing_is_given_up_on() {
    let (stage, session, secrets) = unlocked();
    session.connect(&stage, &secrets).expect(0);
    // As one that waits for a password that nobody types.
    session.signal("-STOP");
    session.run(&stage, &["list", "customers"]).expect(1).says([
        "keyring",
        "within 5 s",
        "HALOLINK_CLIENT_SECRET",
    ]);
}

#[test]
fn another_connection_of_the_same_name_keeps_its_secrets() {
    let place = tempfile::tempdir().expect("a directory");
    let session = Session::start(place.path(), Keyring::Unlocked);
    let (production, _) = stage();
    let (trial, _) = stage();
    for stage in [&production, &trial] {
        let secrets = secrets(stage);
        session.connect(stage, &secrets).expect(0);
    }
    assert_eq!(session.kept(), 6);
    session.run(&trial, &["revoke", "--purge", "--yes"]).expect(0);
    assert_eq!(session.kept(), 3);
    session.run(&production, &["list", "organizations"]).expect(0);
}

#[test]
fn another_configuration_with_the_same_state_keeps_its_secrets() {
    let (stage, session, secrets) = unlocked();
    session.connect(&stage, &secrets).expect(0);
    let elsewhere = stage.home().join("trial");
    let in_trial = |arguments: &[&str]| {
        stage.run_with(arguments, b"", |command| {
            command.env("DBUS_SESSION_BUS_ADDRESS", &session.bus);
            command.env("HALOLINK_CONFIG_DIR", &elsewhere);
            command.env("HALOLINK_CLIENT_SECRET", &secrets[0]);
            command.env("HALOLINK_RESELLER_TOKEN", &secrets[1]);
            command.env("HALOLINK_ACCESS_TOKEN", &secrets[2]);
        })
    };
    // Nothing is connected there yet, so there is nothing to revoke.
    in_trial(&["revoke", "--yes"])
        .expect(3)
        .says(["HALOLINK_CONFIG_DIR"]);
    assert_eq!(session.kept(), 3);
    let connect = stage.connect_arguments();
    let connect: Vec<&str> = connect[..connect.len() - 2].iter().map(String::as_str).collect();
    in_trial(&connect).expect(0);
    assert_eq!(session.kept(), 6);
    in_trial(&["revoke", "--yes"]).expect(0);
    assert_eq!(session.kept(), 3);
    session.run(&stage, &["list", "organizations"]).expect(0);
}

#[test]
fn connecting_without_a_store_deletes_what_was_kept_before() {
    let (stage, session, secrets) = unlocked();
    session.connect(&stage, &secrets).expect(0);
    session
        .connect_without_store(&stage, &secrets)
        .expect(0)
        .says(["secrets in the keyring were deleted"]);
    assert_eq!(session.kept(), 0);
    // It is without secrets now, and there is nothing more to delete.
    session.run(&stage, &["list", "customers"]).expect(3);
    let revoked = stage.run(["revoke", "--yes"]).expect(0);
    assert!(!revoked.stdout.contains("keyring"), "{revoked}");
}

#[test]
fn what_the_keyring_did_not_let_go_of_is_left_to_revoke() {
    let (stage, session, secrets) = unlocked();
    session.connect(&stage, &secrets).expect(0);
    // The stage's own bus is none.
    stage
        .run_with(stage.connect_arguments(), b"", |command| {
            command.env("HALOLINK_CLIENT_SECRET", &secrets[0]);
            command.env("HALOLINK_RESELLER_TOKEN", &secrets[1]);
            command.env("HALOLINK_ACCESS_TOKEN", &secrets[2]);
        })
        .expect(0)
        .says(["still in the keyring", "revoke"]);
    let entry = format!("default@{}/client-secret", connection_id(&stage));
    stage
        .run(["revoke", "--yes"])
        .expect(1)
        .says(["halolink", &entry]);
    assert_eq!(session.kept(), 3);
    session
        .run(&stage, &["revoke", "--yes"])
        .expect(0)
        .prints(["client secret in the keyring"]);
    assert_eq!(session.kept(), 0);
}

#[test]
fn secrets_are_deleted_also_when_the_configuration_was_lost() {
    let (stage, session, secrets) = unlocked();
    for whole in [false, true] {
        session.connect(&stage, &secrets).expect(0);
        let config = stage.config_directory();
        if whole {
            fs::remove_dir_all(config).expect("removed");
        } else {
            fs::remove_file(config.join("config.toml")).expect("removed");
        }
        session
            .run(&stage, &["revoke", "--yes"])
            .expect(0)
            .prints(["client secret in the keyring"]);
        assert_eq!(session.kept(), 0, "{}", session.found());
        session.run(&stage, &["revoke", "--yes"]).expect(3);
    }

    // Connected anew instead, it is the same connection.
    session.connect(&stage, &secrets).expect(0);
    let id = connection_id(&stage);
    fs::remove_dir_all(stage.config_directory()).expect("removed");
    session.connect(&stage, &secrets).expect(0);
    assert_eq!(connection_id(&stage), id);
    assert_eq!(session.kept(), 3);
}

#[test]
fn secrets_are_deleted_also_when_the_state_was_lost() {
    let (stage, session, secrets) = unlocked();
    session.connect(&stage, &secrets).expect(0);
    fs::remove_dir_all(stage.home().join("data")).expect("removed");
    session.run(&stage, &["revoke", "--yes"]).expect(0);
    assert_eq!(session.kept(), 0);
}

/// Entries of halolink 0.1 are named for the profile alone.
#[tokio::test]
async fn secrets_of_the_first_version_are_taken_over() {
    let (stage, session, secrets) = unlocked();
    let as_first_version = async || {
        session.connect(&stage, &secrets).expect(0);
        session.rename(&format!("default@{}/", connection_id(&stage)), "default/");
        forget_ids(&stage);
        fs::remove_dir_all(stage.home().join("data")).expect("removed");
        first_version(&stage.state_file(), &stage.sandbox.site_url()).await;
        assert!(
            session.found().contains("default/client-secret"),
            "{}",
            session.found()
        );
    };

    as_first_version().await;
    session.run(&stage, &["list", "organizations"]).expect(0);
    assert!(
        session.found().contains("default/client-secret"),
        "a look moved it"
    );
    session.run(&stage, &["sync-seats", "--yes"]).expect(0);
    let entry = format!("default@{}/client-secret", connection_id(&stage));
    assert!(session.found().contains(&entry), "{}", session.found());
    assert_eq!(session.kept(), 3);
    session.run(&stage, &["list", "organizations"]).expect(0);
    session.run(&stage, &["revoke", "--yes"]).expect(0);
    assert_eq!(session.kept(), 0);

    // Connecting again takes them over too.
    as_first_version().await;
    session.connect(&stage, &secrets).expect(0);
    assert_eq!(session.kept(), 3, "{}", session.found());
    session.run(&stage, &["revoke", "--yes"]).expect(0);

    // Revoked without having been used again, or with config.toml lost.
    for lost in [false, true] {
        as_first_version().await;
        if lost {
            fs::remove_dir_all(stage.config_directory()).expect("removed");
        }
        session.run(&stage, &["revoke", "--yes"]).expect(0);
        assert_eq!(session.kept(), 0, "lost: {lost}");
    }

    // And --secret-store none over them.
    as_first_version().await;
    session.connect_without_store(&stage, &secrets).expect(0);
    assert_eq!(session.kept(), 0);
}

#[test]
fn without_a_keyring_revoking_a_connection_that_never_used_one_is_no_error() {
    let stage = Stage::connected();
    stage
        .run(["revoke", "--yes"])
        .expect(0)
        .says(["No secret was stored in a keyring", "default@"]);
}

/// A stage without secrets in its environment, a session with an unlocked keyring, and the secrets to connect with.
#[track_caller]
fn unlocked() -> (Stage, Session, [String; 3]) {
    let (stage, place) = stage();
    let mut session = Session::start(place.path(), Keyring::Unlocked);
    session._kept = Some(place);
    let secrets = secrets(&stage);
    (stage, session, secrets)
}

/// A stage without secrets in its environment, and a place for a keyring.
#[track_caller]
fn stage() -> (Stage, TempDir) {
    let stage = Stage::without_secrets();
    (stage, tempfile::tempdir().expect("a directory"))
}

/// The connection's id, as `config.toml` has it.
#[track_caller]
fn connection_id(stage: &Stage) -> String {
    let text = fs::read_to_string(stage.config_directory().join("config.toml")).expect("config.toml");
    let (_, rest) = text.split_once("connection_id = \"").expect("an id");
    rest.split_once('"').expect("its end").0.to_owned()
}

fn secrets(stage: &Stage) -> [String; 3] {
    let credentials = stage.sandbox.credentials();
    [
        credentials.client_secret.clone(),
        credentials.reseller_token.clone(),
        credentials.access_token.clone(),
    ]
}

#[track_caller]
fn private(directory: &Path) {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(directory, fs::Permissions::from_mode(0o700)).expect("permissions");
}
