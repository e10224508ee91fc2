//! Whether a link may be used now: it lives, the institution may receive, and every consent is in force. All three are
//! read again at every request. Whatever is wrong, the answer is the one identical 404.

use crate::State;
use chrono::{DateTime, Utc};
use medius_domain::access::Event;
use medius_domain::case::Case;
use medius_domain::code::CodeState;
use medius_domain::consent::{ConsentProof, Use, gate};
use medius_domain::id::LinkId;
use medius_domain::link::{Link, Tries};
use medius_domain::policy::{On, Permit, permit};
use medius_domain::provider::Provider;
use medius_domain::task::Task;
use medius_http::{Problem, about};
use medius_store::{Change, Conflict, Place, ReferralRecord, SessionRecord, Snapshot, StoreError, pause};

/// Times that a use case is done again when others used the same link at the same moment.
const ATTEMPTS: u32 = 16;

/// A link before anything is known about who asks.
pub(crate) struct Found {
    pub(crate) link: Link,
    pub(crate) code: Option<CodeState>,
    pub(crate) session: Option<SessionRecord>,
    pub(crate) tries: Option<Tries>,
}

/// Reads a link with its newest code and, if a token was sent, its session.
pub(crate) async fn find(state: &State, id: &LinkId, token_sha256: Option<&str>) -> Result<Found, Problem> {
    let mut places = vec![Place::Link(id.clone()), Place::Code(id.clone())];
    places.extend(token_sha256.map(|token| Place::Session(id.clone(), token.to_owned())));
    let snapshot = state.db.read(places).await?;
    let link = of(&snapshot, id)?;
    let session = token_sha256.map(|token| snapshot.session(id, token)).transpose()?.flatten();
    Ok(Found { code: snapshot.code(id)?, session, tries: None, link })
}

/// The link, which the lines of the request are about from now on.
fn of(snapshot: &Snapshot, id: &LinkId) -> Result<Link, Problem> {
    let link = snapshot.link(id)?.ok_or_else(Problem::not_found)?;
    about::link(&link);
    Ok(link)
}

/// Reads a link with its newest code and how often a network tried it in vain. Of a link that the network is locked out of
/// nothing is said, and nothing of what it tries is looked at.
pub(crate) async fn find_for(state: &State, id: &LinkId, network: &str) -> Result<Found, Problem> {
    let places = [Place::Link(id.clone()), Place::Code(id.clone()), Place::Tries(id.clone(), network.to_owned())];
    let snapshot = state.db.read(places).await?;
    let link = of(&snapshot, id)?;
    let tries = snapshot.tries(id, network)?;
    if tries.as_ref().is_some_and(|tries| tries.locked(link.generation, snapshot.now())) {
        return Err(Problem::not_found());
    }
    Ok(Found { code: snapshot.code(id)?, session: None, tries, link })
}

/// A link that may be used, with what the use rests on.
pub(crate) struct Usable {
    pub(crate) snapshot: Snapshot,
    pub(crate) permit: Permit,
    pub(crate) link: Link,
    pub(crate) referral: ReferralRecord,
    pub(crate) provider: Provider,
    pub(crate) proof: ConsentProof,
    pub(crate) case: Case,
    /// The request that the letter is part of.
    pub(crate) task: Option<Task>,
    pub(crate) kept_until: DateTime<Utc>,
}

impl Usable {
    /// Asks the case, the consents and the institution, for what somebody at the institution wants to do.
    pub(crate) async fn check(state: &State, link: Link, event: Event) -> Result<Self, Problem> {
        Self::check_with(state, link, event, vec![]).await
    }

    /// The same, with what else is read at that moment.
    pub(crate) async fn check_with(state: &State, link: Link, event: Event, more: Vec<Place>) -> Result<Self, Problem> {
        let now = state.db.now();
        if !link.live(now) {
            return Err(Problem::not_found());
        }
        let case = &link.case_id;
        let places = Place::gate(case).into_iter().chain([
            Place::DataKey(case.clone()),
            Place::Referral(case.clone(), link.referral_id.clone()),
            Place::Provider(link.provider_id.clone()),
        ]);
        let at = link.task_id.clone().map(|task| Place::Task(case.clone(), task));
        let snapshot = state.db.read(places.chain(at).chain(more)).await?;
        let task = link.task_id.as_ref().map(|id| snapshot.task(case, id)).transpose()?.flatten();
        let found = snapshot.case(case)?.filter(|c| c.subject == link.subject).ok_or_else(Problem::not_found)?;
        let provider = snapshot.provider(&link.provider_id)?.ok_or_else(Problem::not_found)?;
        let referral = snapshot.referral(case, &link.referral_id)?.ok_or_else(Problem::not_found)?;
        if !provider.takes(&found, now) || found.suspends(&event, Some(&link.provider_id)) {
            return Err(Problem::not_found());
        }
        let permit = permit(event, &On::Behind(case, &link.subject))?;
        let standing = state.contacts.standing(&snapshot, &permit, &found).await?;
        let used_for = Use::Provision { recipient: link.provider_id.clone(), items: referral.items.clone() };
        let proof = gate(case, &snapshot.consents(case)?, &used_for, &standing).map_err(|_| Problem::not_found())?;
        if !link.rests_on(&proof) {
            return Err(Problem::not_found());
        }
        let permit = permit.resting_on(&proof);
        let kept_until = found.expires_at;
        Ok(Self { snapshot, permit, link, referral, provider, proof, case: found, task, kept_until })
    }

    /// The link's next revision, to be changed further.
    pub(crate) fn next(&self) -> Link {
        Link { rev: self.link.rev + 1, ..self.link.clone() }
    }

    /// A change of the case behind the link that rests on its consents.
    pub(crate) fn change(&self, state: &State, permit: Permit) -> Change {
        let mut change = Change::new(permit, state.db.now());
        change.require(&self.proof);
        change
    }
}

/// Counts how often a use case is done again, from its first read, because another request was at the same link or
/// consents.
#[derive(Default)]
pub(crate) struct Attempts(u32);

impl Attempts {
    /// Waits for the next attempt.
    ///
    /// # Errors
    /// The refusal, or after too many attempts the request to come back.
    pub(crate) async fn again(&mut self, ended: Attempt) -> Result<(), Problem> {
        match ended {
            Attempt::Refused(problem) => Err(problem),
            Attempt::Late(error) if self.0 >= ATTEMPTS => Err(Problem::unavailable(error)),
            Attempt::Late(_) => {
                self.0 += 1;
                pause(self.0).await;
                Ok(())
            }
        }
    }
}

/// Why an attempt ended.
pub(crate) enum Attempt {
    /// For good.
    Refused(Problem),
    /// Another request was quicker; what it changed must be read first.
    Late(StoreError),
}

impl From<Problem> for Attempt {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<StoreError> for Attempt {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(Conflict::Link | Conflict::Busy | Conflict::Consent) => Self::Late(error),
            StoreError::Conflict(Conflict::Version | Conflict::Exists | Conflict::Idempotency | Conflict::Mail)
            | StoreError::Service { .. }
            | StoreError::Corrupt { .. }
            | StoreError::Newer { .. }
            | StoreError::Seal(_)
            | StoreError::Configuration(_) => Self::Refused(error.into()),
        }
    }
}
