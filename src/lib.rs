//! halolink administers the link between NinjaOne SaaS Backup (Dropsuite) and HaloPSA.
//!
//! The map of the house, from the street inwards: [`cli`] has every argument and no logic; [`app`] takes an
//! [`invocation`] and gives an exit code; [`commands`] has one file a command, each reading top to bottom as
//! read, plan, show, confirm, apply, verify, record, print. Commands know everything below them:
//! [`halo`] and [`backup`] are the two services, both on [`http`] and neither knowing the other;
//! [`plan`] is pure thinking without I/O, clock or randomness; [`model`] is what is talked about, as plain data;
//! [`store`] is the state, [`profile`] the connections, [`secrets`] the secrets, [`paths`] where they are kept,
//! [`ui`] everything that a person sees, which is only ever cleaned [`text`], and in CSV nothing that a
//! [`spreadsheet`] runs; [`complete`] what tab completion offers. [`failure`] turns any error
//! into words and an exit code. [`sandbox`] emulates both services, for trying things out and for tests, and
//! [`tour`] does the whole job in it. Who may import whom is the table in `tests/black_box/borders.rs`.

// Printing goes through `ui`, so that a closed pipe is no crash and no text from a service reaches a
// terminal unchecked.
#![deny(clippy::print_stdout, clippy::print_stderr)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
#![warn(missing_docs)]
// Nobody builds on this crate: its documentation is for those who work in here, and is built with private items.
// What is public is what the program, the tests and the benchmarks take.
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
