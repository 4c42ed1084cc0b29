
use builtin;
use str;

set edit:completion:arg-completer[halolink] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'halolink'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'halolink'= {
            cand -p 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand --profile 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand -o 'What to print data as (csv for lists)'
            cand --output 'What to print data as (csv for lists)'
            cand --color 'When to use colour (auto: on a terminal, unless NO_COLOR is set)'
            cand --patience 'Seconds that a request may wait for a rate limit [env: HALOLINK_PATIENCE] [default: 600]'
            cand --request-limit 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools [env: HALOLINK_REQUEST_LIMIT] [default: 290]'
            cand -y 'Answer yes to every question whether to go on'
            cand --yes 'Answer yes to every question whether to go on'
            cand --non-interactive 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
            cand -q 'Print no notes and no progress'
            cand --quiet 'Print no notes and no progress'
            cand -v 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand --verbose 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand connect 'Verify and store the credentials of both services'
            cand configure 'Set seat sync, seat metric, ticket type, SLA and priority'
            cand map-org 'Tie a backed-up organization to a Halo customer and license'
            cand unlink 'End mappings; touches nothing in Halo'
            cand revoke 'Delete the secrets and the connection'
            cand sync-seats 'Make the licenses'' quantities follow the seats'
            cand open-ticket 'Open a service ticket for a backup error'
            cand list 'List records of either service, or mappings'
            cand status 'Show the connection, the configuration, mappings and the last sync'
            cand history 'Show past runs of sync-seats, or one organization''s seats over time'
            cand completions 'Print the completion script for a shell'
            cand sandbox 'Serve both services on this machine with made-up data, or take the tour'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'halolink;connect'= {
            cand --site-url 'The Halo site, e.g. acme.halopsa.com (Configuration > Integrations > HaloPSA API)'
            cand --client-id 'The client id of the application in Halo'
            cand --tenant 'The tenant, where the site does not tell it itself'
            cand --client-secret-file 'File with the client secret; - reads it from standard input'
            cand --backup-url 'The SaaS Backup API: a URL, or us, uk or na'
            cand --reseller-token-file 'File with the reseller token; - reads it from standard input'
            cand --access-token-file 'File with the access token (the portal''s Authentication Token); - reads it from standard input'
            cand --secret-store 'Where to keep the secrets'
            cand --auth-host 'The host, other than the site''s, that Halo may name to get tokens from, e.g. login.example.com'
            cand -p 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand --profile 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand -o 'What to print data as (csv for lists)'
            cand --output 'What to print data as (csv for lists)'
            cand --color 'When to use colour (auto: on a terminal, unless NO_COLOR is set)'
            cand --patience 'Seconds that a request may wait for a rate limit [env: HALOLINK_PATIENCE] [default: 600]'
            cand --request-limit 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools [env: HALOLINK_REQUEST_LIMIT] [default: 290]'
            cand --no-backup 'Connect to Halo only, for a partner without SaaS Backup API access'
            cand --adopt-state 'Take up the state that is there, or a new one, in place of the profile''s own that is missing'
            cand --dry-run 'Check everything and store nothing'
            cand -y 'Answer yes to every question whether to go on'
            cand --yes 'Answer yes to every question whether to go on'
            cand --non-interactive 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
            cand -q 'Print no notes and no progress'
            cand --quiet 'Print no notes and no progress'
            cand -v 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand --verbose 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'halolink;configure'= {
            cand --sync-seats 'Whether sync-seats may write'
            cand --seat-metric 'Which seat number is billed'
            cand --ticket-type 'The type of tickets, by name or id'
            cand --sla 'The SLA of tickets, by name or id'
            cand --priority 'The priority of tickets, by name or id: one of the SLA''s'
            cand --note-outcome 'The outcome that notes on tickets are filed as, by name or id: one of the ticket type''s workflow'
            cand -p 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand --profile 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand -o 'What to print data as (csv for lists)'
            cand --output 'What to print data as (csv for lists)'
            cand --color 'When to use colour (auto: on a terminal, unless NO_COLOR is set)'
            cand --patience 'Seconds that a request may wait for a rate limit [env: HALOLINK_PATIENCE] [default: 600]'
            cand --request-limit 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools [env: HALOLINK_REQUEST_LIMIT] [default: 290]'
            cand --show 'Show the configuration and change nothing'
            cand --reset 'Clear the configuration, and nothing else; seat sync that was off stays off, and where other seats than the used ones were billed it waits for --seat-metric'
            cand --dry-run 'Show what would change and change nothing'
            cand -y 'Answer yes to every question whether to go on'
            cand --yes 'Answer yes to every question whether to go on'
            cand --non-interactive 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
            cand -q 'Print no notes and no progress'
            cand --quiet 'Print no notes and no progress'
            cand -v 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand --verbose 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'halolink;map-org'= {
            cand --customer 'The Halo customer, by name or id'
            cand --license 'That customer''s license, by name or id'
            cand --licence 'That customer''s license, by name or id'
            cand --create-license 'Create a license of that name for the customer, which bills; the one that is there is taken'
            cand --create-licence 'Create a license of that name for the customer, which bills; the one that is there is taken'
            cand --from 'Map every row of a CSV file with the columns organization,customer,license'
            cand -p 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand --profile 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand -o 'What to print data as (csv for lists)'
            cand --output 'What to print data as (csv for lists)'
            cand --color 'When to use colour (auto: on a terminal, unless NO_COLOR is set)'
            cand --patience 'Seconds that a request may wait for a rate limit [env: HALOLINK_PATIENCE] [default: 600]'
            cand --request-limit 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools [env: HALOLINK_REQUEST_LIMIT] [default: 290]'
            cand --dry-run 'Show what would change and change nothing'
            cand -y 'Answer yes to every question whether to go on'
            cand --yes 'Answer yes to every question whether to go on'
            cand --non-interactive 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
            cand -q 'Print no notes and no progress'
            cand --quiet 'Print no notes and no progress'
            cand -v 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand --verbose 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'halolink;unlink'= {
            cand -p 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand --profile 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand -o 'What to print data as (csv for lists)'
            cand --output 'What to print data as (csv for lists)'
            cand --color 'When to use colour (auto: on a terminal, unless NO_COLOR is set)'
            cand --patience 'Seconds that a request may wait for a rate limit [env: HALOLINK_PATIENCE] [default: 600]'
            cand --request-limit 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools [env: HALOLINK_REQUEST_LIMIT] [default: 290]'
            cand --all 'End every mapping of the profile'
            cand --dry-run 'Show what would change and change nothing'
            cand -y 'Answer yes to every question whether to go on'
            cand --yes 'Answer yes to every question whether to go on'
            cand --non-interactive 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
            cand -q 'Print no notes and no progress'
            cand --quiet 'Print no notes and no progress'
            cand -v 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand --verbose 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'halolink;revoke'= {
            cand -p 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand --profile 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand -o 'What to print data as (csv for lists)'
            cand --output 'What to print data as (csv for lists)'
            cand --color 'When to use colour (auto: on a terminal, unless NO_COLOR is set)'
            cand --patience 'Seconds that a request may wait for a rate limit [env: HALOLINK_PATIENCE] [default: 600]'
            cand --request-limit 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools [env: HALOLINK_REQUEST_LIMIT] [default: 290]'
            cand --purge 'Delete the configuration, the mappings and the ledger too'
            cand --dry-run 'Show what would be deleted and delete nothing'
            cand -y 'Answer yes to every question whether to go on'
            cand --yes 'Answer yes to every question whether to go on'
            cand --non-interactive 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
            cand -q 'Print no notes and no progress'
            cand --quiet 'Print no notes and no progress'
            cand -v 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand --verbose 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'halolink;sync-seats'= {
            cand --seats-file 'Take the seats from a CSV file: the portal''s export, or organization,seats'
            cand --max-change 'Hold back what changed since the last sync by more than this and by more than --min-change, and what falls to 0'
            cand --min-change 'Let changes of up to so many seats through whatever their percentage, but for a fall to 0'
            cand --max-held-back 'Stop before any write if more than this share would be held back (of first syncs: more than half)'
            cand --wait 'Seconds to wait for another sync-seats of this profile to end'
            cand -p 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand --profile 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand -o 'What to print data as (csv for lists)'
            cand --output 'What to print data as (csv for lists)'
            cand --color 'When to use colour (auto: on a terminal, unless NO_COLOR is set)'
            cand --patience 'Seconds that a request may wait for a rate limit [env: HALOLINK_PATIENCE] [default: 600]'
            cand --request-limit 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools [env: HALOLINK_REQUEST_LIMIT] [default: 290]'
            cand --dry-run 'Show the plan and write nothing'
            cand --exit-code 'With --dry-run: exit with 5 if anything would change'
            cand --force 'Write what is held back for its change, and do not ask'
            cand -y 'Answer yes to every question whether to go on'
            cand --yes 'Answer yes to every question whether to go on'
            cand --non-interactive 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
            cand -q 'Print no notes and no progress'
            cand --quiet 'Print no notes and no progress'
            cand -v 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand --verbose 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'halolink;open-ticket'= {
            cand --error 'A documented backup error'
            cand --summary 'One line that says what is wrong, in your words'
            cand --details 'More about it'
            cand --account 'The account that it concerns'
            cand --ticket-type 'The type, instead of the configured one'
            cand --sla 'The SLA, instead of the configured one'
            cand --priority 'The priority, instead of the configured one'
            cand -p 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand --profile 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand -o 'What to print data as (csv for lists)'
            cand --output 'What to print data as (csv for lists)'
            cand --color 'When to use colour (auto: on a terminal, unless NO_COLOR is set)'
            cand --patience 'Seconds that a request may wait for a rate limit [env: HALOLINK_PATIENCE] [default: 600]'
            cand --request-limit 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools [env: HALOLINK_REQUEST_LIMIT] [default: 290]'
            cand --new 'Open a ticket even if the same one is open'
            cand --dry-run 'Show what would be opened and open nothing'
            cand -y 'Answer yes to every question whether to go on'
            cand --yes 'Answer yes to every question whether to go on'
            cand --non-interactive 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
            cand -q 'Print no notes and no progress'
            cand --quiet 'Print no notes and no progress'
            cand -v 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand --verbose 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'halolink;list'= {
            cand --search 'Only what has this text in its name or id'
            cand --customer 'Only of this customer, by name or id (organizations, licenses, mappings, errors)'
            cand -p 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand --profile 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand -o 'What to print data as (csv for lists)'
            cand --output 'What to print data as (csv for lists)'
            cand --color 'When to use colour (auto: on a terminal, unless NO_COLOR is set)'
            cand --patience 'Seconds that a request may wait for a rate limit [env: HALOLINK_PATIENCE] [default: 600]'
            cand --request-limit 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools [env: HALOLINK_REQUEST_LIMIT] [default: 290]'
            cand --unmapped 'Only what is not mapped (organizations, customers, licenses, errors)'
            cand --refresh 'Keep the names that are read for tab completion; with mappings, read the names in them anew'
            cand -y 'Answer yes to every question whether to go on'
            cand --yes 'Answer yes to every question whether to go on'
            cand --non-interactive 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
            cand -q 'Print no notes and no progress'
            cand --quiet 'Print no notes and no progress'
            cand -v 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand --verbose 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'halolink;status'= {
            cand -p 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand --profile 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand -o 'What to print data as (csv for lists)'
            cand --output 'What to print data as (csv for lists)'
            cand --color 'When to use colour (auto: on a terminal, unless NO_COLOR is set)'
            cand --patience 'Seconds that a request may wait for a rate limit [env: HALOLINK_PATIENCE] [default: 600]'
            cand --request-limit 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools [env: HALOLINK_REQUEST_LIMIT] [default: 290]'
            cand -y 'Answer yes to every question whether to go on'
            cand --yes 'Answer yes to every question whether to go on'
            cand --non-interactive 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
            cand -q 'Print no notes and no progress'
            cand --quiet 'Print no notes and no progress'
            cand -v 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand --verbose 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'halolink;history'= {
            cand --since 'Only since then: a date (2026-01-31), a time (RFC 3339), or a span such as 30d or 12h'
            cand -p 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand --profile 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand -o 'What to print data as (csv for lists)'
            cand --output 'What to print data as (csv for lists)'
            cand --color 'When to use colour (auto: on a terminal, unless NO_COLOR is set)'
            cand --patience 'Seconds that a request may wait for a rate limit [env: HALOLINK_PATIENCE] [default: 600]'
            cand --request-limit 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools [env: HALOLINK_REQUEST_LIMIT] [default: 290]'
            cand -y 'Answer yes to every question whether to go on'
            cand --yes 'Answer yes to every question whether to go on'
            cand --non-interactive 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
            cand -q 'Print no notes and no progress'
            cand --quiet 'Print no notes and no progress'
            cand -v 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand --verbose 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'halolink;completions'= {
            cand -p 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand --profile 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand -o 'What to print data as (csv for lists)'
            cand --output 'What to print data as (csv for lists)'
            cand --color 'When to use colour (auto: on a terminal, unless NO_COLOR is set)'
            cand --patience 'Seconds that a request may wait for a rate limit [env: HALOLINK_PATIENCE] [default: 600]'
            cand --request-limit 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools [env: HALOLINK_REQUEST_LIMIT] [default: 290]'
            cand -y 'Answer yes to every question whether to go on'
            cand --yes 'Answer yes to every question whether to go on'
            cand --non-interactive 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
            cand -q 'Print no notes and no progress'
            cand --quiet 'Print no notes and no progress'
            cand -v 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand --verbose 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'halolink;sandbox'= {
            cand --organizations 'How many organizations to make up, a million at most'
            cand --seed 'Another seed makes up other data'
            cand --latency 'Milliseconds that every answer takes'
            cand --rate-limit 'Halo requests allowed in 5 minutes'
            cand --fault 'A fault to switch on; repeatable, see the list below'
            cand --halo-port 'The port for Halo (0: any)'
            cand --backup-port 'The port for SaaS Backup (0: any)'
            cand -p 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand --profile 'The named connection to use, with its configuration and mappings [env: HALOLINK_PROFILE]'
            cand -o 'What to print data as (csv for lists)'
            cand --output 'What to print data as (csv for lists)'
            cand --color 'When to use colour (auto: on a terminal, unless NO_COLOR is set)'
            cand --patience 'Seconds that a request may wait for a rate limit [env: HALOLINK_PATIENCE] [default: 600]'
            cand --request-limit 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools [env: HALOLINK_REQUEST_LIMIT] [default: 290]'
            cand --tour 'Run the whole job against a sandbox of its own and leave nothing behind'
            cand -y 'Answer yes to every question whether to go on'
            cand --yes 'Answer yes to every question whether to go on'
            cand --non-interactive 'Never ask; a missing value is an error that names its flag (implied without a terminal)'
            cand -q 'Print no notes and no progress'
            cand --quiet 'Print no notes and no progress'
            cand -v 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand --verbose 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'halolink;help'= {
            cand connect 'Verify and store the credentials of both services'
            cand configure 'Set seat sync, seat metric, ticket type, SLA and priority'
            cand map-org 'Tie a backed-up organization to a Halo customer and license'
            cand unlink 'End mappings; touches nothing in Halo'
            cand revoke 'Delete the secrets and the connection'
            cand sync-seats 'Make the licenses'' quantities follow the seats'
            cand open-ticket 'Open a service ticket for a backup error'
            cand list 'List records of either service, or mappings'
            cand status 'Show the connection, the configuration, mappings and the last sync'
            cand history 'Show past runs of sync-seats, or one organization''s seats over time'
            cand completions 'Print the completion script for a shell'
            cand sandbox 'Serve both services on this machine with made-up data, or take the tour'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'halolink;help;connect'= {
        }
        &'halolink;help;configure'= {
        }
        &'halolink;help;map-org'= {
        }
        &'halolink;help;unlink'= {
        }
        &'halolink;help;revoke'= {
        }
        &'halolink;help;sync-seats'= {
        }
        &'halolink;help;open-ticket'= {
        }
        &'halolink;help;list'= {
        }
        &'halolink;help;status'= {
        }
        &'halolink;help;history'= {
        }
        &'halolink;help;completions'= {
        }
        &'halolink;help;sandbox'= {
        }
        &'halolink;help;help'= {
        }
    ]
    $completions[$command]
}
