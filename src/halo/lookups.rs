//! Ticket types, SLAs, priorities and outcomes: what a ticket is configured with.
//!
//! These lists come as bare arrays, but some instances wrap one or the other.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::Value;

use super::{Error, Halo, Resource, workflow::readable};
use crate::{
    http::Request,
    lenient,
    model::{Agent, Outcome, Priority, Sla, Team, TicketStatus, TicketType},
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
struct AgentRow {
    #[serde(default, deserialize_with = "lenient::integer")]
    id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    /// The usual team.
    #[serde(default, deserialize_with = "lenient::text")]
    team: Option<String>,
    #[serde(default)]
    teams: Value,
    #[serde(default, deserialize_with = "lenient::flag")]
    isdisabled: Option<bool>,
}

impl AgentRow {
    /// Those that are listed, which are names or records, and the usual one if it is not among them.
    fn teams(&self) -> Vec<Team> {
        let listed = self.teams.as_array().map_or(&[][..], Vec::as_slice).iter();
        let mut teams: Vec<Team> = listed
            .filter_map(|team| {
                let name = team.as_str().or_else(|| team["team_name"].as_str())?;
                Some(Team {
                    id: lenient::integer_of(&team["team_id"]),
                    name: name.to_owned(),
                })
            })
            .collect();
        if let Some(name) = &self.team
            && !name.trim().is_empty()
            && !teams.iter().any(|team| team.name == *name)
        {
            teams.push(Team {
                id: None,
                name: name.clone(),
            });
        }
        teams
    }
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

    /// The agents that tickets can be assigned to; `None` if Halo does not let this application read them. (The
    /// vendor's setup guide does not ask for it.)
    pub async fn agents(&self) -> Result<Option<Vec<Agent>>, Error> {
        let Some(rows) = readable(self.all::<AgentRow>(Resource::Agents, &[]).await)? else {
            return Ok(None);
        };
        let enabled = rows.into_iter().filter(|row| row.isdisabled != Some(true));
        Ok(Some(
            enabled
                .filter_map(|row| {
                    Some(Agent {
                        teams: row.teams(),
                        id: row.id?,
                        name: row.name?,
                    })
                })
                .collect(),
        ))
    }

    /// The name of the agent behind the application. Asked once and without waiting: it is only good to know.
    pub async fn own_agent(&self) -> Result<Option<String>, Error> {
        let resource = Resource::Agents;
        let mut address = self.address(resource, None, &[]);
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.push("me");
        }
        let mut request = Request::get(address).best_effort();
        let row: AgentRow = self
            .authorized(resource, &mut request, async |request| {
                self.http.json(request).await
            })
            .await?;
        Ok(row.name)
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
