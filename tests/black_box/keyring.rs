//! Secrets in a real Secret Service. Needs dbus-run-session, gnome-keyring-daemon and secret-tool; without
//! them these tests fail, they are not skipped.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::support::{Outcome, Stage};
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
}

impl Session {
    /// `place` holds the keyring's files.
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
        let mut child = Command::new("dbus-run-session")
            .args(["--", "sh", "-c", &script])
            .env("XDG_DATA_HOME", place.join("data"))
            .env("XDG_RUNTIME_DIR", &runtime)
            .env("HOME", place)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
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
        Self { child, bus, daemon }
    }

    /// Runs halolink in this session.
    fn run(&self, stage: &Stage, arguments: &[&str]) -> Outcome {
        stage.run_with(arguments, b"", |command| {
            command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
        })
    }

    /// `connect` without `--secret-store`, secrets from the environment.
    fn connect(&self, stage: &Stage, secrets: [&str; 3]) -> Outcome {
        let mut arguments = stage.connect_arguments();
        arguments.truncate(arguments.len() - 2);
        stage.run_with(arguments, b"", |command| {
            command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
            command.env("HALOLINK_CLIENT_SECRET", secrets[0]);
            command.env("HALOLINK_RESELLER_TOKEN", secrets[1]);
            command.env("HALOLINK_ACCESS_TOKEN", secrets[2]);
        })
    }

    /// What `secret-tool` finds of halolink, attributes included.
    fn found(&self) -> String {
        let output = Command::new("secret-tool")
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
    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
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
    let (stage, place) = stage();
    let session = Session::start(place.path(), Keyring::Unlocked);
    let secrets = secrets(&stage);
    let given = [secrets[0].as_str(), &secrets[1], &secrets[2]];
    session.connect(&stage, given).expect(0);

    let found = session.found();
    for (name, secret) in ["client-secret", "reseller-token", "access-token"]
        .iter()
        .zip(given)
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
        for secret in given {
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
    let (stage, place) = stage();
    let session = Session::start(place.path(), Keyring::Unlocked);
    let secrets = secrets(&stage);
    session
        .connect(&stage, [&secrets[0], &secrets[1], "wrong-token"])
        .expect(3);
    assert_eq!(session.found().matches("secret = ").count(), 0);
    assert!(stage.traces().is_empty());

    // Nor does it replace what did.
    session
        .connect(&stage, [&secrets[0], &secrets[1], &secrets[2]])
        .expect(0);
    session
        .connect(&stage, ["wrong-secret", &secrets[1], &secrets[2]])
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
    let (stage, place) = stage();
    let session = Session::start(place.path(), Keyring::Unlocked);
    let secrets = secrets(&stage);
    session
        .connect(&stage, [&secrets[0], &secrets[1], &secrets[2]])
        .expect(0);
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
    let (stage, place) = stage();
    let session = Session::start(place.path(), Keyring::Unlocked);
    let secrets = secrets(&stage);
    session
        .connect(&stage, [&secrets[0], &secrets[1], &secrets[2]])
        .expect(0);
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
    let (stage, place) = stage();
    let secrets = secrets(&stage);
    let session = Session::start(place.path(), Keyring::Unlocked);
    session
        .connect(&stage, [&secrets[0], &secrets[1], &secrets[2]])
        .expect(0);
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
    let (stage, place) = stage();
    let session = Session::start(place.path(), Keyring::Unlocked);
    let secrets = secrets(&stage);
    let given = [secrets[0].as_str(), &secrets[1], &secrets[2]];
    session.connect(&stage, given).expect(0);
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
                command.env("HALOLINK_CLIENT_SECRET", given[0]);
                command.env("HALOLINK_RESELLER_TOKEN", given[1]);
                command.env("HALOLINK_ACCESS_TOKEN", given[2]);
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
    let given = [secrets[0].as_str(), &secrets[1], &secrets[2]];
    {
        let session = Session::start(place.path(), Keyring::Unlocked);
        session.connect(&stage, given).expect(0);
    }
    let session = Session::start(place.path(), Keyring::Locked);
    session.run(&stage, &["list", "customers"]).expect(1).says([
        "keyring",
        "HALOLINK_CLIENT_SECRET",
        "HALOLINK_RESELLER_TOKEN",
        "HALOLINK_ACCESS_TOKEN",
    ]);
    session.connect(&stage, given).expect(1).says(["keyring"]);
    // Whoever supplies the secrets does not need it.
    stage
        .run_with(["list", "customers"], b"", |command| {
            command.env("DBUS_SESSION_BUS_ADDRESS", &session.bus);
            command.env("HALOLINK_CLIENT_SECRET", given[0]);
        })
        .expect(0);
}

#[test]
fn a_keyring_that_says_nothing_is_given_up_on() {
    let (stage, place) = stage();
    let secrets = secrets(&stage);
    let session = Session::start(place.path(), Keyring::Unlocked);
    session
        .connect(&stage, [&secrets[0], &secrets[1], &secrets[2]])
        .expect(0);
    // As one that waits for a password that nobody types.
    session.signal("-STOP");
    session.run(&stage, &["list", "customers"]).expect(1).says([
        "keyring",
        "within 5 s",
        "HALOLINK_CLIENT_SECRET",
    ]);
}

/// A stage without secrets in its environment, and a place for a keyring.
fn stage() -> (Stage, TempDir) {
    let stage = Stage::new()
        .without("HALOLINK_CLIENT_SECRET")
        .without("HALOLINK_RESELLER_TOKEN")
        .without("HALOLINK_ACCESS_TOKEN");
    (stage, tempfile::tempdir().expect("a directory"))
}

/// The connection's id, as `config.toml` has it.
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

fn private(directory: &Path) {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(directory, fs::Permissions::from_mode(0o700)).expect("permissions");
}
