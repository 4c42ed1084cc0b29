//! One clear sentence out of an error body.
//!
//! Halo was seen to answer errors as `{"resultCode","errorMessage"}`, `{"ClassName","Message"}`,
//! `{"Message"}`, `{"error","error_description"}`, a bare string, and, from proxies, as HTML.

use serde_json::Value;

use crate::text::clean;

/// The longest message that is passed on, in characters.
const LONGEST: usize = 400;

/// The service's words in an error body, fit for a terminal.
pub fn of_body(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.is_empty() {
        return "no message".to_owned();
    }
    let words = match serde_json::from_str::<Value>(text) {
        Ok(value) => in_json(&value).unwrap_or_else(|| value.to_string()),
        Err(_) if text.starts_with('<') => return kind_of_body(body),
        Err(_) => text.to_owned(),
    };
    shorten(&without_tokens(&clean(&words)))
}

/// A text without what looks like a token, whoever's it is: some services tell which one they refused.
fn without_tokens(text: &str) -> String {
    const HIDDEN: &str = "[secret]";
    let mut after_scheme = false;
    let words = text.split(' ').map(|word| {
        let bare = word.trim_matches(|character: char| !character.is_ascii_alphanumeric());
        // A JSON Web Token begins with `{"` in Base64.
        let is_token = bare.starts_with("eyJ") && bare.len() > 20 || after_scheme && bare.len() >= 12;
        after_scheme = ["bearer", "token", "basic"]
            .iter()
            .any(|scheme| bare.eq_ignore_ascii_case(scheme));
        if is_token {
            word.replace(bare, HIDDEN)
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What a body that is not JSON looks like.
pub fn kind_of_body(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.is_empty() {
        return "nothing".to_owned();
    }
    if !text.starts_with('<') {
        return format!("the text \"{}\"", shorten(&clean(text)));
    }
    match title(text) {
        Some(title) => format!("a web page titled \"{}\"", shorten(&clean(title))),
        None => "a web page".to_owned(),
    }
}

fn title(html: &str) -> Option<&str> {
    // Lower-casing ASCII keeps the byte positions.
    let lower = html.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower.get(start..)?.find("</title>")?;
    html.get(start..end)
        .map(str::trim)
        .filter(|title| !title.is_empty())
}

fn in_json(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Array(rows) => rows.iter().find_map(in_json),
        Value::Object(fields) => {
            let named = |wanted: &str| {
                fields
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                    .and_then(|(_, value)| in_json(value))
            };
            let error = named("error");
            if let Some(description) = named("error_description") {
                return Some(match error {
                    Some(error) => format!("{error}: {description}"),
                    None => description,
                });
            }
            named("errorMessage")
                .or_else(|| named("Message"))
                .or(error)
                .or_else(|| named("errors"))
                .or_else(|| named("detail"))
                .or_else(|| named("title"))
        }
        _ => None,
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_error_becomes_one_sentence() {
        for (body, sentence) in [
            (
                r#"{"resultCode":1,"errorMessage":"No such client"}"#,
                "No such client",
            ),
            (
                r#"{"ClassName":"System.Exception","Message":"Bad count"}"#,
                "Bad count",
            ),
            (r#"{"Message":"Denied"}"#, "Denied"),
            (
                r#"{"error":"invalid_client","error_description":"Wrong secret"}"#,
                "invalid_client: Wrong secret",
            ),
            (r#"{"error":"invalid_grant"}"#, "invalid_grant"),
            (r#""Just text""#, "Just text"),
            ("Rate Limit Reached", "Rate Limit Reached"),
            (
                "<html><head><TITLE>502 Bad Gateway</TITLE></head></html>",
                "a web page titled \"502 Bad Gateway\"",
            ),
            ("<p>", "a web page"),
            ("", "no message"),
            (r#"[{"error":"first"}]"#, "first"),
        ] {
            assert_eq!(of_body(body.as_bytes()), sentence, "{body}");
        }
    }

    #[test]
    fn tokens_in_an_error_are_hidden() {
        assert_eq!(
            of_body(br#"{"Message":"bad token Bearer abcdefghijklmnop, sorry"}"#),
            "bad token Bearer [secret], sorry"
        );
        assert_eq!(
            of_body(b"(eyJhbGciOiJIUzI1NiJ9.e30.abc) expired"),
            "([secret]) expired"
        );
        assert_eq!(of_body(b"Token expired"), "Token expired");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let body = "ü".repeat(1000);
        assert_eq!(of_body(body.as_bytes()).chars().count(), LONGEST + 1);
    }
}
