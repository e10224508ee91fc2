//! Making a letter: one read, the rules, the letter, its sealed parts into the bucket, one commit.

use crate::State;
use crate::api::ReferralView;
use crate::requests::Requests;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Datelike, Utc};
use http::StatusCode;
use medius_documents::{ConsentReference, DocumentError, Issue, Letter};
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::case::{Case, CaseState};
use medius_domain::chain::sha256_hex;
use medius_domain::clock::kst_day;
use medius_domain::consent::{ConsentHead, ConsentProof, Standing, Use, gate};
use medius_domain::disclosure::Disclosure;
use medius_domain::field::{FieldError, Invalid};
use medius_domain::health::{Medication, TestResult};
use medius_domain::id::{CaseId, DocumentNumber, ProviderId, ReferralId};
use medius_domain::intake::Draft;
use medius_domain::policy::{Denied, Permit, Thing};
use medius_domain::provider::Provider;
use medius_http::{IdempotentRequest, Origin, Patient, Problem, Remembered, own_case, replay};
use medius_store::{Change, Conflict, DataKey, Place, ReferralRecord, Snapshot, StoreError};
use std::collections::HashSet;

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
        let ready = match Ready::read(state, patient, origin, id, recipient, request).await? {
            Answer::Known(answer) => return Ok(answer),
            Answer::New(ready) => ready,
        };
        match ready.make(state, request).await {
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
    permit: Permit,
    standing: Standing,
    referral_id: ReferralId,
    case: Case,
    key: DataKey,
    draft: Draft,
    /// The letter whose place it takes.
    replaces: Option<DocumentNumber>,
    /// What the patient confirmed of their records.
    records: (Vec<TestResult>, Vec<Medication>),
    to: Provider,
    consents: ConsentHead,
    proof: ConsentProof,
    requests: Requests,
}

impl Ready {
    async fn read(
        state: &State,
        patient: &Patient,
        origin: &Origin,
        id: &CaseId,
        recipient: &ProviderId,
        request: &IdempotentRequest,
    ) -> Result<Answer, Problem> {
        let places = Place::gate(id).into_iter().chain([
            Place::Intake(id.clone()),
            Place::DataKey(id.clone()),
            Place::Provider(recipient.clone()),
            Place::Idempotency(request.scope_sha256.clone()),
        ]);
        let snapshot = state.db.read(places).await?;
        let referral_id = ReferralId::new();
        let object = Object::of(Thing::Referral, &referral_id, "");
        let event = origin.patient(patient, Action::Create, object, Purpose::ReferralLetter);
        let (case, permit) = own_case(&state.db, &snapshot, id, event).await?;
        if case.suspends(permit.event(), Some(recipient)) {
            return Err(Denied::Suspended.into());
        }
        if let Some(answer) = replay(&snapshot, request)? {
            return Ok(Answer::Known(answer));
        }
        let unknown = || Problem::invalid([FieldError::new("/recipient", Invalid::UnknownValue)]);
        let to = snapshot.provider(recipient)?.ok_or_else(unknown)?;
        // Without its key a case is destroyed, whatever else is still lying about.
        let sealed = snapshot.sealed_case(&permit).ok_or_else(Problem::not_found)?;
        // None of these depends on another; all are read after the snapshot, and what is sealed is opened after the rules.
        let (key, standing, case_records, letters, requests) = tokio::try_join!(
            state.keyring.unwrap(id, &sealed.data_key),
            state.contacts.standing(&snapshot, &permit, &case),
            state.db.case_records(id),
            state.db.referrals(id),
            Requests::read(&state.db, id, recipient),
        )?;
        let draft = sealed.intake.open(&key, id)?;
        if case.state == CaseState::Draft {
            let missing = draft.complete().err();
            return Err(missing.map_or_else(|| Problem::conflict("case-not-complete"), Problem::intake_incomplete));
        }
        if !to.takes(&case, state.db.now()) {
            return Err(Problem::conflict("recipient-not-available"));
        }
        let consents = snapshot.consents(id)?;
        let proof = gate(id, &consents, &Use::Letter { recipient: recipient.clone() }, &standing)?;
        let permit = permit.resting_on(&proof);
        let mut records = (Vec::new(), Vec::new());
        for sealed in case_records {
            let (results, medicines) = sealed.open(&key)?.for_letter(&sealed.record.origin);
            records.0.extend(results);
            records.1.extend(medicines);
        }
        let replaces = replaced(&letters, recipient);
        let ready = Self {
            replaces,
            snapshot,
            permit,
            standing,
            referral_id,
            case,
            key,
            draft,
            records,
            to,
            consents,
            proof,
            requests,
        };
        Ok(Answer::New(Box::new(ready)))
    }

    async fn make(self, state: &State, request: &IdempotentRequest) -> Result<Response, Failure> {
        let (results, medicines) = self.records.clone();
        let intake = self.draft.complete().map_err(Problem::intake_incomplete)?;
        let intake = intake.with_records(results, medicines).map_err(|_| Problem::conflict("too-many-values"))?;
        let now = state.db.now();
        let urgency = intake.urgency;
        let issue = self.issue(state, now);
        // Here the intake ends: the letter sees what was agreed to for this institution and nothing else.
        let disclosure = Disclosure::of(intake, self.proof.items()).map_err(Problem::internal)?;
        let letter = medius_documents::issue(&disclosure, &self.to, &issue).map_err(|error| {
            if matches!(error, DocumentError::TooMany { .. }) {
                Problem::conflict("too-many-values")
            } else {
                Problem::internal(error)
            }
        })?;
        let record = self.store(state, &issue, &letter).await?;

        let mut change = Change::new(self.permit, now);
        change.require(&self.proof);
        change.require_version(&self.case);
        change.create_referral(&record, &self.case)?;
        let task_id = self.requests.with_letter(&mut change, &self.case, &record, urgency, now)?;
        let location = Some(format!("/v1/cases/{}/referrals/{}", self.case.id, record.id));
        let view = ReferralView { task_id: Some(task_id), ..ReferralView::from(&record) };
        let answer = Remembered::new(&mut change, request, StatusCode::CREATED, location, &view)?;
        // Records are read after the snapshot: whatever happened to the case since, a row that was dropped included, has moved
        // its log, and then the letter is made anew.
        let has_records = !(self.records.0.is_empty() && self.records.1.is_empty());
        let committed = if has_records {
            state.db.commit_unmoved(change, &self.snapshot).await
        } else {
            state.db.commit(change, &self.snapshot).await
        };
        match committed {
            Ok(()) => {}
            Err(StoreError::Conflict(
                conflict @ (Conflict::Exists | Conflict::Idempotency | Conflict::Busy | Conflict::Version),
            )) => {
                return Err(Failure::Again(conflict));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(answer.into_response())
    }

    fn issue(&self, state: &State, now: DateTime<Utc>) -> Issue {
        Issue {
            replaces: self.replaces.clone(),
            document_number: DocumentNumber::new(kst_day(now).year()),
            referral_id: self.referral_id.clone(),
            case_id: self.case.id.clone(),
            issued_at: now,
            verify_base_url: state.letterhead.verify_base_url.clone(),
            operator: state.letterhead.operator.clone(),
            consents: ConsentReference::of(&self.consents, &self.proof, &self.standing),
            review: None,
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
            items: self.proof.items().clone(),
            pdf_sha256: letter.pdf_sha256.clone(),
            bundle_sha256: letter.bundle_sha256.clone(),
            view_sha256,
            pdf_bytes: letter.pdf.len() as u64,
            pages: letter.pages,
            replaces: issue.replaces.clone(),
            superseded_at: None,
            review: None,
        })
    }
}

/// The newest letter to an institution that was corrected and has no other letter in its place yet.
fn replaced(letters: &[ReferralRecord], to: &ProviderId) -> Option<DocumentNumber> {
    let taken: HashSet<&DocumentNumber> = letters.iter().filter_map(|letter| letter.replaces.as_ref()).collect();
    let waits =
        |l: &&ReferralRecord| l.recipient == *to && l.superseded_at.is_some() && !taken.contains(&l.document_number);
    letters.iter().filter(waits).max_by_key(|letter| letter.issued_at).map(|letter| letter.document_number.clone())
}
