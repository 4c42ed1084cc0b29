//! One file a command. Each reads top to bottom as: read, plan, show, confirm, apply, verify, record, print.

pub mod completions;
#[allow(clippy::needless_borrows_for_generic_args)]
pub mod configure;
pub mod connect;
mod csv_file;
mod elsewhere;
pub mod history;
pub mod list;
#[allow(clippy::needless_borrows_for_generic_args)]
pub mod map_org;
mod naming;
#[allow(clippy::needless_borrows_for_generic_args)]
pub mod open_ticket;
mod pending;
mod report;
pub mod revoke;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod status;
#[allow(clippy::needless_borrows_for_generic_args)]
pub mod sync_seats;
#[allow(clippy::needless_borrows_for_generic_args)]
pub mod unlink;
