//! What can go wrong with SaaS Backup.

use crate::http;

/// What can go wrong with SaaS Backup.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Wrong reseller or access token, or no API access.
    #[error("SaaS Backup refused the reseller token or the access token: {message}")]
    CredentialsRefused {
        /// HTTP status: 401 or 403.
        status: u16,
        /// The service's words.
        message: String,
    },
    /// No such record.
    #[error("SaaS Backup has no {what}")]
    NotFound {
        /// The path, or the record in words.
        what: String,
    },
    /// The request was refused for another reason.
    #[error("SaaS Backup refused to answer {what}: {message}")]
    Refused {
        /// The path.
        what: String,
        /// The service's words.
        message: String,
    },
    /// The backup URL leads to something that is not SaaS Backup.
    #[error("there is no SaaS Backup API at the backup URL: {reason}")]
    NotBackup {
        /// What came back.
        reason: String,
    },
    /// No usable answer.
    #[error(transparent)]
    Http(#[from] http::Error),
}

impl Error {
    /// Whether nothing more can be asked of the service in this run: it cannot be reached or trusted, or makes everybody
    /// wait for too long.
    pub fn ends_the_run(&self) -> bool {
        let Error::Http(error) = self else { return false };
        matches!(
            error,
            http::Error::Insecure { .. }
                | http::Error::NoAuthorities
                | http::Error::Unreachable { .. }
                | http::Error::Certificate { .. }
                | http::Error::GaveUp { .. }
                | http::Error::Redirected { .. }
                | http::Error::RateLimited { .. }
        )
    }

    /// Whether only this answer is of no use: the service failed at it, was silent or answered something else, and other
    /// requests may well succeed. How long a run waits in vain for all of them is limited in `http`.
    pub(super) fn is_of_one_answer(&self) -> bool {
        match self {
            Error::Http(error) => matches!(
                error,
                http::Error::Silent { .. }
                    | http::Error::Unclear { .. }
                    | http::Error::ServerFailed { .. }
                    | http::Error::Unreadable { .. }
                    | http::Error::TooLarge { .. }
                    | http::Error::Status { .. }
            ),
            Error::Refused { .. } | Error::NotBackup { .. } => true,
            Error::CredentialsRefused { .. } | Error::NotFound { .. } => false,
        }
    }

    pub(super) fn of_status(error: http::Error, path: &[&str]) -> Self {
        let what = format!("/{}", path.join("/"));
        match error {
            http::Error::Status {
                status: status @ (401 | 403),
                message,
                ..
            } => Error::CredentialsRefused { status, message },
            http::Error::Status {
                status: 404, message, ..
            } if path == ["users"] => Error::NotBackup {
                reason: format!("404: {message}"),
            },
            http::Error::Status { status: 404, .. } => Error::NotFound { what },
            http::Error::Status { message, .. } => Error::Refused { what, message },
            http::Error::Unreadable {
                what,
                resembles_json: false,
                ..
            } if path == ["users"] => Error::NotBackup {
                reason: format!("it answered {what}"),
            },
            error => Error::Http(error),
        }
    }
}
