//! Where secrets and mappings may go: to the site that they belong to, and to no other host unasked.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::support::{
    Stage,
    proxy::{Nowhere, in_front_of},
};

/// A connection is bound to its site: whoever edits config.toml sends nothing elsewhere.
#[test]
fn an_edited_site_gets_nothing() {
    let (stage, other) = (Stage::new(), Stage::new());
    stage.sync_all();
    let (ours, theirs) = (stage.sandbox.site_url(), other.sandbox.site_url());
    let before = config(&stage);
    // First the site alone, then its token URL too.
    for edited in [before.replacen(&ours, &theirs, 1), before.replace(&ours, &theirs)] {
        write_config(&stage, &edited);
        for command in [
            &["sync-seats", "--yes"][..],
            &["sync-seats", "--dry-run"],
            &["list", "customers"],
            &[
                "map-org",
                "1788161-14",
                "--customer",
                "21",
                "--license",
                "17",
                "--yes",
            ],
            &["open-ticket", "1788161-14", "--summary", "Restore failed"],
            &["configure", "--sla", "Gold"],
        ] {
            stage
                .run(command)
                .expect(1)
                .says([&ours, &theirs, "--profile", "revoke --purge"]);
        }
    }
    assert_eq!(other.received_counts(), (0, 0));
    assert_eq!(stage.received_counts(), (0, 0));
    // The way out that is always there.
    stage.run(["revoke", "--purge", "--yes"]).expect(0);
}

#[test]
fn an_edited_token_host_gets_no_secret() {
    let stage = Stage::synced();
    let nowhere = Nowhere::new();
    let ours = format!("{}/auth/token", stage.sandbox.site_url());
    let edited = config(&stage).replace(&ours, &format!("{}/auth/token", nowhere.url()));
    write_config(&stage, &edited);
    stage
        .run(["sync-seats", "--yes"])
        .expect(1)
        .says(["nobody agreed", "localhost"]);
    assert!(!nowhere.was_visited());
    assert_eq!(stage.received_counts(), (0, 0));
}

#[test]
fn another_host_to_sign_in_at_is_named_before_it_gets_the_secret() {
    let stage = Stage::new();
    let host = stage.sandbox.site_url().replace("http://", "");
    let site = pointing(&stage, &stage.sandbox.site_url());
    let connect = |more: &[&str]| {
        let mut arguments = stage.connect_arguments();
        arguments[2].clone_from(&site);
        arguments.extend(more.iter().map(|&text| text.to_owned()));
        stage.run(arguments)
    };
    let flag = format!("--auth-host {host}");
    for more in [&[][..], &["--yes"], &["--dry-run"]] {
        connect(more).expect(2).says([&host, &flag]);
    }
    for wrong in [
        "localhost",
        "login.example.com",
        "127.0.0.1",
        "127.0.0.1:1",
        "user@127.0.0.1",
    ] {
        connect(&["--auth-host", wrong]).expect(2).says([wrong, &flag]);
    }
    assert_eq!(
        stage.halo_requests("POST", "/auth/token").len(),
        0,
        "the secret was sent"
    );
    assert!(stage.traces().is_empty());

    connect(&["--auth-host", &host]).expect(0);
    stage.run(["list", "customers"]).expect(0);
    // It is known from now on.
    connect(&[]).expect(0);
    stage.run(["list", "customers"]).expect(0);
    // Not so after the connection is gone.
    stage.run(["revoke", "--yes"]).expect(0);
    connect(&[]).expect(2).says([&flag]);
}

#[test]
fn a_site_that_begins_to_name_another_host_is_asked_about_anew() {
    let stage = Stage::new();
    let nowhere = Nowhere::new();
    let host = nowhere.url().replace("http://", "");
    let turned = Arc::new(AtomicBool::new(false));
    let answer = discovery(&stage, &nowhere.url());
    let has_turned = turned.clone();
    let site = in_front_of(&stage.sandbox.site_url(), move |_, path| {
        (path == "/api/authinfo" && has_turned.load(Ordering::Relaxed)).then(|| answer.clone())
    });
    let mut connect = stage.connect_arguments();
    connect[2] = site;
    stage.run(&connect).expect(0);
    // A flag for another host where the site names its own is a mistake.
    let with_flag = connect
        .iter()
        .cloned()
        .chain(["--auth-host".to_owned(), host.clone()]);
    stage
        .run(with_flag)
        .expect(2)
        .says([&host, "leave --auth-host out"]);

    turned.store(true, Ordering::Relaxed);
    stage.run(&connect).expect(2).says([&host, "--auth-host"]);
    // What is stored goes on.
    stage.run(["list", "customers"]).expect(0);
    assert!(!nowhere.was_visited());
}

#[cfg(unix)]
#[test]
fn a_person_is_shown_the_other_host_and_asked() {
    use crate::support::terminal::{ENTER, Terminal};

    let stage = Stage::new();
    let host = stage.sandbox.site_url().replace("http://", "");
    let site = pointing(&stage, &stage.sandbox.site_url());
    for (answer, code) in [("n", 130), ("y", 0)] {
        let variables = [
            ("HALOLINK_SITE_URL", site.as_str()),
            ("HALOLINK_CLIENT_ID", &stage.sandbox.credentials().client_id),
            ("HALOLINK_BACKUP_URL", &stage.sandbox.backup_url()),
        ];
        let mut terminal = Terminal::start_with(&stage, &["connect", "--secret-store", "none"], &variables);
        terminal.sees(&format!("Send the secret to {host}?"));
        assert_eq!(stage.halo_requests("POST", "/auth/token").len(), 0);
        terminal.types(answer).types(ENTER);
        assert_eq!(terminal.ends(), code, "{}", terminal.text());
    }
}

#[test]
fn a_url_with_a_user_name_is_refused() {
    let stage = Stage::new();
    for url in [
        "https://user:pw@dropsuite.us/api",
        "user@dropsuite.us",
        "http://user:pw@127.0.0.1:1/api",
    ] {
        let mut connect = stage.connect_arguments();
        connect[6] = url.to_owned();
        stage
            .run(&connect)
            .expect(2)
            .says(["user name or password"])
            .hides(["user:pw"]);
    }
    assert!(stage.traces().is_empty());

    stage.connect();
    let edited = config(&stage).replace("backup_url = \"http://", "backup_url = \"http://user:pw@");
    write_config(&stage, &edited);
    stage
        .run(["list", "organizations"])
        .expect(1)
        .says(["user name or password"])
        .hides(["user:pw"]);
}

#[cfg(unix)]
#[test]
fn what_was_opened_to_others_is_private_again_after_a_change() {
    let stage = Stage::synced();
    let data = stage.home().join("data");
    let ours = [
        stage.config_directory(),
        stage.config_directory().join("config.toml"),
        stage.config_directory().join("config.lock"),
        data.clone(),
        stage.state_file(),
        data.join("state.db.default.sync-seats.lock"),
    ];
    for path in &ours {
        assert_eq!(mode(path) & 0o077, 0, "{}", path.display());
        open(path);
    }
    let theirs = data.join("notes.txt");
    fs::write(&theirs, "not halolink's").expect("written");
    open(&theirs);
    // A look leaves it as it is.
    stage.run(["status"]).expect(0);
    for path in &ours {
        assert_ne!(mode(path) & 0o077, 0, "{}", path.display());
    }
    stage.sync([]).expect(0).says(["private again"]);
    for path in &ours {
        assert_eq!(mode(path) & 0o077, 0, "{}", path.display());
    }
    assert_ne!(mode(&theirs) & 0o077, 0);
    let again = stage.sync([]).expect(0);
    assert!(!again.stderr.contains("private again"), "{again}");
}

#[cfg(unix)]
#[test]
fn a_directory_that_was_there_before_stays_open() {
    let stage = Stage::new();
    let shared = stage.home().join("shared");
    fs::create_dir(&shared).expect("made");
    open(&shared);
    let state = shared.join("x.db");
    for arguments in [
        stage.connect_arguments(),
        vec!["configure".into(), "--sync-seats".into(), "off".into()],
    ] {
        stage
            .run_with(arguments, b"", |command| {
                command.env("HALOLINK_STATE", &state);
            })
            .expect(0);
        assert_eq!(mode(&shared) & 0o777, 0o755);
        assert_eq!(mode(&state) & 0o777, 0o600);
        open(&state);
    }
}

/// The sandbox at an address of its own, naming this one to sign in at.
fn pointing(stage: &Stage, sign_in: &str) -> String {
    let answer = discovery(stage, sign_in);
    in_front_of(&stage.sandbox.site_url(), move |_, path| {
        (path == "/api/authinfo").then(|| answer.clone())
    })
}

/// A discovery page that names this address to sign in at.
fn discovery(stage: &Stage, sign_in: &str) -> String {
    let body = format!(
        "{{\"auth_url\": \"{sign_in}/auth\", \"tenant_id\": \"{}\"}}",
        stage.sandbox.credentials().tenant
    );
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[track_caller]
fn config(stage: &Stage) -> String {
    fs::read_to_string(stage.config_directory().join("config.toml")).expect("config.toml")
}

#[track_caller]
fn write_config(stage: &Stage, text: &str) {
    fs::write(stage.config_directory().join("config.toml"), text).expect("written");
}

#[cfg(unix)]
#[track_caller]
fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;

    fs::metadata(path).expect("it is there").permissions().mode()
}

/// Everybody may read it.
#[cfg(unix)]
#[track_caller]
fn open(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;

    let mode = if path.is_dir() { 0o755 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
}
