//! What an entry is about: a thing and opaque ids, and nothing else can be made into it.

use crate::field::Invalid;
use crate::policy::Thing;
use serde::{Deserialize, Serialize};

/// What was touched, as an opaque reference such as `intake/basic` or `referral/ref_…/letter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Object {
    thing: Thing,
    text: String,
}

impl Object {
    /// A thing as a whole, or a part of it that has no id of its own; `part` may be empty.
    pub fn part(thing: Thing, part: &'static str) -> Self {
        let text = if part.is_empty() { thing.code().to_owned() } else { format!("{}/{part}", thing.code()) };
        Self { thing, text }
    }

    /// Something with an opaque id; `part` may be empty.
    pub fn of(thing: Thing, id: impl Opaque, part: &'static str) -> Self {
        let kind = thing.code();
        let text =
            if part.is_empty() { format!("{kind}/{}", id.text()) } else { format!("{kind}/{}/{part}", id.text()) };
        Self { thing, text }
    }

    /// The reference.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it is.
    pub const fn thing(&self) -> Thing {
        self.thing
    }
}

impl From<Object> for String {
    fn from(object: Object) -> Self {
        object.text
    }
}

impl TryFrom<String> for Object {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        let thing = text.split('/').next().and_then(Thing::of).ok_or(Invalid::Format)?;
        Ok(Self { thing, text })
    }
}

/// Ids that may stand in a log: nothing else can be made into an [`Object`].
pub trait Opaque {
    /// The id as text.
    fn text(&self) -> &str;
}

macro_rules! opaque {
    ($($name:ty),+) => {$(
        impl Opaque for &$name {
            fn text(&self) -> &str {
                self.as_str()
            }
        }
    )+};
}
opaque!(
    crate::id::ReferralId,
    crate::id::DeliveryId,
    crate::id::ExplanationId,
    crate::id::LinkId,
    crate::id::EventId,
    crate::id::ServingId,
    crate::id::MailId,
    crate::id::ProviderId,
    crate::id::CaseId,
    crate::id::MessageId,
    crate::id::ChangeId,
    crate::id::RightId,
    crate::id::InquiryId,
    crate::id::DestructionId,
    crate::id::TaskId,
    crate::id::UploadId,
    crate::id::RecordId,
    crate::id::Subject
);
