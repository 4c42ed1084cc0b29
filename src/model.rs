//! What halolink talks about, as plain data: nothing here knows a service, the state or the command line.

mod account_error;
mod configuration;
mod customer;
mod daily_quantity;
mod fair_use;
mod ignored;
mod invoice;
mod license;
mod mapping;
mod organization;
mod reference;
mod rule;
mod ticket;
mod ticket_options;
mod ticket_policy;
mod ticket_record;

pub use account_error::{AccountError, FirstSeen, Inside, Product};
pub use configuration::{Configuration, SeatSync};
pub use customer::Customer;
pub use daily_quantity::DailyQuantity;
pub use fair_use::{FairUse, FairUseOf};
pub use ignored::Ignored;
pub use invoice::{CountedLicense, InvoiceLine, LineState, RecurringInvoice};
pub use license::{License, LicenseChange, Price, Quantity};
pub use mapping::{Mapping, OfOtherProfile};
pub use organization::{Extras, Listed, Organization, SeatMetric, Seats};
pub use reference::Reference;
pub use rule::{Highest, Minimum, Rule};
pub use ticket::{NewNote, NewTicket, Ticket};
pub use ticket_options::{Agent, Outcome, Priority, Sla, Team, TicketStatus, TicketType};
pub use ticket_policy::{ErrorOptions, FieldValue, OnRecovery, TicketField, TicketPolicy};
pub use ticket_record::{PendingNote, TicketAccount, TicketRecord, TicketState};
