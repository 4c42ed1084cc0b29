//! Licenses: Halo's `/SoftwareLicence`. The `count` of one is what the customer is billed.

use std::collections::HashSet;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Error, Halo, Resource,
    paging::{ListRequest, Page, Progress, Record, Until},
};
use crate::{
    http::StillWanted,
    lenient,
    model::{License, Price, Quantity},
};

/// Statuses of a license that has ended.
const ENDED: [&str; 7] = [
    "inactive",
    "cancelled",
    "canceled",
    "expired",
    "deleted",
    "suspended",
    "disabled",
];

/// Statuses of a license that will end, and is billed until then whatever else its row says.
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
    #[serde(default, deserialize_with = "lenient::decimal")]
    price: Option<Decimal>,
    #[serde(default, deserialize_with = "lenient::decimal")]
    purchase_price: Option<Decimal>,
    #[serde(default, deserialize_with = "lenient::text")]
    billing_cycle: Option<String>,
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
            price: Price {
                price: known(self.price),
                cost: known(self.purchase_price),
                cycle: self.billing_cycle.filter(|cycle| !cycle.trim().is_empty()),
            },
        })
    }
}

/// A price: 0 means that Halo has none, not that it is free.
fn known(price: Option<Decimal>) -> Option<Decimal> {
    price.filter(|price| *price > Decimal::ZERO)
}

/// The first page of all licenses.
pub struct LicensePage(Page<Row>);

impl LicensePage {
    pub fn ids(&self) -> HashSet<i64> {
        self.0.rows.iter().filter_map(Row::id).collect()
    }

    /// How many pages follow, if that can be told.
    pub fn pages_left(&self) -> Option<usize> {
        self.0.pages_left()
    }

    pub fn into_licenses(self) -> Vec<License> {
        self.0.rows.into_iter().filter_map(Row::license).collect()
    }
}

impl Halo {
    /// Every license of one customer, or of all. Halo holds every vendor's subscriptions: at a large partner
    /// that makes tens of thousands of rows.
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
            .list(&ListRequest {
                resource: Resource::Licenses,
                filter: &filter,
                until: Until::End,
                progress,
            })
            .await?;
        let licenses = rows.into_iter().filter_map(Row::license);
        Ok(match customer {
            // If Halo ignored the filter, one customer's license would be offered to another.
            Some(customer) => licenses
                .filter(|license| license.customer_id == Some(customer))
                .collect(),
            None => licenses.collect(),
        })
    }

    /// One license, or `None` if there is no such license.
    pub async fn license(&self, id: i64) -> Result<Option<License>, Error> {
        let row: Option<Row> = self.record(Resource::Licenses, id, &[]).await?;
        Ok(row.and_then(Row::license))
    }

    pub async fn first_license_page(&self) -> Result<LicensePage, Error> {
        Ok(LicensePage(self.page(Resource::Licenses, &[], 1).await?))
    }

    /// Reads on from the first page until all wanted licenses are found, or to the end of the list. Gives the
    /// licenses and how many pages that took in total: `ceil(licenses / 1000)` at most if all are there. A
    /// license that is not among them is inactive or gone.
    pub async fn licenses_after(
        &self,
        first: LicensePage,
        wanted: &HashSet<i64>,
        progress: Progress<'_>,
    ) -> Result<(Vec<License>, usize), Error> {
        let list = ListRequest {
            resource: Resource::Licenses,
            filter: &[],
            until: Until::Found(wanted),
            progress,
        };
        let read = self.list_after(&list, first.0).await?;
        let licenses = read.records.into_iter().filter_map(Row::license);
        Ok((
            licenses.filter(|license| wanted.contains(&license.id)).collect(),
            read.pages,
        ))
    }

    /// The wanted licenses from a list that includes inactive ones.
    pub async fn licenses_even_inactive(
        &self,
        wanted: &HashSet<i64>,
        progress: Progress<'_>,
    ) -> Result<Vec<License>, Error> {
        let rows: Vec<Row> = self
            .list(&ListRequest {
                resource: Resource::Licenses,
                filter: &[("includeinactive", "true")],
                until: Until::Found(wanted),
                progress,
            })
            .await?;
        let licenses = rows.into_iter().filter_map(Row::license);
        Ok(licenses.filter(|license| wanted.contains(&license.id)).collect())
    }

    /// Writes quantities in one request. Only `id`, `client_id` and `count` are sent, so nothing else about a
    /// license changes. Halo does not document what one bad record in a batch does to the others: after an
    /// error, read back. If no proper answer comes, the batch is sent again, up to `tries` times in total.
    ///
    /// # Errors
    /// A refusal concerns the whole batch. [`Error::is_withdrawn`] says that the batch had to wait for a rate
    /// limit and was then no longer wanted.
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
        // The answer may contain the records.
        let mut request = self
            .write(Resource::Licenses, &Value::Array(records))
            .for_a_list();
        // Quantities are absolute, so sending them twice does the same as once; and the answer is not reliable.
        request.repeatable = true;
        request.tries = tries;
        request.still_wanted = Some(still_wanted);
        self.authorized(Resource::Licenses, &mut request, async |request| {
            self.http.accepted(request).await
        })
        .await
    }

    /// Creates a license. Not repeatable: after an unclear answer, first look for it by name.
    pub async fn create_license(&self, customer: i64, name: &str, count: i64) -> Result<(), Error> {
        let record = json!([{
            "name": name,
            "client_id": customer,
            "count": count,
            "type": 1,
            "status": "Active",
            "billing_cycle": "Monthly",
            "term_duration": "Monthly",
            // Halo's way of saying "none".
            "end_date": "1901-01-01T00:00:00",
        }]);
        self.post::<serde::de::IgnoredAny>(Resource::Licenses, &record)
            .await
            .map(drop)
    }

    /// Reads one page of licenses, to check that this is permitted.
    pub async fn check_licenses(&self) -> Result<(), Error> {
        self.page::<Row>(Resource::Licenses, &[], 1).await.map(drop)
    }
}
