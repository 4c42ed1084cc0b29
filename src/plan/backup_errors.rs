//! The backup errors that the vendor documents: their slugs, texts and meanings. The texts of accounts are matched
//! with them here, and read in `backup/account_errors.rs`.

/// What a documented error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One account of an organization.
    Account,
    /// The whole organization.
    Organization,
}

impl Scope {
    /// The word in output.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Account => "account",
            Scope::Organization => "organization",
        }
    }
}

/// An error that the vendor documents for its tickets in HaloPSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupError {
    /// halolink's name for the error.
    pub slug: &'static str,
    /// The description in the vendor's tickets.
    pub description: &'static str,
    /// What the error is about.
    pub scope: Scope,
    /// What the error means.
    pub meaning: &'static str,
}

/// The slug for errors that are not documented.
pub const UNDOCUMENTED: &str = "backup-error";
/// The slug for an account without an error whose last backup is too long ago. The vendor has no such error.
pub const STALE: &str = "backup-stale";
/// The slug of what ends `main-app-token`: no ticket is opened for it.
pub const RESOLVED: &str = "main-app-token-resolved";

/// The documented errors. The vendor publishes only a part of its own list.
pub const ERRORS: [BackupError; 9] = [
    BackupError {
        slug: "email-backup-failed",
        description: "The email backup has failed",
        scope: Scope::Account,
        meaning: "A mailbox could not be backed up: no connection, no authentication, or a fault of the \
                  infrastructure or the program.",
    },
    BackupError {
        slug: "onedrive-connection",
        description: "OneDrive backup fails. Unable to connect to mail server",
        scope: Scope::Account,
        meaning: "A download or a Microsoft Graph call failed: not found, throttled, unavailable, reset or \
                  timed out.",
    },
    BackupError {
        slug: "onedrive-authentication",
        description: "OneDrive backup fail. Authentication error",
        scope: Scope::Account,
        meaning: "Microsoft Graph refused: bad parameters, missing rights of the user or account, or no \
                  access to the file or scope.",
    },
    BackupError {
        slug: "main-app-token",
        description: "Main App (Global Admin) Token authorization error was detected",
        scope: Scope::Organization,
        meaning: "The main application cannot be authorized any more: it was deleted, or its permission \
                  was revoked.",
    },
    BackupError {
        slug: "device-token",
        description: "Device Token authorization error was detected",
        scope: Scope::Organization,
        meaning: "A device token, the first step of signing in, was invalid, expired, revoked or malformed.",
    },
    BackupError {
        slug: "delegated-token",
        description: "Delegated Token authorization error was detected",
        scope: Scope::Organization,
        meaning: "A token by which the application acts for a signed-in user no longer works.",
    },
    BackupError {
        slug: "tasks-connection",
        description: "Backup tasks fail. Unable to connect to mail server",
        scope: Scope::Account,
        meaning: "The user's tasks cannot be read from the mail server.",
    },
    BackupError {
        slug: "tasks-throttled",
        description: "Backup tasks fail. Unable to connect to GWS API due to per-day throttling",
        scope: Scope::Account,
        meaning: "Google's daily limit on the Tasks API was reached.",
    },
    BackupError {
        slug: "tasks-authentication",
        description: "Backup tasks fail. Authentication error",
        scope: Scope::Account,
        meaning: "Rights for the user's tasks are wrong or missing.",
    },
];

/// The slugs for which a ticket can be opened.
pub fn slugs() -> Vec<&'static str> {
    let others = [STALE, UNDOCUMENTED];
    ERRORS.iter().map(|error| error.slug).chain(others).collect()
}

/// The documented error with that slug.
pub fn by_slug(slug: &str) -> Option<&'static BackupError> {
    ERRORS.iter().find(|error| error.slug == slug)
}

/// The documented error with that text, regardless of case and a trailing period.
pub fn by_description(text: &str) -> Option<&'static BackupError> {
    let plain = |text: &str| text.trim().trim_end_matches('.').to_lowercase();
    let text = plain(text);
    ERRORS.iter().find(|error| plain(error.description) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_errors_are_found_by_slug_and_text() {
        assert!(by_slug("main-app-token").is_some());
        assert_eq!(
            by_description(" onedrive backup fail. authentication error.").map(|error| error.slug),
            Some("onedrive-authentication")
        );
        assert_eq!(by_description("something else"), None);
        for error in &ERRORS {
            assert_eq!(by_slug(error.slug), Some(error));
            assert_eq!(by_description(error.description), Some(error));
        }
    }
    #[test]
    fn every_slug_is_one_error() {
        let slugs = slugs();
        assert_eq!(slugs.len(), ERRORS.len() + 2);
        for (slug, error) in slugs.into_iter().zip(&ERRORS) {
            assert_eq!(by_slug(slug), Some(error));
        }
    }

    #[test]
    fn scripts_read_what_an_error_is_about() {
        assert_eq!(Scope::Account.name(), "account");
        assert_eq!(Scope::Organization.name(), "organization");
    }
}
