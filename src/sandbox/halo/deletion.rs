//! `DELETE /<resource>/<id>`, for those records here whose deletion the vendor's API description lists.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::json;

use super::{Instance, Reply, refusal};

pub(super) fn delete(instance: &mut Instance<'_>, resource: &str, id: &str) -> Result<Reply, Reply> {
    let world = &mut *instance.world;
    let removed = match resource {
        "client" => remove(&mut world.customers, id),
        "softwarelicence" => remove(&mut world.licenses, id),
        "tickets" => id.parse().is_ok_and(|id| world.delete_ticket(id).is_ok()),
        "actions" => remove(&mut world.actions, id),
        "supplier" => remove(&mut world.suppliers, id),
        "tickettype" => remove(&mut world.ticket_types, id),
        "sla" => remove(&mut world.slas, id),
        "outcome" => remove(&mut world.outcomes, id),
        "workflow" => remove(&mut world.workflows, id),
        "priority" => {
            let before = world.priorities.len();
            (world.priorities).retain(|priority| !priority.id.eq_ignore_ascii_case(id));
            world.priorities.len() < before
        }
        _ => {
            return Err(refusal::message(
                StatusCode::METHOD_NOT_ALLOWED,
                "The requested resource does not support http method 'DELETE'.",
            ));
        }
    };
    if removed {
        Ok(Reply::ok(json!({"id": id})))
    } else {
        Err(refusal::message(
            StatusCode::NOT_FOUND,
            "The record was not found.",
        ))
    }
}

fn remove<T>(records: &mut BTreeMap<i64, T>, id: &str) -> bool {
    id.parse().is_ok_and(|id: i64| records.remove(&id).is_some())
}
