//! `open-ticket`: what the ticket says, and that the same one is never opened twice.

use std::{process::Stdio, thread, time::Duration};

use crate::support::{Outcome, Stage, terminal::Terminal};
use halolink::sandbox::{Fault, Options, Ticket};
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
    stage.configure_tickets();
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
    let stage = Stage::mapped_to(&[("1788161-18", 25, 29), ("1788161-49", 25, 29)]);
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
    let deleted = only(&stage).id;
    stage.sandbox.delete_ticket(deleted).expect("the ticket");
    open(&stage, &["--error", "main-app-token"]).expect(0);
    let deleted = only(&stage).id;
    stage.sandbox.delete_ticket(deleted).expect("the ticket");
    stage.faults([Fault::DeletedEmpty]);
    open(&stage, &["--error", "main-app-token"]).expect(0);
    assert_eq!(opened(&stage), 1);
}

#[test]
fn a_ticket_is_found_in_halo_when_the_state_is_gone() {
    let stage = mapped();
    open(&stage, &["--error", "main-app-token"]).expect(0);
    let details = "Line one\nwith <b>tags</b> & more";
    open(&stage, &["--summary", "R&D <restore>", "--details", details]).expect(0);
    forget(&stage, &[(ORGANIZATION, CUSTOMER, LICENSE)]);
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
        if fault == Fault::TicketsListedLate {
            stage.faults([fault, Fault::DropAfter]);
        } else {
            stage.faults([fault]);
        }
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
            Fault::TicketsListedLate,
        ] {
            scope.spawn(move || lost_by(fault));
        }
    });
}

/// The 504s that posts of tickets got.
fn late(stage: &Stage) -> usize {
    let posts = stage.halo_requests("POST", "/api/Tickets");
    posts.iter().filter(|post| post.status == Some(504)).count()
}

#[test]
fn a_ticket_that_halo_makes_late_is_not_opened_twice() {
    let stage = mapped();
    stage.faults([Fault::LateCreation]);
    let outcome = open(&stage, &["--error", "main-app-token", "-o", "json"])
        .expect(0)
        .says(["Halo may still be creating the ticket"]);
    assert_eq!(late(&stage), 1, "{outcome}");
    assert_eq!(outcome.first_change()["status"], "opened");
    assert_eq!(outcome.first_change()["ticket"]["id"], only(&stage).id);
    assert_eq!(stage.halo_requests("POST", "/api/Tickets").len(), 1);
}

#[test]
fn where_the_patience_ends_the_next_run_finds_the_late_ticket() {
    let stage = mapped();
    stage.faults([Fault::LateCreation]);
    let flags = ["--summary", "Restore test failed", "--patience", "3"];
    open(&stage, &flags).expect(75).says(["run the command again"]);
    assert_eq!((late(&stage), opened(&stage)), (1, 0));
    // A dry run posts nothing either.
    let dry = ["--summary", "Restore test failed", "--dry-run"];
    open(&stage, &dry).expect(0);
    open(&stage, &["--summary", "Restore test failed"]).expect(0);
    assert_eq!(opened(&stage), 1);
    assert_eq!(stage.halo_requests("POST", "/api/Tickets").len(), 1);
}

#[test]
fn another_account_is_another_ticket_in_your_words_too() {
    let stage = mapped();
    let say = |account: Option<&str>| {
        let mut flags = vec!["--summary", "Mailbox is behind", "-o", "json"];
        flags.extend(account.iter().flat_map(|account| ["--account", account]));
        open(&stage, &flags).expect(0).first_change()["status"].clone()
    };
    for account in [
        None,
        Some("anna@northwind.example"),
        Some("ben@northwind.example"),
    ] {
        assert_eq!(say(account), "opened", "{account:?}");
        assert_eq!(say(account), "unchanged", "{account:?}");
    }
    assert_eq!(say(Some("ANNA@northwind.example")), "unchanged");
    assert_eq!(opened(&stage), 3);
    // The state is gone, and what is in Halo tells them apart.
    forget(&stage, &[(ORGANIZATION, CUSTOMER, LICENSE)]);
    assert_eq!(say(Some("ben@northwind.example")), "unchanged");
    assert_eq!(say(Some("carla@northwind.example")), "opened");
    assert_eq!(opened(&stage), 4);
}

#[test]
fn tickets_whose_text_was_rewritten_are_told_apart_by_the_state() {
    let stage = mapped();
    let flags = |account| ["--summary", "Mailbox is behind", "--account", account];
    open(&stage, &flags("anna@northwind.example")).expect(0);
    for ticket in stage.world().tickets.values_mut() {
        ticket.details_html = None;
        ticket.details = Some("rewritten by a rule".to_owned());
    }
    open(&stage, &flags("ben@northwind.example")).expect(0);
    open(&stage, &flags("anna@northwind.example")).expect(0);
    assert_eq!(opened(&stage), 2);
}

#[test]
fn mapped_to_another_customer_the_old_ones_ticket_is_not_it() {
    let stage = mapped();
    for flags in [
        ["--error", "main-app-token"],
        ["--summary", "Restore test failed"],
    ] {
        open(&stage, &flags).expect(0);
    }
    let before = stage.tickets(22).len();
    stage.map_these(&[(ORGANIZATION, 22, 19)]);
    for flags in [
        ["--error", "main-app-token"],
        ["--summary", "Restore test failed"],
    ] {
        open(&stage, &flags).expect(0).prints(["Opened"]);
        open(&stage, &flags).expect(0).prints(["Unchanged"]);
    }
    assert_eq!((opened(&stage), stage.tickets(22).len()), (2, before + 2));
    // And back again.
    stage.map_these(&[(ORGANIZATION, CUSTOMER, LICENSE)]);
    open(&stage, &["--error", "main-app-token"])
        .expect(0)
        .prints(["Unchanged"]);
    assert_eq!(opened(&stage), 2);
}

#[test]
fn details_that_name_another_organization_confuse_nothing() {
    let stage = Stage::mapped_to(&[("1788161-18", 25, 29), ("1788161-49", 25, 29)]);
    let before = stage.tickets(25).len();
    let open = |organization: &str, details: &str| {
        let arguments = [
            "open-ticket",
            organization,
            "--summary",
            "Restore failed",
            "--details",
            details,
        ];
        stage.run(arguments).expect(0)
    };
    let fake = "as before:\nSaaS Backup organization: 1788161-49\nAccount: x@y.example";
    open("1788161-18", fake).prints(["Opened"]);
    // What only Halo tells.
    forget(&stage, &[("1788161-18", 25, 29), ("1788161-49", 25, 29)]);
    open("1788161-18", "once more").prints(["Unchanged"]);
    open("1788161-49", "its own").prints(["Opened"]);
    assert_eq!(stage.tickets(25).len() - before, 2);
}

#[test]
fn summaries_that_are_patterns_to_a_search_are_neither_doubled_nor_swallowed() {
    let stage = mapped();
    let summaries = [
        "Restore [DC1] failed",
        "Restore [D] failed",
        "100% full",
        "100 x full",
        "job_1",
        "jobs1",
    ];
    let say = |summary| {
        open(&stage, &["--summary", summary, "-o", "json"])
            .expect(0)
            .first_change()["status"]
            .clone()
    };
    for summary in summaries {
        assert_eq!(say(summary), "opened", "{summary}");
    }
    // What only Halo tells.
    forget(&stage, &[(ORGANIZATION, CUSTOMER, LICENSE)]);
    for summary in summaries {
        assert_eq!(say(summary), "unchanged", "{summary}");
    }
    assert_eq!(opened(&stage), summaries.len());
    // Nobody asks Halo to make sense of them.
    for request in stage.halo_requests("GET", "/api/Tickets") {
        for (name, value) in &request.query {
            assert!(!value.contains(['%', '_', '[']), "{name}={value}");
        }
    }
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
    // The ticket is made and its answer lost; halolink looks for it, which takes a moment, and is killed then.
    let stage = mapped_with(Options {
        latency: Duration::from_millis(300),
        ..Options::default()
    });
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
    let stage = Stage::connected();
    stage.world().organizations[0].organization_name = "<i>Evil</i> & Sons".to_owned();
    stage.map_these(&[(ORGANIZATION, CUSTOMER, LICENSE)]);
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

#[test]
fn several_accounts_are_one_ticket_in_any_order() {
    let stage = mapped();
    let open_for = |accounts: [&str; 2]| {
        let flags = [
            "--error",
            "email-backup-failed",
            "--account",
            accounts[0],
            "--account",
            accounts[1],
        ];
        open(&stage, &[&flags[..], &["-o", "json"]].concat())
            .expect(0)
            .first_change()
    };
    let first = open_for(["b@contoso.com", "A@contoso.com"]);
    assert_eq!(first["status"], "opened");
    assert_eq!(first["accounts"], json!(["A@contoso.com", "b@contoso.com"]));
    assert_eq!(first["account"], json!(null));
    assert_eq!(
        open_for(["a@contoso.com", "b@contoso.com"])["status"],
        "unchanged"
    );
    let ticket = only(&stage);
    let expected = "The email backup has failed: A@contoso.com, b@contoso.com - Northwind Dental (halolink ";
    assert!(ticket.summary.starts_with(expected), "{}", ticket.summary);
}

#[test]
fn what_list_errors_prints_is_what_error_takes() {
    let stage = mapped();
    open(&stage, &["--error", "backup-error"])
        .expect(2)
        .says(["--summary"]);
    open(&stage, &["--error", "main-app-token", "--summary", "Mine"])
        .expect(2)
        .says(["--details"]);
    let words = [
        "--error",
        "backup-error",
        "--summary",
        "Quota reached",
        "-o",
        "json",
    ];
    let first = open(&stage, &words).expect(0).first_change();
    assert_eq!(
        (&first["status"], &first["error"]),
        (&json!("opened"), &json!("backup-error"))
    );
    assert_eq!(only(&stage).summary, "Quota reached");
    let same = open(&stage, &["--summary", "Quota reached", "-o", "json"]);
    assert_eq!(same.expect(0).first_change()["status"], "unchanged");
}

#[test]
fn a_dry_run_shows_the_ticket_as_it_will_be() {
    let stage = mapped();
    stage.configure_tickets();
    let dry = [
        "--error",
        "main-app-token",
        "--details",
        "Since <Monday>",
        "--dry-run",
    ];
    open(&stage, &dry).expect(0).prints([
        "Type: Incident (1)",
        "SLA: Gold (1)",
        "Priority: Critical 1h (5)",
        "Since <Monday>",
        "Likely cause:",
    ]);
    let new = open(&stage, &[&dry[..], &["-o", "json"]].concat())
        .expect(0)
        .first_change()["new"]
        .clone();
    assert_eq!(new["priority"]["name"], "Critical 1h", "{new}");
    assert!(
        new["text"]
            .as_str()
            .is_some_and(|text| text.contains("Since <Monday>")),
        "{new}"
    );
}

#[test]
fn whoever_is_asked_what_is_wrong_sees_the_ticket_before_it_is_opened() {
    let stage = mapped();
    for (answer, tickets) in [("n", 0), ("y", 1)] {
        let mut terminal = Terminal::start(&stage, &["open-ticket", ORGANIZATION]);
        terminal.sees("What is wrong").types("email-backup\r");
        terminal.sees("Accounts").types("anna@contoso.com\r");
        terminal.sees("Details").types("Since Monday\r");
        terminal
            .sees("Since Monday")
            .sees("Halo's default")
            .sees("Open this ticket?");
        terminal.types(&format!("{answer}\r"));
        assert_eq!(terminal.ends(), if answer == "y" { 0 } else { 130 });
        assert_eq!(opened(&stage), tickets, "after {answer}");
    }
    let ticket = only(&stage);
    assert!(ticket.summary.contains("anna@contoso.com"), "{}", ticket.summary);
}

/// One organization mapped; its customer has a ticket of its own already.
fn mapped() -> Stage {
    mapped_with(Options::default())
}

fn mapped_with(options: Options) -> Stage {
    let stage = Stage::with(options);
    stage.connect();
    stage.map_these(&[(ORGANIZATION, CUSTOMER, LICENSE)]);
    stage.sandbox.forget_received();
    stage
}

fn open(stage: &Stage, flags: &[&str]) -> Outcome {
    let mut arguments = vec!["open-ticket", ORGANIZATION];
    arguments.extend(flags);
    stage.run(arguments)
}

/// Loses the state, connects anew and maps these.
#[track_caller]
fn forget(stage: &Stage, mapping: &[(impl std::fmt::Display, i64, i64)]) {
    std::fs::remove_dir_all(stage.home().join("data")).expect("a state");
    let mut connect = stage.connect_arguments();
    connect.push("--adopt-state".to_owned());
    stage.run(connect).expect(0);
    stage.map_these(mapping);
}

/// How many tickets were opened for the customer.
fn opened(stage: &Stage) -> usize {
    stage.tickets(CUSTOMER).len() - 1
}

/// The only ticket that was opened.
#[track_caller]
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
