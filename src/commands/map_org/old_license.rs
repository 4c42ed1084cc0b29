//! The license that an organization leaves when it is remapped: it keeps billing until someone sets it to 0.

mod zero;

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::NewMapping;
use crate::{
    cli,
    context::Context,
    halo::Halo,
    model::{License, Mapping, Reference},
    plan::elsewhere::Elsewhere,
    text::{Text, counted},
};

pub(super) use zero::{lock, set_to_zero};

/// The most licenses that are read one by one; beyond that whole pages are cheaper.
const FEW: usize = 5;

/// A license that organizations leave.
pub(super) struct Old {
    license: Reference,
    customer: Reference,
    organizations: Vec<Reference<String>>,
    /// The license in Halo; not read if others stay mapped to it.
    found: Option<License>,
    /// Who stays mapped to it. If anyone does, the next sync subtracts the seats that left.
    kept_by: Vec<String>,
    fate: Fate,
}

/// What happens to the old license.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    /// It keeps its quantity.
    Kept,
    /// It is to be set to 0.
    Planned,
    /// It was set to 0 and read back.
    Zero,
    /// It was not set to 0, for this reason.
    Failed(String),
}

/// An old license in the report.
#[derive(Serialize)]
pub(super) struct OldLicenseView {
    license: Reference,
    customer: Reference,
    /// Its quantity before; none if it was not read or Halo's number makes no sense.
    quantity: Option<i64>,
    /// Other organizations are still mapped to it.
    shared: bool,
    status: &'static str,
    reason: Option<String>,
}

impl Old {
    /// The quantity that it bills; none if that is 0, unknown, or another customer's, so that there is nothing to decide.
    pub(super) fn bills(&self) -> Option<i64> {
        let license = self.found.as_ref()?;
        let theirs = license.active && license.customer_id == Some(self.customer.id);
        license.count.filter(|count| theirs && *count != 0)
    }

    fn label(&self) -> String {
        format!("{} of {}", self.license, self.customer)
    }

    /// Says what happens to it unless someone decides otherwise.
    fn sentence(&self) -> Option<String> {
        if !self.kept_by.is_empty() {
            return Some(format!(
                "{} is still mapped to {}: the next sync-seats subtracts the seats that left",
                self.label(),
                self.kept_by.join(", ")
            ));
        }
        if self.found.is_none() {
            return Some(format!("{} no longer exists in Halo", self.label()));
        }
        let count = self.bills()?;
        Some(format!(
            "{} keeps its quantity of {count} and keeps billing",
            self.label()
        ))
    }

    pub(super) fn view(&self) -> OldLicenseView {
        let (status, reason) = match &self.fate {
            Fate::Kept => ("kept", None),
            Fate::Planned => ("planned", None),
            Fate::Zero => ("set_to_0", None),
            Fate::Failed(reason) => ("failed", Some(reason.clone())),
        };
        OldLicenseView {
            license: self.license.clone(),
            customer: self.customer.clone(),
            quantity: self.found.as_ref().and_then(|license| license.count),
            shared: !self.kept_by.is_empty(),
            status,
            reason,
        }
    }

    /// What setting it to 0 changes on an invoice, where that is anything.
    pub(super) fn falls_to_zero(&self) -> Option<Text> {
        let count = self.bills()?;
        Some(format!("The old license {}: {count} -> 0", self.label()).into())
    }

    /// It keeps its quantity where this organization is one of those that were to leave it.
    pub(super) fn keep_if_left_by(&mut self, organization: &str) {
        if self.organizations.iter().any(|left| left.id == organization) {
            self.fate = Fate::Kept;
        }
    }

    pub(super) fn id(&self) -> i64 {
        self.license.id
    }

    pub(super) fn is_to_be_zero(&self) -> bool {
        self.fate == Fate::Planned
    }

    pub(super) fn has_failed(&self) -> bool {
        matches!(self.fate, Fate::Failed(_))
    }
}

/// The licenses that these mappings leave, with the quantities that they have now.
pub(super) async fn left(
    context: &Context,
    wanted: &[NewMapping],
    mappings: &[Mapping],
    elsewhere: &Elsewhere,
) -> anyhow::Result<Vec<Old>> {
    let mut left = leaving(wanted);
    note_who_keeps(&mut left, wanted, mappings, elsewhere);
    let alone: HashSet<i64> = left
        .values()
        .filter(|old| old.kept_by.is_empty())
        .map(Old::id)
        .collect();
    if !alone.is_empty() {
        let halo = context.halo().await?;
        let _progress = context.ui.progress("reading the old licenses");
        for license in read(&halo, &alone).await? {
            if let Some(old) = left.get_mut(&license.id) {
                old.found = Some(license);
            }
        }
    }
    Ok(left.into_values().collect())
}

/// The licenses that are left, by id, with the organizations that leave them.
fn leaving(wanted: &[NewMapping]) -> BTreeMap<i64, Old> {
    let mut left: BTreeMap<i64, Old> = BTreeMap::new();
    let remapped = wanted.iter().filter(|wanted| wanted.left().is_some());
    for before in remapped.filter_map(|wanted| wanted.before.as_ref()) {
        let old = left.entry(before.license.id).or_insert_with(|| Old {
            license: before.license.clone(),
            customer: before.customer.clone(),
            organizations: Vec::new(),
            found: None,
            kept_by: Vec::new(),
            fate: Fate::Kept,
        });
        old.organizations.push(before.organization.clone());
    }
    left
}

/// Notes with each license who is mapped to it after this run: by earlier mappings, by new ones, in other profiles.
fn note_who_keeps(
    left: &mut BTreeMap<i64, Old>,
    wanted: &[NewMapping],
    mappings: &[Mapping],
    elsewhere: &Elsewhere,
) {
    let moved: HashSet<&str> = wanted
        .iter()
        .map(|wanted| wanted.organization.id.as_str())
        .collect();
    for mapping in mappings {
        if let Some(old) = left.get_mut(&mapping.license.id)
            && !moved.contains(mapping.organization.id.as_str())
        {
            old.kept_by.push(mapping.organization.to_string());
        }
    }
    for wanted in wanted {
        if let Some(old) = wanted.license().and_then(|license| left.get_mut(&license)) {
            old.kept_by.push(wanted.organization.to_string());
        }
    }
    for old in left.values_mut() {
        if let Some(other) = elsewhere.user_of(old.license.id) {
            old.kept_by
                .push(format!("{} in the profile {}", other.organization, other.profile));
        }
    }
}

async fn read(halo: &Halo, wanted: &HashSet<i64>) -> Result<Vec<License>, crate::halo::Error> {
    if wanted.len() > FEW {
        return halo.licenses_even_inactive(wanted, &|_, _| ()).await;
    }
    let mut licenses = Vec::new();
    for id in wanted {
        licenses.extend(halo.license(*id).await?);
    }
    Ok(licenses)
}

/// Tells what happens to the old licenses, and marks those to be set to 0, as the flag or a person says.
pub(super) async fn decide(
    context: &Context,
    old: &mut [Old],
    flag: Option<cli::OldLicense>,
    dry_run: bool,
) -> anyhow::Result<()> {
    let zero = match flag {
        Some(cli::OldLicense::Keep) => return Ok(()),
        Some(cli::OldLicense::Zero) => true,
        None => false,
    };
    let ask = flag.is_none() && !dry_run && !context.yes && context.ui.is_interactive();
    for old in old.iter() {
        let Some(fate) = old.sentence() else {
            continue;
        };
        if old.bills().is_none() {
            context.ui.note(fate);
        } else if ask {
            context.ui.warn(fate);
        } else if !zero {
            context.ui.warn(format!(
                "{fate}; --old-license 0 sets it to 0, --old-license keep leaves it as it is, without this warning"
            ));
        }
    }
    let billing: Vec<&mut Old> = old.iter_mut().filter(|old| old.bills().is_some()).collect();
    if billing.is_empty() {
        return Ok(());
    }
    let zero = zero || (ask && context.ui.confirm(question(&billing)).await?);
    if zero {
        for old in billing {
            old.fate = Fate::Planned;
        }
    }
    Ok(())
}

fn question(billing: &[&mut Old]) -> String {
    match billing {
        [old] => format!(
            "Set the old license {} from {} to 0 as well?",
            old.license,
            old.bills().unwrap_or_default()
        ),
        several => format!("Set the {} to 0 as well?", counted(several.len(), "old license")),
    }
}
