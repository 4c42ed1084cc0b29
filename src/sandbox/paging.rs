//! Halo's paging: `pageinate=true&page_no=1&page_size=50`, or `count=50`.

use serde_json::{Map, Value, json};

use super::{Fault, call::Call, fault_injection::Faults, reply::Reply};

/// Rows of a page that named no size.
const USUAL_PAGE: usize = 50;

/// Rows of any page while [`Fault::PagesCapped`] is on.
const CAPPED_PAGE: usize = 50;

/// The answer to a list: `{"record_count": n, "<key>": [...]}`. Only the rows of the page are built; `matching` is
/// walked to its end for the count.
pub(super) fn page<T>(
    call: &Call,
    faults: &Faults,
    key: &str,
    cap: usize,
    matching: impl Iterator<Item = T>,
    row: impl Fn(T) -> Value,
) -> Reply {
    let (first, size) = if faults.has(Fault::PagingIgnored) {
        (0, usize::MAX)
    } else {
        range(call, faults, cap)
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
        let (first, size) = range(call, faults, cap);
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
    if call.flag("pageinate") {
        answer.insert("page_no".into(), json!(page_number(call)));
        answer.insert("page_size".into(), json!(size.min(cap)));
    }
    answer.insert(key.into(), rows.into());
    Reply::ok(answer.into())
}

/// The first row wanted and how many.
fn range(call: &Call, faults: &Faults, cap: usize) -> (usize, usize) {
    let cap = if faults.has(Fault::PagesCapped) {
        cap.min(CAPPED_PAGE)
    } else {
        cap
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

/// The page asked for, from 1.
fn page_number(call: &Call) -> usize {
    call.number("page_no").unwrap_or(1).max(1)
}
