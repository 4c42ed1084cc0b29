//! The configuration of a Halo instance, which does not depend on its customers.

use std::collections::BTreeMap;

use fastrand::Rng;

use crate::sandbox::{
    Agent, Outcome, Priority, Sla, Status, Supplier, TicketType, Workflow, credentials::guid,
};

/// The scopes that the application is granted: those that the vendor's guide asks for.
const SCOPES: &[&str] = &[
    "openid",
    "profile",
    "roles",
    "read:tickets",
    "edit:tickets",
    "read:customers",
    "edit:customers",
    "read:suppliers",
    "edit:suppliers",
    "read:softwarelicensing",
    "edit:softwarelicensing",
];

/// A priority: its number, name, hours to fix and whether it is hidden.
type PriorityRow = (i64, &'static str, i64, bool);

/// SLAs with their priorities. The same number means something else under every SLA; only Gold has number 5.
const SLAS: &[(i64, &str, &[PriorityRow])] = &[
    (
        1,
        "Gold",
        &[
            (1, "Urgent 2h", 2, false),
            (2, "High 4h", 4, false),
            (3, "Medium 8h", 8, false),
            (4, "Low 24h", 24, false),
            (5, "Critical 1h", 1, false),
        ],
    ),
    (
        2,
        "Silver",
        &[
            (1, "High 8h", 8, false),
            (2, "Medium 16h", 16, false),
            (3, "Low 40h", 40, false),
            (4, "Planned", 400, true),
        ],
    ),
    (
        5,
        "Bronze",
        &[
            (1, "Medium 16h", 16, false),
            (2, "Low 80h", 80, false),
            (3, "Someday", 800, true),
        ],
    ),
];

pub(super) fn granted_scopes() -> Vec<String> {
    SCOPES.iter().map(|&scope| scope.to_owned()).collect()
}

pub(super) fn slas() -> BTreeMap<i64, Sla> {
    let sla = |&(id, name, _): &(i64, &str, _)| {
        let name = name.to_owned();
        (id, Sla { id, name })
    };
    SLAS.iter().map(sla).collect()
}

pub(super) fn priorities(random: &mut Rng) -> Vec<Priority> {
    let mut rows = Vec::new();
    for &(slaid, _, priorities) in SLAS {
        for &(priorityid, name, fixtime, ishidden) in priorities {
            rows.push(Priority {
                id: guid(random),
                priorityid,
                slaid,
                name: name.to_owned(),
                ishidden,
                fixtime,
            });
        }
    }
    rows
}

/// Ticket types. One makes a category mandatory, so it refuses a client that sends only a summary and a customer. A
/// closed alert stays closed.
pub(super) fn ticket_types() -> BTreeMap<i64, TicketType> {
    let kind = |(id, name, default_sla, workflow_id, mandatory): (i64, &str, i64, i64, Option<&str>)| {
        let kind = TicketType {
            id,
            name: name.to_owned(),
            default_sla,
            workflow_id,
            can_create: true,
            reopens: name != "Alert",
            mandatory: mandatory.into_iter().map(str::to_owned).collect(),
        };
        (id, kind)
    };
    BTreeMap::from(
        [
            (1, "Incident", 2, 4, None),
            (2, "Change Request", 0, 0, Some("category_1")),
            (3, "Service Request", 5, 6, None),
            (21, "Alert", -1, 0, None),
        ]
        .map(kind),
    )
}

/// Workflows. The one for service requests has no internal notes.
pub(super) fn workflows() -> BTreeMap<i64, Workflow> {
    let workflow = |(id, name, steps): (i64, &str, &[&[i64]])| {
        let name = name.to_owned();
        let steps = steps.iter().map(|outcomes| outcomes.to_vec()).collect();
        (id, Workflow { id, name, steps })
    };
    BTreeMap::from(
        [
            (4, "Incident Workflow", &[&[1, 7][..], &[7, 11, 12]][..]),
            (6, "Service Request Workflow", &[&[1][..], &[11, 12, 30]][..]),
        ]
        .map(workflow),
    )
}

pub(super) fn statuses() -> BTreeMap<i64, Status> {
    let status = |(id, name, closes): (i64, &str, bool)| {
        let name = name.to_owned();
        (id, Status { id, name, closes })
    };
    BTreeMap::from(
        [
            (1, "New", false),
            (2, "In Progress", false),
            (3, "Action Required", false),
            (4, "With User", false),
            (8, "Resolved", true),
            (9, "Closed", true),
        ]
        .map(status),
    )
}

/// Outcomes. 7 is the note in an instance as delivered; the API's agent may not use the last. One is sent to the
/// customer.
pub(super) fn outcomes() -> BTreeMap<i64, Outcome> {
    let outcome = |(id, outcome, button, permitted): (i64, &str, &str, bool)| {
        let outcome = Outcome {
            id,
            outcome: outcome.to_owned(),
            buttonname: button.to_owned(),
            sends_email: outcome == "Email User",
            hides: outcome == "Internal Note",
            permitted,
        };
        (id, outcome)
    };
    BTreeMap::from(
        [
            (1, "Email User", "Email User", true),
            (7, "Internal Note", "Add Note", true),
            (11, "Resolved", "Resolve", true),
            (12, "Closed", "Close Ticket", true),
            (30, "Approval Requested", "Request Approval", false),
        ]
        .map(outcome),
    )
}

pub(super) fn suppliers() -> BTreeMap<i64, Supplier> {
    let supplier = |(id, name): (i64, &str)| {
        let name = name.to_owned();
        (id, Supplier { id, name })
    };
    BTreeMap::from([(3, "NinjaOne"), (4, "Microsoft CSP (Pax8)"), (9, "Ingram Micro")].map(supplier))
}

/// The agent that the vendor's setup guide has people create.
pub(super) fn agent() -> Agent {
    Agent {
        id: 12,
        name: "Dropsuite API agent".to_owned(),
        isdisabled: false,
        isapiagent: true,
        teams: Vec::new(),
    }
}

/// The people who work on tickets; the last has left.
pub(super) fn agents() -> Vec<Agent> {
    let agent = |(id, name, teams, isdisabled): (i64, &str, &[&str], bool)| Agent {
        id,
        name: name.to_owned(),
        isdisabled,
        isapiagent: false,
        teams: teams.iter().map(|&team| team.to_owned()).collect(),
    };
    [
        (3, "Mia Keller", &["1st Line Support"][..], false),
        (4, "Omar Haddad", &["Backup Desk", "1st Line Support"], false),
        (5, "Ruth Okafor", &["Projects"], false),
        (6, "Piet de Boer", &["Backup Desk"], true),
    ]
    .map(agent)
    .into()
}
