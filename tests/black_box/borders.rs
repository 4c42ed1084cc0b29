//! The borders inside the house: which module may import which. Read from the sources, where every import of
//! another module is written `crate::…` or `super::…`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use May::{Below, Only};

/// What a module may import.
#[derive(Clone, Copy)]
enum May {
    /// These modules, if they stand further up in the table.
    Only(&'static [&'static str]),
    /// Whatever stands further up in the table.
    Below,
}

/// The modules from the ground to the street. Nobody imports what stands further down than itself, so there is
/// no circle.
const HOUSE: &[(&str, May)] = &[
    // What is talked about, and thinking about it: no I/O, no clock, nothing of a service or the command line.
    ("text", Only(&[])),
    ("model", Only(&[])),
    ("change", Only(&["model", "text"])),
    ("plan", Only(&["change", "model", "text"])),
    ("report", Only(&["model", "plan", "text"])),
    // The ground: the system's files and variables, and how files and services write.
    ("environment", Only(&[])),
    ("files", Only(&[])),
    ("lock_file", Only(&["files"])),
    ("lenient", Only(&[])),
    ("spreadsheet", Only(&[])),
    // Services, state and secrets: none knows another, nor who asks.
    ("http", Only(&["text"])),
    ("halo", Only(&["http", "lenient", "model"])),
    ("backup", Only(&["http", "lenient", "model"])),
    ("store", Only(&["files", "lock_file", "model"])),
    ("secrets", Only(&["environment"])),
    ("sandbox", Only(&[])),
    // What went wrong, in words; where things are; whom one is connected to.
    (
        "failure",
        Only(&["backup", "halo", "http", "secrets", "store", "text"]),
    ),
    ("paths", Only(&["environment", "failure"])),
    (
        "profile",
        Only(&["failure", "files", "halo", "lock_file", "secrets"]),
    ),
    // Everything that a person sees, and what is typed.
    (
        "ui",
        Only(&["change", "failure", "http", "model", "spreadsheet", "text"]),
    ),
    (
        "complete",
        Only(&[
            "environment",
            "failure",
            "model",
            "paths",
            "profile",
            "store",
            "text",
        ]),
    ),
    (
        "cli",
        // The defaults of its flags about the rate limit stand beside the limiter.
        Only(&[
            "complete", "http", "model", "plan", "profile", "sandbox", "text", "ui",
        ]),
    ),
    ("invocation", Only(&["environment", "secrets", "ui"])),
    // One run of a command.
    ("context", Below),
    ("runner", Below),
    (
        "tour",
        Only(&[
            "environment",
            "failure",
            "invocation",
            "sandbox",
            "secrets",
            "text",
            "ui",
        ]),
    ),
    ("commands", Below),
    ("app", Below),
    ("main", Only(&["app", "cli", "complete", "failure", "invocation"])),
];

/// What has no business in some modules, whoever offers it.
const KEPT_OUT: &[(&[&str], &[&str])] = &[
    (
        &["model", "change", "plan", "report", "text"],
        &[
            "std::env",
            "std::fs",
            "std::io",
            "std::net",
            "std::process",
            "std::thread",
            "tokio",
            "reqwest",
            "sqlx",
            "SystemTime",
            "Instant",
            "Timestamp::now",
            "Zoned::now",
            "fastrand",
            "rand",
        ],
    ),
    (
        &["model", "change", "plan", "halo", "backup", "store", "http"],
        &["clap", "anyhow"],
    ),
    (&["model"], &["Deserialize", "serde_json"]),
    (&["halo", "backup"], &["sqlx"]),
    (&["store"], &["reqwest"]),
];

/// Modules, with the modules that each imports.
type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn nobody_imports_what_it_may_not() {
    let place: BTreeMap<&str, usize> = HOUSE
        .iter()
        .enumerate()
        .map(|(place, (module, _))| (*module, place))
        .collect();
    let mut wrong = Vec::new();
    for (module, imports) in of_top_level(&sources()) {
        let Some(&own) = place.get(module.as_str()) else {
            wrong.push(format!("{module} has no row in HOUSE: put it where it belongs"));
            continue;
        };
        for import in imports {
            let is_below = place.get(import.as_str()).is_some_and(|place| *place < own);
            let is_allowed = match HOUSE[own].1 {
                Below => true,
                Only(allowed) => allowed.contains(&import.as_str()),
            };
            if !is_below || !is_allowed {
                wrong.push(format!("{module} imports {import}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_modules_do_nothing_but_think_and_services_know_no_command_line() {
    let sources = sources();
    let mut wrong = Vec::new();
    for (modules, words) in KEPT_OUT {
        for source in sources.iter().filter(|source| modules.contains(&source.top())) {
            for word in *words {
                if has_path(&source.code, word) {
                    wrong.push(format!("{} uses {word}", source.module.join("::")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_is_no_circle() {
    let sources = sources();
    let mut circles: Vec<String> = circle(&of_top_level(&sources)).into_iter().collect();
    let directories: BTreeSet<&[String]> = sources
        .iter()
        .filter(|source| source.module.len() > 1)
        .map(|source| &source.module[..source.module.len() - 1])
        .collect();
    for directory in directories {
        circles.extend(circle(&inside(directory, &sources)));
    }
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn the_sources_are_understood() {
    let sources = sources();
    let imports = of_top_level(&sources);
    // Some that are known, written in each way.
    for (module, import) in [
        ("app", "commands"),
        ("halo", "http"),
        ("complete", "store"),
        ("main", "app"),
        ("sandbox", ""),
    ] {
        let imports = &imports[module];
        assert!(
            imports.contains(import) || (import.is_empty() && imports.is_empty()),
            "{module}: {imports:?}"
        );
    }
    let inside = inside(&["sandbox".to_owned()], &sources);
    // One through its path, one through what the parent offers of it.
    assert!(inside["exchange"].contains("shared"), "{inside:?}");
    assert!(inside["seed"].contains("records"), "{inside:?}");
    assert!(sources.len() > 100);
}

#[test]
fn a_forbidden_import_is_found_however_it_is_written() {
    let of = |code: &str| -> Vec<String> {
        let source = Source::new(vec!["plan".into(), "seats".into()], code);
        source.paths.iter().map(|path| path.join("::")).collect()
    };
    assert_eq!(of("use crate::store::Store;"), ["store::Store"]);
    assert_eq!(of("use super::super::halo;"), ["halo"]);
    assert_eq!(of("use super::names::Index;"), ["plan::names::Index"]);
    assert_eq!(
        of("use crate::{ui::{self, Ui}, http as h,};"),
        ["ui", "ui::Ui", "http"]
    );
    assert_eq!(
        of("fn f() -> crate::halo::Error { crate::ui::x::<u8>() }"),
        ["halo::Error", "ui::x"]
    );
    assert_eq!(
        of("pub(crate) fn f(c: &crate::context::Context) {}"),
        ["context::Context"]
    );
    assert_eq!(of("pub use crate::a::*;"), ["a"]);
    // What is none.
    let none: [&str; 5] = [
        "// use crate::store;\n/// crate::ui\n/* crate::ui /* crate::ui */ crate::ui */",
        "const A: &str = \"crate::store \\\" crate::ui\"; const B: char = '\"';",
        "const A: &str = r#\"crate::store \" crate::ui\"#;",
        "#[cfg(test)]\nmod tests { use crate::store::Store; fn f() { { crate::ui::x(\"}\") } } }",
        "#[cfg(test)]\nuse crate::store;",
    ];
    for code in none {
        assert_eq!(of(code), [""; 0], "{code}");
    }
    assert_eq!(of("#[cfg(test)]\nmod t { crate::a::B }\nuse crate::c;"), ["c"]);
    assert!(has_path("use std::{fs, io};\ntokio::spawn(x)", "tokio"));
    assert!(has_path("use std::fs;", "std::fs"));
    assert!(has_path("use std::{fs, io};", "std::fs"));
    assert!(has_path("let now = jiff::Timestamp::now();", "Timestamp::now"));
    assert!(!has_path("let instant = operand;", "rand"));
}

#[test]
fn a_circle_is_found_and_named() {
    let graph = |edges: &[(&str, &str)]| {
        let mut graph = Imports::new();
        for (from, to) in edges {
            graph
                .entry((*from).to_owned())
                .or_default()
                .insert((*to).to_owned());
            graph.entry((*to).to_owned()).or_default();
        }
        circle(&graph)
    };
    assert_eq!(graph(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]), None);
    assert_eq!(graph(&[("a", "b"), ("b", "a")]).as_deref(), Some("a -> b -> a"));
    assert_eq!(
        graph(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")]).as_deref(),
        Some("b -> c -> d -> b")
    );
}

/// A source file, without its tests.
struct Source {
    /// Its module's path from the crate's root.
    module: Vec<String>,
    code: String,
    /// What it imports, as paths from the crate's root.
    paths: Vec<Vec<String>>,
}

impl Source {
    fn new(module: Vec<String>, text: &str) -> Self {
        let code = without_tests(&bare(text));
        let paths = imported(&code, &module);
        Self { module, code, paths }
    }

    fn top(&self) -> &str {
        &self.module[0]
    }
}

/// Every source but `lib.rs`, which declares the others, and tests in files of their own.
fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    read(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src").as_path(),
        &[],
        &mut found,
    );
    found
}

fn read(directory: &Path, parents: &[String], found: &mut Vec<Source>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let module: Vec<String> = parents.iter().cloned().chain([name.clone()]).collect();
        if path.is_dir() {
            read(&path, &module, found);
        } else if path.extension().is_some_and(|kind| kind == "rs")
            && !["lib", "tests"].contains(&name.as_str())
        {
            let text = fs::read_to_string(&path).unwrap();
            // The program imports the library by its name.
            let text = text.replace("halolink::", "crate::");
            found.push(Source::new(module, &text));
        }
    }
}

/// What each top-level module imports of the others.
fn of_top_level(sources: &[Source]) -> Imports {
    let modules: BTreeSet<&str> = sources.iter().map(Source::top).collect();
    let mut imports = Imports::new();
    for source in sources {
        let of_this = imports.entry(source.top().to_owned()).or_default();
        // What is none of the house is a name at the root; there is none.
        of_this.extend(
            source
                .paths
                .iter()
                .map(|path| path[0].clone())
                .filter(|path| path != source.top() && modules.contains(path.as_str())),
        );
    }
    // The terminal is the program's own module.
    imports.remove("terminal");
    imports
}

/// What each module of a directory imports of the others. A name that their parent offers (`super::World`) is
/// counted as an import of the module that it is from.
fn inside(directory: &[String], sources: &[Source]) -> Imports {
    let depth = directory.len();
    let members: BTreeSet<&str> = sources
        .iter()
        .filter(|source| source.module.len() > depth && source.module.starts_with(directory))
        .map(|source| source.module[depth].as_str())
        .collect();
    let offered: BTreeMap<String, String> = sources
        .iter()
        .filter(|source| source.module == directory)
        .flat_map(|parent| offered(&parent.code))
        .collect();
    let mut imports: Imports = members
        .iter()
        .map(|member| ((*member).to_owned(), BTreeSet::new()))
        .collect();
    for source in sources {
        if source.module.len() <= depth || !source.module.starts_with(directory) {
            continue;
        }
        let own = &source.module[depth];
        for path in source
            .paths
            .iter()
            .filter(|path| path.len() > depth && path.starts_with(directory))
        {
            let name = &path[depth];
            let member = offered.get(name).unwrap_or(name);
            if member != own && members.contains(member.as_str()) {
                imports.entry(own.clone()).or_default().insert(member.clone());
            }
        }
    }
    imports
}

/// The names that a module offers of its own modules (`pub use world::World`), with the module each is from.
fn offered(code: &str) -> Vec<(String, String)> {
    code.match_indices("use ")
        .filter(|(start, _)| code[..*start].trim_end().ends_with("pub"))
        .flat_map(|(start, _)| tree(&code[start + "use ".len()..]))
        .filter(|path| path.len() > 1)
        .map(|path| (path[path.len() - 1].clone(), path[0].clone()))
        .collect()
}

/// The first circle, as `a -> b -> a`.
fn circle(imports: &Imports) -> Option<String> {
    fn visit<'a>(
        module: &'a str,
        imports: &'a Imports,
        way: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<String> {
        if let Some(start) = way.iter().position(|passed| *passed == module) {
            return Some(format!("{} -> {module}", way[start..].join(" -> ")));
        }
        if done.contains(module) {
            return None;
        }
        way.push(module);
        let found = imports
            .get(module)
            .into_iter()
            .flatten()
            .find_map(|import| visit(import, imports, way, done));
        way.pop();
        done.insert(module);
        found
    }
    let mut done = BTreeSet::new();
    imports
        .keys()
        .find_map(|module| visit(module, imports, &mut Vec::new(), &mut done))
}

/// The code without comments and without what is in literals.
fn bare(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let raw = rest
            .strip_prefix("r")
            .map(|after| after.len() - after.trim_start_matches('#').len());
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment(rest)
        } else if let Some(hashes) = raw
            && rest[1 + hashes..].starts_with('"')
            && !code.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_')
        {
            let end = format!("\"{}", "#".repeat(hashes));
            let body = 2 + hashes;
            body + rest[body..].find(&end).unwrap() + end.len()
        } else if first == '"' {
            let mut is_escaped = false;
            1 + rest[1..]
                .find(|letter| {
                    let ends = letter == '"' && !is_escaped;
                    is_escaped = letter == '\\' && !is_escaped;
                    ends
                })
                .unwrap()
                + 1
        } else if rest.starts_with("'\"'") || rest.starts_with("'{'") || rest.starts_with("'}'") {
            3
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        rest = &rest[length..];
    }
    code
}

/// The length of a block comment, in which there may be others.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += text[at..].chars().next().unwrap().len_utf8();
        }
        if depth == 0 {
            return at;
        }
    }
}

/// The code without what is compiled for tests only: the item after `#[cfg(test)]`, to its `;` or closing brace.
fn without_tests(code: &str) -> String {
    let mut kept = String::new();
    let mut rest = code;
    while let Some(start) = rest.find("#[cfg(test)]") {
        kept.push_str(&rest[..start]);
        let item = &rest[start..];
        let mut depth = 0;
        let end = item.find(|letter| {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0 && (letter == '}' || letter == ';')
        });
        rest = &item[end.unwrap() + 1..];
    }
    kept.push_str(rest);
    kept
}

/// The paths in the code that begin with `crate::` or `super::`, from the crate's root.
fn imported(code: &str, module: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = ["crate::", "super::"]
        .iter()
        .filter_map(|word| code[at..].find(word))
        .min()
    {
        let start = at + start;
        let is_word =
            !code[..start].ends_with(|letter: char| letter.is_alphanumeric() || "_:$".contains(letter));
        let mut rest = &code[start..];
        let mut base: &[String] = module;
        while let Some(after) = rest.strip_prefix("super::") {
            base = &base[..base.len().saturating_sub(1)];
            rest = after;
        }
        if let Some(after) = rest.strip_prefix("crate::") {
            base = &[];
            rest = after;
        }
        if is_word {
            let paths = tree(rest).into_iter().map(|path| [base, &path].concat());
            found.extend(paths.filter(|path| !path.is_empty()));
        }
        at = code.len() - rest.len();
    }
    found
}

/// The paths of a use tree: `a::{b, c::D as E, self}` is `a::b`, `a::c::D` and `a`.
fn tree(text: &str) -> Vec<Vec<String>> {
    let text = text.trim_start();
    if let Some(list) = text.strip_prefix('{') {
        return branches(list).into_iter().flat_map(tree).collect();
    }
    let end = text
        .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() || name == "self" {
        return vec![Vec::new()];
    }
    let below = match rest.strip_prefix("::") {
        Some(below) => tree(below),
        None => vec![Vec::new()],
    };
    below
        .into_iter()
        .map(|path| [vec![name.to_owned()], path].concat())
        .collect()
}

/// The parts of a list in braces, of which the first is gone, to the one that closes it.
fn branches(list: &str) -> Vec<&str> {
    let mut depth = 0;
    let mut start = 0;
    let mut parts = Vec::new();
    for (at, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
                if letter == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// Whether the code uses a path, also as part of a list in braces (`std::{fs, io}`).
fn has_path(code: &str, path: &str) -> bool {
    let wanted: Vec<&str> = path.split("::").collect();
    code.match_indices(wanted[0]).any(|(start, _)| {
        !code[..start].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_')
            && tree(&code[start..]).iter().any(|found| {
                found.len() >= wanted.len()
                    && found.iter().zip(&wanted).all(|(found, wanted)| found == wanted)
            })
    })
}
