//! JSON that is safe to print: hidden characters are written as escapes. The data stays the same.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use crate::text::is_hidden;

/// Writes one document and a newline.
pub(super) fn write(out: &mut dyn io::Write, document: &impl Serialize) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(&mut *out, Escaping(PrettyFormatter::new()));
    document.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// Formats with indentation, and with escapes for everything that a terminal would interpret or hide.
struct Escaping<'a>(PrettyFormatter<'a>);

impl Formatter for Escaping<'_> {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((start, hidden)) = rest.char_indices().find(|(_, character)| is_hidden(*character)) {
            out.write_all(&rest.as_bytes()[..start])?;
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &rest[start + hidden.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(document: &impl Serialize) -> String {
        let mut out = Vec::new();
        write(&mut out, document).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_hidden_is_escaped() {
        assert_eq!(
            written(&serde_json::json!({"name": "a\u{1b}\u{9b}2J\u{7f}\u{202e}ü\u{e0041}"})),
            "{\n  \"name\": \"a\\u001b\\u009b2J\\u007f\\u202eü\\udb40\\udc41\"\n}\n"
        );
        let document = serde_json::json!({"a": [1, {"b": null}], "c": [], "d": {}});
        assert_eq!(
            written(&document),
            format!("{}\n", serde_json::to_string_pretty(&document).unwrap())
        );
    }

    proptest! {
        #[test]
        fn the_data_is_the_same(key in any::<String>(), text in any::<String>()) {
            let document = serde_json::json!({key: [text]});
            let json = written(&document);
            prop_assert!(!json.contains(|one| one != '\n' && is_hidden(one)));
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), document);
        }
    }
}
