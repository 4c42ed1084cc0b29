//! Recurring invoices: Halo's `/RecurringInvoice`. A license's quantity reaches an invoice only through one of their lines.
//!
//! They are only ever read. The vendor's guide does not grant `read:invoices`, so that they often cannot be.

use std::collections::HashSet;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    Error, Halo, Resource,
    paging::{ListRequest, Progress, Record, Until},
};
use crate::{
    lenient::{self, Rows},
    model::{CountedLicense, InvoiceLine, RecurringInvoice},
};

/// Invoices in a page. With their lines they are large: a thousand would exceed what an answer may unpack to.
const PAGE_SIZE: &str = "200";
/// The most customers whose invoices are read one customer after another; beyond that the list is cheaper.
const FEW: usize = 3;
/// Invoices read at the same time, where they are read one by one.
const AT_ONCE: usize = 4;
/// Dates up to this year mean "none".
const NO_DATE: i16 = 1901;

#[derive(Deserialize)]
struct Row {
    #[serde(default, deserialize_with = "lenient::integer")]
    id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    client_id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::flag")]
    disabled: Option<bool>,
    #[serde(default, deserialize_with = "lenient::text")]
    currency_code_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    currency: Option<String>,
    #[serde(default = "Rows::none")]
    lines: Rows<LineRow>,
}

#[derive(Deserialize)]
struct LineRow {
    #[serde(default, deserialize_with = "lenient::integer")]
    id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::flag")]
    isinactive: Option<bool>,
    #[serde(default, deserialize_with = "lenient::text")]
    startdate: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    enddate: Option<String>,
    #[serde(default, deserialize_with = "lenient::decimal")]
    unit_price: Option<Decimal>,
    #[serde(default, deserialize_with = "lenient::decimal")]
    unit_cost: Option<Decimal>,
    #[serde(default = "Rows::none")]
    quantity_licences: Rows<QuantityRow>,
    #[serde(default = "Rows::none")]
    quantity_subscriptions: Rows<QuantityRow>,
}

#[derive(Deserialize)]
struct QuantityRow {
    #[serde(default, deserialize_with = "lenient::integer")]
    licence_id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::flag")]
    assigned_licences: Option<bool>,
    #[serde(default, deserialize_with = "lenient::integer")]
    qty_free: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    minimum_qty: Option<i64>,
}

impl Record for Row {
    fn id(&self) -> Option<i64> {
        self.id
    }
}

impl Row {
    fn invoice(self) -> Option<RecurringInvoice> {
        Some(RecurringInvoice {
            id: self.id?,
            customer: self.client_id,
            disabled: self.disabled.unwrap_or(false),
            currency: [self.currency_code_name, self.currency]
                .into_iter()
                .flatten()
                .find(|name| is_name(name)),
            lines: self.lines.rows.into_iter().filter_map(LineRow::line).collect(),
        })
    }
}

impl LineRow {
    /// The line; none if it counts no license.
    fn line(self) -> Option<InvoiceLine> {
        let rows = self.quantity_licences.rows.into_iter();
        let mut counts: Vec<CountedLicense> = Vec::new();
        for row in rows.chain(self.quantity_subscriptions.rows) {
            let Some(license) = row.licence_id.filter(|id| *id > 0) else {
                continue;
            };
            // Some versions list a license under both.
            if counts.iter().all(|counted| counted.license != license) {
                counts.push(CountedLicense {
                    license,
                    assigned: row.assigned_licences.unwrap_or(false),
                    free: row.qty_free,
                    minimum: row.minimum_qty,
                });
            }
        }
        (!counts.is_empty()).then(|| InvoiceLine {
            id: self.id,
            inactive: self.isinactive.unwrap_or(false),
            start: self.startdate.as_deref().and_then(day),
            end: self.enddate.as_deref().and_then(day),
            price: self.unit_price,
            cost: self.unit_cost,
            counts,
        })
    }
}

/// The day of a time as Halo writes it; none if it stands for "none".
fn day(time: &str) -> Option<Date> {
    let day: Date = time.trim().get(..10)?.parse().ok()?;
    Some(day).filter(|day| day.year() > NO_DATE)
}

/// Whether a text can be the name of a currency; an id cannot.
fn is_name(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) || text.chars().any(|one| "$€£¥".contains(one))
}

impl Halo {
    /// The recurring invoices of these customers, with the lines that count licenses. Of a few customers each one's are
    /// asked for; of more, all are read, page by page, and those of other customers are among them: an invoice can bill
    /// another customer's license.
    ///
    /// # Errors
    /// [`Error::PermissionMissing`] if they may not be read, which is usual.
    pub async fn recurring_invoices(
        &self,
        customers: &HashSet<i64>,
        few: bool,
        progress: Progress<'_>,
    ) -> Result<Vec<RecurringInvoice>, Error> {
        let rows = if few && customers.len() <= FEW {
            self.invoices_of(customers, progress).await?
        } else {
            self.invoice_rows(None, progress).await?
        };
        let rows = self.with_lines(rows, customers).await?;
        Ok(rows.into_iter().filter_map(Row::invoice).collect())
    }

    async fn invoices_of(&self, customers: &HashSet<i64>, progress: Progress<'_>) -> Result<Vec<Row>, Error> {
        let mut customers: Vec<i64> = customers.iter().copied().collect();
        customers.sort_unstable();
        let mut all = Vec::new();
        for customer in customers {
            let rows = self.invoice_rows(Some(customer), progress).await?;
            if rows
                .iter()
                .any(|row| row.client_id.is_some_and(|owner| owner != customer))
            {
                // Halo has ignored the filter: this is the whole list.
                return Ok(rows);
            }
            all.extend(rows);
        }
        Ok(all)
    }

    async fn invoice_rows(&self, customer: Option<i64>, progress: Progress<'_>) -> Result<Vec<Row>, Error> {
        let customer = customer.map(|id| id.to_string());
        let mut filter = vec![("includelines", "true"), ("page_size", PAGE_SIZE)];
        filter.extend(customer.iter().map(|id| ("client_id", id.as_str())));
        self.list(&ListRequest {
            resource: Resource::RecurringInvoices,
            filter: &filter,
            until: Until::End,
            progress,
        })
        .await
    }

    /// Reads the invoices of these customers one by one if the list came without lines.
    async fn with_lines(&self, rows: Vec<Row>, customers: &HashSet<i64>) -> Result<Vec<Row>, Error> {
        // No invoice with a line at all: the wish for lines was ignored.
        let none_at_all = rows.iter().all(|row| row.lines.rows.is_empty());
        stream::iter(rows)
            .map(async |row: Row| {
                let is_wanted = row.client_id.is_none_or(|customer| customers.contains(&customer));
                let lacks_lines = !row.lines.is_list || none_at_all;
                let Some(id) = row.id.filter(|_| is_wanted && lacks_lines) else {
                    return Ok(row);
                };
                let alone: Option<Row> = self
                    .record(Resource::RecurringInvoices, id, &[("includedetails", "true")])
                    .await?;
                Ok(alone.unwrap_or(row))
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(row: Value) -> RecurringInvoice {
        let row: Row = serde_json::from_value(row).unwrap();
        row.invoice().unwrap()
    }

    #[test]
    fn an_invoice_as_loosely_typed_as_services_write_it() {
        let invoice = read(json!({
            "id": "5001", "client_id": "42", "disabled": 0, "currency": "7", "currency_code_name": "EUR",
            "lines": [
                {"id": 1, "isinactive": "true", "startdate": "1900-01-01T00:00:00", "enddate": "2026-11-24T00:00:00",
                 "unit_price": "3.50", "unit_cost": 1.85,
                 "quantity_licences": [{"licence_id": "17", "assigned_licences": 1, "qty_free": "2", "minimum_qty": 5.0}],
                 "quantity_subscriptions": null},
                {"id": 2, "startdate": "0001-01-01T00:00:00", "enddate": "1901-01-01T00:00:00",
                 "quantity_licences": [], "quantity_subscriptions": [{"licence_id": 18}, {"licence_id": 18}, {"licence_id": 0}]},
                {"id": 3, "qty_order": 4}, "no line",
            ],
        }));
        assert_eq!(
            (invoice.id, invoice.customer, invoice.disabled),
            (5001, Some(42), false)
        );
        assert_eq!(invoice.currency.as_deref(), Some("EUR"));
        let [first, second] = &invoice.lines[..] else {
            panic!("{invoice:?}");
        };
        assert!(first.inactive && first.start.is_none());
        assert_eq!(
            first.end.map(|day| day.to_string()).as_deref(),
            Some("2026-11-24")
        );
        assert_eq!(first.price.map(|price| price.to_string()).as_deref(), Some("3.5"));
        let counted = CountedLicense {
            license: 17,
            assigned: true,
            free: Some(2),
            minimum: Some(5),
        };
        assert_eq!(first.counts, [counted]);
        assert!(!second.inactive && second.start.is_none() && second.end.is_none());
        assert_eq!((second.counts.len(), second.counts[0].license), (1, 18));
    }

    #[test]
    fn a_currency_has_a_name() {
        for (row, currency) in [
            (json!({"id": 1, "currency": "GBP"}), Some("GBP")),
            (json!({"id": 1, "currency": "£"}), Some("£")),
            (
                json!({"id": 1, "currency": 2, "currency_code": 2, "currency_code_name": ""}),
                None,
            ),
            (json!({"id": 1}), None),
        ] {
            assert_eq!(read(row.clone()).currency.as_deref(), currency, "{row}");
        }
    }
}
