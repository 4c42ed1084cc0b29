//! Finding records by what people call them, and checking that they can be mapped.

use crate::{
    commands::naming,
    context::Context,
    failure::Failure,
    halo::Halo,
    model::{Customer, Extras, License, Organization, SeatMetric, Seats},
    plan::names::{Index, Named, Unresolved},
};

/// The configured seat metric.
pub(super) async fn metric(context: &Context) -> anyhow::Result<SeatMetric> {
    let configuration = context
        .open_read_only()
        .await?
        .configuration(&context.profile)
        .await?;
    Ok(configuration.metric())
}

/// The organization that the text names. Without SaaS Backup, the text is taken as its id and name, to be matched
/// with a seats file later.
pub(super) async fn organization(context: &Context, text: &str) -> anyhow::Result<Organization> {
    if context.connection()?.backup_url.is_some() {
        return naming::organization(context, text).await;
    }
    unseen(text).ok_or_else(|| Failure::usage("the organization is empty").into())
}

/// The organization that a text stands for without SaaS Backup; none for an empty text.
pub(super) fn unseen(text: &str) -> Option<Organization> {
    let name = text.trim();
    (!name.is_empty()).then(|| Organization {
        id: name.to_owned(),
        number: None,
        name: name.to_owned(),
        seats: Seats::default(),
        extras: Extras::default(),
        suspended: false,
        deactivated: false,
        conflicting: false,
    })
}

/// The customer's active license that the text names.
pub(super) async fn license(
    context: &Context,
    halo: &Halo,
    customer: &Customer,
    text: &str,
) -> anyhow::Result<License> {
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

/// Returns the license if an organization of this customer can be mapped to it, or else the reason why not.
pub(super) fn mappable(license: License, customer: &Customer) -> Result<License, String> {
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
