//! The guardian of a child: a one-time code to their mailbox, and the hour in which they may then decide (PIPA Art. 22-2;
//! Enforcement Decree Art. 17-2: the guardian's consent is verified).

use crate::State;
use crate::api::{GuardianCodeView, GuardianVerifiedView};
use crate::service::{Ask, Found};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use medius_domain::access::{Action, Authentication, Object};
use medius_domain::code::{CodeState, OneTimeCode, TooMany};
use medius_domain::consent::ConsentActor;
use medius_domain::policy::Thing;
use medius_http::{Problem, Remembered};
use medius_store::{Change, GuardianCode, MailAbout, MailRecord, StoreError};

/// Minutes in which a guardian may decide after a right code.
const DECIDE_MINUTES: i64 = 60;

/// Whether the guardian named now has proved their mailbox within the hour.
pub(crate) async fn verified(state: &State, found: &Found) -> Result<(), Problem> {
    let card = state.contacts.open(&found.snapshot, &found.permit).await?.unwrap_or_default();
    let code = found.snapshot.guardian_code(&found.case.id)?;
    let until = code.filter(|c| c.guardian_rev == card.guardian_rev).and_then(|c| c.verified_until);
    if card.guardian.is_some() && until.is_some_and(|until| found.standing.now < until) {
        Ok(())
    } else {
        Err(Problem::conflict("guardian-not-verified"))
    }
}

/// Orders a code to the guardian's mailbox. A new code ends the one before.
pub(crate) async fn order_code(state: &State, ask: &Ask<'_>) -> Result<Response, Problem> {
    let object = Object::part(Thing::Guardian, "code");
    let found = match ask.read(state, Action::GrantChange, object, []).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    if found.standing.must_be() != ConsentActor::Guardian {
        return Err(Problem::conflict("no-guardian-needed"));
    }
    let card = state.contacts.open(&found.snapshot, &found.permit).await?.unwrap_or_default();
    if card.guardian.is_none() {
        return Err(Problem::conflict("guardian-not-named"));
    }
    let before = found.snapshot.guardian_code(&found.case.id)?;
    let now = found.standing.now;
    let code = next_code(before.as_ref(), card.guardian_rev, now)?;
    let mut change = Change::new(found.permit, now);
    change.put_guardian_code(&found.case.id, &code)?;
    let about = MailAbout::GuardianCode { code_n: code.code.n };
    change.order_mail(&MailRecord::new(about, found.case.id.clone(), found.case.subject.clone(), now))?;
    let view = GuardianCodeView { valid_until: code.code.valid_until };
    let answer = Remembered::new(&mut change, ask.request, StatusCode::ACCEPTED, None, &view)?;
    state.db.commit(change, &found.snapshot).await?;
    Ok(answer.into_response())
}

/// Takes the code that the guardian was sent. A wrong one counts and is in the log; all refusals are alike.
pub(crate) async fn verify(state: &State, ask: &Ask<'_>, typed: &OneTimeCode) -> Result<Response, Problem> {
    let object = Object::part(Thing::Guardian, "verification");
    let found = match ask.read(state, Action::GrantChange, object, []).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let wrong = || Problem::conflict("guardian-code-wrong");
    let now = found.standing.now;
    let card = state.contacts.open(&found.snapshot, &found.permit).await?.unwrap_or_default();
    let code = found.snapshot.guardian_code(&found.case.id)?;
    let code = code.filter(|c| usable(c, card.guardian_rev, now)).ok_or_else(wrong)?;
    if state.codes.guardian_code(&found.case.id, code.code.n).await?.matches(typed) {
        let until = now + TimeDelta::minutes(DECIDE_MINUTES);
        let proven = found.permit.authenticated_by(Authentication::AccessTokenAndGuardianCode);
        let mut change = Change::new(proven, now);
        let done = GuardianCode { code: code.code.spent(), verified_until: Some(until), rev: code.rev + 1, ..code };
        change.put_guardian_code(&found.case.id, &done)?;
        let view = GuardianVerifiedView { verified_until: until };
        let answer = Remembered::new(&mut change, ask.request, StatusCode::OK, None, &view)?;
        state.db.commit(change, &found.snapshot).await?;
        return Ok(answer.into_response());
    }
    let mut change = Change::new(found.permit.refused(), now);
    let tried = GuardianCode { code: code.code.tried(), rev: code.rev + 1, ..code };
    change.put_guardian_code(&found.case.id, &tried)?;
    match state.db.commit(change, &found.snapshot).await {
        // Two tries at once: the other one counted.
        Ok(()) | Err(StoreError::Conflict(_)) => Err(wrong()),
        Err(error) => Err(error.into()),
    }
}

fn usable(code: &GuardianCode, guardian_rev: u32, now: DateTime<Utc>) -> bool {
    code.guardian_rev == guardian_rev && code.code.usable(now)
}

/// The next code, if not too many were sent of late.
fn next_code(before: Option<&GuardianCode>, guardian_rev: u32, now: DateTime<Utc>) -> Result<GuardianCode, TooMany> {
    Ok(GuardianCode {
        code: CodeState::next(before.map(|c| &c.code), now)?,
        guardian_rev,
        // Who was verified stays so: asking for another code must not be a way to shut a guardian out.
        verified_until: before.filter(|c| c.guardian_rev == guardian_rev).and_then(|c| c.verified_until),
        rev: before.map_or(1, |c| c.rev + 1),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_code_is_for_one_mailbox_and_who_was_verified_at_another_is_not() {
        let now = Utc::now();
        let first = next_code(None, 1, now).unwrap();
        assert!(usable(&first, 1, now) && !usable(&first, 2, now));
        let second = next_code(Some(&first), 1, now).unwrap();
        assert_eq!((second.code.n, second.rev), (2, 2));
        let verified = GuardianCode { verified_until: Some(now), ..first };
        assert_eq!(next_code(Some(&verified), 1, now).unwrap().verified_until, Some(now));
        assert_eq!(next_code(Some(&verified), 2, now).unwrap().verified_until, None);
    }
}
