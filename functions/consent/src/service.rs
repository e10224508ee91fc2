//! Use cases of consent: one read, a decision, one commit.

use crate::State;
use crate::api::{EventView, ServingView};
use axum::response::Response;
use http::StatusCode;
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::case::Case;
use medius_domain::consent::{
    ConsentEvent, ConsentHead, DecisionRefusal, Matter, Recipient, Served, TextLanguage, current_text,
};
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{CaseId, ServingId};
use medius_domain::link::{Link, LinkEvent};
use medius_domain::provider::Provider;
use medius_http::headers::IdempotentRequest;
use medius_http::{Origin, Patient, Problem, Remembered, replay, settle};
use medius_store::{Change, Conflict, Place, Snapshot, StoreError};

/// Times that a withdrawal is tried again when a link or the consents change under it: it must not fail because an
/// institution is reading at that moment.
const WITHDRAWAL_ATTEMPTS: usize = 6;

/// Shows the current text of a matter and records that it was shown.
pub(crate) async fn serve(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    matter: &Matter,
    language: TextLanguage,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let mut places = places(id, request);
    places.extend(matter.recipient().map(|r| Place::Provider(r.clone())));
    let snapshot = state.db.read(places).await?;
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(answer);
    }
    let case = own(&snapshot, id, patient)?;
    let provider = recipient(&snapshot, matter)?;
    let named = provider.as_ref().map(|p| match language {
        TextLanguage::Ko => (p.name_ko.as_str(), p.department_ko.as_str()),
        TextLanguage::En => (p.name_en.as_str(), p.department_en.as_str()),
    });
    let text = named.map_or_else(
        || current_text(matter.item(), language).clone(),
        |(name, department)| current_text(matter.item(), language).about(name, department),
    );
    let recipient = provider
        .as_ref()
        .zip(named)
        .map(|(p, (name, department))| Recipient { id: p.id.clone(), name: format!("{name}, {department}") });
    let head = snapshot.consents(id)?;
    let served = head.serve(id, &case.subject, matter, recipient, language, state.db.now());
    let (event, next) = served.map_err(Problem::internal)?;
    let mut change = record(state, patient, origin, &case, &event, &next, Action::View)?;
    let shown: &Served = next.served.get(matter).ok_or_else(|| Problem::internal(NotServed))?;
    let view = ServingView::new(matter.item(), shown, text);
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, None, &view)?;
    settle(&state.db, change, Some(&snapshot), request, answer).await
}

/// Cannot happen: serving puts the text into the state.
#[derive(Debug, thiserror::Error)]
#[error("a served text is not in the state")]
struct NotServed;

/// Records a decision.
pub(crate) async fn decide(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    serving: &ServingId,
    grant: bool,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let snapshot = state.db.read(places(id, request)).await?;
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(answer);
    }
    let case = own(&snapshot, id, patient)?;
    let decided = snapshot.consents(id)?.decide(id, &case.subject, serving, grant, state.db.now());
    let (event, next) = decided.map_err(Problem::internal)?.map_err(refused)?;
    if !grant {
        // To refuse what was granted before is to take it back: links must die as with a withdrawal.
        return end(state, patient, origin, &snapshot, &case, event, next, request).await;
    }
    let mut change = record(state, patient, origin, &case, &event, &next, Action::GrantChange)?;
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, None, &EventView::from(&event))?;
    settle(&state.db, change, Some(&snapshot), request, answer).await
}

/// Takes an agreement back and ends the links that rested on it, in one transaction.
pub(crate) async fn withdraw(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    matter: &Matter,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let mut attempt = 1;
    loop {
        let snapshot = state.db.read(places(id, request)).await?;
        if let Some(answer) = replay(&snapshot, request)? {
            return Ok(answer);
        }
        let case = own(&snapshot, id, patient)?;
        let withdrawn = snapshot.consents(id)?.withdraw(id, &case.subject, matter, state.db.now());
        let (event, next) = withdrawn.map_err(Problem::internal)?.map_err(refused)?;
        match end(state, patient, origin, &snapshot, &case, event, next, request).await {
            Err(problem)
                if attempt < WITHDRAWAL_ATTEMPTS && problem.kind() == medius_http::ProblemKind::StateConflict =>
            {
                attempt += 1;
            }
            other => return other,
        }
    }
}

/// Commits an event that takes a permission away, with the end of every live link that needs it.
#[expect(clippy::too_many_arguments, reason = "one commit of everything that was read and decided")]
async fn end(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    snapshot: &Snapshot,
    case: &Case,
    event: ConsentEvent,
    next: ConsentHead,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let mut change = record(state, patient, origin, case, &event, &next, Action::GrantChange)?;
    let provider = event.recipient.as_ref().map(|r| &r.id);
    for mut link in live_links(state, &case.id).await? {
        // Without a recipient the consent is one that every provision rests on.
        if provider.is_none_or(|p| link.provider_id == *p) {
            let Some(after) = link.state.after(LinkEvent::ConsentWithdrawn) else { continue };
            link.state = after;
            link.epoch += 1;
            link.rev += 1;
            link.revoked_at = Some(state.db.now());
            change.update_link(&link, case.expires_at)?;
        }
    }
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, None, &EventView::from(&event))?;
    settle(&state.db, change, Some(snapshot), request, answer).await
}

/// Links of the case that are not revoked. One that has ended by time is harmless and stays as it is.
async fn live_links(state: &State, case: &CaseId) -> Result<Vec<Link>, StoreError> {
    let deliveries = state.db.deliveries(case).await?;
    if deliveries.is_empty() {
        return Ok(Vec::new());
    }
    let mut links = Vec::new();
    // A transaction reads at most 100 places.
    for some in deliveries.chunks(100) {
        let snapshot = state.db.read(some.iter().map(|d| Place::Link(d.link_id.clone()))).await?;
        for delivery in some {
            links.extend(snapshot.link(&delivery.link_id)?.filter(|link| link.live(snapshot.now())));
        }
    }
    // One transaction writes at most 100 items; a case with more live links than that is no patient's doing.
    if links.len() > 80 { Err(StoreError::Conflict(Conflict::Busy)) } else { Ok(links) }
}

/// What is in force, and every event.
pub(crate) async fn overview(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
) -> Result<(ConsentHead, Vec<ConsentEvent>), Problem> {
    let places = [Place::Case(id.clone()), Place::Consents(id.clone()), Place::LogHead(id.clone())];
    let snapshot = state.db.read(places).await?;
    let case = own(&snapshot, id, patient)?;
    let event = origin.patient(patient, Action::View, Object::part("consents"), Purpose::PatientRights);
    state.db.commit(Change::new(id, &case.subject, event, state.db.now()), &snapshot).await?;
    Ok((snapshot.consents(id)?, state.db.consent_events(id).await?))
}

fn places(id: &CaseId, request: &IdempotentRequest) -> Vec<Place> {
    vec![
        Place::Case(id.clone()),
        Place::Consents(id.clone()),
        Place::LogHead(id.clone()),
        Place::Idempotency(request.scope_sha256.clone()),
    ]
}

fn own(snapshot: &Snapshot, id: &CaseId, patient: &Patient) -> Result<Case, Problem> {
    snapshot.case_of(id, &patient.subject)?.ok_or_else(Problem::not_found)
}

/// The institution of a provision, from the directory only.
fn recipient(snapshot: &Snapshot, matter: &Matter) -> Result<Option<Provider>, Problem> {
    let Some(id) = matter.recipient() else { return Ok(None) };
    let found = snapshot.provider(id)?.filter(|p| p.may_receive(snapshot.now()));
    found.map(Some).ok_or_else(|| Problem::invalid([FieldError::new("/recipient", Invalid::UnknownValue)]))
}

fn record(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    case: &Case,
    event: &ConsentEvent,
    next: &ConsentHead,
    action: Action,
) -> Result<Change, Problem> {
    let log = origin.patient(patient, action, Object::of("consent", &event.id, ""), Purpose::PatientRights);
    let mut change = Change::new(&case.id, &case.subject, log, state.db.now());
    change.consent(event, next)?;
    Ok(change)
}

fn refused(refusal: DecisionRefusal) -> Problem {
    Problem::conflict(match refusal {
        DecisionRefusal::NotServed => "text-not-served",
        DecisionRefusal::Superseded => "text-superseded",
        DecisionRefusal::NothingToWithdraw => "nothing-to-withdraw",
    })
}
