//! What holds for every command and every flag, whichever there are: they are taken from the arguments' own
//! definition, so that a new one is asked for its help, its JSON, its dry run and its secrets like the others.

use std::{collections::BTreeSet, path::Path};

use clap::{Arg, Command, CommandFactory, Parser, ValueHint};
use halolink::cli::Cli;
use serde_json::{Value, json};

use crate::support::{
    Outcome, Stage,
    usages::{Effect, NOT_LISTED, Usage, usages},
};

/// Prints a script for a shell, whatever the format.
const WITHOUT_JSON: &str = "completions";
/// Words in the name of a flag that would take a secret.
const SECRETS: [&str; 9] = [
    "secret",
    "token",
    "password",
    "passphrase",
    "credential",
    "credentials",
    "key",
    "bearer",
    "webhook",
];

#[test]
fn the_list_has_each_command_line_once() {
    let stage = Stage::new();
    let usages = usages(&stage);
    let lines: BTreeSet<String> = usages.iter().map(|usage| usage.arguments.join(" ")).collect();
    assert_eq!(lines.len(), usages.len());
}

#[test]
fn every_command_and_flag_is_in_the_list_that_the_tests_run() {
    let stage = Stage::new();
    let usages = usages(&stage);
    let mut missing = Vec::new();
    for (name, command) in commands() {
        let of_command: Vec<&Usage> = usages.iter().filter(|usage| usage.arguments[0] == name).collect();
        if of_command.is_empty() {
            missing.push(name.clone());
        }
        for flag in command.get_arguments().filter_map(flag) {
            let is_used = |usage: &&Usage| usage.arguments.contains(&flag);
            let used = if is_global(&flag) {
                usages.iter().any(|usage| is_used(&usage))
            } else {
                of_command.iter().any(is_used)
            };
            if !used && !NOT_LISTED.iter().any(|(listed, _)| *listed == flag) {
                missing.push(format!("{name} {flag}"));
            }
        }
    }
    assert!(missing.is_empty(), "not in support/usages.rs: {missing:#?}");
}

#[test]
fn every_command_that_changes_something_has_a_dry_run_and_one_document() {
    let stage = Stage::new();
    let mut before = world(&stage);
    for usage in usages(&stage) {
        let name = usage.arguments[0].as_str();
        if usage.effect == Effect::Looks {
            let outcome = run(&stage, &usage, &[]).expect(usage.code);
            assert_eq!(world(&stage), before, "it changed something\n{outcome}");
            if name != WITHOUT_JSON {
                outcome.json();
            }
            continue;
        }
        assert!(
            commands().iter().any(|(found, command)| found == name
                && command
                    .get_arguments()
                    .any(|argument| argument.get_id() == "dry_run")),
            "{name} changes something and has no --dry-run"
        );
        let outcome = run(&stage, &usage, &["--dry-run"]).expect(0);
        assert_eq!(world(&stage), before, "a dry run changed something\n{outcome}");
        check_report(&outcome, name, true);

        let outcome = run(&stage, &usage, &[]).expect(usage.code);
        let after = world(&stage);
        assert_ne!(after, before, "it changed nothing\n{outcome}");
        check_report(&outcome, name, false);
        before = after;
    }
}

#[test]
fn every_command_has_its_documents_documented() {
    let page = read("docs/json.md");
    for (name, _) in commands() {
        let is_documented = page
            .lines()
            .any(|line| line == format!("## `{name}`") || line.starts_with(&format!("## `{name} ")));
        assert_eq!(
            is_documented,
            name != WITHOUT_JSON,
            "docs/json.md has a section `{name}`: {is_documented}"
        );
    }
}

#[test]
fn every_command_is_in_the_readme_and_in_the_help() {
    let (readme, help) = (read("README.md"), Cli::command().render_long_help().to_string());
    for (name, _) in commands() {
        let named = [format!("halolink {name}"), format!("`{name}")];
        assert!(
            named.iter().any(|text| readme.contains(text)),
            "{name} is not in the README"
        );
        assert!(
            help.contains(&format!("\n  {name} ")),
            "{name} is not in the help"
        );
    }
}

#[test]
fn every_command_has_help_with_an_example_and_every_flag_says_what_it_does() {
    let stage = Stage::new();
    for (name, command) in commands() {
        let help = stage.run([&name, "--help"]).expect(0).stdout;
        assert!(help.contains("Example"), "{help}");
        let examples = examples(&help);
        assert!(
            examples.iter().any(|words| words.contains(&name)),
            "no example of {name}\n{help}"
        );
        for argument in command.get_arguments() {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(!help.is_empty(), "{name} {} has no help", argument.get_id());
        }
    }
    stage
        .run(["--help"])
        .expect(0)
        .prints(["Exit codes:", "halolink connect", "sandbox --tour"]);
    assert!(stage.traces().is_empty());
}

/// An example that the program itself would refuse helps nobody.
#[test]
fn every_example_in_the_help_and_in_the_readme_is_understood() {
    let stage = Stage::new();
    let mut texts: Vec<String> = commands()
        .iter()
        .map(|(name, _)| stage.run([name, "--help"]).expect(0).stdout)
        .collect();
    texts.push(read("README.md"));
    texts.push(read("CONTRIBUTING.md"));
    let mut understood = 0;
    for words in texts.iter().flat_map(|text| examples(text)) {
        if let Err(error) = Cli::try_parse_from(&words) {
            panic!("{words:?}: {error}");
        }
        understood += 1;
    }
    assert!(understood > 30, "only {understood} examples were found");
}

#[test]
fn no_flag_takes_a_secret() {
    for (name, command) in commands() {
        for argument in command.get_arguments().filter(|argument| takes_a_value(argument)) {
            let id = argument.get_id().as_str();
            let is_of_a_secret = id.split('_').any(|word| SECRETS.contains(&word));
            let names_a_file = id.ends_with("_file") && argument.get_value_hint() == ValueHint::FilePath;
            let is_a_choice = !argument.get_possible_values().is_empty();
            assert!(
                !is_of_a_secret || names_a_file || is_a_choice,
                "halolink {name} --{} would take a secret on the command line",
                id.replace('_', "-")
            );
        }
    }
}

/// Every command that can be given, with the flags of its own and the global ones.
#[track_caller]
fn commands() -> Vec<(String, Command)> {
    let mut root = Cli::command();
    root.build();
    let mut found = Vec::new();
    for command in root.get_subcommands() {
        assert!(
            command.get_name() == "help" || !command.has_subcommands(),
            "{}: these tests know no commands within commands",
            command.get_name()
        );
        if command.get_name() != "help" {
            found.push((command.get_name().to_owned(), command.clone()));
        }
    }
    assert!(found.len() > 11, "only {} commands were found", found.len());
    found
}

/// A flag's long name as it is typed.
fn flag(argument: &Arg) -> Option<String> {
    argument.get_long().map(|long| format!("--{long}"))
}

/// Whether it is a flag of every command.
fn is_global(flag: &str) -> bool {
    let root = Cli::command();
    root.get_arguments()
        .filter_map(self::flag)
        .any(|global| global == flag)
}

fn takes_a_value(argument: &Arg) -> bool {
    argument.get_action().takes_values()
}

/// Runs a usage as a script that wants JSON.
fn run(stage: &Stage, usage: &Usage, more: &[&str]) -> Outcome {
    let arguments = usage.arguments.iter().map(String::as_str);
    stage.run(arguments.chain(["-o", "json"]).chain(more.iter().copied()))
}

/// What a command may change: Halo's records, the connections, and the state as the looking commands tell it.
#[track_caller]
fn world(stage: &Stage) -> Value {
    let shown = |arguments: &[&str]| stage.run([arguments, &["-o", "json"]].concat()).expect(0).json();
    let config = std::fs::read_to_string(stage.config_directory().join("config.toml"));
    let told = json!([
        config.unwrap_or_default(),
        shown(&["configure", "--show"]),
        shown(&["list", "mappings"]),
        shown(&["history"]),
        shown(&["status"])["open_tickets"],
        // Who is ignored. Without a connection it is the same failure every time.
        stage.run(["list", "organizations", "-o", "json"]).stdout,
    ]);
    let world = stage.world();
    json!([
        told,
        format!("{:?}", world.licenses),
        format!("{:?}", world.tickets)
    ])
}

/// The frame that every changing command's document has.
#[track_caller]
fn check_report(outcome: &Outcome, name: &str, dry_run: bool) {
    let document = outcome.json();
    for key in ["profile", "summary", "requests"] {
        assert!(!document[key].is_null(), "{key}\n{outcome}");
    }
    assert_eq!(document["command"], name, "{outcome}");
    assert_eq!(document["dry_run"], dry_run, "{outcome}");
    let changes = document["changes"].as_array().expect("an array");
    assert!(!changes.is_empty(), "{outcome}");
    let planned = changes
        .iter()
        .filter(|change| change["status"] == "planned")
        .count();
    assert_eq!(
        planned > 0,
        dry_run,
        "{planned} of the changes are planned\n{outcome}"
    );
    assert_eq!(document["summary"]["planned"], planned, "{outcome}");
}

/// The command lines in a text, in words: those that stand in a line of their own, comments and redirections cut.
fn examples(text: &str) -> Vec<Vec<String>> {
    let text = text.replace("\r\n", "\n").replace("\\\n", " ");
    text.lines()
        .filter_map(|line| {
            let start = line.find("halolink ")?;
            let is_variable = |word: &str| word.contains('=') && word.starts_with("HALOLINK_");
            if !line[..start].split_whitespace().all(is_variable) {
                return None;
            }
            let words = words(&line[start..]);
            // "halolink administers ..." is prose.
            let names_a_command =
                |word: &String| word.starts_with('-') || commands().iter().any(|(name, _)| name == word);
            words.get(1).is_some_and(names_a_command).then_some(words)
        })
        .collect()
}

/// A line as a shell takes it apart, as far as examples need that.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            '#' | '>' if !quoted => break,
            ' ' if !quoted => words.push(String::new()),
            letter => {
                if let Some(word) = words.last_mut() {
                    word.push(letter);
                }
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[track_caller]
fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
        .replace("\r\n", "\n")
}
