//! Reading inquiries, and sealing what was written in them under a key of their own.

use crate::database::Database;
use crate::error::StoreError;
use crate::item::{blob, text};
use crate::keyring::{Keyring, WrappedKey};
use crate::place::{Place, Table};
use crate::seal::Binding;
use crate::snapshot::Snapshot;
use crate::statutory::SealedStatutory;
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::access::Scope;
use medius_domain::id::{InquiryId, Subject};
use medius_domain::inquiry::{AnswerTo, Inquiry, InquiryState, Thread, Topic};
use medius_domain::policy::Permit;
use medius_domain::statutory::{Said, StatutoryRecord};
use serde::{Deserialize, Serialize};

/// Inquiries of a topic and state that a list looks at.
const MOST: usize = 100;

/// What was written in an inquiry, sealed, with its wrapped key.
#[derive(Debug, Clone)]
pub struct SealedInquiry {
    pub(crate) key: WrappedKey,
    pub(crate) thread: Vec<u8>,
    pub(crate) answer_to: Option<SealedAnswerTo>,
    pub(crate) record: Option<SealedStatutory>,
}

/// The mailbox that answers are announced at, sealed under a key of its own: who sends mail can open this and nothing of what
/// was written.
#[derive(Debug, Clone)]
pub struct SealedAnswerTo {
    pub(crate) key: WrappedKey,
    pub(crate) sealed: Vec<u8>,
}

impl SealedInquiry {
    /// The same, with a mailbox to announce answers at.
    #[must_use]
    pub fn announced_at(self, answer_to: Option<SealedAnswerTo>) -> Self {
        Self { answer_to, ..self }
    }

    /// Whether answers can be announced.
    pub const fn has_mailbox(&self) -> bool {
        self.answer_to.is_some()
    }
}

/// How often something was done since a moment; it counts for an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Since when.
    pub since: DateTime<Utc>,
    /// How often.
    pub n: u32,
}

impl Tally {
    /// When it is over.
    pub fn ends(&self) -> DateTime<Utc> {
        self.since + TimeDelta::hours(1)
    }

    /// One more: within the hour, or the first of a new one.
    #[must_use]
    pub fn more(before: Option<Self>, now: DateTime<Utc>) -> Self {
        match before.filter(|tally| now < tally.ends()) {
            Some(tally) => Self { n: tally.n + 1, ..tally },
            None => Self { since: now, n: 1 },
        }
    }
}

pub(crate) fn binding(id: &InquiryId) -> Binding {
    Binding::field(id, &Place::Inquiry(id.clone()), "thread")
}

pub(crate) fn mailbox_binding(id: &InquiryId) -> Binding {
    Binding::field(id, &Place::Inquiry(id.clone()), "mailbox")
}

/// The keys of inquiries: of what is written in them, and of what a statute keeps of that.
pub struct InquiryKeys {
    threads: Keyring,
    records: Keyring,
}

impl InquiryKeys {
    /// With the KMS key that wraps data keys.
    pub fn new(kms: &aws_sdk_kms::Client, key_id: &str) -> Self {
        let (threads, records) = (kms.clone(), kms.clone());
        Self {
            threads: Keyring::inquiries(threads, key_id.to_owned()),
            records: Keyring::statutory(records, key_id.to_owned()),
        }
    }

    /// Seals what is written in an inquiry that stands so: under a new key where there is none yet, and once more for the record
    /// that a statute wants of it, if one does.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Seal`].
    pub async fn seal(
        &self,
        inquiry: &Inquiry,
        before: Option<&SealedInquiry>,
        thread: &Thread,
    ) -> Result<SealedInquiry, StoreError> {
        let id = &inquiry.id;
        let key = match before {
            Some(sealed) => sealed.key.clone(),
            None => self.threads.create(id).await?,
        };
        let sealed = self.threads.unwrap(id, &key).await?.seal_form(&binding(id), thread)?;
        let record = match StatutoryRecord::of(inquiry) {
            Some(_) => {
                let before = before.and_then(|sealed| sealed.record.as_ref());
                Some(self.records.seal_statutory(id, before, &thread.clone().into()).await?)
            }
            None => None,
        };
        let answer_to = before.and_then(|sealed| sealed.answer_to.clone());
        Ok(SealedInquiry { key, thread: sealed, answer_to, record })
    }

    /// The same words for an inquiry that stands otherwise now: sealed once more only where a record is wanted and none is there yet.
    ///
    /// # Errors
    /// [`StoreError::Service`], [`StoreError::Seal`] or [`StoreError::Corrupt`].
    pub async fn again(&self, inquiry: &Inquiry, before: SealedInquiry) -> Result<SealedInquiry, StoreError> {
        if StatutoryRecord::of(inquiry).is_none() || before.record.is_some() {
            return Ok(before);
        }
        let thread = self.open(&inquiry.id, &before).await?;
        self.seal(inquiry, Some(&before), &thread).await
    }

    /// Opens what is written in an inquiry.
    ///
    /// # Errors
    /// [`StoreError::Service`], [`StoreError::Seal`] or [`StoreError::Corrupt`].
    pub async fn open(&self, id: &InquiryId, sealed: &SealedInquiry) -> Result<Thread, StoreError> {
        self.threads.open_thread(id, sealed).await
    }

    /// Opens what a statute keeps of an inquiry.
    ///
    /// # Errors
    /// [`StoreError::Service`], [`StoreError::Seal`] or [`StoreError::Corrupt`].
    pub async fn open_record(&self, id: &InquiryId, sealed: &SealedStatutory) -> Result<Said, StoreError> {
        self.records.open_statutory(id, sealed).await
    }
}

impl Keyring {
    /// Seals the mailbox of an inquiry under a new key.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Seal`].
    pub async fn seal_answer_to(&self, id: &InquiryId, to: &AnswerTo) -> Result<SealedAnswerTo, StoreError> {
        let wrapped = self.create(id).await?;
        let sealed = self.unwrap(id, &wrapped).await?.seal_form(&mailbox_binding(id), to)?;
        Ok(SealedAnswerTo { key: wrapped, sealed })
    }

    /// Opens the mailbox of an inquiry.
    ///
    /// # Errors
    /// [`StoreError::Service`], [`StoreError::Seal`] or [`StoreError::Corrupt`].
    pub async fn open_answer_to(&self, id: &InquiryId, sealed: &SealedAnswerTo) -> Result<AnswerTo, StoreError> {
        self.unwrap(id, &sealed.key).await?.open_form(&mailbox_binding(id), &sealed.sealed)
    }

    /// Opens the thread of an inquiry.
    ///
    /// # Errors
    /// [`StoreError::Service`], [`StoreError::Seal`] or [`StoreError::Corrupt`].
    pub async fn open_thread(&self, id: &InquiryId, sealed: &SealedInquiry) -> Result<Thread, StoreError> {
        self.unwrap(id, &sealed.key).await?.open_form(&binding(id), &sealed.thread)
    }
}

impl Snapshot {
    /// An inquiry.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn inquiry(&self, id: &InquiryId) -> Result<Option<Inquiry>, StoreError> {
        self.body(&Place::Inquiry(id.clone()))
    }

    /// What is sealed of the inquiry of a permit; none after shredding, and none for a permit of anything else.
    pub fn sealed_inquiry(&self, permit: &Permit) -> Option<SealedInquiry> {
        let Scope::Inquiry(id) = permit.scope() else { return None };
        let key = self.wrapped(Place::InquiryKey(id.clone()))?;
        let thread = self.item(&Place::Inquiry(id.clone())).and_then(|item| blob(item, "thread"))?;
        Some(SealedInquiry { key, thread, answer_to: self.answer_to(permit), record: self.record_beside(id) })
    }

    /// The sealed mailbox of the inquiry of a permit.
    pub fn answer_to(&self, permit: &Permit) -> Option<SealedAnswerTo> {
        let Scope::Inquiry(id) = permit.scope() else { return None };
        let key = self.item(&Place::InquiryKey(id.clone())).and_then(|item| blob(item, "wrapped_mailbox"))?;
        let sealed = self.item(&Place::Inquiry(id.clone())).and_then(|item| blob(item, "mailbox"))?;
        Some(SealedAnswerTo { key: WrappedKey(key), sealed })
    }

    /// What was counted under a name.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn tally(&self, name: &str) -> Result<Option<Tally>, StoreError> {
        self.body(&Place::Tally(name.to_owned()))
    }
}

impl Database {
    /// The inquiries of a patient, the newest first. The index follows the table within a second or so.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn inquiries_of(&self, subject: &Subject) -> Result<Vec<Inquiry>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(self.tables.name(Table::Inquiries)?)
            .index_name("by_subject")
            .scan_index_forward(false)
            .key_condition_expression("subject = :subject")
            .expression_attribute_values(":subject", text(subject.as_str()));
        self.all("inquiry", query).await
    }

    /// Inquiries of a topic in a state, those that wait longest first, and whether there are more.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn inquiries_in(&self, topic: Topic, state: InquiryState) -> Result<(Vec<Inquiry>, bool), StoreError> {
        let query = self
            .client
            .query()
            .table_name(self.tables.name(Table::Inquiries)?)
            .index_name("by_queue")
            .key_condition_expression("queue = :queue")
            .expression_attribute_values(":queue", text(format!("{}#{}", topic.code(), state.code())));
        let mut found: Vec<Inquiry> = self.all("inquiry", query).await?;
        let more = found.len() > MOST;
        found.truncate(MOST);
        Ok((found, more))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_counts_for_an_hour() {
        let now = Utc::now();
        let first = Tally::more(None, now);
        let second = Tally::more(Some(first), now + TimeDelta::minutes(59));
        assert_eq!((first.n, second.n, second.since), (1, 2, now));
        assert_eq!(Tally::more(Some(second), now + TimeDelta::minutes(60)).n, 1);
    }
}
