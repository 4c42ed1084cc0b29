//! Reading licenses with the fewest requests: a few one by one, many by whole pages.
//!
//! Any command that needs the present state of licenses whose ids it knows calls [`read`] once, for all of them, and
//! [`read_back`] after writing some of them. Neither reads anything else, and neither asks for a license twice.

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    halo::{Error, Halo},
    model::License,
    plan::{
        requests::{FEW, one_by_one},
        seats::Found,
    },
};

/// Licenses read at the same time.
const AT_ONCE: usize = 4;

/// The licenses that were read.
pub(super) struct Reading {
    /// By id. A license that is not in here no longer exists; one that is inactive is in here.
    pub found: HashMap<i64, Found>,
    /// Where they were, for [`read_back`].
    pub places: Places,
}

/// Where licenses were found.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// The number of pages read; none if licenses were read one by one.
    pages: Option<usize>,
}

/// Reads the licenses with these ids.
pub(super) async fn read(halo: &Halo, wanted: &HashSet<i64>) -> anyhow::Result<Reading> {
    if wanted.len() <= FEW {
        return Ok(Reading {
            found: each(halo, wanted).await?,
            places: Places::default(),
        });
    }
    let first = halo.first_license_page().await?;
    let on_first = first.ids();
    let missing: HashSet<i64> = wanted.difference(&on_first).copied().collect();
    let (licenses, pages) = if missing.is_empty() || one_by_one(missing.len(), first.pages_left()) {
        (first.into_licenses(), 1)
    } else {
        halo.licenses_after(first, wanted, &|_, _| ()).await?
    };
    let mut found: HashMap<i64, Found> = licenses
        .into_iter()
        .filter(|license| wanted.contains(&license.id))
        .map(|license| (license.id, found_of(license)))
        .collect();
    // Those not in the list are inactive or deleted. It is worth asking which.
    let missing: HashSet<i64> = wanted
        .iter()
        .filter(|id| !found.contains_key(id))
        .copied()
        .collect();
    if one_by_one(missing.len(), Some(pages.max(FEW))) {
        found.extend(each(halo, &missing).await?);
    } else {
        let licenses = halo.licenses_even_inactive(&missing, &|_, _| ()).await?;
        found.extend(
            licenses
                .into_iter()
                .map(|license| (license.id, found_of(license))),
        );
    }
    Ok(Reading {
        found,
        places: Places { pages: Some(pages) },
    })
}

/// Reads back licenses that were just written, with the fewest requests. Returns their quantities.
pub(in crate::commands) async fn read_back(
    halo: &Halo,
    written: &HashSet<i64>,
    places: &Places,
    progress: crate::halo::Progress<'_>,
) -> Result<HashMap<i64, i64>, Error> {
    let licenses = match places.pages {
        Some(pages) if !one_by_one(written.len(), Some(pages)) => {
            let first = halo.first_license_page().await?;
            halo.licenses_after(first, written, progress).await?.0
        }
        _ => one_by_one_licenses(halo, written).await?,
    };
    Ok(licenses
        .into_iter()
        .filter_map(|license| Some((license.id, license.count?)))
        .collect())
}

async fn each(halo: &Halo, wanted: &HashSet<i64>) -> Result<HashMap<i64, Found>, Error> {
    let licenses = one_by_one_licenses(halo, wanted).await?;
    Ok(licenses
        .into_iter()
        .map(|license| (license.id, found_of(license)))
        .collect())
}

async fn one_by_one_licenses(halo: &Halo, wanted: &HashSet<i64>) -> Result<Vec<License>, Error> {
    let mut ids: Vec<i64> = wanted.iter().copied().collect();
    ids.sort_unstable();
    stream::iter(ids)
        .map(|id| halo.license(id))
        .buffered(AT_ONCE)
        .try_filter_map(async |license| Ok(license))
        .try_collect()
        .await
}

fn found_of(license: License) -> Found {
    Found {
        name: license.name,
        count: license.count,
        customer: license.customer_id,
        active: license.active,
        price: license.price,
    }
}
