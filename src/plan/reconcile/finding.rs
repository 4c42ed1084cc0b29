//! What does not fit: its kind, where it is, what it costs, and what to do.

use std::cmp::Reverse;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use super::{Input, Left, LineView};
use crate::{
    model::{Organization, Reference},
    plan::seats::Found,
    text::counted,
};

/// One thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// The organization; of a shared license the first. None for a license that nobody is mapped to.
    pub organization: Option<Reference<String>>,
    /// The customer; none for an organization that is not mapped.
    pub customer: Option<Reference>,
    /// The license; none for an organization that is not mapped.
    pub license: Option<Reference>,
    /// What is not billed in a billing cycle, or, if negative, billed too much. None if that is not known, or if the
    /// finding itself costs nothing.
    #[serde(serialize_with = "super::decimal")]
    pub amount: Option<Decimal>,
    /// The billing cycle in Halo's words.
    #[serde(rename = "billing_cycle")]
    pub cycle: Option<String>,
    /// The currency, where Halo names one.
    pub currency: Option<String>,
    /// What was found, in words.
    pub message: String,
    /// What to do next: a command, or where to go in Halo.
    pub hint: String,
    /// How many seats it is about; orders findings that have no amount.
    #[serde(skip)]
    pub seats: i64,
}

/// The kind of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An organization is neither mapped nor ignored.
    Unmapped,
    /// The quantity in Halo is less than the seats.
    UnderBilled,
    /// The quantity in Halo is more than the seats.
    OverBilled,
    /// A license that halolink wrote has a quantity, and nobody is mapped to it.
    LeftBehind,
    /// No line of a recurring invoice counts the license.
    NotOnInvoice,
    /// The lines that count the license bill nothing.
    InvoiceLineInactive,
    /// The mapping's rule and Halo's line both subtract free seats or ensure a minimum.
    RuleTwice,
    /// The license does not exist any more.
    LicenseGone,
    /// The license belongs to another customer.
    LicenseMoved,
    /// The license is inactive.
    LicenseInactive,
    /// A mapped organization is no longer listed.
    Vanished,
    /// Halo has no price for the license.
    NoPrice,
    /// More accounts than are free under the vendor's fair use.
    FairUse,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 13] = [
        Kind::Unmapped,
        Kind::UnderBilled,
        Kind::OverBilled,
        Kind::LeftBehind,
        Kind::NotOnInvoice,
        Kind::InvoiceLineInactive,
        Kind::RuleTwice,
        Kind::LicenseGone,
        Kind::LicenseMoved,
        Kind::LicenseInactive,
        Kind::Vanished,
        Kind::NoPrice,
        Kind::FairUse,
    ];

    /// Its word in JSON.
    pub fn slug(self) -> &'static str {
        match self {
            Kind::Unmapped => "unmapped",
            Kind::UnderBilled => "under_billed",
            Kind::OverBilled => "over_billed",
            Kind::LeftBehind => "left_behind",
            Kind::NotOnInvoice => "not_on_invoice",
            Kind::InvoiceLineInactive => "invoice_line_inactive",
            Kind::RuleTwice => "rule_twice",
            Kind::LicenseGone => "license_gone",
            Kind::LicenseMoved => "license_moved",
            Kind::LicenseInactive => "license_inactive",
            Kind::Vanished => "vanished",
            Kind::NoPrice => "no_price",
            Kind::FairUse => "fair_use",
        }
    }

    /// Its words for people.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Unmapped => "not mapped",
            Kind::UnderBilled => "billed too little",
            Kind::OverBilled => "billed too much",
            Kind::LeftBehind => "left behind",
            Kind::NotOnInvoice => "on no invoice",
            Kind::InvoiceLineInactive => "invoice line inactive",
            Kind::RuleTwice => "rule applied twice",
            Kind::LicenseGone => "license gone",
            Kind::LicenseMoved => "license moved",
            Kind::LicenseInactive => "license inactive",
            Kind::Vanished => "vanished",
            Kind::NoPrice => "no price",
            Kind::FairUse => "fair use",
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.slug())
    }
}

/// What findings are sorted by.
type Order = (u8, Reverse<Decimal>, Reverse<i64>, Kind, String, String, i64);

impl Finding {
    /// The most that is not billed first, then what has no amount, then what is billed too much.
    pub(super) fn order(&self) -> Order {
        let amount = self.amount.unwrap_or_default();
        let group = match self.amount {
            Some(amount) if amount > Decimal::ZERO => 0,
            None => 1,
            Some(_) => 2,
        };
        let (id, name) = self
            .organization
            .as_ref()
            .map(|organization| (organization.id.clone(), organization.name.to_lowercase()))
            .unwrap_or_default();
        let license = self.license.as_ref().map_or(0, |license| license.id);
        (
            group,
            Reverse(amount),
            Reverse(self.seats),
            self.kind,
            name,
            id,
            license,
        )
    }
}

/// The finding about an organization that is neither mapped nor ignored. One that is suspended or deactivated and has no
/// seats costs nobody anything.
pub(super) fn unmapped(organization: &Organization, input: &Input<'_>) -> Option<Finding> {
    let seats = organization.seats.of(input.metric);
    let resting = organization.suspended || organization.deactivated;
    if resting && seats == Some(0) {
        return None;
    }
    let state = match (organization.suspended, organization.deactivated) {
        (true, _) => ", suspended",
        (false, true) => ", deactivated",
        (false, false) => "",
    };
    let number = seats.map_or_else(
        || "an unknown number of seats".to_owned(),
        |seats| counted(usize::try_from(seats).unwrap_or(0), "seat"),
    );
    let (id, command) = (&organization.id, input.command);
    Some(Finding {
        kind: Kind::Unmapped,
        organization: Some(Reference::new(id.clone(), &organization.name)),
        customer: None,
        license: None,
        amount: None,
        cycle: None,
        currency: None,
        message: format!(
            "{} ({id}){state} has {number} and is neither mapped nor ignored: nobody is billed for it",
            organization.name
        ),
        hint: format!("{command} map-org {id}, or {command} ignore {id} --reason TEXT"),
        seats: seats.unwrap_or(0),
    })
}

/// The finding about a license that halolink wrote and that no mapping carries any more. It is over if the license is
/// inactive or its quantity is 0.
pub(super) fn left_behind(
    left: &Left,
    found: &Found,
    lines: Option<&[LineView]>,
    input: &Input<'_>,
) -> Option<Finding> {
    let count = found.count.filter(|count| *count > 0 && found.active)?;
    let bills = lines.is_none_or(|lines| lines.iter().any(|line| line.active));
    let license = Reference::new(left.license.id, &found.name);
    let customer = match found.customer {
        // Moved since: what the other customer is called is not known here.
        Some(owner) if owner != left.customer.id => Reference::new(owner, format!("customer {owner}")),
        _ => left.customer.clone(),
    };
    let (amount, ending) = if bills {
        (found.price.amount(-count), "")
    } else {
        (
            found.price.amount(0),
            "; but no active line of a recurring invoice counts it, so it bills nothing",
        )
    };
    Some(Finding {
        kind: Kind::LeftBehind,
        message: format!(
            "{license} of {} has the quantity {count}, which halolink wrote, and no organization is mapped to it any \
             more{ending}",
            customer.name
        ),
        hint: format!(
            "set its quantity to 0 in Halo, or map an organization to it: {} map-org ORG --customer {} --license {}",
            input.command, customer.id, license.id
        ),
        organization: None,
        customer: Some(customer),
        license: Some(license),
        amount,
        cycle: found.price.cycle.clone(),
        currency: super::row::currency(lines.unwrap_or_default()),
        seats: count,
    })
}
