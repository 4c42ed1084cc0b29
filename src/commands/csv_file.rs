//! CSV files that people provide: cells found by header, rows with their line numbers, and errors that say what is
//! wrong with the file.

use std::{collections::HashMap, path::Path};

use crate::{failure::Failure, spreadsheet::unguarded};

/// The largest file that is read, in bytes. A list of 100,000 organizations takes about 10 MB.
const LARGEST: u64 = 256 * 1024 * 1024;

/// A CSV file whose first row is a header.
pub struct CsvFile {
    /// The headers in lower case, with `_` between words.
    pub headers: Vec<String>,
    /// The headers as the file has them.
    written: Vec<String>,
    /// The rows below the header.
    pub rows: Vec<CsvRow>,
}

/// A row of a CSV file.
pub struct CsvRow {
    /// The line it begins on, from 1.
    pub line: u64,
    cells: HashMap<String, String>,
}

impl CsvRow {
    /// The trimmed text under a header, without the apostrophe that halolink's own lists put before a formula; empty if
    /// there is no such cell.
    pub fn cell(&self, header: &str) -> &str {
        self.cells.get(header).map_or("", String::as_str)
    }

    /// Whether the row has a cell under this header, even an empty one: rows can end early.
    pub fn reaches(&self, header: &str) -> bool {
        self.cells.contains_key(header)
    }
}

impl CsvFile {
    /// Reads the file.
    ///
    /// # Errors
    /// Exit code 2 for a file that is missing, empty, binary or no CSV, and for a row with more cells than the header
    /// has: most likely a number or a name contains a comma, and every cell after it is under the wrong header.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.display();
        let unusable = |reason: String| Failure::usage(format!("{name} cannot be used: {reason}"));
        let size = std::fs::metadata(path)
            .map_err(|error| unusable(error.to_string()))?
            .len();
        if size > LARGEST {
            return Err(unusable("it is too large for a list of organizations".to_owned()).into());
        }
        let bytes = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        let text =
            decoded(bytes).map_err(|reason| unusable(reason.to_owned()).hint("save it as CSV UTF-8"))?;
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err(unusable("it is empty".to_owned()).into());
        }
        Self::parse(text).map_err(|reason| unusable(reason).into())
    }

    fn parse(text: &str) -> Result<Self, String> {
        let delimiter = delimiter(text);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let written: Vec<String> = reader
            .headers()
            .map_err(|error| error.to_string())?
            .iter()
            .map(ToOwned::to_owned)
            .collect();
        let headers: Vec<String> = written.iter().map(|text| header_name(text)).collect();
        // A delimiter at the end of the header starts no further column.
        let width = headers
            .iter()
            .rposition(|header| !header.is_empty())
            .map_or(0, |last| last + 1);
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| error.to_string())?;
            if record.iter().all(str::is_empty) {
                continue;
            }
            let line = record.position().map_or(0, |position| first_line(text, position));
            if record.len() > headers.len() || record.iter().skip(width).any(|cell| !cell.is_empty()) {
                return Err(format!(
                    "line {line} has {} cells under {width} headers; a number or a name with a \"{}\" in it needs \
                     quotes around it",
                    record.len(),
                    char::from(delimiter)
                ));
            }
            let cells = record.iter().map(|cell| unguarded(cell).trim().to_owned());
            rows.push(CsvRow {
                line,
                cells: headers.iter().cloned().zip(cells).collect(),
            });
        }
        Ok(Self {
            headers,
            written,
            rows,
        })
    }

    /// The first of these headers that the file has.
    pub fn header<'a>(&self, names: &[&'a str]) -> Option<&'a str> {
        names
            .iter()
            .find(|name| self.headers.iter().any(|header| header == *name))
            .copied()
    }

    /// The one of these synonymous headers that the file has.
    ///
    /// # Errors
    /// Names two of the columns if there are several: it is not clear which one counts.
    pub fn only_header<'a>(&self, names: &[&'a str]) -> Result<Option<&'a str>, String> {
        let mut found = self
            .headers
            .iter()
            .zip(&self.written)
            .filter_map(|(header, written)| {
                let name = names.iter().find(|name| *header == **name)?;
                Some((*name, written))
            });
        match (found.next(), found.next()) {
            (Some((_, one)), Some((_, other))) => Err(format!(
                "the columns \"{one}\" and \"{other}\" mean the same; keep only one of them"
            )),
            (found, _) => Ok(found.map(|(name, _)| name)),
        }
    }
}

fn decoded(bytes: Vec<u8>) -> Result<String, &'static str> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("it is UTF-16 text");
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
        .ok_or("it is not a text file")
}

/// The likeliest delimiter: where the comma is the decimal sign, spreadsheets write semicolons.
fn delimiter(text: &str) -> u8 {
    let header = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|delimiter| header.bytes().filter(|byte| byte == delimiter).count())
        .filter(|delimiter| header.bytes().any(|byte| byte == *delimiter))
        .unwrap_or(b',')
}

/// The line that a record begins on. The reader's position is the end of the record before it, so any empty lines in
/// between are skipped here.
fn first_line(text: &str, position: &csv::Position) -> u64 {
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let skipped = text
        .get(start..)
        .unwrap_or_default()
        .bytes()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .filter(|byte| *byte == b'\n')
        .count();
    position.line() + skipped as u64
}

/// Makes `Organization Name` and `organization-name` the same header: `organization_name`.
fn header_name(text: &str) -> String {
    text.trim()
        .to_lowercase()
        .split(|character: char| !character.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_lines() {
        let file = CsvFile::parse("Organization Name;SEATS\n\nContoso; 5\n\"Two\nLines\";6\n").unwrap();
        assert_eq!(file.headers, ["organization_name", "seats"]);
        let rows: Vec<_> = file
            .rows
            .iter()
            .map(|row| (row.line, row.cell("organization_name"), row.cell("seats")))
            .collect();
        assert_eq!(rows, [(3, "Contoso", "5"), (4, "Two\nLines", "6")]);
        assert_eq!(file.header(&["customer", "seats"]), Some("seats"));
    }

    #[test]
    fn more_cells_than_headers() {
        for text in [
            "organization,seats\nContoso,4\nNordwind,1,240\n",
            "organization,seats,\nContoso,4,\nNordwind,1,240\n",
            "organization,seats,note\nContoso,4\nNordwind,1,240,\n",
        ] {
            let reason = CsvFile::parse(text).err().unwrap_or_default();
            assert!(reason.starts_with("line 3 has "), "{text}: {reason}");
        }
        for text in [
            "organization,seats,\nContoso,4,\nNordwind,5\n",
            ",organization,seats\n1,Contoso,4\n",
            "organization,seats\nNordwind,\"1,240\"\n",
        ] {
            assert!(CsvFile::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn columns_that_mean_the_same() {
        let file = CsvFile::parse("Seats Used,seats-used,Name\n").unwrap();
        let both = "the columns \"Seats Used\" and \"seats-used\" mean the same; keep only one of them";
        assert_eq!(file.only_header(&["seats_used", "used"]), Err(both.to_owned()));
        assert_eq!(file.only_header(&["name", "company"]), Ok(Some("name")));
        assert_eq!(file.only_header(&["company"]), Ok(None));
    }

    #[test]
    fn what_was_written_for_spreadsheets_is_read_as_it_was() {
        let file = CsvFile::parse("organization,seats\n'=Contoso,-5\n''@x,6\n's-Hertogenbosch,7\n").unwrap();
        let rows: Vec<_> = file.rows.iter().map(|row| row.cell("organization")).collect();
        assert_eq!(rows, ["=Contoso", "'@x", "'s-Hertogenbosch"]);
        assert_eq!(file.rows[0].cell("seats"), "-5");
    }
}
