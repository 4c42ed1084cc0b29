//! What a change does.

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Maps an organization for the first time.
    Map,
    /// Maps an organization to something else.
    Remap,
    /// Ends a mapping.
    Unlink,
    /// Marks an organization as ignored.
    Ignore,
    /// Stops ignoring an organization.
    StopIgnoring,
    /// Gives a setting, a quantity or a reason another value.
    Update,
    /// Opens a ticket.
    Open,
    /// Nothing: the subject is as it should be, or someone has to look at it first.
    Keep,
}

impl Action {
    /// The status of a change once it has been made.
    pub fn done(self) -> &'static str {
        match self {
            Action::Map => "mapped",
            Action::Remap => "remapped",
            Action::Unlink => "unlinked",
            Action::Ignore => "ignored",
            Action::StopIgnoring => "removed",
            Action::Update => "updated",
            Action::Open => "opened",
            Action::Keep => "unchanged",
        }
    }
}
