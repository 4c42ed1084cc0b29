//! The three secrets, and where they are kept: the environment, files and the OS keyring, and nowhere else.
//!
//! Secrets are `SecretString`s, so code that prints one by accident does not compile.

use std::{
    collections::HashMap,
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};

use crate::environment::Environment;

/// The keyring's service name.
const SERVICE: &str = "halolink";
/// In bytes. A file with one secret in it is never larger.
const LARGEST_FILE: u64 = 64 * 1024;

/// One of the secrets of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::enum_variant_names, reason = "Halo's own name for it")]
pub enum Secret {
    /// The client secret of the application in Halo.
    ClientSecret,
    /// The partner's reseller token for SaaS Backup.
    ResellerToken,
    /// The partner's authentication token for SaaS Backup.
    AccessToken,
}

impl Secret {
    pub const ALL: [Secret; 3] = [Secret::ClientSecret, Secret::ResellerToken, Secret::AccessToken];

    /// Its name in the keyring, after the profile.
    pub fn name(self) -> &'static str {
        match self {
            Secret::ClientSecret => "client-secret",
            Secret::ResellerToken => "reseller-token",
            Secret::AccessToken => "access-token",
        }
    }

    /// The environment variable for it; with `_FILE` appended, the variable that names a file.
    pub fn variable(self) -> &'static str {
        match self {
            Secret::ClientSecret => "HALOLINK_CLIENT_SECRET",
            Secret::ResellerToken => "HALOLINK_RESELLER_TOKEN",
            Secret::AccessToken => "HALOLINK_ACCESS_TOKEN",
        }
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Secret::ClientSecret => "Halo client secret",
            Secret::ResellerToken => "reseller token",
            Secret::AccessToken => "access token",
        })
    }
}

/// Which entries in the keyring. A user has only one keyring, so the connection's id tells a trial connection, with
/// its own configuration and state, from the real one of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entries {
    /// Those of the connection with this id.
    Of(String),
    /// Those of the first version, which allowed only one connection for each profile name.
    FirstVersion,
}

impl Entries {
    /// Those of a connection; only connections of the first version have no id.
    pub fn of(id: Option<&str>) -> Self {
        id.map_or(Entries::FirstVersion, |id| Entries::Of(id.to_owned()))
    }
}

/// What can go wrong with secrets.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the {secret} is neither in the environment nor in the keyring")]
    Missing { secret: Secret },
    #[error("cannot read the {secret} from {}: {reason}", path.display())]
    File {
        secret: Secret,
        path: PathBuf,
        reason: String,
    },
    #[error("{} should contain the {secret}, but is empty", path.display())]
    Empty { secret: Secret, path: PathBuf },
    /// It contains characters that no secret has.
    #[error("the {secret} from {source_name} contains line breaks or other characters that no secret has")]
    Malformed {
        secret: Secret,
        /// Where it came from: a variable or a file.
        source_name: String,
    },
    #[error("this machine has no usable keyring: {reason}")]
    NoKeyring {
        /// The system's words.
        reason: String,
    },
    /// The keyring does not answer, most likely because it is locked.
    #[error("the keyring did not answer within {seconds} s; it may be locked and waiting to be unlocked")]
    KeyringSilent { seconds: u64 },
    #[error("the keyring refused: {reason}")]
    Keyring {
        /// The system's words.
        reason: String,
    },
}

/// Where a secret was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the environment variable of this name.
    Variable(&'static str),
    File(PathBuf),
    Keyring,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Source::Variable(name) => formatter.write_str(name),
            Source::File(path) => write!(formatter, "{}", path.display()),
            Source::Keyring => formatter.write_str("keyring"),
        }
    }
}

/// Where secrets are kept between runs.
#[derive(Clone)]
pub enum SecretStore {
    /// The OS keyring: Credential Manager, Keychain or Secret Service. A call may take this long.
    Keyring(Duration),
    /// Memory, for the tour.
    Memory(Arc<Mutex<HashMap<String, SecretString>>>),
}

/// Finds and keeps the secrets of one profile.
#[derive(Clone)]
pub struct Secrets {
    profile: String,
    environment: Environment,
    secret_store: SecretStore,
}

impl Secrets {
    pub fn new(profile: &str, environment: Environment, secret_store: SecretStore) -> Self {
        Self {
            profile: profile.to_owned(),
            environment,
            secret_store,
        }
    }

    /// The secret from the environment, or from the file that the environment names.
    pub fn supplied(&self, secret: Secret) -> Result<Option<(SecretString, Source)>, Error> {
        let variable = secret.variable();
        if let Some(value) = self.environment.get(variable) {
            return checked(secret, &value, variable).map(|value| Some((value, Source::Variable(variable))));
        }
        match self.environment.get(&format!("{variable}_FILE")) {
            Some(path) => {
                let path = PathBuf::from(path);
                let value = read_file(secret, &path)?;
                Ok(Some((value, Source::File(path))))
            }
            None => Ok(None),
        }
    }

    /// The secret, and where it was found.
    ///
    /// # Errors
    /// [`Error::Missing`], and whatever can be wrong with files and keyrings.
    pub async fn find(
        &self,
        secret: Secret,
        entries: Option<&Entries>,
    ) -> Result<(SecretString, Source), Error> {
        if let Some(found) = self.supplied(secret)? {
            return Ok(found);
        }
        if let Some(entries) = entries
            && let Some(value) = self.kept(secret, entries).await?
        {
            return Ok((value, Source::Keyring));
        }
        Err(Error::Missing { secret })
    }

    /// The name of an entry in the keyring.
    pub fn account(&self, secret: Secret, entries: &Entries) -> String {
        match entries {
            Entries::Of(id) => format!("{}@{id}/{}", self.profile, secret.name()),
            Entries::FirstVersion => format!("{}/{}", self.profile, secret.name()),
        }
    }

    /// The secret in the keyring, if there is one.
    ///
    /// # Errors
    /// There is no keyring, or it does not answer, or it refuses.
    pub async fn kept(&self, secret: Secret, entries: &Entries) -> Result<Option<SecretString>, Error> {
        self.call(
            self.account(secret, entries),
            |entry| match entry.get_password() {
                Ok(value) => Ok(Some(SecretString::from(value))),
                Err(keyring::Error::NoEntry) => Ok(None),
                Err(error) => Err(error),
            },
            |memory, account| memory.get(account).cloned(),
        )
        .await
    }

    /// Keeps the secret in the keyring.
    ///
    /// # Errors
    /// There is no keyring, or it does not answer, or it refuses.
    pub async fn keep(&self, secret: Secret, entries: &Entries, value: &SecretString) -> Result<(), Error> {
        let (kept, for_memory) = (value.clone(), value.clone());
        self.call(
            self.account(secret, entries),
            move |entry| entry.set_password(kept.expose_secret()),
            move |memory, account| {
                memory.insert(account.to_owned(), for_memory);
            },
        )
        .await
    }

    /// Deletes the secret from the keyring, and says whether it was there.
    ///
    /// # Errors
    /// There is no keyring, or it does not answer, or it refuses.
    pub async fn forget(&self, secret: Secret, entries: &Entries) -> Result<bool, Error> {
        self.call(
            self.account(secret, entries),
            |entry| match entry.delete_credential() {
                Ok(()) => Ok(true),
                Err(keyring::Error::NoEntry) => Ok(false),
                Err(error) => Err(error),
            },
            |memory, account| memory.remove(account).is_some(),
        )
        .await
    }

    /// Deletes all secrets in these entries, and gives those that were there.
    ///
    /// # Errors
    /// There is no keyring, or it does not answer, or it refuses.
    pub async fn forget_all(&self, entries: &Entries) -> Result<Vec<Secret>, Error> {
        let mut deleted = Vec::new();
        for secret in Secret::ALL {
            if self.forget(secret, entries).await? {
                deleted.push(secret);
            }
        }
        Ok(deleted)
    }

    /// Copies all secrets from one connection's entries to another's.
    ///
    /// # Errors
    /// There is no keyring, or it does not answer, or it refuses.
    pub async fn copy(&self, from: &Entries, to: &Entries) -> Result<(), Error> {
        for secret in Secret::ALL {
            if let Some(value) = self.kept(secret, from).await? {
                self.keep(secret, to, &value).await?;
            }
        }
        Ok(())
    }

    /// One call to the secret store. A call to the keyring blocks until somebody unlocks it; if that takes too
    /// long, the call's thread is left behind.
    async fn call<T: Send + 'static>(
        &self,
        account: String,
        with_entry: impl FnOnce(&keyring::Entry) -> keyring::Result<T> + Send + 'static,
        with_memory: impl FnOnce(&mut HashMap<String, SecretString>, &str) -> T,
    ) -> Result<T, Error> {
        let timeout = match &self.secret_store {
            SecretStore::Memory(memory) => {
                let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
                return Ok(with_memory(&mut memory, &account));
            }
            SecretStore::Keyring(timeout) => *timeout,
        };
        let call = tokio::task::spawn_blocking(move || {
            open(&account).and_then(|entry| with_entry(&entry).map_err(refused))
        });
        match tokio::time::timeout(timeout, call).await {
            Ok(Ok(result)) => result,
            Ok(Err(error)) => Err(Error::Keyring {
                reason: error.to_string(),
            }),
            Err(_) => Err(Error::KeyringSilent {
                seconds: timeout.as_secs(),
            }),
        }
    }
}

fn open(account: &str) -> Result<keyring::Entry, Error> {
    if let Err(error) = keyring::Entry::store_status() {
        return Err(Error::NoKeyring {
            reason: error.to_string(),
        });
    }
    keyring::Entry::new(SERVICE, account).map_err(refused)
}

fn refused(error: keyring::Error) -> Error {
    match error {
        keyring::Error::NoDefaultStore | keyring::Error::NotSupportedByStore(_) => Error::NoKeyring {
            reason: error.to_string(),
        },
        // These two contain the stored bytes, so their text must not be passed on.
        keyring::Error::BadEncoding(_) | keyring::Error::BadDataFormat(..) => Error::Keyring {
            reason: "its entry of this name is not text; delete that entry and connect again".to_owned(),
        },
        error => Error::Keyring {
            reason: error.to_string(),
        },
    }
}

/// Reads a secret from a file, without the white space around it.
///
/// # Errors
/// The file is missing, unreadable, empty, too large or binary.
pub fn read_file(secret: Secret, path: &std::path::Path) -> Result<SecretString, Error> {
    let failed = |reason: String| Error::File {
        secret,
        path: path.to_owned(),
        reason,
    };
    let size = std::fs::metadata(path)
        .map_err(|error| failed(error.to_string()))?
        .len();
    if size > LARGEST_FILE {
        return Err(failed("it is too large to be a secret".to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    if text.trim().is_empty() {
        return Err(Error::Empty {
            secret,
            path: path.to_owned(),
        });
    }
    checked(secret, &text, &path.display().to_string())
}

/// A secret from anywhere, trimmed and checked for characters that cannot be sent. Tokens lose a `Token ` or
/// `Bearer ` that was pasted along with them.
///
/// # Errors
/// [`Error::Malformed`].
pub fn checked(secret: Secret, text: &str, source_name: &str) -> Result<SecretString, Error> {
    let text = text.trim().trim_start_matches('\u{feff}');
    let text = match secret {
        Secret::ClientSecret => text,
        Secret::ResellerToken | Secret::AccessToken => unprefixed(text),
    };
    if text.is_empty() || text.chars().any(|character| character.is_control()) || !text.is_ascii() {
        return Err(Error::Malformed {
            secret,
            source_name: source_name.to_owned(),
        });
    }
    Ok(SecretString::from(text.to_owned()))
}

/// A token as people paste it, with the `Token ` or `Bearer ` in front of it gone.
fn unprefixed(pasted: &str) -> &str {
    let pasted = pasted.trim().trim_matches(['"', '\'']);
    for prefix in ["token ", "bearer "] {
        if let Some(start) = pasted.get(..prefix.len())
            && start.eq_ignore_ascii_case(prefix)
        {
            return pasted[prefix.len()..].trim();
        }
    }
    pasted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_memory(variables: &[(&str, &str)]) -> Secrets {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Secrets::new(
            "default",
            Environment::Fixed(variables),
            SecretStore::Memory(Arc::default()),
        )
    }

    #[tokio::test]
    async fn environment_then_file_then_keyring() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "Token from-file\n").unwrap();
        let path = file.path().to_str().unwrap();
        let secret = Secret::ResellerToken;
        let kept = SecretString::from("from-keyring");
        let entries = Entries::Of("1f".to_owned());

        let secrets = in_memory(&[
            ("HALOLINK_RESELLER_TOKEN", "a"),
            ("HALOLINK_RESELLER_TOKEN_FILE", path),
        ]);
        secrets.keep(secret, &entries, &kept).await.unwrap();
        let (value, source) = secrets.find(secret, Some(&entries)).await.unwrap();
        assert_eq!(
            (value.expose_secret(), source.to_string().as_str()),
            ("a", "HALOLINK_RESELLER_TOKEN")
        );

        let secrets = in_memory(&[("HALOLINK_RESELLER_TOKEN_FILE", path)]);
        secrets.keep(secret, &entries, &kept).await.unwrap();
        let (value, _) = secrets.find(secret, Some(&entries)).await.unwrap();
        assert_eq!(value.expose_secret(), "from-file");

        let secrets = in_memory(&[]);
        secrets.keep(secret, &entries, &kept).await.unwrap();
        let (value, source) = secrets.find(secret, Some(&entries)).await.unwrap();
        assert_eq!((value.expose_secret(), source), ("from-keyring", Source::Keyring));
        assert!(secrets.forget(secret, &entries).await.unwrap());
        assert!(matches!(
            secrets.find(secret, Some(&entries)).await,
            Err(Error::Missing { .. })
        ));
    }

    #[test]
    fn what_cannot_be_a_secret_is_refused() {
        assert!(checked(Secret::ClientSecret, "a\nb", "x").is_err());
        assert!(checked(Secret::ClientSecret, "  ", "x").is_err());
        assert!(read_file(Secret::ClientSecret, std::path::Path::new("/nowhere/at/all")).is_err());
    }

    #[test]
    fn tokens_as_people_paste_them() {
        for pasted in ["abc", " Token abc ", "bearer abc", "\"abc\"", "abc\n"] {
            assert_eq!(unprefixed(pasted), "abc", "{pasted}");
        }
        assert_eq!(unprefixed("tokenabc"), "tokenabc");
    }
}
