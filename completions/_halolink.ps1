
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'halolink' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'halolink'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'halolink' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('connect', 'connect', [CompletionResultType]::ParameterValue, 'Check and store the credentials of both services')
            [CompletionResult]::new('configure', 'configure', [CompletionResultType]::ParameterValue, 'Set which seats are billed, how tickets are filed, and what becomes of them')
            [CompletionResult]::new('map-org', 'map-org', [CompletionResultType]::ParameterValue, 'Map a backed-up organization to a Halo customer and license')
            [CompletionResult]::new('unlink', 'unlink', [CompletionResultType]::ParameterValue, 'End mappings, without changing anything in Halo')
            [CompletionResult]::new('ignore', 'ignore', [CompletionResultType]::ParameterValue, 'Mark organizations that are deliberately not billed through halolink')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Delete the secrets and the connection')
            [CompletionResult]::new('sync-seats', 'sync-seats', [CompletionResultType]::ParameterValue, 'Update the licenses'' quantities to match the seats')
            [CompletionResult]::new('reconcile', 'reconcile', [CompletionResultType]::ParameterValue, 'Compare what is used with what is billed, and name every way in which the two part')
            [CompletionResult]::new('undo', 'undo', [CompletionResultType]::ParameterValue, 'Put back the quantities that a run changed, where Halo still shows them')
            [CompletionResult]::new('open-ticket', 'open-ticket', [CompletionResultType]::ParameterValue, 'Open a service ticket for a backup error')
            [CompletionResult]::new('sync-tickets', 'sync-tickets', [CompletionResultType]::ParameterValue, 'Open, update and close the tickets of backup errors')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a backup error: what it means, what to check, who must act')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List records of either service, or the mappings')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the connection, the configuration, the mappings and the last sync')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show past runs that wrote quantities, or one organization''s seats over time')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script for a shell')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Emulate both services on this machine with made-up data, or take the tour')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'halolink;connect' {
            [CompletionResult]::new('--site-url', '--site-url', [CompletionResultType]::ParameterName, 'The Halo site, e.g. acme.halopsa.com (Configuration > Integrations > HaloPSA API)')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'The client id of the application in Halo')
            [CompletionResult]::new('--tenant', '--tenant', [CompletionResultType]::ParameterName, 'The tenant, if the site does not name it itself')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the client secret; - reads it from standard input')
            [CompletionResult]::new('--backup-url', '--backup-url', [CompletionResultType]::ParameterName, 'The SaaS Backup API: a URL, or us, uk or na [env: HALOLINK_BACKUP_URL]')
            [CompletionResult]::new('--reseller-token-file', '--reseller-token-file', [CompletionResultType]::ParameterName, 'File with the reseller token; - reads it from standard input')
            [CompletionResult]::new('--access-token-file', '--access-token-file', [CompletionResultType]::ParameterName, 'File with the access token (the portal''s Authentication Token); - reads it from standard input')
            [CompletionResult]::new('--secret-store', '--secret-store', [CompletionResultType]::ParameterName, 'Where to keep the secrets')
            [CompletionResult]::new('--auth-host', '--auth-host', [CompletionResultType]::ParameterName, 'The host that may issue tokens, if Halo names one other than the site''s, e.g. login.example.com')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('--no-backup', '--no-backup', [CompletionResultType]::ParameterName, 'Connect to Halo only, for a partner without access to the SaaS Backup API')
            [CompletionResult]::new('--adopt-state', '--adopt-state', [CompletionResultType]::ParameterName, 'Adopt the state at hand, or a new one, if the profile''s own state is missing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Check everything, without storing anything')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;configure' {
            [CompletionResult]::new('--sync-seats', '--sync-seats', [CompletionResultType]::ParameterName, 'Switch seat sync on or off; off, sync-seats writes nothing')
            [CompletionResult]::new('--seat-metric', '--seat-metric', [CompletionResultType]::ParameterName, 'The seat number that is billed')
            [CompletionResult]::new('--vendor-sync', '--vendor-sync', [CompletionResultType]::ParameterName, 'Whether seat sync is on in the vendor''s portal too: then both write the same licenses')
            [CompletionResult]::new('--fair-use', '--fair-use', [CompletionResultType]::ParameterName, 'The vendor''s fair use, which reconcile compares: 20%-of-purchased, 20%-of-mailboxes or another percentage [default: off]')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'The time zone in which a month begins, e.g. Europe/Berlin; system for this machine''s [default: system]')
            [CompletionResult]::new('--ticket-type', '--ticket-type', [CompletionResultType]::ParameterName, 'The type of new tickets, by name or id')
            [CompletionResult]::new('--sla', '--sla', [CompletionResultType]::ParameterName, 'The SLA of new tickets, by name or id')
            [CompletionResult]::new('--priority', '--priority', [CompletionResultType]::ParameterName, 'The priority of new tickets, by name or id; it must be one of the SLA''s')
            [CompletionResult]::new('--note-outcome', '--note-outcome', [CompletionResultType]::ParameterName, 'The outcome of notes on tickets, by name or id; it must be one of the ticket type''s workflow')
            [CompletionResult]::new('--grace', '--grace', [CompletionResultType]::ParameterName, 'How long an error that may pass by itself is waited out before it gets a ticket; 0 for no time [default: 4h]')
            [CompletionResult]::new('--stale-after', '--stale-after', [CompletionResultType]::ParameterName, 'After how long without a backup an account counts as failing, even without an error [default: off]')
            [CompletionResult]::new('--remind', '--remind', [CompletionResultType]::ParameterName, 'After how long an open ticket whose error still stands gets another note [default: off]')
            [CompletionResult]::new('--on-recovery', '--on-recovery', [CompletionResultType]::ParameterName, 'What becomes of a ticket whose backup has recovered [default: note]')
            [CompletionResult]::new('--closing-outcome', '--closing-outcome', [CompletionResultType]::ParameterName, 'The outcome that closes tickets, by name or id; it must be one of the ticket type''s workflow')
            [CompletionResult]::new('--closing-status', '--closing-status', [CompletionResultType]::ParameterName, 'The status of closed tickets, by name or id')
            [CompletionResult]::new('--ticket-type-of', '--ticket-type-of', [CompletionResultType]::ParameterName, 'The type of new tickets for one error')
            [CompletionResult]::new('--sla-of', '--sla-of', [CompletionResultType]::ParameterName, 'The SLA of new tickets for one error')
            [CompletionResult]::new('--priority-of', '--priority-of', [CompletionResultType]::ParameterName, 'The priority of new tickets for one error; it must be one of the SLA that these tickets have')
            [CompletionResult]::new('--ticket-field', '--ticket-field', [CompletionResultType]::ParameterName, 'A further field of new tickets: source, category_1 to category_4, impact, urgency, team, agent, or another that Halo''s tickets have. Agents and teams are found by name or id')
            [CompletionResult]::new('--test-ticket', '--test-ticket', [CompletionResultType]::ParameterName, 'Open a ticket that is clearly a test, add a note to it and close it, to prove that all this works: for this customer, or else for that of the first mapping')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('--show', '--show', [CompletionResultType]::ParameterName, 'Show the configuration without changing it')
            [CompletionResult]::new('--reset', '--reset', [CompletionResultType]::ParameterName, 'Clear the configuration and nothing else. Seat sync that was off stays off; if other seats than the used ones were billed, it waits for --seat-metric')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, without changing it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;map-org' {
            [CompletionResult]::new('--customer', '--customer', [CompletionResultType]::ParameterName, 'The Halo customer, by name or id')
            [CompletionResult]::new('--license', '--license', [CompletionResultType]::ParameterName, 'That customer''s license, by name or id')
            [CompletionResult]::new('--licence', '--licence', [CompletionResultType]::ParameterName, 'That customer''s license, by name or id')
            [CompletionResult]::new('--create-license', '--create-license', [CompletionResultType]::ParameterName, 'Create a license of that name for the customer, which bills; if there is one already, use it')
            [CompletionResult]::new('--create-licence', '--create-licence', [CompletionResultType]::ParameterName, 'Create a license of that name for the customer, which bills; if there is one already, use it')
            [CompletionResult]::new('--metric', '--metric', [CompletionResultType]::ParameterName, 'Which seat number of this organization counts')
            [CompletionResult]::new('--included', '--included', [CompletionResultType]::ParameterName, 'Seats that are free, and subtracted; 0 for none')
            [CompletionResult]::new('--minimum', '--minimum', [CompletionResultType]::ParameterName, 'The fewest seats that are billed; 0 for no minimum')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'The last day of the minimum, e.g. 2026-12-31; without it the minimum has no end')
            [CompletionResult]::new('--highest', '--highest', [CompletionResultType]::ParameterName, 'Bill the highest seats of the calendar month so far')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Map every row of a CSV file with the columns organization,customer,license, and if wanted metric,included,minimum,until,highest')
            [CompletionResult]::new('--old-license', '--old-license', [CompletionResultType]::ParameterName, 'What happens to the license that a remapped organization leaves; a person is asked, a script keeps it')
            [CompletionResult]::new('--old-licence', '--old-licence', [CompletionResultType]::ParameterName, 'What happens to the license that a remapped organization leaves; a person is asked, a script keeps it')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, without changing it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;unlink' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'End every mapping of the profile')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, without changing it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;ignore' {
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why they are not billed through halolink')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('--remove', '--remove', [CompletionResultType]::ParameterName, 'Stop ignoring them')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, without changing it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;revoke' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('--purge', '--purge', [CompletionResultType]::ParameterName, 'Delete the configuration, the mappings and the ledger too')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be deleted, without deleting it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;sync-seats' {
            [CompletionResult]::new('--seats-file', '--seats-file', [CompletionResultType]::ParameterName, 'Read the seats from a CSV file: the portal''s export, or organization,seats')
            [CompletionResult]::new('--max-change', '--max-change', [CompletionResultType]::ParameterName, 'Hold back a change since the last sync of more than this percentage and more than --min-change seats, and any fall to 0')
            [CompletionResult]::new('--min-change', '--min-change', [CompletionResultType]::ParameterName, 'Let changes of up to this many seats through, whatever their percentage, except a fall to 0')
            [CompletionResult]::new('--max-held-back', '--max-held-back', [CompletionResultType]::ParameterName, 'Write nothing if more than this share would be held back (of first syncs: more than half)')
            [CompletionResult]::new('--max-amount', '--max-amount', [CompletionResultType]::ParameterName, 'Hold back a change that adds more than this to a billing cycle, or takes more from it; a license without a price is not judged by it')
            [CompletionResult]::new('--plan-out', '--plan-out', [CompletionResultType]::ParameterName, 'Write the plan to a file to be reviewed, and nothing else: the same as a dry run')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Write exactly what this reviewed file says, except where something has changed since')
            [CompletionResult]::new('--note', '--note', [CompletionResultType]::ParameterName, 'Note this with the run in the ledger, e.g. why it is forced')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How many seconds to wait for another sync-seats of this profile to end')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show the plan, without writing anything')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'With --dry-run: exit with 5 if anything would change')
            [CompletionResult]::new('--require-mapped', '--require-mapped', [CompletionResultType]::ParameterName, 'Exit with 4 if an organization is neither mapped nor ignored')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Also write what would be held back, and do not ask')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;reconcile' {
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Also write a page for a browser, which needs nothing but this file; replaces it')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'Exit with 5 if anything was found')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;undo' {
            [CompletionResult]::new('--note', '--note', [CompletionResultType]::ParameterName, 'Note this with the run in the ledger, e.g. what was wrong')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How many seconds to wait for a sync-seats or undo of this profile to end')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show the plan, without writing anything')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Also write what would be held back, and do not ask')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;open-ticket' {
            [CompletionResult]::new('--error', '--error', [CompletionResultType]::ParameterName, 'A backup error, as list errors prints it; backup-error needs a --summary')
            [CompletionResult]::new('--summary', '--summary', [CompletionResultType]::ParameterName, 'One line that says what is wrong, in your words')
            [CompletionResult]::new('--details', '--details', [CompletionResultType]::ParameterName, 'Further details')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'An account that the error is about; can be repeated')
            [CompletionResult]::new('--ticket-type', '--ticket-type', [CompletionResultType]::ParameterName, 'The ticket type, instead of the configured one')
            [CompletionResult]::new('--sla', '--sla', [CompletionResultType]::ParameterName, 'The SLA, instead of the configured one')
            [CompletionResult]::new('--priority', '--priority', [CompletionResultType]::ParameterName, 'The priority, instead of the configured one')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('--new', '--new', [CompletionResultType]::ParameterName, 'Open another ticket even if the same one is open')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show the ticket that would be opened, without opening it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;sync-tickets' {
            [CompletionResult]::new('--products', '--products', [CompletionResultType]::ParameterName, 'Look only at these products; tickets about others are left as they are')
            [CompletionResult]::new('--max-new', '--max-new', [CompletionResultType]::ParameterName, 'Write nothing if more tickets than this would be opened at once: that looks like an outage at the vendor')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('--unmapped', '--unmapped', [CompletionResultType]::ParameterName, 'Also look into organizations that are neither mapped nor ignored, and report their errors; they get no tickets')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be opened, noted and closed, without doing it')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'With --dry-run: exit with 5 if anything would change')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;explain' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;list' {
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Only records with this text in their name or id')
            [CompletionResult]::new('--customer', '--customer', [CompletionResultType]::ParameterName, 'Only records of this customer, by name or id (organizations, licenses, mappings, errors, tickets)')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('--unmapped', '--unmapped', [CompletionResultType]::ParameterName, 'Only records that are not mapped (organizations that are not ignored either, customers, licenses, errors)')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Keep the names that are read, for tab completion; with mappings, update the names in them')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;status' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;history' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only what happened since a date (2026-01-31) or a time (RFC 3339), or within a span such as 30d or 12h')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('--tickets', '--tickets', [CompletionResultType]::ParameterName, 'Show what was done to tickets instead')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;completions' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;sandbox' {
            [CompletionResult]::new('--organizations', '--organizations', [CompletionResultType]::ParameterName, 'How many organizations to make up, a million at most')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'The seed of the made-up data')
            [CompletionResult]::new('--latency', '--latency', [CompletionResultType]::ParameterName, 'How many milliseconds every answer takes')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes')
            [CompletionResult]::new('--fault', '--fault', [CompletionResultType]::ParameterName, 'A fault to switch on; can be repeated, see the list below')
            [CompletionResult]::new('--break', '--break', [CompletionResultType]::ParameterName, 'A backup to break, e.g. Contoso:main-app-token, or Contoso:space-full:EMAIL for one account; can be repeated')
            [CompletionResult]::new('--halo-port', '--halo-port', [CompletionResultType]::ParameterName, 'The port for Halo (0: any)')
            [CompletionResult]::new('--backup-port', '--backup-port', [CompletionResultType]::ParameterName, 'The port for SaaS Backup (0: any)')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print data (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'How many seconds a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit; Halo allows 300, for all tools together')
            [CompletionResult]::new('--tour', '--tour', [CompletionResultType]::ParameterName, 'Run the whole job against a sandbox of its own, and leave nothing behind')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question that asks to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print neither notes nor progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged items, -vv HTTP requests, -vvv their bodies (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;help' {
            [CompletionResult]::new('connect', 'connect', [CompletionResultType]::ParameterValue, 'Check and store the credentials of both services')
            [CompletionResult]::new('configure', 'configure', [CompletionResultType]::ParameterValue, 'Set which seats are billed, how tickets are filed, and what becomes of them')
            [CompletionResult]::new('map-org', 'map-org', [CompletionResultType]::ParameterValue, 'Map a backed-up organization to a Halo customer and license')
            [CompletionResult]::new('unlink', 'unlink', [CompletionResultType]::ParameterValue, 'End mappings, without changing anything in Halo')
            [CompletionResult]::new('ignore', 'ignore', [CompletionResultType]::ParameterValue, 'Mark organizations that are deliberately not billed through halolink')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Delete the secrets and the connection')
            [CompletionResult]::new('sync-seats', 'sync-seats', [CompletionResultType]::ParameterValue, 'Update the licenses'' quantities to match the seats')
            [CompletionResult]::new('reconcile', 'reconcile', [CompletionResultType]::ParameterValue, 'Compare what is used with what is billed, and name every way in which the two part')
            [CompletionResult]::new('undo', 'undo', [CompletionResultType]::ParameterValue, 'Put back the quantities that a run changed, where Halo still shows them')
            [CompletionResult]::new('open-ticket', 'open-ticket', [CompletionResultType]::ParameterValue, 'Open a service ticket for a backup error')
            [CompletionResult]::new('sync-tickets', 'sync-tickets', [CompletionResultType]::ParameterValue, 'Open, update and close the tickets of backup errors')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a backup error: what it means, what to check, who must act')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List records of either service, or the mappings')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the connection, the configuration, the mappings and the last sync')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show past runs that wrote quantities, or one organization''s seats over time')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script for a shell')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Emulate both services on this machine with made-up data, or take the tour')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'halolink;help;connect' {
            break
        }
        'halolink;help;configure' {
            break
        }
        'halolink;help;map-org' {
            break
        }
        'halolink;help;unlink' {
            break
        }
        'halolink;help;ignore' {
            break
        }
        'halolink;help;revoke' {
            break
        }
        'halolink;help;sync-seats' {
            break
        }
        'halolink;help;reconcile' {
            break
        }
        'halolink;help;undo' {
            break
        }
        'halolink;help;open-ticket' {
            break
        }
        'halolink;help;sync-tickets' {
            break
        }
        'halolink;help;explain' {
            break
        }
        'halolink;help;list' {
            break
        }
        'halolink;help;status' {
            break
        }
        'halolink;help;history' {
            break
        }
        'halolink;help;completions' {
            break
        }
        'halolink;help;sandbox' {
            break
        }
        'halolink;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
