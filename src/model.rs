//! What halolink talks about, as plain data: nothing here knows a service, the state or the command line.

mod account_error;
mod configuration;
mod customer;
mod ignored;
mod license;
mod mapping;
mod organization;
mod reference;
mod ticket;
mod ticket_options;
mod ticket_policy;
mod ticket_record;

pub use account_error::{AccountError, FirstSeen, Inside, Product};
pub use configuration::{Configuration, SeatSync};
pub use customer::Customer;
pub use ignored::Ignored;
pub use license::{License, LicenseChange, Quantity};
pub use mapping::{Mapping, OfOtherProfile};
pub use organization::{Organization, SeatMetric, Seats};
pub use reference::Reference;
pub use ticket::{NewNote, NewTicket, Ticket};
pub use ticket_options::{Agent, Outcome, Priority, Sla, Team, TicketStatus, TicketType};
pub use ticket_policy::{ErrorOptions, FieldValue, OnRecovery, TicketField, TicketPolicy};
pub use ticket_record::{PendingNote, TicketAccount, TicketRecord, TicketState};
