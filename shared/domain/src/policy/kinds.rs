//! The columns of the table: as what somebody acts, on what, and how they stand to it.

use serde::{Deserialize, Serialize};

/// As what somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A patient, or their guardian at the same sign-in.
    Patient,
    /// Somebody at an institution, through a link.
    Institution,
    /// Staff who accompany patients.
    Coordinator,
    /// Staff who review letters and explanations.
    ClinicianReviewer,
    /// The data protection officer.
    Dpo,
    /// Staff who read access logs.
    Auditor,
    /// Staff who run the service and see no patient data.
    Ops,
    /// A function of the service itself.
    Function,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 8] = [
        Self::Patient,
        Self::Institution,
        Self::Coordinator,
        Self::ClinicianReviewer,
        Self::Dpo,
        Self::Auditor,
        Self::Ops,
        Self::Function,
    ];

    /// The roles of the staff pool.
    pub const STAFF: [Self; 5] = [Self::Coordinator, Self::ClinicianReviewer, Self::Dpo, Self::Auditor, Self::Ops];

    /// The code; for staff also the name of the group in the pool.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Institution => "institution",
            Self::Coordinator => "coordinator",
            Self::ClinicianReviewer => "clinician_reviewer",
            Self::Dpo => "dpo",
            Self::Auditor => "auditor",
            Self::Ops => "ops",
            Self::Function => "function",
        }
    }

    /// The staff role of a group's name.
    pub fn of_group(name: &str) -> Option<Self> {
        Self::STAFF.into_iter().find(|r| r.code() == name)
    }
}

/// What is acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Thing {
    /// A case: state, dates, assignment.
    Case,
    /// The patient's story.
    Intake,
    /// Consents: texts, decisions, receipts.
    Consent,
    /// The guardian of a child.
    Guardian,
    /// A letter and its data.
    Referral,
    /// A plain explanation of results and medicines.
    Explanation,
    /// A letter on its way.
    Delivery,
    /// A secure link.
    Link,
    /// A mail of the outbox.
    Mail,
    /// Messages between patient and staff.
    Message,
    /// A case's access log.
    AccessLog,
    /// The list of cases that wait for staff.
    WorkList,
    /// Who of the staff looks after a case.
    Assignment,
    /// The institutions.
    Directory,
    /// The staff.
    Member,
    /// The monthly review of the access log.
    Review,
    /// Hash chains and their signed heads.
    Chain,
    /// Signing in.
    SignIn,
    /// A request about the patient's rights.
    Right,
    /// What a patient asks the service.
    Inquiry,
    /// What a statute keeps of a person, apart from everything else.
    Statutory,
    /// A file that somebody brings.
    Upload,
    /// Results and medicines of the patient's records.
    Record,
    /// The copy of everything that is kept about a patient.
    Export,
    /// A request to an institution: where it stands, and what was said.
    Task,
}

impl Thing {
    /// Every thing.
    pub const ALL: [Self; 25] = [
        Self::Case,
        Self::Intake,
        Self::Consent,
        Self::Guardian,
        Self::Referral,
        Self::Explanation,
        Self::Delivery,
        Self::Link,
        Self::Mail,
        Self::Message,
        Self::AccessLog,
        Self::WorkList,
        Self::Assignment,
        Self::Directory,
        Self::Member,
        Self::Review,
        Self::Chain,
        Self::SignIn,
        Self::Right,
        Self::Inquiry,
        Self::Statutory,
        Self::Upload,
        Self::Record,
        Self::Export,
        Self::Task,
    ];

    /// The code: the first part of an object's reference.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Intake => "intake",
            Self::Consent => "consent",
            Self::Guardian => "guardian",
            Self::Referral => "referral",
            Self::Explanation => "explanation",
            Self::Delivery => "delivery",
            Self::Link => "link",
            Self::Mail => "mail",
            Self::Message => "message",
            Self::AccessLog => "access-log",
            Self::WorkList => "work-list",
            Self::Assignment => "assignment",
            Self::Directory => "directory",
            Self::Member => "member",
            Self::Review => "review",
            Self::Chain => "chain",
            Self::SignIn => "sign-in",
            Self::Right => "right",
            Self::Inquiry => "inquiry",
            Self::Statutory => "statutory",
            Self::Upload => "upload",
            Self::Record => "record",
            Self::Export => "export",
            Self::Task => "task",
        }
    }

    /// The thing of a code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.code() == code)
    }
}

/// How the actor stands to what is acted on: the state column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is the patient's own.
    Own,
    /// It is another patient's: nothing is ever allowed.
    Foreign,
    /// The institution holds a live link to it, with every consent in force.
    Recipient,
    /// The case is assigned to this member of staff.
    Assigned,
    /// The case is assigned to nobody or to somebody else.
    Unassigned,
    /// It belongs to no one patient.
    Service,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 6] =
        [Self::Own, Self::Foreign, Self::Recipient, Self::Assigned, Self::Unassigned, Self::Service];

    /// The code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Foreign => "foreign",
            Self::Recipient => "recipient",
            Self::Assigned => "assigned",
            Self::Unassigned => "unassigned",
            Self::Service => "service",
        }
    }
}
