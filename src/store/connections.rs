//! What the state knows about connections and the sites that profiles belong to.

use std::path::Path;

use super::{Error, Store};

/// A connection of a profile, as the state remembers it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Remembered {
    /// The connection's id.
    pub id: String,
    /// The `config.toml` that has it; `None` for a connection of the first version that has not been used since.
    pub config_file: Option<String>,
    /// Whether the keyring may contain secrets under its id.
    pub in_keyring: bool,
    /// Whether the secrets that the first version kept under the profile's name alone may belong to it.
    pub of_first_version: bool,
    /// A host other than the site's that a person agreed to get tokens from.
    pub token_host: Option<String>,
}

impl Store {
    /// The connections of a profile.
    pub async fn connections(&self, profile: &str) -> Result<Vec<Remembered>, Error> {
        Ok(
            sqlx::query_as("SELECT * FROM connections WHERE profile = $1 ORDER BY id")
                .bind(profile)
                .fetch_all(&self.pool)
                .await?,
        )
    }

    /// A random id for a new connection.
    pub async fn new_connection_id(&self) -> Result<String, Error> {
        Ok(sqlx::query_scalar("SELECT LOWER(HEX(RANDOMBLOB(4)))")
            .fetch_one(&self.pool)
            .await?)
    }

    /// Remembers a connection, and replaces what was known about it.
    pub async fn remember_connection(&self, profile: &str, connection: &Remembered) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO connections (profile, id, config_file, in_keyring, of_first_version, token_host)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (profile, id) DO UPDATE SET
                 config_file = excluded.config_file, in_keyring = excluded.in_keyring,
                 of_first_version = excluded.of_first_version, token_host = excluded.token_host",
        )
        .bind(profile)
        .bind(&connection.id)
        .bind(&connection.config_file)
        .bind(connection.in_keyring)
        .bind(connection.of_first_version)
        .bind(&connection.token_host)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Forgets a connection.
    pub async fn forget_connection(&self, profile: &str, id: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM connections WHERE profile = $1 AND id = $2")
            .bind(profile)
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Remembers a directory that was created for halolink's files.
    pub async fn remember_directory(&self, path: &Path) -> Result<(), Error> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        sqlx::query("INSERT INTO directories (path) VALUES ($1) ON CONFLICT DO NOTHING")
            .bind(path.display().to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The directories that were created for halolink's files.
    pub async fn directories(&self) -> Result<Vec<String>, Error> {
        Ok(sqlx::query_scalar("SELECT path FROM directories")
            .fetch_all(&self.pool)
            .await?)
    }

    /// The Halo site that a profile belongs to, if it was ever connected.
    pub async fn site_of(&self, profile: &str) -> Result<Option<String>, Error> {
        Ok(
            sqlx::query_scalar("SELECT site_url FROM profiles WHERE name = $1")
                .bind(profile)
                .fetch_optional(&self.pool)
                .await?,
        )
    }

    /// Binds a profile to a Halo site, unless it is already bound to one.
    pub async fn bind_site(&self, profile: &str, site_url: &str) -> Result<(), Error> {
        sqlx::query("INSERT INTO profiles (name, site_url) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(profile)
            .bind(site_url)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Whether any profile is bound to a site.
    pub async fn has_profiles(&self) -> Result<bool, Error> {
        let found: Option<i64> = sqlx::query_scalar("SELECT 1 FROM profiles LIMIT 1")
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.is_some())
    }

    /// Undoes [`Store::bind_site`].
    pub async fn unbind_site(&self, profile: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM profiles WHERE name = $1")
            .bind(profile)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
