//! Creating a license once. Creating is not idempotent, and a lost answer does not say whether it was made. So:
//! look in Halo, record the intent, post, look again. After an unclear answer, or for an intent that a
//! killed run left, the complete list is read until whatever was sent must have appeared, and only then it
//! is posted again.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

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
    // One for all profiles: two may be of one site. No profile has an empty name.
    let _lock = store.lock("", "create-license", WAIT, &context.told()).await?;
    let before = store.license_intent(&context.profile, customer.id, name).await?;
    let mut creation = Creation {
        context,
        store,
        halo: context.halo().await?,
        customer,
        name,
        what: format!("the license \"{name}\" for {customer}"),
        intent: before.as_ref().map(|intent| intent.id),
        began: Instant::now(),
    };
    let mut found = match before {
        // Inside the lock: another process may have made it since the plan.
        None => creation.look().await?.map_or(Look::Absent, Look::Found),
        Some(intent) => {
            let what = &creation.what;
            context
                .ui
                .detail(1, format!("{what} was about to be made by {}", intent.by));
            creation.settled(intent.age).await?
        }
    };
    for _ in 0..TRIES {
        if !matches!(found, Look::Absent) {
            break;
        }
        found = creation.post(count).await?;
    }
    match found {
        Look::Found(license) => creation.made(license).await,
        Look::Absent | Look::OutOfPatience => Err(creation.not_shown()),
    }
}

/// A license that is being created.
struct Creation<'a> {
    context: &'a Context,
    store: &'a Store,
    halo: Arc<Halo>,
    customer: &'a Reference,
    name: &'a str,
    /// What it is, for messages.
    what: String,
    /// The intent in the state, once there is one.
    intent: Option<i64>,
    began: Instant,
}

impl Creation<'_> {
    async fn look(&self) -> anyhow::Result<Option<License>> {
        look(&self.halo, self.customer.id, self.name).await
    }

    /// Looks for what was sent `age` ago until it must have appeared.
    async fn settled(&self, age: Duration) -> anyhow::Result<Look<License>> {
        look_until_settled(self.context, &self.what, age, self.began, async || {
            self.look().await
        })
        .await
    }

    /// Records the intent, posts once, and looks for it whatever the answer is.
    ///
    /// # Errors
    /// Halo refuses it, or says that it made it and does not list it.
    async fn post(&mut self, count: i64) -> anyhow::Result<Look<License>> {
        let intent = self.record_intent().await?;
        let answer = self.halo.create_license(self.customer.id, self.name, count).await;
        if let Err(error) = &answer
            && !error.is_unclear()
        {
            // Refused, or never sent: there is nothing to look for later.
            self.store.forget_license_intent(intent).await?;
        } else {
            // It may have been long in coming: what is made late is late from here on.
            self.store.renew_license_intent(intent).await?;
        }
        match answer {
            Ok(()) => {
                let found = self.settled(Duration::ZERO).await?;
                if matches!(found, Look::Absent) {
                    // Halo said yes and does not show it: posting again could make two.
                    self.store.forget_license_intent(intent).await?;
                    return Err(Failure::failed(format!(
                        "Halo said that it made {}, and does not list it",
                        self.what
                    ))
                    .hint("look for it in Halo before creating it again")
                    .into());
                }
                Ok(found)
            }
            Err(error) if error.is_unclear() => {
                self.context.ui.detail(1, error.to_string());
                self.settled(Duration::ZERO).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Records the intent, or that it is as new as now.
    async fn record_intent(&mut self) -> anyhow::Result<i64> {
        if let Some(intent) = self.intent {
            self.store.renew_license_intent(intent).await?;
            return Ok(intent);
        }
        let profile = &self.context.profile;
        let intent = self
            .store
            .intend_license(profile, self.customer.id, self.name)
            .await?;
        self.intent = Some(intent);
        Ok(intent)
    }

    /// It is there; if this or a killed run made it, that is remembered.
    async fn made(&self, license: License) -> anyhow::Result<Reference> {
        if let Some(intent) = self.intent {
            self.store
                .note_created_license(&self.context.profile, license.id)
                .await?;
            self.store.forget_license_intent(intent).await?;
        }
        Ok(Reference::new(license.id, license.name))
    }

    fn not_shown(&self) -> anyhow::Error {
        Failure::try_later(format!(
            "Halo did not say whether it made {}, and does not show it",
            self.what
        ))
        .hint("run the command again: it looks for the license before it posts another")
        .into()
    }
}
