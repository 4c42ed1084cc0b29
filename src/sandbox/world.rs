//! Everything that the two services know.

use std::collections::{BTreeMap, HashMap};

use super::{
    Action, Agent, AzureMapping, Customer, License, LicenseChange, Organization, Outcome, Priority,
    RecurringInvoice, Sla, Status, Supplier, Ticket, TicketType, Workflow,
};

/// The state of both services. Tests read it to check effects, and change it to act as another agent.
#[derive(Clone, PartialEq, Debug)]
pub struct World {
    /// Halo's customers by id.
    pub customers: BTreeMap<i64, Customer>,
    /// Halo's software licenses by id.
    pub licenses: BTreeMap<i64, License>,
    /// Every change of a license's fields since the start, oldest first.
    pub license_changes: Vec<LicenseChange>,
    /// Halo's tickets by id.
    pub tickets: BTreeMap<i64, Ticket>,
    /// The highest id that a ticket ever had: a deleted ticket's is not given again.
    pub(super) last_ticket: i64,
    /// The actions on tickets by id.
    pub actions: BTreeMap<i64, Action>,
    /// Halo's ticket types by id.
    pub ticket_types: BTreeMap<i64, TicketType>,
    /// Halo's SLAs by id.
    pub slas: BTreeMap<i64, Sla>,
    /// The priorities of all SLAs.
    pub priorities: Vec<Priority>,
    /// Halo's ticket statuses by id.
    pub statuses: BTreeMap<i64, Status>,
    /// Halo's action outcomes by id.
    pub outcomes: BTreeMap<i64, Outcome>,
    /// Halo's workflows by id.
    pub workflows: BTreeMap<i64, Workflow>,
    /// Halo's recurring invoices by id.
    pub recurring_invoices: BTreeMap<i64, RecurringInvoice>,
    /// Halo's suppliers by id.
    pub suppliers: BTreeMap<i64, Supplier>,
    /// The agent that the API application acts as.
    pub agent: Agent,
    /// The other agents.
    pub agents: Vec<Agent>,
    /// Microsoft tenants that Halo has matched to customers.
    pub azure_mappings: Vec<AzureMapping>,
    /// The scopes that the API application was granted. Take one away to see what a missing permission does.
    pub granted_scopes: Vec<String>,
    /// Whether the API application is active; an inactive one gets no token.
    pub application_active: bool,
    /// SaaS Backup's organizations, in the order in which they are listed.
    pub organizations: Vec<Organization>,
}

impl World {
    /// A mapping for every organization whose customer has an active backup license: organization id, customer id and
    /// license id.
    pub fn suggested_mapping(&self) -> Vec<(String, i64, i64)> {
        let mut backup: HashMap<i64, i64> = HashMap::new();
        for license in self.licenses.values() {
            if license.is_active && license.name.contains("SaaS Backup") {
                backup.entry(license.client_id).or_insert(license.id);
            }
        }
        self.organizations
            .iter()
            .filter_map(|organization| {
                let customer = organization.customer_id?;
                let license = backup.get(&customer)?;
                Some((organization.id.clone(), customer, *license))
            })
            .collect()
    }

    /// A customer's name, which the rows of other records repeat.
    pub(super) fn customer_name(&self, id: i64) -> &str {
        self.customers
            .get(&id)
            .map_or("", |customer| customer.name.as_str())
    }

    /// The id for a new ticket.
    pub(super) fn next_ticket(&mut self) -> i64 {
        let highest = self.tickets.last_key_value().map_or(0, |(id, _)| *id);
        self.last_ticket = self.last_ticket.max(highest) + 1;
        self.last_ticket
    }

    /// Whether an SLA has a priority with this number.
    pub(super) fn has_priority(&self, sla: i64, priority: i64) -> bool {
        self.priorities
            .iter()
            .any(|row| row.slaid == sla && row.priorityid == priority)
    }
}

/// The id for a new record.
pub(super) fn next_id<T>(records: &BTreeMap<i64, T>) -> i64 {
    records.last_key_value().map_or(1, |(id, _)| id + 1)
}
