//! Use cases that read explanations. A patient reads their own by right of ownership, whatever became of the consent to make
//! them; each look is in the access log before anything is shown.

use crate::State;
use chrono::{DateTime, Utc};
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::id::{CaseId, ExplanationId};
use medius_domain::policy::Thing;
use medius_http::{Origin, Patient, Problem, own_case};
use medius_store::{Change, ExplanationRecord, Place};
use zeroize::Zeroizing;

/// A form of the explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The data.
    Report,
    /// The PDF.
    Pdf,
}

impl Part {
    /// The name that it is sealed and logged under.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Pdf => "explanation",
        }
    }

    /// Its media type.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Report => "application/json",
            Self::Pdf => "application/pdf",
        }
    }

    /// Shown in place. The name says nothing about a person: people send files on.
    pub(crate) const fn disposition(self) -> &'static str {
        match self {
            Self::Report => "inline; filename=\"explanation.json\"",
            Self::Pdf => "inline; filename=\"explanation.pdf\"",
        }
    }

    fn sha256(self, record: &ExplanationRecord) -> &str {
        match self {
            Self::Report => &record.report_sha256,
            Self::Pdf => &record.pdf_sha256,
        }
    }
}

/// The explanations of a case, the newest first.
pub(crate) async fn list(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
) -> Result<Vec<ExplanationRecord>, Problem> {
    let snapshot = state.db.read([Place::Case(id.clone()), Place::case_log(id)]).await?;
    let event = origin.patient(patient, Action::View, Object::part(Thing::Explanation, ""), Purpose::Explanation);
    let (_, permit) = own_case(&state.db, &snapshot, id, event).await?;
    let mut found = state.db.explanations(id).await?;
    found.sort_by_key(|record| std::cmp::Reverse(record.made_at));
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;
    Ok(found)
}

/// One explanation's record.
pub(crate) async fn get(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    case: &CaseId,
    id: &ExplanationId,
) -> Result<ExplanationRecord, Problem> {
    let places = [Place::Case(case.clone()), Place::Explanation(case.clone(), id.clone()), Place::case_log(case)];
    let snapshot = state.db.read(places).await?;
    let event = origin.patient(patient, Action::View, Object::of(Thing::Explanation, id, ""), Purpose::Explanation);
    let (_, permit) = own_case(&state.db, &snapshot, case, event).await?;
    let found = snapshot.explanation(case, id)?.ok_or_else(Problem::not_found)?;
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;
    Ok(found)
}

/// One explanation, opened; with when what it was judged with was corrected.
pub(crate) async fn document(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    case: &CaseId,
    id: &ExplanationId,
    part: Part,
) -> Result<(Zeroizing<Vec<u8>>, Option<DateTime<Utc>>), Problem> {
    let places = [
        Place::Case(case.clone()),
        Place::DataKey(case.clone()),
        Place::Explanation(case.clone(), id.clone()),
        Place::case_log(case),
    ];
    let snapshot = state.db.read(places).await?;
    let object = Object::of(Thing::Explanation, id, part.kind());
    let event = origin.patient(patient, Action::Download, object, Purpose::Explanation);
    let (_, permit) = own_case(&state.db, &snapshot, case, event).await?;
    let found = snapshot.explanation(case, id)?.ok_or_else(Problem::not_found)?;
    // Without its key a case is destroyed, whatever else is still lying about.
    let wrapped = snapshot.data_key(&permit).ok_or_else(Problem::not_found)?;
    let key = state.keyring.unwrap(case, &wrapped).await?;
    let content = state.documents.get(case, &key, part.kind(), part.sha256(&found)).await?;
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;
    Ok((content, found.superseded_at))
}
