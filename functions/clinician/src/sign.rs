//! Signing: the letter is made again as reviewed, under a number of its own; its hashes are signed by the service's key; and it
//! takes the place of the one that was read, all in one commit.

use crate::State;
use crate::api::{ReviewItem, SignatureRequest};
use crate::letter::{As, Desk, Waiting};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Datelike, SubsecRound, Utc};
use http::StatusCode;
use medius_documents::{Letter, Review};
use medius_domain::access::Action;
use medius_domain::chain::sha256_hex;
use medius_domain::clinician::{LetterReview, LetterSignature, SignatureScope, SignedLetter};
use medius_domain::clock::kst_day;
use medius_domain::id::{DocumentNumber, ReferralId};
use medius_domain::signed::Kind;
use medius_domain::task::{Party, Said, Task, TaskAction};
use medius_http::{IdempotentRequest, Problem, Remembered, replay};
use medius_store::{Change, MailAbout, MailRecord, Notice, Place, ReferralRecord};

/// Signs a letter, or repeats the answer to the same request.
pub(crate) async fn sign(
    state: &State,
    desk: &Desk<'_>,
    wanted: SignatureRequest,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let db = &state.with.db;
    let repeat = Place::Idempotency(request.scope_sha256.clone());
    // A repeat is asked before the letter: once it is signed, it does not wait any more.
    if let Some(answer) = replay(&db.read([repeat.clone()]).await?, request)? {
        return Ok(answer);
    }
    let waiting = desk.read(state, Action::Update, "signature", [repeat]).await?;
    let sent = db.deliveries(desk.case).await?.iter().any(|delivery| delivery.referral_id == waiting.letter.id);
    if sent {
        return Err(Problem::conflict("letter-sent"));
    }
    // What is signed is what was read.
    waiting.again(state)?;
    let errors = medius_documents::view::refused(&waiting.disclosure, &wanted.wording);
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    let now = db.now();
    let review = Review { reviewer: wanted.reviewer, signed_at: now.trunc_subsecs(0), wording: wanted.wording };
    let (id, number) = (ReferralId::new(), DocumentNumber::new(kst_day(now).year()));
    let made = waiting.issue(
        state,
        As {
            id: id.clone(),
            number: number.clone(),
            replaces: Some(waiting.letter.document_number.clone()),
            at: now,
            review: Some(review.clone()),
        },
    )?;
    let signed = record(&waiting, &made, (id, number), desk, now)?;
    let signature = signature(state, &signed, review).await?;
    store(state, &waiting, &made).await?;

    let mut change = Change::new(waiting.permit.clone(), now);
    change.require(&waiting.proof);
    change.require_version(&waiting.case);
    if let Some(task) = reviewed(state, &waiting, desk, &signed, now).await? {
        change.update_task(&task, waiting.case.expires_at)?;
        change.tell(&task, [], now)?;
    }
    change.create_signed_referral(&signed, Some(signature), &waiting.case)?;
    let read = ReferralRecord { superseded_at: Some(now), review: None, ..waiting.letter.clone() };
    change.update_referral(&read, &waiting.case)?;
    let about = MailAbout::PatientNotice { notice: Notice::Signed };
    change.order_mail(&MailRecord::new(about, waiting.case.id.clone(), waiting.case.subject.clone(), now))?;
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, None, &ReviewItem::from(&signed))?;
    // Whatever happened to the case since it was read, a delivery or a row of a record, has moved its log.
    db.commit_unmoved(change, &waiting.snapshot).await?;
    Ok(answer.into_response())
}

/// The Task of the letter after its review; none for a letter that has none.
async fn reviewed(
    state: &State,
    waiting: &Waiting,
    desk: &Desk<'_>,
    signed: &ReferralRecord,
    now: DateTime<Utc>,
) -> Result<Option<Task>, Problem> {
    let tasks = state.with.db.tasks(desk.case).await?;
    let Some(task) = tasks.into_iter().find(|task| task.letters.contains(&waiting.letter.id)) else { return Ok(None) };
    let applied = task.apply(&Said::of(TaskAction::Review), Party::Reviewer, now);
    let mut next = applied.map_err(|_| Problem::conflict("not-now"))?;
    next.letters.push(signed.id.clone());
    Ok(Some(next))
}

/// The signed letter, as far as it may be seen without opening it.
fn record(
    waiting: &Waiting,
    made: &Letter,
    (id, document_number): (ReferralId, DocumentNumber),
    desk: &Desk<'_>,
    now: DateTime<Utc>,
) -> Result<ReferralRecord, Problem> {
    let view = zeroize::Zeroizing::new(serde_json::to_vec(&made.view).map_err(Problem::internal)?);
    Ok(ReferralRecord {
        id,
        case_id: waiting.case.id.clone(),
        document_number,
        recipient: waiting.to.id.clone(),
        issued_at: now,
        case_version: waiting.case.version,
        basis: waiting.proof.basis().to_vec(),
        items: waiting.proof.items().clone(),
        pdf_sha256: made.pdf_sha256.clone(),
        bundle_sha256: made.bundle_sha256.clone(),
        view_sha256: sha256_hex(&view),
        pdf_bytes: made.pdf.len() as u64,
        pages: made.pages,
        replaces: Some(waiting.letter.document_number.clone()),
        superseded_at: None,
        review: Some(LetterReview::Signed { signed_at: now, by: desk.staff.subject.clone() }),
    })
}

/// The signature over the letter's number and hashes.
async fn signature(state: &State, letter: &ReferralRecord, review: Review) -> Result<LetterSignature, Problem> {
    let statement = SignedLetter {
        document_number: letter.document_number.clone(),
        pdf_sha256: letter.pdf_sha256.clone(),
        bundle_sha256: letter.bundle_sha256.clone(),
        reviewer: review.reviewer.clone(),
        signed_at: review.signed_at,
        scope: SignatureScope::WordingReviewed,
    };
    let envelope = state.with.signer.sign(Kind::LetterSignature, &statement).await?;
    let file = serde_json::to_string(&envelope).map_err(Problem::internal)?;
    Ok(LetterSignature { reviewer: review.reviewer, signed_at: review.signed_at, file })
}

/// Puts the sealed parts into the bucket, named by their content. Parts of a letter whose commit then fails are reachable by
/// nobody and go with the case.
async fn store(state: &State, waiting: &Waiting, made: &Letter) -> Result<(), Problem> {
    let view = zeroize::Zeroizing::new(serde_json::to_vec(&made.view).map_err(Problem::internal)?);
    let view_sha256 = sha256_hex(&view);
    let put = |kind, sha256, content| state.with.documents.put(&waiting.case.id, &waiting.key, kind, sha256, content);
    tokio::try_join!(
        put("letter", &made.pdf_sha256, &made.pdf),
        put("bundle", &made.bundle_sha256, &made.bundle),
        put("view", &view_sha256, &view),
    )?;
    Ok(())
}
