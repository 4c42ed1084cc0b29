//! `explain`: what an error means, by its slug, its words or a ticket's text.

use crate::support::Stage;

#[test]
fn every_error_that_opens_a_ticket_is_listed_and_explained_without_a_connection() {
    let stage = Stage::new();
    let list = stage.run(["explain", "-o", "json"]).expect(0).json();
    let slugs: Vec<&str> = list
        .as_array()
        .expect("an array")
        .iter()
        .filter_map(|entry| entry["error"].as_str())
        .collect();
    let help = stage.run(["open-ticket", "--help"]).expect(0).stdout;
    for slug in ["main-app-token", "tasks-throttled", "email-backup-failed"] {
        assert!(help.contains(slug) && slugs.contains(&slug), "{slug}");
    }
    for slug in slugs {
        let entry = stage.run(["explain", slug, "-o", "json"]).expect(0).json();
        assert_eq!(entry["error"], slug);
        stage.run(["explain", slug]).expect(0).prints([
            "meaning",
            "likely cause",
            "check 1",
            "where",
            "who must act",
        ]);
    }
}

#[test]
fn the_text_of_a_ticket_is_recognized() {
    let stage = Stage::mapped();
    let ticket = ["open-ticket", "1788161-14", "--error", "device-token"];
    stage.run(ticket).expect(0);
    let opened = stage.tickets(21).pop().expect("a ticket");
    stage
        .run(["explain", &opened.summary])
        .expect(0)
        .prints(["device-token"]);
}

#[test]
fn a_near_miss_names_the_nearest() {
    let stage = Stage::new();
    stage
        .run(["explain", "delegated-tokn"])
        .expect(0)
        .prints(["delegated-token"]);
    stage
        .run(["explain", "tasks-error"])
        .expect(2)
        .says(["tasks-", "halolink explain"]);
    stage
        .run(["explain", "Zzyzx"])
        .expect(2)
        .says(["Zzyzx", "halolink explain"]);
}
