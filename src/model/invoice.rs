//! Recurring invoices, as far as they bill licenses. halolink only ever reads them.

use jiff::civil::Date;
use rust_decimal::Decimal;

/// A recurring invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecurringInvoice {
    /// Its id.
    pub id: i64,
    /// The customer that it is for.
    pub customer: Option<i64>,
    /// Whether it is disabled: then none of its lines bills anything.
    pub disabled: bool,
    /// The currency, if Halo names one.
    pub currency: Option<String>,
    /// Its lines that count licenses, in Halo's order.
    pub lines: Vec<InvoiceLine>,
}

/// A line of a recurring invoice that takes its quantity from licenses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InvoiceLine {
    /// Its id; `None` if Halo's could not be read.
    pub id: Option<i64>,
    /// Whether it was switched off.
    pub inactive: bool,
    /// Its first day; `None` if it has none.
    pub start: Option<Date>,
    /// Its last day; `None` if it has none.
    pub end: Option<Date>,
    /// What the customer pays for one; `None` if Halo does not say.
    pub price: Option<Decimal>,
    /// What the partner pays for one; `None` if Halo does not say.
    pub cost: Option<Decimal>,
    /// The licenses that it counts.
    pub counts: Vec<CountedLicense>,
}

/// A license that a line counts, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountedLicense {
    /// The license.
    pub license: i64,
    /// Whether assigned seats are counted instead of the license's quantity; as the field's name says, for its meaning is
    /// documented nowhere.
    pub assigned: bool,
    /// How many are free: Halo subtracts them.
    pub free: Option<i64>,
    /// The least that is billed.
    pub minimum: Option<i64>,
}

/// Whether a line bills anything, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineState {
    /// It bills.
    Active,
    /// It was switched off.
    Inactive,
    /// Its last day has passed.
    Ended,
    /// Its first day is still to come.
    NotBegun,
    /// Its invoice is disabled.
    Disabled,
}

impl LineState {
    /// Its word in JSON.
    pub fn name(self) -> &'static str {
        match self {
            LineState::Active => "active",
            LineState::Inactive => "inactive",
            LineState::Ended => "ended",
            LineState::NotBegun => "not_begun",
            LineState::Disabled => "disabled",
        }
    }

    /// Its words for people.
    pub fn words(self) -> &'static str {
        match self {
            LineState::NotBegun => "not begun",
            LineState::Disabled => "of a disabled invoice",
            state => state.name(),
        }
    }
}

impl RecurringInvoice {
    /// Whether one of its lines bills anything on this day. A line bills on its last day too.
    pub fn state_of(&self, line: &InvoiceLine, today: Date) -> LineState {
        if self.disabled {
            LineState::Disabled
        } else if line.inactive {
            LineState::Inactive
        } else if line.end.is_some_and(|end| end < today) {
            LineState::Ended
        } else if line.start.is_some_and(|start| start > today) {
            LineState::NotBegun
        } else {
            LineState::Active
        }
    }
}

impl CountedLicense {
    /// What the line bills if the license's quantity is this; `None` if it counts something else.
    pub fn billed(&self, count: i64) -> Option<i64> {
        let left = count.saturating_sub(self.free.unwrap_or(0));
        (!self.assigned).then(|| left.max(self.minimum.unwrap_or(0)).max(0))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_line_bills_from_its_first_day_to_its_last_unless_it_or_its_invoice_is_off() {
        let today = date(2026, 11, 25);
        let state = |change: fn(&mut RecurringInvoice, &mut InvoiceLine)| {
            let (mut invoice, mut line) = (RecurringInvoice::default(), InvoiceLine::default());
            change(&mut invoice, &mut line);
            invoice.state_of(&line, today)
        };
        assert_eq!(state(|_, _| ()), LineState::Active);
        assert_eq!(
            state(|_, line| line.end = Some(date(2026, 11, 25))),
            LineState::Active
        );
        assert_eq!(
            state(|_, line| line.end = Some(date(2026, 11, 24))),
            LineState::Ended
        );
        assert_eq!(
            state(|_, line| line.start = Some(date(2026, 11, 25))),
            LineState::Active
        );
        assert_eq!(
            state(|_, line| line.start = Some(date(2026, 11, 26))),
            LineState::NotBegun
        );
        assert_eq!(state(|_, line| line.inactive = true), LineState::Inactive);
        assert_eq!(state(|invoice, _| invoice.disabled = true), LineState::Disabled);
    }

    #[test]
    fn free_seats_come_off_before_the_minimum() {
        let billed = |free, minimum, assigned, count| {
            let counted = CountedLicense {
                license: 17,
                assigned,
                free,
                minimum,
            };
            counted.billed(count)
        };
        assert_eq!(billed(None, None, false, 12), Some(12));
        assert_eq!(billed(Some(5), None, false, 12), Some(7));
        assert_eq!(billed(Some(5), Some(10), false, 12), Some(10));
        assert_eq!(billed(Some(5), None, false, 3), Some(0));
        assert_eq!(billed(None, None, true, 12), None);
    }
}
