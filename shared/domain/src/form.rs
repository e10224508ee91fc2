//! Forms of what is stored as JSON and outlives a release: each has a number, and what was written in an older one is brought to
//! today's when it is read. Nothing is rewritten for it: a record takes its new form when it is written next.
//!
//! The number stands outside the JSON, in what binds the seal, so that it can be neither forged nor lost. A form that only a later
//! release knows is refused: an older release that read it as its own would drop what it does not know when it writes.
//!
//! To change a form: change the type, add the step from the form before to its `STEPS`, and freeze the new form beside the old ones
//! in `tests/forms` of this crate. That test fails when a type's form changes and its number does not.

use crate::contact::ContactCard;
use crate::correction::Correction;
use crate::inquiry::{AnswerTo, Thread};
use crate::intake::{BasicDraft, HealthDraft};
use crate::record::Rows;
use crate::statutory::Said;
use crate::task::Note;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// From one form to the next. It sees the whole value as JSON and knows no types of today: those change, a step stays as it is.
pub type Step = fn(Value) -> Result<Value, Unfit>;

/// The value is not of the form that it says it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfit;

/// Why a value cannot be read. It repeats nothing of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// Its form is one of a later release.
    Newer,
    /// It is not of the form that it says it has.
    Unfit,
}

/// Something that is stored as JSON in a numbered form.
pub trait Form: Serialize + DeserializeOwned {
    /// What it is called where it is told that it cannot be read, and in the names of frozen examples.
    const NAME: &'static str;

    /// The steps to today's form: the first leads from form 1 to form 2.
    const STEPS: &'static [Step] = &[];

    /// The number of today's form, from 1 to 127: there is one more form than there are steps.
    fn number() -> u8 {
        u8::try_from(Self::STEPS.len() + 1).unwrap_or(u8::MAX)
    }

    /// Reads what was written in the form `number`.
    ///
    /// # Errors
    /// [`Unread`].
    fn read(number: u8, json: &[u8]) -> Result<Self, Unread> {
        let done = usize::from(number).checked_sub(1).ok_or(Unread::Unfit)?;
        let steps = Self::STEPS.get(done..).ok_or(Unread::Newer)?;
        // The parser's own message could repeat the value, so it is left out.
        if steps.is_empty() {
            return serde_json::from_slice(json).map_err(|_| Unread::Unfit);
        }
        let old = serde_json::from_slice(json).map_err(|_| Unread::Unfit)?;
        let new = steps.iter().try_fold(old, |value, step| step(value)).map_err(|Unfit| Unread::Unfit)?;
        serde_json::from_value(new).map_err(|_| Unread::Unfit)
    }
}

impl Form for BasicDraft {
    const NAME: &'static str = "basic";
}

impl Form for HealthDraft {
    const NAME: &'static str = "health";
}

impl Form for ContactCard {
    const NAME: &'static str = "card";
}

impl Form for Correction {
    const NAME: &'static str = "correction";
}

impl Form for Rows {
    const NAME: &'static str = "rows";
}

impl Form for Note {
    const NAME: &'static str = "note";
}

impl Form for Thread {
    const NAME: &'static str = "thread";
}

impl Form for Said {
    const NAME: &'static str = "statutory";
}

impl Form for AnswerTo {
    const NAME: &'static str = "mailbox";
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    /// A record whose third form it is: first `{"name"}`, then `{"names"}`, now with a rank.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Third {
        names: Vec<String>,
        rank: u8,
    }

    impl Form for Third {
        const NAME: &'static str = "third";
        const STEPS: &'static [Step] = &[
            |old| Ok(json!({"names": [old.get("name").ok_or(Unfit)?]})),
            |mut old| {
                old.as_object_mut().ok_or(Unfit)?.insert("rank".to_owned(), json!(7));
                Ok(old)
            },
        ];
    }

    fn read(number: u8, json: &str) -> Result<Third, Unread> {
        Third::read(number, json.as_bytes())
    }

    #[test]
    fn every_older_form_takes_the_steps_that_it_has_not_taken() {
        let third = |rank| Ok(Third { names: vec!["a".to_owned()], rank });
        assert_eq!(Third::number(), 3);
        assert_eq!(read(1, r#"{"name": "a"}"#), third(7));
        assert_eq!(read(2, r#"{"names": ["a"]}"#), third(7));
        assert_eq!(read(3, r#"{"names": ["a"], "rank": 1}"#), third(1));
    }

    #[test]
    fn a_later_form_is_refused_as_one_and_what_is_of_another_form_than_it_says_is_not_read() {
        for number in [4, 5, u8::MAX] {
            assert_eq!(read(number, r#"{"names": ["a"], "rank": 1}"#), Err(Unread::Newer));
        }
        for (number, json) in [
            (0, r#"{"name": "a"}"#),
            (1, r#"{"names": ["a"]}"#),
            (1, "[]"),
            (2, r#"{"name": "a"}"#),
            (2, "[]"),
            (3, r#"{"names": ["a"]}"#),
            (3, "{"),
        ] {
            assert_eq!(read(number, json), Err(Unread::Unfit), "{number} {json}");
        }
    }
}
