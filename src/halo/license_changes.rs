//! Who changed a license: Halo's `/LicenceChange`, one row a changed field.

use serde_json::Value;

use super::{Error, Halo, Resource, paging::Page};
use crate::{http::Request, lenient, model::LicenseChange};

/// Rows asked for: the newest, of whatever fields.
const ROWS: &str = "50";

impl Halo {
    /// Who gave a license the quantity `count`, after it had been `before`; `None` where no row tells. A courtesy:
    /// asked once, and not at all where the requests of the moment are needed for more.
    ///
    /// # Errors
    /// Also where a rate limit would have to be waited for.
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

/// A row. Its fields are in no description, so several spellings are tried.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    field: Field,
    old: Option<i64>,
    new: Option<i64>,
    who: Option<String>,
    at: Option<String>,
    id: Option<i64>,
}

/// Which field a row is about.
#[derive(Clone, Debug, PartialEq)]
enum Field {
    /// It says that it is the quantity.
    Quantity,
    /// It says that it is something else.
    Other,
    /// It has a number, or nothing.
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

impl Row {
    fn read(row: &Value, license: i64) -> Option<Self> {
        // `Old_Value`, `oldValue` and `old_value` are one name.
        let fields: Vec<(String, &Value)> = row
            .as_object()?
            .iter()
            .map(|(name, value)| {
                let letters = name.chars().filter(|character| character.is_alphanumeric());
                (letters.collect::<String>().to_lowercase(), value)
            })
            .collect();
        let value = |names: &[&str]| {
            names.iter().find_map(|wanted| {
                let found = fields.iter().find(|(name, _)| name == wanted);
                found.map(|(_, value)| *value).filter(|value| !value.is_null())
            })
        };
        let text = |names: &[&str]| {
            let text = value(names)?.as_str()?.trim().to_owned();
            Some(text).filter(|text| !text.is_empty())
        };
        let number = |names: &[&str]| value(names).and_then(lenient::integer_of);
        let whose = number(&["licenceid", "licenseid", "softwarelicenceid"]);
        if whose.is_some_and(|whose| whose != license) {
            return None;
        }
        let counts = number(&["newcount", "newquantity"]);
        let name = text(&["fieldname", "field", "fieldlabel", "property"]);
        Some(Self {
            field: match name.filter(|name| name.parse::<i64>().is_err()) {
                _ if counts.is_some() => Field::Quantity,
                Some(name) => Field::named(&name),
                None => Field::Unnamed(value(&["fieldid", "field"]).map(ToString::to_string)),
            },
            old: number(&["oldcount", "oldquantity", "oldvalue", "old", "from"]),
            new: counts.or_else(|| number(&["newvalue", "new", "to"])),
            who: text(&[
                "who",
                "agentname",
                "changedby",
                "username",
                "uname",
                "agent",
                "whoname",
            ]),
            at: text(&[
                "datetime",
                "changedate",
                "date",
                "changedat",
                "datechanged",
                "when",
            ]),
            id: number(&["id"]),
        })
    }

    /// Rows of a later time are greater; where none is told, the id tells.
    fn age(&self) -> (Option<&str>, Option<i64>) {
        (self.at.as_deref(), self.id)
    }
}

/// The newest row about the quantity, if it is the one that led to `count`.
fn of_quantity(rows: &[Value], license: i64, before: i64, count: i64) -> Option<LicenseChange> {
    let rows: Vec<Row> = rows.iter().filter_map(|row| Row::read(row, license)).collect();
    let quantities = rows.iter().filter(|row| match &row.field {
        Field::Quantity => true,
        Field::Other => false,
        // Nobody says what it is: it must lead from the quantity before to the one now, in one step or more.
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
