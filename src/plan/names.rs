//! Finding records by what people call them.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, HashMap},
};

use unicode_normalization::UnicodeNormalization;

/// How many near misses are suggested.
const SUGGESTIONS: usize = 3;
/// Below this similarity (0 to 1) a name is no suggestion.
const SIMILAR: f64 = 0.72;

/// A record that can be named.
pub trait Named {
    /// Every id it goes by.
    fn ids(&self) -> Vec<String>;
    /// Its name.
    fn name(&self) -> &str;
    /// Name and id, for messages.
    fn label(&self) -> String {
        match self.ids().first() {
            Some(id) => format!("{} ({id})", self.name()),
            None => self.name().to_owned(),
        }
    }
}

/// Why a text names no single record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// It fits several, by their labels.
    Ambiguous(Vec<String>),
    /// It fits none; the labels of the nearest.
    Unknown(Vec<String>),
}

/// Records by id and name.
pub struct Index<'a, T> {
    records: &'a [T],
    by_id: HashMap<String, usize>,
    by_name: BTreeMap<String, Vec<usize>>,
    /// Made for the first text that names nothing, and used for all of them.
    normalised: OnceCell<Vec<String>>,
}

impl<'a, T: Named> Index<'a, T> {
    /// An index over these records.
    pub fn new(records: &'a [T]) -> Self {
        let mut by_id = HashMap::with_capacity(records.len());
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (position, record) in records.iter().enumerate() {
            for id in record.ids() {
                by_id.entry(id).or_insert(position);
            }
            by_name.entry(folded(record.name())).or_default().push(position);
        }
        Self {
            records,
            by_id,
            by_name,
            normalised: OnceCell::new(),
        }
    }

    /// The record that a text names: by id, else by exact name without regard to case, else by unique
    /// prefix of a name.
    ///
    /// # Errors
    /// Why there is none, or not just one.
    pub fn find(&self, text: &str) -> Result<&'a T, Unresolved> {
        let text = text.trim();
        if let Some(position) = self.by_id.get(text) {
            return Ok(&self.records[*position]);
        }
        let wanted = folded(text);
        let found = match self.by_name.get(&wanted) {
            Some(exact) => exact.clone(),
            None if wanted.is_empty() => Vec::new(),
            None => self
                .by_name
                .range(wanted.clone()..)
                .take_while(|(name, _)| name.starts_with(&wanted))
                .flat_map(|(_, positions)| positions.iter().copied())
                .collect(),
        };
        match found.as_slice() {
            [position] => Ok(&self.records[*position]),
            [] => Err(Unresolved::Unknown(self.nearest(text))),
            several => Err(Unresolved::Ambiguous(
                several
                    .iter()
                    .map(|position| self.records[*position].label())
                    .collect(),
            )),
        }
    }

    fn nearest(&self, text: &str) -> Vec<String> {
        let wanted = normalised(text);
        let names = self.normalised.get_or_init(|| {
            self.records
                .iter()
                .map(|record| normalised(record.name()))
                .collect()
        });
        let mut scored: Vec<(f64, &T)> = self
            .records
            .iter()
            .zip(names)
            .map(|(record, name)| (similarity(&wanted, name), record))
            .filter(|(score, _)| *score >= SIMILAR)
            .collect();
        scored.sort_by(|(one, first), (other, second)| {
            other
                .total_cmp(one)
                .then_with(|| first.label().cmp(&second.label()))
        });
        scored
            .into_iter()
            .take(SUGGESTIONS)
            .map(|(_, record)| record.label())
            .collect()
    }
}

/// The order in which to offer records for a name: the likeliest first, then by name. Positions.
pub fn likeliest_first<T: Named>(name: &str, records: &[T]) -> Vec<usize> {
    let wanted = normalised(name);
    let mut scored: Vec<(f64, String, usize)> = records
        .iter()
        .enumerate()
        .map(|(position, record)| {
            let score = similarity(&wanted, &normalised(record.name()));
            // What is not alike at all is in the order of the alphabet.
            (
                if score < SIMILAR { 0.0 } else { score },
                folded(record.name()),
                position,
            )
        })
        .collect();
    scored.sort_by(|one, other| {
        other
            .0
            .total_cmp(&one.0)
            .then_with(|| (&one.1, one.2).cmp(&(&other.1, other.2)))
    });
    scored.into_iter().map(|(_, _, position)| position).collect()
}

/// How alike two normalised names are, from 0 to 1.
fn similarity(one: &str, other: &str) -> f64 {
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    if one == other {
        return 1.0;
    }
    let similar = strsim::jaro_winkler(one, other);
    // Words that one has more, as in "Northwind" and "Northwind Dental".
    let begins = |longer: &str, shorter: &str| {
        longer
            .strip_prefix(shorter)
            .is_some_and(|rest| rest.starts_with(' '))
    };
    let contained = begins(one, other) || begins(other, one);
    if contained {
        similar.max(0.95)
    } else {
        similar.min(0.94)
    }
}

/// A name without regard to case and surrounding space.
fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// A name without what differs between two systems: the tag of a linked organization (` [e9fd]`), case,
/// accents, punctuation, and the words for a company's legal form.
pub fn normalised(name: &str) -> String {
    const LEGAL_FORMS: [&str; 22] = [
        "ltd",
        "limited",
        "inc",
        "incorporated",
        "llc",
        "llp",
        "lp",
        "plc",
        "corp",
        "corporation",
        "co",
        "company",
        "gmbh",
        "ag",
        "kg",
        "bv",
        "nv",
        "sa",
        "sarl",
        "srl",
        "pty",
        "the",
    ];
    let plain: String = untagged(name)
        .replace('&', " and ")
        .nfkd()
        .filter(|character| !unicode_normalization::char::is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        // An apostrophe or a dot joins ("O'Brien", "B.V."), other punctuation parts.
        .filter(|character| !matches!(character, '\'' | '’' | '.'))
        .map(|character| {
            if character.is_alphanumeric() {
                character
            } else {
                ' '
            }
        })
        .collect::<String>()
        .replace('ß', "ss");
    let words: Vec<&str> = plain.split_whitespace().collect();
    let meaning: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !LEGAL_FORMS.contains(word))
        .collect();
    // A company may be called nothing but "The Company".
    if meaning.is_empty() {
        words.join(" ")
    } else {
        meaning.join(" ")
    }
}

/// A name without the tag that linking to NinjaOne appends: four hexadecimal digits in brackets.
pub fn untagged(name: &str) -> &str {
    let name = name.trim();
    let tag = name
        .strip_suffix(']')
        .and_then(|rest| rest.rsplit_once(" ["))
        .filter(|(_, tag)| tag.len() == 4 && tag.chars().all(|digit| digit.is_ascii_hexdigit()));
    match tag {
        Some((rest, _)) => rest.trim_end(),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Record(i64, &'static str);

    impl Named for Record {
        fn ids(&self) -> Vec<String> {
            vec![self.0.to_string()]
        }

        fn name(&self) -> &str {
            self.1
        }
    }

    const RECORDS: [Record; 6] = [
        Record(12, "Northwind Dental"),
        Record(13, "Northwind Dental Group"),
        Record(14, "Contoso Ltd [e9fd]"),
        Record(15, "Twin"),
        Record(16, "twin"),
        Record(17, "12"),
    ];

    fn find(text: &str) -> Result<i64, Unresolved> {
        Index::new(&RECORDS).find(text).map(|record| record.0)
    }

    #[test]
    fn by_id_then_exact_then_prefix() {
        assert_eq!(find("12"), Ok(12));
        assert_eq!(find("northwind DENTAL"), Ok(12));
        assert_eq!(find("Northwind Dental G"), Ok(13));
        assert_eq!(find("contoso ltd"), Ok(14));
    }

    #[test]
    fn several_are_listed() {
        assert_eq!(
            find("Northwind"),
            Err(Unresolved::Ambiguous(vec![
                "Northwind Dental (12)".to_owned(),
                "Northwind Dental Group (13)".to_owned(),
            ]))
        );
        assert!(matches!(find("TWIN"), Err(Unresolved::Ambiguous(labels)) if labels.len() == 2));
    }

    #[test]
    fn near_misses_are_suggested() {
        assert_eq!(
            find("Contosso"),
            Err(Unresolved::Unknown(vec!["Contoso Ltd [e9fd] (14)".to_owned()]))
        );
        assert_eq!(find("Zebra"), Err(Unresolved::Unknown(vec![])));
        assert_eq!(find(""), Err(Unresolved::Unknown(vec![])));
    }

    #[test]
    fn names_lose_what_differs_between_systems() {
        for (name, plain) in [
            ("Contoso Ltd [e9fd]", "contoso"),
            ("Müller & Söhne GmbH", "muller and sohne"),
            ("O'Brien's, Inc.", "obriens"),
            ("Weißbäckerei", "weissbackerei"),
            ("The Company", "the company"),
            ("Acme [West]", "acme west"),
        ] {
            assert_eq!(normalised(name), plain, "{name}");
        }
    }

    #[test]
    fn the_likeliest_is_offered_first() {
        let order = likeliest_first("Northwind Dental Ltd", &RECORDS);
        assert_eq!(&order[..2], &[0, 1]);
        assert_eq!(likeliest_first("Contoso", &RECORDS)[0], 2);
    }
}
