//! Halo's records. Each keeps fields that it does not know (Halo's have about sixty), so that a test can check that an
//! update left them alone.

use std::{borrow::Cow, time::Instant};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A customer, which Halo's API calls *Client*.
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Customer {
    pub id: i64,
    /// Not unique.
    pub name: String,
    pub inactive: bool,
    pub toplevel_id: i64,
    /// The partner's own reference.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Everything else that was posted.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A software license, which Halo's API calls *SoftwareLicence*. Common texts are borrowed, because a large partner has a
/// hundred thousand of these.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct License {
    pub id: i64,
    pub name: Cow<'static, str>,
    /// The quantity that is billed.
    pub count: i64,
    pub client_id: i64,
    #[serde(rename = "type")]
    pub kind: i64,
    pub site_id: i64,
    pub status: Cow<'static, str>,
    pub is_active: bool,
    pub manufacturer: Cow<'static, str>,
    pub vendor: Cow<'static, str>,
    pub supplier_id: i64,
    pub billing_cycle: Cow<'static, str>,
    pub term_duration: Cow<'static, str>,
    pub start_date: Cow<'static, str>,
    pub end_date: Cow<'static, str>,
    pub notes: Cow<'static, str>,
    /// The Microsoft tenant, if this is a Microsoft subscription.
    pub tenant_id: Option<String>,
    pub licences_in_use: i64,
    pub licences_available: i64,
    pub requested_quantity: i64,
    pub purchase_price: f64,
    pub price: f64,
    pub product_sku: Cow<'static, str>,
    pub autorenew: bool,
    /// Everything else that was posted.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Default for License {
    fn default() -> Self {
        Self {
            id: 0,
            name: "".into(),
            count: 0,
            client_id: 0,
            kind: 1,
            site_id: -1,
            status: "Active".into(),
            is_active: true,
            manufacturer: "".into(),
            vendor: "".into(),
            supplier_id: 0,
            billing_cycle: "Monthly".into(),
            term_duration: "Monthly".into(),
            start_date: super::super::dates::NO_DATE.into(),
            end_date: super::super::dates::NO_DATE.into(),
            notes: "".into(),
            tenant_id: None,
            licences_in_use: 0,
            licences_available: 0,
            requested_quantity: 0,
            purchase_price: 0.0,
            price: 0.0,
            product_sku: "".into(),
            autorenew: false,
            extra: Map::new(),
        }
    }
}

/// A change of one field of a license, as a row of `/LicenceChange`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct LicenseChange {
    pub id: i64,
    pub licence_id: i64,
    /// 0 if the field has no number here.
    pub field_id: i64,
    /// The name on Halo's screens; that of the quantity is `Quantity`.
    pub field_name: String,
    pub old_value: String,
    pub new_value: String,
    /// The agent who changed it.
    pub who: String,
    pub datetime: String,
}

/// A ticket, which Halo's schema calls *Faults*.
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Ticket {
    pub id: i64,
    pub client_id: Option<i64>,
    pub summary: String,
    pub details: Option<String>,
    pub details_html: Option<String>,
    pub tickettype_id: i64,
    pub sla_id: i64,
    pub priority_id: i64,
    pub status_id: i64,
    pub dateoccurred: String,
    /// Whether it has been closed.
    #[serde(rename = "hasbeenclosed")]
    pub closed: bool,
    /// The ticket that it was merged into, which closed it.
    pub merged_into_id: Option<i64>,
    /// When it was posted, by the clock of this process; not known of a seeded one.
    #[serde(skip)]
    pub posted: Option<Instant>,
    /// Everything else that was posted.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A note on a ticket, or a change of its status.
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Action {
    pub id: i64,
    pub ticket_id: i64,
    pub outcome_id: i64,
    pub outcome: String,
    pub who: String,
    pub datetime: String,
    pub note: Option<String>,
    pub note_html: Option<String>,
    pub hiddenfromuser: bool,
    /// Whether it was sent to the customer.
    #[serde(rename = "sendemail")]
    pub mailed: bool,
    pub new_status: Option<i64>,
    /// Everything else that was posted.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A ticket type.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct TicketType {
    pub id: i64,
    pub name: String,
    /// The SLA of tickets that name none; -1 or 0 means no SLA.
    #[serde(skip)]
    pub default_sla: i64,
    /// The workflow of its tickets; 0 if they have none.
    #[serde(skip)]
    pub workflow_id: i64,
    /// Whether the API's agent may open tickets of this type.
    #[serde(rename = "cancreate")]
    pub can_create: bool,
    /// Whether a closed ticket of this type can be opened again.
    #[serde(skip)]
    pub reopens: bool,
    /// Fields without which a ticket of this type is refused.
    #[serde(skip)]
    pub mandatory: Vec<String>,
}

/// A service level agreement. Its priorities are in [`World::priorities`](super::super::World::priorities).
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Sla {
    pub id: i64,
    pub name: String,
}

/// A priority of an SLA. Tickets refer to `priorityid`, which is meaningless without `slaid`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Priority {
    /// A GUID, which tickets do not refer to.
    pub id: String,
    pub priorityid: i64,
    pub slaid: i64,
    pub name: String,
    /// Whether people should not be offered it.
    pub ishidden: bool,
    /// Hours until it must be fixed.
    pub fixtime: i64,
}

/// A ticket status. The API does not say reliably whether it closes a ticket.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Status {
    pub id: i64,
    pub name: String,
    #[serde(skip)]
    pub closes: bool,
}

/// The kind of an action on a ticket.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Outcome {
    pub id: i64,
    pub outcome: String,
    pub buttonname: String,
    /// Whether an action is sent to the customer unless it is hidden.
    #[serde(rename = "sendemail")]
    pub sends_email: bool,
    /// Whether an action is hidden from the customer unless it says otherwise.
    #[serde(rename = "hidefromuser")]
    pub hides: bool,
    /// Whether the API's agent may use it; the list does not say.
    #[serde(skip)]
    pub permitted: bool,
}

/// A workflow: what can be done with tickets of a type, step by step.
#[derive(Clone, PartialEq, Debug)]
pub struct Workflow {
    pub id: i64,
    pub name: String,
    /// The outcomes that each step offers.
    pub steps: Vec<Vec<i64>>,
}

/// An agent: somebody who works in Halo, or the one that the API application acts as.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Agent {
    pub id: i64,
    pub name: String,
    pub isdisabled: bool,
    pub isapiagent: bool,
    /// The names of the agent's teams, the usual one first.
    pub teams: Vec<String>,
}

/// A supplier.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Supplier {
    pub id: i64,
    pub name: String,
}

/// A Microsoft tenant that the partner's Microsoft integration has matched to a customer.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AzureMapping {
    pub azure_tenant_id: String,
    pub client_id: i64,
}
