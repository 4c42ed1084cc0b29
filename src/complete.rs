//! Candidates for tab completion: names from the state, without asking either service, quoted so that the shell
//! passes each to the program unchanged.

mod line;
mod shells;

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    ffi::{OsStr, OsString},
    io::{self, Write},
    sync::OnceLock,
};

use clap_complete::{CompleteEnv, CompletionCandidate, env::Shells};

use shells::Completer;

use crate::{
    environment::Environment,
    failure::Kind,
    model::Reference,
    paths::state_file,
    profile::{DEFAULT_PROFILE, Profiles, profile_name},
    store::{NameKind, Store},
    text::{Text, cleaned},
};

/// Offers the organizations that have been read.
pub fn organizations(typed: &OsStr) -> Vec<CompletionCandidate> {
    from_state(typed, async |store, profile| {
        let mut names = store.names(profile, NameKind::Organization).await?;
        if names.is_empty() {
            names = mapped(store, profile).await?;
        }
        Ok(names)
    })
}

/// Offers the organizations that are mapped.
pub fn mapped_organizations(typed: &OsStr) -> Vec<CompletionCandidate> {
    from_state(typed, mapped)
}

/// Offers the organizations that have been read, or the ignored ones if the line has `--remove`.
pub fn organizations_to_ignore(typed: &OsStr) -> Vec<CompletionCandidate> {
    if !LINE.get().is_some_and(|line| line.removes) {
        return organizations(typed);
    }
    from_state(typed, async |store, profile| {
        let ignored = store.ignored(profile).await?;
        Ok(ignored.into_iter().map(|ignored| ignored.organization).collect())
    })
}

/// Offers the customers that have been read, and those that are mapped to.
pub fn customers(typed: &OsStr) -> Vec<CompletionCandidate> {
    named(NameKind::Customer, typed)
}

/// Offers the licenses that have been read.
pub fn licenses(typed: &OsStr) -> Vec<CompletionCandidate> {
    named(NameKind::License, typed)
}

/// Offers the ticket types that have been read.
pub fn ticket_types(typed: &OsStr) -> Vec<CompletionCandidate> {
    named(NameKind::TicketType, typed)
}

/// Offers the SLAs that have been read.
pub fn slas(typed: &OsStr) -> Vec<CompletionCandidate> {
    named(NameKind::Sla, typed)
}

/// Offers the priorities that have been read.
pub fn priorities(typed: &OsStr) -> Vec<CompletionCandidate> {
    named(NameKind::Priority, typed)
}

/// Offers the outcomes that have been read.
pub fn outcomes(typed: &OsStr) -> Vec<CompletionCandidate> {
    named(NameKind::Outcome, typed)
}

/// Offers the profiles that are connected.
pub fn profiles(typed: &OsStr) -> Vec<CompletionCandidate> {
    let environment = Environment::Process;
    let names = crate::paths::config_directory(&environment)
        .and_then(|directory| Profiles::new(&directory).names())
        .unwrap_or_default();
    let typed = typed.to_string_lossy();
    let begun = names.into_iter().filter(|name| name.starts_with(&*typed));
    begun.map(CompletionCandidate::new).collect()
}

fn named(kind: NameKind, typed: &OsStr) -> Vec<CompletionCandidate> {
    from_state(typed, async |store, profile| store.names(profile, kind).await)
}

async fn mapped(store: &Store, profile: &str) -> Result<Vec<Reference<String>>, crate::store::Error> {
    let mappings = store.mappings(profile).await?;
    Ok(mappings.into_iter().map(|mapping| mapping.organization).collect())
}

/// Reads names from the state. If anything goes wrong there are no candidates: a prompt is no place for errors.
fn from_state(
    typed: &OsStr,
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
        let store = Store::open_read_only(&path).await?;
        read(&store, &profile).await
    });
    offered(&names.unwrap_or_default(), &typed.to_string_lossy())
}

/// A record's name, as it is printed and as it is compared.
struct Name<'a> {
    reference: &'a Reference<String>,
    printed: Cow<'a, str>,
    folded: String,
}

/// The candidates for what was typed, in alphabetical order: the name if it names only that record, else the id.
fn offered(names: &[Reference<String>], typed: &str) -> Vec<CompletionCandidate> {
    let all: Vec<Name> = names
        .iter()
        .map(|reference| {
            let printed = cleaned(&reference.name);
            Name {
                folded: printed.to_lowercase(),
                printed,
                reference,
            }
        })
        .collect();
    let mut begun: Vec<&Name> = all
        .iter()
        .filter(|name| name.printed.starts_with(typed) || cleaned(&name.reference.id).starts_with(typed))
        .collect();
    begun.sort_by_cached_key(|name| (name.reference.name.to_ascii_lowercase(), &name.reference.id));
    // How many records have each of the names that may be offered.
    let mut bearers: HashMap<&str, usize> = begun.iter().map(|name| (name.folded.as_str(), 0)).collect();
    for name in &all {
        if let Some(bearers) = bearers.get_mut(name.folded.as_str()) {
            *bearers += 1;
        }
    }
    // The names among them that are the id of a record.
    let printed: HashSet<&str> = begun.iter().map(|name| name.printed.as_ref()).collect();
    let ids: HashSet<&str> = names
        .iter()
        .map(|name| name.id.as_str())
        .filter(|id| printed.contains(id))
        .collect();
    begun
        .iter()
        .filter_map(|name| {
            let (printed, id) = (name.printed.as_ref(), cleaned(&name.reference.id));
            let is_name = bearers.get(name.folded.as_str()) == Some(&1)
                && !printed.starts_with('-')
                && !ids.contains(printed)
                // A text that looks like an id is looked up as one.
                && !printed.chars().all(|letter| letter.is_ascii_digit() || letter == '-');
            let (value, help) = match () {
                () if is_name => (printed, id.as_ref()),
                () if id.is_empty() || id.starts_with('-') => return None,
                () => (id.as_ref(), printed),
            };
            value.starts_with(typed).then(|| {
                CompletionCandidate::new(value)
                    .help(Some(help.to_owned().into()))
                    // No one sees it, but without one clap renders the argument for each candidate.
                    .tag(Some("names".into()))
            })
        })
        .collect()
}

/// What candidates need to know about the line being completed.
struct Line {
    /// The profile that it names, if any.
    profile: Option<String>,
    /// Whether it has `--remove`.
    removes: bool,
}

static LINE: OnceLock<Line> = OnceLock::new();

/// Notes what the candidates need to know about the line being completed.
fn set_line(command: &clap::Command, words: &[OsString]) {
    let words: Vec<String> = words
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    // A process completes only one line.
    let _ = LINE.set(Line {
        profile: profile_in(command, &words),
        removes: words.iter().any(|word| word == "--remove"),
    });
}

/// The profile on the line being completed.
fn profile(environment: &Environment) -> String {
    LINE.get()
        .and_then(|line| line.profile.clone())
        .or_else(|| environment.get("HALOLINK_PROFILE"))
        .and_then(|name| profile_name(&name).ok())
        .unwrap_or_else(|| DEFAULT_PROFILE.to_owned())
}

/// The profile that the words name, before `--` and before the last word, which is being typed.
fn profile_in(command: &clap::Command, words: &[String]) -> Option<String> {
    let arguments = || {
        command
            .get_arguments()
            .chain(command.get_subcommands().flat_map(clap::Command::get_arguments))
            .filter(|argument| argument.get_action().takes_values())
    };
    let short_takes = |letter: char| arguments().any(|argument| argument.get_short() == Some(letter));
    let long_takes = |name: &str| {
        arguments().any(|argument| {
            argument
                .get_long_and_visible_aliases()
                .is_some_and(|longs| longs.contains(&name))
        })
    };
    let (_, typed) = words.split_last()?;
    let mut words = typed.iter().skip(1).map(String::as_str);
    let mut profile = None;
    while let Some(word) = words.next().filter(|word| *word != "--") {
        if let Some(long) = word.strip_prefix("--") {
            match long.split_once('=') {
                Some(("profile", value)) => profile = Some(value),
                None if long == "profile" => profile = words.next(),
                None if long_takes(long) => drop(words.next()),
                _ => {}
            }
        } else if let Some(shorts) = word.strip_prefix('-')
            && let Some((start, letter)) = shorts.char_indices().find(|(_, letter)| short_takes(*letter))
        {
            let attached = shorts
                .get(start + letter.len_utf8()..)
                .filter(|rest| !rest.is_empty());
            let value = attached
                .map(|rest| rest.strip_prefix('=').unwrap_or(rest))
                .or_else(|| words.next());
            if letter == 'p' {
                profile = value;
            }
        }
    }
    profile.map(ToOwned::to_owned)
}

/// Answers a shell that asks for candidates, or for its registration script (`COMPLETE=bash` and so on). Returns the
/// exit code, or `None` if no shell is asking.
pub fn answer(command: fn() -> clap::Command) -> Option<u8> {
    let shells = Shells(&[
        &Completer(shells::Bash),
        &Completer(shells::Elvish),
        &Completer(shells::Fish),
        &Completer(shells::PowerShell),
        &Completer(shells::Zsh),
    ]);
    let directory = std::env::current_dir().ok();
    let answered = CompleteEnv::with_factory(command)
        .shells(shells)
        .try_complete(std::env::args_os(), directory.as_deref())
        .and_then(|answered| {
            io::stdout().flush()?;
            Ok(answered)
        });
    match answered {
        Ok(false) => None,
        Ok(true) => Some(0),
        Err(error) => {
            // If stderr is closed, there is no one to tell.
            let _ = write!(io::stderr(), "{}", Text::laid_out(&error.to_string()));
            Some(Kind::Failed.exit_code())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_profile_is_found_wherever_it_stands() {
        let command = crate::cli::Cli::command();
        let found = |line: &str| {
            let words: Vec<String> = line.split(' ').map(ToOwned::to_owned).collect();
            profile_in(&command, &words)
        };
        for line in [
            "halolink --profile north map-org ",
            "halolink map-org --profile=north ",
            "halolink -pnorth map-org ",
            "halolink -p=north map-org ",
            "halolink -qp north map-org ",
            "halolink -yqpnorth map-org ",
            "halolink map-org --customer -p -p north ",
            "halolink map-org x -p north --customer ",
        ] {
            assert_eq!(found(line).as_deref(), Some("north"), "{line}");
        }
        for line in [
            "halolink map-org ",
            "halolink map-org --profile",
            "halolink map-org --profile ",
            "halolink map-org --profile=north",
            "halolink map-org -- --profile=north ",
            "halolink map-org --customer --profile=north ",
            "halolink map-org -ojson -q ",
        ] {
            assert_eq!(found(line).filter(|name| !name.is_empty()), None, "{line}");
        }
    }

    #[test]
    fn a_name_that_would_name_another_is_offered_by_its_id() {
        let names = [
            ("1-1", "Contoso"),
            ("1-2", "-rf"),
            ("1-3", "Twin"),
            ("1-4", "t\u{200b}win"),
            ("1-5", "1-1"),
            ("1-6", "1788161-14"),
            ("1-7", "\u{200b}"),
            ("--all", "--all"),
            ("1-8", "Go\u{1b}[2Jld"),
        ];
        let names = names.map(|(id, name)| Reference::new(id.to_owned(), name));
        let values = |typed: &str| -> Vec<String> {
            offered(&names, typed)
                .iter()
                .map(|candidate| candidate.get_value().to_string_lossy().into_owned())
                .collect()
        };
        // In the order of the names.
        assert_eq!(
            values(""),
            ["1-2", "1-5", "1-6", "Contoso", "Go[2Jld", "1-3", "1-4", "1-7"]
        );
        // Others are counted also where they do not begin with what was typed.
        assert_eq!(values("T"), [""; 0]);
        assert_eq!(values("1-3"), ["1-3"]);
        assert_eq!(values("Co"), ["Contoso"]);
    }
}
