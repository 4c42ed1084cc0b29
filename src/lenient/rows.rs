//! Reading a list row by row, straight into what is needed of each row, whatever else the answer holds.

use std::marker::PhantomData;

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess,
        Visitor,
        value::{BorrowedStrDeserializer, MapAccessDeserializer},
    },
};

/// The most rows to keep of one list. Large partners have tens of thousands.
pub const MOST_ROWS: usize = 200_000;

/// The limit that an answer or a list exceeds, for messages.
pub fn too_many_rows(of: &str) -> String {
    format!("{},{:03} rows in one {of}", MOST_ROWS / 1_000, MOST_ROWS % 1_000)
}

/// What was read where a list should be.
pub struct Rows<R> {
    /// The objects in the array, including those in the `result_set` of an object that wraps them. Anything else
    /// in the array is skipped.
    pub rows: Vec<R>,
    /// Whether there were more than [`MOST_ROWS`]; the rest is dropped.
    pub too_many: bool,
    /// Whether it was a list of records: an array that is empty or contains an object.
    pub is_list: bool,
}

impl<R> Rows<R> {
    /// Something that is not a list.
    pub fn none() -> Self {
        Self {
            rows: Vec::new(),
            too_many: false,
            is_list: false,
        }
    }

    fn add(&mut self, more: Rows<R>) {
        self.rows.extend(more.rows);
        self.too_many |= more.too_many || self.rows.len() > MOST_ROWS;
        self.rows.truncate(MOST_ROWS);
    }
}

impl<'de, R: DeserializeOwned> Deserialize<'de> for Rows<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RowsVisitor(PhantomData))
    }
}

/// The rest of a visitor: every other value gives `$result`.
macro_rules! nothing_else_matters {
    ($result:expr) => {
        fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
            formatter.write_str("any value")
        }
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($result)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($result)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($result)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($result)
        }
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok($result)
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($result)
        }
    };
}

struct RowsVisitor<R>(PhantomData<R>);

impl<'de, R: DeserializeOwned> Visitor<'de> for RowsVisitor<R> {
    type Value = Rows<R>;

    nothing_else_matters!(Rows::none());

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Rows<R>, A::Error> {
        let mut list = Rows {
            is_list: true,
            ..Rows::none()
        };
        let mut has_records = false;
        while !list.too_many {
            match seq.next_element::<Entry<R>>()? {
                Some(Entry::Row(row)) => {
                    has_records = true;
                    list.is_list = true;
                    list.too_many = list.rows.len() == MOST_ROWS;
                    if !list.too_many {
                        list.rows.push(row);
                    }
                }
                Some(Entry::Wrapper(inner)) => {
                    has_records = true;
                    list.is_list = true;
                    list.add(inner);
                }
                Some(Entry::Neither) => list.is_list = has_records,
                None => return Ok(list),
            }
        }
        drain_seq(seq)?;
        Ok(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Rows<R>, A::Error> {
        drain_map(map)?;
        Ok(Rows::none())
    }
}

/// One element of a list.
enum Entry<R> {
    Row(R),
    Wrapper(Rows<R>),
    Neither,
}

impl<'de, R: DeserializeOwned> Deserialize<'de> for Entry<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntryVisitor<R>(PhantomData<R>);

        impl<'de, R: DeserializeOwned> Visitor<'de> for EntryVisitor<R> {
            type Value = Entry<R>;

            nothing_else_matters!(Entry::Neither);

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Entry<R>, A::Error> {
                drain_seq(seq)?;
                Ok(Entry::Neither)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry<R>, A::Error> {
                let mut wrapped = None;
                let fields = Fields {
                    map,
                    wrapped: &mut wrapped,
                };
                let row = R::deserialize(MapAccessDeserializer::new(fields))?;
                Ok(wrapped.map_or(Entry::Row(row), Entry::Wrapper))
            }
        }
        deserializer.deserialize_any(EntryVisitor(PhantomData))
    }
}

/// The fields of an object as its row sees them. A `result_set`, which makes the object a wrapper, is hidden from the
/// row and read as rows on the way.
struct Fields<'a, A, R> {
    map: A,
    wrapped: &'a mut Option<Rows<R>>,
}

impl<'de, A: MapAccess<'de>, R: DeserializeOwned> MapAccess<'de> for Fields<'_, A, R> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let mut seed = Some(seed);
        loop {
            match self.map.next_key_seed(Key(&mut seed))? {
                Some(Some(key)) => return Ok(Some(key)),
                Some(None) => {
                    let inner = self.map.next_value()?;
                    match &mut self.wrapped {
                        Some(wrapped) => wrapped.add(inner),
                        wrapped @ None => **wrapped = Some(inner),
                    }
                }
                None => return Ok(None),
            }
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// Reads a key for the row, or `None` if the key is `result_set`.
struct Key<'a, K>(&'a mut Option<K>);

impl<'de, K: DeserializeSeed<'de>> Key<'_, K> {
    fn read<D: Deserializer<'de>>(self, text: &str, key: D) -> Result<Option<K::Value>, D::Error> {
        if text == "result_set" {
            return Ok(None);
        }
        let seed = self
            .0
            .take()
            .ok_or_else(|| D::Error::custom("a key was read twice"))?;
        seed.deserialize(key).map(Some)
    }
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for Key<'_, K> {
    type Value = Option<K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for Key<'_, K> {
    type Value = Option<K::Value>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        self.read(text, text.into_deserializer())
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        self.read(text, BorrowedStrDeserializer::new(text))
    }
}

fn drain_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

fn drain_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Row {
        id: Option<i64>,
        name: Option<String>,
    }

    fn ids(text: &str) -> Option<Vec<Option<i64>>> {
        let list: Rows<Row> = serde_json::from_str(text).ok()?;
        list.is_list.then(|| list.rows.iter().map(|row| row.id).collect())
    }

    #[test]
    fn rows_alone_and_wrapped_with_fields_in_any_order() {
        assert_eq!(
            ids(r#"[{"id":1},{"x":[{}],"id":2}]"#),
            Some(vec![Some(1), Some(2)])
        );
        assert_eq!(
            ids(r#"[{"total":2,"result_set":[{"id":1},{"id":2}],"page":1},{"id":3}]"#),
            Some(vec![Some(1), Some(2), Some(3)])
        );
        assert_eq!(ids(r#"[{"result_set":[]}]"#), Some(vec![]));
        assert_eq!(ids(r#"[1,"a",null,[{"id":1}],{"id":2}]"#), Some(vec![Some(2)]));
        assert_eq!(ids(r#"[{"n\u0061me":"a","id":4}]"#), Some(vec![Some(4)]));
        assert_eq!(ids("[]"), Some(vec![]));
        for other in [
            "{}",
            "3",
            "null",
            "\"a\"",
            r#"{"id":1}"#,
            "[1]",
            "[[{}]]",
            "[null]",
        ] {
            assert_eq!(ids(other), None, "{other}");
        }
        assert!(serde_json::from_str::<Rows<Row>>("[{},]").is_err());
    }

    #[test]
    fn no_more_than_the_limit_is_kept() {
        let of = |count: usize| format!("[{}]", vec!["{}"; count].join(","));
        let read = |text: &str| {
            let list: Rows<Row> = serde_json::from_str(text).unwrap();
            (list.rows.len(), list.too_many)
        };
        assert_eq!(read(&of(MOST_ROWS)), (MOST_ROWS, false));
        assert_eq!(read(&of(MOST_ROWS + 1)), (MOST_ROWS, true));
        let wrapped = format!(r#"{{"result_set":{}}}"#, of(MOST_ROWS / 2 + 1));
        assert_eq!(read(&format!("[{wrapped},{wrapped}]")), (MOST_ROWS, true));
        // What comes behind the limit must still be JSON.
        let broken = of(MOST_ROWS + 2).replace("{}]", "{]");
        assert!(serde_json::from_str::<Rows<Row>>(&broken).is_err());
    }
}
