//! One file per command. Each reads from top to bottom as: read, plan, show, confirm, apply, verify, record, print.

mod calendar;
pub mod completions;
pub mod configure;
pub mod connect;
mod csv_file;
mod elsewhere;
pub mod explain;
pub mod history;
pub mod ignore;
mod inside;
mod license_reading;
pub mod list;
pub mod map_org;
mod naming;
pub mod open_ticket;
mod pending;
mod posting;
pub mod reconcile;
pub mod revoke;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod sha256;
pub mod status;
pub mod sync_seats;
pub mod sync_tickets;
mod ticket_options;
pub mod undo;
pub mod unlink;
mod unmapped;
