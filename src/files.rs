//! Files and directories that only their owner can open.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Removes all permissions that others have on a file or directory, and says whether there were any. Does nothing
/// if the path does not exist. (On Windows a user's own directories are private to begin with.)
///
/// # Errors
/// The system does not allow it, most likely because the file belongs to another user.
#[cfg(unix)]
pub fn make_private(path: &Path) -> io::Result<bool> {
    use std::{fs::Permissions, os::unix::fs::PermissionsExt};

    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if found.permissions().mode() & 0o077 == 0 {
        return Ok(false);
    }
    let mode = if found.is_dir() { 0o700 } else { 0o600 };
    fs::set_permissions(path, Permissions::from_mode(mode))?;
    Ok(true)
}

/// Does nothing: only Unix has such permissions.
#[cfg(not(unix))]
pub fn make_private(_: &Path) -> io::Result<bool> {
    Ok(false)
}

/// A file of ours and the files that go with it: a database's log and index, and locks.
pub fn with_companions(file: &Path) -> Vec<PathBuf> {
    let mut found = vec![file.to_owned()];
    let name = file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let directory = file
        .parent()
        .filter(|directory| !directory.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let other = entry.file_name().to_string_lossy().into_owned();
        let Some(rest) = other.strip_prefix(&name) else {
            continue;
        };
        if matches!(rest, "-wal" | "-shm") || (rest.starts_with('.') && rest.ends_with(".lock")) {
            found.push(entry.path());
        }
    }
    found
}

/// Creates a directory, and those above it, so that only its owner can look inside.
pub fn private_directory(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The directories that would have to be created for a file, deepest first.
pub fn missing_directories(file: &Path) -> Vec<PathBuf> {
    file.ancestors()
        .skip(1)
        .take_while(|directory| !directory.as_os_str().is_empty() && !directory.exists())
        .map(Path::to_owned)
        .collect()
}

/// Writes a file that only its owner can read, whole or not at all: one that is there is replaced in one step.
pub fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let directory = path
        .parent()
        .filter(|directory| !directory.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Opens a file for writing, creating it so that only its owner can read it. (On Windows a user's own
/// directories are private to begin with.)
pub fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Where a file would be written: the path, or the file that it leads to as a link.
///
/// # Errors
/// There is something else, such as a directory or a device, or no directory for it.
pub fn replaceable(path: &Path) -> io::Result<PathBuf> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => fs::canonicalize(path),
        Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(_) => Err(io::Error::other("it is not a file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if fs::metadata(directory_of(path))?.is_dir() {
                Ok(path.to_owned())
            } else {
                Err(io::ErrorKind::NotADirectory.into())
            }
        }
        Err(error) => Err(error),
    }
}

/// Writes a file that only its owner can read, in place of one that may be there: whole, or not at all.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(directory_of(path))?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn directory_of(path: &Path) -> &Path {
    path.parent()
        .filter(|directory| !directory.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}
