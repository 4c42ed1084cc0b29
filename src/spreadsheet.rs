//! CSV cells that a spreadsheet would run as formulas. Names come from other people, and opening a list must not
//! execute what one of them wrote. Such a cell gets an apostrophe in front, which tells spreadsheets that it is
//! text. Reading takes the apostrophe away again, so that our own lists can be read back in.

use std::borrow::Cow;

/// Tells a spreadsheet that a cell is text.
const MARK: char = '\'';

/// The cell in a form that is safe to open.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    // A formula behind apostrophes gets one more, so that reading always takes away what was added.
    if is_run(cell.trim_start_matches(MARK)) {
        Cow::Owned(format!("{MARK}{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Undoes [`guarded`]; a cell that was not guarded stays as it is.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix(MARK) {
        Some(rest) if is_run(rest.trim_start_matches(MARK)) => rest,
        _ => cell,
    }
}

/// Whether a spreadsheet would take the cell for a formula. A signed number is not one.
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
    fn what_would_be_run_becomes_text() {
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
