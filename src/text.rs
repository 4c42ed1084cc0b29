//! Text that is safe to show: a service's words can neither control a terminal nor pose as other words.

use std::{borrow::Cow, fmt};

use serde::Serialize;

/// The deepest indentation to keep, in spaces.
const DEEPEST: usize = 8;

/// Text that is safe to print on a terminal.
///
/// Every way to make one cleans it, and [`crate::ui`] prints nothing else, so forgetting that a name comes from
/// other people does no harm.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Text(String);

impl Text {
    /// A heading, and below it one indented line for each item, whatever the items contain.
    pub fn list<T: Into<Text>>(heading: impl Into<Text>, items: impl IntoIterator<Item = T>) -> Self {
        let mut text = heading.into();
        for item in items {
            text.0.push_str("\n  ");
            text.0.push_str(&item.into().0);
        }
        text
    }

    /// Text whose lines and columns are ours, such as help. Removes only what could control a terminal.
    pub fn laid_out(text: &str) -> Self {
        Self(
            text.chars()
                .filter(|character| matches!(character, '\n' | '\t') || !is_hidden(*character))
                .collect(),
        )
    }

    /// This text with its context in front, as in "reading licenses: the connection broke".
    #[must_use]
    pub fn after(self, before: impl Into<Text>) -> Self {
        Self(format!("{}: {}", before.into(), self.0))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Makes one line: line breaks become spaces; leading spaces stay.
impl From<&str> for Text {
    fn from(text: &str) -> Self {
        let indentation = text.len() - text.trim_start_matches(' ').len();
        let depth = indentation.min(DEEPEST);
        Self(format!("{:depth$}{}", "", clean(text)))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<&Text> for Text {
    fn from(text: &Text) -> Self {
        text.clone()
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// The text in one line, without anything that controls a terminal, hides or reorders text: single spaces, no
/// control characters, no invisible characters.
pub fn clean(text: &str) -> String {
    cleaned(text).into_owned()
}

/// Like [`clean`], but does not copy a text that is already clean: most are, and there are many.
pub fn cleaned(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let visible: String = text
        .chars()
        .map(|character| if character.is_whitespace() { ' ' } else { character })
        .filter(|character| !is_hidden(*character))
        .collect();
    Cow::Owned(visible.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a text is printable ASCII with single spaces between its words.
fn is_plain(text: &str) -> bool {
    let mut before = b' ';
    for byte in text.bytes() {
        if byte == b' ' && before == b' ' || !matches!(byte, b' '..=b'~') {
            return false;
        }
        before = byte;
    }
    before != b' ' || text.is_empty()
}

/// The form in which names are compared: as they are printed, ignoring case.
pub fn folded(name: &str) -> String {
    cleaned(name).to_lowercase()
}

/// Whether a character does not show as itself: it controls a terminal, reorders text, or shows nothing, so that
/// one name could pose as another.
///
/// These are the control characters, the line and paragraph separators, what Unicode calls "default ignorable",
/// and the annotation characters.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}' | '\u{1160}'
            | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// "1 license", "2 licenses".
pub fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// A length of time in its units: "4h", "1d 12h", "0".
pub fn span(seconds: i64) -> String {
    let mut left = seconds.max(0);
    let mut parts = Vec::new();
    for (length, unit) in [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")] {
        if left >= length {
            parts.push(format!("{}{unit}", left / length));
            left %= length;
        }
    }
    if parts.is_empty() {
        return "0".to_owned();
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_length_of_time_is_told_in_its_units() {
        for (seconds, told) in [
            (0, "0"),
            (-3, "0"),
            (14_400, "4h"),
            (129_600, "1d 12h"),
            (86_461, "1d 1m 1s"),
        ] {
            assert_eq!(span(seconds), told);
        }
    }

    #[test]
    fn a_hostile_text_cannot_control_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb\r\nc\u{202e}d\u{7}"), "a[2Jb cd");
        assert_eq!(clean("\u{9b}2J\u{9d}0;x\u{9c}\u{7f}"), "2J0;x");
    }

    #[test]
    fn nothing_hides_in_a_name() {
        for hidden in [
            '\u{61c}',
            '\u{ad}',
            '\u{34f}',
            '\u{115f}',
            '\u{1160}',
            '\u{3164}',
            '\u{ffa0}',
            '\u{180e}',
            '\u{17b4}',
            '\u{200b}',
            '\u{200d}',
            '\u{200f}',
            '\u{2066}',
            '\u{2069}',
            '\u{2060}',
            '\u{feff}',
            '\u{fff9}',
            '\u{fe0f}',
            '\u{e0001}',
            '\u{e0041}',
            '\u{e007f}',
        ] {
            assert_eq!(clean(&format!("Con{hidden}toso")), "Contoso", "{hidden:?}");
        }
        assert_eq!(clean("a\u{2028}b\u{2029}c\u{a0}d\u{3000}e"), "a b c d e");
        // Names in any script stay as they are.
        for name in [
            "Müller & Söhne",
            "Zoe\u{308}",
            "日本語 株式会社",
            "עברית",
            "ไทย",
            "👩‍💻".split('\u{200d}').next().unwrap(),
        ] {
            assert_eq!(clean(name), name);
        }
    }

    #[test]
    fn one_line_unless_lines_are_asked_for() {
        assert_eq!(
            Text::from("  would be: a\nhint: b").as_str(),
            "  would be: a hint: b"
        );
        assert_eq!(
            Text::list("it fits 2:", ["one\nhint: a", "two"]).as_str(),
            "it fits 2:\n  one hint: a\n  two"
        );
        assert_eq!(
            Text::laid_out("a\n  b\tc\u{1b}[0m\r\n").as_str(),
            "a\n  b\tc[0m\n"
        );
        assert_eq!(
            Text::from("it broke").after("reading").as_str(),
            "reading: it broke"
        );
    }

    proptest! {
        #[test]
        fn plain_text_has_single_spaces(text in "[ -~]{0,12}") {
            let expected = text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(clean(&text), expected);
        }

        #[test]
        fn no_text_keeps_what_is_hidden(text in any::<String>(), other in any::<String>()) {
            let visible = |text: &Text| !text.as_str().contains(|one| one != '\n' && is_hidden(one));
            prop_assert!(visible(&Text::from(&text)) && !Text::from(&text).contains('\n'));
            let list = Text::list(&text, [&other]);
            prop_assert!(visible(&list));
            prop_assert_eq!(list.lines().count(), 2);
            // What is printed can be typed.
            prop_assert_eq!(folded(&clean(&text)), folded(&text));
            prop_assert_eq!(clean(&clean(&text)), clean(&text));
        }
    }
}
