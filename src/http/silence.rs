//! One limit for all the time that a run spends waiting in vain.
//!
//! Each request has its own time limit and is tried again, and a command sends many requests. A service that
//! accepts connections and never answers must not hold a command for many minutes, so the time spent waiting
//! in vain is added up over the whole run, for both services together.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// How long one run waits in vain before it gives up.
pub const MOST: Duration = Duration::from_secs(120);
/// With less time than this left, no request is worth sending.
const LEAST: Duration = Duration::from_secs(1);
/// Time for one whole exchange. Halo takes a few seconds for a page of 1,000 records, and longer for a batch of
/// writes.
const EXCHANGE: Duration = Duration::from_secs(90);
/// Time for one exchange with a host that has not answered yet: most likely it is down, or the wrong one. No
/// service takes long for what is asked first (where to sign in, a token, a page of 100).
const FIRST_EXCHANGE: Duration = Duration::from_secs(30);

/// The time that a run has spent waiting in vain.
#[derive(Debug, Default)]
pub struct Silence(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    spent: Duration,
    /// The time up to which waiting was counted, so that requests waiting side by side count once.
    counted: Option<Instant>,
}

impl Silence {
    /// How long the next exchange may take; `None` once the run should give up.
    pub fn limit(&self, has_answered: bool) -> Option<Duration> {
        let spent = self.0.lock().unwrap_or_else(PoisonError::into_inner).spent;
        let left = MOST.saturating_sub(spent);
        let limit = if has_answered { EXCHANGE } else { FIRST_EXCHANGE };
        (left >= LEAST).then_some(limit.min(left))
    }

    /// Counts an exchange, begun at `started`, that has just ended without a usable answer.
    pub fn add(&self, started: Instant) {
        let now = Instant::now();
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let from = state.counted.map_or(started, |counted| counted.max(started));
        state.spent = state.spent.saturating_add(now.saturating_duration_since(from));
        state.counted = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use reqwest::Url;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        time::sleep,
    };

    use super::{
        super::{Error, Http, Observer, Request, RequestPolicy},
        *,
    };

    /// Notes down each wait.
    #[derive(Default)]
    struct Notes(Mutex<Vec<String>>);

    impl Observer for Notes {
        fn exchanged(&self, _: &str) {}
        fn body(&self, _: &str) {}
        fn waiting(&self, why: &str, remaining: Duration, first: bool) {
            if first {
                let seconds = remaining.as_secs();
                self.0.lock().unwrap().push(format!("{seconds} s: {why}"));
            }
        }
        fn resumed(&self) {
            self.0.lock().unwrap().push("resumed".to_owned());
        }
    }

    fn http(url: &Url, silence: &Arc<Silence>, notes: &Arc<Notes>) -> Http {
        let policy = RequestPolicy {
            patience: Duration::from_secs(600),
            limit: None,
            silence: silence.clone(),
        };
        Http::new(url, policy, notes.clone()).unwrap()
    }

    /// A service that accepts connections and passes each to `treat`.
    async fn service<F: Future<Output = ()> + Send + 'static>(
        treat: impl Fn(usize, TcpStream) -> F + Send + 'static,
    ) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            for number in 0.. {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                tokio::spawn(treat(number, stream));
            }
        });
        url.parse().unwrap()
    }

    async fn silent(_: usize, stream: TcpStream) {
        sleep(Duration::from_secs(100_000)).await;
        drop(stream);
    }

    async fn fine(mut stream: TcpStream) {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n7";
        let _ = stream.write_all(answer.as_bytes()).await;
    }

    /// How many seconds a read took, and how it ended.
    async fn read(http: &Http, url: &Url) -> (u64, Result<i64, Error>) {
        let start = Instant::now();
        let result = http.json::<i64>(&Request::get(url.clone())).await;
        (start.elapsed().as_secs(), result)
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_every_request_of_the_run_in_time() {
        let url = service(silent).await;
        let (silence, notes) = (Arc::default(), Arc::default());
        let first = http(&url, &silence, &notes);
        for sent in [2, 4] {
            let (seconds, result) = read(&first, &url).await;
            let error = result.unwrap_err();
            assert!(
                matches!(
                    error,
                    Error::Silent {
                        seconds: 30,
                        tries: 2,
                        ..
                    }
                ),
                "{error}"
            );
            assert!((60..=62).contains(&seconds), "{seconds}");
            assert_eq!(first.sent(), sent);
        }
        // The other client of the run too, and at once.
        let second = http(&url, &silence, &notes);
        for client in [&first, &second] {
            let sent = client.sent();
            let (seconds, result) = read(client, &url).await;
            let error = result.unwrap_err();
            assert!(matches!(error, Error::GaveUp { seconds: 120, .. }), "{error}");
            assert!(!error.is_unclear());
            assert_eq!((seconds, client.sent()), (0, sent));
        }
        // Another run starts from zero.
        let third = http(&url, &Arc::default(), &notes);
        assert!(matches!(read(&third, &url).await.1, Err(Error::Silent { .. })));
        let host = url.authority();
        let notes = notes.0.lock().unwrap();
        assert_eq!(
            notes[..2],
            [format!("25 s: no answer yet from {host}"), "resumed".to_owned()]
        );
        assert_eq!(notes.len(), 12, "{notes:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_only_trickles_in_is_no_answer() {
        for head in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"] {
            let url = service(move |_, mut stream| async move {
                let _ = stream.write_all(head.as_bytes()).await;
                for byte in b"HTTP/1.1 200 OK\r\nX: ".iter().chain(std::iter::repeat(&b'1')) {
                    if stream.write_all(&[*byte]).await.is_err() {
                        break;
                    }
                    sleep(Duration::from_secs(3)).await;
                }
            })
            .await;
            let http = http(&url, &Arc::default(), &Arc::default());
            let (seconds, result) = read(&http, &url).await;
            assert!(
                matches!(result, Err(Error::Silent { tries: 2, .. })),
                "{result:?}"
            );
            assert!((60..=62).contains(&seconds), "{seconds}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_answered_before_is_given_more_time() {
        let url = service(|number, stream| async move {
            if number > 0 {
                sleep(Duration::from_secs(if number == 1 { 80 } else { 100_000 })).await;
            }
            fine(stream).await;
        })
        .await;
        let http = http(&url, &Arc::default(), &Arc::default());
        assert!(matches!(read(&http, &url).await, (0, Ok(7))));
        // Late is not silent.
        assert!(matches!(read(&http, &url).await, (80, Ok(7))));
        let (seconds, result) = read(&http, &url).await;
        assert!(
            matches!(
                result,
                Err(Error::Silent {
                    seconds: 30,
                    tries: 2,
                    ..
                })
            ),
            "{result:?}"
        );
        assert!((120..=122).contains(&seconds), "{seconds}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_best_effort_request_waits_ten_seconds() {
        let url = service(silent).await;
        let http = http(&url, &Arc::default(), &Arc::default());
        let start = Instant::now();
        let request = Request::get(url).best_effort();
        let error = http.json::<i64>(&request).await.unwrap_err();
        assert!(
            matches!(
                error,
                Error::Silent {
                    seconds: 10,
                    tries: 1,
                    ..
                }
            ),
            "{error}"
        );
        assert_eq!(start.elapsed().as_secs(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_gateway_that_waits_in_vain_is_silence_too() {
        let url = service(|_, mut stream| async move {
            sleep(Duration::from_secs(25)).await;
            let answer = "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = stream.write_all(answer.as_bytes()).await;
        })
        .await;
        let http = http(&url, &Arc::default(), &Arc::default());
        let start = Instant::now();
        while !matches!(read(&http, &url).await.1, Err(Error::GaveUp { .. })) {}
        let seconds = start.elapsed().as_secs();
        assert!((120..=150).contains(&seconds), "{seconds}");
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_counted_once_however_many_wait() {
        let silence = Silence::default();
        let seconds = Duration::from_secs;
        assert_eq!(silence.limit(false), Some(FIRST_EXCHANGE));
        assert_eq!(silence.limit(true), Some(EXCHANGE));
        let started = Instant::now();
        tokio::time::advance(seconds(50)).await;
        for _ in 0..4 {
            silence.add(started);
        }
        assert_eq!(silence.limit(true), Some(seconds(70)));
        // Time during which answers came does not count.
        tokio::time::advance(seconds(1000)).await;
        let started = Instant::now();
        tokio::time::advance(seconds(60)).await;
        silence.add(started);
        assert_eq!(silence.limit(false), Some(seconds(10)));
        let started = Instant::now();
        tokio::time::advance(seconds(10)).await;
        silence.add(started);
        assert_eq!(silence.limit(true), None);
    }
}
