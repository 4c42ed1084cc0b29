//! The outcomes that a ticket type's workflow offers.

use std::collections::HashSet;

use serde::Deserialize;

use super::{Error, Halo, Resource, paging::Record};
use crate::{http, lenient, model::Outcome};

#[derive(Deserialize)]
struct TypeRow {
    #[serde(default, deserialize_with = "lenient::integer")]
    id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    workflow_id: Option<i64>,
}

#[derive(Deserialize)]
struct Workflow {
    #[serde(default, deserialize_with = "lenient::integer")]
    id: Option<i64>,
    #[serde(default)]
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    #[serde(default)]
    actions: Option<Vec<Action>>,
}

#[derive(Deserialize)]
struct Action {
    /// The id of the outcome.
    #[serde(default, deserialize_with = "lenient::integer")]
    action_id: Option<i64>,
}

impl Record for TypeRow {
    fn id(&self) -> Option<i64> {
        self.id
    }
}

impl Record for Workflow {
    fn id(&self) -> Option<i64> {
        self.id
    }
}

impl Halo {
    /// The outcomes that a ticket of this type can be given: those in the type's workflow; or all, if it has no
    /// workflow or the workflow cannot be read. (Reading it requires a permission that the vendor's setup guide
    /// does not ask for.)
    pub async fn outcomes_of(&self, ticket_type: i64) -> Result<Vec<Outcome>, Error> {
        let mut outcomes = self.outcomes().await?;
        let offered = self.workflow_outcomes(ticket_type).await?;
        // A workflow that has none of them says nothing about notes.
        if outcomes.iter().any(|outcome| offered.contains(&outcome.id)) {
            outcomes.retain(|outcome| offered.contains(&outcome.id));
        }
        Ok(outcomes)
    }

    /// The ids of the outcomes in a ticket type's workflow; empty if they cannot be told.
    async fn workflow_outcomes(&self, ticket_type: i64) -> Result<HashSet<i64>, Error> {
        let kind: Option<TypeRow> =
            readable(self.record(Resource::TicketTypes, ticket_type, &[]).await)?.flatten();
        let Some(workflow) = kind.and_then(|kind| kind.workflow_id).filter(|id| *id > 0) else {
            return Ok(HashSet::new());
        };
        let workflow: Option<Workflow> =
            readable(self.record(Resource::Workflows, workflow, &[]).await)?.flatten();
        Ok(workflow
            .into_iter()
            .flat_map(|workflow| workflow.steps)
            .flat_map(|step| step.actions.unwrap_or_default())
            .filter_map(|action| action.action_id)
            .collect())
    }
}

/// The record; `None` if Halo does not let this agent read it, or answers with something else.
pub(super) fn readable<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(record) => Ok(Some(record)),
        Err(
            Error::PermissionMissing { .. }
            | Error::Refused { .. }
            | Error::NotFound { .. }
            | Error::Http(http::Error::Unreadable { .. }),
        ) => Ok(None),
        Err(error) => Err(error),
    }
}
