//! What is wrong inside the organizations, as `list errors` shows it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use halolink::sandbox::{Item, Options, Organization, Product, Service};
use serde_json::{Value, json};

use crate::support::{
    Stage,
    proxy::{Answer, answer, answering, in_front_of},
};

/// Contoso, whose backups are fine.
const CONTOSO: &str = "1788161-15";

/// The rows of `list errors`.
#[track_caller]
fn errors(stage: &Stage) -> Vec<Value> {
    rows(&stage.run(["list", "errors", "-o", "json"]).expect(0).json())
}

fn rows(document: &Value) -> Vec<Value> {
    document.as_array().expect("an array").clone()
}

/// A text of each row.
fn each<'a>(rows: &'a [Value], field: &str) -> Vec<&'a str> {
    rows.iter()
        .map(|row| row[field].as_str().unwrap_or_default())
        .collect()
}

/// Connected, and Contoso mapped.
#[track_caller]
fn contoso() -> Stage {
    Stage::mapped_to(&[(CONTOSO, 22, 19)])
}

/// Changes Contoso.
fn change(stage: &Stage, change: impl FnOnce(&mut Organization)) {
    let mut world = stage.world();
    let mut organizations = world.organizations.iter_mut();
    change(
        organizations
            .find(|organization| organization.id == CONTOSO)
            .expect("Contoso"),
    );
}

/// Connects with this in front of SaaS Backup, and maps these.
#[track_caller]
fn connect_through(stage: &Stage, backup: &str, mapping: &[(String, i64, i64)]) {
    let mut arguments = stage.connect_arguments();
    let own = stage.sandbox.backup_url();
    for argument in arguments.iter_mut().filter(|argument| **argument == own) {
        *argument = format!("{backup}/api");
    }
    stage.run(arguments).expect(0);
    stage.map_these(mapping);
    stage.sandbox.forget_received();
}

fn origin(stage: &Stage) -> String {
    stage.sandbox.backup_url().trim_end_matches("/api").to_owned()
}

fn only_contoso() -> [(String, i64, i64); 1] {
    [(CONTOSO.to_owned(), 22, 19)]
}

#[test]
fn whatever_is_broken_is_listed_by_its_name_until_it_is_healed() {
    let stage = contoso();
    assert_eq!(errors(&stage), [Value::Null; 0]);
    for (broken, error, status) in [
        ("main-app-token", "main-app-token", "Authentication Error"),
        ("device-token", "device-token", "Authentication Error"),
        ("delegated-token", "delegated-token", "Authentication Error"),
        (
            "email-backup-failed",
            "email-backup-failed",
            "Authentication Error",
        ),
        ("onedrive-connection", "onedrive-connection", "Connection Error"),
        (
            "onedrive-authentication",
            "onedrive-authentication",
            "Authentication Error",
        ),
        ("tasks-connection", "tasks-connection", "Connection Error"),
        ("tasks-throttled", "tasks-throttled", "Partially Completed"),
        (
            "tasks-authentication",
            "tasks-authentication",
            "Authentication Error",
        ),
        ("backup-error", "backup-error", "Authentication Error"),
        ("connection-error", "email-backup-failed", "Connection Error"),
        (
            "authentication-error",
            "email-backup-failed",
            "Authentication Error",
        ),
        ("space-full", "backup-error", "Space Full"),
        ("retrying", "backup-error", "Retrying"),
        ("partially-completed", "backup-error", "Partially Completed"),
    ] {
        let name = format!("Contoso:{broken}");
        stage.sandbox.break_backup(&name).expect("it can be broken");
        let rows = errors(&stage);
        assert!(!rows.is_empty(), "{broken}");
        assert_eq!(
            each(&rows, "error")
                .into_iter()
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect::<Vec<_>>(),
            [error],
            "{broken}"
        );
        assert!(each(&rows, "status").contains(&status), "{rows:?}");
        assert!(
            each(&rows, "text").iter().all(|text| !text.is_empty()),
            "{rows:?}"
        );
        if !broken.ends_with("-token") {
            assert_eq!(rows.len(), 1, "{rows:?}");
        }
        stage.sandbox.heal_backup(&name).expect("it can be healed");
        assert_eq!(errors(&stage), [Value::Null; 0], "{broken} is healed");
    }
}

#[test]
fn a_token_error_shows_in_place_of_the_errors_that_it_causes() {
    let stage = contoso();
    let sandbox = &stage.sandbox;
    for name in ["onedrive-connection", "space-full", "main-app-token"] {
        sandbox.break_backup(&format!("Contoso:{name}")).expect("broken");
    }
    let rows = errors(&stage);
    assert!(
        each(&rows, "error")
            .iter()
            .all(|error| *error == "main-app-token"),
        "{rows:?}"
    );
    let products: BTreeSet<&str> = each(&rows, "product").into_iter().collect();
    assert!(
        products.contains("mailbox") && products.contains("onedrive"),
        "{rows:?}"
    );

    // What was wrong besides shows again afterwards.
    sandbox.heal_backup("Contoso:main-app-token").expect("healed");
    let rows = errors(&stage);
    assert_eq!(each(&rows, "error"), ["backup-error", "onedrive-connection"]);
    sandbox
        .heal_backup("Contoso:onedrive-connection")
        .expect("healed");
    sandbox.heal_backup("Contoso:space-full").expect("healed");

    // The status of a tenant alone says it too, even if no account shows anything.
    for status in [1, 13] {
        change(&stage, |contoso| contoso.tenants[0].status = status);
        let rows = errors(&stage);
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert_eq!(rows[0]["error"], "main-app-token");
        assert_eq!(
            (&rows[0]["account"], &rows[0]["product"]),
            (&Value::Null, &Value::Null)
        );
    }
    change(&stage, |contoso| contoso.tenants[0].status = 5);
    assert_eq!(errors(&stage), [Value::Null; 0]);
}

#[test]
fn every_product_is_looked_at_and_who_is_gone_does_not_count() {
    let stage = contoso();
    let item = |name: &str, status: &'static str, deactivated: bool| Item {
        email: (!name.contains('/')).then(|| name.to_owned()),
        domain_name: name.contains('/').then(|| name.to_owned()),
        last_backup: None,
        errors: String::new(),
        current_backup_status: status.into(),
        deactivated_since: deactivated.then(|| "2026-01-01T00:00:00Z".to_owned()),
    };
    change(&stage, |contoso| {
        for product in [
            Product::OneDrives,
            Product::Calendars,
            Product::Contacts,
            Product::Tasks,
            Product::SharePoints,
            Product::TeamsAndGroups,
        ] {
            let name = |who: &str| match product {
                Product::SharePoints | Product::TeamsAndGroups => format!("contoso/{who}"),
                _ => format!("{who}@contoso.example"),
            };
            contoso.products.insert(
                product,
                vec![
                    item(&name("failing"), "Space Full", false),
                    item(&name("fine"), "Running", false),
                    item(&name("gone"), "Space Full", true),
                    item(&name("off"), "Deactivated", false),
                ],
            );
        }
        for (account, status) in contoso.accounts.iter_mut().zip(["Space Full", "Space Full"]) {
            account.current_backup_status = status.into();
        }
        contoso.accounts[1].flg_deleted = true;
    });
    let listed = errors(&stage);
    let mut products = each(&listed, "product");
    products.sort_unstable();
    assert_eq!(
        products,
        [
            "calendar",
            "contacts",
            "mailbox",
            "onedrive",
            "sharepoint",
            "tasks",
            "teams"
        ],
        "{listed:?}"
    );
    assert!(each(&listed, "text").iter().all(|text| *text == "Space Full"));

    // Google Drive is asked for where a tenant is Google's, and what Microsoft alone has is not.
    change(&stage, |contoso| {
        contoso.tenants[0].kind = "gws".into();
        let item = item("failing@contoso.example", "Space Full", false);
        contoso.products.insert(Product::GoogleDrives, vec![item]);
    });
    stage.sandbox.forget_received();
    let listed = errors(&stage);
    let mut products = each(&listed, "product");
    products.sort_unstable();
    assert_eq!(
        products,
        ["calendar", "contacts", "googledrive", "mailbox", "tasks"],
        "{listed:?}"
    );
    let received = stage.sandbox.received();
    assert!(!received.iter().any(|request| request.path.contains("onedrives")));
}

#[test]
fn a_suspended_or_deactivated_organization_is_not_looked_into() {
    let stage = contoso();
    stage
        .sandbox
        .break_backup("Contoso:main-app-token")
        .expect("broken");
    for (suspended, deactivated) in [(true, false), (false, true)] {
        change(&stage, |contoso| {
            contoso.flg_suspended = suspended;
            contoso.customer_deactivated = deactivated;
        });
        stage.sandbox.forget_received();
        assert_eq!(errors(&stage), [Value::Null; 0]);
        let received = stage.sandbox.received();
        assert!(
            received
                .iter()
                .all(|request| request.path.starts_with("/api/users") && !request.path.ends_with("/tenants")),
            "{received:?}"
        );
    }
}

#[test]
fn a_list_that_the_service_fails_at_does_not_hide_the_others() {
    let stage = Stage::new();
    let backup = in_front_of(&origin(&stage), |_, path| {
        path.starts_with("/api/tasks")
            .then(|| answer("422 Unprocessable Content", "X-Made-Up: yes"))
    });
    connect_through(&stage, &backup, &only_contoso());
    for name in ["Contoso:tasks-throttled", "Contoso:onedrive-connection"] {
        stage.sandbox.break_backup(name).expect("broken");
    }
    let outcome = stage.run(["list", "errors", "-o", "json"]).expect(4);
    assert_eq!(each(&rows(&outcome.json()), "error"), ["onedrive-connection"]);
    outcome.says(["Contoso", "tasks", "could not be read"]);
    let breakage = "Contoso:onedrive-authentication";
    stage.sandbox.break_backup(breakage).expect("broken");
    let tickets = stage.run(["sync-tickets", "-o", "json"]).expect(4).json();
    assert_eq!(tickets["summary"]["opened"], 1, "{tickets}");
    let changes = tickets["changes"].as_array().expect("changes");
    let unread = |change: &&Value| change["reason_code"] == "partly_read";
    let reason = changes
        .iter()
        .find(unread)
        .map(|change| change["reason"].to_string());
    assert!(
        reason.is_some_and(|reason| reason.contains("tasks backups could not be read")),
        "{tickets}"
    );
}

#[test]
fn a_mailbox_that_only_the_connection_failures_have_is_not_missed() {
    let stage = Stage::new();
    let backup = answering(&origin(&stage), |_, path, mut answer: Answer| {
        if path.starts_with("/api/accounts?") {
            // The list itself says that all is well, and lacks one.
            let mut rows: Vec<Value> = serde_json::from_str(&answer.text()).expect("rows");
            rows.retain(|row| row["display_name"] != "left out");
            for row in &mut rows {
                row["current_backup_status"] = json!("Completed");
            }
            answer.body = json!(rows).to_string().into_bytes();
        }
        answer
    });
    connect_through(&stage, &backup, &only_contoso());
    change(&stage, |contoso| {
        for account in &mut contoso.accounts[..2] {
            account.current_backup_status = "Connection Error".into();
        }
        contoso.accounts[1].display_name = "left out".to_owned();
    });
    let listed = errors(&stage);
    let found: BTreeMap<&str, &str> = each(&listed, "account")
        .into_iter()
        .zip(each(&listed, "status"))
        .collect();
    let world = stage.world();
    let contoso = world.organizations.iter().find(|one| one.id == CONTOSO);
    let expected: BTreeMap<&str, &str> = contoso.expect("Contoso").accounts[..2]
        .iter()
        .map(|account| (account.email.as_str(), "Connection Error"))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn hostile_texts_are_kept_short_and_tell_no_token() {
    let stage = contoso();
    let token = {
        let world = stage.world();
        let mut organizations = world.organizations.iter();
        let contoso = organizations.find(|organization| organization.id == CONTOSO);
        contoso.expect("Contoso").authentication_token.clone()
    };
    let hostile = format!(
        "=cmd|' /C calc'!A0 <script>alert(1)</script> \u{1b}[2J {token} {}",
        "x".repeat(100_000)
    );
    change(&stage, |contoso| {
        for account in &mut contoso.accounts[..1] {
            account.errors = Some(BTreeMap::from([
                ("backup".to_owned(), hostile.clone()),
                ("other".to_owned(), "y".repeat(100_000)),
            ]));
        }
    });
    let outcome = stage.run(["list", "errors", "-o", "json"]).expect(0);
    let text = rows(&outcome.json())[0]["text"]
        .as_str()
        .expect("a text")
        .to_owned();
    assert!(text.len() <= 2_000, "{} bytes", text.len());
    assert!(text.contains("<script>") && text.contains("[secret]"), "{text}");
    for arguments in [&["list", "errors"][..], &["list", "errors", "-o", "csv"]] {
        let outcome = stage.run(arguments).expect(0);
        let shown = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(!shown.contains(&token) && !shown.contains('\u{1b}'), "{shown}");
    }
}

#[test]
fn a_row_without_a_token_is_asked_for_alone() {
    let stage = Stage::new();
    let backup = answering(&origin(&stage), |_, path, mut answer: Answer| {
        if path.starts_with("/api/users?") {
            let mut rows: Vec<Value> = serde_json::from_str(&answer.text()).expect("rows");
            for row in rows.iter_mut().filter(|row| row["id"] == CONTOSO) {
                row["authentication_token"] = Value::Null;
            }
            answer.body = json!(rows).to_string().into_bytes();
        }
        answer
    });
    let mapping = stage.plain(4);
    connect_through(&stage, &backup, &mapping);
    assert!(mapping.iter().any(|(organization, ..)| organization == CONTOSO));
    stage
        .sandbox
        .break_backup("Contoso:tasks-connection")
        .expect("broken");
    let listed = errors(&stage);
    assert!(each(&listed, "error").contains(&"tasks-connection"), "{listed:?}");
    let alone: Vec<String> = stage
        .sandbox
        .received()
        .into_iter()
        .map(|request| request.path)
        .filter(|path| path.starts_with("/api/users/") && !path.ends_with("/tenants"))
        .collect();
    assert_eq!(alone, [format!("/api/users/{CONTOSO}")]);
}

/// The requests to SaaS Backup that one look takes, as the README has it.
fn formula(stage: &Stage, mapping: &[(String, i64, i64)]) -> usize {
    // A list without a word about its end takes one more page; an empty or missing one takes one.
    let pages = |rows: usize| if rows == 0 { 1 } else { rows.div_ceil(100) + 1 };
    let world = stage.world();
    let inside = |organization: &Organization| {
        let is_google = organization.tenants[0].kind == "gws";
        let products: &[Product] = if is_google {
            &[
                Product::GoogleDrives,
                Product::Calendars,
                Product::Contacts,
                Product::Tasks,
            ]
        } else {
            &[
                Product::OneDrives,
                Product::Calendars,
                Product::Contacts,
                Product::Tasks,
                Product::SharePoints,
                Product::TeamsAndGroups,
            ]
        };
        let unreachable = organization.accounts.iter().filter(|account| {
            let status = account.current_backup_status.as_ref();
            ["Connection Error", "Authentication Error"].contains(&status)
        });
        let tenants = 1;
        let mailboxes = pages(organization.accounts.len()) + pages(unreachable.count());
        let others = products.iter().map(|product| {
            let items = organization.products.get(product);
            pages(items.map_or(0, Vec::len))
        });
        tenants + mailboxes + others.sum::<usize>()
    };
    let organizations = if mapping.len() <= 2 {
        mapping.len()
    } else {
        pages(world.organizations.len())
    };
    let mapped = world
        .organizations
        .iter()
        .filter(|organization| mapping.iter().any(|(id, ..)| *id == organization.id));
    organizations + mapped.map(inside).sum::<usize>()
}

/// The requests to SaaS Backup so far.
fn asked(stage: &Stage) -> usize {
    let received = stage.sandbox.received();
    received
        .iter()
        .filter(|request| request.service == Service::Backup)
        .count()
}

#[test]
fn a_look_takes_as_many_requests_as_the_readme_says() {
    for count in [1, 2, 12, 28] {
        let (stage, mapping) = Stage::mapped_with(count);
        errors(&stage);
        assert_eq!(asked(&stage), formula(&stage, &mapping), "{count} organizations");
        assert!(
            stage
                .sandbox
                .received()
                .iter()
                .all(|request| request.service == Service::Backup),
            "Halo is not asked"
        );
    }
}

#[test]
fn many_organizations_take_the_requests_divided_by_those_at_once() {
    const LATENCY: Duration = Duration::from_millis(100);
    let stage = Stage::with(Options {
        latency: LATENCY,
        ..Options::default()
    });
    stage.connect();
    let mapping = stage.plain(20);
    stage.map_these(&mapping);
    stage.sandbox.forget_received();
    let started = Instant::now();
    errors(&stage);
    let took = started.elapsed();
    let turns = asked(&stage) as f64 / 8.0;
    let least = LATENCY.mul_f64(turns);
    // Politely: no more than eight at once; and no turn is missed but at the beginning and the end.
    assert!(took >= least, "{took:?} is less than {least:?}");
    assert!(
        took < least.mul_f64(1.5) + Duration::from_secs(2),
        "{took:?} for {least:?}"
    );
}

#[test]
fn an_outage_of_the_service_ends_the_look_soon() {
    let stage = Stage::new();
    let asked: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let noted = asked.clone();
    let backup = in_front_of(&origin(&stage), move |_, path| {
        let (inside, _) = path.strip_prefix("/api/users/")?.split_once("/tenants")?;
        noted.lock().expect("a lock").insert(inside.to_owned());
        Some(answer("503 Service Unavailable", "X-Made-Up: yes"))
    });
    let mapping = stage.plain(20);
    connect_through(&stage, &backup, &mapping);
    stage.run(["list", "errors"]).expect(75).says(["503"]);
    let asked = asked.lock().expect("a lock").len();
    assert!(asked < 20, "{asked} organizations were tried");
}
