//! Cells of CSV that a spreadsheet would run. Names come from other people, and opening a list must not
//! carry out what one of them wrote: such a cell gets an apostrophe in front, which spreadsheets read as "this
//! is text". Reading takes it away again, so that a list can be given back.

use std::borrow::Cow;

/// What makes a cell text.
const MARK: char = '\'';

/// The cell as it is safe to open.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    // One that has apostrophes in front already gets one more, so that reading is not in doubt.
    if is_run(cell.trim_start_matches(MARK)) {
        Cow::Owned(format!("{MARK}{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The cell as it was before it was guarded. What was not is as it is.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix(MARK) {
        Some(rest) if is_run(rest.trim_start_matches(MARK)) => rest,
        _ => cell,
    }
}

/// Whether a spreadsheet takes the cell for a formula. A number with a sign is none.
fn is_run(cell: &str) -> bool {
    let begins = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    begins && !is_number(cell)
}

/// A sign, digits, and perhaps a decimal part.
fn is_number(cell: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    match unsigned.split_once(['.', ',']) {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(unsigned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_would_be_run_is_text() {
        for (cell, safe) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
            ("+44 20 7946", "'+44 20 7946"),
            ("-", "'-"),
            ("--5", "'--5"),
            ("+1.5.2", "'+1.5.2"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1+1", "'＝1+1"),
            ("'=1", "''=1"),
            ("''@x", "'''@x"),
        ] {
            assert_eq!(guarded(cell), safe);
            assert_eq!(unguarded(safe), cell);
        }
        for cell in [
            "",
            "-5",
            "+12",
            "-3.5",
            "+1,5",
            "'",
            "'-5",
            "'s-Hertogenbosch",
            "Brown = Smith",
            "a-b",
            "1-2",
        ] {
            assert_eq!(guarded(cell), cell);
            assert_eq!(unguarded(cell), cell);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost(cell in "['=+@\t\r＝0-9a.-]{0,6}|\\PC*") {
            let safe = guarded(&cell);
            prop_assert!(!is_run(&safe));
            prop_assert_eq!(unguarded(&safe), &cell);
        }
    }
}
