//! Showing any plan, before and after it is applied, as a table, JSON or CSV.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{Align, Format, Table, Ui};
use crate::{
    change::{Change, Decision, Outcome, Plan, Reason},
    model::Reference,
};

/// How the subject of a change is shown. Its JSON is an object of named fields, to which `status`, `reason` and
/// `reason_code` are added.
pub trait Subject: Serialize {
    /// The statuses in the summary, in this order.
    const STATUSES: &'static [&'static str];
    /// The columns, in this order.
    const COLUMNS: &'static [Column];

    /// Columns that a narrow terminal goes without, the first of them first.
    const EXPENDABLE: &'static [&'static str] = &[];

    /// Several things can be done to a subject, so what is planned says which.
    const SAYS_ACTION: bool = false;

    /// One cell per column.
    fn cells(&self) -> Vec<Cell>;

    /// Remarks about a change, beside its reason.
    fn remarks(_change: &Change<Self>) -> Vec<String>
    where
        Self: Sized,
    {
        Vec::new()
    }
}

/// A column of subjects.
#[derive(Clone, Copy, Debug)]
pub enum Column {
    /// Text under this heading.
    Text(&'static str),
    /// Numbers under this heading.
    Number(&'static str),
    /// Records: by name in a table, by id and name in CSV.
    Reference(&'static str),
}

/// What a column contains.
#[derive(Clone, Debug)]
pub enum Cell {
    /// Text, or a number as text.
    Text(String),
    /// A record's id and name; the id is empty if it has none yet.
    Reference(String, String),
}

impl<Id: ToString> From<&Reference<Id>> for Cell {
    fn from(reference: &Reference<Id>) -> Self {
        Cell::Reference(reference.id.to_string(), reference.name.clone())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<Option<i64>> for Cell {
    fn from(number: Option<i64>) -> Self {
        Cell::Text(number.map_or_else(|| "?".to_owned(), |number| number.to_string()))
    }
}

/// The JSON document of a changing command.
#[derive(Serialize)]
pub struct Document<'a, Changes, Counts, Requests> {
    /// The command.
    pub command: &'static str,
    /// The profile it worked on.
    pub profile: &'a str,
    /// Nothing was changed, because of `--dry-run`.
    pub dry_run: bool,
    /// One entry per change.
    pub changes: Changes,
    /// The number of entries by status.
    pub summary: Counts,
    /// Further fields of the command.
    #[serde(flatten)]
    pub fields: BTreeMap<&'static str, serde_json::Value>,
    /// HTTP requests sent.
    pub requests: Requests,
}

/// A change as JSON.
#[derive(Serialize)]
struct Entry<'a, S> {
    #[serde(flatten)]
    subject: &'a S,
    /// What would be done, if that is not the same for all of the command's changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<Option<&'static str>>,
    status: &'static str,
    reason: Option<String>,
    reason_code: Option<&'static str>,
}

impl<'a, S: Subject> From<&'a Change<S>> for Entry<'a, S> {
    fn from(change: &'a Change<S>) -> Self {
        let reason = change.because();
        Entry {
            subject: &change.subject,
            action: S::SAYS_ACTION.then(|| planned(change)),
            status: change.status(),
            reason: reason.map(ToString::to_string),
            reason_code: reason.map(Reason::code),
        }
    }
}

/// The word for what would be done, if the change is planned.
fn planned<S>(change: &Change<S>) -> Option<&'static str> {
    change.action.word().filter(|_| change.status() == "planned")
}

/// A plan's changes as JSON.
pub fn entries<S: Subject>(plan: &Plan<S>) -> impl Serialize {
    plan.changes.iter().map(Entry::from).collect::<Vec<_>>()
}

/// The number of changes by status, and what the command adds.
pub struct Summary {
    counts: Vec<(&'static str, usize)>,
    remarks: Vec<(&'static str, String)>,
}

impl Summary {
    /// Counts the plan's changes; `remarks` are further fields.
    pub fn new<S: Subject>(plan: &Plan<S>, remarks: Vec<(&'static str, String)>) -> Self {
        let counts = S::STATUSES
            .iter()
            .map(|status| (*status, plan.count(status)))
            .collect();
        Self { counts, remarks }
    }

    /// "2 mapped, 1 unchanged": every status with at least one change.
    pub fn sentence(&self) -> String {
        let parts: Vec<String> = self
            .counts
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(status, count)| format!("{count} {status}"))
            .collect();
        parts.join(", ")
    }
}

impl Serialize for Summary {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let mut map = serializer.serialize_map(Some(self.counts.len() + self.remarks.len()))?;
        for (status, count) in &self.counts {
            map.serialize_entry(status, count)?;
        }
        for (name, text) in &self.remarks {
            map.serialize_entry(name, text)?;
        }
        map.end()
    }
}

/// Shows a plan to people before anything is done: what would be written, what is held back, and why.
pub fn plan<S: Subject>(ui: &Ui, plan: &Plan<S>) {
    let planned = if plan.stop.is_some() {
        "Would be written"
    } else {
        "Planned"
    };
    for (heading, decisions) in [
        (planned, &[Decision::Apply][..]),
        ("Held back", &[Decision::HoldBack, Decision::Block]),
        ("Left alone", &[Decision::Leave]),
        ("Unchanged", &[Decision::Unchanged]),
    ] {
        if heading == "Unchanged" && ui.verbosity() == 0 {
            continue;
        }
        let group = plan
            .changes
            .iter()
            .filter(|change| decisions.contains(&change.decision));
        // There is no outcome yet, only the reason for the decision.
        group_of(ui, heading, group, |change| change.reason.as_ref());
    }
}

/// Shows people what turned out differently from the plan that they saw.
pub fn surprises<S: Subject>(ui: &Ui, plan: &Plan<S>) {
    let failed = plan.changes.iter().filter(|change| change.status() == "failed");
    group_of(ui, "Failed", failed, Change::because);
    let skipped = plan.changes.iter().filter(|change| {
        // What a stopped plan skips was shown as such.
        let reason = match &change.outcome {
            Some(Outcome::Skipped(reason)) => reason,
            _ => return false,
        };
        !matches!(reason, Reason::Stopped(_))
    });
    group_of(ui, "Skipped", skipped, Change::because);
}

fn group_of<'a, S: Subject + 'a>(
    ui: &Ui,
    heading: &str,
    changes: impl Iterator<Item = &'a Change<S>>,
    reason: impl Fn(&'a Change<S>) -> Option<&'a Reason>,
) {
    let rows: Vec<_> = changes.map(|change| (change, reason(change))).collect();
    if rows.is_empty() {
        return;
    }
    ui.data(format!("{heading} ({}):", rows.len()));
    ui.table(&laid_out(&rows, Layout::Group));
    ui.data("");
}

/// Shows all changes with their statuses: as CSV, or to people who have seen no plan.
pub fn changes<S: Subject>(ui: &Ui, plan: &Plan<S>) {
    let layout = match ui.format() {
        Format::Csv => Layout::Csv,
        Format::Table | Format::Json => Layout::Statuses,
    };
    let everything = layout == Layout::Csv || ui.verbosity() > 0;
    let rows: Vec<_> = plan
        .changes
        .iter()
        .filter(|change| everything || change.status() != "unchanged")
        .map(|change| (change, change.because()))
        .collect();
    if layout == Layout::Csv || !rows.is_empty() {
        ui.table(&laid_out(&rows, layout));
    }
}

/// What a table of changes is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Changes of one kind under a heading that says which.
    Group,
    /// Changes of all kinds.
    Statuses,
    /// The same for programs: ids beside names.
    Csv,
}

fn laid_out<S: Subject>(rows: &[(&Change<S>, Option<&Reason>)], layout: Layout) -> Table {
    let csv = layout == Layout::Csv;
    let mut columns = Vec::new();
    for column in S::COLUMNS {
        match column {
            Column::Reference(name) if csv => {
                columns.extend([
                    (format!("{name} id"), Align::Left),
                    ((*name).to_owned(), Align::Left),
                ]);
            }
            Column::Reference(name) | Column::Text(name) => columns.push(((*name).to_owned(), Align::Left)),
            Column::Number(name) => columns.push(((*name).to_owned(), Align::Right)),
        }
    }
    if layout != Layout::Group {
        columns.push(("status".to_owned(), Align::Left));
    }
    let says_action = S::SAYS_ACTION && layout != Layout::Statuses;
    if says_action {
        columns.push(("action".to_owned(), Align::Left));
    }
    columns.push(("note".to_owned(), Align::Left));

    let mut table = Table::new(&columns).sentence_last().expendable(S::EXPENDABLE);
    for (change, reason) in rows {
        let mut cells = Vec::new();
        for cell in change.subject.cells() {
            match cell {
                Cell::Reference(id, name) if csv => cells.extend([id, name]),
                Cell::Reference(_, text) | Cell::Text(text) => cells.push(text),
            }
        }
        if layout != Layout::Group {
            cells.push(change.status().to_owned());
        }
        if says_action {
            cells.push(planned(change).unwrap_or_default().to_owned());
        }
        cells.push(note(change, *reason));
        table.row(cells);
    }
    table
}

/// A change's reason and remarks, in one line.
fn note<S: Subject>(change: &Change<S>, reason: Option<&Reason>) -> String {
    let mut notes = S::remarks(change);
    notes.extend(reason.map(ToString::to_string));
    notes.join("; ")
}
