//! What can go wrong with SaaS Backup.

use crate::http;

/// What can go wrong with SaaS Backup.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Wrong reseller or access token, or no API access.
    #[error("SaaS Backup refused the reseller token or the access token: {message}")]
    CredentialsRefused {
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
    pub(super) fn of_status(error: http::Error, path: &[&str]) -> Self {
        let what = format!("/{}", path.join("/"));
        match error {
            http::Error::Status {
                status: 401 | 403,
                message,
                ..
            } => Error::CredentialsRefused { message },
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
