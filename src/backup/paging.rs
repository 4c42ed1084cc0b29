//! Reading whole lists, whatever shape they come in.
//!
//! A list was seen as a bare array, as `{"result_set": [...]}`, as `[{"result_set": [...]}]` and as
//! `{"pagination": {..., "next_page"}, "data": [...]}`; some endpoints ignore paging and answer everything.
//! It ends at an empty page, a short page, no `next_page`, or a page that repeats what was seen.

use std::collections::{HashMap, hash_map::Entry};

use futures_util::{StreamExt, TryStreamExt, stream};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{Backup, Error};

/// Rows asked for in one page: the documented size.
const PER_PAGE: usize = 100;
/// Pages read at the same time.
const AT_ONCE: usize = 4;
/// A guard against a service that makes up new rows forever.
const MOST_PAGES: usize = 100_000;

/// Told how many records were read so far.
pub type Progress<'a> = &'a (dyn Fn(usize) + Sync);

/// One page in any of the shapes.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub rows: Vec<Map<String, Value>>,
    /// What the page says about the one after it; `None` where it says nothing.
    pub has_next: Option<bool>,
}

impl<'de> Deserialize<'de> for Page {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let unknown = || serde::de::Error::custom("there is no list in the answer");
        match Value::deserialize(deserializer)? {
            Value::Array(rows) => Ok(Page {
                rows: rows_of(rows),
                has_next: None,
            }),
            Value::Object(mut fields) => {
                let has_next = fields
                    .get("pagination")
                    .and_then(|pagination| pagination.get("next_page"))
                    .map(|next| !matches!(next, Value::Null | Value::Bool(false)) && next != 0 && next != "");
                // A pagination object without `next_page` says the same as a null in it.
                let has_next = has_next.or_else(|| fields.contains_key("pagination").then_some(false));
                let rows = ["data", "result_set"]
                    .iter()
                    .find_map(|name| fields.remove(*name))
                    .or_else(|| fields.into_values().find(Value::is_array))
                    .ok_or_else(unknown)?;
                match rows {
                    Value::Array(rows) => Ok(Page {
                        rows: rows_of(rows),
                        has_next,
                    }),
                    Value::Null => Ok(Page {
                        rows: Vec::new(),
                        has_next,
                    }),
                    _ => Err(unknown()),
                }
            }
            Value::Null => Ok(Page {
                rows: Vec::new(),
                has_next: None,
            }),
            _ => Err(unknown()),
        }
    }
}

/// The records in an array: its objects, or those in the `result_set` that an object of it wraps.
fn rows_of(rows: Vec<Value>) -> Vec<Map<String, Value>> {
    let mut records = Vec::with_capacity(rows.len());
    for row in rows {
        if let Value::Object(mut fields) = row {
            match fields.remove("result_set") {
                Some(Value::Array(inner)) => records.extend(rows_of(inner)),
                Some(_) => {}
                None => records.push(fields),
            }
        }
    }
    records
}

/// What tells a row from another: its id, or what stands in for one.
fn key_of(row: &Map<String, Value>) -> String {
    ["id", "email", "domain_name"]
        .iter()
        .find_map(|name| row.get(*name).filter(|value| !value.is_null()))
        .map_or_else(|| Value::Object(row.clone()).to_string(), Value::to_string)
}

impl Page {
    /// Whether it was the last, as far as it tells itself.
    ///
    /// A page shorter than asked for ends the list, unless its length is one at which a server caps its
    /// pages (50, say): that may be a full page, and only the next one tells.
    fn is_last(&self) -> bool {
        if self.rows.is_empty() {
            return true;
        }
        match self.has_next {
            Some(has_next) => !has_next,
            None => {
                self.rows.len() < PER_PAGE
                    && !self.rows.len().is_multiple_of(10)
                    && !self.rows.len().is_multiple_of(25)
            }
        }
    }
}

impl Backup {
    pub(super) async fn list<R: DeserializeOwned, T>(
        &self,
        path: &[&str],
        access_token: &SecretString,
        read: impl Fn(R) -> Option<T>,
        repeated: impl Fn(&mut T, T),
        progress: Progress<'_>,
    ) -> Result<Vec<T>, Error> {
        let mut seen = HashMap::new();
        let mut records = Vec::new();
        let read = |row| serde_json::from_value(Value::Object(row)).ok().and_then(&read);
        // The first page alone: most lists are no longer. Then a few at a time.
        let mut next = 1;
        let mut at_once = 1;
        while next <= MOST_PAGES {
            let mut pages = stream::iter(next..next + at_once)
                .map(|number| self.page(path, access_token, number))
                .buffered(AT_ONCE);
            while let Some(page) = pages.try_next().await? {
                let last = page.is_last();
                let before = seen.len();
                for row in page.rows {
                    match seen.entry(key_of(&row)) {
                        Entry::Vacant(place) => {
                            let record = read(row);
                            place.insert(record.is_some().then_some(records.len()));
                            records.extend(record);
                        }
                        Entry::Occupied(place) => {
                            let first = place.get().and_then(|index: usize| records.get_mut(index));
                            if let (Some(first), Some(again)) = (first, read(row)) {
                                repeated(first, again);
                            }
                        }
                    }
                }
                progress(seen.len());
                if last || seen.len() == before {
                    return Ok(records);
                }
            }
            next += at_once;
            at_once = AT_ONCE;
        }
        Ok(records)
    }

    /// One page of a list.
    pub(super) async fn page(
        &self,
        path: &[&str],
        access_token: &SecretString,
        number: usize,
    ) -> Result<Page, Error> {
        let (number, size) = (number.to_string(), PER_PAGE.to_string());
        let query = [("page", number.as_str()), ("per_page", size.as_str())];
        self.get(path, &query, access_token).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(usize, Option<bool>)> {
        serde_json::from_str::<Page>(text)
            .ok()
            .map(|page| (page.rows.len(), page.has_next))
    }

    #[test]
    fn all_four_shapes() {
        assert_eq!(read(r#"[{"id":1},{"id":2}]"#), Some((2, None)));
        assert_eq!(read(r#"{"result_set":[{"id":1}]}"#), Some((1, None)));
        assert_eq!(read(r#"[{"result_set":[{"id":1},{"id":2}]}]"#), Some((2, None)));
        assert_eq!(
            read(r#"{"pagination":{"current_page":1,"next_page":2},"data":[{"id":1}]}"#),
            Some((1, Some(true)))
        );
        assert_eq!(
            read(r#"{"pagination":{"current_page":1,"next_page":null},"data":[{"id":1}]}"#),
            Some((1, Some(false)))
        );
        assert_eq!(read("[]"), Some((0, None)));
        assert_eq!(read(r#"[{"result_set":[]}]"#), Some((0, None)));
        assert_eq!(read(r#"{"error":"no"}"#), None);
        assert_eq!(read(r#""OK""#), None);
    }

    #[test]
    fn a_page_ends_the_list_when_it_is_short_and_not_capped() {
        let page = |rows: usize, has_next| Page {
            rows: vec![Map::new(); rows],
            has_next,
        };
        assert!(page(0, None).is_last());
        assert!(page(36, None).is_last());
        assert!(!page(50, None).is_last());
        assert!(!page(100, None).is_last());
        assert!(!page(250, None).is_last());
        assert!(page(100, Some(false)).is_last());
        assert!(!page(36, Some(true)).is_last());
    }
}
