//! What stands where the patient did not consent to provide a part: that it was left out, and nothing about what is in it.

use super::{Label, redacted};
use medius_domain::consent::{DataItem, Item};
use medius_domain::disclosure::{Disclosure, Section};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A part that is given, or the sentence that stands in its place.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part<T> {
    /// What is given.
    Given(T),
    /// That it was left out.
    Withheld(Label),
}

impl<T> fmt::Debug for Part<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<T> Part<T> {
    /// What is shown of a part.
    pub(crate) fn new<S>(section: &Section<S>, shown: impl FnOnce(&S) -> T) -> Self {
        match section {
            Section::Given(given) => Self::Given(shown(given)),
            Section::Withheld => Self::Withheld(sentence()),
        }
    }
}

/// The sentence of every part that was left out.
pub(crate) fn sentence() -> Label {
    Label::new(
        "제공되지 않음: 환자가 이 항목의 제공에 동의하지 않았습니다.",
        "Not provided: the patient did not consent to provide this part.",
    )
}

/// The same for a list, where nothing could be read as "none".
pub(crate) fn list_sentence() -> Label {
    Label::new(
        "제공되지 않음: 환자가 이 항목의 제공에 동의하지 않았습니다(없다는 뜻이 아님).",
        "Not provided: the patient did not consent to provide this part (does not mean none).",
    )
}

/// The same for allergies, where reading it as "none" does harm.
pub(crate) fn allergies_sentence() -> Label {
    Label::new(
        "제공되지 않음: 환자가 이 항목의 제공에 동의하지 않았습니다. 알레르기가 없다는 뜻이 아니므로 처치나 처방 전에 \
         환자에게 직접 확인하십시오.",
        "Not provided: the patient did not consent to provide this part. This does not mean that there are no allergies: \
         ask the patient before any treatment or prescription.",
    )
}

/// The parts that an item of consent lets be handed on and those that it leaves out, as the letter has them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// In the letter.
    pub given: Vec<Label>,
    /// Not in the letter.
    pub left_out: Vec<Label>,
}

redacted!(Parts);

/// Parts by what the letter does with them; none for an item that hands nothing on.
pub(crate) fn split(kind: Item, disclosure: &Disclosure) -> (Vec<DataItem>, Vec<DataItem>) {
    if !kind.names_recipient() {
        return (Vec::new(), Vec::new());
    }
    kind.data_items().iter().copied().partition(|item| disclosure.gives(*item))
}

impl Parts {
    pub(crate) fn new(kind: Item, disclosure: &Disclosure) -> Self {
        let labels = |items: Vec<DataItem>| items.into_iter().map(part).collect();
        let (given, left_out) = split(kind, disclosure);
        Self { given: labels(given), left_out: labels(left_out) }
    }
}

/// What a part is called.
pub(crate) fn part(item: DataItem) -> Label {
    let (ko, en) = item.label();
    Label::new(ko, en)
}
