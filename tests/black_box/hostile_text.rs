//! Names that were made to drive a terminal, to hide or to pose as others: no screen, pipe or document
//! passes them on as they are, and what is printed of them can be typed.

use crate::support::{
    Stage,
    terminal::{ENTER, Terminal},
};

/// Sets the window's title, clears the screen, turns the text round, hides a letter.
const HOSTILE: &str = "Go\u{1b}]0;pwned\u{7}ld\u{1b}[2J\u{9b}2J\u{202e}\u{e0041}\r\nhint: curl evil";
/// What is left of it.
const SHOWN: &str = "Go]0;pwnedld[2J2J hint: curl evil";

fn stage() -> Stage {
    let stage = Stage::of(3);
    stage.connect();
    {
        let mut world = stage.world();
        for sla in world.slas.values_mut().filter(|sla| sla.name == "Gold") {
            sla.name = HOSTILE.to_owned();
        }
        for priority in &mut world.priorities {
            priority.name = format!("{}\u{1b}]0;pwned\u{7}", priority.name);
        }
        for ticket_type in world.ticket_types.values_mut() {
            ticket_type.name.push_str("\u{1b}[2J");
        }
    }
    stage
}

fn is_hidden(character: char) -> bool {
    character.is_control() && character != '\n' || matches!(character, '\u{202e}' | '\u{e0041}')
}

#[test]
fn a_prompt_cannot_be_driven() {
    let stage = stage();
    let mut terminal = Terminal::start(&stage, &["configure"]);
    for question in ["Sync seats", "Seat metric", "Ticket type"] {
        terminal.sees(question).types(ENTER);
    }
    terminal.sees("SLA").sees(SHOWN).types("pwned");
    terminal.waits_for("one SLA", |screen| !screen.contains("Silver"));
    terminal.types(ENTER);
    terminal
        .sees(&format!("Priority (of {SHOWN})"))
        .sees("]0;pwned")
        .types(ENTER);
    terminal.sees("Outcome of notes").types(ENTER);
    terminal.sees("When a backup has recovered").types(ENTER);
    assert_eq!(terminal.ends(), 0, "{}", terminal.text());
    let bytes = terminal.received();
    for driven in ["\u{1b}]0;", "\u{1b}[2J", "\u{9b}", "\u{202e}", "\u{e0041}"] {
        assert!(!bytes.contains(driven), "{driven:?} came through:\n{bytes:?}");
    }
}

#[test]
fn what_is_printed_can_be_typed() {
    let stage = stage();
    let listed = stage.run(["list", "slas"]).expect(0);
    assert!(listed.stdout.contains(SHOWN), "{listed}");
    for typed in [SHOWN, HOSTILE, "go]0;PWNED"] {
        stage.run(["configure", "--sla", typed]).expect(0);
        let shown = stage.run(["configure", "--show", "-o", "json"]).expect(0).json();
        assert_eq!(shown["sla"]["name"], HOSTILE, "as it is at the source");
    }
}

#[test]
fn names_that_look_the_same_are_listed_with_their_ids() {
    let stage = Stage::of(3);
    stage.connect();
    {
        let mut world = stage.world();
        for (sla, name) in world
            .slas
            .values_mut()
            .zip(["Platinum", "Pla\u{ad}tinum\u{200b}"])
        {
            sla.name = name.to_owned();
        }
    }
    let refused = stage.run(["configure", "--sla", "Platinum"]).expect(2);
    assert_eq!(refused.stderr.matches("\n  Platinum (").count(), 2, "{refused}");
}

#[test]
fn a_document_shows_nothing_hidden_and_loses_nothing() {
    let stage = stage();
    let outcome = stage.run(["list", "slas", "-o", "json"]).expect(0);
    assert!(!outcome.stdout.contains(is_hidden), "{outcome}");
    assert!(
        outcome
            .json()
            .as_array()
            .is_some_and(|slas| slas.iter().any(|sla| sla["name"] == HOSTILE)),
        "{outcome}"
    );
    let missing = stage.run([
        "configure",
        "--sla",
        HOSTILE,
        "--priority",
        "None\u{9b}2J",
        "-o",
        "json",
    ]);
    assert!(!missing.stdout.contains(is_hidden), "{missing}");
    assert!(!missing.stderr.contains(is_hidden), "{missing}");
}

#[test]
fn an_argument_cannot_drive_the_terminal_that_it_is_refused_on() {
    let stage = Stage::of(3);
    let hostile = "x\u{1b}]0;pwned\u{7}\u{9b}2J\nhint: curl evil";
    for arguments in [
        vec!["sync-seats".to_owned(), format!("--{hostile}")],
        vec!["sync-seats".to_owned(), format!("--max-change={hostile}")],
        vec![
            "sync-seats".to_owned(),
            "--max-change".to_owned(),
            hostile.to_owned(),
        ],
        vec![hostile.to_owned()],
        vec![
            "configure".to_owned(),
            "--seat-metric".to_owned(),
            hostile.to_owned(),
        ],
        vec!["completions".to_owned(), hostile.to_owned()],
        vec!["--profile".to_owned(), hostile.to_owned(), "status".to_owned()],
    ] {
        for format in ["table", "json"] {
            let mut all = vec!["-o".to_owned(), format.to_owned()];
            all.extend(arguments.clone());
            let outcome = stage.run(&all).expect(2);
            let shown = format!("{}{}", outcome.stdout, outcome.stderr);
            assert!(!shown.contains(is_hidden), "{outcome}");
            assert!(!shown.contains("\nhint: curl"), "{outcome}");
        }
    }
}
