//! The further fields of tickets: which of them may be set, what kind of value each takes, and which ones Halo's
//! refusal of a ticket demands.

use crate::model::FieldValue;

/// Fields that halolink itself sets, or that only Halo sets.
const NOT_YOURS: [&str; 14] = [
    "id",
    "summary",
    "tickettype_id",
    "tickettype_name",
    "sla_id",
    "sla_name",
    "priority_id",
    "priority_name",
    "hasbeenclosed",
    "merged_into_id",
    "dateoccurred",
    "dateclosed",
    "donotapplytemplateintheapi",
    "outcome",
];

/// What the names of such fields begin with: the customer, the person, the site, the text, the status, and Halo's
/// switches for a single request.
const NOT_YOURS_EITHER: [&str; 6] = ["client", "user", "site_", "details", "status", "_"];

/// Names that people use for a field.
const ALIASES: [(&str, &str); 2] = [("category", "category_1"), ("agent", "agent_id")];

/// Fields whose values are texts even where they look like numbers.
const TEXTS: [&str; 2] = ["category_", "team"];

/// The longest name of a field.
const LONGEST: usize = 40;

/// Why a field cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAField {
    /// No field of Halo's is called so.
    Name,
    /// It is not for the configuration to set.
    NotYours,
}

/// The name in Halo's API of the field that people call so.
///
/// # Errors
/// It cannot be a field's name, or the field is not for the configuration to set.
pub fn field(name: &str) -> Result<String, NotAField> {
    let name = name.trim().to_lowercase().replace([' ', '-'], "_");
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    let name = alias.map_or(name.as_str(), |(_, field)| field);
    if !is_field(name) {
        return Err(NotAField::Name);
    }
    if is_not_yours(name) {
        return Err(NotAField::NotYours);
    }
    Ok(name.to_owned())
}

fn is_field(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=LONGEST).contains(&name.len()) && name.bytes().all(letter)
}

fn is_not_yours(name: &str) -> bool {
    // `userdef1` and so on are a partner's own fields.
    NOT_YOURS.contains(&name)
        || NOT_YOURS_EITHER.iter().any(|start| name.starts_with(start)) && !name.starts_with("userdef")
}

/// A field's value: a number if it is one, unless the field takes texts.
pub fn value(field: &str, text: &str) -> FieldValue {
    let text = text.trim();
    match text.parse() {
        Ok(number) if !TEXTS.iter().any(|start| field.starts_with(start)) => FieldValue::Number(number),
        _ => FieldValue::Text(text.to_owned()),
    }
}

/// The fields that Halo's words demand, each once, in their order; empty if the words are about something else.
/// halolink's own fields are not among them.
pub fn demanded(words: &str) -> Vec<String> {
    let mut fields = Vec::new();
    for part in words.split([';', '\n']).flat_map(|part| part.split(". ")) {
        for name in in_part(part) {
            if let Ok(name) = field(&name)
                && !fields.contains(&name)
            {
                fields.push(name);
            }
        }
    }
    fields
}

/// Words with which something is demanded.
const DEMANDS: [&str; 4] = ["mandatory", "required", "complete", "missing"];

/// What stands between a single field and the demand.
const AFTER: [&str; 8] = [
    " is mandatory",
    " are mandatory",
    " is required",
    " are required",
    " is missing",
    " must be ",
    " has to be ",
    " cannot be empty",
];

/// What stands before a single field.
const BEFORE: [&str; 6] = [
    "please enter ",
    "please select ",
    "please choose ",
    "please complete ",
    "please provide ",
    "please specify ",
];

/// The names that one sentence demands, as they stand there.
fn in_part(part: &str) -> Vec<String> {
    let part = part.trim().to_lowercase();
    if let Some((before, after)) = part.split_once(':') {
        // `[0].category_1: The field is required`, or `category_1: …`.
        let key = before.rsplit_once("].").map_or(before, |(_, key)| key).trim();
        let names_others = after.contains(':');
        if is_field(key) && !names_others && single(after).is_some() {
            return vec![key.to_owned()];
        }
        if DEMANDS.iter().any(|demand| before.contains(demand)) {
            return listed(after);
        }
        return in_part(after);
    }
    single(&part).map(listed).unwrap_or_default()
}

/// The names in a sentence that demands one field, or a few.
fn single(sentence: &str) -> Option<&str> {
    let sentence = sentence.trim();
    let ended = AFTER
        .iter()
        .filter_map(|end| sentence.find(end))
        .min()
        .and_then(|end| sentence.get(..end));
    let begun = || BEFORE.iter().find_map(|start| sentence.strip_prefix(start));
    ended.or_else(begun)
}

/// The names in a list, without what people write around them.
fn listed(list: &str) -> Vec<String> {
    let list = list.replace(" and ", ",").replace(" or ", ",");
    list.split(',')
        .map(|name| {
            let mut name = name.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '_');
            for start in ["please ", "the ", "an ", "a ", "field ", "fields "] {
                name = name.strip_prefix(start).unwrap_or(name);
            }
            let name = name.strip_suffix(" field").unwrap_or(name);
            name.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .to_owned()
        })
        // A name has a word or two; more are a sentence.
        .filter(|name| name.split_whitespace().count() <= 3)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_are_named_as_people_name_them() {
        for (name, expected) in [
            ("category_1", Ok("category_1")),
            ("Category", Ok("category_1")),
            ("category 2", Ok("category_2")),
            ("agent", Ok("agent_id")),
            (" Impact ", Ok("impact")),
            ("userdef1", Ok("userdef1")),
            ("source", Ok("source")),
            ("", Err(NotAField::Name)),
            ("näme", Err(NotAField::Name)),
            ("a[0].b", Err(NotAField::Name)),
            ("id", Err(NotAField::NotYours)),
            ("Client ID", Err(NotAField::NotYours)),
            ("summary", Err(NotAField::NotYours)),
            ("details_html", Err(NotAField::NotYours)),
            ("userlookup", Err(NotAField::NotYours)),
            ("status_id", Err(NotAField::NotYours)),
            ("priority_id", Err(NotAField::NotYours)),
            ("_novalidate", Err(NotAField::NotYours)),
        ] {
            assert_eq!(field(name).as_deref(), expected.as_deref(), "{name}");
        }
    }

    #[test]
    fn numbers_are_numbers_where_the_field_takes_them() {
        assert_eq!(value("impact", " 2 "), FieldValue::Number(2));
        assert_eq!(value("impact", "High"), FieldValue::Text("High".to_owned()));
        assert_eq!(value("category_2", "365"), FieldValue::Text("365".to_owned()));
    }

    #[test]
    fn the_fields_that_a_refusal_demands_are_told() {
        for (words, fields) in [
            (
                "Please complete the mandatory fields: category_1, impact",
                &["category_1", "impact"][..],
            ),
            (
                "Please complete the mandatory fields: category_1.",
                &["category_1"],
            ),
            (
                "The following fields are required: Category 2, Urgency and Impact",
                &["category_2", "urgency", "impact"],
            ),
            ("Category is mandatory", &["category_1"]),
            (
                "Category is mandatory. Impact is mandatory.",
                &["category_1", "impact"],
            ),
            ("Category and Impact are required", &["category_1", "impact"]),
            ("The Urgency field is required.", &["urgency"]),
            ("A Team must be selected", &["team"]),
            ("Please select a Category", &["category_1"]),
            ("\"category_3\" is required", &["category_3"]),
            (
                "[0].category_1: The field is required; [0].impact: Impact must be entered",
                &["category_1", "impact"],
            ),
            (
                "[0].id: Please complete the mandatory fields: category_1",
                &["category_1"],
            ),
            (
                "HaloPSA refused writing tickets: Category is mandatory",
                &["category_1"],
            ),
            // Of something else, or nothing that the configuration can give.
            ("The priority does not belong to the SLA", &[]),
            ("A summary or details must be entered", &[]),
            ("You do not have access to this Action at the moment", &[]),
            ("Client 7 does not exist", &[]),
            (
                "The record was changed by another agent and must be loaded again",
                &[],
            ),
            ("", &[]),
        ] {
            assert_eq!(demanded(words), fields, "{words}");
        }
    }

    proptest! {
        #[test]
        fn whatever_halo_says_only_fields_that_may_be_set_are_demanded(words in "(Please complete|[a-z]{1,9}|is required|mandatory|[:;,.]| |\\PC){0,12}") {
            for name in demanded(&words) {
                prop_assert_eq!(field(&name), Ok(name.clone()));
            }
        }
    }
}
