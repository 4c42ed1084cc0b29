//! Recurring invoices, which can only be read: `/RecurringInvoice`.

use serde_json::{Value, json};

use super::{Call, Instance, LARGEST_PAGE, Reply, found};
use crate::sandbox::{Fault, InvoiceLine, LineLicense, RecurringInvoice, World, paging};

pub(super) fn list(instance: &Instance<'_>, call: &Call) -> Reply {
    let world = &*instance.world;
    let client: Option<i64> = call.number("client_id");
    let matching = (world.recurring_invoices.values())
        .filter(|invoice| client.is_none_or(|client| client == invoice.client_id));
    let faults = instance.faults;
    let lines = call.flag("includelines") && !faults.strikes(Fault::LinesMissing);
    paging::List {
        call,
        faults: instance.faults,
        key: "invoices",
        largest_page: LARGEST_PAGE,
    }
    .page(matching, |invoice| row(world, invoice, lines))
}

pub(super) fn get(instance: &Instance<'_>, call: &Call, id: &str) -> Result<Reply, Reply> {
    let invoice = found(&instance.world.recurring_invoices, id)?;
    Ok(Reply::ok(row(
        instance.world,
        invoice,
        call.flag("includedetails"),
    )))
}

fn row(world: &World, invoice: &RecurringInvoice, lines: bool) -> Value {
    let mut row = json!(invoice);
    row["client_name"] = json!(world.customer_name(invoice.client_id));
    row["is_recurring_invoice"] = json!(true);
    row["currency_code"] = json!(1);
    if lines {
        row["lines"] = (invoice.lines.iter()).map(|line| line_row(world, line)).collect();
    }
    row
}

fn line_row(world: &World, line: &InvoiceLine) -> Value {
    let mut row = json!(line);
    let mut counted = line
        .quantity_licences
        .iter()
        .chain(&line.quantity_subscriptions)
        .peekable();
    row["qty_order"] = if counted.peek().is_none() {
        json!(line.quantity)
    } else {
        json!(counted.map(|entry| billed(world, entry)).sum::<i64>())
    };
    for key in ["quantity_licences", "quantity_subscriptions"] {
        for entry in row[key].as_array_mut().into_iter().flatten() {
            let license = entry["licence_id"]
                .as_i64()
                .and_then(|id| world.licenses.get(&id));
            entry["licence_name"] = json!(license.map(|license| &license.name));
        }
    }
    row
}

/// The quantity that a line bills for a license.
fn billed(world: &World, entry: &LineLicense) -> i64 {
    let Some(license) = world.licenses.get(&entry.licence_id) else {
        return 0;
    };
    let counted = if entry.assigned_licences {
        license.licences_in_use
    } else {
        license.count
    };
    counted
        .saturating_sub(entry.qty_free)
        .max(entry.minimum_qty)
        .max(0)
}
