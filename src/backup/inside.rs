//! What goes wrong inside one organization, read with that organization's own token.

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::{Backup, Error, organizations::one};
use crate::lenient;

/// A product whose accounts are backed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// Mailboxes: `/accounts`.
    Mailbox,
    /// `/onedrives`.
    OneDrive,
    /// `/calendars`.
    Calendar,
    /// `/contacts`.
    Contacts,
    /// `/tasks`.
    Tasks,
}

impl Product {
    /// All of them.
    pub const ALL: [Product; 5] = [
        Product::Mailbox,
        Product::OneDrive,
        Product::Calendar,
        Product::Contacts,
        Product::Tasks,
    ];

    fn path(self) -> &'static str {
        match self {
            Product::Mailbox => "accounts",
            Product::OneDrive => "onedrives",
            Product::Calendar => "calendars",
            Product::Contacts => "contacts",
            Product::Tasks => "tasks",
        }
    }

    /// Its word in output.
    pub fn name(self) -> &'static str {
        match self {
            Product::Mailbox => "mailbox",
            Product::OneDrive => "onedrive",
            Product::Calendar => "calendar",
            Product::Contacts => "contacts",
            Product::Tasks => "tasks",
        }
    }
}

/// An account whose backup has an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The account.
    pub account: String,
    /// Which backup of it.
    pub product: Product,
    /// The error's text as it came; the status where there is no text.
    pub text: String,
    /// The backup status, e.g. `Authentication Error`.
    pub status: Option<String>,
    /// The last backup, as the service writes it.
    pub last_backup: Option<String>,
}

#[derive(Deserialize)]
struct OwnToken {
    authentication_token: Option<SecretString>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(default, deserialize_with = "lenient::text")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    last_backup: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    current_backup_status: Option<String>,
    #[serde(default)]
    errors: Value,
    #[serde(default)]
    deactivated_since: Value,
    #[serde(default, deserialize_with = "lenient::flag")]
    flg_deleted: Option<bool>,
}

impl Row {
    fn trouble(self, product: Product) -> Option<Trouble> {
        let gone = self.flg_deleted == Some(true)
            || !matches!(&self.deactivated_since, Value::Null)
                && self
                    .deactivated_since
                    .as_str()
                    .is_none_or(|since| !since.is_empty());
        if gone {
            return None;
        }
        let failing = [
            "connection error",
            "authentication error",
            "space full",
            "retrying",
        ];
        let status = self.current_backup_status;
        let bad_status = status
            .as_deref()
            .filter(|status| failing.contains(&status.trim().to_ascii_lowercase().as_str()));
        let text = error_text(&self.errors).or_else(|| bad_status.map(ToOwned::to_owned))?;
        Some(Trouble {
            account: self.email?,
            product,
            text,
            status,
            last_backup: self.last_backup,
        })
    }
}

/// The text in `errors`: an object from field to text, a text, or nothing.
fn error_text(errors: &Value) -> Option<String> {
    let text = match errors {
        Value::String(text) => text.trim().to_owned(),
        Value::Object(fields) => fields
            .values()
            .filter_map(error_text)
            .collect::<Vec<_>>()
            .join("; "),
        Value::Array(rows) => rows.iter().filter_map(error_text).collect::<Vec<_>>().join("; "),
        _ => String::new(),
    };
    Some(text).filter(|text| !text.is_empty())
}

impl Backup {
    /// The accounts of one organization whose backups have errors. The organization's own token is read
    /// for this, used, and dropped with it.
    ///
    /// # Errors
    /// As every call. An organization without a product answers 403 or 404 for it, which is not an error.
    pub async fn troubles(&self, organization: &str) -> Result<Vec<Trouble>, Error> {
        let answer: Value = self
            .get(&["users", organization], &[], &self.access_token)
            .await?;
        let own = one(answer, organization)
            .and_then(|row| serde_json::from_value::<OwnToken>(row).ok())
            .and_then(|row| row.authentication_token)
            .ok_or_else(|| Error::NotFound {
                what: format!("token for the organization {organization}"),
            })?;
        let mut troubles = Vec::new();
        for product in Product::ALL {
            let found = self
                .list(
                    &[product.path()],
                    &own,
                    |row: Row| row.trouble(product),
                    |_, _| (),
                    &|_| (),
                )
                .await;
            match found {
                Ok(found) => troubles.extend(found),
                // The token was good a moment ago: this organization does not have that product.
                Err(Error::CredentialsRefused { .. } | Error::NotFound { .. })
                    if product != Product::Mailbox => {}
                Err(error) => return Err(error),
            }
        }
        Ok(troubles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_come_as_text_or_object() {
        assert_eq!(error_text(&json!("")), None);
        assert_eq!(error_text(&json!(null)), None);
        assert_eq!(error_text(&json!({})), None);
        assert_eq!(error_text(&json!({"imap": "no"})), Some("no".to_owned()));
        assert_eq!(error_text(&json!(" no ")), Some("no".to_owned()));
    }
}
