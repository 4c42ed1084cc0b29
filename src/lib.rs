//! halolink administers the link between NinjaOne SaaS Backup (Dropsuite) and HaloPSA.
//!
//! The map of the source, from the outside in: [`cli`] has all arguments and no logic; [`app`] takes an [`invocation`]
//! and returns an exit code; [`commands`] has one file per command, each reading from top to bottom as read, plan, show,
//! confirm, apply, verify, record, print. A change is a value in [`change`], and [`runner`] runs every command that makes
//! changes. Commands may use everything below:
//! [`halo`] and [`backup`] are the two services, both built on [`http`] and independent of each other;
//! [`plan`] decides, without I/O, clock or randomness; [`report`] is its page for people who use no terminal; [`model`] is the plain data that all others share;
//! [`store`] is the state, [`profile`] the connections, [`secrets`] the secrets, [`paths`] where they are kept.
//! [`ui`] is everything that a person sees: only cleaned [`text`], and in CSV nothing that a [`spreadsheet`] runs.
//! [`complete`] offers the names for tab completion. [`failure`] turns any error into words and an exit code.
//! [`sandbox`] emulates both services, for trying things out and for tests, and [`tour`] does the whole job in it.
//! The table in `tests/black_box/borders.rs` says which module may import which.

// All printing goes through `ui`, so that a closed pipe is not a crash and no text from a service reaches a
// terminal unchecked.
#![deny(clippy::print_stdout, clippy::print_stderr)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
#![warn(missing_docs)]
// No other crate depends on this one: its documentation is for those who work on it, and is built with private items.
// Only what the program, the tests and the benchmarks use is public.
#![allow(rustdoc::private_intra_doc_links)]

pub mod app;
pub(crate) mod backup;
pub mod change;
pub mod cli;
pub(crate) mod commands;
pub mod complete;
pub(crate) mod context;
pub(crate) mod environment;
pub mod failure;
pub(crate) mod files;
pub(crate) mod halo;
pub(crate) mod http;
pub mod invocation;
pub(crate) mod lenient;
pub mod lock_file;
pub mod model;
pub(crate) mod paths;
pub mod plan;
pub(crate) mod profile;
pub mod report;
pub(crate) mod runner;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub(crate) mod secrets;
pub(crate) mod spreadsheet;
pub mod store;
pub(crate) mod text;
#[cfg(feature = "sandbox")]
pub(crate) mod tour;
pub(crate) mod ui;
