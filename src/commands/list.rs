//! `list`: records of either service, or the mappings. The JSON is an array of flat objects.

mod errors;
mod licenses;
mod mappings;
mod named;
mod organizations;
mod tickets;

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::naming;
use crate::{
    cli::{self, Kind},
    context::Context,
    failure::{Completion, Failure},
    model::{Mapping, Reference},
    text::folded,
    ui::{Align, Format, Table},
};

/// One record in a list: in JSON as it serializes, and in a table as its cells.
trait Row: Serialize {
    const COLUMNS: &'static [(&'static str, Align)];
    /// Columns that are left out on a narrow terminal, in this order.
    const EXPENDABLE: &'static [&'static str] = &[];
    /// The last column holds sentences.
    const SENTENCE_LAST: bool = false;
    fn cells(&self) -> Vec<String>;
    /// The texts that `--search` looks in.
    fn searched(&self) -> Vec<String>;
}

/// Runs `list`.
pub async fn run(context: &Context, arguments: cli::List) -> anyhow::Result<Completion> {
    refuse_idle_flags(&arguments)?;
    let look = context.open_read_only().await?;
    let mut mappings = look.mappings(&context.profile).await?;
    let ignored = look.ignored(&context.profile).await?;
    look.close().await;
    if arguments.refresh && arguments.kind == Kind::Mappings {
        mappings::refresh(context, &mut mappings).await?;
    }
    let mappings = Mappings::new(&mappings);
    match arguments.kind {
        Kind::Organizations => organizations::list(context, &arguments, &mappings, &ignored).await,
        Kind::Customers => named::customers(context, &arguments, &mappings).await,
        Kind::Licenses => licenses::list(context, &arguments, &mappings).await,
        Kind::Mappings => mappings::list(context, &arguments, &mappings).await,
        Kind::Errors => errors::list(context, &arguments, &mappings).await,
        Kind::Tickets => tickets::list(context, &arguments, &mappings).await,
        Kind::TicketTypes => named::ticket_types(context, &arguments).await,
        Kind::Slas => named::slas(context, &arguments).await,
        Kind::Outcomes => named::outcomes(context, &arguments).await,
        Kind::Priorities => named::priorities(context, &arguments).await,
    }
}

/// A flag that does not apply to this list is an error: it would be ignored.
fn refuse_idle_flags(arguments: &cli::List) -> anyhow::Result<()> {
    let unmapped = matches!(
        arguments.kind,
        Kind::Organizations | Kind::Customers | Kind::Licenses | Kind::Errors
    );
    let customer = matches!(
        arguments.kind,
        Kind::Organizations | Kind::Licenses | Kind::Mappings | Kind::Errors | Kind::Tickets
    );
    if arguments.unmapped && !unmapped {
        return Err(
            Failure::usage("--unmapped goes with organizations, customers, licenses and errors").into(),
        );
    }
    if arguments.customer.is_some() && !customer {
        return Err(Failure::usage(
            "--customer goes with organizations, licenses, mappings, errors and tickets",
        )
        .into());
    }
    if arguments.refresh && matches!(arguments.kind, Kind::Errors | Kind::Tickets) {
        return Err(Failure::usage(
            "--refresh does not go with errors and tickets: they are read every time",
        )
        .into());
    }
    Ok(())
}

/// The mappings, and what they map.
struct Mappings<'a> {
    all: &'a [Mapping],
    by_organization: HashMap<&'a str, &'a Mapping>,
    customers: HashSet<i64>,
    licenses: HashSet<i64>,
}

impl<'a> Mappings<'a> {
    fn new(all: &'a [Mapping]) -> Self {
        Self {
            all,
            by_organization: all
                .iter()
                .map(|mapping| (mapping.organization.id.as_str(), mapping))
                .collect(),
            customers: all.iter().map(|mapping| mapping.customer.id).collect(),
            licenses: all.iter().map(|mapping| mapping.license.id).collect(),
        }
    }

    fn mapped_customers(&self) -> Vec<Reference> {
        let mut customers: Vec<Reference> = self.all.iter().map(|mapping| mapping.customer.clone()).collect();
        customers.sort();
        customers.dedup_by_key(|customer| customer.id);
        customers
    }

    /// The id of the customer that the text names: one that is mapped to, or else any in Halo.
    async fn customer(&self, context: &Context, text: &str) -> anyhow::Result<i64> {
        if let Ok(customer) = naming::find("customer", text, &self.mapped_customers()) {
            return Ok(customer.id);
        }
        Ok(naming::customer(context, context.halo().await?.as_ref(), text)
            .await?
            .id)
    }
}

fn print<R: Row>(context: &Context, arguments: &cli::List, mut rows: Vec<R>) -> anyhow::Result<Completion> {
    if let Some(search) = &arguments.search {
        let search = folded(search);
        rows.retain(|row| row.searched().iter().any(|text| folded(text).contains(&search)));
    }
    if context.ui.format() == Format::Json {
        context.ui.json(&rows);
        return Ok(Completion::Done);
    }
    let mut table = Table::new(R::COLUMNS).expendable(R::EXPENDABLE);
    if R::SENTENCE_LAST {
        table = table.sentence_last();
    }
    for row in &rows {
        table.row(row.cells());
    }
    if rows.is_empty() && context.ui.format() == Format::Table {
        context.ui.note("Nothing to list");
    } else {
        context.ui.table(&table);
    }
    Ok(Completion::Done)
}

fn number(number: Option<i64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

fn name(reference: Option<&Reference>) -> String {
    reference.map_or_else(String::new, ToString::to_string)
}
