//! Reading whole lists.
//!
//! A list answers `{"record_count": n, "<key>": [...]}`, some a bare array. `page_size` is capped or
//! ignored by some endpoints, and `record_count` was seen to be wrong. So: page until an empty page or
//! one that brings nothing new, drop duplicates by id, and use `record_count` only to read ahead.

use std::collections::HashSet;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{Error, Halo, Resource};
use crate::lenient;

/// Rows asked for in one page: what public clients use, and the largest seen to be honoured.
const PAGE_SIZE: usize = 1000;
/// Pages read at the same time.
const AT_ONCE: usize = 4;
/// A guard against a service that makes up new rows forever.
const MOST_PAGES: usize = 10_000;

/// A record with an id of its own.
pub(super) trait Record {
    /// The id; `None` where the row has none that can be read.
    fn id(&self) -> Option<i64>;
}

/// One page: the first array in the answer, and the count that goes with it.
pub(super) struct Page<T> {
    pub rows: Vec<T>,
    pub record_count: Option<usize>,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(std::marker::PhantomData<T>);
        impl<'de, T: DeserializeOwned> serde::de::Visitor<'de> for Visitor<T> {
            type Value = Page<T>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("a list")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Page<T>, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = seq.next_element()? {
                    rows.push(row);
                }
                Ok(Page {
                    rows,
                    record_count: None,
                })
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Page<T>, A::Error> {
                let mut rows: Option<Vec<T>> = None;
                let mut record_count = None;
                while let Some(key) = map.next_key::<String>()? {
                    let value: Box<RawValue> = map.next_value()?;
                    if key.eq_ignore_ascii_case("record_count") {
                        record_count = serde_json::from_str(value.get())
                            .ok()
                            .and_then(|count| lenient::integer_of(&count))
                            .and_then(|count| usize::try_from(count).ok());
                    } else if rows.is_none() && value.get().starts_with('[') {
                        rows = Some(serde_json::from_str(value.get()).map_err(serde::de::Error::custom)?);
                    }
                }
                let rows = rows.ok_or_else(|| serde::de::Error::custom("there is no list in the answer"))?;
                Ok(Page { rows, record_count })
            }
        }
        deserializer.deserialize_any(Visitor(std::marker::PhantomData))
    }
}

/// What a list is read for: decides when it has been read far enough.
pub(super) enum Until<'a> {
    /// Every record.
    End,
    /// These ids have all been seen; or the end.
    Found(&'a HashSet<i64>),
}

/// Told how many records were read so far, and how many there seem to be.
pub type Progress<'a> = &'a (dyn Fn(usize, Option<usize>) + Sync);

impl Halo {
    /// Every record of a list, each once.
    pub(super) async fn list<T: DeserializeOwned + Record>(
        &self,
        resource: Resource,
        filter: &[(&str, &str)],
        until: Until<'_>,
        progress: Progress<'_>,
    ) -> Result<Vec<T>, Error> {
        let first: Page<T> = self.page(resource, filter, 1).await?;
        let read = self.list_after(resource, filter, first, until, progress).await?;
        Ok(read.records)
    }

    /// The records of a list whose first page was read, and how many pages it took.
    pub(super) async fn list_after<T: DeserializeOwned + Record>(
        &self,
        resource: Resource,
        filter: &[(&str, &str)],
        first: Page<T>,
        until: Until<'_>,
        progress: Progress<'_>,
    ) -> Result<Read<T>, Error> {
        let size = first.rows.len();
        let expected = first.expected();
        let mut reader = Reader {
            seen: HashSet::new(),
            records: Vec::new(),
        };
        let mut more = reader.add(first.rows) && !reader.is_done(&until);
        progress(reader.records.len(), expected);

        let mut next = 2;
        if let Some(expected) = expected.filter(|_| more) {
            // The count promises more: read ahead. The page after the last one proves the end, unless
            // what was looked for is found before.
            let last = expected.div_ceil(size).min(MOST_PAGES) + usize::from(matches!(until, Until::End));
            let mut pages = stream::iter(next..=last)
                .map(|number| self.page::<T>(resource, filter, number))
                .buffered(AT_ONCE);
            while more && let Some(page) = pages.try_next().await? {
                more = reader.add(page.rows);
                progress(reader.records.len(), Some(expected));
            }
            more = more && !reader.is_done(&until);
            next = last + 1;
        }
        while more && next <= MOST_PAGES {
            let page: Page<T> = self.page(resource, filter, next).await?;
            more = reader.add(page.rows) && !reader.is_done(&until);
            progress(reader.records.len(), None);
            next += 1;
        }
        Ok(Read {
            records: reader.records,
            pages: next - 1,
        })
    }

    /// One page of a list.
    pub(super) async fn page<T: DeserializeOwned>(
        &self,
        resource: Resource,
        filter: &[(&str, &str)],
        number: usize,
    ) -> Result<Page<T>, Error> {
        let (number, size) = (number.to_string(), PAGE_SIZE.to_string());
        let mut query = filter.to_vec();
        query.extend([
            ("pageinate", "true"),
            ("page_no", number.as_str()),
            ("page_size", size.as_str()),
        ]);
        self.get(resource, None, &query).await
    }

    /// A list that comes whole, wrapped or not.
    pub(super) async fn all<T: DeserializeOwned>(
        &self,
        resource: Resource,
        query: &[(&str, &str)],
    ) -> Result<Vec<T>, Error> {
        let page: Page<T> = self.get(resource, None, query).await?;
        Ok(page.rows)
    }
}

/// Records and what it took to read them.
pub(super) struct Read<T> {
    pub records: Vec<T>,
    pub pages: usize,
}

impl<T> Page<T> {
    /// How many records there are in all, where the count says more than this page has.
    pub fn expected(&self) -> Option<usize> {
        self.record_count
            .filter(|count| *count > self.rows.len() && !self.rows.is_empty())
    }

    /// How many pages follow; none where nobody can tell.
    pub fn pages_left(&self) -> Option<usize> {
        Some(self.expected()?.div_ceil(self.rows.len()) - 1)
    }
}

struct Reader<T> {
    seen: HashSet<i64>,
    records: Vec<T>,
}

impl<T: Record> Reader<T> {
    /// Takes what is new; whether anything was.
    fn add(&mut self, rows: Vec<T>) -> bool {
        let before = self.records.len();
        for row in rows {
            if let Some(id) = row.id()
                && self.seen.insert(id)
            {
                self.records.push(row);
            }
        }
        self.records.len() > before
    }

    fn is_done(&self, until: &Until<'_>) -> bool {
        match until {
            Until::End => false,
            Until::Found(wanted) => wanted.is_subset(&self.seen),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Vec<i64>, Option<usize>)> {
        serde_json::from_str::<Page<i64>>(text)
            .ok()
            .map(|page| (page.rows, page.record_count))
    }

    #[test]
    fn a_list_in_any_wrapper() {
        assert_eq!(read("[1,2]"), Some((vec![1, 2], None)));
        assert_eq!(
            read(r#"{"record_count":"7","clients":[1,2]}"#),
            Some((vec![1, 2], Some(7)))
        );
        assert_eq!(
            read(r#"{"more":null,"rows":[3],"record_count":null}"#),
            Some((vec![3], None))
        );
        assert_eq!(read(r#"{"error":"no"}"#), None);
        assert_eq!(read("3"), None);
    }
}
