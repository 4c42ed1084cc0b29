//! `map-org`: ties a backed-up organization to a Halo customer and one of its licenses.

mod confirm;
mod create;
mod from_file;
mod old_license;
mod picker;

use serde::Serialize;

use super::{elsewhere::elsewhere, naming, report};
use crate::{
    cli,
    context::Context,
    failure::{Completion, Failure},
    halo::Halo,
    model::{Customer, License, Mapping, Organization, Reference},
    plan::names::{Index, Named, Unresolved},
    store::{Store, now},
    text::folded,
    ui::{Align, Table},
};

/// The license of a mapping: one that is there, or one to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Existing(License),
    New { name: String, count: i64 },
}

fn reference(license: &License) -> Reference {
    Reference::new(license.id, &license.name)
}

/// A mapping that is about to be made.
struct Planned {
    organization: Reference<String>,
    organization_number: Option<i64>,
    customer: Reference,
    target: Target,
    before: Option<Mapping>,
    /// What looks wrong about it.
    doubts: Vec<String>,
}

impl Planned {
    fn new(organization: &Organization, customer: &Customer, target: Target, mappings: &[Mapping]) -> Self {
        Self {
            organization: Reference::new(organization.id.clone(), &organization.name),
            organization_number: organization.number,
            customer: Reference::new(customer.id, &customer.name),
            target,
            before: mappings
                .iter()
                .find(|mapping| mapping.organization.id == organization.id)
                .cloned(),
            doubts: Vec::new(),
        }
    }

    /// The license, where it is there already.
    fn license(&self) -> Option<i64> {
        match &self.target {
            Target::Existing(license) => Some(license.id),
            Target::New { .. } => None,
        }
    }

    fn is_unchanged(&self) -> bool {
        self.before.as_ref().is_some_and(|before| match &self.target {
            Target::Existing(license) => {
                before.customer.id == self.customer.id && before.license.id == license.id
            }
            Target::New { name, .. } => {
                before.customer.id == self.customer.id && folded(&before.license.name) == folded(name)
            }
        })
    }

    fn is_remapping(&self) -> bool {
        self.before.is_some() && !self.is_unchanged()
    }

    fn mapping(&self, license: Reference) -> Mapping {
        Mapping {
            organization: self.organization.clone(),
            organization_number: self.organization_number,
            customer: self.customer.clone(),
            license,
            mapped_at: now(),
            flag: None,
            seats: None,
        }
    }
}

#[derive(Serialize)]
struct Change {
    organization: Reference<String>,
    customer: Reference,
    license: LicenseView,
    from: Option<From>,
    status: &'static str,
    reason: Option<String>,
    /// What looks wrong about it.
    doubts: Vec<String>,
    /// The license that it left.
    old_license: Option<old_license::Shown>,
}

#[derive(Serialize)]
struct LicenseView {
    /// None for a license that a dry run did not create.
    id: Option<i64>,
    name: String,
}

#[derive(Serialize)]
struct From {
    customer: Reference,
    license: Reference,
}

#[derive(Default, Serialize)]
struct Summary {
    mapped: usize,
    remapped: usize,
    unchanged: usize,
    planned: usize,
}

/// Runs `map-org`.
///
/// # Errors
/// Exit code 2 for names that name nothing or something that cannot be mapped.
pub async fn run(context: &Context, arguments: cli::MapOrg) -> anyhow::Result<Completion> {
    context.connection()?;
    let look = context.open_read_only().await?;
    let mappings = look.mappings(&context.profile).await?;
    let elsewhere = elsewhere(&look, &context.profile).await?;
    let mut planned = if let Some(path) = &arguments.from {
        from_file::plan(context, path, &mappings).await?
    } else {
        vec![plan_one(context, &arguments, &mappings).await?]
    };

    confirm::refuse_elsewhere(&planned, &elsewhere)?;
    confirm::doubt(&mut planned, &mappings);
    let mut old = old_license::left(context, &planned, &mappings, &elsewhere).await?;
    confirm::confirm(context, &planned, &mut old, &arguments).await?;

    let mut changes = if arguments.dry_run {
        planned
            .iter()
            .map(|planned| change(planned, None, true))
            .collect()
    } else {
        let store = context.store().await?;
        let changes = apply(context, &store, &planned, &mut old).await?;
        store.close().await;
        changes
    };
    for change in &mut changes {
        let left = change.from.as_ref().map(|from| from.license.id);
        change.old_license = old
            .iter()
            .find(|old| Some(old.id()) == left)
            .map(old_license::Old::shown);
    }
    print(context, changes, arguments.dry_run);
    Ok(if old.iter().any(old_license::Old::has_failed) {
        Completion::SomeFailed
    } else {
        Completion::Done
    })
}

async fn plan_one(
    context: &Context,
    arguments: &cli::MapOrg,
    mappings: &[Mapping],
) -> anyhow::Result<Planned> {
    let interactive = context.ui.is_interactive();
    if !interactive {
        if arguments.organization.is_none() {
            return Err(context.missing("the organization", "ORG, or a file of them with --from FILE.csv"));
        }
        if arguments.customer.is_none() {
            return Err(context.missing("the customer", "--customer"));
        }
        if arguments.license.is_none() && arguments.create_license.is_none() {
            return Err(context.missing("the license", "--license or --create-license"));
        }
    }
    let halo = context.halo().await?;
    let organization = match &arguments.organization {
        Some(text) => organization(context, text).await?,
        None => picker::organization(context, mappings).await?,
    };
    let customer = match &arguments.customer {
        Some(text) => naming::customer(context, &halo, text).await?,
        None => picker::customer(context, &halo, &organization).await?,
    };
    let target = match (&arguments.license, &arguments.create_license) {
        (Some(text), _) => Target::Existing(license(context, &halo, &customer, text).await?),
        (None, Some(name)) => {
            create::target(&halo, &customer, name, &organization, metric(context).await?).await?
        }
        (None, None) => {
            let metric = metric(context).await?;
            picker::license(context, &halo, &customer, &organization, metric, mappings).await?
        }
    };
    Ok(Planned::new(&organization, &customer, target, mappings))
}

async fn metric(context: &Context) -> anyhow::Result<crate::model::SeatMetric> {
    let configuration = context
        .open_read_only()
        .await?
        .configuration(&context.profile)
        .await?;
    Ok(configuration.metric())
}

/// The organization; where SaaS Backup cannot be asked, what was typed is taken as its id and name, to be
/// found again in a file of seats.
async fn organization(context: &Context, text: &str) -> anyhow::Result<Organization> {
    if context.connection()?.backup_url.is_some() {
        return naming::organization(context, text).await;
    }
    unseen(text).ok_or_else(|| Failure::usage("the organization is empty").into())
}

fn unseen(text: &str) -> Option<Organization> {
    let name = text.trim();
    (!name.is_empty()).then(|| Organization {
        id: name.to_owned(),
        number: None,
        name: name.to_owned(),
        seats: crate::model::Seats::default(),
        suspended: false,
        deactivated: false,
        conflicting: false,
    })
}

/// The customer's active license that the text names.
async fn license(context: &Context, halo: &Halo, customer: &Customer, text: &str) -> anyhow::Result<License> {
    if let Ok(id) = text.trim().parse::<i64>()
        && let Some(license) = halo.license(id).await?
    {
        return mappable(license, customer).map_err(|reason| Failure::usage(reason).into());
    }
    let progress = context.ui.progress("reading licenses");
    let licenses = halo
        .licenses(Some(customer.id), &|done, total| progress.set(done, total))
        .await?;
    drop(progress);
    let license = Index::new(&licenses).find(text).map_err(|unresolved| {
        let failure = naming::failure("license", text, &unresolved);
        let hint = format!(
            "see: halolink list licenses --customer {}; or create it with --create-license",
            customer.id
        );
        match unresolved {
            Unresolved::Unknown(_) => Failure::usage(format!(
                "{} of the customer {}",
                failure.message,
                customer.label()
            ))
            .hint(hint),
            Unresolved::Ambiguous(_) => failure,
        }
    })?;
    mappable(license.clone(), customer).map_err(|reason| Failure::usage(reason).into())
}

/// The license, if an organization of this customer can be mapped to it; else why not.
fn mappable(license: License, customer: &Customer) -> Result<License, String> {
    if license.customer_id != Some(customer.id) {
        let owner = match (&license.customer_name, license.customer_id) {
            (Some(name), Some(id)) => format!("{name} ({id})"),
            (_, Some(id)) => format!("customer {id}"),
            (_, None) => "nobody".to_owned(),
        };
        return Err(format!(
            "the license {} belongs to {owner}, not to {}",
            license.label(),
            customer.label()
        ));
    }
    if !license.active {
        return Err(format!("the license {} is inactive in Halo", license.label()));
    }
    Ok(license)
}

async fn apply(
    context: &Context,
    store: &Store,
    planned: &[Planned],
    old: &mut [old_license::Old],
) -> anyhow::Result<Vec<Change>> {
    // Before anything is stored: what is held by a sync is then left as it is.
    let _locks = if old.iter().any(old_license::Old::is_to_be_zero) {
        Some(old_license::lock(context, store).await?)
    } else {
        None
    };
    let mut changes = Vec::new();
    let mut mappings = Vec::new();
    for planned in planned {
        let license = match &planned.target {
            Target::Existing(license) => reference(license),
            Target::New { .. } if planned.is_unchanged() => {
                changes.push(change(
                    planned,
                    planned.before.as_ref().map(|before| &before.license),
                    false,
                ));
                continue;
            }
            Target::New { name, count } => {
                create::create(context, store, &planned.customer, name, *count).await?
            }
        };
        changes.push(change(planned, Some(&license), false));
        if !planned.is_unchanged() {
            mappings.push(planned.mapping(license));
        }
    }
    // Another profile may have been quicker.
    confirm::refuse_elsewhere(planned, &elsewhere(store, &context.profile).await?)?;
    store.map(&context.profile, &mappings).await?;
    old_license::set_to_zero(context, store, old).await?;
    Ok(changes)
}

fn change(planned: &Planned, license: Option<&Reference>, dry_run: bool) -> Change {
    let (license, reason) = match (&planned.target, license) {
        (_, Some(license)) => (
            LicenseView {
                id: Some(license.id),
                name: license.name.clone(),
            },
            None,
        ),
        (Target::Existing(license), None) => (
            LicenseView {
                id: Some(license.id),
                name: license.name.clone(),
            },
            None,
        ),
        (Target::New { name, count }, None) => (
            LicenseView {
                id: None,
                name: name.clone(),
            },
            Some(format!("the license would be created with the quantity {count}")),
        ),
    };
    let status = if planned.is_unchanged() {
        "unchanged"
    } else if dry_run {
        "planned"
    } else if planned.before.is_some() {
        "remapped"
    } else {
        "mapped"
    };
    Change {
        organization: planned.organization.clone(),
        customer: planned.customer.clone(),
        license,
        from: planned.before.as_ref().map(|before| From {
            customer: before.customer.clone(),
            license: before.license.clone(),
        }),
        status,
        reason,
        doubts: planned.doubts.clone(),
        old_license: None,
    }
}

fn print(context: &Context, changes: Vec<Change>, dry_run: bool) {
    let mut summary = Summary::default();
    let mut table = Table::new(&[
        ("organization", Align::Left),
        ("customer", Align::Left),
        ("license", Align::Left),
        ("status", Align::Left),
    ]);
    for change in &changes {
        *match change.status {
            "mapped" => &mut summary.mapped,
            "remapped" => &mut summary.remapped,
            "planned" => &mut summary.planned,
            _ => &mut summary.unchanged,
        } += 1;
        table.row([
            change.organization.to_string(),
            change.customer.to_string(),
            match change.license.id {
                Some(id) => format!("{} ({id})", change.license.name),
                None => format!("{} (new)", change.license.name),
            },
            change.status.to_owned(),
        ]);
    }
    if report::print(context, "map-org", dry_run, changes, summary) {
        return;
    }
    context.ui.table(&table);
    if dry_run {
        context.ui.note("Nothing was stored");
    } else {
        context.ui.note("Next: halolink sync-seats --dry-run");
    }
}
