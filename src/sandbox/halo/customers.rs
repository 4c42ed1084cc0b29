//! Customers: `/Client`.

use serde_json::{Value, json};

use super::{Call, Instance, LARGEST_PAGE, Reply, batch, found, refusal};
use crate::sandbox::{Customer, dates::NO_DATE, paging, world::next_id};

/// Fields that Halo fills in itself.
const DERIVED: &[&str] = &["toplevel_name", "datecreated", "open_ticket_count"];

pub(super) fn list(instance: &Instance<'_>, call: &Call) -> Reply {
    let search = call.text("search");
    let inactive = call.flag("includeinactive");
    // Active ones are included unless the query says otherwise.
    let active = call.query("includeactive").is_none() || call.flag("includeactive");
    let toplevel = call.number("toplevel_id");
    let matching = instance.world.customers.values().filter(|customer| {
        (if customer.inactive { inactive } else { active })
            && toplevel.is_none_or(|id: i64| id == customer.toplevel_id)
            && search
                .as_ref()
                .is_none_or(|text| customer.name.to_lowercase().contains(text))
    });
    paging::List {
        call,
        faults: instance.faults,
        key: "clients",
        largest_page: LARGEST_PAGE,
    }
    .page(matching, row)
}

pub(super) fn get(instance: &Instance<'_>, id: &str) -> Result<Reply, Reply> {
    found(&instance.world.customers, id).map(|customer| Reply::ok(row(customer)))
}

/// Creates and updates customers.
pub(super) fn post(instance: &mut Instance<'_>, call: &Call) -> Result<Reply, Reply> {
    let mut staged: Vec<Customer> = Vec::new();
    let mut next = next_id(&instance.world.customers);
    for sent in batch::records(call)? {
        let current = match batch::number(&sent, "id")? {
            Some(id) => instance
                .world
                .customers
                .get(&id)
                .cloned()
                .ok_or_else(|| refusal::exception("System.Exception", "Client not found"))?,
            None => Customer {
                toplevel_id: 1,
                ..Customer::default()
            },
        };
        let mut customer = batch::merged(&current, &sent, DERIVED)?;
        if customer.name.trim().is_empty() {
            return Err(refusal::exception("System.Exception", "A name must be entered"));
        }
        if current.id == 0 {
            customer.id = next;
            next += 1;
        }
        staged.push(customer);
    }
    let rows = staged.iter().map(row).collect();
    instance
        .world
        .customers
        .extend(staged.into_iter().map(|customer| (customer.id, customer)));
    Ok(batch::written(instance.faults, rows))
}

/// A row as Halo sends it: more fields than anybody needs, and some numbers as strings.
fn row(customer: &Customer) -> Value {
    let mut row = json!(customer);
    row["toplevel_name"] = json!("Customers");
    row["client_to_invoice"] = json!(customer.id);
    row["colour"] = json!("#2bd3c6");
    row["datecreated"] = json!(NO_DATE);
    row["open_ticket_count"] = json!(0);
    row["use"] = json!("clients");
    if customer.id % 13 == 0 {
        row["toplevel_id"] = json!(customer.toplevel_id.to_string());
        row["calldate"] = json!("1901-01-01T00:00:00");
    }
    row
}
