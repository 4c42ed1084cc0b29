//! A person at a terminal: the wizards, the picker and the questions, driven by keys, Ctrl-C included.
#![cfg(unix)]

use crate::support::Stage;
use crate::support::terminal::{CTRL_C, DOWN, ENTER, ESCAPE, Terminal, UP};
use halolink::sandbox::Fault;

/// The prompts of the connect wizard, in order.
const CONNECT: [&str; 8] = [
    "Site URL",
    "Client ID",
    "Client secret",
    "Base URL",
    "Base URL",
    "Reseller token",
    "Authentication token",
    "Seat sync in the vendor's portal",
];

#[test]
fn the_connect_wizard_asks_for_everything_and_hides_what_is_secret() {
    let stage = Stage::without_secrets();
    let mut terminal = Terminal::start(&stage, &["connect", "--secret-store", "none"]);
    for step in 0..CONNECT.len() {
        answer_connect(&mut terminal, &stage, step);
    }
    terminal.sees("Connected");
    assert_eq!(terminal.ends(), 0);
    terminal.is_restored();
    let credentials = stage.sandbox.credentials();
    for secret in [
        &credentials.client_secret,
        &credentials.reseller_token,
        &credentials.access_token,
    ] {
        assert!(!terminal.text().contains(secret.as_str()), "{}", terminal.text());
    }
    let status = stage.run(["status", "-o", "json"]).expect(0).json();
    assert_eq!(status["connection"]["backup_url"], stage.sandbox.backup_url());
    assert_eq!(status["configuration"]["vendor_sync"], true);
}

#[test]
fn the_connect_wizard_asks_again_for_what_is_no_url() {
    let stage = Stage::without_secrets();
    let mut terminal = Terminal::start(&stage, &["connect", "--secret-store", "none"]);
    terminal
        .sees("Site URL")
        .types("ftp://acme")
        .types(ENTER)
        .sees("is not");
    terminal.types(CTRL_C);
    assert_eq!(terminal.ends(), 130);
}

#[test]
fn ctrl_c_at_any_question_of_the_connect_wizard_stores_nothing() {
    for (stop, prompt) in CONNECT.iter().enumerate() {
        let stage = Stage::without_secrets();
        let mut terminal = Terminal::start(&stage, &["connect", "--secret-store", "none"]);
        for step in 0..stop {
            answer_connect(&mut terminal, &stage, step);
        }
        see_prompt(&mut terminal, stop);
        terminal.types(CTRL_C);
        assert_eq!(terminal.ends(), 130, "at {}:\n{}", CONNECT[stop], terminal.text());
        terminal.is_restored();
        assert!(stage.traces().is_empty(), "at {prompt}");
    }
}

#[test]
fn the_configure_wizard_offers_the_priorities_of_the_chosen_sla() {
    let stage = Stage::connected();
    let mut terminal = Terminal::start(&stage, &["configure"]);
    terminal.sees("Sync seats").types(ENTER);
    terminal.sees("Seat metric").types(DOWN).types(ENTER);
    terminal
        .sees("Ticket type")
        .types("Incid")
        .waits_for("only Incident", |screen| !screen.contains("Change Request"))
        .types(ENTER);
    terminal
        .sees("SLA")
        .sees("Silver")
        .types("Silv")
        .waits_for("only Silver", |screen| !screen.contains("Bronze"));
    terminal.types(ENTER);
    terminal.sees("Priority (of Silver)").sees("Low 40h");
    let offered = terminal.offered("Priority (of Silver)");
    for name in ["High 8h", "Medium 16h", "Low 40h"] {
        assert!(offered.iter().any(|line| line == name), "{offered:?}");
    }
    assert!(
        !offered
            .iter()
            .any(|line| line.contains("Critical") || line.contains("Planned")),
        "{offered:?}"
    );
    terminal
        .types("Low")
        .waits_for("only Low", |screen| !screen.contains("High 8h"))
        .types(ENTER);
    terminal
        .sees("Outcome of notes")
        .types("Internal")
        .waits_for("one outcome", |screen| !screen.contains("Email User"));
    terminal.types(ENTER);
    terminal
        .sees("When a backup has recovered")
        .sees("stays open")
        .types(UP)
        .types(ENTER);
    assert_eq!(terminal.ends(), 0);
    terminal.is_restored();

    let shown = stage.run(["configure", "--show", "-o", "json"]).expect(0).json();
    let tickets = &shown["tickets"];
    assert_eq!(tickets["on_recovery"], "close");
    assert_eq!(tickets["closing_outcome"]["name"], "Closed");
    assert_eq!(tickets["closing_status"]["name"], "Closed");
    assert_eq!(shown["seat_metric"], "active");
    assert_eq!(shown["ticket_type"]["name"], "Incident");
    assert_eq!(shown["sla"]["name"], "Silver");
    assert_eq!(shown["priority"]["name"], "Low 40h");
    assert_eq!(shown["note_outcome"]["name"], "Internal Note");
}

#[test]
fn ctrl_c_at_any_question_of_the_configure_wizard_stores_nothing() {
    let prompts = [
        "Sync seats",
        "Seat metric",
        "Ticket type",
        "SLA",
        "Priority (of",
        "Outcome of notes",
        "When a backup has recovered",
    ];
    let stage = Stage::connected();
    let before = stage.run(["configure", "--show"]).expect(0).stdout;
    for stop in 0..prompts.len() {
        let mut terminal = Terminal::start(&stage, &["configure"]);
        for (step, prompt) in prompts[..=stop].iter().enumerate() {
            terminal.sees(prompt);
            if step < stop {
                terminal.types(ENTER);
            }
        }
        terminal.types(CTRL_C);
        assert_eq!(terminal.ends(), 130, "at {}:\n{}", prompts[stop], terminal.text());
        terminal.is_restored();
        assert_eq!(
            stage.run(["configure", "--show"]).expect(0).stdout,
            before,
            "at {}",
            prompts[stop]
        );
    }
}

#[test]
fn the_picker_filters_and_offers_the_likeliest_customer_and_only_its_active_licenses() {
    let stage = Stage::connected();
    let mut terminal = Terminal::start(&stage, &["map-org"]);
    terminal
        .sees("Organization")
        .types("contoso")
        .waits_for("only Contoso", |screen| !screen.contains("Alpine"));
    terminal.types(ENTER);
    terminal.sees("Customer for Contoso Ltd").sees("Contoso Ltd (22)");
    assert_eq!(
        terminal.offered("Customer for")[0],
        "Contoso Ltd (22)",
        "{}",
        terminal.text()
    );
    assert!(
        !terminal.text().contains("(closed)"),
        "an inactive customer is offered"
    );
    terminal.types(ENTER);
    terminal
        .sees("License of Contoso Ltd")
        .sees("create a new license");
    let offered = terminal.offered("License of");
    assert_eq!(
        offered,
        [
            "SaaS Backup (19), quantity 12, NinjaOne",
            "Exchange Online (Plan 1) (22), quantity 15, Microsoft",
            "Microsoft 365 Business Basic (21), quantity 16, Microsoft",
            "create a new license",
        ]
    );
    terminal.types(ENTER);
    assert_eq!(terminal.ends(), 0, "{}", terminal.text());
    terminal.is_restored();
    let mapping = stage.run(["list", "mappings", "-o", "json"]).expect(0).json();
    assert_eq!(mapping[0]["organization"]["id"], "1788161-15");
    assert_eq!(
        (&mapping[0]["customer"]["id"], &mapping[0]["license"]["id"]),
        (&22.into(), &19.into())
    );
}

#[test]
fn the_picker_tells_who_has_a_license_already() {
    let stage = Stage::mapped_to(&[("1788161-18", 25, 29)]);
    let mut terminal = Terminal::start(&stage, &["map-org", "1788161-49", "--customer", "25"]);
    terminal.sees("License of").sees("create a new license");
    let first = terminal.offered("License of")[0].clone();
    assert!(first.contains("mapped to O'Brien Electrical"), "{first}");
    terminal
        .types(ENTER)
        .sees("it will carry the sum")
        .sees("despite the warnings?")
        .types("y")
        .types(ENTER);
    assert_eq!(terminal.ends(), 0, "{}", terminal.text());
    assert_eq!(stage.mapping_count(), 2);
}

#[test]
fn the_likeliest_customer_is_found_in_another_spelling() {
    let stage = Stage::connected();
    let mut terminal = Terminal::start(&stage, &["map-org", "1788161-17"]);
    // "Müller and Söhne GmbH" at SaaS Backup.
    terminal.sees("Customer for").sees("Müller & Söhne GmbH (24)");
    assert_eq!(
        terminal.offered("Customer for")[0],
        "Müller & Söhne GmbH (24)",
        "{}",
        terminal.text()
    );
    terminal.types(CTRL_C);
    assert_eq!(terminal.ends(), 130);
}

#[test]
fn organizations_that_are_not_mapped_come_first() {
    let stage = Stage::connected();
    let mut terminal = Terminal::start(&stage, &["map-org"]);
    terminal.sees("Organization").sees("Alpine Ski House");
    assert!(
        terminal.offered("Organization")[0].starts_with("Adventure Works Cycles"),
        "{}",
        terminal.text()
    );
    terminal.types(CTRL_C);
    assert_eq!(terminal.ends(), 130);

    stage.map_these(&[("1788161-29", 36, 62)]);
    let mut terminal = Terminal::start(&stage, &["map-org"]);
    terminal.sees("Organization").sees("Alpine Ski House");
    assert!(
        !terminal.text().contains("Adventure Works Cycles"),
        "{}",
        terminal.text()
    );
    // Up from the first is the last.
    terminal.types(UP).sees("Adventure Works Cycles");
    let last = terminal.offered("Organization").pop().expect("rows");
    assert!(last.contains("(mapped to Adventure Works Cycles)"), "{last}");
    terminal.types(CTRL_C);
    assert_eq!(terminal.ends(), 130);
}

#[test]
fn a_new_license_can_be_named_in_the_picker() {
    let stage = Stage::connected();
    let mut terminal = Terminal::start(&stage, &["map-org", "1788161-23", "--customer", "30"]);
    terminal
        .sees("License of")
        .types("create")
        .waits_for("one row", |screen| !screen.contains("Microsoft"));
    terminal.types(ENTER).sees("Name of the new license").types(ENTER);
    terminal
        .sees("Create the license \"NinjaOne SaaS Backup\" for")
        .types("y")
        .types(ENTER);
    assert_eq!(terminal.ends(), 0, "{}", terminal.text());
    let world = stage.world();
    let made = world.licenses.values().filter(|license| license.client_id == 30);
    assert_eq!(
        made.filter(|license| license.name == "NinjaOne SaaS Backup")
            .count(),
        1
    );
}

#[test]
fn ctrl_c_and_escape_at_any_question_of_the_picker_map_nothing() {
    let prompts = ["Organization", "Customer for", "License of"];
    let stage = Stage::connected();
    for key in [CTRL_C, ESCAPE] {
        for stop in 0..prompts.len() {
            let mut terminal = Terminal::start(&stage, &["map-org"]);
            for (step, prompt) in prompts[..=stop].iter().enumerate() {
                terminal.sees(prompt);
                if step < stop {
                    terminal.types(ENTER);
                }
            }
            terminal.types(key);
            assert_eq!(terminal.ends(), 130, "at {}:\n{}", prompts[stop], terminal.text());
            terminal.is_restored();
            assert_eq!(stage.mapping_count(), 0, "at {}", prompts[stop]);
        }
    }
    assert!(!stage.was_written());
}

#[test]
fn a_sync_is_written_after_a_yes_and_only_then() {
    let stage = Stage::mapped_to(&[("1788161-14", 21, 17)]);
    let before = stage.count(17);
    for (key, words) in [
        ("n", "nothing was changed"),
        (CTRL_C, ""),
        (ENTER, "nothing was changed"),
    ] {
        let mut terminal = Terminal::start(&stage, &["sync-seats"]);
        terminal
            .sees("Planned (1)")
            .sees("Update 1 license in Halo?")
            .types(key);
        if key == "n" {
            terminal.types(ENTER);
        }
        assert_eq!(terminal.ends(), 130, "{}", terminal.text());
        terminal.sees(words).is_restored();
        assert_eq!(stage.count(17), before);
    }
    assert!(!stage.was_written());
    let mut terminal = Terminal::start(&stage, &["sync-seats"]);
    terminal.sees("Update 1 license in Halo?").types("y").types(ENTER);
    assert_eq!(terminal.ends(), 0, "{}", terminal.text());
    terminal.is_restored();
    assert_ne!(stage.count(17), before);
}

#[test]
fn what_is_held_back_is_written_when_a_person_says_so() {
    let stage = Stage::mapped_to(&[("1788161-14", 21, 17)]);
    stage.sync([]).expect(0);
    let before = stage.count(17);
    stage.set_seats("1788161-14", 3);
    let mut terminal = Terminal::start(&stage, &["sync-seats"]);
    terminal
        .sees("Held back (1)")
        .sees("Also write what is held back (1 license)?")
        .types(ENTER);
    assert_eq!(terminal.ends(), 4, "{}", terminal.text());
    assert_eq!(stage.count(17), before);

    let mut terminal = Terminal::start(&stage, &["sync-seats"]);
    terminal
        .sees("Also write what is held back (1 license)?")
        .types("y")
        .sees("Update 1 license in Halo?")
        .types("y");
    assert_eq!(terminal.ends(), 0, "{}", terminal.text());
    assert_eq!(stage.count(17), 3);
}

#[test]
fn the_connect_wizard_knows_partners_without_the_backup_api() {
    let stage = Stage::new()
        .without("HALOLINK_RESELLER_TOKEN")
        .without("HALOLINK_ACCESS_TOKEN");
    let (site, client) = (
        stage.sandbox.site_url(),
        stage.sandbox.credentials().client_id.clone(),
    );
    let arguments = [
        "connect",
        "--secret-store",
        "none",
        "--site-url",
        &site,
        "--client-id",
        &client,
    ];
    let mut terminal = Terminal::start(&stage, &arguments);
    terminal.sees("none: no access to its API");
    for _ in 0..3 {
        terminal.types(DOWN);
    }
    terminal.types(ENTER);
    // Who does not know is believed.
    terminal.sees("Seat sync in the vendor's portal").types(ENTER);
    assert_eq!(terminal.ends(), 0, "{}", terminal.text());
    let status = stage.run(["status", "-o", "json"]).expect(0).json();
    assert_eq!(status["configuration"]["vendor_sync"], serde_json::Value::Null);
    assert_eq!(status["connected"], true);
    assert!(status["connection"]["backup_url"].is_null(), "{status}");
}

#[test]
fn mapping_anew_asks_and_no_is_the_default() {
    let stage = Stage::mapped_to(&[("1788161-14", 21, 17)]);
    // The names are those of two companies, too.
    let remapping = ["map-org", "1788161-14", "--customer", "22", "--license", "19"];
    let question = "Remap 1 organization, and map 1 organization despite the warnings?";
    let mut terminal = Terminal::start(&stage, &remapping);
    terminal
        .sees("is now")
        .sees("would be")
        .sees("the names are far apart")
        .sees(question)
        .types(ENTER);
    assert_eq!(terminal.ends(), 130);
    let license = |stage: &Stage| {
        stage.run(["list", "mappings", "-o", "json"]).expect(0).json()[0]["license"]["id"].clone()
    };
    assert_eq!(license(&stage), 17);
    let mut terminal = Terminal::start(&stage, &remapping);
    terminal
        .sees(question)
        .types("y")
        .sees("keeps billing")
        .sees("Set the old license NinjaOne SaaS Backup (17) from")
        .types(ENTER);
    assert_eq!(terminal.ends(), 0);
    assert_eq!(license(&stage), 19);
    // It is kept unless a person says otherwise.
    assert!(!stage.was_written());
    let back = ["map-org", "1788161-14", "--customer", "21", "--license", "17"];
    let mut terminal = Terminal::start(&stage, &back);
    terminal
        .sees("Remap 1 organization?")
        .types("y")
        .sees("Set the old license SaaS Backup (19) from")
        .types("y")
        .sees("is set to 0");
    assert_eq!(terminal.ends(), 0);
    assert_eq!((license(&stage), stage.count(19)), (17.into(), 0));
}

#[test]
fn a_wait_for_the_rate_limit_is_counted_down_and_can_be_stopped() {
    let stage = Stage::connected();
    stage.faults([Fault::RateStorm]);
    let mut terminal = Terminal::start(&stage, &["list", "customers"]);
    terminal
        .sees("waiting 5 s")
        .sees("rate limit")
        .sees("waiting 4 s")
        .types(CTRL_C);
    assert_eq!(terminal.ends(), 130);
    terminal.is_restored();
}

#[test]
fn revoke_asks_first() {
    let stage = Stage::connected();
    let mut terminal = Terminal::start(&stage, &["revoke"]);
    terminal
        .sees("Delete the secrets and the connection")
        .types(CTRL_C);
    assert_eq!(terminal.ends(), 130);
    terminal.is_restored();
    stage.run(["list", "customers"]).expect(0);
}

#[test]
fn with_non_interactive_nobody_is_asked() {
    let stage = Stage::connected();
    let mut terminal = Terminal::start(&stage, &["map-org", "--non-interactive"]);
    assert_eq!(terminal.ends(), 2);
    terminal.sees("ORG");
}

#[test]
fn no_color_is_respected_on_a_terminal() {
    let stage = Stage::connected();
    let bold = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut terminal = Terminal::start_with(&stage, arguments, variables);
        assert_eq!(terminal.ends(), 0);
        terminal.sees("Bronze").is_bold("ID")
    };
    assert!(bold(&["list", "slas"], &[]));
    assert!(!bold(&["list", "slas"], &[("NO_COLOR", "1")]));
    assert!(!bold(&["list", "slas", "--color", "never"], &[]));
    assert!(bold(&["list", "slas", "--color", "always"], &[("NO_COLOR", "1")]));
}

/// Waits for a prompt of the connect wizard. Two have the same words: a choice, and a text.
fn see_prompt(terminal: &mut Terminal, step: usize) {
    match step {
        3 => terminal.sees("another URL"),
        4 => terminal.waits_for("a second base URL", |screen| {
            screen.matches("Base URL").count() == 2
                || (screen.contains("Base URL") && !screen.contains("dropsuite.us"))
        }),
        step => terminal.sees(CONNECT[step]),
    };
}

/// Answers a question of the connect wizard.
fn answer_connect(terminal: &mut Terminal, stage: &Stage, step: usize) {
    let credentials = stage.sandbox.credentials();
    see_prompt(terminal, step);
    match step {
        0 => terminal.types(&format!("{}/api", stage.sandbox.site_url())),
        1 => terminal.types(&credentials.client_id),
        2 => terminal.types(&credentials.client_secret),
        // Up from the first is the last: another URL.
        3 => terminal.types(UP),
        4 => terminal.types(&stage.sandbox.backup_url()),
        5 => terminal.types(&credentials.reseller_token),
        6 => terminal.types(&credentials.access_token),
        // Up from the last: it is on.
        _ => terminal.types(UP),
    };
    terminal.types(ENTER);
}

/// Maps the organization to another license of its customer while a question is open in a terminal.
fn map_elsewhere(stage: &Stage) {
    let another = [
        "--customer",
        "21",
        "--license",
        "18",
        "--old-license",
        "keep",
        "--yes",
    ];
    stage
        .run([&["map-org", "1788161-14"][..], &another].concat())
        .expect(0);
}

fn license_of(stage: &Stage) -> serde_json::Value {
    let mappings = stage.run(["list", "mappings", "-o", "json"]).expect(0).json();
    let mappings = mappings.as_array().expect("an array");
    let northwind = |mapping: &&serde_json::Value| mapping["organization"]["id"] == "1788161-14";
    mappings.iter().find(northwind).expect("it is mapped")["license"]["id"].clone()
}

#[test]
fn what_was_remapped_while_a_question_was_open_is_not_unlinked() {
    let stage = Stage::mapped();
    let mut terminal = Terminal::start(&stage, &["unlink", "1788161-14"]);
    terminal.sees("End 1 mapping?");
    map_elsewhere(&stage);
    terminal.types("y").sees("someone else changed its mapping");
    assert_eq!(terminal.ends(), 4);
    assert_eq!(license_of(&stage), 18);
}

#[test]
fn what_was_remapped_while_a_question_was_open_is_not_remapped_and_no_license_is_set_to_0() {
    let stage = Stage::mapped();
    let before = stage.world().licenses.clone();
    let arguments = ["--customer", "22", "--license", "19", "--old-license", "0"];
    let mut terminal = Terminal::start(&stage, &[&["map-org", "1788161-14"][..], &arguments].concat());
    terminal.sees("Remap 1 organization");
    map_elsewhere(&stage);
    terminal.types("y").sees("someone else changed its mapping");
    assert_eq!(terminal.ends(), 4);
    assert_eq!(license_of(&stage), 18);
    assert_eq!(stage.world().licenses, before);
}
