//! `map-org`: maps a backed-up organization to a Halo customer and one of its licenses.

mod confirm;
mod create;
mod from_file;
mod named;
mod old_license;
mod one;
mod picker;
mod rule;
mod view;

use super::{elsewhere::elsewhere, naming};
use crate::{
    change::{Action, Change, Decision, Plan, Reason},
    cli,
    context::Context,
    failure::Completion,
    model::{Customer, Ignored, License, Mapping, Organization, Reference, Rule},
    runner::{self, Applied, Changing, Closing, Mode, Question},
    store::{Store, now},
    text::{Text, folded},
};
use old_license::{Old, OldLicenseView};

/// Runs `map-org`.
///
/// # Errors
/// Exit code 2 for a name that matches nothing, or something that cannot be mapped.
pub async fn run(context: &Context, arguments: cli::MapOrg) -> anyhow::Result<Completion> {
    context.connection()?;
    let mode = Mode::new(arguments.dry_run);
    let map_org = MapOrg {
        arguments,
        old: Vec::new(),
    };
    runner::run(context, map_org, mode).await
}

struct MapOrg {
    arguments: cli::MapOrg,
    old: Vec<Old>,
}

/// The license of a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// A license that was read from Halo.
    Existing(License),
    /// A license to be created.
    New { name: String, count: i64 },
    /// A license that was just created, or was in the mapping before.
    Known(Reference),
}

/// A mapping to be made.
struct NewMapping {
    organization: Reference<String>,
    organization_number: Option<i64>,
    customer: Reference,
    target: Target,
    before: Option<Mapping>,
    doubts: Vec<String>,
    /// What happens to the license that the organization leaves.
    old_license: Option<OldLicenseView>,
    /// How the seats become the share.
    rule: Rule,
}

impl NewMapping {
    fn new(organization: &Organization, customer: &Customer, target: Target, mappings: &[Mapping]) -> Self {
        let before = mappings
            .iter()
            .find(|mapping| mapping.organization.id == organization.id);
        Self {
            organization: Reference::new(organization.id.clone(), &organization.name),
            organization_number: organization.number,
            customer: Reference::new(customer.id, &customer.name),
            target,
            before: before.cloned(),
            doubts: Vec::new(),
            old_license: None,
            rule: before.map(|before| before.rule.clone()).unwrap_or_default(),
        }
    }

    /// The mapping as it is, to be given another rule.
    fn of(mapping: &Mapping) -> Self {
        Self {
            organization: mapping.organization.clone(),
            organization_number: mapping.organization_number,
            customer: mapping.customer.clone(),
            target: Target::Known(mapping.license.clone()),
            before: Some(mapping.clone()),
            doubts: Vec::new(),
            old_license: None,
            rule: mapping.rule.clone(),
        }
    }

    /// The license's id, if it exists already.
    fn license(&self) -> Option<i64> {
        match &self.target {
            Target::Existing(license) => Some(license.id),
            Target::Known(license) => Some(license.id),
            Target::New { .. } => None,
        }
    }

    /// True if the organization stays where it is mapped; its rule may change.
    fn is_unchanged(&self) -> bool {
        self.before.as_ref().is_some_and(|before| {
            before.customer.id == self.customer.id
                && match &self.target {
                    Target::New { name, .. } => folded(&before.license.name) == folded(name),
                    Target::Existing(_) | Target::Known(_) => self.license() == Some(before.license.id),
                }
        })
    }

    /// The rule that the organization has now.
    fn rule_before(&self) -> Rule {
        self.before
            .as_ref()
            .map(|before| before.rule.clone())
            .unwrap_or_default()
    }

    fn is_remapping(&self) -> bool {
        self.before.is_some() && !self.is_unchanged()
    }

    /// The license that the organization leaves.
    fn left(&self) -> Option<&Reference> {
        let before = self.before.as_ref().filter(|_| self.is_remapping())?;
        (self.license() != Some(before.license.id)).then_some(&before.license)
    }

    fn change(mut self) -> Change<Self> {
        if self.is_unchanged() {
            if let (Target::New { .. }, Some(before)) = (&self.target, &self.before) {
                self.target = Target::Known(before.license.clone());
            }
            if self.rule_before() != self.rule {
                return Change::apply(self, Action::Update);
            }
            return Change::new(self, Action::Keep, Decision::Unchanged, None);
        }
        let action = if self.before.is_some() {
            Action::Remap
        } else {
            Action::Map
        };
        let reason = match self.target {
            Target::New { count, .. } => Some(Reason::LicenseCreated(count)),
            Target::Existing(_) | Target::Known(_) => None,
        };
        Change::new(self, action, Decision::Apply, reason)
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
            rule: self.rule.clone(),
        }
    }
}

impl Changing for MapOrg {
    type Subject = NewMapping;
    const COMMAND: &'static str = "map-org";

    async fn plan(&mut self, context: &Context, store: &Store) -> anyhow::Result<Plan<NewMapping>> {
        let mappings = store.mappings(&context.profile).await?;
        let ignored = store.ignored(&context.profile).await?;
        let elsewhere = elsewhere(store, &context.profile).await?;
        let mut wanted = match &self.arguments.from {
            Some(path) => from_file::wanted(context, path, &mappings).await?,
            None => vec![self.one(context, &mappings, &ignored).await?],
        };
        confirm::refuse_elsewhere(&wanted, &elsewhere)?;
        confirm::doubt(&mut wanted, &mappings, &ignored);
        self.old = old_license::left(context, &wanted, &mappings, &elsewhere).await?;
        Ok(Plan::new(wanted.into_iter().map(NewMapping::change).collect()))
    }

    fn notes(&self, plan: &Plan<NewMapping>) -> Vec<Text> {
        let mut notes = confirm::remappings(plan);
        notes.extend(confirm::sums(plan));
        if self.arguments.old_license == Some(cli::OldLicense::Zero) {
            notes.extend(self.old.iter().filter_map(Old::falls_to_zero));
        }
        notes
    }

    fn question(&self, plan: &Plan<NewMapping>) -> Option<Question> {
        let zero = self.arguments.old_license == Some(cli::OldLicense::Zero);
        let zeros = self
            .old
            .iter()
            .filter(|old| zero && old.bills().is_some())
            .count();
        confirm::question(plan, zeros)
    }

    async fn decide(&mut self, context: &Context, plan: &mut Plan<NewMapping>) -> anyhow::Result<()> {
        let (flag, dry_run) = (self.arguments.old_license, self.arguments.dry_run);
        old_license::decide(context, &mut self.old, flag, dry_run).await?;
        self.show_old(plan.changes.iter_mut());
        Ok(())
    }

    async fn apply(
        &mut self,
        context: &Context,
        store: &Store,
        changes: &mut [&mut Change<NewMapping>],
    ) -> anyhow::Result<Applied> {
        // Locked before anything is stored: if a sync holds the lock for too long, nothing has been changed.
        let _locks = if self.old.iter().any(Old::is_to_be_zero) {
            Some(old_license::lock(context, store).await?)
        } else {
            None
        };
        self.leave_overtaken(context, store, changes).await?;
        let mut mappings = Vec::new();
        let mut rules = Vec::new();
        for change in changes.iter_mut().filter(|change| change.outcome.is_none()) {
            let wanted = &mut change.subject;
            if change.action == Action::Update {
                rules.push((wanted.organization.id.clone(), wanted.rule.clone()));
                continue;
            }
            let license = match &wanted.target {
                Target::Existing(license) => Reference::new(license.id, &license.name),
                Target::Known(license) => license.clone(),
                Target::New { name, count } => {
                    create::create(context, store, &wanted.customer, name, *count).await?
                }
            };
            mappings.push(wanted.mapping(license.clone()));
            wanted.target = Target::Known(license);
            change.reason = None;
        }
        // Another profile may have mapped them since the plan.
        let elsewhere = elsewhere(store, &context.profile).await?;
        let to_store = changes.iter().filter(|change| change.outcome.is_none());
        confirm::refuse_elsewhere(to_store.map(|change| &change.subject), &elsewhere)?;
        store.map(&context.profile, &mappings).await?;
        store.set_rules(&context.profile, &rules).await?;
        old_license::set_to_zero(context, store, &mut self.old).await?;
        self.show_old(changes.iter_mut().map(|change| &mut **change));
        for change in changes.iter_mut().filter(|change| change.outcome.is_none()) {
            change.done();
        }
        Ok(Applied {
            incomplete: self.old.iter().any(Old::has_failed),
            ..Applied::default()
        })
    }

    fn closing(&self, _: &Context, _: &Plan<NewMapping>, mode: Mode) -> Closing {
        let note = if mode.dry_run {
            "Nothing was stored"
        } else {
            "Next: halolink sync-seats --dry-run"
        };
        Closing {
            notes: vec![note.to_owned()],
            ..Closing::default()
        }
    }
}

impl MapOrg {
    /// The one mapping that is wanted, with its rule.
    async fn one(
        &self,
        context: &Context,
        mappings: &[Mapping],
        ignored: &[Ignored],
    ) -> anyhow::Result<NewMapping> {
        let arguments = &self.arguments;
        let only_the_rule = arguments.rule.is_given()
            && arguments.customer.is_none()
            && arguments.license.is_none()
            && arguments.create_license.is_none();
        let mapped = match &arguments.organization {
            Some(text) if only_the_rule => naming::mapping(text, mappings).ok(),
            _ => None,
        };
        let mut wanted = match mapped {
            Some(mapping) => NewMapping::of(mapping),
            None => one::wanted(context, arguments, mappings, ignored).await?,
        };
        wanted.rule = rule::from_flags(&wanted.rule, &arguments.rule);
        Ok(wanted)
    }

    /// Leaves alone what someone else mapped or unlinked since the plan was made, and the licenses that would have
    /// been left by it: what was shown is what is stored.
    async fn leave_overtaken(
        &mut self,
        context: &Context,
        store: &Store,
        changes: &mut [&mut Change<NewMapping>],
    ) -> anyhow::Result<()> {
        let now = store.mappings(&context.profile).await?;
        for change in changes {
            let wanted = &change.subject;
            let id = &wanted.organization.id;
            let now = now.iter().find(|mapping| mapping.organization.id == *id);
            let ids = |mapping: &Mapping| (mapping.customer.id, mapping.license.id);
            let planned = wanted.before.as_ref().map(ids);
            let same = now.map(ids) == planned
                // Someone did the same.
                || now.is_some_and(|now| {
                    now.customer.id == wanted.customer.id && Some(now.license.id) == wanted.license()
                });
            if !same {
                for old in &mut self.old {
                    old.keep_if_left_by(id);
                }
                change.skipped(Reason::Overtaken);
            }
        }
        Ok(())
    }

    /// Notes with each mapping what happened to the license that the organization left.
    fn show_old<'a>(&self, changes: impl Iterator<Item = &'a mut Change<NewMapping>>) {
        for change in changes {
            let left = change.subject.before.as_ref().map(|before| before.license.id);
            let old = self.old.iter().find(|old| Some(old.id()) == left);
            change.subject.old_license = old.map(Old::view);
        }
    }
}
