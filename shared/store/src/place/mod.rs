//! Where each record lies: its table and its keys.

mod keys;
mod table;

pub use table::{Table, Tables};

use medius_domain::access::Scope;
use medius_domain::clock::Month;
use medius_domain::id::{
    CaseId, ChangeId, DeliveryId, DestructionId, DocumentNumber, ExplanationId, InquiryId, LinkId, MailId, MessageId,
    ProviderId, RecordId, ReferralId, RightId, Subject, TaskId, UploadId,
};
use medius_domain::upload::Owner;

/// Where a record lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// The case itself.
    Case(CaseId),
    /// The patient's story, sealed.
    Intake(CaseId),
    /// How to reach the patient, sealed under a key of its own.
    Contact(CaseId),
    /// Who of the staff looks after the case.
    Assignment(CaseId),
    /// A message between the patient and staff.
    Message(CaseId, MessageId),
    /// A letter.
    Referral(CaseId, ReferralId),
    /// An explanation of records.
    Explanation(CaseId, ExplanationId),
    /// What a patient wants to have corrected, sealed.
    Correction(CaseId, RightId),
    /// A delivery.
    Delivery(CaseId, DeliveryId),
    /// A request to an institution.
    Task(CaseId, TaskId),
    /// What was said at a step of it, sealed.
    TaskNote(CaseId, TaskId, u32),
    /// What can be verified about a document by its number.
    Document(DocumentNumber),
    /// That a copy of a letter was made for a recipient, by the copy's SHA-256.
    Copy(DocumentNumber, String),
    /// The case's wrapped data key.
    DataKey(CaseId),
    /// The wrapped key of the case's contact card.
    ContactKey(CaseId),
    /// The state of the guardian's one-time code (without the code).
    GuardianCode(CaseId),
    /// The state of the case's consents.
    Consents(CaseId),
    /// A consent event, by its place in the chain.
    ConsentEvent(CaseId, u64),
    /// A link.
    Link(LinkId),
    /// The link's newest one-time code (without the code).
    Code(LinkId),
    /// A session of a link, by the SHA-256 of its token.
    Session(LinkId, String),
    /// How often a network tried a link in vain, by an opaque name of the network.
    Tries(LinkId, String),
    /// The copy that a patient asked for, while it waits to be fetched.
    Export(RightId),
    /// The head of a chain of the access log.
    LogHead(Scope),
    /// An entry of the access log, by its place in the chain.
    LogEntry(Scope, u64),
    /// A mail.
    Mail(MailId),
    /// What a repeated request is answered with, by the SHA-256 of its scope.
    Idempotency(String),
    /// An institution.
    Provider(ProviderId),
    /// A proposed change of an institution.
    ProviderChange(ProviderId, ChangeId),
    /// What is recorded about a member of staff.
    Member(Subject),
    /// The sign-off of a month's review.
    Review(Month),
    /// The destruction of a case.
    Ledger(DestructionId),
    /// A request about rights.
    Right(RightId),
    /// An inquiry with its sealed thread.
    Inquiry(InquiryId),
    /// The wrapped data key of an inquiry.
    InquiryKey(InquiryId),
    /// What a statute keeps of an inquiry, sealed under a key of its own.
    Statutory(InquiryId),
    /// The wrapped data key of such a record.
    StatutoryKey(InquiryId),
    /// How often somebody did something of late, by an opaque name.
    Tally(String),
    /// A file that somebody brings.
    Upload(Owner, UploadId),
    /// Results and medicines out of a patient's records, sealed.
    Record(CaseId, RecordId),
    /// The wrapped data key of a request about rights.
    RightKey(RightId),
}

impl Place {
    /// The head of a case's access log.
    pub fn case_log(case: &CaseId) -> Self {
        Self::LogHead(Scope::Case(case.clone()))
    }

    /// What the gate needs to know about a case: itself, its consents, how to tell who must consent, and its log.
    pub fn gate(case: &CaseId) -> [Self; 5] {
        [
            Self::Case(case.clone()),
            Self::Consents(case.clone()),
            Self::Contact(case.clone()),
            Self::ContactKey(case.clone()),
            Self::case_log(case),
        ]
    }

    /// What an inquiry is read from: itself, what a statute keeps of it, the keys of both, and its log.
    pub fn of_inquiry(id: &InquiryId) -> [Self; 5] {
        let [record, record_key, log] = Self::of_statutory(id);
        [Self::Inquiry(id.clone()), Self::InquiryKey(id.clone()), record, record_key, log]
    }

    /// What a record that a statute keeps is read from: itself, its key, and the log of the inquiry that it was.
    pub fn of_statutory(id: &InquiryId) -> [Self; 3] {
        let log = Self::LogHead(Scope::Inquiry(id.clone()));
        [Self::Statutory(id.clone()), Self::StatutoryKey(id.clone()), log]
    }

    /// Its table.
    pub const fn table(&self) -> Table {
        match self {
            Self::Case(_)
            | Self::Intake(_)
            | Self::Contact(_)
            | Self::Assignment(_)
            | Self::Message(..)
            | Self::Referral(..)
            | Self::Explanation(..)
            | Self::Delivery(..)
            | Self::Task(..)
            | Self::TaskNote(..)
            | Self::Correction(..)
            | Self::Record(..)
            | Self::Document(_)
            | Self::Copy(..) => Table::Cases,
            Self::DataKey(_)
            | Self::ContactKey(_)
            | Self::InquiryKey(_)
            | Self::StatutoryKey(_)
            | Self::RightKey(_) => Table::Keys,
            Self::Consents(_) | Self::ConsentEvent(..) | Self::GuardianCode(_) => Table::Consents,
            Self::Link(_) | Self::Code(_) | Self::Session(..) | Self::Tries(..) | Self::Export(_) => Table::Links,
            Self::LogHead(_) | Self::LogEntry(..) => Table::AccessLog,
            Self::Mail(_) => Table::Outbox,
            Self::Idempotency(_) | Self::Tally(_) => Table::Idempotency,
            Self::Provider(_) | Self::ProviderChange(..) => Table::Directory,
            Self::Member(_) | Self::Review(_) => Table::Registry,
            Self::Ledger(_) => Table::Ledger,
            Self::Right(_) => Table::Rights,
            Self::Inquiry(_) => Table::Inquiries,
            Self::Statutory(_) => Table::Statutory,
            Self::Upload(..) => Table::Uploads,
        }
    }
}
