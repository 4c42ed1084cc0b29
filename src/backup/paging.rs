//! Reading whole lists, whatever shape they come in.
//!
//! Lists were seen as a bare array, as `{"result_set": [...]}`, as `[{"result_set": [...]}]` and as
//! `{"pagination": {..., "next_page"}, "data": [...]}`; some endpoints ignore paging and send everything.
//! A list ends when a page says so, when a page is empty, or when a page only repeats earlier rows. A short page
//! proves nothing: a page of 99 rows was seen with more after it.

use std::{
    collections::{HashMap, hash_map::Entry},
    marker::PhantomData,
};

use futures_util::{StreamExt, TryStreamExt, stream};
use secrecy::SecretString;
use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeOwned, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor, value::SeqAccessDeserializer,
    },
};
use serde_json::{Value, value::RawValue};

use super::{Backup, Error};
use crate::lenient::{self, MOST_ROWS, Rows};

/// Rows per page: the documented size.
const PER_PAGE: usize = 100;
/// Pages read at the same time, at most.
const AT_ONCE: usize = 4;

/// Hears how many records were read so far.
pub type Progress<'a> = &'a (dyn Fn(usize) + Sync);

/// A row of a list.
pub(super) trait Row: DeserializeOwned {
    /// What identifies the row. A row without a key is left out.
    fn key(&self) -> Option<&str>;

    /// Called when another row with the same key is read.
    fn repeated_as(&mut self, _again: Self) {}
}

/// One page in any of the shapes.
pub(super) struct Page<R> {
    pub rows: Rows<R>,
    next: Next,
}

/// What a page says about the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    More,
    Last,
    /// It has paging information, but does not name a next page: the last one, if earlier pages named theirs.
    Unnamed,
    /// Nothing at all.
    Unsaid,
}

impl<'de, R: DeserializeOwned> Deserialize<'de> for Page<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PageVisitor(PhantomData))
    }
}

struct PageVisitor<R>(PhantomData<R>);

impl<'de, R: DeserializeOwned> Visitor<'de> for PageVisitor<R> {
    type Value = Page<R>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<Page<R>, E> {
        Ok(Page {
            rows: Rows::none(),
            next: Next::Unsaid,
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Page<R>, A::Error> {
        let rows: Rows<R> = Rows::deserialize(SeqAccessDeserializer::new(seq))?;
        if !rows.is_list {
            return Err(A::Error::custom("there is no list in the answer"));
        }
        Ok(Page {
            rows,
            next: Next::Unsaid,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Page<R>, A::Error> {
        let mut next = Next::Unsaid;
        let (mut named, mut other) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "pagination" => next = pagination(&map.next_value::<Box<RawValue>>()?),
                "data" | "result_set" => {
                    // A null list is an empty one.
                    let rows = map.next_value::<Option<Rows<R>>>()?.unwrap_or_else(|| Rows {
                        is_list: true,
                        ..Rows::none()
                    });
                    better(&mut named, rows);
                }
                _ if named.is_none() => better(&mut other, map.next_value()?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let rows = named.or(other);
        let rows = rows.ok_or_else(|| A::Error::custom("there is no list in the answer"))?;
        Ok(Page { rows, next })
    }
}

/// Keeps the first list that has rows, or else the first list.
fn better<R>(best: &mut Option<Rows<R>>, found: Rows<R>) {
    let has_rows = best.as_ref().is_some_and(|best| !best.rows.is_empty());
    if found.is_list && (best.is_none() || !has_rows && !found.rows.is_empty()) {
        *best = Some(found);
    }
}

fn pagination(text: &RawValue) -> Next {
    #[derive(Deserialize)]
    struct Pagination {
        #[serde(default, deserialize_with = "next_page")]
        next_page: Option<bool>,
    }

    fn next_page<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
        let next = lenient::scalar(deserializer)?;
        Ok(Some(
            !matches!(next, Value::Null | Value::Bool(false)) && next != 0 && next != "",
        ))
    }

    match serde_json::from_str::<Pagination>(text.get()) {
        Ok(Pagination {
            next_page: Some(true),
        }) => Next::More,
        Ok(Pagination {
            next_page: Some(false),
        }) => Next::Last,
        Ok(Pagination { next_page: None }) => Next::Unnamed,
        Err(_) => Next::Unsaid,
    }
}

/// A list as far as it was read.
struct Reader<R> {
    rows: Vec<R>,
    places: HashMap<String, usize>,
    /// The number of rows in the first page.
    size: Option<usize>,
    /// Whether any page has named a next one.
    tells_next: bool,
}

impl<R: Row> Reader<R> {
    fn new() -> Self {
        Self {
            rows: Vec::new(),
            places: HashMap::new(),
            size: None,
            tells_next: false,
        }
    }

    /// Adds the next page, and says whether it was the last.
    fn add(&mut self, page: Page<R>) -> bool {
        let before = self.rows.len();
        self.size.get_or_insert(page.rows.rows.len());
        for row in page.rows.rows {
            let Some(key) = row.key() else { continue };
            match self.places.entry(key.to_owned()) {
                Entry::Vacant(place) => {
                    place.insert(self.rows.len());
                    self.rows.push(row);
                }
                Entry::Occupied(place) => {
                    if let Some(first) = self.rows.get_mut(*place.get()) {
                        first.repeated_as(row);
                    }
                }
            }
        }
        let is_last = match page.next {
            Next::Last => true,
            Next::Unnamed => self.tells_next,
            Next::More | Next::Unsaid => false,
        };
        self.tells_next |= page.next == Next::More;
        is_last || self.rows.len() == before
    }
}

impl Backup {
    /// Every row of a list. Of several rows with the same key only the first is kept.
    pub(super) async fn list<R: Row>(
        &self,
        path: &[&str],
        access_token: &SecretString,
        progress: Progress<'_>,
    ) -> Result<Vec<R>, Error> {
        let mut reader = Reader::new();
        // Most lists are one page, and the second page shows whether paging is ignored. Longer lists are read a
        // few pages at a time.
        let mut next = 1;
        let mut at_once = 1;
        loop {
            let mut is_full = true;
            let mut pages = stream::iter(next..next + at_once)
                .map(|number| self.page::<R>(path, access_token, number))
                .buffered(AT_ONCE);
            while let Some(page) = pages.try_next().await? {
                let length = page.rows.rows.len();
                let is_last = reader.add(page);
                if reader.rows.len() > MOST_ROWS {
                    return Err(self.too_many_rows("list"));
                }
                progress(reader.rows.len());
                if is_last {
                    return Ok(reader.rows);
                }
                is_full &= reader.size == Some(length);
            }
            next += at_once;
            at_once = match next {
                2 => 1,
                _ if is_full => (at_once * 2).min(AT_ONCE),
                // Most likely the end has been reached, and only the proof is missing.
                _ => 1,
            };
        }
    }

    /// One page of a list.
    pub(super) async fn page<R: Row>(
        &self,
        path: &[&str],
        access_token: &SecretString,
        number: usize,
    ) -> Result<Page<R>, Error> {
        let (number, size) = (number.to_string(), PER_PAGE.to_string());
        let query = [("page", number.as_str()), ("per_page", size.as_str())];
        let page: Page<R> = self.get_page(path, &query, access_token).await?;
        if page.rows.too_many {
            return Err(self.too_many_rows("answer"));
        }
        Ok(page)
    }

    fn too_many_rows(&self, of: &str) -> Error {
        Error::Http(self.http.too_large(lenient::too_many_rows(of)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Numbered {
        #[serde(default, deserialize_with = "lenient::text")]
        id: Option<String>,
    }

    impl Row for Numbered {
        fn key(&self) -> Option<&str> {
            self.id.as_deref()
        }
    }

    fn read(text: &str) -> Option<(usize, Next)> {
        serde_json::from_str::<Page<Numbered>>(text)
            .ok()
            .map(|page| (page.rows.rows.len(), page.next))
    }

    #[test]
    fn all_four_shapes() {
        for (text, rows, next) in [
            (r#"[{"id":1},{"id":2}]"#, 2, Next::Unsaid),
            (r#"{"result_set":[{"id":1}]}"#, 1, Next::Unsaid),
            (r#"[{"result_set":[{"id":1},{"id":2}]}]"#, 2, Next::Unsaid),
            (
                r#"{"pagination":{"current_page":1,"next_page":2},"data":[{"id":1}]}"#,
                1,
                Next::More,
            ),
            (
                r#"{"data":[{"id":1}],"pagination":{"next_page":null,"current_page":1}}"#,
                1,
                Next::Last,
            ),
            (
                r#"{"tags":["a"],"data":[{"id":1}],"others":[{"id":2},{"id":3}],"pagination":{"current_page":1}}"#,
                1,
                Next::Unnamed,
            ),
            (r#"{"tags":["a"],"users":[{"id":1}],"total":1}"#, 1, Next::Unsaid),
            (r#"{"pagination":null,"data":null}"#, 0, Next::Unsaid),
            ("[]", 0, Next::Unsaid),
            ("null", 0, Next::Unsaid),
            (r#"[{"result_set":[]}]"#, 0, Next::Unsaid),
        ] {
            assert_eq!(read(text), Some((rows, next)), "{text}");
        }
        for other in [r#"{"error":"no"}"#, r#""OK""#, "3", r#"{"more":null}"#, "[1]"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn a_list_ends_by_its_own_word_or_where_nothing_new_comes() {
        let mut reader = Reader::new();
        let mut add = |text: &str| reader.add(serde_json::from_str::<Page<Numbered>>(text).unwrap());
        assert!(!add(r#"[{"id":1},{"id":2}]"#));
        // A short page is not the end.
        assert!(!add(r#"[{"id":3}]"#));
        // Nor is a page with paging information, as long as no page has named a next one.
        assert!(!add(r#"{"pagination":{},"data":[{"id":4}]}"#));
        assert!(!add(
            r#"{"pagination":{"next_page":"/users?page=5"},"data":[{"id":5}]}"#
        ));
        assert!(add(r#"{"pagination":{},"data":[{"id":6}]}"#));
        assert!(add(r#"{"pagination":{"next_page":0},"data":[{"id":7}]}"#));
        assert!(add(r#"[{"id":1},{"id":"2"},{"name":"no id"}]"#));
        assert!(add(r#"{"pagination":{"next_page":9},"data":[]}"#));
        assert!(add("[]"));
        assert_eq!(reader.rows.len(), 7);
    }
}
