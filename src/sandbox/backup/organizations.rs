//! The partner's own lists: organizations (`/users`) and plans.

use serde_json::{Value, json};

use super::{lists, refused};
use crate::sandbox::{Fault, Organization, World, call::Call, fault_injection::Faults, reply::Reply};

use axum::http::StatusCode;

/// `GET /users`.
pub(super) fn list(world: &World, faults: &Faults, call: &Call) -> Reply {
    lists::bare(call, faults, listed(world, faults), |(index, organization)| {
        row(faults, index, organization)
    })
}

/// `GET /users/{id}`.
pub(super) fn get(world: &World, faults: &Faults, id: &str) -> Result<Reply, Reply> {
    listed(world, faults)
        .find(|(_, organization)| organization.id.eq_ignore_ascii_case(id))
        .map(|(index, organization)| Reply::ok(row(faults, index, organization)))
        .ok_or_else(|| refused(StatusCode::NOT_FOUND, "User not found"))
}

/// The organizations that the list shows with these faults, each with its position.
fn listed<'a>(world: &'a World, faults: &Faults) -> impl Iterator<Item = (usize, &'a Organization)> {
    let all = world.organizations.len();
    let listed = if all > 0 && faults.strikes(Fault::OrganizationsEmpty) {
        0
    } else if all > 1 && faults.strikes(Fault::OrganizationsShort) {
        all - all * 6 / 10
    } else {
        all
    };
    world.organizations[..listed].iter().enumerate()
}

/// An organization's row, which a fault may garble.
fn row(faults: &Faults, index: usize, organization: &Organization) -> Value {
    let mut row = json!(organization);
    let garbled = match index % 5 {
        1 => Some(json!("n/a")),
        3 => Some(Value::Null),
        _ => None,
    };
    if let Some(garbled) = garbled
        && faults.strikes(Fault::SeatsGarbled)
    {
        row["seats_used"] = garbled;
    }
    row
}

/// `GET /plans`.
pub(super) fn plans(faults: &Faults, call: &Call) -> Reply {
    let plans = [
        json!({"id": "311", "name": "SaaS Backup", "product_type": "backup", "currency": "USD",
               "amount": "2.50", "periodicity": "monthly"}),
        json!({"id": "312", "name": "SaaS Backup + Archive", "product_type": "backup_archive",
               "currency": "USD", "amount": "3.75", "periodicity": "monthly"}),
    ];
    lists::bare(call, faults, plans.into_iter(), |plan| plan)
}
