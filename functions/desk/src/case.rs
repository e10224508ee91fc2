//! Use cases that open a case or take a letter. What is shown rests on the consents in force at that moment, and the look
//! is in the case's log, with the reason, before anything is shown.

use crate::State;
use crate::basis;
use crate::case_view::{Around, DeskCase, DeskDelivery, Shown};
use medius_domain::access::{AccessReason, Action, Object, Purpose};
use medius_domain::consent::Use;
use medius_domain::id::{CaseId, DocumentNumber, ProviderId, ReferralId};
use medius_domain::policy::Thing;
use medius_http::{Errand, Origin, Problem, Staff};
use medius_store::{Change, DeliveryRecord, Place, StoreError};
use std::collections::BTreeSet;
use zeroize::Zeroizing;

/// Places read in one transaction, which takes 100.
const PLACES_PER_READ: usize = 90;

/// Opens a case.
pub(crate) async fn open(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    id: &CaseId,
    reason: Option<AccessReason>,
) -> Result<DeskCase, Problem> {
    let object = Object::part(Thing::Case, "");
    let errand = Errand { staff, origin, action: Action::View, object, purpose: Purpose::ReferralLetter, reason };
    errand.admitted_to_case(&state.db).await?;
    let more = [Place::Intake(id.clone()), Place::DataKey(id.clone()), Place::Assignment(id.clone())];
    let snapshot = state.db.read(Place::gate(id).into_iter().chain(more)).await?;
    let (case, mut permit) = errand.on_case(&state.db, &snapshot, id).await?;
    // Without its keys a case is destroyed, whatever else is still lying about.
    let sealed = snapshot.sealed_case(&permit).ok_or_else(Problem::not_found)?;
    let standing = state.contacts.standing(&snapshot, &permit, &case).await?;
    let (consents, assignment) = (snapshot.consents(id)?, snapshot.assignment(id)?);
    let shown = Shown::by(id, &consents, &standing);
    let key = state.keyring.unwrap(id, &sealed.data_key).await?;
    let draft = shown.of(&sealed.intake).open(&key, id)?;
    let around = around(state, id).await?;
    if let Some(proof) = shown.proof() {
        permit = permit.resting_on(proof);
    }
    let mut change = Change::new(permit, state.db.now());
    if let Some(proof) = shown.proof() {
        change.require(proof);
    }
    state.db.commit(change, &snapshot).await?;
    Ok(DeskCase::new((&case, &assignment), &staff.subject, &shown, draft, (&consents, &standing), around))
}

/// Letters and deliveries of a case, with the names of their institutions.
async fn around(state: &State, id: &CaseId) -> Result<Around, Problem> {
    let (mut letters, mut deliveries) = tokio::try_join!(state.db.referrals(id), state.db.deliveries(id))?;
    letters.sort_by_key(|letter| std::cmp::Reverse(letter.issued_at));
    deliveries.sort_by_key(|delivery| std::cmp::Reverse(delivery.created_at));
    let links = state.db.links_of(&deliveries).await?;
    let now = state.db.now();
    let linkless = || Problem::internal(StoreError::Corrupt { place: "link" });
    let view = |d: &DeliveryRecord| links.get(&d.link_id).map(|l| DeskDelivery::new(d, l, now)).ok_or_else(linkless);
    let named: BTreeSet<&ProviderId> =
        letters.iter().map(|l| &l.recipient).chain(deliveries.iter().map(|d| &d.provider_id)).collect();
    let mut institutions = Vec::with_capacity(named.len());
    for ids in named.into_iter().collect::<Vec<_>>().chunks(PLACES_PER_READ) {
        let snapshot = state.db.read(ids.iter().map(|id| Place::Provider((*id).clone()))).await?;
        for id in ids {
            institutions.extend(snapshot.provider(id)?.map(Into::into));
        }
    }
    Ok(Around {
        deliveries: deliveries.iter().map(view).collect::<Result<_, _>>()?,
        letters: letters.iter().map(Into::into).collect(),
        institutions,
    })
}

/// Takes a letter. It holds both parts of the story, so it needs the consents to collect both.
pub(crate) async fn letter(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    (id, referral): (&CaseId, &ReferralId),
    reason: Option<AccessReason>,
) -> Result<(DocumentNumber, Zeroizing<Vec<u8>>), Problem> {
    let object = Object::of(Thing::Referral, referral, "letter");
    let purpose = Purpose::ReferralLetter;
    let errand = Errand { staff, origin, action: Action::Download, object, purpose, reason };
    errand.admitted_to_case(&state.db).await?;
    let more =
        [Place::Referral(id.clone(), referral.clone()), Place::DataKey(id.clone()), Place::Assignment(id.clone())];
    let snapshot = state.db.read(Place::gate(id).into_iter().chain(more)).await?;
    let (case, permit) = errand.on_case(&state.db, &snapshot, id).await?;
    let letter = snapshot.referral(id, referral)?.ok_or_else(Problem::not_found)?;
    let proof = basis::proof(state, &snapshot, (&case, &permit), &Use::CollectHealth).await?;
    let wrapped = snapshot.data_key(&permit).ok_or_else(Problem::not_found)?;
    let key = state.keyring.unwrap(id, &wrapped).await?;
    let content = state.documents.get(id, &key, "letter", &letter.pdf_sha256).await?;
    let mut change = Change::new(permit.resting_on(&proof), state.db.now());
    change.require(&proof);
    state.db.commit(change, &snapshot).await?;
    Ok((letter.document_number, content))
}
