//! Leave for staff: by the first of their roles that has it, with refused attempts on record.

use crate::auth::Staff;
use crate::problem::{Problem, ProblemKind};
use crate::store::Origin;
use medius_domain::access::{AccessReason, Action, Event, Object, Purpose, Scope};
use medius_domain::case::Case;
use medius_domain::id::{CaseId, InquiryId};
use medius_domain::inquiry::{Inquiry, InquiryState};
use medius_domain::policy::{Denied, On, Permit, Role, Standing, Verdict, permit, verdict};
use medius_domain::rights::RightsRequest;
use medius_domain::statutory::StatutoryRecord;
use medius_store::{Change, Database, Place, Snapshot, StoreError};

/// What a member of staff wants to do.
pub struct Errand<'a> {
    /// Who.
    pub staff: &'a Staff,
    /// From where.
    pub origin: &'a Origin,
    /// What.
    pub action: Action,
    /// To what.
    pub object: Object,
    /// Why.
    pub purpose: Purpose,
    /// The reason given.
    pub reason: Option<AccessReason>,
}

impl Errand<'_> {
    fn event(&self, role: Role) -> Event {
        let Self { staff, origin, action, object, purpose, reason } = self;
        origin.staff(staff, role, *action, object.clone(), *purpose).because(*reason)
    }

    /// Whether any of the person's roles may do this at all. Asked before anything is read, so that the answer to who may
    /// not says nothing about what is there.
    ///
    /// # Errors
    /// 403.
    pub fn possible(&self) -> Result<(), Problem> {
        self.possible_in(&Standing::ALL)
    }

    fn possible_in(&self, standings: &[Standing]) -> Result<(), Problem> {
        let thing = self.object.thing();
        let may = |role: &Role| standings.iter().any(|s| verdict(*role, self.action, thing, *s) != Verdict::Denied);
        if self.staff.roles.iter().any(may) { Ok(()) } else { Err(ProblemKind::Forbidden.into()) }
    }

    /// The same question, with a refused attempt on record. It stands in the chain of the person who tried: whether the
    /// thing is there was not asked.
    ///
    /// # Errors
    /// 403, or the store's failures.
    pub async fn admitted(&self, db: &Database) -> Result<(), Problem> {
        self.admitted_in(db, &Standing::ALL).await
    }

    /// The same for one patient's case: a list of cases that somebody may see opens none of them.
    ///
    /// # Errors
    /// 403, or the store's failures.
    pub async fn admitted_to_case(&self, db: &Database) -> Result<(), Problem> {
        self.admitted_in(db, &[Standing::Assigned, Standing::Unassigned]).await
    }

    async fn admitted_in(&self, db: &Database, standings: &[Standing]) -> Result<(), Problem> {
        let Err(refusal) = self.possible_in(standings) else { return Ok(()) };
        // An account without any role is nobody whom the log could name as staff.
        if let Some(role) = self.staff.roles.first() {
            let scope = Scope::Member(self.staff.subject.clone());
            let snapshot = db.read([Place::LogHead(scope.clone())]).await?;
            let attempt = Permit::refusal(self.event(*role), &On::Service(&scope));
            db.commit(Change::new(attempt, db.now()), &snapshot).await?;
        }
        Err(refusal)
    }

    /// Leave by the first of the person's roles that has it.
    fn leave(&self, on: &On) -> Result<Permit, Denied> {
        let mut denied = Denied::Role;
        for role in &self.staff.roles {
            match permit(self.event(*role), on) {
                Ok(leave) => return Ok(leave),
                Err(why @ (Denied::ReasonNeeded | Denied::Suspended | Denied::Closed)) => denied = why,
                Err(Denied::Role | Denied::Foreign) => {}
            }
        }
        Err(denied)
    }

    /// The same leave, with a refused attempt on record. The snapshot must hold the head of the log in which it stands.
    async fn recorded(&self, db: &Database, snapshot: &Snapshot, on: &On<'_>) -> Result<Permit, Problem> {
        match self.leave(on) {
            Ok(leave) => Ok(leave),
            Err(denied) => {
                self.refuse(db, snapshot, on).await?;
                Err(denied.into())
            }
        }
    }

    /// Records a refused attempt. An account without any role is nobody whom the log could name as staff.
    async fn refuse(&self, db: &Database, snapshot: &Snapshot, on: &On<'_>) -> Result<(), StoreError> {
        let Some(role) = self.staff.roles.first() else { return Ok(()) };
        let refusal = Permit::refusal(self.event(*role), on);
        db.commit(Change::new(refusal, db.now()), snapshot).await
    }

    /// Leave to act on an inquiry. Of what is not theirs to answer staff are not told that it is there; a refused attempt is
    /// recorded in the inquiry's log. The snapshot must hold the inquiry and the head of its log.
    ///
    /// # Errors
    /// 403, 404, 422 without the reason that the table asks for, or the store's failures.
    pub async fn on_inquiry(
        &self,
        db: &Database,
        snapshot: &Snapshot,
        id: &InquiryId,
    ) -> Result<(Inquiry, Permit), Problem> {
        let confirmed = |inquiry: &Inquiry| inquiry.state != InquiryState::Unconfirmed;
        let inquiry = snapshot.inquiry(id)?.filter(confirmed).ok_or_else(Problem::not_found)?;
        let on = On::Inquiry(&inquiry);
        let denied = match self.leave(&on) {
            Ok(leave) => return Ok((inquiry, leave)),
            Err(_) if !self.staff.roles.contains(&inquiry.topic.answered_by()) => Denied::Foreign,
            Err(denied) => denied,
        };
        self.refuse(db, snapshot, &on).await?;
        Err(denied.into())
    }

    /// Leave to read what a statute keeps. A refused attempt is recorded in the log of the inquiry that it was. The snapshot must hold
    /// the record and the head of that.
    ///
    /// # Errors
    /// 403, 404, 422 without the reason that the table asks for, or the store's failures.
    pub async fn on_record(
        &self,
        db: &Database,
        snapshot: &Snapshot,
        id: &InquiryId,
    ) -> Result<(StatutoryRecord, Permit), Problem> {
        let record = snapshot.statutory(id)?.ok_or_else(Problem::not_found)?;
        let leave = self.recorded(db, snapshot, &On::Statutory(&record)).await?;
        Ok((record, leave))
    }

    /// Leave for something that belongs to no one patient.
    ///
    /// # Errors
    /// 403, or 422 without the reason that the table asks for.
    pub fn on_service(&self, scope: &Scope) -> Result<Permit, Problem> {
        self.possible()?;
        Ok(self.leave(&On::Service(scope))?)
    }

    /// Leave to act on a request about rights.
    ///
    /// # Errors
    /// 403.
    pub fn on_right(&self, request: &RightsRequest) -> Result<Permit, Problem> {
        self.possible()?;
        Ok(self.leave(&On::Right(request))?)
    }

    /// Leave to take out what was brought to a request about rights. A refused attempt is recorded in the request's log. The
    /// snapshot must hold the head of that.
    ///
    /// # Errors
    /// 403, 422 without the reason that the table asks for, or the store's failures.
    pub async fn on_proof(
        &self,
        db: &Database,
        snapshot: &Snapshot,
        request: &RightsRequest,
    ) -> Result<Permit, Problem> {
        self.recorded(db, snapshot, &On::Right(request)).await
    }

    /// Leave to act on a case. A refused attempt is recorded in the case's log. The snapshot must hold the case, its
    /// [`Place::Assignment`] and the head of its log.
    ///
    /// # Errors
    /// 403, 404, 422 without the reason that the table asks for, or the store's failures.
    pub async fn on_case(&self, db: &Database, snapshot: &Snapshot, id: &CaseId) -> Result<(Case, Permit), Problem> {
        self.admitted_to_case(db).await?;
        let case = snapshot.case(id)?.ok_or_else(Problem::not_found)?;
        let assignment = snapshot.assignment(id)?;
        let leave = self.recorded(db, snapshot, &On::Desk(&case, assignment.assignee.as_ref())).await?;
        Ok((case, leave))
    }
}
