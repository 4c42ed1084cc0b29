//! Mappings: which customer and license each organization belongs to.

use std::collections::{BTreeSet, HashMap};

use sqlx::{
    FromRow, QueryBuilder, Row, Sqlite,
    sqlite::{SqliteExecutor, SqliteRow},
};
use url::Url;

use super::{Error, Store, word};
use crate::model::{Highest, Mapping, Minimum, OfOtherProfile, Reference, Rule, SeatMetric};

/// Rows in one statement; SQLite allows 32,766 parameters.
const ROWS: usize = 1000;

impl FromRow<'_, SqliteRow> for Mapping {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            organization: Reference::new(
                row.try_get("organization_id")?,
                row.try_get::<String, _>("organization_name")?,
            ),
            organization_number: row.try_get("organization_number")?,
            customer: Reference::new(
                row.try_get("customer_id")?,
                row.try_get::<String, _>("customer_name")?,
            ),
            license: Reference::new(
                row.try_get("license_id")?,
                row.try_get::<String, _>("license_name")?,
            ),
            mapped_at: row.try_get("mapped_at")?,
            flag: row.try_get("flag")?,
            seats: row.try_get("seats")?,
            rule: rule(row)?,
        })
    }
}

fn rule(row: &SqliteRow) -> sqlx::Result<Rule> {
    let has = |column: &str| Ok::<_, sqlx::Error>(row.try_get::<Option<&str>, _>(column)?.is_some());
    let minimum: Option<i64> = row.try_get("rule_minimum")?;
    let until = has("rule_minimum_until")?
        .then(|| word(row, "rule_minimum_until", "last day of a minimum"))
        .transpose()?;
    Ok(Rule {
        metric: has("rule_metric")?
            .then(|| word(row, "rule_metric", "seat metric of a mapping"))
            .transpose()?,
        included: row.try_get("rule_included")?,
        minimum: minimum.map(|seats| Minimum { seats, until }),
        highest: has("rule_highest")?
            .then(|| word(row, "rule_highest", "span of a rule"))
            .transpose()?,
    })
}

/// All mappings of a profile, sorted by organization name.
pub(super) async fn mappings(reader: impl SqliteExecutor<'_>, profile: &str) -> Result<Vec<Mapping>, Error> {
    Ok(sqlx::query_as(
        "SELECT * FROM mappings WHERE profile = $1 ORDER BY LOWER(organization_name), organization_id",
    )
    .bind(profile)
    .fetch_all(reader)
    .await?)
}

impl Store {
    /// All mappings of a profile, sorted by organization name.
    pub async fn mappings(&self, profile: &str) -> Result<Vec<Mapping>, Error> {
        mappings(&self.pool, profile).await
    }

    /// The mappings of all other profiles of the same Halo site in this state, sorted by profile and organization
    /// name. Empty if the profile was never connected, because it belongs to no site yet.
    pub async fn mappings_of_other_profiles(&self, profile: &str) -> Result<Vec<OfOtherProfile>, Error> {
        let profiles: Vec<(String, String)> =
            sqlx::query_as("SELECT name, site_url FROM profiles ORDER BY name")
                .fetch_all(&self.pool)
                .await?;
        let Some(site) = profiles
            .iter()
            .find(|(name, _)| name == profile)
            .map(|(_, url)| normalized(url))
        else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for (name, url) in profiles {
            if name != profile && normalized(&url) == site {
                found.extend(
                    self.mappings(&name)
                        .await?
                        .into_iter()
                        .map(|mapping| OfOtherProfile {
                            profile: name.clone(),
                            mapping,
                        }),
                );
            }
        }
        Ok(found)
    }

    /// The organizations and customers that these licenses are mapped to now, by license.
    pub async fn mapped_to(
        &self,
        profile: &str,
        licenses: &[i64],
    ) -> Result<HashMap<i64, BTreeSet<(String, i64)>>, Error> {
        let mut mapped: HashMap<i64, BTreeSet<(String, i64)>> = HashMap::new();
        for licenses in licenses.chunks(ROWS) {
            let mut statement: QueryBuilder<Sqlite> = QueryBuilder::new(
                "SELECT license_id, organization_id, customer_id FROM mappings WHERE profile = ",
            );
            statement.push_bind(profile).push(" AND license_id IN (");
            let mut ids = statement.separated(", ");
            for license in licenses {
                ids.push_bind(license);
            }
            statement.push(")");
            let rows: Vec<(i64, String, i64)> = statement.build_query_as().fetch_all(&self.pool).await?;
            for (license, organization, customer) in rows {
                mapped
                    .entry(license)
                    .or_default()
                    .insert((organization, customer));
            }
        }
        Ok(mapped)
    }

    /// Stores mappings, all of them or none, and replaces those of the same organizations. A license that an
    /// organization leaves this way is expected to lose that organization's seats. A mapped organization is no
    /// longer ignored.
    pub async fn map(&self, profile: &str, mappings: &[Mapping]) -> Result<(), Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for rows in mappings.chunks(ROWS) {
            let mapped: Vec<&str> = rows
                .iter()
                .map(|mapping| mapping.organization.id.as_str())
                .collect();
            expect_falls(&mut transaction, profile, &mapped).await?;
            let mut statement: QueryBuilder<Sqlite> = QueryBuilder::new(
                "INSERT INTO mappings (profile, organization_id, organization_name, organization_number,
                     customer_id, customer_name, license_id, license_name, mapped_at, flag, seats,
                     rule_metric, rule_included, rule_minimum, rule_minimum_until, rule_highest) ",
            );
            statement.push_values(rows, |mut row, mapping| {
                row.push_bind(profile)
                    .push_bind(&mapping.organization.id)
                    .push_bind(&mapping.organization.name)
                    .push_bind(mapping.organization_number)
                    .push_bind(mapping.customer.id)
                    .push_bind(&mapping.customer.name)
                    .push_bind(mapping.license.id)
                    .push_bind(&mapping.license.name)
                    .push_bind(&mapping.mapped_at)
                    .push_bind(&mapping.flag)
                    .push_bind(mapping.seats)
                    .push_bind(mapping.rule.metric.map(SeatMetric::name))
                    .push_bind(mapping.rule.included)
                    .push_bind(mapping.rule.minimum.as_ref().map(|minimum| minimum.seats))
                    .push_bind(until(&mapping.rule))
                    .push_bind(mapping.rule.highest.map(Highest::name));
            });
            statement.push(
                " ON CONFLICT (profile, organization_id) DO UPDATE SET
                    organization_name = excluded.organization_name,
                    organization_number = excluded.organization_number,
                    customer_id = excluded.customer_id, customer_name = excluded.customer_name,
                    license_id = excluded.license_id, license_name = excluded.license_name,
                    mapped_at = excluded.mapped_at, flag = excluded.flag, seats = excluded.seats,
                    rule_metric = excluded.rule_metric, rule_included = excluded.rule_included,
                    rule_minimum = excluded.rule_minimum, rule_minimum_until = excluded.rule_minimum_until,
                    rule_highest = excluded.rule_highest",
            );
            statement.build().execute(&mut *transaction).await?;
            let mut statement: QueryBuilder<Sqlite> =
                QueryBuilder::new("DELETE FROM ignored WHERE profile = ");
            statement.push_bind(profile).push(" AND organization_id IN (");
            listed(&mut statement, &mapped);
            statement.build().execute(&mut *transaction).await?;
        }
        forget_unmapped(&mut transaction, profile).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Gives the mappings of these organizations other rules, all of them or none. A mapping that has been ended meanwhile
    /// stays ended.
    pub async fn set_rules(&self, profile: &str, rules: &[(String, Rule)]) -> Result<(), Error> {
        if rules.is_empty() {
            return Ok(());
        }
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for (organization, rule) in rules {
            sqlx::query(
                "UPDATE mappings SET rule_metric = $3, rule_included = $4, rule_minimum = $5,
                     rule_minimum_until = $6, rule_highest = $7
                 WHERE profile = $1 AND organization_id = $2",
            )
            .bind(profile)
            .bind(organization)
            .bind(rule.metric.map(SeatMetric::name))
            .bind(rule.included)
            .bind(rule.minimum.as_ref().map(|minimum| minimum.seats))
            .bind(until(rule))
            .bind(rule.highest.map(Highest::name))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Brings the names in mappings up to date. A mapping that has been ended meanwhile stays ended.
    pub async fn rename(&self, profile: &str, mappings: &[Mapping]) -> Result<(), Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for mapping in mappings {
            sqlx::query(
                "UPDATE mappings SET organization_name = $5, customer_name = $6, license_name = $7
                 WHERE profile = $1 AND organization_id = $2 AND customer_id = $3 AND license_id = $4",
            )
            .bind(profile)
            .bind(&mapping.organization.id)
            .bind(mapping.customer.id)
            .bind(mapping.license.id)
            .bind(&mapping.organization.name)
            .bind(&mapping.customer.name)
            .bind(&mapping.license.name)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Ends the mappings of these organizations, all of them or none. A license that they share with others is
    /// expected to lose their seats.
    pub async fn unmap(&self, profile: &str, organizations: &[String]) -> Result<(), Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for organizations in organizations.chunks(ROWS) {
            let leaving: Vec<&str> = organizations.iter().map(String::as_str).collect();
            expect_falls(&mut transaction, profile, &leaving).await?;
            let mut statement: QueryBuilder<Sqlite> =
                QueryBuilder::new("DELETE FROM mappings WHERE profile = ");
            statement.push_bind(profile).push(" AND organization_id IN (");
            listed(&mut statement, &leaving);
            statement.build().execute(&mut *transaction).await?;
        }
        forget_unmapped(&mut transaction, profile).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// The last day of a rule's minimum, as the state writes it.
fn until(rule: &Rule) -> Option<String> {
    let until = rule.minimum.as_ref()?.until?;
    Some(until.to_string())
}

/// A site's URL in a form that is the same for every spelling of it.
fn normalized(site_url: &str) -> String {
    let url = Url::parse(site_url).map_or_else(|_| site_url.trim().to_lowercase(), String::from);
    url.trim_end_matches('/').to_owned()
}

/// Called before organizations leave their licenses: the quantities of the last sync include their seats, and the next
/// sync takes them off.
async fn expect_falls(
    transaction: &mut sqlx::Transaction<'_, Sqlite>,
    profile: &str,
    leaving: &[&str],
) -> Result<(), Error> {
    let mut statement: QueryBuilder<Sqlite> = QueryBuilder::new(
        "UPDATE license_counts SET unlinked = unlinked + leaving.seats FROM
             (SELECT license_id, SUM(seats) AS seats FROM mappings WHERE profile = ",
    );
    statement
        .push_bind(profile)
        .push(" AND seats IS NOT NULL AND organization_id IN (");
    listed(&mut statement, leaving);
    statement
        .push(" GROUP BY license_id) AS leaving WHERE profile = ")
        .push_bind(profile)
        .push(" AND license_counts.license_id = leaving.license_id");
    statement.build().execute(&mut **transaction).await?;
    Ok(())
}

/// Writes the texts as the rest of an `IN (…)`.
fn listed(statement: &mut QueryBuilder<Sqlite>, texts: &[&str]) {
    let mut list = statement.separated(", ");
    for text in texts {
        list.push_bind((*text).to_owned());
    }
    list.push_unseparated(")");
}

/// Forgets licenses that nothing is mapped to any more, so that they do not count as "synced before" when they are
/// mapped again.
async fn forget_unmapped(
    transaction: &mut sqlx::Transaction<'_, Sqlite>,
    profile: &str,
) -> Result<(), Error> {
    sqlx::query(
        "DELETE FROM license_counts WHERE profile = $1 AND license_id NOT IN
             (SELECT license_id FROM mappings WHERE profile = $1)",
    )
    .bind(profile)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{lock_file::nobody, model::SeatMetric};

    fn mapping(organization: &str, license: i64) -> Mapping {
        Mapping {
            organization: Reference::new(organization.to_owned(), organization),
            organization_number: None,
            customer: Reference::new(7, "Customer"),
            license: Reference::new(license, "License"),
            mapped_at: super::super::now(),
            flag: None,
            seats: None,
            rule: Rule::default(),
        }
    }

    #[tokio::test]
    async fn other_profiles_are_those_of_the_same_site() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state.db"), &nobody)
            .await
            .unwrap();
        for (profile, site) in [
            ("mine", "https://acme.halopsa.com/"),
            ("brand", "https://ACME.halopsa.com:443"),
            ("elsewhere", "https://other.halopsa.com/"),
            ("port", "https://acme.halopsa.com:8443/"),
        ] {
            store.bind_site(profile, site).await.unwrap();
            store
                .map(profile, &[mapping(&format!("of {profile}"), 17)])
                .await
                .unwrap();
        }
        let others = async |profile: &str| -> Vec<(String, String)> {
            let others = store.mappings_of_other_profiles(profile).await.unwrap();
            others
                .into_iter()
                .map(|other| (other.profile, other.mapping.organization.id))
                .collect()
        };
        let pair = |profile: &str| vec![(profile.to_owned(), format!("of {profile}"))];
        assert_eq!(others("mine").await, pair("brand"));
        assert_eq!(others("brand").await, pair("mine"));
        assert_eq!(others("elsewhere").await, []);
        assert_eq!(others("never connected").await, []);
    }

    #[tokio::test]
    async fn seats_that_leave_a_license_are_expected_to_come_off() {
        use crate::model::Price;
        use crate::store::{ChangeStatus, NewChange, NewRun, OrganizationSeats};
        use std::collections::HashSet;
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state.db"), &nobody)
            .await
            .unwrap();
        let all = [mapping("a", 17), mapping("b", 17), mapping("c", 17)];
        store.map("p", &all).await.unwrap();
        let new_run = NewRun {
            command: "sync-seats",
            source: "api",
            metric: SeatMetric::Used,
            organizations: 3,
            note: None,
            undoes: None,
        };
        let run = store.begin_run("p", &new_run).await.unwrap();
        let seats = [("a", 50), ("b", 30), ("c", 20)].map(|(organization, seats)| OrganizationSeats {
            organization: Reference::new(organization.to_owned(), organization),
            seats: Some(seats),
            counted: None,
            metric: None,
        });
        let change = NewChange {
            license: Reference::new(17, "License"),
            customer: Reference::new(7, "Customer"),
            from: Some(1),
            to: Some(100),
            status: ChangeStatus::Intended,
            verified: false,
            reason: None,
            price: Price::default(),
            seats: seats.to_vec(),
        };
        store.record_changes("p", run, &[change]).await.unwrap();
        // One leaves while the run writes, one after it, and one for another license.
        let leaves = async |organization: &str| {
            store.unmap("p", &[organization.to_owned()]).await.unwrap();
        };
        let count = async || {
            let counts = store.license_counts("p").await.unwrap();
            counts.get(&17).map(|count| (count.count, count.unlinked))
        };
        let expected = |unlinked| Some((100, unlinked));
        leaves("c").await;
        store
            .record_written("p", run, &[], &HashSet::new())
            .await
            .unwrap();
        assert_eq!(count().await, expected(20));
        store.map("p", &[mapping("b", 18)]).await.unwrap();
        assert_eq!(count().await, expected(50));
        leaves("b").await;
        assert_eq!(count().await, expected(50));
        // When the last one leaves, the license is forgotten.
        leaves("a").await;
        assert_eq!(count().await, None);
    }
}
