//! The backups of the accounts inside an organization, and what was wrong with them before.

use std::collections::BTreeSet;

/// A product whose accounts are backed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// Mailboxes.
    Mailbox,
    /// Files in OneDrive.
    OneDrive,
    /// Files in Google Drive.
    GoogleDrive,
    /// Calendars.
    Calendar,
    /// Contacts.
    Contacts,
    /// Tasks.
    Tasks,
    /// Sites in SharePoint.
    SharePoint,
    /// Teams and groups.
    Teams,
}

impl Product {
    /// All of them.
    pub const ALL: [Product; 8] = [
        Product::Mailbox,
        Product::OneDrive,
        Product::GoogleDrive,
        Product::Calendar,
        Product::Contacts,
        Product::Tasks,
        Product::SharePoint,
        Product::Teams,
    ];

    /// Its word in output.
    pub fn name(self) -> &'static str {
        match self {
            Product::Mailbox => "mailbox",
            Product::OneDrive => "onedrive",
            Product::GoogleDrive => "googledrive",
            Product::Calendar => "calendar",
            Product::Contacts => "contacts",
            Product::Tasks => "tasks",
            Product::SharePoint => "sharepoint",
            Product::Teams => "teams",
        }
    }
}

/// A row of a list inside an organization: an account, a site or a group, and how its backup is. Most are fine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountError {
    /// The account's email address, or the site's or group's name.
    pub account: String,
    /// The product that is backed up.
    pub product: Product,
    /// The error's text as it came; empty if there is none.
    pub text: String,
    /// The backup status, e.g. `Authentication Error`.
    pub status: Option<String>,
    /// The time of the last backup, as the service writes it.
    pub last_backup: Option<String>,
}

/// What was read inside one organization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inside {
    /// Every row that was read, except deactivated and deleted accounts. Most are fine, and are here because their last
    /// backup may be too long ago.
    pub accounts: Vec<AccountError>,
    /// Whether the organization's application has to be authorized again, as the status of a tenant says.
    pub tenant_token_failed: bool,
    /// The products whose list could not be read to its end, or was not asked for: nothing is known of their accounts.
    /// A product that the organization does not have is not among them.
    pub unread: BTreeSet<Product>,
    /// The products that the service says are not there (403, 404): nothing is wrong with them, but what was known of
    /// their accounts has not recovered by that.
    pub absent: BTreeSet<Product>,
    /// Whether the tenants could not be read: nobody can say whether one of them has failed.
    pub tenants_unread: bool,
    /// Why lists that were asked for could not be read, in words.
    pub failures: Vec<String>,
}

/// When an error of an account was first seen, of those that stand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FirstSeen {
    /// The error's slug.
    pub error: String,
    /// The account.
    pub account: String,
    /// The product's word.
    pub product: String,
    /// In seconds since the epoch.
    pub since: i64,
}
