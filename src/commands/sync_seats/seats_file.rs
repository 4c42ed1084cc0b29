//! `--seats-file`: the seats from a CSV file, for a partner without access to the SaaS Backup API. The
//! portal's *Export CSV* is one, and so is anything with an organization and its seats.

use std::{collections::HashMap, path::Path};

use super::sources::mapped;
use crate::{
    backup::SeatMetric,
    commands::csv_file::{CsvFile, CsvRow},
    context::Context,
    failure::Failure,
    plan::{
        names::untagged,
        seats::{Mapped, Source},
    },
    store::Mapping,
};

/// Headers of the column with the organization's id.
const IDS: [&str; 5] = [
    "organization_id",
    "id",
    "subscriber_id",
    "org_id",
    "organisation_id",
];
/// Headers of the column with the organization.
const NAMES: [&str; 9] = [
    "organization",
    "organization_name",
    "organisation",
    "organisation_name",
    "name",
    "company",
    "company_name",
    "subscriber",
    "customer",
];
/// Headers of a column that just says seats, whichever they are.
const SEATS: [&str; 4] = ["seats", "quantity", "seat_count", "licenses"];
/// Headers of a column that says that an organization is suspended or deactivated.
const STATES: [&str; 6] = [
    "status",
    "state",
    "suspended",
    "flg_suspended",
    "deactivated",
    "customer_deactivated",
];

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

/// What the file says about the organizations of these mappings. Rows that match neither one of them nor
/// one of the others are listed.
pub(super) fn read(
    context: &Context,
    path: &Path,
    mappings: &[Mapping],
    others: &[Mapping],
    metric: SeatMetric,
) -> anyhow::Result<Vec<Mapped>> {
    let file = CsvFile::read(path)?;
    let missing = |what: &str, headers: &[&str]| {
        Failure::usage(format!("{} has no column for {what}", path.display()))
            .hint(format!("it needs a header such as {}", headers.join(", ")))
    };
    let seats = file
        .header(seat_headers(metric))
        .or_else(|| file.header(&SEATS))
        .ok_or_else(|| {
            missing(
                &format!("the seats ({metric})"),
                &[seat_headers(metric)[0], "seats"],
            )
        })?;
    let (id, name) = (file.header(&IDS), file.header(&NAMES));
    if id.is_none() && name.is_none() {
        return Err(missing("the organization", &["organization", "organization_id"]).into());
    }
    let states: Vec<&str> = STATES.iter().filter_map(|state| file.header(&[*state])).collect();

    let known = Known::new(mappings.iter().chain(others));
    let mut sources: HashMap<&str, Source> = HashMap::new();
    let mut strangers = Vec::new();
    for row in &file.rows {
        let texts = [id, name].into_iter().flatten().map(|header| row.cell(header));
        let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
        let Some(organization) = texts.iter().find_map(|text| known.find(text)) else {
            strangers.push(format!(
                "line {}: {}",
                row.line,
                texts.first().copied().unwrap_or("(no organization)")
            ));
            continue;
        };
        let source = source(row, seats, &states);
        // Two rows that disagree say nothing.
        sources
            .entry(organization)
            .and_modify(|known| {
                if *known != source {
                    *known = Source::Unreadable;
                }
            })
            .or_insert(source);
    }
    if !strangers.is_empty() {
        context.ui.warn(&format!(
            "{} in {} match no mapping:",
            crate::commands::report::count(strangers.len(), "row"),
            path.display()
        ));
        for stranger in strangers {
            context.ui.note(&format!("  {}", crate::ui::clean(&stranger)));
        }
    }
    Ok(mapped(mappings, |mapping| {
        sources
            .get(mapping.organization.id.as_str())
            .copied()
            .unwrap_or(Source::Unlisted)
    }))
}

fn source(row: &CsvRow, seats: &str, states: &[&str]) -> Source {
    for state in states {
        match row.cell(state).to_lowercase().as_str() {
            "suspended" => return Source::Suspended,
            "deactivated" | "inactive" => return Source::Deactivated,
            "true" | "yes" | "1" if state.contains("suspended") => return Source::Suspended,
            "true" | "yes" | "1" if state.contains("deactivated") => return Source::Deactivated,
            _ => {}
        }
    }
    row.cell(seats)
        .parse::<i32>()
        .ok()
        .filter(|seats| *seats >= 0)
        .map_or(Source::Unreadable, |seats| Source::Seats(seats.into()))
}

/// Mapped organizations by everything they are called; a name that two share is nobody's.
struct Known<'a> {
    by_id: HashMap<String, &'a str>,
    by_name: HashMap<String, Option<&'a str>>,
}

impl<'a> Known<'a> {
    fn new(mappings: impl Iterator<Item = &'a Mapping>) -> Self {
        let mut known = Self {
            by_id: HashMap::new(),
            by_name: HashMap::new(),
        };
        for mapping in mappings {
            let id = mapping.organization.id.as_str();
            known.by_id.insert(id.to_owned(), id);
            if let Some(number) = mapping.organization_number {
                known.by_id.insert(number.to_string(), id);
            }
            let mut names = vec![mapping.organization.name.trim().to_lowercase()];
            names.push(untagged(&mapping.organization.name).to_lowercase());
            names.dedup();
            for name in names {
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
        known
    }

    fn find(&self, text: &str) -> Option<&'a str> {
        self.by_id.get(text).copied().or_else(|| {
            let name = text.to_lowercase();
            let untagged = untagged(&name).to_owned();
            self.by_name
                .get(&name)
                .or_else(|| self.by_name.get(&untagged))
                .copied()
                .flatten()
        })
    }
}
