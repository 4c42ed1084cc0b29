//! Environment variables, read through one door so that the tour and tests can supply their own.

use std::collections::HashMap;

/// Where variables come from.
#[derive(Clone, Debug, Default)]
pub enum Environment {
    /// The process's own.
    #[default]
    Process,
    /// Just these; nothing of the process's environment is seen.
    Fixed(HashMap<String, String>),
}

impl Environment {
    /// The variable's value; `None` where it is not set, empty or not Unicode.
    pub fn get(&self, name: &str) -> Option<String> {
        let value = match self {
            Environment::Process => std::env::var(name).ok(),
            Environment::Fixed(variables) => variables.get(name).cloned(),
        };
        value.filter(|text| !text.is_empty())
    }
}
