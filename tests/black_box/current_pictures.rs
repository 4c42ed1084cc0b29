//! What people see, whole: screens of 80 and of 140 columns as pictures in `tests/pictures/`, so that a change of
//! the output shows in a review as what it does to the screen. `HALOLINK_UPDATE=1` makes them anew.
//!
//! Only on Linux: elsewhere a terminal draws the same text from other bytes.

use std::{collections::BTreeSet, fmt::Write, path::PathBuf};

use assert_cmd::cargo::cargo_bin;
use snapbox::{Assert, Data, IntoData, assert::Action, data::DataFormat};

use crate::support::{Stage, terminal::Terminal};

const WIDTHS: [u16; 2] = [80, 140];
/// More than any of these screens has.
const ROWS: u16 = 120;
/// Every picture there is.
const PICTURES: [&str; 11] = [
    "configure-show",
    "failure",
    "help",
    "history",
    "list-organizations",
    "map-org-doubt",
    "open-ticket",
    "status",
    "sync-seats",
    "sync-seats-dry-run",
    "sync-tickets-dry-run",
];
/// As long as the sandbox's own address, so that it takes the place of that in any layout.
const SITE: &str = "https://my.halopsa.com";

#[test]
fn status() {
    let stage = Stage::connected();
    stage.configure_tickets();
    stage.map_these(&stage.plain(3));
    stage.sync([]).expect(0);
    as_ever(&stage);
    picture(&stage, "status", &["status"], 0);
}

#[test]
fn list_organizations() {
    let stage = Stage::of(8);
    stage.connect();
    stage.map_these(&stage.plain(3));
    picture(&stage, "list-organizations", &["list", "organizations"], 0);
}

#[test]
fn history() {
    let (stage, mapping) = Stage::mapped_with(3);
    stage.sync([]).expect(0);
    stage.add_seats(&mapping[..1], 3);
    stage.set_seats(&mapping[1].0, 0);
    stage.sync([]).expect(4);
    as_ever(&stage);
    picture(&stage, "history", &["history"], 0);
}

#[test]
fn failure() {
    let stage = Stage::connected();
    let arguments = [
        "map-org",
        "Nortwind Dental",
        "--customer",
        "21",
        "--license",
        "17",
    ];
    picture(&stage, "failure", &arguments, 2);
}

#[test]
fn help() {
    picture(&Stage::new(), "help", &["sync-seats", "--help"], 0);
}

#[test]
fn configure_show() {
    let stage = Stage::connected();
    stage.configure_tickets();
    picture(&stage, "configure-show", &["configure", "--show"], 0);
}

#[test]
fn a_dry_run_with_something_held_back() {
    let stage = with_changes();
    picture(&stage, "sync-seats-dry-run", &["sync-seats", "--dry-run"], 4);
}

#[test]
fn a_sync() {
    // The second one would find nothing to do.
    for width in WIDTHS {
        let stage = with_changes();
        pictures(&stage, "sync-seats", &["sync-seats", "--yes"], 4, &[width]);
    }
}

#[test]
fn a_mapping_that_looks_wrong() {
    let stage = Stage::connected();
    let arguments = ["map-org", "1788161-14", "--customer", "22", "--license", "22"];
    for width in WIDTHS {
        let mut terminal = start(&stage, &arguments, width);
        terminal.sees("(y/n) › no");
        let shown = terminal.shown();
        compare(&stage, "map-org-doubt", width, &arguments, &shown);
    }
}

#[test]
fn a_ticket() {
    for width in WIDTHS {
        let stage = Stage::connected();
        stage.configure_tickets();
        stage.map("1788161-14", "21", "17").expect(0);
        let arguments = ["open-ticket", "1788161-14", "--error", "main-app-token"];
        pictures(&stage, "open-ticket", &arguments, 0, &[width]);
    }
}

#[test]
fn a_dry_run_of_tickets() {
    let stage = Stage::connected();
    let mut mapping = stage.world().suggested_mapping();
    mapping.truncate(5);
    stage.map_these(&mapping);
    let breakage = format!("{}:connection-error", mapping[1].0);
    stage.sandbox.break_backup(&breakage).expect("broken");
    picture(&stage, "sync-tickets-dry-run", &["sync-tickets", "--dry-run"], 0);
}

#[test]
fn every_picture_is_of_a_test() {
    let kept: BTreeSet<String> = std::fs::read_dir(directory())
        .expect("tests/pictures is there")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let made = PICTURES
        .iter()
        .flat_map(|name| WIDTHS.map(|width| file_name(name, width)));
    assert_eq!(kept, made.collect());
}

#[test]
fn the_readme_shows_four() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("README.md is there");
    let shown: Vec<&str> = readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| target.ends_with(".svg"))
        .collect();
    assert_eq!(shown.len(), 4, "{shown:?}");
    for target in shown {
        assert!(root.join(target).is_file(), "{target} is not there");
    }
}

/// Compares what a person sees who types this with the pictures of that name.
#[track_caller]
fn picture(stage: &Stage, name: &str, arguments: &[&str], code: u32) {
    pictures(stage, name, arguments, code, &WIDTHS);
}

/// The same, in these widths.
#[track_caller]
fn pictures(stage: &Stage, name: &str, arguments: &[&str], code: u32, widths: &[u16]) {
    for width in widths {
        let mut terminal = start(stage, arguments, *width);
        assert_eq!(terminal.ends(), code, "{}", terminal.text());
        compare(stage, name, *width, arguments, &terminal.shown_at_the_end());
    }
}

#[track_caller]
fn start(stage: &Stage, arguments: &[&str], width: u16) -> Terminal {
    // A path is as long as it is on this machine.
    let state = [("HALOLINK_STATE", "data/state.db")];
    Terminal::start_sized(stage, cargo_bin("halolink"), arguments, &state, (ROWS, width))
}

/// Compares a screen with its picture, or draws it.
#[track_caller]
fn compare(stage: &Stage, name: &str, width: u16, arguments: &[&str], screen: &vt100::Screen) {
    assert!(PICTURES.contains(&name), "{name} is not in PICTURES");
    let action = match std::env::var_os("HALOLINK_UPDATE") {
        Some(_) => Action::Overwrite,
        None => Action::Verify,
    };
    let shown = format!("\u{1b}[1m$ {}\u{1b}[0m\n{}", typed(arguments), colored(screen));
    let shown = shown.replace(stage.sandbox.site_url().trim_end_matches('/'), SITE);
    assert!(
        !shown.contains("127.0.0.1"),
        "the sandbox's ports change:\n{shown}"
    );
    let path = directory().join(file_name(name, width));
    let expected = Data::read_from(&path, Some(DataFormat::TermSvg)).raw();
    if let Err(error) = Assert::new()
        .action(action)
        .try_eq(None, shown.into_data(), expected)
    {
        panic!(
            "{error}\nIf that is what people are to see: HALOLINK_UPDATE=1 cargo test --test black_box current"
        );
    }
}

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pictures")
}

fn file_name(name: &str, width: u16) -> String {
    format!("{name}-{width}.term.svg")
}

/// The command line as a person types it.
fn typed(arguments: &[&str]) -> String {
    let mut typed = "halolink".to_owned();
    for argument in arguments {
        if argument.contains(' ') {
            write!(typed, " \"{argument}\"").expect("a String takes it");
        } else {
            write!(typed, " {argument}").expect("a String takes it");
        }
    }
    typed
}

/// The lines of a screen, each with what colours it; without the empty ones at the end.
fn colored(screen: &vt100::Screen) -> String {
    let (rows, columns) = screen.size();
    let mut lines: Vec<String> = (0..rows).map(|row| line(screen, row, columns)).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.join("\n")
}

fn line(screen: &vt100::Screen, row: u16, columns: u16) -> String {
    let mut line = String::new();
    let mut drawn = String::new();
    let mut blanks = 0;
    for cell in (0..columns).filter_map(|column| screen.cell(row, column)) {
        if cell.is_wide_continuation() {
            continue;
        }
        let style = style(cell);
        if style.is_empty() && !cell.has_contents() {
            blanks += 1;
            continue;
        }
        if drawn != style {
            if !drawn.is_empty() {
                line.push_str("\u{1b}[0m");
            }
            line.extend(std::iter::repeat_n(' ', std::mem::take(&mut blanks)));
            line.push_str(&style);
            drawn = style;
        }
        line.extend(std::iter::repeat_n(' ', std::mem::take(&mut blanks)));
        line.push_str(if cell.has_contents() { cell.contents() } else { " " });
    }
    if !drawn.is_empty() {
        line.push_str("\u{1b}[0m");
    }
    line.truncate(line.trim_end().len());
    line
}

/// What switches a cell's colours on.
fn style(cell: &vt100::Cell) -> String {
    let mut codes = Vec::new();
    for (is_on, code) in [
        (cell.bold(), 1),
        (cell.dim(), 2),
        (cell.italic(), 3),
        (cell.underline(), 4),
        (cell.inverse(), 7),
    ] {
        if is_on {
            codes.push(code.to_string());
        }
    }
    for (color, code) in [(cell.fgcolor(), 38), (cell.bgcolor(), 48)] {
        match color {
            vt100::Color::Default => {}
            // The first sixteen are the terminal's own.
            vt100::Color::Idx(index @ 0..=7) => codes.push((code - 8 + u16::from(index)).to_string()),
            vt100::Color::Idx(index @ 8..=15) => codes.push((code + 52 + u16::from(index) - 8).to_string()),
            vt100::Color::Idx(index) => codes.push(format!("{code};5;{index}")),
            vt100::Color::Rgb(red, green, blue) => codes.push(format!("{code};2;{red};{green};{blue}")),
        }
    }
    if codes.is_empty() {
        return String::new();
    }
    format!("\u{1b}[{}m", codes.join(";"))
}

/// Synced once, and since then: a few seats more, many more, and none any more.
#[track_caller]
fn with_changes() -> Stage {
    let (stage, mapping) = Stage::synced_with(6);
    stage.add_seats(&mapping[..3], 2);
    stage.set_seats(&mapping[3].0, 240);
    stage
}

/// What differs from run to run and from machine to machine is put to what it might be at a partner's: the sites,
/// who ran it, and when.
#[track_caller]
fn as_ever(stage: &Stage) {
    let places = [
        (stage.sandbox.site_url(), SITE),
        (stage.sandbox.backup_url(), "https://dropsuite.us/api"),
    ];
    let config = stage.config_directory().join("config.toml");
    let mut text = std::fs::read_to_string(&config).expect("config.toml is there");
    for (here, there) in &places {
        assert!(text.contains(here.as_str()), "{here} is not in {text}");
        text = text.replace(here.as_str(), there);
    }
    std::fs::write(&config, text).expect("config.toml can be written");
    let statements = "\
        UPDATE profiles SET site_url = 'https://my.halopsa.com/';\
        UPDATE runs SET user_name = 'anna', host_name = 'desk-7',\
          started_at = printf('2026-01-31T17:%02d:00Z', id), finished_at = printf('2026-01-31T17:%02d:05Z', id);\
        UPDATE changes SET recorded_at = '2026-01-31T17:01:04Z';\
        UPDATE mappings SET mapped_at = '2026-01-30T09:12:00Z';";
    stage.change_state(statements);
}
