//! Ticket types, SLAs, priorities and outcomes: what a ticket is configured with.
//!
//! These lists come as bare arrays, but some instances wrap one or the other.

use std::collections::HashSet;

use serde::Deserialize;

use super::{Error, Halo, Resource};
use crate::{
    lenient,
    model::{Outcome, Priority, Sla, TicketStatus, TicketType},
};

#[derive(Deserialize)]
struct Row {
    #[serde(default, deserialize_with = "lenient::integer")]
    id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    outcome: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    buttonname: Option<String>,
    #[serde(default, deserialize_with = "lenient::flag")]
    sendemail: Option<bool>,
}

#[derive(Deserialize)]
struct PriorityRow {
    #[serde(default, deserialize_with = "lenient::integer")]
    priorityid: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    slaid: Option<i64>,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::flag")]
    ishidden: Option<bool>,
}

impl Halo {
    /// The ticket types that the application's agent may create.
    pub async fn ticket_types(&self) -> Result<Vec<TicketType>, Error> {
        let rows: Vec<Row> = self
            .all(Resource::TicketTypes, &[("can_create_only", "true")])
            .await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                Some(TicketType {
                    id: row.id?,
                    name: row.name?,
                })
            })
            .collect())
    }

    pub async fn slas(&self) -> Result<Vec<Sla>, Error> {
        let rows: Vec<Row> = self.all(Resource::Slas, &[]).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                Some(Sla {
                    id: row.id?,
                    name: row.name?,
                })
            })
            .collect())
    }

    /// The visible priorities of one SLA, each once.
    pub async fn priorities(&self, sla: i64) -> Result<Vec<Priority>, Error> {
        let id = sla.to_string();
        let rows: Vec<PriorityRow> = self.all(Resource::Priorities, &[("slaid", id.as_str())]).await?;
        let mut seen = HashSet::new();
        Ok(rows
            .into_iter()
            .filter(|row| row.ishidden != Some(true))
            // Other SLAs have other priorities with the same ids.
            .filter(|row| row.slaid.is_none_or(|slaid| slaid == sla))
            .filter_map(|row| {
                Some(Priority {
                    id: row.priorityid?,
                    name: row.name?,
                    sla_id: sla,
                })
            })
            .filter(|priority| seen.insert(priority.id))
            .collect())
    }

    pub async fn outcomes(&self) -> Result<Vec<Outcome>, Error> {
        let rows: Vec<Row> = self.all(Resource::Outcomes, &[]).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let name = row.outcome.or(row.buttonname).or(row.name)?;
                Some(Outcome {
                    id: row.id?,
                    name,
                    sends_email: row.sendemail == Some(true),
                })
            })
            .collect())
    }

    /// The statuses that tickets can have.
    pub async fn ticket_statuses(&self) -> Result<Vec<TicketStatus>, Error> {
        let rows: Vec<Row> = self.all(Resource::Statuses, &[]).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                Some(TicketStatus {
                    id: row.id?,
                    name: row.name?,
                })
            })
            .collect())
    }
}
