//! The tables of a state, and bringing them up to date.

use std::path::Path;

use sqlx::SqlitePool;

use super::{Error, error::of_file};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("src/store/migrations");

/// Which tables a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Schema {
    /// None.
    Empty,
    /// Those of an older halolink.
    Older,
    /// Those of this halolink.
    Current,
}

/// Which tables the file has.
///
/// # Errors
/// The file is another program's database, or was written by a newer halolink.
pub(super) async fn schema(pool: &SqlitePool, path: &Path) -> Result<Schema, Error> {
    let failed = |error| of_file(path, error);
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'")
        .fetch_all(pool)
        .await
        .map_err(failed)?;
    if tables.is_empty() {
        return Ok(Schema::Empty);
    }
    if !tables.iter().any(|name| name == "_sqlx_migrations") {
        return Err(Error::NotOurs {
            path: path.to_owned(),
        });
    }
    let applied: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations")
        .fetch_all(pool)
        .await
        .map_err(failed)?;
    let known: Vec<i64> = MIGRATIONS.iter().map(|migration| migration.version).collect();
    if applied.iter().any(|version| !known.contains(version)) {
        return Err(Error::Newer {
            path: path.to_owned(),
        });
    }
    Ok(match applied.len() {
        0 => Schema::Empty,
        count if count == known.len() => Schema::Current,
        _ => Schema::Older,
    })
}

/// Brings the tables up to date.
pub(super) async fn migrate(pool: &SqlitePool, path: &Path) -> Result<(), Error> {
    MIGRATIONS.run(pool).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::VersionMissing(_) => Error::Newer {
            path: path.to_owned(),
        },
        sqlx::migrate::MigrateError::Execute(error) => of_file(path, error),
        sqlx::migrate::MigrateError::ExecuteMigration(error, _) => of_file(path, error),
        error => Error::Open {
            path: path.to_owned(),
            reason: error.to_string(),
        },
    })
}
