//! An error of one account's backup.

/// A product whose accounts are backed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// An account whose backup has an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountError {
    /// The account's email address.
    pub account: String,
    /// The product whose backup failed.
    pub product: Product,
    /// The error's text as it came, or the status if there is no text.
    pub text: String,
    /// The backup status, e.g. `Authentication Error`.
    pub status: Option<String>,
    /// The time of the last backup, as the service writes it.
    pub last_backup: Option<String>,
}
