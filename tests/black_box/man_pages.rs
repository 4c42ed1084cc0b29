//! The manual pages in `man/` are made from the arguments, one a command.

use std::{collections::BTreeSet, fs, path::Path};

use clap::CommandFactory;
use halolink::cli::Cli;

/// With `HALOLINK_UPDATE=1` this writes the pages instead of comparing them.
#[test]
fn the_pages_are_current() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    let made = tempfile::tempdir().expect("a temporary directory");
    clap_mangen::generate_to(Cli::command(), made.path()).expect("the pages can be made");
    if std::env::var_os("HALOLINK_UPDATE").is_some() {
        fs::remove_dir_all(&kept).ok();
        fs::create_dir_all(&kept).expect("a directory");
        for name in names(made.path()) {
            fs::copy(made.path().join(&name), kept.join(&name)).expect("the page can be written");
        }
    }
    assert_eq!(names(&kept), names(made.path()), "man/ has other pages");
    for name in names(made.path()) {
        let text = |directory: &Path| {
            fs::read_to_string(directory.join(&name))
                .expect("the page can be read")
                .replace("\r\n", "\n")
        };
        assert!(
            text(&kept) == text(made.path()),
            "man/{name} is not current: run HALOLINK_UPDATE=1 cargo test current"
        );
    }
    let sync = fs::read_to_string(kept.join("halolink-sync-seats.1")).expect("sync-seats has a page");
    assert!(sync.contains("max\\-change"), "a page without its flags");
}

fn names(directory: &Path) -> BTreeSet<String> {
    fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}
