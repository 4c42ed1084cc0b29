//! The requests that all processes sent to a site lately: they share one rate limit.

use std::time::Duration;

use jiff::{Timestamp, ToSpan};

use super::{Error, Store};

impl Store {
    /// Requests that all processes sent to a site within the last `span`: `(how long ago, how many)`.
    ///
    /// Entries from the future were made before the clock was set back. The newest of them was made now at the
    /// latest, which gives a minimum age for the others. Those from further ahead than `span` are ignored: their
    /// age is unknown, and waiting for them could take for ever.
    pub async fn recent_requests(
        &self,
        site_url: &str,
        span: Duration,
    ) -> Result<Vec<(Duration, u64)>, Error> {
        let now = Timestamp::now().as_millisecond();
        let span = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT sent_at, count FROM requests WHERE site_url = $1 AND sent_at > $2 AND sent_at <= $3",
        )
        .bind(site_url)
        .bind(now.saturating_sub(span))
        .bind(now.saturating_add(span))
        .fetch_all(&self.pool)
        .await?;
        let last = rows.iter().map(|(sent_at, _)| *sent_at).max().unwrap_or(now);
        Ok(rows
            .into_iter()
            .map(|(sent_at, count)| {
                let latest = if sent_at > now { last } else { now };
                let age = Duration::from_millis(latest.abs_diff(sent_at));
                (age, u64::try_from(count).unwrap_or(0))
            })
            .collect())
    }

    /// Records requests that this process sent to a site, for other processes to count. Deletes entries that no
    /// longer count, and those from too far in the future.
    pub async fn note_requests(&self, site_url: &str, count: u64) -> Result<(), Error> {
        let now = Timestamp::now();
        let long_ago = now.saturating_sub(1.hour()).unwrap_or(now).as_millisecond();
        let far_ahead = now.saturating_add(1.hour()).unwrap_or(now).as_millisecond();
        sqlx::query("DELETE FROM requests WHERE sent_at < $1 OR sent_at > $2")
            .bind(long_ago)
            .bind(far_ahead)
            .execute(&self.pool)
            .await?;
        sqlx::query("INSERT INTO requests (site_url, sent_at, count) VALUES ($1, $2, $3)")
            .bind(site_url)
            .bind(now.as_millisecond())
            .bind(i64::try_from(count).unwrap_or(i64::MAX))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock_file::nobody;

    const SITE: &str = "https://acme.halopsa.com/";
    const SPAN: Duration = Duration::from_secs(300);

    /// A state in which these requests were recorded: `(seconds from now, how many)`.
    async fn noted(rows: &[(i64, i64)]) -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state.db"), &nobody)
            .await
            .unwrap();
        let now = Timestamp::now().as_millisecond();
        for (seconds, count) in rows {
            sqlx::query("INSERT INTO requests (site_url, sent_at, count) VALUES ($1, $2, $3)")
                .bind(SITE)
                .bind(now.saturating_add(seconds.saturating_mul(1000)))
                .bind(count)
                .execute(&store.pool)
                .await
                .unwrap();
        }
        (directory, store)
    }

    async fn remembered(store: &Store) -> Vec<(u64, u64)> {
        let recent = store.recent_requests(SITE, SPAN).await.unwrap();
        let mut recent: Vec<(u64, u64)> = recent
            .into_iter()
            .map(|(age, count)| (age.as_secs(), count))
            .collect();
        recent.sort_unstable();
        recent
    }

    #[tokio::test]
    async fn requests_from_a_far_future_hold_nobody_back() {
        let year = 366 * 24 * 60 * 60;
        let (_directory, store) = noted(&[
            (year, 290),
            (301, 290),
            (i64::MAX, i64::MAX),
            (i64::MIN, 290),
            (-301, 290),
            (-10, 3),
            (-20, -5),
        ])
        .await;
        assert_eq!(remembered(&store).await, [(10, 3), (20, 0)]);
        store.note_requests(SITE, 1).await.unwrap();
        let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM requests")
            .fetch_one(&store.pool)
            .await
            .unwrap();
        // Entries a few minutes ahead are kept; those an hour or more ahead are not.
        assert_eq!(rows, 5);
    }

    #[tokio::test]
    async fn requests_noted_before_the_clock_was_set_back_are_no_younger_than_they_are() {
        let (_directory, store) = noted(&[(200, 5), (80, 6), (-30, 7)]).await;
        assert_eq!(remembered(&store).await, [(0, 5), (30, 7), (120, 6)]);
    }
}
