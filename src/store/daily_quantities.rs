//! The quantities of licenses over time, out of the ledger.

use jiff::civil::Date;

use super::{ChangeStatus, Error, Store};
use crate::model::DailyQuantity;

impl Store {
    /// The last known quantity of each license on each day (UTC) since `since`; what was known before is of that day.
    /// Oldest first.
    ///
    /// A quantity is known that was written and read back, or, of a change that was held back, that Halo showed.
    pub async fn daily_quantities(&self, profile: &str, since: Date) -> Result<Vec<DailyQuantity>, Error> {
        let rows: Vec<(i64, i64, String, i64)> = sqlx::query_as(
            "SELECT license_id, customer_id, last.day, CASE WHEN verified THEN to_count ELSE from_count END
             FROM changes JOIN
                 (SELECT MAX(changes.id) AS id,
                      CASE WHEN recorded_at < $2 THEN $2 ELSE SUBSTR(recorded_at, 1, 10) END AS day
                  FROM changes JOIN runs ON runs.id = run_id
                  WHERE profile = $1
                      AND (verified AND to_count IS NOT NULL OR status = $3 AND from_count IS NOT NULL)
                  GROUP BY license_id, day) AS last
                 ON last.id = changes.id
             ORDER BY last.day, changes.id",
        )
        .bind(profile)
        .bind(since.to_string())
        .bind(ChangeStatus::Skipped.name())
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .filter_map(|(license, customer, day, count)| {
                Some(DailyQuantity {
                    license,
                    customer,
                    day: day.parse().ok()?,
                    count,
                })
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        lock_file::nobody,
        model::{Price, Reference, SeatMetric},
        store::{NewChange, NewRun},
    };

    /// Records a change of a license at this time.
    async fn record(
        store: &Store,
        profile: &str,
        at: &str,
        license: i64,
        (from, to): (i64, i64),
        status: ChangeStatus,
    ) {
        let run = NewRun {
            command: "sync-seats",
            source: "api",
            metric: SeatMetric::Used,
            organizations: 1,
            note: None,
            undoes: None,
        };
        let run = store.begin_run(profile, &run).await.unwrap();
        let change = NewChange {
            license: Reference::new(license, "SaaS Backup"),
            customer: Reference::new(license + 100, "Contoso"),
            from: Some(from),
            to: Some(to),
            status,
            verified: matches!(status, ChangeStatus::Updated | ChangeStatus::Confirmed),
            reason: None,
            price: Price::default(),
            seats: Vec::new(),
        };
        store.record_changes(profile, run, &[change]).await.unwrap();
        sqlx::query("UPDATE changes SET recorded_at = $1 WHERE run_id = $2")
            .bind(at)
            .bind(run)
            .execute(&store.pool)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn each_day_has_the_last_quantity_that_is_known() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state.db"), &nobody)
            .await
            .unwrap();
        for (profile, at, license, counts, status) in [
            ("acme", "2026-01-05T08:00:00Z", 1, (0, 5), ChangeStatus::Updated),
            ("acme", "2026-02-07T08:00:00Z", 1, (5, 6), ChangeStatus::Updated),
            ("acme", "2026-03-10T00:00:00Z", 1, (6, 7), ChangeStatus::Updated),
            ("acme", "2026-03-10T23:59:59Z", 1, (7, 8), ChangeStatus::Confirmed),
            // Nothing was written: someone had set it to 9.
            ("acme", "2026-03-11T08:00:00Z", 1, (9, 90), ChangeStatus::Skipped),
            // What it is was not seen.
            ("acme", "2026-03-12T08:00:00Z", 1, (9, 10), ChangeStatus::Failed),
            ("acme", "2026-03-13T08:00:00Z", 1, (9, 10), ChangeStatus::Unread),
            ("acme", "2026-03-09T08:00:00Z", 2, (0, 3), ChangeStatus::Updated),
            ("other", "2026-03-09T08:00:00Z", 3, (0, 4), ChangeStatus::Updated),
        ] {
            record(&store, profile, at, license, counts, status).await;
        }
        let found = store.daily_quantities("acme", date(2026, 3, 1)).await.unwrap();
        let quantity = |license, day, count| DailyQuantity {
            license,
            customer: license + 100,
            day: date(2026, 3, day),
            count,
        };
        assert_eq!(
            found,
            [
                quantity(1, 1, 6),
                quantity(2, 9, 3),
                quantity(1, 10, 8),
                quantity(1, 11, 9)
            ]
        );
    }
}
