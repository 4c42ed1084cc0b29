//! A request, read completely.

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Method, Request, header},
};
use serde_json::Value;
use url::form_urlencoded;

use super::Service;

/// The largest body to read, in bytes: no batch of licenses is larger.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// A request as the services see it.
pub(super) struct Call {
    pub(super) service: Service,
    pub(super) method: Method,
    /// As it was sent.
    pub(super) path: String,
    /// The path's parts in lower case: ASP.NET, which Halo runs on, does not mind case or a trailing slash.
    pub(super) segments: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Call {
    /// Reads a request to its end.
    ///
    /// # Errors
    /// The connection failed.
    pub(super) async fn read(service: Service, request: Request<Body>) -> Result<Self, axum::Error> {
        let (head, body) = request.into_parts();
        let path = head.uri.path().to_owned();
        Ok(Self {
            service,
            method: head.method,
            segments: path
                .split('/')
                .filter(|segment| !segment.is_empty())
                .map(str::to_lowercase)
                .collect(),
            path,
            query: form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
            headers: head.headers,
            body: to_bytes(body, LARGEST_BODY).await?,
        })
    }

    /// The first value of a query parameter, whose name may be written in any case.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Whether a query parameter is set to `true`.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.query(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// A query parameter as a number.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.query(name)?.trim().parse().ok()
    }

    /// The text to search for in a query parameter, in lower case; `None` if it is empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text = self.query(name)?.trim().to_lowercase();
        (!text.is_empty()).then_some(text)
    }

    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether the body claims to be an HTML form.
    pub(super) fn is_form(&self) -> bool {
        self.header(header::CONTENT_TYPE.as_str()).is_some_and(|kind| {
            kind.to_lowercase()
                .starts_with("application/x-www-form-urlencoded")
        })
    }

    /// The path's parts, for matching.
    pub(super) fn route(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }
}
