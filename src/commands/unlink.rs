//! `unlink`: ends mappings, and changes nothing in Halo.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::naming;
use crate::{
    change::{Action, Change, Plan, Reason},
    cli,
    context::Context,
    failure::Completion,
    model::{Mapping, Reference},
    runner::{self, Applied, Changing, Closing, Mode, Question},
    store::{LicenseCount, Store},
    text::counted,
    ui::view::{Cell, Column, Subject},
};

/// Runs `unlink`.
///
/// # Errors
/// Exit code 2 if a name matches no mapping; then no mapping is ended.
pub async fn run(context: &Context, arguments: cli::Unlink) -> anyhow::Result<Completion> {
    let mode = Mode::new(arguments.dry_run);
    let unlink = Unlink {
        arguments,
        effects: Vec::new(),
    };
    runner::run(context, unlink, mode).await
}

struct Unlink {
    arguments: cli::Unlink,
    /// What happens to the licenses, in words.
    effects: Vec<String>,
}

/// A mapping to be ended.
#[derive(Serialize)]
struct Ended {
    organization: Reference<String>,
    customer: Reference,
    license: Reference,
}

impl Subject for Ended {
    const STATUSES: &'static [&'static str] = &["unlinked", "planned", "skipped"];
    const COLUMNS: &'static [Column] = &[
        Column::Reference("organization"),
        Column::Reference("customer"),
        Column::Reference("license"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            (&self.organization).into(),
            (&self.customer).into(),
            (&self.license).into(),
        ]
    }
}

impl Changing for Unlink {
    type Subject = Ended;
    const COMMAND: &'static str = "unlink";

    async fn plan(&mut self, context: &Context, store: &Store) -> anyhow::Result<Plan<Ended>> {
        let mappings = store.mappings(&context.profile).await?;
        let counts = store.license_counts(&context.profile).await?;
        let chosen = choose(&self.arguments, &mappings)?;
        self.effects = effects(&mappings, &chosen, &counts);
        let ended = chosen.into_iter().map(|mapping| Ended {
            organization: mapping.organization.clone(),
            customer: mapping.customer.clone(),
            license: mapping.license.clone(),
        });
        Ok(Plan::new(
            ended.map(|ended| Change::apply(ended, Action::Unlink)).collect(),
        ))
    }

    fn question(&self, plan: &Plan<Ended>) -> Option<Question> {
        let ended = plan.to_apply().count();
        (ended > 0).then(|| Question::plain(format!("End {}?", counted(ended, "mapping"))))
    }

    async fn apply(
        &mut self,
        context: &Context,
        store: &Store,
        changes: &mut [&mut Change<Ended>],
    ) -> anyhow::Result<Applied> {
        // What was shown is what is ended: a question may have been open for long.
        let mappings = store.mappings(&context.profile).await?;
        let counts = store.license_counts(&context.profile).await?;
        let mut ended: Vec<&Mapping> = Vec::new();
        for change in changes {
            let Ended {
                organization,
                customer,
                license,
            } = &change.subject;
            match mappings
                .iter()
                .find(|mapping| mapping.organization.id == organization.id)
            {
                None => change.skipped(Reason::MappingEnded),
                Some(now) if now.customer.id != customer.id || now.license.id != license.id => {
                    change.skipped(Reason::Overtaken);
                }
                Some(now) => {
                    ended.push(now);
                    change.done();
                }
            }
        }
        self.effects = effects(&mappings, &ended, &counts);
        let ids: Vec<String> = ended
            .iter()
            .map(|mapping| mapping.organization.id.clone())
            .collect();
        store.unmap(&context.profile, &ids).await?;
        Ok(Applied::default())
    }

    fn closing(&self, _: &Context, plan: &Plan<Ended>, _: Mode) -> Closing {
        let mut notes = Vec::new();
        if plan.changes.is_empty() {
            notes.push("Nothing is mapped".to_owned());
        } else {
            notes.push("Nothing was changed in Halo".to_owned());
            notes.extend(self.effects.iter().cloned());
        }
        Closing {
            notes,
            ..Closing::default()
        }
    }
}

/// Says what happens to the licenses. One that others share is synced without these organizations from now on; one
/// that nobody is mapped to any more keeps billing until a person ends it.
fn effects(mappings: &[Mapping], ended: &[&Mapping], counts: &HashMap<i64, LicenseCount>) -> Vec<String> {
    let mut left: BTreeMap<i64, Vec<&Mapping>> = BTreeMap::new();
    for mapping in ended {
        left.entry(mapping.license.id).or_default().push(mapping);
    }
    left.into_iter()
        .filter_map(|(license, ended)| {
            let first = ended.first()?;
            let label = format!("{} of {}", first.license, first.customer.name);
            let sharers = mappings
                .iter()
                .filter(|mapping| mapping.license.id == license)
                .count();
            if sharers == ended.len() {
                let quantity = counts.get(&license).map_or_else(
                    || "its quantity".to_owned(),
                    |synced| format!("its quantity, {} at the last sync", synced.count),
                );
                return Some(format!(
                    "{label} keeps {quantity}, and keeps billing: if that is not intended, set it to 0 or end it in Halo"
                ));
            }
            let seats: i64 = ended.iter().filter_map(|mapping| mapping.seats).fold(0, i64::saturating_add);
            (seats > 0).then(|| format!("{label} is shared: the next sync-seats subtracts {seats} seats"))
        })
        .collect()
}

fn choose<'a>(arguments: &cli::Unlink, mappings: &'a [Mapping]) -> anyhow::Result<Vec<&'a Mapping>> {
    if arguments.all {
        return Ok(mappings.iter().collect());
    }
    let mut chosen: Vec<&Mapping> = Vec::new();
    for text in &arguments.organizations {
        let mapping = naming::mapping(text, mappings)?;
        if !chosen.contains(&mapping) {
            chosen.push(mapping);
        }
    }
    Ok(chosen)
}
