//! A record by id and name: how records are referred to everywhere.

use serde::Serialize;

/// A record by id and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reference<Id = i64> {
    /// Its id, as it is at the source.
    pub id: Id,
    /// Its name when it was last read.
    pub name: String,
}

impl<Id> Reference<Id> {
    /// A reference to the record.
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
