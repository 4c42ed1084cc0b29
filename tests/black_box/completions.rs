//! The completion scripts in `completions/` are what the binary prints, and names come from the state.

use std::{path::Path, process::Command};

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
            "completions/{file} is not current: run HALOLINK_UPDATE=1 cargo test --test completions"
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

/// What is offered for the last word of a line.
fn offered(stage: &Stage, words: &[&str]) -> Vec<String> {
    let mut command: Command = stage.command();
    command
        .env("COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string())
        .env("_CLAP_IFS", "\n")
        .arg("--")
        .args(words);
    let output = command.output().expect("the binary starts");
    let text = String::from_utf8(output.stdout).expect("stdout is UTF-8");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn names_are_offered_from_the_state_without_a_request() {
    let stage = Stage::new();
    stage.connect();
    stage.sandbox.forget_received();
    let customers = offered(&stage, &["halolink", "map-org", "--customer", "Northwind"]);
    assert!(
        customers.contains(&"Northwind Dental".to_owned()),
        "{customers:?}"
    );
    // Two customers have this name, so their ids are offered.
    let customers = offered(&stage, &["halolink", "map-org", "--customer", ""]);
    assert!(
        !customers.contains(&"Harbor Light Clinic".to_owned()),
        "{customers:?}"
    );
    let organizations = offered(&stage, &["halolink", "map-org", "Contoso"]);
    assert!(
        organizations.iter().any(|name| name.starts_with("Contoso Ltd")),
        "{organizations:?}"
    );
    assert_eq!(offered(&stage, &["halolink", "unlink", "Contoso"]), [""; 0]);
    assert_eq!(stage.halo_count(), 0, "completion asked Halo");

    stage.run(["list", "slas", "--refresh"]).expect(0);
    assert_eq!(
        offered(&stage, &["halolink", "configure", "--sla", "G"]),
        ["Gold"]
    );
    stage.map_all();
    let mapped = offered(&stage, &["halolink", "unlink", "Northwind Dental"]);
    assert!(mapped.contains(&"Northwind Dental".to_owned()), "{mapped:?}");
}
