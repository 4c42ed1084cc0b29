//! Licenses: Halo's `/SoftwareLicence`. The `count` of one is what the customer is billed.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Error, Halo, Resource,
    paging::{Page, Progress, Record, Until},
};
use crate::{
    http::StillWanted,
    lenient,
    model::{License, Quantity},
};

/// Statuses of a license that is over.
const ENDED: [&str; 7] = [
    "inactive",
    "cancelled",
    "canceled",
    "expired",
    "deleted",
    "suspended",
    "disabled",
];

/// Statuses of one that will end and is billed until then, whatever else its row says.
const ENDING: [&str; 2] = ["PendingCancel", "Pending Cancel"];

#[derive(Deserialize)]
struct Row {
    #[serde(default, deserialize_with = "lenient::integer")]
    id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::integer")]
    count: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    client_id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::text")]
    client_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::flag")]
    is_active: Option<bool>,
    #[serde(default, deserialize_with = "lenient::flag")]
    deleted: Option<bool>,
    #[serde(default, deserialize_with = "lenient::text")]
    status: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    manufacturer: Option<String>,
}

impl Record for Row {
    fn id(&self) -> Option<i64> {
        self.id
    }
}

impl Row {
    fn license(self) -> Option<License> {
        let id = self.id?;
        let status = self.status.filter(|status| !status.trim().is_empty());
        let is_one_of = |words: &[&str]| {
            let status = status.as_deref().map(str::trim).unwrap_or_default();
            words.iter().any(|word| status.eq_ignore_ascii_case(word))
        };
        Some(License {
            id,
            name: self.name.unwrap_or_else(|| format!("license {id}")),
            count: self.count,
            customer_id: self.client_id,
            customer_name: self.client_name,
            active: (self.is_active.unwrap_or(!is_one_of(&ENDED)) || is_one_of(&ENDING))
                && !self.deleted.unwrap_or(false),
            status,
            manufacturer: self.manufacturer.filter(|name| !name.trim().is_empty()),
        })
    }
}

/// The first page of all licenses.
pub struct LicensePage(Page<Row>);

impl LicensePage {
    /// The ids on it.
    pub fn ids(&self) -> HashSet<i64> {
        self.0.rows.iter().filter_map(Row::id).collect()
    }

    /// How many pages follow; none where nobody can tell.
    pub fn pages_left(&self) -> Option<usize> {
        self.0.pages_left()
    }

    /// The licenses on it.
    pub fn into_licenses(self) -> Vec<License> {
        self.0.rows.into_iter().filter_map(Row::license).collect()
    }
}

impl Halo {
    /// Every license, of one customer or of all. A tenant holds every vendor's subscriptions: tens of
    /// thousands of rows at a large partner.
    pub async fn licenses(
        &self,
        customer: Option<i64>,
        progress: Progress<'_>,
    ) -> Result<Vec<License>, Error> {
        let customer_text = customer.map(|id| id.to_string());
        let filter: Vec<(&str, &str)> = customer_text
            .iter()
            .map(|id| ("client_id", id.as_str()))
            .collect();
        let rows: Vec<Row> = self
            .list(Resource::Licenses, &filter, Until::End, progress)
            .await?;
        let licenses = rows.into_iter().filter_map(Row::license);
        Ok(match customer {
            // A filter that was ignored would offer one customer's license to another.
            Some(customer) => licenses
                .filter(|license| license.customer_id == Some(customer))
                .collect(),
            None => licenses.collect(),
        })
    }

    /// One license, `None` where there is none.
    pub async fn license(&self, id: i64) -> Result<Option<License>, Error> {
        let row: Option<Row> = self.record(Resource::Licenses, id, &[]).await?;
        Ok(row.and_then(Row::license))
    }

    /// The first page of the list, and how many follow.
    pub async fn first_license_page(&self) -> Result<LicensePage, Error> {
        Ok(LicensePage(self.page(Resource::Licenses, &[], 1).await?))
    }

    /// The wanted licenses out of whole pages, the first of which was read; not beyond the last that the
    /// count promises where all are found by then. One that is not in the answer is inactive, or gone. Gives
    /// the licenses and how many pages it took in all: `ceil(licenses / 1000)` where all are there.
    pub async fn licenses_after(
        &self,
        first: LicensePage,
        wanted: &HashSet<i64>,
        progress: Progress<'_>,
    ) -> Result<(Vec<License>, usize), Error> {
        let read = self
            .list_after(Resource::Licenses, &[], first.0, Until::Found(wanted), progress)
            .await?;
        let licenses = read.records.into_iter().filter_map(Row::license);
        Ok((
            licenses.filter(|license| wanted.contains(&license.id)).collect(),
            read.pages,
        ))
    }

    /// The wanted licenses out of a list that has inactive ones too.
    pub async fn licenses_even_inactive(
        &self,
        wanted: &HashSet<i64>,
        progress: Progress<'_>,
    ) -> Result<Vec<License>, Error> {
        let filter = [("includeinactive", "true")];
        let rows: Vec<Row> = self
            .list(Resource::Licenses, &filter, Until::Found(wanted), progress)
            .await?;
        let licenses = rows.into_iter().filter_map(Row::license);
        Ok(licenses.filter(|license| wanted.contains(&license.id)).collect())
    }

    /// Writes quantities in one request. Only `id`, `client_id` and `count` are sent, so nothing else of a
    /// license changes. What a batch with one bad record does to the others is not documented: after an
    /// error, read back.
    ///
    /// # Errors
    /// A refusal concerns the whole batch. Where no proper answer comes it is sent again, up to
    /// `tries` times in all. [`Error::is_withdrawn`] where it was not `still_wanted` after waiting for a rate limit.
    pub async fn set_quantities(
        &self,
        quantities: &[Quantity],
        tries: usize,
        still_wanted: StillWanted,
    ) -> Result<(), Error> {
        let records: Vec<Value> = quantities
            .iter()
            .map(|quantity| {
                json!({"id": quantity.license, "client_id": quantity.customer, "count": quantity.count})
            })
            .collect();
        // The answer can have the records in it.
        let mut request = self
            .write(Resource::Licenses, &Value::Array(records))
            .for_a_list();
        // Absolute values: doing it twice is the same as once, and the answer says nothing reliable.
        request.repeatable = true;
        request.tries = tries;
        request.still_wanted = Some(still_wanted);
        self.authorized(Resource::Licenses, &mut request, async |request| {
            self.http.accepted(request).await
        })
        .await
    }

    /// Creates a license. Not repeatable: after an unclear answer, look for it by name first.
    pub async fn create_license(&self, customer: i64, name: &str, count: i64) -> Result<(), Error> {
        let record = json!([{
            "name": name,
            "client_id": customer,
            "count": count,
            "type": 1,
            "status": "Active",
            "billing_cycle": "Monthly",
            "term_duration": "Monthly",
            // Halo's way to say "none".
            "end_date": "1901-01-01T00:00:00",
        }]);
        self.post::<serde::de::IgnoredAny>(Resource::Licenses, &record)
            .await
            .map(drop)
    }

    /// Reads one page of licenses, to see that it is permitted.
    pub async fn check_licenses(&self) -> Result<(), Error> {
        self.page::<Row>(Resource::Licenses, &[], 1).await.map(drop)
    }
}
