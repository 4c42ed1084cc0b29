//! The shapes of Halo's errors. Live instances use all of them in different places, and so does the emulator.

use axum::http::StatusCode;
use serde_json::json;

use super::Reply;

/// `{"Message"}`, as ASP.NET does.
pub(super) fn message(status: StatusCode, text: impl Into<String>) -> Reply {
    Reply::json(status, json!({"Message": text.into()}))
}

/// `{"ClassName", "Message"}`: an exception that Halo threw.
pub(super) fn exception(class: &str, text: impl Into<String>) -> Reply {
    Reply::json(
        StatusCode::BAD_REQUEST,
        json!({"ClassName": class, "Message": text.into(), "Data": null, "InnerException": null}),
    )
}

/// The same with status 500.
pub(super) fn failure(class: &str, text: impl Into<String>) -> Reply {
    Reply::json(
        StatusCode::INTERNAL_SERVER_ERROR,
        json!({"ClassName": class, "Message": text.into(), "Data": null, "InnerException": null}),
    )
}

/// `{"resultCode", "errorMessage"}`.
pub(super) fn result_code(text: impl Into<String>) -> Reply {
    Reply::json(
        StatusCode::BAD_REQUEST,
        json!({"resultCode": "Error", "errorMessage": text.into()}),
    )
}

/// A bare JSON string.
pub(super) fn bare(text: impl Into<String>) -> Reply {
    Reply::json(StatusCode::BAD_REQUEST, json!(text.into()))
}

/// `{"error", "error_description"}`, as OAuth does.
pub(super) fn oauth(status: StatusCode, error: &str, description: &str) -> Reply {
    Reply::json(status, json!({"error": error, "error_description": description}))
}
