//! Starts the program, handles Ctrl-C, and exits with the command's code.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::CommandFactory;
use halolink::{app::run, cli::Cli, invocation::Invocation};

mod terminal;

fn main() -> ExitCode {
    // A shell that asks for completions (COMPLETE=bash and so on) is answered here, and nothing else is started.
    if let Some(code) = halolink::complete::answer(Cli::command) {
        return ExitCode::from(code);
    }
    let terminal = terminal::Saved::now();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            // If stderr is closed, there is no one to tell.
            let _ = writeln!(io::stderr(), "error: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let invocation = Invocation {
        arguments: std::env::args_os().collect(),
        ..Invocation::default()
    };
    let code = runtime.block_on(async {
        tokio::select! {
            // In this order, so that Ctrl-C is listened for before anything begins.
            biased;
            Ok(()) = tokio::signal::ctrl_c() => {
                let _ = writeln!(io::stderr(), "\nstopped");
                halolink::failure::Kind::Interrupted.exit_code()
            }
            code = run(invocation) => code,
        }
    });
    terminal.restore();
    // A prompt or a keyring call may still be blocking a thread of its own, which is abandoned.
    runtime.shutdown_background();
    ExitCode::from(code)
}
