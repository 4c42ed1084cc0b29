//! Tables that fit the terminal, and the same rows as CSV.

use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, presets::NOTHING};

use super::Text;
use crate::spreadsheet::guarded;

/// How a column is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Rows under a header.
pub struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<Text>>,
}

impl Table {
    /// An empty table with these columns.
    pub fn new(columns: &[(impl AsRef<str>, Align)]) -> Self {
        Self {
            columns: columns
                .iter()
                .map(|(name, align)| (name.as_ref().to_owned(), *align))
                .collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, one text a column.
    pub fn row<T: Into<Text>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Laid out, within `width` columns where a width is known.
    pub(super) fn to_text(&self, width: Option<u16>, color: bool) -> String {
        let mut table = comfy_table::Table::new();
        table
            .load_style(NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled);
        if let Some(width) = width {
            table
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(width);
        }
        if color {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        table.set_header(self.columns.iter().map(|(name, align)| {
            let cell = Cell::new(name.to_uppercase()).set_alignment(alignment(*align));
            if color {
                cell.add_attribute(Attribute::Bold)
            } else {
                cell
            }
        }));
        for row in &self.rows {
            table.add_row(
                row.iter()
                    .zip(&self.columns)
                    .map(|(text, (_, align))| Cell::new(text.trim_start()).set_alignment(alignment(*align))),
            );
        }
        if let Some(first) = table.column_mut(0) {
            // Flush with everything else that is printed.
            first.set_padding((0, 1));
        }
        table.trim_fmt()
    }

    /// As CSV, header included, and no cell that a spreadsheet would run.
    pub(super) fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header = self.columns.iter().map(|(name, _)| name.replace(' ', "_"));
        let mut written = writer.write_record(header);
        for row in &self.rows {
            written = written.and_then(|()| {
                writer.write_record(row.iter().map(|text| guarded(text.trim_start()).into_owned()))
            });
        }
        // Writing to memory does not fail.
        let bytes = written
            .ok()
            .and_then(|()| writer.into_inner().ok())
            .unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn alignment(align: Align) -> CellAlignment {
    match align {
        Align::Left => CellAlignment::Left,
        Align::Right => CellAlignment::Right,
    }
}

/// Numbers over time as a line of blocks; a gap where a number is not known.
pub fn sparkline(numbers: &[Option<i64>]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let known = || numbers.iter().flatten().copied();
    let (Some(low), Some(high)) = (known().min(), known().max()) else {
        return String::new();
    };
    let range = high.saturating_sub(low).max(1);
    numbers
        .iter()
        .map(|number| match number {
            // All the same is a line in the middle, not at the bottom.
            Some(_) if high == low => BLOCKS[3],
            Some(number) => {
                let step = number.saturating_sub(low).saturating_mul(7) / range;
                usize::try_from(step)
                    .ok()
                    .and_then(|step| BLOCKS.get(step))
                    .copied()
                    .unwrap_or(' ')
            }
            None => ' ',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&[("name", Align::Left), ("seats used", Align::Right)]);
        table.row(["Brown, Smith & Co", "12"]);
        table.row(["Evil\u{1b}[31m\nInc", "7"]);
        table
    }

    #[test]
    fn as_text() {
        assert_eq!(
            table().to_text(None, false),
            "NAME               SEATS USED\nBrown, Smith & Co          12\nEvil[31m Inc                7"
        );
    }

    #[test]
    fn within_the_terminal() {
        let text = table().to_text(Some(20), false);
        assert!(text.lines().all(|line| line.chars().count() <= 20), "{text}");
    }

    #[test]
    fn as_csv() {
        assert_eq!(
            table().to_csv(),
            "name,seats_used\n\"Brown, Smith & Co\",12\nEvil[31m Inc,7\n"
        );
    }

    #[test]
    fn csv_runs_nothing() {
        let mut table = Table::new(&[("name", Align::Left), ("change", Align::Right)]);
        table.row(["=HYPERLINK(\"http://evil\")", "+12"]);
        table.row(["\t\u{200b}@SUM(A1)", "-3"]);
        assert_eq!(
            table.to_csv(),
            "name,change\n\"'=HYPERLINK(\"\"http://evil\"\")\",+12\n'@SUM(A1),-3\n"
        );
        assert!(table.to_text(None, false).contains("\n@SUM"));
    }

    #[test]
    fn sparklines() {
        assert_eq!(sparkline(&[Some(1), None, Some(8)]), "▁ █");
        assert_eq!(sparkline(&[Some(4), Some(4)]), "▄▄");
        assert_eq!(sparkline(&[]), "");
    }
}
