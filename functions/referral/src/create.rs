//! Making a letter: one read, the rules, the letter, its sealed parts into the bucket, one commit.

use crate::State;
use crate::api::ReferralView;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Datelike, Utc};
use http::StatusCode;
use medius_documents::{ConsentReference, Issue, Label, Letter};
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::case::{Case, CaseState};
use medius_domain::chain::sha256_hex;
use medius_domain::clock::kst_day;
use medius_domain::consent::{ConsentHead, ConsentProof, Item, Use, gate};
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{CaseId, DocumentNumber, ProviderId, ReferralId};
use medius_domain::intake::Draft;
use medius_domain::provider::Provider;
use medius_http::{IdempotentRequest, Origin, Patient, Problem, Remembered, replay};
use medius_store::{Change, Conflict, DataKey, Place, ReferralRecord, Snapshot, StoreError};

/// Times that a letter is made anew when its number was taken, or when the same request was quicker elsewhere.
const ATTEMPTS: u32 = 3;

/// Makes the letter, or repeats the answer to the same request.
pub(crate) async fn create(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    recipient: &ProviderId,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let mut last = Conflict::Exists;
    for _ in 0..ATTEMPTS {
        let ready = match Ready::read(state, patient, id, recipient, request).await? {
            Answer::Known(answer) => return Ok(answer),
            Answer::New(ready) => ready,
        };
        match ready.make(state, patient, origin, request).await {
            Ok(answer) => return Ok(answer),
            Err(Failure::Again(conflict)) => last = conflict,
            Err(Failure::Refused(problem)) => return Err(problem),
        }
    }
    Err(StoreError::Conflict(last).into())
}

enum Answer {
    Known(Response),
    New(Box<Ready>),
}

enum Failure {
    /// The number is taken, or the same request came first: read again and decide again.
    Again(Conflict),
    Refused(Problem),
}

impl<E: Into<Problem>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Refused(error.into())
    }
}

/// Everything that a letter needs, checked.
struct Ready {
    snapshot: Snapshot,
    case: Case,
    key: DataKey,
    draft: Draft,
    to: Provider,
    consents: ConsentHead,
    proof: ConsentProof,
}

impl Ready {
    async fn read(
        state: &State,
        patient: &Patient,
        id: &CaseId,
        recipient: &ProviderId,
        request: &IdempotentRequest,
    ) -> Result<Answer, Problem> {
        let places = [
            Place::Case(id.clone()),
            Place::Intake(id.clone()),
            Place::DataKey(id.clone()),
            Place::Consents(id.clone()),
            Place::Provider(recipient.clone()),
            Place::LogHead(id.clone()),
            Place::Idempotency(request.scope_sha256.clone()),
        ];
        let snapshot = state.db.read(places).await?;
        let case = snapshot.case_of(id, &patient.subject)?.ok_or_else(Problem::not_found)?;
        if let Some(answer) = replay(&snapshot, request)? {
            return Ok(Answer::Known(answer));
        }
        let unknown = || Problem::invalid([FieldError::new("/recipient", Invalid::UnknownValue)]);
        let to = snapshot.provider(recipient)?.ok_or_else(unknown)?;
        // Without its key a case is destroyed, whatever else is still lying about.
        let wrapped = snapshot.data_key(id).ok_or_else(Problem::not_found)?;
        let key = state.keyring.unwrap(id, &wrapped).await?;
        let draft = snapshot.intake(id).open(&key, id)?;
        if case.state == CaseState::Draft {
            let missing = draft.complete().err();
            return Err(missing.map_or_else(|| Problem::conflict("case-not-complete"), Problem::intake_incomplete));
        }
        if !to.may_receive(state.db.now()) {
            return Err(Problem::conflict("recipient-not-available"));
        }
        let consents = snapshot.consents(id)?;
        let proof = gate(id, &consents, &Use::Letter { recipient: recipient.clone() })?;
        Ok(Answer::New(Box::new(Self { snapshot, case, key, draft, to, consents, proof })))
    }

    async fn make(
        self,
        state: &State,
        patient: &Patient,
        origin: &Origin,
        request: &IdempotentRequest,
    ) -> Result<Response, Failure> {
        let intake = self.draft.complete().map_err(Problem::intake_incomplete)?;
        let now = state.db.now();
        let issue = self.issue(state, now);
        let letter = medius_documents::issue(&intake, &self.to, &issue).map_err(Problem::internal)?;
        let record = self.store(state, &issue, &letter).await?;

        let object = Object::of("referral", &record.id, "");
        let mut event = origin.patient(patient, Action::Create, object, Purpose::ReferralLetter);
        event.basis = self.proof.basis().to_vec();
        let mut change = Change::new(&self.case.id, &self.case.subject, event, now);
        change.require(&self.proof);
        change.require_version(&self.case);
        change.create_referral(&record, &self.case)?;
        let location = Some(format!("/v1/cases/{}/referrals/{}", self.case.id, record.id));
        let view = ReferralView::from(&record);
        let answer = Remembered::new(&mut change, request, StatusCode::CREATED, location, &view)?;
        match state.db.commit(change, &self.snapshot).await {
            Ok(()) => {}
            Err(StoreError::Conflict(conflict @ (Conflict::Exists | Conflict::Idempotency))) => {
                return Err(Failure::Again(conflict));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(answer.into_response())
    }

    fn issue(&self, state: &State, now: DateTime<Utc>) -> Issue {
        Issue {
            document_number: DocumentNumber::new(kst_day(now).year()),
            referral_id: ReferralId::new(),
            case_id: self.case.id.clone(),
            issued_at: now,
            verify_base_url: state.letterhead.verify_base_url.clone(),
            operator: state.letterhead.operator.clone(),
            consents: references(&self.consents, &self.proof),
        }
    }

    /// Puts the sealed parts into the bucket, named by their content. Parts of a letter whose commit then fails are
    /// reachable by nobody and go with the case.
    async fn store(&self, state: &State, issue: &Issue, letter: &Letter) -> Result<ReferralRecord, Problem> {
        let view = zeroize::Zeroizing::new(serde_json::to_vec(&letter.view).map_err(Problem::internal)?);
        let view_sha256 = sha256_hex(&view);
        let put = |kind, sha256, content| state.documents.put(&self.case.id, &self.key, kind, sha256, content);
        tokio::try_join!(
            put("letter", &letter.pdf_sha256, &letter.pdf),
            put("bundle", &letter.bundle_sha256, &letter.bundle),
            put("view", &view_sha256, &view),
        )?;
        Ok(ReferralRecord {
            id: issue.referral_id.clone(),
            case_id: self.case.id.clone(),
            document_number: issue.document_number.clone(),
            recipient: self.to.id.clone(),
            issued_at: issue.issued_at,
            case_version: self.case.version,
            basis: self.proof.basis().to_vec(),
            pdf_sha256: letter.pdf_sha256.clone(),
            bundle_sha256: letter.bundle_sha256.clone(),
            view_sha256,
            pdf_bytes: letter.pdf.len() as u64,
            pages: letter.pages,
        })
    }
}

/// The consents as the letter states them, in the order in which they are asked for.
fn references(consents: &ConsentHead, proof: &ConsentProof) -> Vec<ConsentReference> {
    let matters = proof.used_for().needs();
    let granted = matters.iter().filter_map(|matter| Some((matter, consents.granted(matter)?)));
    granted
        .map(|(matter, current)| ConsentReference {
            item: label(matter.item()),
            event_id: current.event.clone(),
            decided_at: current.decided_at,
            text_version: current.text_version.to_string(),
            text_sha256: current.text_sha256.clone(),
        })
        .collect()
}

/// What a consent is called in a letter: the text's own title speaks to the patient, the letter to the institution.
fn label(item: Item) -> Label {
    match item {
        Item::G1 => Label::new("개인정보의 수집·이용", "Collection and use of personal information"),
        Item::S1 => Label::new("민감정보(건강정보)의 처리", "Processing of sensitive information (health)"),
        Item::P => Label::new("개인정보의 제3자 제공", "Provision of personal information to the institution"),
        Item::Ps => Label::new(
            "민감정보(건강정보)의 제3자 제공",
            "Provision of sensitive information (health) to the institution",
        ),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use medius_domain::consent::TextLanguage;
    use medius_domain::id::Subject;

    #[test]
    fn a_letter_states_every_consent_that_it_rests_on() {
        let (case, subject, to) = (CaseId::new(), Subject::of("x"), ProviderId::new());
        let needed = Use::Letter { recipient: to };
        let mut head = ConsentHead::default();
        for matter in needed.needs() {
            let (event, served) = head.serve(&case, &subject, &matter, None, TextLanguage::En, Utc::now()).unwrap();
            head = served.decide(&case, &subject, &event.serving.unwrap(), true, Utc::now()).unwrap().unwrap().1;
        }
        let proof = gate(&case, &head, &needed).unwrap();
        let stated = references(&head, &proof);
        let events: Vec<_> = stated.iter().map(|c| c.event_id.clone()).collect();
        assert_eq!(events, proof.basis());
        assert!(stated.iter().all(|c| c.text_version == "1" && c.text_sha256.len() == 64));
    }
}
