//! Records that are only read: ticket types, SLAs, priorities, statuses, outcomes, workflows, suppliers, the agent and
//! the Microsoft integration.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Call, Instance, LARGEST_PAGE, Reply, found, refusal};
use crate::sandbox::{Agent, AzureMapping, Fault, Priority, Sla, TicketType, Workflow, World, paging};

/// The one connection of the Microsoft integration.
const AZURE_CONNECTION: i64 = 3;

pub(super) fn get(instance: &Instance<'_>, call: &Call, resource: &str, id: &[&str]) -> Result<Reply, Reply> {
    match resource {
        "tickettype" => ticket_types(instance, call, id),
        "sla" => slas(instance, call, id),
        "priority" => priorities(instance, call, id),
        "outcome" => outcomes(instance, id),
        "workflow" => workflows(instance, id),
        "supplier" => suppliers(instance, call, id),
        "agent" => agents(instance, call, id),
        "azureadconnection" => azure_connections(instance, call, id),
        _ if !id.is_empty() => Err(not_there()),
        "status" => {
            let rows = instance.world.statuses.values().map(|status| json!(status));
            Ok(bare(instance, "statuses", rows.collect()))
        }
        "currency" => Ok(Reply::ok(json!([
            {"id": 1, "name": "US Dollar", "symbol": "$", "code": "USD", "conversion_rate": 1.0}
        ]))),
        "azureadmapping" => {
            let world = &*instance.world;
            let mappings = world.azure_mappings.iter();
            Ok(Reply::ok(
                mappings.map(|mapping| azure_row(world, mapping)).collect(),
            ))
        }
        "instanceinfo" => Ok(Reply::ok(json!({
            "product": "HaloPSA",
            "version": "2.196.14",
            "api_version": "2.196.14",
            "timezone": "Etc/UTC",
        }))),
        _ => Err(not_there()),
    }
}

fn ticket_types(instance: &Instance<'_>, call: &Call, id: &[&str]) -> Result<Reply, Reply> {
    let types = &instance.world.ticket_types;
    match id {
        [] => {
            let all = call.flag("showall");
            let offered = types.values().filter(|kind| all || kind.can_create);
            Ok(bare(instance, "tickettypes", offered.map(type_row).collect()))
        }
        [id] => {
            let kind = found(types, id)?;
            let mut row = type_row(kind);
            row["default_sla"] = json!(kind.default_sla);
            row["workflow_id"] = json!(kind.workflow_id);
            Ok(Reply::ok(row))
        }
        _ => Err(not_there()),
    }
}

fn slas(instance: &Instance<'_>, call: &Call, id: &[&str]) -> Result<Reply, Reply> {
    let world = &*instance.world;
    match id {
        [] => {
            let priorities = call.flag("showpriorities");
            let row = |sla: &Sla| {
                if priorities {
                    sla_row(world, sla)
                } else {
                    json!(sla)
                }
            };
            Ok(bare(instance, "slas", world.slas.values().map(row).collect()))
        }
        [id] => Ok(Reply::ok(sla_row(world, found(&world.slas, id)?))),
        _ => Err(not_there()),
    }
}

fn priorities(instance: &Instance<'_>, call: &Call, id: &[&str]) -> Result<Reply, Reply> {
    let priorities = instance.world.priorities.iter();
    match id {
        [] => {
            let sla: Option<i64> = call.number("slaid");
            let of_sla = priorities.filter(|priority| sla.is_none_or(|id| id == priority.slaid));
            Ok(bare(instance, "priorities", of_sla.map(priority_row).collect()))
        }
        [id] => {
            let mut priorities = priorities;
            priorities
                .find(|priority| priority.id.eq_ignore_ascii_case(id))
                .map(|priority| Reply::ok(priority_row(priority)))
                .ok_or_else(not_there)
        }
        _ => Err(not_there()),
    }
}

fn outcomes(instance: &Instance<'_>, id: &[&str]) -> Result<Reply, Reply> {
    let outcomes = &instance.world.outcomes;
    match id {
        [] => {
            let rows = outcomes.values().map(|outcome| json!(outcome));
            Ok(bare(instance, "outcomes", rows.collect()))
        }
        [id] => Ok(Reply::ok(json!(found(outcomes, id)?))),
        _ => Err(not_there()),
    }
}

fn workflows(instance: &Instance<'_>, id: &[&str]) -> Result<Reply, Reply> {
    let workflows = &instance.world.workflows;
    match id {
        [] => Ok(Reply::ok(workflows.values().map(workflow_row).collect())),
        [id] => Ok(Reply::ok(workflow_row(found(workflows, id)?))),
        _ => Err(not_there()),
    }
}

fn suppliers(instance: &Instance<'_>, call: &Call, id: &[&str]) -> Result<Reply, Reply> {
    let suppliers = &instance.world.suppliers;
    match id {
        [] => {
            let search = call.text("search");
            let matching = suppliers.values().filter(|supplier| {
                search
                    .as_ref()
                    .is_none_or(|text| supplier.name.to_lowercase().contains(text))
            });
            let list = paging::List {
                call,
                faults: instance.faults,
                key: "suppliers",
                largest_page: LARGEST_PAGE,
            };
            Ok(list.page(matching, |supplier| json!(supplier)))
        }
        [id] => Ok(Reply::ok(json!(found(suppliers, id)?))),
        _ => Err(not_there()),
    }
}

fn agents(instance: &Instance<'_>, call: &Call, id: &[&str]) -> Result<Reply, Reply> {
    let world = &*instance.world;
    match id {
        [] => {
            // Enabled ones are included unless the query says otherwise.
            let enabled = call.query("includeenabled").is_none() || call.flag("includeenabled");
            let disabled = call.flag("includedisabled");
            let listed = |agent: &&Agent| if agent.isdisabled { disabled } else { enabled };
            let rows = world.agents.iter().chain([&world.agent]).filter(listed);
            let rows = rows.map(|agent| agent_row(world, agent));
            Ok(bare(instance, "agents", rows.collect()))
        }
        ["me"] => Ok(Reply::ok(agent_row(world, &world.agent))),
        _ => Err(not_there()),
    }
}

/// An agent, whose teams are records of their own.
fn agent_row(world: &World, agent: &Agent) -> Value {
    let names: BTreeSet<&String> = world.agents.iter().flat_map(|agent| &agent.teams).collect();
    let team = |name: &String| {
        let id = names
            .iter()
            .position(|known| *known == name)
            .map(|place| place + 1);
        json!({"agent_id": agent.id, "team_id": id, "team_name": name, "fortickets": true})
    };
    let teams: Vec<Value> = agent.teams.iter().map(team).collect();
    let mut row = json!(agent);
    row["is_disabled"] = json!(agent.isdisabled);
    row["team"] = json!(agent.teams.first());
    row["teams"] = json!(teams);
    row
}

fn azure_connections(instance: &Instance<'_>, call: &Call, id: &[&str]) -> Result<Reply, Reply> {
    let world = &*instance.world;
    match id {
        [] => Ok(Reply::ok(
            json!([{"id": AZURE_CONNECTION, "name": "Partner Center", "type": 2}]),
        )),
        [id] if *id == AZURE_CONNECTION.to_string() => {
            let tenants = call.flag("includedetails") && call.flag("includetenants");
            let mappings = world.azure_mappings.iter().filter(|_| tenants);
            let rows: Vec<Value> = mappings.map(|mapping| azure_row(world, mapping)).collect();
            Ok(Reply::ok(json!({
                "id": AZURE_CONNECTION,
                "name": "Partner Center",
                "type": 2,
                "mappings_client": rows,
            })))
        }
        _ => Err(not_there()),
    }
}

/// A list without a wrapper, or with one, as some instances have it.
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

/// There is no such resource or record.
fn not_there() -> Reply {
    refusal::message(
        StatusCode::NOT_FOUND,
        "No HTTP resource was found that matches the request URI.",
    )
}
