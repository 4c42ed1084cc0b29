//! `open-ticket`: opens a service ticket for a backup error, but never the same one twice.

mod ask;
mod look;
mod wanted;

use std::time::{Duration, Instant};

use serde::Serialize;

use super::posting::{self, Before, Wanted};
use crate::{
    change::{Action, Change, Decision, Plan, Reason},
    cli,
    context::Context,
    failure::Completion,
    model::{Mapping, Reference},
    plan::backup_errors::UNDOCUMENTED,
    runner::{self, Applied, Changing, Closing, Lock, Mode, Question},
    store::{NewTicketEvent, Store},
    text::Text,
    ui::view::{Cell, Column, Subject},
};
use look::Looked;
use wanted::Preview;

/// How long to wait for another process that is opening a ticket.
const WAIT: Duration = Duration::from_secs(120);

/// Runs `open-ticket`.
///
/// # Errors
/// Exit code 2 for an organization that is not mapped; 75 if it is not known whether the ticket exists.
pub async fn run(context: &Context, mut arguments: cli::OpenTicket) -> anyhow::Result<Completion> {
    context.connection()?;
    let mappings = context.open_read_only().await?.mappings(&context.profile).await?;
    let (mapping, asked) = ask::ask(context, &mut arguments, &mappings).await?;
    let mapping = mapping.clone();
    ask::check(context, &arguments)?;
    let mode = Mode::new(arguments.dry_run);
    let open_ticket = OpenTicket {
        arguments,
        mapping,
        asked,
        seen: None,
    };
    runner::run(context, open_ticket, mode).await
}

struct OpenTicket {
    arguments: cli::OpenTicket,
    /// The organization that the ticket is about, and its customer.
    mapping: Mapping,
    /// A person was asked what is wrong, so the ticket is shown before it is opened.
    asked: bool,
    /// The ticket to be opened, and what was found of it before anything was done.
    seen: Option<(Wanted, Looked)>,
}

/// A ticket for a backup error.
#[derive(Serialize)]
struct Ticket {
    organization: Reference<String>,
    error: String,
    /// The account, if it is only one.
    account: Option<String>,
    accounts: Vec<String>,
    ticket: Option<TicketView>,
    /// The ticket as it will be; none if it is open already.
    new: Option<Preview>,
}

#[derive(Serialize)]
struct TicketView {
    id: i64,
    url: String,
}

impl Subject for Ticket {
    const STATUSES: &'static [&'static str] = &["opened", "unchanged", "planned"];
    const COLUMNS: &'static [Column] = &[
        Column::Reference("organization"),
        Column::Text("error"),
        Column::Text("account"),
        Column::Text("ticket"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let ticket = self.ticket.as_ref();
        vec![
            (&self.organization).into(),
            self.error.clone().into(),
            self.accounts.join(", ").into(),
            ticket
                .map(|ticket| ticket.id.to_string())
                .unwrap_or_default()
                .into(),
        ]
    }
}

impl Changing for OpenTicket {
    type Subject = Ticket;
    const COMMAND: &'static str = "open-ticket";

    fn lock(&self) -> Option<Lock> {
        Some(Lock {
            name: posting::LOCK,
            wait: WAIT,
        })
    }

    async fn plan(&mut self, context: &Context, store: &Store) -> anyhow::Result<Plan<Ticket>> {
        let halo = context.halo().await?;
        let configuration = store.configuration(&context.profile).await?;
        let (wanted, preview) = wanted::wanted(&halo, &self.arguments, &self.mapping, &configuration).await?;
        let looked = look::look(context, &halo, store, &wanted, &self.arguments).await?;
        let open = looked.open();
        let accounts = wanted::accounts(&self.arguments);
        let ticket = Ticket {
            organization: self.mapping.organization.clone(),
            error: self
                .arguments
                .error
                .clone()
                .unwrap_or_else(|| UNDOCUMENTED.to_owned()),
            account: accounts.first().filter(|_| accounts.len() == 1).cloned(),
            accounts,
            new: open.is_none().then_some(preview),
            ticket: open.map(|id| TicketView {
                id,
                url: halo.ticket_url(id),
            }),
        };
        let (decision, reason) = match open {
            Some(_) => (Decision::Unchanged, Reason::AlreadyOpen),
            None => (Decision::Apply, Reason::Ticket(wanted.ticket.summary.clone())),
        };
        self.seen = Some((wanted, looked));
        Ok(Plan::new(vec![Change::new(
            ticket,
            Action::Open,
            decision,
            Some(reason),
        )]))
    }

    fn notes(&self, plan: &Plan<Ticket>) -> Vec<Text> {
        let previews = plan
            .changes
            .iter()
            .filter_map(|change| change.subject.new.as_ref());
        let lines = previews.flat_map(Preview::lines).filter(|_| self.asked);
        lines.map(Text::from).collect()
    }

    fn question(&self, plan: &Plan<Ticket>) -> Option<Question> {
        (self.asked && plan.to_apply().next().is_some())
            .then(|| Question::plain("Open this ticket?".to_owned()))
    }

    async fn intend(&mut self, context: &Context, store: &Store, _: &Plan<Ticket>) -> anyhow::Result<()> {
        if let Some((wanted, looked)) = &self.seen {
            looked.record(store, &context.profile, wanted).await?;
        }
        Ok(())
    }

    async fn apply(
        &mut self,
        context: &Context,
        store: &Store,
        changes: &mut [&mut Change<Ticket>],
    ) -> anyhow::Result<Applied> {
        if let ([change], Some((wanted, looked))) = (changes, &self.seen) {
            let halo = context.halo().await?;
            let before = Before {
                pending: looked.pending.as_ref(),
                same: &looked.same,
                others: &looked.others,
                began: Instant::now(),
            };
            let posted = posting::open(context, &halo, store, wanted, &before).await?;
            change.subject.ticket = Some(TicketView {
                id: posted.id,
                url: halo.ticket_url(posted.id),
            });
            change.reason = posted.before.then_some(Reason::PostedBefore);
            change.done();
        }
        Ok(Applied::default())
    }

    async fn record(
        &mut self,
        context: &Context,
        store: &Store,
        plan: &Plan<Ticket>,
        _: &Applied,
    ) -> anyhow::Result<()> {
        let done = plan.changes.iter().filter(|change| change.outcome.is_some());
        let events: Vec<NewTicketEvent> = done
            .map(|change| NewTicketEvent {
                organization: change.subject.organization.clone(),
                customer: Some(self.mapping.customer.clone()),
                error: change.subject.error.clone(),
                accounts: change.subject.accounts.len(),
                ticket: change.subject.ticket.as_ref().map(|ticket| ticket.id),
                status: change.status(),
                reason: change.because().map(ToString::to_string),
            })
            .collect();
        store
            .record_ticket_events(&context.profile, Self::COMMAND, &events)
            .await?;
        Ok(())
    }

    fn closing(&self, _: &Context, plan: &Plan<Ticket>, mode: Mode) -> Closing {
        let customer = &self.mapping.customer.name;
        let mut data = Vec::new();
        for change in &plan.changes {
            let reason = change
                .because()
                .map(|reason| format!(" ({reason})"))
                .unwrap_or_default();
            match (&change.subject.ticket, change.status()) {
                (Some(TicketView { id, url }), "opened") => {
                    data.extend([format!("Opened ticket {id} for {customer}{reason}"), url.clone()]);
                }
                (Some(TicketView { id, url }), _) => {
                    data.extend([
                        format!("Unchanged: ticket {id} for {customer}{reason}"),
                        url.clone(),
                    ]);
                }
                (None, _) => {
                    data.push(format!("Would open a ticket for {customer}{reason}"));
                    let preview = change.subject.new.iter().filter(|_| mode.dry_run && !self.asked);
                    data.extend(preview.flat_map(Preview::lines));
                }
            }
        }
        Closing {
            data,
            complete: true,
            ..Closing::default()
        }
    }
}
