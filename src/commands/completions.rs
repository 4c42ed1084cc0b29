//! `completions`: prints the completion script for a shell, made from the definition of the arguments.

use clap::CommandFactory;

use crate::{
    cli::{self, Cli},
    context::Context,
    failure::Completion,
};

/// Runs `completions`.
pub fn run(context: &Context, arguments: &cli::Completions) -> anyhow::Result<Completion> {
    context.ui.raw(&script(arguments.shell));
    Ok(Completion::Done)
}

/// The completion script for a shell.
pub fn script(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "halolink", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
