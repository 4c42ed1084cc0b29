//! The failures that a user sees: what happened, what to type next, and the exit code.
//!
//! API modules and the store return their own error types. Commands turn them into a [`Failure`] where they
//! know better what to do next. [`explain`] classifies whatever reaches the top; it is the only place where an
//! error becomes an exit code.

use crate::{backup, halo, http, secrets, store, text::Text};

/// The kind of failure. Scripts tell kinds apart by exit code and by `error.kind` in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It did not work, for any other reason.
    Failed,
    /// Something is wrong with the command line or with a file that it names.
    Usage,
    /// There is no connection, credentials were refused or a permission is missing.
    NotConnected,
    /// A rate limit, or a service that is down, for longer than the patience allows.
    TryLater,
    /// A person stopped it.
    Interrupted,
}

impl Kind {
    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::Failed => 1,
            Kind::Usage => 2,
            Kind::NotConnected => 3,
            Kind::TryLater => 75,
            Kind::Interrupted => 130,
        }
    }

    /// `error.kind` in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Failed => "failed",
            Kind::Usage => "usage",
            Kind::NotConnected => "not_connected",
            Kind::TryLater => "try_later",
            Kind::Interrupted => "interrupted",
        }
    }
}

/// A failure with everything that its reader needs to know.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Decides the exit code.
    pub kind: Kind,
    /// What happened, to which record.
    pub message: Text,
    /// What to do next.
    pub hint: Option<Text>,
}

impl Failure {
    /// A failure of the given kind, without a hint yet.
    pub fn new(kind: Kind, message: impl Into<Text>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
        }
    }

    /// Exit code 1.
    pub fn failed(message: impl Into<Text>) -> Self {
        Self::new(Kind::Failed, message)
    }

    /// Exit code 2.
    pub fn usage(message: impl Into<Text>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Exit code 3.
    pub fn not_connected(message: impl Into<Text>) -> Self {
        Self::new(Kind::NotConnected, message)
    }

    /// Exit code 75.
    pub fn try_later(message: impl Into<Text>) -> Self {
        Self::new(Kind::TryLater, message)
    }

    /// Adds what to do next.
    pub fn hint(mut self, hint: impl Into<Text>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// How a command ended that could report what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// All done, or nothing to do.
    Done,
    /// Some items failed or were held back; the rest were done.
    SomeFailed,
    /// `--dry-run --exit-code` found changes that a real run would make.
    ChangesPending,
    /// It broke off, after it reported what had been done by then.
    BrokenOff(Kind),
}

impl Completion {
    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Completion::Done => 0,
            Completion::SomeFailed => 4,
            Completion::ChangesPending => 5,
            Completion::BrokenOff(kind) => kind.exit_code(),
        }
    }
}

/// Turns any error into the failure that is shown: kind, message and hint.
pub fn explain(error: &anyhow::Error) -> Failure {
    for cause in error.chain() {
        let known = if let Some(failure) = cause.downcast_ref::<Failure>() {
            Some(failure.clone())
        } else if let Some(error) = cause.downcast_ref::<halo::Error>() {
            Some(Failure::from(error))
        } else if let Some(error) = cause.downcast_ref::<backup::Error>() {
            Some(Failure::from(error))
        } else if let Some(error) = cause.downcast_ref::<http::Error>() {
            Some(Failure::from(error))
        } else if let Some(error) = cause.downcast_ref::<secrets::Error>() {
            Some(Failure::from(error))
        } else {
            cause.downcast_ref::<store::Error>().map(Failure::from)
        };
        if let Some(mut failure) = known {
            // The context above the cause says what was going on when it happened.
            failure.message = message_down_to(error, cause, failure.message);
            return failure;
        }
    }
    let message: Vec<String> = error.chain().map(ToString::to_string).collect();
    Failure::failed(message.join(": "))
}

/// The context lines above `cause`, then its own message.
fn message_down_to(error: &anyhow::Error, cause: &(dyn std::error::Error + 'static), own: Text) -> Text {
    let own_text = cause.to_string();
    let lines: Vec<String> = error
        .chain()
        .map(ToString::to_string)
        .take_while(|line| *line != own_text)
        .collect();
    lines.into_iter().rev().fold(own, Text::after)
}

impl From<&halo::Error> for Failure {
    fn from(error: &halo::Error) -> Self {
        use halo::Error as E;
        let message = error.to_string();
        match error {
            E::CredentialsRefused { .. } => Failure::not_connected(message).hint(
                "check the client id and secret, and --tenant if you gave it, in Halo (Configuration > Integrations > HaloPSA API > \
                 View Applications: the application must be active), then run: halolink connect",
            ),
            E::PermissionMissing { scope, role, .. } => Failure::not_connected(message).hint(format!(
                "in Halo, grant {scope} (or all:standard) under Configuration > Integrations > HaloPSA \
                 API > View Applications > your application > Permissions; its agent's role needs \
                 \"{role}\" (Configuration > Teams & Agents > Roles)"
            )),
            E::NotFound { .. } | E::Refused { .. } => Failure::failed(message),
            E::NotHalo { .. } => Failure::failed(message).hint(
                "the site URL is shown in Halo under Configuration > Integrations > HaloPSA API \
                 (the resource server, without /api)",
            ),
            E::Http(error) => error.into(),
        }
    }
}

impl From<&backup::Error> for Failure {
    fn from(error: &backup::Error) -> Self {
        use backup::Error as E;
        let message = error.to_string();
        match error {
            E::CredentialsRefused { .. } => Failure::not_connected(message).hint(
                "check the reseller token and the authentication token in the Partner Portal \
                 (Settings > API Settings), then run: halolink connect",
            ),
            E::NotFound { .. } | E::Refused { .. } => Failure::failed(message),
            E::NotBackup { .. } => Failure::failed(message)
                .hint("the backup URL is shown in the Partner Portal under Settings > API Settings"),
            E::Http(error) => error.into(),
        }
    }
}

/// What to do about a certificate that is not trusted; never to trust it without looking.
#[cfg(all(unix, not(target_vendor = "apple")))]
const TRUST: &str = "nothing was sent; check the address and this machine's clock; for a private authority, name its root in \
                     SSL_CERT_FILE (a PEM file, in place of the system's) or add it to the system's certificates";
#[cfg(not(all(unix, not(target_vendor = "apple"))))]
const TRUST: &str = "nothing was sent; check the address and this machine's clock; for a private authority, add its root to \
                     the system's certificate store";
const AUTHORITIES: &str = "install the system's certificates (the package is usually called ca-certificates), or name a PEM \
                           file with them in SSL_CERT_FILE";

impl From<&http::Error> for Failure {
    fn from(error: &http::Error) -> Self {
        use http::Error as E;
        let message = error.to_string();
        match error {
            E::Insecure { .. } => Failure::usage(message).hint("use an https:// address"),
            E::Unreachable { .. } => Failure::try_later(message)
                .hint("check the address and the network or proxy, then run the command again"),
            E::Silent { .. } | E::GaveUp { .. } => Failure::try_later(message)
                .hint("check the address and whether the service is up, then run the command again"),
            E::RateLimited { .. } => Failure::try_later(message)
                .hint("run the command again later, or wait longer with --patience SECONDS"),
            E::Unclear { .. } | E::ServerFailed { .. } => {
                Failure::try_later(message).hint("run the command again later")
            }
            E::Certificate { .. } => Failure::failed(message).hint(TRUST),
            E::NoAuthorities => Failure::failed(message).hint(AUTHORITIES),
            E::Redirected { to, .. } => {
                Failure::failed(message).hint(format!("if {to} is the right place, connect to it directly"))
            }
            E::Status { .. } | E::Unreadable { .. } | E::TooLarge { .. } | E::Setup { .. } | E::Withdrawn => {
                Failure::failed(message)
            }
        }
    }
}

impl From<&secrets::Error> for Failure {
    fn from(error: &secrets::Error) -> Self {
        use secrets::Error as E;
        let message = error.to_string();
        match error {
            E::Missing { secret } => Failure::not_connected(message).hint(format!(
                "run: halolink connect, or set {} (or {}_FILE)",
                secret.variable(),
                secret.variable()
            )),
            E::File { .. } | E::Empty { .. } | E::Malformed { .. } => Failure::usage(message),
            E::NoKeyring { .. } | E::KeyringSilent { .. } | E::Keyring { .. } => Failure::failed(message)
                .hint(
                    "without a keyring, supply the secrets for every run in HALOLINK_CLIENT_SECRET, \
                     HALOLINK_RESELLER_TOKEN and HALOLINK_ACCESS_TOKEN (or the same names with _FILE), \
                     and connect with --secret-store none",
                ),
        }
    }
}

impl From<&store::Error> for Failure {
    fn from(error: &store::Error) -> Self {
        use store::Error as E;
        let message = error.to_string();
        match error {
            E::Held { .. } => Failure::try_later(message).hint("run the command again when it is done"),
            E::Busy => Failure::try_later(message).hint("run the command again"),
            E::NotOurs { .. } => Failure::failed(message)
                .hint("HALOLINK_STATE must name halolink's own state file, or one that does not exist"),
            E::Newer { .. } => Failure::failed(message).hint("install the newer halolink"),
            E::Unknown { what, .. } if *what == store::CONFIGURED_METRIC => Failure::failed(message)
                .hint("say which seats are billed: halolink configure --seat-metric METRIC"),
            E::Open { .. } | E::Unknown { .. } | E::Sql { .. } => Failure::failed(message),
        }
    }
}
