//! An answer: what a service says, and how it goes over the wire.

use std::{io, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
};
use futures_util::stream;
use serde_json::Value;

/// How much of an answer reaches the client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Delivery {
    /// All of it.
    Whole,
    /// Half the body, with a matching Content-Length: only the JSON is broken.
    HalfJson,
    /// Half the body, with the Content-Length of all of it.
    HalfBody,
    /// Nothing: the connection is closed.
    Nothing,
}

/// The body of an answer.
pub(super) enum Payload {
    Json(Value),
    Html(String),
    Text(String),
}

/// An answer of a service.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) payload: Payload,
    pub(super) header: Option<(HeaderName, String)>,
    pub(super) delivery: Delivery,
}

/// Closes the connection without an answer: that is what the HTTP server does when a service returns an error.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed without an answer, as a fault asks")]
pub(super) struct Dropped;

impl Reply {
    pub(super) fn new(status: StatusCode, payload: Payload) -> Self {
        Self {
            status,
            payload,
            header: None,
            delivery: Delivery::Whole,
        }
    }

    pub(super) fn json(status: StatusCode, value: Value) -> Self {
        Self::new(status, Payload::Json(value))
    }

    pub(super) fn ok(value: Value) -> Self {
        Self::json(StatusCode::OK, value)
    }

    pub(super) fn text(status: StatusCode, text: impl Into<String>) -> Self {
        Self::new(status, Payload::Text(text.into()))
    }

    /// The page that a web server or proxy shows for a status.
    pub(super) fn page(status: StatusCode) -> Self {
        Self::new(status, Payload::Html(error_page(status)))
    }

    /// No answer at all.
    pub(super) fn nothing() -> Self {
        Self::text(StatusCode::OK, "").delivered(Delivery::Nothing)
    }

    pub(super) fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.header = Some((name, value.into()));
        self
    }

    pub(super) fn delivered(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    pub(super) fn is_error(&self) -> bool {
        self.status.is_client_error() || self.status.is_server_error()
    }

    /// The same refusal, but as a proxy's HTML page.
    pub(super) fn into_page(mut self) -> Self {
        self.payload = Payload::Html(error_page(self.status));
        self
    }

    /// The HTTP response.
    pub(super) fn into_response(self) -> Result<Response<Body>, Dropped> {
        let (kind, bytes) = match self.payload {
            Payload::Json(value) => ("application/json; charset=utf-8", value.to_string()),
            Payload::Html(page) => ("text/html; charset=utf-8", page),
            Payload::Text(text) => ("text/plain; charset=utf-8", text),
        };
        let mut bytes = Bytes::from(bytes);
        let whole = bytes.len();
        let body = match self.delivery {
            Delivery::Whole => Body::from(bytes),
            Delivery::HalfJson => Body::from(bytes.split_to(whole / 2)),
            Delivery::HalfBody => broken_off(bytes.split_to(whole / 2)),
            Delivery::Nothing => return Err(Dropped),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if self.delivery == Delivery::HalfBody {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole));
        }
        if let Some((name, value)) = self.header
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            headers.insert(name, value);
        }
        Ok(response)
    }
}

/// A body that breaks off after these bytes. It waits a moment first, or the server would not send even those.
fn broken_off(bytes: Bytes) -> Body {
    Body::from_stream(stream::unfold(Some(bytes), |rest| async {
        match rest {
            Some(bytes) if !bytes.is_empty() => Some((Ok(bytes), Some(Bytes::new()))),
            Some(_) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some((Err(io::Error::other(Dropped)), None))
            }
            None => None,
        }
    }))
}

fn error_page(status: StatusCode) -> String {
    let reason = status.canonical_reason().unwrap_or("Error");
    let title = format!("{} {reason}", status.as_u16());
    format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>Microsoft-Azure-Application-Gateway/v2</center>\r\n</body>\r\n</html>\r\n"
    )
}
