//! What is shown and asked before anything is mapped: what bills, what is remapped, and what looks wrong.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use super::{NewMapping, Target};
use crate::{
    change::{Action, Change, Decision, Plan},
    failure::Failure,
    model::{Ignored, Mapping},
    plan::{elsewhere::Elsewhere, names::far_apart, products::other_product},
    runner::Question,
    text::{Text, counted},
};

/// Notes with each new mapping what looks wrong about it; `mappings` and `ignored` are the existing ones.
pub(super) fn doubt(wanted: &mut [NewMapping], mappings: &[Mapping], ignored: &[Ignored]) {
    let reasons: HashMap<&str, &str> = ignored
        .iter()
        .map(|ignored| (ignored.organization.id.as_str(), ignored.reason.as_str()))
        .collect();
    let will_have: HashMap<String, Option<i64>> = wanted
        .iter()
        .map(|wanted| (wanted.organization.id.clone(), wanted.license()))
        .collect();
    let mut users: HashMap<i64, Vec<&Mapping>> = HashMap::new();
    for mapping in mappings {
        // An organization that leaves the license in this run does not count.
        let stays = will_have
            .get(&mapping.organization.id)
            .is_none_or(|license| *license == Some(mapping.license.id));
        if stays {
            users.entry(mapping.license.id).or_default().push(mapping);
        }
    }
    for wanted in wanted.iter_mut().filter(|wanted| !wanted.is_unchanged()) {
        let others: Vec<String> = wanted
            .license()
            .and_then(|license| users.get(&license))
            .into_iter()
            .flatten()
            .filter(|mapping| mapping.organization.id != wanted.organization.id)
            .map(|mapping| mapping.organization.to_string())
            .collect();
        wanted.doubts = doubts_about(
            wanted,
            reasons.get(wanted.organization.id.as_str()).copied(),
            &others,
        );
    }
}

/// What looks wrong about a new mapping; `ignored` is the reason why its organization is ignored, if it is, and
/// `others` are the organizations that its license is mapped to already.
fn doubts_about(wanted: &NewMapping, ignored: Option<&str>, others: &[String]) -> Vec<String> {
    let mut doubts = Vec::new();
    if let Some(reason) = ignored {
        doubts.push(format!(
            "the organization is ignored ({reason}), and mapping it stops that"
        ));
    }
    if far_apart(&wanted.organization.name, &wanted.customer.name) {
        doubts.push(format!(
            "the names are far apart: the organization is called {}, the customer {}",
            wanted.organization.name, wanted.customer.name
        ));
    }
    let name = wanted.target.name();
    let manufacturer = match &wanted.target {
        Target::Existing(license) => license.manufacturer.as_deref(),
        Target::New { .. } | Target::Known(_) => None,
    };
    if let Some(word) = other_product(name, manufacturer) {
        let by = manufacturer
            .map(|manufacturer| format!(" (manufacturer {manufacturer})"))
            .unwrap_or_default();
        doubts.push(format!(
            "the license {name}{by} looks like another product's, because of the word \"{word}\""
        ));
    }
    if !others.is_empty() {
        doubts.push(format!(
            "the license {name} is already mapped to {}: it will carry the sum",
            others.join(", ")
        ));
    }
    doubts
}

/// Refuses what another profile of the same site has mapped: both would bill it.
///
/// # Errors
/// Exit code 2; both profiles are named.
pub(super) fn refuse_elsewhere<'a>(
    wanted: impl IntoIterator<Item = &'a NewMapping>,
    elsewhere: &Elsewhere,
) -> anyhow::Result<()> {
    let conflicts: Vec<String> = wanted
        .into_iter()
        .filter(|wanted| !wanted.is_unchanged())
        .filter_map(|wanted| {
            let organization = &wanted.organization.id;
            let conflict = match wanted.license() {
                Some(license) => elsewhere.conflict(organization, license),
                None => elsewhere.conflict_of_organization(organization),
            }?;
            Some(format!("{wanted}: {conflict}; {}", conflict.hint()))
        })
        .collect();
    if conflicts.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(Text::list(
        "another profile of the same Halo site has mapped these already; nothing was stored:",
        conflicts,
    ))
    .hint("unlink it there, or leave it to that profile")
    .into())
}

/// The question to answer with yes first; `zeros` is the number of old licenses that would be set to 0 as well.
pub(super) fn question(plan: &Plan<NewMapping>, zeros: usize) -> Option<Question> {
    let mut parts = Vec::new();
    for wanted in plan.to_apply().map(|change| &change.subject) {
        if let Target::New { name, count } = &wanted.target {
            parts.push(format!(
                "create the license \"{name}\" for {}, which bills {count}",
                wanted.customer
            ));
        }
    }
    let remapped = plan
        .to_apply()
        .filter(|change| change.action == Action::Remap)
        .count();
    if remapped > 0 {
        parts.push(format!("remap {}", counted(remapped, "organization")));
    }
    if zeros > 0 {
        parts.push(format!("set {} to 0", counted(zeros, "old license")));
    }
    let doubts: Vec<String> = plan
        .to_apply()
        .map(|change| &change.subject)
        .filter(|wanted| !wanted.doubts.is_empty())
        .map(|wanted| format!("{wanted}: {}", wanted.doubts.join("; ")))
        .collect();
    if !doubts.is_empty() {
        parts.push(format!(
            "map {} despite the warnings",
            counted(doubts.len(), "organization")
        ));
    }
    let sentence = parts.join(", and ");
    let mut letters = sentence.chars();
    let first = letters.next()?.to_uppercase();
    Some(Question {
        text: format!("{first}{}?", letters.as_str()),
        doubts,
    })
}

/// What is remapped: from what, to what.
pub(super) fn remappings(plan: &Plan<NewMapping>) -> Vec<Text> {
    let mut lines: Vec<Text> = Vec::new();
    let remapped = plan
        .to_apply()
        .filter(|change| change.action == Action::Remap)
        .map(|change| &change.subject);
    for wanted in remapped {
        if let Some(before) = &wanted.before {
            lines.push(wanted.organization.to_string().into());
            lines.push(format!("  is now: {}, {}", before.customer, before.license).into());
            lines.push(format!("  would be: {}, {}", wanted.customer, wanted.target).into());
        }
    }
    lines
}

/// Rows of a file that share a license are noted but not asked about: whoever wrote the file wrote all of them.
pub(super) fn sums(plan: &Plan<NewMapping>) -> Vec<Text> {
    let mut rows: BTreeMap<i64, Vec<&Change<NewMapping>>> = BTreeMap::new();
    for change in &plan.changes {
        if let Some(license) = change.subject.license() {
            rows.entry(license).or_default().push(change);
        }
    }
    rows.values()
        .filter(|rows| rows.len() > 1 && rows.iter().any(|change| change.decision == Decision::Apply))
        .map(|rows| {
            let names: Vec<String> = rows
                .iter()
                .map(|change| change.subject.organization.to_string())
                .collect();
            let NewMapping { target, customer, .. } = &rows[0].subject;
            format!(
                "{target} of {customer} will carry the sum of {}",
                names.join(", ")
            )
            .into()
        })
        .collect()
}

impl fmt::Display for NewMapping {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(
            formatter,
            "{} -> {}, {}",
            self.organization, self.customer, self.target
        )
    }
}
