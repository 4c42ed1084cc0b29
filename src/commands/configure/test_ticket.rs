//! `configure --test-ticket`: opens a ticket that is clearly a test, adds a note to it and closes it, to prove that the
//! configuration works.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use serde::Serialize;

use crate::{
    change::{Action, Change, Plan},
    commands::{
        naming,
        posting::{self, Before, Wanted},
        ticket_options,
    },
    context::Context,
    failure::{Completion, Failure, explain},
    halo::Halo,
    model::{Configuration, NewNote, NewTicket, Outcome, Reference},
    plan::{closing, notes::note_outcome},
    runner::{self, Applied, Changing, Closing, Lock, Mode, Question},
    store::{OpenedTicket, Store, TicketKey},
    ui::view::{Cell, Column, Subject},
};

/// How long to wait for another process that is opening tickets.
const WAIT: Duration = Duration::from_secs(120);

/// What the ticket says.
const SUMMARY: &str = "TEST by halolink - please ignore";
const TEXT: &str = "<p>This is a test of the connection between SaaS Backup and Halo. Nothing has failed, and nobody has to \
                    do anything.</p><p>It was opened by halolink configure --test-ticket.</p>";
const NOTE: &str = "<p>This is a test of notes. halolink closes this ticket now if Halo lets it.</p>";

/// Opens the test ticket for the customer that the text names, or else for that of the first mapping.
///
/// # Errors
/// Exit code 2 if no customer is known; and whatever keeps the ticket from being opened.
pub(super) async fn run(context: &Context, customer: &str, dry_run: bool) -> anyhow::Result<Completion> {
    context.connection()?;
    let test = Test {
        customer: find_customer(context, customer).await?,
        configuration: context
            .open_read_only()
            .await?
            .configuration(&context.profile)
            .await?,
        trouble: Vec::new(),
    };
    runner::run(context, test, Mode::new(dry_run)).await
}

async fn find_customer(context: &Context, text: &str) -> anyhow::Result<Reference> {
    if text.is_empty() {
        let mappings = context.open_read_only().await?.mappings(&context.profile).await?;
        let first = mappings.into_iter().next().map(|mapping| mapping.customer);
        return first.ok_or_else(|| context.missing("the customer", "--test-ticket CUSTOMER"));
    }
    let customers = context.halo().await?.customers(&|_, _| ()).await?;
    let customer = naming::find("customer", text, &customers)?;
    Ok(Reference::new(customer.id, customer.name.clone()))
}

struct Test {
    customer: Reference,
    configuration: Configuration,
    /// What did not work, although the ticket was opened.
    trouble: Vec<String>,
}

/// A test ticket.
#[derive(Serialize)]
struct TestTicket {
    customer: Reference,
    ticket: Option<TicketView>,
    /// A note was added to it.
    noted: bool,
    /// It was closed.
    closed: bool,
}

#[derive(Serialize)]
struct TicketView {
    id: i64,
    url: String,
}

impl Subject for TestTicket {
    const STATUSES: &'static [&'static str] = &["opened", "planned"];
    const COLUMNS: &'static [Column] = &[
        Column::Reference("customer"),
        Column::Text("ticket"),
        Column::Text("noted"),
        Column::Text("closed"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let yes = |is: bool| if is { "yes" } else { "no" };
        let ticket = self.ticket.as_ref().map(|ticket| ticket.id.to_string());
        vec![
            (&self.customer).into(),
            ticket.unwrap_or_default().into(),
            yes(self.noted).into(),
            yes(self.closed).into(),
        ]
    }
}

impl Changing for Test {
    type Subject = TestTicket;
    const COMMAND: &'static str = "configure";

    fn lock(&self) -> Option<Lock> {
        Some(Lock {
            name: posting::LOCK,
            wait: WAIT,
        })
    }

    async fn plan(&mut self, _: &Context, _: &Store) -> anyhow::Result<Plan<TestTicket>> {
        let ticket = TestTicket {
            customer: self.customer.clone(),
            ticket: None,
            noted: false,
            closed: false,
        };
        Ok(Plan::new(vec![Change::apply(ticket, Action::Open)]))
    }

    fn question(&self, _: &Plan<TestTicket>) -> Option<Question> {
        Some(Question::plain(format!(
            "Open a test ticket for {} in Halo, and close it again?",
            self.customer
        )))
    }

    async fn apply(
        &mut self,
        context: &Context,
        store: &Store,
        changes: &mut [&mut Change<TestTicket>],
    ) -> anyhow::Result<Applied> {
        let halo = context.halo().await?;
        for change in changes {
            let wanted = self.wanted();
            // A run that was killed may have left one open.
            let recorded = store.opened_tickets(&context.profile, &wanted.key).await?;
            let left = self.left_open(&halo, &recorded).await?;
            let same =
                posting::same_tickets(&halo, &wanted.key, posting::Among::List, &HashSet::new()).await?;
            let before = Before {
                pending: recorded.iter().find(|record| record.ticket_id.is_none()),
                same: &same,
                others: &HashSet::new(),
                began: Instant::now(),
            };
            let id = match left {
                Some(id) => id,
                None => posting::open(context, &halo, store, &wanted, &before).await?.id,
            };
            change.done();
            let subject = &mut change.subject;
            subject.ticket = Some(TicketView {
                id,
                url: halo.ticket_url(id),
            });
            match self.note(&halo, id).await {
                Ok(()) => subject.noted = true,
                Err(error) => self
                    .trouble
                    .push(format!("the note was not added: {}", explain(&error).message)),
            }
            match self.close(&halo, id).await {
                Ok(()) => subject.closed = true,
                Err(error) => self.trouble.push(format!(
                    "it was not closed, close it by hand: {}",
                    explain(&error).message
                )),
            }
            if subject.closed {
                for record in store.opened_tickets(&context.profile, &wanted.key).await? {
                    store.ticket_closed(record.id).await?;
                }
            }
        }
        Ok(Applied {
            incomplete: !self.trouble.is_empty(),
            ..Applied::default()
        })
    }

    fn closing(&self, _: &Context, plan: &Plan<TestTicket>, mode: Mode) -> Closing {
        let mut data = Vec::new();
        for subject in plan.changes.iter().map(|change| &change.subject) {
            match &subject.ticket {
                Some(TicketView { id, url }) => {
                    let done = match (subject.noted, subject.closed) {
                        (true, true) => ", added a note and closed it",
                        (true, false) => " and added a note",
                        (false, true) => " and closed it",
                        (false, false) => "",
                    };
                    data.extend([
                        format!("Opened test ticket {id} for {}{done}", self.customer.name),
                        url.clone(),
                    ]);
                }
                None if mode.dry_run => {
                    data.push(format!("Would open a test ticket for {}", self.customer.name));
                }
                None => {}
            }
        }
        Closing {
            data,
            notes: self.trouble.clone(),
            complete: true,
        }
    }
}

impl Test {
    fn wanted(&self) -> Wanted {
        let id = |reference: &Option<Reference>| reference.as_ref().map(|reference| reference.id);
        Wanted {
            key: TicketKey {
                customer: self.customer.id,
                organization: String::new(),
                error: String::new(),
                account: String::new(),
                summary: SUMMARY.to_owned(),
            },
            ticket: NewTicket {
                customer: self.customer.id,
                summary: SUMMARY.to_owned(),
                details_html: TEXT.to_owned(),
                ticket_type: id(&self.configuration.ticket_type),
                sla: id(&self.configuration.sla),
                priority: id(&self.configuration.priority),
                fields: self.configuration.tickets.fields.clone(),
            },
            accounts: None,
        }
    }

    /// A test ticket of an earlier run that is still open.
    async fn left_open(&self, halo: &Halo, recorded: &[OpenedTicket]) -> anyhow::Result<Option<i64>> {
        for id in recorded.iter().filter_map(|record| record.ticket_id) {
            if halo
                .ticket(id)
                .await?
                .is_some_and(|ticket| ticket.closed != Some(true))
            {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    async fn offered(&self, halo: &Halo) -> anyhow::Result<Vec<Outcome>> {
        Ok(ticket_options::outcomes(halo, self.configuration.ticket_type.as_ref()).await?)
    }

    async fn note(&self, halo: &Halo, ticket: i64) -> anyhow::Result<()> {
        let configured = self.configuration.note_outcome.as_ref().map(|outcome| outcome.id);
        let outcome = note_outcome(configured, &self.offered(halo).await?)
            .ok_or_else(|| Failure::failed("Halo offers nothing to file a note as"))?;
        halo.add_note(&NewNote {
            ticket,
            outcome,
            html: NOTE.to_owned(),
            status: None,
        })
        .await?;
        Ok(())
    }

    /// Closes the ticket as is configured, or else as the names of outcomes and statuses leave no doubt.
    async fn close(&self, halo: &Halo, ticket: i64) -> anyhow::Result<()> {
        let unknown = || {
            Failure::failed("it is not configured what closes a ticket (--closing-outcome, --closing-status)")
        };
        let policy = &self.configuration.tickets;
        let outcome = match &policy.closing_outcome {
            Some(outcome) => outcome.id,
            None => {
                let offered = self.offered(halo).await?;
                let closing = closing::unmistakable(&offered, &closing::OUTCOMES);
                closing.ok_or_else(unknown)?.id
            }
        };
        let status = match &policy.closing_status {
            Some(status) => status.id,
            None => {
                let statuses = halo.ticket_statuses().await?;
                let closing = closing::unmistakable(&statuses, &closing::STATUSES);
                closing.ok_or_else(unknown)?.id
            }
        };
        halo.add_note(&NewNote {
            ticket,
            outcome,
            html: NOTE.to_owned(),
            status: Some(status),
        })
        .await?;
        match halo.ticket(ticket).await? {
            Some(shown) if shown.closed == Some(false) => {
                Err(Failure::failed("Halo took the note that closes it, and still shows it open").into())
            }
            _ => Ok(()),
        }
    }
}
