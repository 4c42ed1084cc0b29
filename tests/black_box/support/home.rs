//! No process that a test starts may see the home directory of whoever runs the tests. This is the only place
//! that starts any.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use assert_cmd::cargo::cargo_bin;

/// What says where a user's files are, on every system, and the place below the test's home that it is set to.
pub const PLACES: [(&str, &str); 11] = [
    ("HOME", ""),
    ("USERPROFILE", ""),
    ("APPDATA", "roaming"),
    ("LOCALAPPDATA", "local"),
    ("XDG_CONFIG_HOME", ".config"),
    ("XDG_DATA_HOME", ".local/share"),
    ("XDG_STATE_HOME", ".local/state"),
    ("XDG_CACHE_HOME", ".cache"),
    ("XDG_RUNTIME_DIR", "run"),
    // Windows asks no variable for the places that these replace.
    ("HALOLINK_CONFIG_DIR", "config"),
    ("HALOLINK_STATE", "data/state.db"),
];

/// The variables of a process whose home this is: its places, and what a system cannot do without.
pub fn variables(home: &Path) -> Vec<(String, String)> {
    let mut variables: Vec<(String, String)> = PLACES
        .iter()
        .map(|(name, place)| ((*name).to_owned(), below(home, place).display().to_string()))
        .collect();
    // No real keyring is asked unless a test wants it.
    variables.push((
        "DBUS_SESSION_BUS_ADDRESS".to_owned(),
        "unix:path=/nonexistent".to_owned(),
    ));
    // Windows finds no system libraries without its root.
    for name in ["PATH", "SystemRoot"] {
        if let Ok(value) = std::env::var(name) {
            variables.push((name.to_owned(), value));
        }
    }
    variables
}

/// halolink with this home, and no variables but these.
pub fn halolink(home: &Path) -> Command {
    program(cargo_bin("halolink"), home)
}

/// Any program with this home, and no variables but these.
pub fn program(program: impl AsRef<OsStr>, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(variables(home));
    command
}

fn below(home: &Path, place: &str) -> PathBuf {
    // Without a slash at the end where it is the home itself.
    place
        .split('/')
        .filter(|name| !name.is_empty())
        .fold(home.to_owned(), |path, name| path.join(name))
}
