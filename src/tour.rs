//! The tour: the whole job against a sandbox of its own, in this process, with throw-away state and secrets in memory. It
//! types commands as a person would, through the runner that it is handed. It checks the effect of each step in the
//! emulator, and fails if there is none.

use std::{
    collections::HashMap,
    ffi::OsString,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use secrecy::SecretString;
use serde::Serialize;

use crate::{
    environment::Environment,
    failure::{Completion, Failure},
    invocation::{Invocation, Runner},
    sandbox::{License, Sandbox},
    secrets::SecretStore,
    text::Text,
    ui::{Format, Streams, Ui},
};

/// A step of the tour, and how it went.
#[derive(Serialize)]
struct Step {
    command: String,
    exit_code: u8,
    output: String,
    checked: &'static str,
}

#[derive(Serialize)]
struct Report {
    steps: Vec<Step>,
}

struct Tour<'a> {
    ui: &'a Ui,
    run: Runner<'a>,
    sandbox: Sandbox,
    directory: PathBuf,
    secrets: Arc<Mutex<HashMap<String, SecretString>>>,
    steps: Vec<Step>,
}

/// The organizations of the tour: organization id, customer id and license id.
type Mapped = Vec<(String, i64, i64)>;

/// Takes the tour in a sandbox that nobody has used yet.
///
/// # Errors
/// Exit code 1 after the first step whose exit code or effect is not as expected.
pub async fn run(ui: &Ui, sandbox: Sandbox, run: Runner<'_>) -> anyhow::Result<Completion> {
    let directory = tempfile::tempdir()?;
    let mut tour = Tour {
        ui,
        run,
        sandbox,
        directory: directory.path().to_owned(),
        secrets: Arc::default(),
        steps: Vec::new(),
    };
    tour.take().await?;
    directory.close()?;
    if ui.format() == Format::Json {
        ui.json(&Report { steps: tour.steps });
    } else {
        ui.data(format!(
            "The tour is complete: {} steps, each checked in the sandbox.",
            tour.steps.len()
        ));
    }
    Ok(Completion::Done)
}

impl Tour<'_> {
    async fn take(&mut self) -> anyhow::Result<()> {
        let mapped = self.choose()?;
        let licenses_before = self.licenses(&mapped);
        self.connect().await?;
        self.configure().await?;
        self.map(&mapped).await?;

        self.step(&["sync-seats", "--dry-run"], 0, "nothing was written", |tour| {
            tour.licenses(&mapped) == licenses_before
        })
        .await?;
        self.step(
            &["sync-seats", "--yes"],
            0,
            "each license has its organization's seats, and all else is as before",
            |tour| tour.is_synced(&mapped, &licenses_before),
        )
        .await?;

        let (first, customer, _) = &mapped[0];
        let before = self.tickets(*customer);
        let ticket = ["open-ticket", first, "--error", "main-app-token"];
        self.step(&ticket, 0, "the ticket is in Halo", |tour| {
            tour.tickets(*customer) == before + 1
        })
        .await?;
        self.step(&ticket, 0, "it was not opened twice", |tour| {
            tour.tickets(*customer) == before + 1
        })
        .await?;

        self.keep_a_ticket(&mapped[1]).await?;

        self.step(&["status"], 0, "the work is still there", |tour| {
            tour.is_synced(&mapped, &licenses_before)
        })
        .await?;
        self.step(&["unlink", first, "--yes"], 0, "Halo was not touched", |tour| {
            tour.is_synced(&mapped, &licenses_before)
        })
        .await?;
        self.step(&["revoke", "--purge", "--yes"], 0, "no secret is left", |tour| {
            tour.secrets
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_empty()
        })
        .await?;
        self.step(
            &["list", "customers"],
            3,
            "without a connection nothing works",
            |_| true,
        )
        .await
    }

    /// The life of a ticket: its backup breaks, recovers and breaks again.
    async fn keep_a_ticket(
        &mut self,
        (organization, customer, _): &(String, i64, i64),
    ) -> anyhow::Result<()> {
        let breakage = format!("{organization}:main-app-token");
        let sync = ["sync-tickets"];
        self.say("In SaaS Backup, the application loses its token.");
        self.sandbox.break_backup(&breakage)?;
        self.step(&sync, 0, "the ticket is in Halo", |tour| {
            tour.notes_on_token_ticket(*customer) == Some(0)
        })
        .await?;
        self.step(&sync, 0, "it was neither opened nor noted twice", |tour| {
            tour.notes_on_token_ticket(*customer) == Some(0)
        })
        .await?;
        self.say("In SaaS Backup, the application is authorized again.");
        self.sandbox.heal_backup(&breakage)?;
        self.step(
            &sync,
            0,
            "a private note says that the backup has recovered",
            |tour| tour.notes_on_token_ticket(*customer) == Some(1),
        )
        .await?;
        self.say("In SaaS Backup, it loses its token again.");
        self.sandbox.break_backup(&breakage)?;
        self.step(&sync, 0, "a note on the same ticket says so", |tour| {
            tour.notes_on_token_ticket(*customer) == Some(2)
        })
        .await
    }

    fn say(&self, what: &str) {
        if self.ui.format() != Format::Json {
            self.ui.data(what);
        }
    }

    /// The private notes on the customer's only open ticket for a token; none if there is not exactly one.
    fn notes_on_token_ticket(&self, customer: i64) -> Option<usize> {
        let tickets = self.sandbox.tickets();
        let mut open = tickets.iter().filter(|(ticket, _)| {
            ticket.client_id == Some(customer) && !ticket.closed && ticket.summary.starts_with("Main App")
        });
        let (_, notes) = open.next()?;
        let hidden = notes.iter().all(|note| note.hiddenfromuser);
        (open.next().is_none() && hidden).then_some(notes.len())
    }

    /// Chooses three organizations whose license does not have their seats yet.
    fn choose(&self) -> anyhow::Result<Mapped> {
        let world = self.sandbox.world();
        let mut shared: HashMap<i64, usize> = HashMap::new();
        let suggested = world.suggested_mapping();
        for (_, _, license) in &suggested {
            *shared.entry(*license).or_default() += 1;
        }
        let chosen: Mapped = suggested
            .into_iter()
            .filter(|(id, _, license)| {
                let seats = world
                    .organizations
                    .iter()
                    .find(|organization| organization.id == *id)
                    .filter(|organization| !organization.flg_suspended && !organization.customer_deactivated)
                    .map(|organization| organization.seats_used);
                let count = world.licenses.get(license).map(|license| license.count);
                shared.get(license) == Some(&1) && seats.is_some() && seats != count
            })
            .take(3)
            .collect();
        if chosen.len() < 3 {
            return Err(Failure::usage("the tour needs a sandbox with more organizations").into());
        }
        Ok(chosen)
    }

    async fn connect(&mut self) -> anyhow::Result<()> {
        let credentials = self.sandbox.credentials().clone();
        let (site_url, backup_url) = (self.sandbox.site_url(), self.sandbox.backup_url());
        let arguments = [
            "connect",
            "--site-url",
            &site_url,
            "--client-id",
            &credentials.client_id,
            "--backup-url",
            &backup_url,
        ];
        self.step(
            &arguments,
            0,
            "the three secrets are kept, and both services were asked",
            |tour| {
                let asked = |path: &str| {
                    let received = tour.sandbox.received();
                    received
                        .iter()
                        .any(|request| request.path.eq_ignore_ascii_case(path))
                };
                tour.secrets.lock().unwrap_or_else(PoisonError::into_inner).len() == 3
                    && asked("/api/Client")
                    && asked("/api/users")
            },
        )
        .await
    }

    async fn configure(&mut self) -> anyhow::Result<()> {
        let arguments = [
            "configure",
            "--seat-metric",
            "used",
            "--ticket-type",
            "Incident",
            "--sla",
            "Gold",
            "--priority",
            "Critical 1h",
        ];
        self.step(
            &arguments,
            0,
            "Halo was asked for the priorities of that SLA",
            |tour| {
                tour.sandbox
                    .received()
                    .iter()
                    .any(|request| request.path.eq_ignore_ascii_case("/api/Priority"))
            },
        )
        .await
    }

    async fn map(&mut self, mapped: &Mapped) -> anyhow::Result<()> {
        for (organization, customer, license) in mapped {
            let (customer, license) = (customer.to_string(), license.to_string());
            let arguments = [
                "map-org",
                organization,
                "--customer",
                &customer,
                "--license",
                &license,
            ];
            self.step(&arguments, 0, "the license is that customer's", |tour| {
                let world = tour.sandbox.world();
                license
                    .parse()
                    .ok()
                    .and_then(|license: i64| world.licenses.get(&license))
                    .is_some_and(|license| license.client_id.to_string() == customer)
            })
            .await?;
        }
        Ok(())
    }

    fn licenses(&self, mapped: &Mapped) -> Vec<License> {
        let world = self.sandbox.world();
        mapped
            .iter()
            .filter_map(|(_, _, license)| world.licenses.get(license).cloned())
            .collect()
    }

    /// Whether the licenses' quantities are the seats, and everything else about them is as before.
    fn is_synced(&self, mapped: &Mapped, before: &[License]) -> bool {
        let expected: Vec<License> = {
            let world = self.sandbox.world();
            mapped
                .iter()
                .zip(before)
                .filter_map(|((id, _, _), license)| {
                    let organization = world
                        .organizations
                        .iter()
                        .find(|organization| organization.id == *id)?;
                    Some(License {
                        count: organization.seats_used,
                        ..license.clone()
                    })
                })
                .collect()
        };
        self.licenses(mapped) == expected
    }

    fn tickets(&self, customer: i64) -> usize {
        let world = self.sandbox.world();
        world
            .tickets
            .values()
            .filter(|ticket| ticket.client_id == Some(customer))
            .count()
    }

    /// Types a command, shows it and what it printed, and checks its effect.
    async fn step(
        &mut self,
        arguments: &[&str],
        expected: u8,
        checked: &'static str,
        effect: impl FnOnce(&Self) -> bool,
    ) -> anyhow::Result<()> {
        let captured: Arc<Mutex<Vec<u8>>> = Arc::default();
        let exit_code = (self.run)(self.invocation(arguments, captured.clone())).await;
        let output =
            String::from_utf8_lossy(&captured.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
        let command = command_line(arguments);
        if self.ui.format() != Format::Json {
            self.ui.data(format!("$ {command}"));
            self.ui.data(Text::laid_out(output.trim_end()));
        }
        if exit_code != expected {
            return Err(Failure::failed(format!(
                "the tour failed: \"{command}\" ended with {exit_code} instead of {expected}"
            ))
            .into());
        }
        if !effect(self) {
            return Err(Failure::failed(format!(
                "the tour failed: after \"{command}\" this was not true: {checked}"
            ))
            .into());
        }
        if self.ui.format() != Format::Json {
            self.ui.data(format!("  checked: {checked}"));
            self.ui.data("");
        }
        self.steps.push(Step {
            command,
            exit_code,
            output,
            checked,
        });
        Ok(())
    }

    fn invocation(&self, arguments: &[&str], captured: Arc<Mutex<Vec<u8>>>) -> Invocation {
        let credentials = self.sandbox.credentials();
        let place = |name: &str| self.directory.join(name).display().to_string();
        // Only `connect` is given the secrets; after that they must come from where it kept them.
        let mut variables = vec![
            ("HALOLINK_CONFIG_DIR", place("config")),
            ("HALOLINK_STATE", place("state.db")),
        ];
        if arguments.first() == Some(&"connect") {
            variables.extend([
                ("HALOLINK_CLIENT_SECRET", credentials.client_secret.clone()),
                ("HALOLINK_RESELLER_TOKEN", credentials.reseller_token.clone()),
                ("HALOLINK_ACCESS_TOKEN", credentials.access_token.clone()),
            ]);
        }
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Invocation {
            arguments: std::iter::once("halolink")
                .chain(arguments.iter().copied())
                .map(OsString::from)
                .collect(),
            environment: Environment::Fixed(variables),
            streams: Streams::Captured(captured),
            secret_store: Some(SecretStore::Memory(self.secrets.clone())),
        }
    }
}

/// The command as a person would type it.
fn command_line(arguments: &[&str]) -> String {
    let quoted = arguments.iter().map(|argument| {
        if argument.contains(' ') {
            format!("\"{argument}\"")
        } else {
            (*argument).to_owned()
        }
    });
    std::iter::once("halolink".to_owned())
        .chain(quoted)
        .collect::<Vec<_>>()
        .join(" ")
}
