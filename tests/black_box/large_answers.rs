//! An answer that unpacks to far more than it weighs is given up, before it has taken the machine's memory.

use std::{
    fs,
    io::{Read, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};

use crate::support::{
    Outcome, Running, Stage,
    proxy::{Answer, answering},
};

/// Memory that halolink may take at most, in kB.
const MOST_MEMORY: u64 = 600_000;

/// These texts, each so many times, packed.
#[track_caller]
fn packed(parts: &[(&str, usize)]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    for (text, times) in parts {
        let block = text.repeat(1_000);
        for _ in 0..times / 1_000 {
            packer.write_all(block.as_bytes()).expect("packed");
        }
        let rest = text.repeat(times % 1_000);
        packer.write_all(rest.as_bytes()).expect("packed");
    }
    packer.finish().expect("packed")
}

/// How a command ends when answers to that path are these packed bytes, and what memory it took at most, in kB.
#[track_caller]
fn answered(path: &'static str, body: Vec<u8>, command: &[&str]) -> (Outcome, u64) {
    let stage = Stage::new();
    let is_large = Arc::new(AtomicBool::new(false));
    let switch = is_large.clone();
    let change = move |_: &str, asked: &str, answer: Answer| {
        if !switch.load(Ordering::Relaxed) || !asked.starts_with(path) {
            return answer;
        }
        let mut large = Answer::json(body.clone());
        large.encoding = Some("gzip");
        large
    };
    let (site, backup) = (stage.sandbox.site_url(), stage.sandbox.backup_url());
    let (old, new) = if path.starts_with("/api/users") {
        let url = answering(backup.trim_end_matches("/api"), change);
        (backup, format!("{url}/api"))
    } else {
        let url = answering(&site, change);
        (site, url)
    };
    let mut arguments = stage.connect_arguments();
    let place = arguments.iter_mut().find(|text| **text == old);
    *place.expect("the URL is given") = new;
    stage.run(arguments).expect(0);
    is_large.store(true, Ordering::Relaxed);
    measured(stage.start(command))
}

#[track_caller]
fn measured(mut running: Running) -> (Outcome, u64) {
    let status = format!("/proc/{}/status", running.child.id());
    // Read on the side, so that a full pipe stops nobody.
    let mut errors = running.child.stderr.take().expect("stderr is piped");
    let said = thread::spawn(move || {
        let mut text = String::new();
        errors.read_to_string(&mut text).map(|_| text)
    });
    let mut peak = 0;
    while running.child.try_wait().expect("it can be asked").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let size = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(size.unwrap_or(0));
        thread::sleep(Duration::from_millis(2));
    }
    let mut outcome = running.end();
    outcome.stderr = said.join().expect("read").expect("text");
    (outcome, peak)
}

#[track_caller]
fn given_up(path: &'static str, body: Vec<u8>, command: &[&str], says: &str) {
    assert!(body.len() < 2_000_000, "the answer is not small: {}", body.len());
    let (outcome, peak) = answered(path, body, command);
    assert!(peak > 5_000, "nothing was measured: {peak} kB\n{outcome}");
    assert!(peak < MOST_MEMORY, "{peak} kB\n{outcome}");
    outcome.expect(1).says([says]);
}

#[test]
fn an_answer_of_more_than_64_mb_is_not_unpacked_further() {
    let spaces = packed(&[(" ", 70 << 20), ("[]", 1)]);
    let says = "more than 64 MB in one answer";
    given_up("/api/users", spaces.clone(), &["list", "organizations"], says);
    given_up("/api/Client", spaces, &["list", "customers"], says);
}

#[test]
fn a_list_of_more_than_200_000_rows_is_given_up() {
    let rows = |before: &str, after: &str| packed(&[(before, 1), ("{},", 10 << 20), (after, 1)]);
    let says = "more than 200,000 rows in one answer";
    for (before, after) in [
        ("[", "{}]"),
        ("[{\"result_set\":[", "{}]}]"),
        ("{\"data\":[", "{}],\"pagination\":{\"next_page\":null}}"),
    ] {
        given_up(
            "/api/users",
            rows(before, after),
            &["list", "organizations"],
            says,
        );
    }
    let halo = rows("{\"record_count\":3,\"clients\":[", "{}]}");
    given_up("/api/Client", halo, &["list", "customers"], says);
}

#[test]
fn of_a_huge_row_only_what_is_needed_is_kept() {
    let before = "[{\"id\":\"9-9\",\"organization_name\":\"Huge\",\"seats_used\":4";
    for parts in [
        // Millions of fields.
        &[(before, 1), (",\"f\":[1]", 3 << 20), ("}]", 1)][..],
        // A number that is a list.
        &[
            (before, 1),
            (",\"active_seats\":[", 1),
            ("{},", 10 << 20),
            ("{}]}]", 1),
        ],
        // Lists within lists.
        &[
            (before, 1),
            (",\"admin\":", 1),
            ("[", 10 << 20),
            ("]", 10 << 20),
            ("}]", 1),
        ],
        // An endless text.
        &[(before, 1), (",\"email\":\"", 1), ("a", 40 << 20), ("\"}]", 1)],
    ] {
        let (outcome, peak) = answered(
            "/api/users",
            packed(parts),
            &["list", "organizations", "-o", "json"],
        );
        assert!((5_000..MOST_MEMORY).contains(&peak), "{peak} kB\n{outcome}");
        let outcome = outcome.expect(0);
        let rows = outcome.json();
        assert_eq!(rows.as_array().map(Vec::len), Some(1), "{outcome}");
        assert_eq!(rows[0]["name"], "Huge", "{outcome}");
    }
}
