//! Looking into organizations, many at a time, each with its own token.

use std::collections::HashMap;

use futures_util::{StreamExt, stream};

use crate::{
    backup::{self, AT_ONCE, Backup, OrganizationAccess},
    context::Context,
    model::{Inside, Product, Reference},
};

/// For this many organizations it takes fewer requests to ask for each than to read the list of all.
const FEW: usize = 2;

/// How many organizations may fail before any was read, until the service is taken to be out of order.
const OUTAGE: usize = 3;

/// An organization to look into.
pub struct Wanted {
    /// The organization.
    pub organization: Reference<String>,
    /// What gives access to it, or why there is none.
    pub access: Result<OrganizationAccess, backup::Error>,
}

/// What came of looking into an organization.
pub enum Look<T> {
    /// What was made of what is inside.
    Inside(T),
    /// It is suspended or deactivated, and was not looked into.
    Inactive,
    /// It could not be read.
    Failed(backup::Error),
}

/// These organizations, in this order, with what gives access to them.
///
/// # Errors
/// The list of organizations could not be read.
pub async fn named(
    context: &Context,
    backup: &Backup,
    organizations: &[Reference<String>],
) -> anyhow::Result<Vec<Wanted>> {
    let mut wanted = Vec::with_capacity(organizations.len());
    if organizations.len() <= FEW {
        for organization in organizations {
            let access = match backup.organization_token(&organization.id).await {
                Err(error @ backup::Error::Http(_)) => return Err(error.into()),
                access => access,
            };
            wanted.push(Wanted {
                organization: organization.clone(),
                access,
            });
        }
        return Ok(wanted);
    }
    let mut all: HashMap<String, OrganizationAccess> = listed(context, backup)
        .await?
        .into_iter()
        .map(|access| (access.id.clone(), access))
        .collect();
    for organization in organizations {
        wanted.push(Wanted {
            organization: organization.clone(),
            access: all
                .remove(&organization.id)
                .ok_or_else(|| backup::Error::NotFound {
                    what: format!("organization {}", organization.id),
                }),
        });
    }
    Ok(wanted)
}

/// Every organization that is listed, by name.
///
/// # Errors
/// The list of organizations could not be read.
pub async fn every(context: &Context, backup: &Backup) -> anyhow::Result<Vec<Wanted>> {
    let mut all = listed(context, backup).await?;
    all.sort_by_cached_key(|access| access.name.to_lowercase());
    Ok(all
        .into_iter()
        .map(|access| Wanted {
            organization: Reference::new(access.id.clone(), access.name.clone()),
            access: Ok(access),
        })
        .collect())
}

async fn listed(context: &Context, backup: &Backup) -> anyhow::Result<Vec<OrganizationAccess>> {
    let progress = context.ui.progress("reading organizations");
    Ok(backup
        .organization_tokens(&|count| progress.set(count, None))
        .await?)
}

/// Looks into organizations for these products, and makes something of what is inside each; the rest is dropped, so that
/// little is held at a time. The result has their order.
///
/// # Errors
/// The service cannot be reached, is out of order, or limits requests for longer than the patience. What is wrong with a
/// single organization is in the result.
pub async fn look<T>(
    context: &Context,
    backup: &Backup,
    wanted: Vec<Wanted>,
    products: &[Product],
    make: impl Fn(&Reference<String>, Inside) -> T,
) -> anyhow::Result<Vec<(Reference<String>, Look<T>)>> {
    let progress = context.ui.progress("looking into organizations");
    let total = wanted.len();
    let make = &make;
    // As many as there may be requests: each has one to send at any time, so no turn is missed.
    let mut looks = stream::iter(wanted.into_iter().enumerate())
        .map(|(place, wanted)| async move {
            let Wanted { organization, access } = wanted;
            let look = match access {
                Ok(access) => look_into(backup, access, products).await,
                Err(error) => Look::Failed(error),
            };
            let look = match look {
                Look::Inside(inside) => Look::Inside(make(&organization, inside)),
                Look::Inactive => Look::Inactive,
                Look::Failed(error) => Look::Failed(error),
            };
            (place, organization, look)
        })
        .buffer_unordered(AT_ONCE);
    let mut done = Vec::with_capacity(total);
    let (mut read, mut failed) = (0, 0);
    progress.set(0, Some(total));
    while let Some((place, organization, look)) = looks.next().await {
        match &look {
            Look::Inside(_) => read += 1,
            Look::Inactive => {}
            Look::Failed(error) => failed += usize::from(matches!(error, backup::Error::Http(_))),
        }
        if let Look::Failed(error) = look {
            if error.ends_the_run() || read == 0 && failed >= OUTAGE.min(total) {
                return Err(error.into());
            }
            done.push((place, organization, Look::Failed(error)));
        } else {
            done.push((place, organization, look));
        }
        progress.set(done.len(), Some(total));
    }
    drop(looks);
    done.sort_by_key(|(place, ..)| *place);
    Ok(done
        .into_iter()
        .map(|(_, organization, look)| (organization, look))
        .collect())
}

async fn look_into(backup: &Backup, access: OrganizationAccess, products: &[Product]) -> Look<Inside> {
    if !access.active {
        return Look::Inactive;
    }
    let found = async {
        let token = match access.token {
            Some(token) => token,
            // Its row in the list had none; the row alone may have one.
            None => {
                let alone = backup.organization_token(&access.id).await?;
                alone.token.ok_or_else(|| backup::Error::NotFound {
                    what: format!("token for the organization {}", access.id),
                })?
            }
        };
        backup.inside(&access.id, &token, products).await
    };
    match found.await {
        Ok(inside) => Look::Inside(inside),
        Err(error) => Look::Failed(error),
    }
}
