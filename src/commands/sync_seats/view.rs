//! Showing a license and its seats.

use serde::{Serialize, Serializer};

use crate::{
    change::{Change, Decision, Plan},
    context::Requests,
    model::Reference,
    model::SeatMetric,
    plan::seats::LicenseSeats,
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
}

#[derive(Serialize)]
struct SeatsView<'a> {
    organization: &'a Reference<String>,
    seats: Option<i64>,
}

impl Serialize for LicenseSeats {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seats = self.shares.iter().map(|share| SeatsView {
            organization: &share.organization,
            seats: share.seats,
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
    ];

    fn cells(&self) -> Vec<Cell> {
        let change = match (self.from, self.to) {
            (Some(from), Some(to)) => format!("{:+}", to.saturating_sub(from)),
            _ => "?".to_owned(),
        };
        vec![
            (&self.customer).into(),
            (&self.license).into(),
            self.organizations().into(),
            self.from.into(),
            self.to.into(),
            change.into(),
        ]
    }

    fn remarks(change: &Change<Self>) -> Vec<String> {
        let mut remarks = Vec::new();
        let seats = &change.subject;
        if seats.first && change.decision == Decision::Apply {
            remarks.push("first sync".to_owned());
        }
        if let Some(synced) = seats.drift {
            let by = seats
                .drift_by
                .as_ref()
                .map(|by| format!(", by {by}"))
                .unwrap_or_default();
            remarks.push(format!("changed by hand since the last sync ({synced}){by}"));
        }
        remarks
    }
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
    requests: Requests,
    mode: Mode,
) -> String {
    let is_written = |change: &&Change<LicenseSeats>| matches!(change.status(), "updated" | "planned");
    let seats = plan
        .changes
        .iter()
        .filter(is_written)
        .map(|change| {
            let LicenseSeats { from, to, .. } = change.subject;
            to.unwrap_or(0).saturating_sub(from.unwrap_or(0))
        })
        .fold(0, i64::saturating_add);
    let written = if mode.dry_run {
        format!("{} to update", plan.count("planned"))
    } else {
        format!("{} updated", plan.count("updated"))
    };
    let seats = if seats == 0 {
        String::new()
    } else {
        format!(" ({seats:+} seats)")
    };
    format!(
        "{} by seats {metric}: {written}{seats}, {} unchanged, {} skipped, {} failed ({} to Halo, {} to SaaS Backup)",
        counted(plan.changes.len(), "license"),
        plan.count("unchanged"),
        plan.count("skipped"),
        plan.count("failed"),
        counted(usize::try_from(requests.halo).unwrap_or(usize::MAX), "request"),
        requests.backup
    )
}
