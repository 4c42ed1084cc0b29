//! NinjaOne SaaS Backup's partner API (Dropsuite), as public clients have it.
//!
//! Every request carries `X-Reseller-Token` and `X-Access-Token`. The partner's access token gives access to the lists
//! of organizations and plans; what is inside an organization needs that organization's own `authentication_token`,
//! from its row.

mod lists;
mod organization;
mod organizations;

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::{Credentials, World, call::Call, fault_injection::Faults, reply::Reply};

/// Answers a call.
pub(super) fn answer(world: &World, faults: &Faults, credentials: &Credentials, call: &Call) -> Reply {
    if call.header("x-reseller-token") != Some(credentials.reseller_token.as_str()) {
        return refused(StatusCode::UNAUTHORIZED, "Invalid reseller token");
    }
    let Some(token) = call.header("x-access-token") else {
        return refused(StatusCode::UNAUTHORIZED, "Access token is missing");
    };
    let route = call.route();
    let ["api", path @ ..] = route.as_slice() else {
        return refused(StatusCode::NOT_FOUND, "Not found");
    };
    if call.method != Method::GET {
        return refused(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
    }
    let answered = if token == credentials.access_token {
        answer_partner(world, faults, call, path)
    } else {
        (world.organizations.iter())
            .find(|organization| organization.authentication_token == token)
            .and_then(|organization| organization::answer(organization, faults, call, path))
            .unwrap_or_else(|| Err(not_authorized()))
    };
    answered.unwrap_or_else(|refusal| refusal)
}

/// Answers a call with the partner's token. Other paths, if they exist, need an organization's token.
fn answer_partner(world: &World, faults: &Faults, call: &Call, path: &[&str]) -> Result<Reply, Reply> {
    match path {
        ["status"] => Ok(Reply::ok(json!("OK"))),
        ["plans"] => Ok(organizations::plans(faults, call)),
        ["users"] => Ok(organizations::list(world, faults, call)),
        ["users", id] => organizations::get(world, faults, id),
        _ => Err(not_authorized()),
    }
}

fn not_authorized() -> Reply {
    refused(StatusCode::UNAUTHORIZED, "not authorized to perform this action")
}

fn refused(status: StatusCode, error: &str) -> Reply {
    Reply::json(status, json!({"error": error}))
}
