//! What mails are about: references only.

use medius_domain::access::Scope;
use medius_domain::id::{DeliveryId, DocumentNumber, InquiryId, LinkId, ProviderId, RightId};
use medius_domain::rights::Milestone;
use serde::{Deserialize, Serialize};

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
    /// That an institution still waits for an answer.
    AnswerAwaited,
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
    /// An institution that owes something has no link any more by which it could answer.
    LinkOver,
    /// The institution does not answer.
    AnswerMissing,
    /// The institution accepted, and proposes no appointment.
    AppointmentMissing,
    /// The patient does not answer what the institution asks.
    QuestionUnanswered,
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
    pub const ALL: [Self; 14] = [
        Self::LinkSuspended,
        Self::LinkOver,
        Self::LinkBounced,
        Self::LinkComplained,
        Self::AnswerMissing,
        Self::AppointmentMissing,
        Self::QuestionUnanswered,
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
    pub(super) fn scope(&self) -> Scope {
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
