//! What the numbers mean, and what is not sure about them.

use crate::{
    failure::Failure,
    model::{Configuration, FairUseOf},
    plan::reconcile::{Reconciliation, Standing},
};

/// The sentences below the findings, each said once.
pub(super) fn legend(
    result: &Reconciliation,
    configuration: &Configuration,
    refused: Option<&Failure>,
    command: &str,
) -> Vec<String> {
    let mut legend = Vec::new();
    if let Some(refused) = refused {
        let hint = refused.hint.as_ref();
        let hint = hint.map(|hint| format!("; {hint}")).unwrap_or_default();
        legend.push(format!(
            "Recurring invoices were not read, so whether a quantity reaches an invoice is not known: {}{hint}",
            refused.message
        ));
    }
    let mapped = result.rows.iter().any(|row| row.standing == Standing::Mapped);
    if mapped {
        legend.push(match configuration.vendor_sync {
            Some(true) => "The vendor's own integration syncs seats too, as was said at connect: it writes the same \
                           quantities, so switch one of the two off"
                .to_owned(),
            Some(false) => "The vendor's own integration syncs no seats, as was said at connect".to_owned(),
            None => format!(
                "Whether the vendor's own integration syncs seats too, and writes the same quantities, is not known: \
                 {command} connect asks"
            ),
        });
    }
    legend.push(
        "Vendor: what SaaS Backup bills the partner, as far as is known: the purchased seats, which Auto License raises to \
         the required ones"
            .to_owned(),
    );
    legend.push(match configuration.fair_use {
        None => format!(
            "Fair use (deactivated accounts and shared mailboxes that the vendor does not bill) was not looked at: {command} \
             configure --fair-use 20%-of-purchased"
        ),
        Some(fair_use) => format!(
            "Fair use: deactivated accounts and free shared mailboxes up to {}% of {}; not sure, because the vendor's and a \
             distributor's pages disagree",
            fair_use.percent,
            match fair_use.of {
                FairUseOf::Purchased => "the purchased seats",
                FairUseOf::Mailboxes => "all mailboxes",
            }
        ),
    });
    legend
}
