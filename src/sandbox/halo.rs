//! The HaloPSA REST API, as its description and public clients have it.

mod authentication;
mod batch;
mod changes;
mod customers;
mod deletion;
mod invoices;
mod licenses;
mod lookups;
mod people;
mod refusal;
mod tickets;

pub(super) use tickets::NEW as NEW_TICKET;

use axum::http::{Method, StatusCode};

use super::{Credentials, World, call::Call, fault_injection::Faults, reply::Reply, token::Tokens};

/// The most rows of a page, in most lists.
const LARGEST_PAGE: usize = 1000;

/// Everything that answers depend on.
pub(super) struct Instance<'a> {
    pub(super) world: &'a mut World,
    pub(super) faults: &'a Faults,
    pub(super) tokens: &'a mut Tokens,
    pub(super) credentials: &'a Credentials,
    pub(super) site_url: &'a str,
}

/// Answers a call.
pub(super) fn answer(instance: &mut Instance<'_>, call: &Call) -> Reply {
    let route = call.route();
    let answered = match route.as_slice() {
        ["api", "authinfo"] => Ok(authentication::discovery(instance, call)),
        ["auth", "token"] => authentication::token(instance, call),
        ["api", resource, id @ ..] => authentication::check(instance, call, resource)
            .and_then(|()| answer_resource(instance, call, resource, id)),
        _ => Err(Reply::page(StatusCode::NOT_FOUND)),
    };
    answered.unwrap_or_else(|refusal| refusal)
}

/// Answers an authorized call.
fn answer_resource(
    instance: &mut Instance<'_>,
    call: &Call,
    resource: &str,
    id: &[&str],
) -> Result<Reply, Reply> {
    match (&call.method, resource, id) {
        (&Method::GET, "client", []) => Ok(customers::list(instance, call)),
        (&Method::GET, "client", [id]) => customers::get(instance, id),
        (&Method::POST, "client", []) => customers::post(instance, call),
        (&Method::GET, "softwarelicence", []) => Ok(licenses::list(instance, call)),
        (&Method::GET, "softwarelicence", [id]) => licenses::get(instance, id),
        (&Method::POST, "softwarelicence", []) => licenses::post(instance, call),
        (&Method::GET, "licencechange", []) => Ok(changes::list(instance, call)),
        (&Method::GET, "tickets", []) => Ok(tickets::list(instance, call)),
        (&Method::GET, "tickets", [id]) => tickets::get(instance, id),
        (&Method::POST, "tickets", []) => tickets::post(instance, call),
        (&Method::GET, "actions", []) => tickets::actions(instance, call),
        (&Method::GET, "actions", [id]) => tickets::action(instance, id),
        (&Method::POST, "actions", []) => tickets::post_actions(instance, call),
        (&Method::GET, "recurringinvoice", []) => Ok(invoices::list(instance, call)),
        (&Method::GET, "recurringinvoice", [id]) => invoices::get(instance, call, id),
        (&Method::GET, "site", []) => Ok(people::sites(instance, call)),
        (&Method::GET, "site", [id]) => people::site(instance, id),
        (&Method::GET, "users", []) => Ok(people::users(instance, call)),
        (&Method::DELETE, _, [id]) => deletion::delete(instance, resource, id),
        (&Method::GET, _, _) => lookups::get(instance, call, resource, id),
        (method, _, _) => Err(refusal::message(
            StatusCode::METHOD_NOT_ALLOWED,
            format!("The requested resource does not support http method '{method}'."),
        )),
    }
}

/// Looks up a record by the id in a path.
fn found<'a, T>(records: &'a std::collections::BTreeMap<i64, T>, id: &str) -> Result<&'a T, Reply> {
    id.parse()
        .ok()
        .and_then(|id: i64| records.get(&id))
        .ok_or_else(|| refusal::message(StatusCode::NOT_FOUND, "The record was not found."))
}
