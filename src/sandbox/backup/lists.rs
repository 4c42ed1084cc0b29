//! The shapes that lists come in.

use serde_json::{Value, json};

use crate::sandbox::{Fault, call::Call, fault_injection::Faults, reply::Reply};

/// The most rows of a page, and the number of rows if the request names no size.
const LARGEST_PAGE: usize = 100;

/// A page of most lists: a bare array, or the shape that a fault asks for.
pub(super) fn bare<T>(
    call: &Call,
    faults: &Faults,
    records: impl Iterator<Item = T>,
    row: impl Fn(T) -> Value,
) -> Reply {
    let page = Page::of(call, faults, records, row);
    Reply::ok(if faults.strikes(Fault::BackupResultSet) {
        json!({"result_set": page.rows})
    } else if faults.strikes(Fault::BackupWrappedResultSet) {
        json!([{"result_set": page.rows}])
    } else if faults.strikes(Fault::BackupPagination) {
        page.with_pagination()
    } else {
        page.rows.into()
    })
}

/// A page of a list below `/users/{id}`, which has pagination on every instance.
pub(super) fn paginated<T>(
    call: &Call,
    faults: &Faults,
    records: impl Iterator<Item = T>,
    row: impl Fn(T) -> Value,
) -> Reply {
    Reply::ok(Page::of(call, faults, records, row).with_pagination())
}

/// One page of a list.
struct Page {
    rows: Vec<Value>,
    number: usize,
    size: usize,
    more: bool,
}

impl Page {
    /// The page that was asked for, or all rows if paging is ignored.
    fn of<T>(
        call: &Call,
        faults: &Faults,
        records: impl Iterator<Item = T>,
        row: impl Fn(T) -> Value,
    ) -> Self {
        let size = call
            .number("per_page")
            .unwrap_or(LARGEST_PAGE)
            .clamp(1, LARGEST_PAGE);
        let number = call.number("page").unwrap_or(1_usize).max(1);
        let (rows, more) = if faults.has(Fault::PagingIgnored) {
            let rows: Vec<Value> = records.map(row).collect();
            if number > 1 || rows.len() > size {
                faults.strikes(Fault::PagingIgnored);
            }
            (rows, false)
        } else {
            let mut rest = records.skip(size.saturating_mul(number - 1));
            (rest.by_ref().take(size).map(row).collect(), rest.next().is_some())
        };
        Self {
            rows,
            number,
            size,
            more,
        }
    }

    fn with_pagination(self) -> Value {
        json!({
            "pagination": {
                "current_page": self.number,
                "per_page": self.size,
                "next_page": self.more.then_some(self.number + 1),
            },
            "data": self.rows,
        })
    }
}
