//! The plan as a file: one person plans, another reviews it, and exactly that is written.

use std::{collections::HashSet, path::Path};

use jiff::{Timestamp, Unit};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::view;
use crate::{
    change::{Change, Plan},
    cli,
    commands::sha256::sha256,
    context::Context,
    failure::Failure,
    files::write_whole,
    lock_file::{host_name, user_name},
    model::{Minimum, Reference, Rule, SeatMetric},
    plan::{
        plan_file::Line,
        seats::{LicenseSeats, Share},
    },
};

/// The version of the format.
const VERSION: u64 = 1;
/// The largest file that is read, in bytes.
const LARGEST: u64 = 256 * 1024 * 1024;
/// The field that has the version.
const VERSION_FIELD: &str = "halolink_plan";
/// The field that has the hash of all others.
const HASH_FIELD: &str = "sha256";

/// The file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    halolink_plan: u64,
    sha256: String,
    profile: String,
    site: String,
    planned_at: String,
    planned_by: String,
    note: Option<String>,
    metric: String,
    seats_from: SeatsFrom,
    limits: LimitsView,
    /// What would have been held back was let through by `--force`.
    forced: bool,
    /// What the changes add to a billing cycle: for the reader.
    amounts: Value,
    /// What is to be written.
    changes: Vec<LineView>,
    /// What is not: for the reader.
    not_applied: Vec<LeftView>,
}

/// Where the seats were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SeatsFrom {
    Api,
    File,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsView {
    max_change: u32,
    min_change: u32,
    max_held_back: u32,
    max_amount: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReferenceView<Id> {
    id: Id,
    name: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LineView {
    license: ReferenceView<i64>,
    customer: ReferenceView<i64>,
    from: i64,
    to: i64,
    organizations: Vec<ShareView>,
    price: Option<String>,
    cost: Option<String>,
    billing_cycle: Option<String>,
    amount: Option<String>,
    reason: Option<String>,
    reason_code: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShareView {
    organization: ReferenceView<String>,
    /// The seats that were counted, before the rule made them the share.
    counted: Option<i64>,
    metric: String,
    rule: RuleView,
    /// The rule for the reader.
    rule_in_words: String,
    /// The share.
    seats: Option<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleView {
    metric: Option<String>,
    included: Option<i64>,
    minimum: Option<i64>,
    minimum_until: Option<String>,
    highest: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftView {
    license: ReferenceView<i64>,
    customer: ReferenceView<i64>,
    from: Option<i64>,
    to: Option<i64>,
    reason: Option<String>,
    reason_code: Option<String>,
}

/// A reviewed plan.
pub(super) struct PlanFile {
    /// The hash of its content.
    pub hash: String,
    /// What is to be written.
    pub lines: Vec<Line>,
    /// What was noted when it was planned.
    pub note: Option<String>,
}

/// Writes a plan to a file, and returns the hash of its content.
///
/// # Errors
/// The file cannot be written.
pub(super) fn write(
    context: &Context,
    path: &Path,
    arguments: &cli::SyncSeats,
    metric: SeatMetric,
    plan: &Plan<LicenseSeats>,
) -> anyhow::Result<String> {
    // As it would be carried out: nothing, if it is stopped.
    let mut plan = plan.clone();
    plan.halt();
    let now = Timestamp::now()
        .round(Unit::Second)
        .unwrap_or_else(|_| Timestamp::now());
    let document = Document {
        halolink_plan: VERSION,
        sha256: String::new(),
        profile: context.profile.clone(),
        site: context.connection()?.site.site_url.to_string(),
        planned_at: now.to_string(),
        planned_by: format!("{}@{}", user_name(), host_name()),
        note: arguments.note.clone(),
        metric: metric.to_string(),
        seats_from: seats_from(arguments),
        limits: LimitsView {
            max_change: arguments.max_change,
            min_change: arguments.min_change,
            max_held_back: arguments.max_held_back,
            max_amount: arguments.max_amount.map(|amount| amount.to_string()),
        },
        forced: arguments.force,
        amounts: view::amounts_of(&plan),
        changes: plan
            .changes
            .iter()
            .filter(|change| change.status() == "planned")
            .filter_map(line_view)
            .collect(),
        not_applied: plan
            .changes
            .iter()
            .filter(|change| change.status() == "skipped")
            .map(left_view)
            .collect(),
    };
    let mut value = serde_json::to_value(&document)?;
    let hash = hash(&value);
    if let Some(field) = value.get_mut(HASH_FIELD) {
        *field = hash.clone().into();
    }
    // In the order in which people read it.
    let document = Document {
        sha256: hash.clone(),
        ..document
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    write_whole(path, text.as_bytes())
        .map_err(|error| Failure::failed(format!("cannot write {}: {error}", path.display())))?;
    Ok(hash)
}

/// Reads a reviewed plan.
///
/// # Errors
/// Exit code 2 if the file cannot be used as it is: its content does not fit its hash, it is another profile's or site's, an
/// unknown version, or it names a license twice. Nothing of it is applied then.
pub(super) fn read(context: &Context, path: &Path, arguments: &cli::SyncSeats) -> anyhow::Result<PlanFile> {
    let name = path.display().to_string();
    let unusable = |reason: String| {
        Failure::usage(format!("{name} cannot be applied: {reason}"))
            .hint("plan it again: halolink sync-seats --plan-out FILE")
    };
    let size = std::fs::metadata(path)
        .map_err(|error| unusable(error.to_string()))?
        .len();
    if size > LARGEST {
        return Err(unusable("it is too large for a plan".to_owned()).into());
    }
    let bytes = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let value: Value = serde_json::from_slice(&bytes)
        .map_err(|error| unusable(format!("it is no plan of halolink's: {error}")))?;
    match value.get(VERSION_FIELD) {
        None => return Err(unusable("it is no plan of halolink's".to_owned()).into()),
        Some(version) if version.as_u64() != Some(VERSION) => {
            return Err(unusable(format!("this halolink does not know its version {version}")).into());
        }
        Some(_) => {}
    }
    let hash = hash(&value);
    if value.get(HASH_FIELD).and_then(Value::as_str) != Some(hash.as_str()) {
        return Err(
            unusable("it has been changed since it was planned: its hash does not fit".to_owned()).into(),
        );
    }
    let document: Document = serde_json::from_slice(&bytes).map_err(|error| unusable(error.to_string()))?;
    let site = context.connection()?.site.site_url.to_string();
    if document.profile != context.profile {
        let reason = format!(
            "it was planned for the profile \"{}\", and this is \"{}\"",
            document.profile, context.profile
        );
        return Err(unusable(reason)
            .hint(format!(
                "halolink sync-seats --plan {name} --profile {}",
                document.profile
            ))
            .into());
    }
    if document.site != site {
        let reason = format!(
            "it was planned for {}, and this profile is of {site}",
            document.site
        );
        return Err(unusable(reason).into());
    }
    match (document.seats_from, seats_from(arguments)) {
        (SeatsFrom::File, SeatsFrom::Api) => {
            let reason = "its seats are from a file, which is needed to see if they are still the same";
            return Err(unusable(reason.to_owned())
                .hint("add --seats-file FILE.csv")
                .into());
        }
        (SeatsFrom::Api, SeatsFrom::File) => {
            let reason = "its seats are from SaaS Backup, where they are read again";
            return Err(unusable(reason.to_owned()).hint("leave out --seats-file").into());
        }
        _ => {}
    }
    let mut licenses = HashSet::new();
    let mut lines = Vec::new();
    for view in document.changes {
        let line = line(view).map_err(unusable)?;
        if !licenses.insert(line.license.id) {
            return Err(unusable(format!("it has the license {} twice", line.license)).into());
        }
        lines.push(line);
    }
    Ok(PlanFile {
        hash,
        lines,
        note: document.note,
    })
}

fn seats_from(arguments: &cli::SyncSeats) -> SeatsFrom {
    match arguments.seats_file {
        Some(_) => SeatsFrom::File,
        None => SeatsFrom::Api,
    }
}

/// The hash of everything in the file but the hash itself, whatever its white space and the order of its fields.
fn hash(document: &Value) -> String {
    let mut text = String::new();
    canonical(document, true, &mut text);
    sha256(text.as_bytes())
}

fn canonical(value: &Value, top: bool, text: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields
                .iter()
                .filter(|(name, _)| !(top && *name == HASH_FIELD))
                .collect();
            fields.sort_by_key(|(name, _)| *name);
            text.push('{');
            for (place, (name, value)) in fields.into_iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                canonical(value, false, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                canonical(item, false, text);
            }
            text.push(']');
        }
        other => text.push_str(&other.to_string()),
    }
}

fn reference<Id: Clone>(reference: &Reference<Id>) -> ReferenceView<Id> {
    ReferenceView {
        id: reference.id.clone(),
        name: reference.name.clone(),
    }
}

fn line_view(change: &Change<LicenseSeats>) -> Option<LineView> {
    let seats = &change.subject;
    let reason = change.because();
    Some(LineView {
        license: reference(&seats.license),
        customer: reference(&seats.customer),
        from: seats.from?,
        to: seats.to?,
        organizations: seats
            .shares
            .iter()
            .map(|share| ShareView {
                organization: reference(&share.organization),
                counted: share.counted,
                metric: share.metric.to_string(),
                rule: rule_view(&share.rule),
                rule_in_words: share.rule.to_string(),
                seats: share.seats,
            })
            .collect(),
        price: view::decimal(seats.price.price),
        cost: view::decimal(seats.price.cost),
        billing_cycle: seats.price.cycle.clone(),
        amount: view::decimal(seats.amount()),
        reason: reason.map(ToString::to_string),
        reason_code: reason.map(|reason| reason.code().to_owned()),
    })
}

fn left_view(change: &Change<LicenseSeats>) -> LeftView {
    let seats = &change.subject;
    let reason = change.because();
    LeftView {
        license: reference(&seats.license),
        customer: reference(&seats.customer),
        from: seats.from,
        to: seats.to,
        reason: reason.map(ToString::to_string),
        reason_code: reason.map(|reason| reason.code().to_owned()),
    }
}

fn rule_view(rule: &Rule) -> RuleView {
    let minimum = rule.minimum.as_ref();
    RuleView {
        metric: rule.metric.map(|metric| metric.to_string()),
        included: rule.included,
        minimum: minimum.map(|minimum| minimum.seats),
        minimum_until: minimum
            .and_then(|minimum| minimum.until)
            .map(|until| until.to_string()),
        highest: rule.highest.map(|highest| highest.name().to_owned()),
    }
}

fn line(view: LineView) -> Result<Line, String> {
    let shares = view
        .organizations
        .into_iter()
        .map(|share| {
            Ok(Share {
                organization: Reference::new(share.organization.id, share.organization.name),
                seats: share.seats,
                counted: share.counted,
                metric: share.metric.parse()?,
                rule: rule(share.rule)?,
            })
        })
        .collect::<Result<_, String>>()?;
    Ok(Line {
        license: Reference::new(view.license.id, view.license.name),
        customer: Reference::new(view.customer.id, view.customer.name),
        from: view.from,
        to: view.to,
        shares,
    })
}

fn rule(view: RuleView) -> Result<Rule, String> {
    let until = view
        .minimum_until
        .map(|until| until.parse().map_err(|_| format!("\"{until}\" is not a date")))
        .transpose()?;
    Ok(Rule {
        metric: view.metric.map(|metric| metric.parse()).transpose()?,
        included: view.included,
        minimum: view.minimum.map(|seats| Minimum { seats, until }),
        highest: view.highest.map(|highest| highest.parse()).transpose()?,
    })
}
