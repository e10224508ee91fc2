//! Every key of every table, in one file. Keys are made of opaque ids and say nothing about a person.

use crate::error::StoreError;
use medius_domain::access::Scope;
use medius_domain::clock::Month;
use medius_domain::id::{
    CaseId, ChangeId, DeliveryId, DestructionId, DocumentNumber, ExplanationId, InquiryId, LinkId, MailId, MessageId,
    ProviderId, RecordId, ReferralId, RightId, Subject, TaskId, UploadId,
};
use medius_domain::upload::Owner;
use std::collections::HashMap;

/// A table. Several, because permissions, TTL, streams, backups and keys are set per table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Table {
    /// Cases with their intake, letters and deliveries.
    Cases,
    /// Consent events and the state that follows from them.
    Consents,
    /// Secure links with their sessions and codes.
    Links,
    /// Wrapped data keys.
    Keys,
    /// Who read what.
    AccessLog,
    /// Mail to be sent.
    Outbox,
    /// Answers to repeated requests, and how often somebody did something of late.
    Idempotency,
    /// Institutions, and proposed changes of them.
    Directory,
    /// Staff and reviews.
    Registry,
    /// Destructions and their certificates.
    Ledger,
    /// Requests about the patients' rights, kept for three years.
    Rights,
    /// Inquiries.
    Inquiries,
    /// Files that people bring: where each stands, nothing that is in it.
    Uploads,
    /// What a statute keeps after everything else of a person is destroyed.
    Statutory,
}

impl Table {
    /// The name that seals are bound to; never changes, whatever the table is called in a stage.
    pub(crate) const fn purpose(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Consents => "consents",
            Self::Links => "links",
            Self::Keys => "keys",
            Self::AccessLog => "access_log",
            Self::Outbox => "outbox",
            Self::Idempotency => "idempotency",
            Self::Directory => "directory",
            Self::Registry => "registry",
            Self::Ledger => "ledger",
            Self::Rights => "rights",
            Self::Inquiries => "inquiries",
            Self::Uploads => "uploads",
            Self::Statutory => "statutory",
        }
    }

    const fn variable(self) -> &'static str {
        match self {
            Self::Cases => "TABLE_CASES",
            Self::Consents => "TABLE_CONSENTS",
            Self::Links => "TABLE_LINKS",
            Self::Keys => "TABLE_KEYS",
            Self::AccessLog => "TABLE_ACCESS_LOG",
            Self::Outbox => "TABLE_OUTBOX",
            Self::Idempotency => "TABLE_IDEMPOTENCY",
            Self::Directory => "TABLE_DIRECTORY",
            Self::Registry => "TABLE_REGISTRY",
            Self::Ledger => "TABLE_LEDGER",
            Self::Rights => "TABLE_RIGHTS",
            Self::Inquiries => "TABLE_INQUIRIES",
            Self::Uploads => "TABLE_UPLOADS",
            Self::Statutory => "TABLE_STATUTORY",
        }
    }

    /// Every table.
    pub const ALL: [Self; 14] = [
        Self::Cases,
        Self::Consents,
        Self::Links,
        Self::Keys,
        Self::AccessLog,
        Self::Outbox,
        Self::Idempotency,
        Self::Directory,
        Self::Registry,
        Self::Ledger,
        Self::Rights,
        Self::Inquiries,
        Self::Uploads,
        Self::Statutory,
    ];
}

/// The tables' names in this stage; a function is given only those that it uses.
#[derive(Debug, Clone)]
pub struct Tables(HashMap<Table, String>);

impl Tables {
    /// From the function's environment.
    pub fn from_env() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }

    /// From any source of variables.
    pub fn new(variable: impl Fn(&str) -> Option<String>) -> Self {
        Self(Table::ALL.into_iter().filter_map(|t| Some((t, variable(t.variable())?))).collect())
    }

    /// A table's name.
    ///
    /// # Errors
    /// [`StoreError::Configuration`] when the function was not given the table.
    pub fn name(&self, table: Table) -> Result<&str, StoreError> {
        self.0.get(&table).map(String::as_str).ok_or(StoreError::Configuration(table.variable()))
    }
}

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
    /// The mail that a key of the outbox names, for the reader of its stream.
    pub fn mail_of_key(pk: &str) -> Option<MailId> {
        pk.strip_prefix("MAIL#")?.parse().ok()
    }

    /// The case that a partition key names, for the reader of the cases' stream.
    pub fn case_of_key(pk: &str) -> Option<CaseId> {
        pk.strip_prefix("CASE#")?.parse().ok()
    }

    /// The request that a partition key names, for the reader of the requests' stream.
    pub fn right_of_key(pk: &str) -> Option<RightId> {
        pk.strip_prefix("RIGHT#")?.parse().ok()
    }

    /// The destruction that a partition key names, for the reader of the ledger's stream.
    pub fn destruction_of_key(pk: &str) -> Option<DestructionId> {
        pk.strip_prefix("DESTRUCTION#")?.parse().ok()
    }

    /// The chain that a partition key of the access log or of the consents names, for the verifier.
    pub(crate) fn scope_of_key(pk: &str) -> Option<Scope> {
        match pk.split_once('#') {
            None => (pk == "REGISTRY").then_some(Scope::Registry),
            Some(("CASE", id)) => id.parse().ok().map(Scope::Case),
            Some(("PROVIDER", id)) => id.parse().ok().map(Scope::Provider),
            Some(("MEMBER", id)) => id.parse().ok().map(Scope::Member),
            Some(("SIGNINS", id)) => id.parse().ok().map(Scope::SignIns),
            Some(("REVIEW", month)) => month.parse().ok().map(Scope::Review),
            Some(("RIGHT", id)) => id.parse().ok().map(Scope::Right),
            Some(("INQUIRY", id)) => id.parse().ok().map(Scope::Inquiry),
            Some(_) => None,
        }
    }

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

    /// Its partition key.
    pub fn pk(&self) -> String {
        match self {
            Self::Case(c)
            | Self::Intake(c)
            | Self::Referral(c, _)
            | Self::Explanation(c, _)
            | Self::Record(c, _)
            | Self::Delivery(c, _)
            | Self::Task(c, _)
            | Self::TaskNote(c, _, _)
            | Self::Correction(c, _)
            | Self::Contact(c)
            | Self::Assignment(c)
            | Self::Message(c, _)
            | Self::DataKey(c)
            | Self::ContactKey(c)
            | Self::GuardianCode(c)
            | Self::Consents(c)
            | Self::ConsentEvent(c, _) => Self::case_pk(c),
            Self::LogHead(scope) | Self::LogEntry(scope, _) => Self::scope_pk(scope),
            Self::Document(n) | Self::Copy(n, _) => format!("DOCUMENT#{n}"),
            Self::Link(l) | Self::Code(l) | Self::Session(l, _) | Self::Tries(l, _) => format!("LINK#{l}"),
            Self::Export(right) => format!("EXPORT#{right}"),
            Self::Mail(m) => format!("MAIL#{m}"),
            Self::Idempotency(scope) => format!("IDEM#{scope}"),
            Self::Provider(p) | Self::ProviderChange(p, _) => Self::provider_pk(p),
            Self::Member(subject) => format!("MEMBER#{subject}"),
            Self::Review(month) => format!("REVIEW#{month}"),
            Self::Ledger(d) => format!("DESTRUCTION#{d}"),
            Self::Right(id) | Self::RightKey(id) => Self::right_pk(id),
            Self::Upload(owner, _) => Self::owner_pk(owner),
            Self::Inquiry(id) | Self::InquiryKey(id) => Self::inquiry_pk(id),
            // Not the inquiry's: whoever destroys that by its key leaves this.
            Self::Statutory(id) | Self::StatutoryKey(id) => format!("STATUTORY#{id}"),
            Self::Tally(name) => format!("TALLY#{name}"),
        }
    }

    fn case_pk(case: &CaseId) -> String {
        format!("CASE#{case}")
    }

    fn provider_pk(provider: &ProviderId) -> String {
        format!("PROVIDER#{provider}")
    }

    fn inquiry_pk(inquiry: &InquiryId) -> String {
        format!("INQUIRY#{inquiry}")
    }

    /// Of everything that belongs to the owner of files.
    pub(crate) fn owner_pk(owner: &Owner) -> String {
        match owner {
            Owner::Case(id) => Self::case_pk(id),
            Owner::Right(id) => Self::right_pk(id),
            Owner::Inquiry(id) => Self::inquiry_pk(id),
        }
    }

    /// Where the wrapped key of an owner of files lies.
    pub fn owner_key(owner: &Owner) -> Self {
        match owner {
            Owner::Case(id) => Self::DataKey(id.clone()),
            Owner::Right(id) => Self::RightKey(id.clone()),
            Owner::Inquiry(id) => Self::InquiryKey(id.clone()),
        }
    }

    fn right_pk(right: &RightId) -> String {
        format!("RIGHT#{right}")
    }

    fn scope_pk(scope: &Scope) -> String {
        match scope {
            Scope::Case(c) => Self::case_pk(c),
            Scope::Provider(p) => Self::provider_pk(p),
            Scope::Member(subject) => format!("MEMBER#{subject}"),
            Scope::SignIns(subject) => format!("SIGNINS#{subject}"),
            Scope::Registry => "REGISTRY".to_owned(),
            Scope::Review(month) => format!("REVIEW#{month}"),
            Scope::Right(id) => Self::right_pk(id),
            Scope::Inquiry(id) => Self::inquiry_pk(id),
        }
    }

    /// Its sort key.
    pub fn sk(&self) -> String {
        match self {
            Self::Case(_) => "CASE".to_owned(),
            Self::Intake(_) => "INTAKE".to_owned(),
            Self::Referral(_, r) => format!("{}{r}", Self::REFERRALS),
            Self::Explanation(_, e) => format!("{}{e}", Self::EXPLANATIONS),
            Self::Delivery(_, d) => format!("{}{d}", Self::DELIVERIES),
            Self::Task(_, task) => format!("{}{task}", Self::TASKS),
            Self::TaskNote(_, task, n) => format!("TASKNOTE#{task}#{n:05}"),
            Self::Correction(_, right) => format!("CORRECTION#{right}"),
            Self::Document(_) => "DOCUMENT".to_owned(),
            Self::Copy(_, sha256) => format!("COPY#{sha256}"),
            Self::Contact(_) | Self::ContactKey(_) => "CONTACT".to_owned(),
            Self::Assignment(_) => "ASSIGNMENT".to_owned(),
            Self::Message(_, m) => format!("{}{m}", Self::MESSAGES),
            Self::DataKey(_) | Self::InquiryKey(_) | Self::StatutoryKey(_) | Self::RightKey(_) => "KEY".to_owned(),
            Self::Upload(_, id) => format!("{}{id}", Self::UPLOADS),
            Self::Record(_, id) => format!("{}{id}", Self::RECORDS),
            Self::GuardianCode(_) => "GUARDIAN".to_owned(),
            Self::Consents(_) | Self::LogHead(_) => "HEAD".to_owned(),
            Self::ConsentEvent(_, seq) => format!("{}{seq:010}", Self::EVENTS),
            Self::Link(_) => "LINK".to_owned(),
            Self::Code(_) => "CODE".to_owned(),
            Self::Session(_, hash) => format!("SESSION#{hash}"),
            Self::Tries(_, network) => format!("TRIES#{network}"),
            Self::Export(_) => "EXPORT".to_owned(),
            Self::LogEntry(_, seq) => format!("{}{seq:010}", Self::ENTRIES),
            Self::Mail(_) => "MAIL".to_owned(),
            Self::Idempotency(_) => "IDEM".to_owned(),
            Self::Provider(_) => "PROVIDER".to_owned(),
            Self::ProviderChange(_, c) => format!("{}{c}", Self::CHANGES),
            Self::Member(_) => "MEMBER".to_owned(),
            Self::Review(_) => "REVIEW".to_owned(),
            Self::Ledger(_) => "LEDGER".to_owned(),
            Self::Right(_) => "RIGHT".to_owned(),
            Self::Inquiry(_) => "INQUIRY".to_owned(),
            Self::Statutory(_) => "STATUTORY".to_owned(),
            Self::Tally(_) => "TALLY".to_owned(),
        }
    }

    pub(crate) const REFERRALS: &'static str = "REFERRAL#";
    pub(crate) const EXPLANATIONS: &'static str = "EXPLANATION#";
    pub(crate) const DELIVERIES: &'static str = "DELIVERY#";
    /// Beginning of the sort keys of Tasks.
    pub(crate) const TASKS: &'static str = "TASK#";
    pub(crate) const EVENTS: &'static str = "EVENT#";
    pub(crate) const ENTRIES: &'static str = "ENTRY#";
    pub(crate) const MESSAGES: &'static str = "MESSAGE#";
    pub(crate) const UPLOADS: &'static str = "UPLOAD#";
    pub(crate) const RECORDS: &'static str = "RECORD#";
    pub(crate) const CHANGES: &'static str = "CHANGE#";

    /// The kind of place, for errors.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Case(_) => "case",
            Self::Intake(_) => "intake",
            Self::Referral(..) => "referral",
            Self::Explanation(..) => "explanation",
            Self::Delivery(..) => "delivery",
            Self::Task(..) => "task",
            Self::TaskNote(..) => "task note",
            Self::Correction(..) => "correction",
            Self::Document(_) => "document",
            Self::Copy(..) => "copy",
            Self::Contact(_) => "contact",
            Self::Assignment(_) => "assignment",
            Self::Message(..) => "message",
            Self::DataKey(_) => "data key",
            Self::ContactKey(_) => "contact key",
            Self::GuardianCode(_) => "guardian code",
            Self::Consents(_) => "consents",
            Self::ConsentEvent(..) => "consent event",
            Self::Link(_) => "link",
            Self::Code(_) => "code",
            Self::Session(..) => "session",
            Self::Tries(..) => "tries",
            Self::Export(_) => "export",
            Self::LogHead(_) => "log head",
            Self::LogEntry(..) => "log entry",
            Self::Mail(_) => "mail",
            Self::Idempotency(_) => "idempotency",
            Self::Provider(_) => "provider",
            Self::ProviderChange(..) => "provider change",
            Self::Member(_) => "member",
            Self::Review(_) => "review",
            Self::Ledger(_) => "ledger",
            Self::Right(_) => "rights request",
            Self::Inquiry(_) => "inquiry",
            Self::InquiryKey(_) => "inquiry key",
            Self::Statutory(_) => "statutory record",
            Self::StatutoryKey(_) => "key of a statutory record",
            Self::Tally(_) => "tally",
            Self::Upload(..) => "upload",
            Self::Record(..) => "record",
            Self::RightKey(_) => "right key",
        }
    }
}
