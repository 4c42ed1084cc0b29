//! Where configuration and state are stored.

use std::path::PathBuf;

use crate::{environment::Environment, failure::Failure};

/// The name of the state file in its directory.
const STATE_FILE: &str = "state.db";

/// The directory of `config.toml`.
///
/// # Errors
/// The account has no home directory.
pub fn config_directory(environment: &Environment) -> anyhow::Result<PathBuf> {
    match environment.get("HALOLINK_CONFIG_DIR") {
        Some(path) => Ok(PathBuf::from(path)),
        None => directories(
            |directories| directories.config_dir().to_owned(),
            "HALOLINK_CONFIG_DIR",
        ),
    }
}

/// The path of the state file.
///
/// # Errors
/// The account has no home directory, or `HALOLINK_STATE` names a database server.
pub fn state_file(environment: &Environment) -> anyhow::Result<PathBuf> {
    match environment.get("HALOLINK_STATE") {
        Some(path) if path.contains("://") => {
            Err(Failure::usage("HALOLINK_STATE names a file; a database server is not supported yet").into())
        }
        // In a directory, the file has its usual name.
        Some(path) if path.ends_with(['/', std::path::MAIN_SEPARATOR]) || PathBuf::from(&path).is_dir() => {
            Ok(PathBuf::from(path).join(STATE_FILE))
        }
        Some(path) => Ok(PathBuf::from(path)),
        None => directories(
            |directories| directories.data_local_dir().join(STATE_FILE),
            "HALOLINK_STATE",
        ),
    }
}

fn directories(
    choose: impl FnOnce(&directories::ProjectDirs) -> PathBuf,
    variable: &str,
) -> anyhow::Result<PathBuf> {
    directories::ProjectDirs::from("", "", "halolink")
        .as_ref()
        .map(choose)
        .ok_or_else(|| {
            Failure::failed("this account has no home directory to keep configuration and state in")
                .hint(format!("name a place with {variable}"))
                .into()
        })
}
