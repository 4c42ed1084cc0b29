//! What all of Halo's POSTs have in common: an array of records, each of which creates a record or updates the fields
//! that it carries.

use axum::http::StatusCode;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{Call, Reply, refusal};
use crate::sandbox::{Fault, fault_injection::Faults};

/// The fields of one posted record.
pub(super) type Sent = Map<String, Value>;

/// The posted records. Anything but an array of objects is refused, even for a single record.
pub(super) fn records(call: &Call) -> Result<Vec<Sent>, Reply> {
    let Some(body) = call.json() else {
        return Err(refusal::message(
            StatusCode::BAD_REQUEST,
            "The request is invalid: the body is not JSON.",
        ));
    };
    let Value::Array(items) = body else {
        return Err(refusal::message(
            StatusCode::BAD_REQUEST,
            "Cannot deserialize the current JSON object because the type requires a JSON array \
             (e.g. [1,2,3]) to deserialize correctly.",
        ));
    };
    if items.is_empty() {
        return Err(refusal::result_code("No records were sent"));
    }
    items
        .into_iter()
        .map(|item| match item {
            Value::Object(fields) => Ok(fields),
            _ => Err(refusal::message(
                StatusCode::BAD_REQUEST,
                "Error converting a value of the array to a record.",
            )),
        })
        .collect()
}

/// A number among the fields, which may come as a string. Null counts as not sent.
pub(super) fn number(sent: &Sent, field: &str) -> Result<Option<i64>, Reply> {
    let number = match sent.get(field) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(_) => None,
    };
    match number {
        Some(number) => Ok(Some(number)),
        None => Err(conversion(field)),
    }
}

/// A text among the fields; an empty one counts as not sent.
pub(super) fn text<'a>(sent: &'a Sent, field: &str) -> Option<&'a str> {
    sent.get(field)?.as_str().filter(|text| !text.trim().is_empty())
}

/// A record with the fields that were sent in place of its own. Null resets a field to its default. `derived` are the
/// fields that Halo fills in itself: clients send them back, and Halo ignores them.
pub(super) fn merged<T: Serialize + DeserializeOwned>(
    record: &T,
    sent: &Sent,
    derived: &[&str],
) -> Result<T, Reply> {
    let mut whole = match serde_json::to_value(record) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    for (field, value) in sent {
        if derived.contains(&field.as_str()) {
            continue;
        }
        if value.is_null() {
            whole.remove(field);
            continue;
        }
        // A number may come as a string, as it sometimes does in Halo's own answers.
        let number = whole
            .get(field)
            .filter(|current| current.is_number())
            .and(value.as_str())
            .and_then(|text| text.trim().parse::<i64>().ok());
        let value = number.map_or_else(|| value.clone(), Value::from);
        whole.insert(field.clone(), value);
    }
    serde_json::from_value(Value::Object(whole))
        .map_err(|error| refusal::exception("Newtonsoft.Json.JsonReaderException", error.to_string()))
}

/// The answer to a write: one record as an object, several as an array, or only the last one.
pub(super) fn written(faults: &Faults, mut rows: Vec<Value>) -> Reply {
    if rows.len() > 1 && faults.strikes(Fault::LastAnswered) {
        rows.drain(..rows.len() - 1);
    }
    let body = if rows.len() == 1 {
        rows.remove(0)
    } else {
        rows.into()
    };
    Reply::json(StatusCode::CREATED, body)
}

/// The refusal of a value of the wrong kind.
pub(super) fn conversion(field: &str) -> Reply {
    refusal::exception(
        "Newtonsoft.Json.JsonReaderException",
        format!("Input string is not a valid integer. Path '[0].{field}', line 1."),
    )
}
