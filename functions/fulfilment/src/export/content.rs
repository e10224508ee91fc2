//! What the files of an archive say (PIPA Art. 35; Enforcement Decree Art. 41(1): the items and their contents, the purposes,
//! the period, provision to third parties, the fact and content of consent). Staff stand in it by their role only.

use chrono::{DateTime, Utc};
use medius_domain::case::{Case, CaseState};
use medius_domain::consent::{ConsentEvent, DataItem, Element, Item, TextLanguage, current_text};
use medius_domain::contact::{ContactCard, Guardian};
use medius_domain::id::{CaseId, DeliveryId, DocumentNumber, MessageId, ProviderId, ReferralId, RightId};
use medius_domain::intake::{BasicDraft, Draft, HealthDraft};
use medius_domain::lifecycle::{Cause, Suspension};
use medius_domain::link::{Link, LinkState};
use medius_domain::message::MessageText;
use medius_domain::person::Email;
use medius_domain::policy::Role;
use medius_domain::provider::Provider;
use medius_domain::record::{Record, Rows};
use medius_domain::upload::Upload;
use medius_store::{DeliveryRecord, MessageRecord, ReferralRecord};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// `case.json`.
#[derive(Serialize)]
pub(crate) struct CaseFile<'a> {
    case_id: &'a CaseId,
    state: CaseState,
    patient_under_14: bool,
    version: u64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
    completed_by: Option<Cause>,
    suspension: Option<&'a Suspension>,
    /// The whole of it is destroyed then.
    kept_until: DateTime<Utc>,
}

impl<'a> CaseFile<'a> {
    pub(crate) fn new(case: &'a Case) -> Self {
        Self {
            case_id: &case.id,
            state: case.state,
            patient_under_14: case.minor,
            version: case.version,
            created_at: case.created_at,
            updated_at: case.updated_at,
            completed_at: case.completion.as_ref().map(|c| c.completed_at),
            completed_by: case.completion.as_ref().map(|c| c.cause),
            suspension: case.suspension.as_ref(),
            kept_until: case.destroy_at(),
        }
    }
}

/// `story.json`.
#[derive(Serialize)]
pub(crate) struct StoryFile<'a> {
    basic: Option<&'a BasicDraft>,
    health: Option<&'a HealthDraft>,
    mails_go_to: Option<&'a Email>,
    language_of_mails: TextLanguage,
    guardian: Option<&'a Guardian>,
}

impl<'a> StoryFile<'a> {
    pub(crate) fn new(draft: &'a Draft, card: &'a ContactCard) -> Self {
        Self {
            basic: draft.basic.as_ref(),
            health: draft.health.as_ref(),
            mails_go_to: card.email.as_ref(),
            language_of_mails: card.language,
            guardian: card.guardian.as_ref(),
        }
    }
}

/// `processing.json`: of each item that the patient was asked about, what the texts tell.
#[derive(Serialize)]
pub(crate) struct Processing {
    item: Item,
    parts: &'static [DataItem],
    ko: BTreeMap<&'static str, &'static str>,
    en: BTreeMap<&'static str, &'static str>,
}

impl Processing {
    /// Of the items that stand in the events.
    pub(crate) fn of(events: &[ConsentEvent]) -> Vec<Self> {
        let items: BTreeSet<Item> = events.iter().map(|event| event.item).collect();
        let told = |item, language| {
            let text = current_text(item, language);
            let told = [
                ("purpose", Element::Purpose),
                ("items", Element::Items),
                ("retention", Element::Retention),
                ("recipient_purpose", Element::RecipientPurpose),
                ("recipient_retention", Element::RecipientRetention),
                ("right_to_refuse", Element::RightToRefuse),
            ];
            told.into_iter().filter_map(|(name, element)| Some((name, text.passage(element)?))).collect()
        };
        let of = |item: Item| Self {
            item,
            parts: item.data_items(),
            ko: told(item, TextLanguage::Ko),
            en: told(item, TextLanguage::En),
        };
        items.into_iter().map(of).collect()
    }
}

/// An institution, as the files name it.
#[derive(Serialize)]
pub(crate) struct Institution {
    id: ProviderId,
    name_ko: Option<String>,
    name_en: Option<String>,
    department_ko: Option<String>,
    department_en: Option<String>,
}

impl Institution {
    /// One that is no longer listed has its id only.
    pub(crate) fn new(id: &ProviderId, known: Option<&Provider>) -> Self {
        Self {
            id: id.clone(),
            name_ko: known.map(|p| p.name_ko.clone()),
            name_en: known.map(|p| p.name_en.clone()),
            department_ko: known.map(|p| p.department_ko.clone()),
            department_en: known.map(|p| p.department_en.clone()),
        }
    }
}

/// `disclosures.json`: what was provided to whom.
#[derive(Serialize)]
pub(crate) struct DisclosureFile<'a> {
    delivery_id: &'a DeliveryId,
    institution: Institution,
    referral_id: &'a ReferralId,
    document_number: Option<&'a DocumentNumber>,
    parts: Option<&'a BTreeSet<DataItem>>,
    ordered_at: DateTime<Utc>,
    state: Option<LinkState>,
    sent_at: Option<DateTime<Utc>>,
    opened_at: Option<DateTime<Utc>>,
    downloaded_at: Option<DateTime<Utc>>,
    downloads: u32,
    received_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    link_expires_at: Option<DateTime<Utc>>,
}

impl<'a> DisclosureFile<'a> {
    pub(crate) fn new(
        delivery: &'a DeliveryRecord,
        link: Option<&'a Link>,
        letter: Option<&'a ReferralRecord>,
        known: Option<&Provider>,
    ) -> Self {
        Self {
            delivery_id: &delivery.id,
            institution: Institution::new(&delivery.provider_id, known),
            referral_id: &delivery.referral_id,
            document_number: letter.map(|l| &l.document_number),
            parts: letter.map(|l| &l.items),
            ordered_at: delivery.created_at,
            state: link.map(|l| l.state),
            sent_at: link.and_then(|l| l.sent_at),
            opened_at: link.and_then(|l| l.unlocked_at),
            downloaded_at: link.and_then(|l| l.downloaded_at),
            downloads: link.map_or(0, |l| l.downloads),
            received_at: link.and_then(|l| l.acknowledged_at),
            ended_at: link.and_then(|l| l.revoked_at),
            link_expires_at: link.map(|l| l.expires_at),
        }
    }
}

/// `letters.json`.
#[derive(Serialize)]
pub(crate) struct LetterFile<'a> {
    #[serde(flatten)]
    letter: &'a ReferralRecord,
    pdf: String,
    fhir: String,
}

impl<'a> LetterFile<'a> {
    pub(crate) fn new(letter: &'a ReferralRecord) -> Self {
        let file = |ending| format!("letters/{}.{ending}", letter.document_number);
        Self { letter, pdf: file("pdf"), fhir: file("fhir.json") }
    }

    /// Names of its two files.
    pub(crate) fn names(&self) -> (String, String) {
        (self.pdf.clone(), self.fhir.clone())
    }
}

/// `messages.json`.
#[derive(Serialize)]
pub(crate) struct MessageFile<'a> {
    id: &'a MessageId,
    from: Role,
    sent_at: DateTime<Utc>,
    text: MessageText,
}

impl<'a> MessageFile<'a> {
    pub(crate) fn new(record: &'a MessageRecord, text: MessageText) -> Self {
        Self { id: &record.id, from: record.from, sent_at: record.sent_at, text }
    }
}

/// `records.json`: results and medicines, each row beside what was read from a file.
#[derive(Serialize)]
pub(crate) struct RecordFile<'a> {
    record: &'a Record,
    rows: Rows,
}

impl<'a> RecordFile<'a> {
    pub(crate) const fn new(record: &'a Record, rows: Rows) -> Self {
        Self { record, rows }
    }
}

/// `files.json`: a file that was brought, and where it is.
#[derive(Serialize)]
pub(crate) struct BroughtFile<'a> {
    #[serde(flatten)]
    upload: &'a Upload,
    /// Its name in this copy.
    in_this_copy: Option<String>,
    /// Where one is handed out that did not fit: with a sign-in, or with a new code at the request, which is good for a week.
    with_sign_in: Option<String>,
    with_a_code: Option<String>,
}

impl<'a> BroughtFile<'a> {
    /// One that was not kept is nowhere.
    pub(crate) const fn new(upload: &'a Upload) -> Self {
        Self { upload, in_this_copy: None, with_sign_in: None, with_a_code: None }
    }

    /// The name of one that is in the copy.
    pub(crate) fn lies_in_copy(&mut self) -> String {
        let name = format!("files/{}.{}", self.upload.id, self.upload.media.extension());
        self.in_this_copy = Some(name.clone());
        name
    }

    /// The addresses of one that did not fit.
    pub(crate) fn lies_at(&mut self, case: &CaseId, right: &RightId) {
        let id = &self.upload.id;
        self.with_sign_in = Some(format!("/v1/cases/{case}/uploads/{id}/content"));
        self.with_a_code = Some(format!("/v1/public/rights-requests/{right}/cases/{case}/files/{id}"));
    }
}
