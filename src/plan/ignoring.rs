//! What ignoring an organization comes to.

use crate::{
    change::{Action, Decision},
    model::Ignored,
};

/// What to do with an organization that is to be ignored for this reason; `before` is how it is ignored now.
pub fn ignoring(before: Option<&Ignored>, reason: &str) -> (Action, Decision) {
    match before {
        None => (Action::Ignore, Decision::Apply),
        Some(before) if before.reason == reason => (Action::Keep, Decision::Unchanged),
        Some(_) => (Action::Update, Decision::Apply),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Reference;

    #[test]
    fn only_another_reason_is_a_change_of_what_is_ignored() {
        let before = Ignored {
            organization: Reference::new("1-1".to_owned(), "Contoso"),
            organization_number: None,
            reason: "by hand".to_owned(),
        };
        for (before, reason, expected) in [
            (None, "by hand", (Action::Ignore, Decision::Apply)),
            (Some(&before), "by hand", (Action::Keep, Decision::Unchanged)),
            (Some(&before), "By hand", (Action::Update, Decision::Apply)),
        ] {
            assert_eq!(ignoring(before, reason), expected, "{before:?} {reason}");
        }
    }
}
