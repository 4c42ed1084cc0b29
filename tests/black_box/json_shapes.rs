//! `docs/json.md` promises shapes to scripts; this holds the output to them.
//!
//! Each example there stands under a heading with its command. The output must have the same keys at every
//! level and the same kinds of values; `null` stands for anything, and of an array the first entry counts.

use std::path::Path;

use crate::support::Stage;
use serde_json::Value;

/// The example under the heading `## COMMAND`.
fn documented(heading: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md");
    let page = std::fs::read_to_string(path)
        .expect("docs/json.md is there")
        .replace("\r\n", "\n");
    let section = page
        .split("\n## ")
        .find(|section| section.lines().next() == Some(&format!("`{heading}`")))
        .unwrap_or_else(|| panic!("docs/json.md has no section `{heading}`"));
    let example = section
        .split("```json\n")
        .nth(1)
        .and_then(|rest| rest.split("\n```").next());
    serde_json::from_str(example.expect("the section has an example")).expect("the example is JSON")
}

/// Compares the shapes; where they differ.
fn differences(place: &str, documented: &Value, printed: &Value, found: &mut Vec<String>) {
    match (documented, printed) {
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Object(documented), Value::Object(printed)) => {
            for key in documented.keys().filter(|key| !printed.contains_key(*key)) {
                found.push(format!("{place}.{key} is documented and not printed"));
            }
            for (key, value) in printed {
                match documented.get(key) {
                    Some(documented) => differences(&format!("{place}.{key}"), documented, value, found),
                    None => found.push(format!("{place}.{key} is printed and not documented")),
                }
            }
        }
        (Value::Array(documented), Value::Array(printed)) => {
            if let Some(documented) = documented.first() {
                for (index, value) in printed.iter().enumerate() {
                    differences(&format!("{place}[{index}]"), documented, value, found);
                }
            }
        }
        (documented, printed) => {
            if std::mem::discriminant(documented) != std::mem::discriminant(printed) {
                found.push(format!("{place} is {printed}, documented as {documented}"));
            }
        }
    }
}

fn check(stage: &Stage, heading: &str, arguments: &[&str], code: i32) {
    let mut all = arguments.to_vec();
    all.extend(["-o", "json"]);
    let outcome = stage.run(all).expect(code);
    let mut found = Vec::new();
    differences("", &documented(heading), &outcome.json(), &mut found);
    assert!(found.is_empty(), "{heading}: {found:#?}\n{outcome}");
}

#[test]
fn every_document_is_as_documented() {
    let stage = Stage::new();
    check(&stage, "a failure", &["list", "customers"], 3);
    check(&stage, "status", &["status"], 0);
    let arguments = stage.connect_arguments();
    check(
        &stage,
        "connect",
        &arguments.iter().map(String::as_str).collect::<Vec<_>>(),
        0,
    );
    check(
        &stage,
        "configure",
        &["configure", "--sla", "Gold", "--priority", "Critical 1h"],
        0,
    );
    check(&stage, "configure --show", &["configure", "--show"], 0);
    check(
        &stage,
        "map-org",
        &["map-org", "1788161-14", "--customer", "21", "--license", "17"],
        0,
    );
    check(&stage, "sync-seats", &["sync-seats", "--dry-run"], 0);
    check(&stage, "sync-seats", &["sync-seats", "--yes"], 0);
    let ticket = ["open-ticket", "1788161-14", "--error", "main-app-token"];
    check(&stage, "open-ticket", &ticket, 0);
    check(&stage, "open-ticket", &ticket, 0);
    for kind in [
        "organizations",
        "customers",
        "licenses",
        "mappings",
        "priorities",
        "errors",
    ] {
        check(&stage, &format!("list {kind}"), &["list", kind], 0);
    }
    for kind in ["ticket-types", "slas", "outcomes"] {
        check(&stage, "list customers", &["list", kind], 0);
    }
    check(&stage, "status", &["status"], 0);
    check(&stage, "history", &["history"], 0);
    check(&stage, "history ORG", &["history", "1788161-14"], 0);
    check(&stage, "unlink", &["unlink", "1788161-14", "--yes"], 0);
    check(&stage, "revoke", &["revoke", "--yes"], 0);
}

#[test]
fn the_comparison_notices_what_it_should() {
    let compare = |documented: Value, printed: Value| {
        let mut found = Vec::new();
        differences("", &documented, &printed, &mut found);
        found.len()
    };
    use serde_json::json;
    assert_eq!(compare(json!({"a": 1}), json!({"a": 2})), 0);
    assert_eq!(compare(json!({"a": 1}), json!({"a": "2"})), 1);
    assert_eq!(compare(json!({"a": 1, "b": 1}), json!({"a": 2})), 1);
    assert_eq!(
        compare(json!({"a": [{"b": 1}]}), json!({"a": [{"b": 1}, {"c": 1}]})),
        2
    );
    assert_eq!(compare(json!({"a": null}), json!({"a": {"b": 1}})), 0);
}
