//! Every key of every table, in one file. Keys are made of opaque ids and say nothing about a person.

use super::Place;
use medius_domain::access::Scope;
use medius_domain::id::{CaseId, DestructionId, InquiryId, MailId, ProviderId, RightId};
use medius_domain::upload::Owner;

impl Place {
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
}
