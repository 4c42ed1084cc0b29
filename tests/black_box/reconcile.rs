//! `reconcile`: treacherous customers, added up by hand; what is read, with how many requests; and that nothing is written.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use halolink::sandbox::{
    Customer, Fault, InvoiceLine, License, LineLicense, Organization, RecurringInvoice, World,
};
use serde_json::{Value, json};

use crate::support::{
    Outcome, Stage,
    proxy::{answer, in_front_of},
};

const INVOICES: &str = "/api/RecurringInvoice";
const LICENSES: &str = "/api/SoftwareLicence";

/// The treacherous ones: name, seats in use, quantity. Each has customer 100 + n, license 1000 + n at 4.10 a month (cost
/// 2.05), and invoice 5000 + n with an active line 1 for it; its organization is `9-n`.
const CUSTOMERS: [(&str, i64, i64); 20] = [
    ("Shared", 12, 15),
    ("Inactive Line", 10, 10),
    ("Free Quantity", 10, 10),
    ("Yearly", 6, 4),
    ("No Price", 7, 5),
    ("Currency", 5, 7),
    ("Suspended", 50, 9),
    ("Vanished", 3, 3),
    ("Ignored", 30, 0),
    ("Created Again", 8, 8),
    ("Moved", 11, 11),
    ("Ended Line", 4, 4),
    ("Two Lines", 13, 13),
    ("Deactivated", 0, 0),
    ("Unmapped", 40, 0),
    ("Gone", 16, 16),
    ("No Invoice", 2, 2),
    ("Left Behind", 6, 1),
    ("Twice", 12, 10),
    ("Inactive License", 5, 5),
];

/// A stage with a world of only these customers, connected and mapped, where the invoices may be read.
fn treacherous() -> Stage {
    treacherous_through(str::to_owned)
}

/// The same, connected to what stands in front of Halo.
fn treacherous_through(in_front: impl FnOnce(&str) -> String) -> Stage {
    let stage = Stage::new();
    let pattern = stage.world().organizations[0].clone();
    build(&mut stage.world(), &pattern);
    let site = stage.sandbox.site_url();
    let front = in_front(&site);
    let connect = stage.connect_arguments().into_iter();
    let connect = connect.map(|argument| if argument == site { front.clone() } else { argument });
    stage.run(connect).expect(0);
    let mut mapping: Vec<(String, i64, i64)> = (1..=20)
        .filter(|number| ![9, 14, 15].contains(number))
        .map(|number| (format!("9-{number}"), 100 + number, 1000 + number))
        .collect();
    mapping.push(("9-21".to_owned(), 101, 1001));
    stage.map_these(&mapping);
    stage
        .run(["ignore", "9-9", "--reason", "billed by hand"])
        .expect(0);
    let twice = ["map-org", "9-19", "--customer", "119", "--license", "1019"];
    stage
        .run([&twice[..], &["--included", "2", "--yes"]].concat())
        .expect(0);
    // Written, and then left.
    stage.sync(["9-18"]).expect(0);
    stage.run(["unlink", "9-18", "--yes"]).expect(0);
    betray(&mut stage.world());
    stage.sandbox.forget_received();
    stage
}

fn organization(pattern: &Organization, id: &str, name: &str, seats: i64) -> Organization {
    Organization {
        id: id.to_owned(),
        organization_id: 9000 + id.trim_start_matches("9-").parse::<i64>().unwrap_or(99),
        organization_name: name.to_owned(),
        seats_used: seats,
        seats_available: 50,
        active_seats: seats,
        deactivated_seats: 0,
        required_seats: Some(60),
        paid_shared_mailboxes: Some(0),
        free_shared_mailboxes: Some(0),
        auto_license: Some(false),
        customer_deactivated: false,
        flg_suspended: false,
        ..pattern.clone()
    }
}

fn build(world: &mut World, pattern: &Organization) {
    world.organizations.clear();
    world.customers.clear();
    world.licenses.clear();
    world.recurring_invoices.clear();
    world.granted_scopes.push("read:invoices".to_owned());
    for (number, (name, seats, count)) in (1..).zip(CUSTOMERS) {
        let (customer, license) = (100 + number, 1000 + number);
        world
            .organizations
            .push(organization(pattern, &format!("9-{number}"), name, seats));
        world.customers.insert(
            customer,
            Customer {
                id: customer,
                name: name.to_owned(),
                ..Customer::default()
            },
        );
        world.licenses.insert(
            license,
            License {
                id: license,
                name: "SaaS Backup".into(),
                manufacturer: "NinjaOne".into(),
                client_id: customer,
                count,
                price: 4.1,
                purchase_price: 2.05,
                ..License::default()
            },
        );
        let invoice = RecurringInvoice {
            id: 5000 + number,
            client_id: customer,
            disabled: false,
            currency_code_name: None,
            lines: vec![InvoiceLine::counting(1, license, 4.1)],
        };
        world.recurring_invoices.insert(5000 + number, invoice);
    }
    world
        .organizations
        .push(organization(pattern, "9-21", "Sharer", 8));
}

/// What happens after everything was mapped.
fn betray(world: &mut World) {
    line(world, 2).isinactive = true;
    line(world, 3).quantity_licences[0].qty_free = 2;
    license(world, 4).billing_cycle = "Yearly".into();
    license(world, 4).price = 40.0;
    license(world, 5).price = 0.0;
    invoice(world, 6).currency_code_name = Some("EUR".to_owned());
    listed(world, "9-7").flg_suspended = true;
    listed(world, "9-10").id = "9-99".to_owned();
    license(world, 11).client_id = 119;
    line(world, 12).enddate = "2020-01-01T00:00:00".to_owned();
    // One line was switched off for another, which counts the license as a subscription.
    line(world, 13).isinactive = true;
    let mut again = InvoiceLine::counting(2, 1013, 4.1);
    std::mem::swap(&mut again.quantity_licences, &mut again.quantity_subscriptions);
    invoice(world, 13).lines.push(again);
    listed(world, "9-14").customer_deactivated = true;
    world.licenses.remove(&1016);
    invoice(world, 17).lines.clear();
    line(world, 19).quantity_licences[0] = LineLicense {
        licence_id: 1019,
        qty_free: 2,
        ..LineLicense::default()
    };
    license(world, 20).is_active = false;
    license(world, 20).status = "Cancelled".into();
    world
        .organizations
        .retain(|found| !["9-8", "9-18"].contains(&found.id.as_str()));
}

fn listed<'a>(world: &'a mut World, id: &str) -> &'a mut Organization {
    let mut all = world.organizations.iter_mut();
    all.find(|found| found.id == id).expect("it is listed")
}

fn license(world: &mut World, number: i64) -> &mut License {
    world.licenses.get_mut(&(1000 + number)).expect("a license")
}

fn invoice(world: &mut World, number: i64) -> &mut RecurringInvoice {
    let invoice = world.recurring_invoices.get_mut(&(5000 + number));
    invoice.expect("an invoice")
}

fn line(world: &mut World, number: i64) -> &mut InvoiceLine {
    &mut invoice(world, number).lines[0]
}

#[track_caller]
fn reconcile<const N: usize>(stage: &Stage, arguments: [&str; N]) -> Value {
    let mut all = vec!["reconcile", "-o", "json"];
    all.extend(arguments);
    stage.run(all).expect(0).json()
}

/// The kind and amount of each finding, in order, with the license or else the organization that it is about.
fn findings(document: &Value) -> Vec<(String, String, Value)> {
    let all = document["findings"].as_array().expect("findings");
    all.iter()
        .map(|finding| {
            let about = match &finding["license"]["id"] {
                Value::Null => finding["organization"]["id"].as_str().expect("an id").to_owned(),
                license => license.to_string(),
            };
            (
                finding["kind"].as_str().expect("a kind").to_owned(),
                about,
                finding["amount"].clone(),
            )
        })
        .collect()
}

fn row<'a>(document: &'a Value, organization: &str) -> &'a Value {
    let rows = document["rows"].as_array().expect("rows");
    let found = rows.iter().find(|row| row["organization"]["id"] == organization);
    found.unwrap_or_else(|| panic!("there is no row of {organization}"))
}

#[test]
fn treacherous_customers_added_up_by_hand() {
    let stage = treacherous();
    let document = reconcile(&stage, []);
    let expected = [
        ("under_billed", "1004", json!("80")),
        ("invoice_line_inactive", "1002", json!("41")),
        ("under_billed", "1001", json!("20.5")),
        ("invoice_line_inactive", "1012", json!("16.4")),
        ("rule_twice", "1019", json!("8.2")),
        ("not_on_invoice", "1017", json!("8.2")),
        ("unmapped", "9-15", Value::Null),
        ("license_gone", "1016", Value::Null),
        ("license_moved", "1011", Value::Null),
        ("unmapped", "9-99", Value::Null),
        ("vanished", "1010", Value::Null),
        ("under_billed", "1005", Value::Null),
        ("license_inactive", "1020", Value::Null),
        ("no_price", "1005", Value::Null),
        ("vanished", "1008", Value::Null),
        ("over_billed", "1006", json!("-8.2")),
        ("left_behind", "1018", json!("-24.6")),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(kind, about, amount)| (kind.to_owned(), about.to_owned(), amount))
        .collect();
    assert_eq!(findings(&document), expected);
    // Cycles and currencies each by itself.
    let total = |cycle: &str, currency: Value, not_billed: &str, too_much: &str| json!({"billing_cycle": cycle, "currency": currency, "not_billed": not_billed, "billed_too_much": too_much});
    assert_eq!(
        document["totals"],
        json!([
            total("Monthly", Value::Null, "94.3", "24.6"),
            total("Monthly", json!("EUR"), "0", "8.2"),
            total("Yearly", Value::Null, "80", "0"),
        ])
    );
    assert_eq!(
        document["summary"],
        json!({"organizations": 21, "mapped": 17, "ignored": 1, "unmapped": 3, "findings": 17})
    );
    assert!(!stage.was_written());
}

#[test]
fn rows_have_the_seats_the_license_and_the_lines_that_count_it() {
    let stage = treacherous();
    let document = reconcile(&stage, []);
    let numbers = |organization: &str| {
        let row = row(&document, organization);
        ["share", "expected", "billed", "difference", "amount", "in_totals"].map(|field| row[field].clone())
    };
    let unknown = || Value::Null;
    assert_eq!(
        numbers("9-1"),
        [
            json!(12),
            json!(20),
            json!(15),
            json!(5),
            json!("20.5"),
            json!(true)
        ]
    );
    assert_eq!(
        numbers("9-21"),
        [
            json!(8),
            json!(20),
            json!(15),
            json!(5),
            json!("20.5"),
            json!(false)
        ]
    );
    assert_eq!(
        numbers("9-7"),
        [unknown(), json!(9), json!(9), json!(0), json!("0"), json!(true)]
    );
    assert_eq!(
        numbers("9-5"),
        [json!(7), json!(7), json!(5), json!(2), unknown(), json!(true)]
    );
    assert_eq!(
        numbers("9-11"),
        [json!(11), json!(11), unknown(), unknown(), unknown(), json!(true)]
    );
    assert_eq!(numbers("9-9")[1..4], [unknown(), unknown(), unknown()]);
    assert_eq!(row(&document, "9-8")["standing"], "vanished");
    assert_eq!(row(&document, "9-9")["standing"], "ignored");
    assert_eq!(
        row(&document, "9-3")["seats"],
        json!({"used": 10, "active": 10, "purchased": 50, "required": 60, "deactivated": 0})
    );
    assert_eq!(row(&document, "9-3")["vendor_bills"], 50);
    let line = json!({
        "invoice": 5003, "line": 1, "active": true, "state": "active", "price": "4.1", "cost": "0", "currency": null,
        "start_date": null, "end_date": null, "free": 2, "minimum": 0, "assigned": false,
    });
    assert_eq!(row(&document, "9-3")["invoice_lines"], json!([line]));
    let states = |organization: &str| -> Vec<Value> {
        let lines = row(&document, organization)["invoice_lines"].clone();
        lines
            .as_array()
            .expect("lines")
            .iter()
            .map(|line| line["state"].clone())
            .collect()
    };
    assert_eq!(states("9-13"), ["inactive", "active"]);
    assert_eq!(states("9-12"), ["ended"]);
    assert_eq!(
        row(&document, "9-12")["invoice_lines"][0]["end_date"],
        "2020-01-01"
    );
    assert_eq!(row(&document, "9-17")["invoice_lines"], json!([]));
    // Those with a difference come first.
    let first: Vec<&Value> = document["rows"].as_array().expect("rows")[..5]
        .iter()
        .map(|row| &row["difference"])
        .collect();
    assert_eq!(first, [2, 5, 5, 2, -2]);
}

#[test]
fn every_finding_says_what_to_do_next() {
    let stage = treacherous();
    let document = reconcile(&stage, []);
    let hint = |kind: &str, about: &str| {
        let all = document["findings"].as_array().expect("findings");
        let found = all
            .iter()
            .find(|finding| {
                finding["kind"] == kind
                    && [&finding["license"]["id"], &finding["organization"]["id"]]
                        .iter()
                        .any(|id| id.to_string().trim_matches('"') == about)
            })
            .unwrap_or_else(|| panic!("{kind} {about}"));
        found["hint"].as_str().expect("a hint").to_owned()
    };
    for (kind, about, says) in [
        ("under_billed", "1001", "halolink sync-seats 9-1 --dry-run"),
        (
            "unmapped",
            "9-15",
            "halolink map-org 9-15, or halolink ignore 9-15 --reason TEXT",
        ),
        (
            "vanished",
            "1010",
            "halolink unlink 9-10, then halolink map-org 9-99 --customer 110 --license 1010",
        ),
        ("license_gone", "1016", "halolink map-org 9-16 --customer 116"),
        ("license_moved", "1011", "halolink map-org 9-11"),
        ("license_inactive", "1020", "halolink map-org 9-20"),
        ("not_on_invoice", "1017", "halolink reconcile 9-17"),
        ("invoice_line_inactive", "1002", "recurring invoice 5002"),
        ("left_behind", "1018", "set its quantity to 0 in Halo"),
        (
            "rule_twice",
            "1019",
            "halolink map-org 9-19 --customer 119 --license 1019",
        ),
        ("no_price", "1005", "price in Halo"),
    ] {
        assert!(hint(kind, about).contains(says), "{kind}: {}", hint(kind, about));
    }
    // And what it says to type works.
    stage.run(["sync-seats", "9-1", "--dry-run"]).expect(0);
    stage.run(["unlink", "9-10", "--yes"]).expect(0);
    stage.map_anew("9-99", "110", "1010").expect(0);
    let kinds: Vec<String> = findings(&reconcile(&stage, ["9-99"]))
        .into_iter()
        .map(|found| found.0)
        .collect();
    assert_eq!(kinds, [""; 0]);
}

#[test]
fn without_the_permission_it_is_said_once_and_all_else_is_done() {
    let stage = treacherous();
    stage
        .world()
        .granted_scopes
        .retain(|scope| scope != "read:invoices");
    let outcome = stage.run(["reconcile", "-o", "json"]).expect(0);
    let document = outcome.json();
    assert_eq!(row(&document, "9-1")["invoice_lines"], Value::Null);
    assert_eq!(document["invoices_read"], false);
    let kinds: BTreeMap<String, usize> =
        findings(&document)
            .into_iter()
            .fold(BTreeMap::new(), |mut kinds, (kind, ..)| {
                *kinds.entry(kind).or_default() += 1;
                kinds
            });
    for unknown in ["not_on_invoice", "invoice_line_inactive", "rule_twice"] {
        assert_eq!(kinds.get(unknown), None, "{unknown}");
    }
    assert_eq!(kinds["under_billed"], 3);
    assert_eq!(stage.halo_requests("GET", INVOICES), []);
    let people = stage.run(["reconcile"]).expect(0);
    assert_eq!(
        people.stdout.matches("invoices were not read").count(),
        1,
        "{people}"
    );
    people.prints([
        "read:invoices",
        "Permissions",
        "Invoices: Read Only",
        "billed too little",
    ]);
}

#[test]
fn what_halo_itself_refuses_is_asked_for_twice_at_most_and_said_once() {
    for (status, tries) in [
        ("401 Unauthorized", 2),
        ("403 Forbidden", 1),
        ("404 Not Found", 1),
    ] {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        let stage = treacherous_through(|site| {
            in_front_of(site, move |_, path| {
                path.contains("RecurringInvoice").then(|| {
                    counted.fetch_add(1, Ordering::Relaxed);
                    answer(status, "Content-Type: application/json")
                })
            })
        });
        let document = reconcile(&stage, []);
        assert_eq!(document["invoices_read"], false);
        assert_eq!(asked.load(Ordering::Relaxed), tries, "{status}");
        assert_eq!(document["summary"]["findings"], 13);
    }
    // Anything else is a failure: nothing is known, so nothing is said to be right.
    let stage = treacherous_through(|site| {
        in_front_of(site, |_, path| {
            path.contains("RecurringInvoice")
                .then(|| answer("400 Bad Request", "Content-Type: application/json"))
        })
    });
    stage
        .run(["reconcile"])
        .expect(1)
        .says(["reading recurring invoices"]);
}

#[test]
fn the_exit_code_is_5_only_if_that_is_asked_for() {
    let stage = treacherous();
    stage.run(["reconcile"]).expect(0);
    stage.run(["reconcile", "--exit-code"]).expect(5);
    stage.run(["reconcile", "9-3", "--exit-code"]).expect(0);
    stage.run(["reconcile", "9-15", "--exit-code"]).expect(5);
}

#[test]
fn named_organizations_bring_those_that_share_their_license() {
    let stage = treacherous();
    let document = reconcile(&stage, ["9-21"]);
    assert_eq!(document["rows"].as_array().expect("rows").len(), 1);
    assert_eq!(row(&document, "9-21")["expected"], 20);
    assert_eq!(
        findings(&document),
        [("under_billed".to_owned(), "1001".to_owned(), json!("20.5"))]
    );
    assert_eq!(document["findings"][0]["organization"]["id"], "9-21");
    // One sign-in, its license, and its customer's invoices to their end.
    let invoices = stage.halo_requests("GET", INVOICES);
    assert!(invoices.iter().all(|request| {
        request
            .query
            .contains(&("client_id".to_owned(), "101".to_owned()))
    }));
    assert_eq!(document["requests"], json!({"halo": 4, "backup": 2}));
    // By name, as everywhere; a name that fits two lists them.
    let document = reconcile(&stage, ["yearly", "Vanished"]);
    assert_eq!(document["summary"]["organizations"], 2);
    stage
        .run(["reconcile", "Created Again"])
        .expect(2)
        .says(["9-10", "9-99"]);
    stage
        .run(["reconcile", "Zzyzx"])
        .expect(2)
        .says(["there is no organization"]);
}

#[test]
fn invoices_come_without_lines_in_capped_pages_or_unfiltered_and_are_read_all_the_same() {
    let stage = treacherous();
    let expected = findings(&reconcile(&stage, []));
    stage.faults([Fault::LinesMissing]);
    assert_eq!(findings(&reconcile(&stage, [])), expected);
    // Only those of mapped customers are read one by one.
    let alone = stage
        .sandbox
        .received()
        .into_iter()
        .filter(|request| request.path.starts_with("/api/RecurringInvoice/"))
        .count();
    assert_eq!(alone, 17);
    stage.faults([Fault::StringsForNumbers]);
    assert_eq!(findings(&reconcile(&stage, [])), expected);
    stage.faults([Fault::WrappedRecords, Fault::LinesMissing]);
    assert_eq!(findings(&reconcile(&stage, [])), expected);
    stage.faults([]);
}

/// A connected stage of so many organizations, all mapped, where invoices may be read.
fn large(organizations: usize) -> Stage {
    let stage = Stage::of(organizations);
    stage.world().granted_scopes.push("read:invoices".to_owned());
    stage.connect();
    stage.map_all();
    stage.sandbox.forget_received();
    stage
}

fn expect_requests(stage: &Stage, outcome: &Outcome, invoices: usize, licenses: usize) {
    let requests = |path: &str| stage.halo_requests("GET", path).len();
    assert_eq!(requests(INVOICES), invoices, "{}", outcome.stderr);
    assert_eq!(requests(LICENSES), licenses, "{}", outcome.stderr);
    assert_eq!(stage.halo_count(), 1 + invoices + licenses);
    assert_eq!(outcome.json()["requests"]["halo"], 1 + invoices + licenses);
}

#[test]
fn a_thousand_customers_take_pages_and_no_request_each() {
    let stage = large(1000);
    let outcome = stage.run(["reconcile", "-o", "json"]).expect(0);
    // 1,000 invoices of 200 a page, and the page that proves the end; 1,200 licenses.
    expect_requests(&stage, &outcome, 6, 2);
    assert_eq!(outcome.json()["summary"]["mapped"], 1000);
    assert!(!stage.was_written());
}

#[test]
fn a_thousand_customers_in_pages_of_fifty() {
    let stage = large(1000);
    stage.faults([Fault::PagesCapped]);
    let outcome = stage.run(["reconcile", "-o", "json"]).expect(0);
    assert_eq!(
        stage.halo_requests("GET", INVOICES).len(),
        21,
        "{}",
        outcome.stderr
    );
    assert!(stage.halo_count() < 60, "{}", stage.halo_count());
    stage.faults([]);
}

#[test]
fn nothing_mapped_asks_halo_for_nothing() {
    let stage = Stage::connected();
    let document = reconcile(&stage, []);
    assert_eq!(document["requests"]["halo"], 0);
    let organizations = document["summary"]["organizations"].clone();
    assert_eq!(document["summary"]["unmapped"], organizations);
}

#[test]
fn fair_use_and_what_is_not_sure_about_it() {
    let stage = treacherous();
    let not_looked_at = stage.run(["reconcile"]).expect(0);
    assert_eq!(
        not_looked_at.stdout.matches("was not looked at").count(),
        1,
        "{not_looked_at}"
    );
    {
        let mut world = stage.world();
        let shared = listed(&mut world, "9-3");
        shared.deactivated_seats = 7;
        shared.free_shared_mailboxes = Some(4);
        // Not looked at: what an ignored one has is as agreed.
        listed(&mut world, "9-9").deactivated_seats = 49;
    }
    // 20% of 50 purchased are 10.
    stage
        .run(["configure", "--fair-use", "20%-of-purchased"])
        .expect(0);
    let document = reconcile(&stage, ["9-3", "9-9"]);
    assert_eq!(
        findings(&document),
        [("fair_use".to_owned(), "1003".to_owned(), Value::Null)]
    );
    let message = document["findings"][0]["message"].as_str().expect("words");
    assert!(
        message.contains("may bill 1 more") && message.contains("not sure"),
        "{message}"
    );
    assert!(
        document["notes"].to_string().contains("not sure"),
        "{}",
        document["notes"]
    );
    // 20% of 10 + 7 + 0 + 4 mailboxes are 4.
    stage
        .run(["configure", "--fair-use", "20%-of-mailboxes"])
        .expect(0);
    let document = reconcile(&stage, ["9-3"]);
    assert!(
        document["findings"][0]["message"]
            .as_str()
            .expect("words")
            .contains("may bill 7 more")
    );
    // Auto License raises what the vendor bills to what is required.
    listed(&mut stage.world(), "9-3").auto_license = Some(true);
    assert_eq!(row(&reconcile(&stage, ["9-3"]), "9-3")["vendor_bills"], 60);
}

#[test]
fn a_line_that_bills_assigned_seats_is_pointed_out_in_its_row() {
    let stage = treacherous();
    line(&mut stage.world(), 3).quantity_licences[0].assigned_licences = true;
    let document = reconcile(&stage, ["9-3"]);
    assert_eq!(findings(&document), []);
    assert!(
        row(&document, "9-3")["notes"]
            .to_string()
            .contains("assigned seats")
    );
}

#[test]
fn a_disabled_invoice_bills_nothing_nor_does_a_line_that_has_not_begun() {
    let stage = treacherous();
    invoice(&mut stage.world(), 3).disabled = true;
    line(&mut stage.world(), 19).startdate = "2099-01-01T00:00:00".to_owned();
    let document = reconcile(&stage, ["9-3", "9-19"]);
    let inactive = |license: &str| {
        (
            "invoice_line_inactive".to_owned(),
            license.to_owned(),
            json!("41"),
        )
    };
    assert_eq!(findings(&document), [inactive("1003"), inactive("1019")]);
    assert_eq!(row(&document, "9-3")["invoice_lines"][0]["state"], "disabled");
    assert_eq!(row(&document, "9-19")["invoice_lines"][0]["state"], "not_begun");
}

#[test]
fn people_see_differences_first_then_findings_then_sums() {
    let stage = treacherous();
    let outcome = stage.run(["reconcile"]).expect(0).prints([
        "EXPECTED",
        "billed too little",
        "Not billed a month: 94.30; billed too much: 24.60",
        "Not billed a month: 0.00 EUR; billed too much: 8.20 EUR",
        "Not billed a year: 80.00; billed too much: 0.00",
        "21 organizations: 17 mapped, 1 ignored, 3 not mapped; 17 findings",
        "line 1 of recurring invoice 5002: inactive, 4.10 each",
        "integration syncs seats",
    ]);
    let place = |text: &str| {
        outcome
            .stdout
            .find(text)
            .unwrap_or_else(|| panic!("{text}: {outcome}"))
    };
    assert!(place("Yearly") < place("Two Lines"));
    assert!(place("Two Lines") < place("FINDING"));
    assert!(place("FINDING") < place("Not billed"));
    // CSV has everything, and a column that says which rows to add up.
    let csv = stage.run(["reconcile", "-o", "csv"]).expect(0);
    let mut reader = csv::Reader::from_reader(csv.stdout.as_bytes());
    let headers = reader.headers().expect("a header").clone();
    let column = |name: &str| {
        headers
            .iter()
            .position(|header| header == name)
            .expect("a column")
    };
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 21);
    let difference: i64 = rows
        .iter()
        .filter(|row| &row[column("in_totals")] == "yes")
        .filter_map(|row| row[column("difference")].parse::<i64>().ok())
        .sum();
    // 5 and 2 and 2 less 2: the shared one once.
    assert_eq!(difference, 7);
}
