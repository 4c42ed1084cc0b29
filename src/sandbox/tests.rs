//! The emulator against its own promises. A client of a few lines is enough here, and cannot repair anything by itself.

use std::{
    collections::HashSet,
    io::{Read, Write},
    net::TcpStream,
};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Fault, Options, Sandbox, Service, World};

mod tickets;

/// An answer: the status (0 when there was none), the head and as much of the body as came.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn promised(&self) -> usize {
        let head = self.head.to_lowercase();
        let length = head.split("content-length: ").nth(1).unwrap();
        length.split("\r\n").next().unwrap().parse().unwrap()
    }
}

/// A sandbox with a token for its Halo side.
struct Bench {
    sandbox: Sandbox,
    token: String,
}

impl Bench {
    fn new() -> Self {
        Self::with(Options::default())
    }

    fn with(options: Options) -> Self {
        let mut bench = Self {
            sandbox: Sandbox::start(options).unwrap(),
            token: String::new(),
        };
        bench.renew();
        bench
    }

    fn faulty(fault: Fault) -> Self {
        let bench = Self::new();
        bench.sandbox.set_faults(vec![fault]);
        bench.sandbox.forget_received();
        bench
    }

    fn renew(&mut self) {
        let answer = self.ask_for_token("all");
        self.token = answer.json()["access_token"].as_str().unwrap().to_owned();
    }

    fn ask_for_token(&self, scope: &str) -> Answer {
        let tenant = &self.sandbox.credentials().tenant;
        self.token_request(&format!("?tenant={tenant}"), &format!("&scope={scope}"))
    }

    /// A token request with a query, and more in the form.
    fn token_request(&self, query: &str, more: &str) -> Answer {
        let credentials = self.sandbox.credentials();
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}{more}",
            credentials.client_id, credentials.client_secret
        );
        send(
            &self.sandbox.site_url(),
            "POST",
            &format!("/auth/token{query}"),
            &["Content-Type: application/x-www-form-urlencoded"],
            &form,
        )
    }

    fn get(&self, path: &str) -> Answer {
        self.halo("GET", path, "")
    }

    fn post(&self, path: &str, body: Value) -> Answer {
        self.halo("POST", path, &body.to_string())
    }

    fn halo(&self, method: &str, path: &str, body: &str) -> Answer {
        let authorization = format!("Authorization: Bearer {}", self.token);
        send(
            &self.sandbox.site_url(),
            method,
            path,
            &[&authorization, "Content-Type: application/json"],
            body,
        )
    }

    fn backup(&self, path: &str, token: &str) -> Answer {
        let reseller = format!("X-Reseller-Token: {}", self.sandbox.credentials().reseller_token);
        let access = format!("X-Access-Token: {token}");
        let url = self.sandbox.backup_url();
        send(
            url.trim_end_matches("/api"),
            "GET",
            path,
            &[&reseller, &access],
            "",
        )
    }

    fn partner(&self, path: &str) -> Answer {
        self.backup(path, &self.sandbox.credentials().access_token)
    }
}

fn send(site: &str, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
    let host = site.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
    .unwrap();
    let mut answer = Vec::new();
    // A connection that is cut off may end in an error; what came before it counts.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    Answer {
        status: head.get(9..12).map_or(0, |status| status.parse().unwrap()),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

fn page_sizes(bench: &Bench, path: &str, key: &str, pages: usize) -> Vec<usize> {
    (1..=pages)
        .map(|page| {
            let answer = bench.get(&format!("{path}&page_no={page}")).json();
            answer[key].as_array().unwrap().len()
        })
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_world() {
    let now = Timestamp::UNIX_EPOCH;
    assert_eq!(World::seeded(36, 7, now), World::seeded(36, 7, now));
    assert_ne!(World::seeded(36, 7, now), World::seeded(36, 8, now));
}

#[test]
fn the_seed_looks_like_a_partner() {
    let world = World::seeded(36, 1, Timestamp::now());
    let count = |wanted: fn(&&super::Organization) -> bool| world.organizations.iter().filter(wanted).count();
    assert_eq!(world.organizations.len(), 36);
    assert_eq!(world.organizations[0].id, "1788161-14");
    assert_eq!(world.customers.len(), 45);
    assert_eq!(count(|organization| organization.flg_suspended), 1);
    assert_eq!(count(|organization| organization.customer_deactivated), 1);
    assert_eq!(
        world
            .licenses
            .values()
            .filter(|license| !license.is_active)
            .count(),
        1
    );
    let named = |name: &str| {
        world
            .customers
            .values()
            .filter(|customer| customer.name == name)
            .count()
    };
    assert_eq!(named("Harbor Light Clinic"), 2);
    assert_eq!(named("Northwind Dental"), 1);
    assert_eq!(named("Northwind Dental Group"), 1);
    assert_eq!(world.organizations[1].organization_name, "Contoso Ltd [e9fd]");
    let mapping = world.suggested_mapping();
    let licenses: HashSet<i64> = mapping.iter().map(|row| row.2).collect();
    assert!(mapping.len() > 30);
    assert_eq!(
        licenses.len(),
        mapping.len() - 1,
        "two organizations share a license"
    );
}

#[test]
fn a_large_seed_has_its_numbers() {
    let world = World::seeded(10_000, 1, Timestamp::now());
    assert_eq!(world.licenses.len(), 12_000);
    let mapping = world.suggested_mapping();
    assert_eq!(mapping.len(), 10_000);
    let names: HashSet<&str> = world
        .customers
        .values()
        .map(|customer| customer.name.as_str())
        .collect();
    assert_eq!(names.len(), world.customers.len() - 1, "one name is there twice");
    let behind = world
        .organizations
        .iter()
        .zip(&mapping)
        .filter(|(organization, row)| {
            organization.seats_used != world.licenses[&row.2].count
                && !organization.flg_suspended
                && !organization.customer_deactivated
        });
    assert_eq!(behind.count(), 500);
}

#[test]
fn small_worlds_are_seeded_too() {
    for organizations in 0..40 {
        let world = World::seeded(organizations, 1, Timestamp::now());
        assert_eq!(world.organizations.len(), organizations);
    }
}

#[test]
fn fault_names_go_both_ways() {
    for fault in Fault::ALL {
        assert_eq!(fault.to_string().parse(), Ok(*fault));
    }
    assert!(
        "no-such-thing"
            .parse::<Fault>()
            .unwrap_err()
            .to_string()
            .contains("pages-capped")
    );
}

#[test]
fn tokens_tell_what_was_granted_and_secrets_are_not_kept() {
    let bench = Bench::new();
    let answer = bench.ask_for_token("all").json();
    assert!(
        answer["scope"]
            .as_str()
            .unwrap()
            .contains("edit:softwarelicensing")
    );
    let answer = bench.ask_for_token("read:tickets+read:everything").json();
    assert_eq!(answer["scope"], "read:tickets");
    let received = format!("{:?}", bench.sandbox.received());
    assert!(!received.contains(&bench.sandbox.credentials().client_secret));
    assert!(received.contains("(withheld)"));

    bench
        .sandbox
        .world()
        .granted_scopes
        .retain(|scope| scope != "read:customers");
    let mut bench = bench;
    bench.renew();
    assert_eq!(bench.get("/api/Client").status, 401);
    assert_eq!(bench.get("/API/tickettype/").status, 200);
}

#[test]
fn on_its_own_host_a_tenant_need_not_be_named() {
    let bench = Bench::new();
    let tenant = bench.sandbox.credentials().tenant.clone();
    let named = (format!("?tenant={tenant}"), format!("&tenant={tenant}"));
    let status = |query: &str, more: &str| bench.token_request(query, more).status;
    assert_eq!(
        [status("", ""), status(&named.0, ""), status("", &named.1)],
        [200, 200, 200]
    );
    assert_eq!(
        [status("?tenant=other", ""), status("", "&tenant=other")],
        [400, 400]
    );
    bench.sandbox.set_faults(vec![Fault::TenantRequired]);
    assert_eq!(
        [status("", ""), status(&named.0, ""), status("", &named.1)],
        [400, 200, 200]
    );
    bench.sandbox.set_faults(vec![Fault::SelfHosted]);
    assert_eq!([status("", ""), status("?tenant=other", "")], [200, 200]);
}

#[test]
fn a_change_of_a_license_is_a_row_a_field() {
    let bench = Bench::new();
    let before = bench.sandbox.world().licenses[&17].clone();
    let sent = json!([{"id": 17, "count": before.count + 1, "notes": "Agreed.", "colour": "red"}]);
    assert_eq!(bench.post("/api/SoftwareLicence", sent.clone()).status, 201);
    // The same again changes nothing.
    assert_eq!(bench.post("/api/SoftwareLicence", sent).status, 201);
    (bench.sandbox.world()).change_license(17, "Sam Taylor", |license| license.notes = "By hand.".into());
    let rows = |query: &str| {
        let answer = bench
            .get(&format!("/api/LicenceChange?licence_id=17{query}"))
            .json();
        answer["licencechanges"].as_array().unwrap().clone()
    };
    let by_id = rows("&order=datetime");
    let names: Vec<&str> = by_id
        .iter()
        .map(|row| row["field_name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["colour", "Quantity", "Notes", "Notes"],
        "whoever changed which"
    );
    let quantity = &by_id[1];
    assert_eq!(quantity["old_value"], before.count.to_string());
    assert_eq!(quantity["new_value"], (before.count + 1).to_string());
    assert_eq!(quantity["who"], "Dropsuite API agent");
    assert!(quantity["field_id"].is_i64() && quantity["datetime"].is_string());
    assert_eq!(by_id[3]["who"], "Sam Taylor");
    let newest = rows("&order=datetime&orderdesc=true&count=1");
    assert_eq!(newest, [by_id[3].clone()]);
    assert_eq!(
        bench.get("/api/LicenceChange?licence_id=18").json()["record_count"],
        0
    );
}

#[test]
fn a_recurring_invoice_bills_what_its_licenses_hold() {
    let mut bench = Bench::new();
    assert_eq!(
        bench.get("/api/RecurringInvoice").status,
        401,
        "the guide grants no invoices"
    );
    bench
        .sandbox
        .world()
        .granted_scopes
        .push("read:invoices".to_owned());
    bench.renew();
    let path = "/api/RecurringInvoice?client_id=21";
    let plain = bench.get(path).json()["invoices"][0].clone();
    assert_eq!(plain["lines"], Value::Null);
    bench.sandbox.world().set_license_count(17, 4711, "Sam Taylor");
    let invoice = bench.get(&format!("{path}&includelines=true")).json()["invoices"][0].clone();
    let line = &invoice["lines"][0];
    assert_eq!(line["qty_order"], 4711);
    assert_eq!(line["quantity_licences"][0]["licence_id"], 17);
    assert!(line["quantity_licences"][0]["licence_name"].is_string());
    let alone = bench.get(&format!(
        "/api/RecurringInvoice/{}?includedetails=true",
        invoice["id"]
    ));
    assert_eq!(alone.json()["lines"], invoice["lines"]);
    assert_eq!(
        bench
            .post("/api/RecurringInvoice", json!([{"client_id": 21}]))
            .status,
        401
    );
    let world = bench.sandbox.world();
    let lines = || {
        world
            .recurring_invoices
            .values()
            .flat_map(|invoice| &invoice.lines)
    };
    assert_eq!(
        (&invoice["disabled"], &invoice["currency_code_name"]),
        (&json!(false), &Value::Null)
    );
    let billed: HashSet<i64> = lines().map(|line| line.quantity_licences[0].licence_id).collect();
    assert!(lines().any(|line| line.isinactive));
    assert!(
        world
            .suggested_mapping()
            .iter()
            .any(|row| !billed.contains(&row.2))
    );
}

#[test]
fn a_customer_has_a_site_and_people() {
    let bench = Bench::new();
    let sites = bench.get("/api/Site?client_id=21").json()["sites"].clone();
    assert_eq!(sites.as_array().unwrap().len(), 1);
    let users = bench.get("/api/Users?client_id=21").json()["users"].clone();
    assert_eq!(users.as_array().unwrap().len(), 2);
    assert_eq!(users[1]["site_id"], sites[0]["id"]);
    assert_eq!(
        bench.get(&format!("/api/Site/{}", sites[0]["id"])).json(),
        sites[0]
    );
    let named = bench
        .get("/api/Users?client_id=21&exclude_generaluser=true")
        .json();
    assert_eq!(named["record_count"], 1);
    assert_eq!(bench.get("/api/Currency").json()[0]["code"], "USD");
    let kinds = bench.get("/api/TicketType").json();
    assert!(kinds[0]["itilrequesttype"].is_i64());
    let workflow = bench.get("/api/TicketType/1").json()["workflow_id"].clone();
    let workflow = bench.get(&format!("/api/Workflow/{workflow}")).json();
    assert_eq!(workflow["steps"][0]["actions"][1]["action_id"], 7);
}

#[test]
fn what_the_description_deletes_can_be_deleted() {
    let bench = Bench::new();
    for path in [
        "SoftwareLicence/17",
        "Client/21",
        "Tickets/2101",
        "Outcome/7",
        "Workflow/4",
    ] {
        let path = format!("/api/{path}");
        assert_eq!(bench.get(&path).status, 200, "{path}");
        assert_eq!(bench.halo("DELETE", &path, "").status, 200, "{path}");
        assert_eq!(bench.get(&path).status, 404, "{path}");
        assert_eq!(bench.halo("DELETE", &path, "").status, 404, "{path}");
    }
    assert_eq!(bench.halo("DELETE", "/api/RecurringInvoice/5001", "").status, 401);
    assert_eq!(bench.halo("DELETE", "/api/Currency/1", "").status, 405);
}

#[test]
fn a_post_is_answered_with_its_records() {
    let bench = Bench::new();
    let post = |names: &[&str]| {
        let sent: Value = names.iter().map(|name| json!({"name": name})).collect();
        bench.post("/api/Client", sent).json()
    };
    assert_eq!(post(&["One"])["name"], "One");
    assert_eq!(post(&["Two", "Three"]).as_array().unwrap().len(), 2);
    bench.sandbox.set_faults(vec![Fault::LastAnswered]);
    assert_eq!(post(&["Four", "Five"])["name"], "Five");
}

#[test]
fn lists_come_in_pages() {
    let bench = Bench::with(Options {
        organizations: 1000,
        ..Options::default()
    });
    let path = "/api/Client?includeinactive=true&pageinate=true&page_size=1000";
    assert_eq!(page_sizes(&bench, path, "clients", 3), [1000, 250, 0]);
    assert_eq!(bench.get(path).json()["record_count"], 1250);
    assert_eq!(
        page_sizes(&bench, "/api/SoftwareLicence?pageinate=true", "licences", 1),
        [50]
    );

    bench.sandbox.set_faults(vec![Fault::PagesCapped]);
    assert_eq!(bench.get(path).json()["record_count"], 50);
    assert_eq!(page_sizes(&bench, path, "clients", 26)[23..], [50, 50, 0]);

    bench.sandbox.set_faults(vec![Fault::PagingIgnored]);
    assert_eq!(page_sizes(&bench, path, "clients", 2), [1250, 1250]);
}

#[test]
fn every_shape_of_a_backup_list_carries_the_rows() {
    let bench = Bench::with(Options {
        organizations: 130,
        ..Options::default()
    });
    let pages = |place: &str| -> Vec<usize> {
        (1..=3)
            .map(|page| {
                let answer = bench
                    .partner(&format!("/api/users?page={page}&per_page=100"))
                    .json();
                answer.pointer(place).unwrap().as_array().unwrap().len()
            })
            .collect()
    };
    assert_eq!(pages(""), [100, 30, 0]);
    bench.sandbox.set_faults(vec![Fault::BackupResultSet]);
    assert_eq!(pages("/result_set"), [100, 30, 0]);
    bench.sandbox.set_faults(vec![Fault::BackupWrappedResultSet]);
    assert_eq!(pages("/0/result_set"), [100, 30, 0]);
    bench.sandbox.set_faults(vec![Fault::BackupPagination]);
    assert_eq!(pages("/data"), [100, 30, 0]);
    let answer = bench.partner("/api/users?page=2").json();
    assert_eq!(answer["pagination"]["next_page"], Value::Null);
}

#[test]
fn inside_an_organization_only_its_own_token_opens() {
    let bench = Bench::new();
    let organization = bench.sandbox.world().organizations[0].clone();
    assert_eq!(bench.partner("/api/accounts").status, 401);
    let own = &organization.authentication_token;
    assert_eq!(bench.backup("/api/users", own).status, 401);
    let accounts = bench.backup("/api/accounts", own).json();
    assert_eq!(accounts[0]["errors"]["backup"], "The email backup has failed");
    assert_eq!(bench.backup("/api/users/1788161-14/tenants", own).status, 200);
    assert_eq!(bench.backup("/api/users/1788161-15/tenants", own).status, 401);
    let tenants = bench.backup("/api/users/1788161-14/tenants", own).json();
    assert_eq!(tenants["pagination"]["next_page"], Value::Null);
    let tenant = tenants["data"][0]["id"].to_string();
    let inside = |path: &str| bench.backup(&format!("/api/{path}"), own).json();
    let of_tenant = inside(&format!("users/1788161-14/tenants/{tenant}/accounts"));
    assert_eq!(
        of_tenant["data"].as_array().unwrap().len(),
        organization.accounts.len()
    );
    assert!(inside("users/1788161-14/retention_policies")["data"].is_array());
    assert!(inside("users/1788161-14/delegated").is_array());
    assert_eq!(inside("journals"), json!([]));
    let deactivated = inside("accounts/deactivated_accounts");
    assert!((deactivated.as_array().unwrap().iter()).all(|account| account["deactivated_since"].is_string()));
    assert!(!deactivated.as_array().unwrap().is_empty());
    // Rows carry more secrets than anybody asked for.
    assert_eq!(accounts[0]["user"]["authentication_token"], own.as_str());
    assert_eq!(
        accounts[0]["user"]["reseller_token"],
        organization.reseller_token.as_str()
    );
    let row = &bench.partner("/api/users").json()[0];
    assert_eq!(row["reseller_token"], organization.reseller_token.as_str());
    assert!(row["plan_id"].is_string() && row["notification_email"].is_array());
    assert!(!format!("{:?}", bench.sandbox.received()).contains(own));
}

#[test]
fn a_license_keeps_what_was_not_sent() {
    let bench = Bench::new();
    let before = bench.sandbox.world().licenses[&17].clone();
    let sent = json!([{"id": 17, "client_id": before.client_id, "count": 4711}]);
    assert_eq!(bench.post("/api/SoftwareLicence", sent).status, 201);
    {
        let world = bench.sandbox.world();
        let expected = super::License {
            count: 4711,
            ..before
        };
        assert_eq!(world.licenses[&17], expected);
        assert_eq!(world.license_changes.len(), 1);
    }
    for refused in [
        json!({"id": 17, "count": 3}),
        json!([{"id": 17, "count": 95.0}]),
        json!([{"id": 17, "count": "95"}]),
        json!([{"id": 17, "count": -1}]),
        json!([{"id": 17, "client_id": 99, "count": 3}]),
        json!([{"id": 17, "count": 3}, {"id": 999_999, "count": 3}]),
        json!([{"name": "Backup", "count": 3, "type": 1}]),
    ] {
        assert_eq!(bench.post("/api/SoftwareLicence", refused).status, 400);
    }
    assert_eq!(bench.sandbox.world().licenses[&17].count, 4711);
    let new = json!([{"name": "Backup", "client_id": 21, "count": 3, "type": 1, "colour": "red"}]);
    let created = bench.post("/api/SoftwareLicence", new).json();
    assert_eq!(created["client_name"], "Northwind Dental");
    assert_eq!(created["colour"], "red");
}

#[test]
fn a_poisoned_batch_is_refused_whole_or_in_part() {
    let bench = Bench::faulty(Fault::RefuseBatch);
    let ids: Vec<i64> = bench.sandbox.world().licenses.keys().copied().take(3).collect();
    if let Some(license) = bench.sandbox.world().licenses.get_mut(&ids[1]) {
        license.notes = "poison".into();
    }
    let batch: Value = ids.iter().map(|id| json!({"id": id, "count": 4000})).collect();
    let counts = || {
        ids.iter()
            .map(|id| bench.sandbox.world().licenses[id].count == 4000)
            .collect::<Vec<_>>()
    };
    assert_eq!(bench.post("/api/SoftwareLicence", batch.clone()).status, 400);
    assert_eq!(counts(), [false, false, false]);
    bench.sandbox.set_faults(vec![Fault::RefusePartial]);
    assert_eq!(bench.post("/api/SoftwareLicence", batch).status, 400);
    assert_eq!(counts(), [true, false, false]);
}

#[test]
fn a_priority_belongs_to_its_sla() {
    let bench = Bench::new();
    let ticket = |sla: i64, priority: i64| {
        json!([{"client_id": 21, "summary": "Backup", "tickettype_id": 21,
                "sla_id": sla, "priority_id": priority, "_novalidate": true}])
    };
    assert_eq!(bench.post("/api/Tickets", ticket(1, 5)).status, 201);
    assert_eq!(bench.post("/api/Tickets", ticket(2, 5)).status, 400);
    let change = json!([{"summary": "Backup", "tickettype_id": 2, "_novalidate": true}]);
    let refused = bench.post("/api/Tickets", change);
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("category_1"));
}

#[test]
fn a_ticket_is_found_noted_and_closed() {
    let bench = Bench::new();
    let sent = json!([{"client_id": 21, "summary": "Token lost", "tickettype_id": 21}]);
    let id = bench.post("/api/Tickets", sent).json()["id"].clone();
    let open = "/api/Tickets?client_id=21&open_only=true&search_summary=tOKEN";
    assert_eq!(bench.get(open).json()["tickets"][0]["id"], id);
    let note = |outcome: i64, status: Value| json!([{"ticket_id": id, "outcome_id": outcome, "note_html": "x", "new_status": status}]);
    assert_eq!(bench.post("/api/Actions", json!([{"ticket_id": id}])).status, 400);
    assert_eq!(bench.post("/api/Actions", note(30, Value::Null)).status, 400);
    assert_eq!(bench.post("/api/Actions", note(7, Value::Null)).status, 201);
    assert_eq!(bench.post("/api/Actions", note(11, json!(9))).status, 201);
    // The workflow of service requests has no internal note.
    let sent = json!([{"client_id": 21, "summary": "A new laptop", "tickettype_id": 3}]);
    let request = bench.post("/api/Tickets", sent).json()["id"].clone();
    let note = json!([{"ticket_id": request, "outcome_id": 7, "note_html": "x"}]);
    assert_eq!(bench.post("/api/Actions", note).status, 400);
    assert_eq!(
        bench
            .get(&format!("/api/Tickets/{id}?includedetails=true"))
            .json()["hasbeenclosed"],
        true
    );
    assert_eq!(bench.get(open).json()["record_count"], 0);
    assert_eq!(
        bench.get(&format!("/api/Actions?ticket_id={id}")).json()["record_count"],
        2
    );
}

#[test]
fn the_rate_limit_refuses_without_counting() {
    let bench = Bench::with(Options {
        rate_limit: 3,
        ..Options::default()
    });
    let statuses: Vec<u16> = (0..4).map(|_| bench.get("/api/Agent/me").status).collect();
    assert_eq!(statuses, [200, 200, 429, 429]);
    let answers = [bench.get("/api/Agent/me"), bench.get("/api/Agent/me")];
    let told = answers.map(|answer| answer.head.to_lowercase().contains("retry-after"));
    assert!(told[0] != told[1]);
    bench.sandbox.forget_rate();
    assert_eq!(bench.get("/api/Agent/me").status, 200);
}

#[test]
fn a_token_that_dies_is_worth_six_requests() {
    let bench = Bench::faulty(Fault::TokenDies);
    let statuses: Vec<u16> = (0..7).map(|_| bench.get("/api/Agent/me").status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 401]);
}

#[test]
fn connections_are_cut_before_or_after_the_work() {
    let ticket = json!([{"client_id": 21, "summary": "Cut", "tickettype_id": 21}]);
    for (fault, first) in [
        (Fault::DropBefore, 0),
        (Fault::DropAfter, 1),
        (Fault::BadGatewayAfter, 1),
    ] {
        let bench = Bench::faulty(fault);
        let before = bench.sandbox.world().tickets.len();
        let status = bench.post("/api/Tickets", ticket.clone()).status;
        assert_eq!(
            status,
            if fault == Fault::BadGatewayAfter { 502 } else { 0 },
            "{fault}"
        );
        assert_eq!(bench.sandbox.world().tickets.len(), before + first, "{fault}");
        assert_eq!(bench.post("/api/Tickets", ticket.clone()).status, 201, "{fault}");
        let statuses: Vec<_> = bench
            .sandbox
            .received()
            .iter()
            .map(|entry| entry.status)
            .collect();
        assert_eq!(statuses[1], Some(201));
        assert_eq!(statuses[0].is_none(), fault != Fault::BadGatewayAfter);
    }
}

#[test]
fn half_an_answer_is_half_of_json_or_of_the_promise() {
    for fault in [Fault::HalfJson, Fault::HalfBody] {
        let bench = Bench::faulty(fault);
        let answer = bench.get("/api/TicketType");
        assert_eq!(answer.status, 200);
        assert!(!answer.body.is_empty());
        assert!(serde_json::from_str::<Value>(&answer.body).is_err());
        assert_eq!(answer.promised() == answer.body.len(), fault == Fault::HalfJson);
        assert!(bench.get("/api/TicketType").json().is_array());
        assert_eq!(bench.partner("/api/users").json_or_none(), None);
        assert!(bench.partner("/api/users").json().is_array());
    }
}

/// A little of everything, so that every fault finds something to strike at.
fn all_sorts(bench: &Bench) {
    let organization = bench.sandbox.world().organizations[0].clone();
    let licenses: Vec<i64> = bench.sandbox.world().licenses.keys().copied().take(2).collect();
    if let Some(license) = bench.sandbox.world().licenses.get_mut(&licenses[1]) {
        license.notes = "poison".into();
    }
    let both: Value = licenses.iter().map(|id| json!({"id": id, "count": 40})).collect();
    send(&bench.sandbox.site_url(), "GET", "/api/authinfo", &[], "");
    bench.ask_for_token("all");
    bench.token_request("", "");
    for path in [
        "/api/Client?pageinate=true&page_size=10",
        "/api/SoftwareLicence?count=1000",
        "/api/SLA",
        "/api/LicenceChange?licence_id=17",
        "/api/RecurringInvoice?includelines=true",
        "/api/Client/21",
        "/api/Client/0",
    ] {
        bench.get(path);
    }
    bench.post("/api/SoftwareLicence", both);
    let ticket = bench.post("/api/Tickets", json!([{"client_id": 21, "summary": "All sorts"}]));
    if let Some(id) = ticket.json_or_none().map(|row| row["id"].clone()) {
        bench.get("/api/Tickets?open_only=true");
        let note = json!([{"ticket_id": id, "outcome_id": 7, "note_html": "x"}]);
        bench.post("/api/Actions", note);
    }
    bench.get("/api/Tickets/0");
    bench.post(
        "/api/Client",
        json!([{"name": "One more"}, {"name": "And another"}]),
    );
    bench.post("/api/Client", json!([{"name": ""}]));
    bench.partner("/api/users");
    bench.backup("/api/accounts", &organization.authentication_token);
}

#[test]
fn every_fault_strikes_and_none_that_is_off() {
    for fault in Fault::ALL {
        let mut bench = Bench::new();
        let scope = "read:invoices".to_owned();
        bench.sandbox.world().granted_scopes.push(scope);
        bench.renew();
        all_sorts(&bench);
        assert_eq!(bench.sandbox.faults(), []);
        assert_eq!(bench.sandbox.struck(*fault), 0);
        bench.sandbox.set_faults(vec![*fault]);
        if *fault == Fault::SlowAnswers {
            bench.get("/api/SLA");
        } else {
            all_sorts(&bench);
        }
        assert!(bench.sandbox.struck(*fault) > 0, "{fault} struck at nothing");
        let told = send(&bench.sandbox.site_url(), "GET", "/sandbox/faults", &[], "").json();
        assert_eq!(told, json!({fault.name(): bench.sandbox.struck(*fault)}));
        bench.sandbox.set_faults(vec![]);
        assert_eq!(bench.sandbox.struck(*fault), 0);
    }
}

impl Answer {
    fn json_or_none(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }
}

#[test]
fn gateways_storms_and_pages_of_errors() {
    let bench = Bench::faulty(Fault::BadGateway);
    let statuses: Vec<u16> = (0..6).map(|_| bench.get("/api/SLA").status).collect();
    assert_eq!(statuses, [200, 200, 502, 200, 200, 502]);
    bench
        .sandbox
        .set_faults(vec![Fault::RateStorm, Fault::WrappedLookups]);
    let statuses: Vec<u16> = (0..6).map(|_| bench.get("/api/SLA").status).collect();
    assert_eq!(statuses, [429, 429, 429, 429, 429, 200]);
    assert_eq!(bench.get("/api/SLA").json()["slas"].as_array().unwrap().len(), 3);
    bench
        .sandbox
        .set_faults(vec![Fault::HtmlErrors, Fault::NoAuthinfo]);
    assert!(bench.get("/api/Client/0").body.starts_with("<html>"));
    assert_eq!(bench.get("/api/authinfo").status, 404);
    bench.sandbox.set_faults(vec![Fault::SelfHosted]);
    assert_eq!(bench.get("/api/authinfo").json()["tenant_id"], Value::Null);
    bench.sandbox.set_faults(vec![Fault::RedirectElsewhere]);
    assert!(bench.get("/api/SLA").head.contains("http://localhost:1/"));
    assert_eq!(bench.get("/api/authinfo").status, 200);
}

#[test]
fn odd_values_are_as_odd_as_named() {
    let bench = Bench::faulty(Fault::StringsForNumbers);
    assert_eq!(bench.get("/api/Client/21").json()["id"], "21");
    assert!(bench.partner("/api/users").json()[0]["seats_used"].is_string());
    bench
        .sandbox
        .set_faults(vec![Fault::ControlsInNames, Fault::SeatsGarbled]);
    let name = bench.get("/api/Client/21").json()["name"].clone();
    assert!(name.as_str().unwrap().contains('\u{1b}'));
    let users = bench.partner("/api/users").json();
    assert_eq!(users[1]["seats_used"], "n/a");
    assert_eq!(users[3]["seats_used"], Value::Null);
    assert!(users[2]["seats_used"].is_i64());
    bench
        .sandbox
        .set_faults(vec![Fault::WrappedRecords, Fault::FieldErrors]);
    assert_eq!(
        bench.get("/api/SoftwareLicence/17").json()["licences"][0]["id"],
        17
    );
    assert_eq!(bench.get("/api/Client/21").json()["clients"][0]["id"], 21);
    assert_eq!(
        bench.partner("/api/users/1788161-14").json()["users"][0]["id"],
        "1788161-14"
    );
    let refused = bench.post("/api/Client", json!([{"id": 0, "name": "Nobody"}]));
    assert_eq!(refused.json(), json!({"[0].id": ["Client not found"]}));
    bench.sandbox.set_faults(vec![Fault::PendingCancel]);
    assert_eq!(
        bench.get("/api/SoftwareLicence/17").json()["status"],
        "PendingCancel"
    );
    bench.sandbox.set_faults(vec![Fault::OrganizationsShort]);
    assert_eq!(bench.partner("/api/users").json().as_array().unwrap().len(), 15);
    bench.sandbox.set_faults(vec![Fault::OrganizationsEmpty]);
    assert_eq!(bench.partner("/api/users").json(), json!([]));
}

#[test]
fn the_control_endpoints_need_no_token_and_are_not_recorded() {
    let bench = Bench::new();
    let site = bench.sandbox.site_url();
    let control = |method: &str, path: &str, body: &str| send(&site, method, path, &[], body);
    bench.partner("/api/status");
    let requests = control("GET", "/sandbox/requests", "").json();
    assert_eq!(requests.as_array().unwrap().len(), 2);
    assert_eq!(requests[1]["service"], "backup");
    assert_eq!(control("DELETE", "/sandbox/requests", "").status, 200);
    assert!(bench.sandbox.received().is_empty());
    assert_eq!(control("PUT", "/sandbox/faults", "[\"no-authinfo\"]").status, 200);
    assert_eq!(bench.get("/api/authinfo").status, 404);
    assert_eq!(control("PUT", "/sandbox/faults", "[\"nonsense\"]").status, 400);
    let mapping = control("GET", "/sandbox/mapping.csv", "").body;
    assert!(mapping.starts_with("organization,customer,license\n1788161-14,21,17\n"));
    assert_eq!(bench.sandbox.received()[0].service, Service::Halo);
}

#[test]
fn a_port_in_use_is_an_error_and_a_dropped_sandbox_frees_it() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let port = sandbox.site_url().rsplit(':').next().unwrap().parse().unwrap();
    let options = Options {
        halo_port: port,
        ..Options::default()
    };
    assert!(Sandbox::start(options.clone()).is_err());
    drop(sandbox);
    assert!(Sandbox::start(options).is_ok());
}
