//! The right values of a correction, as the request knows of them: how often they were given and which of them were looked at. What
//! they are stands in no record of a request. And the other way out: passed on to who recorded it.

use super::Right;
use super::refusal::Ground;
use super::request::{Outcome, RightsRequest};
use super::state::State;
use super::table::Refused;
use crate::id::{ProviderId, Subject};
use chrono::{DateTime, Utc};

impl RightsRequest {
    /// Whether what a correction would write was given, and looked at as it is now: nobody agrees to what they have not seen.
    pub(super) const fn values_looked_at(&self) -> Result<(), Refused> {
        match (self.right, self.values_given) {
            (Right::Correction, 0) => Err(Refused::ValuesMissing),
            (Right::Correction, given) if given != self.values_seen => Err(Refused::ValuesUnseen),
            (Right::Access | Right::Correction | Right::Deletion | Right::Suspension | Right::Resume, _) => Ok(()),
        }
    }

    /// The request after the right values were given, once more.
    #[must_use]
    pub fn with_values(&self) -> Self {
        Self { values_given: self.values_given + 1, rev: self.rev + 1, ..self.clone() }
    }

    /// The request after somebody of the staff looked at the values; none where they are seen already.
    pub fn with_values_seen(&self) -> Option<Self> {
        let new = self.values_seen != self.values_given;
        new.then(|| Self { values_seen: self.values_given, rev: self.rev + 1, ..self.clone() })
    }

    /// Passed on to the institution that recorded what is to be corrected (Enforcement Decree Art. 43(2)): agreed to and done in
    /// one step, where it was not agreed to before. There is no value for the service to write then.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn forward(
        &self,
        by: &Subject,
        institution: &ProviderId,
        but: Option<Ground>,
        now: DateTime<Utc>,
    ) -> Result<Self, Refused> {
        if self.right != Right::Correction {
            return Err(Refused::Outcome);
        }
        let begun = if self.state == State::InReview { self.agreed(by, now)? } else { self.clone() };
        let done = begun.complete(by, Outcome::ForwardedToSource, but, now)?;
        Ok(Self { forwarded_to: Some(institution.clone()), rev: self.rev + 1, ..done })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::Wanted;
    use super::*;
    use crate::id::CaseId;
    use chrono::TimeZone;
    use std::collections::BTreeSet;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).unwrap()
    }

    fn request(right: Right) -> RightsRequest {
        let wanted = Wanted { right, case_id: Some(CaseId::new()), told_by: None, scope: None, parts: BTreeSet::new() };
        RightsRequest::verified(Subject::of("patient"), wanted, now()).unwrap()
    }

    fn in_review(right: Right) -> RightsRequest {
        request(right).assign(&Subject::of("dpo"), now()).unwrap()
    }

    #[test]
    fn what_an_institution_recorded_is_passed_on_in_one_step_and_the_record_says_to_whom() {
        let (dpo, hospital) = (Subject::of("dpo"), crate::id::ProviderId::new());
        let review = in_review(Right::Correction);
        let done = review.forward(&dpo, &hospital, None, now()).unwrap();
        assert_eq!((done.state, done.outcome), (State::Completed, Some(Outcome::ForwardedToSource)));
        assert_eq!((done.rev, &done.forwarded_to), (review.rev + 1, &Some(hospital.clone())));
        let steps: Vec<State> = done.events.iter().map(|event| event.state).collect();
        assert!(steps.ends_with(&[State::InReview, State::Approved, State::Executing, State::Completed]));
        let partly = review.forward(&dpo, &hospital, Some(Ground::FoundAccurate), now()).unwrap();
        assert_eq!((partly.state, partly.refusal.unwrap().ground()), (State::Partial, Ground::FoundAccurate));
        // After it was agreed to, and after it failed, too; and nothing else is passed on.
        let seen = review.with_values().with_values_seen().unwrap();
        let agreed = seen.approve(&dpo, false, now()).unwrap();
        for state in [agreed.clone(), agreed.failed(now()).unwrap()] {
            assert_eq!(state.forward(&dpo, &hospital, None, now()).unwrap().rev, state.rev + 1);
        }
        assert_eq!(in_review(Right::Access).forward(&dpo, &hospital, None, now()), Err(Refused::Outcome));
        assert_eq!(request(Right::Correction).forward(&dpo, &hospital, None, now()), Err(Refused::Impossible));
    }

    #[test]
    fn nobody_agrees_to_values_that_were_not_given_or_not_looked_at() {
        let (one, two) = (Subject::of("one"), Subject::of("two"));
        let bare = in_review(Right::Correction);
        assert_eq!(bare.with_values_seen(), None);
        assert_eq!(bare.approve(&one, false, now()), Err(Refused::ValuesMissing));
        let given = bare.with_values();
        assert_eq!(given.approve(&one, false, now()), Err(Refused::ValuesUnseen));
        let seen = given.with_values_seen().unwrap();
        assert_eq!((seen.with_values_seen(), seen.rev), (None, bare.rev + 2));
        assert_eq!(seen.approve(&one, false, now()).unwrap().state, State::Executing);
        // Given anew after the look, it is looked at anew.
        assert_eq!(seen.with_values().approve(&one, false, now()), Err(Refused::ValuesUnseen));
        // So with an objection; the state is what is refused first.
        let objected = seen.refuse(&one, Ground::FoundAccurate, now()).unwrap().object(now()).unwrap();
        assert_eq!(objected.decide_objection(&two, true, now()).unwrap().state, State::Executing);
        assert_eq!(objected.with_values().decide_objection(&two, true, now()), Err(Refused::ValuesUnseen));
        assert_eq!(objected.with_values().decide_objection(&two, false, now()).unwrap().state, State::Dismissed);
        assert_eq!(request(Right::Correction).approve(&one, false, now()), Err(Refused::Impossible));
    }
}
