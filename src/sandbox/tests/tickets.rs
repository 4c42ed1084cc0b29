//! What happens to tickets: through the API, by other people's hands, and when an answer is lost.

use serde_json::{Value, json};

use super::{Bench, send};
use crate::sandbox::{Fault, NoTicket};

/// Posts a ticket of a type, and gives its number.
fn posted(bench: &Bench, kind: i64) -> i64 {
    let sent = json!([{"client_id": 21, "summary": "Token lost", "tickettype_id": kind}]);
    bench.post("/api/Tickets", sent).json()["id"].as_i64().unwrap()
}

fn ticket(bench: &Bench, id: i64) -> Value {
    bench
        .get(&format!("/api/Tickets/{id}?includedetails=true"))
        .json()
}

/// The numbers in a list of tickets.
fn listed(bench: &Bench, query: &str) -> Vec<i64> {
    let answer = bench.get(&format!("/api/Tickets?{query}")).json();
    let rows = answer["tickets"].as_array().unwrap();
    rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

fn note(ticket: i64, outcome: i64, status: Option<i64>) -> Value {
    json!([{"ticket_id": ticket, "outcome_id": outcome, "note_html": "x", "new_status": status}])
}

#[test]
fn pages_of_tickets_hold_fifty_rows_and_can_be_of_some_tickets_or_of_all_customers() {
    let bench = Bench::new();
    let ids: Vec<i64> = (0..60)
        .map(|customer| {
            let summary = format!("Failed [{customer}]");
            bench.sandbox.open_foreign_ticket(21 + customer % 3, &summary, "")
        })
        .collect();
    let paged = |page: i64| {
        listed(
            &bench,
            &format!("open_only=true&search_summary=failed+[&pageinate=true&page_size=1000&page_no={page}"),
        )
    };
    assert_eq!([paged(1), paged(2)].concat(), ids);
    assert_eq!((paged(1).len(), paged(3).len()), (50, 0));
    let two = format!("ticketids={},{}", ids[4], ids[7]);
    assert_eq!(listed(&bench, &two), [ids[4], ids[7]]);
}

#[test]
fn a_closed_ticket_is_opened_again_unless_its_type_forbids_it() {
    let bench = Bench::new();
    for (kind, status) in [(1, 201), (21, 400)] {
        let id = posted(&bench, kind);
        assert_eq!(bench.post("/api/Actions", note(id, 12, Some(9))).status, 201);
        assert_eq!(ticket(&bench, id)["hasbeenclosed"], true);
        // A note alone is taken either way.
        assert_eq!(bench.post("/api/Actions", note(id, 7, None)).status, 201);
        assert_eq!(bench.post("/api/Actions", note(id, 7, Some(2))).status, status);
        assert_eq!(ticket(&bench, id)["hasbeenclosed"], status == 400);
        bench.sandbox.close_ticket(id).unwrap();
        let update = json!([{"id": id, "status_id": 1}]);
        assert_eq!(bench.post("/api/Tickets", update).status, status);
        bench.sandbox.reopen_ticket(id).unwrap();
        assert_eq!(ticket(&bench, id)["hasbeenclosed"], false);
    }
}

#[test]
fn tickets_are_closed_reopened_merged_and_deleted_by_others() {
    let bench = Bench::new();
    let (one, other) = (posted(&bench, 1), posted(&bench, 1));
    let open = "client_id=21&open_only=true&search_summary=token+lost";
    bench.sandbox.close_ticket(one).unwrap();
    assert_eq!(listed(&bench, open), [other]);
    bench.sandbox.reopen_ticket(one).unwrap();
    bench.sandbox.merge_ticket(one, other).unwrap();
    assert_eq!(listed(&bench, open), [other]);
    assert_eq!(ticket(&bench, one)["merged_into_id"], other);
    assert_eq!(ticket(&bench, one)["hasbeenclosed"], true);
    // Nobody can write what Halo fills in itself.
    bench.post("/api/Tickets", json!([{"id": one, "merged_into_id": 4}]));
    assert_eq!(ticket(&bench, one)["merged_into_id"], other);

    bench.sandbox.delete_ticket(other).unwrap();
    assert_eq!(bench.sandbox.delete_ticket(other), Err(NoTicket(other)));
    assert_eq!(bench.get(&format!("/api/Tickets/{other}")).status, 404);
    bench.sandbox.set_faults(vec![Fault::DeletedEmpty]);
    assert_eq!(bench.get(&format!("/api/Tickets/{other}")).status, 200);
    assert_eq!(ticket(&bench, other)["id"], Value::Null);
    assert!(
        posted(&bench, 1) > other,
        "the number of a deleted ticket is given again"
    );
}

#[test]
fn the_same_can_be_done_from_outside() {
    let bench = Bench::new();
    let control = |method: &str, path: &str, body: Value| {
        let site = bench.sandbox.site_url();
        send(&site, method, &format!("/sandbox/{path}"), &[], &body.to_string())
    };
    let sent = json!({"client_id": 21, "summary": "Backup failed", "details": "<p>By the vendor</p>"});
    let id = control("POST", "tickets", sent).json()["id"].as_i64().unwrap();
    assert_eq!(ticket(&bench, id)["details_html"], "<p>By the vendor</p>");
    assert_eq!(control("POST", "tickets", json!({"client_id": 0})).status, 400);
    let other = posted(&bench, 1);
    let status = |event: &str, body: Value| control("POST", &format!("tickets/{id}/{event}"), body).status;
    assert_eq!(status("close", json!(null)), 200);
    assert_eq!(ticket(&bench, id)["hasbeenclosed"], true);
    assert_eq!(status("reopen", json!(null)), 200);
    assert_eq!(ticket(&bench, id)["hasbeenclosed"], false);
    assert_eq!(status("merge", json!({})), 400);
    assert_eq!(status("merge", json!({"into": id})), 404);
    assert_eq!(status("merge", json!({"into": other})), 200);
    assert_eq!(ticket(&bench, id)["merged_into_id"], other);
    assert_eq!(status("delete", json!(null)), 200);
    assert_eq!(status("delete", json!(null)), 404);
    assert_eq!(status("paint", json!(null)), 404);
    bench.post("/api/Actions", note(other, 7, None));
    let told = control("GET", "tickets", Value::Null).json();
    let last = told.as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["id"], &last["actions"][0]["note_html"]),
        (&json!(other), &json!("x"))
    );
}

#[test]
fn an_action_that_is_not_hidden_mails_the_customer_if_its_outcome_does() {
    let bench = Bench::new();
    let id = posted(&bench, 1);
    for (outcome, hidden, mailed) in [
        (1, json!(null), true),
        (1, json!(false), true),
        (1, json!(true), false),
        (7, json!(null), false),
        (12, json!(null), false),
    ] {
        let sent = json!([{"ticket_id": id, "outcome_id": outcome, "hiddenfromuser": hidden}]);
        assert_eq!(bench.post("/api/Actions", sent).status, 201);
        let tickets = bench.sandbox.tickets();
        let (_, actions) = tickets.iter().find(|(ticket, _)| ticket.id == id).unwrap();
        assert_eq!(actions.last().unwrap().mailed, mailed, "{outcome} {hidden}");
    }
    let outcomes = bench.get("/api/Outcome").json();
    assert_eq!(
        (&outcomes[0]["sendemail"], &outcomes[1]["sendemail"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(
        (&outcomes[0]["hidefromuser"], &outcomes[1]["hidefromuser"]),
        (&json!(false), &json!(true))
    );
}

#[test]
fn notes_are_lost_before_or_after_they_are_stored_and_refused() {
    for (fault, stored) in [(Fault::NoteLostBefore, 0), (Fault::NoteLostAfter, 1)] {
        let bench = Bench::new();
        let id = posted(&bench, 1);
        bench.sandbox.set_faults(vec![fault]);
        assert_eq!(bench.post("/api/Actions", note(id, 7, None)).status, 0, "{fault}");
        assert_eq!(bench.sandbox.world().actions.len(), stored, "{fault}");
        assert_eq!(
            bench.post("/api/Actions", note(id, 7, None)).status,
            201,
            "{fault}"
        );
        assert_eq!(bench.sandbox.struck(fault), 1);
    }
    let bench = Bench::new();
    let id = posted(&bench, 1);
    bench.sandbox.set_faults(vec![Fault::NotesRefused]);
    let refused = bench.post("/api/Actions", note(id, 7, None));
    assert_eq!(
        (refused.status, refused.json()),
        (400, json!("You do not have access to this Action at the moment"))
    );
    assert!(bench.sandbox.world().actions.is_empty());
}

#[test]
fn a_new_ticket_can_be_missing_from_lists_at_first() {
    let bench = Bench::new();
    let before = listed(&bench, "client_id=21");
    bench.sandbox.set_faults(vec![Fault::TicketsListedLate]);
    let id = posted(&bench, 1);
    assert_eq!(listed(&bench, "client_id=21"), before);
    assert_eq!(ticket(&bench, id)["id"], id);
    let later = std::time::Instant::now().checked_sub(std::time::Duration::from_secs(7));
    bench.sandbox.world().tickets.get_mut(&id).unwrap().posted = later;
    assert_eq!(listed(&bench, "client_id=21").last(), Some(&id));
}

#[test]
fn agents_have_names_and_teams() {
    let bench = Bench::new();
    let agents = bench.get("/api/Agent").json();
    let mia = &agents[0];
    assert_eq!(
        (&mia["name"], &mia["team"]),
        (&json!("Mia Keller"), &json!("1st Line Support"))
    );
    assert_eq!(agents[1]["teams"][1]["team_name"], "1st Line Support");
    let names = |query: &str| bench.get(query).body;
    assert!(!names("/api/Agent").contains("Piet de Boer"));
    assert!(names("/api/Agent?includedisabled=true").contains("Piet de Boer"));
    assert_eq!(bench.get("/api/Agent/me").json()["name"], "Dropsuite API agent");
}
