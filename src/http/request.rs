//! One request, before it is sent.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::{
    Method, Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};

use super::Error;

/// The largest answer about one record or a few, in bytes. Parsed into values, it may take many times as much
/// memory.
const LARGEST_RECORD: usize = 8 << 20;
/// The largest answer with a list, in bytes. It is parsed as a stream.
const LARGEST_LIST: usize = 64 << 20;
/// How often a repeatable request is sent before the service counts as down.
const TRIES: usize = 5;

/// What a request carries.
pub enum Body {
    None,
    /// JSON text.
    Json(String),
    /// A form whose values are secret.
    Form(Vec<(&'static str, SecretString)>),
}

/// One request.
pub struct Request {
    /// GET or POST.
    pub method: Method,
    /// The address, query included.
    pub url: Url,
    /// Those with a secret value are marked sensitive.
    pub headers: HeaderMap,
    pub body: Body,
    /// Whether sending it twice does the same as sending it once.
    pub repeatable: bool,
    /// How often it is sent before the service counts as down.
    pub tries: usize,
    /// Goes without an answer rather than wait for one: it is sent only while the rate limiter has plenty of
    /// room, and a rate limit that it runs into holds nothing else back.
    pub best_effort: bool,
    /// Asked right before it is sent, if it had to wait for a rate limit.
    pub still_wanted: Option<StillWanted>,
    /// The largest answer to read, in bytes, unpacked. No real one is larger; more is some other site's page.
    pub largest_answer: usize,
}

/// Whether a request that had to wait should still be sent.
pub type StillWanted = Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;

impl Request {
    /// A read; always repeatable.
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: Body::None,
            repeatable: true,
            tries: TRIES,
            best_effort: false,
            still_wanted: None,
            largest_answer: LARGEST_RECORD,
        }
    }

    /// A write; not repeatable unless the caller says so.
    pub fn post(url: Url, body: Body) -> Self {
        Self {
            method: Method::POST,
            url,
            headers: HeaderMap::new(),
            body,
            repeatable: false,
            tries: TRIES,
            best_effort: false,
            still_wanted: None,
            largest_answer: LARGEST_RECORD,
        }
    }

    /// The same request, sent once and never waited for.
    pub fn best_effort(mut self) -> Self {
        self.best_effort = true;
        self.tries = 1;
        self
    }

    /// The same request, with room for an answer as large as a list can be.
    #[must_use]
    pub fn for_a_list(mut self) -> Self {
        self.largest_answer = LARGEST_LIST;
        self
    }

    /// The same request with a secret header.
    ///
    /// # Errors
    /// The value has characters that no header can carry.
    pub fn secret_header(mut self, name: &'static str, value: &SecretString) -> Result<Self, Error> {
        self.set_secret_header(HeaderName::from_static(name), value)?;
        Ok(self)
    }

    /// Sets a secret header.
    ///
    /// # Errors
    /// The value has characters that no header can carry.
    pub fn set_secret_header(&mut self, name: HeaderName, value: &SecretString) -> Result<(), Error> {
        let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| Error::Setup {
            reason: format!("the value for the header {name} has characters that no header can carry"),
        })?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(())
    }

    /// Whether to send it again, after a pause, when it has failed like this.
    pub(super) fn can_follow(&self, error: &Error) -> bool {
        match error {
            // A write that the service failed at would fail again; the caller can send fewer records at once.
            Error::ServerFailed { .. } => self.repeatable && self.method == Method::GET,
            Error::Unreachable { .. } => true,
            Error::Silent { .. } | Error::Unclear { .. } | Error::Unreadable { .. } => self.repeatable,
            _ => false,
        }
    }
}
