//! One request, before it is sent.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::{
    Method, Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};

use super::Error;

/// The largest answer about one record or a few, in bytes. It may be taken apart into values that take many times as
/// much memory.
const LARGEST_RECORD: usize = 8 << 20;
/// The largest answer with a list, in bytes. It is read as a stream.
const LARGEST_LIST: usize = 64 << 20;
/// How many times a request that may be repeated is sent before the service counts as down.
const TRIES: usize = 5;

/// What is sent.
pub enum Body {
    /// Nothing.
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
    /// Address with its query.
    pub url: Url,
    /// Headers; marked sensitive where they are.
    pub headers: HeaderMap,
    /// Body.
    pub body: Body,
    /// Whether doing it twice is the same as doing it once.
    pub repeatable: bool,
    /// How often it is sent before the service counts as down.
    pub tries: usize,
    /// Whether it does without an answer rather than wait for one: it is sent only where the rate budget has
    /// plenty of room, and a limit that it meets holds nobody back.
    pub courtesy: bool,
    /// Asked where it had to wait for a rate limit, right before it is sent.
    pub still_wanted: Option<StillWanted>,
    /// Bytes of the largest answer that is read, unpacked: no real one is larger, and more is somebody else's page.
    pub largest_answer: usize,
}

/// Whether a request is to be sent still.
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
            courtesy: false,
            still_wanted: None,
            largest_answer: LARGEST_RECORD,
        }
    }

    /// A write, not repeatable unless said.
    pub fn post(url: Url, body: Body) -> Self {
        Self {
            method: Method::POST,
            url,
            headers: HeaderMap::new(),
            body,
            repeatable: false,
            tries: TRIES,
            courtesy: false,
            still_wanted: None,
            largest_answer: LARGEST_RECORD,
        }
    }

    /// The same request, as one that is not worth waiting for; sent once.
    pub fn without_waiting(mut self) -> Self {
        self.courtesy = true;
        self.tries = 1;
        self
    }

    /// The same request, whose answer is as large as a list can be.
    #[must_use]
    pub fn for_a_list(mut self) -> Self {
        self.largest_answer = LARGEST_LIST;
        self
    }

    /// The same request with a header whose value is secret.
    ///
    /// # Errors
    /// A value that no header can carry.
    pub fn secret_header(mut self, name: &'static str, value: &SecretString) -> Result<Self, Error> {
        self.set_secret_header(HeaderName::from_static(name), value)?;
        Ok(self)
    }

    /// Sets a header whose value is secret.
    ///
    /// # Errors
    /// A value that no header can carry.
    pub fn set_secret_header(&mut self, name: HeaderName, value: &SecretString) -> Result<(), Error> {
        let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| Error::Setup {
            reason: format!("the value for the header {name} has characters that no header can carry"),
        })?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(())
    }

    /// Whether it can be sent again, after a pause, once it went wrong in this way.
    pub(super) fn can_follow(&self, error: &Error) -> bool {
        match error {
            // What failed while it was written fails again; whoever sent it can send less at once.
            Error::ServerFailed { .. } => self.repeatable && self.method == Method::GET,
            Error::Unreachable { .. } => true,
            Error::Silent { .. } | Error::Unclear { .. } | Error::Unreadable { .. } => self.repeatable,
            _ => false,
        }
    }
}
