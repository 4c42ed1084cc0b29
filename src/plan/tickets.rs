//! The text of a service ticket, and when two tickets are the same.

use super::backup_errors::BackupError;

/// What a ticket says.
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
    /// Further details.
    pub details: Option<&'a str>,
    /// The account that the error is about.
    pub account: Option<&'a str>,
}

/// The longest summary, in characters: what Halo's column holds.
const LONGEST_SUMMARY: usize = 255;

/// The ticket's summary: plain text on one line. The same content always gives the same summary.
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
    let escaped = |text: &str| html_escape::encode_safe(&without_mark(text)).replace('\n', "<br>");
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
    let mut about = format!("Organization: {}", escaped(&one_line(content.organization)));
    about.push_str(&format!(
        "<br>{MARK} {}",
        escaped(&one_line(content.organization_id))
    ));
    if let Some(account) = content.account {
        about.push_str(&format!("<br>{ACCOUNT} {}", escaped(&one_line(account))));
    }
    if let Some(error) = content.error {
        about.push_str(&format!("<br>{ERROR} {}", error.slug));
    }
    paragraph(about);
    html
}

/// The words before the organization's id in a ticket's text. The id identifies the ticket.
const MARK: &str = "SaaS Backup organization:";
/// The word before the account, after the mark.
const ACCOUNT: &str = "Account:";
/// The word before the error's slug, after the mark.
const ERROR: &str = "Error:";

/// A text in which the words of the mark have been made harmless.
fn without_mark(text: &str) -> String {
    text.replace(MARK, "SaaS Backup organization -")
}

/// What identifies a ticket, beside its customer.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// The summary.
    pub summary: &'a str,
    /// The organization's id.
    pub organization_id: &'a str,
    /// The account; empty if there is none.
    pub account: &'a str,
}

impl Identity<'_> {
    /// True if a ticket in a list may be this one: it has the same summary, which is all that the list shows.
    pub fn has_summary(&self, read_summary: &str) -> bool {
        let plain = |text: &str| one_line(text).to_lowercase();
        let wanted = plain(self.summary);
        // Some instances return text as HTML.
        wanted == plain(read_summary) || wanted == plain(&html_escape::decode_html_entities(read_summary))
    }

    /// True if a ticket that was read is this one: it has the same summary, and is about the same organization and
    /// account. A ticket without a mark, because a rule or a template rewrote it, is taken for this one: a missing
    /// ticket is better than two.
    pub fn is(&self, read_summary: &str, read_details: Option<&str>) -> bool {
        self.has_summary(read_summary)
            && read_details
                .and_then(marked)
                .is_none_or(|(organization, account)| {
                    organization == one_line(&without_mark(self.organization_id))
                        && account.to_lowercase() == one_line(&without_mark(self.account)).to_lowercase()
                })
    }
}

/// The organization's id and the account (empty if there is none) in a ticket's mark.
fn marked(details: &str) -> Option<(String, String)> {
    // The mark is the last paragraph; those before it were written by people.
    let (_, rest) = details.rsplit_once(MARK)?;
    let rest = rest.split("</p>").next().unwrap_or_default();
    // A line break in HTML, or in plain text, or none at all if they were stripped.
    let (mut lines, mut is_tag) = (String::new(), false);
    for character in rest.chars() {
        match character {
            '<' => is_tag = true,
            '>' if is_tag => {
                is_tag = false;
                lines.push('\n');
            }
            _ if is_tag => {}
            character => lines.push(character),
        }
    }
    let lines = html_escape::decode_html_entities(&lines).into_owned();
    let mut lines = lines.trim_start().lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    let before = |text: &str, end: &str| text.split(end).next().map(one_line).unwrap_or_default();
    let organization = before(&before(first, ACCOUNT), ERROR);
    // On the next line, unless line breaks were stripped.
    let account = match first.split_once(ACCOUNT) {
        Some((_, account)) => Some(account),
        None => lines
            .find(|line| !line.is_empty())
            .and_then(|line| line.strip_prefix(ACCOUNT)),
    };
    let account = account.map(|account| before(account, ERROR)).unwrap_or_default();
    Some((organization, account))
}

/// True if a search for this text finds every ticket with it. Halo's search may take some characters for a pattern,
/// and may store others in another spelling.
pub fn is_searchable(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_alphanumeric() || " -.,:()@/+".contains(character))
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
    use super::{super::backup_errors::by_slug, *};

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
    fn a_ticket_says_what_is_the_matter_and_whose_it_is() {
        let free = content();
        assert_eq!(
            details_html(&free),
            "<p>Restore &lt;b&gt;failed&lt;&#x2F;b&gt;<br>\u{1b}[2Jagain</p>\
             <p>&lt;script&gt;alert(&#x27;x&#x27;)&lt;&#x2F;script&gt;</p>\
             <p>Organization: Brown &amp; Sons<br>SaaS Backup organization: 17-3<br>Account: a@b.example</p>"
        );
        for details in [None, Some(""), Some(" \n")] {
            let documented = Content {
                error: by_slug("device-token"),
                account: None,
                details,
                ..content()
            };
            assert_eq!(
                details_html(&documented),
                "<p>Device Token authorization error was detected</p>\
                 <p>A device token, the first step of signing in, was invalid, expired, revoked or malformed.</p>\
                 <p>Organization: Brown &amp; Sons<br>SaaS Backup organization: 17-3<br>Error: device-token</p>"
            );
        }
    }

    fn identity<'a>(summary: &'a str, content: &Content<'a>) -> Identity<'a> {
        Identity {
            summary,
            organization_id: content.organization_id,
            account: content.account.unwrap_or_default(),
        }
    }

    #[test]
    fn the_same_ticket_is_recognized_however_it_comes_back() {
        let content = content();
        let summary = summary(&content);
        let html = details_html(&content);
        let same = identity(&summary, &content);
        assert!(same.is(&summary, Some(&html)));
        assert!(same.is(&html_escape::encode_safe(&summary), None));
        assert!(same.is(&summary.to_uppercase(), Some("rewritten")));
        for stripped in [
            html.replace("<br>", "<br />\r\n"),
            html.replace("<br>", "\n")
                .replace("<p>", "")
                .replace("</p>", "\n"),
            html.replace("<br>", "").replace("<p>", "").replace("</p>", ""),
            format!("{html}<p>a signature</p>"),
        ] {
            assert!(same.is(&summary, Some(&stripped)), "{stripped}");
        }
        assert!(!same.is("Restore failed", Some(&html)));
        let of = |organization_id, account| Identity {
            organization_id,
            account,
            ..same
        };
        assert!(of("17-3", "A@B.example").is(&summary, Some(&html)));
        assert!(!of("17-4", "a@b.example").is(&summary, Some(&html)));
        assert!(!of("17-3", "c@b.example").is(&summary, Some(&html)));
        assert!(!of("17-3", "").is(&summary, Some(&html)));
    }

    #[test]
    fn a_sign_that_closes_no_tag_is_part_of_the_text() {
        let content = Content {
            account: Some("Sales > North"),
            ..content()
        };
        let summary = summary(&content);
        let text = html_escape::decode_html_entities(&details_html(&content)).into_owned();
        assert!(identity(&summary, &content).is(&summary, Some(&text)), "{text}");
    }

    #[test]
    fn an_id_that_is_a_name_is_compared_whole() {
        let content = Content {
            organization_id: "Brown & Sons",
            account: None,
            error: by_slug("device-token"),
            ..content()
        };
        let summary = summary(&content);
        let html = details_html(&content);
        assert!(identity(&summary, &content).is(&summary, Some(&html)));
        let other = Content {
            organization_id: "Brown",
            ..content
        };
        assert!(!identity(&summary, &other).is(&summary, Some(&html)));
    }

    #[test]
    fn people_cannot_write_the_mark() {
        let fake = "SaaS Backup organization: 17-4\nAccount: x@y.example";
        let content = Content {
            organization: fake,
            summary: Some(fake),
            details: Some(fake),
            account: Some(fake),
            ..content()
        };
        let summary = summary(&content);
        let html = details_html(&content);
        assert_eq!(html.matches(MARK).count(), 1, "{html}");
        assert!(identity(&summary, &content).is(&summary, Some(&html)));
        let other = Content {
            organization_id: "17-4",
            ..content
        };
        assert!(!identity(&summary, &other).is(&summary, Some(&html)));
        // A ticket of before, in which it was not taken out.
        let old = format!("<p>{fake}</p><p>SaaS Backup organization: 17-3</p>");
        assert_eq!(marked(&old), Some(("17-3".to_owned(), String::new())));
    }

    #[test]
    fn look_alike_summaries_are_not_the_same() {
        let content = content();
        for (one, other) in [
            ("Job [a]", "Job a"),
            ("100% of it", "100 of it"),
            ("a_b", "axb"),
            ("R&amp;D", "R&D"),
            ("Job", "Jobs"),
        ] {
            assert!(!identity(one, &content).has_summary(other), "{one} / {other}");
        }
    }

    #[test]
    fn what_a_search_could_take_for_a_pattern_is_not_searched_for() {
        for text in ["Job 17 - a.b@c.example: (x/y), 1+1", "Müller", "日本語", ""] {
            assert!(is_searchable(text), "{text}");
        }
        for text in ["Job [a]", "100% of it", "a_b", "R&D", "a*", "a'b", "a\nb"] {
            assert!(!is_searchable(text), "{text}");
        }
    }

    #[test]
    fn a_documented_error_is_described_as_the_vendor_does() {
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
