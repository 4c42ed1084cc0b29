//! Reading one record. Some instances wrap it in a list: `/SoftwareLicence/17` as `{"licences": [{…}]}`.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Error, Halo, Resource, paging::Record};

impl Halo {
    /// One record by its id. `None` if there is none: Halo then answers 404, nothing, or a record without an id.
    pub(super) async fn record<T: DeserializeOwned + Record>(
        &self,
        resource: Resource,
        id: i64,
        query: &[(&str, &str)],
    ) -> Result<Option<T>, Error> {
        match self.get::<Value>(resource, Some(id), query).await {
            Ok(answer) => Ok(unwrapped(answer)
                .into_iter()
                .filter_map(|record| serde_json::from_value::<T>(record).ok())
                .find(|record| record.id() == Some(id))),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The records in an answer about one record: the answer itself, or what the list around it contains.
fn unwrapped(answer: Value) -> Vec<Value> {
    match answer {
        Value::Array(records) => records,
        Value::Object(fields) if !fields.contains_key("id") => {
            let mut lists = fields.into_values().filter(|value| !is_plain(value));
            match (lists.next(), lists.next()) {
                (Some(Value::Array(records)), None) => records,
                (Some(record), None) => vec![record],
                // A record with lists but without an id: it was deleted.
                _ => Vec::new(),
            }
        }
        record => vec![record],
    }
}

/// Whether a value is neither a list nor an object.
fn is_plain(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_record_in_any_wrapper() {
        let record = json!({"id": 17, "notes": ["a"]});
        for answer in [
            record.clone(),
            json!([record]),
            json!({"licences": [record]}),
            json!({"record_count": 1, "licences": [record]}),
            json!({"licence": record}),
        ] {
            assert_eq!(unwrapped(answer.clone()), vec![record.clone()], "{answer}");
        }
        for nothing in [
            json!({"record_count": 0, "tickets": []}),
            json!({}),
            json!({"summary": "gone", "actions": [{"id": 17}], "fields": [{"id": 17}]}),
        ] {
            assert!(unwrapped(nothing.clone()).is_empty(), "{nothing}");
        }
    }
}
