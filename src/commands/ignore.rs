//! `ignore`: marks organizations that are deliberately not billed through halolink, and changes nothing in Halo.

use serde::Serialize;

use super::naming;
use crate::{
    change::{Action, Change, Plan},
    cli,
    context::Context,
    failure::{Completion, Failure},
    model::{Ignored, Reference},
    plan::{
        ignoring::ignoring,
        names::{Index, Unresolved},
    },
    runner::{self, Applied, Changing, Closing, Mode},
    store::Store,
    text::{Text, clean},
    ui::view::{Cell, Column, Subject},
};

/// Runs `ignore`.
///
/// # Errors
/// Exit code 2 if a name matches no organization, or an organization is mapped; then nothing is changed.
pub async fn run(context: &Context, arguments: cli::Ignore) -> anyhow::Result<Completion> {
    let mode = Mode::new(arguments.dry_run);
    runner::run(context, Ignore { arguments }, mode).await
}

struct Ignore {
    arguments: cli::Ignore,
}

/// An organization to be ignored, or to be ignored no longer.
#[derive(Serialize)]
struct IgnoredOrganization {
    organization: Reference<String>,
    #[serde(skip)]
    organization_number: Option<i64>,
    /// Why it is to be ignored; none if it is to be ignored no longer.
    ignored: Option<String>,
    /// Why it was ignored before.
    before: Option<String>,
}

impl Subject for IgnoredOrganization {
    const STATUSES: &'static [&'static str] = &["ignored", "updated", "removed", "unchanged", "planned"];
    const COLUMNS: &'static [Column] = &[
        Column::Reference("organization"),
        Column::Text("ignored"),
        Column::Text("before"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            (&self.organization).into(),
            self.ignored.as_deref().unwrap_or_default().into(),
            self.before.as_deref().unwrap_or_default().into(),
        ]
    }
}

impl Changing for Ignore {
    type Subject = IgnoredOrganization;
    const COMMAND: &'static str = "ignore";

    async fn plan(&mut self, context: &Context, store: &Store) -> anyhow::Result<Plan<IgnoredOrganization>> {
        let ignored = store.ignored(&context.profile).await?;
        let Some(reason) = &self.arguments.reason else {
            return to_remove(context, &self.arguments.organizations, &ignored).await;
        };
        // One line, as it will be printed; the same words are the same reason, whatever the space between them.
        let reason = clean(reason);
        if reason.is_empty() {
            return Err(Failure::usage("the reason is empty").into());
        }
        let wanted = to_ignore(context, &self.arguments.organizations, &reason).await?;
        let mappings = store.mappings(&context.profile).await?;
        refuse_mapped(context, &wanted, |id| {
            mappings.iter().any(|mapping| mapping.organization.id == id)
        })?;
        let changes = wanted.into_iter().map(|wanted| {
            let before = ignored
                .iter()
                .find(|ignored| ignored.organization.id == wanted.organization.id);
            let (action, decision) = ignoring(before, &wanted.reason);
            let subject = IgnoredOrganization {
                organization: wanted.organization,
                organization_number: wanted.organization_number,
                ignored: Some(wanted.reason),
                before: before.map(|before| before.reason.clone()),
            };
            Change::new(subject, action, decision, None)
        });
        Ok(Plan::new(changes.collect()))
    }

    async fn apply(
        &mut self,
        context: &Context,
        store: &Store,
        changes: &mut [&mut Change<IgnoredOrganization>],
    ) -> anyhow::Result<Applied> {
        let mut ended = Vec::new();
        let mut begun = Vec::new();
        for change in changes.iter() {
            let subject = &change.subject;
            match &subject.ignored {
                None => ended.push(subject.organization.id.clone()),
                Some(reason) => begun.push(Ignored {
                    organization: subject.organization.clone(),
                    organization_number: subject.organization_number,
                    reason: reason.clone(),
                }),
            }
        }
        store.end_ignoring(&context.profile, &ended).await?;
        let mapped = store.ignore(&context.profile, &begun).await?;
        // Another process may have been quicker.
        refuse_mapped(context, &begun, |id| mapped.iter().any(|mapped| mapped == id))?;
        for change in changes {
            change.done();
        }
        Ok(Applied::default())
    }

    fn closing(&self, _: &Context, _: &Plan<IgnoredOrganization>, mode: Mode) -> Closing {
        let notes = if mode.dry_run {
            vec!["Nothing was stored".to_owned()]
        } else {
            Vec::new()
        };
        Closing {
            notes,
            ..Closing::default()
        }
    }
}

/// The organizations that the texts name, without duplicates.
async fn to_ignore(context: &Context, texts: &[String], reason: &str) -> anyhow::Result<Vec<Ignored>> {
    let mut wanted: Vec<Ignored> = Vec::new();
    for organization in naming::organizations(context, texts).await? {
        if !wanted
            .iter()
            .any(|known| known.organization.id == organization.id)
        {
            wanted.push(Ignored {
                organization: Reference::new(organization.id, organization.name),
                organization_number: organization.number,
                reason: reason.to_owned(),
            });
        }
    }
    Ok(wanted)
}

/// Refuses to ignore organizations that are mapped, because they are billed.
///
/// # Errors
/// Exit code 2 naming them.
fn refuse_mapped(
    context: &Context,
    wanted: &[Ignored],
    is_mapped: impl Fn(&str) -> bool,
) -> anyhow::Result<()> {
    let mapped: Vec<&Reference<String>> = wanted
        .iter()
        .map(|wanted| &wanted.organization)
        .filter(|organization| is_mapped(&organization.id))
        .collect();
    if mapped.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = mapped
        .iter()
        .map(|organization| organization.id.as_str())
        .collect();
    let lines = mapped.iter().map(|organization| organization.to_string());
    Err(Failure::usage(Text::list(
        "an organization that is mapped cannot be ignored: unlink it first. Nothing was stored:",
        lines,
    ))
    .hint(context.command(&format!("unlink {}", ids.join(" "))))
    .into())
}

/// The plan to stop ignoring the organizations that the texts name. They are looked up in the state, which also has
/// those that SaaS Backup no longer lists; one that has been renamed there is found by its id.
async fn to_remove(
    context: &Context,
    texts: &[String],
    ignored: &[Ignored],
) -> anyhow::Result<Plan<IgnoredOrganization>> {
    let index = Index::new(ignored);
    let is_unknown = |text: &String| matches!(index.find(text), Err(Unresolved::Unknown(_)));
    let connection = context.profiles.connection(&context.profile)?;
    let listed = if connection.is_some_and(|connection| connection.backup_url.is_some())
        && texts.iter().any(is_unknown)
    {
        naming::every_organization(context).await?
    } else {
        Vec::new()
    };
    let listed = Index::new(&listed);
    let with_id = |id: &str| ignored.iter().find(|ignored| ignored.organization.id == id);
    let mut chosen: Vec<&Ignored> = Vec::new();
    for text in texts {
        let found = index.find(text).or_else(|unresolved| {
            let renamed = listed.find(text).ok();
            renamed
                .and_then(|organization| with_id(&organization.id))
                .ok_or_else(|| naming::failure("ignored organization", text, &unresolved))
        })?;
        if !chosen.contains(&found) {
            chosen.push(found);
        }
    }
    let changes = chosen.into_iter().map(|chosen| {
        let subject = IgnoredOrganization {
            organization: chosen.organization.clone(),
            organization_number: chosen.organization_number,
            ignored: None,
            before: Some(chosen.reason.clone()),
        };
        Change::apply(subject, Action::StopIgnoring)
    });
    Ok(Plan::new(changes.collect()))
}
