//! `docs/json.md` promises shapes to scripts; this holds the output to them, and the page to the output.
//!
//! Each example there stands under a heading with its command. What is printed has the same keys at every level
//! and the same kinds of values. `null` may be printed for anything, and an array may be empty, but everything
//! documented is printed with a value by at least one of the runs below: a promise that nothing keeps is found,
//! too. What an example itself shows as `null` or `[]` is looked up by its field in the page's table.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use clap::ValueEnum;
use halolink::cli::Kind;
use serde_json::{Value, json};

use crate::support::{Outcome, Stage};

/// The page, and what of it was printed so far.
struct Documents {
    /// The example of each heading.
    examples: BTreeMap<String, Value>,
    /// What a field holds that is `null` or `[]` in an example.
    values: BTreeMap<String, Value>,
    /// Places that were printed with a value.
    printed: BTreeSet<String>,
}

impl Documents {
    #[track_caller]
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md");
        let page = std::fs::read_to_string(path).expect("docs/json.md is there");
        Self::of(&page.replace("\r\n", "\n"))
    }

    #[track_caller]
    fn of(page: &str) -> Self {
        let mut sections = page.split("\n## `");
        let values = sections.next().into_iter().flat_map(str::lines).filter_map(row);
        let values = values.collect();
        let examples = sections.map(|section| {
            let (heading, rest) = section.split_once('`').expect("the heading ends");
            let example = rest
                .split("```json\n")
                .nth(1)
                .and_then(|rest| rest.split("\n```").next());
            let example = example.unwrap_or_else(|| panic!("`{heading}` has no example"));
            let example =
                serde_json::from_str(example).unwrap_or_else(|error| panic!("`{heading}`: {error}"));
            (heading.to_owned(), example)
        });
        Self {
            examples: examples.collect(),
            values,
            printed: BTreeSet::new(),
        }
    }

    /// Holds what a run printed to the example under the heading.
    #[track_caller]
    fn check(&mut self, heading: &str, outcome: &Outcome) {
        let found = self.compare(heading, &outcome.json());
        assert!(found.is_empty(), "{heading}: {found:#?}\n{outcome}");
    }

    /// Where the document is not as documented.
    #[track_caller]
    fn compare(&mut self, heading: &str, printed: &Value) -> Vec<String> {
        let Some(example) = self.examples.get(heading).cloned() else {
            panic!("docs/json.md has no section `{heading}`");
        };
        let mut found = Vec::new();
        self.differences(heading, &example, printed, &mut found);
        found
    }

    fn differences(&mut self, place: &str, documented: &Value, printed: &Value, found: &mut Vec<String>) {
        if is_empty(printed) && (printed.is_null() || documented.is_array()) {
            return;
        }
        if is_empty(documented) {
            let field = field(place);
            let Some(value) = self.values.get(field).cloned() else {
                found.push(format!(
                    "{place} is {printed}, and the page does not say what it holds"
                ));
                return;
            };
            return self.differences(&at_table(field), &value, printed, found);
        }
        self.printed.insert(place.to_owned());
        match (documented, printed) {
            (Value::Object(documented), Value::Object(printed)) => {
                for key in documented.keys().filter(|key| !printed.contains_key(*key)) {
                    found.push(format!("{place}.{key} is documented and not printed"));
                }
                for (key, value) in printed {
                    match documented.get(key) {
                        Some(documented) => {
                            self.differences(&format!("{place}.{key}"), documented, value, found);
                        }
                        None => found.push(format!("{place}.{key} is printed and not documented")),
                    }
                }
            }
            (Value::Array(documented), Value::Array(printed)) => {
                for value in printed {
                    self.differences(&format!("{place}[]"), &documented[0], value, found);
                }
            }
            (documented, printed) if kind(documented) != kind(printed) => {
                found.push(format!("{place} is {printed}, documented as {documented}"));
            }
            _ => {}
        }
    }

    /// What the page promises and no run printed.
    fn never_printed(&self) -> Vec<String> {
        let mut promised = BTreeSet::new();
        for (heading, example) in &self.examples {
            places(heading, example, &mut promised);
        }
        for (field, value) in &self.values {
            places(&at_table(field), value, &mut promised);
        }
        promised.difference(&self.printed).cloned().collect()
    }
}

/// A row of the page's table of fields: `` | `field` | `JSON` | ``.
#[track_caller]
fn row(line: &str) -> Option<(String, Value)> {
    let (field, value) = line
        .strip_prefix("| `")?
        .strip_suffix("` |")?
        .split_once("` | `")?;
    let value = serde_json::from_str(value).unwrap_or_else(|error| panic!("{line}: {error}"));
    Some((field.to_owned(), value))
}

/// Where a field of the table is, whatever document it is in.
fn at_table(field: &str) -> String {
    format!("the table: {field}")
}

/// The last field of a place.
fn field(place: &str) -> &str {
    place.rsplit(['.', ' ']).next().unwrap_or(place)
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// Kinds of values; a time is one of its own.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(text) if text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok() => "time",
        Value::String(_) => "text",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Every place of an example that has a value.
fn places(place: &str, example: &Value, found: &mut BTreeSet<String>) {
    if is_empty(example) {
        return;
    }
    found.insert(place.to_owned());
    match example {
        Value::Object(fields) => {
            for (key, value) in fields {
                places(&format!("{place}.{key}"), value, found);
            }
        }
        Value::Array(values) => places(&format!("{place}[]"), &values[0], found),
        _ => {}
    }
}

/// A document printed by a run that ends so.
#[track_caller]
fn run(stage: &Stage, arguments: &[&str], code: i32) -> Outcome {
    stage.run([arguments, &["-o", "json"]].concat()).expect(code)
}

#[test]
fn every_document_is_as_documented_and_all_that_is_documented_is_printed() {
    let mut documents = Documents::read();
    let stage = Stage::new();
    let mut check = |heading: &str, arguments: &[&str], code: i32| {
        documents.check(heading, &run(&stage, arguments, code));
    };
    check("a failure", &["list", "customers"], 3);
    check("status", &["status"], 0);
    let connect = stage.connect_arguments();
    let connect: Vec<&str> = connect.iter().map(String::as_str).collect();
    check("connect", &[&connect[..], &["--dry-run"]].concat(), 0);
    check("connect", &connect, 0);
    check("configure --show", &["configure", "--show"], 0);
    let configure = [
        &["configure", "--sla", "Gold", "--priority", "Critical 1h"][..],
        &["--ticket-type", "Incident", "--note-outcome", "Internal Note"],
    ]
    .concat();
    check("configure", &configure, 0);
    let policy = [
        &[
            "configure",
            "--stale-after",
            "2d",
            "--remind",
            "7d",
            "--on-recovery",
            "close",
        ][..],
        &[
            "--ticket-type-of",
            "main-app-token=Alert",
            "--sla-of",
            "main-app-token=Silver",
        ],
        &[
            "--priority-of",
            "main-app-token=High 8h",
            "--ticket-field",
            "agent=Omar Haddad",
        ],
    ]
    .concat();
    check("configure", &policy, 0);
    let billing = [
        "configure",
        "--vendor-sync",
        "off",
        "--fair-use",
        "20%-of-purchased",
        "--time-zone",
        "Europe/Berlin",
    ];
    check("configure", &billing, 0);
    check("configure --show", &["configure", "--show"], 0);

    let map = ["map-org", "1788161-14", "--customer", "21", "--license", "17"];
    check("map-org", &map, 0);
    let ignore = ["ignore", "1788161-16", "--reason"];
    check("ignore", &[&ignore[..], &["billed by hand"]].concat(), 0);
    check("ignore", &[&ignore[..], &["our own"]].concat(), 0);
    check("ignore", &["ignore", "--remove", "1788161-16", "--dry-run"], 0);
    check("sync-seats", &["sync-seats", "--dry-run"], 0);
    check("sync-seats", &["sync-seats", "--yes"], 0);
    let rule = [
        "--metric",
        "active",
        "--included",
        "5",
        "--minimum",
        "3",
        "--until",
        "2099-12-31",
        "--highest",
        "month",
    ];
    check("map-org", &[&["map-org", "1788161-14"][..], &rule].concat(), 0);
    check("map-org", &["map-org", "1788161-14", "--included", "6"], 0);
    check("list mappings", &["list", "mappings"], 0);
    check("sync-seats", &["sync-seats", "--dry-run"], 0);
    // Without the permission to read invoices, and with it.
    check("reconcile", &["reconcile"], 0);
    {
        let mut world = stage.world();
        world.granted_scopes.push("read:invoices".to_owned());
        let invoice = world
            .recurring_invoices
            .values_mut()
            .find(|invoice| invoice.client_id == 21);
        let invoice = invoice.expect("an invoice");
        invoice.currency_code_name = Some("EUR".to_owned());
        for line in &mut invoice.lines {
            line.enddate = "2099-12-31T00:00:00".to_owned();
            line.quantity_licences[0].assigned_licences = true;
        }
    }
    check("reconcile", &["reconcile"], 0);
    let plain = [
        "--metric",
        "profile",
        "--included",
        "0",
        "--minimum",
        "0",
        "--highest",
        "off",
    ];
    check("map-org", &[&["map-org", "1788161-14"][..], &plain].concat(), 0);
    // Somebody changes the quantity by hand, and then the license is gone.
    let license = {
        let mut world = stage.world();
        world.set_license_count(17, 60, "Alex Agent");
        world.licenses[&17].clone()
    };
    check("sync-seats", &["sync-seats", "--dry-run"], 0);
    stage.world().licenses.remove(&17);
    check("sync-seats", &["sync-seats", "--yes"], 4);
    check("status", &["status"], 0);
    check("list mappings", &["list", "mappings"], 0);
    check("history ORG", &["history", "1788161-14"], 0);
    stage.world().licenses.insert(17, license);

    // A run is taken back, and written again.
    stage.world().set_license_count(17, 60, "Alex Agent");
    check("sync-seats", &["sync-seats", "--yes", "--note", "a mistake"], 0);
    let number = stage.last_run()["run"].to_string();
    check("undo", &["undo", &number, "--dry-run"], 0);
    check("undo", &["undo", &number, "--yes"], 0);
    check("sync-seats", &["sync-seats", "--dry-run"], 0);
    check("history", &["history"], 0);
    // A plan is written to a file, and applied.
    let file = stage.file(b"");
    let path = file.display().to_string();
    let plan_out = ["sync-seats", "--plan-out", &path, "--max-amount", "1000"];
    let plan = || -> Value {
        let text = std::fs::read_to_string(&file).expect("the plan");
        serde_json::from_str(&text).expect("JSON")
    };
    let seats = stage.seats("1788161-14");
    stage.set_seats("1788161-14", 5000);
    check("sync-seats", &plan_out, 4);
    let held_back = plan();
    stage.set_seats("1788161-14", seats);
    check(
        "sync-seats",
        &[&plan_out[..], &["--note", "for November"]].concat(),
        0,
    );
    let planned = plan();
    check("sync-seats", &["sync-seats", "--plan", &path, "--yes"], 0);
    for plan in [held_back, planned] {
        let found = documents.compare("plan file", &plan);
        assert!(found.is_empty(), "{found:#?}");
    }
    let mut check = |heading: &str, arguments: &[&str], code: i32| {
        documents.check(heading, &run(&stage, arguments, code));
    };

    let ticket = ["open-ticket", "1788161-14", "--error", "main-app-token"];
    check("open-ticket", &ticket, 0);
    check("open-ticket", &ticket, 0);
    let account = [&ticket[..], &["--account", "anna@northwinddental.example"]].concat();
    check("open-ticket", &account, 0);
    check("sync-tickets", &["sync-tickets", "--dry-run"], 0);
    check("sync-tickets", &["sync-tickets"], 0);
    let test = ["configure", "--test-ticket", "--yes"];
    check("configure --test-ticket", &test, 0);
    check("history --tickets", &["history", "--tickets"], 0);
    for kind in Kind::value_variants()
        .iter()
        .filter_map(ValueEnum::to_possible_value)
    {
        let kind = kind.get_name();
        let heading = match kind {
            "ticket-types" | "slas" | "outcomes" => "list customers".to_owned(),
            kind => format!("list {kind}"),
        };
        check(&heading, &["list", kind], 0);
    }
    let anew = ["map-org", "1788161-14", "--customer", "22", "--license", "19"];
    check(
        "map-org",
        &[&anew[..], &["--old-license", "0", "--yes"]].concat(),
        0,
    );
    check("history", &["history"], 0);

    // A run that fails, and a secret that cannot be had.
    stage.world().application_active = false;
    check("a failure", &["sync-seats", "--yes"], 3);
    check("status", &["status"], 0);
    check("history", &["history"], 0);
    let missing = stage.home().join("missing");
    let status = stage.run_with(["status", "-o", "json"], b"", |command| {
        command.env_remove("HALOLINK_CLIENT_SECRET");
        command.env("HALOLINK_CLIENT_SECRET_FILE", missing);
    });
    documents.check("status", &status.expect(0));

    let mut check = |heading: &str, arguments: &[&str], code: i32| {
        documents.check(heading, &run(&stage, arguments, code));
    };
    check("explain", &["explain"], 0);
    check("explain ERROR", &["explain", "device-token"], 0);
    check("unlink", &["unlink", "1788161-14", "--dry-run"], 0);
    check("unlink", &["unlink", "1788161-14", "--yes"], 0);
    check("revoke", &["revoke", "--dry-run"], 0);
    check("revoke", &["revoke", "--yes"], 0);

    check("sandbox --tour", &["sandbox", "--tour"], 0);
    let served = stage.start(["sandbox", "--fault", "token-dies", "-o", "json"]);
    documents.check("sandbox", &served.stop_after_a_document());
    let never = documents.never_printed();
    assert!(never.is_empty(), "documented, and printed by no run: {never:#?}");
}

#[test]
fn the_comparison_notices_what_it_should() {
    let page = |example: Value| {
        Documents::of(&format!(
            "# JSON\n\n| field | holds |\n| --- | --- |\n| `note` | `\"text\"` |\n\n## `x`\n\n```json\n{example}\n```\n"
        ))
    };
    let compare = |documented: Value, printed: Value| page(documented).compare("x", &printed).len();
    assert_eq!(compare(json!({"a": 1}), json!({"a": 2})), 0);
    assert_eq!(compare(json!({"a": 1}), json!({"a": "2"})), 1);
    assert_eq!(compare(json!({"a": 1, "b": 1}), json!({"a": 2})), 1);
    assert_eq!(compare(json!({"a": 1}), json!({"a": 1, "b": 1})), 1);
    assert_eq!(
        compare(json!({"a": [{"b": 1}]}), json!({"a": [{"b": 1}, {"c": 1}]})),
        2
    );
    let time = "2026-01-31T17:55:00Z";
    assert_eq!(compare(json!({"a": time}), json!({"a": "yesterday"})), 1);
    assert_eq!(
        compare(json!({"a": time}), json!({"a": "2027-01-31T17:55:00.5Z"})),
        0
    );
    // What the example does not show, the table does, or nothing.
    assert_eq!(compare(json!({"a": null}), json!({"a": {"b": 1}})), 1);
    assert_eq!(compare(json!({"a": []}), json!({"a": [1]})), 1);
    assert_eq!(compare(json!({"note": null}), json!({"note": "words"})), 0);
    assert_eq!(compare(json!({"note": null}), json!({"note": 1})), 1);

    let never = |documented: Value, printed: Value| {
        let mut documents = page(documented);
        assert_eq!(documents.compare("x", &printed), [""; 0]);
        documents.never_printed().len()
    };
    assert_eq!(never(json!({"note": null}), json!({"note": "words"})), 0);
    assert_eq!(never(json!({"note": null}), json!({"note": null})), 1);
    // The table's field is one of two.
    assert_eq!(never(json!({"a": 1}), json!({"a": null})), 2);
    assert_eq!(never(json!([{"a": 1}]), json!([])), 4);
    assert_eq!(never(json!({"a": [{"b": 1}]}), json!({"a": []})), 4);
}
