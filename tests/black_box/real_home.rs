//! No test touches the home directory of whoever runs it.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::support::{Stage, home};

#[test]
fn every_process_is_led_away_from_the_real_home() {
    let stage = Stage::new();
    let made = [stage.command(), home::program("sh", stage.home())];
    for command in made {
        let set: BTreeMap<&OsStr, Option<&OsStr>> = command.get_envs().collect();
        for (name, _) in home::PLACES {
            let value = set.get(OsStr::new(name)).copied().flatten();
            let value = Path::new(value.unwrap_or_else(|| panic!("{name} is not set for {command:?}")));
            assert!(value.starts_with(stage.home()), "{name} is {}", value.display());
        }
    }
}

/// Whoever starts a process in another way would have to see to it again.
#[test]
fn processes_are_started_by_the_support_module_alone() {
    let topics = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/black_box");
    let mut looked_at = 0;
    for entry in fs::read_dir(topics).expect("readable").flatten() {
        let is_this = entry.path().ends_with("real_home.rs");
        if is_this || entry.path().extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(entry.path()).expect("readable");
        for start in ["Command::new(", "CommandBuilder::new(", "env_clear("] {
            assert!(
                !text.contains(start),
                "{} has {start}: support::home and support::terminal start processes",
                entry.path().display()
            );
        }
        looked_at += 1;
    }
    assert!(looked_at > 25, "only {looked_at} files were looked at");
}

/// Where nothing is said, files are kept in the platform's places; here those of the test's home.
#[cfg(unix)]
#[test]
fn the_platforms_places_are_those_of_the_tests_home() {
    let before = real_places();
    let stage = Stage::new()
        .without("HALOLINK_CONFIG_DIR")
        .without("HALOLINK_STATE");
    stage.sync_all();
    stage.run(["sandbox", "--tour"]).expect(0);
    let kept = files(stage.home());
    for name in ["config.toml", "state.db"] {
        assert!(
            kept.keys().any(|path| path.ends_with(name)),
            "{name} is not in the test's home: {kept:?}"
        );
    }
    assert_eq!(real_places(), before, "something was written to the real home");
}

/// What halolink has in the home directory of whoever runs the tests.
#[cfg(unix)]
fn real_places() -> BTreeMap<PathBuf, SystemTime> {
    let Some(places) = directories::ProjectDirs::from("", "", "halolink") else {
        return BTreeMap::new();
    };
    [places.config_dir(), places.data_local_dir(), places.cache_dir()]
        .into_iter()
        .flat_map(files)
        .collect()
}

/// The files below a directory, with when they were written.
#[cfg(unix)]
fn files(directory: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let mut found = BTreeMap::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                directories.push(entry.path());
            } else if let Ok(written) = entry.metadata().and_then(|metadata| metadata.modified()) {
                found.insert(entry.path(), written);
            }
        }
    }
    found
}
