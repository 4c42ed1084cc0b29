//! NinjaOne SaaS Backup's partner API (Dropsuite), as public clients know it.
//!
//! Every request carries `X-Reseller-Token` and `X-Access-Token`. The partner-wide access token opens the lists of
//! organizations and plans; what is inside an organization opens only with that organization's own
//! `authentication_token`, out of its row.

use axum::http::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Credentials, Fault, Organization, Product, World, call::Call, mischief::Faults, reply::Reply};

/// Rows of a page at most, and of one that named no size.
const LARGEST_PAGE: usize = 100;

/// Answers a call.
pub(super) fn answer(world: &World, faults: &Faults, credentials: &Credentials, call: &Call) -> Reply {
    if call.header("x-reseller-token") != Some(credentials.reseller_token.as_str()) {
        return refused(StatusCode::UNAUTHORIZED, "Invalid reseller token");
    }
    let Some(token) = call.header("x-access-token") else {
        return refused(StatusCode::UNAUTHORIZED, "Access token is missing");
    };
    let route = call.route();
    let ["api", rest @ ..] = route.as_slice() else {
        return refused(StatusCode::NOT_FOUND, "Not found");
    };
    if call.method != Method::GET {
        return refused(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
    }
    let within = |token: &str| -> Result<&Organization, Reply> {
        world
            .organizations
            .iter()
            .find(|organization| organization.authentication_token == token)
            .ok_or_else(not_authorized)
    };
    let answered = match rest {
        ["users", id, "tenants"] => within(token).and_then(|organization| {
            if organization.id.eq_ignore_ascii_case(id) {
                Ok(list(call, faults, organization.tenants.iter()))
            } else {
                Err(not_authorized())
            }
        }),
        ["accounts"] => within(token).map(|organization| list(call, faults, organization.accounts.iter())),
        ["accounts", "connection_failures"] => within(token).map(|organization| {
            let failing = organization.accounts.iter().filter(|account| {
                ["Connection Error", "Authentication Error"].contains(&account.current_backup_status.as_ref())
            });
            list(call, faults, failing)
        }),
        ["onedrives"] => within(token).and_then(|o| product(call, faults, o, Product::OneDrives)),
        ["calendars"] => within(token).and_then(|o| product(call, faults, o, Product::Calendars)),
        ["contacts"] => within(token).and_then(|o| product(call, faults, o, Product::Contacts)),
        ["tasks"] => within(token).and_then(|o| product(call, faults, o, Product::Tasks)),
        ["sharepoints", "domains"] => {
            within(token).and_then(|o| product(call, faults, o, Product::SharePoints))
        }
        ["teams_and_groups", "domains"] => {
            within(token).and_then(|o| product(call, faults, o, Product::TeamsAndGroups))
        }
        _ if token != credentials.access_token => Err(not_authorized()),
        ["status"] => Ok(Reply::ok(json!("OK"))),
        ["plans"] => Ok(list(call, faults, plans().iter())),
        ["users"] => Ok(list(call, faults, listed(world, faults))),
        ["users", id] => listed(world, faults)
            .find(|row| row.organization.id.eq_ignore_ascii_case(id))
            .map(|row| Reply::ok(json!(row)))
            .ok_or_else(|| refused(StatusCode::NOT_FOUND, "User not found")),
        _ => Err(refused(StatusCode::NOT_FOUND, "Not found")),
    };
    answered.unwrap_or_else(|refusal| refusal)
}

/// An organization's row, which may be garbled.
#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    organization: &'a Organization,
    /// Comes after the organization's own and so replaces it.
    #[serde(skip_serializing_if = "Option::is_none")]
    seats_used: Option<Value>,
}

/// The organizations that are listed while these faults are on.
fn listed<'a>(world: &'a World, faults: &Faults) -> impl Iterator<Item = Row<'a>> {
    let all = world.organizations.len();
    let listed = if faults.has(Fault::OrganizationsEmpty) {
        0
    } else if faults.has(Fault::OrganizationsShort) {
        all - all * 6 / 10
    } else {
        all
    };
    let garbled = faults.has(Fault::SeatsGarbled);
    world.organizations[..listed]
        .iter()
        .enumerate()
        .map(move |(index, organization)| Row {
            organization,
            seats_used: match index % 5 {
                1 if garbled => Some(json!("n/a")),
                3 if garbled => Some(Value::Null),
                _ => None,
            },
        })
}

/// One page of rows in the shape that a fault asks for.
fn list(call: &Call, faults: &Faults, rows: impl Iterator<Item = impl Serialize>) -> Reply {
    let size = call
        .number("per_page")
        .unwrap_or(LARGEST_PAGE)
        .clamp(1, LARGEST_PAGE);
    let page = call.number("page").unwrap_or(1_usize).max(1);
    let row = |row| json!(row);
    let (rows, more): (Vec<Value>, bool) = if faults.has(Fault::PagingIgnored) {
        (rows.map(row).collect(), false)
    } else {
        let mut rest = rows.skip(size.saturating_mul(page - 1));
        (rest.by_ref().take(size).map(row).collect(), rest.next().is_some())
    };
    Reply::ok(if faults.has(Fault::BackupResultSet) {
        json!({"result_set": rows})
    } else if faults.has(Fault::BackupWrappedResultSet) {
        json!([{"result_set": rows}])
    } else if faults.has(Fault::BackupPagination) {
        let next_page = more.then_some(page + 1);
        json!({
            "pagination": {"current_page": page, "per_page": size, "next_page": next_page},
            "data": rows,
        })
    } else {
        rows.into()
    })
}

/// A product's rows. Instances answer one that an organization lacks with either status.
fn product(
    call: &Call,
    faults: &Faults,
    organization: &Organization,
    product: Product,
) -> Result<Reply, Reply> {
    match organization.products.get(&product) {
        Some(items) => Ok(list(call, faults, items.iter())),
        None if product == Product::SharePoints || product == Product::TeamsAndGroups => {
            Err(refused(StatusCode::NOT_FOUND, "Not found"))
        }
        None => Err(refused(
            StatusCode::FORBIDDEN,
            "product is not enabled for this organization",
        )),
    }
}

fn plans() -> [Value; 2] {
    [
        json!({"id": 311, "name": "SaaS Backup", "product_type": "backup", "currency": "USD",
               "amount": "2.50", "periodicity": "monthly"}),
        json!({"id": 312, "name": "SaaS Backup + Archive", "product_type": "backup_archive",
               "currency": "USD", "amount": "3.75", "periodicity": "monthly"}),
    ]
}

fn not_authorized() -> Reply {
    refused(StatusCode::UNAUTHORIZED, "not authorized to perform this action")
}

fn refused(status: StatusCode, error: &str) -> Reply {
    Reply::json(status, json!({"error": error}))
}
