//! From an invocation to an exit code.

use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
};

use clap::{
    CommandFactory, FromArgMatches,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::{
    cli::{Cli, Command},
    commands,
    context::Context,
    environment::Environment,
    failure::{Completion, Failure, explain},
    invocation::Invocation,
    text::{Text, clean},
    ui::{Color, Format, OutputOptions, Ui},
};

/// Runs an invocation. Returns its exit code.
pub async fn run(invocation: Invocation) -> u8 {
    let cli = match parse(&invocation.arguments, &invocation.environment) {
        Ok(cli) => cli,
        Err(error) => return not_understood(&invocation, &error),
    };
    // For errors that occur before there is a context.
    let voice = Ui::new(
        OutputOptions {
            format: cli.global.output,
            color: cli.global.color,
            ..OutputOptions::default()
        },
        invocation.streams.clone(),
    );
    let context = match Context::new(
        &cli.global,
        invocation.environment.clone(),
        invocation.streams.clone(),
        invocation.secret_store.clone(),
    ) {
        Ok(context) => context,
        Err(error) => return failed(&voice, &error),
    };
    let result = dispatch(&context, cli.command).await;
    context.note_requests().await;
    let code = match result {
        Ok(completion) => completion.exit_code(),
        Err(error) => failed(&context.ui, &error),
    };
    context.ui.exit_code(code)
}

/// Parses the command line, and takes from the environment what can be set there instead.
fn parse<T: AsRef<OsStr>>(arguments: &[T], environment: &Environment) -> clap::error::Result<Cli> {
    let mut command = Cli::command();
    // Without arguments the program prints its help, whatever is set.
    let nothing = Environment::Fixed(HashMap::new());
    let is_alone = arguments.len() < 2;
    command = with_variables(command, if is_alone { &nothing } else { environment });
    command
        .try_get_matches_from_mut(arguments.iter().map(AsRef::as_ref))
        .and_then(|matches| Cli::from_arg_matches(&matches))
        .map_err(|error| naming_the_variable(error, &command, environment))
}

/// Replaces clap's own reading of variables. Clap reads those of the process, while an invocation can have others,
/// and it takes an empty variable for a value.
fn with_variables(command: clap::Command, environment: &Environment) -> clap::Command {
    command
        .mut_args(|argument| {
            let Some(name) = variable(&argument) else {
                return argument;
            };
            match (environment.get(&name), environment) {
                (Some(_), Environment::Process) => argument,
                (Some(value), Environment::Fixed(_)) => argument.env(None::<&str>).default_value(value),
                // Left in place, so that the help names the variable; clap finds nothing to read in it.
                (None, _) if std::env::var_os(&name).is_none() => argument,
                (None, _) => argument.env(None::<&str>),
            }
        })
        .mut_subcommands(|command| with_variables(command, environment))
}

/// The environment variable that can be set instead of an argument.
fn variable(argument: &clap::Arg) -> Option<String> {
    Some(argument.get_env()?.to_string_lossy().into_owned())
}

/// Makes an error in a variable's value name the variable, not the flag that no one typed.
fn naming_the_variable(
    mut error: clap::Error,
    command: &clap::Command,
    environment: &Environment,
) -> clap::Error {
    let (Some(ContextValue::String(flag)), Some(ContextValue::String(value))) = (
        error.get(ContextKind::InvalidArg),
        error.get(ContextKind::InvalidValue),
    ) else {
        return error;
    };
    let name = command
        .get_arguments()
        .filter(|argument| argument.to_string() == *flag)
        .find_map(variable)
        .filter(|name| environment.get(name).as_ref() == Some(value));
    if let Some(name) = name {
        error.insert(ContextKind::InvalidArg, ContextValue::String(name));
    }
    error
}

async fn dispatch(context: &Context, command: Command) -> anyhow::Result<Completion> {
    match command {
        Command::Connect(arguments) => commands::connect::run(context, arguments).await,
        Command::Configure(arguments) => commands::configure::run(context, arguments).await,
        Command::MapOrg(arguments) => commands::map_org::run(context, arguments).await,
        Command::Unlink(arguments) => commands::unlink::run(context, arguments).await,
        Command::Ignore(arguments) => commands::ignore::run(context, arguments).await,
        Command::Revoke(arguments) => commands::revoke::run(context, arguments).await,
        Command::SyncSeats(arguments) => commands::sync_seats::run(context, arguments).await,
        Command::Reconcile(arguments) => commands::reconcile::run(context, arguments).await,
        Command::Undo(arguments) => commands::undo::run(context, arguments).await,
        Command::OpenTicket(arguments) => commands::open_ticket::run(context, arguments).await,
        Command::SyncTickets(arguments) => commands::sync_tickets::run(context, arguments).await,
        Command::Explain(arguments) => commands::explain::run(context, &arguments),
        Command::List(arguments) => commands::list::run(context, arguments).await,
        Command::Status(_) => commands::status::run(context).await,
        Command::History(arguments) => commands::history::run(context, arguments).await,
        Command::Completions(arguments) => commands::completions::run(context, &arguments),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(arguments) => {
            // The tour runs commands of its own.
            commands::sandbox::run(context, arguments, &|invocation| Box::pin(run(invocation))).await
        }
    }
}

fn failed(ui: &Ui, error: &anyhow::Error) -> u8 {
    let failure = explain(error);
    ui.failure(&failure);
    failure.kind.exit_code()
}

/// Prints the help, the version, or what is wrong with the command line.
fn not_understood(invocation: &Invocation, error: &clap::Error) -> u8 {
    let format = if wants_json(&invocation.arguments) {
        Format::Json
    } else {
        Format::Table
    };
    let options = OutputOptions {
        format,
        color: Color::Auto,
        ..OutputOptions::default()
    };
    let ui = Ui::new(options, invocation.streams.clone());
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            ui.raw(&error.to_string());
            ui.exit_code(0)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            ui.note(said(invocation, error));
            2
        }
        _ if format == Format::Json => {
            let text = said(invocation, error);
            let message = text.trim_start_matches("error: ");
            let first = message.split("\n\n").next().unwrap_or(message);
            let failure = Failure::usage(first.split_whitespace().collect::<Vec<_>>().join(" "))
                .hint("see: halolink --help");
            ui.failure(&failure);
            2
        }
        _ => {
            ui.note(said(invocation, error));
            2
        }
    }
}

/// Clap's message. It may repeat arguments, so these are cleaned first; only the line breaks are clap's own.
fn said(invocation: &Invocation, error: &clap::Error) -> Text {
    let given = invocation
        .arguments
        .iter()
        .map(|argument| argument.to_string_lossy());
    let cleaned: Vec<String> = given.clone().map(|argument| clean(&argument)).collect();
    if given.zip(&cleaned).all(|(given, cleaned)| given == *cleaned) {
        return Text::laid_out(error.to_string().trim_end());
    }
    match parse(&cleaned, &invocation.environment) {
        Err(same) if same.kind() == error.kind() => Text::laid_out(same.to_string().trim_end()),
        _ => error.to_string().into(),
    }
}

/// True if a command line that could not be parsed asks for JSON.
fn wants_json(arguments: &[OsString]) -> bool {
    let texts: Vec<_> = arguments
        .iter()
        .map(|argument| argument.to_string_lossy())
        .collect();
    texts
        .iter()
        .any(|text| matches!(text.as_ref(), "-ojson" | "-o=json" | "--output=json"))
        || texts
            .windows(2)
            .any(|pair| matches!(pair[0].as_ref(), "-o" | "--output") && pair[1] == "json")
}
