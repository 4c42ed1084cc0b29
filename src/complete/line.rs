//! A command line being typed: its words as the shell would pass them to the program, what is open at its end, and
//! values quoted so that the shell passes them unchanged.

/// The shell whose quoting rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rules {
    Bash,
    Fish,
    PowerShell,
}

/// A command line up to the cursor.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// The words without their quotes. The last one, which may be empty, is being typed.
    pub words: Vec<String>,
    /// The quote that is open at the end.
    pub open: Option<char>,
    /// The last word is more than text: the shell would expand it.
    pub is_special: bool,
}

impl Line {
    /// Reads a command line.
    pub(super) fn read(text: &str, rules: Rules) -> Self {
        let escape = if rules == Rules::PowerShell { '`' } else { '\\' };
        let mut line = Line::default();
        let mut word: Option<String> = None;
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            let next = letters.peek().copied();
            let taken = match (line.open, letter) {
                (Some('\''), '\'') if rules == Rules::PowerShell && next == Some('\'') => letters.next(),
                (Some('\''), '\\') if rules == Rules::Fish && matches!(next, Some('\'' | '\\')) => {
                    letters.next()
                }
                (Some('"'), '"') if rules == Rules::PowerShell && next == Some('"') => letters.next(),
                (Some('"'), _) if letter == escape && is_escaped_in_quotes(next, rules) => letters.next(),
                (Some(open), _) if open == letter => {
                    line.open = None;
                    None
                }
                (Some(open), _) => {
                    line.is_special |= open == '"' && is_special_in_quotes(letter, rules);
                    Some(letter)
                }
                (None, _) if letter == escape => {
                    word.get_or_insert_default();
                    letters.next()
                }
                (None, '\'' | '"') => {
                    line.open = Some(letter);
                    word.get_or_insert_default();
                    None
                }
                (None, _) if letter.is_ascii_whitespace() => {
                    line.words.extend(word.take());
                    line.is_special = false;
                    None
                }
                (None, _) => {
                    line.is_special |= is_special_in_quotes(letter, rules)
                        || matches!(letter, '(' | ')' | '<' | '>' | '|' | '&' | ';');
                    Some(letter)
                }
            };
            if let Some(letter) = taken {
                word.get_or_insert_default().push(letter);
            }
        }
        line.words.push(word.unwrap_or_default());
        line
    }
}

fn is_special_in_quotes(letter: char, rules: Rules) -> bool {
    letter == '$' || letter == '`' && rules == Rules::Bash
}

/// True if an escape character between double quotes escapes what follows it, instead of standing for itself. What it
/// escapes may not have been typed yet.
fn is_escaped_in_quotes(next: Option<char>, rules: Rules) -> bool {
    let Some(next) = next else {
        return true;
    };
    match rules {
        Rules::Bash => matches!(next, '$' | '`' | '"' | '\\'),
        Rules::Fish => matches!(next, '$' | '"' | '\\'),
        Rules::PowerShell => true,
    }
}

/// A value for bash and `sh`, as it is written after what is open: either nothing or the quote, which is then part of
/// the result. Every prefix of it is as harmless as the whole, because bash inserts the common prefix of several
/// candidates.
pub(super) fn for_bash(value: &str, open: Option<char>) -> String {
    let mut written = String::new();
    match open {
        Some('\'') => {
            written.push('\'');
            written.push_str(&value.replace('\'', r"'\''"));
            written.push('\'');
        }
        Some(_) => {
            written.push('"');
            for letter in value.chars() {
                match letter {
                    '$' | '`' | '"' | '\\' => written.extend(['\\', letter]),
                    // History is expanded between these quotes, and a backslash that prevents it would be kept.
                    '!' => written.push_str(r#""'!'""#),
                    _ => written.push(letter),
                }
            }
            written.push('"');
        }
        None => {
            for letter in value.chars() {
                if letter.is_ascii() && !is_plain(letter) {
                    written.push('\\');
                }
                written.push(letter);
            }
        }
    }
    written
}

/// A value for PowerShell: unchanged if that is safe, else quoted.
pub(super) fn for_powershell(value: &str) -> String {
    if value
        .chars()
        .all(|letter| is_plain(letter) && !matches!(letter, ',' | '@' | '%') || letter.is_alphanumeric())
    {
        return value.to_owned();
    }
    let mut written = String::from("'");
    for letter in value.chars() {
        // PowerShell treats typographic quotes as quotes.
        if matches!(letter, '\'' | '\u{2018}'..='\u{201b}') {
            written.push(letter);
        }
        written.push(letter);
    }
    written.push('\'');
    written
}

/// True if a character has no special meaning to a shell, wherever it stands.
fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric()
        || matches!(letter, '_' | '-' | '.' | '/' | ',' | '+' | '@' | '%' | ':' | '=')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str, rules: Rules) -> (Vec<String>, Option<char>) {
        let line = Line::read(text, rules);
        (line.words, line.open)
    }

    #[test]
    fn words_are_what_the_program_would_get() {
        for (text, expected, open) in [
            ("halolink list ", vec!["halolink", "list", ""], None),
            (r#"h "Brown, Smith"#, vec!["h", "Brown, Smith"], Some('"')),
            (
                r#"h 'it'\''s "x"' "a\"b\c" d\ e"#,
                vec!["h", r#"it's "x""#, r#"a"b\c"#, "d e"],
                None,
            ),
            ("h --profile='a b", vec!["h", "--profile=a b"], Some('\'')),
            ("h '' x\\", vec!["h", "", "x"], None),
        ] {
            assert_eq!(
                words(text, Rules::Bash),
                (expected.into_iter().map(str::to_owned).collect(), open),
                "{text}"
            );
        }
        assert_eq!(words(r"h 'a\'b\\c", Rules::Fish).0, ["h", r"a'b\c"]);
        assert_eq!(
            words("h 'a''b' \"c\"\"`\"d\" e` f", Rules::PowerShell).0,
            ["h", "a'b", "c\"\"d", "e f"]
        );
        for special in ["h $(x", "h \"$x", "h a`x", "h >x", "h a;b"] {
            assert!(Line::read(special, Rules::Bash).is_special, "{special}");
        }
        for plain in ["h '$x", "h \\$x", "h $x a", "h \"a;b"] {
            assert!(!Line::read(plain, Rules::Bash).is_special, "{plain}");
        }
    }

    #[test]
    fn values_are_quoted() {
        assert_eq!(for_bash("$(touch x)", None), r"\$\(touch\ x\)");
        assert_eq!(
            for_bash("O'Brien \"Q\" \\ `x`!", Some('"')),
            r#""O'Brien \"Q\" \\ \`x\`"'!'"""#
        );
        assert_eq!(for_bash("O'Brien $x", Some('\'')), r"'O'\''Brien $x'");
        assert_eq!(for_bash("~Müller", None), r"\~Müller");
        assert_eq!(for_powershell("O’Brien $(x)"), "'O’’Brien $(x)'");
        assert_eq!(for_powershell("--profile=Contoso"), "--profile=Contoso");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_it_was(value in "[ -~äé€]{0,20}", quote in 0..3_usize) {
            let open = [None, Some('\''), Some('"')][quote];
            let written = for_bash(&value, open);
            let line = Line::read(&format!("h {written}"), Rules::Bash);
            prop_assert_eq!((&line.words[1], line.open, line.is_special), (&value, None, false));
            // So is every beginning of it, as bash may insert no more.
            for (end, _) in written.char_indices() {
                let line = Line::read(&format!("h {}", &written[..end]), Rules::Bash);
                prop_assert!(!line.is_special && line.words.len() == 2 && value.starts_with(&line.words[1]));
            }
            let written = for_powershell(&value);
            let line = Line::read(&format!("h {written}"), Rules::PowerShell);
            prop_assert_eq!((&line.words[1], line.open), (&value, None));
        }
    }
}
