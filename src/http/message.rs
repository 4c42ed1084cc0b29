//! One clear sentence about an answer, without quoting it.
//!
//! Nearly every request here carries a secret or asks for one, and an answer can repeat it: a list of
//! organizations contains each one's own token. So an error tells an answer's status, type and length, and
//! where it stops being JSON. From a refusal it also takes the words of the message field, if the answer has
//! one of the shapes that errors were seen to have: `{"resultCode","errorMessage"}`, `{"ClassName","Message"}`,
//! `{"Message"}`, `{"error","error_description"}`, `{"[0].id": ["message", …]}`, or a bare JSON string that is a
//! sentence (a token has no spaces).

use serde_json::{Map, Value};

/// In bytes. Nobody writes a message that fills a larger body.
const LARGEST_REFUSAL: usize = 64 * 1024;
/// How many messages to pass on from an answer that has one for each field.
const MOST_FIELDS: usize = 5;
/// An object with one of these fields is a record, not a refusal; its `errors` are data.
const RECORD: [&str; 5] = [
    "id",
    "email",
    "organization_id",
    "domain_name",
    "authentication_token",
];

/// The service's words in the body of a refusal, as they came: redact them before showing them.
pub fn in_refusal(body: &[u8]) -> Option<String> {
    if body.len() > LARGEST_REFUSAL {
        return None;
    }
    in_json(&serde_json::from_slice(body).ok()?)
}

/// The trimmed text, unless it is empty or markup.
fn text(text: &str) -> Option<String> {
    Some(text.trim())
        .filter(|text| !text.is_empty() && !text.starts_with('<'))
        .map(ToOwned::to_owned)
}

/// Text outside a message field must look like a sentence: without spaces it may be a token.
fn is_sentence(text: &str) -> bool {
    text.trim().contains(char::is_whitespace)
}

fn in_json(value: &Value) -> Option<String> {
    match value {
        Value::String(words) => text(words).filter(|words| is_sentence(words)),
        Value::Array(rows) => rows.iter().find_map(in_json),
        Value::Object(fields) if RECORD.iter().any(|name| fields.contains_key(*name)) => None,
        Value::Object(fields) => named(fields).or_else(|| by_field(fields)),
        _ => None,
    }
}

fn named(fields: &Map<String, Value>) -> Option<String> {
    let named = |wanted: &str| {
        fields
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .and_then(|(_, value)| match value {
                Value::String(words) => text(words).filter(|words| is_message(words)),
                value => in_json(value),
            })
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

/// Whether a key is a field's name, possibly with its record's index in front: `[0].client_id`, `Summary`.
fn is_field(key: &str) -> bool {
    let name = key
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]."))
        .filter(|(place, _)| place.len() <= 6 && place.bytes().all(|digit| digit.is_ascii_digit()))
        .map_or(key, |(_, name)| name);
    let mut parts = name.split(['_', '.']);
    name.len() <= 32 && parts.next().is_some_and(is_word) && parts.all(|part| is_word(part) || is_place(part))
}

/// A number that tells fields of one name apart: `category_1`.
fn is_place(part: &str) -> bool {
    (1..=2).contains(&part.len()) && part.bytes().all(|digit| digit.is_ascii_digit())
}

/// A word as people and programs write it: lower case, perhaps with an initial capital. Tokens mix cases.
fn is_word(word: &str) -> bool {
    let rest = word
        .strip_prefix(|first: char| first.is_ascii_uppercase())
        .unwrap_or(word);
    !word.is_empty() && rest.bytes().all(|letter| letter.is_ascii_lowercase())
}

/// Whether the text of a message field is one: a sentence, or a word such as `Denied` or `invalid_client`.
fn is_message(text: &str) -> bool {
    is_sentence(text) || text.len() <= 40 && text.trim_end_matches(['.', '!']).split(['_', '-']).all(is_word)
}

/// The messages in `{"[0].id": ["message", …]}`, if every field is a list of sentences.
fn by_field(fields: &Map<String, Value>) -> Option<String> {
    let mut messages = Vec::new();
    for (field, value) in fields {
        for message in value.as_array()? {
            let message = message.as_str()?.trim();
            if !is_sentence(message) {
                return None;
            }
            // A key that is not a field's name could be anything, even a secret.
            messages.push(if is_field(field) {
                format!("{field}: {message}")
            } else {
                message.to_owned()
            });
        }
    }
    messages.truncate(MOST_FIELDS);
    (!messages.is_empty()).then(|| messages.join("; "))
}

/// What kind of answer came, without its content: `application/json, 18,233 bytes`.
pub fn kind(content_type: Option<&str>, body: &[u8]) -> String {
    let content_type = content_type.unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let is_plausible = (1..=60).contains(&essence.len())
        && essence
            .chars()
            .all(|character| character.is_ascii_alphabetic() || "/-+.".contains(character));
    let named = if is_plausible { essence } else { "no content type" };
    format!("{named}, {} bytes", thousands(body.len()))
}

/// Whether the body begins like the JSON of an API: an object or an array.
pub fn resembles_json(body: &[u8]) -> bool {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'['))
}

/// Whether the body is a page for a browser.
pub fn resembles_html(body: &[u8]) -> bool {
    body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

/// A number with commas between its thousands.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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
            (r#"[{"error":"first"}]"#, "first"),
            (r#"{"errors":["The field is missing"]}"#, "The field is missing"),
            (
                r#"{"Summary":["must not be empty"]}"#,
                "Summary: must not be empty",
            ),
            (
                r#"{"[0].id":["Not a number"],"[1].count":["Too large","Too many"]}"#,
                "[0].id: Not a number; [1].count: Too large; [1].count: Too many",
            ),
            (
                r#"{"[0].category_1":["The field is required"]}"#,
                "[0].category_1: The field is required",
            ),
            (
                r#"{"title":"Validation failed","errors":{"[0].id":["Not a number"]}}"#,
                "[0].id: Not a number",
            ),
        ] {
            assert_eq!(in_refusal(body.as_bytes()).as_deref(), Some(sentence), "{body}");
        }
    }

    #[test]
    fn what_is_no_message_is_not_quoted() {
        for body in [
            r#"[{"id":"1-2","organization_name":"Ann","authentication_token":"abc","errors":"no"}]"#,
            r#"{"result_set":[{"id":"1-2","authentication_token":"abc"}]}"#,
            r#"{"data":[{"authentication_token":"abc"}],"pagination":{"next_page":null}}"#,
            r#"{"access_token":"abc","expires_in":3600}"#,
            r#"{"id":"1-2","message":"abc"}"#,
            r#"[{"email":"ann@example.com","errors":"abc"}]"#,
            r#"{"Message":"<html><title>abc</title>"}"#,
            "<html><title>abc</title>",
            "abc",
            "",
            // Places where a token could be, without a name that says so.
            r#""abc0def""#,
            r#"["abc0def", "ghi1jkl"]"#,
            r#"{"tokens":["abc0def"]}"#,
            r#"{"errors":{"abc0def":["x"]}}"#,
            r#"{"errors":["abc0def"]}"#,
            r#"{"[0].id":["abc0def"]}"#,
            r#"{"Message":"abc0def"}"#,
            r#"{"error":"qwHtokenAlphaOnlyZz"}"#,
        ] {
            assert_eq!(in_refusal(body.as_bytes()), None, "{body}");
        }
        let large = format!("{{\"Message\":\"{}\"}}", "a".repeat(LARGEST_REFUSAL));
        assert_eq!(in_refusal(large.as_bytes()), None);
    }

    #[test]
    fn an_answer_is_told_by_its_type_and_length() {
        let body = [b'a'; 18_233];
        assert_eq!(
            kind(Some("application/json; charset=utf-8"), &body),
            "application/json, 18,233 bytes"
        );
        assert_eq!(kind(None, &body[..999]), "no content type, 999 bytes");
        assert_eq!(kind(Some("abc 123"), b""), "no content type, 0 bytes");
    }
}
