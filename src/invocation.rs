//! One run of the program as a value: `main` makes it from the process, the tour and tests make their own.

use std::{ffi::OsString, pin::Pin};

use crate::{environment::Environment, secrets::SecretStore, ui::Streams};

/// One run of the program: the command line, and the world around it.
#[derive(Default)]
pub struct Invocation {
    /// The command line, starting with the program's name.
    pub arguments: Vec<OsString>,
    /// Where environment variables come from.
    pub environment: Environment,
    /// Where output goes.
    pub streams: Streams,
    /// Where secrets are kept, if not in the keyring.
    pub secret_store: Option<SecretStore>,
}

/// Runs an invocation and gives its exit code. The tour is handed one, because it stands below the program's start.
pub type Runner<'a> = &'a dyn Fn(Invocation) -> Pin<Box<dyn Future<Output = u8>>>;
