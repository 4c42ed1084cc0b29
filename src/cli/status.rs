//! The arguments of `status`.

use clap::Args;

/// `status`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  halolink status -o json")]
pub struct Status {}
