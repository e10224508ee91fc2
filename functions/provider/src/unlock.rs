//! From a link in a mail to a session: a one-time code is ordered, and the code with the secret starts the session. A mail
//! scanner that submits the page's form gets no further than another mail to the institution's own mailbox.

use crate::State;
use crate::link::{Attempt, Attempts, Found, Usable, find};
use crate::session::{self, Token};
use chrono::{DateTime, Utc};
use medius_domain::access::{Action, Authentication, Object};
use medius_domain::code::{CodeState, OneTimeCode};
use medius_domain::id::LinkId;
use medius_domain::link::{Link, LinkEvent, LinkSecret};
use medius_domain::policy::{On, Permit, Thing};
use medius_http::{Origin, Problem};
use medius_store::{Change, MailAbout, MailRecord, Place};

/// Orders a code to the institution's mailbox and says until when it can be used. A new code ends the one before.
pub(crate) async fn order_code(
    state: &State,
    origin: &Origin,
    id: &LinkId,
    secret: &LinkSecret,
) -> Result<DateTime<Utc>, Problem> {
    let mut attempts = Attempts::default();
    loop {
        match try_order(state, origin, id, secret).await {
            Ok(valid_until) => return Ok(valid_until),
            Err(ended) => attempts.again(ended).await?,
        }
    }
}

async fn try_order(state: &State, origin: &Origin, id: &LinkId, secret: &LinkSecret) -> Result<DateTime<Utc>, Attempt> {
    let found = find(state, id, None).await?;
    let code = found.code.clone();
    let usable = known(state, origin, found, secret, "code").await?;
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
    let mut change = usable.change(state, usable.permit.clone());
    change.update_link(&link, usable.kept_until)?;
    change.put_code(&link.id, &next)?;
    change.order_mail(&mail)?;
    state.db.commit(change, &usable.snapshot).await?;
    Ok(next.valid_until)
}

/// The link, if the secret is its own and it may be used.
async fn known(
    state: &State,
    origin: &Origin,
    found: Found,
    secret: &LinkSecret,
    part: &'static str,
) -> Result<Usable, Problem> {
    let link = found.link;
    let object = Object::of(Thing::Link, &link.id, part);
    let event = origin.provider(&link.provider_id, Authentication::LinkSecret, Action::LinkOpen, object, &[]);
    if !secret.matches(&link.secret_sha256) {
        // Somebody guesses, or a mail system cut the address off: the patient sees the attempt.
        let refusal = Permit::refusal(event, &On::Behind(&link.case_id, &link.subject));
        let snapshot = state.db.read([Place::case_log(&link.case_id)]).await?;
        state.db.commit(Change::new(refusal, state.db.now()), &snapshot).await?;
        return Err(Problem::not_found());
    }
    Usable::check(state, link, event).await
}

/// Starts a session. Right or wrong, a try is counted in the same step that uses it up: of many tries at once, each is
/// one.
pub(crate) async fn unlock(
    state: &State,
    origin: &Origin,
    id: &LinkId,
    secret: &LinkSecret,
    typed: &OneTimeCode,
) -> Result<Token, Problem> {
    let mut attempts = Attempts::default();
    loop {
        match try_unlock(state, origin, id, secret, typed).await {
            Ok(token) => return Ok(token),
            Err(ended) => attempts.again(ended).await?,
        }
    }
}

async fn try_unlock(
    state: &State,
    origin: &Origin,
    id: &LinkId,
    secret: &LinkSecret,
    typed: &OneTimeCode,
) -> Result<Token, Attempt> {
    let found = find(state, id, None).await?;
    let code = found.code.clone();
    let usable = known(state, origin, found, secret, "unlock").await?;
    let now = state.db.now();
    let usable_code = code.filter(|c| tryable(c, &usable.link, now));
    let code = usable_code.ok_or_else(Problem::not_found)?;
    if state.codes.code(id, code.n).await?.matches(typed) {
        start(state, &usable, code).await
    } else {
        refuse(state, &usable, &code.tried()).await
    }
}

fn tryable(code: &CodeState, link: &Link, now: DateTime<Utc>) -> bool {
    code.n == link.code_n && code.usable(now)
}

async fn refuse(state: &State, usable: &Usable, code: &CodeState) -> Result<Token, Attempt> {
    let mut change = usable.change(state, usable.permit.clone().refused());
    change.update_link(&usable.next(), usable.kept_until)?;
    change.put_code(&usable.link.id, code)?;
    state.db.commit(change, &usable.snapshot).await?;
    Err(Problem::not_found().into())
}

async fn start(state: &State, usable: &Usable, code: CodeState) -> Result<Token, Attempt> {
    let now = state.db.now();
    let unlocked = usable.link.state.after(LinkEvent::Unlock).ok_or_else(Problem::not_found)?;
    let link = Link { state: unlocked, unlocked_at: usable.link.unlocked_at.or(Some(now)), ..usable.next() };
    let token = Token::new()?;
    let session = session::start(&link, now);
    let proven = usable.permit.clone().authenticated_by(Authentication::LinkSecretAndCode);
    let mut change = usable.change(state, proven);
    change.update_link(&link, usable.kept_until)?;
    change.put_code(&link.id, &code.spent())?;
    change.start_session(&link.id, &token.sha256(), &session, session::ends(&session))?;
    state.db.commit(change, &usable.snapshot).await?;
    Ok(token)
}
