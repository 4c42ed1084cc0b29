# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_halolink_global_optspecs
    string join \n p/profile= o/output= y/yes non-interactive q/quiet v/verbose color= patience= request-limit= h/help V/version
end

function __fish_halolink_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_halolink_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_halolink_using_subcommand
    set -l cmd (__fish_halolink_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c halolink -n "__fish_halolink_needs_command" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_needs_command" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_needs_command" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_needs_command" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_needs_command" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_needs_command" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_needs_command" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_needs_command" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_needs_command" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_needs_command" -s V -l version -d 'Print version'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "connect" -d 'Check and store the credentials of both services'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "configure" -d 'Set which seats are billed, how tickets are filed, and what becomes of them'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "map-org" -d 'Map a backed-up organization to a Halo customer and license'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "unlink" -d 'End mappings, without changing anything in Halo'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "ignore" -d 'Mark organizations that are deliberately not billed through halolink'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "revoke" -d 'Delete the secrets and the connection'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "sync-seats" -d 'Update the licenses\' quantities to match the seats'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "reconcile" -d 'Compare what is used with what is billed, and name every way in which the two part'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "undo" -d 'Put back the quantities that a run changed, where Halo still shows them'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "open-ticket" -d 'Open a service ticket for a backup error'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "sync-tickets" -d 'Open, update and close the tickets of backup errors'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "explain" -d 'Explain a backup error: what it means, what to check, who must act'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "list" -d 'List records of either service, or the mappings'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "status" -d 'Show the connection, the configuration, the mappings and the last sync'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "history" -d 'Show past runs that wrote quantities, or one organization\'s seats over time'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "completions" -d 'Print the completion script for a shell'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "sandbox" -d 'Emulate both services on this machine with made-up data, or take the tour'
complete -c halolink -n "__fish_halolink_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l site-url -d 'The Halo site, e.g. acme.halopsa.com (Configuration > Integrations > HaloPSA API)' -r -f
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l client-id -d 'The client id of the application in Halo' -r
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l tenant -d 'The tenant, if the site does not name it itself' -r
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l client-secret-file -d 'File with the client secret; - reads it from standard input' -r -F
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l backup-url -d 'The SaaS Backup API: a URL, or us, uk or na [env: HALOLINK_BACKUP_URL]' -r
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l reseller-token-file -d 'File with the reseller token; - reads it from standard input' -r -F
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l access-token-file -d 'File with the access token (the portal\'s Authentication Token); - reads it from standard input' -r -F
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l secret-store -d 'Where to keep the secrets' -r -f -a "keyring\t'In the keyring of the operating system'
none\t'Nowhere: environment variables or files supply them at every run'"
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l auth-host -d 'The host that may issue tokens, if Halo names one other than the site\'s, e.g. login.example.com' -r
complete -c halolink -n "__fish_halolink_using_subcommand connect" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand connect" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l no-backup -d 'Connect to Halo only, for a partner without access to the SaaS Backup API'
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l adopt-state -d 'Adopt the state at hand, or a new one, if the profile\'s own state is missing'
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l dry-run -d 'Check everything, without storing anything'
complete -c halolink -n "__fish_halolink_using_subcommand connect" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand connect" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand connect" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand connect" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand connect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l sync-seats -d 'Switch seat sync on or off; off, sync-seats writes nothing' -r -f -a "on\t'On'
off\t'Off'"
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l seat-metric -d 'The seat number that is billed' -r -f -a "used\t'Seats consumed now (`seats_used`)'
active\t'Seats without deactivated accounts (`active_seats`)'
purchased\t'The purchased total (`seats_available`)'
required\t'Seats that are required (`required_seats`)'"
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l vendor-sync -d 'Whether seat sync is on in the vendor\'s portal too: then both write the same licenses' -r -f -a "on\t'On'
off\t'Off'"
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l fair-use -d 'The vendor\'s fair use, which reconcile compares: 20%-of-purchased, 20%-of-mailboxes or another percentage [default: off]' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l time-zone -d 'The time zone in which a month begins, e.g. Europe/Berlin; system for this machine\'s [default: system]' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l ticket-type -d 'The type of new tickets, by name or id' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l sla -d 'The SLA of new tickets, by name or id' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l priority -d 'The priority of new tickets, by name or id; it must be one of the SLA\'s' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l note-outcome -d 'The outcome of notes on tickets, by name or id; it must be one of the ticket type\'s workflow' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l grace -d 'How long an error that may pass by itself is waited out before it gets a ticket; 0 for no time [default: 4h]' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l stale-after -d 'After how long without a backup an account counts as failing, even without an error [default: off]' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l remind -d 'After how long an open ticket whose error still stands gets another note [default: off]' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l on-recovery -d 'What becomes of a ticket whose backup has recovered [default: note]' -r -f -a "close\t'The ticket gets a note and is closed'
note\t'The ticket gets a note and stays open'
nothing\t'The ticket is left as it is'"
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l closing-outcome -d 'The outcome that closes tickets, by name or id; it must be one of the ticket type\'s workflow' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l closing-status -d 'The status of closed tickets, by name or id' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l ticket-type-of -d 'The type of new tickets for one error' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l sla-of -d 'The SLA of new tickets for one error' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l priority-of -d 'The priority of new tickets for one error; it must be one of the SLA that these tickets have' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l ticket-field -d 'A further field of new tickets: source, category_1 to category_4, impact, urgency, team, agent, or another that Halo\'s tickets have. Agents and teams are found by name or id' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l test-ticket -d 'Open a ticket that is clearly a test, add a note to it and close it, to prove that all this works: for this customer, or else for that of the first mapping' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l show -d 'Show the configuration without changing it'
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l reset -d 'Clear the configuration and nothing else. Seat sync that was off stays off; if other seats than the used ones were billed, it waits for --seat-metric'
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l dry-run -d 'Show what would change, without changing it'
complete -c halolink -n "__fish_halolink_using_subcommand configure" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand configure" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand configure" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand configure" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand configure" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -l customer -d 'The Halo customer, by name or id' -r
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -l license -l licence -d 'That customer\'s license, by name or id' -r
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -l create-license -l create-licence -d 'Create a license of that name for the customer, which bills; if there is one already, use it' -r
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -l metric -d 'Which seat number of this organization counts' -r -f -a "used\t'Seats consumed now (`seats_used`)'
active\t'Seats without deactivated accounts (`active_seats`)'
purchased\t'The purchased total (`seats_available`)'
required\t'Seats that are required (`required_seats`)'
profile\t'That of the profile again'"
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -l included -d 'Seats that are free, and subtracted; 0 for none' -r
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -l minimum -d 'The fewest seats that are billed; 0 for no minimum' -r
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -l until -d 'The last day of the minimum, e.g. 2026-12-31; without it the minimum has no end' -r
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -l highest -d 'Bill the highest seats of the calendar month so far' -r -f -a "month\t'The highest of the calendar month so far'
off\t'The present seats'"
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -l from -d 'Map every row of a CSV file with the columns organization,customer,license, and if wanted metric,included,minimum,until,highest' -r -F
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -l old-license -l old-licence -d 'What happens to the license that a remapped organization leaves; a person is asked, a script keeps it' -r -f -a "0\t'Set its quantity to 0, unless another organization is mapped to it'
keep\t'Leave its quantity, so that it keeps billing'"
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -l dry-run -d 'Show what would change, without changing it'
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand map-org" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand unlink" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand unlink" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand unlink" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand unlink" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand unlink" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand unlink" -l all -d 'End every mapping of the profile'
complete -c halolink -n "__fish_halolink_using_subcommand unlink" -l dry-run -d 'Show what would change, without changing it'
complete -c halolink -n "__fish_halolink_using_subcommand unlink" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand unlink" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand unlink" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand unlink" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand unlink" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand ignore" -l reason -d 'Why they are not billed through halolink' -r
complete -c halolink -n "__fish_halolink_using_subcommand ignore" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand ignore" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand ignore" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand ignore" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand ignore" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand ignore" -l remove -d 'Stop ignoring them'
complete -c halolink -n "__fish_halolink_using_subcommand ignore" -l dry-run -d 'Show what would change, without changing it'
complete -c halolink -n "__fish_halolink_using_subcommand ignore" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand ignore" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand ignore" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand ignore" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand ignore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand revoke" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand revoke" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand revoke" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand revoke" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand revoke" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand revoke" -l purge -d 'Delete the configuration, the mappings and the ledger too'
complete -c halolink -n "__fish_halolink_using_subcommand revoke" -l dry-run -d 'Show what would be deleted, without deleting it'
complete -c halolink -n "__fish_halolink_using_subcommand revoke" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand revoke" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand revoke" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand revoke" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l seats-file -d 'Read the seats from a CSV file: the portal\'s export, or organization,seats' -r -F
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l max-change -d 'Hold back a change since the last sync of more than this percentage and more than --min-change seats, and any fall to 0' -r
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l min-change -d 'Let changes of up to this many seats through, whatever their percentage, except a fall to 0' -r
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l max-held-back -d 'Write nothing if more than this share would be held back (of first syncs: more than half)' -r
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l max-amount -d 'Hold back a change that adds more than this to a billing cycle, or takes more from it; a license without a price is not judged by it' -r
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l plan-out -d 'Write the plan to a file to be reviewed, and nothing else: the same as a dry run' -r -F
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l plan -d 'Write exactly what this reviewed file says, except where something has changed since' -r -F
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l note -d 'Note this with the run in the ledger, e.g. why it is forced' -r
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l wait -d 'How many seconds to wait for another sync-seats of this profile to end' -r
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l dry-run -d 'Show the plan, without writing anything'
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l exit-code -d 'With --dry-run: exit with 5 if anything would change'
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l require-mapped -d 'Exit with 4 if an organization is neither mapped nor ignored'
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l force -d 'Also write what would be held back, and do not ask'
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand sync-seats" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand reconcile" -l report -d 'Also write a page for a browser, which needs nothing but this file; replaces it' -r -F
complete -c halolink -n "__fish_halolink_using_subcommand reconcile" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand reconcile" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand reconcile" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand reconcile" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand reconcile" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand reconcile" -l exit-code -d 'Exit with 5 if anything was found'
complete -c halolink -n "__fish_halolink_using_subcommand reconcile" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand reconcile" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand reconcile" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand reconcile" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand reconcile" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand undo" -l note -d 'Note this with the run in the ledger, e.g. what was wrong' -r
complete -c halolink -n "__fish_halolink_using_subcommand undo" -l wait -d 'How many seconds to wait for a sync-seats or undo of this profile to end' -r
complete -c halolink -n "__fish_halolink_using_subcommand undo" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand undo" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand undo" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand undo" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand undo" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand undo" -l dry-run -d 'Show the plan, without writing anything'
complete -c halolink -n "__fish_halolink_using_subcommand undo" -l force -d 'Also write what would be held back, and do not ask'
complete -c halolink -n "__fish_halolink_using_subcommand undo" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand undo" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand undo" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand undo" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand undo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -l error -d 'A backup error, as list errors prints it; backup-error needs a --summary' -r -f -a "email-backup-failed\t''
onedrive-connection\t''
onedrive-authentication\t''
main-app-token\t''
device-token\t''
delegated-token\t''
tasks-connection\t''
tasks-throttled\t''
tasks-authentication\t''
backup-stale\t''
backup-error\t''"
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -l summary -d 'One line that says what is wrong, in your words' -r
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -l details -d 'Further details' -r
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -l account -d 'An account that the error is about; can be repeated' -r -f
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -l ticket-type -d 'The ticket type, instead of the configured one' -r
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -l sla -d 'The SLA, instead of the configured one' -r
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -l priority -d 'The priority, instead of the configured one' -r
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -l new -d 'Open another ticket even if the same one is open'
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -l dry-run -d 'Show the ticket that would be opened, without opening it'
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand open-ticket" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand sync-tickets" -l products -d 'Look only at these products; tickets about others are left as they are' -r -f -a "mailbox\t''
onedrive\t''
googledrive\t''
calendar\t''
contacts\t''
tasks\t''
sharepoint\t''
teams\t''"
complete -c halolink -n "__fish_halolink_using_subcommand sync-tickets" -l max-new -d 'Write nothing if more tickets than this would be opened at once: that looks like an outage at the vendor' -r
complete -c halolink -n "__fish_halolink_using_subcommand sync-tickets" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand sync-tickets" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand sync-tickets" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand sync-tickets" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand sync-tickets" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand sync-tickets" -l unmapped -d 'Also look into organizations that are neither mapped nor ignored, and report their errors; they get no tickets'
complete -c halolink -n "__fish_halolink_using_subcommand sync-tickets" -l dry-run -d 'Show what would be opened, noted and closed, without doing it'
complete -c halolink -n "__fish_halolink_using_subcommand sync-tickets" -l exit-code -d 'With --dry-run: exit with 5 if anything would change'
complete -c halolink -n "__fish_halolink_using_subcommand sync-tickets" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand sync-tickets" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand sync-tickets" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand sync-tickets" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand sync-tickets" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand explain" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand explain" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand explain" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand explain" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand explain" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand explain" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand explain" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand explain" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand explain" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand list" -l search -d 'Only records with this text in their name or id' -r
complete -c halolink -n "__fish_halolink_using_subcommand list" -l customer -d 'Only records of this customer, by name or id (organizations, licenses, mappings, errors, tickets)' -r
complete -c halolink -n "__fish_halolink_using_subcommand list" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand list" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand list" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand list" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand list" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand list" -l unmapped -d 'Only records that are not mapped (organizations that are not ignored either, customers, licenses, errors)'
complete -c halolink -n "__fish_halolink_using_subcommand list" -l refresh -d 'Keep the names that are read, for tab completion; with mappings, update the names in them'
complete -c halolink -n "__fish_halolink_using_subcommand list" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand list" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand list" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand list" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand status" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand status" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand status" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand status" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand status" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand status" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand status" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand status" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand status" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand history" -l since -d 'Only what happened since a date (2026-01-31) or a time (RFC 3339), or within a span such as 30d or 12h' -r
complete -c halolink -n "__fish_halolink_using_subcommand history" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand history" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand history" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand history" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand history" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand history" -l tickets -d 'Show what was done to tickets instead'
complete -c halolink -n "__fish_halolink_using_subcommand history" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand history" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand history" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand history" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand completions" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand completions" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand completions" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand completions" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand completions" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand completions" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand completions" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand completions" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand completions" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -l organizations -d 'How many organizations to make up, a million at most' -r
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -l seed -d 'The seed of the made-up data' -r
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -l latency -d 'How many milliseconds every answer takes' -r
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -l rate-limit -d 'Halo requests allowed in 5 minutes' -r
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -l fault -d 'A fault to switch on; can be repeated, see the list below' -r -f -a "pages-capped\t'Halo pages hold 50 rows at most, and record_count is the length of the page'
paging-ignored\t'lists of both services answer every row, whichever page was asked for'
record-count-missing\t'Halo lists come without record_count'
backup-result-set\t'SaaS Backup lists come as {"result_set": [...]} in place of bare arrays'
backup-wrapped-result-set\t'SaaS Backup lists come as [{"result_set": [...]}]'
backup-pagination\t'SaaS Backup lists come as {"pagination": {...}, "data": [...]}'
token-dies\t'a Halo access token is worth six requests, then it is refused'
short-token\t'Halo access tokens live one second'
bad-gateway\t'every third request, tokens aside, is answered with a 502 in HTML and not done'
bad-gateway-after\t'the first POST to each path, tokens aside, is done, then answered with a 502 in HTML'
late-creation\t'the first POST that creates a license, and the first that creates a ticket, is answered with a 504 and done six seconds later'
drop-before\t'the first request of each method and path is cut off without being done'
drop-after\t'the first POST to each path is done, then cut off without an answer'
half-json\t'the first GET of each path and query is answered with half the JSON, otherwise in good order'
half-body\t'the first GET of each path and query is cut off in the middle of the body'
rate-storm\t'the next five Halo requests, discovery and tokens aside, get a 429 without Retry-After'
strings-for-numbers\t'ids, counts and all other numbers come as strings'
wrapped-lookups\t'Halo\'s ticket types, SLAs, priorities, statuses and outcomes come inside an object'
wrapped-records\t'single records of both services come wrapped in their list'
pending-cancel\t'active licenses come with status PendingCancel, and not as active'
last-answered\t'a POST of several records is answered with the last one only'
field-errors\t'Halo\'s refusals of a POST name each field with its messages, and say no more'
tenant-required\t'a token request has to name the tenant, as on a host that tenants share'
self-hosted\t'Halo has no tenant: discovery names none, and one in a token request is ignored'
no-authinfo\t'Halo\'s discovery page is not there (404 in HTML)'
lines-missing\t'lists of recurring invoices come without their lines'
refuse-batch\t'a license whose notes contain "poison" is refused, and the whole batch it came in'
refuse-partial\t'a license whose notes contain "poison" is refused, after those before it in the batch were written'
choke-batch\t'a license whose notes contain "poison" is answered with a 500, and nothing of the batch it came in is written'
choke-partial\t'a license whose notes contain "poison" is answered with a 500, after those before it in the batch were written'
writes-down\t'every POST of licenses is answered with a 502 in HTML and not done'
note-lost-before\t'the first POST of a note is cut off without being done'
note-lost-after\t'the first POST of a note is done, then cut off without an answer'
notes-refused\t'every note on a ticket is refused: "You do not have access to this Action at the moment"'
tickets-listed-late\t'a new ticket is missing from lists for six seconds'
closed-listed\t'lists of open tickets contain the closed ones too'
summaries-cut\t'the summary of a new ticket is cut to 40 characters'
deleted-empty\t'a ticket that is not there is answered with status 200 and without an id'
write-limited\t'the first POST of licenses gets a 429 with Retry-After: 5'
changes-down\t'Halo\'s record of license changes answers 500'
changes-limited\t'Halo\'s record of license changes answers 429 with Retry-After: 60'
slow-answers\t'every answer takes two seconds more'
html-errors\t'every error is an HTML page'
redirect-elsewhere\t'GETs are redirected to another host, discovery aside'
controls-in-names\t'customer names carry terminal escapes and line breaks'
organizations-short\t'the list of organizations lacks its last 60 %'
organizations-empty\t'the list of organizations is empty'
seats-garbled\t'seats_used of some organizations is "n/a" or null'"
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -l break -d 'A backup to break, e.g. Contoso:main-app-token, or Contoso:space-full:EMAIL for one account; can be repeated' -r
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -l halo-port -d 'The port for Halo (0: any)' -r
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -l backup-port -d 'The port for SaaS Backup (0: any)' -r
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -s p -l profile -d 'The named connection to use, with its configuration and mappings' -r
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -s o -l output -d 'How to print data (csv for lists)' -r -f -a "table\t'For people'
json\t'One JSON document'
csv\t'Comma-separated values, for lists'"
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -l color -d 'When to use color (auto: on a terminal, unless NO_COLOR is set)' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -l patience -d 'How many seconds a request may wait for a rate limit' -r
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -l request-limit -d 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together' -r
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -l tour -d 'Run the whole job against a sandbox of its own, and leave nothing behind'
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -s y -l yes -d 'Answer yes to every question that asks to go on'
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -l non-interactive -d 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -s q -l quiet -d 'Print neither notes nor progress'
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -s v -l verbose -d 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)'
complete -c halolink -n "__fish_halolink_using_subcommand sandbox" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "connect" -d 'Check and store the credentials of both services'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "configure" -d 'Set which seats are billed, how tickets are filed, and what becomes of them'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "map-org" -d 'Map a backed-up organization to a Halo customer and license'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "unlink" -d 'End mappings, without changing anything in Halo'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "ignore" -d 'Mark organizations that are deliberately not billed through halolink'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "revoke" -d 'Delete the secrets and the connection'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "sync-seats" -d 'Update the licenses\' quantities to match the seats'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "reconcile" -d 'Compare what is used with what is billed, and name every way in which the two part'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "undo" -d 'Put back the quantities that a run changed, where Halo still shows them'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "open-ticket" -d 'Open a service ticket for a backup error'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "sync-tickets" -d 'Open, update and close the tickets of backup errors'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "explain" -d 'Explain a backup error: what it means, what to check, who must act'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "list" -d 'List records of either service, or the mappings'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "status" -d 'Show the connection, the configuration, the mappings and the last sync'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "history" -d 'Show past runs that wrote quantities, or one organization\'s seats over time'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "completions" -d 'Print the completion script for a shell'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "sandbox" -d 'Emulate both services on this machine with made-up data, or take the tour'
complete -c halolink -n "__fish_halolink_using_subcommand help; and not __fish_seen_subcommand_from connect configure map-org unlink ignore revoke sync-seats reconcile undo open-ticket sync-tickets explain list status history completions sandbox help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
