//! Open cases in which nothing happens: after 90 days the service counts as completed, and two weeks before the patient is
//! told. Reading is activity too: before anything is closed the case's log is asked when somebody was last there.

use crate::{Failure, Retention};
use chrono::{DateTime, Days, Months, TimeDelta, Utc};
use medius_domain::access::Action;
use medius_domain::case::{Case, IDLE_DAYS, open_case_expiry};
use medius_domain::clock::{end_of_kst_day, kst_day};
use medius_domain::lifecycle::Cause;
use medius_store::{Change, Conflict, MailAbout, MailRecord, Notice, Place, StoreError};

/// Days before the closing at which the patient is told.
const NOTICE_DAYS: u64 = 14;

/// What is to be done about an open case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Idle {
    /// Somebody was there since: its term begins anew from that moment.
    Used(DateTime<Utc>),
    /// The patient is told.
    Tell,
    /// It is closed.
    Close,
    /// Nothing yet.
    Wait,
}

/// The latest end of an open case that is idle for long enough, or will be in some days.
pub(crate) fn idle_until(now: DateTime<Utc>, in_days: u64) -> DateTime<Utc> {
    let day = kst_day(now);
    let day =
        day.checked_add_days(Days::new(in_days)).and_then(|d| d.checked_add_months(Months::new(12))).unwrap_or(day);
    end_of_kst_day(day)
}

impl Idle {
    /// What is to be done about an open case whose log was last written by somebody at a moment.
    pub(crate) fn of(case: &Case, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        // A case that holds nothing yet ends by itself within a day.
        if case.completion.is_some() || case.expires_at < open_case_expiry(case.created_at) {
            return Self::Wait;
        }
        if let Some(last) = last.filter(|last| open_case_expiry(*last) > case.expires_at) {
            return Self::Used(last);
        }
        // The end alone does not say the day: a year after 28 and after 29 February is the same.
        let idle_for = |days: u64| {
            let since = last.and_then(|last| kst_day(last).checked_add_days(Days::new(days)));
            since.is_none_or(|day| day <= kst_day(now))
        };
        match case.closing_told_at {
            None if case.expires_at <= idle_until(now, NOTICE_DAYS) && idle_for(IDLE_DAYS - NOTICE_DAYS) => Self::Tell,
            Some(told)
                if case.expires_at <= idle_until(now, 0)
                    && idle_for(IDLE_DAYS)
                    && told + TimeDelta::days(i64::try_from(NOTICE_DAYS).unwrap_or(14)) <= now =>
            {
                Self::Close
            }
            None | Some(_) => Self::Wait,
        }
    }
}

impl Retention {
    /// Looks at an open case whose end is near enough for it to be idle.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn look_at_open(&self, case: &Case, request_id: &str) -> Result<(), Failure> {
        let now = self.db.now();
        let idle = Idle::of(case, self.db.last_activity(&case.id).await?, now);
        let (part, next) = match idle {
            Idle::Wait => return Ok(()),
            Idle::Used(last) => ("term", Some(case.touched(last))),
            Idle::Tell => {
                ("closing-soon", Some(Case { version: case.version + 1, closing_told_at: Some(now), ..case.clone() }))
            }
            Idle::Close => ("idle", case.closed(Cause::Idle, now)),
        };
        let Some(next) = next else { return Ok(()) };
        let snapshot = self.db.read([Place::case_log(&case.id)]).await?;
        let mut change = Change::new(Self::leave(&case.id, Action::Update, part, request_id)?, now);
        change.put_case(&next)?;
        if idle == Idle::Tell {
            let about = MailAbout::PatientNotice { notice: Notice::ClosingSoon };
            change.order_mail(&MailRecord::new(about, case.id.clone(), case.subject.clone(), now))?;
        }
        match self.db.commit(change, &snapshot).await {
            Ok(()) => {}
            // The patient was there at this moment.
            Err(StoreError::Conflict(Conflict::Version)) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        if next.expires_at != case.expires_at {
            self.db.retime(&case.id, next.expires_at).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::TimeZone;
    use medius_domain::case::CaseState;
    use medius_domain::id::Subject;

    fn day(days: i64) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).unwrap() + TimeDelta::days(days)
    }

    fn case() -> Case {
        Case::new(Subject::of("x"), false, day(0)).changed(CaseState::Complete, day(0))
    }

    #[test]
    fn a_patient_is_told_two_weeks_before_and_the_case_is_closed_after_ninety_days() {
        let case = case();
        assert_eq!(Idle::of(&case, Some(day(0)), day(75)), Idle::Wait);
        assert_eq!(Idle::of(&case, Some(day(0)), day(76)), Idle::Tell);
        let told = Case { closing_told_at: Some(day(76)), ..case.clone() };
        assert_eq!(Idle::of(&told, None, day(89)), Idle::Wait);
        assert_eq!(Idle::of(&told, None, day(90)), Idle::Close);
        // Told late: the two weeks are the patient's in any case.
        let late = Case { closing_told_at: Some(day(85)), ..case };
        assert_eq!(Idle::of(&late, None, day(90)), Idle::Wait);
        assert_eq!(Idle::of(&late, None, day(99)), Idle::Close);
    }

    #[test]
    fn whoever_was_there_keeps_a_case_open_and_empty_or_closed_ones_are_left_alone() {
        let case = case();
        assert_eq!(Idle::of(&case, Some(day(50)), day(90)), Idle::Used(day(50)));
        assert_eq!(case.touched(day(50)).expires_at, open_case_expiry(day(50)));
        let empty = Case::new(Subject::of("x"), false, day(0));
        assert_eq!(Idle::of(&empty, None, day(90)), Idle::Wait);
        let closed = case.closed(Cause::PatientClosed, day(1)).unwrap();
        assert_eq!(Idle::of(&closed, None, day(300)), Idle::Wait);
    }

    #[test]
    fn the_days_of_a_case_that_is_idle_are_those_of_seoul() {
        let at = |(y, m, d, h, min, s)| Utc.with_ymd_and_hms(y, m, d, h, min, s).unwrap();
        for (last, tell, close) in [
            // Used a second before midnight in Seoul at the year's end, and at midnight.
            ((2026, 12, 31, 14, 59, 59), (2027, 3, 16, 15, 0, 0), (2027, 3, 30, 15, 0, 0)),
            ((2026, 12, 31, 15, 0, 0), (2027, 3, 17, 15, 0, 0), (2027, 3, 31, 15, 0, 0)),
            // The ninetieth day is 28 February, 29 February, 1 March.
            ((2027, 11, 30, 3, 0, 0), (2028, 2, 13, 15, 0, 0), (2028, 2, 27, 15, 0, 0)),
            ((2027, 12, 1, 3, 0, 0), (2028, 2, 14, 15, 0, 0), (2028, 2, 28, 15, 0, 0)),
            ((2027, 12, 2, 3, 0, 0), (2028, 2, 15, 15, 0, 0), (2028, 2, 29, 15, 0, 0)),
            // Used on 29 February.
            ((2028, 2, 29, 3, 0, 0), (2028, 5, 14, 15, 0, 0), (2028, 5, 28, 15, 0, 0)),
        ] {
            let (last, tell, close) = (at(last), at(tell), at(close));
            let case = Case::new(Subject::of("x"), false, last).changed(CaseState::Complete, last);
            let second = TimeDelta::seconds(1);
            assert_eq!(Idle::of(&case, Some(last), tell - second), Idle::Wait, "{last}");
            assert_eq!(Idle::of(&case, Some(last), tell), Idle::Tell, "{last}");
            let told = Case { closing_told_at: Some(tell), ..case };
            assert_eq!(Idle::of(&told, Some(last), close - second), Idle::Wait, "{last}");
            assert_eq!(Idle::of(&told, Some(last), close), Idle::Close, "{last}");
        }
    }
}
