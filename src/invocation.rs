//! One run of the program, as a value: what `main` makes of the process, and the tour and tests of their own.

use std::{ffi::OsString, pin::Pin};

use crate::{environment::Environment, secrets::SecretStore, ui::Streams};

/// One run of the program: what is typed, and the world around it.
#[derive(Default)]
pub struct Invocation {
    /// The command line, the program's name first.
    pub arguments: Vec<OsString>,
    /// Environment variables.
    pub environment: Environment,
    /// Where output goes.
    pub streams: Streams,
    /// Where secrets are kept, if not in the keyring.
    pub secret_store: Option<SecretStore>,
}

/// Who runs an invocation, for those below the program's start that type commands of their own; the answer is the
/// exit code.
pub type Runner<'a> = &'a dyn Fn(Invocation) -> Pin<Box<dyn Future<Output = u8>>>;
