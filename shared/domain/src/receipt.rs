//! Consent receipts: what a patient takes away from a decision, in words and as data.
//!
//! Names and order of the fields follow the blocks of ISO/IEC TS 27560:2023 (record header, PII processing, PII
//! information, party identification, events; clauses 6.3.3 to 6.3.7); what it has no field for stands beside them.
//! Conformance is not claimed. A receipt names nobody: the patient is a pseudonym, the institution and the operator are not
//! personal data. It tells of one decision and stays true; whether that decision still counts is not for paper to say.

mod model;
#[cfg(test)]
mod tests;

pub use model::{
    Decided, Integrity, LawfulBasis, Notice, Party, PiiInformation, Processing, Purpose, Receipt, ReceiptEvent,
};

use crate::chain;
use crate::consent::{Action, ConsentEvent, ConsentText, DataItem, Element, Item, Method, TextLanguage, text_of};
use chrono::{DateTime, SecondsFormat, Utc};

/// Form of the receipt; a change of meaning is a new one.
pub const SCHEMA_VERSION: &str = "medius-consent-receipt/1";
/// Where Medius operates, and whose law its consents follow.
const JURISDICTION: &str = "KR";
const STATUTE: &str = "Personal Information Protection Act (Republic of Korea)";

/// Who answers for the service, as receipts name it.
#[derive(Debug, Clone)]
pub struct Controller {
    /// Name.
    pub name: String,
    /// The telephone number to call.
    pub phone: String,
    /// Number of the registration to introduce foreign patients (Foreign Patient Act Art. 6(2)).
    pub registration: String,
    /// Where the information is stored: the AWS region.
    pub storage: String,
}

/// Why there is no receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoReceipt {
    /// A text was shown and nothing decided.
    #[error("a text that was shown is no decision")]
    NoDecision,
    /// The words are not those of the event.
    #[error("the text is another one than the event names")]
    OtherText,
    /// The event cannot be hashed.
    #[error("the event cannot be written as JSON")]
    Json,
}

impl Receipt {
    /// The receipt of a decision about a text, which is given as it was shown.
    ///
    /// # Errors
    /// [`NoReceipt`].
    pub fn of(event: &ConsentEvent, text: &ConsentText, controller: &Controller) -> Result<Self, NoReceipt> {
        let event_state = state(event.action).ok_or(NoReceipt::NoDecision)?;
        if (text.version, &text.sha256) != (event.text_version, &event.text_sha256) {
            return Err(NoReceipt::OtherText);
        }
        let hash = chain::link(&event.previous_hash, event).map_err(|_| NoReceipt::Json)?;
        let shown = ReceiptEvent {
            event_time: event.served_at,
            validity_duration: None,
            entity_id: controller.registration.clone(),
            event_type: "notice",
            event_state: "requested",
            decision: None,
        };
        let (entity_id, actor, verification) = match event.method {
            Method::Electronic => (event.subject.to_string(), Some(event.actor), Some(event.verification)),
            Method::Automatic => (controller.registration.clone(), None, None),
        };
        let decided = ReceiptEvent {
            event_time: event.decided_at,
            validity_duration: validity(event),
            entity_id,
            event_type: "explicit",
            event_state,
            decision: Some(Decided { method: event.method, actor, verification }),
        };
        Ok(Self {
            schema_version: SCHEMA_VERSION,
            receipt_id: format!("urn:medius:consent-receipt:{}", event.id),
            record_id: event.id.clone(),
            pii_principal_id: event.subject.clone(),
            pii_processing: processing(event, text, controller),
            party_identification: parties(event, controller),
            events: [shown, decided],
            record_integrity: Integrity {
                case_id: event.case.clone(),
                seq: event.seq,
                previous_hash: event.previous_hash.clone(),
                hash,
            },
        })
    }
}

/// The words of an event's text as they were shown; `abroad` fills in a transfer's recipient. None for a text that does
/// not exist.
pub fn words(event: &ConsentEvent, abroad: impl FnOnce(&ConsentText) -> ConsentText) -> Option<ConsentText> {
    let text = text_of(event.item, event.text_version, event.language)?;
    Some(match event.item {
        Item::X1 => abroad(text),
        Item::P | Item::Ps => event.recipient.as_ref().map_or_else(|| text.clone(), |r| named(text, &r.name)),
        Item::G1 | Item::S1 | Item::E1 | Item::K1 => text.clone(),
    })
}

/// An event keeps the institution's name and department as one, with a comma between; a text puts between them what its
/// language does.
fn named(text: &ConsentText, name: &str) -> ConsentText {
    const FROM: &str = "{recipient}";
    const TO: &str = "{department}";
    let mut text = text.clone();
    for passage in &mut text.elements {
        let Some((before, rest)) = passage.text.split_once(FROM) else { continue };
        let Some((between, after)) = rest.split_once(TO) else { continue };
        let name = match name.rsplit_once(", ") {
            Some((institution, department)) => format!("{institution}{between}{department}"),
            None => name.to_owned(),
        };
        passage.text = format!("{before}{name}{after}");
    }
    text
}

const fn state(action: Action) -> Option<&'static str> {
    match action {
        Action::Serve => None,
        Action::Grant => Some("given"),
        Action::Refuse => Some("refused"),
        Action::Withdraw => Some("withdrawn"),
        Action::Supersede => Some("superseded"),
        Action::Expire => Some("expired"),
    }
}

fn validity(event: &ConsentEvent) -> Option<String> {
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let until = event.expires_at.map_or_else(|| "..".to_owned(), time);
    (event.action == Action::Grant).then(|| format!("{}/{until}", time(event.decided_at)))
}

fn processing(event: &ConsentEvent, text: &ConsentText, controller: &Controller) -> Processing {
    let passage = |ours, theirs| text.passage(ours).or_else(|| text.passage(theirs)).unwrap_or_default().to_owned();
    let phone = &controller.phone;
    let (withdrawal_method, privacy_rights) = match event.language {
        TextLanguage::Ko => (
            format!("언제든지 본인의 동의 목록에서 바로 철회할 수 있습니다. 전화로도 가능합니다: {phone}"),
            "열람, 정정, 삭제, 처리정지, 동의 철회, 이의 제기 (개인정보 보호법 제35조-제38조)".to_owned(),
        ),
        TextLanguage::En => (
            format!("At any time in the list of your consents, with immediate effect; or by telephone: {phone}"),
            "Access, correction, deletion, suspension, withdrawal, objection (Personal Information Protection Act Art. 35-38)"
                .to_owned(),
        ),
    };
    Processing {
        privacy_notice: Notice {
            item: event.item,
            version: text.version,
            sha256: text.sha256.clone(),
            title: text.title.clone(),
            elements: text.elements.clone(),
            grant: text.grant.clone(),
            refuse: text.refuse.clone(),
        },
        language: event.language,
        purposes: [Purpose {
            purpose: passage(Element::Purpose, Element::RecipientPurpose),
            purpose_type: purpose_type(event.item),
            lawful_basis: LawfulBasis { r#type: "consent", statute: STATUTE, articles: articles(event.item) },
            pii_information: event.data_items.iter().map(|part| information(event, *part)).collect(),
            pii_controllers: [controller.registration.clone()],
            storage_locations: [controller.storage.clone()],
            retention_period: passage(Element::Retention, Element::RecipientRetention),
            jurisdiction: JURISDICTION,
            recipient_third_parties: event.recipient.iter().map(|r| r.id.to_string()).collect(),
            withdrawal_method,
            privacy_rights,
        }],
    }
}

fn information(event: &ConsentEvent, part: DataItem) -> PiiInformation {
    let (ko, en) = part.label();
    PiiInformation {
        pii_type: part,
        description: match event.language {
            TextLanguage::Ko => ko,
            TextLanguage::En => en,
        },
        pii_optional: !event.item.required().contains(&part),
        sensitive_pii_category: Item::S1.data_items().contains(&part).then_some("health"),
    }
}

fn parties(event: &ConsentEvent, controller: &Controller) -> Vec<Party> {
    let operator = Party {
        party_id: controller.registration.clone(),
        party_name: controller.name.clone(),
        party_role: "pii_controller",
        party_type: "operator",
        party_phone: Some(controller.phone.clone()),
    };
    let institution = event.recipient.as_ref().map(|recipient| Party {
        party_id: recipient.id.to_string(),
        party_name: recipient.name.clone(),
        party_role: "third_party",
        party_type: "healthcare_institution",
        party_phone: None,
    });
    [operator].into_iter().chain(institution).collect()
}

const fn purpose_type(item: Item) -> &'static str {
    match item {
        Item::G1 => "referral",
        Item::S1 => "referral_health",
        Item::P => "provision",
        Item::Ps => "provision_health",
        Item::E1 => "explanation_of_records",
        Item::X1 => "transfer_abroad",
        Item::K1 => "guardian_decides",
    }
}

/// The provisions that allow each item on consent.
const fn articles(item: Item) -> &'static [&'static str] {
    match item {
        Item::G1 => &["15(1)1"],
        Item::S1 => &["23(1)1"],
        Item::P => &["17(1)1"],
        Item::Ps => &["17(1)1", "23(1)1"],
        Item::E1 => &["15(1)1", "23(1)1"],
        Item::X1 => &["28-8(1)1"],
        Item::K1 => &["22-2(1)"],
    }
}
