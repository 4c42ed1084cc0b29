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
    /// The application or its agent's role may not do this. Halo answers 401 for a scope that was not
    /// granted, also with a valid token, and 403 for what the role forbids.
    #[error("HaloPSA does not permit {action}: {message}")]
    PermissionMissing {
        /// What was tried, as "reading customers".
        action: String,
        /// The scope it takes.
        scope: &'static str,
        /// The setting of the agent's role that it takes.
        role: &'static str,
        /// Halo's words.
        message: String,
    },
    /// No such record.
    #[error("HaloPSA has no {what}")]
    NotFound {
        /// Kind and id.
        what: String,
    },
    /// The request was understood and refused.
    #[error("HaloPSA refused {action}: {message}")]
    Refused {
        /// What was tried.
        action: String,
        /// HTTP status.
        status: u16,
        /// Halo's words.
        message: String,
    },
    /// There is something else at the site URL.
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
    /// Whether a write may have been done although no answer says so.
    pub fn is_unclear(&self) -> bool {
        matches!(self, Error::Http(error) if error.is_unclear())
    }

    /// Whether Halo itself failed at what was sent (and not something in between). What may have been done is
    /// not known.
    pub fn is_own_failure(&self) -> bool {
        matches!(self, Error::Http(http::Error::ServerFailed { .. }))
    }

    /// Whether it was not sent, because it was not wanted any more by the time that it could be.
    pub fn is_withdrawn(&self) -> bool {
        matches!(self, Error::Http(http::Error::Withdrawn))
    }

    /// The service's own words where there are any: why it said no, or failed.
    pub fn words(&self) -> String {
        match self {
            Error::Refused { message, .. } => message.clone(),
            Error::Http(http::Error::ServerFailed { status, message, .. }) => {
                format!("Halo failed at it ({status}): {message}")
            }
            error => error.to_string(),
        }
    }

    /// Whether Halo looked at what was sent and said no to it (and not to who sent it).
    pub fn is_refusal(&self) -> bool {
        matches!(self, Error::Refused { .. } | Error::NotFound { .. })
    }

    /// Reads a refusal's meaning off its status.
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
