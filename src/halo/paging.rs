//! Reading whole lists.
//!
//! Most lists come as `{"record_count": n, "<key>": [...]}`, some as a bare array. Some endpoints cap or ignore
//! `page_size`, and `record_count` was seen to be wrong. So we read pages until one is empty or brings nothing
//! new, drop duplicates by id, and use `record_count` only to read ahead.

use std::{collections::HashSet, marker::PhantomData};

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeOwned, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor, value::SeqAccessDeserializer,
    },
};

use super::{Error, Halo, Resource};
use crate::lenient::{self, MOST_ROWS, Rows};

/// Rows per page: what public clients ask for, and the most that was seen to be honoured.
const PAGE_SIZE: usize = 1000;
/// Pages read at the same time.
const AT_ONCE: usize = 4;

/// A record with an id of its own.
pub(super) trait Record {
    /// The id; `None` if the row has none that can be read.
    fn id(&self) -> Option<i64>;
}

/// One page: the first array in the answer, and the count that goes with it.
pub(super) struct Page<T> {
    pub rows: Vec<T>,
    pub record_count: Option<usize>,
    too_many: bool,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PageVisitor(PhantomData))
    }
}

struct PageVisitor<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for PageVisitor<T> {
    type Value = Page<T>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Page<T>, A::Error> {
        let list = Rows::deserialize(SeqAccessDeserializer::new(seq))?;
        if !list.is_list {
            return Err(A::Error::custom("there are no records in the answer"));
        }
        Ok(Page::of(list, None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Page<T>, A::Error> {
        let mut list: Option<Rows<T>> = None;
        let mut record_count = None;
        while let Some(key) = map.next_key::<String>()? {
            if key.eq_ignore_ascii_case("record_count") {
                let count: Count = map.next_value()?;
                record_count = count.0.and_then(|count| usize::try_from(count).ok());
            } else if list.as_ref().is_none_or(|list| list.rows.is_empty()) {
                // Takes the first array with rows, or else the first array.
                let found: Rows<T> = map.next_value()?;
                if found.is_list && (list.is_none() || !found.rows.is_empty()) {
                    list = Some(found);
                }
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        let list = list.ok_or_else(|| A::Error::custom("there is no list in the answer"))?;
        Ok(Page::of(list, record_count))
    }
}

#[derive(Deserialize)]
struct Count(#[serde(deserialize_with = "lenient::integer")] Option<i64>);

impl<T> Page<T> {
    fn of(list: Rows<T>, record_count: Option<usize>) -> Self {
        Self {
            rows: list.rows,
            record_count,
            too_many: list.too_many,
        }
    }
}

/// How far to read a list.
pub(super) enum Until<'a> {
    End,
    /// Until all these ids have been seen, or to the end.
    Found(&'a HashSet<i64>),
}

/// A list to read.
pub(super) struct ListRequest<'a> {
    pub resource: Resource,
    pub filter: &'a [(&'a str, &'a str)],
    pub until: Until<'a>,
    pub progress: Progress<'a>,
}

/// Hears how many records were read so far, and how many there seem to be.
pub type Progress<'a> = &'a (dyn Fn(usize, Option<usize>) + Sync);

impl Halo {
    /// Every record of a list, each once.
    pub(super) async fn list<T: DeserializeOwned + Record>(
        &self,
        list: &ListRequest<'_>,
    ) -> Result<Vec<T>, Error> {
        let first: Page<T> = self.page(list.resource, list.filter, 1).await?;
        let read = self.list_after(list, first).await?;
        Ok(read.records)
    }

    /// The records of a list whose first page has been read.
    pub(super) async fn list_after<T: DeserializeOwned + Record>(
        &self,
        list: &ListRequest<'_>,
        first: Page<T>,
    ) -> Result<Read<T>, Error> {
        let ListRequest {
            resource,
            filter,
            until,
            progress,
        } = list;
        let page = |number| self.page::<T>(*resource, filter, number);
        let size = first.rows.len();
        let expected = first.expected();
        let mut reader = Reader {
            seen: HashSet::new(),
            records: Vec::new(),
        };
        let mut more = self.add(&mut reader, first.rows)? && !reader.is_done(until);
        progress(reader.records.len(), expected);

        let mut next = 2;
        if let Some(expected) = expected.filter(|_| more) {
            // The count promises more, so read ahead. Only the page after the last one proves the end; it is
            // not needed if everything wanted turns up before.
            let last = expected.div_ceil(size).min(MOST_ROWS) + usize::from(matches!(until, Until::End));
            let mut pages = stream::iter(next..=last).map(page).buffered(AT_ONCE);
            while more && let Some(page) = pages.try_next().await? {
                more = self.add(&mut reader, page.rows)?;
                progress(reader.records.len(), Some(expected));
            }
            more = more && !reader.is_done(until);
            next = last + 1;
        }
        // This ends: each page must bring something new, and the number of rows is limited.
        while more {
            let rows = page(next).await?.rows;
            more = self.add(&mut reader, rows)? && !reader.is_done(until);
            progress(reader.records.len(), None);
            next += 1;
        }
        Ok(Read {
            records: reader.records,
            pages: next - 1,
        })
    }

    /// Adds what is new in a page, and says whether anything was.
    fn add<T: Record>(&self, reader: &mut Reader<T>, rows: Vec<T>) -> Result<bool, Error> {
        let anything_new = reader.add(rows);
        if reader.records.len() > MOST_ROWS {
            return Err(self.too_many_rows("list"));
        }
        Ok(anything_new)
    }

    fn too_many_rows(&self, of: &str) -> Error {
        Error::Http(self.http.too_large(lenient::too_many_rows(of)))
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
        query.extend([("pageinate", "true"), ("page_no", number.as_str())]);
        // Large records ask for fewer at a time.
        if filter.iter().all(|(name, _)| *name != "page_size") {
            query.push(("page_size", size.as_str()));
        }
        let page: Page<T> = self.get_page(resource, &query).await?;
        if page.too_many {
            return Err(self.too_many_rows("answer"));
        }
        Ok(page)
    }

    /// A list that comes in one piece, wrapped or not.
    pub(super) async fn all<T: DeserializeOwned>(
        &self,
        resource: Resource,
        query: &[(&str, &str)],
    ) -> Result<Vec<T>, Error> {
        let page: Page<T> = self.get(resource, None, query).await?;
        if page.too_many {
            return Err(self.too_many_rows("answer"));
        }
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

    /// How many pages follow, if that can be told.
    pub fn pages_left(&self) -> Option<usize> {
        Some(self.expected()?.div_ceil(self.rows.len()) - 1)
    }
}

struct Reader<T> {
    seen: HashSet<i64>,
    records: Vec<T>,
}

impl<T: Record> Reader<T> {
    /// Adds the new rows, and says whether there were any.
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

    #[derive(Deserialize)]
    struct Numbered {
        id: Option<i64>,
    }

    fn read(text: &str) -> Option<(Vec<i64>, Option<usize>)> {
        let page: Page<Numbered> = serde_json::from_str(text).ok()?;
        Some((
            page.rows.iter().filter_map(|row| row.id).collect(),
            page.record_count,
        ))
    }

    #[test]
    fn a_list_in_any_wrapper() {
        let (one, two) = (r#"{"id":1}"#, r#"{"id":2,"tags":[{"id":3}]}"#);
        for (text, ids, record_count) in [
            (format!("[{one},{two}]"), vec![1, 2], None),
            (
                format!(r#"{{"record_count":"7","clients":[{one},{two}]}}"#),
                vec![1, 2],
                Some(7),
            ),
            (
                format!(r#"{{"more":null,"rows":[{one}],"record_count":null}}"#),
                vec![1],
                None,
            ),
            (
                format!(
                    r#"{{"columns":["a"],"sorting":[],"rows":[{two}],"others":[{one}],"Record_Count":1}}"#
                ),
                vec![2],
                Some(1),
            ),
            (r#"{"record_count":0,"clients":[]}"#.to_owned(), vec![], Some(0)),
        ] {
            assert_eq!(read(&text), Some((ids, record_count)), "{text}");
        }
        for other in [r#"{"error":"no"}"#, "3", "null", r#"{"record_count":[]}"#, "[1]"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
