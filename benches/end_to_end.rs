//! `sync-seats` and `sync-tickets` against the sandbox, from start to end:
//!
//!     cargo bench --bench end_to_end [-- ORGANIZATIONS [LATENCY_MS]]
//!
//! For each size: every organization is mapped and synced for the first time, then one in twenty gets a
//! seat more, and one more run is measured. Then three in a hundred lose their token: one run opens their tickets, and the
//! next finds nothing new. Prints what that run changed, the requests it took, its time
//! and its memory at the peak. The sandbox runs in this process, on the same machine.

use std::{
    error::Error,
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

use halolink::sandbox::{Options, Sandbox};
use serde_json::Value;

/// Organizations and milliseconds before every answer, where nothing is asked for.
const USUAL: [(usize, u64); 6] = [
    (12, 0),
    (230, 0),
    (1000, 0),
    (1000, 100),
    (10_000, 0),
    (10_000, 100),
];
/// One of so many organizations has a seat more than at the last sync.
const ONE_OF: usize = 20;
/// One of so many organizations loses its token.
const ONE_BROKEN_OF: usize = 33;
/// The most organizations of which tickets are measured where nothing is asked for: each is looked into.
const MOST_WITH_TICKETS: usize = 1000;

const HEADER: [&str; 10] = [
    "organizations",
    "latency",
    "run",
    "changes",
    "unchanged",
    "to Halo",
    "to SaaS Backup",
    "seconds",
    "peak memory",
    "result",
];

fn main() -> ExitCode {
    let numbers: Vec<u64> = std::env::args()
        .skip(1)
        // Cargo's own.
        .filter(|argument| argument != "--bench")
        .filter_map(|argument| argument.replace([',', '_'], "").parse().ok())
        .collect();
    let cases = match numbers.as_slice() {
        [] => USUAL.to_vec(),
        [organizations, rest @ ..] => {
            vec![(*organizations as usize, rest.first().copied().unwrap_or(0))]
        }
    };
    let mut rows = vec![HEADER.map(str::to_owned)];
    let mut code = ExitCode::SUCCESS;
    for (organizations, latency) in cases {
        eprintln!("{organizations} organizations, {latency} ms …");
        match measure(organizations, latency, !numbers.is_empty()) {
            Ok(measured) => rows.extend(measured),
            Err(error) => {
                eprintln!("{organizations} organizations, {latency} ms: {error}");
                code = ExitCode::FAILURE;
            }
        }
    }
    print(&rows);
    code
}

/// The first sync of so many organizations, one more after some changed, and the tickets of some that break.
fn measure(organizations: usize, latency: u64, was_asked: bool) -> Result<Vec<[String; 10]>, Box<dyn Error>> {
    let sandbox = Sandbox::start(Options {
        organizations,
        latency: Duration::from_millis(latency),
        // Mapping and two syncs in a row are more than one window allows.
        rate_limit: u32::MAX,
        ..Options::default()
    })?;
    let home = tempfile::tempdir()?;
    let command = |arguments: &[&str]| command(&sandbox, home.path(), arguments);
    finished(&mut command(&[
        "connect",
        "--site-url",
        &sandbox.site_url(),
        "--client-id",
        &sandbox.credentials().client_id,
        "--backup-url",
        &sandbox.backup_url(),
        "--secret-store",
        "none",
    ]))?;
    let mut mapping = String::from("organization,customer,license\n");
    for (organization, customer, license) in sandbox.world().suggested_mapping() {
        mapping.push_str(&format!("{organization},{customer},{license}\n"));
    }
    let file = home.path().join("mapping.csv");
    std::fs::write(&file, mapping)?;
    finished(&mut command(&[
        "map-org",
        "--from",
        &file.display().to_string(),
        "--yes",
    ]))?;

    let sync = ["sync-seats", "--yes", "-o", "json"];
    let first = run(&mut command(&sync))?;
    let mut changed = 0;
    for (index, organization) in sandbox.world().organizations.iter_mut().enumerate() {
        if index % ONE_OF == 0 {
            organization.seats_used += 1;
            changed += 1;
        }
    }
    let second = run(&mut command(&sync))?;
    let right = |run: &Run| {
        let failed = run.count("/summary/failed")? + run.count("/summary/skipped")?;
        // Two are suspended or deactivated, a few share a license.
        Ok::<_, Box<dyn Error>>(failed <= 2)
    };
    let updated = second.count("/summary/updated")?;
    let result = |good: bool| if good { "right" } else { "WRONG" }.to_owned();
    let good = right(&second)? && updated <= changed && updated + 2 >= changed && is_billed(&sandbox);
    let mut rows = vec![
        row(
            organizations,
            latency,
            "first",
            &first,
            "updated",
            result(right(&first)?),
        )?,
        row(
            organizations,
            latency,
            "changes",
            &second,
            "updated",
            result(good),
        )?,
    ];
    if organizations > MOST_WITH_TICKETS && !was_asked {
        return Ok(rows);
    }
    let mapping = sandbox.world().suggested_mapping();
    for (organization, ..) in mapping.iter().step_by(ONE_BROKEN_OF) {
        sandbox.break_backup(&format!("{organization}:main-app-token"))?;
    }
    let tickets = ["sync-tickets", "--max-new", "1000000", "-o", "json"];
    let before = sandbox.tickets().len();
    let first = run(&mut command(&tickets))?;
    let second = run(&mut command(&tickets))?;
    let open = sandbox.tickets().len() - before;
    let good = first.count("/summary/opened")? == open && second.count("/summary/unchanged")? == open;
    rows.push(row(
        organizations,
        latency,
        "tickets",
        &first,
        "opened",
        result(good),
    )?);
    rows.push(row(
        organizations,
        latency,
        "again",
        &second,
        "opened",
        result(good),
    )?);
    Ok(rows)
}

/// Whether every license has the sum of the seats of its organizations.
fn is_billed(sandbox: &Sandbox) -> bool {
    let world = sandbox.world();
    let mut sums = std::collections::HashMap::new();
    let seats: std::collections::HashMap<_, _> = world
        .organizations
        .iter()
        .map(|organization| (&organization.id, organization))
        .collect();
    for (organization, _, license) in world.suggested_mapping() {
        let organization = seats[&organization];
        let known = !organization.flg_suspended && !organization.customer_deactivated;
        let sum: &mut Option<i64> = sums.entry(license).or_insert(Some(0));
        *sum = sum.filter(|_| known).map(|sum| sum + organization.seats_used);
    }
    sums.iter()
        .all(|(license, sum)| sum.is_none_or(|sum| world.licenses[license].count == sum))
}

/// A run that was measured.
struct Run {
    report: Value,
    time: Duration,
    /// In KB.
    memory: Option<u64>,
}

impl Run {
    fn count(&self, pointer: &str) -> Result<usize, Box<dyn Error>> {
        let number = self.report.pointer(pointer).and_then(Value::as_u64);
        Ok(number.ok_or("the report is not what it should be")? as usize)
    }
}

fn row(
    organizations: usize,
    latency: u64,
    name: &str,
    run: &Run,
    changes: &str,
    result: String,
) -> Result<[String; 10], Box<dyn Error>> {
    Ok([
        organizations.to_string(),
        format!("{latency} ms"),
        name.to_owned(),
        run.count(&format!("/summary/{changes}"))?.to_string(),
        run.count("/summary/unchanged")?.to_string(),
        run.count("/requests/halo")?.to_string(),
        run.count("/requests/backup")?.to_string(),
        format!("{:.2}", run.time.as_secs_f64()),
        run.memory.map_or("n/a".to_owned(), |memory| {
            format!("{:.1} MB", memory as f64 / 1024.0)
        }),
        result,
    ])
}

fn command(sandbox: &Sandbox, home: &Path, arguments: &[&str]) -> Command {
    let credentials = sandbox.credentials();
    let mut command = Command::new(env!("CARGO_BIN_EXE_halolink"));
    command
        .args(arguments)
        .env("HALOLINK_CONFIG_DIR", home.join("config"))
        .env("HALOLINK_STATE", home.join("state.db"))
        .env("HALOLINK_CLIENT_SECRET", &credentials.client_secret)
        .env("HALOLINK_RESELLER_TOKEN", &credentials.reseller_token)
        .env("HALOLINK_ACCESS_TOKEN", &credentials.access_token)
        .env("HALOLINK_REQUEST_LIMIT", "0");
    command
}

fn finished(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into())
}

fn run(command: &mut Command) -> Result<Run, Box<dyn Error>> {
    let started = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let process = child.id();
    let watching = thread::spawn(move || watch(process));
    let (output, time) = output_of(child, started)?;
    let memory = watching.join().map_err(|_| "the watching thread failed")?;
    Ok(Run {
        report: serde_json::from_slice(&output)?,
        time,
        memory,
    })
}

fn output_of(child: Child, started: Instant) -> Result<(Vec<u8>, Duration), Box<dyn Error>> {
    let output = child.wait_with_output()?;
    let time = started.elapsed();
    match output.status.code() {
        // A report is printed, too, where some licenses were held back.
        Some(0 | 4) => Ok((output.stdout, time)),
        code => Err(format!("the run ended with {code:?}").into()),
    }
}

/// The most memory that a process had while it ran, in KB. Only Linux tells.
fn watch(process: u32) -> Option<u64> {
    let mut most = None;
    while let Ok(status) = std::fs::read_to_string(format!("/proc/{process}/status")) {
        let now = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok());
        // A process that ended and was not waited for yet has none.
        let Some(now) = now else {
            break;
        };
        most = most.max(Some(now));
        thread::sleep(Duration::from_millis(2));
    }
    most
}

fn print(rows: &[[String; 10]]) {
    let mut widths = [0; 10];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.len());
        }
    }
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:>width$}"))
            .collect();
        println!("{}", cells.join("  "));
    }
}
