//! `--seats-file`: the seats from a CSV file, for a partner without access to the SaaS Backup API. It can be the
//! portal's *Export CSV*, or any file with a column for the organization and one for its seats.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use super::{Scope, sources::mapped};
use crate::{
    commands::csv_file::{CsvFile, CsvRow},
    context::Context,
    failure::Failure,
    model::{Listed, Mapping, Reference, SeatMetric, Seats},
    plan::{
        names::untagged,
        seats::{Mapped, Source},
    },
    text::{counted, folded},
};

/// Headers of the columns with the organization's id; those on one line are synonyms. The API's `id` and its number
/// `organization_id` are different columns, and a file may have both.
const IDS: [&[&str]; 4] = [
    &["organization_id", "organisation_id", "org_id"],
    &["id"],
    &["subscriber_id"],
    &["number", "organization_number", "organisation_number"],
];
/// Headers of the columns with the organization's name; those in one list are synonyms.
const ORGANIZATIONS: [&[&str]; 2] = [
    &[
        "organization",
        "organization_name",
        "organisation",
        "organisation_name",
    ],
    &["name"],
];
/// Headers that stand for the organization's name only if none of the above is there: a customer can have the name
/// of another organization.
const COMPANIES: [&[&str]; 3] = [&["company", "company_name"], &["subscriber"], &["customer"]];
/// Headers of a column with seats that does not say which metric they are.
const SEATS: [&str; 2] = ["seats", "seat_count"];
/// Headers that stand for seats only if none of the others is there.
const QUANTITIES: [&str; 2] = ["quantity", "licenses"];
/// Headers of the columns that say if an organization is suspended or deactivated.
const STATES: [&str; 6] = [
    "status",
    "state",
    "suspended",
    "flg_suspended",
    "deactivated",
    "customer_deactivated",
];
/// The most bad rows that are listed: beyond that the mistake is the same all over the file.
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
    /// The column with the seats of each metric that counts.
    seats: Vec<(SeatMetric, &'static str)>,
    states: Vec<&'static str>,
}

impl Columns {
    fn of(file: &CsvFile, metrics: &[SeatMetric]) -> Result<Self, String> {
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
        let seats = |metric: SeatMetric| {
            let of_metric = seat_headers(metric);
            let header = file
                .only_header(&[of_metric, &SEATS].concat())?
                .map_or_else(|| file.only_header(&QUANTITIES), |header| Ok(Some(header)))?
                .ok_or_else(|| {
                    format!(
                        "it has no column for the seats ({metric}), with a header such as {} or seats",
                        of_metric[0]
                    )
                })?;
            Ok::<_, String>((metric, header))
        };
        let seats = metrics
            .iter()
            .map(|metric| seats(*metric))
            .collect::<Result<_, _>>()?;
        let states = STATES.iter().map(|state| file.only_header(&[*state]));
        Ok(Self {
            ids,
            names,
            seats,
            states: states.filter_map(Result::transpose).collect::<Result<_, _>>()?,
        })
    }
}

/// Reads the seats of the scope's organizations. Rows that match no mapping of the profile are listed in a warning, and
/// given back as organizations that may not be mapped.
/// `names` are the organizations whose names are known, mapped or not.
///
/// # Errors
/// Exit code 2 for a file that cannot be read, and for bad rows: nothing is billed from half a file.
pub(super) fn read(
    context: &Context,
    path: &Path,
    scope: &Scope,
    names: &[Reference<String>],
) -> anyhow::Result<(Vec<Mapped>, Vec<Listed>)> {
    let file = CsvFile::read(path)?;
    let unusable = |reason: String| Failure::usage(format!("{} cannot be used: {reason}", path.display()));
    let mut metrics = vec![scope.metric];
    for mapping in &scope.mappings {
        let metric = mapping.rule.metric(scope.metric);
        if !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    let columns = Columns::of(&file, &metrics).map_err(unusable)?;
    let known = Known::new(scope.mappings.iter().chain(&scope.others), names);
    let mut contents = Contents::default();
    for row in &file.rows {
        contents.add(row, &columns, &known);
    }
    if !contents.bad.is_empty() {
        contents.bad.truncate(MOST_BAD_ROWS);
        return Err(unusable(contents.bad.join("; ")).into());
    }
    warn_of_strangers(context, path, &contents.strangers);
    let mapped = mapped(scope, |mapping, metric| {
        contents
            .sources
            .get(&(mapping.organization.id.as_str(), metric))
            .copied()
            .unwrap_or(Source::Unlisted)
    });
    Ok((mapped, contents.unmapped))
}

/// What the rows of a file say.
#[derive(Default)]
struct Contents<'a> {
    /// By the organization's id and the metric.
    sources: HashMap<(&'a str, SeatMetric), Source>,
    /// Rows that match no mapping.
    strangers: Vec<String>,
    /// The same as organizations.
    unmapped: Vec<Listed>,
    /// Rows that cannot be right.
    bad: Vec<String>,
}

impl<'a> Contents<'a> {
    fn add(&mut self, row: &'a CsvRow, columns: &Columns, known: &Known<'a>) {
        let line = row.line;
        let organization = match known.whose(row, columns) {
            Ok(organization) => organization,
            Err(Unknown::Stranger(text)) => {
                self.unmapped.extend(known.listed(row, columns));
                return self.strangers.push(format!("line {line}: {text}"));
            }
            Err(Unknown::TwoOrganizations(one, other)) => {
                return self.bad.push(format!(
                    "line {line}: {one} and {other} are different organizations"
                ));
            }
        };
        if !columns.seats.iter().all(|(_, seats)| row.reaches(seats)) {
            return self
                .bad
                .push(format!("line {line}: it ends before the seats column"));
        }
        for (metric, seats) in &columns.seats {
            let source = source(row, columns, seats);
            // If two rows disagree, neither is believed.
            self.sources
                .entry((organization, *metric))
                .and_modify(|known| {
                    if *known != source {
                        *known = Source::Contradictory;
                    }
                })
                .or_insert(source);
        }
    }
}

fn warn_of_strangers(context: &Context, path: &Path, strangers: &[String]) {
    if strangers.is_empty() {
        return;
    }
    context.ui.warn(format!(
        "{} in {} match no mapping:",
        counted(strangers.len(), "row"),
        path.display()
    ));
    for stranger in strangers {
        context.ui.note(format!("  {stranger}"));
    }
}

/// What a row says about the seats in one of its columns.
fn source(row: &CsvRow, columns: &Columns, seats: &str) -> Source {
    for state in &columns.states {
        let word = row.cell(state).to_lowercase();
        let yes = matches!(word.as_str(), "true" | "yes");
        match (*state, word.as_str()) {
            (_, "suspended") => return Source::Suspended,
            (_, "deactivated" | "inactive") => return Source::Deactivated,
            ("suspended" | "flg_suspended", word) if yes || word == "1" => return Source::Suspended,
            ("customer_deactivated", word) if yes || word == "1" => return Source::Deactivated,
            // A number in this column counts deactivated seats; it says nothing about the organization.
            ("deactivated", _) if yes => return Source::Deactivated,
            _ => {}
        }
    }
    row.cell(seats)
        .parse::<i32>()
        .ok()
        .filter(|seats| *seats >= 0)
        .map_or(Source::Unreadable, |seats| Source::Seats(seats.into()))
}

/// Why a row cannot be matched to a mapped organization.
enum Unknown {
    /// It matches none; what the row calls it.
    Stranger(String),
    /// Its cells name different organizations.
    TwoOrganizations(String, String),
}

/// Organizations by everything that a file may call them. A name that two mapped ones share identifies neither.
struct Known<'a> {
    by_id: HashMap<String, &'a str>,
    by_name: HashMap<String, Option<&'a str>>,
    /// Organizations that were mapped by name, because SaaS Backup was not there to give their ids.
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

    /// The organization of a row that matches no mapping; none if the row names none.
    fn listed(&self, row: &CsvRow, columns: &Columns) -> Option<Listed> {
        let cell = |headers: &[&str]| {
            let mut cells = headers.iter().map(|header| row.cell(header));
            cells.find(|text| !text.is_empty()).map(ToOwned::to_owned)
        };
        let (id, name) = (cell(&columns.ids), cell(&columns.names));
        let known = |text: &Option<String>| {
            let text = text.as_deref()?;
            spellings(text).find_map(|name| self.unmapped.get(&name).copied().map(ToOwned::to_owned))
        };
        let id = known(&id)
            .or_else(|| known(&name))
            .or_else(|| id.clone())
            .or_else(|| name.clone())?;
        let mut seats = Seats::default();
        let mut active = true;
        for (metric, header) in &columns.seats {
            match source(row, columns, header) {
                Source::Seats(number) => seats.set(*metric, number),
                Source::Suspended | Source::Deactivated => active = false,
                _ => {}
            }
        }
        Some(Listed {
            organization: Reference::new(id.clone(), name.unwrap_or(id)),
            seats,
            active,
        })
    }

    /// The mapped organization that the row is about.
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
        // The name matches but the id is unknown: it is another organization of the same name.
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
        // A name that mapped organizations share identifies none of them, so it contradicts nothing.
        let shared = spellings(text).any(|name| self.by_name.contains_key(&name));
        spellings(text)
            .filter(|_| !shared)
            .find_map(|name| self.unmapped.get(&name).copied())
    }
}

/// A name in lower case: as it is, and without the tag of a linked organization.
fn spellings(name: &str) -> impl Iterator<Item = String> {
    let lower = folded(name);
    let plain = untagged(&lower).to_owned();
    let tagged = plain != lower;
    [lower, plain].into_iter().take(1 + usize::from(tagged))
}
