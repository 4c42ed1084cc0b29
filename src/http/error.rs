//! What can go wrong between here and a usable answer.

/// What can go wrong between here and a usable answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is not https and not this machine.
    #[error("{url} is not secure: secrets are only sent over https")]
    Insecure {
        /// The address.
        url: String,
    },
    /// The HTTP client or the request could not be built.
    #[error("cannot make the request: {reason}")]
    Setup {
        /// Why.
        reason: String,
    },
    /// Not sent: it had to wait, and by then it was no longer wanted.
    #[error("it was not sent: it was no longer wanted after the wait")]
    Withdrawn,
    /// The machine trusts no certificate authority, so no https connection could be trusted.
    #[error("this machine has no certificate authorities to trust, so it can trust no service")]
    NoAuthorities,
    /// No connection: the request was not sent.
    #[error("cannot reach {host}: {reason} (tried {tries} times)")]
    Unreachable {
        /// Host and port.
        host: String,
        /// Why, in the system's words.
        reason: String,
        /// How often it was tried.
        tries: usize,
    },
    /// Not sent: the server's certificate is not trusted, or the server does not speak https.
    #[error("{host} cannot be trusted: {reason}")]
    Certificate {
        /// Host and port.
        host: String,
        /// Why.
        reason: String,
    },
    /// Sent, but no complete answer came in time: whether the work was done is not known.
    #[error("{host} did not answer within {seconds} s (tried {tries} times)")]
    Silent {
        /// Host and port.
        host: String,
        /// Seconds waited the last time.
        seconds: u64,
        /// How often it was tried.
        tries: usize,
    },
    /// Not sent: this run has waited in vain for long enough.
    #[error("nothing more is sent to {host}: this run has waited {seconds} s for answers that did not come")]
    GaveUp {
        /// Host and port.
        host: String,
        /// Seconds waited in all.
        seconds: u64,
    },
    /// Sent, but no usable answer: whether the work was done is not known.
    #[error("{host} did not answer properly: {reason} (tried {tries} times)")]
    Unclear {
        /// Host and port.
        host: String,
        /// What came instead.
        reason: String,
        /// How often it was tried.
        tries: usize,
    },
    /// The service failed at this very request (status 500): whether the work was done is not known.
    #[error("{host} answered {status}: {message} (tried {tries} times)")]
    ServerFailed {
        /// Host and port.
        host: String,
        /// HTTP status.
        status: u16,
        /// The service's words, whatever shape they came in.
        message: String,
        /// How often it was tried.
        tries: usize,
    },
    /// A complete answer that is not what the API should send.
    #[error("{host} answered {what}")]
    Unreadable {
        /// Host and port.
        host: String,
        /// Its status, type and length, and where it stops being JSON; nothing of its content.
        what: String,
        /// Whether it begins like JSON: then it is the right service, and something went wrong on the way.
        resembles_json: bool,
    },
    /// An answer, or a list, larger than any real one; it was not read to its end.
    #[error("{host} answered with more than {limit}, which is the most that halolink reads")]
    TooLarge {
        /// Host and port.
        host: String,
        /// What it exceeds, e.g. "64 MB in one answer".
        limit: String,
    },
    /// A redirect to somewhere else; following it could carry secrets to another host.
    #[error("{host} redirects to {to}, which is not followed")]
    Redirected {
        /// Host and port.
        host: String,
        /// Scheme, host and path of the target.
        to: String,
    },
    /// The rate limit, or a pause that the service asked for, outlasts the patience.
    #[error(
        "{host} limits the number of requests, or asks to wait: {pause} s more, after {waited} s of the {patience} s that --patience allows"
    )]
    RateLimited {
        /// Host and port.
        host: String,
        /// Seconds still to wait.
        pause: u64,
        /// Seconds already waited for this request.
        waited: u64,
        /// Seconds allowed.
        patience: u64,
    },
    /// Refused with a status that no other variant covers, most likely from 400 to 499.
    #[error("{host} answered {status}: {message}")]
    Status {
        /// Host and port.
        host: String,
        /// HTTP status.
        status: u16,
        /// The service's words, whatever shape they came in.
        message: String,
    },
}

impl Error {
    /// Whether the work may have been done even though no answer confirms it.
    pub fn is_unclear(&self) -> bool {
        matches!(
            self,
            Error::Silent { .. }
                | Error::Unclear { .. }
                | Error::ServerFailed { .. }
                | Error::Unreadable { .. }
                | Error::TooLarge { .. }
        )
    }

    pub(super) fn with_tries(mut self, sent: usize) -> Self {
        if let Error::Unreachable { tries, .. }
        | Error::Silent { tries, .. }
        | Error::Unclear { tries, .. }
        | Error::ServerFailed { tries, .. } = &mut self
        {
            *tries = sent;
        }
        self
    }
}
