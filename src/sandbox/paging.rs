//! Halo's paging: `pageinate=true&page_no=1&page_size=50`, or `count=50`.

use serde_json::{Map, Value, json};

use super::{Fault, call::Call, fault_injection::Faults, reply::Reply};

/// Rows in a page if the request names no size.
const USUAL_PAGE: usize = 50;

/// The most rows of any page while [`Fault::PagesCapped`] is on.
const CAPPED_PAGE: usize = 50;

/// A list that was asked for.
pub(super) struct List<'a> {
    pub call: &'a Call,
    pub faults: &'a Faults,
    /// The name under which the rows are answered.
    pub key: &'a str,
    /// The most rows of one page.
    pub largest_page: usize,
}

impl List<'_> {
    /// The page that was asked for: `{"record_count": n, "<key>": [...]}`. Only the rows of the page are built;
    /// `matching` is read to its end for the count.
    pub(super) fn page<T>(&self, matching: impl Iterator<Item = T>, row: impl Fn(T) -> Value) -> Reply {
        let faults = self.faults;
        let (first, size) = if faults.has(Fault::PagingIgnored) {
            (0, usize::MAX)
        } else {
            self.range()
        };
        let mut record_count = 0;
        let mut rows = Vec::new();
        for record in matching {
            if record_count >= first && rows.len() < size {
                rows.push(row(record));
            }
            record_count += 1;
        }
        if faults.has(Fault::PagingIgnored) {
            let (first, size) = self.range();
            if first > 0 || rows.len() > size {
                faults.strikes(Fault::PagingIgnored);
            }
        }
        if record_count != rows.len() && faults.strikes(Fault::PagesCapped) {
            record_count = rows.len();
        }
        let mut answer = Map::new();
        if !faults.strikes(Fault::RecordCountMissing) {
            answer.insert("record_count".into(), json!(record_count));
        }
        if self.call.flag("pageinate") {
            answer.insert("page_no".into(), json!(page_number(self.call)));
            answer.insert("page_size".into(), json!(size.min(self.largest_page)));
        }
        answer.insert(self.key.into(), rows.into());
        Reply::ok(answer.into())
    }

    /// The index of the first row to answer, and how many rows.
    fn range(&self) -> (usize, usize) {
        let call = self.call;
        let cap = if self.faults.has(Fault::PagesCapped) {
            self.largest_page.min(CAPPED_PAGE)
        } else {
            self.largest_page
        };
        let count = call.number("count").filter(|&count: &usize| count > 0);
        if !call.flag("pageinate") {
            return (0, count.unwrap_or(cap).min(cap));
        }
        let size = call
            .number("page_size")
            .filter(|&size: &usize| size > 0)
            .or(count)
            .unwrap_or(USUAL_PAGE)
            .min(cap);
        (size.saturating_mul(page_number(call) - 1), size)
    }
}

/// The number of the page that was asked for, starting from 1.
fn page_number(call: &Call) -> usize {
    call.number("page_no").unwrap_or(1).max(1)
}
