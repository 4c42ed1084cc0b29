//! What is done to something.

/// What is done to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// An organization is mapped that was not.
    Map,
    /// An organization is mapped to something else.
    Remap,
    /// A mapping is ended.
    Unlink,
    /// A setting or a quantity gets another value.
    Update,
    /// A ticket is opened.
    Open,
    /// Nothing: it is as it should be, or somebody has to look at it first.
    Keep,
}

impl Action {
    /// The status of what it was done to.
    pub fn done(self) -> &'static str {
        match self {
            Action::Map => "mapped",
            Action::Remap => "remapped",
            Action::Unlink => "unlinked",
            Action::Update => "updated",
            Action::Open => "opened",
            Action::Keep => "unchanged",
        }
    }
}
