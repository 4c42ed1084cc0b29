//! Creating a license. Creating is not idempotent, so: look before, and look again after an unclear answer.

use std::time::Duration;

use super::Target;
use crate::{
    backup::{Organization, SeatMetric},
    context::Context,
    failure::Failure,
    halo::{Customer, Halo, License},
    reference::Reference,
    store::Store,
    text::folded,
};

/// How often a license is posted in all, each time only after it was looked for.
const TRIES: usize = 3;
/// How long to wait before looking for what an unanswered request may still be creating.
const SETTLE: Duration = Duration::from_secs(2);
/// How long to wait for another process that creates a license.
const WAIT: Duration = Duration::from_secs(60);

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
    let _lock = store.lock("", "create-license", WAIT).await?;
    for attempt in 1..=TRIES {
        // Inside the lock: another process may have made it since the plan.
        if let Some(license) = look(&halo, customer.id, name).await? {
            return Ok(Reference::new(license.id, license.name));
        }
        match halo.create_license(customer.id, name, count).await {
            Ok(()) => {
                if let Some(license) = look(&halo, customer.id, name).await? {
                    return Ok(Reference::new(license.id, license.name));
                }
                // Halo said yes and does not show it: posting again could make two.
                return Err(Failure::failed(format!(
                    "Halo took the license \"{name}\" for {customer} but does not list it"
                ))
                .hint("look for it in Halo before creating it again")
                .into());
            }
            Err(error) if error.is_unclear() && attempt < TRIES => tokio::time::sleep(SETTLE).await,
            Err(error) => return Err(error.into()),
        }
    }
    Err(Failure::try_later(format!(
        "the license \"{name}\" for {customer} could not be created"
    ))
    .hint("run the command again: it looks for the license first")
    .into())
}
