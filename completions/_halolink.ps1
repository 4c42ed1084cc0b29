
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
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'Seconds that a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('connect', 'connect', [CompletionResultType]::ParameterValue, 'Verify and store the credentials of both services')
            [CompletionResult]::new('configure', 'configure', [CompletionResultType]::ParameterValue, 'Set seat sync, seat metric, ticket type, SLA and priority')
            [CompletionResult]::new('map-org', 'map-org', [CompletionResultType]::ParameterValue, 'Tie a backed-up organization to a Halo customer and license')
            [CompletionResult]::new('unlink', 'unlink', [CompletionResultType]::ParameterValue, 'End mappings; touches nothing in Halo')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Delete the secrets and the connection')
            [CompletionResult]::new('sync-seats', 'sync-seats', [CompletionResultType]::ParameterValue, 'Make the licenses'' quantities follow the seats')
            [CompletionResult]::new('open-ticket', 'open-ticket', [CompletionResultType]::ParameterValue, 'Open a service ticket for a backup error')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a backup error: what it means, what to check, who must act')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List records of either service, or mappings')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the connection, the configuration, mappings and the last sync')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show past runs that wrote quantities, or one organization''s seats over time')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script for a shell')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Serve both services on this machine with made-up data, or take the tour')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'halolink;connect' {
            [CompletionResult]::new('--site-url', '--site-url', [CompletionResultType]::ParameterName, 'The Halo site, e.g. acme.halopsa.com (Configuration > Integrations > HaloPSA API)')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'The client id of the application in Halo')
            [CompletionResult]::new('--tenant', '--tenant', [CompletionResultType]::ParameterName, 'The tenant, where the site does not tell it itself')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the client secret; - reads it from standard input')
            [CompletionResult]::new('--backup-url', '--backup-url', [CompletionResultType]::ParameterName, 'The SaaS Backup API: a URL, or us, uk or na [env: HALOLINK_BACKUP_URL]')
            [CompletionResult]::new('--reseller-token-file', '--reseller-token-file', [CompletionResultType]::ParameterName, 'File with the reseller token; - reads it from standard input')
            [CompletionResult]::new('--access-token-file', '--access-token-file', [CompletionResultType]::ParameterName, 'File with the access token (the portal''s Authentication Token); - reads it from standard input')
            [CompletionResult]::new('--secret-store', '--secret-store', [CompletionResultType]::ParameterName, 'Where to keep the secrets')
            [CompletionResult]::new('--auth-host', '--auth-host', [CompletionResultType]::ParameterName, 'The host, other than the site''s, that Halo may name to get tokens from, e.g. login.example.com')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'Seconds that a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools')
            [CompletionResult]::new('--no-backup', '--no-backup', [CompletionResultType]::ParameterName, 'Connect to Halo only, for a partner without SaaS Backup API access')
            [CompletionResult]::new('--adopt-state', '--adopt-state', [CompletionResultType]::ParameterName, 'Take up the state that is there, or a new one, in place of the profile''s own that is missing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Check everything and store nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;configure' {
            [CompletionResult]::new('--sync-seats', '--sync-seats', [CompletionResultType]::ParameterName, 'Whether sync-seats may write')
            [CompletionResult]::new('--seat-metric', '--seat-metric', [CompletionResultType]::ParameterName, 'Which seat number is billed')
            [CompletionResult]::new('--ticket-type', '--ticket-type', [CompletionResultType]::ParameterName, 'The type of tickets, by name or id')
            [CompletionResult]::new('--sla', '--sla', [CompletionResultType]::ParameterName, 'The SLA of tickets, by name or id')
            [CompletionResult]::new('--priority', '--priority', [CompletionResultType]::ParameterName, 'The priority of tickets, by name or id: one of the SLA''s')
            [CompletionResult]::new('--note-outcome', '--note-outcome', [CompletionResultType]::ParameterName, 'The outcome that notes on tickets are filed as, by name or id: one of the ticket type''s workflow')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'Seconds that a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools')
            [CompletionResult]::new('--show', '--show', [CompletionResultType]::ParameterName, 'Show the configuration and change nothing')
            [CompletionResult]::new('--reset', '--reset', [CompletionResultType]::ParameterName, 'Clear the configuration, and nothing else; seat sync that was off stays off, and where other seats than the used ones were billed it waits for --seat-metric')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change and change nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;map-org' {
            [CompletionResult]::new('--customer', '--customer', [CompletionResultType]::ParameterName, 'The Halo customer, by name or id')
            [CompletionResult]::new('--license', '--license', [CompletionResultType]::ParameterName, 'That customer''s license, by name or id')
            [CompletionResult]::new('--licence', '--licence', [CompletionResultType]::ParameterName, 'That customer''s license, by name or id')
            [CompletionResult]::new('--create-license', '--create-license', [CompletionResultType]::ParameterName, 'Create a license of that name for the customer, which bills; the one that is there is taken')
            [CompletionResult]::new('--create-licence', '--create-licence', [CompletionResultType]::ParameterName, 'Create a license of that name for the customer, which bills; the one that is there is taken')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Map every row of a CSV file with the columns organization,customer,license')
            [CompletionResult]::new('--old-license', '--old-license', [CompletionResultType]::ParameterName, 'What becomes of the license that an organization leaves when it is mapped anew: it is asked, and kept where nobody is there to be asked')
            [CompletionResult]::new('--old-licence', '--old-licence', [CompletionResultType]::ParameterName, 'What becomes of the license that an organization leaves when it is mapped anew: it is asked, and kept where nobody is there to be asked')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'Seconds that a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change and change nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;unlink' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'Seconds that a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'End every mapping of the profile')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change and change nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;revoke' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'Seconds that a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools')
            [CompletionResult]::new('--purge', '--purge', [CompletionResultType]::ParameterName, 'Delete the configuration, the mappings and the ledger too')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be deleted and delete nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;sync-seats' {
            [CompletionResult]::new('--seats-file', '--seats-file', [CompletionResultType]::ParameterName, 'Take the seats from a CSV file: the portal''s export, or organization,seats')
            [CompletionResult]::new('--max-change', '--max-change', [CompletionResultType]::ParameterName, 'Hold back what changed since the last sync by more than this and by more than --min-change, and what falls to 0')
            [CompletionResult]::new('--min-change', '--min-change', [CompletionResultType]::ParameterName, 'Let changes of up to this many seats through whatever their percentage, except a fall to 0')
            [CompletionResult]::new('--max-held-back', '--max-held-back', [CompletionResultType]::ParameterName, 'Stop before any write if more than this share would be held back (of first syncs: more than half)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Seconds to wait for another sync-seats of this profile to end')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'Seconds that a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show the plan and write nothing')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'With --dry-run: exit with 5 if anything would change')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Write what is held back for its change, and do not ask')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;open-ticket' {
            [CompletionResult]::new('--error', '--error', [CompletionResultType]::ParameterName, 'A documented backup error')
            [CompletionResult]::new('--summary', '--summary', [CompletionResultType]::ParameterName, 'One line that says what is wrong, in your words')
            [CompletionResult]::new('--details', '--details', [CompletionResultType]::ParameterName, 'More about it')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'The account that it concerns')
            [CompletionResult]::new('--ticket-type', '--ticket-type', [CompletionResultType]::ParameterName, 'The type, instead of the configured one')
            [CompletionResult]::new('--sla', '--sla', [CompletionResultType]::ParameterName, 'The SLA, instead of the configured one')
            [CompletionResult]::new('--priority', '--priority', [CompletionResultType]::ParameterName, 'The priority, instead of the configured one')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'Seconds that a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools')
            [CompletionResult]::new('--new', '--new', [CompletionResultType]::ParameterName, 'Open a ticket even if the same one is open')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be opened and open nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;explain' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'Seconds that a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;list' {
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Only what has this text in its name or id')
            [CompletionResult]::new('--customer', '--customer', [CompletionResultType]::ParameterName, 'Only of this customer, by name or id (organizations, licenses, mappings, errors)')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'Seconds that a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools')
            [CompletionResult]::new('--unmapped', '--unmapped', [CompletionResultType]::ParameterName, 'Only what is not mapped (organizations, customers, licenses, errors)')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Keep the names that are read for tab completion; with mappings, read the names in them anew')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;status' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'Seconds that a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;history' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only since then: a date (2026-01-31), a time (RFC 3339), or a span such as 30d or 12h')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'Seconds that a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;completions' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'Seconds that a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;sandbox' {
            [CompletionResult]::new('--organizations', '--organizations', [CompletionResultType]::ParameterName, 'How many organizations to make up, a million at most')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Another seed makes up other data')
            [CompletionResult]::new('--latency', '--latency', [CompletionResultType]::ParameterName, 'Milliseconds that every answer takes')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes')
            [CompletionResult]::new('--fault', '--fault', [CompletionResultType]::ParameterName, 'A fault to switch on; repeatable, see the list below')
            [CompletionResult]::new('--halo-port', '--halo-port', [CompletionResultType]::ParameterName, 'The port for Halo (0: any)')
            [CompletionResult]::new('--backup-port', '--backup-port', [CompletionResultType]::ParameterName, 'The port for SaaS Backup (0: any)')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The named connection to use, with its configuration and mappings')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to print data as (csv for lists)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (auto: on a terminal, unless NO_COLOR is set)')
            [CompletionResult]::new('--patience', '--patience', [CompletionResultType]::ParameterName, 'Seconds that a request may wait for a rate limit')
            [CompletionResult]::new('--request-limit', '--request-limit', [CompletionResultType]::ParameterName, 'Halo requests allowed in 5 minutes, 0 for no limit of our own; Halo''s limit is 300, shared with other tools')
            [CompletionResult]::new('--tour', '--tour', [CompletionResultType]::ParameterName, 'Run the whole job against a sandbox of its own and leave nothing behind')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to every question whether to go on')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing value is an error that names its flag (implied without a terminal)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no notes and no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more: unchanged items, at -vv HTTP requests, at -vvv what is sent (never a secret)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'halolink;help' {
            [CompletionResult]::new('connect', 'connect', [CompletionResultType]::ParameterValue, 'Verify and store the credentials of both services')
            [CompletionResult]::new('configure', 'configure', [CompletionResultType]::ParameterValue, 'Set seat sync, seat metric, ticket type, SLA and priority')
            [CompletionResult]::new('map-org', 'map-org', [CompletionResultType]::ParameterValue, 'Tie a backed-up organization to a Halo customer and license')
            [CompletionResult]::new('unlink', 'unlink', [CompletionResultType]::ParameterValue, 'End mappings; touches nothing in Halo')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Delete the secrets and the connection')
            [CompletionResult]::new('sync-seats', 'sync-seats', [CompletionResultType]::ParameterValue, 'Make the licenses'' quantities follow the seats')
            [CompletionResult]::new('open-ticket', 'open-ticket', [CompletionResultType]::ParameterValue, 'Open a service ticket for a backup error')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a backup error: what it means, what to check, who must act')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List records of either service, or mappings')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the connection, the configuration, mappings and the last sync')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show past runs that wrote quantities, or one organization''s seats over time')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script for a shell')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Serve both services on this machine with made-up data, or take the tour')
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
        'halolink;help;revoke' {
            break
        }
        'halolink;help;sync-seats' {
            break
        }
        'halolink;help;open-ticket' {
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
