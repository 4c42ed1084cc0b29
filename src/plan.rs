//! The decisions: plain functions over plain data, without I/O, clock or randomness. They depend on no other module
//! but `change`, `model` and `text`.

pub mod backup_errors;
pub mod batches;
pub mod closing;
pub mod detection;
pub mod drift;
pub mod elsewhere;
pub mod explanations;
pub mod ignoring;
pub mod limits;
pub mod money;
pub mod names;
pub mod notes;
pub mod pending;
pub mod plan_file;
pub mod products;
pub mod reconcile;
pub mod requests;
pub mod rules;
pub mod seats;
pub mod ticket_fields;
pub mod ticket_life;
pub mod tickets;
pub mod undo;
pub mod unmapped;
