//! Environment variables, all read through this type so that the tour and tests can supply their own.

use std::collections::HashMap;

/// Where variables come from.
#[derive(Clone, Debug, Default)]
pub enum Environment {
    /// The process's environment.
    #[default]
    Process,
    /// Only these; the process's environment is not seen.
    Fixed(HashMap<String, String>),
}

impl Environment {
    /// The variable's value; `None` if it is unset, empty or not Unicode.
    pub fn get(&self, name: &str) -> Option<String> {
        let value = match self {
            Environment::Process => std::env::var(name).ok(),
            Environment::Fixed(variables) => variables.get(name).cloned(),
        };
        value.filter(|text| !text.is_empty())
    }
}
