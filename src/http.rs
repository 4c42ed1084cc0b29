//! One HTTP layer for both services: TLS, proxies, timeouts, retries, rate limit, redaction, counting.
//!
//! What it promises the modules above it:
//! - A request is repeated only where that is safe: it was never sent, or the caller said that sending it
//!   twice does the same as sending it once ([`Request::repeatable`]).
//! - `429` is waited out for as long as the patience lasts, and every other request waits along.
//! - No answer is quoted, no secret appears in an error or a log line, and none follows a redirect to
//!   another host.
//! - Every request that leaves is counted.

mod address;
mod answer;
mod certificate;
mod error;
mod exchange;
mod message;
mod rate_limiter;
mod redaction;
mod request;
mod silence;
mod wait;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use backon::{ExponentialBuilder, Retryable};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

pub use address::{host_of, is_host, is_loopback, require_secure};
pub use error::Error;
pub use rate_limiter::{PATIENCE, REQUEST_LIMIT, RateLimiter, SPAN};
pub use request::{Body, Request, StillWanted};
pub use silence::Silence;
pub use wait::whole_seconds;

use crate::text::clean;

/// How often to try a host that cannot be reached at all: most likely its name is wrong.
const UNREACHABLE_TRIES: usize = 3;
/// How often to send a request to a host that accepts connections but has never answered.
const SILENT_TRIES: usize = 2;
/// Time to establish a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Hears what is going on, for people who asked to see it (`-vv`) and for progress.
pub trait Observer: Send + Sync {
    /// A request was answered or failed; one line without secrets.
    fn exchanged(&self, line: &str);
    /// The JSON about to be sent, without secrets; shown at `-vvv`.
    fn body(&self, json: &str);
    /// Nothing is sent for `remaining`, because of `why`. Called about once a second; `first` on the first call.
    fn waiting(&self, why: &str, remaining: Duration, first: bool);
    /// The wait is over.
    fn resumed(&self);
}

/// How patient to be, and how fast.
#[derive(Clone, Debug)]
pub struct RequestPolicy {
    /// The longest that one request waits for a rate limit.
    pub patience: Duration,
    /// Requests allowed in any rolling five minutes; `None` for no limit of our own.
    pub limit: Option<usize>,
    /// The time this run has spent waiting in vain, shared by all clients.
    pub silence: Arc<Silence>,
}

/// The client for one service.
pub struct Http {
    client: reqwest::Client,
    host: String,
    policy: RequestPolicy,
    rate_limiter: RateLimiter,
    sent: AtomicU64,
    has_answered: AtomicBool,
    /// Secrets to keep out of messages and log lines.
    hidden: Mutex<Vec<SecretString>>,
    observer: Arc<dyn Observer>,
}

impl Http {
    /// A client for the service at `base`, which must be https or this machine itself.
    ///
    /// # Errors
    /// [`Error::Insecure`] for plain http elsewhere.
    pub fn new(base: &Url, policy: RequestPolicy, observer: Arc<dyn Observer>) -> Result<Self, Error> {
        require_secure(base)?;
        // Only the first call in a process installs a provider; all calls name the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("halolink/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            // We follow redirects ourselves, so that each is counted and none leaves the host.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        if is_loopback(base) {
            // Plain http must not leave the machine through a proxy.
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| match root_cause(&error) {
            reason if reason.contains("No CA certificates") => Error::NoAuthorities,
            reason => Error::Setup { reason },
        })?;
        Ok(Self {
            client,
            host: host_of(base),
            rate_limiter: RateLimiter::new(policy.limit),
            policy,
            sent: AtomicU64::new(0),
            has_answered: AtomicBool::new(false),
            hidden: Mutex::new(Vec::new()),
            observer,
        })
    }

    /// Requests sent so far, token requests and retries included.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// The rate limiter, so that requests of other runs can be counted in.
    pub fn rate_limiter(&self) -> &RateLimiter {
        &self.rate_limiter
    }

    /// Keeps this secret out of every message and log line from now on.
    pub fn hide(&self, secret: &SecretString) {
        let mut hidden = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        hidden.push(secret.clone());
    }

    /// Sends the request, again where that is safe, until a usable answer comes, and reads it as JSON.
    ///
    /// # Errors
    /// Any variant of [`Error`]; [`Error::is_unclear`] tells when a write may have been carried out.
    pub async fn json<T: DeserializeOwned>(&self, request: &Request) -> Result<T, Error> {
        self.read(request, |bytes| serde_json::from_slice(bytes)).await
    }

    /// Sends a write and accepts any complete answer: its effect is read back later, not taken from the answer.
    pub async fn accepted(&self, request: &Request) -> Result<(), Error> {
        self.read(request, |bytes| {
            if bytes.iter().all(u8::is_ascii_whitespace) {
                return Ok(());
            }
            serde_json::from_slice::<serde::de::IgnoredAny>(bytes).map(drop)
        })
        .await
    }

    async fn read<T>(
        &self,
        request: &Request,
        read: impl Fn(&[u8]) -> serde_json::Result<T>,
    ) -> Result<T, Error> {
        let tries = AtomicU64::new(0);
        let attempt = || async {
            tries.fetch_add(1, Ordering::Relaxed);
            let answer = self.once(request).await?;
            read(&answer.body).map_err(|error| answer.unreadable(&self.host, &error))
        };
        attempt
            .retry(
                ExponentialBuilder::default()
                    .with_min_delay(Duration::from_millis(500))
                    .with_max_delay(Duration::from_secs(8))
                    .with_max_times(request.tries.saturating_sub(1))
                    .with_jitter(),
            )
            .when(|error: &Error| {
                let sent = tries.load(Ordering::Relaxed) as usize;
                let most = match error {
                    Error::Unreachable { .. } => UNREACHABLE_TRIES,
                    Error::Silent { .. } if !self.has_answered.load(Ordering::Relaxed) => SILENT_TRIES,
                    _ => usize::MAX,
                };
                request.can_follow(error) && sent < most && self.time_limit().is_ok()
            })
            .await
            .map_err(|error| error.with_tries(tries.load(Ordering::Relaxed) as usize))
    }

    /// The error for an answer beyond what halolink reads; `limit` is e.g. "64 MB in one answer".
    pub fn too_large(&self, limit: String) -> Error {
        Error::TooLarge {
            host: self.host.clone(),
            limit,
        }
    }

    /// A service's text without any secret of this client, nor this one.
    pub fn without_secrets(&self, text: &str, secret: &SecretString) -> String {
        let hidden = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        let secrets = hidden.iter().chain([secret]).map(ExposeSecret::expose_secret);
        redaction::without_known(text, secrets)
    }

    /// A service's words, made fit to be shown.
    fn words(&self, text: &str, request: &Request) -> String {
        self.with_secrets(request, |secrets| redaction::words(text, secrets.iter().copied()))
    }

    /// A line of our own, without any secret of this client or of the request.
    fn redact(&self, text: &str, request: &Request) -> String {
        self.with_secrets(request, |secrets| {
            redaction::without_known(text, secrets.iter().copied())
        })
    }

    /// Calls `work` with every secret of this client and those in the request's headers.
    fn with_secrets(&self, request: &Request, work: impl FnOnce(&[&str]) -> String) -> String {
        let hidden = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        let mut secrets: Vec<&str> = hidden.iter().map(ExposeSecret::expose_secret).collect();
        let sensitive = request.headers.values().filter(|value| value.is_sensitive());
        secrets.extend(
            sensitive
                .filter_map(|value| value.to_str().ok())
                .map(|value| value.strip_prefix("Bearer ").unwrap_or(value)),
        );
        work(&secrets)
    }
}

/// The innermost reason: what a person can act on, without the layers that wrap it.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    clean(&cause.to_string())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Notes down each wait.
    #[derive(Default)]
    struct Notes(Mutex<Vec<String>>);

    impl Observer for Notes {
        fn exchanged(&self, _: &str) {}
        fn body(&self, _: &str) {}
        fn waiting(&self, why: &str, remaining: Duration, first: bool) {
            if first {
                let seconds = remaining.as_secs_f64().round();
                self.0.lock().unwrap().push(format!("{seconds} s: {why}"));
            }
        }
        fn resumed(&self) {}
    }

    /// Answers one connection with each of these texts.
    async fn server(answers: Vec<&'static str>) -> Url {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        url.parse().unwrap()
    }

    const UNAVAILABLE: &str =
        "HTTP/1.1 503 No\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    const FINE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n7";

    fn http(url: &Url, patience: u64, notes: &Arc<Notes>) -> Http {
        let policy = RequestPolicy {
            patience: Duration::from_secs(patience),
            limit: None,
            silence: Arc::default(),
        };
        Http::new(url, policy, notes.clone()).unwrap()
    }

    #[tokio::test]
    async fn a_service_that_asks_to_wait_is_given_the_time() {
        let url = server(vec![UNAVAILABLE, FINE]).await;
        let notes = Arc::default();
        let http = http(&url, 60, &notes);
        let answer: i64 = http.json(&Request::get(url)).await.unwrap();
        assert_eq!((answer, http.sent()), (7, 2));
        let notes = notes.0.lock().unwrap();
        assert!(notes[0].ends_with("s: the service asks to wait"), "{notes:?}");
    }

    #[tokio::test]
    async fn a_service_that_asks_for_too_long_a_pause_is_not_waited_for() {
        let url = server(vec![UNAVAILABLE]).await;
        let http = http(&url, 0, &Arc::default());
        let error = http.json::<i64>(&Request::get(url)).await.unwrap_err();
        assert!(matches!(error, Error::RateLimited { .. }), "{error}");
        assert_eq!(http.sent(), 1);
    }

    #[tokio::test]
    async fn a_write_that_may_have_been_done_is_not_sent_again() {
        let url = server(vec!["", FINE]).await;
        let http = http(&url, 60, &Arc::default());
        let request = Request::post(url, Body::Json("[]".to_owned()));
        let error = http.accepted(&request).await.unwrap_err();
        assert!(error.is_unclear(), "{error}");
        assert_eq!(http.sent(), 1);
    }
}
