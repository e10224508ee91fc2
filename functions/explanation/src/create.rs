//! Makes an explanation: reads what the patient agreed to have explained, lets the engine work, sets the PDF, and stores both
//! sealed. Whatever changes in between, a consent or a row, makes the commit fail, and it is made anew.

use crate::api::{ExplanationView, NewExplanation, ReportLanguage};
use crate::input::{Unexplained, input};
use crate::service::Part;
use crate::{CATALOGUE_SHA256, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use medius_documents::explanation::{Explanation, render};
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::case::Case;
use medius_domain::chain::sha256_hex;
use medius_domain::clock::kst_day;
use medius_domain::consent::{ConsentProof, Use, gate};
use medius_domain::id::{CaseId, ExplanationId};
use medius_domain::policy::{Denied, Permit, Thing};
use medius_explain::{Catalogue, Input, Judgement, Language, Options, Report, Unreviewed, report};
use medius_http::{IdempotentRequest, Origin, Patient, Problem, Remembered, own_case, replay, telemetry};
use medius_store::{Change, Conflict, DataKey, ExplanationRecord, Place, Snapshot, StoreError};
use zeroize::Zeroizing;

/// Times that it is made anew when the case moved, or when the same request was quicker elsewhere.
const ATTEMPTS: u32 = 3;

/// Makes the explanation, or repeats the answer to the same request.
pub(crate) async fn create(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    case: &CaseId,
    wanted: &NewExplanation,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let mut last = Conflict::Busy;
    for _ in 0..ATTEMPTS {
        let ready = match Ready::read(state, patient, origin, case, wanted, request).await? {
            Answer::Known(answer) => return Ok(answer),
            Answer::New(ready) => ready,
        };
        match ready.make(state, wanted, request).await? {
            Ok(answer) => return Ok(answer),
            Err(conflict) => last = conflict,
        }
    }
    Err(StoreError::Conflict(last).into())
}

enum Answer {
    Known(Response),
    New(Box<Ready>),
}

/// Everything that an explanation needs, checked.
struct Ready {
    snapshot: Snapshot,
    permit: Permit,
    id: ExplanationId,
    case: Case,
    key: DataKey,
    input: Input,
    proof: ConsentProof,
}

impl Ready {
    async fn read(
        state: &State,
        patient: &Patient,
        origin: &Origin,
        id: &CaseId,
        wanted: &NewExplanation,
        request: &IdempotentRequest,
    ) -> Result<Answer, Problem> {
        let places = Place::gate(id).into_iter().chain([
            Place::Intake(id.clone()),
            Place::DataKey(id.clone()),
            Place::Idempotency(request.scope_sha256.clone()),
        ]);
        let snapshot = state.db.read(places).await?;
        let explanation = ExplanationId::new();
        let object = Object::of(Thing::Explanation, &explanation, "");
        let event = origin.patient(patient, Action::Create, object, Purpose::Explanation);
        let (case, permit) = own_case(&state.db, &snapshot, id, event).await?;
        if case.suspends(permit.event(), None) {
            return Err(Denied::Suspended.into());
        }
        if let Some(answer) = replay(&snapshot, request)? {
            return Ok(Answer::Known(answer));
        }
        // Without its key a case is destroyed, whatever else is still lying about.
        let sealed = snapshot.sealed_case(&permit).ok_or_else(Problem::not_found)?;
        let standing = state.contacts.standing(&snapshot, &permit, &case).await?;
        let proof = gate(id, &snapshot.consents(id)?, &Use::Explanation, &standing)?;
        let key = state.keyring.unwrap(id, &sealed.data_key).await?;
        let draft = sealed.intake.open(&key, id)?;
        let mut records = Vec::new();
        for record in state.db.case_records(id).await? {
            records.push(record.open(&key)?);
        }
        let today = kst_day(state.db.now());
        let input = input(&draft, &records, proof.items(), wanted.pregnant, today).map_err(|why| match why {
            Unexplained::Nothing => Problem::conflict("nothing-to-explain"),
            Unexplained::TooMany => Problem::conflict("too-many-values"),
        })?;
        let permit = permit.resting_on(&proof);
        Ok(Answer::New(Box::new(Self { snapshot, permit, id: explanation, case, key, input, proof })))
    }

    async fn make(
        self,
        state: &State,
        wanted: &NewExplanation,
        request: &IdempotentRequest,
    ) -> Result<Result<Response, Conflict>, Problem> {
        let now = state.db.now();
        let unreviewed = if state.settings.reviewed_only { Unreviewed::Block } else { Unreviewed::Show };
        let language = match wanted.language {
            ReportLanguage::Ko => Language::Ko,
            ReportLanguage::En => Language::En,
            ReportLanguage::Both => Language::Both,
        };
        let options = Options { language, unreviewed };
        let report = report(&self.input, Catalogue::embedded(), options).map_err(Problem::internal)?;
        count(&report);
        let operator = &state.settings.operator;
        let what = Explanation { report: &report, language, made_at: now, operator, id: self.id.as_str() };
        let (pdf, pages) = render(&what).map_err(Problem::internal)?;
        let pdf = Zeroizing::new(pdf);
        let data = Zeroizing::new(serde_json::to_vec(&report).map_err(Problem::internal)?);
        let record = ExplanationRecord {
            id: self.id.clone(),
            case_id: self.case.id.clone(),
            made_at: now,
            case_version: self.case.version,
            basis: self.proof.basis().to_vec(),
            catalogue_sha256: CATALOGUE_SHA256.clone(),
            report_sha256: sha256_hex(&data),
            pdf_sha256: sha256_hex(&pdf),
            pdf_bytes: pdf.len() as u64,
            pages,
            superseded_at: None,
        };
        // Parts of an explanation whose commit then fails are reachable by nobody and go with the case.
        let put =
            |part: Part, sha256, content| state.documents.put(&self.case.id, &self.key, part.kind(), sha256, content);
        tokio::try_join!(put(Part::Report, &record.report_sha256, &data), put(Part::Pdf, &record.pdf_sha256, &pdf))?;

        let mut change = Change::new(self.permit, now);
        change.require(&self.proof);
        change.require_version(&self.case);
        change.create_explanation(&record, &self.case)?;
        let location = Some(format!("/v1/cases/{}/explanations/{}", self.case.id, record.id));
        let view = ExplanationView::from(&record);
        let answer = Remembered::new(&mut change, request, StatusCode::CREATED, location, &view)?;
        // Unmoved: records are read after the snapshot, and a row that was dropped meanwhile moved the case's log.
        match state.db.commit_unmoved(change, &self.snapshot).await {
            Ok(()) => Ok(Ok(answer.into_response())),
            Err(StoreError::Conflict(conflict @ (Conflict::Exists | Conflict::Idempotency | Conflict::Busy))) => {
                Ok(Err(conflict))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// How much could be said, in numbers only: the share of rows that are not judged tells when the catalogue lacks something.
fn count(report: &Report) {
    telemetry::count("ExplanationMade");
    for row in &report.results {
        match row.judgement {
            Judgement::Judged(_) => telemetry::count("ExplanationJudged"),
            Judgement::NotJudged(_) | Judgement::Conflict => telemetry::count("ExplanationNotJudged"),
        }
    }
}
