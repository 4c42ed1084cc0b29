//! Lists of Halo's records with just an id and a name: customers, ticket types, SLAs, priorities, outcomes.

use serde::Serialize;

use super::{Mappings, Row, print};
use crate::{
    cli, commands::naming, context::Context, failure::Completion, halo::Halo, model::Reference,
    store::NameKind, ui::Align,
};

/// A record with just an id and a name.
#[derive(Serialize)]
struct Named {
    id: i64,
    name: String,
}

impl Row for Named {
    const COLUMNS: &'static [(&'static str, Align)] = &[("id", Align::Right), ("name", Align::Left)];

    fn cells(&self) -> Vec<String> {
        vec![self.id.to_string(), self.name.clone()]
    }

    fn searched(&self) -> Vec<String> {
        self.cells()
    }
}

/// `list customers`.
pub(super) async fn customers(
    context: &Context,
    arguments: &cli::List,
    mappings: &Mappings<'_>,
) -> anyhow::Result<Completion> {
    let halo = context.halo().await?;
    let customers = naming::customers(context, &halo).await?;
    if arguments.refresh {
        let names = customers
            .iter()
            .map(|customer| (customer.id, customer.name.clone()));
        context.remember(NameKind::Customer, names).await;
    }
    let mut rows: Vec<Named> = customers
        .into_iter()
        .filter(|customer| !arguments.unmapped || !mappings.customers.contains(&customer.id))
        .map(|customer| Named {
            id: customer.id,
            name: customer.name,
        })
        .collect();
    rows.sort_by_cached_key(|row| row.name.to_lowercase());
    print(context, arguments, rows)
}

/// `list ticket-types`.
pub(super) async fn ticket_types(context: &Context, arguments: &cli::List) -> anyhow::Result<Completion> {
    let records = context.halo().await?.ticket_types().await?;
    let rows = records.into_iter().map(|record| Named {
        id: record.id,
        name: record.name,
    });
    list(context, arguments, NameKind::TicketType, rows.collect()).await
}

/// `list slas`.
pub(super) async fn slas(context: &Context, arguments: &cli::List) -> anyhow::Result<Completion> {
    let records = context.halo().await?.slas().await?;
    let rows = records.into_iter().map(|record| Named {
        id: record.id,
        name: record.name,
    });
    list(context, arguments, NameKind::Sla, rows.collect()).await
}

/// `list outcomes`.
pub(super) async fn outcomes(context: &Context, arguments: &cli::List) -> anyhow::Result<Completion> {
    let records = context.halo().await?.outcomes().await?;
    let rows = records.into_iter().map(|record| Named {
        id: record.id,
        name: record.name,
    });
    list(context, arguments, NameKind::Outcome, rows.collect()).await
}

async fn list(
    context: &Context,
    arguments: &cli::List,
    kind: NameKind,
    rows: Vec<Named>,
) -> anyhow::Result<Completion> {
    if arguments.refresh {
        context
            .remember(kind, rows.iter().map(|row| (row.id, row.name.clone())))
            .await;
    }
    print(context, arguments, rows)
}

#[derive(Serialize)]
struct PriorityRow {
    id: i64,
    name: String,
    sla: Reference,
}

impl Row for PriorityRow {
    const COLUMNS: &'static [(&'static str, Align)] =
        &[("id", Align::Right), ("name", Align::Left), ("sla", Align::Left)];

    fn cells(&self) -> Vec<String> {
        vec![self.id.to_string(), self.name.clone(), self.sla.to_string()]
    }

    fn searched(&self) -> Vec<String> {
        self.cells()
    }
}

/// `list priorities`: those of every SLA.
pub(super) async fn priorities(context: &Context, arguments: &cli::List) -> anyhow::Result<Completion> {
    let halo: &Halo = &*context.halo().await?;
    let mut rows = Vec::new();
    for sla in halo.slas().await? {
        for priority in halo.priorities(sla.id).await? {
            rows.push(PriorityRow {
                id: priority.id,
                name: priority.name,
                sla: Reference::new(sla.id, &sla.name),
            });
        }
    }
    if arguments.refresh {
        let names = rows.iter().map(|row: &PriorityRow| (row.id, row.name.clone()));
        context.remember(NameKind::Priority, names).await;
    }
    print(context, arguments, rows)
}
