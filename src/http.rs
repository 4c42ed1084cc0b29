//! One HTTP layer for both services: TLS, proxies, timeouts, retries, rate budget, redaction, counting.
//!
//! What it promises to the modules above:
//! - a request is repeated only where that is safe: it was never sent, or the caller said that doing it
//!   twice is the same as once ([`Request::repeatable`]);
//! - `429` is waited out, within the patience, and every other request waits with it;
//! - no answer is quoted, no secret is shown in an error or a log line, and none follows a redirect to another host;
//! - every request that leaves is counted.

mod address;
mod certificate;
mod error;
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
    time::{Duration, Instant},
};

use backon::{ExponentialBuilder, Retryable};
use reqwest::{
    Method, StatusCode, Url,
    header::{CONTENT_TYPE, LOCATION, RETRY_AFTER},
};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

pub use address::{host_of, is_host, is_loopback, require_secure};
pub use error::Error;
pub use rate_limiter::{PATIENCE, REQUEST_LIMIT, RateLimiter, SPAN};
pub use request::{Body, Request, StillWanted};
pub use silence::Silence;
pub use wait::whole_seconds;

use crate::text::clean;

/// How many times a host that cannot be reached at all is tried: most likely its name is wrong.
const UNREACHABLE_TRIES: usize = 3;
/// How many times a request is sent to a host that takes connections and never answered anything.
const SILENT_TRIES: usize = 2;
/// Time for one whole exchange that is not worth waiting for.
const COURTESY_TIMEOUT: Duration = Duration::from_secs(10);
/// Time to establish a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Why nothing is sent after a `429`.
const RATE_LIMIT: &str = "the rate limit is reached (it counts over 5 minutes, other tools included)";
/// Redirects within one site that are followed for a read.
const MOST_REDIRECTS: usize = 3;

/// Told what goes on, for people who asked to see it (`-vv`) and for progress.
pub trait Observer: Send + Sync {
    /// A request was answered or failed; one line without secrets.
    fn exchanged(&self, line: &str);
    /// The JSON that is sent; only asked for at `-vvv`.
    fn body(&self, json: &str);
    /// Nothing is sent for `remaining`, because of `why`. Called about once a second, `first` the first time.
    fn waiting(&self, why: &str, remaining: Duration, first: bool);
    /// The wait is over.
    fn resumed(&self);
}

/// How patient and how fast to be.
#[derive(Clone, Debug)]
pub struct RequestPolicy {
    /// The longest that one request waits for a rate limit.
    pub patience: Duration,
    /// Requests allowed in any rolling five minutes; `None` for no limit of our own.
    pub limit: Option<usize>,
    /// The time this run spent waiting in vain, shared by all clients.
    pub silence: Arc<Silence>,
}

/// A whole answer.
struct Answer {
    status: StatusCode,
    content_type: Option<String>,
    body: Vec<u8>,
}

/// The client for one service.
pub struct Http {
    client: reqwest::Client,
    host: String,
    policy: RequestPolicy,
    rate_limiter: RateLimiter,
    sent: AtomicU64,
    /// Whether the host ever answered.
    has_answered: AtomicBool,
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
        // The first in the process wins; all are this one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("halolink/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            // Followed by hand, so that each is counted and none leaves the host.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        if is_loopback(base) {
            // Plain http must not leave the machine by way of a proxy.
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

    /// The rate budget, for loading what other runs used of it.
    pub fn rate_limiter(&self) -> &RateLimiter {
        &self.rate_limiter
    }

    /// From now on this text appears in no message and no log line.
    pub fn hide(&self, secret: &SecretString) {
        let mut hidden = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        hidden.push(secret.clone());
    }

    /// Sends the request until there is a usable answer, and reads it as JSON.
    ///
    /// # Errors
    /// Every variant of [`Error`]; [`Error::is_unclear`] tells when a write may have been done.
    pub async fn json<T: DeserializeOwned>(&self, request: &Request) -> Result<T, Error> {
        self.read(request, |bytes| serde_json::from_slice(bytes)).await
    }

    /// Sends a write, and takes any answer that is whole: what was done is read back, not read off it.
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
            read(&answer.body).map_err(|error| self.unreadable(&answer, &error))
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

    /// One answer with status 2xx, its whole body; rate limits waited out, redirects within the site followed.
    async fn once(&self, request: &Request) -> Result<Answer, Error> {
        let mut url = request.url.clone();
        let mut redirects = 0;
        let mut patience = wait::Patience::new(self.policy.patience);
        loop {
            require_secure(&url)?;
            if request.courtesy && !self.rate_limiter.has_plenty() {
                return Err(Error::RateLimited {
                    host: self.host.clone(),
                    pause: 0,
                    waited: 0,
                    patience: 0,
                });
            }
            let mut limit = self.time_limit()?;
            if request.courtesy {
                limit = limit.min(COURTESY_TIMEOUT);
            }
            let waited = patience.spent();
            self.wait_for_budget(&mut patience).await?;
            if patience.spent() > waited
                && let Some(still_wanted) = &request.still_wanted
                && !still_wanted().await
            {
                return Err(Error::Withdrawn);
            }
            let started = tokio::time::Instant::now();
            let in_vain = || self.policy.silence.add(started);
            let response = self.send(request, &url, limit).await.inspect_err(|_| in_vain())?;
            let status = response.status();
            if status == StatusCode::TOO_MANY_REQUESTS || status.is_redirection() {
                self.has_answered.store(true, Ordering::Relaxed);
            }
            if status == StatusCode::TOO_MANY_REQUESTS && !request.courtesy {
                let pause = wait::after_refusal(response.headers().get(RETRY_AFTER), &mut patience);
                self.rate_limiter.block(pause, RATE_LIMIT);
                continue;
            }
            if status.is_redirection() {
                url = self.redirect(request, &url, &response, redirects)?;
                redirects += 1;
                continue;
            }
            if status.is_server_error()
                && !request.courtesy
                && let Some(pause) = wait::stated_pause(response.headers().get(RETRY_AFTER))
            {
                // Whoever tries again waits for as long as it asks.
                self.rate_limiter.block(pause, "the service asks to wait");
            }
            let left = limit.saturating_sub(started.elapsed());
            let answer = self.attended(left, self.whole(request, response, limit)).await;
            if answer.is_ok() {
                self.has_answered.store(true, Ordering::Relaxed);
            }
            if answer.is_err() || is_in_vain(status) {
                in_vain();
            }
            if status.is_success() {
                return answer;
            }
            let message = match answer {
                Ok(answer) => self.refusal(&answer, request),
                // A refusal whose text was lost is still a refusal.
                Err(Error::TooLarge { limit, .. }) => format!("no message (more than {limit})"),
                Err(_) => "the answer broke off".to_owned(),
            };
            if status == StatusCode::INTERNAL_SERVER_ERROR {
                return Err(Error::ServerFailed {
                    host: self.host.clone(),
                    status: status.as_u16(),
                    message,
                    tries: 1,
                });
            }
            return Err(
                if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
                    Error::Unclear {
                        host: self.host.clone(),
                        reason: format!("{}: {message}", status.as_u16()),
                        tries: 1,
                    }
                } else {
                    Error::Status {
                        host: self.host.clone(),
                        status: status.as_u16(),
                        message,
                    }
                },
            );
        }
    }

    /// Waits until the rate budget has room, and takes one request from it.
    async fn wait_for_budget(&self, patience: &mut wait::Patience) -> Result<(), Error> {
        while let Err(delay) = self.rate_limiter.take() {
            if !patience.allows(delay.pause) {
                return Err(Error::RateLimited {
                    host: self.host.clone(),
                    pause: wait::whole_seconds(delay.pause),
                    waited: patience.spent().as_secs_f64().round() as u64,
                    patience: self.policy.patience.as_secs(),
                });
            }
            patience.spend(delay.pause);
            wait::count_down(self.observer.as_ref(), delay.why, delay.pause).await;
        }
        Ok(())
    }

    /// How long the next exchange may take.
    fn time_limit(&self) -> Result<Duration, Error> {
        let has_answered = self.has_answered.load(Ordering::Relaxed);
        self.policy
            .silence
            .limit(has_answered)
            .ok_or_else(|| Error::GaveUp {
                host: self.host.clone(),
                seconds: silence::MOST.as_secs(),
            })
    }

    /// Waits for an answer, with somebody watching if it takes long.
    async fn attended<T>(&self, limit: Duration, work: impl Future<Output = T>) -> T {
        let why = format!("no answer yet from {}", self.host);
        wait::attended(self.observer.as_ref(), &why, limit, work).await
    }

    /// The answer's head. The whole answer takes up to `limit`, head and body.
    async fn send(&self, request: &Request, url: &Url, limit: Duration) -> Result<reqwest::Response, Error> {
        let mut builder = self
            .client
            .request(request.method.clone(), url.clone())
            .timeout(limit)
            .headers(request.headers.clone());
        builder = match &request.body {
            Body::None => builder,
            Body::Json(text) => {
                self.observer.body(&self.redact(text, request));
                builder
                    .header(reqwest::header::CONTENT_TYPE, "application/json")
                    .body(text.clone())
            }
            Body::Form(pairs) => {
                let pairs: Vec<(&str, &str)> = pairs
                    .iter()
                    .map(|(name, value)| (*name, value.expose_secret()))
                    .collect();
                builder.form(&pairs)
            }
        };
        self.sent.fetch_add(1, Ordering::Relaxed);
        let started = Instant::now();
        let result = self.attended(limit, builder.send()).await;
        let outcome = match &result {
            Ok(response) => response.status().as_u16().to_string(),
            Err(error) => root_cause(error),
        };
        self.observer.exchanged(&self.redact(
            &format!(
                "{} {url} -> {outcome} ({} ms)",
                request.method,
                started.elapsed().as_millis()
            ),
            request,
        ));
        result.map_err(|error| self.failed(&error, request, limit))
    }

    fn failed(&self, error: &reqwest::Error, request: &Request, limit: Duration) -> Error {
        let host = self.host.clone();
        let reason = self.redact(&root_cause(error), request);
        if error.is_builder() {
            Error::Setup { reason }
        } else if reason.contains("corrupt message") {
            // What a TLS handshake finds where plain http is spoken.
            Error::Certificate {
                host,
                reason: "it does not speak https on that port".to_owned(),
            }
        } else if let Some(reason) = certificate::distrust(error) {
            let reason = self.redact(&clean(&reason), request);
            Error::Certificate { host, reason }
        } else if error.is_connect() {
            Error::Unreachable {
                host,
                reason,
                tries: 1,
            }
        } else if error.is_timeout() {
            self.silent(limit)
        } else {
            Error::Unclear {
                host,
                reason,
                tries: 1,
            }
        }
    }

    fn silent(&self, limit: Duration) -> Error {
        Error::Silent {
            host: self.host.clone(),
            seconds: wait::whole_seconds(limit),
            tries: 1,
        }
    }

    async fn whole(
        &self,
        request: &Request,
        mut response: reqwest::Response,
        limit: Duration,
    ) -> Result<Answer, Error> {
        let content_type = response.headers().get(CONTENT_TYPE);
        let mut answer = Answer {
            status: response.status(),
            content_type: content_type
                .and_then(|value| value.to_str().ok())
                .map(ToOwned::to_owned),
            body: Vec::new(),
        };
        while let Some(chunk) = response.chunk().await.map_err(|error| {
            if error.is_timeout() {
                return self.silent(limit);
            }
            Error::Unclear {
                host: self.host.clone(),
                reason: format!("the answer broke off: {}", root_cause(&error)),
                tries: 1,
            }
        })? {
            if answer.body.len() + chunk.len() > request.largest_answer {
                return Err(self.too_large(format!("{} MB in one answer", request.largest_answer >> 20)));
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }

    /// The error for an answer that has more of something than is read of one, as "64 MB in one answer".
    pub fn too_large(&self, limit: String) -> Error {
        Error::TooLarge {
            host: self.host.clone(),
            limit,
        }
    }

    fn redirect(
        &self,
        request: &Request,
        from: &Url,
        response: &reqwest::Response,
        so_far: usize,
    ) -> Result<Url, Error> {
        let target = response
            .headers()
            .get(LOCATION)
            .and_then(|location| location.to_str().ok())
            .and_then(|location| from.join(location).ok());
        let to = target.as_ref().map_or_else(
            || "nowhere".to_owned(),
            |url| {
                let place = format!("{}://{}{}", url.scheme(), host_of(url), url.path());
                self.words(&place, request)
            },
        );
        match target {
            Some(url)
                if url.origin() == from.origin()
                    && request.method == Method::GET
                    && so_far < MOST_REDIRECTS =>
            {
                Ok(url)
            }
            _ => Err(Error::Redirected {
                host: self.host.clone(),
                to,
            }),
        }
    }

    fn unreadable(&self, answer: &Answer, error: &serde_json::Error) -> Error {
        let host = self.host.clone();
        let (status, body) = (answer.status.as_u16(), &answer.body);
        let kind = message::kind(answer.content_type.as_deref(), body);
        if error.is_eof() && !body.is_empty() {
            return Error::Unclear {
                host,
                reason: format!("the answer was cut short ({status} with {kind})"),
                tries: 1,
            };
        }
        // The error's own text can have a value of the answer in it.
        let place = format!("line {} column {}", error.line(), error.column());
        let what = if body.iter().all(u8::is_ascii_whitespace) {
            format!("{status} with nothing")
        } else if message::resembles_html(body) {
            format!("{status} with a web page ({kind})")
        } else if error.is_data() {
            format!(
                "{status} with {kind}, which is not what was asked for (JSON of another shape at {place})"
            )
        } else {
            format!("{status} with {kind}, which stops being JSON at {place}")
        };
        Error::Unreadable {
            host,
            what,
            resembles_json: message::resembles_json(body),
        }
    }

    /// What a refusal says, and no more than that of it.
    fn refusal(&self, answer: &Answer, request: &Request) -> String {
        if let Some(words) = message::in_refusal(&answer.body) {
            let words = self.words(&words, request);
            if !words.is_empty() {
                return words;
            }
        }
        let kind = message::kind(answer.content_type.as_deref(), &answer.body);
        if answer.body.is_empty() {
            "no message".to_owned()
        } else if message::resembles_html(&answer.body) {
            format!("a web page ({kind})")
        } else {
            format!("no message ({kind})")
        }
    }

    /// The words of a service, fit to be shown.
    fn words(&self, text: &str, request: &Request) -> String {
        self.with_secrets(request, |secrets| redaction::words(text, secrets.iter().copied()))
    }

    /// A line of our own without any secret of this client or of the request.
    fn redact(&self, text: &str, request: &Request) -> String {
        self.with_secrets(request, |secrets| {
            redaction::without_known(text, secrets.iter().copied())
        })
    }

    /// Every secret of this client, and those in the request's own headers.
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

/// Whether an answer of that status is somebody else's, who waited for the service and got none.
fn is_in_vain(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
            | StatusCode::REQUEST_TIMEOUT
    )
}

/// The innermost reason: what a person can act on, without the layers around it.
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

    /// Notes what is waited for.
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

    /// Answers connections with these texts, one each.
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
    async fn a_service_that_asks_for_too_much_is_not_waited_for() {
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
