//! Discovery, tokens, and what a token gives access to.

use std::time::Duration;

use axum::http::{Method, StatusCode, header};
use serde_json::json;
use url::form_urlencoded;

use super::{Call, Instance, Reply, refusal};
use crate::sandbox::Fault;

/// The lifetime of a token.
const LIFETIME: Duration = Duration::from_secs(3600);

/// Its lifetime while [`Fault::ShortToken`] is on.
const SHORT_LIFETIME: Duration = Duration::from_secs(1);

/// Scopes that stand for all others.
const UMBRELLAS: &[&str] = &["all", "all:standard", "admin"];

/// `GET /api/authinfo`: where to get tokens, and for which tenant. Needs no token. The answer names the host that was
/// asked.
pub(super) fn discovery(instance: &Instance<'_>, call: &Call) -> Reply {
    let asked = call.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let site_url = asked.map_or_else(|| instance.site_url.to_owned(), |host| format!("http://{host}"));
    let tenant = (!instance.faults.strikes(Fault::SelfHosted)).then_some(&instance.credentials.tenant);
    Reply::ok(json!({
        "auth_url": format!("{site_url}/auth"),
        "tenant_id": tenant,
        "api_url": format!("{site_url}/api"),
        "host": site_url,
        "client_id": null,
        "azure_sso": false,
        "product": "HaloPSA",
    }))
}

/// `POST /auth/token`: a token for a client id and secret. The `scope` in the answer lists what was really granted.
pub(super) fn token(instance: &mut Instance<'_>, call: &Call) -> Result<Reply, Reply> {
    if call.method != Method::POST {
        return Err(Reply::page(StatusCode::METHOD_NOT_ALLOWED));
    }
    if !call.is_form() {
        return Err(bad_request(
            "invalid_request",
            "The mandatory 'Content-Type' header must be application/x-www-form-urlencoded.",
        ));
    }
    let tenant = call.query("tenant").map(str::to_owned);
    check_tenant(instance, tenant.or_else(|| field(call, "tenant")))?;
    if field(call, "grant_type").as_deref() != Some("client_credentials") {
        return Err(bad_request(
            "unsupported_grant_type",
            "The grant type is missing or not supported by this application.",
        ));
    }
    check_client(instance, call)?;
    let scopes = granted(&instance.world.granted_scopes, field(call, "scope").as_deref());
    if scopes.is_empty() {
        return Err(bad_request("invalid_scope", "None of the scopes is granted."));
    }
    Ok(issue(instance, scopes))
}

fn bad_request(error: &str, description: &str) -> Reply {
    refusal::oauth(StatusCode::BAD_REQUEST, error, description)
}

/// A field of the form.
fn field(call: &Call, name: &str) -> Option<String> {
    form_urlencoded::parse(&call.body)
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// Refuses an unknown or inactive application and a wrong secret.
fn check_client(instance: &Instance<'_>, call: &Call) -> Result<(), Reply> {
    let Some(client_id) = field(call, "client_id") else {
        return Err(bad_request("invalid_client", "The client id is missing."));
    };
    if !client_id.eq_ignore_ascii_case(&instance.credentials.client_id) {
        return Err(bad_request(
            "invalid_client",
            "The client application was not found.",
        ));
    }
    if field(call, "client_secret").as_deref() != Some(instance.credentials.client_secret.as_str()) {
        return Err(refusal::oauth(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "The specified client credentials are invalid.",
        ));
    }
    if !instance.world.application_active {
        return Err(bad_request("invalid_grant", "The application is not active."));
    }
    Ok(())
}

/// A new token for these scopes.
fn issue(instance: &mut Instance<'_>, scopes: Vec<String>) -> Reply {
    let lifetime = if instance.faults.strikes(Fault::ShortToken) {
        SHORT_LIFETIME
    } else {
        LIFETIME
    };
    let scope = scopes.join(" ");
    let access_token = instance.tokens.issue(scopes, lifetime);
    Reply::ok(json!({
        "scope": scope,
        "token_type": "Bearer",
        "access_token": access_token,
        "expires_in": lifetime.as_secs(),
        "id_token": instance.tokens.jwt(),
    }))
}

/// On a tenant's own host the tenant need not be named, in the query or in the form; a wrong one is refused.
fn check_tenant(instance: &Instance<'_>, named: Option<String>) -> Result<(), Reply> {
    let refused = match named {
        Some(named) => named != instance.credentials.tenant && !instance.faults.strikes(Fault::SelfHosted),
        None => instance.faults.strikes(Fault::TenantRequired),
    };
    if refused {
        return Err(refusal::oauth(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "The tenant is missing or unknown.",
        ));
    }
    Ok(())
}

/// Which of the requested scopes are granted: all that the application has for an umbrella scope, which is what most
/// clients ask for.
fn granted(granted: &[String], asked: Option<&str>) -> Vec<String> {
    let asked: Vec<&str> = asked.unwrap_or("all").split_whitespace().collect();
    let umbrella = |scope: &str| UMBRELLAS.contains(&scope);
    if asked.iter().any(|scope| umbrella(scope)) {
        return granted.to_vec();
    }
    let all = granted.iter().any(|scope| umbrella(scope));
    asked
        .into_iter()
        .filter(|scope| all || granted.iter().any(|granted| granted == scope))
        .map(str::to_owned)
        .collect()
}

/// Refuses a call without a valid token, or whose token lacks the scope that the resource requires.
pub(super) fn check(instance: &mut Instance<'_>, call: &Call, resource: &str) -> Result<(), Reply> {
    let scopes = call
        .header(header::AUTHORIZATION.as_str())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .and_then(|(_, token)| instance.tokens.spend(token.trim(), instance.faults));
    let Some(scopes) = scopes else {
        return Err(refusal::oauth(
            StatusCode::UNAUTHORIZED,
            "invalid_token",
            "The access token is missing, unknown or expired.",
        ));
    };
    let Some(needed) = needed_scope(resource, &call.method) else {
        return Ok(());
    };
    if scopes
        .iter()
        .any(|scope| *scope == needed || UMBRELLAS.contains(&scope.as_str()))
    {
        return Ok(());
    }
    // Live instances answer 401 as for a bad token, without a word about the scope.
    Err(refusal::message(
        StatusCode::UNAUTHORIZED,
        "Authorization has been denied for this request.",
    ))
}

/// The scope that a resource requires; `None` if any token will do, or if there is no such resource.
fn needed_scope(resource: &str, method: &Method) -> Option<String> {
    let area = match resource {
        "client" | "site" | "users" | "azureadconnection" | "azureadmapping" => "customers",
        "softwarelicence" | "licencechange" => "softwarelicensing",
        "supplier" => "suppliers",
        "recurringinvoice" => "invoices",
        "tickets" | "actions" | "tickettype" | "sla" | "priority" | "status" | "outcome" | "workflow" => {
            "tickets"
        }
        _ => return None,
    };
    let verb = if method == Method::GET { "read" } else { "edit" };
    Some(format!("{verb}:{area}"))
}
