//! The two listeners and the thread that serves them.

use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard},
    thread::{self, JoinHandle},
};

use axum::body::Body;
use fastrand::Rng;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use tokio::sync::oneshot;

use super::{
    Credentials, Fault, Options, Received, Service, UnknownBreakage, World,
    breakage::{Breakage, Broken},
    exchange,
    fault_injection::Faults,
    rate::Rate,
    received::Log,
    shared::{Controls, Shared},
    token::Tokens,
};

/// Both services, which run until this is dropped.
pub struct Sandbox {
    shared: Arc<Shared>,
    backup_url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is in use, or needs a privilege.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// The port that was asked for; 0 means any.
        port: u16,
        /// The system's words.
        source: io::Error,
    },
    /// The thread or its event loop could not be started.
    #[error("cannot start the sandbox's thread")]
    Thread(#[source] io::Error),
    /// What is to be broken is not there.
    #[error(transparent)]
    Unknown(#[from] UnknownBreakage),
}

impl Sandbox {
    /// Seeds the data, opens two listeners on `127.0.0.1` and serves them from a thread of its own.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let (halo, halo_address) = listen(options.halo_port)?;
        let (backup, backup_address) = listen(options.backup_port)?;
        let now = Timestamp::now();
        let mut world = World::seeded(options.organizations, options.seed, now);
        let mut broken = Broken::default();
        for text in &options.broken {
            let breakage = Breakage::parse(text, &world)?;
            broken.add(&mut world, breakage, now);
        }
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            controls: Mutex::new(Controls {
                faults: Faults::new(options.faults),
                broken,
                rate: Rate::new(options.rate_limit),
                tokens: Tokens::new(),
                log: Log::new(),
            }),
            credentials: Credentials::seeded(&mut Rng::with_seed(options.seed)),
            site_url: format!("http://{halo_address}"),
            latency: options.latency,
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(StartError::Thread)?;
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        // The sandbox was dropped.
                        _ = stopped => {}
                        _ = serve(halo, Service::Halo, Arc::clone(&serving)) => {}
                        _ = serve(backup, Service::Backup, serving) => {}
                    }
                });
            })
            .map_err(StartError::Thread)?;
        Ok(Self {
            shared,
            backup_url: format!("http://{backup_address}/api"),
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The Halo site, which has `/auth/token` and `/api/…` below it.
    pub fn site_url(&self) -> String {
        self.shared.site_url.clone()
    }

    /// The base URL of the SaaS Backup API, `/api` included.
    pub fn backup_url(&self) -> String {
        self.backup_url.clone()
    }

    /// The credentials that a client needs.
    pub fn credentials(&self) -> &Credentials {
        &self.shared.credentials
    }

    /// The state of both services, to read and to change. Requests wait while the guard is held, so drop it before the
    /// next one.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world()
    }

    /// The requests that both services have received, in order.
    pub fn received(&self) -> Vec<Received> {
        self.shared.controls().log.entries().cloned().collect()
    }

    /// Forgets the requests received so far.
    pub fn forget_received(&self) {
        self.shared.controls().log.forget();
    }

    /// Replaces the faults that are on; each one starts afresh.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        self.shared.controls().faults = Faults::new(faults);
    }

    /// The faults that are on.
    pub fn faults(&self) -> Vec<Fault> {
        self.shared.controls().faults.on().collect()
    }

    /// How often a fault has changed an answer, or what was done, since [`Self::set_faults`] or the start. A test whose
    /// fault never strikes proves nothing.
    pub fn struck(&self, fault: Fault) -> u64 {
        self.shared.controls().faults.struck(fault)
    }

    /// Breaks a backup: `ORGANIZATION:ERROR`, or `ORGANIZATION:ERROR:ACCOUNT` for one account, as in
    /// `Contoso:main-app-token`. The organization is named by id or name, the error by its slug or status.
    pub fn break_backup(&self, text: &str) -> Result<(), UnknownBreakage> {
        self.shared.break_backups(&[text])
    }

    /// Heals a backup, named as for [`Self::break_backup`]: it has just been made, and nothing is wrong with it.
    pub fn heal_backup(&self, text: &str) -> Result<(), UnknownBreakage> {
        self.shared.heal_backups(&[text])
    }

    /// The backups that are broken on purpose, by organization id and with the account.
    pub fn broken(&self) -> Vec<String> {
        self.shared.controls().broken.names()
    }

    /// Empties the rate limit's window, as if five minutes had passed.
    pub fn forget_rate(&self) {
        self.shared.controls().rate.forget();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Sandbox")
            .field("site_url", &self.shared.site_url)
            .field("backup_url", &self.backup_url)
            .finish_non_exhaustive()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Dropping the sender signals the thread to stop.
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has stopped already.
            let _ = thread.join();
        }
    }
}

/// A listener, opened before the runtime starts so that a port in use is reported at once.
fn listen(port: u16) -> Result<(TcpListener, SocketAddr), StartError> {
    let open = || {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    open().map_err(|source| StartError::Listen { port, source })
}

/// Accepts connections for as long as it is polled.
///
/// hyper itself serves the connections, because a fault must be able to close one without an answer: hyper does so
/// when a service fails, but axum's server accepts only services that cannot fail.
async fn serve(listener: TcpListener, service: Service, shared: Arc<Shared>) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file handles, or the client has gone. Neither giving up nor a busy loop would help.
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            continue;
        };
        // Otherwise small answers wait for each other; a stream that refuses this is only slower.
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let answer = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
                exchange::answer(Arc::clone(&shared), service, request.map(Body::new))
            });
            // The client or a fault cut the connection.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
}
