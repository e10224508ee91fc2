//! A letter as it was made, made again: what a reviewer reads and signs is what the patient asked to have reviewed, or nothing.
//! The same story, consents and institution give the same bytes, so a hash tells.

use crate::State;
use chrono::{DateTime, Utc};
use medius_documents::{ConsentReference, Issue, Letter, Review};
use medius_domain::access::{AccessReason, Action, Object, Purpose};
use medius_domain::case::Case;
use medius_domain::clinician::LetterReview;
use medius_domain::consent::{ConsentHead, ConsentProof, Standing, Use, gate};
use medius_domain::disclosure::Disclosure;
use medius_domain::id::{CaseId, DocumentNumber, ReferralId};
use medius_domain::policy::{Permit, Thing};
use medius_domain::provider::Provider;
use medius_http::{Errand, Origin, Problem, Staff};
use medius_store::{DataKey, Place, ReferralRecord, Snapshot};

/// Who of the staff asks, for which letter, and why.
pub(crate) struct Desk<'a> {
    pub(crate) staff: &'a Staff,
    pub(crate) origin: &'a Origin,
    pub(crate) case: &'a CaseId,
    pub(crate) referral: &'a ReferralId,
    pub(crate) reason: Option<AccessReason>,
}

/// A letter that waits for its review, with all that it was made from.
pub(crate) struct Waiting {
    pub(crate) snapshot: Snapshot,
    pub(crate) permit: Permit,
    pub(crate) case: Case,
    pub(crate) key: DataKey,
    pub(crate) to: Provider,
    pub(crate) disclosure: Disclosure,
    pub(crate) consents: ConsentHead,
    pub(crate) proof: ConsentProof,
    pub(crate) standing: Standing,
    pub(crate) letter: ReferralRecord,
}

impl Desk<'_> {
    /// Reads what the policy and the patient's consents allow.
    pub(crate) async fn read(
        &self,
        state: &State,
        action: Action,
        part: &'static str,
        more: impl IntoIterator<Item = Place>,
    ) -> Result<Waiting, Problem> {
        let (db, id) = (&state.with.db, self.case);
        let object = Object::of(Thing::Referral, self.referral, part);
        let errand = Errand {
            staff: self.staff,
            origin: self.origin,
            action,
            object,
            purpose: Purpose::ReferralLetter,
            reason: self.reason,
        };
        errand.admitted_to_case(db).await?;
        // Only to know whose institution's entry to read; the letter is read again with the rest.
        let place = Place::Referral(id.clone(), self.referral.clone());
        let known = db.read([place.clone()]).await?.referral(id, self.referral)?;
        let recipient = known.map(|letter| letter.recipient).ok_or_else(Problem::not_found);
        let always = [Place::Intake(id.clone()), Place::DataKey(id.clone()), Place::Assignment(id.clone()), place];
        let to = recipient.as_ref().ok().cloned().map(Place::Provider);
        let snapshot = db.read(Place::gate(id).into_iter().chain(always).chain(to).chain(more)).await?;
        let (case, permit) = errand.on_case(db, &snapshot, id).await?;
        let recipient = recipient?;
        let letter = snapshot.referral(id, self.referral)?.ok_or_else(Problem::not_found)?;
        let to = snapshot.provider(&recipient)?.ok_or_else(Problem::not_found)?;
        waits(&letter)?;
        let sealed = snapshot.sealed_case(&permit).ok_or_else(Problem::not_found)?;
        let key = state.with.keyring.unwrap(id, &sealed.data_key).await?;
        let consents = snapshot.consents(id)?;
        let standing = state.with.contacts.standing(&snapshot, &permit, &case).await?;
        let proof = gate(id, &consents, &Use::Letter { recipient }, &standing)?;
        let permit = permit.resting_on(&proof);
        let intake = sealed.intake.open(&key, id)?.complete().map_err(Problem::intake_incomplete)?;
        let (mut results, mut medicines) = (Vec::new(), Vec::new());
        for sealed in db.case_records(id).await? {
            let (more_results, more_medicines) = sealed.open(&key)?.for_letter(&sealed.record.origin);
            results.extend(more_results);
            medicines.extend(more_medicines);
        }
        let intake = intake.with_records(results, medicines).map_err(|_| changed())?;
        let disclosure = Disclosure::of(intake, proof.items()).map_err(Problem::internal)?;
        Ok(Waiting { snapshot, permit, case, key, to, disclosure, consents, proof, standing, letter })
    }
}

/// Only what waits is reviewed.
fn waits(letter: &ReferralRecord) -> Result<(), Problem> {
    if letter.superseded_at.is_some() {
        return Err(Problem::conflict("letter-superseded"));
    }
    match &letter.review {
        Some(LetterReview::Waiting { .. }) => Ok(()),
        Some(LetterReview::Signed { .. }) => Err(Problem::conflict("letter-signed")),
        None => Err(Problem::conflict("review-not-asked")),
    }
}

/// Story, consents or institution say something else than when the letter was made: the patient makes another.
fn changed() -> Problem {
    Problem::conflict("letter-changed")
}

/// What a letter is issued as.
pub(crate) struct As {
    pub(crate) id: ReferralId,
    pub(crate) number: DocumentNumber,
    pub(crate) replaces: Option<DocumentNumber>,
    pub(crate) at: DateTime<Utc>,
    pub(crate) review: Option<Review>,
}

impl Waiting {
    /// The letter as it was made, from what there is now.
    pub(crate) fn again(&self, state: &State) -> Result<Letter, Problem> {
        let made = self.issue(
            state,
            As {
                id: self.letter.id.clone(),
                number: self.letter.document_number.clone(),
                replaces: self.letter.replaces.clone(),
                at: self.letter.issued_at,
                review: None,
            },
        )?;
        if made.bundle_sha256 == self.letter.bundle_sha256 { Ok(made) } else { Err(changed()) }
    }

    /// The letter, issued as said.
    pub(crate) fn issue(&self, state: &State, as_: As) -> Result<Letter, Problem> {
        let issue = Issue {
            document_number: as_.number,
            replaces: as_.replaces,
            referral_id: as_.id,
            case_id: self.case.id.clone(),
            issued_at: as_.at,
            verify_base_url: state.office.verify_base_url.clone(),
            operator: state.office.operator.clone(),
            consents: ConsentReference::of(&self.consents, &self.proof, &self.standing),
            review: as_.review,
        };
        medius_documents::issue(&self.disclosure, &self.to, &issue).map_err(Problem::internal)
    }
}
