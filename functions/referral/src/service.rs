//! Use cases that read letters. A patient reads their own letters by right of ownership, whatever became of a consent to
//! hand them on; each look is in the access log before anything is shown.

use crate::State;
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::id::{CaseId, DocumentNumber, ReferralId};
use medius_domain::policy::{Permit, Thing};
use medius_http::{Origin, Patient, Problem, own_case};
use medius_store::{Change, Place, ReferralRecord, Snapshot};
use zeroize::Zeroizing;

/// A form of the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The PDF.
    Letter,
    /// The FHIR Bundle.
    Bundle,
}

impl Part {
    /// The name that it is sealed and logged under.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Bundle => "bundle",
        }
    }

    /// Its media type.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Letter => "application/pdf",
            Self::Bundle => "application/fhir+json",
        }
    }

    /// Shown in place, and saved under the number on paper: a file name must not say whose letter it is.
    pub(crate) fn disposition(self, number: &DocumentNumber) -> String {
        let extension = match self {
            Self::Letter => "pdf",
            Self::Bundle => "json",
        };
        format!("inline; filename=\"{number}.{extension}\"")
    }

    fn sha256(self, letter: &ReferralRecord) -> &str {
        match self {
            Self::Letter => &letter.pdf_sha256,
            Self::Bundle => &letter.bundle_sha256,
        }
    }
}

/// The letters of a case, the newest first.
pub(crate) async fn list(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
) -> Result<Vec<ReferralRecord>, Problem> {
    let snapshot = state.db.read([Place::Case(id.clone()), Place::case_log(id)]).await?;
    let object = Object::part(Thing::Referral, "");
    let permit = allowed(state, patient, origin, id, &snapshot, Action::View, object).await?;
    let mut letters = state.db.referrals(id).await?;
    letters.sort_by_key(|letter| std::cmp::Reverse(letter.issued_at));
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;
    Ok(letters)
}

/// One letter's record.
pub(crate) async fn get(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    referral: &ReferralId,
) -> Result<ReferralRecord, Problem> {
    let places = [Place::Case(id.clone()), Place::Referral(id.clone(), referral.clone()), Place::case_log(id)];
    let snapshot = state.db.read(places).await?;
    let object = Object::of(Thing::Referral, referral, "");
    let permit = allowed(state, patient, origin, id, &snapshot, Action::View, object).await?;
    let letter = snapshot.referral(id, referral)?.ok_or_else(Problem::not_found)?;
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;
    Ok(letter)
}

/// One letter, opened.
pub(crate) async fn document(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    referral: &ReferralId,
    part: Part,
) -> Result<(ReferralRecord, Zeroizing<Vec<u8>>), Problem> {
    let places = [
        Place::Case(id.clone()),
        Place::DataKey(id.clone()),
        Place::Referral(id.clone(), referral.clone()),
        Place::case_log(id),
    ];
    let snapshot = state.db.read(places).await?;
    let object = Object::of(Thing::Referral, referral, part.kind());
    let permit = allowed(state, patient, origin, id, &snapshot, Action::Download, object).await?;
    let letter = snapshot.referral(id, referral)?.ok_or_else(Problem::not_found)?;
    // Without its key a case is destroyed, whatever else is still lying about.
    let wrapped = snapshot.data_key(&permit).ok_or_else(Problem::not_found)?;
    let key = state.keyring.unwrap(id, &wrapped).await?;
    let content = state.documents.get(id, &key, part.kind(), part.sha256(&letter)).await?;
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;
    Ok((letter, content))
}

async fn allowed(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    snapshot: &Snapshot,
    action: Action,
    object: Object,
) -> Result<Permit, Problem> {
    let event = origin.patient(patient, action, object, Purpose::ReferralLetter);
    Ok(own_case(&state.db, snapshot, id, event).await?.1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_saved_letter_is_named_by_its_number_alone() {
        let number: DocumentNumber = "MDS-2026-7Q4WX0KD".parse().unwrap();
        assert_eq!(Part::Letter.disposition(&number), "inline; filename=\"MDS-2026-7Q4WX0KD.pdf\"");
        assert_eq!(Part::Bundle.disposition(&number), "inline; filename=\"MDS-2026-7Q4WX0KD.json\"");
    }
}
