//! Customers: Halo's `/Client`.

use serde::Deserialize;

use super::{
    Error, Halo, Resource,
    paging::{ListRequest, Progress, Record, Until},
};
use crate::{lenient, model::Customer};

#[derive(Deserialize)]
struct Row {
    #[serde(default, deserialize_with = "lenient::integer")]
    id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::flag")]
    inactive: Option<bool>,
}

impl Record for Row {
    fn id(&self) -> Option<i64> {
        self.id
    }
}

impl Row {
    fn customer(self) -> Option<Customer> {
        let id = self.id?;
        Some(Customer {
            id,
            name: self.name.unwrap_or_else(|| format!("customer {id}")),
            inactive: self.inactive.unwrap_or(false),
        })
    }
}

impl Halo {
    /// Every active customer. Halo leaves inactive ones out of the list; one that comes anyway is marked.
    pub async fn customers(&self, progress: Progress<'_>) -> Result<Vec<Customer>, Error> {
        let rows: Vec<Row> = self
            .list(&ListRequest {
                resource: Resource::Customers,
                filter: &[],
                until: Until::End,
                progress,
            })
            .await?;
        Ok(rows.into_iter().filter_map(Row::customer).collect())
    }

    /// One customer, or `None` if there is no such customer.
    pub async fn customer(&self, id: i64) -> Result<Option<Customer>, Error> {
        let row: Option<Row> = self.record(Resource::Customers, id, &[]).await?;
        Ok(row.and_then(Row::customer))
    }

    /// The first page of active customers: shows that reading them is permitted, and gives some names.
    pub async fn first_customers(&self) -> Result<Vec<Customer>, Error> {
        let page = self.page::<Row>(Resource::Customers, &[], 1).await?;
        let customers = page.rows.into_iter().filter_map(Row::customer);
        Ok(customers.filter(|customer| !customer.inactive).collect())
    }
}
