//! Showing a new mapping.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{NewMapping, OldLicenseView, Target};
use crate::{
    change::Change,
    model::{Reference, Rule},
    ui::view::{Cell, Column, Subject},
};

#[derive(Serialize)]
struct View<'a> {
    organization: &'a Reference<String>,
    customer: &'a Reference,
    license: LicenseView<'a>,
    from: Option<From<'a>>,
    /// How the seats become the share; none if the share is the seats.
    rule: Option<&'a Rule>,
    /// What looks wrong about the mapping.
    doubts: &'a [String],
    /// The license that the organization left.
    old_license: Option<&'a OldLicenseView>,
}

#[derive(Serialize)]
struct LicenseView<'a> {
    /// None in a dry run for a license that does not exist yet.
    id: Option<i64>,
    name: &'a str,
}

/// The old mapping.
#[derive(Serialize)]
struct From<'a> {
    customer: &'a Reference,
    license: &'a Reference,
    rule: Option<&'a Rule>,
}

/// A rule that says something.
fn said(rule: &Rule) -> Option<&Rule> {
    Some(rule).filter(|rule| !rule.is_plain())
}

impl Serialize for NewMapping {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        View {
            organization: &self.organization,
            customer: &self.customer,
            license: LicenseView {
                id: self.license(),
                name: self.target.name(),
            },
            from: self.before.as_ref().map(|before| From {
                customer: &before.customer,
                license: &before.license,
                rule: said(&before.rule),
            }),
            rule: said(&self.rule),
            doubts: &self.doubts,
            old_license: self.old_license.as_ref(),
        }
        .serialize(serializer)
    }
}

impl Subject for NewMapping {
    const STATUSES: &'static [&'static str] =
        &["mapped", "remapped", "updated", "unchanged", "planned", "skipped"];
    const COLUMNS: &'static [Column] = &[
        Column::Reference("organization"),
        Column::Reference("customer"),
        Column::Reference("license"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let id = self.license().map(|id| id.to_string()).unwrap_or_default();
        vec![
            (&self.organization).into(),
            (&self.customer).into(),
            Cell::Reference(id, self.target.name().to_owned()),
        ]
    }

    fn remarks(change: &Change<Self>) -> Vec<String> {
        change.subject.rule_in_words().into_iter().collect()
    }
}

impl NewMapping {
    /// The rule in words, and the one before if that was another.
    pub(super) fn rule_in_words(&self) -> Option<String> {
        let words = |rule: &Rule| {
            if rule.is_plain() {
                "the seats as they are".to_owned()
            } else {
                rule.to_string()
            }
        };
        let before = self.rule_before();
        if self.before.is_some() && before != self.rule {
            Some(format!("rule: {} (was: {})", words(&self.rule), words(&before)))
        } else {
            said(&self.rule).map(|rule| format!("rule: {rule}"))
        }
    }
}

impl Target {
    pub(super) fn name(&self) -> &str {
        match self {
            Target::Existing(license) => &license.name,
            Target::New { name, .. } => name,
            Target::Known(license) => &license.name,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Target::Existing(license) => write!(formatter, "{} ({})", license.name, license.id),
            Target::New { name, .. } => write!(formatter, "{name} (new)"),
            Target::Known(license) => license.fmt(formatter),
        }
    }
}
