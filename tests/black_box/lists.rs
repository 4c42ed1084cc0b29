//! `list`: every kind as a table, JSON and CSV, and what narrows it.

use std::collections::BTreeSet;

use crate::support::Stage;
use halolink::sandbox::Service;
use serde_json::{Value, json};

/// Every kind with the keys of its objects.
const KINDS: [(&str, &[&str]); 9] = [
    (
        "organizations",
        &[
            "id",
            "organization_id",
            "name",
            "seats_used",
            "active_seats",
            "seats_available",
            "required_seats",
            "state",
            "ignored",
            "customer",
            "license",
        ],
    ),
    ("customers", &["id", "name"]),
    (
        "licenses",
        &[
            "id",
            "name",
            "count",
            "customer",
            "active",
            "status",
            "manufacturer",
            "mapped",
        ],
    ),
    (
        "mappings",
        &[
            "organization",
            "organization_id",
            "customer",
            "license",
            "mapped_at",
            "seats",
            "metric",
            "included",
            "minimum",
            "minimum_until",
            "highest",
            "problem",
        ],
    ),
    ("ticket-types", &["id", "name"]),
    ("slas", &["id", "name"]),
    ("priorities", &["id", "name", "sla"]),
    ("outcomes", &["id", "name"]),
    (
        "errors",
        &[
            "organization",
            "account",
            "product",
            "error",
            "text",
            "status",
            "last_backup",
            "customer",
        ],
    ),
];

#[test]
fn every_kind_is_an_array_of_flat_objects_with_the_documented_keys() {
    let stage = mapped();
    for (kind, keys) in KINDS {
        let rows = list(&stage, &[kind]);
        assert!(!rows.is_empty(), "{kind}");
        for row in rows {
            let found: BTreeSet<&str> = row
                .as_object()
                .expect("an object")
                .keys()
                .map(String::as_str)
                .collect();
            assert_eq!(found, keys.iter().copied().collect(), "{kind}");
            for (key, value) in row.as_object().expect("an object") {
                // A reference is the only thing that is not flat.
                if let Some(reference) = value.as_object() {
                    let parts: BTreeSet<&str> = reference.keys().map(String::as_str).collect();
                    assert_eq!(parts, BTreeSet::from(["id", "name"]), "{kind}.{key}");
                }
                assert!(!value.is_array(), "{kind}.{key}");
            }
        }
    }
}

#[test]
fn every_kind_has_as_many_rows_as_csv_and_as_table() {
    let stage = mapped();
    for (kind, _) in KINDS {
        let rows = list(&stage, &[kind]).len();
        let csv = stage.run(["list", kind, "-o", "csv"]).expect(0).stdout;
        let mut reader = csv_rows(&csv);
        let header = reader.remove(0);
        assert_eq!(reader.len(), rows, "{kind}\n{csv}");
        assert!(
            reader.iter().all(|row| row.len() == header.len()),
            "{kind}\n{csv}"
        );
        let table = stage.run(["list", kind]).expect(0).stdout;
        assert_eq!(table.lines().count(), rows + 1, "{kind}\n{table}");
        assert_eq!(
            table.lines().next().map(str::to_uppercase).as_deref(),
            table.lines().next(),
            "{kind}"
        );
    }
}

#[test]
fn organizations_have_their_ids_and_seats_as_at_the_source() {
    let stage = mapped();
    let rows = list(&stage, &["organizations"]);
    let world = stage.world();
    assert_eq!(rows.len(), world.organizations.len());
    for organization in &world.organizations {
        let row = find(&rows, &json!(organization.id));
        assert_eq!(row["organization_id"], organization.organization_id);
        assert_eq!(row["name"], organization.organization_name.as_str());
        assert_eq!(row["seats_used"], organization.seats_used);
        assert_eq!(row["active_seats"], organization.active_seats);
        assert_eq!(row["seats_available"], organization.seats_available);
        assert_eq!(row["required_seats"], json!(organization.required_seats));
    }
    assert_eq!(find(&rows, &json!("1788161-31"))["state"], "suspended");
    assert_eq!(find(&rows, &json!("1788161-33"))["state"], "deactivated");
    assert_eq!(find(&rows, &json!("1788161-14"))["state"], "active");
    assert_eq!(
        find(&rows, &json!("1788161-14"))["license"],
        json!({"id": 17, "name": "NinjaOne SaaS Backup"})
    );
    assert_eq!(find(&rows, &json!("1788161-16"))["customer"], Value::Null);
}

#[test]
fn licenses_have_their_ids_and_quantities_as_at_the_source() {
    let stage = mapped();
    let rows = list(&stage, &["licenses"]);
    let world = stage.world();
    let active: Vec<_> = world
        .licenses
        .values()
        .filter(|license| license.is_active)
        .collect();
    for license in &active {
        let row = find(&rows, &json!(license.id));
        assert_eq!(row["count"], license.count);
        assert_eq!(row["customer"]["id"], license.client_id);
        assert_eq!(row["name"], license.name.as_ref());
        assert_eq!(row["mapped"], [17, 29].contains(&license.id));
    }
    assert_eq!(
        rows.iter().filter(|row| row["active"] == true).count(),
        active.len()
    );
}

#[test]
fn customers_that_are_inactive_are_not_listed() {
    let stage = mapped();
    let rows = list(&stage, &["customers"]);
    let active = stage
        .world()
        .customers
        .values()
        .filter(|customer| !customer.inactive)
        .count();
    assert_eq!(rows.len(), active);
    assert!(!rows.iter().any(|row| row["id"] == 59));
}

#[test]
fn priorities_come_with_the_sla_that_they_mean_something_in() {
    let stage = mapped();
    let rows = list(&stage, &["priorities"]);
    assert!(rows.contains(&json!({"id": 5, "name": "Critical 1h", "sla": {"id": 1, "name": "Gold"}})));
    assert!(rows.contains(&json!({"id": 1, "name": "Medium 16h", "sla": {"id": 5, "name": "Bronze"}})));
    assert!(
        !rows.iter().any(|row| row["name"] == "Planned"),
        "a hidden one is listed"
    );
}

#[test]
fn search_looks_into_names_and_ids_without_regard_to_case() {
    let stage = mapped();
    let names = |arguments: &[&str]| -> Vec<String> {
        let rows = list(&stage, arguments);
        rows.iter()
            .map(|row| row["name"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(
        names(&["customers", "--search", "NORTHWIND"]),
        ["Northwind Dental", "Northwind Dental Group"]
    );
    assert_eq!(
        names(&["customers", "--search", "müller"]),
        ["Müller & Söhne GmbH"]
    );
    assert_eq!(
        names(&["organizations", "--search", "1788161-15"]),
        ["Contoso Ltd [e9fd]"]
    );
    assert_eq!(
        names(&["organizations", "--search", "204120"]),
        ["Contoso Ltd [e9fd]"]
    );
    assert_eq!(
        list(&stage, &["customers", "--search", "zzyzx"]),
        Vec::<Value>::new()
    );
    assert_eq!(
        list(&stage, &["ticket-types", "--search", "incid"]),
        [json!({"id": 1, "name": "Incident"})]
    );
    let mapped = list(&stage, &["mappings", "--search", "cork"]);
    assert_eq!(mapped.len(), 1);
    assert_eq!(mapped[0]["organization"]["id"], "1788161-49");
}

#[test]
fn unmapped_leaves_out_what_is_mapped() {
    let stage = mapped();
    for (kind, gone) in [
        (
            "organizations",
            vec![json!("1788161-14"), json!("1788161-18"), json!("1788161-49")],
        ),
        ("customers", vec![json!(21), json!(25)]),
        ("licenses", vec![json!(17), json!(29)]),
    ] {
        let all = list(&stage, &[kind]);
        let rest = list(&stage, &[kind, "--unmapped"]);
        assert_eq!(rest.len(), all.len() - gone.len(), "{kind}");
        assert!(!rest.iter().any(|row| gone.contains(&row["id"])), "{kind}");
    }
}

#[test]
fn customer_narrows_to_one() {
    let stage = mapped();
    for customer in ["25", "o'brien electrical"] {
        let licenses = list(&stage, &["licenses", "--customer", customer]);
        assert!(licenses.iter().all(|row| row["customer"]["id"] == 25) && licenses.len() == 3);
        assert_eq!(list(&stage, &["mappings", "--customer", customer]).len(), 2);
        assert_eq!(list(&stage, &["organizations", "--customer", customer]).len(), 2);
    }
    stage
        .run(["list", "licenses", "--customer", "Nortwind Dental"])
        .expect(2)
        .says(["Northwind Dental (21)"]);
}

#[test]
fn a_flag_that_a_list_does_not_know_is_refused() {
    let stage = mapped();
    stage
        .run(["list", "slas", "--unmapped"])
        .expect(2)
        .says(["--unmapped"]);
    stage
        .run(["list", "customers", "--customer", "21"])
        .expect(2)
        .says(["--customer"]);
    stage
        .run(["list", "nonsense"])
        .expect(2)
        .says(["organizations", "ticket-types"]);
}

#[test]
fn errors_are_read_inside_the_organizations_with_their_own_tokens() {
    let stage = Stage::connected();
    let mapping = stage.world().suggested_mapping();
    stage.map_these(&mapping);
    stage.sandbox.forget_received();
    let rows = list(&stage, &["errors"]);
    let of = |organization: &str| -> Vec<&Value> {
        rows.iter()
            .filter(|row| row["organization"]["id"] == organization)
            .collect()
    };
    // As they are seeded: a mailbox, the whole organization, a OneDrive, tasks, one that is not documented.
    assert_eq!(of("1788161-14").len(), 1);
    assert_eq!(of("1788161-14")[0]["error"], "email-backup-failed");
    assert_eq!(of("1788161-14")[0]["product"], "mailbox");
    assert!(of("1788161-17").len() > 1);
    assert!(
        of("1788161-17")
            .iter()
            .all(|row| row["error"] == "main-app-token")
    );
    assert_eq!(of("1788161-19")[0]["error"], "onedrive-connection");
    assert_eq!(of("1788161-22")[0]["error"], "tasks-throttled");
    assert_eq!(of("1788161-26")[0]["error"], "backup-error");
    assert!(of("1788161-15").is_empty(), "a healthy one");
    assert_eq!(
        of("1788161-14")[0]["customer"],
        json!({"id": 21, "name": "Northwind Dental"})
    );

    // The partner's token does not open them: a request inside was answered, so it had the right one.
    let received = stage.sandbox.received();
    let inside: Vec<_> = received
        .iter()
        .filter(|request| request.service == Service::Backup && request.path == "/api/accounts")
        .collect();
    assert!(inside.len() >= mapping.len());
    assert!(inside.iter().all(|request| request.status == Some(200)));
}

#[test]
fn errors_are_not_looked_for_where_nobody_asked() {
    let stage = mapped();
    stage.sandbox.forget_received();
    let rows = list(&stage, &["errors"]);
    assert!(rows.iter().all(|row| row["customer"] != Value::Null));
    let inside = |stage: &Stage| {
        let received = stage.sandbox.received();
        received
            .iter()
            .filter(|request| {
                request.path == "/api/accounts"
                    && request
                        .query
                        .iter()
                        .any(|(key, value)| key == "page" && value == "1")
            })
            .count()
    };
    assert_eq!(inside(&stage), 3);
    stage.sandbox.forget_received();
    list(&stage, &["errors", "--customer", "21"]);
    assert_eq!(inside(&stage), 1);
    let unmapped = list(&stage, &["errors", "--unmapped"]);
    assert!(
        unmapped
            .iter()
            .any(|row| row["organization"]["id"] == "1788161-17")
    );
    assert!(unmapped.iter().all(|row| row["customer"] == Value::Null));
}

#[test]
fn an_empty_list_is_an_empty_array_and_a_header() {
    let stage = Stage::connected();
    assert_eq!(list(&stage, &["mappings"]), Vec::<Value>::new());
    let csv = stage.run(["list", "mappings", "-o", "csv"]).expect(0).stdout;
    assert_eq!(csv.lines().count(), 1, "{csv}");
    stage
        .run(["list", "mappings"])
        .expect(0)
        .says(["Nothing to list"]);
}

#[test]
fn both_spellings_of_licenses_are_taken() {
    let stage = mapped();
    assert_eq!(list(&stage, &["licences"]), list(&stage, &["licenses"]));
}

/// Three organizations mapped, two of them to one license.
fn mapped() -> Stage {
    Stage::mapped_to(&[
        ("1788161-14", 21, 17),
        ("1788161-18", 25, 29),
        ("1788161-49", 25, 29),
    ])
}

#[track_caller]
fn list(stage: &Stage, arguments: &[&str]) -> Vec<Value> {
    let mut all = vec!["list", "-o", "json"];
    all.extend(arguments);
    let document = stage.run(all).expect(0).json();
    document.as_array().expect("an array").clone()
}

#[track_caller]
fn find<'a>(rows: &'a [Value], id: &Value) -> &'a Value {
    rows.iter()
        .find(|row| row["id"] == *id)
        .unwrap_or_else(|| panic!("{id} is not listed"))
}

/// The rows of a CSV text, the header first.
#[track_caller]
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let rows = reader.records().map(|record| record.expect("CSV"));
    rows.map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}
