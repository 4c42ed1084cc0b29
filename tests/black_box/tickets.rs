//! `open-ticket`: what the ticket says, and that the same one is never opened twice.

use std::{process::Stdio, thread};

use crate::support::{Outcome, Stage};
use halolink::sandbox::{Fault, Ticket};
use serde_json::json;

const ORGANIZATION: &str = "1788161-14";
const CUSTOMER: i64 = 21;
const LICENSE: i64 = 17;

#[test]
fn a_ticket_has_the_configured_type_sla_and_priority() {
    let stage = mapped();
    stage
        .run([
            "configure",
            "--ticket-type",
            "Service Request",
            "--sla",
            "Bronze",
            "--priority",
            "Low 80h",
        ])
        .expect(0);
    open(&stage, &["--error", "main-app-token"]).expect(0);
    let ticket = only(&stage);
    assert_eq!(
        (ticket.tickettype_id, ticket.sla_id, ticket.priority_id),
        (3, 5, 2)
    );
}

#[test]
fn flags_go_before_the_configuration() {
    let stage = mapped();
    stage
        .run([
            "configure",
            "--ticket-type",
            "Incident",
            "--sla",
            "Gold",
            "--priority",
            "Critical 1h",
        ])
        .expect(0);
    let flags = [
        "--error",
        "main-app-token",
        "--ticket-type",
        "Alert",
        "--sla",
        "Silver",
        "--priority",
        "High 8h",
    ];
    open(&stage, &flags).expect(0);
    let ticket = only(&stage);
    assert_eq!(
        (ticket.tickettype_id, ticket.sla_id, ticket.priority_id),
        (21, 2, 1)
    );
    open(
        &stage,
        &[
            "--error",
            "device-token",
            "--sla",
            "Silver",
            "--priority",
            "Critical 1h",
        ],
    )
    .expect(2)
    .says(["in the SLA Silver", "Medium 16h"]);
}

#[test]
fn another_sla_without_a_priority_takes_halos_default() {
    let stage = mapped();
    stage
        .run(["configure", "--sla", "Gold", "--priority", "Critical 1h"])
        .expect(0);
    // Five is no priority of that SLA: Halo would refuse it.
    open(&stage, &["--error", "main-app-token", "--sla", "Bronze"]).expect(0);
    assert_eq!(only(&stage).sla_id, 5);
}

#[test]
fn number_and_link_are_printed() {
    let stage = mapped();
    let outcome = open(&stage, &["--error", "main-app-token"]).expect(0);
    let id = only(&stage).id;
    let link = format!("{}/tickets?id={id}", stage.sandbox.site_url());
    outcome.prints([&format!("ticket {id} "), &link]);
    let outcome = open(&stage, &["--error", "main-app-token", "-o", "json"]).expect(0);
    assert_eq!(outcome.first_change()["ticket"], json!({"id": id, "url": link}));
}

#[test]
fn a_documented_error_says_what_it_is_and_whose() {
    let stage = mapped();
    open(
        &stage,
        &[
            "--error",
            "email-backup-failed",
            "--account",
            "anna@northwind.example",
        ],
    )
    .expect(0);
    let ticket = only(&stage);
    assert!(
        ticket.summary.contains("The email backup has failed"),
        "{}",
        ticket.summary
    );
    let details = ticket.details_html.expect("a text");
    for text in [
        "Northwind Dental",
        ORGANIZATION,
        "anna@northwind.example",
        "email-backup-failed",
    ] {
        assert!(details.contains(text), "{text} is not in {details}");
    }
}

#[test]
fn an_unknown_error_lists_the_known_ones() {
    let stage = mapped();
    open(&stage, &["--error", "nonsense"])
        .expect(2)
        .says(["main-app-token", "tasks-throttled"]);
    open(&stage, &[]).expect(2).says(["--error", "--summary"]);
    open(&stage, &["--summary", "  "])
        .expect(2)
        .says(["summary is empty"]);
    assert_eq!(opened(&stage), 0);
}

#[test]
fn an_organization_that_is_not_mapped_gets_no_ticket() {
    let stage = mapped();
    stage
        .run(["open-ticket", "1788161-15", "--error", "main-app-token"])
        .expect(2)
        .says(["1788161-15", "map-org"]);
    assert!(!stage.was_written());
}

#[test]
fn the_same_error_is_opened_once() {
    let stage = mapped();
    let first = open(&stage, &["--error", "main-app-token", "-o", "json"])
        .expect(0)
        .first_change();
    let second = open(&stage, &["--error", "main-app-token", "-o", "json"])
        .expect(0)
        .first_change();
    assert_eq!(
        (&first["status"], &second["status"]),
        (&json!("opened"), &json!("unchanged"))
    );
    assert_eq!(first["ticket"], second["ticket"]);
    assert_eq!(opened(&stage), 1);
}

#[test]
fn the_same_summary_is_opened_once() {
    let stage = mapped();
    open(
        &stage,
        &["--summary", "Restore test failed", "--details", "Monday"],
    )
    .expect(0);
    open(
        &stage,
        &["--summary", "Restore test failed", "--details", "Tuesday"],
    )
    .expect(0);
    assert_eq!(opened(&stage), 1);
    open(&stage, &["--summary", "Restore test was slow"]).expect(0);
    assert_eq!(opened(&stage), 2);
}

#[test]
fn another_error_and_another_account_are_other_tickets() {
    let stage = mapped();
    for flags in [
        &["--error", "main-app-token"][..],
        &["--error", "device-token"],
        &[
            "--error",
            "email-backup-failed",
            "--account",
            "anna@northwind.example",
        ],
        &[
            "--error",
            "email-backup-failed",
            "--account",
            "ben@northwind.example",
        ],
    ] {
        open(&stage, flags).expect(0);
        open(&stage, flags).expect(0);
    }
    assert_eq!(opened(&stage), 4);
}

#[test]
fn new_forces_another() {
    let stage = mapped();
    open(&stage, &["--error", "main-app-token"]).expect(0);
    open(&stage, &["--error", "main-app-token", "--new"]).expect(0);
    assert_eq!(opened(&stage), 2);
    open(&stage, &["--error", "main-app-token"]).expect(0);
    assert_eq!(opened(&stage), 2);
}

#[test]
fn two_organizations_of_one_customer_have_tickets_of_their_own() {
    let stage = Stage::new();
    stage.connect();
    stage.map_these(&[("1788161-18".into(), 25, 29), ("1788161-49".into(), 25, 29)]);
    let before = stage.tickets(25).len();
    for flags in [
        ["--error", "main-app-token"],
        ["--summary", "Restore test failed"],
    ] {
        for organization in ["1788161-18", "1788161-49", "1788161-18", "1788161-49"] {
            let mut arguments = vec!["open-ticket", organization];
            arguments.extend(flags);
            stage.run(arguments).expect(0);
        }
    }
    assert_eq!(stage.tickets(25).len() - before, 4);
}

#[test]
fn a_closed_ticket_is_followed_by_a_new_one() {
    let stage = mapped();
    open(&stage, &["--error", "main-app-token"]).expect(0);
    close(&stage);
    open(&stage, &["--error", "main-app-token"]).expect(0);
    assert_eq!(opened(&stage), 2);
    open(&stage, &["--error", "main-app-token"]).expect(0);
    assert_eq!(opened(&stage), 2);
}

#[test]
fn a_deleted_ticket_is_followed_by_a_new_one() {
    let stage = mapped();
    open(&stage, &["--error", "main-app-token"]).expect(0);
    let id = only(&stage).id;
    stage.world().tickets.remove(&id);
    open(&stage, &["--error", "main-app-token"]).expect(0);
    assert_eq!(opened(&stage), 1);
}

#[test]
fn a_ticket_is_found_in_halo_when_the_state_is_gone() {
    let stage = mapped();
    open(&stage, &["--error", "main-app-token"]).expect(0);
    let details = "Line one\nwith <b>tags</b> & more";
    open(&stage, &["--summary", "R&D <restore>", "--details", details]).expect(0);
    std::fs::remove_dir_all(stage.home().join("data")).unwrap();
    let mut connect = stage.connect_arguments();
    connect.push("--adopt-state".to_owned());
    stage.run(connect).expect(0);
    stage.map_these(&[(ORGANIZATION.into(), CUSTOMER, LICENSE)]);
    for flags in [
        &["--error", "main-app-token", "-o", "json"][..],
        &["--summary", "R&D <restore>", "-o", "json"],
    ] {
        assert_eq!(
            open(&stage, flags).expect(0).first_change()["status"],
            "unchanged"
        );
    }
    assert_eq!(opened(&stage), 2);
}

#[test]
fn a_lost_answer_opens_no_second_ticket() {
    let lost_by = |fault: Fault| {
        let stage = mapped();
        stage.faults([fault]);
        let outcome = open(&stage, &["--error", "main-app-token", "-o", "json"]).expect(0);
        assert_eq!(outcome.first_change()["status"], "opened", "{fault}");
        assert_eq!(outcome.first_change()["ticket"]["id"], only(&stage).id, "{fault}");
        open(&stage, &["--error", "main-app-token"]).expect(0);
        assert_eq!(opened(&stage), 1, "{fault}");
    };
    // Each waits most of the time.
    thread::scope(|scope| {
        for fault in [
            Fault::DropAfter,
            Fault::DropBefore,
            Fault::BadGatewayAfter,
            Fault::HalfJson,
            Fault::HalfBody,
            Fault::BadGateway,
        ] {
            scope.spawn(move || lost_by(fault));
        }
    });
}

#[test]
fn a_lost_answer_of_a_forced_ticket_opens_one_more_and_not_two() {
    let stage = mapped();
    open(&stage, &["--error", "main-app-token"]).expect(0);
    stage.faults([Fault::DropAfter]);
    open(&stage, &["--error", "main-app-token", "--new"]).expect(0);
    assert_eq!(opened(&stage), 2);
}

#[cfg(unix)]
#[test]
fn a_run_killed_before_the_answer_came_is_followed_by_no_second_ticket() {
    use std::time::Duration;

    // The ticket is made and its answer lost; halolink waits a moment before it looks, and is killed then.
    let stage = mapped();
    stage.faults([Fault::DropAfter]);
    let mut child = stage
        .command()
        .args(["open-ticket", ORGANIZATION, "--error", "main-app-token"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    for _ in 0..3000 {
        if opened(&stage) > 0 {
            break;
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("killed");
    let status = child.wait().expect("ended");
    assert_eq!(opened(&stage), 1);
    assert!(status.code().is_none(), "it ended before it was killed: {status}");

    stage.faults([]);
    open(&stage, &["--error", "main-app-token"]).expect(0);
    assert_eq!(opened(&stage), 1);
}

#[cfg(unix)]
#[test]
fn a_run_killed_while_it_posts_is_followed_by_one_ticket() {
    use std::time::Duration;

    // Answers take their time: the intent is recorded, the request on its way when the process is killed.
    let stage = mapped();
    stage.faults([Fault::SlowAnswers]);
    let mut child = stage
        .command()
        .args(["open-ticket", ORGANIZATION, "--error", "main-app-token", "-vv"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    for _ in 0..3000 {
        // The search before posting was answered: what follows is the post.
        if !stage.halo_requests("GET", "/api/Tickets").is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(5));
    }
    thread::sleep(Duration::from_millis(300));
    child.kill().expect("killed");
    child.wait().expect("ended");
    stage.faults([]);
    open(&stage, &["--error", "main-app-token"]).expect(0);
    open(&stage, &["--error", "main-app-token"]).expect(0);
    assert_eq!(opened(&stage), 1);
}

#[test]
fn two_processes_at_once_open_one_ticket() {
    let stage = mapped();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| open(&stage, &["--error", "main-app-token"]).expect(0));
        }
    });
    assert_eq!(opened(&stage), 1);
}

#[test]
fn what_people_type_is_escaped() {
    let stage = mapped();
    let flags = [
        "--summary",
        "Restore <b>failed</b> & \"more\"",
        "--details",
        "<script>alert('x')</script>\nsecond line",
        "--account",
        "<img src=x>@northwind.example",
    ];
    open(&stage, &flags).expect(0);
    let ticket = only(&stage);
    let html = ticket.details_html.expect("a text").to_lowercase();
    for tag in ["<script", "<b>", "<img"] {
        assert!(!html.contains(tag), "{html}");
    }
    for text in ["&lt;script&gt;", "&lt;b&gt;failed", "second line", "&amp;"] {
        assert!(html.contains(text), "{text} is not in {html}");
    }
    assert_eq!(ticket.summary, "Restore <b>failed</b> & \"more\"");
}

#[test]
fn what_comes_from_the_service_is_escaped() {
    let stage = Stage::new();
    stage.connect();
    stage.world().organizations[0].organization_name = "<i>Evil</i> & Sons".to_owned();
    stage.map_these(&[(ORGANIZATION.into(), CUSTOMER, LICENSE)]);
    open(&stage, &["--error", "main-app-token"]).expect(0);
    let html = only(&stage).details_html.expect("a text");
    assert!(html.contains("&lt;i&gt;Evil") && !html.contains("<i>"), "{html}");
}

#[test]
fn a_mandatory_field_is_named_with_the_way_out() {
    let stage = mapped();
    stage
        .run(["configure", "--ticket-type", "Change Request"])
        .expect(0);
    open(&stage, &["--error", "main-app-token"]).expect(1).says([
        "Please complete the mandatory fields: category_1",
        "configure --ticket-type",
    ]);
    assert_eq!(opened(&stage), 0);
    stage.run(["configure", "--ticket-type", "Incident"]).expect(0);
    open(&stage, &["--error", "main-app-token"]).expect(0);
    assert_eq!(opened(&stage), 1);
}

#[test]
fn the_partners_ticket_rules_stay_on() {
    let stage = mapped();
    open(&stage, &["--error", "main-app-token"]).expect(0);
    let posts = stage.halo_requests("POST", "/api/Tickets");
    let record = &posts[0].body[0];
    assert_eq!(record.get("dont_do_rules"), None, "{record}");
    assert_eq!(record["client_id"], CUSTOMER);
}

#[test]
fn a_dry_run_opens_nothing_and_tells_what_is_open() {
    let stage = mapped();
    let dry = ["--error", "main-app-token", "--dry-run", "-o", "json"];
    assert_eq!(open(&stage, &dry).expect(0).first_change()["status"], "planned");
    assert!(!stage.was_written());
    open(&stage, &["--error", "main-app-token"]).expect(0);
    assert_eq!(open(&stage, &dry).expect(0).first_change()["status"], "unchanged");
    assert_eq!(opened(&stage), 1);
}

/// One organization mapped; its customer has a ticket of its own already.
fn mapped() -> Stage {
    let stage = Stage::new();
    stage.connect();
    stage.map_these(&[(ORGANIZATION.into(), CUSTOMER, LICENSE)]);
    stage.sandbox.forget_received();
    stage
}

fn open(stage: &Stage, flags: &[&str]) -> Outcome {
    let mut arguments = vec!["open-ticket", ORGANIZATION];
    arguments.extend(flags);
    stage.run(arguments)
}

/// How many tickets were opened for the customer.
fn opened(stage: &Stage) -> usize {
    stage.tickets(CUSTOMER).len() - 1
}

/// The only ticket that was opened.
fn only(stage: &Stage) -> Ticket {
    assert_eq!(opened(stage), 1);
    stage.tickets(CUSTOMER).pop().expect("a ticket")
}

/// Somebody closes the customer's tickets in Halo.
fn close(stage: &Stage) {
    for ticket in stage.world().tickets.values_mut() {
        if ticket.client_id == Some(CUSTOMER) {
            ticket.status_id = 9;
            ticket.closed = true;
        }
    }
}
