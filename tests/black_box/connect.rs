//! `connect`: what is accepted, what is refused and why, and that only what worked is stored.

use std::{
    fs,
    net::TcpListener,
    sync::{Arc, Mutex},
};

use crate::support::proxy::{answer, in_front_of};
use crate::support::{Outcome, Stage};
use serde_json::json;

#[test]
fn a_site_url_is_taken_as_people_paste_it() {
    let stage = Stage::new();
    let host = stage.sandbox.site_url().trim_start_matches("http://").to_owned();
    for pasted in [
        host.clone(),
        format!("{host}/"),
        format!("{host}/api"),
        format!(" http://{host}/api/ "),
        format!("http://{host}/auth/token"),
        format!("http://{host}/?utm=1#top"),
    ] {
        let outcome = connect(&stage, &[("--site-url", &pasted), ("-o", "json")]).expect(0);
        assert_eq!(
            outcome.first_change()["site_url"],
            format!("http://{host}/"),
            "{pasted}"
        );
    }
}

#[test]
fn a_backup_url_is_taken_as_people_paste_it() {
    let stage = Stage::new();
    let host = stage
        .sandbox
        .backup_url()
        .replace("http://", "")
        .replace("/api", "");
    for pasted in [
        host.clone(),
        format!("{host}/api/"),
        format!("http://{host}"),
        format!("http://{host}/api"),
    ] {
        let outcome = connect(&stage, &[("--backup-url", &pasted), ("-o", "json")]).expect(0);
        assert_eq!(
            outcome.first_change()["backup_url"],
            format!("http://{host}/api"),
            "{pasted}"
        );
    }
}

#[test]
fn tokens_lose_the_word_that_is_pasted_in_front() {
    let stage = Stage::new();
    let credentials = stage.sandbox.credentials().clone();
    stage
        .run_with(stage.connect_arguments(), b"", |command| {
            command.env(
                "HALOLINK_RESELLER_TOKEN",
                format!("Token {}", credentials.reseller_token),
            );
            command.env(
                "HALOLINK_ACCESS_TOKEN",
                format!("Bearer {}\n", credentials.access_token),
            );
        })
        .expect(0);
}

#[test]
fn everything_can_come_from_the_environment() {
    let stage = Stage::new();
    stage
        .run_with(["connect", "--secret-store", "none"], b"", |command| {
            command.env("HALOLINK_SITE_URL", stage.sandbox.site_url());
            command.env("HALOLINK_CLIENT_ID", &stage.sandbox.credentials().client_id);
            command.env("HALOLINK_TENANT", &stage.sandbox.credentials().tenant);
            command.env("HALOLINK_BACKUP_URL", stage.sandbox.backup_url());
        })
        .expect(0);
    stage.run(["list", "organizations"]).expect(0);
}

#[test]
fn secrets_can_come_from_files_that_variables_name() {
    let stage = without_secrets();
    let files = secret_files(&stage);
    let from_files = |arguments: Vec<String>| {
        stage.run_with(arguments, b"", |command| {
            command.env("HALOLINK_CLIENT_SECRET_FILE", &files[0]);
            command.env("HALOLINK_RESELLER_TOKEN_FILE", &files[1]);
            command.env("HALOLINK_ACCESS_TOKEN_FILE", &files[2]);
        })
    };
    from_files(stage.connect_arguments()).expect(0);
    from_files(vec!["list".into(), "organizations".into()]).expect(0);
    // They were not kept: without the files the next command has none.
    stage
        .run(["list", "customers"])
        .expect(3)
        .says(["HALOLINK_CLIENT_SECRET"]);
}

#[test]
fn secrets_can_come_from_files_that_flags_name() {
    let stage = without_secrets();
    let files = secret_files(&stage);
    let mut arguments = stage.connect_arguments();
    for (flag, file) in [
        ("--client-secret-file", &files[0]),
        ("--reseller-token-file", &files[1]),
        ("--access-token-file", &files[2]),
    ] {
        arguments.extend([flag.to_owned(), file.clone()]);
    }
    stage.run(arguments).expect(0);
}

#[test]
fn secrets_can_come_from_standard_input_one_a_line() {
    let stage = without_secrets();
    let credentials = stage.sandbox.credentials();
    let input = format!(
        "{}\n{}\r\nToken {}\n",
        credentials.client_secret, credentials.reseller_token, credentials.access_token
    );
    let mut arguments = stage.connect_arguments();
    for flag in [
        "--client-secret-file",
        "--reseller-token-file",
        "--access-token-file",
    ] {
        arguments.extend([flag.to_owned(), "-".to_owned()]);
    }
    stage.run_with(arguments, input.as_bytes(), |_| ()).expect(0);
}

#[test]
fn a_flag_goes_before_a_variable_and_a_variable_before_its_file() {
    let stage = Stage::new();
    let wrong = stage.file(b"not-the-secret").display().to_string();
    let right = stage.file(stage.sandbox.credentials().client_secret.as_bytes());
    // The variable is right, its file wrong: the variable is used.
    stage
        .run_with(stage.connect_arguments(), b"", |command| {
            command.env("HALOLINK_CLIENT_SECRET_FILE", &wrong);
        })
        .expect(0);
    // The flag's file is wrong, the variable right: the flag is used.
    let outcome = connect(&stage, &[("--client-secret-file", &wrong), ("--dry-run", "")]);
    outcome.expect(3).says(["HaloPSA refused"]);
    // The variable is wrong, the flag's file right: the flag is used.
    let mut arguments = stage.connect_arguments();
    arguments.extend(["--client-secret-file".to_owned(), right.display().to_string()]);
    stage
        .run_with(arguments, b"", |command| {
            command.env("HALOLINK_CLIENT_SECRET", "not-the-secret");
        })
        .expect(0);
}

#[test]
fn a_url_flag_goes_before_its_variable() {
    let stage = Stage::new();
    stage
        .run_with(stage.connect_arguments(), b"", |command| {
            command.env("HALOLINK_SITE_URL", "https://nowhere.invalid");
            command.env("HALOLINK_BACKUP_URL", "https://nowhere.invalid");
        })
        .expect(0);
}

#[test]
fn a_secret_file_that_cannot_be_used_is_named() {
    let stage = without_secrets();
    let empty = stage.file(b" \n").display().to_string();
    let binary = stage.file(&[0xff, 0xfe, 0, 1]).display().to_string();
    let missing = stage.home().join("not-there").display().to_string();
    for file in [&empty, &binary, &missing] {
        connect(&stage, &[("--client-secret-file", file)])
            .expect(2)
            .says(["client secret", file]);
    }
    assert_untouched(&stage);
}

#[test]
fn a_refused_client_secret_is_halos_refusal() {
    let stage = Stage::new();
    stage
        .run_with(stage.connect_arguments(), b"", |command| {
            command.env("HALOLINK_CLIENT_SECRET", "wrong-secret-value");
        })
        .expect(3)
        .says([
            "HaloPSA refused the client id or secret",
            "The specified client credentials are invalid.",
            "HaloPSA API",
        ])
        .hides(["wrong-secret-value"]);
    assert_untouched(&stage);
}

#[test]
fn a_refused_client_id_is_halos_refusal() {
    let stage = Stage::new();
    connect(&stage, &[("--client-id", "00000000-0000-4000-8000-000000000000")])
        .expect(3)
        .says([
            "HaloPSA refused the client id or secret",
            "The client application was not found.",
        ]);
    assert_untouched(&stage);
}

#[test]
fn an_inactive_application_is_halos_refusal() {
    let stage = Stage::new();
    stage.world().application_active = false;
    stage
        .run(stage.connect_arguments())
        .expect(3)
        .says(["HaloPSA refused", "not active"]);
    assert_untouched(&stage);
}

#[test]
fn refused_tokens_are_saas_backups_refusal() {
    for variable in ["HALOLINK_RESELLER_TOKEN", "HALOLINK_ACCESS_TOKEN"] {
        let stage = Stage::new();
        stage
            .run_with(stage.connect_arguments(), b"", |command| {
                command.env(variable, "wrong-token-value");
            })
            .expect(3)
            .says([
                "SaaS Backup refused the reseller token or the access token",
                "API Settings",
            ])
            .hides(["wrong-token-value", "HaloPSA refused"]);
        assert_untouched(&stage);
    }
}

#[test]
fn each_missing_scope_is_named_with_the_screen_that_grants_it() {
    for scope in [
        "read:customers",
        "read:softwarelicensing",
        "edit:softwarelicensing",
        "read:tickets",
        "edit:tickets",
    ] {
        let stage = Stage::new();
        stage.world().granted_scopes.retain(|granted| granted != scope);
        let outcome = stage.run(stage.connect_arguments()).expect(3).says([
            scope,
            "Configuration > Integrations > HaloPSA API > View Applications",
            "Permissions",
        ]);
        let named = [
            "read:customers",
            "read:softwarelicensing",
            "edit:softwarelicensing",
            "read:tickets",
            "edit:tickets",
        ];
        let named = named.iter().filter(|name| outcome.stderr.contains(*name)).count();
        assert_eq!(named, 1, "scopes that are there are named too\n{outcome}");
        assert_untouched(&stage);
    }
}

#[test]
fn an_umbrella_scope_is_enough() {
    for umbrella in ["all", "all:standard", "admin"] {
        let stage = Stage::new();
        stage.world().granted_scopes = vec![umbrella.to_owned()];
        stage.run(stage.connect_arguments()).expect(0);
    }
}

#[test]
fn a_scope_taken_away_later_is_named_too() {
    let stage = Stage::mapped();
    stage
        .world()
        .granted_scopes
        .retain(|granted| granted != "edit:softwarelicensing");
    stage
        .sync([])
        .expect(3)
        .says(["edit:softwarelicensing", "Permissions", "Roles"]);
}

#[test]
fn another_service_at_the_site_url_is_no_halo() {
    let stage = Stage::new();
    let backup = stage.sandbox.backup_url();
    connect(&stage, &[("--site-url", &backup)])
        .says(["HaloPSA"])
        .expect_failure();
    assert_untouched(&stage);
}

#[test]
fn another_service_at_the_backup_url_is_no_saas_backup() {
    let stage = Stage::new();
    let halo = stage.sandbox.site_url();
    connect(&stage, &[("--backup-url", &halo)])
        .says(["SaaS Backup"])
        .expect_failure();
    assert_untouched(&stage);
}

#[test]
fn a_url_that_is_none_is_a_usage_error() {
    let stage = Stage::new();
    for url in [
        "",
        "not a url",
        "ftp://acme.halopsa.com",
        "https://user:pw@acme.halopsa.com",
    ] {
        connect(&stage, &[("--site-url", url)]).expect(2).says(["error:"]);
    }
    connect(&stage, &[("--backup-url", "mars")])
        .expect(2)
        .says(["us, uk, na"]);
    assert_eq!(stage.received_counts(), (0, 0));
    assert_untouched(&stage);
}

#[test]
fn a_host_where_nobody_is_cannot_be_reached() {
    let stage = Stage::new();
    // A port that was free a moment ago.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    connect(&stage, &[("--site-url", &format!("http://{address}"))])
        .expect(75)
        .says(["cannot reach", &address.to_string(), "check the address"]);
    assert_untouched(&stage);
}

#[test]
fn plain_http_to_another_machine_is_refused() {
    let stage = Stage::new();
    for flag in ["--site-url", "--backup-url"] {
        connect(&stage, &[(flag, "http://acme.halopsa.com")])
            .expect(2)
            .says(["is not secure", "https://"]);
    }
    assert_untouched(&stage);
}

#[test]
fn a_partner_without_saas_backup_connects_to_halo_alone() {
    let stage = without_tokens();
    let credentials = stage.sandbox.credentials();
    let site = stage.sandbox.site_url();
    stage
        .run([
            "connect",
            "--site-url",
            &site,
            "--client-id",
            &credentials.client_id,
            "--no-backup",
            "--secret-store",
            "none",
        ])
        .expect(0);
    assert_eq!(stage.received_counts().1, 0);
    stage.run(["list", "customers"]).expect(0);
    stage
        .run(["list", "organizations"])
        .expect(3)
        .says(["--no-backup", "--backup-url"]);
    // Organizations are then named as in the portal's export, and seats come from that.
    stage.map("1788161-14", "21", "17").expect(0);
    let seats = stage
        .file(b"organization,seats\n1788161-14,57\n")
        .display()
        .to_string();
    stage.sync(["--seats-file", &seats]).expect(0);
    assert_eq!(stage.count(17), 57);
    assert_eq!(stage.received_counts().1, 0);
}

#[test]
fn no_backup_excludes_a_backup_url() {
    let stage = Stage::new();
    connect(&stage, &[("--no-backup", "")])
        .expect(2)
        .says(["--no-backup"]);
}

#[test]
fn a_profile_stays_with_its_site() {
    let (one, other) = (Stage::new(), Stage::new());
    one.connect();
    let site = other.sandbox.site_url();
    connect(&one, &[("--site-url", &site)]).expect(2).says([
        &one.sandbox.site_url(),
        "--profile",
        "revoke --purge",
    ]);
    assert_eq!(
        other.halo_requests("POST", "/auth/token").len(),
        0,
        "a secret went to the other site"
    );

    // Both ways out lead there.
    connect(&one, &[("--site-url", &site), ("--profile", "second")]).expect(0);
    one.run(["revoke", "--yes"]).expect(0);
    connect(&one, &[("--site-url", &site)]).expect(2);
    one.run(["revoke", "--purge", "--yes"]).expect(0);
    connect(&one, &[("--site-url", &site)]).expect(0);
}

#[test]
fn connecting_again_keeps_mappings_and_configuration() {
    let stage = Stage::connected();
    stage.run(["configure", "--sla", "Gold"]).expect(0);
    stage.map_these(&[("1788161-14", 21, 17)]);
    stage.connect();
    assert_eq!(stage.mapping_count(), 1);
    let shown = stage.run(["configure", "--show", "-o", "json"]).expect(0).json();
    assert_eq!(shown["sla"], json!({"id": 1, "name": "Gold"}));
}

#[test]
fn a_failed_connect_leaves_the_connection_that_was_there() {
    let stage = Stage::connected();
    let before = fs::read(stage.config_directory().join("config.toml")).unwrap();
    connect(&stage, &[("--client-id", "00000000-0000-4000-8000-000000000000")]).expect(3);
    assert_eq!(
        fs::read(stage.config_directory().join("config.toml")).unwrap(),
        before
    );
    stage.run(["list", "customers"]).expect(0);
}

#[test]
fn a_connection_that_cannot_be_stored_leaves_no_trace() {
    let stage = Stage::new();
    // A file where a directory would have to be.
    let in_the_way = stage.file(b"not a directory");
    stage
        .run_with(stage.connect_arguments(), b"", |command| {
            command.env("HALOLINK_CONFIG_DIR", in_the_way.join("config"));
        })
        .expect(1)
        .says(["config.toml"]);
    assert_untouched(&stage);
    stage
        .run_with(stage.connect_arguments(), b"", |command| {
            command.env("HALOLINK_STATE", in_the_way.join("state.db"));
        })
        .expect(1)
        .says(["state.db"]);
    assert_untouched(&stage);
}

#[cfg(unix)]
#[test]
fn a_connection_whose_last_part_cannot_be_stored_leaves_no_trace() {
    let stage = Stage::new();
    // Leads nowhere: there is no file to read, and none can be made.
    let nowhere = stage.home().join("nowhere");
    std::os::unix::fs::symlink(stage.home().join("gone").join("too"), &nowhere).expect("a link");
    stage
        .run_with(stage.connect_arguments(), b"", |command| {
            command.env("HALOLINK_CONFIG_DIR", &nowhere);
        })
        .expect(1)
        .says(["config.toml"]);
    assert_untouched(&stage);

    // The profile is free for any site still.
    let other = Stage::new();
    connect(&stage, &[("--site-url", &other.sandbox.site_url())]).expect(0);
}

#[test]
fn a_wrong_tenant_is_refused_and_named() {
    let stage = Stage::new();
    connect(&stage, &[("--tenant", "nobody")])
        .expect(3)
        .says(["tenant"]);
    assert_untouched(&stage);
}

#[test]
fn what_people_wrote_in_the_config_file_stays() {
    let stage = Stage::connected();
    let file = stage.config_directory().join("config.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("# ours: ask Anna before changing\n{text}")).unwrap();
    connect(&stage, &[("--profile", "second")]).expect(0);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("# ours: ask Anna before changing"), "{text}");
    assert!(
        text.contains("[profiles.default]") && text.contains("[profiles.second]"),
        "{text}"
    );
    stage.connect();
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("# ours: ask Anna before changing"),
        "connecting again: {text}"
    );
    stage.run(["revoke", "--yes"]).expect(0);
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("# ours: ask Anna before changing"),
        "revoking: {text}"
    );
}

#[test]
fn without_a_keyring_the_variables_are_named() {
    let stage = Stage::new();
    let mut arguments = stage.connect_arguments();
    arguments.truncate(arguments.len() - 2);
    stage.run(&arguments).expect(1).says([
        "keyring",
        "HALOLINK_CLIENT_SECRET",
        "HALOLINK_RESELLER_TOKEN",
        "HALOLINK_ACCESS_TOKEN",
        "--secret-store none",
    ]);
    assert_untouched(&stage);
}

#[test]
fn a_dry_run_checks_everything_and_stores_nothing() {
    let stage = Stage::new();
    connect(&stage, &[("--dry-run", "")])
        .expect(0)
        .prints(["nothing was stored"]);
    let (halo, backup) = stage.received_counts();
    assert!(halo > 1 && backup > 0);
    assert_untouched(&stage);
    stage.run(["list", "customers"]).expect(3);
}

#[test]
fn a_missing_value_is_named_with_its_flag() {
    let stage = without_secrets();
    let credentials = stage.sandbox.credentials();
    let site = stage.sandbox.site_url();
    let complete = [
        ("--site-url", site.as_str()),
        ("--client-id", &credentials.client_id),
        ("--client-secret-file", ""),
        ("--backup-url", ""),
    ];
    for (given, (flag, _)) in complete.iter().enumerate() {
        let mut arguments = vec!["connect", "--secret-store", "none"];
        for (flag, value) in &complete[..given] {
            arguments.extend([*flag, *value]);
        }
        let secret = stage
            .file(credentials.client_secret.as_bytes())
            .display()
            .to_string();
        let arguments = arguments
            .into_iter()
            .map(|text| if text.is_empty() { &secret } else { text });
        stage.run(arguments).expect(2).says([flag]);
    }
    assert_untouched(&stage);
}

#[test]
fn a_proxy_is_used_for_other_machines_and_not_for_this_one() {
    let stage = Stage::new();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = asked.clone();
    let proxy = in_front_of("http://127.0.0.1:1", move |method, target| {
        noted
            .lock()
            .expect("the notes")
            .push(format!("{method} {target}"));
        Some(answer("502 Bad Gateway", "X-Proxy: ours"))
    });
    let through = |arguments: Vec<String>| {
        stage.run_with(arguments, b"", |command| {
            for variable in [
                "HTTP_PROXY",
                "HTTPS_PROXY",
                "http_proxy",
                "https_proxy",
                "ALL_PROXY",
            ] {
                command.env(variable, &proxy);
            }
        })
    };
    through(stage.connect_arguments()).expect(0);
    assert_eq!(*asked.lock().expect("the notes"), Vec::<String>::new());

    let mut elsewhere = stage.connect_arguments();
    elsewhere[2] = "halo.example.invalid".to_owned();
    elsewhere.extend(["--profile".to_owned(), "second".to_owned()]);
    through(elsewhere)
        .expect(75)
        .says(["halo.example.invalid", "proxy"]);
    let asked = asked.lock().expect("the notes");
    assert!(
        asked
            .iter()
            .all(|line| line == "CONNECT halo.example.invalid:443"),
        "{asked:?}"
    );
    assert!(!asked.is_empty(), "the proxy was not asked");
}

#[test]
fn the_profile_can_come_from_the_environment() {
    let stage = Stage::new();
    let named = |arguments: Vec<String>, profile: &str| {
        stage.run_with(arguments, b"", |command| {
            command.env("HALOLINK_PROFILE", profile);
        })
    };
    named(stage.connect_arguments(), "second").expect(0);
    stage
        .run(["list", "slas"])
        .expect(3)
        .says(["\"default\" is not connected"]);
    stage.run(["list", "slas", "-p", "second"]).expect(0);
    named(vec!["list".into(), "slas".into()], "second").expect(0);
    // What is typed goes before it.
    named(
        vec!["list".into(), "slas".into(), "-p".into(), "default".into()],
        "second",
    )
    .expect(3);
    named(vec!["status".into()], "../elsewhere")
        .expect(2)
        .says(["HALOLINK_PROFILE"]);
}

/// `connect` that works, with these flags added or put in place.
fn connect(stage: &Stage, flags: &[(&str, &str)]) -> Outcome {
    let mut arguments = stage.connect_arguments();
    for (flag, value) in flags {
        if let Some(position) = arguments.iter().position(|argument| argument == flag) {
            arguments[position + 1] = (*value).to_owned();
        } else if value.is_empty() {
            arguments.push((*flag).to_owned());
        } else {
            arguments.extend([(*flag).to_owned(), (*value).to_owned()]);
        }
    }
    stage.run(arguments)
}

fn without_tokens() -> Stage {
    Stage::new()
        .without("HALOLINK_RESELLER_TOKEN")
        .without("HALOLINK_ACCESS_TOKEN")
}

fn without_secrets() -> Stage {
    without_tokens().without("HALOLINK_CLIENT_SECRET")
}

/// Files with the three secrets: client secret, reseller token, access token.
fn secret_files(stage: &Stage) -> [String; 3] {
    let credentials = stage.sandbox.credentials();
    [
        &credentials.client_secret,
        &credentials.reseller_token,
        &credentials.access_token,
    ]
    .map(|secret| stage.file(format!("{secret}\n").as_bytes()).display().to_string())
}

/// Nothing is stored: no file, no directory.
#[track_caller]
fn assert_untouched(stage: &Stage) {
    assert!(stage.traces().is_empty(), "{:?}", stage.traces());
    assert!(!stage.config_directory().exists());
    assert!(!stage.home().join("data").exists());
}

trait Fails {
    #[track_caller]
    fn expect_failure(self);
}

impl Fails for Outcome {
    /// Not done, and neither a crash nor a question of patience alone.
    #[track_caller]
    fn expect_failure(self) {
        assert!(matches!(self.code, Some(1 | 3)), "{self}");
        assert!(self.stderr.contains("error:"), "{self}");
    }
}

#[test]
fn a_state_that_names_a_directory_is_kept_in_it() {
    let stage = Stage::new();
    let directory = stage.home().join("elsewhere");
    std::fs::create_dir(&directory).expect("a directory can be made");
    let outcome = stage.run_with(stage.connect_arguments(), b"", |command| {
        command.env("HALOLINK_STATE", &directory);
    });
    outcome.expect(0);
    assert!(directory.join("state.db").is_file());
}
