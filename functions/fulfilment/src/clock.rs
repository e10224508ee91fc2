//! What time alone does to requests: where in all of the law's time nobody has shown who asks, the request is closed; and where
//! something should have happened by now and did not, the data protection officer is told, once for each missed day. Ninety days
//! after its end nothing in a request says any more whose it was.

use crate::{Failure, Fulfilment};
use medius_domain::access::{Action, Object};
use medius_domain::policy::{On, Thing};
use medius_domain::rights::{Milestone, RightsRequest, State, reminders};
use medius_store::{Change, Conflict, MailAbout, MailRecord, Place, StoreError};

/// Where a request waits for who asks.
const UNVERIFIED: [State; 2] = [State::IdentityPending, State::AgentProofPending];
/// Where a request waits for staff, or for what they agreed to.
const WAITING: [State; 9] = [
    State::Queued,
    State::InReview,
    State::EvidencePending,
    State::Approved,
    State::Executing,
    State::ExecutionFailed,
    State::Upheld,
    State::Deferred,
    State::ObjectionOpen,
];
/// Where nobody has to do anything more.
const CLOSED: [State; 6] =
    [State::Refused, State::Completed, State::Partial, State::Dismissed, State::Cancelled, State::ClosedUnverified];

/// What the clock did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ticked {
    /// Requests that were closed.
    pub closed: u64,
    /// Missed days of which the officer was told.
    pub reminded: u64,
    /// Closed requests that nothing says any more whose they were.
    pub hidden: u64,
    /// Requests without their answer two days before the law's end, or after it.
    pub late: u64,
}

impl Fulfilment {
    /// Does what is due now. A repeat finds it done.
    ///
    /// # Errors
    /// [`Failure`]; what was done before stays done.
    pub async fn tick(&self, request_id: &str) -> Result<Ticked, Failure> {
        let mut ticked = Ticked::default();
        // One that fails does not hold up the others; the run fails after them, so that somebody looks.
        let mut failed = None;
        let mut done = |outcome: Result<u64, Failure>| {
            outcome.unwrap_or_else(|why| {
                failed = Some(why);
                0
            })
        };
        for request in self.db.rights_under_way(&UNVERIFIED).await? {
            ticked.closed += done(self.close(&request, request_id).await.map(u64::from));
        }
        let now = self.db.now();
        for request in self.db.rights_under_way(&WAITING).await? {
            let late = reminders(&request, now);
            ticked.late += u64::from(late.iter().any(|m| matches!(m, Milestone::Alarm | Milestone::Answer)));
            ticked.reminded += done(self.remind(&request, request_id).await);
        }
        for request in self.db.rights_under_way(&CLOSED).await? {
            ticked.hidden += done(self.hide(&request, request_id).await.map(u64::from));
        }
        failed.map_or(Ok(ticked), Err)
    }

    async fn hide(&self, request: &RightsRequest, request_id: &str) -> Result<bool, Failure> {
        if request.hides_at().is_none_or(|at| at > self.db.now()) {
            return Ok(false);
        }
        let pseudonym = RightsRequest::pseudonym(&self.codes.subject_hmac(&request.subject).await?);
        let Some(next) = request.hidden(&pseudonym, self.db.now()) else { return Ok(false) };
        self.settle(request, &next, Vec::new(), ("identity", request_id)).await
    }

    async fn close(&self, request: &RightsRequest, request_id: &str) -> Result<bool, Failure> {
        let now = self.db.now();
        // Before its time it is not closed: the request says so itself.
        let Ok(next) = request.close_unverified(now) else { return Ok(false) };
        // Who was mailed a code is told of the end. Where the mails were withheld, the mailbox is not filled with ends instead.
        let mailed = next.claim.as_ref().is_some_and(|claim| claim.mailed);
        let about = MailAbout::RightClosed { right_id: next.id.clone() };
        let mails = mailed.then(|| MailRecord::apart(about, now)).into_iter().collect();
        self.settle(request, &next, mails, ("closed", request_id)).await
    }

    async fn remind(&self, request: &RightsRequest, request_id: &str) -> Result<u64, Failure> {
        let now = self.db.now();
        let Some((next, missed)) = request.reminded_of(now) else { return Ok(0) };
        let mail = |milestone| MailAbout::OfficerReminder { right_id: next.id.clone(), milestone };
        let mails: Vec<MailRecord> = missed.iter().map(|m| MailRecord::apart(mail(*m), now)).collect();
        let number = u64::try_from(mails.len()).unwrap_or(u64::MAX);
        Ok(if self.settle(request, &next, mails, ("reminder", request_id)).await? { number } else { 0 })
    }

    /// The request's next revision with its mails, in one transaction: of two runs one writes both.
    async fn settle(
        &self,
        request: &RightsRequest,
        next: &RightsRequest,
        mails: Vec<MailRecord>,
        (part, request_id): (&'static str, &str),
    ) -> Result<bool, Failure> {
        let object = Object::of(Thing::Right, &request.id, part);
        let scope = request.scope();
        let leave = Self::leave(Action::Update, object, &On::Service(&scope), request_id)?;
        let snapshot = self.db.read([Place::LogHead(scope)]).await?;
        let mut change = Change::new(leave, self.db.now());
        change.rights_request(next)?;
        for mail in &mails {
            change.order_mail(mail)?;
        }
        match self.db.commit(change, &snapshot).await {
            Ok(()) => Ok(true),
            // Another run was quicker, or somebody is at the request: the next run looks again.
            Err(StoreError::Conflict(Conflict::Version)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
