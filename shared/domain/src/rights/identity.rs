//! Whose a closed request was: kept as an HMAC under a key that never leaves KMS, once the time is over in which proofs are
//! kept, too. The patient is still known by it when they come; nobody else can tell.

use super::request::RightsRequest;
use crate::clock::{end_of_kst_day, kst_day};
use crate::id::Subject;
use chrono::{DateTime, Days, Utc};

/// Days after the closing at which the identity goes.
const IDENTIFIED_DAYS: u64 = 90;

impl RightsRequest {
    /// The name that stands for a subject whose HMAC (hex) is given.
    pub fn pseudonym(subject_hmac: &str) -> Subject {
        Subject::of(&format!("rights-request|{subject_hmac}"))
    }

    /// When nothing in it says any more whose it was; never while it is open.
    pub fn hides_at(&self) -> Option<DateTime<Utc>> {
        let day = kst_day(self.changed_at());
        self.state.closed().then(|| end_of_kst_day(day.checked_add_days(Days::new(IDENTIFIED_DAYS)).unwrap_or(day)))
    }

    /// The closed request under a pseudonym, without the mailbox that was named and without the case, which says whose it is for
    /// as long as it lives; none before its time, and none twice.
    pub fn hidden(&self, pseudonym: &Subject, now: DateTime<Utc>) -> Option<Self> {
        let due = self.hides_at().is_some_and(|at| at <= now);
        (due && !self.hidden).then(|| Self {
            subject: pseudonym.clone(),
            case_id: None,
            told_by: None,
            claim: None,
            hidden: true,
            rev: self.rev + 1,
            ..self.clone()
        })
    }

    /// The request as its patient comes to it: known again by the pseudonym.
    #[must_use]
    pub fn known_to(self, subject: &Subject, pseudonym: &Subject) -> Self {
        if self.hidden && self.subject == *pseudonym {
            Self { subject: subject.clone(), hidden: false, ..self }
        } else {
            self
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::{Right, Wanted};
    use super::*;
    use crate::id::CaseId;
    use chrono::{TimeDelta, TimeZone};
    use std::collections::BTreeSet;

    #[test]
    fn ninety_days_after_its_end_a_request_is_nobody_s_but_its_patient_s() {
        let at = Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).unwrap();
        let (patient, other) = (Subject::of("patient"), Subject::of("other"));
        let case = CaseId::new();
        let (case_id, told_by) = (Some(case.clone()), Some(case.clone()));
        let wanted = Wanted { right: Right::Access, case_id, told_by, scope: None, parts: BTreeSet::new() };
        let open = RightsRequest::verified(patient.clone(), wanted, at).unwrap();
        let pseudonym = RightsRequest::pseudonym("ab");
        assert_eq!(open.hidden(&pseudonym, at + TimeDelta::days(1000)), None);
        let closed = open.cancel(at).unwrap();
        let end = Utc.with_ymd_and_hms(2027, 2, 20, 15, 0, 0).unwrap();
        assert_eq!((closed.hides_at(), closed.hidden(&pseudonym, end - TimeDelta::seconds(1))), (Some(end), None));
        let hidden = closed.hidden(&pseudonym, end).unwrap();
        assert_eq!(
            (&hidden.subject, hidden.rev, hidden.kept_until()),
            (&pseudonym, closed.rev + 1, closed.kept_until())
        );
        assert_eq!(hidden.hidden(&pseudonym, end), None);
        let json = serde_json::to_string(&hidden).unwrap();
        assert!(!json.contains(patient.as_str()) && !json.contains(case.as_str()));
        assert_eq!(hidden.clone().known_to(&patient, &pseudonym).subject, patient);
        assert_eq!(hidden.known_to(&other, &RightsRequest::pseudonym("cd")).subject, pseudonym);
    }

    #[test]
    fn what_follows_the_end_of_a_request_is_counted_in_days_of_seoul() {
        let at = |(y, m, d, h, min, s)| Utc.with_ymd_and_hms(y, m, d, h, min, s).unwrap();
        for (closed, ninety, three_years) in [
            // A second before midnight in Seoul, and at midnight.
            ((2026, 11, 22, 14, 59, 59), (2027, 2, 20, 15, 0, 0), (2029, 11, 22, 15, 0, 0)),
            ((2026, 11, 22, 15, 0, 0), (2027, 2, 21, 15, 0, 0), (2029, 11, 23, 15, 0, 0)),
            // The year's end.
            ((2026, 12, 31, 14, 59, 59), (2027, 3, 31, 15, 0, 0), (2029, 12, 31, 15, 0, 0)),
            ((2026, 12, 31, 15, 0, 0), (2027, 4, 1, 15, 0, 0), (2030, 1, 1, 15, 0, 0)),
            // Ninety days that end on 29 February, and go beyond it.
            ((2027, 12, 1, 3, 0, 0), (2028, 2, 29, 15, 0, 0), (2030, 12, 1, 15, 0, 0)),
            ((2027, 12, 2, 3, 0, 0), (2028, 3, 1, 15, 0, 0), (2030, 12, 2, 15, 0, 0)),
            ((2028, 2, 29, 3, 0, 0), (2028, 5, 29, 15, 0, 0), (2031, 2, 28, 15, 0, 0)),
        ] {
            let (closed, end) = (at(closed), at(ninety));
            let wanted =
                Wanted { right: Right::Access, case_id: None, told_by: None, scope: None, parts: BTreeSet::new() };
            let open = RightsRequest::verified(Subject::of("patient"), wanted, closed).unwrap();
            let request = open.cancel(closed).unwrap();
            assert_eq!((request.hides_at(), request.kept_until()), (Some(end), at(three_years)), "{closed}");
            assert!(request.keeps_proofs(end - TimeDelta::seconds(1)) && !request.keeps_proofs(end), "{closed}");
            assert!(open.keeps_proofs(at(three_years)), "while it is open its proofs are kept");
        }
    }
}
