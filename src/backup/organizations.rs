//! Organizations: `/users`. One row is one backed-up organization.

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{
    Backup, Error,
    paging::{self, Progress},
};
use crate::{
    lenient,
    model::{Extras, Organization, Seats},
};

/// An organization, and what gives access to it.
#[derive(Clone, Debug)]
pub struct OrganizationAccess {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is neither suspended nor deactivated.
    pub active: bool,
    /// Its own token, if its row has one.
    pub token: Option<SecretString>,
}

/// A row, read for the organization's own token.
#[derive(Deserialize)]
struct AccessRow {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    organization_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient::flag")]
    flg_suspended: Option<bool>,
    #[serde(default, deserialize_with = "lenient::flag")]
    customer_deactivated: Option<bool>,
    #[serde(default, deserialize_with = "secret")]
    authentication_token: Option<SecretString>,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    let text = lenient::text(deserializer)?;
    Ok(text
        .filter(|text| !text.trim().is_empty())
        .map(SecretString::from))
}

impl paging::Row for AccessRow {
    fn key(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn repeated_as(&mut self, again: Self) {
        if self.authentication_token.is_none() {
            self.authentication_token = again.authentication_token;
        }
    }
}

impl AccessRow {
    fn access(self) -> Option<OrganizationAccess> {
        let id = self.id.filter(|id| !id.trim().is_empty())?;
        Some(OrganizationAccess {
            name: name(&id, self.organization_name, self.email),
            active: self.flg_suspended != Some(true) && self.customer_deactivated != Some(true),
            token: self.authentication_token,
            id,
        })
    }
}

/// What an organization is called: its name, its address or its id.
fn name(id: &str, name: Option<String>, email: Option<String>) -> String {
    name.or(email)
        .filter(|name| !name.trim().is_empty())
        .map_or_else(|| id.to_owned(), |name| name.trim().to_owned())
}

/// A row as it comes. It also contains the organization's own token, which is not read here.
#[derive(Deserialize)]
pub(super) struct Row {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient::integer")]
    organization_id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::text")]
    organization_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient::integer")]
    seats_used: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    active_seats: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    seats_available: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    required_seats: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    deactivated_seats: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    paid_shared_mailboxes: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    free_shared_mailboxes: Option<i64>,
    #[serde(default, deserialize_with = "lenient::flag")]
    auto_license: Option<bool>,
    #[serde(default, deserialize_with = "lenient::flag")]
    flg_suspended: Option<bool>,
    #[serde(default, deserialize_with = "lenient::flag")]
    customer_deactivated: Option<bool>,
    /// Another row has the same id and other figures.
    #[serde(skip)]
    conflicting: bool,
}

impl paging::Row for Row {
    fn key(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn repeated_as(&mut self, again: Self) {
        self.conflicting |= self.figures() != again.figures();
    }
}

/// A number of seats; none if it cannot be one.
fn seats(number: Option<i64>) -> Option<i64> {
    number.filter(|number| (0..=i64::from(i32::MAX)).contains(number))
}

impl Row {
    /// What billing depends on: the seats, and whether the organization is suspended or deactivated.
    fn figures(&self) -> (Seats, bool, bool) {
        let seats = Seats {
            used: seats(self.seats_used),
            active: seats(self.active_seats),
            purchased: seats(self.seats_available),
            required: seats(self.required_seats),
        };
        (
            seats,
            self.flg_suspended.unwrap_or(false),
            self.customer_deactivated.unwrap_or(false),
        )
    }

    pub(super) fn organization(self) -> Option<Organization> {
        let (figures, suspended, deactivated) = self.figures();
        let id = self.id.filter(|id| !id.trim().is_empty())?;
        Some(Organization {
            name: name(&id, self.organization_name, self.email),
            number: self.organization_id,
            seats: figures,
            extras: Extras {
                deactivated: seats(self.deactivated_seats),
                paid_shared: seats(self.paid_shared_mailboxes),
                free_shared: seats(self.free_shared_mailboxes),
                auto_license: self.auto_license,
            },
            suspended,
            deactivated,
            conflicting: self.conflicting,
            id,
        })
    }
}

impl Backup {
    /// Every organization, each once. The first row of an organization counts; [`Organization::conflicting`] says
    /// that a later one differed.
    pub async fn organizations(&self, progress: Progress<'_>) -> Result<Vec<Organization>, Error> {
        let rows: Vec<Row> = self.list(&["users"], &self.access_token, progress).await?;
        Ok(rows.into_iter().filter_map(Row::organization).collect())
    }

    /// One organization by its id, or `None` if there is no such organization.
    pub async fn organization(&self, id: &str) -> Result<Option<Organization>, Error> {
        let found: Result<Value, Error> = self.get(&["users", id], &[], &self.access_token).await;
        match found {
            Ok(value) => Ok(one(value, id)
                .and_then(|row| serde_json::from_value::<Row>(row).ok())
                .and_then(Row::organization)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Every organization with its own token, each once. Their rows have the tokens, so that a thousand organizations
    /// take eleven requests.
    pub async fn organization_tokens(
        &self,
        progress: Progress<'_>,
    ) -> Result<Vec<OrganizationAccess>, Error> {
        let rows: Vec<AccessRow> = self.list(&["users"], &self.access_token, progress).await?;
        Ok(rows.into_iter().filter_map(AccessRow::access).collect())
    }

    /// One organization with its own token.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such organization.
    pub async fn organization_token(&self, id: &str) -> Result<OrganizationAccess, Error> {
        let answer: Value = self.get(&["users", id], &[], &self.access_token).await?;
        one(answer, id)
            .and_then(|row| serde_json::from_value::<AccessRow>(row).ok())
            .and_then(AccessRow::access)
            .ok_or_else(|| Error::NotFound {
                what: format!("organization {id}"),
            })
    }

    /// The first page of organizations: shows that reading them is permitted, and gives some names.
    pub async fn first_organizations(&self) -> Result<Vec<Organization>, Error> {
        let page = self.page::<Row>(&["users"], &self.access_token, 1).await?;
        let rows = page.rows.rows.into_iter();
        Ok(rows.filter_map(Row::organization).collect())
    }
}

/// The organization with this id in an answer: the answer itself, or a record somewhere inside it
/// (`{"users": [{…}]}`, `[{"result_set": [{…}]}]`). A record with another id is never accepted: it has another
/// organization's token.
pub(super) fn one(answer: Value, id: &str) -> Option<Value> {
    match answer {
        Value::Array(rows) => rows.into_iter().find_map(|row| one(row, id)),
        Value::Object(fields) => match fields.get("id") {
            Some(Value::String(found)) => (found == id).then_some(Value::Object(fields)),
            Some(Value::Number(found)) => (found.to_string() == id).then_some(Value::Object(fields)),
            _ => fields
                .into_values()
                .filter(|value| value.is_array() || value.is_object())
                .find_map(|value| one(value, id)),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_repeated_row_conflicts_only_where_it_differs() {
        let read = |row: &Value| serde_json::from_value::<Row>(row.clone()).unwrap();
        let first = json!({"id": "7", "organization_name": "Ann", "seats_used": 5});
        for (row, conflicting) in [
            (
                json!({"id": "7", "organization_name": "Ann Ltd", "seats_used": "5"}),
                false,
            ),
            (
                json!({"id": "7", "organization_name": "Ann", "seats_used": 6}),
                true,
            ),
            (
                json!({"id": "7", "organization_name": "Ann", "seats_used": 5, "flg_suspended": true}),
                true,
            ),
            (json!({"id": "7", "organization_name": "Ann"}), true),
        ] {
            let mut kept = read(&first);
            paging::Row::repeated_as(&mut kept, read(&row));
            let organization = kept.organization().unwrap();
            assert_eq!(organization.conflicting, conflicting, "{row}");
            assert_eq!(organization.seats.used, Some(5));
        }
    }

    #[test]
    fn an_organization_in_any_wrapper_and_no_other() {
        let other = json!({"id": "1-1", "authentication_token": "other"});
        let wanted = json!({"id": "1-2", "plan": {"id": "1-1"}});
        for answer in [
            wanted.clone(),
            json!([other, wanted]),
            json!({"users": [other, wanted]}),
            json!([{"result_set": [wanted]}]),
            json!({"pagination": {"current_page": 1}, "data": [wanted]}),
            json!({"user": wanted}),
        ] {
            assert_eq!(one(answer.clone(), "1-2"), Some(wanted.clone()), "{answer}");
        }
        assert_eq!(one(json!([other]), "1-2"), None);
        let number = json!({"id": 12});
        assert_eq!(one(number.clone(), "12"), Some(number));
    }
}
