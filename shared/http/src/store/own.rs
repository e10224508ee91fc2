//! Leave for patients to act on what is their own.

use crate::problem::Problem;
use medius_domain::access::Event;
use medius_domain::case::Case;
use medius_domain::id::{CaseId, InquiryId};
use medius_domain::inquiry::Inquiry;
use medius_domain::policy::{On, Permit, permit};
use medius_domain::rights::RightsRequest;
use medius_domain::statutory::StatutoryRecord;
use medius_store::{Change, Database, Snapshot};

/// Leave for something, with a refused attempt on record: in the log whose head the snapshot holds.
async fn recorded(db: &Database, snapshot: &Snapshot, event: Event, on: &On<'_>) -> Result<Permit, Problem> {
    match permit(event.clone(), on) {
        Ok(leave) => Ok(leave),
        Err(denied) => {
            db.commit(Change::new(Permit::refusal(event, on), db.now()), snapshot).await?;
            Err(denied.into())
        }
    }
}

/// Leave for a patient to act on a case of their own. An attempt at somebody else's case is recorded in that case's log and
/// answered like a case that is not there. The snapshot must hold the case and the head of its log.
///
/// # Errors
/// The one 404, or the store's failures.
pub async fn own_case(
    db: &Database,
    snapshot: &Snapshot,
    id: &CaseId,
    event: Event,
) -> Result<(Case, Permit), Problem> {
    let case = snapshot.case(id)?.ok_or_else(Problem::not_found)?;
    let leave = recorded(db, snapshot, event, &On::Case(&case)).await?;
    Ok((case, leave))
}

/// Leave for a patient to act on a request of their own about rights. An attempt at somebody else's is recorded and answered
/// like a request that is not there. The snapshot must hold the head of the request's chain.
///
/// # Errors
/// The one 404, or the store's failures.
pub async fn own_right(
    db: &Database,
    snapshot: &Snapshot,
    request: &RightsRequest,
    event: Event,
) -> Result<Permit, Problem> {
    recorded(db, snapshot, event, &On::Right(request)).await
}

/// Leave for a patient to read what a statute keeps of them; an attempt at somebody else's is recorded and answered like one that
/// is not there. The snapshot must hold the record and the head of its inquiry's log.
///
/// # Errors
/// The one 404, or the store's failures.
pub async fn own_record(
    db: &Database,
    snapshot: &Snapshot,
    id: &InquiryId,
    event: Event,
) -> Result<(StatutoryRecord, Permit), Problem> {
    let record = snapshot.statutory(id)?.ok_or_else(Problem::not_found)?;
    let leave = recorded(db, snapshot, event, &On::Statutory(&record)).await?;
    Ok((record, leave))
}

/// Leave for a patient to act on an inquiry of their own; an attempt at somebody else's is recorded and answered like one that
/// is not there. The snapshot must hold the inquiry and the head of its log.
///
/// # Errors
/// The one 404, or the store's failures.
pub async fn own_inquiry(
    db: &Database,
    snapshot: &Snapshot,
    id: &InquiryId,
    event: Event,
) -> Result<(Inquiry, Permit), Problem> {
    let inquiry = snapshot.inquiry(id)?.ok_or_else(Problem::not_found)?;
    let leave = recorded(db, snapshot, event, &On::Inquiry(&inquiry)).await?;
    Ok((inquiry, leave))
}
