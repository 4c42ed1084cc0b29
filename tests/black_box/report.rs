//! `reconcile --report`: the page in a real Chromium, Debian's package `chromium`; without it these tests fail, they are not skipped.

use std::{fs, path::PathBuf};

use halolink::{
    model::{DailyQuantity, LineState, Reference, SeatMetric},
    plan::reconcile::{Finding, Kind, LineView, Reconciliation, Row, SeatsView, Standing, Summary, Total},
    report::Report,
};
use jiff::{Span, Zoned, civil::date};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    Stage,
    browser::{Browser, look_at},
};

/// Names that would like to be more than names.
const HOSTILE: [&str; 8] = [
    "<script>document.title='ran'</script>",
    "\"><img src=x onerror=alert(1)>",
    "</script></style></title><script>alert(2)</script>",
    "' onmouseover='alert(3)' x='",
    "<svg onload=alert(4)>",
    "Right \u{202e}gnihton\u{202c} left",
    "\u{1b}[2J\u{1b}]8;;http://example.com\u{7}Link\u{1b}]8;;\u{7}",
    "{{ 7 * 7 }} & &lt;b&gt; javascript:alert(5)",
];

fn made_at() -> Zoned {
    "2026-11-25T06:30:00+01:00[Europe/Berlin]".parse().unwrap()
}

fn decimal(text: &str) -> Option<Decimal> {
    Some(text.parse().unwrap())
}

/// A mapped organization that is billed `billed` of its `used` seats.
fn row(number: i64, name: &str, used: i64, billed: i64, price: Option<&str>) -> Row {
    let price = price.and_then(decimal);
    Row {
        organization: Reference::new(format!("1788161-{number}"), name),
        standing: Standing::Mapped,
        state: "active",
        customer: Some(Reference::new(number, name)),
        license: Some(Reference::new(1000 + number, format!("SaaS Backup for {name}"))),
        seats: SeatsView {
            used: Some(used),
            active: Some(used - 1),
            purchased: Some(used + 5),
            required: None,
            deactivated: Some(1),
        },
        paid_shared: None,
        free_shared: None,
        vendor_bills: Some(used + 5),
        auto_license: None,
        metric: SeatMetric::Used,
        rule: None,
        share: Some(used),
        expected: Some(used),
        billed: Some(billed),
        difference: Some(used - billed),
        price,
        cost: None,
        cycle: Some("Monthly".to_owned()),
        currency: None,
        amount: price.map(|price| price * Decimal::from(used - billed)),
        in_totals: true,
        invoice_lines: Some(vec![LineView {
            invoice: 5000 + number,
            line: Some(1),
            active: true,
            state: LineState::Active,
            price,
            cost: None,
            currency: None,
            start_date: None,
            end_date: None,
            free: None,
            minimum: None,
            assigned: false,
        }]),
        notes: Vec::new(),
    }
}

fn finding(kind: Kind, row: &Row, amount: Option<Decimal>) -> Finding {
    let name = &row.organization.name;
    Finding {
        kind,
        organization: Some(row.organization.clone()),
        customer: row.customer.clone(),
        license: row.license.clone(),
        amount,
        cycle: row.cycle.clone(),
        currency: row.currency.clone(),
        message: format!("{name} uses more than it is billed"),
        hint: format!("halolink sync-seats {}", row.organization.id),
        seats: row.difference.unwrap_or(0),
    }
}

/// Organizations with these names, each billed one seat less than the one before it, two billing cycles, an amount that
/// is not known, one that is billed too much, and one that nobody mapped.
fn data(names: &[&str]) -> (Reconciliation, Vec<DailyQuantity>) {
    let mut rows: Vec<Row> = (1..)
        .zip(names)
        .map(|(number, name)| row(number, name, 20 + number, 20, Some("3.50")))
        .collect();
    rows.reverse();
    let mut findings: Vec<Finding> = rows
        .iter()
        .map(|row| finding(Kind::UnderBilled, row, row.amount))
        .collect();
    let mut yearly = row(9901, "Northwind Traders", 1240, 1200, Some("42"));
    yearly.cycle = Some("Yearly".to_owned());
    yearly.currency = Some("EUR".to_owned());
    findings.insert(0, finding(Kind::NotOnInvoice, &yearly, decimal("50400")));
    let unpriced = row(9902, "Fabrikam", 9, 8, None);
    findings.push(finding(Kind::NoPrice, &unpriced, None));
    let mut unmapped = row(9903, "Woodgrove Bank", 77, 0, None);
    (unmapped.standing, unmapped.customer, unmapped.license) = (Standing::Unmapped, None, None);
    (unmapped.expected, unmapped.billed, unmapped.difference) = (None, None, None);
    findings.push(finding(Kind::Unmapped, &unmapped, None));
    let too_much = row(9904, "Contoso Ltd", 5, 9, Some("3.50"));
    findings.push(finding(Kind::OverBilled, &too_much, too_much.amount));
    let fits = row(9905, "Tailspin Toys", 12, 12, Some("3.50"));
    rows.extend([yearly, unpriced, unmapped, too_much, fits]);

    let first = date(2024, 11, 25);
    let quantities = (0..731)
        .flat_map(|day| {
            let rows = rows
                .iter()
                .filter_map(|row| row.license.as_ref().zip(row.customer.as_ref()));
            rows.filter(move |(license, _)| (day + license.id) % 9 == 0)
                .map(move |(license, customer)| DailyQuantity {
                    license: license.id,
                    customer: customer.id,
                    day: first + Span::new().days(day),
                    count: 10 + day / 30 + (day * license.id) % 5,
                })
        })
        .collect();
    let monthly: Decimal = findings
        .iter()
        .filter(|finding| finding.cycle.as_deref() == Some("Monthly"))
        .filter_map(|finding| finding.amount.filter(|amount| *amount > Decimal::ZERO))
        .sum();
    let total = |cycle: &str, currency: Option<&str>, not_billed, billed_too_much| Total {
        cycle: Some(cycle.to_owned()),
        currency: currency.map(str::to_owned),
        not_billed,
        billed_too_much,
    };
    let totals = vec![
        total("Monthly", None, Some(monthly), decimal("14.00")),
        total("Yearly", Some("EUR"), decimal("50400"), Some(Decimal::ZERO)),
    ];
    let summary = Summary {
        organizations: rows.len() + 1,
        mapped: rows.len() - 1,
        ignored: 1,
        unmapped: 1,
        findings: findings.len(),
    };
    let result = Reconciliation {
        rows,
        findings,
        totals,
        summary,
    };
    (result, quantities)
}

fn page(result: &Reconciliation, quantities: &[DailyQuantity]) -> String {
    Report {
        profile: "acme <b>",
        made_at: &made_at(),
        result,
        notes: &["Recurring invoices were not read: <i>refused</i>".to_owned()],
        quantities,
    }
    .html()
    .unwrap()
}

fn file(html: &str) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("report.html");
    fs::write(&file, html).unwrap();
    (directory, file)
}

/// Nothing was asked of anywhere, nothing went wrong, and no name became more than a name.
#[track_caller]
fn expect_inert(browser: &mut Browser, url: &str) {
    let requests: Vec<Value> = browser.told("Network.requestWillBeSent");
    let requests: Vec<&Value> = requests.iter().map(|sent| &sent["request"]["url"]).collect();
    assert_eq!(requests, [url]);
    for wrong in ["Runtime.exceptionThrown", "Page.javascriptDialogOpening"] {
        let told = browser.told(wrong);
        assert!(told.is_empty(), "{wrong}: {told:?}");
    }
    let logged = browser.told("Log.entryAdded");
    let logged: Vec<_> = logged
        .iter()
        .filter(|entry| entry["entry"]["level"] == "error")
        .collect();
    assert!(logged.is_empty(), "{logged:?}");
    let console = browser.told("Runtime.consoleAPICalled");
    assert!(console.is_empty(), "{console:?}");
    assert_eq!(
        browser.value(
            "[document.querySelectorAll('script').length, document.querySelectorAll('style').length,
              document.querySelectorAll('img, iframe, object, embed, link, form').length,
              [...document.querySelectorAll('*')].filter(one =>
                  [...one.attributes].some(at => /^on/.test(at.name) || at.name == 'style')).length]"
        ),
        json!([1, 1, 0, 0])
    );
    let title = browser.value("document.title");
    assert!(
        title.as_str().unwrap().starts_with("Used and billed: "),
        "{title}"
    );
}

/// The texts of a column of the table, of the rows that are shown.
fn column(browser: &mut Browser, number: usize) -> Vec<String> {
    let texts = browser.value(&format!(
        "[...document.querySelectorAll('#row-list tr:not([hidden]) td:nth-child({number})')].map(one => one.textContent)"
    ));
    serde_json::from_value(texts).unwrap()
}

/// Which columns are sorted, and how.
fn sorted(browser: &mut Browser) -> Value {
    browser.value(
        "[...document.querySelectorAll('th[aria-sort]')].filter(one => one.ariaSort != 'none')
            .map(one => one.textContent + ' ' + one.ariaSort)",
    )
}

#[test]
fn the_page_is_read_sorted_and_filtered_and_hostile_names_are_only_names() {
    let (result, quantities) = data(&HOSTILE);
    let (_directory, file) = file(&page(&result, &quantities));
    let mut browser = Browser::start();
    for (width, scheme) in [(360, "light"), (360, "dark"), (1400, "light"), (1400, "dark")] {
        browser.show(width, scheme);
        let url = browser.open(&file);
        expect_inert(&mut browser, &url);
        let [needed, there] = ["document.documentElement.scrollWidth", "innerWidth"]
            .map(|expression| browser.value(expression).as_u64().unwrap());
        assert!(
            needed <= there && there == u64::from(width),
            "{needed} of {there}"
        );
        let picture = browser.picture();
        look_at(&format!("report-{width}-{scheme}.png"), &picture);
        // The style is in force, whatever the scheme.
        let back = browser.value("getComputedStyle(document.body).backgroundColor");
        let expected = if scheme == "dark" {
            "rgb(18, 22, 27)"
        } else {
            "rgb(246, 247, 249)"
        };
        assert_eq!(back, expected);
        let (shown, hidden) = if width < 700 {
            ("small", "wide")
        } else {
            ("wide", "small")
        };
        for (class, display) in [(shown, "block"), (hidden, "none")] {
            let of = format!("getComputedStyle(document.querySelector('.chart .{class}')).display");
            assert_eq!(browser.value(&of), display);
        }
    }

    // Names are there to be read, without what would reorder them.
    let text = browser.value("document.body.textContent");
    let text = text.as_str().unwrap();
    for name in &HOSTILE[..5] {
        assert!(text.contains(name), "{name}");
    }
    assert!(text.contains(HOSTILE[7]) && text.contains("Right gnihton left"));
    assert!(text.contains("[2J]8;;http://example.comLink]8;;") && !text.contains('\u{1b}'));
    assert!(text.contains("acme <b>") && text.contains("<i>refused</i>"));

    // Totals, each of its own billing cycle.
    let tiles = browser.value("[...document.querySelectorAll('.tile')].map(one => one.innerText)");
    assert_eq!(
        tiles,
        json!([
            "Not billed, Monthly\n\n126.00\n\nand 14.00 is billed too much",
            "Not billed, Yearly\n\n50,400.00 EUR\n\nin each billing cycle",
            "Findings\n\n12\n\n2 of them without a known amount",
            "Organizations\n\n14\n\n12 mapped · 1 ignored · 1 not mapped",
        ])
    );
    let bars = browser.value("[...document.querySelectorAll('.bars')].map(one => one.children.length)");
    assert_eq!(bars, json!([8, 1]));
    let charts = browser.value(
        "[...document.querySelectorAll('.chart [role=img]')].map(one =>
            [one.ariaLabel.startsWith('Seats over time'), one.querySelectorAll('polyline, polygon').length > 1])",
    );
    // Both drawings of all licenses, and the customers with findings that are in the ledger.
    assert_eq!(charts, json!(vec![json!([true, true]); 2 + 11]));

    // Sorting: numbers from the largest, names from A, unknown last both ways.
    assert_eq!(sorted(&mut browser), json!([]));
    let amount = "th:nth-child(8) button";
    browser.click(amount);
    assert_eq!(sorted(&mut browser), json!(["Amount descending"]));
    let amounts = column(&mut browser, 8);
    assert_eq!(amounts[0], "1,680.00 EUR Yearly");
    assert_eq!(amounts[1], "28.00 Monthly");
    assert_eq!(amounts[10..], ["−14.00 Monthly", "unknown", ""]);
    browser.click(amount);
    assert_eq!(sorted(&mut browser), json!(["Amount ascending"]));
    let amounts = column(&mut browser, 8);
    assert_eq!(amounts[0], "−14.00 Monthly");
    assert_eq!(amounts[11..], ["unknown", ""]);
    browser.click("th:nth-child(2) button");
    assert_eq!(sorted(&mut browser), json!(["Customer ascending"]));
    let customers = column(&mut browser, 2);
    let place = |name: &str| customers.iter().position(|one| one == name).unwrap();
    assert!(place("Contoso Ltd") < place("Fabrikam") && place("Fabrikam") < place("Tailspin Toys"));
    assert_eq!(place(""), 12);

    // Filtering: every word, in any column; and only what differs.
    browser.click("[data-filters=row-list]");
    browser.type_in("contoso MONTHLY");
    assert_eq!(column(&mut browser, 2), ["Contoso Ltd"]);
    browser.value(
        "(() => { const one = document.querySelector('[data-filters=row-list]');
            one.value = 'tailspin'; one.dispatchEvent(new Event('input', {bubbles: true})); })()",
    );
    assert_eq!(column(&mut browser, 2), ["Tailspin Toys"]);
    browser.click("[data-differs]");
    assert_eq!(column(&mut browser, 2), [""; 0]);
    let shown = browser.value("[...document.querySelectorAll('output')].map(one => one.textContent)");
    assert_eq!(shown, json!(["12 of 12", "0 of 13"]));
    browser.click("[data-filters=finding-list]");
    browser.type_in("onmouseover");
    let findings = browser.value(
        "[...document.querySelectorAll('#finding-list li:not([hidden]) code')].map(one => one.textContent)",
    );
    assert_eq!(findings, json!(["halolink sync-seats 1788161-4"]));

    // On paper there is nothing to click.
    browser.call("Emulation.setEmulatedMedia", json!({"media": "print"}));
    let display = browser.value("getComputedStyle(document.querySelector('.filter')).display");
    assert_eq!(display, "none");
    look_at("report-print.png", &browser.picture());
    let url = format!("file://{}", file.display());
    expect_inert(&mut browser, &url);

    // Even what got in could neither run nor ask.
    browser.value(
        "document.body.insertAdjacentHTML('beforeend',
            '<img src=\"http://127.0.0.1:9/\" onerror=\"window.ran = 1\"><svg onload=\"window.ran = 2\"></svg>')",
    );
    browser.told("");
    assert_eq!(browser.value("typeof window.ran"), "undefined");
    let blocked = browser.told("Network.loadingFailed");
    assert_eq!(blocked[0]["blockedReason"], "csp", "{blocked:?}");
}

#[test]
fn without_anything_to_tell_the_page_says_so() {
    let html = page(&Reconciliation::default(), &[]);
    for sentence in [
        "There is nothing to compare",
        "The ledger has no quantities yet",
        "everything fits",
    ] {
        assert!(html.contains(sentence), "{sentence}: {html}");
    }
    assert!(!html.contains("Nothing is mapped"));
    // On the first day there is no line yet.
    let today = DailyQuantity {
        license: 1,
        customer: 2,
        day: made_at().date(),
        count: 1234,
    };
    let html = page(&Reconciliation::default(), &[today]);
    assert!(html.contains("1,234 on 25 Nov 2026. Seats that halolink wrote"));
    assert!(html.contains("From the second day on") && !html.contains("<svg"));
    let nobody = Reconciliation {
        summary: Summary {
            organizations: 3,
            unmapped: 3,
            ..Summary::default()
        },
        ..Reconciliation::default()
    };
    assert!(page(&nobody, &[]).contains("Nothing is mapped"));
}

#[test]
fn a_thousand_organizations_and_two_years_are_a_page_that_can_be_mailed() {
    let names: Vec<String> = (0..1000)
        .map(|number| format!("Customer & Sons {number}"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (result, quantities) = data(&names);
    let started = std::time::Instant::now();
    let html = page(&result, &quantities);
    println!("{} bytes in {:?}", html.len(), started.elapsed());
    assert!(html.len() < 4_000_000, "{}", html.len());
    // What is left out is said.
    assert!(html.contains("and 985 more with smaller amounts"));
    assert!(html.contains("The 12 whose findings come first above; 991 more are not drawn."));
    assert_eq!(html.matches("<svg ").count(), 2 + 12 + 15 + 1);
}

/// Synced once, priced, and then used more than before; the names of organizations and customers are hostile.
fn stage() -> Stage {
    let stage = Stage::synced();
    {
        let mut world = stage.world();
        for license in world.licenses.values_mut() {
            (license.price, license.purchase_price) = (3.5, 2.0);
        }
        for (customer, name) in world.customers.values_mut().zip(HOSTILE) {
            customer.name = name.to_owned();
        }
        for (organization, name) in world.organizations.iter_mut().zip(HOSTILE) {
            organization.organization_name = name.to_owned();
            organization.seats_used += 7;
        }
    }
    stage
}

#[test]
fn a_page_is_written_of_what_was_found_and_the_document_is_the_same() {
    let stage = stage();
    let file = stage.home().join("billing.html");
    let path = file.to_str().unwrap();
    fs::write(&file, "an older page").unwrap();
    let plain = stage.run(["reconcile", "-o", "json"]).expect(0).json();
    let written = stage
        .run(["reconcile", "-o", "json", "--report", path])
        .expect(0)
        .says(["Wrote the report to "]);
    assert_eq!(written.json(), plain);
    for format in ["table", "csv"] {
        let plain = stage.run(["reconcile", "-o", format]).expect(0);
        let written = stage.run(["reconcile", "-o", format, "--report", path]).expect(0);
        assert_eq!(written.stdout, plain.stdout);
    }
    private(&file);

    let mut browser = Browser::start();
    browser.show(1400, "light");
    let url = browser.open(&file);
    expect_inert(&mut browser, &url);
    look_at("report-of-the-sandbox.png", &browser.picture());
    let shown = browser.value(
        "[document.querySelectorAll('#row-list tr').length, document.querySelectorAll('#finding-list li').length]",
    );
    let count = |list: &str| plain[list].as_array().unwrap().len();
    assert_eq!(shown, json!([count("rows"), count("findings")]));
    let text = browser.value("document.body.textContent");
    let text = text.as_str().unwrap();
    for finding in plain["findings"].as_array().unwrap() {
        let hint = finding["hint"].as_str().unwrap();
        assert!(text.contains(hint), "{hint}");
    }
    // The ledger was read.
    assert!(text.contains("Seats that halolink wrote"));
    assert_eq!(
        fs::read_dir(stage.home())
            .unwrap()
            .filter(|entry| {
                entry
                    .as_ref()
                    .unwrap()
                    .file_name()
                    .to_string_lossy()
                    .starts_with(".tmp")
            })
            .count(),
        0
    );
}

fn private(file: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;

    let mode = fs::metadata(file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{}", file.display());
}

#[test]
fn where_no_file_can_be_nothing_is_asked_and_nothing_is_left() {
    let stage = Stage::connected();
    let home = stage.home().to_owned();
    let directory = home.join("directory.html");
    fs::create_dir(&directory).unwrap();
    fs::write(home.join("file"), "").unwrap();
    for bad in [
        directory.clone(),
        home.join("missing/page.html"),
        home.join("file/page.html"),
        "/dev/null".into(),
    ] {
        let failed = stage
            .run(["reconcile", "--report", bad.to_str().unwrap()])
            .expect(1);
        failed.says(["cannot write the report to ", "give --report a file"]);
    }
    assert_eq!(stage.received_counts(), (0, 0));
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 0);
    assert!(!home.join("missing").exists());

    // A link still leads to its file.
    let (link, file) = (home.join("link.html"), home.join("linked.html"));
    fs::write(&file, "older").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    stage
        .run(["reconcile", "--report", link.to_str().unwrap()])
        .expect(0);
    assert!(link.is_symlink() && fs::read_to_string(&file).unwrap().starts_with("<!doctype html>"));
}
