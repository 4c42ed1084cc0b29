//! What is inside one organization, which needs that organization's own token.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{lists, not_authorized, refused};
use crate::sandbox::{Account, Organization, Product, call::Call, fault_injection::Faults, reply::Reply};

/// Statuses of accounts that cannot be reached.
const UNREACHABLE: [&str; 2] = ["Connection Error", "Authentication Error"];

/// The answer to a call about something inside an organization; `None` if there is no such path.
pub(super) fn answer(
    organization: &Organization,
    faults: &Faults,
    call: &Call,
    path: &[&str],
) -> Option<Result<Reply, Reply>> {
    let accounts = |wanted: fn(&Account) -> bool| {
        let accounts = organization.accounts.iter().filter(|account| wanted(account));
        Ok(lists::bare(call, faults, accounts, |account| {
            account_row(organization, account)
        }))
    };
    let product = |product| product_list(organization, faults, call, product);
    Some(match path {
        ["users", id, rest @ ..] if organization.id.eq_ignore_ascii_case(id) => match rest {
            ["tenants"] => Ok(tenants(organization, faults, call)),
            ["tenants", tenant, "accounts"] => tenant_accounts(organization, faults, call, tenant),
            ["delegated"] => Ok(delegated(organization, faults, call)),
            ["retention_policies"] => Ok(retention_policies(organization, faults, call)),
            _ => return None,
        },
        ["users", _, _, ..] => Err(not_authorized()),
        ["accounts"] => accounts(|_| true),
        ["accounts", "connection_failures"] => {
            accounts(|account| UNREACHABLE.contains(&account.current_backup_status.as_ref()))
        }
        ["accounts", "deactivated_accounts"] => accounts(|account| account.deactivated_since.is_some()),
        ["journals"] => Ok(journals(organization, faults, call)),
        ["onedrives"] => product(Product::OneDrives),
        ["googledrives"] => product(Product::GoogleDrives),
        ["calendars"] => product(Product::Calendars),
        ["contacts"] => product(Product::Contacts),
        ["tasks"] => product(Product::Tasks),
        ["sharepoints", "domains"] => product(Product::SharePoints),
        ["teams_and_groups", "domains"] => product(Product::TeamsAndGroups),
        _ => return None,
    })
}

/// A mailbox. The user in it is the whole organization, including secrets that nobody asked for.
fn account_row(organization: &Organization, account: &Account) -> Value {
    let mut row = json!(account);
    row["user"] = json!({
        "id": organization.id,
        "email": organization.email,
        "authentication_token": organization.authentication_token,
        "reseller_token": organization.reseller_token,
    });
    row
}

/// `GET /users/{id}/tenants`, or only those of one `type`.
fn tenants(organization: &Organization, faults: &Faults, call: &Call) -> Reply {
    let kind = call.query("type");
    let tenants = (organization.tenants.iter()).filter(|tenant| kind.is_none_or(|kind| kind == tenant.kind));
    lists::paginated(call, faults, tenants, |tenant| json!(tenant))
}

/// `GET /users/{id}/tenants/{tenant}/accounts`: the accounts of the tenant's domain.
fn tenant_accounts(
    organization: &Organization,
    faults: &Faults,
    call: &Call,
    tenant: &str,
) -> Result<Reply, Reply> {
    let tenant = (organization.tenants.iter())
        .find(|found| found.id.to_string() == tenant)
        .ok_or_else(|| refused(StatusCode::NOT_FOUND, "Tenant not found"))?;
    let domain = format!("@{}", tenant.domain);
    let accounts = (organization.accounts.iter()).filter(|account| account.email.ends_with(&domain));
    Ok(lists::paginated(call, faults, accounts, |account| {
        json!({
            "id": account.id,
            "email": account.email,
            "display_name": account.display_name,
            "status": if account.deactivated_since.is_some() { "excluded" } else { "active" },
        })
    }))
}

/// `GET /users/{id}/delegated`: people who may administer the organization.
fn delegated(organization: &Organization, faults: &Faults, call: &Call) -> Reply {
    let delegates = organization.accounts.iter().take(1);
    lists::bare(
        call,
        faults,
        delegates,
        |account| json!({"id": account.id, "email": account.email, "display_name": account.display_name}),
    )
}

/// `GET /users/{id}/retention_policies`.
fn retention_policies(organization: &Organization, faults: &Faults, call: &Call) -> Reply {
    let policies = [json!({
        "id": organization.organization_id,
        "name": "Default",
        "duration": if organization.archive { 3650 } else { 365 },
    })];
    lists::paginated(call, faults, policies.into_iter(), |policy| policy)
}

/// `GET /journals`: the mailbox that feeds an archive.
fn journals(organization: &Organization, faults: &Faults, call: &Call) -> Reply {
    let journals = organization.archive.then_some(organization).into_iter();
    lists::bare(call, faults, journals, |organization| {
        json!({
            "id": organization.organization_id,
            "email": format!("journal-{}@archive.example", organization.organization_id),
            "current_backup_status": "Completed",
        })
    })
}

/// The rows of a product. If the organization does not have it, some instances answer 403 and others 404.
fn product_list(
    organization: &Organization,
    faults: &Faults,
    call: &Call,
    product: Product,
) -> Result<Reply, Reply> {
    match organization.products.get(&product) {
        Some(items) => Ok(lists::bare(call, faults, items.iter(), |item| json!(item))),
        None if product == Product::SharePoints || product == Product::TeamsAndGroups => {
            Err(refused(StatusCode::NOT_FOUND, "Not found"))
        }
        None => Err(refused(
            StatusCode::FORBIDDEN,
            "product is not enabled for this organization",
        )),
    }
}
