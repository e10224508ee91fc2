//! Verifying a letter: whether a fingerprint is that of a document issued under a number. Only hashes and a date are
//! looked at, no person's data, so nothing goes into an access log.

use crate::State;
use crate::api::{DocumentKind, Fingerprint, Verification, VerifyRequest};
use axum::Json;
use axum::extract::{self, Path};
use axum::response::Response;
use http::StatusCode;
use medius_domain::id::DocumentNumber;
use medius_http::openapi::PublicProblems;
use medius_http::{Body, Problem};
use medius_store::{DocumentRecord, Place};

/// The page that a letter's QR code opens: the same for every number. Files are hashed in the browser.
#[utoipa::path(get, path = "/d/{document_number}", tag = "provider", params(("document_number" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html")))]
pub(crate) async fn open_check(extract::State(state): extract::State<State>) -> Response {
    state.pages.check.answer(StatusCode::OK)
}

/// The same page's headers.
#[utoipa::path(head, path = "/d/{document_number}", tag = "provider", params(("document_number" = String, Path)),
    responses((status = 200)))]
pub(crate) async fn open_check_head(state: extract::State<State>) -> Response {
    open_check(state).await
}

/// Whether a letter or its data was issued under this number, unchanged.
#[utoipa::path(post, path = "/d/{document_number}/verify", tag = "provider", params(("document_number" = String, Path)),
    request_body = VerifyRequest, responses((status = 200, body = Verification), PublicProblems))]
pub(crate) async fn verify_document(
    extract::State(state): extract::State<State>,
    number: Result<Path<String>, extract::rejection::PathRejection>,
    body: Body<VerifyRequest>,
) -> Result<Json<Verification>, Problem> {
    // What is no number is unknown like any other.
    let number = number.ok().and_then(|Path(n)| n.to_ascii_uppercase().parse::<DocumentNumber>().ok());
    let Some(number) = number else { return Ok(Json(Verification::NotVerified)) };
    let asked = &body.value.sha256;
    let places = [Place::Document(number.clone()), Place::Copy(number.clone(), asked.as_str().to_owned())];
    let snapshot = state.db.read(places).await?;
    let copied = snapshot.copy_for(&number, asked.as_str())?.is_some();
    Ok(Json(compare(snapshot.document(&number)?, copied, asked)))
}

/// `copied` says that the fingerprint is that of a copy which was made of the letter for an institution.
fn compare(document: Option<DocumentRecord>, copied: bool, asked: &Fingerprint) -> Verification {
    let Some(document) = document else { return Verification::NotVerified };
    let kind = if copied || asked.as_str() == document.pdf_sha256 {
        DocumentKind::Pdf
    } else if asked.as_str() == document.bundle_sha256 {
        DocumentKind::Data
    } else {
        return Verification::NotVerified;
    };
    Verification::Verified { kind, issued_at: document.issued_at, signature: document.signature.map(Into::into) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn an_unknown_number_and_a_wrong_fingerprint_look_the_same() {
        let issued_at = "2026-11-22T03:00:00Z".parse().unwrap();
        let document = DocumentRecord {
            number: "MDS-2026-7Q4WX0KD".parse().unwrap(),
            pdf_sha256: "a".repeat(64),
            bundle_sha256: "b".repeat(64),
            issued_at,
            signature: None,
        };
        let asked = |c: &str| Fingerprint::try_from(c.repeat(64)).unwrap();
        let answer = |document, c| serde_json::to_value(compare(document, false, &asked(c))).unwrap();
        let verified = |kind| json!({"result": "verified", "kind": kind, "issued_at": "2026-11-22T03:00:00Z"});
        assert_eq!(answer(Some(document.clone()), "A"), verified("pdf"));
        assert_eq!(answer(Some(document.clone()), "b"), verified("data"));
        assert_eq!(answer(Some(document.clone()), "c"), json!({"result": "not-verified"}));
        // A copy for an institution is the letter, too; without the letter nothing is.
        let copy = |document| serde_json::to_value(compare(document, true, &asked("c"))).unwrap();
        assert_eq!(copy(Some(document)), verified("pdf"));
        assert_eq!(copy(None), json!({"result": "not-verified"}));
        assert_eq!(answer(None, "c"), json!({"result": "not-verified"}));
        assert!(Fingerprint::try_from("x".repeat(64)).is_err());
    }
}
