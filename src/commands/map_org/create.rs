//! Creating a license exactly once. Creating is not idempotent, and if the answer is lost nobody knows if the license
//! was created. So halolink looks in Halo, records the intent, posts, and looks again. After an unclear answer, or if a
//! killed run left an intent, it reads the complete list until a license that was posted must have appeared, and only
//! then posts again.

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

/// How often a license is posted at most, each time only after looking for it.
const TRIES: usize = 3;
/// How long to wait for another process that is creating a license.
const WAIT: Duration = Duration::from_secs(120);

/// The target of `--create-license`: the customer's license of that name, or if there is none, a new one with this
/// quantity.
pub(super) async fn target(
    halo: &Halo,
    customer: &Customer,
    name: &str,
    count: i64,
) -> anyhow::Result<Target> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Failure::usage("the new license's name is empty").into());
    }
    Ok(match look(halo, customer.id, name).await? {
        Some(license) => Target::Existing(license),
        None => Target::New {
            name: name.to_owned(),
            count,
        },
    })
}

/// The quantity of a new license: what the first sync would write, or 0 if the organization's seats do not count now.
pub(super) fn first_quantity(organization: &Organization, metric: SeatMetric) -> i64 {
    if organization.suspended || organization.deactivated {
        0
    } else {
        organization.seats.of(metric).unwrap_or(0)
    }
}

/// The customer's active license of exactly that name, out of the complete list.
///
/// # Errors
/// Exit code 2 if there are several: only a person knows which one is meant.
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

/// Creates the license and reads it back. If one has appeared meanwhile, posted by a killed run or by another process,
/// it is used as it is.
pub(super) async fn create(
    context: &Context,
    store: &Store,
    customer: &Reference,
    name: &str,
    count: i64,
) -> anyhow::Result<Reference> {
    // One lock for all profiles, since two can belong to one site. No profile has an empty name.
    let _lock = store.lock("", "create-license", WAIT, &context.notify()).await?;
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
        // Looked for under the lock: another process may have created it since the plan.
        None => creation.look().await?.map_or(Look::Absent, Look::Found),
        Some(intent) => {
            let what = &creation.what;
            context
                .ui
                .detail(1, format!("{what} was about to be created by {}", intent.by));
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
    /// The license in words, for messages.
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

    /// Records the intent, posts once, and looks for the license whatever the answer is.
    ///
    /// # Errors
    /// Halo refuses it, or claims to have created it but does not list it.
    async fn post(&mut self, count: i64) -> anyhow::Result<Look<License>> {
        let intent = self.record_intent().await?;
        let answer = self.halo.create_license(self.customer.id, self.name, count).await;
        if let Err(error) = &answer
            && !error.is_unclear()
        {
            // Refused, or never sent: later runs have nothing to look for.
            self.store.forget_license_intent(intent).await?;
        } else {
            // The answer may have taken long: the license may only just have been created, so the wait starts now.
            self.store.renew_license_intent(intent).await?;
        }
        match answer {
            Ok(()) => {
                let found = self.settled(Duration::ZERO).await?;
                if matches!(found, Look::Absent) {
                    // Halo accepted it but does not show it: posting again could create two.
                    self.store.forget_license_intent(intent).await?;
                    return Err(Failure::failed(format!(
                        "Halo accepted {}, but does not list it",
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

    /// Records the intent, or renews the one from before.
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

    /// The license exists; if it was posted by this run or by a killed one, that is recorded.
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
            "Halo did not say whether it created {}, and does not list it",
            self.what
        ))
        .hint("run the command again: it looks for the license before it posts another")
        .into()
    }
}
