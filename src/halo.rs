//! The HaloPSA REST API: every command reaches Halo through this module.
//!
//! Halo's API says *Client* where its screens (and halolink) say customer, and *SoftwareLicence* where
//! halolink says license. The API root is `<site>/api`; every POST body is an array, even for one record.

mod auth;
mod customers;
mod error;
mod invoices;
mod license_changes;
mod licenses;
mod lookups;
mod paging;
mod record;
mod resource;
mod tickets;
mod workflow;

use std::sync::Arc;

use reqwest::Url;
use secrecy::SecretString;
use serde::de::DeserializeOwned;

use crate::http::{self, Body, Http, Observer, Request, RequestPolicy};

pub use auth::{Scopes, discover, site_url};
pub use error::Error;
pub use paging::Progress;
pub use resource::Resource;

/// Where a Halo instance is, and which application signs in to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// For example `https://acme.halopsa.com`.
    pub site_url: Url,
    /// The token endpoint, e.g. `https://acme.halopsa.com/auth/token`.
    pub token_url: Url,
    /// The tenant that the token URL requires; `None` for self-hosted instances.
    pub tenant: Option<String>,
    pub client_id: String,
}

/// A signed-in client for one Halo instance.
pub struct Halo {
    site: Site,
    secret: SecretString,
    http: Http,
    token: tokio::sync::Mutex<Option<Arc<auth::Token>>>,
}

impl Halo {
    /// A client for the site; nothing is sent yet.
    ///
    /// # Errors
    /// An address is neither https nor loopback.
    pub fn new(
        site: Site,
        secret: SecretString,
        policy: RequestPolicy,
        observer: Arc<dyn Observer>,
    ) -> Result<Self, Error> {
        http::require_secure(&site.token_url)?;
        let http = Http::new(&site.site_url, policy, observer)?;
        http.hide(&secret);
        Ok(Self {
            site,
            secret,
            http,
            token: tokio::sync::Mutex::new(None),
        })
    }

    /// HTTP requests sent so far.
    pub fn requests(&self) -> u64 {
        self.http.sent()
    }

    pub fn site_url(&self) -> &Url {
        &self.site.site_url
    }

    pub fn rate_limiter(&self) -> &http::RateLimiter {
        self.http.rate_limiter()
    }

    /// The address at which a person can look at a ticket.
    pub fn ticket_url(&self, ticket: i64) -> String {
        ticket_url(&self.site.site_url, ticket)
    }

    /// Reads `resource`, or one record of it.
    async fn get<T: DeserializeOwned>(
        &self,
        resource: Resource,
        id: Option<i64>,
        query: &[(&str, &str)],
    ) -> Result<T, Error> {
        let request = Request::get(self.address(resource, id, query));
        self.answer(resource, request).await
    }

    /// Reads a page of `resource`.
    async fn get_page<T: DeserializeOwned>(
        &self,
        resource: Resource,
        query: &[(&str, &str)],
    ) -> Result<T, Error> {
        let request = Request::get(self.address(resource, None, query)).for_a_list();
        self.answer(resource, request).await
    }

    async fn answer<T: DeserializeOwned>(
        &self,
        resource: Resource,
        mut request: Request,
    ) -> Result<T, Error> {
        self.authorized(resource, &mut request, async |request| {
            self.http.json(request).await
        })
        .await
    }

    /// Posts records, which must be an array, and reads the answer.
    async fn post<T: DeserializeOwned>(
        &self,
        resource: Resource,
        records: &serde_json::Value,
    ) -> Result<T, Error> {
        self.answer(resource, self.write(resource, records)).await
    }

    fn write(&self, resource: Resource, records: &serde_json::Value) -> Request {
        Request::post(self.address(resource, None, &[]), Body::Json(records.to_string()))
    }

    fn address(&self, resource: Resource, id: Option<i64>, query: &[(&str, &str)]) -> Url {
        let mut url = self.site.site_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("api").push(resource.path());
            if let Some(id) = id {
                segments.push(&id.to_string());
            }
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

/// The address at which a person can look at a ticket.
pub fn ticket_url(site_url: &Url, ticket: i64) -> String {
    format!("{}/tickets?id={ticket}", site_url.as_str().trim_end_matches('/'))
}
