//! A case: one request for a referral, from the first click to its destruction.

use crate::access::Event;
use crate::clock::{end_of_kst_day, kst_day};
use crate::id::{CaseId, ProviderId, Subject};
use crate::lifecycle::{Cause, Completion, Hold, Suspension, SuspensionScope};
use chrono::{DateTime, Days, Months, Utc};
use serde::{Deserialize, Serialize};

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// The patient is still telling.
    Draft,
    /// The intake is complete; letters can be made.
    Complete,
}

impl CaseState {
    /// Every state.
    pub const ALL: [Self; 2] = [Self::Draft, Self::Complete];

    /// The code, as in JSON and in the index.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Complete => "complete",
        }
    }
}

/// A case without anything personal in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Whose it is, as a pseudonym.
    pub subject: Subject,
    /// Where it stands.
    pub state: CaseState,
    /// Whether it was opened for a child under 14, so that a guardian acts until the 14th birthday (PIPA Art. 22-2).
    #[serde(default)]
    pub minor: bool,
    /// Whether a test patient opened it, to see that the service works: nobody's health is in it, it goes to the test institution
    /// and nowhere else, and it ends a day after it was opened, whatever happens in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub synthetic: bool,
    /// Grows by one with each change; the ETag.
    pub version: u64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When everything about it is to be destroyed.
    pub expires_at: DateTime<Utc>,
    /// The end of the service, once it is completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion: Option<Completion>,
    /// A hold that keeps it beyond its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// Until when an open request about the patient's rights keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_until: Option<DateTime<Utc>>,
    /// An open case's own end, where a hold or a request moved what it is kept to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<DateTime<Utc>>,
    /// The patient's wish that processing stops.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspension: Option<Suspension>,
    /// When the patient was told that an idle case will be closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing_told_at: Option<DateTime<Utc>>,
}

/// Idle days after which an open case counts as completed.
pub const IDLE_DAYS: u64 = 90;

/// When a case without completion expires: one year after it would count as completed, 90 days after its last activity,
/// at the end of that day in Seoul (policy clause P3: one year after service completion).
pub fn open_case_expiry(last_activity: DateTime<Utc>) -> DateTime<Utc> {
    let day = kst_day(last_activity);
    let last =
        day.checked_add_days(Days::new(IDLE_DAYS)).and_then(|d| d.checked_add_months(Months::new(12))).unwrap_or(day);
    end_of_kst_day(last)
}

/// When a case that never got beyond its first draft expires: 24 hours after it was created or last continued.
pub fn empty_case_expiry(now: DateTime<Utc>) -> DateTime<Utc> {
    now + chrono::TimeDelta::hours(24)
}

impl Case {
    /// A new, empty case; `minor` as the patient answered the question about age.
    pub fn new(subject: Subject, minor: bool, now: DateTime<Utc>) -> Self {
        Self {
            id: CaseId::new(),
            subject,
            state: CaseState::Draft,
            minor,
            synthetic: false,
            version: 1,
            created_at: now,
            updated_at: now,
            expires_at: empty_case_expiry(now),
            completion: None,
            hold: None,
            requested_until: None,
            term: None,
            suspension: None,
            closing_told_at: None,
        }
    }

    /// A new, empty case of a test patient.
    pub fn synthetic(subject: Subject, minor: bool, now: DateTime<Utc>) -> Self {
        Self { synthetic: true, ..Self::new(subject, minor, now) }
    }

    /// The next version, whatever changes in it.
    fn next(&self, now: DateTime<Utc>) -> Self {
        Self { version: self.version + 1, updated_at: now, ..self.clone() }
    }

    /// The case with its service completed; none where it was completed before: that is set once.
    pub fn closed(&self, cause: Cause, now: DateTime<Utc>) -> Option<Self> {
        if self.completion.is_some() {
            return None;
        }
        let completion = Completion::new(cause, now);
        Some(Self { completion: Some(completion), closing_told_at: None, term: None, ..self.next(now) }.timed())
    }

    /// The case opened again; none where it is open.
    pub fn reopened(&self, now: DateTime<Utc>) -> Option<Self> {
        self.completion.as_ref()?;
        let term = open_case_expiry(now);
        let open = Self { completion: None, expires_at: term, term: None, ..self.next(now) };
        Some(if open.synthetic || open.kept_longer() { Self { term: Some(term), ..open }.timed() } else { open })
    }

    /// The open case after activity that changed nothing in it: its term begins anew.
    #[must_use]
    pub fn touched(&self, now: DateTime<Utc>) -> Self {
        Self { closing_told_at: None, ..self.next(now) }.lasting(open_case_expiry(now))
    }

    /// The case under a hold, or without one.
    #[must_use]
    pub fn held(&self, hold: Option<Hold>, now: DateTime<Utc>) -> Self {
        Self { term: self.own_term(), hold, ..self.next(now) }.timed()
    }

    /// The case kept until a moment for an open request about the patient's rights; none where it is kept so long anyway.
    pub fn kept_for_request(&self, until: DateTime<Utc>, now: DateTime<Utc>) -> Option<Self> {
        if self.destroy_at() >= until {
            return None;
        }
        Some(Self { term: self.own_term(), requested_until: Some(until), ..self.next(now) }.timed())
    }

    /// An open case's own end; a completed one's is in its completion.
    fn own_term(&self) -> Option<DateTime<Utc>> {
        if self.completion.is_some() { None } else { self.term.or(Some(self.expires_at)) }
    }

    /// Whether something keeps it beyond its own end, or may.
    pub const fn kept_longer(&self) -> bool {
        self.hold.is_some() || self.requested_until.is_some()
    }

    /// With the end that follows from everything else in it.
    fn timed(self) -> Self {
        let lasting = Self { expires_at: self.destroy_at(), ..self };
        // Without a hold or a request an open case's end says it all.
        if lasting.kept_longer() { lasting } else { Self { term: None, ..lasting } }
    }

    /// With an own end that is not before a moment. What a completed service is kept for stays as it is.
    fn lasting(self, until: DateTime<Utc>) -> Self {
        match self.term {
            _ if self.synthetic => self.timed(),
            Some(term) => Self { term: Some(term.max(until)), ..self }.timed(),
            None if self.completion.is_some() => self,
            None => Self { expires_at: self.expires_at.max(until), ..self },
        }
    }

    /// The case with something in its story put right. It is kept for no longer than before; what is complete stays complete.
    #[must_use]
    pub fn corrected(&self, complete: bool, now: DateTime<Utc>) -> Self {
        let state = if complete { self.state } else { CaseState::Draft };
        Self { state, ..self.next(now) }
    }

    /// The case with processing suspended.
    #[must_use]
    pub fn suspended(&self, scope: SuspensionScope, now: DateTime<Utc>) -> Self {
        Self { suspension: Some(Suspension { scope, since: now }), ..self.next(now) }
    }

    /// The case with processing resumed.
    #[must_use]
    pub fn resumed(&self, now: DateTime<Utc>) -> Self {
        Self { suspension: None, ..self.next(now) }
    }

    /// When everything about it is to be destroyed: for a completed service at the end of its retention, for an open one at
    /// the end of its term; later while a hold lasts or a request is open.
    pub fn destroy_at(&self) -> DateTime<Utc> {
        if self.synthetic {
            return empty_case_expiry(self.created_at);
        }
        let own = self.term.unwrap_or(self.expires_at);
        let due = self.completion.as_ref().map_or(own, |c| c.retention_until);
        let due = self.hold.as_ref().map_or(due, |hold| due.max(hold.ends_at()));
        self.requested_until.map_or(due, |until| due.max(until))
    }

    /// Whether a suspension stops an event; with the institution that it concerns, where it concerns one.
    pub fn suspends(&self, event: &Event, recipient: Option<&ProviderId>) -> bool {
        self.suspension.as_ref().is_some_and(|s| s.covers(event, recipient))
    }

    /// `open` or `closed`: the half of the index of what is to be destroyed.
    pub const fn lifecycle(&self) -> &'static str {
        if self.completion.is_some() { "closed" } else { "open" }
    }

    /// The same case after a change that keeps nothing for longer: an empty case's day begins anew.
    #[must_use]
    pub fn continued(&self, now: DateTime<Utc>) -> Self {
        self.next(now).lasting(empty_case_expiry(now))
    }

    /// The same case after a change that keeps personal data for the open case's term.
    #[must_use]
    pub fn changed(&self, state: CaseState, now: DateTime<Utc>) -> Self {
        Self { state, ..self.next(now) }.lasting(open_case_expiry(now))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn an_open_case_lasts_ninety_days_and_a_year_of_seoul_days() {
        let at = Utc.with_ymd_and_hms(2026, 11, 22, 16, 0, 0).unwrap(); // 23 November in Seoul
        // 23 November + 90 days = 21 February 2027; a year on; the end of that day in Seoul is 15:00 UTC.
        assert_eq!(open_case_expiry(at), Utc.with_ymd_and_hms(2028, 2, 21, 15, 0, 0).unwrap());
        for (last, until) in [
            // A second before midnight in Seoul at the year's end, and at midnight.
            ((2026, 12, 31, 14, 59, 59), (2028, 3, 31)),
            ((2026, 12, 31, 15, 0, 0), (2028, 4, 1)),
            // The ninetieth day is 28 February, 29 February, 1 March; a year on there is no 29th.
            ((2027, 11, 30, 3, 0, 0), (2029, 2, 28)),
            ((2027, 12, 1, 3, 0, 0), (2029, 2, 28)),
            ((2027, 12, 2, 3, 0, 0), (2029, 3, 1)),
            // Last used on 29 February.
            ((2028, 2, 29, 3, 0, 0), (2029, 5, 29)),
        ] {
            let ((y, m, d, h, min, s), (uy, um, ud)) = (last, until);
            let last = Utc.with_ymd_and_hms(y, m, d, h, min, s).unwrap();
            assert_eq!(open_case_expiry(last), Utc.with_ymd_and_hms(uy, um, ud, 15, 0, 0).unwrap(), "{last}");
        }
    }

    fn case(at: DateTime<Utc>) -> Case {
        Case::new(Subject::of("x"), false, at).changed(CaseState::Complete, at)
    }

    #[test]
    fn a_completed_service_is_kept_to_the_end_of_the_seoul_day_a_year_later() {
        for (completed, until) in [
            ((2026, 11, 22, 14, 59), (2027, 11, 22, 15, 0)), // 22 November in Seoul, one minute before midnight
            ((2026, 11, 22, 15, 0), (2027, 11, 23, 15, 0)),  // 23 November in Seoul
            ((2026, 12, 31, 15, 0), (2028, 1, 1, 15, 0)),    // New Year's Day in Seoul
            ((2028, 2, 29, 3, 0), (2029, 2, 28, 15, 0)),     // 29 February
            ((2027, 2, 28, 3, 0), (2028, 2, 28, 15, 0)),     // the year that follows has a 29 February
        ] {
            let at = |(y, m, d, h, min)| Utc.with_ymd_and_hms(y, m, d, h, min, 0).unwrap();
            let closed = case(at(completed)).closed(Cause::PatientClosed, at(completed)).unwrap();
            assert_eq!((closed.destroy_at(), closed.expires_at), (at(until), at(until)), "{completed:?}");
            assert_eq!(closed.lifecycle(), "closed");
            assert!(closed.closed(Cause::Idle, at(until)).is_none(), "it is set once");
        }
    }

    #[test]
    fn a_test_patients_case_ends_a_day_after_it_was_opened_whatever_happens_in_it() {
        let now = Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).unwrap();
        let later = now + chrono::TimeDelta::hours(3);
        let new = Case::synthetic(Subject::of("x"), false, now);
        let told = new.continued(later).changed(CaseState::Complete, later).touched(later);
        let closed = told.closed(Cause::PatientClosed, later).unwrap();
        let held = Hold {
            ground: crate::lifecycle::HoldGround::Dispute,
            statute: crate::lifecycle::HoldStatute::CivilProcedure,
            by: Subject::of("dpo"),
            since: now,
            review_on: chrono::NaiveDate::from_ymd_opt(2028, 1, 1).unwrap(),
        };
        let all = [
            told.kept_for_request(later + chrono::TimeDelta::days(40), later).unwrap(),
            told.held(Some(held), later),
            closed.reopened(later).unwrap(),
            told.corrected(true, later),
            new,
            told,
            closed,
        ];
        for case in all {
            assert!(case.synthetic);
            assert_eq!((case.expires_at, case.destroy_at()), (empty_case_expiry(now), empty_case_expiry(now)));
        }
    }

    #[test]
    fn a_hold_keeps_a_case_to_the_end_of_its_review_day_and_no_longer() {
        let now = Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).unwrap();
        let closed = case(now).closed(Cause::Cancelled, now).unwrap();
        let hold = |y| Hold {
            ground: crate::lifecycle::HoldGround::Dispute,
            statute: crate::lifecycle::HoldStatute::CivilProcedure,
            by: Subject::of("dpo"),
            since: now,
            review_on: chrono::NaiveDate::from_ymd_opt(y, 6, 1).unwrap(),
        };
        let held = closed.held(Some(hold(2028)), now);
        assert_eq!(held.destroy_at(), Utc.with_ymd_and_hms(2028, 6, 1, 15, 0, 0).unwrap());
        assert_eq!(closed.held(Some(hold(2027)), now).destroy_at(), closed.destroy_at());
        // Reviewed on 29 February, on the last day of a year.
        for (y, m, d) in [(2028, 2, 29), (2027, 12, 31)] {
            let on = Hold { review_on: chrono::NaiveDate::from_ymd_opt(y, m, d).unwrap(), ..hold(2028) };
            let until = Utc.with_ymd_and_hms(y, m, d, 15, 0, 0).unwrap();
            assert_eq!(closed.held(Some(on), now).destroy_at(), until);
        }
        assert_eq!(held.held(None, now).expires_at, closed.destroy_at());
    }

    #[test]
    fn an_open_case_that_was_held_has_its_own_end_again_when_the_hold_is_lifted() {
        let now = Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).unwrap();
        let open = case(now);
        let hold = Hold {
            ground: crate::lifecycle::HoldGround::Order,
            statute: crate::lifecycle::HoldStatute::CriminalProcedure,
            by: Subject::of("dpo"),
            since: now,
            review_on: chrono::NaiveDate::from_ymd_opt(2029, 1, 1).unwrap(),
        };
        let held = open.held(Some(hold), now);
        assert_eq!(
            (held.expires_at, held.destroy_at()),
            (end_of_kst_day(held.hold.as_ref().unwrap().review_on), held.expires_at)
        );
        // Activity moves its own end, which shows when the hold is gone.
        let later = now + chrono::TimeDelta::days(10);
        let used = held.touched(later).changed(CaseState::Complete, later);
        assert_eq!(used.expires_at, held.expires_at);
        let lifted = used.held(None, later);
        assert_eq!((lifted.expires_at, lifted.term), (open_case_expiry(later), None));
        // A closed one under a hold is kept to whichever is later.
        let closed = used.closed(Cause::PatientClosed, later).unwrap();
        assert_eq!(closed.destroy_at(), held.expires_at);
        assert_eq!(closed.held(None, later).destroy_at(), closed.completion.unwrap().retention_until);
    }

    #[test]
    fn an_open_request_keeps_a_case_to_the_end_of_its_term_and_no_longer() {
        let now = Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).unwrap();
        let closed = case(now).closed(Cause::PatientClosed, now).unwrap();
        let end = closed.destroy_at();
        // Asked in good time: nothing moves.
        assert!(closed.kept_for_request(crate::rights::due_at(now), now).is_none());
        // Asked on its last day: it is there until the answer is due.
        let asked = end - chrono::TimeDelta::hours(3);
        let until = crate::rights::due_at(asked);
        let kept = closed.kept_for_request(until, asked).unwrap();
        assert_eq!((kept.destroy_at(), kept.expires_at, kept.version), (until, until, closed.version + 1));
        assert!(kept.kept_for_request(until, asked).is_none());
    }

    #[test]
    fn a_reopened_case_has_an_open_case_s_term_again() {
        let now = Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).unwrap();
        let open = case(now);
        assert!(open.reopened(now).is_none());
        let again = open.closed(Cause::PatientClosed, now).unwrap().reopened(now).unwrap();
        assert_eq!((again.lifecycle(), again.expires_at), ("open", open_case_expiry(now)));
        assert_eq!(again.version, open.version + 2);
    }
}
