//! Requests of people who cannot sign in: what they send, the code to the mailbox on file, and what they may do then. Whether
//! somebody is known to the service is not told by any answer, nor by how long it takes: it is looked up by the mailer, and
//! here only after a code was right.

pub mod api;
mod create;
pub(crate) mod files;
pub(crate) mod handlers;
pub(crate) mod verify;

use crate::State;
use chrono::{DateTime, Utc};
use medius_domain::code::CodeState;
use medius_domain::id::RightId;
use medius_domain::rights::{Claim, RightsRequest};
use medius_http::Problem;
use medius_store::{MailAbout, MailRecord, Place, StoreError};

fn mail(id: &RightId, code: &CodeState, now: DateTime<Utc>) -> MailRecord {
    MailRecord::apart(MailAbout::RightCode { right_id: id.clone(), code_n: code.n }, now)
}

/// A request that came without a sign-in; every other one is as absent as one that is nowhere.
async fn found(state: &State, id: &RightId) -> Result<(RightsRequest, Claim), Problem> {
    let snapshot = state.db.read([Place::Right(id.clone())]).await?;
    let request = snapshot.rights_request(id)?.ok_or_else(Problem::not_found)?;
    let claim = request.claim.clone().ok_or_else(Problem::not_found)?;
    Ok((request, claim))
}

/// Whether somebody else was at the same thing meanwhile: then it is decided anew.
pub(crate) const fn again(error: &StoreError) -> bool {
    use medius_store::Conflict as C;
    matches!(error, StoreError::Conflict(C::Version | C::Busy | C::Idempotency | C::Link))
}
