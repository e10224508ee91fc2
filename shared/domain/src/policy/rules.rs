//! The table itself. Each row says why it is there; a combination without a row is denied.

use super::{Role, Standing, Thing};
use crate::access::Action;

/// A row: what a role may do with a thing in which standing.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// As what.
    pub role: Role,
    /// What is done.
    pub actions: &'static [Action],
    /// To what.
    pub thing: Thing,
    /// In which standing.
    pub standings: &'static [Standing],
    /// Whether a reason must be given.
    pub reason: bool,
    /// What it is for, in the README's words.
    pub why: &'static str,
}

const OWN: &[Standing] = &[Standing::Own];
const RECIPIENT: &[Standing] = &[Standing::Recipient];
const ASSIGNED: &[Standing] = &[Standing::Assigned];
const UNASSIGNED: &[Standing] = &[Standing::Unassigned];
const ANY_CASE: &[Standing] = &[Standing::Assigned, Standing::Unassigned];
const SERVICE: &[Standing] = &[Standing::Service];

const fn row(
    role: Role,
    thing: Thing,
    actions: &'static [Action],
    standings: &'static [Standing],
    reason: bool,
    why: &'static str,
) -> Rule {
    Rule { role, actions, thing, standings, reason, why }
}

use Action::{Create, Delete, Download, Export, GrantChange, LinkOpen, Send, SignIn, SignInAttempt, Update, View};

/// Every row.
pub const RULES: &[Rule] = &[
    // Patients: everything of their own.
    row(Role::Patient, Thing::Case, &[View, Create, Update], OWN, false, "own cases"),
    row(Role::Patient, Thing::Intake, &[View, Update], OWN, false, "own story"),
    row(Role::Patient, Thing::Guardian, &[View, Update, GrantChange], OWN, false, "the guardian of a child"),
    row(Role::Patient, Thing::Consent, &[View, GrantChange, Download], OWN, false, "own consents and receipts"),
    row(Role::Patient, Thing::Referral, &[View, Create, Download], OWN, false, "own letters"),
    row(Role::Patient, Thing::Explanation, &[View, Create, Download], OWN, false, "own explanations of records"),
    row(Role::Patient, Thing::Delivery, &[View, Create, GrantChange], OWN, false, "own deliveries"),
    row(Role::Patient, Thing::Task, &[View, Update], OWN, false, "what becomes of own referrals"),
    row(Role::Patient, Thing::Message, &[View, Create], OWN, false, "messages with staff"),
    row(Role::Patient, Thing::Inquiry, &[View, Create, Update], OWN, false, "own inquiries"),
    row(Role::Patient, Thing::Statutory, &[View], OWN, false, "what a statute keeps of them"),
    row(Role::Patient, Thing::Upload, &[View, Create, Download, Delete], OWN, false, "own files"),
    row(Role::Patient, Thing::Record, &[View, Create, Update], OWN, false, "own results and medicines"),
    row(Role::Patient, Thing::AccessLog, &[View, Export], OWN, false, "who looked at it"),
    row(Role::Patient, Thing::Right, &[View, Create, Update], OWN, false, "own requests about rights"),
    row(Role::Patient, Thing::Export, &[LinkOpen, Download], OWN, false, "the copy of what is kept about them"),
    row(Role::Patient, Thing::Directory, &[View], SERVICE, false, "institutions to choose from"),
    // Institutions: the one letter behind a live link.
    row(Role::Institution, Thing::Link, &[LinkOpen, Update], RECIPIENT, false, "its link"),
    row(Role::Institution, Thing::Referral, &[View, Download], RECIPIENT, false, "the letter addressed to it"),
    row(
        Role::Institution,
        Thing::Delivery,
        &[Create, Update],
        RECIPIENT,
        false,
        "to say what becomes of it; a colleague's link",
    ),
    row(Role::Institution, Thing::Upload, &[View, Create], RECIPIENT, false, "files that go along with what it found"),
    row(Role::Institution, Thing::Export, &[LinkOpen, Download], RECIPIENT, false, "what a patient says of its record"),
    row(Role::Institution, Thing::Task, &[View, Update], RECIPIENT, false, "its answers, and what became of them"),
    // Coordinators accompany patients.
    row(Role::Coordinator, Thing::WorkList, &[View], SERVICE, false, "which cases wait: ids, states, dates"),
    row(Role::Coordinator, Thing::Assignment, &[View, Update], ANY_CASE, false, "who looks after a case"),
    row(Role::Coordinator, Thing::Case, &[View], ASSIGNED, false, "to accompany the patient"),
    row(Role::Coordinator, Thing::Case, &[View], UNASSIGNED, true, "to step in"),
    row(Role::Coordinator, Thing::Referral, &[Download], ANY_CASE, true, "to help with a letter"),
    row(Role::Coordinator, Thing::Delivery, &[Update], ASSIGNED, false, "to make a link anew, or its access code"),
    row(Role::Coordinator, Thing::Delivery, &[Update], UNASSIGNED, true, "to step in"),
    row(Role::Coordinator, Thing::Task, &[View, Update], ASSIGNED, false, "to help where a referral does not go on"),
    row(Role::Coordinator, Thing::Task, &[View, Update], UNASSIGNED, true, "to step in"),
    row(Role::Coordinator, Thing::Message, &[View, Create], ASSIGNED, false, "messages with the patient"),
    row(Role::Coordinator, Thing::Message, &[View, Create], UNASSIGNED, true, "to step in"),
    row(Role::Coordinator, Thing::Inquiry, &[View], SERVICE, false, "which inquiries wait: ids, topics, dates"),
    row(Role::Coordinator, Thing::Inquiry, &[Update], ANY_CASE, false, "who answers an inquiry"),
    row(Role::Coordinator, Thing::Inquiry, &[View, Create], ASSIGNED, false, "to answer, all topics but privacy"),
    row(Role::Coordinator, Thing::Inquiry, &[View, Create], UNASSIGNED, true, "to step in"),
    row(Role::Coordinator, Thing::Upload, &[Download], ANY_CASE, true, "a file that came with an inquiry"),
    row(Role::Coordinator, Thing::Directory, &[View, Create, Update], SERVICE, false, "institutions, by two people"),
    // Clinician reviewers read what they review.
    row(Role::ClinicianReviewer, Thing::WorkList, &[View], SERVICE, false, "which cases wait: ids, states, dates"),
    row(Role::ClinicianReviewer, Thing::Case, &[View], ASSIGNED, false, "to review a letter"),
    row(Role::ClinicianReviewer, Thing::Case, &[View], UNASSIGNED, true, "to step in"),
    row(Role::ClinicianReviewer, Thing::Referral, &[View, Update, Download], ANY_CASE, true, "to review a letter"),
    row(Role::ClinicianReviewer, Thing::Directory, &[View], SERVICE, false, "institutions"),
    // The DPO decides about rights and breaches; the story itself is not needed for that.
    row(Role::Dpo, Thing::Right, &[View, Update], SERVICE, false, "requests about rights"),
    row(Role::Dpo, Thing::Case, &[View], SERVICE, false, "which cases are held back from destruction"),
    row(Role::Dpo, Thing::Case, &[Update], ANY_CASE, false, "to hold a case back from destruction"),
    row(Role::Dpo, Thing::Consent, &[View], ANY_CASE, true, "evidence of consent"),
    row(Role::Dpo, Thing::AccessLog, &[View, Export], ANY_CASE, true, "who looked at it"),
    row(Role::Dpo, Thing::Review, &[View, Update], SERVICE, false, "monthly review"),
    row(Role::Dpo, Thing::Chain, &[View], SERVICE, false, "verification of the log"),
    row(Role::Dpo, Thing::Inquiry, &[View], SERVICE, false, "which inquiries wait: ids, topics, dates"),
    row(Role::Dpo, Thing::Inquiry, &[Update], ANY_CASE, false, "who answers an inquiry"),
    row(Role::Dpo, Thing::Inquiry, &[View, Create], ASSIGNED, false, "to answer what is about privacy"),
    row(Role::Dpo, Thing::Inquiry, &[View, Create], UNASSIGNED, true, "to step in"),
    row(Role::Dpo, Thing::Statutory, &[View], UNASSIGNED, true, "for what the statute keeps it"),
    row(Role::Dpo, Thing::Upload, &[Download], ANY_CASE, true, "a file that came with an inquiry"),
    row(Role::Dpo, Thing::Upload, &[Download], SERVICE, true, "a mandate that came with a request about rights"),
    row(Role::Dpo, Thing::Directory, &[View], SERVICE, false, "institutions"),
    row(Role::Dpo, Thing::Member, &[View], SERVICE, false, "who has which role"),
    // Auditors read logs, never stories.
    row(Role::Auditor, Thing::Consent, &[View], ANY_CASE, true, "verification of the chain"),
    row(Role::Auditor, Thing::AccessLog, &[View, Export], ANY_CASE, true, "who looked at it"),
    row(Role::Auditor, Thing::Review, &[View, Update], SERVICE, false, "monthly review"),
    row(Role::Auditor, Thing::Chain, &[View], SERVICE, false, "verification of the log"),
    row(Role::Auditor, Thing::Directory, &[View], SERVICE, false, "institutions"),
    row(Role::Auditor, Thing::Member, &[View], SERVICE, false, "who has which role"),
    // Ops run the service.
    row(Role::Ops, Thing::Member, &[View, Create, GrantChange], SERVICE, false, "staff accounts and roles"),
    row(Role::Ops, Thing::Directory, &[View], SERVICE, false, "institutions"),
    // Functions act without a person.
    row(Role::Function, Thing::Mail, &[Send], RECIPIENT, false, "mails that were ordered"),
    row(Role::Function, Thing::Delivery, &[Update], RECIPIENT, false, "what the mail service reports of a mail"),
    row(Role::Function, Thing::Task, &[Update], RECIPIENT, false, "deadlines"),
    row(Role::Function, Thing::Mail, &[Send], SERVICE, false, "mails about the service itself"),
    row(Role::Function, Thing::Chain, &[Create], SERVICE, false, "signed daily heads"),
    row(Role::Function, Thing::Case, &[Delete, Update], SERVICE, false, "retention, and destruction at its end"),
    row(Role::Function, Thing::Inquiry, &[Delete], SERVICE, false, "what its patient wants destroyed"),
    row(Role::Function, Thing::Upload, &[Update], SERVICE, false, "files that were checked, kept or refused"),
    row(Role::Function, Thing::Right, &[Update], SERVICE, false, "what was agreed to is carried out"),
    row(Role::Function, Thing::Export, &[Create], RECIPIENT, false, "the copy that a patient asked for"),
    row(Role::Function, Thing::SignIn, &[SignIn, SignInAttempt], SERVICE, false, "sign-ins, as the pool reports them"),
];
