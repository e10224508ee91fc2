//! Receipts: what a patient takes away from a decision, as a signed file and as a page to read, print and keep.
//!
//! Whoever holds the file can show what was agreed to and when, without us: see the provider function's `/verify`.

mod page;

use crate::State;
use axum::extract;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use medius_domain::access::{Action, Object, Purpose, Scope};
use medius_domain::id::{CaseId, EventId};
use medius_domain::policy::Thing;
use medius_domain::receipt::{Controller, NoReceipt, Receipt, words};
use medius_domain::signed::Kind;
use medius_http::openapi::ReadProblems;
use medius_http::{Origin, PathIds, Patient, Problem, own_case};
use medius_store::{Change, Place, Signer};

/// What receipts need beside the database.
pub struct Issuer {
    /// Who answers for the service.
    pub controller: Controller,
    /// The key that signs.
    pub signer: Signer,
    /// The page where a receipt can be verified.
    pub verify_url: String,
}

/// A receipt and the file that carries it.
struct Issued {
    receipt: Receipt,
    json: String,
}

impl Issued {
    fn file_name(&self, extension: &str) -> String {
        format!("consent-receipt-{}.{extension}", self.receipt.record_id)
    }
}

/// The signed receipt of a decision: a JSON file with a readable part (shaped after ISO/IEC TS 27560:2023) and its
/// signature as a JWS.
#[utoipa::path(get, path = "/v1/cases/{case_id}/consents/{event_id}/receipt", tag = "consent",
    params(("case_id" = String, Path), ("event_id" = String, Path)),
    responses((status = 200, content_type = "application/json", body = Object), ReadProblems),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("consent"))),
    security(("patient" = [])))]
pub(crate) async fn consent_receipt(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, event)): PathIds<(CaseId, EventId)>,
) -> Result<Response, Problem> {
    let issued = issue(&state, &patient, &origin, &case, &event).await?;
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", issued.file_name("json"))),
    ];
    Ok((headers, issued.json).into_response())
}

/// The same receipt as a page of its own: the words as they were shown, with the file in it and how to verify it.
#[utoipa::path(get, path = "/v1/cases/{case_id}/consents/{event_id}/receipt.html", tag = "consent",
    params(("case_id" = String, Path), ("event_id" = String, Path)),
    responses((status = 200, content_type = "text/html", body = String), ReadProblems),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("consent"))),
    security(("patient" = [])))]
pub(crate) async fn consent_receipt_page(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, event)): PathIds<(CaseId, EventId)>,
) -> Result<Response, Problem> {
    let issued = issue(&state, &patient, &origin, &case, &event).await?;
    let kid = state.issuer.signer.keys().current().await?.kid();
    let html = page::render(&issued, kid, &state.issuer.verify_url).map_err(Problem::internal)?;
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CONTENT_SECURITY_POLICY, page::policy()),
        (CONTENT_DISPOSITION, format!("inline; filename=\"{}\"", issued.file_name("html"))),
    ];
    Ok((headers, html).into_response())
}

async fn issue(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    case: &CaseId,
    id: &EventId,
) -> Result<Issued, Problem> {
    let snapshot = state.db.read([Place::Case(case.clone()), Place::LogHead(Scope::Case(case.clone()))]).await?;
    let object = Object::of(Thing::Consent, id, "receipt");
    let download = origin.patient(patient, Action::Download, object, Purpose::PatientRights);
    let (_, leave) = own_case(&state.db, &snapshot, case, download).await?;
    let events = state.db.consent_events(case).await?;
    let event = events.into_iter().find(|event| event.id == *id).ok_or_else(Problem::not_found)?;
    let text = words(&event, |text| state.abroad(text)).ok_or_else(|| Problem::internal(NoReceipt::OtherText))?;
    let receipt = Receipt::of(&event, &text, &state.issuer.controller).map_err(|why| match why {
        NoReceipt::NoDecision => Problem::not_found(),
        NoReceipt::OtherText | NoReceipt::Json => Problem::internal(why),
    })?;
    let envelope = state.issuer.signer.sign(Kind::ConsentReceipt, &receipt).await?;
    let json = serde_json::to_string_pretty(&envelope).map_err(Problem::internal)?;
    // The last step: what was handed out is in the log, and what is not in the log was not handed out.
    state.db.commit(Change::new(leave, state.db.now()), &snapshot).await?;
    Ok(Issued { receipt, json })
}
