//! Recurring invoices, and the mistakes in some of them.

use std::collections::BTreeMap;

use crate::sandbox::{InvoiceLine, License, RecurringInvoice};

const FIRST_INVOICE: i64 = 5001;

/// One invoice for each customer, with a line for each license. Every eleventh backup license is missing from it, and
/// every thirteenth is on an inactive line.
pub(super) fn recurring(licenses: &BTreeMap<i64, License>) -> BTreeMap<i64, RecurringInvoice> {
    let mut by_customer: BTreeMap<i64, Vec<InvoiceLine>> = BTreeMap::new();
    let mut backups = 0;
    for license in licenses.values().filter(|license| license.is_active) {
        let is_backup = license.name.contains("SaaS Backup");
        backups += usize::from(is_backup);
        let lines = by_customer.entry(license.client_id).or_default();
        if !(is_backup && backups.is_multiple_of(11)) {
            lines.push(line(license, is_backup && backups.is_multiple_of(13)));
        }
    }
    (FIRST_INVOICE..)
        .zip(by_customer)
        .map(|(id, (client_id, lines))| {
            let invoice = RecurringInvoice {
                id,
                client_id,
                disabled: false,
                currency_code_name: None,
                lines,
            };
            (id, invoice)
        })
        .collect()
}

fn line(license: &License, inactive: bool) -> InvoiceLine {
    InvoiceLine {
        item_shortdescription: license.name.to_string(),
        unit_cost: license.purchase_price,
        isinactive: inactive,
        startdate: license.start_date.to_string(),
        ..InvoiceLine::counting(70_000 + license.id, license.id, license.price)
    }
}
