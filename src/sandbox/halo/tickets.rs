//! Tickets and their notes: `/Tickets` and `/Actions`.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Call, Instance, LARGEST_PAGE, Reply,
    batch::{self, Sent},
    found, refusal,
};
use crate::sandbox::{
    Action, Fault, Status, Ticket, TicketType, World, dates::halo_time, fault_injection::Faults, paging,
    world::next_id,
};

/// The most rows of a page of tickets.
const LARGEST_TICKET_PAGE: usize = 50;

/// Fields that Halo fills in itself.
const DERIVED: &[&str] = &[
    "hasbeenclosed",
    "merged_into_id",
    "client_name",
    "status_name",
    "tickettype_name",
];

/// How many characters [`Fault::SummariesCut`] leaves of a summary.
const CUT: usize = 40;
/// How long a new ticket is missing from lists with [`Fault::TicketsListedLate`].
const LATE: Duration = Duration::from_secs(6);

/// The status of a new ticket.
pub(in crate::sandbox) const NEW: i64 = 1;

/// The type of a ticket that names none.
const USUAL_TYPE: i64 = 1;

pub(super) fn list(instance: &Instance<'_>, call: &Call) -> Reply {
    let world = &*instance.world;
    let client: Option<i64> = call.number("client_id");
    let kind: Option<i64> = call.number("tickettype_id");
    let status: Option<i64> = call.number("status_id");
    let ids: Option<Vec<&str>> = (call.query("ticketids"))
        .filter(|ids| !ids.trim().is_empty())
        .map(|ids| ids.split(',').map(str::trim).collect());
    let open_only = call.flag("open_only");
    let closed_only = call.flag("closed_only");
    let search = call.text("search");
    let summary = call.text("search_summary");
    let says = |text: &str, wanted: &Option<String>| {
        wanted
            .as_ref()
            .is_none_or(|wanted| text.to_lowercase().contains(wanted))
    };
    let matching = world.tickets.values().filter(|ticket| {
        client.is_none_or(|id| ticket.client_id == Some(id))
            && kind.is_none_or(|id| ticket.tickettype_id == id)
            && status.is_none_or(|id| ticket.status_id == id)
            && (ids.as_ref()).is_none_or(|ids| ids.contains(&ticket.id.to_string().as_str()))
            && !(open_only && ticket.closed && !instance.faults.strikes(Fault::ClosedListed))
            && (!closed_only || ticket.closed)
            && says(&ticket.summary, &summary)
            && (says(&ticket.summary, &search) || search == Some(ticket.id.to_string()))
            && !is_late(instance, ticket)
    });
    paging::List {
        call,
        faults: instance.faults,
        key: "tickets",
        largest_page: LARGEST_TICKET_PAGE,
    }
    .page(matching, |ticket| list_row(world, ticket))
}

/// Whether a ticket is not in lists yet.
fn is_late(instance: &Instance<'_>, ticket: &Ticket) -> bool {
    let is_new = ticket.posted.is_some_and(|posted| posted.elapsed() < LATE);
    is_new && instance.faults.strikes(Fault::TicketsListedLate)
}

pub(super) fn get(instance: &Instance<'_>, id: &str) -> Result<Reply, Reply> {
    match found(&instance.world.tickets, id) {
        Ok(ticket) => Ok(Reply::ok(row(instance.world, ticket))),
        Err(_) if instance.faults.strikes(Fault::DeletedEmpty) => Ok(Reply::ok(json!({"summary": null}))),
        Err(refusal) => Err(refusal),
    }
}

/// Creates and updates tickets. Creating is not idempotent: the same request again makes another ticket.
pub(super) fn post(instance: &mut Instance<'_>, call: &Call) -> Result<Reply, Reply> {
    let world = &mut *instance.world;
    let mut staged: Vec<Ticket> = Vec::new();
    for sent in batch::records(call)? {
        let mut ticket = stage(world, &sent)?;
        if ticket.id == 0 && instance.faults.strikes(Fault::SummariesCut) {
            ticket.summary = ticket.summary.chars().take(CUT).collect();
        }
        staged.push(ticket);
    }
    for ticket in staged.iter_mut().filter(|ticket| ticket.id == 0) {
        ticket.id = world.next_ticket();
        ticket.posted = Some(Instant::now());
    }
    let rows = staged.iter().map(|ticket| row(world, ticket)).collect();
    world
        .tickets
        .extend(staged.into_iter().map(|ticket| (ticket.id, ticket)));
    Ok(batch::written(instance.faults, rows))
}

/// A ticket with a posted record applied to it. The id is 0 if the ticket is to be created.
fn stage(world: &World, sent: &Sent) -> Result<Ticket, Reply> {
    let current = match batch::number(sent, "id")? {
        Some(id) => world
            .tickets
            .get(&id)
            .cloned()
            .ok_or_else(|| refusal::exception("System.Exception", "Ticket not found"))?,
        None => fresh(world, sent)?,
    };
    let mut ticket: Ticket = batch::merged(&current, sent, DERIVED)?;
    if let Some(client) = ticket.client_id
        && !world.customers.contains_key(&client)
    {
        return Err(refusal::result_code(format!("Client {client} does not exist")));
    }
    let Some(kind) = world.ticket_types.get(&ticket.tickettype_id) else {
        return Err(refusal::result_code("Invalid ticket type"));
    };
    let absent = |field: &&String| {
        let value = ticket.extra.get(*field).and_then(Value::as_str);
        value.is_none_or(|text| text.trim().is_empty())
    };
    // Not even `_novalidate` gets around the fields that a ticket type requires.
    let missing: Vec<&str> = (kind.mandatory.iter().filter(absent))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() {
        return Err(refusal::exception(
            "System.Exception",
            format!("Please complete the mandatory fields: {}", missing.join(", ")),
        ));
    }
    if !world.slas.contains_key(&ticket.sla_id) {
        return Err(refusal::bare("Invalid SLA"));
    }
    if !world.has_priority(ticket.sla_id, ticket.priority_id) {
        return Err(refusal::bare("The priority does not belong to the SLA"));
    }
    let Some(status) = world.statuses.get(&ticket.status_id) else {
        return Err(refusal::bare("Invalid status"));
    };
    check_reopening(kind, current.closed, status)?;
    ticket.closed = status.closes;
    ticket.posted = current.posted;
    Ok(ticket)
}

/// Refuses to open a closed ticket of a type whose tickets stay closed.
fn check_reopening(kind: &TicketType, closed: bool, status: &Status) -> Result<(), Reply> {
    if closed && !status.closes && !kind.reopens {
        return Err(refusal::exception(
            "System.Exception",
            "A closed ticket of this type cannot be reopened",
        ));
    }
    Ok(())
}

/// A new ticket with Halo's defaults for what the record does not say: the first ticket type, that type's SLA, and the
/// SLA's last priority.
fn fresh(world: &World, sent: &Sent) -> Result<Ticket, Reply> {
    let texts = ["summary", "details", "details_html"];
    if texts.iter().all(|field| batch::text(sent, field).is_none()) {
        return Err(refusal::exception(
            "System.Exception",
            "A summary or details must be entered",
        ));
    }
    let tickettype_id = batch::number(sent, "tickettype_id")?.unwrap_or(USUAL_TYPE);
    let usual_sla = world
        .ticket_types
        .get(&tickettype_id)
        .map(|kind| kind.default_sla)
        .filter(|&id| id > 0)
        .or_else(|| world.slas.keys().next().copied())
        .unwrap_or_default();
    let sla_id = batch::number(sent, "sla_id")?.unwrap_or(usual_sla);
    let priority_id = world
        .priorities
        .iter()
        .filter(|priority| priority.slaid == sla_id && !priority.ishidden)
        .map(|priority| priority.priorityid)
        .max()
        .unwrap_or_default();
    Ok(Ticket {
        tickettype_id,
        sla_id,
        priority_id,
        status_id: NEW,
        dateoccurred: halo_time(Timestamp::now()),
        ..Ticket::default()
    })
}

/// A ticket as an answer about it alone shows it.
fn row(world: &World, ticket: &Ticket) -> Value {
    let mut row = json!(ticket);
    row["client_name"] = json!(ticket.client_id.map(|id| world.customer_name(id)));
    row["status_name"] = json!(world.statuses.get(&ticket.status_id).map(|status| &status.name));
    row["tickettype_name"] = json!(
        world
            .ticket_types
            .get(&ticket.tickettype_id)
            .map(|kind| &kind.name)
    );
    row["dateclosed"] = json!(crate::sandbox::dates::NO_DATE);
    row["guid"] = Value::Null;
    row
}

/// A ticket in a list, which does not say whether it was closed.
fn list_row(world: &World, ticket: &Ticket) -> Value {
    json!({
        "id": ticket.id,
        "summary": ticket.summary,
        "client_id": ticket.client_id,
        "client_name": ticket.client_id.map(|id| world.customer_name(id)),
        "tickettype_id": ticket.tickettype_id,
        "sla_id": ticket.sla_id,
        "priority_id": ticket.priority_id,
        "status_id": ticket.status_id,
        "dateoccurred": ticket.dateoccurred,
        "use": "ticket",
    })
}

/// `GET /Actions?ticket_id=`: the newest first.
pub(super) fn actions(instance: &Instance<'_>, call: &Call) -> Result<Reply, Reply> {
    let Some(ticket) = call.number::<i64>("ticket_id") else {
        return Err(refusal::message(
            StatusCode::BAD_REQUEST,
            "A ticket_id must be provided",
        ));
    };
    let matching = instance
        .world
        .actions
        .values()
        .rev()
        .filter(|action| action.ticket_id == ticket);
    Ok(paging::List {
        call,
        faults: instance.faults,
        key: "actions",
        largest_page: LARGEST_PAGE,
    }
    .page(matching, |action| json!(action)))
}

pub(super) fn action(instance: &Instance<'_>, id: &str) -> Result<Reply, Reply> {
    found(&instance.world.actions, id).map(|action| Reply::ok(json!(action)))
}

/// Adds actions to tickets; one with a `new_status` changes the ticket's.
pub(super) fn post_actions(instance: &mut Instance<'_>, call: &Call) -> Result<Reply, Reply> {
    let world = &mut *instance.world;
    let mut staged: Vec<Action> = Vec::new();
    for (id, sent) in (next_id(&world.actions)..).zip(batch::records(call)?) {
        staged.push(Action {
            id,
            ..stage_action(world, instance.faults, &sent)?
        });
    }
    let rows = staged.iter().map(|action| json!(action)).collect();
    for action in staged {
        let status = action.new_status.and_then(|id| world.statuses.get(&id));
        if let Some(status) = status
            && let Some(ticket) = world.tickets.get_mut(&action.ticket_id)
        {
            ticket.status_id = status.id;
            ticket.closed = status.closes;
        }
        world.actions.insert(action.id, action);
    }
    Ok(batch::written(instance.faults, rows))
}

/// Whether the workflow of a ticket's type offers an outcome; a type without a workflow offers all of them.
fn is_offered(world: &World, ticket: &Ticket, outcome: i64) -> bool {
    let kind = world.ticket_types.get(&ticket.tickettype_id);
    let workflow = kind.and_then(|kind| world.workflows.get(&kind.workflow_id));
    workflow.is_none_or(|workflow| workflow.steps.iter().flatten().any(|offered| *offered == outcome))
}

fn stage_action(world: &World, faults: &Faults, sent: &Sent) -> Result<Action, Reply> {
    let ticket = batch::number(sent, "ticket_id")?.and_then(|id| world.tickets.get(&id));
    let Some(ticket) = ticket else {
        return Err(refusal::exception("System.Exception", "Ticket not found"));
    };
    let outcome = batch::number(sent, "outcome_id")?.and_then(|id| world.outcomes.get(&id));
    let Some(outcome) = outcome else {
        return Err(refusal::bare("An Outcome must be entered for this Action"));
    };
    let offered = is_offered(world, ticket, outcome.id);
    if !outcome.permitted || !offered || faults.strikes(Fault::NotesRefused) {
        return Err(refusal::bare(
            "You do not have access to this Action at the moment",
        ));
    }
    if let Some(status) = batch::number(sent, "new_status")? {
        let Some(status) = world.statuses.get(&status) else {
            return Err(refusal::bare("Invalid status"));
        };
        if let Some(kind) = world.ticket_types.get(&ticket.tickettype_id) {
            check_reopening(kind, ticket.closed, status)?;
        }
    }
    let fresh = Action {
        outcome: outcome.outcome.clone(),
        who: world.agent.name.clone(),
        datetime: halo_time(Timestamp::now()),
        hiddenfromuser: outcome.hides,
        mailed: outcome.sends_email,
        ..Action::default()
    };
    let mut action: Action = batch::merged(&fresh, sent, &["id", "who", "datetime"])?;
    action.mailed &= !action.hiddenfromuser;
    Ok(action)
}
