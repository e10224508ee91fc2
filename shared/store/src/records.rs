//! Records that are more than a domain type: what is kept about letters, deliveries, mails, sessions and repeats.

use crate::keyring::WrappedKey;
use crate::mailboxes::SealedCard;
use chrono::{DateTime, Utc};
use medius_domain::access::Scope;
use medius_domain::clinician::{LetterReview, LetterSignature};
use medius_domain::code::CodeState;
use medius_domain::consent::DataItem;
use medius_domain::id::{
    CaseId, DeliveryId, DocumentNumber, EventId, InquiryId, LinkId, MailId, MessageId, ProviderId, ReferralId, RightId,
    Subject,
};
use medius_domain::link::Link;
use medius_domain::policy::Role;
use medius_domain::rights::Milestone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The patient's story as it is stored: two sealed values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SealedIntake {
    /// Basic information.
    pub basic: Option<Vec<u8>>,
    /// Health information.
    pub health: Option<Vec<u8>>,
}

/// Everything sealed about a case, with the keys that open it.
#[derive(Debug, Clone)]
pub struct SealedCase {
    /// The case's data key, wrapped.
    pub data_key: WrappedKey,
    /// The key of the contact card, wrapped.
    pub contact_key: WrappedKey,
    /// The story.
    pub intake: SealedIntake,
    /// How to reach the patient.
    pub card: Option<SealedCard>,
}

/// The one-time code to a guardian.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardianCode {
    /// Its number, its end, its tries.
    pub code: CodeState,
    /// Which of the card's mailboxes it went to.
    pub guardian_rev: u32,
    /// Until when the guardian may decide, after a right code.
    pub verified_until: Option<DateTime<Utc>>,
    /// Grows by one with each change.
    pub rev: u64,
}

/// A message between a patient and staff. Its text lies sealed beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRecord {
    /// Its id.
    pub id: MessageId,
    /// The case.
    pub case_id: CaseId,
    /// As what its author wrote it: patient, coordinator.
    pub from: Role,
    /// When.
    pub sent_at: DateTime<Utc>,
}

/// A letter. What it says lies sealed in the documents bucket; here is what may be seen without opening it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralRecord {
    /// Its id.
    pub id: ReferralId,
    /// The case.
    pub case_id: CaseId,
    /// Its number on paper.
    pub document_number: DocumentNumber,
    /// The institution that it is addressed to.
    pub recipient: ProviderId,
    /// When it was made.
    pub issued_at: DateTime<Utc>,
    /// Version of the case that it was made from.
    pub case_version: u64,
    /// The consents that it rests on.
    pub basis: Vec<EventId>,
    /// The parts of the patient's information that are in it.
    pub items: BTreeSet<DataItem>,
    /// SHA-256 of the PDF, hex; also the object's name.
    pub pdf_sha256: String,
    /// SHA-256 of the FHIR Bundle, hex; printed on the letter.
    pub bundle_sha256: String,
    /// SHA-256 of the display model that pages are made from, hex.
    pub view_sha256: String,
    /// Size of the PDF in bytes.
    pub pdf_bytes: u64,
    /// Number of pages.
    pub pages: u32,
    /// The letter whose place it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<DocumentNumber>,
    /// When something that it says was corrected, or it was signed as another: since then it is not sent any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_at: Option<DateTime<Utc>>,
    /// How far a clinician's review is, where the patient asked for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<LetterReview>,
}

/// What anybody who holds a letter can verify about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRecord {
    /// The number on paper.
    pub number: DocumentNumber,
    /// SHA-256 of the PDF, hex.
    pub pdf_sha256: String,
    /// SHA-256 of the FHIR Bundle, hex.
    pub bundle_sha256: String,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// A clinician's signature, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<LetterSignature>,
}

/// A delivery: which letter goes where. How far it got is the link's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRecord {
    /// Its id.
    pub id: DeliveryId,
    /// The case.
    pub case_id: CaseId,
    /// The letter.
    pub referral_id: ReferralId,
    /// The institution.
    pub provider_id: ProviderId,
    /// The link.
    pub link_id: LinkId,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// A session at an institution's browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was used last.
    pub seen_at: DateTime<Utc>,
    /// The link's epoch when it began: another epoch ends it.
    pub epoch: u32,
    /// The link's secret when it began: another generation ends it.
    pub generation: u32,
}

/// What a mail is about. It holds references only; the mailer looks everything else up when it sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MailAbout {
    /// The link, to an institution.
    ProviderLink {
        /// The link.
        link_id: LinkId,
        /// Its generation when the mail was ordered.
        generation: u32,
        /// The institution.
        provider_id: ProviderId,
    },
    /// A one-time code, to an institution.
    ProviderCode {
        /// The link.
        link_id: LinkId,
        /// Its generation when the mail was ordered.
        generation: u32,
        /// The institution.
        provider_id: ProviderId,
        /// The code's number.
        code_n: u32,
    },
    /// That something about its referral changed, to an institution; it carries the same link.
    ProviderTask {
        /// The link.
        link_id: LinkId,
        /// Its generation when the mail was ordered.
        generation: u32,
        /// The institution.
        provider_id: ProviderId,
    },
    /// That a link has ended because the patient wishes it, to an institution that was sent it.
    ProviderEnded {
        /// The delivery.
        delivery_id: DeliveryId,
        /// The institution.
        provider_id: ProviderId,
    },
    /// That a case is destroyed, and copies of its letters are to be, too: to an institution that was sent them. Nothing of the
    /// case is looked up any more when it is sent.
    ProviderDestroyed {
        /// The institution.
        provider_id: ProviderId,
        /// The numbers of the letters.
        documents: Vec<DocumentNumber>,
    },
    /// That something which an institution recorded is to be corrected: to that institution. It names the request and nobody.
    ProviderCorrection {
        /// The institution.
        provider_id: ProviderId,
        /// The request.
        right_id: RightId,
    },
    /// A one-time code, to a child's guardian.
    GuardianCode {
        /// The code's number.
        code_n: u32,
    },
    /// That something waits for the patient at the service.
    PatientNotice {
        /// What.
        notice: Notice,
    },
    /// That a case needs a coordinator, to the coordinators' mailbox.
    CoordinatorNotice {
        /// Why.
        notice: DeskNotice,
    },
    /// That a request was closed because nobody showed who asks: to the mailbox on file, if there is one.
    RightClosed {
        /// The request.
        right_id: RightId,
    },
    /// That something should have happened to a request by now: to the data protection officer.
    OfficerReminder {
        /// The request.
        right_id: RightId,
        /// What.
        milestone: Milestone,
    },
    /// A one-time code to the mailbox on file of who asks about rights without a sign-in, if there is such a mailbox.
    RightCode {
        /// The request.
        right_id: RightId,
        /// The code's number.
        code_n: u32,
    },
    /// A one-time code, to a visitor who asks something.
    InquiryCode {
        /// The inquiry.
        inquiry_id: InquiryId,
        /// The code's number.
        code_n: u32,
    },
    /// That an inquiry was answered, to the mailbox that was left with it.
    InquiryAnswer {
        /// The inquiry.
        inquiry_id: InquiryId,
    },
    /// That the copy which a patient asked for is ready, with its link.
    PatientExport {
        /// The request.
        right_id: RightId,
    },
    /// A one-time code to fetch that copy.
    ExportCode {
        /// The request.
        right_id: RightId,
        /// The code's number.
        code_n: u32,
    },
}

/// What waits for a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// A message from staff.
    Message,
    /// A receipt of a consent that was given or taken back.
    Receipt,
    /// That a case in which nothing happens will be closed in two weeks.
    ClosingSoon,
    /// That a case is destroyed at its time, and where the certificate will be.
    Destroyed,
    /// A step of a request about the patient's rights.
    Right,
    /// That what was asked for was corrected, and that a new letter can be made and sent.
    Corrected,
    /// That a clinician reviewed and signed a letter, which can now be sent.
    Signed,
    /// That something happened at a request to an institution.
    TaskChanged,
}

/// Why a case needs a coordinator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskNotice {
    /// Too many wrong codes: nobody gets in until the link is made anew.
    LinkSuspended,
    /// The institution's mail server refused the mail.
    LinkBounced,
    /// Somebody at the institution marked the mail as spam.
    LinkComplained,
    /// The institution does not answer.
    AnswerMissing,
    /// Two weeks after an appointment there is no outcome.
    OutcomeMissing,
    /// An institution will not see the patient.
    TaskDeclined,
    /// An institution named another one.
    TaskRedirected,
    /// One side asked to cancel.
    CancelRequested,
    /// Nobody answered a request to cancel.
    CancelUnanswered,
    /// The patient did not come.
    NotAttended,
    /// A request ended because nobody answered.
    TaskExpired,
}

impl DeskNotice {
    /// Every notice.
    pub const ALL: [Self; 11] = [
        Self::LinkSuspended,
        Self::LinkBounced,
        Self::LinkComplained,
        Self::AnswerMissing,
        Self::OutcomeMissing,
        Self::TaskDeclined,
        Self::TaskRedirected,
        Self::CancelRequested,
        Self::CancelUnanswered,
        Self::NotAttended,
        Self::TaskExpired,
    ];
}

impl MailAbout {
    /// The link that it carries or is about, where it has one.
    pub const fn link(&self) -> Option<&LinkId> {
        match self {
            Self::ProviderLink { link_id, .. }
            | Self::ProviderTask { link_id, .. }
            | Self::ProviderCode { link_id, .. } => Some(link_id),
            Self::ProviderEnded { .. }
            | Self::ProviderDestroyed { .. }
            | Self::ProviderCorrection { .. }
            | Self::GuardianCode { .. }
            | Self::CoordinatorNotice { .. }
            | Self::PatientNotice { .. }
            | Self::PatientExport { .. }
            | Self::ExportCode { .. }
            | Self::InquiryCode { .. }
            | Self::InquiryAnswer { .. }
            | Self::RightClosed { .. }
            | Self::OfficerReminder { .. }
            | Self::RightCode { .. } => None,
        }
    }

    /// The chain of what is about no case.
    fn scope(&self) -> Scope {
        match self {
            Self::RightCode { right_id, .. }
            | Self::RightClosed { right_id }
            | Self::OfficerReminder { right_id, .. } => Scope::Right(right_id.clone()),
            Self::InquiryCode { inquiry_id, .. } | Self::InquiryAnswer { inquiry_id } => {
                Scope::Inquiry(inquiry_id.clone())
            }
            Self::ProviderLink { .. }
            | Self::ProviderTask { .. }
            | Self::ProviderCode { .. }
            | Self::ProviderEnded { .. }
            | Self::ProviderDestroyed { .. }
            | Self::ProviderCorrection { .. }
            | Self::GuardianCode { .. }
            | Self::CoordinatorNotice { .. }
            | Self::PatientNotice { .. }
            | Self::PatientExport { .. }
            | Self::ExportCode { .. } => Scope::Registry,
        }
    }
}

/// How far a mail got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MailStatus {
    /// To be sent.
    Pending,
    /// A mailer holds it under a lease.
    Sending,
    /// The mail provider took it.
    Sent,
    /// Not to be sent any more: the link is dead.
    Dropped,
}

impl MailStatus {
    /// The status in the index.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Sending => "SENDING",
            Self::Sent => "SENT",
            Self::Dropped => "DROPPED",
        }
    }
}

/// A mail in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRecord {
    /// Its id.
    pub id: MailId,
    /// What it is about.
    pub about: MailAbout,
    /// The case; none where it is about none, or where which one is told only by who reads the mail.
    pub case_id: Option<CaseId>,
    /// Whose case, as a pseudonym.
    pub subject: Option<Subject>,
    /// How far it got.
    pub status: MailStatus,
    /// Times that a mailer took it.
    pub attempts: u32,
    /// Until when a mailer holds it.
    pub lease_until: Option<DateTime<Utc>>,
    /// The mail provider's message id.
    pub message_id: Option<String>,
    /// When it was ordered.
    pub created_at: DateTime<Utc>,
    /// Id of the request or invocation that ordered it, opaque: logs of the mail and of what became of it say it, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_by: Option<String>,
}

impl MailRecord {
    /// A mail to be sent about a case.
    pub fn new(about: MailAbout, case_id: CaseId, subject: Subject, now: DateTime<Utc>) -> Self {
        Self { case_id: Some(case_id), subject: Some(subject), ..Self::apart(about, now) }
    }

    /// A mail to be sent about no case.
    pub fn apart(about: MailAbout, now: DateTime<Utc>) -> Self {
        Self {
            id: MailId::new(),
            about,
            case_id: None,
            subject: None,
            status: MailStatus::Pending,
            attempts: 0,
            lease_until: None,
            message_id: None,
            created_at: now,
            ordered_by: None,
        }
    }

    /// A mail to be sent about a case of which nobody knows any more whose it was.
    pub fn nameless(about: MailAbout, case_id: CaseId, now: DateTime<Utc>) -> Self {
        Self { case_id: Some(case_id), ..Self::apart(about, now) }
    }

    /// The chain of the access log in which what becomes of it is written down.
    pub fn scope(&self) -> Scope {
        self.case_id.clone().map_or_else(|| self.about.scope(), Scope::Case)
    }

    /// The mail that tells coordinators what became of a link.
    pub fn to_coordinators(link: &Link, notice: DeskNotice, now: DateTime<Utc>) -> Self {
        let about = MailAbout::CoordinatorNotice { notice };
        Self::new(about, link.case_id.clone(), link.subject.clone(), now)
    }

    /// The mail that tells an institution that its link has ended.
    pub fn ended(link: &Link, now: DateTime<Utc>) -> Self {
        let about =
            MailAbout::ProviderEnded { delivery_id: link.delivery_id.clone(), provider_id: link.provider_id.clone() };
        Self::new(about, link.case_id.clone(), link.subject.clone(), now)
    }
}

/// What a repeated request is answered with. Bodies of creating requests hold ids, states and times, nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdempotencyRecord {
    /// SHA-256 over subject, route and key, hex.
    pub scope: String,
    /// SHA-256 of the request's body, hex.
    pub payload_sha256: String,
    /// The answer's status.
    pub status: u16,
    /// The address of what was made, for `Location`.
    #[serde(default)]
    pub location: Option<String>,
    /// The answer's body, JSON.
    pub body: String,
}
