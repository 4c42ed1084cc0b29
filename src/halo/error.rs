//! What can go wrong with Halo.

use super::Resource;
use crate::http;

/// What can go wrong with Halo.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Wrong client id or secret, wrong tenant, or an inactive application.
    #[error("HaloPSA refused the client id or secret: {message}")]
    CredentialsRefused {
        /// Halo's words.
        message: String,
    },
    /// The application or its agent's role may not do this. Halo answers 401 if a scope was not granted,
    /// even with a valid token, and 403 if the role forbids it.
    #[error("HaloPSA does not permit {action}: {message}")]
    PermissionMissing {
        /// What was tried, e.g. "reading customers".
        action: String,
        /// The scope that it requires.
        scope: &'static str,
        /// The setting of the agent's role that it requires.
        role: &'static str,
        /// Halo's words.
        message: String,
    },
    /// No such record.
    #[error("HaloPSA has no {what}")]
    NotFound { what: String },
    /// The request was understood and refused.
    #[error("HaloPSA refused {action}: {message}")]
    Refused {
        /// What was tried, e.g. "writing licenses".
        action: String,
        /// HTTP status.
        status: u16,
        /// Halo's words.
        message: String,
    },
    /// The site URL leads to something that is not HaloPSA.
    #[error("there is no HaloPSA at {url}: {reason}")]
    NotHalo {
        /// The token URL that was tried.
        url: String,
        /// What came back.
        reason: String,
    },
    /// No usable answer.
    #[error(transparent)]
    Http(#[from] http::Error),
}

impl Error {
    /// Whether a write may have been done even though no answer confirms it.
    pub fn is_unclear(&self) -> bool {
        matches!(self, Error::Http(error) if error.is_unclear())
    }

    /// Whether Halo itself failed at the request, rather than something in between. Whether anything was done
    /// is not known.
    pub fn is_own_failure(&self) -> bool {
        matches!(self, Error::Http(http::Error::ServerFailed { .. }))
    }

    /// Whether the request was not sent because, after a wait, it was no longer wanted.
    pub fn is_withdrawn(&self) -> bool {
        matches!(self, Error::Http(http::Error::Withdrawn))
    }

    /// Why Halo refused or failed, in its own words if there are any.
    pub fn words(&self) -> String {
        match self {
            Error::Refused { message, .. } => message.clone(),
            Error::Http(http::Error::ServerFailed { status, message, .. }) => {
                format!("Halo failed at it ({status}): {message}")
            }
            error => error.to_string(),
        }
    }

    /// Whether Halo refused what was sent, rather than who sent it.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Error::Refused { .. } | Error::NotFound { .. })
    }

    /// Tells from the status what a refusal means.
    pub(super) fn of_status(error: http::Error, resource: Resource, write: bool) -> Self {
        let http::Error::Status { status, message, .. } = error else {
            return Error::Http(error);
        };
        let action = resource.action(write);
        match status {
            401 | 403 => Error::PermissionMissing {
                action,
                scope: resource.scope(write),
                role: resource.role(),
                message,
            },
            404 => Error::NotFound {
                what: format!("{} there: {message}", resource.record()),
            },
            status => Error::Refused {
                action,
                status,
                message,
            },
        }
    }
}
