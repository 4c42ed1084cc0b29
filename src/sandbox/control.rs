//! The sandbox's own endpoints, on the Halo listener under `/sandbox`; the module page lists them.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    Action, Fault, Service, Ticket, UnknownBreakage, call::Call, fault_injection::Faults, reply::Reply,
    shared::Shared,
};

/// The answer to a control request; `None` if the call is not one.
pub(super) fn answer(shared: &Shared, call: &Call) -> Option<Reply> {
    if call.service != Service::Halo {
        return None;
    }
    let route = call.route();
    let what = match route.as_slice() {
        ["sandbox", what] => what,
        ["sandbox", "tickets", id, event] if call.method == Method::POST => {
            return Some(ticket_event(shared, call, id, event));
        }
        _ => return None,
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
        (&Method::POST, "tickets") => open_ticket(shared, call),
        (&Method::GET, "mapping.csv") => Reply::text(StatusCode::OK, mapping(shared)),
        (&Method::GET, "faults") => Reply::ok(struck(shared)),
        (&Method::PUT, "faults") => set_faults(shared, call),
        (&Method::GET, "broken") => Reply::ok(json!(shared.controls().broken.names())),
        (&Method::PUT, "broken") => change_broken(shared, call, |texts| shared.break_backups(texts)),
        (&Method::DELETE, "broken") => change_broken(shared, call, |texts| shared.heal_backups(texts)),
        _ => Reply::text(StatusCode::NOT_FOUND, "the sandbox has no such control"),
    })
}

/// Every ticket with its actions.
fn tickets(shared: &Shared) -> Value {
    let row = |(ticket, actions): (Ticket, Vec<Action>)| {
        let mut row = json!(ticket);
        row["actions"] = json!(actions);
        row
    };
    shared.world().tickets_with_actions().map(row).collect()
}

/// Opens a ticket as somebody else, and answers its id.
fn open_ticket(shared: &Shared, call: &Call) -> Reply {
    let body = call.json().unwrap_or_default();
    let text = |field: &str| body[field].as_str().unwrap_or_default();
    match body["client_id"].as_i64() {
        Some(customer) if shared.world().customers.contains_key(&customer) => {
            let id = (shared.world()).open_foreign_ticket(customer, text("summary"), text("details"));
            Reply::ok(json!({"id": id}))
        }
        _ => Reply::text(StatusCode::BAD_REQUEST, "client_id is no customer's"),
    }
}

/// What somebody does to a ticket in Halo.
fn ticket_event(shared: &Shared, call: &Call, id: &str, event: &str) -> Reply {
    let Ok(id) = id.parse() else {
        return Reply::text(StatusCode::BAD_REQUEST, "that is no ticket's number");
    };
    let mut world = shared.world();
    let done = match event {
        "close" => world.close_ticket(id),
        "reopen" => world.reopen_ticket(id),
        "delete" => world.delete_ticket(id),
        "merge" => match call.json().and_then(|body| body["into"].as_i64()) {
            Some(into) => world.merge_ticket(id, into),
            None => return Reply::text(StatusCode::BAD_REQUEST, "the body is no {\"into\": id}"),
        },
        _ => return Reply::text(StatusCode::NOT_FOUND, "the sandbox has no such control"),
    };
    match done {
        Ok(()) => Reply::ok(json!({"id": id})),
        Err(missing) => Reply::text(StatusCode::NOT_FOUND, missing.to_string()),
    }
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

/// Breaks or heals the backups that the call names, and answers with all that are broken.
fn change_broken(
    shared: &Shared,
    call: &Call,
    change: impl FnOnce(&[String]) -> Result<(), UnknownBreakage>,
) -> Reply {
    let Ok(texts) = serde_json::from_slice::<Vec<String>>(&call.body) else {
        return Reply::text(StatusCode::BAD_REQUEST, "the body is no JSON array of names");
    };
    match change(&texts) {
        Ok(()) => Reply::ok(json!(shared.controls().broken.names())),
        Err(unknown) => Reply::text(StatusCode::BAD_REQUEST, unknown.to_string()),
    }
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
