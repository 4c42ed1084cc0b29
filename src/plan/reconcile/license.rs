//! One license, and everything that is wrong with it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Finding, Input, Kind, LineView, Lines, Row, Standing, row};
use crate::{
    model::{LineState, Mapping, Organization, Reference},
    plan::{rules, seats::Found},
};

/// A mapped license, its organizations, and what Halo says about it.
pub(super) struct License<'a> {
    input: &'a Input<'a>,
    /// Sorted by organization id; there is at least one.
    mappings: &'a [&'a Mapping],
    /// What SaaS Backup says about each; none if it is not listed.
    listed: Vec<Option<&'a Organization>>,
    /// Each one's share.
    shares: Vec<Option<i64>>,
    id: i64,
    found: Option<&'a Found>,
    /// The lines that count it; none if they could not be read.
    lines: Option<&'a [LineView]>,
    currency: Option<String>,
    expected: Option<i64>,
    billed: Option<i64>,
    difference: Option<i64>,
}

impl<'a> License<'a> {
    pub(super) fn new(
        input: &'a Input<'a>,
        listed: &BTreeMap<&str, &'a Organization>,
        id: i64,
        mappings: &'a [&'a Mapping],
        lines: Option<&'a Lines>,
    ) -> Self {
        let listed: Vec<Option<&Organization>> = mappings
            .iter()
            .map(|mapping| listed.get(mapping.organization.id.as_str()).copied())
            .collect();
        let shares: Vec<Option<i64>> = mappings
            .iter()
            .zip(&listed)
            .map(|(mapping, organization)| share(mapping, *organization, input))
            .collect();
        let found = input.licenses.get(&id);
        let lines = lines.map(|lines| lines.get(&id).map_or(&[][..], Vec::as_slice));
        let mut license = Self {
            input,
            mappings,
            currency: row::currency(lines.unwrap_or_default()),
            found,
            lines,
            id,
            expected: None,
            billed: None,
            difference: None,
            listed,
            shares,
        };
        license.expected = license.expected();
        // If it is another customer's, its quantity is not what these are billed.
        license.billed = found
            .filter(|_| license.strangers().next().is_none())
            .and_then(|found| found.count);
        license.difference = license
            .expected
            .zip(license.billed)
            .map(|(expected, billed)| expected.saturating_sub(billed));
        license
    }

    /// The quantity that it should have: the sum of the shares. If all organizations are suspended or deactivated, it keeps
    /// the one that it has.
    fn expected(&self) -> Option<i64> {
        if self.is_mapped_elsewhere() {
            // There is no saying what its organizations there come to.
            return None;
        }
        if self.listed.iter().all(|found| found.is_some_and(rests)) {
            return self.found?.count;
        }
        self.shares
            .iter()
            .try_fold(0_i64, |sum, share| sum.checked_add((*share)?))
            .filter(|sum| *sum <= i64::from(i32::MAX))
    }

    fn is_mapped_elsewhere(&self) -> bool {
        self.input.elsewhere.user_of(self.id).is_some()
    }

    /// The mappings to another customer than the license's.
    fn strangers(&self) -> impl Iterator<Item = (&'a Mapping, i64)> {
        let owner = self.found.and_then(|found| found.customer);
        self.mappings.iter().filter_map(move |mapping| {
            let owner = owner.filter(|owner| *owner != mapping.customer.id)?;
            Some((*mapping, owner))
        })
    }

    /// The license, as Halo calls it now.
    fn license(&self) -> Option<Reference> {
        let known = &self.mappings.first()?.license;
        let name = self.found.map_or(&known.name, |found| &found.name);
        Some(Reference::new(self.id, name))
    }

    fn amount(&self, seats: i64) -> Option<Decimal> {
        self.found?.price.amount(seats)
    }

    /// One row for each organization that is looked at.
    pub(super) fn rows(&self) -> Vec<Row> {
        let rows = self.mappings.iter().zip(&self.listed).zip(&self.shares);
        let mut rows: Vec<Row> = rows
            .map(|((mapping, organization), share)| self.row(mapping, *organization, *share))
            .filter(|row| self.input.covers(&row.organization.id))
            .collect();
        if let Some(first) = rows.first_mut() {
            first.in_totals = true;
        }
        rows
    }

    fn row(&self, mapping: &Mapping, organization: Option<&Organization>, share: Option<i64>) -> Row {
        let standing = match organization {
            Some(_) => Standing::Mapped,
            None => Standing::Vanished,
        };
        // As it is called now.
        let name = organization.map_or(&mapping.organization.name, |organization| &organization.name);
        let metric = mapping.rule.metric(self.input.metric);
        let price = self.found.map(|found| found.price.clone()).unwrap_or_default();
        let mut row = Row {
            customer: Some(mapping.customer.clone()),
            license: self.license(),
            rule: Some(mapping.rule.clone()).filter(|rule| !rule.is_plain()),
            share,
            expected: self.expected,
            billed: self.billed,
            difference: self.difference,
            price: price.price,
            cost: price.cost,
            cycle: price.cycle,
            currency: self.currency.clone(),
            amount: self.difference.and_then(|difference| self.amount(difference)),
            invoice_lines: self.lines.map(<[LineView]>::to_vec),
            notes: self.notes(mapping, organization, share),
            ..Row::empty(
                Reference::new(mapping.organization.id.clone(), name),
                standing,
                metric,
            )
        };
        if let Some(organization) = organization {
            row.take_seats(organization);
        }
        row
    }

    /// What else to know about an organization's row.
    fn notes(
        &self,
        mapping: &Mapping,
        organization: Option<&Organization>,
        share: Option<i64>,
    ) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(organization) = organization {
            if organization.conflicting {
                notes.push("SaaS Backup lists it twice, with different seats".to_owned());
            } else if rests(organization) {
                notes.push(match share {
                    Some(share) => format!("keeps its share of {share}"),
                    None => "was never synced, so its share is not known".to_owned(),
                });
            } else if share.is_none() {
                let metric = mapping.rule.metric(self.input.metric);
                notes.push(format!("SaaS Backup gives no number of {metric} seats"));
            }
        }
        if let [_, _, ..] = self.mappings {
            notes.push(format!("{} organizations share the license", self.mappings.len()));
        }
        if let Some(other) = self.input.elsewhere.user_of(self.id) {
            notes.push(format!(
                "the license is mapped in the profile \"{}\" as well, so what it should bill is not known",
                other.profile
            ));
        }
        let lines = self.lines.unwrap_or_default();
        for line in lines.iter().filter(|line| line.assigned) {
            notes.push(format!(
                "{} seems to bill assigned seats instead of the license's quantity: then the invoice has another number",
                line.label()
            ));
        }
        let active = lines.iter().filter(|line| line.active).count();
        if active > 1 {
            notes.push(format!("{active} active invoice lines count the license"));
        }
        notes
    }

    /// Everything that is wrong with it and its organizations.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.vanished().collect();
        let Some(found) = self.found else {
            findings.extend(self.covered().filter_map(|mapping| self.gone(mapping)));
            return findings;
        };
        let moved: Vec<Finding> = self
            .strangers()
            .filter(|(mapping, _)| self.input.covers(&mapping.organization.id))
            .filter_map(|(mapping, owner)| self.moved(mapping, owner))
            .collect();
        findings.extend(self.inactive(found));
        if self.strangers().next().is_some() {
            // Whose quantity it is has to be settled first.
            findings.extend(moved);
            return findings;
        }
        findings.extend(self.difference());
        findings.extend(self.no_price(found));
        findings.extend(self.invoice());
        findings.extend(self.twice());
        findings
    }

    /// The mappings that are looked at.
    fn covered(&self) -> impl Iterator<Item = &'a Mapping> {
        let covered = |mapping: &&&Mapping| self.input.covers(&mapping.organization.id);
        self.mappings.iter().filter(covered).copied()
    }

    /// A finding about the license: one, whoever shares it.
    fn finding(&self, kind: Kind, amount: Option<Decimal>, message: String, hint: String) -> Option<Finding> {
        self.about(self.covered().next()?, kind, amount, message, hint)
    }

    /// A finding about one of its mappings.
    fn about(
        &self,
        mapping: &Mapping,
        kind: Kind,
        amount: Option<Decimal>,
        message: String,
        hint: String,
    ) -> Option<Finding> {
        Some(Finding {
            kind,
            organization: Some(mapping.organization.clone()),
            customer: Some(mapping.customer.clone()),
            license: self.license(),
            amount,
            cycle: self.found.and_then(|found| found.price.cycle.clone()),
            currency: self.currency.clone(),
            message,
            hint,
            seats: self.billed.or(self.expected).unwrap_or(0),
        })
    }

    /// `SaaS Backup (17) of Contoso`.
    fn label(&self) -> String {
        match (self.license(), self.mappings.first()) {
            (Some(license), Some(mapping)) => format!("{license} of {}", mapping.customer.name),
            _ => format!("license {}", self.id),
        }
    }

    /// Who shares the license, if several do.
    fn sharers(&self) -> String {
        match self.mappings {
            [] | [_] => String::new(),
            several => {
                let names: Vec<&str> = several
                    .iter()
                    .map(|mapping| mapping.organization.name.as_str())
                    .collect();
                format!(", which {} share,", names.join(" and "))
            }
        }
    }

    fn vanished(&self) -> impl Iterator<Item = Finding> {
        self.mappings
            .iter()
            .zip(&self.listed)
            .filter(|(mapping, found)| found.is_none() && self.input.covers(&mapping.organization.id))
            .filter_map(|(mapping, _)| {
                let (organization, command) = (&mapping.organization, self.input.command);
                let billed = match self.billed {
                    Some(billed) => format!("{} still has the quantity {billed}", self.label()),
                    None => format!("it is mapped to {}", self.label()),
                };
                let (message, hint) = match self.input.reborn(mapping) {
                    Some(new) => (
                        format!(
                            "{organization} is no longer in SaaS Backup, but {} ({}) is: most likely the same one under a \
                             new id; {billed}",
                            new.name, new.id
                        ),
                        format!(
                            "{command} unlink {}, then {command} map-org {} --customer {} --license {}",
                            organization.id, new.id, mapping.customer.id, self.id
                        ),
                    ),
                    None => (
                        format!("{organization} is no longer in SaaS Backup; {billed}"),
                        format!(
                            "if it has left: {command} unlink {}, and set the quantity to 0 in Halo if nobody else has \
                             seats in it",
                            organization.id
                        ),
                    ),
                };
                self.about(mapping, Kind::Vanished, None, message, hint)
            })
    }

    fn gone(&self, mapping: &Mapping) -> Option<Finding> {
        let expected = match self.expected {
            Some(expected) => format!(": {expected} seats are billed by nothing"),
            None => String::new(),
        };
        let (command, customer) = (self.input.command, mapping.customer.id);
        self.about(
            mapping,
            Kind::LicenseGone,
            None,
            format!(
                "{} does not exist in Halo any more, and {} is mapped to it{expected}",
                self.label(),
                mapping.organization
            ),
            format!(
                "{command} list licenses --customer {customer}, then {command} map-org {} --customer {customer} --license L",
                mapping.organization.id
            ),
        )
    }

    fn moved(&self, mapping: &Mapping, owner: i64) -> Option<Finding> {
        let count = self.found.and_then(|found| found.count);
        let quantity = count.map_or_else(String::new, |count| format!(", with the quantity {count}"));
        self.about(
            mapping,
            Kind::LicenseMoved,
            None,
            format!(
                "{} belongs to customer {owner} in Halo now{quantity}, and {} is mapped to it for {}",
                self.license()?,
                mapping.organization,
                mapping.customer
            ),
            format!(
                "{} map-org {} --customer C --license L, or move the license back in Halo",
                self.input.command, mapping.organization.id
            ),
        )
    }

    fn inactive(&self, found: &Found) -> Option<Finding> {
        if found.active {
            return None;
        }
        let organization = &self.covered().next()?.organization.id;
        self.finding(
            Kind::LicenseInactive,
            None,
            format!(
                "{} is inactive in Halo: its quantity is not written, and whether it still bills anything depends on its \
                 invoice line",
                self.label()
            ),
            format!(
                "activate it in Halo, or {} map-org {organization} --customer C --license L",
                self.input.command
            ),
        )
    }

    fn difference(&self) -> Option<Finding> {
        let (difference, billed, expected) = (self.difference?, self.billed?, self.expected?);
        let kind = match difference {
            0 => return None,
            1.. => Kind::UnderBilled,
            _ => Kind::OverBilled,
        };
        let drift = match self.input.synced.get(&self.id) {
            Some(synced) if *synced != billed => {
                format!("; somebody changed it in Halo since halolink wrote {synced}")
            }
            _ => String::new(),
        };
        let active = self.found.is_some_and(|found| found.active);
        let organization = &self.covered().next()?.organization.id;
        let hint = if active {
            format!("{} sync-seats {organization} --dry-run", self.input.command)
        } else {
            "a license that is inactive is not written: see what is found about it".to_owned()
        };
        self.finding(
            kind,
            self.amount(difference),
            format!(
                "{}{} has the quantity {billed} in Halo, and its seats come to {expected}{drift}",
                self.label(),
                self.sharers()
            ),
            hint,
        )
    }

    fn no_price(&self, found: &Found) -> Option<Finding> {
        if found.price.price.is_some() {
            return None;
        }
        self.finding(
            Kind::NoPrice,
            None,
            format!(
                "{} has no price in Halo, so what it bills is not known in money",
                self.label()
            ),
            format!(
                "give the license a price in Halo (Software Licensing), then {} reconcile",
                self.input.command
            ),
        )
    }

    /// Whether its quantity reaches an invoice.
    fn invoice(&self) -> Option<Finding> {
        let lines = self.lines?;
        if lines.iter().any(|line| line.active) {
            return None;
        }
        let amount = self.billed.and_then(|billed| self.amount(billed));
        let quantity = self
            .billed
            .map_or_else(String::new, |billed| format!(" of {billed}"));
        let again = format!(
            "then {} reconcile {}",
            self.input.command,
            self.covered().next()?.organization.id
        );
        let Some(first) = lines.first() else {
            return self.finding(
                Kind::NotOnInvoice,
                amount,
                format!(
                    "{}: no line of a recurring invoice counts it, so its quantity{quantity} is billed to nobody",
                    self.label()
                ),
                format!(
                    "in Halo, add a line to the customer's recurring invoice whose quantity is that of this license, {again}"
                ),
            );
        };
        let states: Vec<String> = lines
            .iter()
            .map(|line| {
                let why = match line.state {
                    LineState::Ended => format!("ended on {}", line.end_date.as_deref().unwrap_or("?")),
                    LineState::NotBegun => {
                        format!("begins on {}", line.start_date.as_deref().unwrap_or("?"))
                    }
                    LineState::Disabled => "belongs to a disabled invoice".to_owned(),
                    LineState::Inactive | LineState::Active => "is inactive".to_owned(),
                };
                format!("{} {why}", line.label())
            })
            .collect();
        self.finding(
            Kind::InvoiceLineInactive,
            amount,
            format!(
                "{}: {}, and no other line counts it, so its quantity{quantity} is billed to nobody",
                self.label(),
                states.join(", ")
            ),
            format!(
                "in Halo, look at recurring invoice {} and activate the line or its invoice, {again}",
                first.invoice
            ),
        )
    }

    /// Whether the rule of a mapping and Halo's line do the same twice.
    fn twice(&self) -> Option<Finding> {
        let mapping = self.covered().find(|mapping| {
            let rule = &mapping.rule;
            let holds =
                |until: Option<jiff::civil::Date>| until.is_none_or(|until| self.input.today <= until);
            rule.included.is_some_and(|included| included > 0)
                || rule
                    .minimum
                    .as_ref()
                    .is_some_and(|minimum| minimum.seats > 0 && holds(minimum.until))
        })?;
        let some = |number: Option<i64>| number.filter(|number| *number > 0);
        let line = self
            .lines?
            .iter()
            .find(|line| line.active && (some(line.free).is_some() || some(line.minimum).is_some()))?;
        // What the line makes of a quantity that is already what is to be billed.
        let amount = self
            .billed
            .zip(line.bills(self.billed))
            .and_then(|(billed, bills)| self.amount(billed.saturating_sub(bills)));
        let mut does = Vec::new();
        does.extend(some(line.free).map(|free| format!("subtracts {free}")));
        does.extend(some(line.minimum).map(|minimum| format!("bills at least {minimum}")));
        self.about(
            mapping,
            Kind::RuleTwice,
            amount,
            format!(
                "{}: the rule of {} ({}) is in its quantity, and {} {} as well",
                self.label(),
                mapping.organization.name,
                mapping.rule,
                line.label(),
                does.join(" and ")
            ),
            format!(
                "take it out of the line in Halo, or out of the rule: {} map-org {} --customer {} --license {}",
                self.input.command, mapping.organization.id, mapping.customer.id, self.id
            ),
        )
    }
}

/// Whether an organization keeps what it had.
fn rests(organization: &Organization) -> bool {
    !organization.conflicting && (organization.suspended || organization.deactivated)
}

/// An organization's share of its license's quantity; none if that is not known.
fn share(mapping: &Mapping, organization: Option<&Organization>, input: &Input<'_>) -> Option<i64> {
    let organization = organization?;
    if organization.conflicting {
        return None;
    }
    if rests(organization) {
        return mapping.seats;
    }
    let metric = mapping.rule.metric(input.metric);
    let counted = organization.seats.of(metric)?;
    let highest = input
        .highest
        .get(&(mapping.organization.id.clone(), metric))
        .copied();
    Some(rules::share(&mapping.rule, counted, highest, input.today))
}
