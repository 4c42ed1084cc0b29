//! One organization: its seats, and what is billed for them.

use std::cmp::Reverse;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use super::{Input, Lines};
use crate::{
    model::{CountedLicense, LineState, Organization, RecurringInvoice, Reference, Rule, SeatMetric},
    plan::money::plain,
};

/// An organization, its seats, and the license that bills them. Everything after `share` is the license's, and the same in
/// all rows of a shared license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The organization.
    pub organization: Reference<String>,
    /// Whether it is mapped.
    pub standing: Standing,
    /// `active`, `suspended`, `deactivated` or `vanished`.
    pub state: &'static str,
    /// The customer; none if it is not mapped.
    pub customer: Option<Reference>,
    /// The license; none if it is not mapped.
    pub license: Option<Reference>,
    /// Its seats now.
    pub seats: SeatsView,
    /// Shared mailboxes that the vendor bills.
    pub paid_shared: Option<i64>,
    /// Shared mailboxes that the vendor does not bill, up to its fair use.
    pub free_shared: Option<i64>,
    /// What the vendor bills the partner, as far as is known: the purchased seats, which Auto License raises to the required
    /// ones.
    pub vendor_bills: Option<i64>,
    /// Whether the vendor raises the purchased seats to the required ones by itself.
    pub auto_license: Option<bool>,
    /// The seat number that counts.
    pub metric: SeatMetric,
    /// How its seats become its share; none if the share is the seats.
    pub rule: Option<Rule>,
    /// Its share of the license's quantity; none if it is not known.
    pub share: Option<i64>,
    /// The quantity that the license should have: the sum of the shares.
    pub expected: Option<i64>,
    /// The quantity that it has in Halo. None if it is gone, or if it is another customer's.
    pub billed: Option<i64>,
    /// Expected, but not billed; negative if too much is billed.
    pub difference: Option<i64>,
    /// What the customer pays for a seat.
    #[serde(serialize_with = "super::decimal")]
    pub price: Option<Decimal>,
    /// What the partner pays for a seat.
    #[serde(serialize_with = "super::decimal")]
    pub cost: Option<Decimal>,
    /// The billing cycle in Halo's words.
    #[serde(rename = "billing_cycle")]
    pub cycle: Option<String>,
    /// The currency, where the license's recurring invoice names one.
    pub currency: Option<String>,
    /// What the difference costs in a billing cycle; none if it or the price is not known.
    #[serde(serialize_with = "super::decimal")]
    pub amount: Option<Decimal>,
    /// Whether this is the row to add up of those that share the license.
    pub in_totals: bool,
    /// The lines of recurring invoices that count the license; none if they could not be read.
    pub invoice_lines: Option<Vec<LineView>>,
    /// What else to know.
    pub notes: Vec<String>,
}

/// Whether an organization is mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It is mapped.
    Mapped,
    /// It is mapped, and no longer listed.
    Vanished,
    /// Another profile of the same Halo site has mapped it.
    MappedElsewhere,
    /// It is deliberately not billed through halolink.
    Ignored,
    /// It is none of these.
    Unmapped,
}

impl Standing {
    /// Its word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Mapped => "mapped",
            Standing::Vanished => "vanished",
            Standing::MappedElsewhere => "mapped_elsewhere",
            Standing::Ignored => "ignored",
            Standing::Unmapped => "unmapped",
        }
    }
}

impl Serialize for Standing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// Seat numbers; none where SaaS Backup gives no number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SeatsView {
    /// In use now.
    pub used: Option<i64>,
    /// In use, without deactivated accounts.
    pub active: Option<i64>,
    /// The purchased total.
    pub purchased: Option<i64>,
    /// Required.
    pub required: Option<i64>,
    /// Deactivated accounts, which only hold archived data.
    pub deactivated: Option<i64>,
}

/// A line of a recurring invoice that counts a license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineView {
    /// The invoice's id.
    pub invoice: i64,
    /// The line's id.
    pub line: Option<i64>,
    /// Whether it bills anything today.
    pub active: bool,
    /// If not, why.
    #[serde(serialize_with = "state")]
    pub state: LineState,
    /// What the customer pays for one.
    #[serde(serialize_with = "super::decimal")]
    pub price: Option<Decimal>,
    /// What the partner pays for one.
    #[serde(serialize_with = "super::decimal")]
    pub cost: Option<Decimal>,
    /// The currency, if the invoice names one.
    pub currency: Option<String>,
    /// Its first day.
    pub start_date: Option<String>,
    /// Its last day.
    pub end_date: Option<String>,
    /// How many are free: Halo subtracts them.
    pub free: Option<i64>,
    /// The least that Halo bills.
    pub minimum: Option<i64>,
    /// Whether it seems to bill assigned seats instead of the license's quantity.
    pub assigned: bool,
}

fn state<S: Serializer>(state: &LineState, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(state.name())
}

impl LineView {
    /// `line 70017 of recurring invoice 5001`.
    pub(super) fn label(&self) -> String {
        match self.line {
            Some(line) => format!("line {line} of recurring invoice {}", self.invoice),
            None => format!("a line of recurring invoice {}", self.invoice),
        }
    }

    /// Everything about it in words.
    pub fn words(&self) -> String {
        let mut words = format!("{}: {}", self.label(), self.state.words());
        let mut add = |part: String| words.push_str(&part);
        if let Some(day) = &self.start_date {
            add(format!(", from {day}"));
        }
        if let Some(day) = &self.end_date {
            add(format!(", until {day}"));
        }
        if let Some(price) = self.price {
            let currency = self.currency.as_deref();
            let currency = currency
                .map(|currency| format!(" {currency}"))
                .unwrap_or_default();
            add(format!(", {}{currency} each", plain(price)));
        }
        if let Some(cost) = self.cost {
            add(format!(", cost {}", plain(cost)));
        }
        if let Some(free) = self.free.filter(|free| *free != 0) {
            add(format!(", {free} free"));
        }
        if let Some(minimum) = self.minimum.filter(|minimum| *minimum != 0) {
            add(format!(", at least {minimum}"));
        }
        words
    }

    /// What it bills if the license's quantity is this; none if that is not known.
    pub(super) fn bills(&self, count: Option<i64>) -> Option<i64> {
        let counted = CountedLicense {
            license: 0,
            assigned: self.assigned,
            free: self.free,
            minimum: self.minimum,
        };
        counted.billed(count?)
    }
}

/// The lines that count each license, by invoice and line.
pub(super) fn lines(invoices: &[RecurringInvoice], today: Date) -> Lines {
    let mut lines = Lines::new();
    for invoice in invoices {
        for line in &invoice.lines {
            let state = invoice.state_of(line, today);
            for counted in &line.counts {
                lines.entry(counted.license).or_default().push(LineView {
                    invoice: invoice.id,
                    line: line.id,
                    active: state == LineState::Active,
                    state,
                    price: line.price,
                    cost: line.cost,
                    currency: invoice.currency.clone(),
                    start_date: line.start.map(|day| day.to_string()),
                    end_date: line.end.map(|day| day.to_string()),
                    free: counted.free,
                    minimum: counted.minimum,
                    assigned: counted.assigned,
                });
            }
        }
    }
    for lines in lines.values_mut() {
        lines.sort_by_key(|line| (line.invoice, line.line));
    }
    lines
}

/// The currency that all of the lines' invoices name.
pub(super) fn currency(lines: &[LineView]) -> Option<String> {
    let (first, rest) = lines.split_first()?;
    rest.iter()
        .all(|line| line.currency == first.currency)
        .then(|| first.currency.clone())?
}

/// What rows are sorted by.
type Order = (u8, Reverse<Decimal>, Reverse<u64>, String, String);

impl Row {
    /// A row of an organization that nothing bills.
    pub(super) fn unbilled(organization: &Organization, standing: Standing, input: &Input<'_>) -> Self {
        let mut row = Self::empty(
            Reference::new(organization.id.clone(), &organization.name),
            standing,
            input.metric,
        );
        row.take_seats(organization);
        row.invoice_lines = input.invoices.map(|_| Vec::new());
        row
    }

    /// A row of which only this is known.
    pub(super) fn empty(organization: Reference<String>, standing: Standing, metric: SeatMetric) -> Self {
        Self {
            organization,
            standing,
            state: "vanished",
            customer: None,
            license: None,
            seats: SeatsView::default(),
            paid_shared: None,
            free_shared: None,
            vendor_bills: None,
            auto_license: None,
            metric,
            rule: None,
            share: None,
            expected: None,
            billed: None,
            difference: None,
            price: None,
            cost: None,
            cycle: None,
            currency: None,
            amount: None,
            in_totals: false,
            invoice_lines: None,
            notes: Vec::new(),
        }
    }

    /// Fills in what SaaS Backup says.
    pub(super) fn take_seats(&mut self, organization: &Organization) {
        let (seats, extras) = (organization.seats, organization.extras);
        self.state = match (organization.suspended, organization.deactivated) {
            (true, _) => "suspended",
            (false, true) => "deactivated",
            (false, false) => "active",
        };
        self.seats = SeatsView {
            used: seats.used,
            active: seats.active,
            purchased: seats.purchased,
            required: seats.required,
            deactivated: extras.deactivated,
        };
        self.paid_shared = extras.paid_shared;
        self.free_shared = extras.free_shared;
        self.auto_license = extras.auto_license;
        self.vendor_bills = match (seats.purchased, seats.required) {
            (Some(purchased), Some(required)) if extras.auto_license == Some(true) => {
                Some(purchased.max(required))
            }
            (Some(purchased), _) => Some(purchased),
            (None, required) => required,
        };
    }

    /// Those with a difference first, the most money at the top; then those that are unclear or billed by nobody.
    pub(super) fn order(&self) -> Order {
        let group = match self.difference {
            Some(0) => 2,
            Some(_) => 0,
            None if matches!(self.standing, Standing::Ignored | Standing::MappedElsewhere) => 3,
            None => 1,
        };
        (
            group,
            Reverse(self.amount.unwrap_or_default()),
            Reverse(self.difference.unwrap_or(0).unsigned_abs()),
            self.organization.name.to_lowercase(),
            self.organization.id.clone(),
        )
    }
}
