//! Halo's recurring invoices, which bill the quantities of licenses.

use serde::Serialize;

use crate::sandbox::dates::NO_DATE;

/// An invoice that Halo repeats every period.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct RecurringInvoice {
    pub id: i64,
    pub client_id: i64,
    /// A disabled invoice bills nothing.
    pub disabled: bool,
    /// The currency's name; none if Halo names none.
    pub currency_code_name: Option<String>,
    /// Sent only if the query asks for them.
    #[serde(skip)]
    pub lines: Vec<InvoiceLine>,
}

impl InvoiceLine {
    /// A line that counts a license, from no date to no date.
    pub fn counting(id: i64, license: i64, price: f64) -> Self {
        Self {
            id,
            item_shortdescription: format!("License {license}"),
            unit_price: price,
            unit_cost: 0.0,
            isinactive: false,
            startdate: NO_DATE.to_owned(),
            enddate: NO_DATE.to_owned(),
            quantity_licences: vec![LineLicense {
                licence_id: license,
                ..LineLicense::default()
            }],
            quantity_subscriptions: Vec::new(),
            quantity: 0,
        }
    }
}

/// A line of a recurring invoice. Its quantity is the sum of its licenses' quantities when it is read.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct InvoiceLine {
    pub id: i64,
    pub item_shortdescription: String,
    pub unit_price: f64,
    pub unit_cost: f64,
    /// An inactive line bills nothing.
    pub isinactive: bool,
    pub startdate: String,
    pub enddate: String,
    /// The licenses that the quantity comes from; a line without any has a fixed quantity.
    pub quantity_licences: Vec<LineLicense>,
    /// The same, for licenses that Halo counts as subscriptions.
    pub quantity_subscriptions: Vec<LineLicense>,
    /// The fixed quantity of a line without licenses.
    #[serde(skip)]
    pub quantity: i64,
}

/// A license that a line takes its quantity from.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct LineLicense {
    pub licence_id: i64,
    /// Whether to bill assigned seats instead of the license's quantity.
    pub assigned_licences: bool,
    pub qty_free: i64,
    pub minimum_qty: i64,
    pub pro_rata: i64,
}
