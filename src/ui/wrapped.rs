//! Wrapping sentences between words on a narrow terminal.

use textwrap::{Options, WordSplitter, wrap};

/// Wraps a text to lines of at most `width` columns, if a width is given. A line that is too long continues on the
/// next one, `indent` columns in. Words are not broken, nor are commands to be typed.
pub(super) fn wrapped(text: &str, width: Option<u16>, indent: usize) -> String {
    let Some(width) = width else {
        return text.to_owned();
    };
    let lines = text.split('\n').enumerate().map(|(number, line)| {
        let own = line.len() - line.trim_start_matches(' ').len();
        let below = " ".repeat(own + indent);
        let options = Options::new(usize::from(width).max(20))
            .break_words(false)
            .word_splitter(WordSplitter::NoHyphenation)
            .subsequent_indent(&below);
        // Something precedes the first line: it is laid out along with it, and printed without it.
        let before = if number == 0 {
            " ".repeat(indent)
        } else {
            String::new()
        };
        let lines = wrap(&format!("{before}{line}"), options).join("\n");
        lines.get(before.len()..).unwrap_or_default().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sentence_goes_on_below_where_it_began() {
        assert_eq!(
            wrapped("the names are far apart, very far", Some(24), 9),
            "the names are\n         far apart, very\n         far"
        );
        assert_eq!(
            wrapped("these rows:\n  line 2: there is no such customer", Some(24), 0),
            "these rows:\n  line 2: there is no\n  such customer"
        );
    }

    #[test]
    fn what_is_short_or_goes_nowhere_is_left_alone() {
        for text in ["", "a short line", "two\n  lines", "  indented"] {
            assert_eq!(wrapped(text, Some(80), 9), text);
            assert_eq!(wrapped(text, None, 9), text);
        }
        let url = "https://acme.halopsa.com/tickets?id=2106";
        assert_eq!(wrapped(url, Some(20), 0), url);
    }
}
