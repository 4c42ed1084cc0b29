//! When tickets are opened for backup errors, what is in them, and what becomes of them.

use std::{collections::BTreeMap, str::FromStr};

use super::Reference;

/// How long a transient error may last before it gets a ticket, in seconds: the vendor says a few hours.
const GRACE: i64 = 4 * 60 * 60;

/// What is done with a ticket when its backup has recovered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnRecovery {
    /// It is closed, with a note.
    Close,
    /// It gets a note.
    #[default]
    Note,
    /// Nothing.
    Nothing,
}

impl OnRecovery {
    /// All of them.
    pub const ALL: [OnRecovery; 3] = [OnRecovery::Close, OnRecovery::Note, OnRecovery::Nothing];

    /// Its word on the command line, in output and in the state.
    pub fn name(self) -> &'static str {
        match self {
            OnRecovery::Close => "close",
            OnRecovery::Note => "note",
            OnRecovery::Nothing => "nothing",
        }
    }
}

impl FromStr for OnRecovery {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|known| known.name() == word).ok_or(())
    }
}

/// How tickets for backup errors are treated. `None` and empty mean "not configured".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketPolicy {
    /// How long a transient error may last before it gets a ticket, in seconds.
    pub grace: Option<i64>,
    /// After how many seconds without a backup an account has an error of its own; never if not configured.
    pub stale_after: Option<i64>,
    /// After how many seconds a ticket whose error still stands gets another note; never if not configured.
    pub remind: Option<i64>,
    /// What is done when the backup has recovered.
    pub on_recovery: Option<OnRecovery>,
    /// How the note that closes a ticket is filed.
    pub closing_outcome: Option<Reference>,
    /// The status of a closed ticket.
    pub closing_status: Option<Reference>,
    /// What is different for tickets of one error, by its slug.
    pub of_errors: BTreeMap<String, ErrorOptions>,
    /// Further fields of every new ticket, each once, by name.
    pub fields: Vec<TicketField>,
}

impl TicketPolicy {
    /// How long a transient error may last before it gets a ticket, in seconds: configured, or the default.
    pub fn grace(&self) -> i64 {
        self.grace.unwrap_or(GRACE)
    }

    /// The SLA of this error's tickets: its own, or else the one that is configured for all.
    pub fn sla_of<'a>(&'a self, error: &str, usual: Option<&'a Reference>) -> Option<&'a Reference> {
        (self.of_errors.get(error))
            .and_then(|options| options.sla.as_ref())
            .or(usual)
    }

    /// What is done when the backup has recovered: configured, or the default.
    pub fn on_recovery(&self) -> OnRecovery {
        self.on_recovery.unwrap_or_default()
    }
}

/// What tickets of one error have instead of what is configured for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorOptions {
    /// The ticket type.
    pub ticket_type: Option<Reference>,
    /// The SLA.
    pub sla: Option<Reference>,
    /// The priority, one of that SLA's or else of the configured SLA's.
    pub priority: Option<Reference>,
}

impl ErrorOptions {
    /// Whether nothing is different.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A further field of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketField {
    /// The field's name in Halo's API, e.g. `category_1`.
    pub name: String,
    /// Its value.
    pub value: FieldValue,
}

impl std::fmt::Display for FieldValue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            FieldValue::Record(record) => record.fmt(formatter),
            FieldValue::Number(number) => number.fmt(formatter),
            FieldValue::Text(text) => text.fmt(formatter),
        }
    }
}

/// The value of a ticket's field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// A record, e.g. an agent: Halo is sent its id.
    Record(Reference),
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
}
