//! Creating a license once. Creating is not idempotent, and a lost answer does not say whether it was made. So:
//! look in Halo, record the intent, post, look again. After an unclear answer, or for an intent that a
//! killed run left, the complete list is read until whatever was sent must have appeared, and only then it
//! is posted again.

use std::time::{Duration, Instant};

use super::Target;
use crate::{
    commands::pending::{Look, look_until_settled},
    context::Context,
    failure::Failure,
    halo::Halo,
    model::{Customer, License, Organization, Reference, SeatMetric},
    store::Store,
    text::folded,
};

/// How often a license is posted in all, each time only after it was looked for.
const TRIES: usize = 3;
/// How long to wait for another process that creates a license.
const WAIT: Duration = Duration::from_secs(120);

/// What `--create-license` comes to: a new license, or the one of that name that the customer has.
pub(super) async fn target(
    halo: &Halo,
    customer: &Customer,
    name: &str,
    organization: &Organization,
    metric: SeatMetric,
) -> anyhow::Result<Target> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Failure::usage("the new license's name is empty").into());
    }
    Ok(match look(halo, customer.id, name).await? {
        Some(license) => Target::Existing(license),
        None => Target::New {
            name: name.to_owned(),
            // What the first sync would write; nothing of one whose seats do not count now.
            count: if organization.suspended || organization.deactivated {
                0
            } else {
                organization.seats.of(metric).unwrap_or(0)
            },
        },
    })
}

/// The customer's active license of exactly that name, out of the complete list.
///
/// # Errors
/// Exit code 2 where there are several: nobody but a person knows which is meant.
async fn look(halo: &Halo, customer: i64, name: &str) -> anyhow::Result<Option<License>> {
    let mut licenses = halo.licenses(Some(customer), &|_, _| ()).await?;
    licenses.retain(|license| license.active && folded(&license.name) == folded(name));
    if licenses.len() > 1 {
        let ids: Vec<String> = licenses.iter().map(|license| license.id.to_string()).collect();
        return Err(Failure::usage(format!(
            "the customer {customer} has {} active licenses called \"{name}\": {}",
            ids.len(),
            ids.join(", ")
        ))
        .hint("choose one with --license ID; end the others in Halo if they are not meant to be billed")
        .into());
    }
    Ok(licenses.pop())
}

/// Creates the license and reads it back. One that appeared in the meantime, by a run that was killed or by
/// another process, is taken as it is.
pub(super) async fn create(
    context: &Context,
    store: &Store,
    customer: &Reference,
    name: &str,
    count: i64,
) -> anyhow::Result<Reference> {
    let halo = context.halo().await?;
    // One for all profiles: two may be of one site. No profile has an empty name.
    let _lock = store.lock("", "create-license", WAIT, &context.told()).await?;
    let began = Instant::now();
    let what = format!("the license \"{name}\" for {customer}");
    let look = async || look(&halo, customer.id, name).await;
    let settled = async |age| look_until_settled(context, &what, age, began, &look).await;

    let before = store.license_intent(&context.profile, customer.id, name).await?;
    let mut found = match &before {
        // Inside the lock: another process may have made it since the plan.
        None => look().await?.map_or(Look::Absent, Look::Found),
        Some(intent) => {
            context
                .ui
                .detail(1, &format!("{what} was about to be made by {}", intent.by));
            settled(intent.age).await?
        }
    };
    let mut intent = before.map(|intent| intent.id);
    let mut posted = 0;
    loop {
        match found {
            Look::Found(license) => {
                if let Some(intent) = intent {
                    store.note_created_license(&context.profile, license.id).await?;
                    store.forget_license_intent(intent).await?;
                }
                return Ok(Reference::new(license.id, license.name));
            }
            Look::Absent if posted < TRIES => {}
            Look::Absent | Look::OutOfPatience => {
                return Err(Failure::try_later(format!(
                    "Halo did not say whether it made {what}, and does not show it"
                ))
                .hint("run the command again: it looks for the license before it posts another")
                .into());
            }
        }
        let recorded = match intent {
            Some(recorded) => {
                store.renew_license_intent(recorded).await?;
                recorded
            }
            None => store.intend_license(&context.profile, customer.id, name).await?,
        };
        intent = Some(recorded);
        posted += 1;
        let answer = halo.create_license(customer.id, name, count).await;
        if let Err(error) = &answer
            && !error.is_unclear()
        {
            // Refused, or never sent: there is nothing to look for later.
            store.forget_license_intent(recorded).await?;
        } else {
            // It may have been long in coming: what is made late is late from here on.
            store.renew_license_intent(recorded).await?;
        }
        match answer {
            Ok(()) => {
                found = settled(Duration::ZERO).await?;
                if matches!(found, Look::Absent) {
                    // Halo said yes and does not show it: posting again could make two.
                    store.forget_license_intent(recorded).await?;
                    return Err(Failure::failed(format!(
                        "Halo said that it made {what}, and does not list it"
                    ))
                    .hint("look for it in Halo before creating it again")
                    .into());
                }
            }
            Err(error) if error.is_unclear() => {
                context.ui.detail(1, &error.to_string());
                found = settled(Duration::ZERO).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
}
