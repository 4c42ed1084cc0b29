//! The completion scripts in `completions/` are what the binary prints, and names come from the state.

use std::{path::Path, process::Command};

use clap::ValueEnum;
use clap_complete::Shell;

use crate::support::Stage;

/// Shell, and its file's name as packagers expect it.
const SCRIPTS: [(&str, &str); 5] = [
    ("bash", "halolink.bash"),
    ("zsh", "_halolink"),
    ("fish", "halolink.fish"),
    ("powershell", "_halolink.ps1"),
    ("elvish", "halolink.elv"),
];

/// With `HALOLINK_UPDATE=1` this writes the scripts instead of comparing them.
#[test]
fn the_scripts_are_current() {
    let stage = Stage::of(3);
    let shells: Vec<String> = Shell::value_variants().iter().map(ToString::to_string).collect();
    assert_eq!(
        shells.len(),
        SCRIPTS.len(),
        "a shell without a script: {shells:?}"
    );
    for (shell, file) in SCRIPTS {
        let printed = stage.run(["completions", shell]).expect(0).stdout;
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("completions")
            .join(file);
        if std::env::var_os("HALOLINK_UPDATE").is_some() {
            std::fs::write(&path, &printed).expect("the script can be written");
        }
        let kept = std::fs::read_to_string(&path)
            .unwrap_or_default()
            .replace("\r\n", "\n");
        assert!(
            kept == printed,
            "completions/{file} is not current: run HALOLINK_UPDATE=1 cargo test current"
        );
        assert!(
            printed.contains("sync-seats") && printed.contains("max-change"),
            "{shell}"
        );
    }
}

#[test]
fn an_unknown_shell_is_a_usage_error() {
    Stage::of(3)
        .run(["completions", "tcsh"])
        .expect(2)
        .says(["bash", "zsh", "fish"]);
}

/// What bash is offered for the end of a line.
#[track_caller]
fn offered(stage: &Stage, line: &str) -> Vec<String> {
    let word = line.rsplit([' ', '=']).next().unwrap_or_default();
    let mut command: Command = stage.command();
    command.env("COMPLETE", "bash").args(["--", line, word]);
    let output = command.output().expect("the binary starts");
    let text = String::from_utf8(output.stdout).expect("stdout is UTF-8");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn names_are_offered_from_the_state_without_a_request() {
    let stage = Stage::connected();
    let customers = offered(&stage, "halolink map-org --customer Northwind");
    assert!(
        customers.contains(&r"Northwind\ Dental".to_owned()),
        "{customers:?}"
    );
    // Two customers have this name, so their ids are offered.
    let customers = offered(&stage, "halolink map-org --customer ");
    assert!(
        !customers.contains(&r"Harbor\ Light\ Clinic".to_owned()),
        "{customers:?}"
    );
    let organizations = offered(&stage, "halolink map-org Contoso");
    assert!(
        organizations.iter().any(|name| name.starts_with(r"Contoso\ Ltd")),
        "{organizations:?}"
    );
    assert_eq!(offered(&stage, "halolink unlink Contoso"), [""; 0]);
    assert_eq!(stage.halo_count(), 0, "completion asked Halo");

    if let Some(last) = stage.world().organizations.last_mut() {
        last.organization_name = "Quill & Feather".to_owned();
    }
    stage.run(["list", "organizations", "--refresh"]).expect(0);
    assert_eq!(offered(&stage, "halolink map-org Quill").len(), 1);
    stage.sandbox.forget_received();

    stage.run(["list", "slas", "--refresh"]).expect(0);
    assert_eq!(offered(&stage, "halolink configure --sla G"), ["Gold"]);
    assert_eq!(
        offered(&stage, "halolink configure --sla-of main"),
        ["main-app-token="]
    );
    assert_eq!(
        offered(&stage, "halolink configure --sla-of main-app-token=G"),
        ["Gold"]
    );
    assert_eq!(offered(&stage, "halolink configure --ticket-field te"), ["team="]);
    stage.run(["ignore", "Quill", "--reason", "our own"]).expect(0);
    assert_eq!(offered(&stage, "halolink ignore Contoso").len(), 1);
    let quill = [r"Quill\ \&\ Feather"];
    assert_eq!(offered(&stage, "halolink ignore --remove Q"), quill);
    assert_eq!(offered(&stage, "halolink ignore --remove Contoso Q"), quill);
    assert_eq!(offered(&stage, "halolink ignore --remove Contoso"), [""; 0]);
    stage.map_all();
    let mapped = offered(&stage, "halolink unlink Northwind");
    assert!(mapped.contains(&r"Northwind\ Dental".to_owned()), "{mapped:?}");
}

#[test]
fn names_are_those_of_the_profile_on_the_line() {
    let stage = Stage::of(3);
    stage.connect();
    let mut other = vec!["--profile".to_owned(), "north".to_owned()];
    other.extend(stage.connect_arguments());
    stage.run(&other).expect(0);
    stage
        .run(["list", "slas", "--refresh", "--profile", "north"])
        .expect(0);
    for line in [
        "halolink --profile=north configure --sla ",
        "halolink --profile north configure --sla ",
        "halolink -pnorth configure --sla ",
        "halolink -p north configure --sla ",
        "halolink -p=north configure --sla ",
        "halolink configure --profile='north' --sla ",
        "halolink configure -qp north --sla=",
    ] {
        assert!(
            offered(&stage, &format!("{line}G")).contains(&"Gold".to_owned()),
            "{line}"
        );
    }
    for line in [
        "halolink configure --sla G",
        "halolink configure --profile=default --sla G",
    ] {
        assert_eq!(offered(&stage, line), [""; 0], "{line}");
    }
    assert_eq!(offered(&stage, "halolink configure --profile=no"), ["north"]);
    assert_eq!(offered(&stage, "halolink configure -pno"), ["-pnorth"]);
}

/// A shell that was started before an upgrade still asks in the old way.
#[test]
fn an_older_registration_gets_quoted_words() {
    let stage = Stage::new();
    stage.world().organizations[0].organization_name = "$(touch pwned)".to_owned();
    stage.connect();
    let output = stage
        .command()
        .env("COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", "2")
        .env("_CLAP_IFS", "\u{b}")
        .args(["--", "halolink", "map-org", ""])
        .output()
        .expect("the binary starts");
    let text = String::from_utf8(output.stdout).expect("stdout is UTF-8");
    let words: Vec<&str> = text.split('\u{b}').collect();
    assert!(
        words.contains(&"'$(touch pwned)'") && words.contains(&"--customer"),
        "{words:?}"
    );
}

#[test]
fn registrations_are_for_every_shell_and_a_full_disk_is_no_success() {
    let stage = Stage::of(3);
    for (shell, word) in [
        ("bash", "complete -o bashdefault"),
        ("zsh", "compdef"),
        ("fish", "complete --keep-order"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let outcome = stage.run_with([""; 0], b"", |command| {
            command.env("COMPLETE", shell);
        });
        let outcome = outcome.expect(0).prints([word]);
        for placeholder in ["VARIABLE", "COMPLETER", "PROGRAM", "NAME", "LINE}"] {
            assert!(!outcome.stdout.contains(placeholder), "{outcome}");
        }
        #[cfg(target_os = "linux")]
        {
            let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
            let status = stage
                .command()
                .env("COMPLETE", shell)
                .stdout(full.expect("there is a full disk"))
                .stderr(std::process::Stdio::null())
                .status();
            assert_eq!(status.expect("the binary starts").code(), Some(1), "{shell}");
        }
    }
    stage
        .run_with([""; 0], b"", |command| {
            command.env("COMPLETE", "tcsh");
        })
        .expect(1)
        .says(["tcsh", "bash"]);
}
