//! The NinjaOne SaaS Backup (Dropsuite) partner API.
//!
//! Every request carries the partner's reseller token and an access token. For `/users`, `/plans` and `/status`
//! it is the partner's own; for everything inside an organization it is that organization's token, which is as
//! secret as a password: it is used where it is needed and never stored.

mod account_errors;
mod error;
mod organizations;
mod paging;

use std::sync::Arc;

use reqwest::Url;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use crate::http::{Http, Observer, Request, RequestPolicy};

pub use error::Error;
pub use organizations::OrganizationAccess;
pub use paging::Progress;

/// Requests that are on their way at the same time, at most. The service documents no limit, so this is only polite.
pub const AT_ONCE: usize = 8;

/// The short names for the vendor's own instances: `(name, base URL)`.
pub const REGIONS: [(&str, &str); 3] = [
    ("us", "https://dropsuite.us/api"),
    ("uk", "https://dropsuite.uk/api"),
    ("na", "https://na-saas-npp.backup.ninjarmm.com/api"),
];

/// A client for one partner.
pub struct Backup {
    base: Url,
    reseller_token: SecretString,
    access_token: SecretString,
    http: Http,
    /// One permit for each request that may be on its way.
    at_once: Semaphore,
}

impl Backup {
    /// A client for the service at `base`, e.g. `https://dropsuite.us/api`; nothing is sent yet.
    ///
    /// # Errors
    /// The address is neither https nor loopback.
    pub fn new(
        base: Url,
        reseller_token: SecretString,
        access_token: SecretString,
        policy: RequestPolicy,
        observer: Arc<dyn Observer>,
    ) -> Result<Self, Error> {
        let http = Http::new(&base, policy, observer)?;
        http.hide(&reseller_token);
        http.hide(&access_token);
        Ok(Self {
            base,
            reseller_token,
            access_token,
            http,
            at_once: Semaphore::new(AT_ONCE),
        })
    }

    /// HTTP requests sent so far.
    pub fn requests(&self) -> u64 {
        self.http.sent()
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        access_token: &SecretString,
    ) -> Result<T, Error> {
        let request = self.request(path, query, access_token)?;
        self.answer(path, &request).await
    }

    /// Reads a page of a list.
    async fn get_page<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        access_token: &SecretString,
    ) -> Result<T, Error> {
        let request = self.request(path, query, access_token)?.for_a_list();
        self.answer(path, &request).await
    }

    fn request(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        access_token: &SecretString,
    ) -> Result<Request, Error> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(Request::get(url)
            .secret_header("x-reseller-token", &self.reseller_token)?
            .secret_header("x-access-token", access_token)?)
    }

    async fn answer<T: DeserializeOwned>(&self, path: &[&str], request: &Request) -> Result<T, Error> {
        // It is never closed. One that waits because the service asks for it keeps its permit: all have to wait then.
        let _permit = self.at_once.acquire().await;
        self.http
            .json(request)
            .await
            .map_err(|error| Error::of_status(error, path))
    }
}

/// Reads a backup URL as people give it: a region's short name, or an address with or without a scheme and
/// `/api`.
pub fn base_url(given: &str) -> Result<Url, String> {
    let given = given.trim().trim_matches(['"', '\'']);
    if let Some((_, url)) = REGIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(given)) {
        return url.parse().map_err(|error| format!("{url}: {error}"));
    }
    if given.is_empty() || !given.contains(['.', ':']) {
        let names: Vec<&str> = REGIONS.iter().map(|(name, _)| *name).collect();
        return Err(format!(
            "\"{given}\" is neither a URL nor one of {}",
            names.join(", ")
        ));
    }
    let mut url: Url = if given.contains("://") {
        given.parse()
    } else {
        let secure: Result<Url, _> = format!("https://{given}").parse();
        match secure {
            Ok(url) if crate::http::is_loopback(&url) => format!("http://{given}").parse(),
            other => other,
        }
    }
    .map_err(|error| format!("\"{given}\" is not a URL: {error}"))?;
    if !crate::http::is_host(&url) || !matches!(url.scheme(), "http" | "https") {
        return Err(format!("\"{given}\" is not the URL of a web service"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it must not contain a user name or password".to_owned());
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().trim_matches('/').to_owned();
    url.set_path(if path.is_empty() { "api" } else { &path });
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backup_urls_as_people_give_them() {
        for (given, url) in [
            ("us", "https://dropsuite.us/api"),
            ("UK", "https://dropsuite.uk/api"),
            ("na", "https://na-saas-npp.backup.ninjarmm.com/api"),
            ("dropsuite.us", "https://dropsuite.us/api"),
            ("https://dropsuite.us/api/", "https://dropsuite.us/api"),
            ("http://127.0.0.1:9/api", "http://127.0.0.1:9/api"),
            ("localhost:9", "http://localhost:9/api"),
        ] {
            assert_eq!(base_url(given).unwrap().as_str(), url, "{given}");
        }
        for bad in ["", "mars", "ftp://dropsuite.us"] {
            assert!(base_url(bad).is_err(), "{bad}");
        }
    }
}
