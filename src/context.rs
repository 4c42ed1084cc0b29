//! The context of a command: output, settings, where things are stored, and clients on demand.

mod state;

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use secrecy::SecretString;
use serde::Serialize;

use crate::{
    backup::{self, Backup},
    cli::Global,
    environment::Environment,
    failure::Failure,
    halo::{self, Halo},
    http::{RequestPolicy, SPAN},
    model::{Listed, Reference},
    paths::{config_directory, state_file},
    profile::{Connection, DEFAULT_PROFILE, Profiles},
    secrets::{Secret, SecretStore, Secrets},
    store::{NameKind, Store},
    text::Text,
    ui::{OutputOptions, Streams, Ui},
};

pub use state::{Found, Standing, other_token_host, standing};

/// How long the keyring may take to answer: without a person who could unlock it, and with one.
const KEYRING_TIMEOUTS: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(60)];

/// HTTP requests sent, token requests and retries included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Requests {
    pub halo: u64,
    pub backup: u64,
}

/// The context of a command.
pub struct Context {
    /// The name of the profile.
    pub profile: String,
    pub ui: Ui,
    pub environment: Environment,
    pub profiles: Profiles,
    pub secrets: Secrets,
    pub policy: RequestPolicy,
    /// Whether to answer yes to every question whether to go on.
    pub yes: bool,
    /// The path of the state file.
    state: PathBuf,
    halo: Mutex<Option<Arc<Halo>>>,
    backup: Mutex<Option<Arc<Backup>>>,
    /// How many requests `connect` sent to find out where to sign in.
    discovery: AtomicU64,
    /// How many requests were recorded in the state.
    noted: AtomicU64,
    /// Whether the state was found to be the profile's own.
    is_own: AtomicBool,
    /// Whether what the first version did not record has been recorded, as far as possible.
    is_settled: AtomicBool,
}

impl Context {
    /// The context of an invocation.
    ///
    /// # Errors
    /// There is no directory for configuration or state.
    pub fn new(
        global: &Global,
        environment: Environment,
        streams: Streams,
        secret_store: Option<SecretStore>,
    ) -> anyhow::Result<Self> {
        let ui = Ui::new(
            OutputOptions {
                format: global.output,
                quiet: global.quiet,
                verbosity: global.verbose,
                may_ask: !global.non_interactive,
                color: global.color,
                no_color: environment.get("NO_COLOR").is_some(),
            },
            streams,
        );
        let secret_store = secret_store.unwrap_or(SecretStore::Keyring(
            KEYRING_TIMEOUTS[usize::from(ui.is_interactive())],
        ));
        Ok(Self {
            secrets: Secrets::new(&global.profile, environment.clone(), secret_store),
            profiles: Profiles::new(&config_directory(&environment)?),
            state: state_file(&environment)?,
            policy: RequestPolicy {
                patience: Duration::from_secs(global.patience),
                limit: (global.request_limit > 0).then_some(global.request_limit),
                silence: Arc::default(),
            },
            yes: global.yes,
            profile: global.profile.clone(),
            ui,
            environment,
            halo: Mutex::default(),
            backup: Mutex::default(),
            discovery: AtomicU64::new(0),
            noted: AtomicU64::new(0),
            is_own: AtomicBool::new(false),
            is_settled: AtomicBool::new(false),
        })
    }

    /// The profile's connection.
    ///
    /// # Errors
    /// Exit code 3 if there is none.
    pub fn connection(&self) -> anyhow::Result<Connection> {
        self.profiles
            .connection(&self.profile)?
            .ok_or_else(|| self.not_connected().into())
    }

    /// The failure of a profile that has no connection: exit code 3.
    pub fn not_connected(&self) -> Failure {
        Failure::not_connected(format!("the profile \"{}\" is not connected", self.profile))
            .hint(self.command("connect"))
    }

    /// `run: halolink COMMAND`, with the profile if it is not the default.
    pub fn command(&self, command: &str) -> String {
        if self.profile == DEFAULT_PROFILE {
            format!("run: halolink {command}")
        } else {
            format!("run: halolink --profile {} {command}", self.profile)
        }
    }

    /// The client for Halo.
    ///
    /// # Errors
    /// There is no connection or no secret, or the state is not the profile's own.
    pub async fn halo(&self) -> anyhow::Result<Arc<Halo>> {
        if let Some(halo) = self.halo.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            return Ok(halo.clone());
        }
        let connection = self.connection()?;
        // Never send a site the mappings of another.
        self.check_state().await?;
        let secret = self.secret(&connection, Secret::ClientSecret).await?;
        self.halo_at(connection.site, secret).await
    }

    /// A client for a site that does not have to be stored.
    ///
    /// # Errors
    /// The address is insecure.
    pub async fn halo_at(&self, site: halo::Site, secret: SecretString) -> anyhow::Result<Arc<Halo>> {
        let site_url = site.site_url.to_string();
        let halo = Arc::new(Halo::new(
            site,
            secret,
            self.policy.clone(),
            Arc::new(self.ui.clone()),
        )?);
        if self.policy.limit.is_some() && self.state.exists() {
            let recent = async {
                let store = Store::open_read_only(&self.state).await?;
                let recent = store.recent_requests(&site_url, SPAN).await?;
                store.close().await;
                Ok::<_, crate::store::Error>(recent)
            };
            match recent.await {
                Ok(recent) => halo.rate_limiter().remember(&recent),
                Err(error) => self
                    .ui
                    .detail(1, format!("the requests of other runs are not known: {error}")),
            }
        }
        *self.halo.lock().unwrap_or_else(PoisonError::into_inner) = Some(halo.clone());
        Ok(halo)
    }

    /// The client for SaaS Backup.
    ///
    /// # Errors
    /// There is no connection, it is one without SaaS Backup, or there is no secret.
    pub async fn backup(&self) -> anyhow::Result<Arc<Backup>> {
        if let Some(backup) = self
            .backup
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
        {
            return Ok(backup.clone());
        }
        let connection = self.connection()?;
        let Some(url) = connection.backup_url.clone() else {
            return Err(Failure::not_connected(format!(
                "the profile \"{}\" was connected with --no-backup: organizations cannot be read",
                self.profile
            ))
            .hint("give the seats with: halolink sync-seats --seats-file FILE.csv; or connect with --backup-url")
            .into());
        };
        let reseller = self.secret(&connection, Secret::ResellerToken).await?;
        let access = self.secret(&connection, Secret::AccessToken).await?;
        self.backup_at(url, reseller, access)
    }

    /// A client for a service that does not have to be stored.
    ///
    /// # Errors
    /// The address is insecure.
    pub fn backup_at(
        &self,
        url: reqwest::Url,
        reseller: SecretString,
        access: SecretString,
    ) -> anyhow::Result<Arc<Backup>> {
        // SaaS Backup documents no limit. If it answers 429, that is waited out like Halo's.
        let policy = RequestPolicy {
            limit: None,
            ..self.policy.clone()
        };
        let backup = Arc::new(Backup::new(
            url,
            reseller,
            access,
            policy,
            Arc::new(self.ui.clone()),
        )?);
        *self.backup.lock().unwrap_or_else(PoisonError::into_inner) = Some(backup.clone());
        Ok(backup)
    }

    async fn secret(&self, connection: &Connection, secret: Secret) -> anyhow::Result<SecretString> {
        let entries = connection.entries();
        Ok(self.secrets.find(secret, entries.as_ref()).await?.0)
    }

    /// Remembers names for tab completion, if there is a state. It does not matter if that fails: they will be read
    /// again.
    pub async fn remember<Id: ToString>(
        &self,
        kind: NameKind,
        names: impl IntoIterator<Item = (Id, String)>,
    ) {
        let names: Vec<Reference<String>> = names
            .into_iter()
            .map(|(id, name)| Reference::new(id.to_string(), name))
            .collect();
        let result = async {
            let store = Store::open_for_notes(&self.state).await?;
            store.remember_names(&self.profile, kind, &names).await?;
            store.close().await;
            anyhow::Ok(())
        };
        if let Err(error) = result.await {
            self.ui
                .detail(1, format!("the names could not be kept for completion: {error}"));
        }
    }

    /// Remembers the list of organizations, if there is a state, to name later those that nobody mapped. It does not
    /// matter if that fails: the list will be read again.
    pub async fn remember_listed(&self, listed: &[Listed]) {
        let result = async {
            let store = Store::open_for_notes(&self.state).await?;
            store.remember_listed(&self.profile, listed).await?;
            store.close().await;
            anyhow::Ok(())
        };
        if let Err(error) = result.await {
            self.ui
                .detail(1, format!("the list of organizations could not be kept: {error}"));
        }
    }

    /// Tells a person about a long wait for another process.
    pub fn notify(&self) -> impl Fn(&str) + Sync + '_ {
        |line| self.ui.note(line)
    }

    /// Requests sent so far.
    pub fn requests(&self) -> Requests {
        let halo = self.halo.lock().unwrap_or_else(PoisonError::into_inner);
        let backup = self.backup.lock().unwrap_or_else(PoisonError::into_inner);
        Requests {
            halo: halo.as_ref().map_or(0, |halo| halo.requests()) + self.discovery.load(Ordering::Relaxed),
            backup: backup
                .as_ref()
                .map_or(0, |backup: &Arc<Backup>| backup.requests()),
        }
    }

    /// Counts requests that were sent before there was a Halo client.
    pub fn count_discovery(&self, sent: u64) {
        self.discovery.fetch_add(sent, Ordering::Relaxed);
    }

    /// Records the requests to Halo in the state, so that other processes can keep to the shared limit. Called at the
    /// end, and by long runs in between. Without a state there are no others to tell.
    pub async fn note_requests(&self) {
        let sent = self.requests().halo;
        let new = sent.saturating_sub(self.noted.swap(sent, Ordering::Relaxed));
        let site = self
            .halo
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(|halo| halo.site_url().to_string());
        let Some(site) = site.filter(|_| new > 0 && self.state.exists()) else {
            return;
        };
        let noted = async {
            let store = Store::open_for_notes(&self.state).await?;
            store.note_requests(&site, new).await?;
            store.close().await;
            anyhow::Ok(())
        };
        if let Err(error) = noted.await {
            self.ui.detail(
                1,
                format!("the number of requests could not be recorded: {error}"),
            );
        }
    }

    /// Whether to go on: yes with `--yes`, otherwise whatever a person answers.
    ///
    /// # Errors
    /// Exit code 2 if there is nobody to ask.
    pub async fn go_ahead(&self, question: impl Into<Text>) -> anyhow::Result<bool> {
        if self.yes {
            return Ok(true);
        }
        let question: Text = question.into();
        if !self.ui.is_interactive() {
            return Err(Failure::usage(format!("{question} Nobody is here to answer"))
                .hint("add --yes to go ahead without being asked, or --dry-run to only look")
                .into());
        }
        self.ui.confirm(question).await
    }

    /// The error for a missing value if there is nobody to ask: exit code 2, with the flag to give.
    pub fn missing(&self, what: &str, flag: &str) -> anyhow::Error {
        Failure::usage(format!("{what} is missing"))
            .hint(format!("give it with {flag}"))
            .into()
    }
}

/// Reads a backup URL as people give it.
///
/// # Errors
/// Exit code 2 if it cannot be used.
pub fn backup_url(given: &str) -> anyhow::Result<reqwest::Url> {
    let url = backup::base_url(given)
        .map_err(|reason| Failure::usage(format!("the backup URL cannot be used: {reason}")))?;
    crate::http::require_secure(&url)?;
    Ok(url)
}
