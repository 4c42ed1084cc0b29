//! HaloPSA and NinjaOne SaaS Backup (Dropsuite), emulated on loopback with a seeded partner's data.
//!
//! Nobody should try halolink on a production PSA first, and no test should need one. [`Sandbox::start`] opens two
//! listeners on `127.0.0.1`, served by one background thread, so it can be used from synchronous tests as well as inside
//! another runtime. What it emulates was gathered from the vendor's API description and from public client code that
//! ran against live instances. It is strict where those agree (scopes, tenant, array bodies, integer quantities,
//! priorities that belong to their SLA, required fields, paging caps, the rate limit), so that a wrong request fails
//! here first. Elsewhere it is tolerant, so that other Halo clients work against it too.
//!
//! A request passes through these modules: `call` (reads it), `exchange` (rate limit, [`Fault`]s, record of requests),
//! `halo` or `backup` (the services, which work on the [`World`]) and `reply` (back to HTTP).
//!
//! # Control
//! The Halo listener also answers these, which need no token, are not rate limited and are not recorded:
//!
//! | request | does |
//! | --- | --- |
//! | `GET /sandbox/requests` | what both services received, in order |
//! | `DELETE /sandbox/requests` | forgets what was received |
//! | `GET /sandbox/licenses` | every license as it is now |
//! | `GET /sandbox/tickets` | every ticket with its actions |
//! | `POST /sandbox/tickets` | opens a ticket as somebody else: `{"client_id", "summary", "details"}` |
//! | `POST /sandbox/tickets/{id}/close` | closes a ticket as a technician does; likewise `reopen` and `delete` |
//! | `POST /sandbox/tickets/{id}/merge` | merges a ticket into another: `{"into": id}` |
//! | `GET /sandbox/mapping.csv` | [`World::suggested_mapping`] as `organization,customer,license` |
//! | `GET /sandbox/faults` | the faults that are on, and how often each has struck since they were set |
//! | `PUT /sandbox/faults` | a JSON array of fault names replaces the faults that are on |
//! | `GET /sandbox/broken` | the backups that are broken on purpose, as in `1788161-15:main-app-token` |
//! | `PUT /sandbox/broken` | breaks the backups in a JSON array as well: `ORGANIZATION:ERROR`, `ORGANIZATION:ERROR:ACCOUNT` |
//! | `DELETE /sandbox/broken` | heals the backups in a JSON array |

mod backup;
mod breakage;
mod call;
mod control;
mod credentials;
mod dates;
mod exchange;
mod fault;
mod fault_injection;
mod halo;
mod license_changes;
mod names;
mod options;
mod paging;
mod rate;
mod received;
mod records;
mod reply;
mod seed;
mod server;
mod service;
mod shared;
#[cfg(test)]
mod tests;
mod ticket_events;
mod token;
mod world;

pub use breakage::UnknownBreakage;
pub use credentials::Credentials;
pub use fault::{Fault, UnknownFault};
pub use options::Options;
pub use received::Received;
pub use records::{
    Account, Action, Agent, AzureMapping, Customer, InvoiceLine, Item, License, LicenseChange, LineLicense,
    Organization, Outcome, Priority, Product, RecurringInvoice, Sla, Status, Supplier, Tenant, Ticket,
    TicketType, Workflow,
};
pub use server::{Sandbox, StartError};
pub use service::Service;
pub use ticket_events::NoTicket;
pub use world::World;
