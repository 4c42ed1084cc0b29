//! A complete answer, and how an error describes it without quoting it.

use reqwest::StatusCode;

use super::{Error, message};

/// A complete answer.
pub struct Answer {
    pub status: StatusCode,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The error for an answer that is not the JSON that was asked for.
    pub fn unreadable(&self, host: &str, error: &serde_json::Error) -> Error {
        let host = host.to_owned();
        let (status, body, kind) = (self.status.as_u16(), &self.body, self.kind());
        if error.is_eof() && !body.is_empty() {
            return Error::Unclear {
                host,
                reason: format!("the answer was cut short ({status} with {kind})"),
                tries: 1,
            };
        }
        // Only the place: the error's own text may contain a value from the answer.
        let place = format!("line {} column {}", error.line(), error.column());
        let what = if body.iter().all(u8::is_ascii_whitespace) {
            format!("{status} with nothing")
        } else if message::resembles_html(body) {
            format!("{status} with a web page ({kind})")
        } else if error.is_data() {
            format!(
                "{status} with {kind}, which is not what was asked for (JSON of another shape at {place})"
            )
        } else {
            format!("{status} with {kind}, which stops being JSON at {place}")
        };
        Error::Unreadable {
            host,
            what,
            resembles_json: message::resembles_json(body),
        }
    }

    /// What a refusal says, and nothing else of it. `clean` makes the service's words fit to be shown.
    pub fn refusal(&self, clean: impl FnOnce(&str) -> String) -> String {
        if let Some(words) = message::in_refusal(&self.body) {
            let words = clean(&words);
            if !words.is_empty() {
                return words;
            }
        }
        let kind = self.kind();
        if self.body.is_empty() {
            "no message".to_owned()
        } else if message::resembles_html(&self.body) {
            format!("a web page ({kind})")
        } else {
            format!("no message ({kind})")
        }
    }

    fn kind(&self) -> String {
        message::kind(self.content_type.as_deref(), &self.body)
    }
}
