//! Pure thinking: plain functions over plain data, without I/O, clock or randomness, knowing nobody.

pub mod backup_errors;
pub mod batches;
pub mod elsewhere;
pub mod explanations;
pub mod limits;
pub mod names;
pub mod pending;
pub mod products;
pub mod requests;
pub mod seats;
pub mod tickets;
