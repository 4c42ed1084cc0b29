//! The sandbox's own endpoints, on the Halo listener under `/sandbox`; the module page lists them.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Fault, Service, call::Call, fault_injection::Faults, reply::Reply, shared::Shared};

/// The answer to a control request; `None` if the call is not one.
pub(super) fn answer(shared: &Shared, call: &Call) -> Option<Reply> {
    if call.service != Service::Halo {
        return None;
    }
    let route = call.route();
    let ["sandbox", what] = route.as_slice() else {
        return None;
    };
    Some(match (&call.method, *what) {
        (&Method::GET, "requests") => Reply::ok(
            shared
                .controls()
                .log
                .entries()
                .map(|entry| json!(entry))
                .collect(),
        ),
        (&Method::DELETE, "requests") => {
            shared.controls().log.forget();
            Reply::ok(json!([]))
        }
        (&Method::GET, "licenses") => Reply::ok(
            shared
                .world()
                .licenses
                .values()
                .map(|license| json!(license))
                .collect(),
        ),
        (&Method::GET, "tickets") => Reply::ok(tickets(shared)),
        (&Method::GET, "mapping.csv") => Reply::text(StatusCode::OK, mapping(shared)),
        (&Method::GET, "faults") => Reply::ok(struck(shared)),
        (&Method::PUT, "faults") => set_faults(shared, call),
        _ => Reply::text(StatusCode::NOT_FOUND, "the sandbox has no such control"),
    })
}

/// Every ticket with its actions.
fn tickets(shared: &Shared) -> Value {
    let world = shared.world();
    world
        .tickets
        .values()
        .map(|ticket| {
            let mut row = json!(ticket);
            row["actions"] = world
                .actions
                .values()
                .filter(|action| action.ticket_id == ticket.id)
                .map(|action| json!(action))
                .collect();
            row
        })
        .collect()
}

/// Ids need no quoting.
fn mapping(shared: &Shared) -> String {
    let mut csv = String::from("organization,customer,license\n");
    for (organization, customer, license) in shared.world().suggested_mapping() {
        csv.push_str(&format!("{organization},{customer},{license}\n"));
    }
    csv
}

/// The faults that are on, and how often each has struck.
fn struck(shared: &Shared) -> Value {
    let faults = &shared.controls().faults;
    let entry = |fault: Fault| (fault.to_string(), json!(faults.struck(fault)));
    Value::Object(faults.on().map(entry).collect())
}

fn set_faults(shared: &Shared, call: &Call) -> Reply {
    let Ok(names) = serde_json::from_slice::<Vec<String>>(&call.body) else {
        return Reply::text(StatusCode::BAD_REQUEST, "the body is no JSON array of names");
    };
    let faults: Result<Vec<Fault>, _> = names.iter().map(|name| name.parse()).collect();
    match faults {
        Ok(faults) => {
            shared.controls().faults = Faults::new(faults);
            Reply::ok(json!(names))
        }
        Err(unknown) => Reply::text(StatusCode::BAD_REQUEST, unknown.to_string()),
    }
}
