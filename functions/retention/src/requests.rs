//! Patients' requests that destructions carry out: completed when everything is destroyed, in part where a statute keeps
//! something, and reported as failed where it takes too long. Looked at after each destruction, and by the schedule again.

use crate::{Failure, Retention};
use medius_domain::access::{Action, Object, Scope};
use medius_domain::destruction::Ledger;
use medius_domain::id::{CaseId, RightId};
use medius_domain::policy::{On, Thing, permit};
use medius_domain::rights::{Held, HeldInquiry, Refused, Right, RightsRequest, State};
use medius_domain::statutory::StatutoryRecord;
use medius_http::telemetry;
use medius_store::{Change, Conflict, MailAbout, MailRecord, Notice, Place, StoreError};

/// What is to be done about a request.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    /// Everything is destroyed but what is held.
    Done(Vec<Held>),
    /// Somebody must look.
    Late,
    /// It goes on.
    Running,
}

impl Retention {
    /// Requests that are being carried out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn deletions_under_way(&self) -> Result<Vec<RightId>, StoreError> {
        let found = self.db.rights_under_way(&[State::Executing, State::ExecutionFailed]).await?;
        Ok(found.into_iter().filter(|request| request.right == Right::Deletion).map(|request| request.id).collect())
    }

    /// Completes a request whose destructions are done. Says whether it did.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn finish(&self, id: &RightId, request_id: &str) -> Result<bool, Failure> {
        let Some(request) = self.db.read([Place::Right(id.clone())]).await?.rights_request(id)? else {
            return Ok(false);
        };
        if !matches!(request.state, State::Executing | State::ExecutionFailed) || request.right != Right::Deletion {
            return Ok(false);
        }
        let now = self.db.now();
        let done = match self.standing(&request).await? {
            Standing::Running => return Ok(false),
            Standing::Late if request.state == State::ExecutionFailed => return Ok(false),
            Standing::Late => request.failed(now),
            Standing::Done(held) => request.destroyed(held, self.without_inquiries(&request, request_id).await?, now),
        };
        let next = done.map_err(|refused: Refused| Failure::Ledger(format!("{refused:?}")))?;
        let leave = Self::leave_on(&request, request_id)?;
        let snapshot = self.db.read([Place::LogHead(leave.scope().clone())]).await?;
        let mut change = Change::new(leave, now);
        change.rights_request(&next)?;
        // Where a case is left through which the patient can be told, they are; the others had the mail with the certificate.
        if let Some(case) = self.reachable(&next).await? {
            let about = MailAbout::PatientNotice { notice: Notice::Right };
            change.order_mail(&MailRecord::new(about, case, next.subject.clone(), now))?;
        }
        if next.state == State::ExecutionFailed {
            telemetry::count("RightFailed");
        }
        match self.db.commit(change, &snapshot).await {
            Ok(()) => Ok(next.state.closed()),
            // Another run was quicker.
            Err(StoreError::Conflict(Conflict::Version)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn standing(&self, request: &RightsRequest) -> Result<Standing, Failure> {
        let (now, mut held, mut running, mut late) = (self.db.now(), Vec::new(), false, false);
        for id in &request.destructions {
            let ledger = self.db.read([Place::Ledger(id.clone())]).await?.ledger(id)?;
            let Some(ledger) = ledger.filter(|ledger| !ledger.is_done()) else { continue };
            match self.hold_of(&ledger).await? {
                Some(hold) => held.push(hold),
                None => {
                    running = true;
                    late |= ledger.is_late(now);
                }
            }
        }
        Ok(match (running, late) {
            (true, true) => Standing::Late,
            (true, false) => Standing::Running,
            (false, _) => Standing::Done(held),
        })
    }

    /// Destroys what the patient asked the service about, where everything is to be destroyed, and names what a statute keeps of it:
    /// the records apart. The entry in an inquiry's log comes before: what is entered and not done is done by the next run.
    async fn without_inquiries(&self, request: &RightsRequest, request_id: &str) -> Result<Vec<HeldInquiry>, Failure> {
        if request.case_id.is_some() {
            return Ok(Vec::new());
        }
        let mut held: Vec<HeldInquiry> =
            self.db.statutory_of(&request.subject).await?.iter().map(HeldInquiry::of).collect();
        for inquiry in self.db.inquiries_of(&request.subject).await? {
            let kept = held.iter().any(|kept| kept.inquiry_id == inquiry.id);
            if let Some(record) = StatutoryRecord::of(&inquiry).filter(|_| !kept) {
                // A complaint from before records were kept apart: the thread is the record.
                held.push(HeldInquiry::of(&record));
                continue;
            }
            let scope = Scope::Inquiry(inquiry.id.clone());
            let event = Self::event(Action::Delete, Object::of(Thing::Inquiry, &inquiry.id, ""), request_id);
            let leave = permit(event, &On::Service(&scope)).map_err(|_| Failure::Policy)?;
            let snapshot = self.db.read([Place::LogHead(scope)]).await?;
            self.db.commit(Change::new(leave, self.db.now()), &snapshot).await?;
            self.destroyer.inquiry(&inquiry.id).await?;
        }
        Ok(held)
    }

    /// What keeps the case of a destruction from being destroyed.
    pub(crate) async fn hold_of(&self, ledger: &Ledger) -> Result<Option<Held>, Failure> {
        let case = self.db.case_to_destroy(&ledger.case_id).await?;
        Ok(case.and_then(|case| Held::of(&case, self.db.now())))
    }

    /// A case of the patient's that lives on.
    async fn reachable(&self, request: &RightsRequest) -> Result<Option<CaseId>, Failure> {
        let Some(case) = &request.told_by else { return Ok(None) };
        let snapshot = self.db.read([Place::Case(case.clone())]).await?;
        Ok(snapshot.case(case)?.map(|case| case.id))
    }
}
