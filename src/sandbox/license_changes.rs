//! Changing licenses as Halo does, which records each changed field.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{License, LicenseChange, World, dates::halo_time};

/// The fields, in the order of Halo's numbers for them (from 1), and what its screens call them.
const FIELDS: &[(&str, &str)] = &[
    ("count", "Quantity"),
    ("name", "Name"),
    ("notes", "Notes"),
    ("status", "Status"),
    ("is_active", "Active"),
    ("price", "Price"),
    ("purchase_price", "Cost"),
    ("end_date", "End Date"),
];

impl World {
    /// Sets a license's quantity and records who did so. Tests call it to act as somebody who changes it by hand. Does
    /// nothing if the quantity is the same or there is no such license.
    pub fn set_license_count(&mut self, license: i64, count: i64, who: &str) {
        self.change_license(license, who, |record| record.count = count);
    }

    /// Changes a license and records who did so, one row for each changed field.
    pub fn change_license(&mut self, license: i64, who: &str, change: impl FnOnce(&mut License)) {
        let Some(record) = self.licenses.get_mut(&license) else {
            return;
        };
        let before = fields(record);
        change(record);
        let after = fields(record);
        let datetime = halo_time(Timestamp::now());
        for (field, value) in &after {
            let old = before.get(field);
            if old == Some(value) {
                continue;
            }
            let known = FIELDS.iter().position(|(name, _)| name == field);
            self.license_changes.push(LicenseChange {
                id: self.license_changes.len() as i64 + 1,
                licence_id: license,
                field_id: known.map_or(0, |index| index as i64 + 1),
                field_name: known.map_or(field.as_str(), |index| FIELDS[index].1).to_owned(),
                old_value: old.map(plain).unwrap_or_default(),
                new_value: plain(value),
                who: who.to_owned(),
                datetime: datetime.clone(),
            });
        }
    }
}

fn fields(license: &License) -> Map<String, Value> {
    match json!(license) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// A value as text, as the record keeps it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        value => value.to_string(),
    }
}
