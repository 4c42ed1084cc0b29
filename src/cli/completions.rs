//! The arguments of `completions`.

use clap::Args;
use clap_complete::Shell;

/// `completions`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  halolink completions bash > ~/.local/share/bash-completion/completions/halolink"
)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}
