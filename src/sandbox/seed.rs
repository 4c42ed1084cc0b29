//! The data that a sandbox starts with: a partner with a few dozen customers, or as many as a benchmark wants.

mod invoices;
mod lookups;
mod organizations;

use std::{borrow::Cow, collections::BTreeMap};

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, json};

use super::{
    AzureMapping, Customer, License, Organization, Ticket, World,
    dates::{NO_DATE, halo_time},
    names,
};

/// With more organizations than this the data is for benchmarks: 1.2 licenses for each organization, one in twenty with
/// a quantity other than the seats in use, and only as many records inside an organization as its errors need.
const MANY: usize = 200;

/// The ids of the first customer and the first license.
const FIRST_CUSTOMER: i64 = 21;
const FIRST_LICENSE: i64 = 17;

/// Products other than backup: name, SKU, price.
const SUBSCRIPTIONS: &[(&str, &str, f64)] = &[
    ("Microsoft 365 Business Premium", "CFQ7TTC0LCHC:0002", 18.6),
    ("Microsoft 365 Business Basic", "CFQ7TTC0LH18:0001", 5.1),
    ("Exchange Online (Plan 1)", "CFQ7TTC0LH16:0001", 3.4),
    ("Microsoft Entra ID P1", "CFQ7TTC0LFLS:0002", 5.1),
];

impl World {
    /// The world of a seed. The same arguments give the same world; its dates are counted back from `now`.
    pub(super) fn seeded(organizations: usize, seed: u64, now: Timestamp) -> Self {
        let mut seeder = Seeder {
            random: Rng::with_seed(seed ^ 0x005a_11d0),
            seed,
            now,
            many: organizations > MANY,
        };
        let customers = seeder.customers(organizations);
        let organizations = seeder.organizations(organizations, &customers);
        let licenses = seeder.licenses(&organizations, &customers);
        World {
            recurring_invoices: invoices::recurring(&licenses),
            licenses,
            license_changes: Vec::new(),
            tickets: seeder.tickets(&customers),
            last_ticket: 0,
            actions: BTreeMap::new(),
            ticket_types: lookups::ticket_types(),
            slas: lookups::slas(),
            priorities: lookups::priorities(&mut seeder.random),
            statuses: lookups::statuses(),
            outcomes: lookups::outcomes(),
            workflows: lookups::workflows(),
            suppliers: lookups::suppliers(),
            agent: lookups::agent(),
            agents: lookups::agents(),
            azure_mappings: azure_mappings(&organizations),
            granted_scopes: lookups::granted_scopes(),
            application_active: true,
            customers,
            organizations,
        }
    }
}

/// Makes the records whose number depends on the options.
struct Seeder {
    random: Rng,
    seed: u64,
    now: Timestamp,
    many: bool,
}

impl Seeder {
    /// A customer for every organization and a quarter more. Among the latter are one with another's name, one whose
    /// name begins like another's, and inactive ones.
    fn customers(&self, organizations: usize) -> BTreeMap<i64, Customer> {
        let customer = |index: usize| {
            let (name, inactive) = match index.checked_sub(organizations) {
                Some(0) if organizations > 2 => (names::company(2, self.seed), false),
                Some(1) => (format!("{} Group", names::company(0, self.seed)), false),
                Some(2) => (format!("{} (closed)", names::company(1, self.seed)), true),
                Some(extra) => (names::company(index, self.seed), extra % 3 == 2),
                None => (names::company(index, self.seed), false),
            };
            Customer {
                id: FIRST_CUSTOMER + index as i64,
                name,
                inactive,
                toplevel_id: 1,
                reference: format!("NS-{}", 1000 + index),
                extra: Map::new(),
            }
        };
        (0..organizations + organizations.div_ceil(4))
            .map(customer)
            .map(|customer| (customer.id, customer))
            .collect()
    }

    /// Licenses: a backup license for most customers, and subscriptions of other vendors. In a small world one of them
    /// is inactive.
    fn licenses(
        &mut self,
        organizations: &[Organization],
        customers: &BTreeMap<i64, Customer>,
    ) -> BTreeMap<i64, License> {
        let mut licenses = BTreeMap::new();
        for (index, &client_id) in customers.keys().enumerate() {
            let mut add = |license: License| {
                let id = FIRST_LICENSE + licenses.len() as i64;
                licenses.insert(
                    id,
                    License {
                        id,
                        client_id,
                        ..license
                    },
                );
            };
            let organization = organizations.get(index);
            let (backed_up, subscriptions) = match (organization, self.many) {
                (Some(_), true) => (true, usize::from(index % 5 == 0)),
                (None, true) => (false, 0),
                (Some(_), false) => (index % 12 != 9, 1 + index % 3),
                (None, false) => (index.is_multiple_of(2), 1 + index % 2),
            };
            let seats = organization.map_or(5, |organization| organization.seats_used);
            if backed_up {
                add(self.backup_license(index, seats));
            }
            if index == 1 && !self.many {
                add(License {
                    name: "SaaS Backup (2023 price list)".into(),
                    is_active: false,
                    status: "Cancelled".into(),
                    ..self.backup_license(1, seats)
                });
            }
            let tenant = organization
                .and_then(|organization| organization.tenants.first())
                .and_then(|tenant| tenant.tenant_id.as_deref());
            for number in 0..subscriptions {
                add(self.subscription(index + number, seats, tenant));
            }
        }
        licenses
    }

    /// A backup license. Every second one is behind the seats in use; in a large world every twentieth.
    fn backup_license(&mut self, index: usize, seats: i64) -> License {
        let behind = index.is_multiple_of(if self.many { 20 } else { 2 });
        // By less than half: beyond that people suspect a mistake.
        let count = seats - if behind { 1 + seats / 10 } else { 0 };
        let name = match index % 9 {
            4 => "SaaS Backup + Archive",
            even if even % 2 == 0 => "NinjaOne SaaS Backup",
            _ => "SaaS Backup",
        };
        License {
            name: name.into(),
            count,
            manufacturer: "NinjaOne".into(),
            vendor: "NinjaOne".into(),
            supplier_id: 3,
            start_date: "2024-02-01T00:00:00".into(),
            end_date: "1901-01-01T00:00:00".into(),
            notes: note(index),
            licences_in_use: count,
            requested_quantity: count,
            purchase_price: 1.85,
            price: 3.5,
            product_sku: "NJ-SSB-01".into(),
            ..License::default()
        }
    }

    /// A subscription of another vendor.
    fn subscription(&mut self, index: usize, seats: i64, tenant: Option<&str>) -> License {
        let (name, sku, price) = SUBSCRIPTIONS[index % SUBSCRIPTIONS.len()];
        let count = seats + self.random.i64(0..=6);
        License {
            name: name.into(),
            count,
            manufacturer: "Microsoft".into(),
            vendor: "Microsoft".into(),
            supplier_id: 4,
            term_duration: "P1Y".into(),
            start_date: "2025-01-15T00:00:00".into(),
            end_date: "2026-01-14T00:00:00".into(),
            tenant_id: tenant.map(str::to_owned),
            licences_in_use: seats.min(count),
            licences_available: (count - seats).max(0),
            requested_quantity: count,
            purchase_price: price,
            price: price + 2.0,
            product_sku: sku.into(),
            autorenew: true,
            ..License::default()
        }
    }

    /// A few tickets that exist from the start.
    fn tickets(&self, customers: &BTreeMap<i64, Customer>) -> BTreeMap<i64, Ticket> {
        const SUMMARIES: &[&str] = &[
            "Printer on the second floor is offline",
            "New starter: laptop and mailbox",
            "Backup question about retention",
            "Outlook asks for a password again and again",
            "Invoice shows the wrong number of licences",
        ];
        let ticket = |(index, (&client_id, summary)): (usize, (&i64, &&str))| Ticket {
            id: 2101 + index as i64,
            client_id: Some(client_id),
            summary: (*summary).to_owned(),
            details: Some("Reported by telephone.".to_owned()),
            tickettype_id: if index % 2 == 0 { 1 } else { 3 },
            sla_id: 2,
            priority_id: 3,
            status_id: if index == 2 { 9 } else { 2 },
            dateoccurred: halo_time(self.before(20 * (1 + index as i64))),
            closed: index == 2,
            extra: Map::from_iter([("dateassigned".to_owned(), json!(NO_DATE))]),
            ..Ticket::default()
        };
        customers
            .keys()
            .zip(SUMMARIES)
            .enumerate()
            .map(ticket)
            .map(|ticket| (ticket.id, ticket))
            .collect()
    }

    fn before(&self, hours: i64) -> Timestamp {
        self.now
            .checked_sub(SignedDuration::from_hours(hours))
            .unwrap_or(self.now)
    }

    /// A time as SaaS Backup writes it.
    fn hours_ago(&self, hours: i64) -> String {
        format!("{}Z", halo_time(self.before(hours)))
    }
}

/// Something that a person wrote on a license, which must not be overwritten.
fn note(index: usize) -> Cow<'static, str> {
    match index % 4 {
        0 => "Billed with the monthly agreement; do not change the term.",
        1 => "Agreed 2024-02: shared mailboxes are free.",
        _ => "",
    }
    .into()
}

/// Matches two of three Microsoft tenants to their customers.
fn azure_mappings(organizations: &[Organization]) -> Vec<AzureMapping> {
    organizations
        .iter()
        .enumerate()
        .filter(|(index, _)| index % 3 != 2)
        .filter_map(|(_, organization)| {
            Some(AzureMapping {
                azure_tenant_id: organization.tenants.first()?.tenant_id.clone()?,
                client_id: organization.customer_id?,
            })
        })
        .collect()
}
