//! What waits for staff: when a case should be looked at next, and who looks after it.

use crate::case::{Case, CaseState};
use crate::clock::business::business_day_after;
use crate::clock::kst_day;
use crate::id::{CaseId, Subject};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Days after which somebody asks a patient who stopped in the middle of their story.
const DRAFT_DAYS: u64 = 14;
/// Business days within which somebody looks at a complete case.
const COMPLETE_BUSINESS_DAYS: u32 = 2;
/// Business days within which somebody answers a patient.
const ANSWER_BUSINESS_DAYS: u32 = 1;

/// The day (Asia/Seoul) on which a coordinator should look at a case that nobody set a day for.
pub fn due_on(case: &Case) -> NaiveDate {
    let day = kst_day(case.updated_at);
    match case.state {
        CaseState::Draft => day.checked_add_days(Days::new(DRAFT_DAYS)).unwrap_or(day),
        CaseState::Complete => business_day_after(day, COMPLETE_BUSINESS_DAYS),
    }
}

/// Who looks after a case, and when next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The case.
    pub case_id: CaseId,
    /// The member of staff, if there is one.
    pub assignee: Option<Subject>,
    /// The day that staff set (Asia/Seoul); it goes before the rule's.
    pub due_on: Option<NaiveDate>,
    /// Grows by one with each change.
    pub rev: u64,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Assignment {
    /// Of a case that nobody has touched.
    pub const fn none(case_id: CaseId, now: DateTime<Utc>) -> Self {
        Self { case_id, assignee: None, due_on: None, rev: 0, updated_at: now }
    }

    /// The day (Asia/Seoul) on which the case should be looked at.
    pub fn due(&self, case: &Case) -> NaiveDate {
        self.due_on.unwrap_or_else(|| due_on(case))
    }

    /// After the patient wrote a message: the case is due for an answer, unless it is due before that anyway.
    pub fn asked(&self, case: &Case, now: DateTime<Utc>) -> Option<Self> {
        let answer = business_day_after(kst_day(now), ANSWER_BUSINESS_DAYS);
        let sooner = self.due(case) > answer;
        sooner.then(|| Self { due_on: Some(answer), rev: self.rev + 1, updated_at: now, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_complete_case_is_due_after_two_business_days_with_holidays_left_out() {
        let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
        // Friday 20 November: Monday is the first, Tuesday the second. Christmas 2026 is a Friday.
        for (changed, due) in [("2026-11-20", day(11, 24)), ("2026-11-22", day(11, 24)), ("2026-12-24", day(12, 29))] {
            let now = format!("{changed}T05:00:00Z").parse().unwrap();
            let case = Case { state: CaseState::Complete, ..Case::new(Subject::of("x"), false, now) };
            assert_eq!(due_on(&case), due, "{changed}");
        }
    }

    #[test]
    fn a_message_makes_a_case_due_and_never_later() {
        let now = "2026-11-20T05:00:00Z".parse().unwrap(); // a Friday
        let case = Case::new(Subject::of("x"), false, now);
        let untouched = Assignment::none(case.id.clone(), now);
        let asked = untouched.asked(&case, now).unwrap();
        assert_eq!(asked.due(&case), NaiveDate::from_ymd_opt(2026, 11, 23).unwrap());
        assert_eq!((asked.rev, &asked.assignee), (1, &None));
        assert_eq!(asked.asked(&case, now), None);
        let sooner = Assignment { due_on: NaiveDate::from_ymd_opt(2026, 11, 20), ..untouched };
        assert_eq!(sooner.asked(&case, now), None);
    }
}
