//! Redaction: takes known secrets, however they are encoded, and whatever looks like a secret out of text.
//!
//! This is the second line of defence. The first is that no answer is quoted (see [`super::message`]): only
//! the words of a refusal and our own lines pass through here.

use crate::text::clean;

/// What is shown in place of a secret.
const HIDDEN: &str = "[secret]";
/// A known secret of fewer bytes is not searched for: it would turn up everywhere.
const SHORTEST_KNOWN: usize = 4;
/// A secret of fewer bytes is not searched for within base64: too few characters depend on it alone.
const SHORTEST_IN_BASE64: usize = 8;
/// The longest text to pass on, in characters.
const LONGEST: usize = 200;

/// A service's words, made fit to be shown: one short line without secrets.
pub fn words<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    // Clean first: an invisible character inside a secret would hide it from the search.
    let text = without_known(&clean(text), secrets);
    shorten(&without_tokens(&without_named(before_data(&text))))
}

/// The text without these secrets, whether plain or encoded for a URL, a form, JSON, HTML or Basic authentication.
pub fn without_known<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        if secret.len() >= SHORTEST_KNOWN {
            for form in forms(secret) {
                text = replace_ignoring_case(&text, &form);
            }
        }
    }
    text
}

/// The encodings in which a secret was seen, or can be expected, to come back. Longer ones first.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![
        secret.to_owned(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        percent_encoded(secret, b"-_.~"),
        // The characters that JavaScript's encodeURIComponent leaves alone.
        percent_encoded(secret, b"-_.~!*'()"),
        html_escape::encode_safe(secret).into_owned(),
        secret.replace('/', "\\/"),
    ];
    if let Ok(quoted) = serde_json::to_string(secret) {
        let within = &quoted[1..quoted.len() - 1];
        forms.push(within.replace('/', "\\/"));
        forms.push(within.to_owned());
    }
    if secret.len() >= SHORTEST_IN_BASE64 {
        for offset in 0..3 {
            let form = within_base64(secret.as_bytes(), offset);
            // The URL-safe alphabet.
            forms.push(form.replace('+', "-").replace('/', "_"));
            forms.push(form);
        }
    }
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms.dedup();
    forms
}

fn percent_encoded(text: &str, kept: &[u8]) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// What base64 always contains where these bytes follow `offset` (modulo 3) others: the characters that depend on
/// these bytes alone.
fn within_base64(bytes: &[u8], offset: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = bytes.len() * 8;
    // Skips the bits that share a character with the bytes before.
    let first = [0, 4, 2][offset % 3];
    (first..)
        .step_by(6)
        .take_while(|start| start + 6 <= bits)
        .map(|start| {
            let pair =
                u16::from(bytes[start / 8]) << 8 | bytes.get(start / 8 + 1).copied().map_or(0, u16::from);
            let index = pair >> (10 - start % 8) & 0b11_1111;
            char::from(ALPHABET[usize::from(index)])
        })
        .collect()
}

fn replace_ignoring_case(text: &str, form: &str) -> String {
    // Lower-casing ASCII keeps the byte positions.
    let (lower, wanted) = (text.to_ascii_lowercase(), form.to_ascii_lowercase());
    let mut replaced = String::new();
    let mut done = 0;
    for (start, _) in lower.match_indices(&wanted) {
        replaced.push_str(&text[done..start]);
        replaced.push_str(HIDDEN);
        done = start + form.len();
    }
    replaced.push_str(&text[done..]);
    replaced
}

/// The text up to the first JSON in it: a service was seen to put a whole list into a message.
fn before_data(text: &str) -> &str {
    let begins = ["{\"", "[{", "{\\\"", "{ \"", "[ {"];
    let start = begins.iter().filter_map(|begin| text.find(begin)).min();
    start.map_or(text, |start| text[..start].trim_end())
}

/// The text without the values that follow names such as `client_secret=`, `"access_token":` or
/// `X-Access-Token%3D`.
fn without_named(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut result = String::new();
    let mut done = 0;
    while let Some(name_end) = next_name(&lower, done) {
        result.push_str(&text[done..name_end]);
        done = name_end;
        let Some((value_start, sign)) = after_sign(&lower, name_end) else {
            continue;
        };
        let value_end = value_start + value_length(&text[value_start..]);
        // "Wrong token: it has expired" contains no value.
        let value = &text[value_start..value_end];
        let is_prose = sign == Sign::Prose
            && value.len() < 16
            && !value.contains(|character: char| character.is_ascii_digit() || character == ' ');
        if is_prose || value_end == value_start {
            continue;
        }
        result.push_str(&text[name_end..value_start]);
        result.push_str(HIDDEN);
        done = value_end;
    }
    result.push_str(&text[done..]);
    result
}

/// The end of the next name of something secret.
fn next_name(lower: &str, from: usize) -> Option<usize> {
    const NAMES: [&str; 9] = [
        "token",
        "secret",
        "password",
        "passwd",
        "api_key",
        "apikey",
        "api-key",
        "authorization",
        "credential",
    ];
    NAMES
        .iter()
        .filter_map(|name| lower[from..].find(name).map(|start| from + start + name.len()))
        .min()
}

/// What separates a name from its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// `=`, or a colon within quotes or without a space.
    Assignment,
    /// A colon and a space.
    Prose,
}

/// Where the value begins, if the name is followed by a sign.
fn after_sign(lower: &str, name_end: usize) -> Option<(usize, Sign)> {
    const QUOTES: [&str; 8] = ["\"", "'", "\\", "`", "%22", "%27", "%5c", "&quot;"];
    const SIGNS: [&str; 6] = ["=", "%3d", ":", "%3a", "&#61;", "&#58;"];
    const SPACES: [&str; 3] = [" ", "%20", "+"];
    let mut at = name_end;
    let mut quoted = false;
    let mut sign = None;
    let mut spaced = false;
    loop {
        let rest = &lower[at..];
        let starting = |texts: &[&str]| {
            texts
                .iter()
                .find(|text| rest.starts_with(**text))
                .map(|text| text.len())
        };
        if let Some(length) = starting(&QUOTES) {
            quoted = true;
            at += length;
        } else if let Some(length) = starting(&SIGNS).filter(|_| sign.is_none()) {
            sign = Some(rest.starts_with('=') || rest.starts_with("%3d") || rest.starts_with("&#61;"));
            at += length;
        } else if let Some(length) = starting(&SPACES) {
            spaced |= sign.is_some();
            at += length;
        } else {
            let is_equals = sign?;
            let sign = if is_equals || quoted || !spaced {
                Sign::Assignment
            } else {
                Sign::Prose
            };
            return Some((at, sign));
        }
    }
}

/// The length of a value: up to the next delimiter, and with the word that follows an authentication scheme.
fn value_length(text: &str) -> usize {
    let end = |text: &str| {
        text.find(|character: char| character.is_whitespace() || "\"'`&,;<>{}[]()\\|".contains(character))
            .unwrap_or(text.len())
    };
    let first = end(text);
    let is_scheme = is_scheme(&text[..first]);
    match text[first..].strip_prefix(' ') {
        Some(rest) if is_scheme => first + 1 + end(rest),
        _ => first,
    }
}

fn is_scheme(word: &str) -> bool {
    ["bearer", "token", "basic"]
        .iter()
        .any(|scheme| word.eq_ignore_ascii_case(scheme))
}

/// The text without anything that looks like a token, known or not: some services repeat the one they refused.
fn without_tokens(text: &str) -> String {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "-_.+/=~%".contains(character);
    let mut result = String::new();
    let mut after_scheme = false;
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        if word.is_empty() {
            let gap = rest.find(is_part).unwrap_or(rest.len());
            result.push_str(&rest[..gap]);
            rest = &rest[gap..];
            continue;
        }
        let bare = word.trim_end_matches('.');
        let bare_is_token = looks_like_token(bare) || after_scheme && bare.len() >= 12;
        if bare_is_token {
            result.push_str(HIDDEN);
            result.push_str(&word[bare.len()..]);
        } else {
            result.push_str(word);
        }
        after_scheme = is_scheme(bare);
        rest = after;
    }
    result
}

/// Whether a word looks like a generated secret: a JSON Web Token, a GUID, a long hexadecimal number, or a random
/// mix of upper case, lower case and digits.
fn looks_like_token(word: &str) -> bool {
    let letters: Vec<char> = word.chars().filter(char::is_ascii_alphanumeric).collect();
    // A JSON Web Token begins with `{"` in base64.
    if word.starts_with("eyJ") && word.len() > 20 {
        return true;
    }
    let has_digit = letters.iter().any(char::is_ascii_digit);
    if letters.len() < 20 || !has_digit {
        return false;
    }
    if letters.len() >= 32 && letters.iter().all(char::is_ascii_hexdigit) {
        return true;
    }
    let class = |letter: &char| (letter.is_ascii_digit(), letter.is_ascii_uppercase());
    let switches = letters
        .windows(2)
        .filter(|pair| class(&pair[0]) != class(&pair[1]))
        .count();
    switches * 4 > letters.len()
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> String {
        words(text, [])
    }

    #[test]
    fn values_after_a_name_are_hidden() {
        for (text, shown) in [
            (
                "grant_type=client_credentials&client_secret=abc%2Fdef&scope=all",
                "grant_type=client_credentials&client_secret=[secret]&scope=all",
            ),
            (
                "bad \"access_token\": \"abc def\"",
                "bad \"access_token\": \"[secret] def\"",
            ),
            (
                "bad \\\"reseller_token\\\":\\\"abc\\\"",
                "bad \\\"reseller_token\\\":\\\"[secret]\\\"",
            ),
            (
                "q=%22access_token%22%3A%22abc%22",
                "q=%22access_token%22%3A%22[secret]",
            ),
            ("authentication_token:abc", "authentication_token:[secret]"),
            ("password = hunter", "password = [secret]"),
            ("X-Access-Token: a1b2", "X-Access-Token: [secret]"),
            ("Authorization: Bearer abc", "Authorization: [secret]"),
            ("Authorization=Bearer abc now", "Authorization=[secret] now"),
            ("invalid token: expired", "invalid token: expired"),
            ("the client_secret is wrong", "the client_secret is wrong"),
        ] {
            assert_eq!(plain(text), shown, "{text}");
        }
    }

    #[test]
    fn what_looks_like_a_token_is_hidden() {
        for (text, shown) in [
            (
                "bad token Bearer abcdefghijklmnop, sorry",
                "bad token Bearer [secret], sorry",
            ),
            ("(eyJhbGciOiJIUzI1NiJ9.e30.abc) expired", "([secret]) expired"),
            ("no 3f2504e0-4f89-11d3-9a0c-0305e82c3301.", "no [secret]."),
            ("no dXNlcjpwYXNzd29yZDEyMw7", "no [secret]"),
            ("Token expired", "Token expired"),
            (
                "No licence 2024-ACME-Contract-000123 there",
                "No licence 2024-ACME-Contract-000123 there",
            ),
            (
                "na-saas-npp.backup.ninjarmm.com says no",
                "na-saas-npp.backup.ninjarmm.com says no",
            ),
            (
                "SoftwareLicenceCouldNotBeUpdated",
                "SoftwareLicenceCouldNotBeUpdated",
            ),
        ] {
            assert_eq!(plain(text), shown, "{text}");
        }
    }

    #[test]
    fn data_in_a_message_is_left_out_and_a_long_one_is_cut_between_characters() {
        assert_eq!(plain("Cannot read [{\"id\":1,\"name\":\"Ann\"}]"), "Cannot read");
        assert_eq!(plain(&"ü".repeat(1000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn base64_is_found_at_any_offset() {
        for (encoded, offset) in [
            ("c2VjcmV0LXdvcmQ=", 0),
            ("OnNlY3JldC13b3Jk", 1),
            ("YTpzZWNyZXQtd29yZA==", 2),
        ] {
            let part = within_base64(b"secret-word", offset);
            assert!(encoded.contains(&part) && part.len() >= 12, "{encoded} {part}");
        }
    }

    proptest! {
        #[test]
        fn a_known_secret_is_found_in_every_dress(secret in "[ -~äß]{12,40}", before in "[a-z:]{0,5}", dress in 0..8_u8) {
            let json = serde_json::to_string(&secret).unwrap();
            let json = &json[1..json.len() - 1];
            let shown = match dress {
                0 => secret.clone(),
                1 => url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
                2 => percent_encoded(&secret, b"-_.~"),
                3 => percent_encoded(&secret, b"-_.~").to_ascii_lowercase(),
                4 => json.to_owned(),
                5 => json.replace('/', "\\/"),
                6 => html_escape::encode_safe(&secret).into_owned(),
                _ => secret.to_ascii_uppercase(),
            };
            let text = without_known(&format!("{before}{shown} is wrong"), [secret.as_str()]);
            prop_assert_eq!(text, format!("{before}[secret] is wrong"));
        }

        #[test]
        fn any_text_is_survived(text in "\\PC{0,80}", middle in "(token|secret)[=:% \"\\\\]{0,6}") {
            words(&format!("{text}{middle}{text}"), ["known-secret"]);
        }
    }
}
