//! Showing the comparison: tables for people, one JSON document, or the rows as CSV.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::read::Read;
use crate::{
    context::{Context, Requests},
    model::{Configuration, Reference},
    plan::{
        money::{every, plain, signed},
        reconcile::{Finding, LineView, Reconciliation, Row, Standing, Total},
    },
    text::{Text, counted},
    ui::{Align, Format, Table},
};

#[derive(Serialize)]
struct Document<'a> {
    command: &'static str,
    profile: &'a str,
    #[serde(flatten)]
    result: &'a Reconciliation,
    /// Whether recurring invoices could be read.
    invoices_read: bool,
    /// Whether the vendor's own integration syncs seats too.
    vendor_sync: Option<bool>,
    /// The fair use that was looked at.
    fair_use: Option<String>,
    /// What the numbers mean, and what is not sure about them.
    notes: &'a [String],
    requests: Requests,
}

pub(super) fn show(
    context: &Context,
    result: &Reconciliation,
    configuration: &Configuration,
    legend: &[String],
    read: &Read,
) {
    match context.ui.format() {
        Format::Json => context.ui.json(&Document {
            command: "reconcile",
            profile: &context.profile,
            result,
            invoices_read: read.invoices.is_some(),
            vendor_sync: configuration.vendor_sync,
            fair_use: configuration.fair_use.map(|fair_use| fair_use.to_string()),
            notes: legend,
            requests: context.requests(),
        }),
        Format::Csv => {
            context.ui.table(&csv(result));
            if let Some(refused) = &read.refused {
                context.ui.warn(&refused.message);
            }
        }
        Format::Table => {
            print(context, result);
            for line in legend {
                context.ui.data(line);
            }
        }
    }
}

/// The findings' kinds by organization.
fn kinds(result: &Reconciliation) -> HashMap<&str, Vec<&'static str>> {
    let mut kinds: HashMap<&str, Vec<&'static str>> = HashMap::new();
    for finding in &result.findings {
        if let Some(organization) = &finding.organization {
            kinds
                .entry(organization.id.as_str())
                .or_default()
                .push(finding.kind.slug());
        }
    }
    kinds
}

fn print(context: &Context, result: &Reconciliation) {
    if result.rows.is_empty() && result.findings.is_empty() {
        context.ui.note("There are no organizations");
        return;
    }
    let found = kinds(result);
    let mut table = Table::new(&[
        ("organization", Align::Left),
        ("customer", Align::Left),
        ("used", Align::Right),
        ("active", Align::Right),
        ("purchased", Align::Right),
        ("required", Align::Right),
        ("deactivated", Align::Right),
        ("vendor", Align::Right),
        ("expected", Align::Right),
        ("billed", Align::Right),
        ("difference", Align::Right),
        ("price", Align::Right),
        ("cost", Align::Right),
        ("amount", Align::Right),
        ("remarks", Align::Left),
    ])
    .sentence_last()
    .expendable(&[
        "cost",
        "price",
        "customer",
        "deactivated",
        "required",
        "active",
        "purchased",
        "vendor",
    ]);
    for row in &result.rows {
        let with_lines = context.ui.verbosity() > 0 || found.contains_key(row.organization.id.as_str());
        table.row(cells(row, with_lines));
    }
    context.ui.table(&table);
    if !result.findings.is_empty() {
        context.ui.data("");
        context.ui.table(&findings(&result.findings));
    }
    context.ui.data("");
    context.ui.data(sentence(result, context.requests()));
    for total in &result.totals {
        context.ui.data(sum(total));
    }
}

fn cells(row: &Row, with_lines: bool) -> Vec<String> {
    // A dash where there is nothing to know, a question mark where it is not known.
    let is_billed = matches!(row.standing, Standing::Mapped | Standing::Vanished);
    let of_license = |text: Option<String>| match text {
        Some(text) => text,
        None if is_billed => "?".to_owned(),
        None => "-".to_owned(),
    };
    let seats = |seats: Option<i64>| seats.map_or_else(|| "?".to_owned(), |seats| seats.to_string());
    let mut remarks = Vec::new();
    if row.state != "active" {
        remarks.push(row.state.to_owned());
    }
    match row.standing {
        Standing::Unmapped => remarks.push("not mapped".to_owned()),
        Standing::Ignored => remarks.push("ignored".to_owned()),
        Standing::MappedElsewhere => remarks.push("mapped in another profile".to_owned()),
        Standing::Mapped | Standing::Vanished => {}
    }
    if let Some(rule) = &row.rule {
        let share = row
            .share
            .map_or_else(|| "?".to_owned(), |share| share.to_string());
        remarks.push(format!("{rule}: {share}"));
    }
    remarks.extend(row.notes.iter().cloned());
    if with_lines {
        let lines = row.invoice_lines.iter().flatten();
        remarks.extend(lines.map(LineView::words));
    }
    vec![
        row.organization.name.clone(),
        row.customer
            .as_ref()
            .map_or_else(|| "-".to_owned(), |customer| customer.name.clone()),
        seats(row.seats.used),
        seats(row.seats.active),
        seats(row.seats.purchased),
        seats(row.seats.required),
        seats(row.seats.deactivated),
        seats(row.vendor_bills),
        of_license(row.expected.map(|seats| seats.to_string())),
        of_license(row.billed.map(|seats| seats.to_string())),
        of_license(row.difference.map(|seats| format!("{seats:+}"))),
        of_license(row.price.map(plain)),
        of_license(row.cost.map(plain)),
        of_license(row.amount.map(|amount| money(amount, row.currency.as_deref()))),
        remarks.join("; "),
    ]
}

fn findings(findings: &[Finding]) -> Table {
    let mut table = Table::new(&[
        ("amount", Align::Right),
        ("cycle", Align::Left),
        ("finding", Align::Left),
        ("organization", Align::Left),
        ("license", Align::Left),
        ("message", Align::Left),
    ])
    .sentence_last()
    .expendable(&["license"]);
    for finding in findings {
        let amount = finding.amount;
        let name = |name: Option<&String>| name.map_or_else(|| "-".to_owned(), Clone::clone);
        let cells: [Text; 6] = [
            amount
                .map_or_else(
                    || "?".to_owned(),
                    |amount| money(amount, finding.currency.as_deref()),
                )
                .into(),
            amount
                .map_or_else(String::new, |_| every(finding.cycle.as_deref()))
                .into(),
            finding.kind.words().into(),
            name(finding.organization.as_ref().map(|found| &found.name)).into(),
            name(finding.license.as_ref().map(|found| &found.name)).into(),
            Text::list(&finding.message, [&finding.hint]),
        ];
        table.row(cells);
    }
    table
}

/// The comparison in one sentence.
fn sentence(result: &Reconciliation, requests: Requests) -> String {
    let summary = result.summary;
    format!(
        "{}: {} mapped, {} ignored, {} not mapped; {} ({} to Halo, {} to SaaS Backup)",
        counted(summary.organizations, "organization"),
        summary.mapped,
        summary.ignored,
        summary.unmapped,
        counted(summary.findings, "finding"),
        counted(usize::try_from(requests.halo).unwrap_or(usize::MAX), "request"),
        requests.backup
    )
}

/// A billing cycle's sums in one sentence.
fn sum(total: &Total) -> String {
    let sum = |sum: Option<Decimal>| {
        sum.map_or_else(
            || "?".to_owned(),
            |sum| match &total.currency {
                Some(currency) => format!("{} {currency}", plain(sum)),
                None => plain(sum),
            },
        )
    };
    format!(
        "Not billed {}: {}; billed too much: {}",
        every(total.cycle.as_deref()),
        sum(total.not_billed),
        sum(total.billed_too_much)
    )
}

fn money(amount: Decimal, currency: Option<&str>) -> String {
    match currency {
        Some(currency) => format!("{} {currency}", signed(amount)),
        None => signed(amount),
    }
}

/// The rows as CSV; what is not known is empty.
fn csv(result: &Reconciliation) -> Table {
    let found = kinds(result);
    let mut table = Table::new(
        &[
            "organization_id",
            "organization",
            "standing",
            "state",
            "customer_id",
            "customer",
            "license_id",
            "license",
            "used",
            "active",
            "purchased",
            "required",
            "deactivated",
            "vendor_bills",
            "rule",
            "share",
            "expected",
            "billed",
            "difference",
            "price",
            "cost",
            "billing_cycle",
            "currency",
            "amount",
            "in_totals",
            "findings",
            "invoice_lines",
            "notes",
        ]
        .map(|name| (name, Align::Left)),
    );
    for row in &result.rows {
        let number = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
        let decimal = |number: Option<Decimal>| {
            number.map_or_else(String::new, |number| number.normalize().to_string())
        };
        let id = |record: &Option<Reference>| {
            record
                .as_ref()
                .map_or_else(String::new, |found| found.id.to_string())
        };
        let name = |record: &Option<Reference>| {
            record
                .as_ref()
                .map_or_else(String::new, |found| found.name.clone())
        };
        let lines: Vec<String> = row.invoice_lines.iter().flatten().map(LineView::words).collect();
        table.row([
            row.organization.id.clone(),
            row.organization.name.clone(),
            row.standing.word().to_owned(),
            row.state.to_owned(),
            id(&row.customer),
            name(&row.customer),
            id(&row.license),
            name(&row.license),
            number(row.seats.used),
            number(row.seats.active),
            number(row.seats.purchased),
            number(row.seats.required),
            number(row.seats.deactivated),
            number(row.vendor_bills),
            row.rule.as_ref().map_or_else(String::new, ToString::to_string),
            number(row.share),
            number(row.expected),
            number(row.billed),
            number(row.difference),
            decimal(row.price),
            decimal(row.cost),
            row.cycle.clone().unwrap_or_default(),
            row.currency.clone().unwrap_or_default(),
            decimal(row.amount),
            if row.in_totals { "yes" } else { "no" }.to_owned(),
            found
                .get(row.organization.id.as_str())
                .map_or_else(String::new, |kinds| kinds.join(" ")),
            lines.join("; "),
            row.notes.join("; "),
        ]);
    }
    table
}
