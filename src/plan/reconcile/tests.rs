//! Cases that were added up by hand, and what holds for any.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::{
    change::OtherMapping,
    model::{CountedLicense, Extras, FairUseOf, InvoiceLine, Minimum, Price, Rule, Seats},
};

const TODAY: Date = date(2026, 11, 25);

/// Everything that is compared, ready to be changed.
#[derive(Clone, Debug, Default)]
struct World {
    organizations: Vec<Organization>,
    mappings: Vec<Mapping>,
    ignored: HashSet<String>,
    elsewhere: Elsewhere,
    licenses: HashMap<i64, Found>,
    left: Vec<Left>,
    invoices: Option<Vec<RecurringInvoice>>,
    synced: HashMap<i64, i64>,
    fair_use: Option<FairUse>,
    only: Option<HashSet<String>>,
}

impl World {
    /// An organization with so many seats, mapped to a license of customer 7 whose quantity, price and line are given.
    fn mapped(id: &str, used: i64, license: i64, count: i64) -> Self {
        let mut world = Self {
            invoices: Some(Vec::new()),
            ..Self::default()
        };
        world.map(id, used, license, count);
        world
    }

    fn map(&mut self, id: &str, used: i64, license: i64, count: i64) {
        self.organizations.push(organization(id, used));
        self.mappings.push(mapping(id, license));
        self.licenses.insert(license, found(count));
        self.bill(license);
    }

    /// Adds an invoice with a line for the license.
    fn bill(&mut self, license: i64) {
        let invoices = self.invoices.get_or_insert_default();
        let id = 5000 + invoices.len() as i64;
        invoices.push(RecurringInvoice {
            id,
            customer: Some(7),
            lines: vec![InvoiceLine {
                id: Some(1),
                counts: vec![CountedLicense {
                    license,
                    ..CountedLicense::default()
                }],
                ..InvoiceLine::default()
            }],
            ..RecurringInvoice::default()
        });
    }

    /// The line of an invoice.
    fn line(&mut self, invoice: usize) -> &mut InvoiceLine {
        &mut self.invoices.as_mut().unwrap()[invoice].lines[0]
    }

    fn reconcile(&self) -> Reconciliation {
        reconcile(&Input {
            organizations: &self.organizations,
            mappings: &self.mappings,
            ignored: &self.ignored,
            elsewhere: &self.elsewhere,
            licenses: &self.licenses,
            left: &self.left,
            invoices: self.invoices.as_deref(),
            synced: &self.synced,
            highest: &HashMap::new(),
            metric: SeatMetric::Used,
            fair_use: self.fair_use,
            today: TODAY,
            only: self.only.as_ref(),
            command: "halolink",
        })
    }

    /// The kinds of the findings with their amounts, in order.
    fn findings(&self) -> Vec<(Kind, Option<String>)> {
        self.reconcile()
            .findings
            .iter()
            .map(|finding| {
                (
                    finding.kind,
                    finding.amount.map(|amount| amount.normalize().to_string()),
                )
            })
            .collect()
    }
}

fn organization(id: &str, used: i64) -> Organization {
    Organization {
        id: id.to_owned(),
        number: None,
        name: format!("Organization {id}"),
        seats: Seats {
            used: Some(used),
            purchased: Some(20),
            active: Some(10),
            required: Some(25),
        },
        suspended: false,
        deactivated: false,
        extras: Extras::default(),
        conflicting: false,
    }
}

fn mapping(id: &str, license: i64) -> Mapping {
    Mapping {
        organization: Reference::new(id.to_owned(), format!("Organization {id}")),
        organization_number: None,
        customer: Reference::new(7, "Contoso"),
        license: Reference::new(license, "Backup"),
        mapped_at: String::new(),
        flag: None,
        seats: None,
        rule: Rule::default(),
    }
}

/// A license of customer 7 at 3.50 a month.
fn found(count: i64) -> Found {
    Found {
        name: "Backup".to_owned(),
        count: Some(count),
        customer: Some(7),
        active: true,
        price: Price {
            price: Some(Decimal::new(350, 2)),
            cost: Some(Decimal::new(185, 2)),
            cycle: Some("Monthly".to_owned()),
        },
    }
}

fn amount(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn what_is_billed_as_it_is_used_is_no_finding() {
    let result = World::mapped("a", 12, 17, 12).reconcile();
    assert_eq!(result.findings, []);
    assert_eq!(result.totals, []);
    let row = &result.rows[0];
    assert_eq!(
        (row.expected, row.billed, row.difference),
        (Some(12), Some(12), Some(0))
    );
    assert_eq!(row.amount, Some(Decimal::ZERO));
    assert!(row.in_totals);
}

#[test]
fn a_difference_costs_its_seats_in_either_direction() {
    assert_eq!(
        World::mapped("a", 12, 17, 9).findings(),
        [(Kind::UnderBilled, amount("10.5"))]
    );
    assert_eq!(
        World::mapped("a", 9, 17, 12).findings(),
        [(Kind::OverBilled, amount("-10.5"))]
    );
}

#[test]
fn a_shared_license_has_a_row_for_each_and_one_finding() {
    let mut world = World::mapped("a", 12, 17, 15);
    world.organizations.push(organization("b", 8));
    world.mappings.push(mapping("b", 17));
    let result = world.reconcile();
    assert_eq!(world.findings(), [(Kind::UnderBilled, amount("17.5"))]);
    let shares: Vec<_> = result
        .rows
        .iter()
        .map(|row| (row.share, row.expected, row.difference, row.in_totals))
        .collect();
    assert_eq!(
        shares,
        [
            (Some(12), Some(20), Some(5), true),
            (Some(8), Some(20), Some(5), false)
        ]
    );
    // Named alone, the other's seats still count.
    world.only = Some(HashSet::from(["b".to_owned()]));
    let result = world.reconcile();
    assert_eq!(result.rows.len(), 1);
    assert_eq!(
        (result.rows[0].expected, result.rows[0].in_totals),
        (Some(20), true)
    );
    assert_eq!(result.findings[0].organization.as_ref().unwrap().id, "b");
}

#[test]
fn a_license_that_no_active_line_counts_bills_nothing_at_all() {
    let mut world = World::mapped("a", 12, 17, 10);
    world.line(0).inactive = true;
    let both = [
        (Kind::InvoiceLineInactive, amount("35")),
        (Kind::UnderBilled, amount("7")),
    ];
    assert_eq!(world.findings(), both);
    world.line(0).inactive = false;
    world.line(0).end = Some(date(2026, 11, 24));
    assert_eq!(world.findings(), both);
    // Another line counts it.
    world.bill(17);
    assert_eq!(world.findings(), [(Kind::UnderBilled, amount("7"))]);
    world.invoices = Some(Vec::new());
    assert_eq!(
        world.findings(),
        [
            (Kind::NotOnInvoice, amount("35")),
            (Kind::UnderBilled, amount("7"))
        ]
    );
    // Invoices that could not be read say nothing.
    world.invoices = None;
    assert_eq!(world.findings(), [(Kind::UnderBilled, amount("7"))]);
    assert_eq!(world.reconcile().rows[0].invoice_lines, None);
}

#[test]
fn a_free_quantity_of_halos_alone_is_as_agreed_and_with_a_rule_it_is_twice() {
    let mut world = World::mapped("a", 12, 17, 12);
    world.line(0).counts[0].free = Some(2);
    assert_eq!(world.findings(), []);
    world.line(0).counts[0].minimum = Some(0);
    world.mappings[0].rule.included = Some(2);
    world.licenses.get_mut(&17).unwrap().count = Some(10);
    assert_eq!(world.findings(), [(Kind::RuleTwice, amount("7"))]);
    // A minimum that has ended is none.
    world.mappings[0].rule = Rule {
        minimum: Some(Minimum {
            seats: 5,
            until: Some(date(2026, 11, 24)),
        }),
        ..Rule::default()
    };
    world.licenses.get_mut(&17).unwrap().count = Some(12);
    assert_eq!(world.findings(), []);
}

#[test]
fn billing_cycles_and_currencies_are_not_added_to_each_other() {
    let mut world = World::mapped("a", 12, 17, 10);
    world.map("b", 5, 18, 1);
    world.map("c", 5, 19, 3);
    world.map("d", 1, 20, 3);
    world.licenses.get_mut(&18).unwrap().price.cycle = Some("Yearly".to_owned());
    world.invoices.as_mut().unwrap()[2].currency = Some("EUR".to_owned());
    let result = world.reconcile();
    let totals: Vec<_> = result
        .totals
        .iter()
        .map(|total| {
            let text = |sum: Option<Decimal>| sum.unwrap().normalize().to_string();
            let cycle = total.cycle.as_deref().unwrap();
            (
                cycle,
                total.currency.as_deref(),
                text(total.not_billed),
                text(total.billed_too_much),
            )
        })
        .collect();
    let expected = [
        ("Monthly", None, "7".to_owned(), "7".to_owned()),
        ("Monthly", Some("EUR"), "7".to_owned(), "0".to_owned()),
        ("Yearly", None, "14".to_owned(), "0".to_owned()),
    ];
    assert_eq!(totals, expected);
    let order: Vec<_> = result.findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(order[0], Kind::UnderBilled);
    assert_eq!(order[3], Kind::OverBilled);
}

#[test]
fn what_is_not_known_stays_unknown() {
    let mut world = World::mapped("a", 12, 17, 10);
    world.licenses.get_mut(&17).unwrap().price.price = None;
    assert_eq!(
        world.findings(),
        [(Kind::UnderBilled, None), (Kind::NoPrice, None)]
    );
    assert_eq!(world.reconcile().totals, []);
    world.organizations[0].seats.used = None;
    assert_eq!(world.findings(), [(Kind::NoPrice, None)]);
    let row = &world.reconcile().rows[0];
    assert_eq!((row.expected, row.billed, row.difference), (None, Some(10), None));
    assert_eq!(row.notes, ["SaaS Backup gives no number of used seats"]);
}

#[test]
fn suspended_and_deactivated_organizations_keep_what_they_had() {
    let mut world = World::mapped("a", 99, 17, 10);
    world.organizations[0].suspended = true;
    // Alone it keeps the quantity, whatever that is.
    assert_eq!(world.findings(), []);
    // With another its share is what it was.
    world.organizations.push(organization("b", 8));
    world.mappings.push(mapping("b", 17));
    assert_eq!(world.findings(), []);
    assert_eq!(world.reconcile().rows[0].expected, None);
    world.mappings[0].seats = Some(4);
    assert_eq!(world.findings(), [(Kind::UnderBilled, amount("7"))]);
}

#[test]
fn unmapped_unless_it_is_ignored_mapped_elsewhere_or_resting_without_seats() {
    let mut world = World::mapped("a", 12, 17, 12);
    world
        .organizations
        .extend([organization("b", 3), organization("c", 30)]);
    let kinds = [(Kind::Unmapped, None), (Kind::Unmapped, None)];
    assert_eq!(world.findings(), kinds);
    // The one with more seats first.
    let first = &world.reconcile().findings[0];
    assert_eq!(first.organization.as_ref().unwrap().id, "c");
    assert!(first.hint.contains("halolink map-org c"), "{}", first.hint);
    world.ignored.insert("c".to_owned());
    world.elsewhere = Elsewhere::new(
        "mine",
        [OtherMapping {
            profile: "brand".to_owned(),
            organization: Reference::new("b".to_owned(), "B"),
            license: Reference::new(99, "License"),
        }],
    );
    assert_eq!(world.findings(), []);
    world.organizations.push(organization("d", 0));
    world.organizations[3].deactivated = true;
    assert_eq!(world.findings(), []);
    let summary = world.reconcile().summary;
    assert_eq!(
        (
            summary.organizations,
            summary.mapped,
            summary.ignored,
            summary.unmapped
        ),
        (4, 2, 1, 1)
    );
    world.organizations[3].seats.used = Some(1);
    assert_eq!(world.findings(), [(Kind::Unmapped, None)]);
}

#[test]
fn gone_moved_inactive_and_vanished() {
    let mut world = World::mapped("a", 12, 17, 10);
    world.licenses.get_mut(&17).unwrap().active = false;
    assert_eq!(
        world.findings(),
        [(Kind::UnderBilled, amount("7")), (Kind::LicenseInactive, None)]
    );
    world.licenses.get_mut(&17).unwrap().active = true;
    world.licenses.get_mut(&17).unwrap().customer = Some(8);
    assert_eq!(world.findings(), [(Kind::LicenseMoved, None)]);
    let row = &world.reconcile().rows[0];
    assert_eq!((row.expected, row.billed, row.difference), (Some(12), None, None));
    world.licenses.clear();
    assert_eq!(world.findings(), [(Kind::LicenseGone, None)]);
    world.licenses.insert(17, found(10));
    world.organizations.clear();
    assert_eq!(world.findings(), [(Kind::Vanished, None)]);
    // The same one under a new id.
    world.organizations.push(organization("new", 12));
    world.organizations[0].name = "ORGANIZATION A".to_owned();
    let findings = world.reconcile().findings;
    let kinds: Vec<_> = findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [Kind::Unmapped, Kind::Vanished]);
    assert!(
        findings[1].hint.contains("halolink unlink a")
            && findings[1].hint.contains("map-org new --customer 7"),
        "{}",
        findings[1].hint
    );
}

#[test]
fn a_license_left_behind_bills_too_much_if_a_line_counts_it() {
    let mut world = World {
        licenses: HashMap::from([(30, found(4))]),
        left: vec![Left {
            license: Reference::new(30, "Old name"),
            customer: Reference::new(7, "Contoso"),
        }],
        ..World::default()
    };
    assert_eq!(world.findings(), [(Kind::LeftBehind, amount("-14"))]);
    world.invoices = Some(Vec::new());
    assert_eq!(world.findings(), [(Kind::LeftBehind, amount("0"))]);
    world.bill(30);
    assert_eq!(world.findings(), [(Kind::LeftBehind, amount("-14"))]);
    world.licenses.insert(30, found(0));
    assert_eq!(world.findings(), []);
    world.licenses.clear();
    assert_eq!(world.findings(), []);
}

#[test]
fn fair_use_is_a_share_of_what_the_partner_says() {
    let mut world = World::mapped("a", 12, 17, 12);
    let extras = |deactivated, paid_shared, free_shared| Extras {
        deactivated,
        paid_shared,
        free_shared,
        auto_license: Some(true),
    };
    // 20% of 20 purchased are 4; 20% of 10 + 3 + 1 + 2 mailboxes are 3.
    world.organizations[0].extras = extras(Some(3), Some(1), Some(2));
    assert_eq!(world.findings(), []);
    let of = |of| Some(FairUse { percent: 20, of });
    world.fair_use = of(FairUseOf::Purchased);
    assert_eq!(world.findings(), [(Kind::FairUse, None)]);
    assert!(world.reconcile().findings[0].message.contains("may bill 1 more"));
    world.fair_use = of(FairUseOf::Mailboxes);
    assert!(world.reconcile().findings[0].message.contains("may bill 2 more"));
    // What is not known is no finding.
    world.organizations[0].extras = extras(Some(3), None, Some(2));
    assert_eq!(world.findings(), []);
    world.organizations[0].extras = extras(Some(3), None, None);
    world.fair_use = of(FairUseOf::Purchased);
    assert_eq!(world.findings(), []);
    world.organizations[0].extras = extras(Some(5), None, None);
    assert_eq!(world.findings(), [(Kind::FairUse, None)]);
    // Auto License raises what the vendor bills.
    assert_eq!(world.reconcile().rows[0].vendor_bills, Some(25));
    world.organizations[0].extras = Extras::default();
    assert_eq!(world.reconcile().rows[0].vendor_bills, Some(20));
}

fn worlds() -> impl Strategy<Value = World> {
    let organizations = proptest::collection::vec(
        (
            proptest::option::weighted(0.9, 0..40_i64),
            proptest::option::weighted(0.8, 17..22_i64),
            0..4_u8,
            proptest::option::of(0..5_i64),
        ),
        0..12,
    );
    let licenses = proptest::collection::vec(
        (
            proptest::option::weighted(0.9, 0..60_i64),
            proptest::option::weighted(0.8, 1..900_i64),
            proptest::bool::ANY,
            proptest::bool::weighted(0.8),
            0..3_u8,
        ),
        5,
    );
    (organizations, licenses).prop_map(|(organizations, licenses)| {
        let mut world = World {
            invoices: Some(Vec::new()),
            fair_use: Some(FairUse {
                percent: 20,
                of: FairUseOf::Purchased,
            }),
            ..World::default()
        };
        for (index, (seats, license, state, included)) in organizations.into_iter().enumerate() {
            let id = format!("id-{index}");
            let mut organization = organization(&id, 0);
            organization.seats.used = seats;
            organization.suspended = state == 1;
            organization.extras.deactivated = seats;
            if state != 2 {
                world.organizations.push(organization);
            }
            if let Some(license) = license {
                let mut mapping = mapping(&id, license);
                mapping.rule.included = included;
                mapping.seats = included;
                world.mappings.push(mapping);
            }
        }
        for (id, (count, price, yearly, active, lines)) in (17..).zip(licenses) {
            let mut license = found(0);
            license.count = count;
            license.active = active;
            license.price.price = price.map(|cents| Decimal::new(cents, 2));
            license.price.cycle = Some(if yearly { "Yearly" } else { "Monthly" }.to_owned());
            if id != 20 {
                world.licenses.insert(id, license);
            }
            (0..lines).for_each(|_| world.bill(id));
        }
        world
    })
}

proptest! {
    #[test]
    fn the_order_of_what_is_given_does_not_matter(
        (world, shuffled) in worlds().prop_flat_map(|world| {
            let organizations = Just(world.organizations.clone()).prop_shuffle();
            let mappings = Just(world.mappings.clone()).prop_shuffle();
            let invoices = Just(world.invoices.clone().unwrap_or_default()).prop_shuffle();
            let shuffled = world.clone();
            (Just(world), organizations, mappings, invoices).prop_map(move |(world, organizations, mappings, invoices)| {
                let shuffled = World { organizations, mappings, invoices: Some(invoices), ..shuffled.clone() };
                (world, shuffled)
            })
        })
    ) {
        prop_assert_eq!(world.reconcile(), shuffled.reconcile());
    }

    #[test]
    fn every_difference_is_counted_once(world in worlds()) {
        let result = world.reconcile();
        let differs = |finding: &&Finding| matches!(finding.kind, Kind::UnderBilled | Kind::OverBilled);
        let of_findings: Decimal = result.findings.iter().filter(differs).filter_map(|finding| finding.amount).sum();
        let of_rows: Decimal = result.rows.iter().filter(|row| row.in_totals).filter_map(|row| row.amount).sum();
        prop_assert_eq!(of_findings, of_rows);
        // One row of each license is the one to add up, and the shares of all are what is expected.
        let licenses: HashSet<i64> = world.mappings.iter().map(|mapping| mapping.license.id).collect();
        prop_assert_eq!(result.rows.iter().filter(|row| row.in_totals).count(), licenses.len());
        for license in licenses {
            let rows: Vec<&Row> = result
                .rows
                .iter()
                .filter(|row| row.license.as_ref().is_some_and(|found| found.id == license))
                .collect();
            let sum: Option<i64> = rows.iter().map(|row| row.share).sum();
            if let (Some(sum), true) = (sum, rows.iter().any(|row| row.state == "active")) {
                prop_assert_eq!(rows[0].expected, Some(sum));
            }
            let found = result.findings.iter().filter(differs);
            prop_assert!(found.filter(|found| found.license.as_ref().is_some_and(|found| found.id == license)).count() <= 1);
        }
        // And the sums of the cycles are those of the findings.
        let all: Decimal = result.findings.iter().filter_map(|finding| finding.amount).sum();
        let totals: Decimal = result
            .totals
            .iter()
            .map(|total| total.not_billed.unwrap() - total.billed_too_much.unwrap())
            .sum();
        prop_assert_eq!(all, totals);
        let summary = result.summary;
        prop_assert_eq!(summary.organizations, summary.mapped + summary.ignored + summary.unmapped);
        prop_assert_eq!(summary.organizations, result.rows.len());
    }
}
