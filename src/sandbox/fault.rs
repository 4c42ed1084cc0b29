//! What can be made to go wrong, by name.

use std::{fmt, str::FromStr};

/// Declares each fault once: its variant, its name and a line that describes it.
macro_rules! faults {
    ($($variant:ident $name:literal $description:literal)+) => {
        /// Something that goes wrong, or is merely odd, on live instances of the two services.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Fault {
            $(#[doc = $description] $variant,)+
        }

        impl Fault {
            /// Every fault, in the order in which help shows them.
            pub const ALL: &[Fault] = &[$(Fault::$variant),+];

            /// The name on the command line and at the control endpoint, in kebab-case.
            pub fn name(&self) -> &'static str {
                match self { $(Fault::$variant => $name,)+ }
            }

            /// A line that says what it does.
            pub fn describe(&self) -> &'static str {
                match self { $(Fault::$variant => $description,)+ }
            }
        }
    };
}

faults! {
    PagesCapped "pages-capped" "Halo pages hold 50 rows at most, and record_count is the length of the page"
    PagingIgnored "paging-ignored" "lists of both services answer every row, whichever page was asked for"
    RecordCountMissing "record-count-missing" "Halo lists come without record_count"
    BackupResultSet "backup-result-set" "SaaS Backup lists come as {\"result_set\": [...]} in place of bare arrays"
    BackupWrappedResultSet "backup-wrapped-result-set" "SaaS Backup lists come as [{\"result_set\": [...]}]"
    BackupPagination "backup-pagination" "SaaS Backup lists come as {\"pagination\": {...}, \"data\": [...]}"
    TokenDies "token-dies" "a Halo access token is worth six requests, then it is refused"
    ShortToken "short-token" "Halo access tokens live one second"
    BadGateway "bad-gateway" "every third request, tokens aside, is answered with a 502 in HTML and not done"
    BadGatewayAfter "bad-gateway-after" "the first POST to each path, tokens aside, is done, then answered with a 502 in HTML"
    LateCreation "late-creation" "the first POST that creates a license, and the first that creates a ticket, is answered with a 504 and done six seconds later"
    DropBefore "drop-before" "the first request of each method and path is cut off without being done"
    DropAfter "drop-after" "the first POST to each path is done, then cut off without an answer"
    HalfJson "half-json" "the first GET of each path and query is answered with half the JSON, otherwise in good order"
    HalfBody "half-body" "the first GET of each path and query is cut off in the middle of the body"
    RateStorm "rate-storm" "the next five Halo requests, discovery and tokens aside, get a 429 without Retry-After"
    StringsForNumbers "strings-for-numbers" "ids, counts and all other numbers come as strings"
    WrappedLookups "wrapped-lookups" "Halo's ticket types, SLAs, priorities, statuses and outcomes come inside an object"
    WrappedRecords "wrapped-records" "single records of both services come wrapped in their list"
    PendingCancel "pending-cancel" "active licenses come with status PendingCancel, and not as active"
    LastAnswered "last-answered" "a POST of several records is answered with the last one only"
    FieldErrors "field-errors" "Halo's refusals of a POST name each field with its messages, and say no more"
    TenantRequired "tenant-required" "a token request has to name the tenant, as on a host that tenants share"
    SelfHosted "self-hosted" "Halo has no tenant: discovery names none, and one in a token request is ignored"
    NoAuthinfo "no-authinfo" "Halo's discovery page is not there (404 in HTML)"
    LinesMissing "lines-missing" "lists of recurring invoices come without their lines"
    RefuseBatch "refuse-batch" "a license whose notes contain \"poison\" is refused, and the whole batch it came in"
    RefusePartial "refuse-partial" "a license whose notes contain \"poison\" is refused, after those before it in the batch were written"
    ChokeBatch "choke-batch" "a license whose notes contain \"poison\" is answered with a 500, and nothing of the batch it came in is written"
    ChokePartial "choke-partial" "a license whose notes contain \"poison\" is answered with a 500, after those before it in the batch were written"
    WritesDown "writes-down" "every POST of licenses is answered with a 502 in HTML and not done"
    NoteLostBefore "note-lost-before" "the first POST of a note is cut off without being done"
    NoteLostAfter "note-lost-after" "the first POST of a note is done, then cut off without an answer"
    NotesRefused "notes-refused" "every note on a ticket is refused: \"You do not have access to this Action at the moment\""
    TicketsListedLate "tickets-listed-late" "a new ticket is missing from lists for six seconds"
    ClosedListed "closed-listed" "lists of open tickets contain the closed ones too"
    SummariesCut "summaries-cut" "the summary of a new ticket is cut to 40 characters"
    DeletedEmpty "deleted-empty" "a ticket that is not there is answered with status 200 and without an id"
    WriteLimited "write-limited" "the first POST of licenses gets a 429 with Retry-After: 5"
    ChangesDown "changes-down" "Halo's record of license changes answers 500"
    ChangesLimited "changes-limited" "Halo's record of license changes answers 429 with Retry-After: 60"
    SlowAnswers "slow-answers" "every answer takes two seconds more"
    HtmlErrors "html-errors" "every error is an HTML page"
    RedirectElsewhere "redirect-elsewhere" "GETs are redirected to another host, discovery aside"
    ControlsInNames "controls-in-names" "customer names carry terminal escapes and line breaks"
    OrganizationsShort "organizations-short" "the list of organizations lacks its last 60 %"
    OrganizationsEmpty "organizations-empty" "the list of organizations is empty"
    SeatsGarbled "seats-garbled" "seats_used of some organizations is \"n/a\" or null"
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// There is no fault of this name.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no fault called {0:?}; there are {list}", list = names())]
pub struct UnknownFault(pub String);

/// All names, for the message of [`UnknownFault`].
fn names() -> String {
    let names: Vec<&str> = Fault::ALL.iter().map(Fault::name).collect();
    names.join(", ")
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|fault| fault.name().eq_ignore_ascii_case(name.trim()))
            .ok_or_else(|| UnknownFault(name.to_owned()))
    }
}
