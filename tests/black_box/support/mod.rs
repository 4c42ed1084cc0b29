//! The stage for the tests: a sandbox, an empty home, and the built binary in front of it.
//!
//! A test reads as what a user does: `Stage::mapped()`, `.run(["sync-seats", "--yes"])`, `.expect(0)`, and then
//! looks at what the sandbox has.

#[cfg(target_os = "linux")]
pub mod browser;
pub mod home;
pub mod job;
pub mod proxy;
pub mod terminal;
pub mod usages;

use std::{
    collections::{HashMap, HashSet},
    fmt::Display,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use halolink::sandbox::{Fault, Options, Received, Sandbox, Service, Ticket, World};
use serde_json::Value;
use sqlx::Connection;
use tempfile::TempDir;

/// A sandbox, an empty home, and the binary.
pub struct Stage {
    pub sandbox: Sandbox,
    home: TempDir,
    without: Vec<&'static str>,
    files: AtomicUsize,
}

/// How a command ended.
pub struct Outcome {
    pub command: String,
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Stage {
    /// The default sandbox, and nothing done yet.
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    /// Connected; what was received is forgotten.
    #[track_caller]
    pub fn connected() -> Self {
        let stage = Self::new();
        stage.connect();
        stage.sandbox.forget_received();
        stage
    }

    /// Connected, and every organization mapped that the sandbox suggests a license for; what was received is
    /// forgotten.
    #[track_caller]
    pub fn mapped() -> Self {
        let stage = Self::connected();
        stage.map_all();
        stage.sandbox.forget_received();
        stage
    }

    /// Connected, and these mapped: organization, customer, license; what was received is forgotten.
    #[must_use]
    #[track_caller]
    pub fn mapped_to(mapping: &[(&str, i64, i64)]) -> Self {
        let stage = Self::connected();
        stage.map_these(mapping);
        stage.sandbox.forget_received();
        stage
    }

    /// Connected, and so many plain organizations mapped; what was received is forgotten.
    #[must_use]
    #[track_caller]
    pub fn mapped_with(count: usize) -> (Self, Vec<(String, i64, i64)>) {
        let stage = Self::connected();
        let mapping = stage.plain(count);
        stage.map_these(&mapping);
        stage.sandbox.forget_received();
        (stage, mapping)
    }

    /// Connected, all mapped and synced once; what was received is forgotten.
    #[track_caller]
    pub fn synced() -> Self {
        let stage = Self::new();
        stage.sync_all();
        stage
    }

    /// Connected, so many plain organizations mapped and synced once; what was received is forgotten.
    #[track_caller]
    pub fn synced_with(count: usize) -> (Self, Vec<(String, i64, i64)>) {
        let stage = Self::new();
        let mapping = stage.sync_plain(count);
        (stage, mapping)
    }

    /// Nothing done yet, and no secret in the environment.
    pub fn without_secrets() -> Self {
        Self::new()
            .without("HALOLINK_CLIENT_SECRET")
            .without("HALOLINK_RESELLER_TOKEN")
            .without("HALOLINK_ACCESS_TOKEN")
    }

    /// A sandbox with so many organizations.
    pub fn of(organizations: usize) -> Self {
        Self::with(Options {
            organizations,
            ..Options::default()
        })
    }

    /// A sandbox with these options.
    #[track_caller]
    pub fn with(options: Options) -> Self {
        Self {
            sandbox: Sandbox::start(options).expect("the sandbox starts"),
            home: tempfile::tempdir().expect("a temporary directory"),
            without: Vec::new(),
            files: AtomicUsize::new(0),
        }
    }

    /// Commands are run without this variable from now on.
    pub fn without(mut self, variable: &'static str) -> Self {
        self.without.push(variable);
        self
    }

    /// Connects the default profile, secrets from the environment.
    #[track_caller]
    pub fn connect(&self) -> &Self {
        self.run(self.connect_arguments()).expect(0);
        self
    }

    /// The arguments of a `connect` that works.
    pub fn connect_arguments(&self) -> Vec<String> {
        [
            "connect",
            "--site-url",
            &self.sandbox.site_url(),
            "--client-id",
            &self.sandbox.credentials().client_id,
            "--backup-url",
            &self.sandbox.backup_url(),
            "--secret-store",
            "none",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    /// Configures what tickets are opened as: incidents, with the priority that only the SLA Gold has.
    #[track_caller]
    pub fn configure_tickets(&self) {
        let incident = ["configure", "--ticket-type", "Incident"];
        let priority = ["--sla", "Gold", "--priority", "Critical 1h"];
        self.run([&incident[..], &priority].concat()).expect(0);
    }

    /// Maps every organization that the sandbox suggests a license for; how many.
    pub fn map_all(&self) -> usize {
        let mapping = self.world().suggested_mapping();
        self.map_these(&mapping);
        mapping.len()
    }

    /// Maps these: organization, customer, license.
    #[track_caller]
    pub fn map_these(&self, mapping: &[(impl Display, i64, i64)]) {
        let mut rows = String::from("organization,customer,license\n");
        for (organization, customer, license) in mapping {
            rows.push_str(&format!("{organization},{customer},{license}\n"));
        }
        let file = self.file(rows.as_bytes());
        self.run(["map-org", "--from", &file.display().to_string(), "--yes"])
            .expect(0);
    }

    /// Maps an organization to a customer's license.
    #[must_use]
    pub fn map(&self, organization: &str, customer: &str, license: &str) -> Outcome {
        let arguments = ["--customer", customer, "--license", license];
        self.run([&["map-org", organization][..], &arguments].concat())
    }

    /// The same with a yes to whatever is asked.
    #[must_use]
    pub fn map_anew(&self, organization: &str, customer: &str, license: &str) -> Outcome {
        let arguments = ["--customer", customer, "--license", license, "--yes"];
        self.run([&["map-org", organization][..], &arguments].concat())
    }

    /// Connects, maps all and syncs once; what was received is forgotten.
    #[track_caller]
    pub fn sync_all(&self) {
        self.connect();
        self.map_all();
        self.sync([]).expect(0);
        self.sandbox.forget_received();
    }

    /// `sync-seats --yes -o json` with more arguments.
    #[must_use]
    pub fn sync<const N: usize>(&self, arguments: [&str; N]) -> Outcome {
        let mut all = vec!["sync-seats", "--yes", "-o", "json"];
        all.extend(arguments);
        self.run(all)
    }

    /// Runs a command to its end, nobody at the terminal.
    #[must_use]
    pub fn run<S: AsRef<str>>(&self, arguments: impl IntoIterator<Item = S>) -> Outcome {
        let arguments: Vec<String> = arguments
            .into_iter()
            .map(|text| text.as_ref().to_owned())
            .collect();
        let mut command = self.command();
        command.args(&arguments);
        finish(command, &arguments, b"")
    }

    /// Runs a command with changes to it (variables, standard input).
    #[must_use]
    pub fn run_with<S: AsRef<str>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
        input: &[u8],
        change: impl FnOnce(&mut Command),
    ) -> Outcome {
        let arguments: Vec<String> = arguments
            .into_iter()
            .map(|text| text.as_ref().to_owned())
            .collect();
        let mut command = self.command();
        command.args(&arguments);
        change(&mut command);
        finish(command, &arguments, input)
    }

    /// The binary with the variables of this stage and no others.
    pub fn command(&self) -> Command {
        let mut command = home::halolink(self.home());
        command.env_clear().envs(self.variables());
        command
    }

    /// The variables of this stage.
    pub fn variables(&self) -> Vec<(String, String)> {
        let credentials = self.sandbox.credentials();
        let mut variables = home::variables(self.home());
        for (name, secret) in [
            ("HALOLINK_CLIENT_SECRET", &credentials.client_secret),
            ("HALOLINK_RESELLER_TOKEN", &credentials.reseller_token),
            ("HALOLINK_ACCESS_TOKEN", &credentials.access_token),
        ] {
            variables.push((name.to_owned(), secret.clone()));
        }
        variables.retain(|(name, _)| !self.without.contains(&name.as_str()));
        variables
    }

    /// The home directory of the stage.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Where `config.toml` is.
    pub fn config_directory(&self) -> PathBuf {
        self.home.path().join("config")
    }

    /// Where the state is.
    pub fn state_file(&self) -> PathBuf {
        self.home.path().join("data").join("state.db")
    }

    /// Changes the state behind halolink's back; how many rows.
    #[track_caller]
    pub fn change_state(&self, statements: &str) -> u64 {
        let change = async {
            let path = self.state_file().display().to_string();
            let mut state = sqlx::SqliteConnection::connect(&path).await?;
            let mut changed = 0;
            for statement in statements.split(';') {
                let statement = sqlx::AssertSqlSafe(statement.to_owned());
                changed += sqlx::query(statement).execute(&mut state).await?.rows_affected();
            }
            state.close().await?;
            Ok::<_, sqlx::Error>(changed)
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime
            .expect("a runtime")
            .block_on(change)
            .expect("the state can be changed")
    }

    /// A file outside of the places that halolink writes to.
    #[track_caller]
    pub fn file(&self, content: &[u8]) -> PathBuf {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        let path = self.home.path().join(format!("file-{number}.csv"));
        std::fs::write(&path, content).expect("a file can be written");
        path
    }

    /// Deletes what `file` made.
    #[track_caller]
    pub fn delete_files(&self) {
        for number in 0..self.files.load(Ordering::Relaxed) {
            let path = self.home.path().join(format!("file-{number}.csv"));
            std::fs::remove_file(path).expect("the file is there");
        }
    }

    /// Every file below the home directory that halolink may have written.
    pub fn traces(&self) -> Vec<PathBuf> {
        let mut traces = Vec::new();
        let mut directories = vec![self.config_directory(), self.home.path().join("data")];
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    directories.push(entry.path());
                } else {
                    traces.push(entry.path());
                }
            }
        }
        traces
    }

    /// The sandbox's records. Let go of it before the next command.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.sandbox.world()
    }

    /// The quantity of a license now.
    pub fn count(&self, license: i64) -> i64 {
        self.world().licenses[&license].count
    }

    /// Sets the used seats of an organization.
    #[track_caller]
    pub fn set_seats(&self, organization: &str, seats: i64) {
        let mut world = self.world();
        let found = world
            .organizations
            .iter_mut()
            .find(|found| found.id == organization);
        found.expect("the organization is there").seats_used = seats;
    }

    /// Requests that Halo received with this method and path (without regard to case).
    pub fn halo_requests(&self, method: &str, path: &str) -> Vec<Received> {
        let mut received = self.sandbox.received();
        received.retain(|request| {
            request.service == Service::Halo
                && request.method == method
                && request.path.eq_ignore_ascii_case(path)
        });
        received
    }

    /// How many requests Halo received.
    pub fn halo_count(&self) -> usize {
        self.sandbox
            .received()
            .iter()
            .filter(|request| request.service == Service::Halo)
            .count()
    }

    /// Switches faults on, in place of those that were, each of which must have struck by now.
    pub fn faults<const N: usize>(&self, faults: [Fault; N]) {
        self.every_fault_struck();
        self.sandbox.set_faults(faults.to_vec());
    }

    /// Asserts that every fault that is on has struck: a test that sets one which never does shows nothing. Done
    /// at the end of every stage too.
    #[track_caller]
    pub fn every_fault_struck(&self) {
        let mut idle = self.sandbox.faults();
        idle.retain(|fault| self.sandbox.struck(*fault) == 0);
        assert!(idle.is_empty(), "set and never struck: {idle:?}");
    }

    /// The tickets of a customer, oldest first.
    pub fn tickets(&self, customer: i64) -> Vec<Ticket> {
        let world = self.world();
        let of_customer = |ticket: &&Ticket| ticket.client_id == Some(customer);
        world.tickets.values().filter(of_customer).cloned().collect()
    }

    /// Whether Halo received any request that could have changed something (tokens aside).
    pub fn was_written(&self) -> bool {
        let is_write = |request: &Received| request.method != "GET" && request.path != "/auth/token";
        self.sandbox.received().iter().any(is_write)
    }

    /// How many requests each service received: Halo and SaaS Backup.
    pub fn received_counts(&self) -> (usize, usize) {
        let received = self.sandbox.received();
        let halo = received.iter().filter(|request| request.service == Service::Halo);
        let halo = halo.count();
        (halo, received.len() - halo)
    }

    /// The number of mappings that are stored, as `list mappings` tells.
    #[track_caller]
    pub fn mapping_count(&self) -> usize {
        let outcome = self.run(["list", "mappings", "-o", "json"]).expect(0);
        outcome.json().as_array().expect("a list is an array").len()
    }

    /// Organizations with a license of their own and nothing odd about them: organization, customer, license.
    #[track_caller]
    pub fn plain(&self, count: usize) -> Vec<(String, i64, i64)> {
        let world = self.world();
        let mut mapping = world.suggested_mapping();
        let mut users: HashMap<i64, usize> = HashMap::new();
        for (_, _, license) in &mapping {
            *users.entry(*license).or_default() += 1;
        }
        let odd: HashSet<&str> = world
            .organizations
            .iter()
            .filter(|organization| organization.flg_suspended || organization.customer_deactivated)
            .map(|organization| organization.id.as_str())
            .collect();
        mapping
            .retain(|(organization, _, license)| users[license] == 1 && !odd.contains(organization.as_str()));
        mapping.truncate(count);
        assert_eq!(mapping.len(), count, "the sandbox has too few");
        mapping
    }

    /// Connects, maps so many plain organizations and syncs once; what was received is forgotten.
    #[track_caller]
    pub fn sync_plain(&self, count: usize) -> Vec<(String, i64, i64)> {
        let mapping = self.plain(count);
        self.connect();
        self.map_these(&mapping);
        self.sync([]).expect(0);
        self.sandbox.forget_received();
        mapping
    }

    /// The used seats of an organization.
    #[track_caller]
    pub fn seats(&self, organization: &str) -> i64 {
        let world = self.world();
        let found = world.organizations.iter().find(|found| found.id == organization);
        found.expect("the organization is there").seats_used
    }

    /// Adds used seats to organizations.
    pub fn add_seats(&self, mapping: &[(String, i64, i64)], more: i64) {
        let wanted: HashSet<&str> = mapping.iter().map(|(id, _, _)| id.as_str()).collect();
        for organization in &mut self.world().organizations {
            if wanted.contains(organization.id.as_str()) {
                organization.seats_used += more;
            }
        }
    }

    /// Asserts that each license has the sum of the seats of its organizations.
    #[track_caller]
    pub fn expect_sums(&self, mapping: &[(String, i64, i64)]) {
        let world = self.world();
        let seats: HashMap<&str, i64> = world
            .organizations
            .iter()
            .map(|organization| (organization.id.as_str(), organization.seats_used))
            .collect();
        let mut sums: HashMap<i64, i64> = HashMap::new();
        for (organization, _, license) in mapping {
            *sums.entry(*license).or_default() += seats[organization.as_str()];
        }
        let wrong: Vec<String> = sums
            .iter()
            .filter(|(license, sum)| world.licenses[*license].count != **sum)
            .map(|(license, sum)| {
                let count = world.licenses[license].count;
                format!("license {license} has {count}, its organizations {sum}")
            })
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// Starts a command and lets it run.
    #[track_caller]
    #[must_use]
    pub fn start<S: AsRef<str>>(&self, arguments: impl IntoIterator<Item = S>) -> Running {
        let arguments: Vec<String> = arguments
            .into_iter()
            .map(|text| text.as_ref().to_owned())
            .collect();
        let mut command = self.command();
        command.args(&arguments);
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        Running {
            child,
            command: format!("halolink {}", arguments.join(" ")),
        }
    }

    /// Waits until the sandbox received what is looked for.
    #[track_caller]
    pub fn wait_for(&self, what: &str, found: impl Fn(&[Received]) -> bool) {
        let end = Instant::now() + Duration::from_secs(60);
        while !found(&self.sandbox.received()) {
            assert!(Instant::now() < end, "{what}: not received");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The runs that `history` tells, oldest first.
    #[track_caller]
    pub fn runs(&self) -> Vec<Value> {
        let history = self.run(["history", "-o", "json"]).expect(0).json();
        history.as_array().expect("history is an array").clone()
    }

    /// The last run that `history` tells.
    #[track_caller]
    pub fn last_run(&self) -> Value {
        self.runs().pop().expect("a run is recorded")
    }

    /// What is wrong with which organization, as `status` tells.
    #[track_caller]
    pub fn flagged(&self) -> Vec<(String, String)> {
        let status = self.run(["status", "-o", "json"]).expect(0).json();
        let flagged = status["mappings"]["flagged"].as_array();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        flagged
            .expect("flagged is an array")
            .iter()
            .map(|flagged| (text(&flagged["organization"]["id"]), text(&flagged["problem"])))
            .collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // One failure at a time.
        if !std::thread::panicking() {
            self.every_fault_struck();
        }
    }
}

/// A command that runs.
pub struct Running {
    pub child: Child,
    command: String,
}

impl Running {
    /// Waits for its end.
    #[track_caller]
    #[must_use]
    pub fn end(self) -> Outcome {
        let output = self.child.wait_with_output().expect("the binary ends");
        Outcome {
            command: self.command,
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }

    /// Kills it; what it said until then.
    #[track_caller]
    #[must_use]
    pub fn stop(mut self) -> Outcome {
        self.child.kill().expect("it can be killed");
        self.end()
    }

    /// Kills it once it has printed a JSON document and a line's end; what it said until then.
    #[track_caller]
    #[must_use]
    pub fn stop_after_a_document(mut self) -> Outcome {
        let mut printed = String::new();
        let mut stdout = BufReader::new(self.child.stdout.take().expect("stdout is piped"));
        while serde_json::from_str::<Value>(&printed).is_err() {
            let read = stdout.read_line(&mut printed).expect("stdout is UTF-8");
            assert!(read > 0, "{} ended: {printed}", self.command);
        }
        let outcome = self.stop();
        Outcome {
            stdout: printed,
            ..outcome
        }
    }

    /// Kills it, as `kill -9` does. Whether it still ran.
    #[track_caller]
    #[must_use]
    pub fn kill(mut self) -> bool {
        let ran = self.child.try_wait().expect("it can be asked").is_none();
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
        ran
    }
}

#[track_caller]
fn finish(mut command: Command, arguments: &[String], input: &[u8]) -> Outcome {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // A command that does not read its input has closed it: not this test's concern.
    let _ = child
        .stdin
        .take()
        .expect("standard input is piped")
        .write_all(input);
    let output = child.wait_with_output().expect("the binary ends");
    Outcome {
        command: format!("halolink {}", arguments.join(" ")),
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
    }
}

impl Outcome {
    /// Asserts the exit code.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// Asserts that stderr has all these texts.
    #[track_caller]
    pub fn says<const N: usize>(self, texts: [&str; N]) -> Self {
        for text in texts {
            assert!(
                self.stderr.contains(text),
                "\"{text}\" is not in what was said\n{self}"
            );
        }
        self
    }

    /// Asserts that stdout has all these texts.
    #[track_caller]
    pub fn prints<const N: usize>(self, texts: [&str; N]) -> Self {
        for text in texts {
            assert!(
                self.stdout.contains(text),
                "\"{text}\" is not in what was printed\n{self}"
            );
        }
        self
    }

    /// Stdout as the one JSON document that it must be.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }

    /// The change of a license in the report of `sync-seats`.
    #[track_caller]
    #[must_use]
    pub fn change(&self, license: i64) -> Value {
        let document = self.json();
        let changes = document["changes"].as_array().expect("changes is an array");
        changes
            .iter()
            .find(|change| change["license"]["id"] == license)
            .unwrap_or_else(|| panic!("license {license} is not in the report\n{self}"))
            .clone()
    }

    /// Asserts that neither stream has any of these texts.
    #[track_caller]
    pub fn hides<const N: usize>(self, texts: [&str; N]) -> Self {
        for text in texts {
            assert!(
                !self.stdout.contains(text) && !self.stderr.contains(text),
                "\"{text}\" is shown\n{self}"
            );
        }
        self
    }

    /// The first change of a report.
    #[must_use]
    pub fn first_change(&self) -> Value {
        self.json()["changes"][0].clone()
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(
            formatter,
            "$ {}\nexit code {:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.command, self.code, self.stdout, self.stderr
        )
    }
}
