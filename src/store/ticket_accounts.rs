//! The accounts of a ticket as the state has them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::TicketAccount;

/// Accounts as the state has them: pairs of product and account.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Accounts(Vec<(String, String)>);

impl From<&BTreeSet<TicketAccount>> for Accounts {
    fn from(accounts: &BTreeSet<TicketAccount>) -> Self {
        let pair = |account: &TicketAccount| (account.product.clone(), account.account.clone());
        Self(accounts.iter().map(pair).collect())
    }
}

impl From<Accounts> for BTreeSet<TicketAccount> {
    fn from(Accounts(pairs): Accounts) -> Self {
        let account = |(product, account)| TicketAccount { product, account };
        pairs.into_iter().map(account).collect()
    }
}

/// Accounts as JSON.
pub(super) fn accounts_json(accounts: &BTreeSet<TicketAccount>) -> String {
    // Pairs of texts: this cannot fail.
    serde_json::to_string(&Accounts::from(accounts)).unwrap_or_default()
}

/// The accounts in such JSON.
pub(super) fn accounts_of(json: &str) -> BTreeSet<TicketAccount> {
    let accounts: Accounts = serde_json::from_str(json).unwrap_or_default();
    accounts.into()
}
