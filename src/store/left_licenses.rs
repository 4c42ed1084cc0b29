//! Licenses that halolink wrote, and that no mapping carries any more.

use sqlx::Row;

use super::{Error, Store};
use crate::model::Reference;

impl Store {
    /// The licenses, with their customers, whose last quantity that was written or confirmed is more than 0, and that no
    /// mapping of the profile carries. What Halo has by now is not known here.
    pub async fn left_licenses(&self, profile: &str) -> Result<Vec<(Reference, Reference)>, Error> {
        let rows = sqlx::query(
            "SELECT license_id, license_name, customer_id, customer_name
             FROM changes JOIN
                 (SELECT MAX(changes.id) AS id FROM changes JOIN runs ON runs.id = run_id
                  WHERE profile = $1 AND verified AND to_count IS NOT NULL GROUP BY license_id) AS last
                 ON last.id = changes.id
             WHERE to_count > 0
                 AND license_id NOT IN (SELECT license_id FROM mappings WHERE profile = $1)
             ORDER BY license_id",
        )
        .bind(profile)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let reference = |id: &str, name: &str| {
                    Ok::<_, sqlx::Error>(Reference::new(row.try_get(id)?, row.try_get::<String, _>(name)?))
                };
                Ok((
                    reference("license_id", "license_name")?,
                    reference("customer_id", "customer_name")?,
                ))
            })
            .collect()
    }
}
