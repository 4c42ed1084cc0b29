//! Finding records by what people call them.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, HashMap},
};

use unicode_normalization::UnicodeNormalization;

use crate::text::{clean, folded};

/// How many similar names are suggested.
const SUGGESTIONS: usize = 3;
/// The lowest similarity, from 0 to 1, of a suggested name.
const SIMILAR: f64 = 0.72;

/// A record that can be found by a name or an id.
pub trait Named {
    /// All its ids.
    fn ids(&self) -> Vec<String>;
    /// Its name.
    fn name(&self) -> &str;
    /// Name and id, for messages.
    fn label(&self) -> String {
        match self.ids().first() {
            Some(id) => clean(&format!("{} ({id})", self.name())),
            None => clean(self.name()),
        }
    }
}

/// Why a text does not name exactly one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// It fits several; their labels.
    Ambiguous(Vec<String>),
    /// It fits none; the labels of the most similar.
    Unknown(Vec<String>),
}

/// Records by id and name.
pub struct Index<'a, T> {
    records: &'a [T],
    by_id: HashMap<String, Vec<usize>>,
    by_name: BTreeMap<String, Vec<usize>>,
    /// Built when the first text names nothing, and used for all of them.
    normalised: OnceCell<Vec<String>>,
}

impl<'a, T: Named> Index<'a, T> {
    /// An index over these records.
    pub fn new(records: &'a [T]) -> Self {
        let mut by_id = HashMap::with_capacity(records.len());
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (position, record) in records.iter().enumerate() {
            for id in record.ids() {
                let positions: &mut Vec<usize> = by_id.entry(clean(&id)).or_default();
                if positions.last() != Some(&position) {
                    positions.push(position);
                }
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

    /// The record that a text names: by id, else by exact name regardless of case, else by both as in a label, else
    /// by unique prefix of a name. Both sides are compared as they are printed, so that whatever is printed can be
    /// typed.
    ///
    /// # Errors
    /// It names none, or more than one.
    pub fn find(&self, text: &str) -> Result<&'a T, Unresolved> {
        let exact_id = text.trim();
        let text = &clean(text);
        let wanted = folded(text);
        let with_id = self.by_id.get(text).map_or(&[][..], Vec::as_slice);
        let exactly = with_id
            .iter()
            .find(|position| self.records[**position].ids().iter().any(|id| id == exact_id));
        let found = match self.by_name.get(&wanted) {
            _ if wanted.is_empty() => Vec::new(),
            _ if let Some(position) = exactly => vec![*position],
            _ if !with_id.is_empty() => with_id.to_vec(),
            Some(exact) => exact.clone(),
            _ if let Some(position) = self.labelled(text) => vec![position],
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

    /// The record with this label: `Name (id)`.
    fn labelled(&self, text: &str) -> Option<usize> {
        let (name, id) = text.strip_suffix(')')?.rsplit_once(" (")?;
        let same = |position: &&usize| folded(self.records[**position].name()) == folded(name);
        match self.by_id.get(id)?.iter().filter(same).collect::<Vec<_>>()[..] {
            [position] => Some(*position),
            _ => None,
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

/// The positions of the records in the order in which to offer them for a name: the likeliest first, then by name.
pub fn likeliest_first<T: Named>(name: &str, records: &[T]) -> Vec<usize> {
    let wanted = normalised(name);
    let mut scored: Vec<(f64, String, usize)> = records
        .iter()
        .enumerate()
        .map(|(position, record)| {
            let score = similarity(&wanted, &normalised(record.name()));
            // Names that are not alike at all are in alphabetical order.
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

/// The similarity of two normalized names, from 0 to 1.
fn similarity(one: &str, other: &str) -> f64 {
    // No name is like another that is none.
    if one.is_empty() {
        return 0.0;
    }
    if one == other {
        return 1.0;
    }
    let similar = strsim::jaro_winkler(one, other);
    // One name may have additional words, as in "Northwind" and "Northwind Dental".
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

/// From this similarity on, two names are spellings of one company's name.
const ALIKE: f64 = 0.88;
/// From this similarity on, two words are spellings of the same word.
const ALIKE_WORD: f64 = 0.91;

/// Words in the names of so many companies that sharing one means nothing.
const COMMON: [&str; 125] = [
    "academy",
    "accountancy",
    "accountants",
    "accounting",
    "advisors",
    "agency",
    "airlines",
    "american",
    "and",
    "architects",
    "associates",
    "association",
    "automotive",
    "bakery",
    "bank",
    "banking",
    "bar",
    "black",
    "blue",
    "branch",
    "british",
    "brothers",
    "builders",
    "building",
    "business",
    "cafe",
    "capital",
    "care",
    "catering",
    "center",
    "central",
    "centre",
    "church",
    "city",
    "clinic",
    "club",
    "coffee",
    "college",
    "computers",
    "construction",
    "consultants",
    "consulting",
    "council",
    "creative",
    "dental",
    "design",
    "development",
    "digital",
    "east",
    "electric",
    "electrical",
    "energy",
    "engineering",
    "enterprises",
    "estate",
    "estates",
    "europe",
    "european",
    "farm",
    "farms",
    "finance",
    "financial",
    "first",
    "food",
    "foods",
    "for",
    "foundation",
    "general",
    "global",
    "golden",
    "green",
    "group",
    "health",
    "healthcare",
    "holding",
    "holdings",
    "hospital",
    "hotel",
    "hotels",
    "house",
    "india",
    "industries",
    "insurance",
    "international",
    "law",
    "legal",
    "logistics",
    "management",
    "marketing",
    "media",
    "medical",
    "national",
    "new",
    "north",
    "northern",
    "office",
    "partners",
    "partnership",
    "pharmacy",
    "practice",
    "print",
    "properties",
    "property",
    "real",
    "red",
    "restaurant",
    "royal",
    "saint",
    "school",
    "service",
    "services",
    "shop",
    "solutions",
    "sons",
    "south",
    "store",
    "studio",
    "systems",
    "technologies",
    "technology",
    "trading",
    "travel",
    "trust",
    "united",
    "west",
];

/// True if two names are so different that they hardly belong to one company. Tolerant: another spelling, a part of
/// the name, a shared distinctive word, or initials make them near enough. A text that is no name (such as an id
/// typed instead) is not far from any.
pub fn far_apart(one: &str, other: &str) -> bool {
    let (one_name, other_name) = (normalised(one), normalised(other));
    let is_name = |text: &str| text.chars().any(char::is_alphabetic);
    if !is_name(&one_name) || !is_name(&other_name) {
        return false;
    }
    let (one_joined, other_joined) = (one_name.replace(' ', ""), other_name.replace(' ', ""));
    if similarity(&one_name, &other_name) >= ALIKE
        || strsim::jaro_winkler(&one_joined, &other_joined) >= ALIKE
    {
        return false;
    }
    let one_words: Vec<&str> = one_name.split(' ').collect();
    let other_words: Vec<&str> = other_name.split(' ').collect();
    let is_part =
        |part: &[&str], whole: &[&str]| part.iter().all(|word| whole.contains(word) && word.len() > 1);
    let near = is_part(&one_words, &other_words)
        || is_part(&other_words, &one_words)
        || share_a_word(&one_words, &other_words)
        || has_own_word(&one_words, &other_joined)
        || has_own_word(&other_words, &one_joined)
        || are_initials(&one_joined, &one_words, other)
        || are_initials(&other_joined, &other_words, one);
    !near
}

/// True if a word distinguishes companies.
fn is_own(word: &str) -> bool {
    word.chars().count() >= 3 && word.chars().any(char::is_alphabetic) && !COMMON.contains(&word)
}

fn share_a_word(one: &[&str], other: &[&str]) -> bool {
    let long = |word: &str| word.chars().count() >= 5;
    one.iter().copied().filter(|word| is_own(word)).any(|word| {
        other.iter().copied().filter(|word| is_own(word)).any(|with| {
            word == with
                || (long(word)
                    && long(with)
                    && (word.starts_with(with)
                        || with.starts_with(word)
                        || strsim::jaro_winkler(word, with) >= ALIKE_WORD))
        })
    })
}

/// True if a name without its spaces contains a long word of another, as domain names do.
fn has_own_word(words: &[&str], joined: &str) -> bool {
    words
        .iter()
        .any(|word| is_own(word) && word.chars().count() >= 6 && joined.contains(word))
}

/// True if a name, or a word of it, is the initials of another ("WWI" and "Wide World Importers").
fn are_initials(joined: &str, words: &[&str], name: &str) -> bool {
    const SMALL: [&str; 12] = [
        "and", "of", "the", "for", "de", "la", "le", "und", "et", "y", "der", "di",
    ];
    let all = plain_words(name);
    let initials = |leave_out: &dyn Fn(&str) -> bool| -> String {
        all.iter()
            .filter(|word| !leave_out(word))
            .filter_map(|word| word.chars().next())
            .collect()
    };
    let spellings = [
        initials(&|_| false),
        initials(&|word| SMALL.contains(&word)),
        initials(&|word| LEGAL_FORMS.contains(&word)),
        initials(&|word| SMALL.contains(&word) || LEGAL_FORMS.contains(&word)),
    ];
    spellings.iter().any(|initials| {
        (joined.chars().count() >= 2 && initials == joined)
            || words
                .iter()
                .any(|word| word.chars().count() >= 3 && initials.contains(word))
    })
}

/// A name without what may differ between two systems: the tag of a linked organization (` [e9fd]`), case, accents,
/// punctuation, and the words for a company's legal form.
pub fn normalised(name: &str) -> String {
    let words = plain_words(name);
    let meaning: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !LEGAL_FORMS.contains(word))
        .collect();
    // A company may be called nothing but "The Company".
    if meaning.is_empty() {
        words.join(" ")
    } else {
        meaning.join(" ")
    }
}

/// Words for a company's legal form, and the article.
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

/// The words of a name in lower case, without tag, accents or punctuation.
fn plain_words(name: &str) -> Vec<String> {
    let plain: String = untagged(&clean(name))
        .replace('&', " and ")
        .nfkd()
        .filter(|character| !unicode_normalization::char::is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        // An apostrophe or a dot joins ("O'Brien", "B.V."); other punctuation separates.
        .filter(|character| !matches!(character, '\'' | '’' | '.'))
        .map(|character| {
            if character.is_alphanumeric() {
                character
            } else {
                ' '
            }
        })
        .collect::<String>()
        .replace('ß', "ss")
        .replace('æ', "ae")
        .replace('œ', "oe")
        .replace('ø', "o")
        .replace('ł', "l");
    plain.split_whitespace().map(str::to_owned).collect()
}

/// A name without the tag that is appended when it is linked to NinjaOne: four hexadecimal digits in brackets.
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
        assert_eq!(find("twin (16)"), Ok(16));
        assert_eq!(find("Contoso Ltd [e9fd] (14)"), Ok(14));
        assert!(
            find("Contoso Ltd (15)").is_err(),
            "name and id are of two records"
        );
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
    fn what_is_printed_can_be_typed() {
        let records = [
            Record(1, "Con\u{ad}toso\u{1b}]0;x\u{7}"),
            Record(2, "Fabri\u{200b}kam"),
            Record(3, "fabrikam"),
        ];
        let index = Index::new(&records);
        for text in [
            "contoso]0;x",
            "Con\u{ad}toso\u{1b}]0;x\u{7}",
            "Contoso",
            " 1 ",
            "\u{202e}1",
        ] {
            assert_eq!(index.find(text).map(|record| record.0), Ok(1), "{text:?}");
        }
        assert_eq!(
            index.find("Fabrikam").err(),
            Some(Unresolved::Ambiguous(vec![
                "Fabrikam (2)".to_owned(),
                "fabrikam (3)".to_owned()
            ]))
        );
        assert_eq!(index.find("\u{200b}").err(), Some(Unresolved::Unknown(vec![])));
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
    fn names_of_one_company_are_near() {
        for (one, other) in [
            ("Contoso Ltd [e9fd]", "Contoso Limited"),
            ("NORTHWIND DENTAL", "Northwind Dental"),
            ("NorthwindDental", "Northwind Dental"),
            ("Northwind", "Northwind Dental Group"),
            ("Müller und Söhne", "Muller & Sohne GmbH"),
            ("Mueller Metallbau", "Müller"),
            ("WWI", "Wide World Importers"),
            ("IBM Deutschland", "International Business Machines"),
            ("T.P.C.", "The Phone Company"),
            ("contoso.onmicrosoft.com", "Contoso Ltd"),
            ("admin@fabrikam.example", "Fabrikam Foods"),
            ("Fabrikam Foods", "Fabrikam Food Services"),
            ("Harbour Light Clinic", "Harbor Light Clinic"),
            ("Woodgrove Bank - Cork branch", "Woodgrove Savings"),
            ("Ærø Shipping ApS", "Aero Shipping"),
            ("St. Anne's Primary School", "St Annes Primary"),
            ("Bank", "Woodgrove Bank"),
            ("portal.contoso.example", "Contoso Foods"),
            ("St. Ives Spa", "SaintIvesSpa"),
            ("Photo Corner", "Photographers Norway"),
            ("HP", "Hewlett Packard"),
            ("WI", "World of Importers Ltd"),
            ("株式会社コントソ", "株式会社コントソ 東京"),
            ("1788161-14", "Northwind Dental"),
            ("", "Northwind Dental"),
        ] {
            assert!(!far_apart(one, other), "{one} / {other}");
            assert!(!far_apart(other, one), "{other} / {one}");
        }
    }

    #[test]
    fn names_of_two_companies_are_far_apart() {
        for (one, other) in [
            ("Woodgrove Bank", "Fourth Coffee"),
            ("Contoso Ltd", "Fabrikam Ltd"),
            ("Northwind Dental", "Contoso Dental"),
            ("Northwind Dental", "Riverside Dental Clinic"),
            ("Harbor Light Clinic", "Litware Engineering"),
            ("Tailspin Toys", "Trey Research"),
            ("Margie's Travel", "Alpine Ski House"),
            ("Adventure Works Cycles", "Woodgrove Savings"),
            ("Blue Yonder Airlines", "Blue Moon Bakery"),
            ("Consolidated Messenger", "Relecloud Hosting"),
            ("ABC", "Wide World Importers"),
            ("First National Bank", "First Baptist Church"),
            ("Lakeside Veterinary Centre", "Proseware Inc."),
            ("Kestrel Logistics", "Coho Winery"),
            // A letter, or a short word within others, is in too many names.
            ("X", "Project X"),
            ("X", "Xanadu"),
            ("Metro Cabs", "www.photometrology.example"),
            ("株式会社コントソ", "有限会社ファブリカム"),
        ] {
            assert!(far_apart(one, other), "{one} / {other}");
            assert!(far_apart(other, one), "{other} / {one}");
        }
    }

    struct Written(&'static [&'static str]);

    impl Named for Written {
        fn ids(&self) -> Vec<String> {
            self.0.iter().map(ToString::to_string).collect()
        }

        fn name(&self) -> &str {
            "Contoso"
        }
    }

    #[test]
    fn an_id_as_it_is_written_goes_before_one_that_only_looks_like_it() {
        let records = [
            Written(&["1-\u{200b}1"]),
            Written(&["1-1", "1"]),
            Written(&["1-1\u{ad}"]),
        ];
        let index = Index::new(&records);
        assert_eq!(index.find("1-1").map(|record| record.0).ok(), Some(records[1].0));
        assert!(matches!(index.find("1\u{200d}-1"), Err(Unresolved::Ambiguous(labels)) if labels.len() == 3));
    }

    #[test]
    fn the_likeliest_is_offered_first() {
        let order = likeliest_first("Northwind Dental Ltd", &RECORDS);
        assert_eq!(&order[..2], &[0, 1]);
        assert_eq!(likeliest_first("Contoso", &RECORDS)[0], 2);
    }

    #[test]
    fn a_word_more_or_less_is_likelier_than_another_spelling() {
        let shorter = [Record(1, "Northwind Dentals"), Record(2, "Northwind")];
        assert_eq!(likeliest_first("Northwind Dental", &shorter), [1, 0]);
        let longer = [Record(1, "Northwinds"), Record(2, "Northwind Dental")];
        assert_eq!(likeliest_first("Northwind", &longer), [1, 0]);
    }

    #[test]
    fn what_is_not_alike_is_in_the_order_of_the_alphabet() {
        let records = [Record(1, "Tonsorial"), Record(2, "Zebra"), Record(3, "Aardvark")];
        assert!(similarity("contoso", "tonsorial") > similarity("contoso", "aardvark"));
        assert_eq!(likeliest_first("Contoso", &records), [2, 0, 1]);
        assert_eq!(likeliest_first("", &records), [2, 0, 1]);
        assert_eq!(similarity("", ""), 0.0);
    }
}
