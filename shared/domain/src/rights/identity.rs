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
}
