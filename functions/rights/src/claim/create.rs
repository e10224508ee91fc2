//! Taking a request in, and ordering its codes. Everything is done alike for a mailbox that is on file and one that is not: the
//! request is stored and its mail is ordered; the mailer finds the mailbox, or drops the order.

use super::api::{ClaimState, ParsedClaim};
use super::{again, found, mail};
use crate::own::{ATTEMPTS, scope};
use crate::{State, refused};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use medius_domain::access::{Action, Authentication, Object, Purpose};
use medius_domain::code::CodeState;
use medius_domain::id::{RightId, Subject};
use medius_domain::policy::{On, Thing, permit};
use medius_domain::rights::{Claim, RightsRequest, Wanted};
use medius_http::{Asked, Counted, IdempotencyKey, IdempotentRequest, Origin, Problem, Remembered, SourceIp, replay};
use medius_store::{Change, Place, StoreError, pause};

/// Takes a request in.
pub(super) async fn create(
    state: &State,
    (origin, ip): (&Origin, SourceIp),
    wish: ParsedClaim,
    (key, body_sha256): (&IdempotencyKey, &str),
) -> Result<Response, Problem> {
    let ParsedClaim { wish, email, role, language } = wish;
    let (mailbox, network) = tokio::try_join!(state.mailboxes.mailbox(&email), state.mailboxes.network(ip.0))?;
    // Nobody is known yet; a repeat comes with the same mailbox.
    let request = key.request(&Subject::of(&mailbox), body_sha256);
    let counted = Counted::new(Asked::Right, &network, &mailbox);
    let wanted = Wanted { right: wish.right, case_id: None, told_by: None, scope: wish.scope, parts: wish.parts };
    let code = CodeState::next(None, state.db.now())?;
    let claim = Claim { claimant: role, case_id: wish.case_id, mailbox, language, code, mailed: false, ticket: None };
    let mut attempt = 1;
    loop {
        match try_create(state, origin, &counted, (&claim, &wanted), &request).await? {
            Ok(answer) => return Ok(answer),
            Err(error) if attempt < ATTEMPTS && again(&error) => pause(u32::try_from(attempt).unwrap_or(1)).await,
            Err(error) => return Err(error.into()),
        }
        attempt += 1;
    }
}

async fn try_create(
    state: &State,
    origin: &Origin,
    counted: &Counted,
    (claim, wanted): (&Claim, &Wanted),
    request: &IdempotentRequest,
) -> Result<Result<Response, StoreError>, Problem> {
    let places = counted.places().into_iter().chain([Place::Idempotency(request.scope_sha256.clone())]);
    let snapshot = state.db.read(places).await?;
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(Ok(answer));
    }
    let now = state.db.now();
    let mut asked = RightsRequest::claimed(claim.clone(), wanted.clone(), now).map_err(refused)?;
    let object = Object::of(Thing::Right, &asked.id, "");
    let nobody = Authentication::Nothing;
    let event = origin.without_sign_in(&asked.subject, nobody, Action::Create, object, Purpose::PatientRights);
    let mut change = Change::new(permit(event, &On::Right(&asked))?, now);
    let mailed = counted.count(&state.db, &snapshot, &mut change, &mail(&asked.id, &claim.code, now))?;
    asked.claim = Some(Claim { code: claim.code.if_mailed(mailed), mailed, ..claim.clone() });
    change.rights_request(&asked)?;
    let view = ClaimState::new(&asked, claim.code.valid_until);
    let answer = Remembered::new(&mut change, request, StatusCode::ACCEPTED, None, &view)?;
    Ok(state.db.commit_first(change).await.map(|()| answer.into_response()))
}

/// Orders another code; the one before ends.
pub(super) async fn order_code(
    state: &State,
    (origin, ip): (&Origin, SourceIp),
    id: &RightId,
) -> Result<ClaimState, Problem> {
    let network = state.mailboxes.network(ip.0).await?;
    let mut attempt = 1;
    loop {
        match try_order(state, origin, &network, id).await? {
            Ok(answer) => return Ok(answer),
            Err(error) if attempt < ATTEMPTS && again(&error) => pause(u32::try_from(attempt).unwrap_or(1)).await,
            Err(error) => return Err(error.into()),
        }
        attempt += 1;
    }
}

async fn try_order(
    state: &State,
    origin: &Origin,
    network: &str,
    id: &RightId,
) -> Result<Result<ClaimState, StoreError>, Problem> {
    let (request, claim) = found(state, id).await?;
    let counted = Counted::new(Asked::Right, network, &claim.mailbox);
    let places = counted.places().into_iter().chain([Place::LogHead(scope(&request))]);
    let snapshot = state.db.read(places).await?;
    let now = state.db.now();
    let code = CodeState::next(Some(&claim.code), now)?;
    let object = Object::of(Thing::Right, id, "code");
    let nobody = Authentication::Nothing;
    let event = origin.without_sign_in(&request.subject, nobody, Action::Update, object, Purpose::PatientRights);
    let mut change = Change::new(permit(event, &On::Right(&request))?, now);
    let mailed = counted.count(&state.db, &snapshot, &mut change, &mail(id, &code, now))?;
    let next = request.with_next_code(&code, mailed);
    change.rights_request(&next)?;
    let answer = ClaimState::new(&next, code.valid_until);
    Ok(state.db.commit(change, &snapshot).await.map(|()| answer))
}
