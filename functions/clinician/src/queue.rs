//! Which letters wait, and one of them as its reviewer reads it. Each look is in a log before anything is shown.

use crate::State;
use crate::api::{DraftView, ReviewItems};
use crate::letter::Desk;
use medius_documents::view::own_wording;
use medius_domain::access::{Action, Object, Purpose, Scope};
use medius_domain::policy::Thing;
use medius_http::{Errand, Origin, Problem, Staff};
use medius_store::{Change, Place};

/// The letters that wait. The list is nobody's case: the look is in the log of the registry.
pub(crate) async fn list(state: &State, staff: &Staff, origin: &Origin) -> Result<ReviewItems, Problem> {
    let db = &state.with.db;
    let object = Object::part(Thing::WorkList, "reviews");
    let errand = Errand { staff, origin, action: Action::View, object, purpose: Purpose::ReferralLetter, reason: None };
    errand.admitted(db).await?;
    let permit = errand.on_service(&Scope::Registry)?;
    let letters = db.letters_to_review().await?;
    let snapshot = db.read([Place::LogHead(Scope::Registry)]).await?;
    db.commit(Change::new(permit, db.now()), &snapshot).await?;
    Ok(ReviewItems { items: letters.iter().map(Into::into).collect() })
}

/// One letter, with what of it is the service's own wording.
pub(crate) async fn draft(state: &State, desk: &Desk<'_>) -> Result<DraftView, Problem> {
    let waiting = desk.read(state, Action::View, "review", []).await?;
    let letter = waiting.again(state)?;
    let own_wording = own_wording(&waiting.disclosure);
    let document_number = waiting.letter.document_number.clone();
    let mut change = Change::new(waiting.permit, state.with.db.now());
    change.require(&waiting.proof);
    state.with.db.commit(change, &waiting.snapshot).await?;
    Ok(DraftView { document_number, letter: letter.view, own_wording })
}
