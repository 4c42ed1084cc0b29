//! What is said, and asked, before anything is mapped: what bills, what maps anew, and what looks wrong.

use std::collections::HashMap;

use super::{
    Planned, Target,
    old_license::{self, Old},
    reference, report,
};
use crate::{
    cli,
    context::Context,
    failure::Failure,
    model::Mapping,
    plan::{elsewhere::Elsewhere, names::far_apart, products::other_product},
    ui::{Text, stopped},
};

/// Notes with each mapping what looks wrong about it; `mappings` are those that there are.
pub(super) fn doubt(planned: &mut [Planned], mappings: &[Mapping]) {
    let will_have: HashMap<String, Option<i64>> = planned
        .iter()
        .map(|planned| (planned.organization.id.clone(), planned.license()))
        .collect();
    let mut users: HashMap<i64, Vec<&Mapping>> = HashMap::new();
    for mapping in mappings {
        // One that leaves the license in this run does not count.
        let stays = will_have
            .get(&mapping.organization.id)
            .is_none_or(|license| *license == Some(mapping.license.id));
        if stays {
            users.entry(mapping.license.id).or_default().push(mapping);
        }
    }
    for planned in planned.iter_mut().filter(|planned| !planned.is_unchanged()) {
        let mut doubts = Vec::new();
        if far_apart(&planned.organization.name, &planned.customer.name) {
            doubts.push(format!(
                "the names are far apart: the organization is called {}, the customer {}",
                planned.organization.name, planned.customer.name
            ));
        }
        let (name, manufacturer) = match &planned.target {
            Target::Existing(license) => (&license.name, license.manufacturer.as_deref()),
            Target::New { name, .. } => (name, None),
        };
        if let Some(word) = other_product(name, manufacturer) {
            let by = manufacturer
                .map(|manufacturer| format!(" (manufacturer {manufacturer})"))
                .unwrap_or_default();
            doubts.push(format!(
                "the license {name}{by} looks like another product's, by the word \"{word}\""
            ));
        }
        let others: Vec<String> = planned
            .license()
            .and_then(|license| users.get(&license))
            .into_iter()
            .flatten()
            .filter(|mapping| mapping.organization.id != planned.organization.id)
            .map(|mapping| mapping.organization.to_string())
            .collect();
        if !others.is_empty() {
            doubts.push(format!(
                "the license {name} is mapped to {} already: it will carry the sum",
                others.join(", ")
            ));
        }
        planned.doubts = doubts;
    }
}

/// Refuses what another profile of the same site has mapped already: both would bill it.
///
/// # Errors
/// Exit code 2 naming both profiles.
pub(super) fn refuse_elsewhere(planned: &[Planned], elsewhere: &Elsewhere) -> anyhow::Result<()> {
    let conflicts: Vec<String> = planned
        .iter()
        .filter(|planned| !planned.is_unchanged())
        .filter_map(|planned| {
            let organization = &planned.organization.id;
            let conflict = match planned.license() {
                Some(license) => elsewhere.conflict(organization, license),
                None => elsewhere.conflict_of_organization(organization),
            }?;
            Some(format!(
                "{} -> {}, {}: {conflict}",
                planned.organization, planned.customer, planned.target
            ))
        })
        .collect();
    if conflicts.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(Text::list(
        "what another profile of the same Halo site has mapped cannot be mapped here; nothing was stored:",
        conflicts,
    ))
    .hint("unlink it there, or leave it to that profile")
    .into())
}

/// Shows what is out of the ordinary and asks once, unless it is a dry run.
///
/// # Errors
/// Exit code 2 where nobody is there to be asked and `--yes` was not given; a person's no.
pub(super) async fn confirm(
    context: &Context,
    planned: &[Planned],
    old: &mut [Old],
    arguments: &cli::MapOrg,
) -> anyhow::Result<()> {
    let dry_run = arguments.dry_run;
    show_remappings(context, planned);
    show_sums(context, planned);
    let doubts: Vec<String> = planned
        .iter()
        .filter(|planned| !planned.doubts.is_empty())
        .map(|planned| {
            format!(
                "{} -> {}, {}: {}",
                planned.organization,
                planned.customer,
                planned.target,
                planned.doubts.join("; ")
            )
        })
        .collect();
    let zeros = match arguments.old_license {
        Some(cli::OldLicense::Zero) => old.iter().filter(|old| old.bills().is_some()).count(),
        _ => 0,
    };
    let Some(question) = question(planned, zeros) else {
        return Ok(());
    };
    if !dry_run && !context.yes && !context.ui.is_interactive() && !doubts.is_empty() {
        return Err(Failure::usage(Text::list(
            format!("{question} Nobody is here to answer, and this looks wrong:"),
            doubts,
        ))
        .hint("correct it, or add --yes to go ahead all the same; --dry-run only looks")
        .into());
    }
    for doubt in &doubts {
        context.ui.warn(doubt);
    }
    if !dry_run && !context.go_ahead(&question).await? {
        return Err(stopped());
    }
    old_license::decide(context, old, arguments.old_license, dry_run).await
}

/// What has to be answered with yes first.
fn question(planned: &[Planned], zeros: usize) -> Option<String> {
    let mut parts = Vec::new();
    for planned in planned.iter().filter(|planned| !planned.is_unchanged()) {
        if let Target::New { name, count } = &planned.target {
            parts.push(format!(
                "create the license \"{name}\" for {}, which bills {count}",
                planned.customer
            ));
        }
    }
    let anew = planned.iter().filter(|planned| planned.is_remapping()).count();
    if anew > 0 {
        parts.push(format!("map {} anew", report::count(anew, "organization")));
    }
    if zeros > 0 {
        parts.push(format!("set {} to 0", report::count(zeros, "old license")));
    }
    let doubtful = planned
        .iter()
        .filter(|planned| !planned.doubts.is_empty())
        .count();
    if doubtful > 0 {
        parts.push(format!(
            "map {} despite the warnings",
            report::count(doubtful, "organization")
        ));
    }
    let sentence = parts.join(", and ");
    let mut letters = sentence.chars();
    let first = letters.next()?.to_uppercase();
    Some(format!("{first}{}?", letters.as_str()))
}

fn show_remappings(context: &Context, planned: &[Planned]) {
    for planned in planned.iter().filter(|planned| planned.is_remapping()) {
        let Some(before) = &planned.before else {
            continue;
        };
        context.ui.note(planned.organization.to_string());
        context
            .ui
            .note(format!("  is now: {}, {}", before.customer, before.license));
        context
            .ui
            .note(format!("  would be: {}, {}", planned.customer, planned.target));
    }
}

/// Several rows of a file with one license are said, not asked: whoever wrote the file wrote both.
fn show_sums(context: &Context, planned: &[Planned]) {
    let mut rows: HashMap<i64, Vec<&Planned>> = HashMap::new();
    for planned in planned {
        rows.entry(planned.license().unwrap_or_default())
            .or_default()
            .push(planned);
    }
    let mut lines: Vec<String> = rows
        .values()
        .filter(|rows| rows.len() > 1 && rows.iter().any(|planned| !planned.is_unchanged()))
        .map(|rows| {
            let names: Vec<String> = rows
                .iter()
                .map(|planned| planned.organization.to_string())
                .collect();
            format!(
                "{} of {} will carry the sum of {}",
                rows[0].target,
                rows[0].customer,
                names.join(", ")
            )
        })
        .collect();
    lines.sort_unstable();
    for line in lines {
        context.ui.note(&line);
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Target::Existing(license) => reference(license).fmt(formatter),
            Target::New { name, .. } => write!(formatter, "{name} (new)"),
        }
    }
}
