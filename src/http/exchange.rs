//! One request until it is answered: rate limits are waited out, redirects within the site followed.

use std::{sync::atomic::Ordering, time::Duration};

use reqwest::{
    Method, Response, StatusCode, Url,
    header::{CONTENT_TYPE, LOCATION, RETRY_AFTER},
};
use secrecy::ExposeSecret;
use tokio::time::Instant;

use super::{
    Error, Http, Request,
    answer::Answer,
    certificate, host_of,
    request::Body,
    require_secure, root_cause, silence,
    wait::{self, Patience},
};
use crate::text::clean;

/// Time for one whole exchange that nothing depends on.
const BEST_EFFORT_TIMEOUT: Duration = Duration::from_secs(10);
/// Why nothing is sent after a `429`.
const RATE_LIMIT: &str = "the rate limit is reached (it covers 5 minutes and counts other tools too)";
/// Redirects within one site that are followed for a read.
const MOST_REDIRECTS: usize = 3;

impl Http {
    /// Gets one complete answer with a 2xx status.
    pub(super) async fn once(&self, request: &Request) -> Result<Answer, Error> {
        let mut url = request.url.clone();
        let mut redirects = 0;
        let mut patience = Patience::new(self.policy.patience);
        loop {
            require_secure(&url)?;
            let limit = self.admit(request, &mut patience).await?;
            let started = Instant::now();
            let sent = self.send(request, &url, limit).await;
            let response = sent.inspect_err(|_| self.policy.silence.add(started))?;
            let status = response.status();
            let is_refused = status == StatusCode::TOO_MANY_REQUESTS;
            if is_refused || status.is_redirection() {
                self.has_answered.store(true, Ordering::Relaxed);
            }
            if is_refused && !request.best_effort {
                let pause = wait::after_refusal(response.headers().get(RETRY_AFTER), &mut patience);
                self.rate_limiter.block(pause, RATE_LIMIT);
            } else if status.is_redirection() {
                url = self.redirect(request, &url, &response, redirects)?;
                redirects += 1;
            } else {
                return self.conclude(request, response, started, limit).await;
            }
        }
    }

    /// Waits until the request may be sent, and gives the time that the exchange may take.
    async fn admit(&self, request: &Request, patience: &mut Patience) -> Result<Duration, Error> {
        if request.best_effort && !self.rate_limiter.has_plenty() {
            return Err(Error::RateLimited {
                host: self.host.clone(),
                pause: 0,
                waited: 0,
                patience: 0,
            });
        }
        let mut limit = self.time_limit()?;
        if request.best_effort {
            limit = limit.min(BEST_EFFORT_TIMEOUT);
        }
        let waited = patience.spent();
        self.wait_for_budget(patience).await?;
        if patience.spent() > waited
            && let Some(still_wanted) = &request.still_wanted
            && !still_wanted().await
        {
            return Err(Error::Withdrawn);
        }
        Ok(limit)
    }

    /// Waits until the rate limiter has room for one request, and takes it.
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

    /// How long the next exchange may take; an error once this run has waited in vain for long enough.
    pub(super) fn time_limit(&self) -> Result<Duration, Error> {
        let has_answered = self.has_answered.load(Ordering::Relaxed);
        self.policy
            .silence
            .limit(has_answered)
            .ok_or_else(|| Error::GaveUp {
                host: self.host.clone(),
                seconds: silence::MOST.as_secs(),
            })
    }

    /// Sends the request and gives the head of the answer. Head and body together may take up to `limit`.
    async fn send(&self, request: &Request, url: &Url, limit: Duration) -> Result<Response, Error> {
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
                    .header(CONTENT_TYPE, "application/json")
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
        let result = self.observed(limit, builder.send()).await;
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

    /// Reads the answer to its end. Anything but a 2xx status is an error.
    async fn conclude(
        &self,
        request: &Request,
        response: Response,
        started: Instant,
        limit: Duration,
    ) -> Result<Answer, Error> {
        let status = response.status();
        if status.is_server_error()
            && !request.best_effort
            && let Some(pause) = wait::stated_pause(response.headers().get(RETRY_AFTER))
        {
            // The next try waits for as long as the service asks.
            self.rate_limiter.block(pause, "the service asks to wait");
        }
        let left = limit.saturating_sub(started.elapsed());
        let answer = self.observed(left, self.whole(request, response, limit)).await;
        if answer.is_ok() {
            self.has_answered.store(true, Ordering::Relaxed);
        }
        if answer.is_err() || is_unanswered(status) {
            self.policy.silence.add(started);
        }
        if status.is_success() {
            return answer;
        }
        let message = match answer {
            Ok(answer) => answer.refusal(|words| self.words(words, request)),
            // A refusal whose text was lost is still a refusal.
            Err(Error::TooLarge { limit, .. }) => format!("no message (more than {limit})"),
            Err(_) => "the answer broke off".to_owned(),
        };
        Err(self.refused(status, message))
    }

    /// The error for an answer whose status is not 2xx.
    fn refused(&self, status: StatusCode, message: String) -> Error {
        let (host, code) = (self.host.clone(), status.as_u16());
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            Error::ServerFailed {
                host,
                status: code,
                message,
                tries: 1,
            }
        } else if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
            Error::Unclear {
                host,
                reason: format!("{code}: {message}"),
                tries: 1,
            }
        } else {
            Error::Status {
                host,
                status: code,
                message,
            }
        }
    }

    /// Waits for an answer, and lets the observer know if it takes long.
    async fn observed<T>(&self, limit: Duration, work: impl Future<Output = T>) -> T {
        let why = format!("no answer yet from {}", self.host);
        wait::observed(self.observer.as_ref(), &why, limit, work).await
    }

    /// The error for a request that got no answer.
    fn failed(&self, error: &reqwest::Error, request: &Request, limit: Duration) -> Error {
        let host = self.host.clone();
        let reason = self.redact(&root_cause(error), request);
        if error.is_builder() {
            Error::Setup { reason }
        } else if reason.contains("corrupt message") {
            // This is how a TLS handshake fails against a server that speaks plain http.
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

    /// Reads the rest of the answer.
    async fn whole(
        &self,
        request: &Request,
        mut response: Response,
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

    /// Where to send the request again; an error unless it is a read that stays on the same site.
    fn redirect(
        &self,
        request: &Request,
        from: &Url,
        response: &Response,
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
}

/// Whether this status comes from something in between, which waited for the service in vain.
fn is_unanswered(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
            | StatusCode::REQUEST_TIMEOUT
    )
}
