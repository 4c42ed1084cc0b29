//! `/LicenceChange`: what was changed on licenses, one row for each field.

use serde_json::json;

use super::{Call, Instance, LARGEST_PAGE, Reply};
use crate::sandbox::{LicenseChange, paging};

/// The recorded changes, oldest first unless another order is asked for.
pub(super) fn list(instance: &Instance<'_>, call: &Call) -> Reply {
    let license: Option<i64> = call.number("licence_id");
    let mut matching: Vec<&LicenseChange> = (instance.world.license_changes.iter())
        .filter(|change| license.is_none_or(|id| id == change.licence_id))
        .collect();
    match call.text("order").as_deref() {
        Some("datetime" | "change_date" | "id") => {
            matching.sort_by(|one, other| (&one.datetime, one.id).cmp(&(&other.datetime, other.id)));
        }
        Some("field_name") => matching.sort_by(|one, other| one.field_name.cmp(&other.field_name)),
        _ => {}
    }
    if call.flag("orderdesc") {
        matching.reverse();
    }
    paging::List {
        call,
        faults: instance.faults,
        key: "licencechanges",
        largest_page: LARGEST_PAGE,
    }
    .page(matching.into_iter(), |change| json!(change))
}
