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
    /// Takes someone else's open ticket as the error's.
    Adopt,
    /// Adds a note to a ticket.
    Append,
    /// Adds the note that the backup has recovered.
    Resolve,
    /// Closes a ticket.
    Close,
    /// Reopens a ticket.
    Reopen,
    /// Nothing: the subject is as it should be, or someone has to look at it first.
    Keep,
}

impl Action {
    /// The word for it before it is done; none for what changes nothing.
    pub fn word(self) -> Option<&'static str> {
        Some(match self {
            Action::Map => "map",
            Action::Remap => "remap",
            Action::Unlink => "unlink",
            Action::Ignore => "ignore",
            Action::StopIgnoring => "remove",
            Action::Update => "update",
            Action::Open => "open",
            Action::Adopt => "adopt",
            Action::Append => "append",
            Action::Resolve => "resolve",
            Action::Close => "close",
            Action::Reopen => "reopen",
            Action::Keep => return None,
        })
    }

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
            Action::Adopt => "adopted",
            Action::Append => "appended",
            Action::Resolve => "resolved",
            Action::Close => "closed",
            Action::Reopen => "reopened",
            Action::Keep => "unchanged",
        }
    }
}
