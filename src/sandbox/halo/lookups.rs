//! What tickets refer to, and the small things: ticket types, SLAs, priorities, statuses, outcomes, suppliers, the
//! agent, the Microsoft integration.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Call, Instance, LARGEST_PAGE, Reply, found, refusal};
use crate::sandbox::{AzureMapping, Fault, Priority, Sla, TicketType, Workflow, World, paging};

/// The one connection of the Microsoft integration.
const AZURE_CONNECTION: i64 = 3;

pub(super) fn get(instance: &Instance<'_>, call: &Call, resource: &str, id: &[&str]) -> Result<Reply, Reply> {
    let world = &*instance.world;
    let reply = match (resource, id) {
        ("tickettype", []) => {
            let all = call.flag("showall");
            let kinds = world.ticket_types.values();
            let rows = kinds.filter(|kind| all || kind.can_create).map(type_row);
            bare(instance, "tickettypes", rows.collect())
        }
        ("tickettype", [id]) => {
            let kind = found(&world.ticket_types, id)?;
            let mut row = type_row(kind);
            row["default_sla"] = json!(kind.default_sla);
            row["workflow_id"] = json!(kind.workflow_id);
            Reply::ok(row)
        }
        ("sla", []) => {
            let priorities = call.flag("showpriorities");
            let rows = world.slas.values().map(|sla| {
                if priorities {
                    sla_row(world, sla)
                } else {
                    json!(sla)
                }
            });
            bare(instance, "slas", rows.collect())
        }
        ("sla", [id]) => Reply::ok(sla_row(world, found(&world.slas, id)?)),
        ("priority", []) => {
            let sla: Option<i64> = call.number("slaid");
            let rows = world
                .priorities
                .iter()
                .filter(|priority| sla.is_none_or(|id| id == priority.slaid))
                .map(priority_row);
            bare(instance, "priorities", rows.collect())
        }
        ("priority", [id]) => world
            .priorities
            .iter()
            .find(|priority| priority.id.eq_ignore_ascii_case(id))
            .map(|priority| Reply::ok(priority_row(priority)))
            .ok_or_else(not_there)?,
        ("status", []) => {
            let rows = world.statuses.values().map(|status| json!(status));
            bare(instance, "statuses", rows.collect())
        }
        ("outcome", []) => {
            let rows = world.outcomes.values().map(|outcome| json!(outcome));
            bare(instance, "outcomes", rows.collect())
        }
        ("workflow", []) => Reply::ok(world.workflows.values().map(workflow_row).collect()),
        ("workflow", [id]) => Reply::ok(workflow_row(found(&world.workflows, id)?)),
        ("currency", []) => Reply::ok(json!([
            {"id": 1, "name": "US Dollar", "symbol": "$", "code": "USD", "conversion_rate": 1.0}
        ])),
        ("outcome", [id]) => Reply::ok(json!(found(&world.outcomes, id)?)),
        ("supplier", []) => {
            let search = call.text("search");
            let matching = world.suppliers.values().filter(|supplier| {
                search
                    .as_ref()
                    .is_none_or(|text| supplier.name.to_lowercase().contains(text))
            });
            paging::page(
                call,
                instance.faults,
                "suppliers",
                LARGEST_PAGE,
                matching,
                |supplier| json!(supplier),
            )
        }
        ("supplier", [id]) => Reply::ok(json!(found(&world.suppliers, id)?)),
        ("agent", []) => Reply::ok(json!([world.agent])),
        ("agent", ["me"]) => {
            let mut row = json!(world.agent);
            row["is_disabled"] = json!(world.agent.isdisabled);
            Reply::ok(row)
        }
        ("azureadconnection", []) => {
            Reply::ok(json!([{"id": AZURE_CONNECTION, "name": "Partner Center", "type": 2}]))
        }
        ("azureadconnection", [id]) if *id == AZURE_CONNECTION.to_string() => {
            let tenants = call.flag("includedetails") && call.flag("includetenants");
            let mappings = world.azure_mappings.iter().filter(|_| tenants);
            let rows: Vec<Value> = mappings.map(|mapping| azure_row(world, mapping)).collect();
            Reply::ok(json!({
                "id": AZURE_CONNECTION,
                "name": "Partner Center",
                "type": 2,
                "mappings_client": rows,
            }))
        }
        ("azureadmapping", []) => {
            let rows = world
                .azure_mappings
                .iter()
                .map(|mapping| azure_row(world, mapping));
            Reply::ok(rows.collect())
        }
        ("instanceinfo", []) => Reply::ok(json!({
            "product": "HaloPSA",
            "version": "2.196.14",
            "api_version": "2.196.14",
            "timezone": "Etc/UTC",
        })),
        _ => return Err(not_there()),
    };
    Ok(reply)
}

/// A list without a wrapper, which some instances wrap all the same.
fn bare(instance: &Instance<'_>, key: &str, rows: Vec<Value>) -> Reply {
    Reply::ok(if instance.faults.strikes(Fault::WrappedLookups) {
        json!({"record_count": rows.len(), key: rows})
    } else {
        rows.into()
    })
}

fn type_row(kind: &TicketType) -> Value {
    let mut row = json!(kind);
    row["use"] = json!("ticket");
    row["group_id"] = json!(0);
    row["itilrequesttype"] = json!(kind.id);
    row
}

fn workflow_row(workflow: &Workflow) -> Value {
    let step = |(index, outcomes): (usize, &Vec<i64>)| {
        let action = |outcome: &i64| json!({"action_id": outcome, "start_step": index + 1});
        let actions: Vec<Value> = outcomes.iter().map(action).collect();
        json!({"step_id": index + 1, "flow_id": workflow.id, "isstart": index == 0, "actions": actions})
    };
    let steps: Vec<Value> = workflow.steps.iter().enumerate().map(step).collect();
    json!({"id": workflow.id, "name": workflow.name, "active": true, "steps": steps})
}

fn sla_row(world: &World, sla: &Sla) -> Value {
    let mut row = json!(sla);
    row["priorities"] = world
        .priorities
        .iter()
        .filter(|priority| priority.slaid == sla.id)
        .map(priority_row)
        .collect();
    row
}

fn priority_row(priority: &Priority) -> Value {
    let mut row = json!(priority);
    row["fixunits"] = json!("H");
    row["colour"] = json!("#d96c6c");
    row
}

fn azure_row(world: &World, mapping: &AzureMapping) -> Value {
    let mut row = json!(mapping);
    row["client_name"] = json!(world.customer_name(mapping.client_id));
    row
}

/// 404 also means that a resource is misspelled.
fn not_there() -> Reply {
    refusal::message(
        StatusCode::NOT_FOUND,
        "No HTTP resource was found that matches the request URI.",
    )
}
