//! SaaS Backup's records.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;

/// A subscriber: one row of `/users`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Organization {
    /// What the portal calls the Organization ID, such as `1788161-14`.
    pub id: String,
    pub organization_id: i64,
    pub organization_name: String,
    pub email: String,
    pub external_id: Option<String>,
    pub plan_id: String,
    /// Gives access to what is inside this organization. A secret.
    pub authentication_token: String,
    /// The partner's token again, which rows carry although nobody asked for it. A secret.
    pub reseller_token: String,
    /// In use now.
    pub seats_used: i64,
    /// Purchased in total.
    pub seats_available: i64,
    /// Used, without deactivated accounts.
    pub active_seats: i64,
    pub deactivated_seats: i64,
    /// Older rows lack it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_seats: Option<i64>,
    /// Older rows lack it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid_shared_mailboxes: Option<i64>,
    /// Older rows lack it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_shared_mailboxes: Option<i64>,
    /// In GB.
    pub storage_used: f64,
    /// In GB.
    pub storage_available: f64,
    pub archive: bool,
    /// Older rows lack it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_license: Option<bool>,
    pub customer_deactivated: bool,
    pub flg_suspended: bool,
    pub login_disabled: bool,
    pub is_business: bool,
    pub admin: bool,
    pub notification_email: Vec<String>,
    /// The Halo customer that it belongs to, as the seed has it.
    #[serde(skip)]
    pub customer_id: Option<i64>,
    #[serde(skip)]
    pub tenants: Vec<Tenant>,
    /// Its mailboxes.
    #[serde(skip)]
    pub accounts: Vec<Account>,
    /// The other products that it has; a request for any other is answered with 403 or 404.
    #[serde(skip)]
    pub products: BTreeMap<Product, Vec<Item>>,
}

/// A Microsoft or Google tenant of an organization.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Tenant {
    pub id: i64,
    pub domain: String,
    /// Microsoft's GUID.
    pub tenant_id: Option<String>,
    /// `m365` or `gws`.
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    pub total_users: i64,
    /// 0 queued, 1 and 13 recreate the application, 5 processing, 7 completed.
    pub status: i64,
}

/// A mailbox.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Account {
    pub id: i64,
    pub email: String,
    pub display_name: String,
    pub last_backup: Option<String>,
    pub current_backup_status: Cow<'static, str>,
    /// From field to text. `None` is sent as null and an empty map as `{}`; both mean that nothing is wrong.
    pub errors: Option<BTreeMap<String, String>>,
    pub deactivated_since: Option<String>,
    pub flg_deleted: bool,
    /// In KB.
    pub storage: i64,
    pub msg_count: i64,
    pub added_on: String,
}

/// What is backed up besides mail.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Product {
    OneDrives,
    GoogleDrives,
    Calendars,
    Contacts,
    Tasks,
    SharePoints,
    TeamsAndGroups,
}

/// One account's or one site's state in a product.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Item {
    /// The account; `None` for a site or team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The site or team; `None` for an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,
    pub last_backup: Option<String>,
    /// What went wrong; empty if nothing did.
    pub errors: String,
    pub current_backup_status: Cow<'static, str>,
    pub deactivated_since: Option<String>,
}
