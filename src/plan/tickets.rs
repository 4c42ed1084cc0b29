//! What a service ticket says, and when two are the same.

/// What a documented error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One account of an organization.
    Account,
    /// The whole organization.
    Organization,
}

impl Scope {
    /// Its word in output.
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
    /// halolink's name for it.
    pub slug: &'static str,
    /// The description as the vendor's tickets carry it.
    pub description: &'static str,
    /// What it is about.
    pub scope: Scope,
    /// What it means.
    pub meaning: &'static str,
}

/// The slug of an error that is not documented.
pub const UNDOCUMENTED: &str = "backup-error";

/// The documented errors. The vendor's own list is longer than what it publishes.
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
    ERRORS.iter().map(|error| error.slug).collect()
}

/// The documented error of that slug.
pub fn by_slug(slug: &str) -> Option<&'static BackupError> {
    ERRORS.iter().find(|error| error.slug == slug)
}

/// The documented error that a text is, without regard to case and a trailing period.
pub fn by_description(text: &str) -> Option<&'static BackupError> {
    let plain = |text: &str| text.trim().trim_end_matches('.').to_lowercase();
    let text = plain(text);
    ERRORS.iter().find(|error| plain(error.description) == text)
}

/// What a ticket is to say.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// The organization's name.
    pub organization: &'a str,
    /// The organization's id.
    pub organization_id: &'a str,
    /// A documented error, or none for free text.
    pub error: Option<&'a BackupError>,
    /// The free text's one line.
    pub summary: Option<&'a str>,
    /// More about it.
    pub details: Option<&'a str>,
    /// The account that it concerns.
    pub account: Option<&'a str>,
}

/// The longest summary, in characters: what Halo's column holds.
const LONGEST_SUMMARY: usize = 255;

/// The ticket's summary: plain text on one line, the same whenever the content is.
pub fn summary(content: &Content<'_>) -> String {
    let text = match (content.error, content.summary) {
        (Some(error), _) => {
            let account = content
                .account
                .map(|account| format!(": {account}"))
                .unwrap_or_default();
            format!("{}{account} - {}", error.description, content.organization)
        }
        (None, summary) => summary.unwrap_or("Backup error").to_owned(),
    };
    one_line(&text).chars().take(LONGEST_SUMMARY).collect()
}

/// The ticket's text as HTML; everything that came from people or services is escaped.
pub fn details_html(content: &Content<'_>) -> String {
    let escaped = |text: &str| html_escape::encode_safe(text).replace('\n', "<br>");
    let mut html = String::new();
    let mut paragraph = |text: String| {
        html.push_str("<p>");
        html.push_str(&text);
        html.push_str("</p>");
    };
    match content.error {
        Some(error) => {
            paragraph(escaped(error.description));
            paragraph(escaped(error.meaning));
        }
        None => paragraph(escaped(content.summary.unwrap_or("Backup error"))),
    }
    if let Some(details) = content.details.filter(|details| !details.trim().is_empty()) {
        paragraph(escaped(details.trim()));
    }
    let mut about = format!("Organization: {}", escaped(content.organization));
    about.push_str(&format!("<br>{} {}", MARK, escaped(content.organization_id)));
    if let Some(account) = content.account {
        about.push_str(&format!("<br>Account: {}", escaped(account)));
    }
    if let Some(error) = content.error {
        about.push_str(&format!("<br>Error: {}", error.slug));
    }
    paragraph(about);
    html
}

/// What stands before the organization's id in a ticket's text, and tells whose ticket it is.
const MARK: &str = "SaaS Backup organization:";

/// Whether a ticket read back is this one: the same summary, and not about another organization.
pub fn is_same(summary: &str, organization_id: &str, read_summary: &str, read_details: Option<&str>) -> bool {
    let plain = |text: &str| one_line(&html_escape::decode_html_entities(text)).to_lowercase();
    if plain(summary) != plain(read_summary) {
        return false;
    }
    // Two organizations of one customer may have the same trouble. A ticket that somebody's rules or
    // templates rewrote has no mark, and is taken for this one: better none than two.
    read_details
        .map(|details| html_escape::decode_html_entities(details).into_owned())
        .and_then(|details| {
            details
                .split_once(MARK)
                .map(|(_, rest)| rest.trim_start().to_owned())
        })
        .is_none_or(|rest| {
            let id: String = rest
                .chars()
                .take_while(|character| !character.is_whitespace() && *character != '<')
                .collect();
            id == organization_id
        })
}

fn one_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content<'a>() -> Content<'a> {
        Content {
            organization: "Brown & Sons",
            organization_id: "17-3",
            error: None,
            summary: Some("Restore <b>failed</b>\n\u{1b}[2Jagain"),
            details: Some("<script>alert('x')</script>"),
            account: Some("a@b.example"),
        }
    }

    #[test]
    fn what_people_type_is_escaped() {
        let html = details_html(&content());
        assert!(!html.contains("<script>") && !html.contains("<b>"), "{html}");
        assert!(html.contains("Brown &amp; Sons"));
        assert_eq!(summary(&content()), "Restore <b>failed</b> [2Jagain");
    }

    #[test]
    fn the_same_ticket_is_recognized_however_it_comes_back() {
        let content = content();
        let summary = summary(&content);
        let html = details_html(&content);
        assert!(is_same(&summary, "17-3", &summary, Some(&html)));
        assert!(is_same(
            &summary,
            "17-3",
            &html_escape::encode_safe(&summary),
            None
        ));
        assert!(is_same(
            &summary,
            "17-3",
            &summary.to_uppercase(),
            Some("rewritten")
        ));
        assert!(!is_same(&summary, "17-4", &summary, Some(&html)));
        assert!(!is_same(&summary, "17-3", "Restore failed", Some(&html)));
    }

    #[test]
    fn documented_errors_are_found_by_slug_and_text() {
        assert!(by_slug("main-app-token").is_some());
        assert_eq!(
            by_description(" onedrive backup fail. authentication error.").map(|error| error.slug),
            Some("onedrive-authentication")
        );
        assert_eq!(by_description("something else"), None);
        assert_eq!(
            summary(&Content {
                error: by_slug("main-app-token"),
                account: None,
                ..content()
            }),
            "Main App (Global Admin) Token authorization error was detected - Brown & Sons"
        );
    }
}
