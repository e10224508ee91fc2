//! From a link in a mail to a session: the link's secret and a second factor that is not in the mail start it. That is a
//! one-time code that is ordered to the institution's mailbox, or an access code that was told by phone. A mail scanner that
//! submits the page's form gets no further than another mail to the institution's own mailbox.
//!
//! Whatever is wrong, the answer is the one identical 404, and it comes no sooner than [`LEAST`]: neither words nor time tell
//! an unknown link from one that is there.

use crate::State;
use crate::api::CodeBy;
use crate::desk::answer;
use crate::link::{Attempt, Attempts, Found, Usable, find_for};
use crate::session::{self, Token};
use chrono::{DateTime, Utc};
use medius_domain::access::{Action, Authentication, Object};
use medius_domain::code::{CodeState, OneTimeCode};
use medius_domain::id::LinkId;
use medius_domain::link::{AccessCode, Factor, Link, LinkEvent, LinkSecret, LinkState, Tries};
use medius_domain::policy::{On, Permit, Thing};
use medius_domain::task::TaskAction;
use medius_http::{Origin, Problem, SourceIp, telemetry};
use medius_store::{Change, Conflict, DeskNotice, MailAbout, MailRecord, Place, StoreError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The least time that a refusal takes: longer than what is read and written for any of them.
const LEAST: Duration = Duration::from_millis(400);

/// Does a thing, and lets a refusal of it take its least time.
pub(crate) async fn evenly<T>(work: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    let begun = Instant::now();
    let answer = work.await;
    if answer.is_err() {
        sleep_until(begun + LEAST).await;
    }
    answer
}

/// Who stands before a link: from where, and with which secret.
pub(crate) struct Visitor<'a> {
    state: &'a State,
    origin: &'a Origin,
    link: &'a LinkId,
    secret: &'a LinkSecret,
    /// The network, as a MAC.
    network: String,
}

/// What an order of a code came to.
pub(crate) struct Ordered {
    pub(crate) by: CodeBy,
    pub(crate) valid_until: DateTime<Utc>,
}

impl<'a> Visitor<'a> {
    pub(crate) async fn new(
        state: &'a State,
        (origin, ip): (&'a Origin, &SourceIp),
        link: &'a LinkId,
        secret: &'a LinkSecret,
    ) -> Result<Self, Problem> {
        let network = state.networks.network(ip.0).await?;
        Ok(Self { state, origin, link, secret, network })
    }

    /// Orders a code to the institution's mailbox and says until when it can be used. A new code ends the one before.
    pub(crate) async fn order_code(&self) -> Result<Ordered, Problem> {
        let mut attempts = Attempts::default();
        loop {
            match self.try_order().await {
                Ok(ordered) => return Ok(ordered),
                Err(ended) => attempts.again(ended).await?,
            }
        }
    }

    async fn try_order(&self) -> Result<Ordered, Attempt> {
        let state = self.state;
        let found = find_for(state, self.link, &self.network).await?;
        let code = found.code.clone();
        let usable = self.known(found, "code").await?;
        let mut change = usable.change(state, usable.permit.clone());
        if usable.link.factor == Factor::AccessCode {
            // Who knows the secret may know how the link is opened; no mail is sent.
            state.db.commit(change, &usable.snapshot).await?;
            return Ok(Ordered { by: CodeBy::Phone, valid_until: usable.link.expires_at });
        }
        let now = state.db.now();
        let link = Link { code_n: usable.link.code_n + 1, ..usable.next() };
        // The link counts its codes itself: its number stands in the mail that is ordered.
        let next = CodeState { n: link.code_n, ..CodeState::next(code.as_ref(), now).map_err(Problem::from)? };
        let about = MailAbout::ProviderCode {
            link_id: link.id.clone(),
            generation: link.generation,
            provider_id: link.provider_id.clone(),
            code_n: next.n,
        };
        let mail = MailRecord::new(about, link.case_id.clone(), link.subject.clone(), now);
        change.update_link(&link, usable.kept_until)?;
        change.put_code(&link.id, &next)?;
        change.order_mail(&mail)?;
        state.db.commit(change, &usable.snapshot).await?;
        Ok(Ordered { by: CodeBy::Mail, valid_until: next.valid_until })
    }

    /// The link, if the secret is its own and it may be used.
    async fn known(&self, found: Found, part: &'static str) -> Result<Usable, Attempt> {
        let (state, link) = (self.state, found.link);
        let object = Object::of(Thing::Link, &link.id, part);
        let event = self.origin.provider(&link.provider_id, Authentication::LinkSecret, Action::LinkOpen, object, &[]);
        if !self.secret.matches(&link.secret_sha256) {
            // Somebody guesses, or a mail system cut the address off: the patient sees the attempt. It counts for the network
            // and not for the link, which nobody who knows only its address can close.
            let refusal = Permit::refusal(event, &On::Behind(&link.case_id, &link.subject));
            let snapshot = state.db.read([Place::case_log(&link.case_id)]).await?;
            let mut change = Change::new(refusal, state.db.now());
            let tries = Tries::wrong(found.tries.as_ref(), link.generation, state.db.now());
            change.put_tries(&link.id, &self.network, &tries)?;
            state.db.commit(change, &snapshot).await?;
            return Err(Problem::not_found().into());
        }
        Ok(Usable::check(state, link, event).await?)
    }

    /// Starts a session. Right or wrong, a try is counted in the same step that uses it up: of many tries at once, each is
    /// one.
    pub(crate) async fn unlock(&self, typed: &OneTimeCode) -> Result<Token, Problem> {
        let mut attempts = Attempts::default();
        loop {
            match Box::pin(self.try_unlock(typed)).await {
                Ok(token) => return Ok(token),
                Err(ended) => attempts.again(ended).await?,
            }
        }
    }

    async fn try_unlock(&self, typed: &OneTimeCode) -> Result<Token, Attempt> {
        let state = self.state;
        let found = find_for(state, self.link, &self.network).await?;
        let (code, tries) = (found.code.clone(), found.tries.clone());
        let usable = self.known(found, "unlock").await?;
        match usable.link.factor {
            Factor::OneTimeCode => {
                let usable_code = code.filter(|c| tryable(c, &usable.link, state.db.now()));
                // What is no code is no try: mail scanners send forms empty.
                let code = usable_code.filter(|_| typed.is_whole()).ok_or_else(Problem::not_found)?;
                if state.codes.code(self.link, code.n).await?.matches(typed) {
                    start(state, &usable, Some(&code.spent())).await
                } else {
                    self.refuse(&usable, tries.as_ref(), Some(&code.tried())).await
                }
            }
            Factor::AccessCode => {
                // Until a code was made nobody gets in, and nothing that is tried counts.
                let typed = AccessCode::typed(typed.expose());
                let kept = usable.link.access_code.as_ref().filter(|_| typed.is_whole());
                if kept.ok_or_else(Problem::not_found)?.matches(&typed) {
                    start(state, &usable, None).await
                } else {
                    self.refuse(&usable, tries.as_ref(), None).await
                }
            }
        }
    }

    /// Counts a wrong code: for the network, for the link, and where it was a one-time code for that. The last one that the
    /// link allows suspends it, and coordinators are told: by mail and on their work list.
    async fn refuse(&self, usable: &Usable, tries: Option<&Tries>, code: Option<&CodeState>) -> Result<Token, Attempt> {
        let (state, now) = (self.state, self.state.db.now());
        let next = usable.link.wrong_code(now);
        let mut change = usable.change(state, usable.permit.clone().refused());
        change.update_link(&next, usable.kept_until)?;
        change.put_tries(&next.id, &self.network, &Tries::wrong(tries, next.generation, now))?;
        if let Some(code) = code {
            change.put_code(&next.id, code)?;
        }
        if next.state == LinkState::Suspended {
            change.order_mail(&MailRecord::to_coordinators(&next, DeskNotice::LinkSuspended, now))?;
            if let Some(task) = &usable.task {
                change.update_task(&task.with_link_suspended(now), usable.kept_until)?;
            }
            let at = state.db.read([Place::Assignment(next.case_id.clone())]).await?;
            if let Some(due) = at.assignment(&next.case_id)?.asked(&usable.case, now) {
                change.assign(&due, &usable.case)?;
            }
        }
        match state.db.commit(change, &usable.snapshot).await {
            Ok(()) => {
                if next.state == LinkState::Suspended {
                    telemetry::count("LinkSuspended");
                }
                Err(Problem::not_found().into())
            }
            // Somebody of the staff was quicker at the assignment.
            Err(error @ StoreError::Conflict(Conflict::Version)) => Err(Attempt::Late(error)),
            Err(error) => Err(error.into()),
        }
    }
}

fn tryable(code: &CodeState, link: &Link, now: DateTime<Utc>) -> bool {
    code.n == link.code_n && code.usable(now)
}

async fn start(state: &State, usable: &Usable, code: Option<&CodeState>) -> Result<Token, Attempt> {
    let now = state.db.now();
    let unlocked = usable.link.state.after(LinkEvent::Unlock).ok_or_else(Problem::not_found)?;
    let link = Link { state: unlocked, unlocked_at: usable.link.unlocked_at.or(Some(now)), ..usable.next() };
    let token = Token::new()?;
    let session = session::start(&link, now);
    let proven = usable.permit.clone().authenticated_by(Authentication::LinkSecretAndCode);
    let mut change = usable.change(state, proven);
    change.update_link(&link, usable.kept_until)?;
    if let Some(spent) = code {
        change.put_code(&link.id, spent)?;
    }
    change.start_session(&link.id, &token.sha256(), &session, session::ends(&session))?;
    answer::along(&mut change, usable, TaskAction::Open, now)?;
    state.db.commit(change, &usable.snapshot).await.map_err(answer::late)?;
    Ok(token)
}
