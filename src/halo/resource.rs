//! The parts of the API that halolink uses, and the permission that each requires.

/// A collection of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// `/Client`: customers.
    Customers,
    /// `/SoftwareLicence`: licenses.
    Licenses,
    /// `/TicketType`.
    TicketTypes,
    /// `/SLA`.
    Slas,
    /// `/Priority`.
    Priorities,
    /// `/Outcome`.
    Outcomes,
    /// `/Workflow`: what can be done with a ticket, step by step.
    Workflows,
    /// `/Agent`: those who work in Halo.
    Agents,
    /// `/Status`: of tickets.
    Statuses,
    /// `/Tickets`.
    Tickets,
    /// `/Actions`: notes on tickets.
    Actions,
    /// `/LicenceChange`: who changed which quantity.
    LicenseChanges,
    /// `/RecurringInvoice`: what bills the licenses. Only ever read: an update resends every line, so a mistake deletes
    /// lines.
    RecurringInvoices,
}

impl Resource {
    /// The name in the URL.
    pub fn path(self) -> &'static str {
        match self {
            Resource::Customers => "Client",
            Resource::Licenses => "SoftwareLicence",
            Resource::TicketTypes => "TicketType",
            Resource::Slas => "SLA",
            Resource::Priorities => "Priority",
            Resource::Outcomes => "Outcome",
            Resource::Workflows => "Workflow",
            Resource::Agents => "Agent",
            Resource::Statuses => "Status",
            Resource::Tickets => "Tickets",
            Resource::Actions => "Actions",
            Resource::LicenseChanges => "LicenceChange",
            Resource::RecurringInvoices => "RecurringInvoice",
        }
    }

    /// The scope that the application needs.
    pub fn scope(self, write: bool) -> &'static str {
        match (self, write) {
            (Resource::Customers, false) => "read:customers",
            (Resource::Customers, true) => "edit:customers",
            (Resource::Licenses | Resource::LicenseChanges, false) => "read:softwarelicensing",
            (Resource::Licenses | Resource::LicenseChanges, true) => "edit:softwarelicensing",
            (Resource::RecurringInvoices, _) => "read:invoices",
            (_, false) => "read:tickets",
            (_, true) => "edit:tickets",
        }
    }

    /// The setting of the agent's role that goes with the scope, in the words of Halo's screen.
    pub fn role(self) -> &'static str {
        match self {
            Resource::Customers => "Customers: Read Only",
            Resource::Licenses | Resource::LicenseChanges => "Software Licensing: Read and Modify",
            Resource::RecurringInvoices => "Invoices: Read Only",
            _ => "Tickets Access Level: Read and Modify",
        }
    }

    /// Whether a 401 most likely means that it may not be read, and not that the token has expired: the vendor's guide does
    /// not grant it.
    pub fn is_often_refused(self) -> bool {
        self == Resource::RecurringInvoices
    }

    /// What one record is called in messages.
    pub fn record(self) -> &'static str {
        match self {
            Resource::Customers => "customer",
            Resource::Licenses => "license",
            Resource::TicketTypes => "ticket type",
            Resource::Slas => "SLA",
            Resource::Priorities => "priority",
            Resource::Outcomes => "outcome",
            Resource::Workflows => "workflow",
            Resource::Agents => "agent",
            Resource::Statuses => "ticket status",
            Resource::Tickets => "ticket",
            Resource::Actions => "note",
            Resource::LicenseChanges => "license change",
            Resource::RecurringInvoices => "recurring invoice",
        }
    }

    /// What is being done, for messages: "reading licenses".
    pub fn action(self, write: bool) -> String {
        let doing = if write { "writing" } else { "reading" };
        let records = match self {
            Resource::Priorities => "priorities".to_owned(),
            Resource::Statuses => "ticket statuses".to_owned(),
            other => format!("{}s", other.record()),
        };
        format!("{doing} {records}")
    }
}
