//! Showing a license and its seats.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use serde_json::json;

use crate::{
    change::{Change, Decision, Plan},
    commands::unmapped::UnmappedView,
    context::Requests,
    model::{Reference, Rule, SeatMetric},
    plan::{
        drift::DriftSource,
        money::{amounts, every, plain, signed, total},
        seats::{LicenseSeats, Share},
        unmapped::Unmapped,
    },
    runner::Mode,
    text::counted,
    ui::view::{Cell, Column, Subject},
};

#[derive(Serialize)]
struct View<'a> {
    license: &'a Reference,
    customer: &'a Reference,
    organizations: Vec<&'a Reference<String>>,
    from: Option<i64>,
    to: Option<i64>,
    /// The seats that each organization contributes.
    seats: Vec<SeatsView<'a>>,
    /// Never synced since it was mapped.
    first: bool,
    /// The quantity of the last sync, if someone has changed it in Halo since.
    drift_from: Option<i64>,
    /// Who changed it, if Halo recorded that.
    drift_by: Option<&'a str>,
    /// Whether that is a person, the API's own agent or the vendor's, as far as its name tells.
    drift_source: Option<&'static str>,
    /// What the customer pays a seat and billing cycle; a decimal as text.
    price: Option<String>,
    /// What the partner pays.
    cost: Option<String>,
    billing_cycle: Option<&'a str>,
    /// What the change adds to a billing cycle, or takes from it.
    amount: Option<String>,
    /// What of that is left to the partner.
    margin: Option<String>,
    /// The run that took this change back before.
    undone_by: Option<i64>,
}

#[derive(Serialize)]
struct SeatsView<'a> {
    organization: &'a Reference<String>,
    seats: Option<i64>,
    /// The seats that were counted, before the rule made them its share.
    counted: Option<i64>,
    metric: SeatMetric,
    /// None if the share is just what was counted.
    rule: Option<&'a Rule>,
}

impl Serialize for LicenseSeats {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seats = self.shares.iter().map(|share| SeatsView {
            organization: &share.organization,
            seats: share.seats,
            counted: share.counted,
            metric: share.metric,
            rule: Some(&share.rule).filter(|rule| !rule.is_plain()),
        });
        View {
            license: &self.license,
            customer: &self.customer,
            organizations: self.shares.iter().map(|share| &share.organization).collect(),
            from: self.from,
            to: self.to,
            seats: seats.collect(),
            first: self.first,
            drift_from: self.drift,
            drift_by: self.drift_by.as_deref(),
            drift_source: self.drift_source.map(DriftSource::name),
            price: decimal(self.price.price),
            cost: decimal(self.price.cost),
            billing_cycle: self.price.cycle.as_deref(),
            amount: decimal(self.amount()),
            margin: decimal(self.change().and_then(|change| self.price.margin(change))),
            undone_by: self.undone_by,
        }
        .serialize(serializer)
    }
}

impl Subject for LicenseSeats {
    const STATUSES: &'static [&'static str] = &["updated", "unchanged", "planned", "skipped", "failed"];
    const COLUMNS: &'static [Column] = &[
        Column::Reference("customer"),
        Column::Reference("license"),
        Column::Text("organizations"),
        Column::Number("from"),
        Column::Number("to"),
        Column::Number("change"),
        Column::Number("price"),
        Column::Number("amount"),
    ];
    const EXPENDABLE: &'static [&'static str] = &["change", "price"];

    fn cells(&self) -> Vec<Cell> {
        let change = self
            .change()
            .map_or_else(|| "?".to_owned(), |change| format!("{change:+}"));
        vec![
            (&self.customer).into(),
            (&self.license).into(),
            self.organizations().into(),
            self.from.into(),
            self.to.into(),
            change.into(),
            self.price.price.map_or_else(|| "?".to_owned(), plain).into(),
            self.amount().map_or_else(|| "?".to_owned(), signed).into(),
        ]
    }

    fn remarks(change: &Change<Self>) -> Vec<String> {
        let mut remarks = Vec::new();
        let seats = &change.subject;
        if seats.first && change.decision == Decision::Apply {
            remarks.push("first sync".to_owned());
        }
        remarks.extend(seats.shares.iter().filter_map(by_rule));
        if let Some(run) = seats.undone_by
            && matches!(change.decision, Decision::Apply | Decision::HoldBack)
        {
            let again = if change.decision == Decision::Apply {
                "this writes it again"
            } else {
                "this would write it again"
            };
            remarks.push(format!("run {run} took it back (undo); {again}"));
        }
        if let Some(synced) = seats.drift {
            let by = seats
                .drift_by
                .as_ref()
                .map(|by| format!(", by {by}"))
                .unwrap_or_default();
            remarks.push(match seats.drift_source {
                Some(DriftSource::OwnAgent | DriftSource::Vendor) => {
                    format!("changed since the last sync ({synced}){by}, which looks like the vendor's own integration")
                }
                Some(DriftSource::Other) | None => {
                    format!("changed by hand since the last sync ({synced}){by}")
                }
            });
        }
        remarks
    }
}

/// How a rule made the seats of an organization its share, if it has a rule.
fn by_rule(share: &Share) -> Option<String> {
    let (counted, seats) = (share.counted?, share.seats?);
    (!share.rule.is_plain()).then(|| {
        format!(
            "{}: {counted} {} seats, {}: {seats}",
            share.organization.name, share.metric, share.rule
        )
    })
}

/// A decimal in JSON.
pub(super) fn decimal(number: Option<Decimal>) -> Option<String> {
    number.map(|number| number.normalize().to_string())
}

/// The further fields of the document: who is not mapped, and what the run adds to a billing cycle.
pub(super) fn fields(
    plan: &Plan<LicenseSeats>,
    unmapped: Option<&[Unmapped]>,
) -> Vec<(&'static str, serde_json::Value)> {
    let amounts = amounts(written(plan).map(|change| &change.subject));
    let unmapped: Option<Vec<UnmappedView>> =
        unmapped.map(|unmapped| unmapped.iter().map(UnmappedView::from).collect());
    vec![
        ("unmapped", json!(unmapped)),
        ("amount", json!(decimal(total(&amounts)))),
        ("amounts", amounts_of(plan)),
    ]
}

/// What the changes that are written add to each billing cycle.
pub(super) fn amounts_of(plan: &Plan<LicenseSeats>) -> serde_json::Value {
    let sums = amounts(written(plan).map(|change| &change.subject));
    sums.iter()
        .map(|sum| {
            json!({
                "billing_cycle": sum.cycle,
                "amount": decimal(sum.amount),
                "margin": decimal(sum.margin),
                "licenses": sum.licenses,
                "unpriced": sum.unpriced,
            })
        })
        .collect()
}

/// The changes that were written, or would be.
fn written(plan: &Plan<LicenseSeats>) -> impl Iterator<Item = &Change<LicenseSeats>> {
    plan.changes
        .iter()
        .filter(|change| matches!(change.status(), "updated" | "planned"))
}

/// `+12.30 a month, of which 4.10 margin`, one for each billing cycle; empty if no quantity changes.
fn money(plan: &Plan<LicenseSeats>) -> String {
    let sums = amounts(written(plan).map(|change| &change.subject));
    let sums = sums.iter().map(|sum| {
        let every = every(sum.cycle.as_deref());
        let unpriced = counted(sum.unpriced, "license");
        match (sum.amount, sum.margin) {
            (None, _) => format!("{unpriced} without a price"),
            (Some(amount), Some(margin)) => format!("{} {every}, margin {}", signed(amount), signed(margin)),
            (Some(amount), None) if sum.unpriced > 0 => {
                format!("{} {every} and {unpriced} without a price", signed(amount))
            }
            (Some(amount), None) => format!("{} {every}", signed(amount)),
        }
    });
    sums.map(|sum| format!("; {sum}")).collect()
}

impl LicenseSeats {
    /// The organizations' names; only the first few of many.
    fn organizations(&self) -> String {
        let names: Vec<&str> = self
            .shares
            .iter()
            .map(|share| share.organization.name.as_str())
            .collect();
        match names.as_slice() {
            [one, two, three, rest @ ..] if !rest.is_empty() => {
                format!("{one}, {two}, {three} and {} more", rest.len())
            }
            names => names.join(", "),
        }
    }
}

/// The run in one sentence.
pub(super) fn sentence(
    plan: &Plan<LicenseSeats>,
    metric: SeatMetric,
    unmapped: usize,
    requests: Requests,
    mode: Mode,
) -> String {
    let seats = written(plan)
        .filter_map(|change| change.subject.change())
        .fold(0, i64::saturating_add);
    let written = if mode.dry_run {
        format!("{} to update", plan.count("planned"))
    } else {
        format!("{} updated", plan.count("updated"))
    };
    let seats = match (seats, money(plan)) {
        (0, money) if money.is_empty() => String::new(),
        (seats, money) => format!(" ({seats:+} seats{money})"),
    };
    let unmapped = match unmapped {
        0 => String::new(),
        unmapped => format!(", {} not mapped", counted(unmapped, "organization")),
    };
    format!(
        "{} by seats {metric}: {written}{seats}, {} unchanged, {} skipped, {} failed{unmapped} ({} to Halo, {} to SaaS Backup)",
        counted(plan.changes.len(), "license"),
        plan.count("unchanged"),
        plan.count("skipped"),
        plan.count("failed"),
        counted(usize::try_from(requests.halo).unwrap_or(usize::MAX), "request"),
        requests.backup
    )
}
