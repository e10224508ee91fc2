//! Use cases of consent: a text is shown, decided, taken back. One read, a decision, one commit; whatever takes a
//! permission away ends every link that rested on it in the same transaction.

use crate::State;
use crate::api::{EventView, ServingView};
use crate::links;
use crate::particulars::{filled, received_by, recipient};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use http::StatusCode;
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::case::Case;
use medius_domain::consent::{
    self, ConsentActor, ConsentEvent, ConsentHead, DataItem, Decision, DecisionRefusal, Item, Matter, Recorded,
    Standing, TextLanguage,
};
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{CaseId, ServingId};
use medius_domain::link::LinkEvent;
use medius_domain::policy::{Permit, Thing};
use medius_http::headers::IdempotentRequest;
use medius_http::{Origin, Patient, Problem, Remembered, own_case, replay};
use medius_store::{Change, Conflict, MailAbout, MailRecord, Notice, Place, Snapshot, StoreError, pause};
use std::collections::BTreeSet;

/// Times that a use case is decided anew when something happens to the case under it: a withdrawal must not fail because an
/// institution is reading at that moment.
const ATTEMPTS: u32 = 12;
/// Of these, attempts that also insist on seeing every link there is. After them the commit goes first: a link that was
/// made in between rests on the consents before, so it is dead all the same.
const UNMOVED: u32 = 4;

/// Who asks, for which case, with which key against repeats.
pub(crate) struct Ask<'a> {
    pub(crate) patient: &'a Patient,
    pub(crate) origin: &'a Origin,
    pub(crate) case: &'a CaseId,
    pub(crate) request: &'a IdempotentRequest,
}

/// A decision of the patient.
pub(crate) struct Choice<'a> {
    pub(crate) serving: &'a ServingId,
    pub(crate) grant: bool,
    pub(crate) data_items: Option<&'a BTreeSet<DataItem>>,
}

/// What an ask found.
pub(crate) struct Found {
    pub(crate) snapshot: Snapshot,
    pub(crate) permit: Permit,
    pub(crate) case: Case,
    pub(crate) standing: Standing,
    pub(crate) head: ConsentHead,
}

impl Ask<'_> {
    /// Reads the case; the inner error is the answer to an earlier request with the same key.
    pub(crate) async fn read(
        &self,
        state: &State,
        action: Action,
        object: Object,
        more: impl IntoIterator<Item = Place>,
    ) -> Result<Result<Found, Response>, Problem> {
        let places = Place::gate(self.case)
            .into_iter()
            .chain([Place::GuardianCode(self.case.clone()), Place::Idempotency(self.request.scope_sha256.clone())])
            .chain(more);
        let snapshot = state.db.read(places).await?;
        let event = self.origin.patient(self.patient, action, object, Purpose::PatientRights);
        let (case, permit) = own_case(&state.db, &snapshot, self.case, event).await?;
        if let Some(answer) = replay(&snapshot, self.request)? {
            return Ok(Err(answer));
        }
        let standing = state.contacts.standing(&snapshot, &permit, &case).await?;
        let head = snapshot.consents(self.case)?;
        Ok(Ok(Found { snapshot, permit, case, standing, head }))
    }
}

/// Shows the current text of a matter and records that it was shown.
pub(crate) async fn serve(
    state: &State,
    ask: &Ask<'_>,
    matter: &Matter,
    language: TextLanguage,
) -> Result<Response, Problem> {
    let mut attempts = Attempts::default();
    loop {
        match try_serve(state, ask, matter, language).await? {
            Ok(answer) => return Ok(answer),
            Err(error) => attempts.again(error).await?,
        }
    }
}

async fn try_serve(
    state: &State,
    ask: &Ask<'_>,
    matter: &Matter,
    language: TextLanguage,
) -> Result<Result<Response, StoreError>, Problem> {
    let provider = matter.recipient().map(|r| Place::Provider(r.clone()));
    let object = Object::part(Thing::Consent, "serving");
    let found = match ask.read(state, Action::View, object, provider).await? {
        Ok(found) => found,
        Err(answer) => return Ok(Ok(answer)),
    };
    let provider = recipient(&found.snapshot, &found.case, matter)?;
    if matter == &Matter::guardian() && found.standing.must_be() != ConsentActor::Guardian {
        return Err(Problem::conflict("no-guardian-needed"));
    }
    let text = filled(state, matter.item(), language, provider.as_ref())?;
    let shown_to = provider.as_ref().map(|p| received_by(p, language, &text));
    let (case, subject) = (&found.case.id, &found.case.subject);
    let served = found.head.serve(case, subject, matter, shown_to, language, &found.standing);
    let (events, next) = served.map_err(Problem::internal)?;
    let shown = next.served.get(matter).ok_or_else(|| Problem::internal(NotServed))?;
    let view = ServingView::new(matter.item(), shown, text);
    let mut change = Change::new(found.permit, state.db.now());
    change.consent(&events, &next)?;
    let answer = Remembered::new(&mut change, ask.request, StatusCode::CREATED, None, &view)?;
    Ok(state.db.commit(change, &found.snapshot).await.map(|()| answer.into_response()))
}

/// Cannot happen: serving puts the text into the state.
#[derive(Debug, thiserror::Error)]
#[error("a served text is not in the state")]
struct NotServed;

/// Records a decision. Links to the recipient whose letter holds more than is agreed to now end with it.
pub(crate) async fn decide(state: &State, ask: &Ask<'_>, choice: &Choice<'_>) -> Result<Response, Problem> {
    let mut attempts = Attempts::default();
    loop {
        match try_decide(state, ask, choice, &attempts).await? {
            Ok(answer) => return Ok(answer),
            Err(error) => attempts.again(error).await?,
        }
    }
}

async fn try_decide(
    state: &State,
    ask: &Ask<'_>,
    choice: &Choice<'_>,
    attempts: &Attempts,
) -> Result<Result<Response, StoreError>, Problem> {
    let object = Object::part(Thing::Consent, "decision");
    let found = match ask.read(state, Action::GrantChange, object, []).await? {
        Ok(found) => found,
        Err(answer) => return Ok(Ok(answer)),
    };
    let actor = found.standing.must_be();
    if actor == ConsentActor::Guardian {
        crate::guardian::verified(state, &found).await?;
    }
    let Choice { serving, grant, data_items } = *choice;
    let decision = Decision { serving, grant, data_items, actor };
    let decided = found.head.decide(&found.case.id, &found.case.subject, &decision, &found.standing);
    let recorded = decided.map_err(Problem::internal)?.map_err(refused)?;
    settle(state, ask, found, recorded, attempts).await
}

/// Takes an agreement back.
pub(crate) async fn withdraw(state: &State, ask: &Ask<'_>, matter: &Matter) -> Result<Response, Problem> {
    let mut attempts = Attempts::default();
    loop {
        match try_withdraw(state, ask, matter, &attempts).await? {
            Ok(answer) => return Ok(answer),
            Err(error) => attempts.again(error).await?,
        }
    }
}

async fn try_withdraw(
    state: &State,
    ask: &Ask<'_>,
    matter: &Matter,
    attempts: &Attempts,
) -> Result<Result<Response, StoreError>, Problem> {
    let object = Object::part(Thing::Consent, "withdrawal");
    let found = match ask.read(state, Action::GrantChange, object, []).await? {
        Ok(found) => found,
        Err(answer) => return Ok(Ok(answer)),
    };
    let withdrawn = found.head.withdraw(&found.case.id, &found.case.subject, matter, &found.standing);
    let recorded = withdrawn.map_err(Problem::internal)?.map_err(refused)?;
    settle(state, ask, found, recorded, attempts).await
}

/// One transaction: the events, the end of every live link that they leave without its consents, the mails that tell its
/// institution, a notice to the patient, the entry in the log and the answer for repeats.
async fn settle(
    state: &State,
    ask: &Ask<'_>,
    found: Found,
    (events, next): Recorded,
    attempts: &Attempts,
) -> Result<Result<Response, StoreError>, Problem> {
    // One moment for the consents, and for what ends with them.
    let now = found.standing.now;
    let event = events.last().ok_or_else(|| Problem::internal(NotServed))?;
    let mut change = Change::new(found.permit, now);
    change.consent(&events, &next)?;
    // A first decision takes nothing from what stands, so nothing is looked for unless something had lapsed.
    if !next.keeps(&found.head) {
        let (links, tasks) = tokio::try_join!(
            links::without_consent(state, &found.case.id, &next, &found.standing),
            links::tasks_without_consent(state, &found.case.id, &next, &found.standing),
        )?;
        for link in links {
            change.end_link(&link, LinkEvent::ConsentWithdrawn, &found.case)?;
        }
        for task in tasks {
            change.update_task(&task, found.case.expires_at)?;
            change.tell(&task, [], now)?;
        }
    }
    if worth_a_notice(event) {
        change.order_mail(&notice(&found.case, now))?;
    }
    let view = EventView::from(event);
    let answer = Remembered::new(&mut change, ask.request, StatusCode::CREATED, None, &view)?;
    let outcome = if attempts.0 < UNMOVED {
        state.db.commit_unmoved(change, &found.snapshot).await
    } else {
        state.db.commit(change, &found.snapshot).await
    };
    Ok(outcome.map(|()| answer.into_response()))
}

/// Counts how often a use case is done again while others write at the same case, the same consents or the same links.
#[derive(Default)]
struct Attempts(u32);

impl Attempts {
    /// Waits for the next attempt.
    async fn again(&mut self, error: StoreError) -> Result<(), Problem> {
        let late = matches!(
            error,
            StoreError::Conflict(
                Conflict::Busy | Conflict::Link | Conflict::Consent | Conflict::Idempotency | Conflict::Exists
            )
        );
        if late && self.0 < ATTEMPTS {
            self.0 += 1;
            pause(self.0).await;
            Ok(())
        } else {
            Err(error.into())
        }
    }
}

/// Where the patient is told that a receipt waits: what was agreed to hand on health information, and what was taken back.
const fn worth_a_notice(event: &ConsentEvent) -> bool {
    matches!((event.action, event.item), (consent::Action::Withdraw, _) | (consent::Action::Grant, Item::Ps | Item::K1))
}

fn notice(case: &Case, now: DateTime<Utc>) -> MailRecord {
    let about = MailAbout::PatientNotice { notice: Notice::Receipt };
    MailRecord::new(about, case.id.clone(), case.subject.clone(), now)
}

fn refused(refusal: DecisionRefusal) -> Problem {
    let field = |why| Problem::invalid([FieldError::new("/data_items", why)]);
    match refusal {
        DecisionRefusal::NotServed => Problem::conflict("text-not-served"),
        DecisionRefusal::Superseded => Problem::conflict("text-superseded"),
        DecisionRefusal::NothingToWithdraw => Problem::conflict("nothing-to-withdraw"),
        DecisionRefusal::GuardianMustDecide => Problem::conflict("guardian-must-decide"),
        DecisionRefusal::PatientMustDecide => Problem::conflict("patient-must-decide"),
        DecisionRefusal::UnknownPart => field(Invalid::UnknownValue),
        DecisionRefusal::RequiredPart => field(Invalid::Missing),
    }
}
