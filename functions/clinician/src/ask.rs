//! A patient asks for a review. Sending does not wait for it: without it the letter stays the patient's request, and says so.

use crate::State;
use crate::api::ReviewItem;
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::clinician::LetterReview;
use medius_domain::id::{CaseId, ReferralId};
use medius_domain::policy::Thing;
use medius_http::{Origin, Patient, Problem, own_case};
use medius_store::{Change, Place, ReferralRecord};

/// Puts the letter where reviewers find it. A repeat changes nothing.
pub(crate) async fn ask(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    (id, referral): (&CaseId, &ReferralId),
) -> Result<ReviewItem, Problem> {
    let db = &state.with.db;
    let places = [Place::Case(id.clone()), Place::Referral(id.clone(), referral.clone()), Place::case_log(id)];
    let snapshot = db.read(places).await?;
    let event = origin.patient(
        patient,
        Action::Create,
        Object::of(Thing::Referral, referral, "review"),
        Purpose::ReferralLetter,
    );
    let (case, permit) = own_case(db, &snapshot, id, event).await?;
    let letter = snapshot.referral(id, referral)?.ok_or_else(Problem::not_found)?;
    if !state.office.offered {
        return Err(Problem::conflict("review-not-offered"));
    }
    if letter.superseded_at.is_some() {
        return Err(Problem::conflict("letter-superseded"));
    }
    let sent = db.deliveries(id).await?.iter().any(|delivery| delivery.referral_id == letter.id);
    if sent {
        return Err(Problem::conflict("letter-sent"));
    }
    if letter.review.is_some() {
        return Ok((&letter).into());
    }
    let now = db.now();
    let asked = ReferralRecord { review: Some(LetterReview::Waiting { asked_at: now }), ..letter };
    let mut change = Change::new(permit, now);
    change.require_version(&case);
    change.update_referral(&asked, &case)?;
    // A delivery that came in between has moved the case's log.
    db.commit_unmoved(change, &snapshot).await?;
    Ok((&asked).into())
}
