//! Every command with every flag, in an order that works: one list, on which tests run that hold for all of them.
//! A command or a flag that is not in it fails a test (`every_command.rs`), and what is in it is tested for its
//! JSON, its dry run and the secrets that it must not show.

use clap::ValueEnum;
use halolink::cli::Kind;

use super::Stage;

/// A command line that works at its place in the list, and what it does.
pub struct Usage {
    pub arguments: Vec<String>,
    pub effect: Effect,
    pub code: i32,
}

/// What a command line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Something is other afterwards, here or in Halo; a dry run says so and leaves it.
    Changes,
    /// Nothing is other afterwards.
    Looks,
}

/// Flags that the tests which use the list give themselves, or that end nothing.
pub const NOT_LISTED: [(&str, &str); 6] = [
    ("--dry-run", "given to whatever changes something"),
    ("--output", "given to everything"),
    ("--verbose", "given where secrets are looked for"),
    ("--help", "asked of everything"),
    (
        "--halo-port",
        "a sandbox that serves does not end: the tests of the sandbox",
    ),
    ("--backup-port", "the same"),
];

/// The list for this stage, which has done nothing yet.
pub fn usages(stage: &Stage) -> Vec<Usage> {
    let file = |text: &str| stage.file(text.as_bytes()).display().to_string();
    let credentials = stage.sandbox.credentials();
    let secret = file(&credentials.client_secret);
    let reseller = file(&credentials.reseller_token);
    let access = file(&credentials.access_token);
    let mappings = file("organization,customer,license\n1788161-18,25,29\n");
    let seats = file("organization,seats\n1788161-14,57\n1788161-15,13\n1788161-18,30\n");

    let mut list = List(Vec::new());
    let connect = stage.connect_arguments();
    let connect: Vec<&str> = connect.iter().map(String::as_str).collect();
    let elsewhere = ["--auth-host", "login.example.com"];
    list.ends(2, &[&connect[..], &elsewhere].concat());
    let files = [
        "--client-secret-file",
        &secret,
        "--reseller-token-file",
        &reseller,
        "--access-token-file",
        &access,
        "--tenant",
        &credentials.tenant,
        "--adopt-state",
    ];
    list.changes(&[&connect[..], &files].concat());
    let (site, client_id) = (stage.sandbox.site_url(), credentials.client_id.clone());
    list.changes(&[
        "connect",
        "--profile",
        "halo-only",
        "--site-url",
        &site,
        "--client-id",
        &client_id,
        "--no-backup",
        "--secret-store",
        "none",
    ]);
    list.changes(&[
        "configure",
        "--sync-seats",
        "on",
        "--seat-metric",
        "used",
        "--ticket-type",
        "Incident",
        "--sla",
        "Gold",
        "--priority",
        "Critical 1h",
        "--note-outcome",
        "Internal Note",
    ]);
    let spans = ["--grace", "6h", "--stale-after", "2d", "--remind", "off"];
    list.changes(&[&["configure"][..], &spans].concat());
    let closing = ["--closing-outcome", "Resolved", "--closing-status", "Resolved"];
    list.changes(&[&["configure", "--on-recovery", "note"][..], &closing].concat());
    let of_error = [
        "--ticket-type-of",
        "main-app-token=Alert",
        "--sla-of",
        "main-app-token=Silver",
        "--priority-of",
        "main-app-token=High 8h",
    ];
    list.changes(&[&["configure"][..], &of_error].concat());
    list.changes(&[
        "configure",
        "--ticket-field",
        "agent=Omar Haddad",
        "--ticket-field",
        "impact=2",
    ]);
    list.changes(&[
        "configure",
        "--vendor-sync",
        "on",
        "--fair-use",
        "20%-of-mailboxes",
        "--time-zone",
        "Europe/Berlin",
    ]);
    list.looks(&["configure", "--show"]);
    list.changes(&["map-org", "1788161-14", "--customer", "21", "--license", "17"]);
    let created = ["--customer", "22", "--create-license", "Brand New", "--yes"];
    list.changes(&[&["map-org", "1788161-15"][..], &created].concat());
    list.changes(&["map-org", "--from", &mappings, "--yes"]);
    let minimum = ["map-org", "1788161-14", "--minimum", "3", "--until", "2099-12-31"];
    list.changes(&minimum);
    list.changes(&[
        "map-org",
        "1788161-14",
        "--metric",
        "used",
        "--included",
        "1",
        "--highest",
        "month",
    ]);
    list.ends(2, &["map-org", "Zzyzx", "--customer", "22", "--license", "19"]);
    list.changes(&["ignore", "1788161-16", "--reason", "billed by hand"]);
    list.changes(&["ignore", "--remove", "1788161-16"]);
    list.ends(5, &["sync-seats", "--dry-run", "--exit-code"]);
    list.ends(
        4,
        &[
            "sync-seats",
            "--dry-run",
            "--require-mapped",
            "--max-amount",
            "99.50",
        ],
    );
    let plan = file("");
    list.looks(&["sync-seats", "1788161-18", "--plan-out", &plan]);
    list.changes(&["sync-seats", "--plan", &plan, "--yes"]);
    list.changes(&[
        "sync-seats",
        "1788161-14",
        "--yes",
        "--wait",
        "1",
        "--note",
        "as agreed",
    ]);
    list.changes(&[
        "undo",
        "2",
        "1788161-14",
        "--yes",
        "--wait",
        "1",
        "--note",
        "a mistake",
        "--force",
    ]);
    list.changes(&[
        "sync-seats",
        "--seats-file",
        &seats,
        "--max-change",
        "10",
        "--min-change",
        "1",
        "--max-held-back",
        "90",
        "--force",
        "--yes",
    ]);
    list.looks(&["reconcile"]);
    list.looks(&["reconcile", "--report", &file("replaced")]);
    list.ends(5, &["reconcile", "1788161-14", "1788161-16", "--exit-code"]);
    let anew = [
        "--customer",
        "22",
        "--license",
        "19",
        "--old-license",
        "0",
        "--yes",
    ];
    list.changes(&[&["map-org", "1788161-14"][..], &anew].concat());
    list.changes(&["open-ticket", "1788161-14", "--error", "main-app-token"]);
    list.changes(&[
        "open-ticket",
        "1788161-14",
        "--error",
        "main-app-token",
        "--account",
        "anna@northwinddental.example",
        "--new",
        "--ticket-type",
        "Incident",
        "--sla",
        "Gold",
        "--priority",
        "Critical 1h",
    ]);
    let details = ["--summary", "Restore test failed", "--details", "See the log"];
    list.changes(&[&["open-ticket", "1788161-15"][..], &details].concat());
    list.changes(&["configure", "--test-ticket", "21", "--yes"]);
    list.ends(5, &["sync-tickets", "--dry-run", "--exit-code"]);
    let some = ["--products", "mailbox,onedrive", "--max-new", "3"];
    list.changes(&[&["sync-tickets", "1788161-14"][..], &some].concat());
    list.looks(&["sync-tickets", "--unmapped"]);
    for kind in Kind::value_variants()
        .iter()
        .filter_map(ValueEnum::to_possible_value)
    {
        list.looks(&["list", kind.get_name(), "--search", "a"]);
    }
    list.looks(&["list", "licenses", "--customer", "21", "--unmapped"]);
    list.looks(&["list", "customers", "--refresh"]);
    let quietly = ["--quiet", "--non-interactive", "--color", "never"];
    let limits = ["--patience", "60", "--request-limit", "290"];
    list.looks(&[&["list", "customers"][..], &quietly, &limits].concat());
    list.looks(&["status"]);
    list.looks(&["explain"]);
    list.looks(&["explain", "main-app-token"]);
    list.ends(2, &["explain", "Zzyzx"]);
    list.looks(&["history", "1788161-14", "--since", "30d"]);
    list.looks(&["history"]);
    list.looks(&["history", "1788161-14", "--tickets"]);
    list.looks(&["completions", "bash"]);
    list.looks(&[
        "sandbox",
        "--tour",
        "--organizations",
        "20",
        "--seed",
        "7",
        "--latency",
        "1",
        "--rate-limit",
        "299",
        "--fault",
        "pages-capped",
        "--break",
        "Café Lumière:space-full",
    ]);
    list.ends(2, &["sandbox", "--tour", "--break", "Zzyzx:main-app-token"]);
    list.changes(&["unlink", "1788161-14", "--yes"]);
    list.changes(&["unlink", "--all", "--yes"]);
    list.changes(&["configure", "--reset"]);
    list.changes(&["revoke", "--yes"]);
    list.changes(&["revoke", "--profile", "halo-only", "--purge", "--yes"]);
    list.0
}

struct List(Vec<Usage>);

impl List {
    fn add(&mut self, arguments: &[&str], effect: Effect, code: i32) {
        self.0.push(Usage {
            arguments: arguments.iter().map(|text| (*text).to_owned()).collect(),
            effect,
            code,
        });
    }

    fn changes(&mut self, arguments: &[&str]) {
        self.add(arguments, Effect::Changes, 0);
    }

    fn looks(&mut self, arguments: &[&str]) {
        self.add(arguments, Effect::Looks, 0);
    }

    /// Looks, and ends with this code.
    fn ends(&mut self, code: i32, arguments: &[&str]) {
        self.add(arguments, Effect::Looks, code);
    }
}
