//! A reference to a record by id and name, used everywhere.

use serde::Serialize;

/// A reference to a record by id and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reference<Id = i64> {
    /// The record's id in its service.
    pub id: Id,
    /// The record's name when it was last read.
    pub name: String,
}

impl<Id> Reference<Id> {
    /// A reference made of these two.
    pub fn new(id: Id, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
        }
    }
}

impl<Id: std::fmt::Display> std::fmt::Display for Reference<Id> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "{} ({})", self.name, self.id)
    }
}
