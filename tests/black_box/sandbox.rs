//! `halolink sandbox`: the tour in an empty world, and a server that a foreign client works against.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use crate::support::{Stage, home};
use halolink::sandbox::{Fault, Options, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;

#[test]
fn the_tour_passes_in_an_empty_world_and_leaves_nothing_behind() {
    let place = Place::new();
    let output = place.run(&["sandbox", "--tour"]);
    let printed = String::from_utf8(output.stdout).expect("text");
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(0), "{printed}{said}");
    for command in [
        "connect",
        "configure",
        "map-org",
        "sync-seats",
        "open-ticket",
        "status",
        "unlink",
        "revoke",
    ] {
        assert!(
            printed.contains(&format!("$ halolink {command}")),
            "{command} is not shown:\n{printed}"
        );
    }
    assert!(printed.contains("The tour is complete"), "{printed}");
    place.assert_empty();
}

#[test]
fn the_tour_shows_no_secret() {
    for arguments in [
        &["sandbox", "--tour"][..],
        &["sandbox", "--tour", "-vvv"],
        &["sandbox", "--tour", "-o", "json"],
    ] {
        let output = Place::new().run(arguments);
        let shown = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(shown.contains("main-app-token"), "{shown}");
        // The same seed has the same secrets.
        let twin = Sandbox::start(Options::default()).expect("the sandbox starts");
        let credentials = twin.credentials();
        let mut secrets = vec![
            credentials.client_secret.clone(),
            credentials.reseller_token.clone(),
            credentials.access_token.clone(),
            "Bearer ".to_owned(),
            "eyJ".to_owned(),
        ];
        let world = twin.world();
        secrets.extend(
            world
                .organizations
                .iter()
                .map(|organization| organization.authentication_token.clone()),
        );
        for secret in secrets {
            assert!(!shown.contains(&secret), "{secret} is shown by {arguments:?}");
        }
    }
}

#[test]
fn the_tour_as_json_is_one_document_with_every_step() {
    let output = Place::new().run(&["sandbox", "--tour", "-o", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("one document");
    let steps = document["steps"].as_array().expect("an array");
    assert!(steps.len() > 8);
    for step in steps {
        let keys: BTreeSet<&str> = step
            .as_object()
            .expect("an object")
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            keys,
            BTreeSet::from(["command", "exit_code", "output", "checked"])
        );
    }
    assert_eq!(steps.last().expect("steps")["exit_code"], 3);
}

#[test]
fn the_tour_passes_with_other_data_too() {
    for arguments in [
        &["sandbox", "--tour", "--seed", "7", "--organizations", "12"][..],
        &["sandbox", "--tour", "--organizations", "250"],
        &[
            "sandbox",
            "--tour",
            "--fault",
            "token-dies",
            "--fault",
            "pages-capped",
        ],
    ] {
        let place = Place::new();
        let output = place.run(arguments);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{arguments:?}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        place.assert_empty();
    }
}

#[test]
fn the_tour_fails_where_an_effect_is_not_there_and_cleans_up_all_the_same() {
    let place = Place::new();
    let output = place.run(&["sandbox", "--tour", "--fault", "redirect-elsewhere"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("the tour failed"));
    place.assert_empty();
    let output = place.run(&["sandbox", "--tour", "--organizations", "2"]);
    assert_eq!(output.status.code(), Some(2));
    place.assert_empty();
}

#[cfg(unix)]
#[test]
fn a_tour_that_is_stopped_leaves_nothing_behind() {
    let place = Place::new();
    let mut child = place
        .command(&["sandbox", "--tour", "--latency", "300"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    lines.next().expect("the first step is shown").expect("text");
    interrupt(&child);
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    place.assert_empty();
}

#[test]
fn what_the_server_prints_is_enough_to_connect() {
    let server = Server::start(&[]);
    let printed = server.head(|line| line.contains("--backup-url"));
    let stage = Stage::new();
    let connect = printed.last().expect("a command line");
    let arguments: Vec<&str> = connect.split_whitespace().skip(1).collect();
    let variables: Vec<(&str, &str)> = printed
        .iter()
        .filter_map(|line| line.strip_prefix("export ")?.split_once('='))
        .collect();
    assert_eq!(variables.len(), 3, "{printed:?}");
    let run = |arguments: &[&str]| {
        stage.run_with(arguments, b"", |command| {
            command.envs(variables.iter().copied());
        })
    };
    run(&arguments).expect(0);
    run(&["--profile", "sandbox", "list", "customers"])
        .expect(0)
        .prints(["Northwind Dental"]);
}

#[cfg(unix)]
#[test]
fn the_server_ends_at_ctrl_c() {
    let mut server = Server::start(&["-o", "json"]);
    server.document();
    interrupt(&server.child);
    assert_eq!(server.child.wait().expect("it ends").code(), Some(130));
}

/// As any other tool does it, without a line of halolink's own client.
#[test]
fn a_foreign_client_lists_customers_and_licenses_and_posts_a_ticket() {
    let server = Server::start(&["-o", "json"]);
    let served = server.document();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let site = served["site_url"].as_str().expect("a URL");
        let get = async |path: &str, token: &str| -> Value {
            let request = client.get(format!("{site}{path}")).bearer_auth(token);
            let answer = request.send().await.expect("an answer");
            assert!(answer.status().is_success(), "{path}: {}", answer.status());
            answer.json().await.expect("JSON")
        };

        let info = get("/api/authinfo", "").await;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", served["client_id"].as_str().expect("an id")),
            (
                "client_secret",
                served["client_secret"].as_str().expect("a secret"),
            ),
            ("scope", "all"),
        ];
        assert!(info["tenant_id"].is_string(), "{info}");
        // Most clients leave the tenant out: its own host names it.
        let token_url = format!("{}/token", info["auth_url"].as_str().expect("a URL"));
        let answer = client
            .post(token_url)
            .form(&form)
            .send()
            .await
            .expect("an answer");
        let answer: Value = answer.json().await.expect("JSON");
        assert!(answer["scope"].as_str().expect("scopes").contains("edit:tickets"));
        let token = answer["access_token"].as_str().expect("a token").to_owned();

        let customers = get("/api/Client?pageinate=true&page_no=1&page_size=1000", &token).await;
        let customers = customers["clients"].as_array().expect("clients").clone();
        assert!(
            customers
                .iter()
                .any(|customer| customer["name"] == "Northwind Dental" && customer["id"] == 21)
        );
        let licenses = get("/api/SoftwareLicence?client_id=21", &token).await;
        let licenses = licenses["licences"].as_array().expect("licences").clone();
        assert!(
            licenses
                .iter()
                .any(|license| license["id"] == 17 && license["count"].is_number())
        );

        let ticket = json!([{
            "client_id": 21, "summary": "From another tool", "details_html": "<p>x</p>", "tickettype_id": 1,
            "sla_id": 1, "priority_id": 5, "usertype": 1,
            "userlookup": {"id": -1, "lookupdisplay": "Enter Details Manually"}, "site_id": null,
            "donotapplytemplateintheapi": true, "_novalidate": true,
        }]);
        let request = client
            .post(format!("{site}/api/Tickets"))
            .bearer_auth(&token)
            .json(&ticket);
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.status());
        let posted: Value = answer.json().await.expect("JSON");
        let read = get(
            &format!("/api/Tickets/{}?includedetails=true", posted["id"]),
            &token,
        )
        .await;
        assert_eq!(
            (&read["summary"], &read["priority_id"]),
            (&json!("From another tool"), &json!(5))
        );

        // An object is no array, and a stranger gets in nowhere.
        let request = client
            .post(format!("{site}/api/Tickets"))
            .bearer_auth(&token)
            .json(&ticket[0]);
        assert!(
            request
                .send()
                .await
                .expect("an answer")
                .status()
                .is_client_error()
        );
        let stranger = client
            .get(format!("{site}/api/Client"))
            .bearer_auth("nobody")
            .send()
            .await
            .expect("an answer");
        assert_eq!(stranger.status().as_u16(), 401);

        // What was received can be read back, without the secret.
        let received = get("/sandbox/requests", "").await;
        let received = received.as_array().expect("an array").clone();
        assert!(
            received
                .iter()
                .any(|request| request["method"] == "POST" && request["path"] == "/api/Tickets")
        );
        let secret = served["client_secret"].as_str().expect("a secret");
        assert!(!Value::from(received).to_string().contains(secret));
    });
}

#[test]
fn the_server_prints_where_it_is_and_what_opens_it() {
    let server = Server::start(&[
        "-o",
        "json",
        "--organizations",
        "5",
        "--fault",
        "pages-capped",
        "--seed",
        "3",
    ]);
    let served = server.document();
    let keys: BTreeSet<&str> = served
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    let expected = [
        "site_url",
        "backup_url",
        "tenant",
        "client_id",
        "client_secret",
        "reseller_token",
        "access_token",
        "organizations",
        "faults",
        "broken",
    ];
    assert_eq!(keys, BTreeSet::from(expected));
    assert_eq!(served["organizations"], 5);
    assert_eq!(served["faults"], json!(["pages-capped"]));
    for url in ["site_url", "backup_url"] {
        assert!(
            served[url]
                .as_str()
                .expect("a URL")
                .starts_with("http://127.0.0.1:"),
            "{served}"
        );
    }
}

#[test]
fn an_unknown_fault_is_a_usage_error_that_lists_the_faults() {
    let place = Place::new();
    let output = place.run(&["sandbox", "--fault", "no-such-fault"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let help = String::from_utf8(place.run(&["sandbox", "--help"]).stdout).expect("text");
    assert!(said.contains("no-such-fault"), "{said}");
    for fault in Fault::ALL {
        assert!(said.contains(fault.name()), "{fault} is not in: {said}");
        assert!(help.contains(fault.name()), "{fault} is not in the help");
    }
}

#[test]
fn backups_are_broken_from_the_start_and_while_it_runs_and_healed_again() {
    let place = Place::new();
    let output = place.run(&["sandbox", "--break", "Contosso Ltd:main-app-token"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("Contosso Ltd") && said.contains("Contoso Ltd [e9fd] (1788161-15)"),
        "{said}"
    );

    let server = Server::start(&["-o", "json", "--break", "Contoso:main-app-token"]);
    let served = server.document();
    assert_eq!(served["broken"], json!(["1788161-15:main-app-token"]));
    let site = served["site_url"].as_str().expect("a URL").trim_end_matches('/');
    let url = format!("{site}/sandbox/broken");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let client = reqwest::Client::new();
        let ask = async |method: &str, body: Value| {
            let method = method.parse().expect("a method");
            let request = client.request(method, &url).body(body.to_string());
            let response = request.send().await.expect("an answer");
            let status = response.status().as_u16();
            (status, response.text().await.expect("text"))
        };
        let (status, text) = ask("PUT", json!(["Northwind:tasks-connection", "Zzyzx:space-full"])).await;
        assert_eq!(status, 400);
        assert!(text.contains("Zzyzx"), "{text}");
        let (_, text) = ask("GET", Value::Null).await;
        assert_eq!(text, r#"["1788161-15:main-app-token"]"#, "none of them is broken");

        let (status, text) = ask("PUT", json!(["Northwind:tasks-connection"])).await;
        let broken: Vec<String> = serde_json::from_str(&text).expect("an array");
        assert_eq!((status, broken.len()), (200, 2), "{text}");
        assert!(broken[1].starts_with("1788161-14:tasks-connection:"), "{text}");
        let healed = json!([broken[1], "Contoso:main-app-token"]);
        assert_eq!(ask("DELETE", healed).await, (200, "[]".to_owned()));
        assert_eq!(ask("DELETE", json!("no array")).await.0, 400);
    });
}

#[test]
fn a_port_that_is_taken_is_a_clear_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let output = Place::new().run(&["sandbox", "--halo-port", &port]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains(&format!("cannot listen on 127.0.0.1:{port}")));
}

/// An empty world: a home with nothing in it, and no variables but those that say where files go.
struct Place {
    home: TempDir,
    temporary: TempDir,
    current: TempDir,
}

impl Place {
    #[track_caller]
    fn new() -> Self {
        let directory = || tempfile::tempdir().expect("a directory");
        Self {
            home: directory(),
            temporary: directory(),
            current: directory(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = home::halolink(self.home.path());
        command
            .args(arguments)
            .current_dir(self.current.path())
            .stdin(Stdio::null());
        for name in ["TMPDIR", "TEMP", "TMP"] {
            command.env(name, self.temporary.path());
        }
        command
    }

    #[track_caller]
    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("it runs")
    }

    #[track_caller]
    fn assert_empty(&self) {
        let is_empty = |path: &Path| std::fs::read_dir(path).expect("readable").next().is_none();
        assert!(is_empty(self.temporary.path()), "temporary files are left");
        assert!(is_empty(self.current.path()), "files are left");
        assert!(is_empty(self.home.path()), "files are left at home");
    }
}

/// `halolink sandbox`, until this is dropped.
struct Server {
    child: Child,
    lines: std::cell::RefCell<std::io::Lines<BufReader<std::process::ChildStdout>>>,
    _place: Place,
}

impl Server {
    #[track_caller]
    fn start(arguments: &[&str]) -> Self {
        let place = Place::new();
        let mut child = place
            .command(&[&["sandbox"], arguments].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self {
            child,
            lines: lines.into(),
            _place: place,
        }
    }

    /// What it prints, up to the line that is so.
    #[track_caller]
    fn head(&self, is_last: impl Fn(&str) -> bool) -> Vec<String> {
        let mut head = Vec::new();
        for line in self.lines.borrow_mut().by_ref() {
            let line = line.expect("text");
            head.push(line.clone());
            if is_last(&line) {
                return head;
            }
        }
        panic!("it ended after printing {head:?}");
    }

    /// What it prints as JSON.
    #[track_caller]
    fn document(&self) -> Value {
        serde_json::from_str(&self.head(|line| line == "}").join("\n")).expect("one document")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended already is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What Ctrl-C does.
#[cfg(unix)]
#[track_caller]
fn interrupt(child: &Child) {
    let status = home::program("kill", &std::env::temp_dir())
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(status.expect("kill is there").success());
}
