//! One deadline for everything that is not answered.
//!
//! Each request has a time limit of its own, and is tried again; a command sends many. So that a service which
//! takes connections and never answers does not hold a command for many minutes, the time that was spent
//! waiting for nothing is added up over the whole run, for both services together.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The silence that one run bears.
pub const MOST: Duration = Duration::from_secs(120);
/// Less than this is not worth a request.
const LEAST: Duration = Duration::from_secs(1);
/// Time for one whole exchange. A page of 1,000 records takes Halo some seconds; a batch of writes more.
const EXCHANGE: Duration = Duration::from_secs(90);
/// Time for one exchange with a host that has answered nothing yet: most likely it is down, or the wrong one.
/// What is asked first (where to sign in, a token, a page of 100) takes no service long.
const FIRST_EXCHANGE: Duration = Duration::from_secs(30);

/// The silence of one run so far.
#[derive(Debug, Default)]
pub struct Silence(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    spent: Duration,
    /// Until when time was counted: requests that wait side by side wait once.
    counted: Option<Instant>,
}

impl Silence {
    /// How long the next exchange may take; none where there was silence enough.
    pub fn limit(&self, has_answered: bool) -> Option<Duration> {
        let spent = self.0.lock().unwrap_or_else(PoisonError::into_inner).spent;
        let left = MOST.saturating_sub(spent);
        let limit = if has_answered { EXCHANGE } else { FIRST_EXCHANGE };
        (left >= LEAST).then_some(limit.min(left))
    }

    /// An exchange that was started then ended without a usable answer.
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

    /// Notes what is waited for.
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

    /// A service that takes connections, and treats each like this.
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

    /// How many seconds a read takes, and how it ends.
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
        // Another run begins anew.
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
    async fn an_answer_that_comes_in_drips_is_no_answer() {
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
    async fn a_courtesy_waits_ten_seconds() {
        let url = service(silent).await;
        let http = http(&url, &Arc::default(), &Arc::default());
        let start = Instant::now();
        let request = Request::get(url).without_waiting();
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
        // Time with answers in it does not count.
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
