//! Results and medicines: typed into a form, shown beside what was read, decided about row by row.

use crate::State;
use crate::api::{NewRecord, RecordList, RecordSummary, RecordView};
use crate::wish::{Opened, Wish};
use axum::response::Response;
use http::StatusCode;
use medius_domain::access::{Action, Object};
use medius_domain::id::RecordId;
use medius_domain::policy::Thing;
use medius_domain::record::{Decision, MOST_RECORDS, Origin as From, Record, Rows};
use medius_http::{IdempotentRequest, IfMatch, Problem, ProblemKind, Remembered, replay, settle};
use medius_store::{Change, Place, SealedRecord};
use serde::Serialize;

pub(crate) fn too_large() -> Problem {
    Problem::conflict("record-too-large")
}

/// Makes a record of what the patient typed.
pub(crate) async fn create(
    state: &State,
    wish: Wish<'_>,
    new: NewRecord,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let repeat = Place::Idempotency(request.scope_sha256.clone());
    let opened = wish.open(state, Action::Create, Object::part(Thing::Record, ""), [repeat]).await?;
    if let Some(answer) = replay(&opened.snapshot, request)? {
        return Ok(answer);
    }
    let rows = Rows::typed(new.entries, state.db.now()).map_err(Problem::invalid)?;
    let change = opened.change(state).await?;
    let others = state.db.case_records(wish.case).await?.len();
    keep(state, &opened, change, (others, From::Form), &rows, request, |record| record).await
}

/// Stores a new record, beside so many others, and answers with what `answer` makes of it: ids, states and times only.
pub(crate) async fn keep<T: Serialize>(
    state: &State,
    opened: &Opened,
    mut change: Change,
    (others, from): (usize, From),
    rows: &Rows,
    request: &IdempotentRequest,
    answer: impl FnOnce(RecordSummary) -> T,
) -> Result<Response, Problem> {
    if others >= MOST_RECORDS {
        return Err(Problem::conflict("too-many-records"));
    }
    let record = Record::new(opened.case.id.clone(), from, rows, state.db.now());
    let sealed = SealedRecord::seal(record, rows, &opened.key(state).await?)?.ok_or_else(too_large)?;
    change.put_record(&sealed, &opened.wrapped, &opened.case)?;
    let location = Some(format!("/v1/cases/{}/records/{}", opened.case.id, sealed.record.id));
    let view = answer(RecordSummary::from(&sealed.record));
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, location, &view)?;
    settle(&state.db, change, Some(&opened.snapshot), request, answer).await
}

/// The records of a case.
pub(crate) async fn list(state: &State, wish: Wish<'_>) -> Result<RecordList, Problem> {
    let opened = wish.open(state, Action::View, Object::part(Thing::Record, ""), []).await?;
    let records = state.db.case_records(wish.case).await?;
    opened.looked(state).await?;
    Ok(RecordList { items: records.iter().map(|sealed| (&sealed.record).into()).collect() })
}

async fn read(state: &State, wish: Wish<'_>, id: &RecordId, action: Action) -> Result<(Opened, SealedRecord), Problem> {
    let place = Place::Record(wish.case.clone(), id.clone());
    let opened = wish.open(state, action, Object::of(Thing::Record, id, ""), [place]).await?;
    let sealed = opened.snapshot.record(wish.case, id)?.ok_or_else(Problem::not_found)?;
    Ok((opened, sealed))
}

/// One record with its rows.
pub(crate) async fn get(state: &State, wish: Wish<'_>, id: &RecordId) -> Result<(u64, RecordView), Problem> {
    let (opened, sealed) = read(state, wish, id, Action::View).await?;
    let rows = sealed.open(&opened.key(state).await?)?;
    opened.looked(state).await?;
    Ok((sealed.record.version, RecordView::new(&sealed.record, &rows)))
}

/// Decides about rows: all of it or nothing.
pub(crate) async fn decide(
    state: &State,
    wish: Wish<'_>,
    id: &RecordId,
    expected: IfMatch,
    decisions: &[(u32, Decision)],
) -> Result<(u64, RecordView), Problem> {
    let (opened, sealed) = read(state, wish, id, Action::Update).await?;
    if sealed.record.version != expected.0 {
        return Err(ProblemKind::VersionMismatch.into());
    }
    let mut change = opened.change(state).await?;
    let key = opened.key(state).await?;
    let now = state.db.now();
    let rows = sealed.open(&key)?.decided(decisions, now).map_err(Problem::invalid)?;
    let record = sealed.record.changed(&rows, now);
    let sealed = SealedRecord::seal(record, &rows, &key)?.ok_or_else(too_large)?;
    change.put_record(&sealed, &opened.wrapped, &opened.case)?;
    state.db.commit(change, &opened.snapshot).await?;
    Ok((sealed.record.version, RecordView::new(&sealed.record, &rows)))
}
