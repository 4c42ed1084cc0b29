//! Halo's access tokens.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use fastrand::Rng;

use super::{Fault, credentials::token, fault_injection::Faults};

/// How many requests a token is good for while [`Fault::TokenDies`] is on.
const SHORT_WORTH: u32 = 6;

/// The tokens that were issued and have not expired.
pub(super) struct Tokens {
    random: Rng,
    issued: HashMap<String, Grant>,
}

/// What a token grants.
struct Grant {
    scopes: Vec<String>,
    expires: Instant,
    used: u32,
}

impl Tokens {
    pub(super) fn new() -> Self {
        Self {
            random: Rng::new(),
            issued: HashMap::new(),
        }
    }

    /// A new token, which looks like a JWT but has no content.
    pub(super) fn issue(&mut self, scopes: Vec<String>, lifetime: Duration) -> String {
        let now = Instant::now();
        self.issued.retain(|_, grant| grant.expires > now);
        let access_token = self.jwt();
        self.issued.insert(
            access_token.clone(),
            Grant {
                scopes,
                expires: now + lifetime,
                used: 0,
            },
        );
        access_token
    }

    /// Something that looks like a JWT.
    pub(super) fn jwt(&mut self) -> String {
        format!(
            "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.{}.{}",
            token(&mut self.random, 180),
            token(&mut self.random, 86)
        )
    }

    /// Uses a token for one request and gives its scopes; `None` if it is unknown, expired or used up.
    pub(super) fn spend(&mut self, access_token: &str, faults: &Faults) -> Option<&[String]> {
        let grant = self.issued.get_mut(access_token)?;
        if grant.expires <= Instant::now() || (grant.used >= SHORT_WORTH && faults.strikes(Fault::TokenDies))
        {
            return None;
        }
        grant.used += 1;
        Some(&grant.scopes)
    }
}
