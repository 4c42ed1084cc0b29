//! Doing the same with fewer requests: the counting behind `sync-seats`.

/// The most licenses that are read one by one without asking how long the list is.
pub const FEW: usize = 2;
/// Batches that a large run is spread over, at most; the rest of the window is for reading.
const BATCHES: usize = 40;
/// The smallest batch worth a request of its own, and the largest that is sent.
const BATCH: std::ops::RangeInclusive<usize> = 250..=2500;

/// Whether to read what is still missing one by one instead of reading the pages that are left.
/// Where nobody knows how many pages are left, there is at least one.
pub fn one_by_one(missing: usize, pages_left: Option<usize>) -> bool {
    missing <= pages_left.unwrap_or(1)
}

/// How many changes go into one write.
pub fn batch_size(changes: usize) -> usize {
    changes.div_ceil(BATCHES).clamp(*BATCH.start(), *BATCH.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cheaper() {
        assert!(one_by_one(1, None));
        assert!(!one_by_one(2, None));
        assert!(one_by_one(11, Some(11)));
        assert!(!one_by_one(12, Some(11)));
    }

    #[test]
    fn batches_keep_large_runs_within_one_window() {
        assert_eq!(batch_size(1), 250);
        assert_eq!(batch_size(500), 250);
        assert_eq!(batch_size(100_000), 2500);
        // 100,000 changed of 120,000: a token, the pages twice, the writes.
        let requests = 1 + 120 + 100_000_usize.div_ceil(batch_size(100_000)) + 120;
        assert!(requests < 290, "{requests}");
    }
}
