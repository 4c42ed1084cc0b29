//! Candidates for tab completion: names from the state, without asking either service.

use std::ffi::OsString;

use clap_complete::CompletionCandidate;

use crate::{
    context::state_file,
    environment::Environment,
    profile::{Profiles, profile_name},
    reference::Reference,
    store::{NameKind, Store},
    text::{clean, folded},
};

/// Organizations that were read.
pub fn organizations() -> Vec<CompletionCandidate> {
    from_state(async |store, profile| {
        let mut names = store.names(profile, NameKind::Organization).await?;
        if names.is_empty() {
            names = mapped(store, profile).await?;
        }
        Ok(names)
    })
}

/// Organizations that are mapped.
pub fn mapped_organizations() -> Vec<CompletionCandidate> {
    from_state(mapped)
}

/// Customers that were read, and those that are mapped to.
pub fn customers() -> Vec<CompletionCandidate> {
    named(NameKind::Customer)
}

/// Licenses that were read.
pub fn licenses() -> Vec<CompletionCandidate> {
    named(NameKind::License)
}

/// Ticket types that were read.
pub fn ticket_types() -> Vec<CompletionCandidate> {
    named(NameKind::TicketType)
}

/// SLAs that were read.
pub fn slas() -> Vec<CompletionCandidate> {
    named(NameKind::Sla)
}

/// Priorities that were read.
pub fn priorities() -> Vec<CompletionCandidate> {
    named(NameKind::Priority)
}

/// Outcomes that were read.
pub fn outcomes() -> Vec<CompletionCandidate> {
    named(NameKind::Outcome)
}

/// Profiles that are connected.
pub fn profiles() -> Vec<CompletionCandidate> {
    let environment = Environment::Process;
    let names = crate::context::config_directory(&environment)
        .and_then(|directory| Profiles::new(&directory).names())
        .unwrap_or_default();
    names.into_iter().map(CompletionCandidate::new).collect()
}

fn named(kind: NameKind) -> Vec<CompletionCandidate> {
    from_state(async |store, profile| store.names(profile, kind).await)
}

async fn mapped(store: &Store, profile: &str) -> Result<Vec<Reference<String>>, crate::store::Error> {
    let mappings = store.mappings(profile).await?;
    Ok(mappings.into_iter().map(|mapping| mapping.organization).collect())
}

/// Reads names from the state. Whatever goes wrong, there are no candidates: a prompt is no place for errors.
fn from_state(
    read: impl AsyncFn(&Store, &str) -> Result<Vec<Reference<String>>, crate::store::Error>,
) -> Vec<CompletionCandidate> {
    let environment = Environment::Process;
    let profile = profile(&environment);
    let (Ok(runtime), Ok(path)) = (
        tokio::runtime::Builder::new_current_thread().enable_all().build(),
        state_file(&environment),
    ) else {
        return Vec::new();
    };
    if !path.exists() {
        return Vec::new();
    }
    let names = runtime.block_on(async {
        let store = Store::look(&path).await?;
        read(&store, &profile).await
    });
    // A name that several have is no help; their ids are.
    let names = names.unwrap_or_default();
    let mut seen = std::collections::HashMap::new();
    for name in &names {
        *seen.entry(folded(&name.name)).or_insert(0) += 1;
    }
    names
        .into_iter()
        .map(|name| {
            let shown = clean(&name.name);
            if seen.get(&folded(&name.name)) == Some(&1) {
                CompletionCandidate::new(shown).help(Some(name.id.into()))
            } else {
                CompletionCandidate::new(name.id).help(Some(shown.into()))
            }
        })
        .collect()
}

/// The profile of the line that is being completed.
fn profile(environment: &Environment) -> String {
    let words: Vec<OsString> = std::env::args_os().collect();
    let given = words
        .windows(2)
        .filter(|pair| pair[0] == "-p" || pair[0] == "--profile")
        .find_map(|pair| pair[1].to_str().map(ToOwned::to_owned));
    given
        .or_else(|| environment.get("HALOLINK_PROFILE"))
        .and_then(|name| profile_name(&name).ok())
        .unwrap_or_else(|| "default".to_owned())
}
