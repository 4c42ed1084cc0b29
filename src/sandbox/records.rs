//! The records of both services, with types for the fields that the emulator looks at.

#![allow(
    missing_docs,
    reason = "the fields are the services' own; what is not plain is said at them"
)]

mod backup;
mod halo;
mod invoices;

pub use backup::{Account, Item, Organization, Product, Tenant};
pub use halo::{
    Action, Agent, AzureMapping, Customer, License, LicenseChange, Outcome, Priority, Sla, Status, Supplier,
    Ticket, TicketType, Workflow,
};
pub use invoices::{InvoiceLine, LineLicense, RecurringInvoice};
