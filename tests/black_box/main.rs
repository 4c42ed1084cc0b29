//! halolink as its users have it: the built binary against the sandbox, in one test binary of many topics.

mod backup_paging;
mod binding;
mod borders;
mod completed_lines;
mod completions;
mod configure;
mod connect;
#[cfg(target_os = "linux")]
mod current_pictures;
mod detection;
mod every_command;
mod explain;
mod extremes;
mod faults;
mod history;
mod hostile_text;
mod identity;
mod ignoring;
mod json_shapes;
mod keyring;
mod killed;
#[cfg(target_os = "linux")]
mod large_answers;
mod listed_tickets;
mod lists;
mod looking;
mod main_job;
mod man_pages;
mod mapping;
mod money;
mod output;
mod plan_files;
mod real_home;
mod reconcile;
#[cfg(target_os = "linux")]
mod report;
mod rules;
mod safeguards;
mod sandbox;
mod seats_file;
mod secrets;
mod spreadsheet;
mod support;
mod sync_faults;
mod sync_requests;
mod terminal;
mod ticket_life;
#[cfg(unix)]
mod ticket_model;
mod ticket_policy;
mod tickets;
#[cfg(target_os = "linux")]
mod tls;
mod two_at_once;
mod undo;
mod unmapped;
mod unprinted;
mod unquoted_answers;
mod variables;
