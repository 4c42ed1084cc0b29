//! Whether the vendor's own integration syncs seats too: then it and halolink overwrite each other's quantities.

use crate::context::Context;

/// What is known about the vendor's own seat sync.
pub(super) struct VendorSync {
    /// It is on or off; none if nobody knows.
    is_on: Option<bool>,
    /// A person has just said so.
    is_new: bool,
}

/// Asks a person, unless the answer is known already. A script says it with `configure --vendor-sync`.
///
/// # Errors
/// The person stops.
pub(super) async fn ask(context: &Context) -> anyhow::Result<VendorSync> {
    let ui = &context.ui;
    // A state that is missing or another profile's is about to be adopted: it knows nothing.
    let is_on = match context.open_read_only().await {
        Ok(store) => {
            let known = store.configuration(&context.profile).await.ok();
            store.close().await;
            known.and_then(|configuration| configuration.vendor_sync)
        }
        Err(_) => None,
    };
    if is_on.is_some() || !ui.is_interactive() || context.yes {
        return Ok(VendorSync { is_on, is_new: false });
    }
    ui.note(
        "The vendor's portal can sync seats to HaloPSA by itself (its HaloPSA page: sync the seat quantity). If it does, \
         it and halolink write the same licenses, and the last one wins.",
    );
    let choices = ["it is off", "it is on", "I do not know"].map(ToOwned::to_owned);
    let is_on = match ui
        .select("Seat sync in the vendor's portal", choices.into(), 2)
        .await?
    {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    };
    Ok(VendorSync {
        is_on,
        is_new: is_on.is_some(),
    })
}

impl VendorSync {
    /// Stores the answer, and warns if both would write.
    ///
    /// # Errors
    /// The state cannot be written.
    pub(super) async fn store(&self, context: &Context) -> anyhow::Result<()> {
        if self.is_new {
            let store = context.store().await?;
            let mut configuration = store.configuration(&context.profile).await?;
            configuration.vendor_sync = self.is_on;
            store.set_configuration(&context.profile, &configuration).await?;
            store.close().await;
        }
        if self.is_on == Some(true) {
            context.ui.warn(
                "the vendor's own integration syncs seats too: switch it off in the portal (then: halolink configure \
                 --vendor-sync off), or switch off halolink's: halolink configure --sync-seats off",
            );
        }
        Ok(())
    }
}
