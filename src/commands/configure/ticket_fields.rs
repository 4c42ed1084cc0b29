//! Further fields of tickets, checked as far as Halo can be asked.

use crate::{
    cli::{self, Field},
    commands::ticket_options::{find, reference},
    context::Context,
    failure::Failure,
    model::{Agent, Configuration, FieldValue, Team, TicketField},
    plan::ticket_fields,
};

/// The fields whose values are checked: an agent's id, and a team's name.
const AGENT: &str = "agent_id";
const TEAM: &str = "team";

/// Applies the flags of fields.
///
/// # Errors
/// Exit code 2 for an agent or a team that there is not.
pub(super) async fn apply(
    context: &Context,
    arguments: &cli::Configure,
    after: &mut Configuration,
) -> anyhow::Result<()> {
    let given = &arguments.ticket_field;
    let checked = |field: &Field| field.value.is_some() && [AGENT, TEAM].contains(&field.name.as_str());
    let agents = if given.iter().any(checked) {
        let agents = context.halo().await?.agents().await?;
        if agents.is_none() {
            context
                .ui
                .warn("Halo does not let halolink read the agents: they and their teams are taken as given");
        }
        agents
    } else {
        None
    };
    let mut unchecked: Vec<&str> = Vec::new();
    for Field { name, value } in given {
        after.tickets.fields.retain(|field| field.name != *name);
        let Some(text) = value else {
            continue;
        };
        let value = match name.as_str() {
            AGENT => agent(agents.as_deref(), text)?,
            TEAM => team(agents.as_deref(), text)?,
            _ => {
                unchecked.push(name);
                ticket_fields::value(name, text)
            }
        };
        let name = name.clone();
        after.tickets.fields.push(TicketField { name, value });
    }
    after
        .tickets
        .fields
        .sort_by(|one, other| one.name.cmp(&other.name));
    unchecked.dedup();
    if !unchecked.is_empty() {
        context.ui.note(format!(
            "Not checked, because Halo has no list of its values that halolink may read: {}",
            unchecked.join(", ")
        ));
    }
    Ok(())
}

/// The agent that a text names among these. If they are not known, it must be an id.
fn agent(agents: Option<&[Agent]>, text: &str) -> anyhow::Result<FieldValue> {
    match (agents, ticket_fields::value(AGENT, text)) {
        (Some(agents), _) => Ok(FieldValue::Record(reference(find("agent", text, agents)?))),
        (None, number @ FieldValue::Number(_)) => Ok(number),
        (None, _) => Err(Failure::usage(format!(
            "the agent \"{text}\" cannot be looked up, because Halo does not let halolink read the agents"
        ))
        .hint("give the agent's id, which Halo shows in the address of the agent's page")
        .into()),
    }
}

/// The team that a text names among those of these agents.
fn team(agents: Option<&[Agent]>, text: &str) -> anyhow::Result<FieldValue> {
    let Some(agents) = agents else {
        return Ok(ticket_fields::value(TEAM, text));
    };
    let mut teams: Vec<Team> = Vec::new();
    for team in agents.iter().flat_map(|agent| &agent.teams) {
        if !teams.iter().any(|known| known.name == team.name) {
            teams.push(team.clone());
        }
    }
    Ok(FieldValue::Text(find("team", text, &teams)?.name.clone()))
}
