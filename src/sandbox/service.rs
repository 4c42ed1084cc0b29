//! Which of the two services.

use serde::Serialize;

/// One of the two services.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// The HaloPSA REST API.
    Halo,
    /// The SaaS Backup partner API.
    Backup,
}
