//! The requests that the sandbox received, kept for tests and for the control endpoint.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded;

use super::{Service, call::Call};

/// How many requests to keep, so that a sandbox that is left running does not use up the memory.
const KEPT: usize = 100_000;

/// Shown in place of a secret.
const WITHHELD: &str = "(withheld)";

/// Fields of a token request whose values are not kept.
const SECRET_FIELDS: &[&str] = &["client_secret", "client_assertion", "password", "refresh_token"];

/// One request as it came in, without headers and without the secrets in its body.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Received {
    /// The service that was asked.
    pub service: Service,
    /// The HTTP method, in capitals.
    pub method: String,
    /// The path as it was sent, without the query.
    pub path: String,
    /// The query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The body: JSON as it is, a form as an object, an empty body as null, anything else as text.
    pub body: Value,
    /// The status of the answer; `None` if the connection was cut without one.
    pub status: Option<u16>,
    /// When it was answered, counted from the start of the sandbox.
    #[serde(serialize_with = "seconds")]
    pub at: Duration,
}

/// Serializes a duration as seconds, which is what people who read the control endpoint expect.
fn seconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

/// All requests received, in order.
pub(super) struct Log {
    started: Instant,
    entries: VecDeque<Received>,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            entries: VecDeque::new(),
        }
    }

    /// Notes a call and how it was answered.
    pub(super) fn note(&mut self, call: &Call, status: Option<StatusCode>) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(Received {
            service: call.service,
            method: call.method.to_string(),
            path: call.path.clone(),
            query: call.query.iter().cloned().map(withhold).collect(),
            body: body(call),
            status: status.map(|status| status.as_u16()),
            at: self.started.elapsed(),
        });
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Received> {
        self.entries.iter()
    }

    pub(super) fn forget(&mut self) {
        self.entries.clear();
    }
}

/// Replaces the value of a secret field.
fn withhold((name, value): (String, String)) -> (String, String) {
    let secret = SECRET_FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field));
    if secret {
        (name, WITHHELD.to_owned())
    } else {
        (name, value)
    }
}

fn body(call: &Call) -> Value {
    if call.body.is_empty() {
        return Value::Null;
    }
    if call.is_form() {
        return form_urlencoded::parse(&call.body)
            .into_owned()
            .map(withhold)
            .map(|(name, value)| (name, Value::String(value)))
            .collect::<serde_json::Map<_, _>>()
            .into();
    }
    // A token request that is not a form was refused, and may contain the secret in any form.
    if call.segments == ["auth", "token"] {
        return WITHHELD.into();
    }
    call.json()
        .unwrap_or_else(|| String::from_utf8_lossy(&call.body).into())
}
