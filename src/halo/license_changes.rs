//! Who changed a license: Halo's `/LicenceChange`, one row for each changed field.

use serde_json::Value;

use super::{Error, Halo, Resource, paging::Page};
use crate::{http::Request, lenient, model::LicenseChange};

/// How many rows to ask for: the newest, whichever fields they are about.
const ROWS: &str = "50";
/// The spellings of each field. The API's description does not name them, so several are tried.
const LICENSE: &[&str] = &["licenceid", "licenseid", "softwarelicenceid"];
const NEW_COUNT: &[&str] = &["newcount", "newquantity"];
const NEW_VALUE: &[&str] = &["newvalue", "new", "to"];
const OLD: &[&str] = &["oldcount", "oldquantity", "oldvalue", "old", "from"];
const FIELD_NAME: &[&str] = &["fieldname", "field", "fieldlabel", "property"];
const FIELD_ID: &[&str] = &["fieldid", "field"];
const WHO: &[&str] = &[
    "who",
    "agentname",
    "changedby",
    "username",
    "uname",
    "agent",
    "whoname",
];
const AT: &[&str] = &[
    "datetime",
    "changedate",
    "date",
    "changedat",
    "datechanged",
    "when",
];

impl Halo {
    /// Who changed a license's quantity from `before` to `count`; `None` if no row says so. The request is made
    /// on a best-effort basis: once, and not at all while the rate limiter is short of room.
    ///
    /// # Errors
    /// Also if the request would have to wait for a rate limit.
    pub async fn who_changed(
        &self,
        license: i64,
        before: i64,
        count: i64,
    ) -> Result<Option<LicenseChange>, Error> {
        let id = license.to_string();
        let query = [
            ("licence_id", id.as_str()),
            ("order", "datetime"),
            ("orderdesc", "true"),
            ("pageinate", "true"),
            ("page_no", "1"),
            ("page_size", ROWS),
        ];
        let resource = Resource::LicenseChanges;
        let mut request = Request::get(self.address(resource, None, &query)).best_effort();
        let page: Page<Value> = self
            .authorized(resource, &mut request, async |request| {
                self.http.json(request).await
            })
            .await?;
        Ok(of_quantity(&page.rows, license, before, count))
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Row {
    field: Field,
    old: Option<i64>,
    new: Option<i64>,
    who: Option<String>,
    at: Option<String>,
    id: Option<i64>,
}

/// Which field a row is about, by its own account.
#[derive(Clone, Debug, PartialEq)]
enum Field {
    Quantity,
    Other,
    /// The row gives a number instead of a name, or nothing.
    Unnamed(Option<String>),
}

impl Field {
    fn named(name: &str) -> Self {
        let name = name.to_lowercase();
        let words: Vec<&str> = name
            .split(|character: char| !character.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let is = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
        let counts = words
            .iter()
            .any(|word| word.ends_with("count") && !["account", "discount"].contains(word));
        let others = [
            "requested",
            "available",
            "use",
            "used",
            "assigned",
            "price",
            "cost",
            "type",
            "name",
            "key",
            "notes",
        ];
        if (counts || is(&["quantity", "qty", "seats", "licences", "licenses", "number"])) && !is(&others) {
            Self::Quantity
        } else {
            Self::Other
        }
    }
}

/// A row's fields by name, in lower case and without punctuation: `Old_Value`, `oldValue` and `old_value` are the
/// same field.
struct Fields<'a>(Vec<(String, &'a Value)>);

impl<'a> Fields<'a> {
    fn of(row: &'a Value) -> Option<Self> {
        let fields = row.as_object()?.iter().map(|(name, value)| {
            let letters = name.chars().filter(|character| character.is_alphanumeric());
            (letters.collect::<String>().to_lowercase(), value)
        });
        Some(Self(fields.collect()))
    }

    /// The value under the first of these names that has one.
    fn value(&self, names: &[&str]) -> Option<&'a Value> {
        names.iter().find_map(|wanted| {
            let found = self.0.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| *value).filter(|value| !value.is_null())
        })
    }

    fn text(&self, names: &[&str]) -> Option<String> {
        let text = self.value(names)?.as_str()?.trim().to_owned();
        Some(text).filter(|text| !text.is_empty())
    }

    fn number(&self, names: &[&str]) -> Option<i64> {
        self.value(names).and_then(lenient::integer_of)
    }
}

impl Row {
    /// Reads a row, unless it is about another license.
    fn read(row: &Value, license: i64) -> Option<Self> {
        let fields = Fields::of(row)?;
        if fields.number(LICENSE).is_some_and(|id| id != license) {
            return None;
        }
        let new_count = fields.number(NEW_COUNT);
        let name = fields.text(FIELD_NAME);
        Some(Self {
            field: match name.filter(|name| name.parse::<i64>().is_err()) {
                _ if new_count.is_some() => Field::Quantity,
                Some(name) => Field::named(&name),
                None => Field::Unnamed(fields.value(FIELD_ID).map(ToString::to_string)),
            },
            old: fields.number(OLD),
            new: new_count.or_else(|| fields.number(NEW_VALUE)),
            who: fields.text(WHO),
            at: fields.text(AT),
            id: fields.number(&["id"]),
        })
    }

    /// Orders rows by time, and by id if they have no time.
    fn age(&self) -> (Option<&str>, Option<i64>) {
        (self.at.as_deref(), self.id)
    }
}

/// The newest change of the quantity, if it is the one that led to `count`.
fn of_quantity(rows: &[Value], license: i64, before: i64, count: i64) -> Option<LicenseChange> {
    let rows: Vec<Row> = rows.iter().filter_map(|row| Row::read(row, license)).collect();
    let quantities = rows.iter().filter(|row| match &row.field {
        Field::Quantity => true,
        Field::Other => false,
        // Not known: it must lead from the earlier quantity to the present one, in one step or more.
        field => {
            let leads = |row: &Row| {
                row.old == Some(before)
                    || rows.iter().any(|other| {
                        other.field == *field && other.new == row.old && other.old == Some(before)
                    })
            };
            row.old.is_some() && row.new == Some(count) && leads(row)
        }
    });
    let fits = |row: &Row| row.new == Some(count) && row.old != Some(count);
    let newest = quantities.max_by_key(|row| (row.age(), fits(row), row.old == Some(before)))?;
    Some(LicenseChange {
        who: newest.who.clone().filter(|_| fits(newest))?,
        at: newest.at.clone(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn who(rows: Value) -> Option<String> {
        of_quantity(rows.as_array().unwrap(), 17, 10, 15).map(|change| change.who)
    }

    #[test]
    fn the_person_is_on_the_row_of_the_quantity() {
        let quantity = json!({"field_id": 1, "field_name": "Quantity", "old_value": "10", "new_value": "15",
            "who": "Sam", "datetime": "2026-05-01T10:00:00"});
        let notes = json!({"field_id": 3, "field_name": "Notes", "old_value": "", "new_value": "15",
            "who": "Alex", "datetime": "2026-05-02T10:00:00"});
        let earlier = json!({"field_id": 1, "field_name": "Quantity", "old_value": "15", "new_value": "10",
            "who": "Kim", "datetime": "2026-04-01T10:00:00"});
        let later = json!({"field_id": 1, "field_name": "Quantity", "old_value": "15", "new_value": "16",
            "who": "Kim", "datetime": "2026-05-03T10:00:00"});
        let another = json!({"licence_id": 18, "field_name": "Quantity", "old_value": "10", "new_value": "15",
            "who": "Kim", "datetime": "2026-05-04T10:00:00"});
        for rows in [
            json!([quantity]),
            json!([notes, quantity, earlier, another]),
            json!([another, earlier, quantity, notes]),
        ] {
            assert_eq!(who(rows).as_deref(), Some("Sam"));
        }
        for rows in [
            json!([]),
            json!([notes]),
            json!([earlier, notes]),
            json!([quantity, later]),
            json!([another]),
        ] {
            assert_eq!(who(rows.clone()), None, "{rows}");
        }
    }

    #[test]
    fn a_field_without_a_name_must_lead_to_it() {
        let row = |field: i64, old: &str, new: i64, at: i64, who: &str| json!({"field_id": field, "oldValue": old, "newValue": new, "who": who, "id": at});
        assert_eq!(
            who(json!([row(4, "10", 15, 1, "Sam"), row(9, "ten", 15, 2, "Alex")])).as_deref(),
            Some("Sam")
        );
        assert_eq!(
            who(json!([row(4, "12", 15, 2, "Sam"), row(4, "10", 12, 1, "Alex")])).as_deref(),
            Some("Sam")
        );
        assert_eq!(who(json!([row(9, "12", 15, 2, "Alex")])), None);
    }

    #[test]
    fn other_spellings() {
        for row in [
            json!({"OldCount": 10, "NewCount": 15, "agent_name": "Sam", "change_date": "2026-05-01"}),
            json!({"Field": "licence_count", "old": 10.0, "new": "15", "changed_by": "Sam"}),
            json!({"fieldname": "Number of Licences", "old_value": null, "new_value": 15, "who": "Sam"}),
        ] {
            assert_eq!(who(json!([row])).as_deref(), Some("Sam"), "{row}");
        }
        for name in [
            "Discount",
            "Account",
            "requested_quantity",
            "Licences in use",
            "Unit Price",
            "Notes",
        ] {
            let row = json!({"field_name": name, "old_value": 10, "new_value": 15, "who": "Alex"});
            assert_eq!(who(json!([row])), None, "{name}");
        }
    }
}
