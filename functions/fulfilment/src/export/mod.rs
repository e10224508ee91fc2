//! Access (PIPA Art. 35): a copy of everything, one archive per case, each sealed under that case's key, and a mail with one
//! link to all of them.
//!
//! Of two runs at once, or one after a crash, each writes archives of its own; the sweep takes what is not recorded. The request is
//! completed in the transaction that records the copy and orders the mail, so a copy without a mail, or a mail without a copy,
//! cannot be.

mod archive;
mod asked;
mod content;
mod gather;
mod person;
mod readme;

use crate::{Failure, Fulfilment, Progress};
use medius_domain::access::{Action, Object};
use medius_domain::export::Export;
use medius_domain::id::CaseId;
use medius_domain::policy::{On, Thing};
use medius_domain::rights::{Outcome, RightsRequest};
use medius_store::{Change, Conflict, MailAbout, MailRecord, Place, StoreError};

/// Bytes of the files that people brought which go into a copy, of all its cases together: archives are in memory at once. The
/// others are handed out one by one, with a sign-in or with a code.
const MOST_FILES: u64 = 24 * 1024 * 1024;

impl Fulfilment {
    /// Makes the copy and completes the request.
    pub(crate) async fn export(&self, request: &RightsRequest, request_id: &str) -> Result<Progress, Failure> {
        let mut cases: Vec<CaseId> = match &request.case_id {
            Some(case) => vec![case.clone()],
            None => self.db.cases_of(&request.subject).await?.into_iter().map(|case| case.id).collect(),
        };
        cases.sort();
        // Through the first one the patient is told, so it is the one that they named or that was changed last.
        let told_by = request.told_by.clone().or_else(|| cases.first().cloned());
        cases.sort_by_key(|case| Some(case) != told_by.as_ref());
        let (mut parts, mut room) = (Vec::new(), MOST_FILES);
        for case in &cases {
            let Some(opened) = Box::pin(self.open(case, request, request_id)).await? else { continue };
            let packed = Box::pin(self.packed(&opened, request, parts.is_empty(), &mut room, request_id)).await?;
            parts.push(self.exports.put(case, &request.id, &opened.key, &packed).await?);
        }
        let Some(told_by) = parts.first().map(|part| part.case_id.clone()) else {
            // Nothing is left that could be handed over, or that a copy could be sealed with: somebody has to look.
            return Err(Failure::NothingLeft);
        };
        let secret = self.links.secret(&request.id).await?;
        let now = self.db.now();
        let export = Export::new(request.id.clone(), request.subject.clone(), told_by.clone(), parts, &secret, now);
        let done = request.carried_out(Outcome::HandedOver, now).map_err(Failure::Step)?;
        let snapshot = self.db.read([Place::Right(request.id.clone()), Place::LogHead(request.scope())]).await?;
        let leave = Self::leave(
            Action::Update,
            Object::of(Thing::Right, &request.id, "handed-over"),
            &On::Right(request),
            request_id,
        )?;
        let mut change = Change::new(leave, now);
        change.put_export(&export)?;
        change.rights_request(&done)?;
        let about = MailAbout::PatientExport { right_id: request.id.clone() };
        change.order_mail(&MailRecord::new(about, told_by, request.subject.clone(), now))?;
        match self.db.commit(change, &snapshot).await {
            Ok(()) => Ok(Progress::Done),
            // Another run was quicker, or somebody took a step by hand.
            Err(StoreError::Conflict(Conflict::Version)) => Ok(Progress::InOtherHands),
            Err(error) => Err(error.into()),
        }
    }
}
