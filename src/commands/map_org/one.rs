//! `map-org ORG --customer C --license L`; a person picks what the command line leaves out.

use super::{
    NewMapping, Target, create,
    named::{license, metric, organization},
    picker::{self, PickedLicense},
};
use crate::{
    cli,
    commands::naming,
    context::Context,
    model::{Ignored, Mapping},
};

/// The one mapping that is wanted.
///
/// # Errors
/// Exit code 2 if something is missing, names nothing or cannot be mapped.
pub(super) async fn wanted(
    context: &Context,
    arguments: &cli::MapOrg,
    mappings: &[Mapping],
    ignored: &[Ignored],
) -> anyhow::Result<NewMapping> {
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
        None => picker::organization(context, mappings, ignored).await?,
    };
    let customer = match &arguments.customer {
        Some(text) => naming::customer(context, &halo, text).await?,
        None => picker::customer(context, &halo, &organization).await?,
    };
    let picked = match (&arguments.license, &arguments.create_license) {
        (Some(text), _) => PickedLicense::Existing(license(context, &halo, &customer, text).await?),
        (None, Some(name)) => PickedLicense::New(name.clone()),
        (None, None) => picker::license(context, &halo, &customer, mappings).await?,
    };
    let target = match picked {
        PickedLicense::Existing(license) => Target::Existing(license),
        PickedLicense::New(name) => {
            let quantity = create::first_quantity(&organization, metric(context).await?);
            create::target(&halo, &customer, &name, quantity).await?
        }
    };
    Ok(NewMapping::new(&organization, &customer, target, mappings))
}
