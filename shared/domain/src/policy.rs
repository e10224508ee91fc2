//! Who may do what: one table, deny by default. A [`Permit`] is made here and nowhere else, and the store takes nothing
//! else; the README's table and the tests of every route are made from the same rows (policy clause P5).

use crate::access::{Action, Actor, Authentication, Event, Scope};
use crate::case::Case;
use crate::consent::ConsentProof;
use crate::id::{CaseId, Subject};
use crate::inquiry::Inquiry;
use crate::rights::RightsRequest;
use crate::statutory::StatutoryRecord;

mod kinds;
mod rules;
#[cfg(test)]
mod tests;

pub use kinds::{Role, Standing, Thing};
pub use rules::{RULES, Rule};

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
    /// What a statute keeps of a person, for that person and for the data protection officer.
    Statutory(&'a StatutoryRecord),
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
            // The officer's queue is nobody's case, and neither is what lies in it; functions carry out what was agreed to.
            (On::Right(_), Actor::Staff { .. } | Actor::System { .. }) => Standing::Service,
            // For the copy that its patient asked for.
            (On::Inquiry(_) | On::Statutory(_), Actor::System { .. }) => Standing::Recipient,
            (On::Statutory(record), Actor::Patient { subject }) if record.subject == *subject => Standing::Own,
            // It is nobody's work any more: whoever looks at it says why.
            (On::Statutory(_), Actor::Staff { .. }) => Standing::Unassigned,
            (On::Desk(_, assigned), Actor::Staff { subject, .. }) => {
                if *assigned == Some(subject) {
                    Standing::Assigned
                } else {
                    Standing::Unassigned
                }
            }
            (On::Behind(..), Actor::Provider { .. } | Actor::System { .. }) => Standing::Recipient,
            (On::Service(_), _) => Standing::Service,
            (On::Case(_) | On::Desk(..) | On::Behind(..) | On::Right(_) | On::Inquiry(_) | On::Statutory(_), _) => {
                Standing::Foreign
            }
        }
    }

    const fn case(&self) -> Option<&Case> {
        match self {
            On::Case(case) | On::Desk(case, _) => Some(case),
            // Who reads a case behind a link or a mail asks it itself, with the institution that it concerns.
            On::Behind(..) | On::Right(_) | On::Inquiry(_) | On::Statutory(_) | On::Service(_) => None,
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
            On::Statutory(record) => (Scope::Inquiry(record.id.clone()), Some(record.subject.clone())),
            On::Service(scope) => ((*scope).clone(), None),
        }
    }
}

/// What a completed service has no more of: a changed story, a new letter, a new delivery.
const fn begins_anew(action: Action, thing: Thing) -> bool {
    matches!(
        (action, thing),
        (Action::Update, Thing::Intake | Thing::Guardian | Thing::Record)
            | (Action::Create, Thing::Referral | Thing::Explanation | Thing::Delivery | Thing::Upload | Thing::Record)
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
