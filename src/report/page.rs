//! What stands where on the page.

use std::collections::HashSet;

use askama::Template;
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::civil::Date;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use sha2::{Digest, Sha256};

use super::{
    Error, Report,
    amounts::{UNKNOWN, cycle, grouped, in_currency},
    chart::{Size, draw},
    seats::{in_all, of_customer},
};
use crate::{
    model::Reference,
    plan::reconcile::{Finding, LineView, Reconciliation, Row, Standing, Summary, Total},
    text::Text,
};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Bars of one billing cycle. The table has everything.
const BARS: usize = 15;
/// Customers whose seats are drawn.
const CUSTOMERS: usize = 12;

/// The columns of the table, and whether they are numbers.
const COLUMNS: [(&str, bool); 17] = [
    ("Organization", false),
    ("Customer", false),
    ("License", false),
    ("Used", true),
    ("Expected", true),
    ("Billed", true),
    ("Not billed", true),
    ("Amount", true),
    ("Price", true),
    ("Cost", true),
    ("Active", true),
    ("Purchased", true),
    ("Required", true),
    ("Deactivated", true),
    ("Vendor bills", true),
    ("Invoice lines", false),
    ("Remarks", false),
];

/// The template's data.
#[derive(Template)]
#[template(path = "page.html")]
pub struct Page {
    style: &'static str,
    script: &'static str,
    style_hash: String,
    script_hash: String,
    profile: Text,
    made_at: String,
    version: &'static str,
    summary: Summary,
    notes: Vec<Text>,
    invoices_unread: bool,
    cycles: Vec<CycleView>,
    unknown_amounts: usize,
    findings: Vec<FindingView>,
    seats: Option<SeatsView>,
    columns: [(&'static str, bool); 17],
    rows: Vec<RowView>,
}

/// The money of one billing cycle and currency.
struct CycleView {
    name: Text,
    /// What is not billed.
    lost: Text,
    is_lost: bool,
    /// What is billed too much; none if nothing is.
    too_much: Option<Text>,
    bars: Vec<Bar>,
    /// How many findings have no bar.
    more: usize,
}

struct Bar {
    finding: usize,
    name: Text,
    kind: &'static str,
    amount: Text,
    /// Its length in percent.
    length: String,
}

struct FindingView {
    number: usize,
    kind: &'static str,
    who: Vec<Text>,
    /// The amount and its cycle.
    amount: Option<(Text, Text)>,
    is_too_much: bool,
    message: Text,
    hint: Text,
}

struct SeatsView {
    wide: String,
    small: String,
    summary: String,
    /// The quantity at the end of each month.
    months: Vec<(String, String)>,
    customers: Vec<CustomerView>,
    /// How many customers with findings are not drawn.
    more: usize,
}

struct CustomerView {
    name: Text,
    chart: String,
    summary: String,
}

struct RowView {
    cells: Vec<Cell>,
    differs: bool,
}

struct Cell {
    text: Text,
    /// What it is sorted by, if it is a number.
    value: Option<String>,
    is_number: bool,
    is_unknown: bool,
}

impl Page {
    pub fn of(report: &Report) -> Result<Self, Error> {
        Ok(Self {
            style: STYLE,
            script: SCRIPT,
            style_hash: hash(STYLE),
            script_hash: hash(SCRIPT),
            profile: Text::from(report.profile),
            made_at: report.made_at.strftime("%-d %B %Y, %H:%M %Z").to_string(),
            version: env!("CARGO_PKG_VERSION"),
            summary: report.result.summary,
            notes: report.notes.iter().map(Text::from).collect(),
            invoices_unread: report.result.rows.iter().any(|row| row.invoice_lines.is_none()),
            cycles: report
                .result
                .totals
                .iter()
                .map(|total| cycle_view(total, report.result))
                .collect(),
            unknown_amounts: report
                .result
                .findings
                .iter()
                .filter(|finding| finding.amount.is_none())
                .count(),
            findings: (1..).zip(&report.result.findings).map(finding).collect(),
            seats: seats(report)?,
            columns: COLUMNS,
            rows: report.result.rows.iter().map(row).collect(),
        })
    }
}

/// The hash by which the page's policy knows its style and its script.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

fn cycle_view(total: &Total, result: &Reconciliation) -> CycleView {
    let lost: Vec<(usize, &Finding, Decimal)> = (1..)
        .zip(&result.findings)
        .filter_map(|(number, finding)| Some((number, finding, finding.amount?)))
        .filter(|(_, finding, amount)| *amount > Decimal::ZERO && total.covers(finding))
        .collect();
    // They are sorted by amount.
    let most = lost.first().map_or(Decimal::ONE, |(_, _, amount)| *amount);
    let sum = |sum: Option<Decimal>| {
        sum.map_or_else(
            || Text::from("more than can be added up"),
            |sum| in_currency(sum, total.currency.as_deref()),
        )
    };
    CycleView {
        name: cycle(total.cycle.as_deref()),
        lost: sum(total.not_billed),
        is_lost: total.not_billed != Some(Decimal::ZERO),
        too_much: (total.billed_too_much != Some(Decimal::ZERO)).then(|| sum(total.billed_too_much)),
        more: lost.len().saturating_sub(BARS),
        bars: lost
            .into_iter()
            .take(BARS)
            .map(|money| bar(money, most))
            .collect(),
    }
}

fn bar((number, finding, amount): (usize, &Finding, Decimal), most: Decimal) -> Bar {
    let share = amount
        .checked_div(most)
        .and_then(|share| share.to_f64())
        .unwrap_or(0.0);
    Bar {
        finding: number,
        name: who(finding)
            .into_iter()
            .next()
            .unwrap_or_else(|| Text::from("not named")),
        kind: finding.kind.words(),
        amount: in_currency(amount, finding.currency.as_deref()),
        // One that is very short can still be seen.
        length: format!("{:.1}", (share * 100.0).clamp(0.5, 100.0)),
    }
}

fn finding((number, finding): (usize, &Finding)) -> FindingView {
    FindingView {
        number,
        kind: finding.kind.words(),
        who: who(finding),
        amount: finding.amount.map(|amount| {
            let amount = in_currency(amount.abs(), finding.currency.as_deref());
            (amount, cycle(finding.cycle.as_deref()))
        }),
        is_too_much: finding.amount.is_some_and(|amount| amount < Decimal::ZERO),
        message: Text::from(&finding.message),
        hint: Text::from(&finding.hint),
    }
}

/// Whom a finding is about: the organization, the customer and the license, as far as they are known.
fn who(finding: &Finding) -> Vec<Text> {
    let mut names: Vec<Text> = Vec::new();
    names.extend(finding.organization.as_ref().map(name));
    names.extend(finding.customer.as_ref().map(name));
    names.extend(finding.license.as_ref().map(name));
    names.dedup();
    names
}

/// The name, or the id if nothing can be seen of the name.
fn name<Id: std::fmt::Display>(reference: &Reference<Id>) -> Text {
    let name = Text::from(&reference.name);
    if name.trim().is_empty() {
        Text::from(reference.id.to_string())
    } else {
        name
    }
}

fn seats(report: &Report) -> Result<Option<SeatsView>, Error> {
    let today = report.made_at.date();
    let course = in_all(report.quantities, today);
    if course.is_empty() {
        return Ok(None);
    }
    let mut left: HashSet<i64> = report
        .quantities
        .iter()
        .map(|quantity| quantity.customer)
        .collect();
    let mut customers: Vec<&Reference> = report
        .result
        .findings
        .iter()
        .filter_map(|finding| finding.customer.as_ref())
        .filter(|customer| left.remove(&customer.id))
        .collect();
    let more = customers.len().saturating_sub(CUSTOMERS);
    customers.truncate(CUSTOMERS);
    Ok(Some(SeatsView {
        wide: draw(&course, Size::WIDE)?,
        small: draw(&course, Size::SMALL)?,
        summary: summary(&course),
        months: months(&course),
        customers: customers
            .into_iter()
            .map(|customer| {
                let course = of_customer(report.quantities, customer.id, today);
                Ok(CustomerView {
                    name: name(customer),
                    summary: summary(&course),
                    chart: draw(&course, Size::SMALL)?,
                })
            })
            .collect::<Result<_, Error>>()?,
        more,
    }))
}

/// A course in words, for those who do not see it.
fn summary(course: &[(Date, i64)]) -> String {
    let (Some((first, from)), Some((last, to))) = (course.first(), course.last()) else {
        return String::new();
    };
    if first == last {
        return format!("{} on {}", grouped(*to), day(*last));
    }
    let highest = course.iter().map(|(_, count)| *count).max().unwrap_or(*to);
    format!(
        "{} on {}, {} on {}, at most {}",
        grouped(*from),
        day(*first),
        grouped(*to),
        day(*last),
        grouped(highest)
    )
}

fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// The quantity at the end of each month; newest first.
fn months(course: &[(Date, i64)]) -> Vec<(String, String)> {
    let (Some((first, _)), Some((last, _))) = (course.first(), course.last()) else {
        return Vec::new();
    };
    let mut months = Vec::new();
    let mut changes = course.iter().peekable();
    let mut count = 0;
    for month in first.first_of_month().series(jiff::Span::new().months(1)) {
        if month > *last {
            break;
        }
        while let Some((_, now)) = changes.next_if(|(day, _)| *day <= month.last_of_month()) {
            count = *now;
        }
        months.push((month.strftime("%B %Y").to_string(), grouped(count)));
    }
    months.reverse();
    months
}

fn row(row: &Row) -> RowView {
    let is_billed = matches!(row.standing, Standing::Mapped | Standing::Vanished);
    // Of an organization that nothing bills there is nothing to know.
    let of_license = |cell: Cell| if is_billed { cell } else { text(Text::default()) };
    let mut cells = vec![
        // With its id: names are not unique.
        text(Text::from(row.organization.to_string())),
        text(row.customer.as_ref().map(name).unwrap_or_default()),
        text(row.license.as_ref().map(name).unwrap_or_default()),
    ];
    cells.push(count(row.seats.used));
    cells.extend([row.expected, row.billed, row.difference].map(|seats| of_license(count(seats))));
    cells.extend([row.amount, row.price, row.cost].map(|amount| of_license(amount_of(amount, row))));
    let seats = &row.seats;
    cells.extend(
        [
            seats.active,
            seats.purchased,
            seats.required,
            seats.deactivated,
            row.vendor_bills,
        ]
        .map(count),
    );
    cells.push(of_license(match &row.invoice_lines {
        None => unknown(false),
        Some(lines) if lines.is_empty() => text(Text::from("none")),
        Some(lines) => text(Text::from(
            lines.iter().map(LineView::words).collect::<Vec<_>>().join("; "),
        )),
    }));
    cells.push(text(remarks(row)));
    RowView {
        cells,
        differs: row.difference != Some(0)
            && !matches!(row.standing, Standing::Ignored | Standing::MappedElsewhere),
    }
}

fn count(count: Option<i64>) -> Cell {
    number(count.map(|count| (Text::from(grouped(count)), count.to_string())))
}

/// Money with its currency and billing cycle.
fn amount_of(amount: Option<Decimal>, row: &Row) -> Cell {
    number(amount.map(|amount| {
        let shown = in_currency(amount, row.currency.as_deref());
        let shown = format!("{shown} {}", cycle(row.cycle.as_deref()));
        (Text::from(shown), amount.to_string())
    }))
}

fn remarks(row: &Row) -> Text {
    let mut remarks: Vec<String> = Vec::new();
    match row.standing {
        Standing::Unmapped => remarks.push("not mapped".to_owned()),
        Standing::Ignored => remarks.push("ignored".to_owned()),
        Standing::MappedElsewhere => remarks.push("mapped in another profile".to_owned()),
        Standing::Mapped | Standing::Vanished => {}
    }
    if row.state != "active" {
        remarks.push(row.state.to_owned());
    }
    if let Some(rule) = &row.rule {
        let share = row.share.map_or_else(|| UNKNOWN.to_owned(), grouped);
        remarks.push(format!("{rule}: {share}"));
    }
    remarks.extend(row.notes.iter().cloned());
    Text::from(remarks.join("; "))
}

fn text(text: Text) -> Cell {
    Cell {
        text,
        value: None,
        is_number: false,
        is_unknown: false,
    }
}

fn number(number: Option<(Text, String)>) -> Cell {
    match number {
        None => unknown(true),
        Some((shown, value)) => Cell {
            text: shown,
            value: Some(value),
            is_number: true,
            is_unknown: false,
        },
    }
}

fn unknown(is_number: bool) -> Cell {
    Cell {
        text: Text::from(UNKNOWN),
        value: None,
        is_number,
        is_unknown: true,
    }
}
