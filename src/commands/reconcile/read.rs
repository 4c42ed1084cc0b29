//! Reading everything that is compared: what is recorded, then both services at the same time.

use std::collections::{HashMap, HashSet};

use anyhow::Context as _;
use jiff::civil::Date;

use crate::{
    commands::{calendar, elsewhere::elsewhere, license_reading, naming},
    context::Context,
    failure::Failure,
    halo,
    model::{Configuration, Mapping, Organization, RecurringInvoice, SeatMetric},
    plan::{
        elsewhere::Elsewhere,
        names::{Index, Named},
        reconcile::Left,
        seats::Found,
    },
    store::Store,
    ui::Progress,
};

/// The most organizations that are read one by one; beyond that the list is cheaper.
const FEW: usize = 3;

/// What is recorded.
pub(super) struct Recorded {
    pub configuration: Configuration,
    pub mappings: Vec<Mapping>,
    pub ignored: HashSet<String>,
    pub elsewhere: Elsewhere,
    pub left: Vec<Left>,
    /// The quantities that were last written or confirmed, by license.
    pub synced: HashMap<i64, i64>,
    /// The highest seats that were counted in this month, by organization and metric.
    pub highest: HashMap<(String, SeatMetric), i64>,
    /// Today, in the partner's time zone.
    pub today: Date,
}

impl Recorded {
    pub(super) async fn read(context: &Context, store: &Store) -> anyhow::Result<Self> {
        let profile = &context.profile;
        let configuration = store.configuration(profile).await?;
        let now = calendar::now(&configuration)?;
        let (mappings, counts) = store.mappings_and_counts(profile).await?;
        let highest = if mappings.iter().any(|mapping| mapping.rule.highest.is_some()) {
            store.highest_seats(profile, calendar::month_start(&now)).await?
        } else {
            HashMap::new()
        };
        let ignored = store.ignored(profile).await?.into_iter();
        let left = store.left_licenses(profile).await?.into_iter();
        Ok(Self {
            configuration,
            ignored: ignored.map(|ignored| ignored.organization.id).collect(),
            elsewhere: elsewhere(store, profile).await?,
            left: left
                .map(|(license, customer)| Left { license, customer })
                .collect(),
            synced: counts
                .into_iter()
                .map(|(license, count)| (license, count.count))
                .collect(),
            highest,
            mappings,
            today: now.date(),
        })
    }
}

/// What both services say.
pub(super) struct Read {
    /// The organizations: all of them, or those that the named ones' licenses need.
    pub organizations: Vec<Organization>,
    pub is_whole_list: bool,
    pub licenses: HashMap<i64, Found>,
    /// None if they may not be read.
    pub invoices: Option<Vec<RecurringInvoice>>,
    /// Why recurring invoices may not be read.
    pub refused: Option<Failure>,
    /// The ids of the organizations that were named.
    pub only: Option<HashSet<String>>,
}

/// Reads both services: everything, or what the named organizations need.
///
/// # Errors
/// A service cannot be read, or a name fits no organization, or several.
pub(super) async fn read(context: &Context, recorded: &Recorded, named: &[String]) -> anyhow::Result<Read> {
    let progress = context
        .ui
        .progress("reading organizations, licenses and invoices");
    let mappings = &recorded.mappings;
    if named.is_empty() {
        let of_halo = OfHalo::of(recorded, None);
        let (organizations, of_halo) = tokio::try_join!(every(context, &progress), of_halo.read(context))?;
        return Ok(of_halo.with(organizations, true, None));
    }
    if let Some(only) = mapped_ids(named, mappings) {
        let needed = needed(&only, mappings);
        let of_halo = OfHalo::of(recorded, Some(&only));
        let (organizations, of_halo) = tokio::try_join!(
            async {
                if needed.len() <= FEW {
                    Ok((few(context, &needed).await?, false))
                } else {
                    Ok((every(context, &progress).await?, true))
                }
            },
            of_halo.read(context)
        )?;
        let (organizations, is_whole) = organizations;
        return Ok(of_halo.with(organizations, is_whole, Some(only)));
    }
    // Which licenses are needed is only known once the names are.
    let organizations = every(context, &progress).await?;
    let only = resolve(named, &organizations, mappings)?;
    let of_halo = OfHalo::of(recorded, Some(&only)).read(context).await?;
    Ok(of_halo.with(organizations, true, Some(only)))
}

/// The organizations of these texts, if each is the id of a mapped one.
fn mapped_ids(named: &[String], mappings: &[Mapping]) -> Option<HashSet<String>> {
    let ids: HashSet<&str> = mappings
        .iter()
        .map(|mapping| mapping.organization.id.as_str())
        .collect();
    named
        .iter()
        .map(|text| {
            let text = text.trim();
            ids.contains(text).then(|| text.to_owned())
        })
        .collect()
}

/// These organizations, and all others that share their licenses.
fn needed(only: &HashSet<String>, mappings: &[Mapping]) -> Vec<String> {
    let licenses = licenses(only, mappings);
    mappings
        .iter()
        .filter(|mapping| licenses.contains(&mapping.license.id))
        .map(|mapping| mapping.organization.id.clone())
        .collect()
}

/// The licenses of these organizations.
fn licenses(only: &HashSet<String>, mappings: &[Mapping]) -> HashSet<i64> {
    mappings
        .iter()
        .filter(|mapping| only.contains(&mapping.organization.id))
        .map(|mapping| mapping.license.id)
        .collect()
}

async fn every(context: &Context, progress: &Progress) -> anyhow::Result<Vec<Organization>> {
    let backup = context.backup().await?;
    Ok(backup.organizations(&|done| progress.set(done, None)).await?)
}

async fn few(context: &Context, ids: &[String]) -> anyhow::Result<Vec<Organization>> {
    let backup = context.backup().await?;
    let mut organizations = Vec::new();
    for id in ids {
        organizations.extend(backup.organization(id).await?);
    }
    Ok(organizations)
}

/// An organization that can be named: one that is listed, or a mapped one that is not.
struct Nameable<'a> {
    id: &'a str,
    number: Option<i64>,
    name: &'a str,
}

impl Named for Nameable<'_> {
    fn ids(&self) -> Vec<String> {
        let mut ids = vec![self.id.to_owned()];
        ids.extend(self.number.map(|number| number.to_string()));
        ids
    }

    fn name(&self) -> &str {
        self.name
    }
}

/// The ids of the organizations that the texts name.
fn resolve(
    named: &[String],
    organizations: &[Organization],
    mappings: &[Mapping],
) -> anyhow::Result<HashSet<String>> {
    let listed: HashSet<&str> = organizations
        .iter()
        .map(|organization| organization.id.as_str())
        .collect();
    let vanished = mappings
        .iter()
        .filter(|mapping| !listed.contains(mapping.organization.id.as_str()))
        .map(|mapping| Nameable {
            id: &mapping.organization.id,
            number: mapping.organization_number,
            name: &mapping.organization.name,
        });
    let all: Vec<Nameable<'_>> = organizations
        .iter()
        .map(|organization| Nameable {
            id: &organization.id,
            number: organization.number,
            name: &organization.name,
        })
        .chain(vanished)
        .collect();
    let index = Index::new(&all);
    named
        .iter()
        .map(|text| match index.find(text) {
            Ok(found) => Ok(found.id.to_owned()),
            Err(unresolved) => Err(naming::failure("organization", text, &unresolved).into()),
        })
        .collect()
}

/// What is asked of Halo.
struct OfHalo {
    licenses: HashSet<i64>,
    /// The customers of the mapped licenses.
    customers: HashSet<i64>,
    /// Only a few customers' invoices matter.
    few: bool,
}

/// What Halo answers.
struct Answered {
    licenses: HashMap<i64, Found>,
    invoices: Option<Vec<RecurringInvoice>>,
    refused: Option<Failure>,
}

impl OfHalo {
    /// What is needed for all organizations, or for these.
    fn of(recorded: &Recorded, only: Option<&HashSet<String>>) -> Self {
        let mappings = &recorded.mappings;
        let licenses = only.map(|only| licenses(only, mappings));
        let mapped: Vec<&Mapping> = mappings
            .iter()
            .filter(|mapping| {
                licenses
                    .as_ref()
                    .is_none_or(|licenses| licenses.contains(&mapping.license.id))
            })
            .collect();
        let mut customers: HashSet<i64> = mapped.iter().map(|mapping| mapping.customer.id).collect();
        let left: Vec<&Left> = recorded
            .left
            .iter()
            .filter(|left| only.is_none() || customers.contains(&left.customer.id))
            .collect();
        customers.extend(left.iter().map(|left| left.customer.id));
        Self {
            licenses: mapped
                .iter()
                .map(|mapping| mapping.license.id)
                .chain(left.iter().map(|left| left.license.id))
                .collect(),
            customers,
            few: only.is_some(),
        }
    }

    async fn read(self, context: &Context) -> anyhow::Result<Answered> {
        if self.licenses.is_empty() {
            // There is nothing that Halo could say.
            return Ok(Answered {
                licenses: HashMap::new(),
                invoices: Some(Vec::new()),
                refused: None,
            });
        }
        let halo = context.halo().await?;
        let (reading, (invoices, refused)) =
            tokio::try_join!(license_reading::read(&halo, &self.licenses), self.invoices(&halo))?;
        Ok(Answered {
            licenses: reading.found,
            invoices,
            refused,
        })
    }

    /// The invoices; or why they may not be read, which prevents nothing else.
    async fn invoices(
        &self,
        halo: &halo::Halo,
    ) -> anyhow::Result<(Option<Vec<RecurringInvoice>>, Option<Failure>)> {
        let read = halo
            .recurring_invoices(&self.customers, self.few, &|_, _| ())
            .await;
        match read {
            Ok(invoices) => Ok((Some(invoices), None)),
            Err(error @ (halo::Error::PermissionMissing { .. } | halo::Error::NotFound { .. })) => {
                Ok((None, Some(Failure::from(&error))))
            }
            Err(error) => Err(error).context("reading recurring invoices"),
        }
    }
}

impl Answered {
    fn with(
        self,
        organizations: Vec<Organization>,
        is_whole_list: bool,
        only: Option<HashSet<String>>,
    ) -> Read {
        Read {
            organizations,
            is_whole_list,
            licenses: self.licenses,
            invoices: self.invoices,
            refused: self.refused,
            only,
        }
    }
}
