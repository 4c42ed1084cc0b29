//! The credentials that a client needs.

use std::fmt;

use fastrand::Rng;

/// The credentials of one sandbox. They are good for nothing but that sandbox; even so, `Debug` does not print the
/// secret ones, so that tests that look for leaks find only real ones.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Halo's client id, a GUID.
    pub client_id: String,
    /// Halo's client secret: two GUIDs joined by a dash.
    pub client_secret: String,
    /// The Halo tenant, which a token request names in its query.
    pub tenant: String,
    /// SaaS Backup's `X-Reseller-Token`.
    pub reseller_token: String,
    /// SaaS Backup's partner-wide `X-Access-Token`.
    pub access_token: String,
}

impl Credentials {
    /// Credentials that look like those of the two services.
    pub(super) fn seeded(random: &mut Rng) -> Self {
        Self {
            client_id: guid(random),
            client_secret: format!("{}-{}", guid(random), guid(random)),
            tenant: "northstar-it".to_owned(),
            reseller_token: guid(random),
            access_token: token(random, 20),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credentials")
            .field("client_id", &self.client_id)
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

/// A random version 4 GUID.
pub(super) fn guid(random: &mut Rng) -> String {
    uuid::Builder::from_random_bytes(random.u128(..).to_be_bytes())
        .into_uuid()
        .to_string()
}

/// Random letters and digits.
pub(super) fn token(random: &mut Rng, length: usize) -> String {
    std::iter::repeat_with(|| random.alphanumeric())
        .take(length)
        .collect()
}
