//! How long a person waits for the smallest answers, `--version` and tab completion, from start to end:
//!
//!     cargo bench --bench start [-- NAMES]
//!
//! The names are those of organizations in a state, as `list organizations --refresh` leaves them. Each command
//! runs many times, in turns with the others, so that a machine that is busy for a while is busy for all.
//! `true` shows what it takes to start any program.

use std::{
    error::Error,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use halolink::sandbox::{Options, Sandbox};

const NAMES: usize = 10_000;
const RUNS: usize = 200;

/// A command, and how many lines it has to print.
struct Case {
    name: String,
    command: Command,
    lines: std::ops::RangeInclusive<usize>,
    times: Vec<Duration>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let names = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(NAMES);
    let home = tempfile::tempdir()?;
    let name = prepare(home.path(), names)?;
    let mut version = halolink(home.path());
    version.arg("--version");
    let mut cases = vec![Case::new("true", Command::new("true"), 0..=0)];
    cases.push(Case::new("--version", version, 1..=1));
    for shell in ["bash", "zsh", "fish"] {
        let one = completion(home.path(), shell, &name);
        cases.push(Case::new(&format!("{shell}: 1 of {names} names"), one, 1..=1));
        let all = completion(home.path(), shell, "");
        // Flags are offered too.
        cases.push(Case::new(
            &format!("{shell}: all {names} names"),
            all,
            names..=names + 100,
        ));
    }
    for _ in 0..RUNS {
        for case in &mut cases {
            case.run()?;
        }
    }
    println!("{:<26} {:>10} {:>10}", "milliseconds", "least", "median");
    for mut case in cases {
        case.times.sort_unstable();
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        println!(
            "{:<26} {:>10.2} {:>10.2}",
            case.name,
            milliseconds(case.times[0]),
            milliseconds(case.times[RUNS / 2])
        );
    }
    Ok(())
}

impl Case {
    fn new(name: &str, mut command: Command, lines: std::ops::RangeInclusive<usize>) -> Self {
        command.stdin(Stdio::null()).stderr(Stdio::inherit());
        Self {
            name: name.to_owned(),
            command,
            lines,
            times: Vec::new(),
        }
    }

    fn run(&mut self) -> Result<(), Box<dyn Error>> {
        let started = Instant::now();
        let output = self.command.output()?;
        self.times.push(started.elapsed());
        let lines = output.stdout.iter().filter(|byte| **byte == b'\n').count();
        if output.status.success() && self.lines.contains(&lines) {
            return Ok(());
        }
        Err(format!("{}: {}, {lines} lines", self.name, output.status).into())
    }
}

/// Makes a state with so many names of organizations; one of them.
fn prepare(home: &Path, names: usize) -> Result<String, Box<dyn Error>> {
    let sandbox = Sandbox::start(Options {
        organizations: names,
        rate_limit: u32::MAX,
        ..Options::default()
    })?;
    let credentials = sandbox.credentials();
    let (site, backup) = (sandbox.site_url(), sandbox.backup_url());
    let connect = [
        "connect",
        "--site-url",
        &site,
        "--client-id",
        &credentials.client_id,
        "--backup-url",
        &backup,
        "--secret-store",
        "none",
    ];
    let list = ["list", "organizations", "--refresh"];
    for arguments in [&connect[..], &list] {
        let output = halolink(home)
            .args(arguments)
            .env("HALOLINK_CLIENT_SECRET", &credentials.client_secret)
            .env("HALOLINK_RESELLER_TOKEN", &credentials.reseller_token)
            .env("HALOLINK_ACCESS_TOKEN", &credentials.access_token)
            .env("HALOLINK_REQUEST_LIMIT", "0")
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
    }
    let world = sandbox.world();
    let middle = world.organizations.get(names / 2).ok_or("no organization")?;
    Ok(middle.organization_name.clone())
}

fn halolink(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_halolink"));
    command
        .env("HALOLINK_CONFIG_DIR", home.join("config"))
        .env("HALOLINK_STATE", home.join("state.db"));
    command
}

/// What a shell asks when somebody presses TAB after `halolink map-org` and this.
fn completion(home: &Path, shell: &str, typed: &str) -> Command {
    let mut command = halolink(home);
    command.env("COMPLETE", shell).arg("--");
    let quoted = format!("'{typed}");
    let line = format!("halolink map-org {quoted}");
    match (shell, typed) {
        ("bash", "") => command.args(["halolink map-org ", ""]),
        ("bash", _) => command.args([&line, &quoted]),
        ("fish", "") => command.arg("halolink map-org "),
        ("fish", _) => command.arg(line),
        _ => command.args(["halolink", "map-org", typed]),
    };
    command
}
