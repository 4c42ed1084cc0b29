//! Tables that fit the terminal, and the same rows as CSV.

use comfy_table::{
    Attribute, Cell, CellAlignment, ContentArrangement, LineStyle, TableStyle, presets::NOTHING,
};

use super::{Text, wrapped::wrapped};
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
    /// The last column holds sentences.
    sentence_last: bool,
    /// Columns that are left out on a narrow terminal, in this order.
    expendable: &'static [&'static str],
}

/// Separates the rows while a table with sentences below them is laid out. No text contains it.
const BETWEEN: char = '\u{1}';

impl Table {
    /// An empty table with these columns.
    pub fn new(columns: &[(impl AsRef<str>, Align)]) -> Self {
        Self {
            columns: columns
                .iter()
                .map(|(name, align)| (name.as_ref().to_owned(), *align))
                .collect(),
            rows: Vec::new(),
            sentence_last: false,
            expendable: &[],
        }
    }

    /// Declares that the last column holds sentences: in a table, each is printed below its row, where it can be
    /// read.
    #[must_use]
    pub fn sentence_last(mut self) -> Self {
        self.sentence_last = true;
        self
    }

    /// Declares the columns that are left out, one after another, if the terminal is too narrow. CSV has all of them.
    #[must_use]
    pub fn expendable(mut self, columns: &'static [&'static str]) -> Self {
        self.expendable = columns;
        self
    }

    /// Adds a row, with one text per column.
    pub fn row<T: Into<Text>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Lays out the table, within `width` columns if a width is given.
    pub(super) fn to_text(&self, width: Option<u16>, color: bool) -> String {
        let mut left_out = 0;
        loop {
            let table = self.laid_out(&self.expendable[..left_out], width, color);
            if left_out == self.expendable.len() || fits(&table, width) {
                return self.finished(&table, width);
            }
            left_out += 1;
        }
    }

    fn laid_out(&self, left_out: &[&str], width: Option<u16>, color: bool) -> comfy_table::Table {
        let columns: Vec<usize> = (0..self.columns.len() - usize::from(self.sentence_last))
            .filter(|column| !left_out.contains(&self.columns[*column].0.as_str()))
            .collect();
        let mut table = comfy_table::Table::new();
        table
            .load_style(NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled);
        if self.sentence_last {
            table.load_style(TableStyle::new().row_separator(LineStyle::none().fill(BETWEEN)));
        }
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
        table.set_header(columns.iter().map(|column| {
            let (name, align) = &self.columns[*column];
            let cell = Cell::new(name.to_uppercase()).set_alignment(alignment(*align));
            if color {
                cell.add_attribute(Attribute::Bold)
            } else {
                cell
            }
        }));
        for row in &self.rows {
            let cells = columns.iter().filter_map(|column| {
                let align = self.columns[*column].1;
                Some(Cell::new(row.get(*column)?.trim_start()).set_alignment(alignment(align)))
            });
            table.add_row(cells);
        }
        if let Some(first) = table.column_mut(0) {
            // Flush left, like everything else that is printed.
            first.set_padding((0, 1));
        }
        table
    }

    /// The lines of the table, with each row's sentence below it.
    fn finished(&self, table: &comfy_table::Table, width: Option<u16>) -> String {
        if !self.sentence_last {
            return table.trim_fmt();
        }
        let mut text = String::new();
        let mut rows = self.rows.iter();
        let mut end_row = |text: &mut String| {
            if let Some(sentence) = rows.next().and_then(|row| row.last())
                && !sentence.is_empty()
            {
                text.push_str(&wrapped(&format!("  {sentence}"), width, 0));
                text.push('\n');
            }
        };
        for line in table.lines() {
            if line.contains(BETWEEN) {
                end_row(&mut text);
            } else {
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
        end_row(&mut text);
        text.trim_end().to_owned()
    }

    /// Formats the table as CSV with a header, and without cells that a spreadsheet would run.
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

/// True if every cell fits on one line.
fn fits(table: &comfy_table::Table, width: Option<u16>) -> bool {
    let columns = table.column_max_content_widths();
    // One space on either side of each column, but none at the edges.
    let natural: usize = columns.iter().map(|column| usize::from(*column) + 2).sum();
    width.is_none_or(|width| natural.saturating_sub(2) <= usize::from(width))
}

fn alignment(align: Align) -> CellAlignment {
    match align {
        Align::Left => CellAlignment::Left,
        Align::Right => CellAlignment::Right,
    }
}

/// Draws numbers over time as a line of blocks, with a gap for each unknown number.
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
            // If all numbers are equal, the line is in the middle, not at the bottom.
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
    fn a_sentence_stands_below_its_row() {
        let columns = [
            ("name", Align::Left),
            ("seats", Align::Right),
            ("note", Align::Left),
        ];
        let mut table = Table::new(&columns).sentence_last();
        table.row(["Brown", "12", "it would rise by 200 percent"]);
        table.row(["Contoso", "7", ""]);
        assert_eq!(
            table.to_text(Some(20), false),
            "NAME     SEATS\nBrown       12\n  it would rise by\n  200 percent\nContoso      7"
        );
        assert_eq!(
            table.to_csv(),
            "name,seats,note\nBrown,12,it would rise by 200 percent\nContoso,7,\n"
        );
    }

    #[test]
    fn a_narrow_terminal_does_without_what_it_can() {
        let columns = [
            ("id", Align::Right),
            ("number", Align::Right),
            ("name", Align::Left),
        ];
        let mut table = Table::new(&columns).expendable(&["number", "id"]);
        table.row(["1", "204113", "Northwind Dental"]);
        let header = |width: u16| {
            let text = table.to_text(Some(width), false);
            text.lines().next().map(str::to_owned)
        };
        assert_eq!(header(40).as_deref(), Some("ID  NUMBER  NAME"));
        assert_eq!(header(24).as_deref(), Some("ID  NAME"));
        assert_eq!(header(18).as_deref(), Some("NAME"));
        assert!(table.to_csv().starts_with("id,number,name\n"));
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
