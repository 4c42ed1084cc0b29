//! Customers' sites and the people there: `/Site` and `/Users`. Neither is seeded: every customer has one site with one
//! person, and with the general user that tickets without a person go to.

use serde_json::{Value, json};

use super::{Call, Instance, LARGEST_PAGE, Reply, refusal};
use crate::sandbox::{Customer, names, paging};

use axum::http::StatusCode;

/// Added to a customer's id, it gives the id of the customer's site.
const SITES: i64 = 1_000_000;

pub(super) fn sites(instance: &Instance<'_>, call: &Call) -> Reply {
    let matching = customers(instance, call);
    paging::List {
        call,
        faults: instance.faults,
        key: "sites",
        largest_page: LARGEST_PAGE,
    }
    .page(matching, site_row)
}

pub(super) fn site(instance: &Instance<'_>, id: &str) -> Result<Reply, Reply> {
    let customer = id
        .parse::<i64>()
        .ok()
        .and_then(|id| instance.world.customers.get(&(id - SITES)));
    match customer {
        Some(customer) => Ok(Reply::ok(site_row(customer))),
        None => Err(refusal::message(
            StatusCode::NOT_FOUND,
            "The record was not found.",
        )),
    }
}

pub(super) fn users(instance: &Instance<'_>, call: &Call) -> Reply {
    let general = !call.flag("exclude_generaluser");
    let search = call.text("search");
    let matching = customers(instance, call)
        .flat_map(user_rows)
        .filter(|user| general || user["is_general_user"] == false)
        .filter(|user| {
            let name = user["name"].as_str().unwrap_or_default().to_lowercase();
            search.as_ref().is_none_or(|text| name.contains(text))
        });
    paging::List {
        call,
        faults: instance.faults,
        key: "users",
        largest_page: LARGEST_PAGE,
    }
    .page(matching, |user| user)
}

/// The customers whose sites or users are listed.
fn customers<'a>(instance: &'a Instance<'_>, call: &Call) -> impl Iterator<Item = &'a Customer> {
    let client: Option<i64> = call.number("client_id");
    let site: Option<i64> = call.number("site_id");
    let inactive = call.flag("includeinactive");
    instance.world.customers.values().filter(move |customer| {
        (inactive || !customer.inactive)
            && client.is_none_or(|id| id == customer.id)
            && site.is_none_or(|id| id == customer.id + SITES)
    })
}

fn site_row(customer: &Customer) -> Value {
    json!({
        "id": customer.id + SITES,
        "name": "Main",
        "client_id": customer.id,
        "client_name": customer.name,
        "inactive": customer.inactive,
        "isinvoicesite": true,
        "isstocklocation": false,
    })
}

fn user_rows(customer: &Customer) -> [Value; 2] {
    let (given, family) = names::person(customer.id.unsigned_abs() as usize);
    let domain = names::plain(&customer.name);
    let row = |number: i64, name: String, email: Option<String>| {
        json!({
            "id": customer.id * 10 + number,
            "name": name,
            "emailaddress": email,
            "client_id": customer.id,
            "client_name": customer.name,
            "site_id": customer.id + SITES,
            "site_name": "Main",
            "inactive": customer.inactive,
            "is_general_user": number == 1,
        })
    };
    [
        row(1, "General User".to_owned(), None),
        row(
            2,
            format!("{given} {family}"),
            Some(format!("{}@{domain}.example", names::plain(given))),
        ),
    ]
}
