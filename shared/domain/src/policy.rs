//! Who may do what: one table, deny by default. A [`Permit`] is made here and nowhere else, and the store takes nothing
//! else; the README's table and the tests of every route are made from the same rows (policy clause P5).

use crate::access::{Action, Actor, Authentication, Event, Scope};
use crate::case::Case;
use crate::consent::ConsentProof;
use crate::id::{CaseId, Subject};
use crate::inquiry::Inquiry;
use crate::rights::RightsRequest;
use serde::{Deserialize, Serialize};

mod rules;

pub use rules::{RULES, Rule};

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
}

impl Thing {
    /// Every thing.
    pub const ALL: [Self; 19] = [
        Self::Case,
        Self::Intake,
        Self::Consent,
        Self::Guardian,
        Self::Referral,
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
    ];

    /// The code: the first part of an object's reference.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Intake => "intake",
            Self::Consent => "consent",
            Self::Guardian => "guardian",
            Self::Referral => "referral",
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

/// Why something is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// It is somebody else's: the answer is the same as for something that is not there.
    Foreign,
    /// No rule of the table allows it to this role.
    Role,
    /// It is allowed only with a reason.
    ReasonNeeded,
    /// The patient has suspended it.
    Suspended,
    /// The service is completed: nothing new begins.
    Closed,
}

/// What the table says about a combination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Allowed.
    Allowed,
    /// Allowed with a reason.
    WithReason,
    /// Not allowed.
    Denied,
}

/// Asks the table.
pub fn verdict(role: Role, action: Action, thing: Thing, standing: Standing) -> Verdict {
    let row = RULES
        .iter()
        .find(|r| r.role == role && r.thing == thing && r.actions.contains(&action) && r.standings.contains(&standing));
    match row {
        Some(rule) if rule.reason => Verdict::WithReason,
        Some(_) => Verdict::Allowed,
        None => Verdict::Denied,
    }
}

/// What an action is on.
#[derive(Debug, Clone, Copy)]
pub enum On<'a> {
    /// A case, for its patient.
    Case(&'a Case),
    /// A case, for staff; with whom it is assigned to.
    Desk(&'a Case, Option<&'a Subject>),
    /// A case behind a link or a mail, for an institution or a function.
    Behind(&'a CaseId, &'a Subject),
    /// A request about rights. It goes on whatever becomes of its case: a suspension stops no right.
    Right(&'a RightsRequest),
    /// An inquiry, for its patient and for those of the staff whose topic it is.
    Inquiry(&'a Inquiry),
    /// Something that belongs to no one patient.
    Service(&'a Scope),
}

impl On<'_> {
    fn standing(&self, actor: &Actor) -> Standing {
        match (self, actor) {
            (On::Case(case), Actor::Patient { subject }) if case.subject == *subject => Standing::Own,
            (On::Right(request), Actor::Patient { subject }) if request.subject == *subject => Standing::Own,
            (On::Inquiry(inquiry), Actor::Patient { subject }) if inquiry.subject == *subject => Standing::Own,
            (On::Inquiry(inquiry), Actor::Staff { subject, role }) if inquiry.topic.answered_by() == *role => {
                if inquiry.assignee.as_ref() == Some(subject) { Standing::Assigned } else { Standing::Unassigned }
            }
            // The officer's queue is nobody's case, and neither is what lies in it.
            (On::Right(_), Actor::Staff { .. }) => Standing::Service,
            (On::Desk(_, assigned), Actor::Staff { subject, .. }) => {
                if *assigned == Some(subject) {
                    Standing::Assigned
                } else {
                    Standing::Unassigned
                }
            }
            (On::Behind(..), Actor::Provider { .. } | Actor::System { .. }) => Standing::Recipient,
            (On::Service(_), _) => Standing::Service,
            (On::Case(_) | On::Desk(..) | On::Behind(..) | On::Right(_) | On::Inquiry(_), _) => Standing::Foreign,
        }
    }

    const fn case(&self) -> Option<&Case> {
        match self {
            On::Case(case) | On::Desk(case, _) => Some(case),
            // Who reads a case behind a link or a mail asks it itself, with the institution that it concerns.
            On::Behind(..) | On::Right(_) | On::Inquiry(_) | On::Service(_) => None,
        }
    }

    fn place(&self) -> (Scope, Option<Subject>) {
        match self {
            On::Case(case) | On::Desk(case, _) => (Scope::Case(case.id.clone()), Some(case.subject.clone())),
            On::Behind(case, subject) => (Scope::Case((*case).clone()), Some((*subject).clone())),
            On::Right(request) => {
                let scope = request.case_id.as_ref().map_or_else(|| Scope::Right(request.id.clone()), Scope::from);
                (scope, Some(request.subject.clone()))
            }
            On::Inquiry(inquiry) => (Scope::Inquiry(inquiry.id.clone()), Some(inquiry.subject.clone())),
            On::Service(scope) => ((*scope).clone(), None),
        }
    }
}

/// What a completed service has no more of: a changed story, a new letter, a new delivery.
const fn begins_anew(action: Action, thing: Thing) -> bool {
    matches!(
        (action, thing),
        (Action::Update, Thing::Intake | Thing::Guardian) | (Action::Create, Thing::Referral | Thing::Delivery)
    )
}

/// Leave to do one thing, with the entry that the access log gets for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    event: Event,
    scope: Scope,
    subject: Option<Subject>,
}

/// Decides whether an event may happen.
///
/// # Errors
/// [`Denied`].
pub fn permit(event: Event, on: &On) -> Result<Permit, Denied> {
    let standing = on.standing(&event.actor);
    if standing == Standing::Foreign {
        return Err(Denied::Foreign);
    }
    match verdict(event.actor.role(), event.action, event.object.thing(), standing) {
        Verdict::Denied => Err(Denied::Role),
        Verdict::WithReason if event.reason.is_none() => Err(Denied::ReasonNeeded),
        Verdict::WithReason | Verdict::Allowed => {
            if let Some(case) = on.case() {
                let recipient = match &event.actor {
                    Actor::Provider { institution } => Some(institution),
                    Actor::Patient { .. } | Actor::Staff { .. } | Actor::System { .. } => None,
                };
                if case.suspends(&event, recipient) {
                    return Err(Denied::Suspended);
                }
                if case.completion.is_some() && begins_anew(event.action, event.object.thing()) {
                    return Err(Denied::Closed);
                }
            }
            let (scope, subject) = on.place();
            Ok(Permit { event, scope, subject })
        }
    }
}

impl Permit {
    /// Leave to record that something was refused, and for nothing else.
    pub fn refusal(event: Event, on: &On) -> Self {
        let (scope, subject) = on.place();
        Self { event: event.refused(), scope, subject }
    }

    /// The same leave, resting on consents.
    #[must_use]
    pub fn resting_on(mut self, proof: &ConsentProof) -> Self {
        self.event.basis = proof.basis().to_vec();
        self
    }

    /// The same leave, with the hash of what is recorded elsewhere by the same commit.
    #[must_use]
    pub fn with_evidence(mut self, hash: &str) -> Self {
        self.event.evidence = Some(hash.to_owned());
        self
    }

    /// The same attempt, turned away: a wrong code at a link that may be opened.
    #[must_use]
    pub fn refused(mut self) -> Self {
        self.event = self.event.refused();
        self
    }

    /// The same leave, for somebody who proved more meanwhile.
    #[must_use]
    pub const fn authenticated_by(mut self, how: Authentication) -> Self {
        self.event.authentication = how;
        self
    }

    /// The event that was allowed.
    pub const fn event(&self) -> &Event {
        &self.event
    }

    /// The chain that the entry belongs to.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The case, where it is about one.
    pub const fn case(&self) -> Option<&CaseId> {
        match &self.scope {
            Scope::Case(id) => Some(id),
            Scope::Provider(_)
            | Scope::Member(_)
            | Scope::SignIns(_)
            | Scope::Registry
            | Scope::Review(_)
            | Scope::Right(_)
            | Scope::Inquiry(_) => None,
        }
    }

    /// Whose data, where it is about a patient's.
    pub const fn subject(&self) -> Option<&Subject> {
        self.subject.as_ref()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_no_row_allows_is_denied_and_nothing_is_ever_allowed_on_a_foreign_thing() {
        let mut allowed = 0;
        for role in Role::ALL {
            for action in Action::ALL {
                for thing in Thing::ALL {
                    assert_eq!(verdict(role, action, thing, Standing::Foreign), Verdict::Denied);
                    for standing in Standing::ALL {
                        allowed += usize::from(verdict(role, action, thing, standing) != Verdict::Denied);
                    }
                }
            }
        }
        let cells = Role::ALL.len() * Action::ALL.len() * Thing::ALL.len() * Standing::ALL.len();
        assert!(allowed * 20 < cells, "{allowed} of {cells} combinations are allowed");
    }

    #[test]
    fn no_two_rows_speak_about_the_same_combination() {
        for (i, a) in RULES.iter().enumerate() {
            for b in &RULES[i + 1..] {
                let both = a.role == b.role
                    && a.thing == b.thing
                    && a.actions.iter().any(|x| b.actions.contains(x))
                    && a.standings.iter().any(|x| b.standings.contains(x));
                assert!(!both, "{:?} {:?}", a.role, a.thing);
            }
        }
    }

    #[test]
    fn ops_see_no_patient_data_and_every_staff_download_needs_a_reason() {
        use Thing::{AccessLog, Case, Consent, Delivery, Guardian, Intake, Message, Referral};
        for thing in [Case, Intake, Consent, Guardian, Referral, Delivery, Message, AccessLog] {
            for action in Action::ALL {
                for standing in Standing::ALL {
                    assert_eq!(verdict(Role::Ops, action, thing, standing), Verdict::Denied);
                }
            }
        }
        for role in Role::STAFF {
            for thing in Thing::ALL {
                for standing in [Standing::Assigned, Standing::Unassigned] {
                    let said = verdict(role, Action::Download, thing, standing);
                    assert_ne!(said, Verdict::Allowed, "{role:?} {thing:?}");
                }
                // A case that is not assigned is opened with a reason only; the list and the assignment are no opening.
                if !matches!(thing, Thing::Assignment | Thing::WorkList) {
                    let said = verdict(role, Action::View, thing, Standing::Unassigned);
                    assert_ne!(said, Verdict::Allowed, "{role:?} {thing:?}");
                }
            }
        }
    }
}
