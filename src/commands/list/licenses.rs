//! `list licenses`: Halo's licenses with their quantities.

use serde::Serialize;

use super::{Mappings, Row, name, number, print};
use crate::{cli, context::Context, failure::Completion, model::Reference, store::NameKind, ui::Align};

#[derive(Serialize)]
struct LicenseRow {
    id: i64,
    name: String,
    count: Option<i64>,
    customer: Option<Reference>,
    active: bool,
    status: Option<String>,
    manufacturer: Option<String>,
    mapped: bool,
}

impl Row for LicenseRow {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("id", Align::Right),
        ("name", Align::Left),
        ("count", Align::Right),
        ("customer", Align::Left),
        ("status", Align::Left),
        ("manufacturer", Align::Left),
        ("mapped", Align::Left),
    ];
    const EXPENDABLE: &'static [&'static str] = &["status", "manufacturer"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.name.clone(),
            number(self.count),
            name(self.customer.as_ref()),
            self.status.clone().unwrap_or_default(),
            self.manufacturer.clone().unwrap_or_default(),
            if self.mapped { "yes" } else { "" }.to_owned(),
        ]
    }

    fn searched(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.name.clone(),
            name(self.customer.as_ref()),
        ]
    }
}

pub(super) async fn list(
    context: &Context,
    arguments: &cli::List,
    mappings: &Mappings<'_>,
) -> anyhow::Result<Completion> {
    let halo = context.halo().await?;
    let customer = match &arguments.customer {
        Some(text) => Some(mappings.customer(context, text).await?),
        None => None,
    };
    let progress = context.ui.progress("reading licenses");
    let licenses = halo
        .licenses(customer, &|done, total| progress.set(done, total))
        .await?;
    drop(progress);
    if arguments.refresh {
        let names = licenses.iter().map(|license| (license.id, license.name.clone()));
        context.remember(NameKind::License, names).await;
    }
    let mut rows: Vec<LicenseRow> = licenses
        .into_iter()
        .map(|license| LicenseRow {
            mapped: mappings.licenses.contains(&license.id),
            customer: license
                .customer_id
                .map(|id| Reference::new(id, license.customer_name.unwrap_or_default())),
            id: license.id,
            name: license.name,
            count: license.count,
            active: license.active,
            status: license.status,
            manufacturer: license.manufacturer,
        })
        .filter(|row| !arguments.unmapped || !row.mapped)
        .collect();
    rows.sort_by_cached_key(|row| {
        let customer = row.customer.as_ref().map(|customer| customer.name.to_lowercase());
        (customer, row.name.to_lowercase(), row.id)
    });
    print(context, arguments, rows)
}
