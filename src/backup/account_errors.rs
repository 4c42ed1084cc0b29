//! The backups inside one organization, read with that organization's own token. What their texts and statuses mean is
//! in `plan/detection.rs`.

use std::collections::{BTreeSet, HashMap};

use futures_util::{StreamExt, TryStreamExt, stream};
use secrecy::SecretString;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use super::{AT_ONCE, Backup, Error, paging};
use crate::{
    lenient,
    model::{AccountError, Inside, Product},
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

/// The list of the mailboxes that cannot be reached, which repeats their rows.
const CONNECTION_FAILURES: &[&str] = &["accounts", "connection_failures"];

/// The status that a mailbox in that list has, if its row does not say.
const UNREACHABLE: &str = "Connection Error";

/// A Microsoft or Google tenant of an organization.
#[derive(Deserialize)]
struct Tenant {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    domain: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "lenient::integer")]
    status: Option<i64>,
}

impl paging::Row for Tenant {
    fn key(&self) -> Option<&str> {
        self.id.as_deref().or(self.domain.as_deref())
    }
}

impl Tenant {
    fn is(&self, kind: &str) -> bool {
        self.kind
            .as_deref()
            .is_some_and(|own| own.trim().eq_ignore_ascii_case(kind))
    }

    /// Whether its application has to be created again.
    fn has_failed(&self) -> bool {
        matches!(self.status, Some(1 | 13))
    }
}

/// Whether organizations with these tenants can have a product. All are possible if no tenant is known.
fn can_have(tenants: &[Tenant], product: Product) -> bool {
    let (microsoft, google) = (
        tenants.iter().any(|tenant| tenant.is("m365")),
        tenants.iter().any(|tenant| tenant.is("gws")),
    );
    match product {
        Product::OneDrive | Product::SharePoint | Product::Teams => microsoft || !google,
        Product::GoogleDrive => google || !microsoft,
        Product::Mailbox | Product::Calendar | Product::Contacts | Product::Tasks => true,
    }
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
    display_name: Option<String>,
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
            .or(self.display_name.as_deref())
    }
}

/// The longest name of an account, in bytes: email addresses have at most 320.
const LONGEST_NAME: usize = 500;
/// The longest status or date to keep, in bytes.
const LONGEST_WORD: usize = 100;

impl Row {
    /// Whether the account was deactivated or deleted.
    fn is_out(&self) -> bool {
        let deactivated = match &self.deactivated_since {
            Value::Null | Value::Bool(false) => false,
            Value::String(since) => !since.trim().is_empty(),
            _ => true,
        };
        deactivated
            || self.flg_deleted == Some(true)
            || self
                .current_backup_status
                .as_deref()
                .is_some_and(|status| status.trim().eq_ignore_ascii_case("deactivated"))
    }

    /// What to call the account, the site or the group.
    fn name(&self) -> Option<&str> {
        [&self.email, &self.domain_name, &self.display_name, &self.id]
            .into_iter()
            .filter_map(|name| name.as_deref().map(str::trim))
            .find(|name| !name.is_empty())
    }

    fn account(self, product: Product) -> Option<AccountError> {
        let word = |text: Option<String>| {
            text.map(|text| cut(text.trim(), LONGEST_WORD).to_owned())
                .filter(|text| !text.is_empty())
        };
        Some(AccountError {
            account: cut(self.name()?, LONGEST_NAME).to_owned(),
            product,
            text: self.errors.0,
            status: word(self.current_backup_status),
            last_backup: word(self.last_backup),
        })
    }

    /// Adds what the list of connection failures says about the same mailbox.
    fn add_failure(&mut self, failure: Row) {
        if self.errors.0.is_empty() {
            self.errors = failure.errors;
        }
        if is_fine(self.current_backup_status.as_deref()) {
            self.current_backup_status = failure.current_backup_status;
        }
    }
}

/// Whether a status says nothing against the backup.
fn is_fine(status: Option<&str>) -> bool {
    const FINE: [&str; 4] = ["completed", "in progress", "running", "preparing backup"];
    let status = status.unwrap_or_default().trim().to_ascii_lowercase();
    status.is_empty() || FINE.contains(&status.as_str())
}

/// Marks the mailboxes that cannot be reached, and adds those that no other list has.
fn merge(mailboxes: &mut Vec<Row>, unreachable: Vec<Row>) {
    let key = |text: &str| text.trim().to_lowercase();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (place, row) in mailboxes.iter().enumerate() {
        for text in [&row.id, &row.email].into_iter().flatten() {
            places.entry(key(text)).or_insert(place);
        }
    }
    for mut failure in unreachable {
        if is_fine(failure.current_backup_status.as_deref()) {
            failure.current_backup_status = Some(UNREACHABLE.to_owned());
        }
        let known = [&failure.id, &failure.email]
            .into_iter()
            .flatten()
            .find_map(|text| places.get(&key(text)).copied());
        match known.and_then(|place| mailboxes.get_mut(place)) {
            Some(row) => row.add_failure(failure),
            None => mailboxes.push(failure),
        }
    }
}

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
            let left = LONGEST.saturating_sub(self.0.len());
            self.0.push_str(cut(text, left));
        }
    }
}

/// The beginning of a text, of this many bytes at most.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
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
        while let Some(key) = map.next_key::<String>()? {
            // Rows were seen to carry tokens where nobody asked for them.
            if key.ends_with("_token") {
                map.next_value::<IgnoredAny>()?;
            } else {
                map.next_value_seed(Texts(self.0))?;
            }
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

/// A list inside an organization.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum List {
    Of(Product),
    ConnectionFailures,
}

impl List {
    fn path(self) -> &'static [&'static str] {
        match self {
            List::Of(product) => path(product),
            List::ConnectionFailures => CONNECTION_FAILURES,
        }
    }

    fn words(self) -> String {
        match self {
            List::Of(product) => format!("the list of its {} backups", product.name()),
            List::ConnectionFailures => "the list of its mailboxes that cannot be reached".to_owned(),
        }
    }

    fn product(self) -> Product {
        match self {
            List::Of(product) => product,
            List::ConnectionFailures => Product::Mailbox,
        }
    }
}

impl Backup {
    /// The accounts of one organization and how their backups are, read with its own token: its tenants, and the lists of
    /// these products, several at a time. Mailboxes are two lists. A product that no tenant of the organization can have
    /// is not asked for: OneDrive, SharePoint and Teams need one of Microsoft, Google Drive one of Google.
    ///
    /// # Errors
    /// The token was refused, the service could not be reached, or the tenants could not be read: they tell whether
    /// the accounts' errors have one cause. A product that the organization does not have (403, 404, and except for
    /// mailboxes 401) is not an error; a list that the service fails at is in [`Inside::unread`].
    pub async fn inside(
        &self,
        organization: &str,
        token: &SecretString,
        products: &[Product],
    ) -> Result<Inside, Error> {
        let path = ["users", organization, "tenants"];
        let tenants: Option<Vec<Tenant>> = match self.list(&path, token, &|_| ()).await {
            Ok(tenants) => Some(tenants),
            Err(Error::CredentialsRefused { .. } | Error::NotFound { .. }) => None,
            Err(error) => return Err(error),
        };
        let asked = Product::ALL
            .into_iter()
            .filter(|product| products.contains(product))
            .filter(|product| can_have(tenants.as_deref().unwrap_or_default(), *product))
            .flat_map(|product| {
                let failures = (product == Product::Mailbox).then_some(List::ConnectionFailures);
                [List::Of(product)].into_iter().chain(failures)
            });
        let answers: Vec<(List, Result<Vec<Row>, Error>)> = stream::iter(asked)
            .map(|list| async move {
                match self.list::<Row>(list.path(), token, &|_| ()).await {
                    Err(error) if ends_the_look(list, &error) => Err(error),
                    answer => Ok((list, answer)),
                }
            })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;

        let mut absent = BTreeSet::new();
        let mut unread: BTreeSet<Product> = Product::ALL
            .into_iter()
            .filter(|product| !products.contains(product))
            .collect();
        let mut read: HashMap<List, Vec<Row>> = HashMap::new();
        let mut failures = Vec::new();
        let mut is_accepted = tenants.is_some();
        let mut refusal = None;
        for (list, answer) in answers {
            match answer {
                Ok(rows) => {
                    is_accepted = true;
                    read.insert(list, rows);
                }
                Err(error) => {
                    if error.is_of_one_answer() {
                        unread.insert(list.product());
                        failures.push(format!("{} could not be read: {error}", list.words()));
                    } else {
                        absent.insert(list.product());
                    }
                    refusal = Some(error);
                }
            }
        }
        // Only a token that is accepted somewhere can tell that a product is not there.
        if let Some(error) = refusal
            && !is_accepted
        {
            return Err(error);
        }
        let mut accounts = Vec::new();
        if let Some(unreachable) = read.remove(&List::ConnectionFailures) {
            let mailboxes = read.entry(List::Of(Product::Mailbox)).or_default();
            merge(mailboxes, unreachable);
        }
        for (list, rows) in read {
            let rows = rows.into_iter().filter(|row| !row.is_out());
            accounts.extend(rows.filter_map(|row| row.account(list.product())));
        }
        for account in accounts.iter_mut().filter(|account| !account.text.is_empty()) {
            account.text = self.http.without_secrets(&account.text, token);
        }
        accounts.sort_by(|one, other| (one.product, &one.account).cmp(&(other.product, &other.account)));
        Ok(Inside {
            accounts,
            // A tenant is what an organization is made of: an empty answer says nothing.
            tenants_unread: tenants.as_ref().is_none_or(Vec::is_empty),
            tenant_token_failed: tenants.unwrap_or_default().iter().any(Tenant::has_failed),
            unread,
            absent,
            failures,
        })
    }
}

/// Whether there is no use in reading the other lists of the organization.
fn ends_the_look(list: List, error: &Error) -> bool {
    match error {
        // No organization lacks the list of mailboxes for want of a right: its token is wrong.
        Error::CredentialsRefused { status: 401, .. } => list == List::Of(Product::Mailbox),
        Error::CredentialsRefused { .. } | Error::NotFound { .. } => false,
        error => !error.is_of_one_answer(),
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
