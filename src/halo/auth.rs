//! Finding the token URL, signing in, and staying signed in.
//!
//! `GET <site>/api/authinfo` needs no token and gives `auth_url` and `tenant_id`; if it fails, the token URL
//! is `<site>/auth/token`. A token is issued for the client credentials and `?tenant=`, and lives for
//! `expires_in` seconds at most; the `scope` that comes with it lists what was really granted.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{Url, header::AUTHORIZATION};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{Error, Halo, Resource};
use crate::{
    http::{self, Body, Http, Request},
    lenient,
};

/// How often one call may find its token expired before that counts as a refusal.
const MOST_RENEWALS: usize = 6;

/// What a site says about signing in to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    pub token_url: Url,
    pub tenant: Option<String>,
}

#[derive(Deserialize)]
struct AuthInfo {
    #[serde(default, deserialize_with = "lenient::text")]
    auth_url: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    tenant_id: Option<String>,
}

/// Reads a site URL as people paste it: with or without a scheme, `/api`, `/auth` or a trailing slash.
/// Without a scheme it becomes https, or http for this machine itself.
pub fn site_url(pasted: &str) -> Result<Url, String> {
    let pasted = pasted.trim().trim_matches(['"', '\'', '<', '>']);
    if pasted.is_empty() {
        return Err("the site URL is empty".to_owned());
    }
    let with_scheme = if pasted.contains("://") {
        pasted.to_owned()
    } else {
        let secure: Url = format!("https://{pasted}")
            .parse()
            .map_err(|error| format!("\"{pasted}\" is not a URL: {error}"))?;
        let scheme = if http::is_loopback(&secure) {
            "http"
        } else {
            "https"
        };
        format!("{scheme}://{pasted}")
    };
    let mut url: Url = with_scheme
        .parse()
        .map_err(|error| format!("\"{pasted}\" is not a URL: {error}"))?;
    if url.host_str().is_none_or(str::is_empty) || !matches!(url.scheme(), "http" | "https") {
        return Err(format!("\"{pasted}\" is not the URL of a web site"));
    }
    if !http::is_host(&url) {
        return Err(format!("\"{pasted}\" has no host name that could be reached"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a site URL has no user name or password in it".to_owned());
    }
    url.set_query(None);
    url.set_fragment(None);
    let mut path: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
    let ends = |path: &[&str], name: &str| path.last().is_some_and(|part| part.eq_ignore_ascii_case(name));
    if ends(&path, "token") {
        path.pop();
    }
    if ends(&path, "api") || ends(&path, "auth") {
        path.pop();
    }
    let path = path.join("/");
    url.set_path(&path);
    Ok(url)
}

/// Asks the site where to sign in, and falls back to `/auth/token` if it does not say.
///
/// # Errors
/// No answer at all. An odd answer is no error: that is what the fallback is for.
pub async fn discover(http: &Http, site: &Url) -> Result<Discovery, Error> {
    let fallback = Discovery {
        token_url: below(site, &["auth", "token"]),
        tenant: None,
    };
    let mut request = Request::get(below(site, &["api", "authinfo"]));
    // There is a fallback, so one more try is enough.
    request.tries = 2;
    let answer: Result<AuthInfo, _> = http.json(&request).await;
    match answer {
        Ok(info) => {
            let token_url = info
                .auth_url
                .and_then(|url| url.trim().parse::<Url>().ok())
                .filter(|url| http::require_secure(url).is_ok())
                .filter(|url| url.username().is_empty() && url.password().is_none())
                .map(|url| {
                    if url.path().trim_end_matches('/').ends_with("/token") {
                        url
                    } else {
                        below(&url, &["token"])
                    }
                });
            Ok(Discovery {
                token_url: token_url.unwrap_or(fallback.token_url),
                tenant: info.tenant_id.filter(|tenant| !tenant.trim().is_empty()),
            })
        }
        Err(
            error @ (http::Error::Unreachable { .. }
            | http::Error::Silent { .. }
            | http::Error::GaveUp { .. }
            | http::Error::Certificate { .. }
            | http::Error::Insecure { .. }
            | http::Error::RateLimited { .. }
            | http::Error::NoAuthorities
            | http::Error::Setup { .. }),
        ) => Err(error.into()),
        Err(_) => Ok(fallback),
    }
}

fn below(base: &Url, parts: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(parts);
    }
    url
}

/// What the application may do, from the token's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Option<Vec<String>>);

impl Scopes {
    fn parse(text: Option<&str>) -> Self {
        let names: Vec<String> = text
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_ascii_lowercase)
            .collect();
        Self((!names.is_empty()).then_some(names))
    }

    /// Whether `scope` is granted, by name or by an umbrella scope. If the token's answer listed no scopes,
    /// everything counts as granted; Halo refuses later what is not.
    pub fn allow(&self, scope: &str) -> bool {
        self.0.as_ref().is_none_or(|names| {
            names
                .iter()
                .any(|name| name == scope || matches!(name.as_str(), "all" | "all:standard" | "admin"))
        })
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: Option<SecretString>,
    #[serde(default, deserialize_with = "lenient::integer")]
    expires_in: Option<i64>,
    #[serde(default, deserialize_with = "lenient::text")]
    scope: Option<String>,
}

/// A token in use.
pub(super) struct Token {
    secret: SecretString,
    requested: Instant,
    /// How long after that to use it; `None` until it is refused.
    life: Option<Duration>,
    scopes: Scopes,
    /// Whether Halo has accepted it before: then a refusal means that it expired, not that a scope is missing.
    worked: AtomicBool,
}

impl Halo {
    /// Signs in if necessary, and gives the scopes that the application was granted.
    ///
    /// # Errors
    /// The credentials were refused, there is no Halo at the URL, or there was no answer.
    pub async fn granted(&self) -> Result<Scopes, Error> {
        Ok(self.token().await?.scopes.clone())
    }

    /// Sends a request with a valid token, and gets a new one when it expires, even in the middle of a run.
    pub(super) async fn authorized<T>(
        &self,
        resource: Resource,
        request: &mut Request,
        send: impl AsyncFn(&Request) -> Result<T, http::Error>,
    ) -> Result<T, Error> {
        let write = request.method != reqwest::Method::GET;
        let mut renewals = 0;
        loop {
            let token = self.token().await?;
            if !token.scopes.allow(resource.scope(write)) {
                return Err(Error::PermissionMissing {
                    action: resource.action(write),
                    scope: resource.scope(write),
                    role: resource.role(),
                    message: format!("the scope {} is not granted", resource.scope(write)),
                });
            }
            let bearer = SecretString::from(format!("Bearer {}", token.secret.expose_secret()));
            request.set_secret_header(AUTHORIZATION, &bearer)?;
            match send(request).await {
                Ok(answer) => {
                    token.worked.store(true, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(http::Error::Status { status: 401, .. })
                    if renewals == 0
                        || (renewals < MOST_RENEWALS
                            && !resource.is_often_refused()
                            && token.worked.load(Ordering::Relaxed)) =>
                {
                    renewals += 1;
                    self.drop_token(&token).await;
                }
                Err(error) => return Err(Error::of_status(error, resource, write)),
            }
        }
    }

    async fn token(&self) -> Result<Arc<Token>, Error> {
        // Stays locked while a token is fetched, so that concurrent requests share it.
        let mut current = self.token.lock().await;
        if let Some(token) = current.as_ref()
            && token.life.is_none_or(|life| token.requested.elapsed() < life)
        {
            return Ok(token.clone());
        }
        let token = Arc::new(self.sign_in().await?);
        *current = Some(token.clone());
        Ok(token)
    }

    /// Forgets a token that was refused, unless another request has already replaced it.
    async fn drop_token(&self, refused: &Arc<Token>) {
        let mut current = self.token.lock().await;
        if current.as_ref().is_some_and(|token| Arc::ptr_eq(token, refused)) {
            *current = None;
        }
    }

    async fn sign_in(&self) -> Result<Token, Error> {
        let mut url = self.site.token_url.clone();
        if let Some(tenant) = &self.site.tenant {
            url.query_pairs_mut().append_pair("tenant", tenant);
        }
        let form = vec![
            ("grant_type", SecretString::from("client_credentials")),
            ("client_id", SecretString::from(self.site.client_id.clone())),
            ("client_secret", self.secret.clone()),
            // Whatever the application was granted: the answer lists it.
            ("scope", SecretString::from("all")),
        ];
        let mut request = Request::post(url, Body::Form(form));
        // Getting two tokens does no harm.
        request.repeatable = true;
        let requested = Instant::now();
        let answer: TokenAnswer = self.http.json(&request).await.map_err(|error| match error {
            http::Error::Status {
                status: 400 | 401 | 403,
                message,
                ..
            } => Error::CredentialsRefused { message },
            http::Error::Status { status, message, .. } => self.not_halo(format!("{status}: {message}")),
            http::Error::Unreadable {
                what,
                resembles_json: false,
                ..
            } => self.not_halo(format!("it answered {what}")),
            error => Error::Http(error),
        })?;
        let secret = answer
            .access_token
            .filter(|token| !token.expose_secret().is_empty())
            .ok_or_else(|| self.not_halo("its token answer has no access_token".to_owned()))?;
        self.http.hide(&secret);
        Ok(Token {
            secret,
            requested,
            life: answer.expires_in.and_then(useful_life),
            scopes: Scopes::parse(answer.scope.as_deref()),
            worked: AtomicBool::new(false),
        })
    }

    fn not_halo(&self, reason: String) -> Error {
        Error::NotHalo {
            url: self.site.token_url.to_string(),
            reason,
        }
    }
}

/// How long to use a token: a little less than it lives, in proportion, so that a short-lived one is still
/// used for most of its life. A negative life says nothing: the token is used until it is refused.
fn useful_life(expires_in: i64) -> Option<Duration> {
    let seconds = u64::try_from(expires_in).ok()?;
    Some(Duration::from_secs(
        seconds.saturating_sub((seconds / 10).min(60)),
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn site_urls_as_people_paste_them() {
        for (pasted, url) in [
            ("acme.halopsa.com", "https://acme.halopsa.com/"),
            (" https://acme.halopsa.com/api/ ", "https://acme.halopsa.com/"),
            ("acme.halopsa.com/api", "https://acme.halopsa.com/"),
            ("https://acme.halopsa.com/auth/token", "https://acme.halopsa.com/"),
            ("HTTPS://ACME.HaloPSA.com/", "https://acme.halopsa.com/"),
            ("https://acme.halopsa.com/?x=1#y", "https://acme.halopsa.com/"),
            ("psa.example.com/halo/api", "https://psa.example.com/halo"),
            ("127.0.0.1:8080/api", "http://127.0.0.1:8080/"),
            ("localhost:8080", "http://localhost:8080/"),
        ] {
            assert_eq!(site_url(pasted).unwrap().as_str(), url, "{pasted}");
        }
        for bad in [
            "",
            "https://",
            "ftp://acme.halopsa.com",
            "https://a:b@acme.halopsa.com",
            "not a url",
            "ht!tp:/ /x y",
            "https://.",
        ] {
            assert!(site_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn scopes_by_name_or_umbrella() {
        let some = Scopes::parse(Some("openid read:tickets"));
        assert!(some.allow("read:tickets"));
        assert!(!some.allow("edit:tickets"));
        assert!(Scopes::parse(Some("all:standard")).allow("edit:tickets"));
        assert!(Scopes::parse(None).allow("edit:tickets"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_site_that_never_answers_is_given_up_soon() {
        struct Nobody;
        impl http::Observer for Nobody {
            fn exchanged(&self, _: &str) {}
            fn body(&self, _: &str) {}
            fn waiting(&self, _: &str, _: Duration, _: bool) {}
            fn resumed(&self) {}
        }
        // Nobody accepts the connections, so they wait in its queue for ever.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let site: Url = format!("http://{}/", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let policy = http::RequestPolicy {
            patience: Duration::from_secs(600),
            limit: None,
            silence: Arc::default(),
        };
        let http = Http::new(&site, policy, Arc::new(Nobody)).unwrap();
        let start = tokio::time::Instant::now();
        let error = discover(&http, &site).await.unwrap_err();
        assert!(
            matches!(error, Error::Http(http::Error::Silent { .. })),
            "{error}"
        );
        let seconds = start.elapsed().as_secs();
        assert!((60..=62).contains(&seconds), "{seconds}");
    }

    #[test]
    fn a_short_token_is_used_too() {
        let seconds = |life: i64| useful_life(life).map(|life| life.as_secs());
        assert_eq!(seconds(61), Some(55));
        assert_eq!(seconds(3600), Some(3540));
        assert_eq!(seconds(0), Some(0));
        assert_eq!(seconds(i64::MAX), Some(i64::MAX as u64 - 60));
        assert_eq!(seconds(-1), None);
    }

    proptest! {
        #[test]
        fn a_token_answer_with_any_life_is_read(
            life in prop_oneof![
                any::<i64>().prop_map(|life| life.to_string()),
                any::<u64>().prop_map(|life| format!("\"{life}\"")),
                any::<f64>().prop_filter("JSON has no other", |life| life.is_finite()).prop_map(|life| format!("{life:e}")),
                "-?[1-9][0-9]{0,40}(\\.[0-9]{1,5})?(e-?[0-9]{1,3})?",
            ],
        ) {
            let answer = format!(r#"{{"access_token": "x", "expires_in": {life}}}"#);
            // Serde rejects a number that no float can hold; anything else is read.
            if let Ok(answer) = serde_json::from_str::<TokenAnswer>(&answer) {
                let life = answer.expires_in.and_then(useful_life);
                prop_assert!(life.is_none_or(|life| life <= Duration::from_secs(i64::MAX as u64)));
            }
        }
    }
}
