//! Breaking backups and healing them by name, as in `Contoso:main-app-token`, so that what becomes of a ticket can be
//! watched in a minute.

use std::{collections::BTreeMap, fmt};

use jiff::{SignedDuration, Timestamp};

use super::{Account, Item, Organization, Product, World, dates::halo_time, names};

/// Where an error shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In the tenants, and in everything that is backed up.
    Organization,
    Mailbox,
    Of(Product),
}

/// An error that a backup can have.
#[derive(Debug, PartialEq, Eq)]
struct Kind {
    name: &'static str,
    place: Place,
    status: &'static str,
    /// What `errors` says; empty if only the status tells.
    text: &'static str,
}

const STALE: &str = "backup-stale";

/// What can be broken: the errors whose texts the vendor documents, one that it does not, statuses, and a backup that
/// no longer runs.
#[rustfmt::skip]
const KINDS: [Kind; 16] = [
    Kind { name: "main-app-token", place: Place::Organization, status: "Authentication Error", text: "Main App (Global Admin) Token authorization error was detected" },
    Kind { name: "device-token", place: Place::Organization, status: "Authentication Error", text: "Device Token authorization error was detected" },
    Kind { name: "delegated-token", place: Place::Organization, status: "Authentication Error", text: "Delegated Token authorization error was detected" },
    Kind { name: "email-backup-failed", place: Place::Mailbox, status: "Authentication Error", text: "The email backup has failed" },
    Kind { name: "onedrive-connection", place: Place::Of(Product::OneDrives), status: "Connection Error", text: "OneDrive backup fails. Unable to connect to mail server" },
    Kind { name: "onedrive-authentication", place: Place::Of(Product::OneDrives), status: "Authentication Error", text: "OneDrive backup fail. Authentication error" },
    Kind { name: "tasks-connection", place: Place::Of(Product::Tasks), status: "Connection Error", text: "Backup tasks fail. Unable to connect to mail server" },
    Kind { name: "tasks-throttled", place: Place::Of(Product::Tasks), status: "Partially Completed", text: "Backup tasks fail. Unable to connect to GWS API due to per-day throttling" },
    Kind { name: "tasks-authentication", place: Place::Of(Product::Tasks), status: "Authentication Error", text: "Backup tasks fail. Authentication error" },
    Kind { name: "backup-error", place: Place::Mailbox, status: "Authentication Error", text: "Mailbox refused: MAPI_E_NO_SUPPORT (0x80040102)" },
    Kind { name: "connection-error", place: Place::Mailbox, status: "Connection Error", text: "" },
    Kind { name: "authentication-error", place: Place::Mailbox, status: "Authentication Error", text: "" },
    Kind { name: "space-full", place: Place::Mailbox, status: "Space Full", text: "" },
    Kind { name: "retrying", place: Place::Mailbox, status: "Retrying", text: "" },
    Kind { name: "partially-completed", place: Place::Mailbox, status: "Partially Completed", text: "" },
    Kind { name: STALE, place: Place::Mailbox, status: "Completed", text: "" },
];

/// The status of a healthy backup.
const HEALTHY: &str = "Completed";

/// Why a text names no backup that can be broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownBreakage {
    /// It has no error in it.
    #[error(
        "\"{text}\" is not ORGANIZATION:ERROR or ORGANIZATION:ERROR:ACCOUNT; the errors are {}",
        errors()
    )]
    Error {
        /// The text.
        text: String,
    },
    /// No organization, or several, have that name.
    #[error("\"{name}\" is {} of the sandbox's organizations{}", if near.is_empty() { "none" } else { "not one" }, listed(": perhaps", near))]
    Organization {
        /// The name.
        name: String,
        /// Those that it may mean.
        near: Vec<String>,
    },
    /// The organization has no such account, or not what is to fail.
    #[error("{organization} has no {what}{}", listed("; it has", has))]
    Nothing {
        /// The organization.
        organization: String,
        /// What it has not.
        what: String,
        /// What it has instead.
        has: Vec<String>,
    },
    /// The error is not one of a single account.
    #[error("{error} is an error of the whole organization: leave the account out")]
    WholeOrganization {
        /// The error.
        error: &'static str,
    },
}

/// The names of all errors.
fn errors() -> String {
    KINDS.map(|kind| kind.name).join(", ")
}

fn listed(word: &str, names: &[String]) -> String {
    const MOST: usize = 8;
    if names.is_empty() {
        return String::new();
    }
    let more = if names.len() > MOST { ", …" } else { "" };
    format!("{word} {}{more}", names[..names.len().min(MOST)].join(", "))
}

/// A backup that is broken, or to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Breakage {
    /// The organization's id.
    organization: String,
    kind: &'static Kind,
    /// None for an error of the organization, and for whichever account there is.
    account: Option<String>,
}

/// As it can be given again: `1788161-14:email-backup-failed:anna@northwind.example`.
impl fmt::Display for Breakage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.organization, self.kind.name)?;
        match &self.account {
            Some(account) => write!(formatter, ":{account}"),
            None => Ok(()),
        }
    }
}

impl Breakage {
    /// Reads `ORGANIZATION:ERROR` or `ORGANIZATION:ERROR:ACCOUNT`, the organization by its id or name.
    pub(super) fn parse(text: &str, world: &World) -> Result<Self, UnknownBreakage> {
        let unknown = || UnknownBreakage::Error {
            text: text.to_owned(),
        };
        let parts: Vec<&str> = text.split(':').collect();
        // Names can have colons in them.
        let (place, kind) = (1..parts.len())
            .rev()
            .find_map(|place| {
                let kind = KINDS
                    .iter()
                    .find(|kind| kind.name.eq_ignore_ascii_case(parts[place].trim()))?;
                Some((place, kind))
            })
            .ok_or_else(unknown)?;
        let organization = organization(world, parts[..place].join(":").trim())?;
        let account = parts[place + 1..].join(":").trim().to_owned();
        let account = (!account.is_empty()).then_some(account);
        let nothing = |what: String, has: Vec<String>| UnknownBreakage::Nothing {
            organization: label(organization),
            what,
            has,
        };
        let is_google = organization.tenants.iter().all(|tenant| tenant.kind == "gws");
        match (kind.place, account) {
            (Place::Organization, Some(_)) => {
                return Err(UnknownBreakage::WholeOrganization { error: kind.name });
            }
            (Place::Of(Product::OneDrives), _) if is_google && !organization.tenants.is_empty() => {
                return Err(nothing("OneDrive: its tenant is Google's".to_owned(), Vec::new()));
            }
            (place, Some(account)) => {
                let has = names_in(organization, place);
                let found = has
                    .iter()
                    .find(|name| name.eq_ignore_ascii_case(&account))
                    .cloned();
                let found = found.ok_or_else(|| nothing(format!("account {account}"), has))?;
                Ok(Some(found))
            }
            (_, None) => Ok(None),
        }
        .map(|account| Self {
            organization: organization.id.clone(),
            kind,
            account,
        })
    }
}

/// The organization with this id or name; a part at the beginning of a name is enough if it is the only one.
fn organization<'a>(world: &'a World, text: &str) -> Result<&'a Organization, UnknownBreakage> {
    let all = &world.organizations;
    let wanted = text.to_lowercase();
    let only = |fits: &dyn Fn(&Organization) -> bool| {
        let mut fitting = all.iter().filter(|organization| fits(organization));
        let first = fitting.next();
        first.filter(|_| fitting.next().is_none())
    };
    let name = |organization: &Organization| organization.organization_name.to_lowercase();
    let begins = |organization: &Organization| !wanted.is_empty() && name(organization).starts_with(&wanted);
    only(&|organization| organization.id.eq_ignore_ascii_case(text))
        .or_else(|| only(&|organization| organization.organization_id.to_string() == text))
        .or_else(|| only(&|organization| name(organization) == wanted))
        .or_else(|| only(&|organization| label(organization).to_lowercase() == wanted))
        .or_else(|| only(&begins))
        .ok_or_else(|| {
            let mut near: Vec<&Organization> = all.iter().filter(|one| begins(one)).collect();
            if near.is_empty() {
                near = all
                    .iter()
                    .filter(|one| strsim::jaro_winkler(&wanted, &name(one)) > 0.8)
                    .collect();
            }
            UnknownBreakage::Organization {
                name: text.to_owned(),
                near: near.into_iter().map(label).collect(),
            }
        })
}

fn label(organization: &Organization) -> String {
    format!("{} ({})", organization.organization_name, organization.id)
}

/// The accounts in a place that are backed up.
fn names_in(organization: &Organization, place: Place) -> Vec<String> {
    match place {
        Place::Organization | Place::Mailbox => organization
            .accounts
            .iter()
            .filter(|account| account.deactivated_since.is_none())
            .map(|account| account.email.clone())
            .collect(),
        Place::Of(product) => (organization.products.get(&product).into_iter().flatten())
            .filter(|item| item.deactivated_since.is_none())
            .filter_map(|item| item.email.clone())
            .collect(),
    }
}

/// The backups that are broken.
#[derive(Default)]
pub(super) struct Broken(Vec<Breakage>);

impl Broken {
    /// What is broken, as it can be given again.
    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }

    /// Breaks a backup. One that is broken like that already stays as it is.
    pub(super) fn add(&mut self, world: &mut World, mut breakage: Breakage, now: Timestamp) {
        let is_there = self.0.iter().any(|other| {
            (&other.organization, other.kind.name) == (&breakage.organization, breakage.kind.name)
                && (breakage.account.is_none() || breakage.account == other.account)
        });
        let Some(organization) = find(world, &breakage.organization).filter(|_| !is_there) else {
            return;
        };
        if breakage.kind.place != Place::Organization {
            let account = breakage
                .account
                .take()
                .unwrap_or_else(|| self.free_account(organization, breakage.kind.place, now));
            // Nobody has two errors in one place.
            self.0.retain(|other| {
                other.organization != breakage.organization
                    || other.kind.place != breakage.kind.place
                    || other.account.as_ref() != Some(&account)
            });
            breakage.account = Some(account);
        }
        self.0.push(breakage.clone());
        self.show(world, &breakage.organization, now);
    }

    /// Heals a backup, whether it was broken on purpose or was so from the start.
    pub(super) fn remove(&mut self, world: &mut World, breakage: &Breakage, now: Timestamp) {
        let Breakage {
            organization,
            kind,
            account,
        } = breakage;
        let mut accounts: Vec<String> = account.iter().cloned().collect();
        self.0.retain(|other| {
            let is_meant = (&other.organization, other.kind.name) == (organization, kind.name)
                && (account.is_none() || account == &other.account);
            if is_meant {
                accounts.extend(other.account.clone());
            }
            !is_meant
        });
        if let Some(found) = find(world, organization) {
            heal(found, kind, account.is_none(), &accounts, now);
        }
        // What else is broken in the same place shows again.
        self.show(world, organization, now);
    }

    /// Makes everything show that is broken in an organization. What a token causes hides what else is wrong.
    fn show(&self, world: &mut World, organization: &str, now: Timestamp) {
        let Some(found) = find(world, organization) else {
            return;
        };
        let of_organization = |breakage: &&Breakage| breakage.kind.place == Place::Organization;
        let all = || {
            self.0
                .iter()
                .filter(|breakage| breakage.organization == organization)
        };
        for breakage in all().filter(|breakage| !of_organization(breakage)) {
            spoil(found, breakage, now);
        }
        for breakage in all().filter(of_organization) {
            spoil(found, breakage, now);
        }
    }

    /// An account in that place with nothing wrong, or else one that is not broken on purpose. If there is none, as in a
    /// world for benchmarks, one is added.
    fn free_account(&self, organization: &mut Organization, place: Place, now: Timestamp) -> String {
        let all = names_in(organization, place);
        let is_taken = |name: &String| {
            self.0.iter().any(|other| {
                other.organization == organization.id
                    && other.kind.place == place
                    && other.account.as_ref() == Some(name)
            })
        };
        let is_fine = |name: &&String| match place {
            Place::Organization | Place::Mailbox => organization.accounts.iter().any(|account| {
                &account.email == *name
                    && account.current_backup_status == HEALTHY
                    && account.errors.as_ref().is_none_or(BTreeMap::is_empty)
            }),
            Place::Of(product) => (organization.products.get(&product).into_iter().flatten()).any(|item| {
                item.email.as_ref() == Some(*name)
                    && item.current_backup_status == HEALTHY
                    && item.errors.is_empty()
            }),
        };
        let free = all
            .iter()
            .find(|name| !is_taken(name) && is_fine(name))
            .or_else(|| all.iter().find(|name| !is_taken(name)));
        match free {
            Some(name) => name.clone(),
            None => add_account(organization, place, now),
        }
    }
}

fn find<'a>(world: &'a mut World, id: &str) -> Option<&'a mut Organization> {
    world
        .organizations
        .iter_mut()
        .find(|organization| organization.id == id)
}

/// Adds a healthy account; its name.
fn add_account(organization: &mut Organization, place: Place, now: Timestamp) -> String {
    let number = match place {
        Place::Organization | Place::Mailbox => organization.accounts.len(),
        Place::Of(product) => organization.products.get(&product).map_or(0, Vec::len),
    };
    let (given, family) = names::person(number);
    let domain = organization
        .email
        .split_once('@')
        .map_or("company.example", |(_, domain)| domain);
    let email = format!(
        "{}.{}.{number}@{domain}",
        names::plain(given),
        names::plain(family)
    );
    let last_backup = Some(hours_before(now, 1));
    match place {
        Place::Organization | Place::Mailbox => organization.accounts.push(Account {
            id: organization.organization_id * 1_000_000 + number as i64,
            email: email.clone(),
            display_name: format!("{given} {family}"),
            last_backup,
            current_backup_status: HEALTHY.into(),
            errors: None,
            deactivated_since: None,
            flg_deleted: false,
            storage: 20_000,
            msg_count: 100,
            added_on: hours_before(now, 24 * 300),
        }),
        Place::Of(product) => organization.products.entry(product).or_default().push(Item {
            email: Some(email.clone()),
            domain_name: None,
            last_backup,
            errors: String::new(),
            current_backup_status: HEALTHY.into(),
            deactivated_since: None,
        }),
    }
    email
}

/// How long ago the last backup of a broken one was, in hours.
const LAST_BACKUP: i64 = 26;
/// The same of one that no longer runs.
const LAST_BACKUP_OF_STALE: i64 = 24 * 30;

/// Makes a breakage show.
fn spoil(organization: &mut Organization, breakage: &Breakage, now: Timestamp) {
    let kind = breakage.kind;
    let is_meant = |name: &str| breakage.account.as_deref() == Some(name);
    let hours = if kind.name == STALE {
        LAST_BACKUP_OF_STALE
    } else {
        LAST_BACKUP
    };
    let last_backup = Some(hours_before(now, hours));
    let spoil_account = |account: &mut Account, field: &str| {
        account.current_backup_status = kind.status.into();
        account.last_backup.clone_from(&last_backup);
        let texts = (!kind.text.is_empty()).then(|| (field.to_owned(), kind.text.to_owned()));
        account.errors = Some(texts.into_iter().collect());
    };
    match kind.place {
        Place::Organization => {
            for tenant in &mut organization.tenants {
                tenant.status = 13;
            }
            if names_in(organization, Place::Mailbox).is_empty() {
                add_account(organization, Place::Mailbox, now);
            }
            let accounts = organization.accounts.iter_mut();
            for account in accounts.filter(|account| account.deactivated_since.is_none()) {
                spoil_account(account, "token");
            }
            for (product, items) in &mut organization.products {
                for item in items.iter_mut().filter(|item| item.deactivated_since.is_none()) {
                    // Each has the words of its own product for the same cause.
                    item.errors = match product {
                        Product::OneDrives => "OneDrive backup fail. Authentication error",
                        Product::Tasks => "Backup tasks fail. Authentication error",
                        _ => "",
                    }
                    .to_owned();
                    item.current_backup_status = kind.status.into();
                    item.last_backup.clone_from(&last_backup);
                }
            }
        }
        Place::Mailbox => {
            let accounts = organization.accounts.iter_mut();
            for account in accounts.filter(|account| is_meant(&account.email)) {
                spoil_account(account, "backup");
            }
        }
        Place::Of(product) => {
            let items = organization.products.get_mut(&product).into_iter().flatten();
            for item in items.filter(|item| item.email.as_deref().is_some_and(is_meant)) {
                kind.text.clone_into(&mut item.errors);
                item.current_backup_status = kind.status.into();
                item.last_backup.clone_from(&last_backup);
            }
        }
    }
}

/// Makes backups healthy: those of these accounts, those that show the error if `showing`, and all for an error of the
/// organization.
fn heal(organization: &mut Organization, kind: &Kind, showing: bool, accounts: &[String], now: Timestamp) {
    let last_backup = Some(hours_before(now, 1));
    let of_organization = kind.place == Place::Organization;
    let shows = |text: &str, status: &str| {
        showing
            && kind.name != STALE
            && status == kind.status
            && if kind.name == "backup-error" {
                !text.is_empty()
                    && KINDS
                        .iter()
                        .all(|known| known.text.is_empty() || known.text != text)
            } else {
                text == kind.text
            }
    };
    if of_organization {
        for tenant in &mut organization.tenants {
            tenant.status = 7;
        }
    }
    if of_organization || kind.place == Place::Mailbox {
        for account in &mut organization.accounts {
            let text = account.errors.as_ref().and_then(|errors| errors.values().next());
            let text = text.map_or("", String::as_str);
            let is_failing = !text.is_empty() || account.current_backup_status != HEALTHY;
            if account.deactivated_since.is_none()
                && (accounts.contains(&account.email)
                    || shows(text, &account.current_backup_status)
                    || of_organization && is_failing)
            {
                account.errors = Some(BTreeMap::new());
                account.current_backup_status = HEALTHY.into();
                account.last_backup.clone_from(&last_backup);
            }
        }
    }
    for (product, items) in &mut organization.products {
        for item in items.iter_mut().filter(|item| item.deactivated_since.is_none()) {
            let is_failing = !item.errors.is_empty() || item.current_backup_status != HEALTHY;
            let is_named = (item.email.as_ref()).is_some_and(|email| accounts.contains(email));
            if of_organization && is_failing
                || kind.place == Place::Of(*product)
                    && (is_named || shows(&item.errors, &item.current_backup_status))
            {
                item.errors = String::new();
                item.current_backup_status = HEALTHY.into();
                item.last_backup.clone_from(&last_backup);
            }
        }
    }
}

fn hours_before(now: Timestamp, hours: i64) -> String {
    let time = now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(now);
    format!("{}Z", halo_time(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(organizations: usize) -> World {
        World::seeded(organizations, 1, Timestamp::UNIX_EPOCH)
    }

    fn broken(world: &mut World, texts: &[&str]) -> Broken {
        let mut broken = Broken::default();
        for text in texts {
            let breakage = Breakage::parse(text, world).unwrap();
            broken.add(world, breakage, Timestamp::UNIX_EPOCH);
        }
        broken
    }

    #[test]
    fn a_backup_is_named_by_organization_error_and_account() {
        let world = world(36);
        let parsed = |text: &str| Breakage::parse(text, &world).map(|breakage| breakage.to_string());
        let contoso = &world.organizations[1];
        let email = &contoso.accounts[2].email;
        for (text, name) in [
            (
                "Contoso:main-app-token".to_owned(),
                "1788161-15:main-app-token".to_owned(),
            ),
            (
                " contoso ltd : SPACE-FULL ".to_owned(),
                "1788161-15:space-full".to_owned(),
            ),
            (
                format!("1788161-15:retrying:{}", email.to_uppercase()),
                format!("1788161-15:retrying:{email}"),
            ),
            (
                "Fabrikam Foods:device-token".to_owned(),
                "1788161-20:device-token".to_owned(),
            ),
        ] {
            assert_eq!(parsed(&text).as_ref(), Ok(&name), "{text}");
            assert_eq!(parsed(&name).as_ref(), Ok(&name));
        }
        for (text, words) in [
            (
                "Contoso",
                &["ORGANIZATION:ERROR", "main-app-token", "space-full"][..],
            ),
            ("Contoso:nonsense", &["Contoso:nonsense", "backup-error"]),
            ("Zzyzx:main-app-token", &["\"Zzyzx\" is none"]),
            ("Contosso Ltd:main-app-token", &["perhaps", "Contoso Ltd"]),
            (
                "Fabrikam:main-app-token",
                &["not one", "Fabrikam Foods (1788161-20)"],
            ),
            (":main-app-token", &["\"\" is none"]),
            (
                "Contoso:space-full:nobody@contoso.com",
                &["no account nobody@contoso.com", email],
            ),
            ("Contoso:main-app-token:anna", &["whole organization"]),
        ] {
            let error = parsed(text).unwrap_err().to_string();
            for word in words {
                assert!(error.contains(word), "{word} is not in: {error}");
            }
        }
        let google = world
            .organizations
            .iter()
            .find(|one| one.tenants[0].kind == "gws")
            .unwrap();
        let error = parsed(&format!("{}:onedrive-connection", google.id)).unwrap_err();
        assert!(error.to_string().contains("OneDrive"), "{error}");
    }

    #[test]
    fn healing_leaves_nothing_behind_but_what_else_is_broken() {
        for organizations in [36, 300] {
            let mut world = world(organizations);
            let texts = [
                "1788161-15:space-full",
                "1788161-15:retrying",
                "1788161-15:tasks-connection",
            ];
            let mut broken = broken(&mut world, &texts);
            let names = broken.names();
            assert_eq!(names.len(), 3, "{names:?}");
            let before = world.clone();
            broken.add(
                &mut world,
                Breakage::parse(texts[0], &before).unwrap(),
                Timestamp::UNIX_EPOCH,
            );
            assert_eq!(
                (broken.names(), &world),
                (names.clone(), &before),
                "it is broken already"
            );

            let token = Breakage::parse("1788161-15:main-app-token", &world).unwrap();
            broken.add(&mut world, token.clone(), Timestamp::UNIX_EPOCH);
            let organization = &world.organizations[1];
            assert_eq!(organization.tenants[0].status, 13);
            let active = organization
                .accounts
                .iter()
                .filter(|account| account.deactivated_since.is_none());
            for account in active {
                let text = account.errors.as_ref().unwrap().values().next().unwrap();
                assert!(text.starts_with("Main App"), "{text}");
            }
            broken.remove(&mut world, &token, Timestamp::UNIX_EPOCH);
            assert_eq!(broken.names(), names);
            let statuses = |world: &World| {
                let organization = &world.organizations[1];
                let accounts = organization
                    .accounts
                    .iter()
                    .map(|account| account.current_backup_status.clone());
                let items = organization.products.values().flatten();
                let items = items.map(|item| item.current_backup_status.clone());
                (
                    organization.tenants[0].status,
                    accounts.chain(items).collect::<Vec<_>>(),
                )
            };
            assert_eq!(statuses(&world), statuses(&before));
            for name in &names {
                let breakage = Breakage::parse(name, &world).unwrap();
                broken.remove(&mut world, &breakage, Timestamp::UNIX_EPOCH);
            }
            let (tenant, statuses) = statuses(&world);
            assert_eq!(tenant, 7);
            assert!(
                statuses
                    .iter()
                    .all(|status| ["Completed", "Deactivated"].contains(&status.as_ref()))
            );
        }
    }

    #[test]
    fn what_was_broken_from_the_start_can_be_healed_too() {
        let mut world = world(36);
        assert_eq!(
            world.organizations[0].accounts[0].current_backup_status,
            "Authentication Error"
        );
        let breakage = Breakage::parse("Northwind:email-backup-failed", &world).unwrap();
        Broken::default().remove(&mut world, &breakage, Timestamp::UNIX_EPOCH);
        let account = &world.organizations[0].accounts[0];
        assert_eq!(account.current_backup_status, HEALTHY);
        assert_eq!(account.last_backup.as_deref(), Some("1969-12-31T23:00:00Z"));
    }
}
