//! What is recorded of a plan in the ledger and in the mappings.

use std::collections::HashMap;

use crate::{
    change::{Change, Decision, Outcome, Plan, Reason},
    context::Requests,
    model::Mapping,
    plan::seats::LicenseSeats,
    runner::Applied,
    store::{ChangeStatus, NewChange, NotWritten, OrganizationSeats, RunState, RunTotals},
};

/// What is recorded in the ledger before anything is written.
pub(in crate::commands) fn intended(plan: &Plan<LicenseSeats>) -> Vec<NewChange> {
    plan.changes.iter().filter_map(intent).collect()
}

fn intent(change: &Change<LicenseSeats>) -> Option<NewChange> {
    let seats = &change.subject;
    let reason = change.because().map(ToString::to_string);
    let (status, reason) = match (change.decision, &change.outcome) {
        (Decision::Apply, None) => (ChangeStatus::Intended, reason),
        // An unchanged quantity is not recorded at every run: only the first time, once in each month, and when
        // different seats have the same sum.
        (Decision::Unchanged, _)
            if seats.first || seats.shares_changed || seats.month_begins || seats.drift.is_some() =>
        {
            (ChangeStatus::Confirmed, None)
        }
        (Decision::Unchanged, _) => return None,
        // Held back, left as it is, blocked, or part of a stopped plan.
        (Decision::Apply | Decision::Leave | Decision::HoldBack | Decision::Block, _) => {
            (ChangeStatus::Skipped, reason)
        }
    };
    Some(NewChange {
        license: seats.license.clone(),
        customer: seats.customer.clone(),
        from: seats.from,
        to: seats.to,
        status,
        verified: status == ChangeStatus::Confirmed,
        reason,
        price: seats.price.clone(),
        seats: seats
            .shares
            .iter()
            .map(|share| OrganizationSeats {
                organization: share.organization.clone(),
                seats: share.seats,
                counted: share.counted,
                metric: share.counted.map(|_| share.metric),
            })
            .collect(),
    })
}

/// The quantities that were to be written and were not.
pub(in crate::commands) fn not_written(plan: &Plan<LicenseSeats>) -> Vec<NotWritten> {
    plan.to_apply()
        .filter_map(|change| {
            let license = change.subject.license.id;
            match change.outcome.as_ref()? {
                Outcome::Done => None,
                Outcome::Failed(reason) => Some(failed(license, reason)),
                Outcome::Skipped(reason) => Some(NotWritten {
                    license,
                    status: ChangeStatus::Skipped,
                    reason: reason.to_string(),
                }),
            }
        })
        .collect()
}

/// A license that was not written, or could not be read back.
pub(in crate::commands) fn failed(license: i64, reason: &Reason) -> NotWritten {
    let status = if reason.is_unread() {
        ChangeStatus::Unread
    } else {
        ChangeStatus::Failed
    };
    NotWritten {
        license,
        status,
        reason: reason.to_string(),
    }
}

/// The flags that this plan sets on mappings, or clears: what is wrong with them and has to be corrected by a person.
pub(super) fn flags(plan: &Plan<LicenseSeats>, mappings: &[Mapping]) -> Vec<(String, Option<String>)> {
    let before: HashMap<&str, Option<&str>> = mappings
        .iter()
        .map(|mapping| (mapping.organization.id.as_str(), mapping.flag.as_deref()))
        .collect();
    plan.changes
        .iter()
        .flat_map(|change| {
            let flag = match change.decision {
                Decision::Block => change.reason.as_ref().map(ToString::to_string),
                _ => None,
            };
            let shares = change.subject.shares.iter();
            shares.map(move |share| (share.organization.id.clone(), flag.clone()))
        })
        .filter(|(organization, flag)| {
            before.get(organization.as_str()).copied().flatten() != flag.as_deref()
        })
        .collect()
}

/// How the run ended, and its error.
pub(in crate::commands) fn ended(plan: &Plan<LicenseSeats>, applied: &Applied) -> (RunState, Option<String>) {
    let broken_off = applied.broken_off.as_ref();
    let state = if broken_off.is_some() {
        RunState::Failed
    } else if plan.needs_attention() {
        RunState::Partial
    } else {
        RunState::Done
    };
    let error = broken_off
        .map(|failure| failure.message.to_string())
        .or_else(|| applied.given_up.as_ref().map(ToString::to_string))
        .or_else(|| plan.stop.as_ref().map(ToString::to_string));
    (state, error)
}

/// The number of licenses by outcome.
pub(in crate::commands) fn totals(requests: Requests, plan: &Plan<LicenseSeats>) -> RunTotals {
    RunTotals {
        updated: plan.count("updated"),
        unchanged: plan.count("unchanged"),
        skipped: plan.count("skipped"),
        failed: plan.count("failed"),
        halo_requests: requests.halo,
        backup_requests: requests.backup,
    }
}
