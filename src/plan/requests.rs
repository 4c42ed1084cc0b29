//! Choosing the way with the fewest requests, for `sync-seats`.

/// The most licenses that are read one by one without knowing how long the list is.
pub const FEW: usize = 2;
/// The most batches in a large run; the rest of the requests are for reading.
const BATCHES: usize = 40;
/// The smallest batch worth a request of its own, and the largest that is sent.
const BATCH: std::ops::RangeInclusive<usize> = 250..=2500;

/// True if the missing licenses should be read one by one instead of by the remaining pages. If the number of
/// remaining pages is not known, there is at least one.
pub fn one_by_one(missing: usize, pages_left: Option<usize>) -> bool {
    missing <= pages_left.unwrap_or(1)
}

/// The number of changes in one write.
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
