//! Tab completion in the real shells: whatever a name is, TAB and ENTER give it to the program as it is, in one
//! argument, and run nothing of it. A shell that is missing fails its test; `tests/run` installs them.
#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    thread,
    time::{Duration, Instant},
};

use assert_cmd::cargo::cargo_bin;

use crate::support::{Stage, home, terminal::Terminal};

const TAB: &str = "\t";
const ENTER: &str = "\r";
/// After this long the program will not be run any more.
const LONGEST: Duration = Duration::from_secs(20);

/// Names that a shell would take apart, run or replace, each with beginnings that somebody may have typed.
const NAMES: [(&str, &[&str]); 10] = [
    ("$(touch pwned)", &[r"\$", "'$", r"'$(touch"]),
    ("`touch pwned`", &[r"\`", "'`"]),
    (
        "Brown, Smith & Co",
        &["Br", "\"Br", "'Br", r"Brown,\ Sm", "'Brown, Smith &"],
    ),
    ("O'Brien \"Q\" \\ end", &["O", "\"O", "'O", "\"O'Br"]),
    ("!history", &[r"\!", "'!"]),
    ("~root", &[r"\~", "'~", "\"~"]),
    ("Acme; touch pwned #1 *", &["Ac", "\"Ac", "'Ac", r"Acme\;"]),
    ("Deals! $HOME `id` {a,b}", &["De", "\"De", "'De"]),
    ("Zürich Müller [e9fd]", &["Z", "\"Zürich M", "'Z"]),
    (
        "key=value: \"quoted\"",
        &["ke", "\"ke", "'ke", "key=", "key=value:"],
    ),
];

/// Two that begin alike, in what a shell would run.
const ALIKE: [&str; 2] = ["Twin $(touch pwned) A", "Twin $(touch pwned) B"];

#[track_caller]
fn stage() -> Stage {
    let stage = Stage::new();
    {
        let mut world = stage.world();
        let names = NAMES.iter().map(|(name, _)| *name).chain(ALIKE);
        let mut organizations = world.organizations.iter_mut();
        for name in names.clone() {
            organizations.next().expect("enough of them").organization_name = name.to_owned();
        }
        for other in organizations {
            other.organization_name = format!("({})", other.organization_name);
        }
        let mut customers = world.customers.values_mut().filter(|customer| !customer.inactive);
        for name in names {
            customers.next().expect("enough of them").name = name.to_owned();
        }
        for other in customers {
            other.name = format!("({})", other.name);
        }
    }
    stage.connect();
    stage.run(["list", "customers", "--refresh"]).expect(0);
    stage.run(["list", "priorities", "--refresh"]).expect(0);
    // In place of the program stands one that tells what it was given.
    let recorder = stage.home().join("bin").join("halolink");
    fs::create_dir(recorder.parent().expect("a directory")).expect("a directory can be made");
    let script =
        "#!/bin/sh\nprintf '%s\\0' \"$@\" > \"$HOME/given.new\" && mv \"$HOME/given.new\" \"$HOME/given\"\n";
    fs::write(&recorder, script).expect("a file can be written");
    fs::set_permissions(&recorder, fs::Permissions::from_mode(0o755)).expect("it can be made executable");
    stage
}

/// A shell at its prompt, with the completion of the built binary.
#[track_caller]
fn at_prompt(stage: &Stage, shell: &str) -> Terminal {
    let binary = cargo_bin("halolink").display().to_string();
    let home = stage.home();
    let start_up = home.join(".zshrc");
    let arguments: Vec<String> = match shell {
        "bash" => {
            fs::write(
                &start_up,
                format!("PS1='ready> '\nsource <(COMPLETE=bash {binary})\n"),
            )
            .expect("a file");
            let start_up = start_up.display().to_string();
            ["--noprofile", "--rcfile", &start_up, "-i"]
                .map(str::to_owned)
                .to_vec()
        }
        "zsh" => {
            let script = format!(
                "autoload -Uz compinit; compinit -u -D\nPS1='ready> '\nsource <(COMPLETE=zsh {binary})\n"
            );
            fs::write(&start_up, script).expect("a file");
            ["-d", "-i"].map(str::to_owned).to_vec()
        }
        _ => {
            let script = format!(
                "COMPLETE=fish {binary} | source; function fish_prompt; echo -n 'ready> '; end; set fish_greeting"
            );
            ["--no-config", "-i", "-C", &script].map(str::to_owned).to_vec()
        }
    };
    let path = format!(
        "{}:{}",
        home.join("bin").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut terminal = Terminal::start_program(
        stage,
        shell,
        &arguments,
        &[("PATH", &path), ("LANG", "C.UTF-8"), ("LC_ALL", "C.UTF-8")],
    );
    terminal.sees("ready>");
    terminal
}

/// What the program was given after this was typed.
#[track_caller]
fn given(stage: &Stage, terminal: &mut Terminal, typed: &[&str]) -> Vec<String> {
    let file = stage.home().join("given");
    for keys in typed {
        terminal.types(keys);
        settle(terminal);
    }
    terminal.types(ENTER);
    let end = Instant::now() + LONGEST;
    while !file.exists() {
        assert!(
            Instant::now() < end,
            "{typed:?} runs nothing:\n{}",
            terminal.text()
        );
        thread::sleep(Duration::from_millis(10));
    }
    let text = fs::read_to_string(&file).expect("text");
    fs::remove_file(&file).expect("it can be removed");
    settle(terminal);
    text.split_terminator('\0').map(str::to_owned).collect()
}

/// Waits until the shell has nothing more to show.
fn settle(terminal: &Terminal) {
    let mut before = None;
    loop {
        let now = Some(terminal.received().len());
        if now == before {
            return;
        }
        before = now;
        thread::sleep(Duration::from_millis(150));
    }
}

#[track_caller]
fn completes_in(shell: &str) {
    let stage = stage();
    let mut terminal = at_prompt(&stage, shell);
    let mut wrong = Vec::new();
    let mut check = |terminal: &mut Terminal, typed: &[&str], expected: &[&str]| {
        let given = given(&stage, terminal, typed);
        if given != expected {
            wrong.push(format!("{typed:?} gave {given:?} and not {expected:?}"));
        }
    };
    for (name, beginnings) in NAMES {
        for beginning in beginnings {
            let typed = format!("halolink map-org {beginning}");
            check(&mut terminal, &[&typed, TAB], &["map-org", name]);
        }
    }
    let name = NAMES[2].0;
    check(
        &mut terminal,
        &["halolink map-org --customer Br", TAB],
        &["map-org", "--customer", name],
    );
    let both = format!("--customer={name}");
    for beginning in ["Br", "'Br", "\"Br"] {
        let typed = format!("halolink map-org --customer={beginning}");
        check(&mut terminal, &[&typed, TAB], &["map-org", &both]);
    }
    // What both have in common is inserted, then one of them.
    for beginning in ["Tw", "'Tw", "\"Tw"] {
        let typed = format!("halolink map-org {beginning}");
        check(&mut terminal, &[&typed, TAB, "B", TAB], &["map-org", ALIKE[1]]);
    }
    // A word in the middle of others, and flags and commands as before.
    check(
        &mut terminal,
        &["halolink map-org Br", TAB, "--dry-", TAB, "-q"],
        &["map-org", name, "--dry-run", "-q"],
    );
    check(&mut terminal, &["halolink stat", TAB], &["status"]);
    // What belongs to one error: the error, and then the value behind the equals sign.
    let of_error = ["configure", "--priority-of", "main-app-token=Urgent 2h"];
    for typed in [
        &["halolink configure --priority-of main", TAB, "Ur", TAB][..],
        &["halolink configure --priority-of main-app-token=Ur", TAB],
        &["halolink configure --priority-of 'main-app-token=Ur", TAB],
    ] {
        check(&mut terminal, typed, &of_error);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(!stage.home().join("pwned").exists(), "a name was run");
    assert!(
        !terminal.received().contains("command not found"),
        "{}",
        terminal.text()
    );
}

#[test]
fn bash_gives_names_as_they_are() {
    completes_in("bash");
}

#[test]
fn zsh_gives_names_as_they_are() {
    completes_in("zsh");
}

#[test]
fn fish_gives_names_as_they_are() {
    completes_in("fish");
}

/// A script may ask the function itself, with no line but the words.
#[test]
fn the_function_of_bash_answers_scripts() {
    let stage = stage();
    let script = format!(
        "source <(COMPLETE=bash {})\n\
         COMP_WORDS=(halolink map-org Br); COMP_CWORD=2\n\
         _clap_complete_halolink halolink Br map-org\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        cargo_bin("halolink").display()
    );
    let output = home::program("bash", stage.home())
        .args(["--noprofile", "--norc", "-c", &script])
        .output()
        .expect("bash is there");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim_end(),
        r"Brown,\ Smith\ \&\ Co",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
