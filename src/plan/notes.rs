//! How notes on tickets are filed.

use crate::model::Outcome;

/// The outcome for internal notes in an instance as delivered.
const INTERNAL_NOTE: i64 = 7;

/// The outcome of notes: the configured one if it is offered, else the internal note of an instance as delivered, else
/// one that is called a note and mails nobody. If Halo does not show what it offers, the first two are tried anyway.
pub fn note_outcome(configured: Option<i64>, offered: &[Outcome]) -> Option<i64> {
    if offered.is_empty() {
        return Some(configured.unwrap_or(INTERNAL_NOTE));
    }
    let is_offered = |id: &i64| offered.iter().any(|outcome| outcome.id == *id);
    let is_note = |outcome: &&Outcome| outcome.name.to_lowercase().contains("note") && !outcome.sends_email;
    configured
        .filter(is_offered)
        .or(Some(INTERNAL_NOTE).filter(is_offered))
        .or_else(|| offered.iter().find(is_note).map(|outcome| outcome.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_filed_as_what_is_offered() {
        let outcome = |id, name: &str, sends_email| Outcome {
            id,
            name: name.to_owned(),
            sends_email,
        };
        let mail = outcome(1, "Email User Note", true);
        let stock = outcome(7, "Renamed", false);
        let private = outcome(31, "Private Note", false);
        let all = [mail.clone(), stock.clone(), private.clone()];
        assert_eq!(note_outcome(Some(31), &all), Some(31));
        assert_eq!(note_outcome(Some(99), &all), Some(7));
        assert_eq!(note_outcome(None, &all), Some(7));
        assert_eq!(note_outcome(Some(7), &[mail.clone(), private]), Some(31));
        assert_eq!(note_outcome(None, &[mail]), None);
        assert_eq!(note_outcome(None, &[]), Some(7));
        assert_eq!(note_outcome(Some(31), &[]), Some(31));
    }
}
