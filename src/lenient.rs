//! Reading JSON from services that are loose with types.
//!
//! Both services were seen to send numbers as strings, flags as 0 and 1, and fields that come and go
//! between versions. These functions are for `#[serde(default, deserialize_with = "...")]`: what cannot be
//! read becomes `None`, so that one odd field never costs the whole list.

mod rows;

use rust_decimal::Decimal;
use serde::{
    Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

pub use rows::{MOST_ROWS, Rows, too_many_rows};

/// A whole number: `12`, `"12"`, `12.0`; anything else is `None`.
pub fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(integer_of(&scalar(deserializer)?))
}

/// A decimal: `4.1`, `"4.10"`, `4`; anything else is `None`. A JSON number is taken as it is written, not as the float next to it.
pub fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    Ok(match scalar(deserializer)? {
        Value::Number(number) => decimal_of(&number.to_string()),
        Value::String(text) => decimal_of(text.trim()),
        _ => None,
    })
}

fn decimal_of(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .ok()
        .map(|decimal| decimal.normalize())
}

/// A flag: `true`, `1`, `"true"`, `"1"`, `"yes"` and their opposites; anything else is `None`.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match scalar(deserializer)? {
        Value::Bool(flag) => Some(flag),
        Value::Number(number) => number.as_f64().map(|number| number != 0.0),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Some(true),
            "false" | "0" | "no" => Some(false),
            _ => None,
        },
        _ => None,
    })
}

/// Text: a string as it is, a number in digits; anything else is `None`.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match scalar(deserializer)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// The longest text to keep, in bytes: far more than any field of a record has.
const LONGEST_TEXT: usize = 1 << 20;

/// A text, number or flag. Arrays, objects and very long texts become null and nothing of them is kept: parsed, a
/// hostile one would take far more memory than its bytes.
pub fn scalar<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    struct Scalar;

    impl<'de> Visitor<'de> for Scalar {
        type Value = Value;

        fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
            formatter.write_str("any value")
        }

        fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
            Ok(flag.into())
        }

        fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
            Ok(number.into())
        }

        fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
            Ok(number.into())
        }

        fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
            Ok(number.into())
        }

        fn visit_str<E>(self, text: &str) -> Result<Value, E> {
            Ok(if text.len() > LONGEST_TEXT {
                Value::Null
            } else {
                text.into()
            })
        }

        fn visit_unit<E>(self) -> Result<Value, E> {
            Ok(Value::Null)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok(Value::Null)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Value::Null)
        }
    }
    deserializer.deserialize_any(Scalar)
}

/// The whole number in a JSON value, if it is one.
pub fn integer_of(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| whole(text.parse().ok()?))
        }
        _ => None,
    }
}

/// A float that is a whole number within the range that floats represent exactly.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn whole_numbers_in_any_form() {
        for value in [json!(12), json!("12"), json!(" 12 "), json!(12.0), json!("12.0")] {
            assert_eq!(integer_of(&value), Some(12), "{value}");
        }
        for value in [
            json!("n/a"),
            json!(null),
            json!(1.5),
            json!([1]),
            json!("1e99"),
            json!(""),
        ] {
            assert_eq!(integer_of(&value), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_number_is_read_as_what_it_is_or_not_at_all(
            text in prop_oneof!["-?[0-9]{1,25}", "-?[0-9]{1,20}\\.[0-9]{0,5}", "-?[0-9]{1,5}e-?[0-9]{1,4}", "[ -~]{0,12}"],
        ) {
            let read = integer_of(&json!(&text));
            if let Ok(number) = text.parse::<i64>() {
                prop_assert_eq!(read, Some(number));
            }
            // Without quotes it reads the same, if that is JSON and short enough for both to be exact.
            if let Ok(value @ Value::Number(_)) = serde_json::from_str::<Value>(&text) {
                let bare = integer_of(&value);
                prop_assert!(bare == read || text.len() > 15, "{bare:?} and {read:?}");
            }
        }
    }

    #[test]
    fn numbers_at_the_limits() {
        for number in [i64::MIN, i64::MAX] {
            assert_eq!(integer_of(&json!(number)), Some(number));
            assert_eq!(integer_of(&json!(number.to_string())), Some(number));
        }
        for value in [
            json!(u64::MAX),
            json!("9223372036854775808"),
            json!(f64::MAX),
            json!("inf"),
            json!("NaN"),
        ] {
            assert_eq!(integer_of(&value), None, "{value}");
        }
    }

    #[test]
    fn flags_in_any_form() {
        #[derive(serde::Deserialize)]
        struct Row {
            #[serde(default, deserialize_with = "flag")]
            inactive: Option<bool>,
        }
        let read = |text: &str| serde_json::from_str::<Row>(text).map(|row| row.inactive).ok();
        assert_eq!(read(r#"{"inactive":1}"#), Some(Some(true)));
        assert_eq!(read(r#"{"inactive":"false"}"#), Some(Some(false)));
        assert_eq!(read(r#"{"inactive":"perhaps"}"#), Some(None));
        assert_eq!(read("{}"), Some(None));
    }
}
