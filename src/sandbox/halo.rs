//! The HaloPSA REST API, as its description and public clients know it.

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

use axum::http::{Method, StatusCode};

use super::{Credentials, World, call::Call, mischief::Faults, reply::Reply, token::Tokens};

/// Rows of a page at most, of most lists.
const LARGEST_PAGE: usize = 1000;

/// What the API works on.
pub(super) struct Desk<'a> {
    pub(super) world: &'a mut World,
    pub(super) faults: &'a Faults,
    pub(super) tokens: &'a mut Tokens,
    pub(super) credentials: &'a Credentials,
    pub(super) site_url: &'a str,
}

/// Answers a call.
pub(super) fn answer(desk: &mut Desk<'_>, call: &Call) -> Reply {
    let route = call.route();
    let answered = match route.as_slice() {
        ["api", "authinfo"] => Ok(authentication::discovery(desk, call)),
        ["auth", "token"] => authentication::token(desk, call),
        ["api", resource, id @ ..] => authentication::check(desk, call, resource)
            .and_then(|()| answer_resource(desk, call, resource, id)),
        _ => Err(Reply::page(StatusCode::NOT_FOUND)),
    };
    answered.unwrap_or_else(|refusal| refusal)
}

/// Answers a call that was let in.
fn answer_resource(desk: &mut Desk<'_>, call: &Call, resource: &str, id: &[&str]) -> Result<Reply, Reply> {
    match (&call.method, resource, id) {
        (&Method::GET, "client", []) => Ok(customers::list(desk, call)),
        (&Method::GET, "client", [id]) => customers::get(desk, id),
        (&Method::POST, "client", []) => customers::post(desk, call),
        (&Method::GET, "softwarelicence", []) => Ok(licenses::list(desk, call)),
        (&Method::GET, "softwarelicence", [id]) => licenses::get(desk, id),
        (&Method::POST, "softwarelicence", []) => licenses::post(desk, call),
        (&Method::GET, "licencechange", []) => Ok(changes::list(desk, call)),
        (&Method::GET, "tickets", []) => Ok(tickets::list(desk, call)),
        (&Method::GET, "tickets", [id]) => tickets::get(desk, id),
        (&Method::POST, "tickets", []) => tickets::post(desk, call),
        (&Method::GET, "actions", []) => tickets::actions(desk, call),
        (&Method::GET, "actions", [id]) => tickets::action(desk, id),
        (&Method::POST, "actions", []) => tickets::post_actions(desk, call),
        (&Method::GET, "recurringinvoice", []) => Ok(invoices::list(desk, call)),
        (&Method::GET, "recurringinvoice", [id]) => invoices::get(desk, call, id),
        (&Method::GET, "site", []) => Ok(people::sites(desk, call)),
        (&Method::GET, "site", [id]) => people::site(desk, id),
        (&Method::GET, "users", []) => Ok(people::users(desk, call)),
        (&Method::DELETE, _, [id]) => deletion::delete(desk, resource, id),
        (&Method::GET, _, _) => lookups::get(desk, call, resource, id),
        (method, _, _) => Err(refusal::message(
            StatusCode::METHOD_NOT_ALLOWED,
            format!("The requested resource does not support http method '{method}'."),
        )),
    }
}

/// Looks a record up by the id in a path.
fn found<'a, T>(records: &'a std::collections::BTreeMap<i64, T>, id: &str) -> Result<&'a T, Reply> {
    id.parse()
        .ok()
        .and_then(|id: i64| records.get(&id))
        .ok_or_else(|| refusal::message(StatusCode::NOT_FOUND, "The record was not found."))
}
