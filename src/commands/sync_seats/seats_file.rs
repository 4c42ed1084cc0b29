//! `--seats-file`: the seats from a CSV file, for a partner without access to the SaaS Backup API. The
//! portal's *Export CSV* is one, and so is anything with an organization and its seats.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use super::sources::mapped;
use crate::{
    commands::csv_file::{CsvFile, CsvRow},
    context::Context,
    failure::Failure,
    model::{Mapping, Reference, SeatMetric},
    plan::{
        names::untagged,
        seats::{Mapped, Source},
    },
    text::folded,
};

/// Headers of columns with the organization's id: those of a line mean the same. An API's `id` and its number
/// `organization_id` may stand side by side.
const IDS: [&[&str]; 4] = [
    &["organization_id", "organisation_id", "org_id"],
    &["id"],
    &["subscriber_id"],
    &["number", "organization_number", "organisation_number"],
];
/// Headers of columns with the organization: those of a line mean the same.
const ORGANIZATIONS: [&[&str]; 2] = [
    &[
        "organization",
        "organization_name",
        "organisation",
        "organisation_name",
    ],
    &["name"],
];
/// Headers that are an organization's where there is no other: a customer's name can be another
/// organization's.
const COMPANIES: [&[&str]; 3] = [&["company", "company_name"], &["subscriber"], &["customer"]];
/// Headers of a column that just says seats, whichever they are.
const SEATS: [&str; 2] = ["seats", "seat_count"];
/// Headers that are seats where there is no other.
const QUANTITIES: [&str; 2] = ["quantity", "licenses"];
/// Headers of a column that says that an organization is suspended or deactivated.
const STATES: [&str; 6] = [
    "status",
    "state",
    "suspended",
    "flg_suspended",
    "deactivated",
    "customer_deactivated",
];
/// So many bad rows are named at most: the rest are mistakes of the same kind.
const MOST_BAD_ROWS: usize = 20;

/// Headers of the column with the seats of a metric.
fn seat_headers(metric: SeatMetric) -> &'static [&'static str] {
    match metric {
        SeatMetric::Used => &["seats_used", "used_seats", "used", "seats_consumed"],
        SeatMetric::Active => &["active_seats", "seats_active", "active"],
        SeatMetric::Purchased => &[
            "seats_available",
            "available_seats",
            "purchased_seats",
            "seats_purchased",
            "purchased",
            "total_seats",
        ],
        SeatMetric::Required => &["required_seats", "seats_required", "required"],
    }
}

/// The headers of the columns that are read.
struct Columns {
    ids: Vec<&'static str>,
    names: Vec<&'static str>,
    seats: &'static str,
    states: Vec<&'static str>,
}

impl Columns {
    fn of(file: &CsvFile, metric: SeatMetric) -> Result<Self, String> {
        let each = |meanings: &[&[&'static str]]| -> Result<Vec<&'static str>, String> {
            let found = meanings.iter().map(|names| file.only_header(names));
            found.filter_map(Result::transpose).collect()
        };
        let ids = each(&IDS)?;
        let mut names = each(&ORGANIZATIONS)?;
        if names.is_empty() {
            names = each(&COMPANIES)?.into_iter().take(1).collect();
        }
        if ids.is_empty() && names.is_empty() {
            return Err(
                "it has no column for the organization, with a header such as organization or organization_id"
                    .to_owned(),
            );
        }
        let of_metric = seat_headers(metric);
        let seats = file
            .only_header(&[of_metric, &SEATS].concat())?
            .map_or_else(|| file.only_header(&QUANTITIES), |header| Ok(Some(header)))?
            .ok_or_else(|| {
                format!(
                    "it has no column for the seats ({metric}), with a header such as {} or seats",
                    of_metric[0]
                )
            })?;
        let states = STATES.iter().map(|state| file.only_header(&[*state]));
        Ok(Self {
            ids,
            names,
            seats,
            states: states.filter_map(Result::transpose).collect::<Result<_, _>>()?,
        })
    }
}

/// What the file says about the organizations of these mappings. Rows that match neither one of them nor
/// one of the `others` are listed. `names` are those of organizations that need not be mapped.
pub(super) fn read(
    context: &Context,
    path: &Path,
    mappings: &[Mapping],
    others: &[Mapping],
    names: &[Reference<String>],
    metric: SeatMetric,
) -> anyhow::Result<Vec<Mapped>> {
    let file = CsvFile::read(path)?;
    let unusable = |reason: String| Failure::usage(format!("{} cannot be used: {reason}", path.display()));
    let columns = Columns::of(&file, metric).map_err(unusable)?;

    let known = Known::new(mappings.iter().chain(others), names);
    let mut sources: HashMap<&str, Source> = HashMap::new();
    let mut strangers = Vec::new();
    let mut bad = Vec::new();
    for row in &file.rows {
        let organization = match known.whose(row, &columns) {
            Ok(organization) => organization,
            Err(Unknown::Stranger(text)) => {
                strangers.push(format!("line {}: {text}", row.line));
                continue;
            }
            Err(Unknown::TwoOrganizations(one, other)) => {
                bad.push(format!(
                    "line {}: {one} and {other} are different organizations",
                    row.line
                ));
                continue;
            }
        };
        if !row.reaches(columns.seats) {
            bad.push(format!("line {}: it ends before its seats", row.line));
            continue;
        }
        let source = source(row, &columns);
        // Two rows that disagree say nothing.
        sources
            .entry(organization)
            .and_modify(|known| {
                if *known != source {
                    *known = Source::Contradictory;
                }
            })
            .or_insert(source);
    }
    if !bad.is_empty() {
        bad.truncate(MOST_BAD_ROWS);
        return Err(unusable(bad.join("; ")).into());
    }
    if !strangers.is_empty() {
        context.ui.warn(format!(
            "{} in {} match no mapping:",
            crate::text::counted(strangers.len(), "row"),
            path.display()
        ));
        for stranger in strangers {
            context.ui.note(format!("  {stranger}"));
        }
    }
    Ok(mapped(mappings, |mapping| {
        sources
            .get(mapping.organization.id.as_str())
            .copied()
            .unwrap_or(Source::Unlisted)
    }))
}

fn source(row: &CsvRow, columns: &Columns) -> Source {
    for state in &columns.states {
        let word = row.cell(state).to_lowercase();
        let yes = matches!(word.as_str(), "true" | "yes");
        match (*state, word.as_str()) {
            (_, "suspended") => return Source::Suspended,
            (_, "deactivated" | "inactive") => return Source::Deactivated,
            ("suspended" | "flg_suspended", word) if yes || word == "1" => return Source::Suspended,
            ("customer_deactivated", word) if yes || word == "1" => return Source::Deactivated,
            // A number here is how many of its seats are deactivated.
            ("deactivated", _) if yes => return Source::Deactivated,
            _ => {}
        }
    }
    row.cell(columns.seats)
        .parse::<i32>()
        .ok()
        .filter(|seats| *seats >= 0)
        .map_or(Source::Unreadable, |seats| Source::Seats(seats.into()))
}

/// Why a row is no mapped organization's.
enum Unknown {
    /// Nobody knows it; what it calls itself.
    Stranger(String),
    /// Its cells name different organizations.
    TwoOrganizations(String, String),
}

/// Organizations by everything they are called; a name that two mapped ones share is nobody's.
struct Known<'a> {
    by_id: HashMap<String, &'a str>,
    by_name: HashMap<String, Option<&'a str>>,
    /// Those that were mapped by their name, without SaaS Backup to tell their ids.
    without_id: HashSet<&'a str>,
    /// Organizations that are not mapped, by id and name.
    unmapped: HashMap<String, &'a str>,
}

impl<'a> Known<'a> {
    fn new(mappings: impl Iterator<Item = &'a Mapping>, names: &'a [Reference<String>]) -> Self {
        let mut known = Self {
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            without_id: HashSet::new(),
            unmapped: HashMap::new(),
        };
        for mapping in mappings {
            let id = mapping.organization.id.as_str();
            known.by_id.insert(id.to_owned(), id);
            if let Some(number) = mapping.organization_number {
                known.by_id.insert(number.to_string(), id);
            }
            if id == mapping.organization.name {
                known.without_id.insert(id);
            }
            for name in spellings(&mapping.organization.name) {
                known
                    .by_name
                    .entry(name)
                    .and_modify(|owner| {
                        if *owner != Some(id) {
                            *owner = None;
                        }
                    })
                    .or_insert(Some(id));
            }
        }
        for name in names.iter().filter(|name| !known.by_id.contains_key(&name.id)) {
            known.unmapped.insert(name.id.to_lowercase(), &name.id);
            for spelling in spellings(&name.name) {
                known.unmapped.insert(spelling, &name.id);
            }
        }
        known
    }

    /// The mapped organization whose row this is.
    fn whose(&self, row: &'a CsvRow, columns: &Columns) -> Result<&'a str, Unknown> {
        fn cells<'a>(row: &'a CsvRow, headers: &[&str]) -> Vec<&'a str> {
            let cells = headers.iter().map(|header| row.cell(header));
            cells.filter(|text| !text.is_empty()).collect()
        }
        let (ids, names) = (cells(row, &columns.ids), cells(row, &columns.names));
        let texts = || ids.iter().chain(&names).copied();
        let stranger = || {
            let all: Vec<&str> = texts().collect();
            Unknown::Stranger(if all.is_empty() {
                "(no organization)".to_owned()
            } else {
                all.join(", ")
            })
        };
        let (text, organization) = texts()
            .find_map(|text| Some((text, self.find(text)?)))
            .ok_or_else(stranger)?;
        if self.without_id.contains(organization) {
            return Ok(organization);
        }
        let another = texts().find(|text| {
            let other = self.find(text).or_else(|| self.unmapped(text));
            other.is_some_and(|other| other != organization)
        });
        if let Some(another) = another {
            return Err(Unknown::TwoOrganizations(text.to_owned(), another.to_owned()));
        }
        // Of that name, and with the id of one that nobody knows: another of that name.
        if !ids.is_empty() && ids.iter().all(|id| self.find(id).is_none()) {
            return Err(stranger());
        }
        Ok(organization)
    }

    fn find(&self, text: &str) -> Option<&'a str> {
        self.by_id
            .get(text)
            .copied()
            .or_else(|| spellings(text).find_map(|name| self.by_name.get(&name).copied().flatten()))
    }

    fn unmapped(&self, text: &str) -> Option<&'a str> {
        // A name that a mapped one shares with others is nobody's, and contradicts nothing.
        let shared = spellings(text).any(|name| self.by_name.contains_key(&name));
        spellings(text)
            .filter(|_| !shared)
            .find_map(|name| self.unmapped.get(&name).copied())
    }
}

/// A name in lower case, as it is and without the tag of a linked organization.
fn spellings(name: &str) -> impl Iterator<Item = String> {
    let lower = folded(name);
    let plain = untagged(&lower).to_owned();
    let tagged = plain != lower;
    [lower, plain].into_iter().take(1 + usize::from(tagged))
}
