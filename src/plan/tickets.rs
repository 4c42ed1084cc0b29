//! The text of a service ticket, and when two tickets are the same.

use sha2::{Digest, Sha256};

use super::{
    backup_errors::{BackupError, UNDOCUMENTED, by_slug},
    detection::Affected,
    explanations::{Explanation, explanations},
};
use crate::{model::Reference, text::clean};

/// An error as a ticket describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorText<'a> {
    /// Its slug.
    pub slug: &'a str,
    /// What happened, in the vendor's words.
    pub description: &'a str,
    /// What that means.
    pub meaning: &'a str,
}

impl From<&BackupError> for ErrorText<'static> {
    fn from(error: &BackupError) -> Self {
        Self {
            slug: error.slug,
            description: error.description,
            meaning: error.meaning,
        }
    }
}

/// How a ticket describes an error with which these accounts are affected. One that is not documented is described
/// in the words that came.
pub fn error_text<'a>(slug: &'a str, affected: &'a [Affected]) -> ErrorText<'a> {
    if let Some(error) = by_slug(slug) {
        return error.into();
    }
    let explained = explanations().into_iter().find(|entry| entry.error == slug);
    let (description, meaning) =
        explained.map_or(("Backup error", ""), |entry| (entry.description, entry.meaning));
    let words = affected.first().filter(|_| slug == UNDOCUMENTED);
    ErrorText {
        slug,
        description: words.map_or(description, |affected| &affected.text),
        meaning,
    }
}

/// What a ticket says.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// The organization's name.
    pub organization: &'a str,
    /// The organization's id.
    pub organization_id: &'a str,
    /// An error, or none for free text.
    pub error: Option<ErrorText<'a>>,
    /// The free text's one line.
    pub summary: Option<&'a str>,
    /// Further details.
    pub details: Option<&'a str>,
    /// The account that the error is about, or several with commas.
    pub account: Option<&'a str>,
    /// The accounts that have the error, with what is known of each.
    pub affected: &'a [Affected],
    /// An older ticket that this one goes on from.
    pub replaces: Option<i64>,
}

/// The longest summary, in characters: what Halo's column holds.
const LONGEST_SUMMARY: usize = 255;

/// The longest description in a summary, in characters: a text that came may be long.
const LONGEST_DESCRIPTION: usize = 120;
/// The most accounts in a table.
const MOST_AFFECTED: usize = 100;
/// The longest text of an account in a table, in characters.
const LONGEST_TEXT: usize = 300;

/// The word before the fingerprint in a summary. All tickets for errors are found by a search for it.
pub const FINGERPRINT: &str = "halolink";

/// What identifies an organization and an error (and the accounts, if the ticket is only about some), whatever else is
/// in the summary: eight hexadecimal digits. It depends on nothing else, so that all that open tickets for a site
/// find each other's.
pub fn fingerprint(organization_id: &str, error: &str, account: &str) -> String {
    let mut hash = Sha256::new();
    for part in [organization_id, error, &account.to_lowercase()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digits: Vec<String> = hash
        .finalize()
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    digits.concat()
}

/// The fingerprint in a summary or a note.
fn fingerprint_in(text: &str) -> Option<String> {
    let text = text.to_lowercase();
    let (_, after) = text.rsplit_once(&format!("{FINGERPRINT} "))?;
    let digits: String = after.chars().take_while(char::is_ascii_hexdigit).collect();
    (digits.len() == 8).then_some(digits)
}

/// The ticket's summary: plain text on one line. The same content always gives the same summary.
pub fn summary(content: &Content<'_>) -> String {
    let Some(error) = content.error else {
        return cut(
            &one_line(content.summary.unwrap_or("Backup error")),
            LONGEST_SUMMARY,
        );
    };
    let account = content
        .account
        .map(|account| format!(": {account}"))
        .unwrap_or_default();
    let description = cut(&one_line(error.description), LONGEST_DESCRIPTION);
    let text = one_line(&format!("{description}{account} - {}", content.organization));
    let fingerprint = fingerprint(
        content.organization_id,
        error.slug,
        content.account.unwrap_or_default(),
    );
    let mark = format!(" ({FINGERPRINT} {fingerprint})");
    cut(&text, LONGEST_SUMMARY.saturating_sub(mark.chars().count())) + &mark
}

/// The summary of the ticket for an error of an organization.
pub fn error_summary(organization: &Reference<String>, error: &str, affected: &[Affected]) -> String {
    summary(&Content {
        organization: &organization.name,
        organization_id: &organization.id,
        error: Some(error_text(error, affected)),
        summary: None,
        details: None,
        account: None,
        affected,
        replaces: None,
    })
}

/// The first characters of a text; shows that something is missing.
fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let kept: String = text.chars().take(longest.saturating_sub(1)).collect();
    kept + "…"
}

/// Text as HTML in which nothing can be taken for markup, and no words for the mark. It is one line for each of its.
fn escaped(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| html_escape::encode_safe(&without_mark(&clean(line))).into_owned())
        .collect();
    lines.join("<br>")
}

fn paragraph(html: &str) -> String {
    format!("<p>{html}</p>")
}

/// The ticket's text as HTML; everything that came from people or services is escaped.
pub fn details_html(content: &Content<'_>) -> String {
    let mut html = String::new();
    match content.error {
        Some(error) => {
            html.push_str(&paragraph(&escaped(&cut(error.description, LONGEST_TEXT))));
            html.push_str(&paragraph(&escaped(error.meaning)));
        }
        None => html.push_str(&paragraph(&escaped(content.summary.unwrap_or("Backup error")))),
    }
    if let Some(old) = content.replaces {
        html.push_str(&paragraph(&format!("It goes on from ticket {old}.")));
    }
    if let Some(details) = content.details.filter(|details| !details.trim().is_empty()) {
        html.push_str(&paragraph(&escaped(details.trim())));
    }
    html.push_str(&table(content.affected));
    if let Some(error) = content.error {
        html.push_str(&advice(error.slug));
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
    html.push_str(&paragraph(&about));
    html
}

/// A ticket's text as people read it: without markup, a line for each of its.
pub fn readable(html: &str) -> String {
    let (mut text, mut is_tag) = (String::new(), false);
    let breaks = ["<br>", "</p>", "</li>", "</tr>"];
    let mut rest = html;
    while let Some(character) = rest.chars().next() {
        if breaks.iter().any(|end| rest.starts_with(end)) {
            text.push('\n');
        }
        match character {
            '<' => is_tag = true,
            '>' if is_tag => is_tag = false,
            _ if is_tag => {}
            character => text.push(character),
        }
        rest = &rest[character.len_utf8()..];
    }
    html_escape::decode_html_entities(text.trim_end()).into_owned()
}

/// The words of a summary by which it can be searched for, whatever version of halolink wrote it: those before the
/// fingerprint.
pub fn searched(summary: &str) -> &str {
    match summary.rsplit_once(&format!(" ({FINGERPRINT} ")) {
        Some((words, _)) => words,
        None => summary,
    }
}

/// The affected accounts as a table; nothing if there are none.
fn table(affected: &[Affected]) -> String {
    if affected.is_empty() {
        return String::new();
    }
    let mut html =
        String::from("<table><tr><th>Account</th><th>Product</th><th>Error</th><th>Last backup</th></tr>");
    for account in affected.iter().take(MOST_AFFECTED) {
        let cells = [
            &account.account,
            account.product.name(),
            &account.text,
            account.last_backup.as_deref().unwrap_or("none known"),
        ];
        html.push_str("<tr>");
        for cell in cells {
            html.push_str(&format!(
                "<td>{}</td>",
                escaped(&cut(&one_line(cell), LONGEST_TEXT))
            ));
        }
        html.push_str("</tr>");
    }
    html.push_str("</table>");
    match affected.len().saturating_sub(MOST_AFFECTED) {
        0 => {}
        more => html.push_str(&paragraph(&format!("and {more} more"))),
    }
    html
}

/// What most likely caused an error and what to do, if anything is known.
fn advice(slug: &str) -> String {
    let Some(Explanation {
        cause,
        checks,
        screen,
        who,
        ..
    }) = explanations().into_iter().find(|entry| entry.error == slug)
    else {
        return String::new();
    };
    let checks: Vec<String> = checks
        .iter()
        .map(|check| format!("<li>{}</li>", escaped(check)))
        .collect();
    format!(
        "<p>Likely cause: {}</p><ul>{}</ul><p>Where: {}<br>Who: {}</p>",
        escaped(cause),
        checks.concat(),
        escaped(screen),
        escaped(who.words())
    )
}

/// A note on a ticket: what has changed, the accounts that are affected now, and the note's own mark.
pub fn note_html(what: &str, affected: &[Affected], mark: &str) -> String {
    format!(
        "{}{}{}",
        paragraph(&escaped(what)),
        table(affected),
        paragraph(&escaped(mark))
    )
}

/// What identifies a note: the fingerprint of its ticket, and its number.
pub fn note_mark(organization_id: &str, error: &str, number: i64) -> String {
    format!(
        "{FINGERPRINT} {}/{number}",
        fingerprint(organization_id, error, "")
    )
}

/// True if a note that was read has this mark.
pub fn has_note_mark(read: &str, mark: &str) -> bool {
    let plain = |text: &str| one_line(&html_escape::decode_html_entities(text)).to_lowercase();
    let (read, mark) = (plain(read), plain(mark));
    let digit = |rest: &str| rest.starts_with(|next: char| next.is_ascii_digit());
    let mut parts = read.split(&mark).skip(1);
    parts.any(|rest| !digit(rest))
}

/// What an open ticket has to say to be taken for the one of an error, although someone else opened it.
#[derive(Clone, Copy, Debug)]
pub struct Adoptable<'a> {
    /// The organization's id.
    pub organization_id: &'a str,
    /// The error's slug.
    pub error: &'a str,
    /// The accounts that have it.
    pub affected: &'a [Affected],
    /// The organization's name.
    pub organization: &'a str,
    /// The names of other organizations of the same customer: a ticket that names one is about that.
    pub others: &'a [String],
}

/// What a ticket's text says about whether it is about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// It is.
    Yes,
    /// It may be: its text has to be read.
    Maybe,
    /// It is not.
    No,
}

/// Words one of which is in the summary of a ticket about a backup.
const ABOUT_BACKUPS: [&str; 8] = [
    "backup",
    "token",
    "saas",
    "dropsuite",
    "ninjaone",
    "onedrive",
    "mailbox",
    "tasks",
];
/// The shortest text of an undocumented error by which a ticket is recognized, in characters.
const SHORTEST_TEXT: usize = 12;

impl Adoptable<'_> {
    /// What a ticket says, by its summary and, if it has been read, its text.
    pub fn is_said_by(&self, summary: &str, details: Option<&str>) -> Says {
        let decoded = html_escape::decode_html_entities(summary).into_owned();
        let own = fingerprint(self.organization_id, self.error, "");
        let found = fingerprint_in(&decoded);
        if found.as_deref() == Some(&own) {
            return Says::Yes;
        }
        let Some(details) = details else {
            let about = words_of(&decoded);
            let maybe = self.is_described_in(&about) || ABOUT_BACKUPS.iter().any(|word| about.contains(word));
            return if maybe { Says::Maybe } else { Says::No };
        };
        if let Some((organization, _)) = marked(details) {
            // One of halolink's that is about some accounts, or whose summary was rewritten.
            let same = organization == one_line(&without_mark(self.organization_id))
                && slug_in_mark(details).as_deref() == Some(self.error);
            return if same { Says::Yes } else { Says::No };
        }
        if found.is_some() {
            return Says::No;
        }
        let text = words_of(&format!(
            "{decoded} {}",
            html_escape::decode_html_entities(details)
        ));
        // Its own name may have another's in it, as a branch's has.
        let own = words_of(self.organization);
        let rest = if own.trim().is_empty() {
            text.clone()
        } else {
            text.replace(own.trim(), "")
        };
        let names_another = (self.others.iter()).map(|name| words_of(name)).any(|name| {
            let text = if name.contains(&own) { &text } else { &rest };
            !name.trim().is_empty() && text.contains(&name)
        });
        if self.is_described_in(&text) && !names_another {
            Says::Yes
        } else {
            Says::No
        }
    }

    fn is_described_in(&self, text: &str) -> bool {
        match by_slug(self.error) {
            Some(error) => text.contains(&words_of(error.description)),
            None => (self.affected.iter())
                .filter(|affected| affected.text.chars().count() >= SHORTEST_TEXT)
                .any(|affected| text.contains(&words_of(&affected.text))),
        }
    }
}

/// The words of a text alone, with a space before and after each.
fn words_of(text: &str) -> String {
    let mut words = String::from(" ");
    for word in text.split(|character: char| !character.is_alphanumeric()) {
        if !word.is_empty() {
            words.push_str(&word.to_lowercase());
            words.push(' ');
        }
    }
    words
}

/// The error's slug in a ticket's mark.
fn slug_in_mark(details: &str) -> Option<String> {
    let (_, rest) = details.rsplit_once(MARK)?;
    let (_, slug) = rest.rsplit_once(ERROR)?;
    let allowed = |character: &char| character.is_ascii_alphanumeric() || *character == '-';
    Some(slug.trim_start().chars().take_while(allowed).collect())
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
    /// True if a ticket's text says that it is this one, whatever became of its summary: a rule or a template may have
    /// cut or rewritten that.
    pub fn is_marked_in(&self, read_details: &str) -> bool {
        let Some((organization, account)) = marked(read_details) else {
            return false;
        };
        let slug = slug_in_mark(read_details).unwrap_or_default();
        fingerprint_in(self.summary) == Some(fingerprint(&organization, &slug, &account))
    }

    fn has_fingerprint(&self, read_summary: &str) -> bool {
        let own = fingerprint_in(self.summary);
        own.is_some() && own == fingerprint_in(&html_escape::decode_html_entities(read_summary))
    }

    /// True if a ticket in a list may be this one: it has the same summary, which is all that the list shows.
    pub fn has_summary(&self, read_summary: &str) -> bool {
        if self.has_fingerprint(read_summary) {
            return true;
        }
        let plain = |text: &str| one_line(text).to_lowercase();
        let wanted = plain(self.summary);
        // Some instances return text as HTML.
        wanted == plain(read_summary) || wanted == plain(&html_escape::decode_html_entities(read_summary))
    }

    /// True if a ticket that was read is this one: it has the same summary, and is about the same organization and
    /// account. A ticket without a mark, because a rule or a template rewrote it, is taken for this one: a missing
    /// ticket is better than two.
    pub fn is(&self, read_summary: &str, read_details: Option<&str>) -> bool {
        self.has_fingerprint(read_summary)
            || self.has_summary(read_summary)
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
    clean(text)
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
            affected: &[],
            replaces: None,
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
            "<p>Restore &lt;b&gt;failed&lt;&#x2F;b&gt;<br>[2Jagain</p>\
             <p>&lt;script&gt;alert(&#x27;x&#x27;)&lt;&#x2F;script&gt;</p>\
             <p>Organization: Brown &amp; Sons<br>SaaS Backup organization: 17-3<br>Account: a@b.example</p>"
        );
        for details in [None, Some(""), Some(" \n")] {
            let documented = Content {
                error: by_slug("device-token").map(Into::into),
                account: None,
                details,
                ..content()
            };
            let html = details_html(&documented);
            let said = "<p>Device Token authorization error was detected</p>\
                 <p>A device token, the first step of signing in, was invalid, expired, revoked or malformed.</p>\
                 <p>Likely cause: The sign-in of the backup application was begun";
            assert!(html.starts_with(said), "{html}");
            let whose = "<p>Organization: Brown &amp; Sons<br>SaaS Backup organization: 17-3<br>Error: device-token</p>";
            assert!(html.ends_with(whose), "{html}");
        }
    }

    fn affected(account: &str, text: &str) -> Affected {
        Affected {
            account: account.to_owned(),
            product: crate::model::Product::Mailbox,
            text: text.to_owned(),
            status: None,
            last_backup: Some("2026-05-03T10:00:00Z".to_owned()),
        }
    }

    #[test]
    fn a_summary_carries_its_fingerprint_however_long_the_rest_is() {
        let long = "x".repeat(100_000);
        let affected = [affected("a@b.example", &long)];
        let organization = Reference::new("17-3".to_owned(), long.clone());
        for error in ["main-app-token", UNDOCUMENTED] {
            let summary = error_summary(&organization, error, &affected);
            assert!(summary.chars().count() <= LONGEST_SUMMARY, "{}", summary.len());
            assert_eq!(fingerprint_in(&summary), Some(fingerprint("17-3", error, "")));
        }
        assert_ne!(fingerprint("17-3", "a", ""), fingerprint("17-3", "b", ""));
        assert_ne!(fingerprint("17-3", "a", ""), fingerprint("17-4", "a", ""));
        assert_ne!(fingerprint("17-3", "a", ""), fingerprint("17-3", "a", "x"));
        assert_eq!(fingerprint("17-3", "a", "X@y"), fingerprint("17-3", "a", "x@Y"));
        // Whatever halolink opened before has to be found by every later version.
        assert_eq!(fingerprint("1788161-14", "main-app-token", ""), "813595e4");
    }

    #[test]
    fn a_table_of_accounts_shows_hostile_texts_and_does_not_obey_them() {
        let accounts: Vec<Affected> = (0..150)
            .map(|number| {
                affected(
                    &format!("{number}@b.example"),
                    "<img src=x onerror=alert(1)>\u{1b}[2J\u{202e}",
                )
            })
            .collect();
        let error = error_text("email-backup-failed", &accounts);
        let html = details_html(&Content {
            error: Some(error),
            affected: &accounts,
            details: None,
            ..content()
        });
        assert!(
            !html.contains("<img") && !html.contains(['\u{1b}', '\u{202e}']),
            "{html}"
        );
        assert_eq!(html.matches("<tr>").count(), 101);
        assert!(html.contains("and 50 more"));
        assert!(
            html.contains("2026-05-03T10:00:00Z") && html.contains("Likely cause:"),
            "{html}"
        );
    }

    #[test]
    fn a_text_is_read_without_its_markup() {
        assert_eq!(
            readable("<p>One &amp; two<br>three</p><ul><li>a &lt; b</li><li>c</li></ul>"),
            "One & two\nthree\na < b\nc"
        );
    }

    #[test]
    fn a_summary_is_searched_for_by_its_words() {
        let summary = error_summary(&Reference::new("17-3".to_owned(), "Contoso"), "device-token", &[]);
        assert_eq!(
            searched(&summary),
            "Device Token authorization error was detected - Contoso"
        );
        assert_eq!(searched("Restore failed"), "Restore failed");
    }

    #[test]
    fn a_note_is_recognized_by_its_number() {
        let mark = note_mark("17-3", "main-app-token", 1);
        let html = note_html("New: a & b.", &[affected("a", "text")], &mark);
        assert!(has_note_mark(&html, &mark));
        assert!(has_note_mark(&html.replace('/', "&#x2F;").to_uppercase(), &mark));
        let tenth = note_html("Again.", &[], &note_mark("17-3", "main-app-token", 10));
        assert!(!has_note_mark(&tenth, &mark), "{tenth}");
        assert!(!has_note_mark(&html, &note_mark("17-4", "main-app-token", 1)));
    }

    #[test]
    fn tickets_of_others_are_told_by_what_they_say() {
        let others = ["Contoso Branch".to_owned()];
        let adoptable = Adoptable {
            organization_id: "17-3",
            error: "main-app-token",
            affected: &[],
            organization: "Contoso",
            others: &others,
        };
        let text = "Main App (Global Admin) Token authorization error was detected";
        let of = |id: &str, slug: &str| {
            let error = by_slug(slug).map(Into::into);
            let content = Content {
                organization_id: id,
                error,
                account: Some("a@b.example"),
                ..content()
            };
            (summary(&content), details_html(&content))
        };
        let ours = error_summary(
            &Reference::new("17-3".to_owned(), "Contoso"),
            "main-app-token",
            &[],
        );
        assert_eq!(adoptable.is_said_by(&ours, None), Says::Yes);
        assert_eq!(adoptable.is_said_by(text, None), Says::Maybe);
        assert_eq!(adoptable.is_said_by("Printer", None), Says::No);
        for (summary, details, says) in [
            (text.to_owned(), String::new(), Says::Yes),
            ("Backup".to_owned(), format!("<b>{text}.</b>"), Says::Yes),
            (text.to_owned(), "for Contoso Branch".to_owned(), Says::No),
            (
                "Main App (Global Admin) Token authorization error is resolved".to_owned(),
                String::new(),
                Says::No,
            ),
            ("Backup".to_owned(), "a question".to_owned(), Says::No),
        ] {
            assert_eq!(
                adoptable.is_said_by(&summary, Some(&details)),
                says,
                "{summary} {details}"
            );
        }
        // About one account of this organization, another organization, another error.
        for (id, slug, says) in [
            ("17-3", "main-app-token", Says::Yes),
            ("17-4", "main-app-token", Says::No),
            ("17-3", "device-token", Says::No),
        ] {
            let (summary, details) = of(id, slug);
            assert_eq!(
                adoptable.is_said_by(&summary, Some(&details)),
                says,
                "{id} {slug}"
            );
        }
        let branch = ["Contoso".to_owned()];
        let of_branch = Adoptable {
            organization: "Contoso Branch",
            others: &branch,
            ..adoptable
        };
        assert_eq!(of_branch.is_said_by(text, Some("for Contoso Branch")), Says::Yes);
        assert_eq!(of_branch.is_said_by(text, Some("for Contoso")), Says::No);
        let undocumented = [affected("a", "Too many of these were refused")];
        let adoptable = Adoptable {
            error: UNDOCUMENTED,
            affected: &undocumented,
            ..adoptable
        };
        let said = "SaaS Backup: too many of these were refused!";
        assert_eq!(adoptable.is_said_by(said, Some("")), Says::Yes);
        assert_eq!(adoptable.is_said_by("Backup", Some("Retrying")), Says::No);
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
    fn a_ticket_is_recognized_by_its_text_where_its_summary_was_rewritten() {
        for (slug, account) in [
            ("device-token", None),
            ("email-backup-failed", Some("a@b.example")),
        ] {
            let of = |id| Content {
                organization_id: id,
                error: by_slug(slug).map(Into::into),
                account,
                ..content()
            };
            let (ours, theirs) = (of("17-3"), of("17-4"));
            let (summary, html) = (summary(&ours), details_html(&ours));
            assert!(identity(&summary, &ours).is_marked_in(&html), "{html}");
            assert!(!identity(&summary, &ours).is_marked_in(&details_html(&theirs)));
            assert!(!identity("Restore failed", &ours).is_marked_in(&html));
        }
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
            error: None,
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
                error: by_slug("main-app-token").map(Into::into),
                account: None,
                ..content()
            }),
            format!(
                "Main App (Global Admin) Token authorization error was detected - Brown & Sons (halolink {})",
                fingerprint("17-3", "main-app-token", "")
            )
        );
    }
}
