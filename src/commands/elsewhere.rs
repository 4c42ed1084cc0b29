//! What the other profiles of the same Halo site have mapped.

use crate::{change::OtherMapping, plan::elsewhere::Elsewhere, store::Store};

/// Reads the mappings of the other profiles of this profile's site.
pub(super) async fn elsewhere(store: &Store, profile: &str) -> anyhow::Result<Elsewhere> {
    let others = store.mappings_of_other_profiles(profile).await?;
    Ok(Elsewhere::new(
        profile,
        others.into_iter().map(|other| OtherMapping {
            profile: other.profile,
            organization: other.mapping.organization,
            license: other.mapping.license,
        }),
    ))
}
