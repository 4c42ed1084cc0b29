//! Account errors: what goes wrong with the backups inside one organization, read with that organization's own
//! token. What their texts mean is in `plan/backup_errors.rs`.

use secrecy::SecretString;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use super::{Backup, Error, organizations::one, paging};
use crate::{
    lenient,
    model::{AccountError, Product},
};

/// The path of the list of a product's accounts, or of its sites or groups.
fn path(product: Product) -> &'static [&'static str] {
    match product {
        Product::Mailbox => &["accounts"],
        Product::OneDrive => &["onedrives"],
        Product::GoogleDrive => &["googledrives"],
        Product::Calendar => &["calendars"],
        Product::Contacts => &["contacts"],
        Product::Tasks => &["tasks"],
        Product::SharePoint => &["sharepoints", "domains"],
        Product::Teams => &["teams_and_groups", "domains"],
    }
}

#[derive(Deserialize)]
struct OwnToken {
    authentication_token: Option<SecretString>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    email: Option<String>,
    /// A site's or a group's name: those have no email address.
    #[serde(default, deserialize_with = "lenient::text")]
    domain_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    last_backup: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    current_backup_status: Option<String>,
    #[serde(default)]
    errors: ErrorText,
    #[serde(default, deserialize_with = "lenient::scalar")]
    deactivated_since: Value,
    #[serde(default, deserialize_with = "lenient::flag")]
    flg_deleted: Option<bool>,
}

impl paging::Row for Row {
    fn key(&self) -> Option<&str> {
        (self.id.as_deref())
            .or(self.email.as_deref())
            .or(self.domain_name.as_deref())
    }
}

impl Row {
    fn account_error(self, product: Product) -> Option<AccountError> {
        let gone = self.flg_deleted == Some(true)
            || !matches!(&self.deactivated_since, Value::Null)
                && self
                    .deactivated_since
                    .as_str()
                    .is_none_or(|since| !since.is_empty());
        if gone {
            return None;
        }
        let status = self.current_backup_status;
        let bad_status = status
            .as_deref()
            .filter(|status| FAILING.contains(&status.trim().to_ascii_lowercase().as_str()));
        let text = Some(self.errors.0)
            .filter(|text| !text.is_empty())
            .or_else(|| bad_status.map(ToOwned::to_owned))?;
        Some(AccountError {
            account: self.email.or(self.domain_name)?,
            product,
            text,
            status,
            last_backup: self.last_backup,
        })
    }
}

/// Statuses that mean an error even if `errors` has no text.
const FAILING: [&str; 4] = [
    "connection error",
    "authentication error",
    "space full",
    "retrying",
];

/// The text in `errors`, which is an object from field to text, a text, or nothing. Cut to a readable length.
#[derive(Debug, Default, PartialEq)]
struct ErrorText(String);

/// The longest error text to keep, in bytes.
const LONGEST: usize = 2_000;

impl ErrorText {
    fn add(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() && self.0.len() < LONGEST {
            if !self.0.is_empty() {
                self.0.push_str("; ");
            }
            let end = text.floor_char_boundary(LONGEST);
            self.0.push_str(&text[..end]);
        }
    }
}

impl<'de> Deserialize<'de> for ErrorText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut text = Self::default();
        Texts(&mut text).deserialize(deserializer)?;
        Ok(text)
    }
}

/// Collects the texts in any value.
struct Texts<'a>(&'a mut ErrorText);

impl<'de> DeserializeSeed<'de> for Texts<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Texts<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.add(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Texts(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(Texts(self.0))?;
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
}

impl Backup {
    /// The accounts of one organization whose backups have errors. The organization's own token is read for
    /// this and then dropped.
    ///
    /// # Errors
    /// A 403 or 404 for a product that the organization does not have is not an error.
    pub async fn account_errors(&self, organization: &str) -> Result<Vec<AccountError>, Error> {
        let answer: Value = self
            .get(&["users", organization], &[], &self.access_token)
            .await?;
        let own = one(answer, organization)
            .and_then(|row| serde_json::from_value::<OwnToken>(row).ok())
            .and_then(|row| row.authentication_token)
            .ok_or_else(|| Error::NotFound {
                what: format!("token for the organization {organization}"),
            })?;
        let mut errors = Vec::new();
        for product in Product::ALL {
            let found = self.list::<Row>(path(product), &own, &|_| ()).await;
            match found {
                Ok(rows) => errors.extend(rows.into_iter().filter_map(|row| row.account_error(product))),
                // The token was good a moment ago, so the organization does not have this product.
                Err(Error::CredentialsRefused { .. } | Error::NotFound { .. })
                    if product != Product::Mailbox => {}
                Err(error) => return Err(error),
            }
        }
        Ok(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_come_as_text_or_object() {
        for (errors, text) in [
            (json!(""), ""),
            (json!(null), ""),
            (json!({}), ""),
            (json!({"imap": "no"}), "no"),
            (json!({"a": "no ", "b": [" never", 3, ""]}), "no; never"),
            (json!(" no "), "no"),
        ] {
            let read: ErrorText = serde_json::from_value(errors.clone()).unwrap();
            assert_eq!(read.0, text, "{errors}");
        }
        let long = serde_json::from_value::<ErrorText>(json!(["ü".repeat(10_000), "more"])).unwrap();
        assert_eq!(long.0.len(), LONGEST);
    }
}
