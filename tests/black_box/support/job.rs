//! The whole job, as a script does it, with its effects checked in the sandbox.

use std::collections::BTreeMap;

use halolink::sandbox::{License, Organization};

use super::{Outcome, Stage};

/// So many organizations that the last of the three is on the second page of every list.
pub const ORGANIZATIONS: usize = 120;

/// An organization with its customer and license.
pub struct Case {
    pub organization: Organization,
    pub customer: i64,
    pub license: i64,
}

/// Three organizations whose licenses are behind their seats: the first, one in the middle, one far down.
#[track_caller]
pub fn cases(stage: &Stage) -> [Case; 3] {
    let world = stage.world();
    let suggested = world.suggested_mapping();
    [0, 8, 110].map(|index| {
        let organization = world.organizations[index].clone();
        let (_, customer, license) = suggested
            .iter()
            .find(|(id, _, _)| *id == organization.id)
            .expect("it has a backup license");
        assert_ne!(world.licenses[license].count, organization.seats_used);
        Case {
            organization,
            customer: *customer,
            license: *license,
        }
    })
}

/// Every license as it has to be after a sync of these: the count of theirs, everything else as before.
#[track_caller]
pub fn synced(before: &BTreeMap<i64, License>, cases: &[Case]) -> BTreeMap<i64, License> {
    let mut after = before.clone();
    for case in cases {
        after.get_mut(&case.license).expect("the license").count = case.organization.seats_used;
    }
    after
}

/// How the three organizations are given to `map-org`.
#[derive(Clone, Copy, PartialEq)]
pub enum Given {
    /// Once by id, once by number, once by name, customers and licenses likewise.
    Mixed,
    /// Everything by id.
    ByIds,
}

/// Connects, configures, maps three, syncs, opens a ticket twice, looks, unlinks one, revokes; each effect
/// is checked. Answers how each command ended.
#[track_caller]
pub fn whole_job(stage: &Stage, given: Given) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let mut run = |arguments: &[&str], code: i32| {
        let outcome = stage.run(arguments).expect(code);
        let document = (code == 0).then(|| outcome.json());
        outcomes.push(outcome);
        document.unwrap_or_default()
    };
    let cases = cases(stage);
    let before = stage.world().licenses.clone();

    let mut connect = stage.connect_arguments();
    connect.extend(["-o".to_owned(), "json".to_owned()]);
    run(&connect.iter().map(String::as_str).collect::<Vec<_>>(), 0);
    run(
        &[
            "configure",
            "--ticket-type",
            "Incident",
            "--sla",
            "Gold",
            "--priority",
            "Critical 1h",
            "-o",
            "json",
        ],
        0,
    );

    for (index, case) in cases.iter().enumerate() {
        let (mut organization, mut customer, mut license) = (
            case.organization.id.clone(),
            case.customer.to_string(),
            case.license.to_string(),
        );
        if given == Given::Mixed && index == 1 {
            organization = case.organization.organization_id.to_string();
        }
        if given == Given::Mixed && index == 2 {
            let world = stage.world();
            organization = case.organization.organization_name.to_uppercase();
            customer = world.customers[&case.customer].name.clone();
            license = world.licenses[&case.license].name.to_string();
        }
        let document = run(
            &[
                "map-org",
                &organization,
                "--customer",
                &customer,
                "--license",
                &license,
                "-o",
                "json",
            ],
            0,
        );
        let change = &document["changes"][0];
        assert_eq!(change["organization"]["id"], case.organization.id.as_str());
        assert_eq!(change["customer"]["id"], case.customer);
        assert_eq!(change["license"]["id"], case.license);
    }

    let document = run(&["sync-seats", "--dry-run", "-o", "json"], 0);
    assert_eq!(document["summary"]["planned"], 3);
    assert_eq!(stage.world().licenses, before, "a dry run wrote");

    let document = run(&["sync-seats", "--yes", "-o", "json"], 0);
    assert_eq!(document["summary"]["updated"], 3);
    assert_eq!(stage.world().licenses, synced(&before, &cases));
    let document = run(&["sync-seats", "--yes", "-o", "json"], 0);
    assert_eq!(document["summary"]["unchanged"], 3);

    let tickets_before = stage.world().tickets.len();
    let ticket = [
        "open-ticket",
        &cases[0].organization.id,
        "--error",
        "main-app-token",
        "-o",
        "json",
    ];
    let first = run(&ticket, 0);
    let second = run(&ticket, 0);
    assert_eq!(first["changes"][0]["status"], "opened");
    assert_eq!(second["changes"][0]["status"], "unchanged");
    assert_eq!(first["changes"][0]["ticket"], second["changes"][0]["ticket"]);
    assert_eq!(stage.world().tickets.len(), tickets_before + 1, "not one ticket");
    let opened = stage.tickets(cases[0].customer).pop().expect("a ticket");
    assert_eq!(first["changes"][0]["ticket"]["id"], opened.id);
    // Incident; Gold; the priority that only Gold has.
    assert_eq!(
        (opened.tickettype_id, opened.sla_id, opened.priority_id),
        (1, 1, 5)
    );

    let document = run(&["status", "-o", "json"], 0);
    assert_eq!(document["mappings"]["total"], 3);
    assert_eq!(document["open_tickets"], 1);
    run(&["unlink", &cases[0].organization.id, "--yes", "-o", "json"], 0);
    let document = run(&["list", "mappings", "-o", "json"], 0);
    assert_eq!(document.as_array().map(Vec::len), Some(2));
    run(&["revoke", "--yes", "-o", "json"], 0);
    run(&["sync-seats", "--yes", "-o", "json"], 3);
    assert_eq!(
        stage.world().licenses,
        synced(&before, &cases),
        "licenses were touched after the sync"
    );
    outcomes
}
