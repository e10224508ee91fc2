//! Consent: texts that were served, decisions about them, and the gate that everything personal passes.

mod data;
mod event;
mod gate;
mod head;
mod standing;
#[cfg(test)]
mod tests;
mod text;
mod verify;

pub use data::DataItem;
pub use event::{Action, ConsentActor, ConsentEvent, Method, Recipient, Verification};
pub use gate::{ConsentProof, MissingConsent, Use, gate};
pub use head::{ConsentHead, Current, Decision, DecisionRefusal, Encoding, Recorded, Served};
pub use standing::{Guardianship, Standing};
pub use text::{ConsentText, Element, TextElement, current_text, text_of};
pub use verify::{Fault, LANGUAGES, replay, verify};

use crate::field::Invalid;
use crate::id::ProviderId;
use serde::{Deserialize, Serialize};

/// What is consented to. Collection and sensitive data are asked for separately (PIPA Art. 22(1), 23).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Item {
    /// Collection and use of general personal information (Art. 15).
    G1,
    /// Processing of sensitive information: health (Art. 23).
    S1,
    /// Provision of general information to one institution (Art. 17).
    P,
    /// Provision of sensitive information to one institution (Art. 17, 23).
    #[serde(rename = "PS")]
    Ps,
    /// Explanation of records (optional; Art. 15, 23).
    E1,
    /// Transfer abroad (Art. 28-8); asked for only where it applies.
    X1,
    /// A guardian acts for a patient under 14 (Art. 22-2).
    K1,
}

impl Item {
    /// Every item.
    pub const ALL: [Self; 7] = [Self::G1, Self::S1, Self::P, Self::Ps, Self::E1, Self::X1, Self::K1];

    /// The item's code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::G1 => "G1",
            Self::S1 => "S1",
            Self::P => "P",
            Self::Ps => "PS",
            Self::E1 => "E1",
            Self::X1 => "X1",
            Self::K1 => "K1",
        }
    }

    /// Whether the item names a recipient.
    pub const fn names_recipient(self) -> bool {
        match self {
            Self::G1 | Self::S1 | Self::E1 | Self::X1 | Self::K1 => false,
            Self::P | Self::Ps => true,
        }
    }
}

/// A language of a consent text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextLanguage {
    /// Korean.
    Ko,
    /// English.
    En,
}

/// One thing that can be decided: an item, for provision with its recipient.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Matter {
    item: Item,
    recipient: Option<ProviderId>,
}

impl Matter {
    /// An item with the recipient that it needs, and only then.
    ///
    /// # Errors
    /// [`Invalid::Missing`] or [`Invalid::Inconsistent`], both about the recipient.
    pub fn new(item: Item, recipient: Option<ProviderId>) -> Result<Self, Invalid> {
        match (item.names_recipient(), &recipient) {
            (true, None) => Err(Invalid::Missing),
            (false, Some(_)) => Err(Invalid::Inconsistent),
            (true, Some(_)) | (false, None) => Ok(Self { item, recipient }),
        }
    }

    /// General collection.
    pub const fn general() -> Self {
        Self { item: Item::G1, recipient: None }
    }

    /// Sensitive data.
    pub const fn sensitive() -> Self {
        Self { item: Item::S1, recipient: None }
    }

    /// Explanation of records.
    pub const fn explanation() -> Self {
        Self { item: Item::E1, recipient: None }
    }

    /// A guardian acting for a child.
    pub const fn guardian() -> Self {
        Self { item: Item::K1, recipient: None }
    }

    /// Both provisions to one institution.
    pub fn provision(recipient: &ProviderId) -> [Self; 2] {
        [Item::P, Item::Ps].map(|item| Self { item, recipient: Some(recipient.clone()) })
    }

    /// The item.
    pub const fn item(&self) -> Item {
        self.item
    }

    /// The recipient.
    pub const fn recipient(&self) -> Option<&ProviderId> {
        self.recipient.as_ref()
    }
}

impl From<Matter> for String {
    fn from(m: Matter) -> Self {
        match m.recipient {
            Some(r) => format!("{}#{r}", m.item.code()),
            None => m.item.code().to_owned(),
        }
    }
}

impl TryFrom<String> for Matter {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        let (code, recipient) = s.split_once('#').map_or((s.as_str(), None), |(c, r)| (c, Some(r)));
        let item = Item::ALL.into_iter().find(|i| i.code() == code).ok_or(Invalid::UnknownValue)?;
        Self::new(item, recipient.map(str::parse).transpose()?)
    }
}
