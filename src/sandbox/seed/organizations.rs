//! SaaS Backup's organizations, and the backup errors in some of them.

use std::collections::BTreeMap;

use fastrand::Rng;

use super::{FIRST_CUSTOMER, Seeder};
use crate::sandbox::{
    Account, Customer, Item, Organization, Product, Tenant,
    credentials::{guid, token},
    names,
};

/// The domain of an organization of this name.
fn domain(name: &str) -> String {
    format!("{}.example", names::plain(name))
}

/// Where a backup error shows.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// The tenant's application, and with it every mailbox.
    Organization,
    Mailbox,
    OneDrive,
    Tasks,
}

/// A backup error in one organization: its slot, where it shows, the status, the text and the hours since the last
/// backup. The texts are those that the vendor documents for tickets, and one that it does not.
type AccountError = (usize, Place, &'static str, &'static str, i64);

#[rustfmt::skip]
const ACCOUNT_ERRORS: &[AccountError] = &[
    (0, Place::Mailbox, "Authentication Error", "The email backup has failed", 30),
    (3, Place::Organization, "Authentication Error", "Main App (Global Admin) Token authorization error was detected", 52),
    (5, Place::OneDrive, "Connection Error", "OneDrive backup fails. Unable to connect to mail server", 26),
    (6, Place::OneDrive, "Authentication Error", "OneDrive backup fail. Authentication error", 49),
    (7, Place::Organization, "Authentication Error", "Device Token authorization error was detected", 31),
    (8, Place::Tasks, "Partially Completed", "Backup tasks fail. Unable to connect to GWS API due to per-day throttling", 5),
    (10, Place::Mailbox, "Space Full", "", 70),
    (11, Place::Organization, "Authentication Error", "Delegated Token authorization error was detected", 28),
    (12, Place::Mailbox, "Authentication Error", "Mailbox <in-place archive> refused: MAPI_E_NO_SUPPORT & more", 27),
    (13, Place::Tasks, "Authentication Error", "Backup tasks fail. Authentication error", 29),
    (14, Place::Mailbox, "Connection Error", "", 26),
    (15, Place::Mailbox, "Retrying", "", 1),
    (16, Place::Mailbox, "Partially Completed", "", 2),
];

impl Seeder {
    /// The organizations. In a small world the last is a branch of the fifth one's customer, and the one before it has no
    /// customer in Halo at all.
    pub(super) fn organizations(
        &mut self,
        count: usize,
        customers: &BTreeMap<i64, Customer>,
    ) -> Vec<Organization> {
        let odd_ones = !self.many && count >= 12;
        (0..count)
            .map(|index| {
                let (customer, name) = if odd_ones && index == count - 1 {
                    let name = format!("{} - Cork branch", names::company(4, self.seed));
                    (Some(FIRST_CUSTOMER + 4), name)
                } else if odd_ones && index == count - 2 {
                    (None, names::company(5000 + index, self.seed))
                } else {
                    let id = FIRST_CUSTOMER + index as i64;
                    let name = customers.get(&id).map_or("", |customer| &customer.name);
                    (Some(id), self.subscribed_name(index, name))
                };
                self.organization(index, count, customer, name)
            })
            .collect()
    }

    /// A customer's name as SaaS Backup has it: some with the tag that linking to NinjaOne leaves, some in another
    /// spelling.
    fn subscribed_name(&mut self, index: usize, name: &str) -> String {
        match index {
            1 => format!("{name} [e9fd]"),
            _ if index % 6 == 1 => format!("{name} [{:04x}]", self.random.u16(..)),
            _ if index % 11 == 5 => name.to_uppercase(),
            _ if index % 7 == 3 => name.replace(" & ", " and ").replace(" Ltd", " Limited"),
            _ => name.to_owned(),
        }
    }

    fn organization(
        &mut self,
        index: usize,
        count: usize,
        customer_id: Option<i64>,
        name: String,
    ) -> Organization {
        let mut organization = self.subscriber(index, customer_id, name);
        organization.flg_suspended = count >= 3 && index + 1 == count / 2;
        organization.customer_deactivated = count >= 3 && index == count / 2 + 1;
        organization.login_disabled = organization.flg_suspended || organization.customer_deactivated;
        let slot = match self.many {
            false => Some(index % 40),
            // One organization in fifty has an error, each error in turn.
            true => index.is_multiple_of(50).then_some(index / 50 % 17),
        };
        let error = slot.and_then(|slot| ACCOUNT_ERRORS.iter().find(|error| error.0 == slot));
        if !self.many || error.is_some() {
            self.add_accounts(&mut organization, index);
            self.add_products(&mut organization, index);
        }
        if let Some(error) = error {
            self.add_error(&mut organization, error);
        }
        organization
    }

    /// An active organization without accounts.
    fn subscriber(&mut self, index: usize, customer_id: Option<i64>, name: String) -> Organization {
        let seats_used = self.random.i64(3..=40) * self.random.i64(1..=3);
        let deactivated_seats = 1 + self.random.i64(0..=seats_used / 8);
        let domain = domain(&name);
        // Older rows lack some fields.
        let old = index % 11 == 10;
        Organization {
            id: format!("1788161-{}", 14 + index),
            organization_id: 204_113 + 7 * index as i64,
            organization_name: name,
            email: format!("admin@{domain}"),
            external_id: index.is_multiple_of(4).then(|| format!("ninja-{}", 300 + index)),
            plan_id: (311 + u32::from(index % 3 == 2)).to_string(),
            authentication_token: token(&mut self.random, 20),
            reseller_token: guid(&mut Rng::with_seed(self.seed ^ (0x7e5e_11e7 + index as u64))),
            seats_used,
            seats_available: seats_used + 5 + self.random.i64(0..=15),
            active_seats: seats_used - deactivated_seats,
            deactivated_seats,
            required_seats: (index % 29 != 18).then_some(seats_used + 1 + (index % 3) as i64),
            paid_shared_mailboxes: (!old).then(|| self.random.i64(0..=4)),
            free_shared_mailboxes: (!old).then(|| self.random.i64(0..=9)),
            storage_used: (self.random.i64(10..=90_000) as f64) / 10.0,
            storage_available: 10_000.0,
            archive: index % 3 == 2,
            auto_license: (!old).then_some(index.is_multiple_of(2)),
            customer_deactivated: false,
            flg_suspended: false,
            login_disabled: false,
            is_business: true,
            admin: false,
            notification_email: (0..2 - index % 3)
                .map(|number| format!("it{number}@{domain}"))
                .collect(),
            customer_id,
            tenants: vec![self.tenant(index, &domain, seats_used)],
            accounts: Vec::new(),
            products: BTreeMap::new(),
        }
    }

    fn tenant(&mut self, index: usize, domain: &str, users: i64) -> Tenant {
        // Google tenants are those with errors in tasks.
        let google = index % 40 == 8 || index % 10 == 9;
        Tenant {
            id: 9001 + index as i64,
            domain: domain.to_owned(),
            tenant_id: (!google).then(|| guid(&mut self.random)),
            kind: if google { "gws" } else { "m365" }.into(),
            total_users: users + 2,
            status: 7,
        }
    }

    /// Puts healthy mailboxes into an organization.
    fn add_accounts(&mut self, organization: &mut Organization, index: usize) {
        let domain = domain(&organization.organization_name);
        let accounts = if self.many {
            1
        } else {
            organization.seats_used.min(8)
        };
        for number in 0..accounts {
            let (given, family) = names::person(index * 5 + number as usize);
            let email = format!("{}.{}@{domain}", names::plain(given), names::plain(family));
            let deactivated = number == 7;
            organization.accounts.push(Account {
                id: 500_000 + 100 * index as i64 + number,
                email,
                display_name: format!("{given} {family}"),
                last_backup: Some(self.hours_ago(2 + number)),
                current_backup_status: if deactivated { "Deactivated" } else { "Completed" }.into(),
                // `{}` and null both mean that nothing is wrong.
                errors: (number % 2 == 0).then(BTreeMap::new),
                deactivated_since: deactivated.then(|| self.hours_ago(24 * 40)),
                flg_deleted: false,
                storage: self.random.i64(20_000..=9_000_000),
                msg_count: self.random.i64(100..=80_000),
                added_on: self.hours_ago(24 * 300),
            });
        }
    }

    /// Puts healthy products besides mail into an organization.
    fn add_products(&self, organization: &mut Organization, index: usize) {
        let domain = domain(&organization.organization_name);
        let item = |account: &Account| Item {
            email: Some(account.email.clone()),
            domain_name: None,
            last_backup: account.last_backup.clone(),
            errors: String::new(),
            current_backup_status: account.current_backup_status.clone(),
            deactivated_since: account.deactivated_since.clone(),
        };
        let site = |name: &str| Item {
            email: None,
            domain_name: Some(format!("{domain}/sites/{name}")),
            last_backup: Some(self.hours_ago(3)),
            errors: String::new(),
            current_backup_status: "Completed".into(),
            deactivated_since: None,
        };
        let items: Vec<Item> = organization.accounts.iter().map(item).collect();
        let products = &mut organization.products;
        products.insert(Product::OneDrives, items.clone());
        products.insert(Product::Tasks, items.clone());
        if organization.tenants.iter().any(|tenant| tenant.kind == "gws") {
            products.insert(Product::GoogleDrives, items.clone());
        }
        if index % 4 != 3 {
            products.insert(Product::Calendars, items.clone());
            products.insert(Product::Contacts, items);
        }
        if index % 3 != 2 {
            products.insert(Product::SharePoints, vec![site("intranet"), site("finance")]);
        }
        if index.is_multiple_of(5) {
            products.insert(Product::TeamsAndGroups, vec![site("everybody")]);
        }
    }

    /// Makes backups fail in an organization.
    fn add_error(&self, organization: &mut Organization, error: &AccountError) {
        let &(_, place, status, text, hours) = error;
        let last_backup = Some(self.hours_ago(hours));
        let product = match place {
            Place::OneDrive => Some(Product::OneDrives),
            Place::Tasks => Some(Product::Tasks),
            Place::Mailbox | Place::Organization => None,
        };
        if let Some(product) = product {
            let items = organization.products.get_mut(&product);
            if let Some(item) = items.and_then(|items| items.first_mut()) {
                item.errors = text.to_owned();
                item.current_backup_status = status.into();
                item.last_backup = last_backup;
            }
            return;
        }
        let all = place == Place::Organization;
        if let Some(tenant) = organization.tenants.first_mut()
            && all
        {
            tenant.status = 13;
        }
        let affected = if all { usize::MAX } else { 1 };
        for account in organization.accounts.iter_mut().take(affected) {
            if account.deactivated_since.is_some() {
                continue;
            }
            let field = if all { "token" } else { "backup" };
            account.current_backup_status = status.into();
            account.last_backup = last_backup.clone();
            account.errors = Some(if text.is_empty() {
                BTreeMap::new()
            } else {
                BTreeMap::from([(field.to_owned(), text.to_owned())])
            });
        }
    }
}
