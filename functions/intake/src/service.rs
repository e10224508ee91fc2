//! Use cases of intake: one read, a decision, one commit.

use crate::State;
use crate::api::CaseSummary;
use axum::response::Response;
use http::StatusCode;
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::case::{Case, CaseState};
use medius_domain::consent::{ConsentActor, ConsentProof, Use, gate};
use medius_domain::contact::{ContactCard, Guardian};
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::CaseId;
use medius_domain::intake::{BasicDraft, BasicRefusal, Draft, HealthDraft};
use medius_domain::policy::{On, Permit, Thing, permit};
use medius_http::headers::IdempotentRequest;
use medius_http::{IfMatch, Origin, Patient, Problem, ProblemKind, Remembered, own_case, replay, settle};
use medius_store::{Change, DataKey, Place, SealedCase, SealedIntake, Snapshot};

/// Opens a case with its keys.
pub(crate) async fn create(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    minor: bool,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let open = if patient.synthetic { Case::synthetic } else { Case::new };
    let case = open(patient.subject.clone(), minor, state.db.now());
    let known = [Place::Idempotency(request.scope_sha256.clone())];
    // Side by side: a repeat is rare, and keys that nothing was sealed with are nothing. What was answered once is answered again
    // whatever the keys are like today.
    let (snapshot, data_key, contact_key) =
        tokio::join!(state.db.read(known), state.keyring.create(&case.id), state.contacts.create(&case.id));
    let snapshot = snapshot?;
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(answer);
    }
    let (data_key, contact_key) = (data_key?, contact_key?);
    let sealed = SealedCase { data_key, contact_key, intake: SealedIntake::default(), card: None };
    let event = origin.patient(patient, Action::Create, Object::part(Thing::Case, ""), Purpose::ReferralLetter);
    let mut change = Change::new(permit(event, &On::Case(&case))?, state.db.now());
    change.create_case(&case, &sealed)?;
    let location = Some(format!("/v1/cases/{}", case.id));
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, location, &CaseSummary::from(&case))?;
    settle(&state.db, change, None, request, answer).await
}

/// A case with everything that was told.
pub(crate) struct Told {
    pub(crate) case: Case,
    pub(crate) draft: Draft,
    pub(crate) guardian: Option<Guardian>,
}

/// What a patient wants to do with a case.
pub(crate) struct Wish<'a> {
    pub(crate) patient: &'a Patient,
    pub(crate) origin: &'a Origin,
    pub(crate) case: &'a CaseId,
}

/// A case that was read and opened.
struct Opened {
    snapshot: Snapshot,
    permit: Permit,
    case: Case,
    key: DataKey,
    sealed: SealedCase,
    draft: Draft,
    card: ContactCard,
    new_card: bool,
}

/// Reads a case of the patient's own, with its story.
async fn open(state: &State, wish: &Wish<'_>, action: Action, object: Object) -> Result<Opened, Problem> {
    let id = wish.case;
    let places = Place::gate(id).into_iter().chain([Place::Intake(id.clone()), Place::DataKey(id.clone())]);
    let snapshot = state.db.read(places).await?;
    let event = wish.origin.patient(wish.patient, action, object, Purpose::ReferralLetter);
    let (case, permit) = own_case(&state.db, &snapshot, id, event).await?;
    // Without its keys a case is destroyed, whatever else is still lying about.
    let sealed = snapshot.sealed_case(&permit).ok_or_else(Problem::not_found)?;
    let key = state.keyring.unwrap(id, &sealed.data_key).await?;
    let draft = sealed.intake.open(&key, id)?;
    // The card costs a call to the key service; only for a child does anything depend on what is in it.
    let card = if case.minor {
        state.contacts.open(&snapshot, &permit).await?.unwrap_or_default()
    } else {
        ContactCard::default()
    };
    Ok(Opened { snapshot, permit, case, key, sealed, draft, card, new_card: false })
}

impl Opened {
    fn expect(&self, expected: IfMatch) -> Result<(), Problem> {
        if self.case.version == expected.0 { Ok(()) } else { Err(ProblemKind::VersionMismatch.into()) }
    }

    async fn allowed(&self, state: &State, used_for: &Use) -> Result<ConsentProof, Problem> {
        let standing = state.contacts.standing(&self.snapshot, &self.permit, &self.case).await?;
        Ok(gate(&self.case.id, &self.snapshot.consents(&self.case.id)?, used_for, &standing)?)
    }

    /// Stores the story in its next version. A change that leaves something open makes the case a draft again.
    async fn store(mut self, state: &State, proof: Option<&ConsentProof>, complete: bool) -> Result<Told, Problem> {
        let still = self.case.state == CaseState::Complete && self.draft.missing().is_empty();
        let next = if complete || still { CaseState::Complete } else { CaseState::Draft };
        // Without a consent nothing is kept for longer than an empty case.
        self.case = match proof {
            Some(_) => self.case.changed(next, state.db.now()),
            None => self.case.continued(state.db.now()),
        };
        if self.new_card {
            let (key, mailboxes) = (&self.sealed.contact_key, &state.mailboxes);
            self.sealed.card = Some(state.contacts.seal(&self.case.id, key, &self.card, mailboxes).await?);
        }
        let mut change = Change::new(self.permit, state.db.now());
        if let Some(proof) = proof {
            change.require(proof);
        }
        change.update_case(&self.case, &self.sealed)?;
        state.db.commit(change, &self.snapshot).await?;
        Ok(Told { case: self.case, draft: self.draft, guardian: self.card.guardian })
    }
}

/// Shows a case; the look is in the log before anything is shown.
pub(crate) async fn get(state: &State, wish: &Wish<'_>) -> Result<Told, Problem> {
    let opened = open(state, wish, Action::View, Object::part(Thing::Intake, "")).await?;
    state.db.commit(Change::new(opened.permit, state.db.now()), &opened.snapshot).await?;
    Ok(Told { case: opened.case, draft: opened.draft, guardian: opened.card.guardian })
}

/// Stores basic information.
pub(crate) async fn put_basic(
    state: &State,
    wish: &Wish<'_>,
    expected: IfMatch,
    basic: BasicDraft,
) -> Result<Told, Problem> {
    let mut opened = open(state, wish, Action::Update, Object::part(Thing::Intake, "basic")).await?;
    opened.expect(expected)?;
    let proof = opened.allowed(state, &Use::CollectBasic).await?;
    basic.check(opened.case.minor, state.db.now()).map_err(|refusal| match refusal {
        BasicRefusal::Fields(errors) => Problem::invalid(errors),
        BasicRefusal::GuardianNeeded => ProblemKind::GuardianRequired.into(),
    })?;
    opened.card = opened.card.with_basic(opened.case.minor, basic.email.as_ref(), &basic.languages, basic.birth_date);
    opened.new_card = true;
    opened.sealed.intake.seal_basic(&opened.key, wish.case, &basic)?;
    opened.draft.basic = Some(basic);
    opened.store(state, Some(&proof), false).await
}

/// Stores health information.
pub(crate) async fn put_health(
    state: &State,
    wish: &Wish<'_>,
    expected: IfMatch,
    health: HealthDraft,
) -> Result<Told, Problem> {
    let mut opened = open(state, wish, Action::Update, Object::part(Thing::Intake, "health")).await?;
    opened.expect(expected)?;
    let proof = opened.allowed(state, &Use::CollectHealth).await?;
    health.check(state.db.now()).map_err(|errors| {
        let in_body = |e: FieldError| FieldError { pointer: format!("/health{}", e.pointer), code: e.code };
        Problem::invalid(errors.into_iter().map(in_body))
    })?;
    opened.sealed.intake.seal_health(&opened.key, wish.case, &health)?;
    opened.draft.health = Some(health);
    opened.store(state, Some(&proof), false).await
}

/// Completes the intake. A case that is complete already stays as it is.
pub(crate) async fn complete(state: &State, wish: &Wish<'_>, expected: IfMatch) -> Result<Told, Problem> {
    let opened = open(state, wish, Action::Update, Object::part(Thing::Intake, "")).await?;
    opened.expect(expected)?;
    let proof = opened.allowed(state, &Use::CollectHealth).await?;
    opened.draft.complete().map_err(Problem::intake_incomplete)?;
    opened.store(state, Some(&proof), true).await
}

/// Names the guardian of a child. It needs no consent: it is what the consent is asked of (PIPA Art. 22-2(3)). Another
/// mailbox must be verified anew, so what the guardian before agreed to stays, and what comes needs a new code.
pub(crate) async fn put_guardian(
    state: &State,
    wish: &Wish<'_>,
    expected: IfMatch,
    guardian: Guardian,
) -> Result<Told, Problem> {
    let mut opened = open(state, wish, Action::Update, Object::part(Thing::Guardian, "")).await?;
    opened.expect(expected)?;
    let standing = state.contacts.standing(&opened.snapshot, &opened.permit, &opened.case).await?;
    if standing.must_be() != ConsentActor::Guardian {
        return Err(Problem::conflict("no-guardian-needed"));
    }
    if opened.card.email.as_ref() == Some(&guardian.email) {
        // A code to the child's own mailbox would verify nobody.
        return Err(Problem::invalid([FieldError::new("/email", Invalid::Duplicate)]));
    }
    if opened.card.guardian.as_ref().is_none_or(|before| before.email != guardian.email) {
        opened.card.guardian_rev += 1;
    }
    opened.card.guardian = Some(guardian);
    opened.new_card = true;
    opened.store(state, None, false).await
}
