//! `sync-tickets`: opens one ticket for each backup error, keeps it current, and resolves it once the backup has
//! recovered.

mod adopt;
mod apply;
mod event;
mod inside;
mod note;
mod settle;
pub(super) mod shown;
mod view;

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use jiff::Timestamp;

use super::posting;
use crate::{
    change::{Change, Plan},
    cli,
    context::Context,
    failure::Completion,
    model::{Configuration, Product},
    plan::ticket_life::{self, ErrorTicket, Known, Rules, Watched},
    runner::{self, Applied, Changing, Closing, Lock, Mode, Question},
    store::Store,
    text::counted,
    ui::view::Summary,
};
use inside::LookedInto;

/// How long to wait for another process that is opening tickets.
const WAIT: Duration = Duration::from_secs(600);

/// Runs `sync-tickets`.
///
/// # Errors
/// SaaS Backup or Halo cannot be read. What goes wrong with single organizations and tickets is in the report, with
/// exit code 4.
pub async fn run(context: &Context, arguments: cli::SyncTickets) -> anyhow::Result<Completion> {
    context.connection()?;
    let mode = Mode {
        dry_run: arguments.dry_run,
        exit_code: arguments.exit_code,
    };
    let now = Timestamp::now().as_second();
    // Before the lock is taken: it may take minutes, in which a technician wants to open a ticket.
    let organizations = inside::look(context, &arguments, now).await?;
    let sync = SyncTickets {
        interactive: context.ui.is_interactive(),
        arguments,
        organizations,
        configuration: Configuration::default(),
        open_before: HashMap::new(),
        now,
        began: Instant::now(),
    };
    runner::run(context, sync, mode).await
}

struct SyncTickets {
    arguments: cli::SyncTickets,
    /// Someone is there to be asked.
    interactive: bool,
    /// The organizations, and what was seen in them.
    organizations: Vec<LookedInto>,
    configuration: Configuration,
    /// By customer: the tickets that were open before any was opened.
    open_before: HashMap<i64, Vec<i64>>,
    /// When the run began, in seconds since the epoch.
    now: i64,
    /// When the patience began to be counted.
    began: Instant,
}

impl Changing for SyncTickets {
    type Subject = ErrorTicket;
    const COMMAND: &'static str = "sync-tickets";

    fn lock(&self) -> Option<Lock> {
        Some(Lock {
            name: posting::LOCK,
            wait: WAIT,
        })
    }

    async fn plan(&mut self, context: &Context, store: &Store) -> anyhow::Result<Plan<ErrorTicket>> {
        self.configuration = store.configuration(&context.profile).await?;
        let rules = self.rules();
        let records = settle::settle(context, store, self.arguments.dry_run, self.began).await?;
        let known = shown::known(context, &records, &self.organizations, self.now).await?;
        let watched = watched(&self.organizations, known);
        let mut plan = ticket_life::plan(&watched, &rules, self.now);
        ticket_life::keep_what_is_needed(&mut plan, &records);
        if plan.stop.is_none() {
            let mappings = store.mappings(&context.profile).await?;
            self.open_before = adopt::adopt(context, &mut plan, &records, &mappings).await?;
        }
        view::add_addresses(context, &mut plan)?;
        Ok(plan)
    }

    fn question(&self, plan: &Plan<ErrorTicket>) -> Option<Question> {
        let writes = plan.to_apply().count();
        (writes > 0 && self.interactive)
            .then(|| Question::plain(format!("Write to {} in Halo?", counted(writes, "ticket"))))
    }

    async fn apply(
        &mut self,
        context: &Context,
        store: &Store,
        changes: &mut [&mut Change<ErrorTicket>],
    ) -> anyhow::Result<Applied> {
        apply::apply(
            context,
            store,
            &self.configuration,
            &self.open_before,
            self.began,
            changes,
        )
        .await
    }

    async fn record(
        &mut self,
        context: &Context,
        store: &Store,
        plan: &Plan<ErrorTicket>,
        _: &Applied,
    ) -> anyhow::Result<()> {
        let first_seen: Vec<_> = self
            .organizations
            .iter()
            .filter_map(LookedInto::first_seen)
            .collect();
        store.replace_first_seen(&context.profile, &first_seen).await?;
        for change in &plan.changes {
            // What is to be written was recorded as it was written.
            if let (None, Some(record), Some(after)) =
                (&change.outcome, &change.subject.record, &change.subject.after)
                && plan.stop.is_none()
            {
                store.set_ticket_state(record.id, after).await?;
            }
        }
        event::record(context, store, Self::COMMAND, plan).await
    }

    fn closing(&self, context: &Context, plan: &Plan<ErrorTicket>, _: Mode) -> Closing {
        let looked = counted(self.organizations.len(), "organization");
        let summary = Summary::new(plan, Vec::new()).sentence();
        let requests = context.requests();
        let what = if self.organizations.is_empty() {
            // Not the same as that nothing is wrong.
            "Nothing was looked into".to_owned()
        } else if plan.changes.is_empty() {
            "No backup errors".to_owned()
        } else {
            summary
        };
        let mut notes = Vec::new();
        if self.organizations.is_empty() {
            notes.push("Nothing is mapped; start with: halolink map-org".to_owned());
        }
        let mut data = view::new_tickets(plan);
        data.push(what);
        data.push(format!(
            "{looked} looked into; requests: {} to Halo, {} to SaaS Backup",
            requests.halo, requests.backup
        ));
        Closing {
            data,
            notes,
            complete: false,
        }
    }
}

impl SyncTickets {
    fn rules(&self) -> Rules {
        Rules {
            on_recovery: self.configuration.tickets.on_recovery(),
            remind: self.configuration.tickets.remind,
            most_new: self.arguments.max_new,
        }
    }
}

/// Brings together what was seen in each organization and the tickets that are remembered for it.
fn watched(organizations: &[LookedInto], mut known: Vec<Known>) -> Vec<Watched> {
    organizations
        .iter()
        .map(|looked| {
            let of_this = |known: &mut Known| known.record.organization == looked.organization.id;
            Watched {
                organization: looked.organization.clone(),
                customer: looked.customer.clone(),
                seen: looked.seen.clone(),
                failures: looked.failures.clone(),
                known: known.extract_if(.., of_this).collect(),
            }
        })
        .collect()
}

/// The products that are looked at: those that were named, or all.
fn products(arguments: &cli::SyncTickets) -> Vec<Product> {
    if arguments.products.is_empty() {
        Product::ALL.to_vec()
    } else {
        arguments.products.clone()
    }
}
