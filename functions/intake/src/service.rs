//! Use cases of intake: one read, a decision, one commit.

use crate::State;
use crate::api::CaseSummary;
use axum::response::Response;
use http::StatusCode;
use medius_domain::access::{Action, Entry, Object, Purpose};
use medius_domain::case::{Case, CaseState};
use medius_domain::consent::{ConsentProof, Use, gate};
use medius_domain::field::FieldError;
use medius_domain::id::CaseId;
use medius_domain::intake::{BasicDraft, BasicRefusal, Draft, HealthDraft};
use medius_http::headers::IdempotentRequest;
use medius_http::{IfMatch, Origin, Patient, Problem, ProblemKind, Remembered, replay, settle};
use medius_store::{Change, DataKey, Place, SealedIntake, Snapshot, WrappedKey};

/// Opens a case with its data key.
pub(crate) async fn create(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let snapshot = state.db.read([Place::Idempotency(request.scope_sha256.clone())]).await?;
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(answer);
    }
    let case = Case::new(patient.subject.clone(), state.db.now());
    let wrapped = state.keyring.create(&case.id).await?;
    let event = origin.patient(patient, Action::Create, Object::part("case"), Purpose::ReferralLetter);
    let mut change = Change::new(&case.id, &case.subject, event, state.db.now());
    change.create_case(&case, &wrapped)?;
    let location = Some(format!("/v1/cases/{}", case.id));
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, location, &CaseSummary::from(&case))?;
    settle(&state.db, change, None, request, answer).await
}

/// A case that was read and opened.
struct Opened {
    snapshot: Snapshot,
    case: Case,
    wrapped: WrappedKey,
    key: DataKey,
    sealed: SealedIntake,
    draft: Draft,
}

/// Reads a case of the patient's own, with its story.
async fn open(state: &State, patient: &Patient, id: &CaseId) -> Result<Opened, Problem> {
    let places = [
        Place::Case(id.clone()),
        Place::Intake(id.clone()),
        Place::DataKey(id.clone()),
        Place::Consents(id.clone()),
        Place::LogHead(id.clone()),
    ];
    let snapshot = state.db.read(places).await?;
    let case = snapshot.case_of(id, &patient.subject)?.ok_or_else(Problem::not_found)?;
    // Without its key a case is destroyed, whatever else is still lying about.
    let wrapped = snapshot.data_key(id).ok_or_else(Problem::not_found)?;
    let key = state.keyring.unwrap(id, &wrapped).await?;
    let sealed = snapshot.intake(id);
    let draft = sealed.open(&key, id)?;
    Ok(Opened { snapshot, case, wrapped, key, sealed, draft })
}

impl Opened {
    fn expect(&self, expected: IfMatch) -> Result<(), Problem> {
        if self.case.version == expected.0 { Ok(()) } else { Err(ProblemKind::VersionMismatch.into()) }
    }

    fn allowed(&self, used_for: &Use) -> Result<ConsentProof, Problem> {
        Ok(gate(&self.case.id, &self.snapshot.consents(&self.case.id)?, used_for)?)
    }

    /// Stores the story in its next version. A change that leaves something open makes the case a draft again.
    async fn store(
        mut self,
        state: &State,
        patient: &Patient,
        origin: &Origin,
        object: &'static str,
        proof: &ConsentProof,
        complete: bool,
    ) -> Result<(Case, Draft), Problem> {
        let now = state.db.now();
        let still = self.case.state == CaseState::Complete && self.draft.missing().is_empty();
        let next = if complete || still { CaseState::Complete } else { CaseState::Draft };
        self.case = self.case.changed(next, now);
        let event = origin.patient(patient, Action::Update, Object::part(object), Purpose::ReferralLetter);
        let mut change = Change::new(&self.case.id, &self.case.subject, event, now);
        change.require(proof);
        change.update_case(&self.case, &self.wrapped, &self.sealed)?;
        state.db.commit(change, &self.snapshot).await?;
        Ok((self.case, self.draft))
    }
}

/// Shows a case; the look is in the log before anything is shown.
pub(crate) async fn get(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
) -> Result<(Case, Draft), Problem> {
    let opened = open(state, patient, id).await?;
    let event = origin.patient(patient, Action::View, Object::part("intake"), Purpose::ReferralLetter);
    let change = Change::new(id, &opened.case.subject, event, state.db.now());
    state.db.commit(change, &opened.snapshot).await?;
    Ok((opened.case, opened.draft))
}

/// Stores basic information.
pub(crate) async fn put_basic(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    expected: IfMatch,
    basic: BasicDraft,
) -> Result<(Case, Draft), Problem> {
    let mut opened = open(state, patient, id).await?;
    opened.expect(expected)?;
    let proof = opened.allowed(&Use::CollectBasic)?;
    basic.check(state.db.now()).map_err(|refusal| match refusal {
        BasicRefusal::Fields(errors) => Problem::invalid(errors),
        BasicRefusal::GuardianNeeded => ProblemKind::GuardianRequired.into(),
    })?;
    opened.sealed.seal_basic(&opened.key, id, &basic)?;
    opened.draft.basic = Some(basic);
    opened.store(state, patient, origin, "intake/basic", &proof, false).await
}

/// Stores health information.
pub(crate) async fn put_health(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    expected: IfMatch,
    health: HealthDraft,
) -> Result<(Case, Draft), Problem> {
    let mut opened = open(state, patient, id).await?;
    opened.expect(expected)?;
    let proof = opened.allowed(&Use::CollectHealth)?;
    health.check(state.db.now()).map_err(|errors| {
        let in_body = |e: FieldError| FieldError { pointer: format!("/health{}", e.pointer), code: e.code };
        Problem::invalid(errors.into_iter().map(in_body))
    })?;
    opened.sealed.seal_health(&opened.key, id, &health)?;
    opened.draft.health = Some(health);
    opened.store(state, patient, origin, "intake/health", &proof, false).await
}

/// Completes the intake. A case that is complete already stays as it is.
pub(crate) async fn complete(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    expected: IfMatch,
) -> Result<(Case, Draft), Problem> {
    let opened = open(state, patient, id).await?;
    opened.expect(expected)?;
    let proof = opened.allowed(&Use::CollectHealth)?;
    opened.draft.complete().map_err(Problem::intake_incomplete)?;
    opened.store(state, patient, origin, "intake", &proof, true).await
}

/// The access log, which logs its own reading.
pub(crate) async fn access_log(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
) -> Result<Vec<Entry>, Problem> {
    let snapshot = state.db.read([Place::Case(id.clone()), Place::LogHead(id.clone())]).await?;
    let case = snapshot.case_of(id, &patient.subject)?.ok_or_else(Problem::not_found)?;
    let event = origin.patient(patient, Action::View, Object::part("access-log"), Purpose::PatientRights);
    let change = Change::new(id, &case.subject, event, state.db.now());
    state.db.commit(change, &snapshot).await?;
    Ok(state.db.log_entries(id).await?)
}
