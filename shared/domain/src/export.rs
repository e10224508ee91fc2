//! The copy of everything that is kept about a patient, on its way to them (PIPA Art. 35; Enforcement Decree Art. 41): one
//! sealed archive per case, one link for all of them, one download, seven days. In the same way the statement of a patient goes to
//! the institution that recorded what they want to have corrected (Art. 36; Enforcement Decree Art. 43(2)).

use crate::code::{CodeState, OneTimeCode, TooMany};
use crate::id::{CaseId, ProviderId, RightId, Subject};
use crate::link::LinkSecret;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Days that a copy can be fetched.
pub const EXPORT_DAYS: i64 = 7;

/// The archive of one case: sealed under that case's key, so that it ends with the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportPart {
    /// The case.
    pub case_id: CaseId,
    /// SHA-256 of the archive, lower-case hex.
    pub sha256: String,
    /// Its bytes.
    pub bytes: u64,
}

/// A copy that waits to be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// The request that it answers; also the public half of its link.
    pub right_id: RightId,
    /// Whose it is, as a pseudonym.
    pub subject: Subject,
    /// The case through whose contact card the link and the code go out.
    pub told_by: CaseId,
    /// The institution that it goes to; none for the patient's own copy.
    #[serde(default)]
    pub institution: Option<ProviderId>,
    /// The archives; none with a statement, which is put together when it is fetched.
    pub parts: Vec<ExportPart>,
    /// SHA-256 of the link's secret, lower-case hex. The secret itself is never stored.
    pub secret_sha256: String,
    /// The newest one-time code.
    pub code: Option<CodeState>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it can be fetched.
    pub expires_at: DateTime<Utc>,
    /// When it was fetched: that is done once.
    pub taken_at: Option<DateTime<Utc>>,
    /// Grows by one with each change: of two downloads at once one wins.
    pub rev: u64,
}

/// What came of a try with a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// It was the right one: the copy is taken, if this can be written.
    Right(Export),
    /// It was a wrong one, and counts.
    Wrong(Export),
    /// There is no code that could be tried.
    None,
}

impl Export {
    /// A copy that was just made.
    pub fn new(
        right_id: RightId,
        subject: Subject,
        told_by: CaseId,
        parts: Vec<ExportPart>,
        secret: &LinkSecret,
        now: DateTime<Utc>,
    ) -> Self {
        let expires_at = now + TimeDelta::days(EXPORT_DAYS);
        let secret_sha256 = secret.sha256();
        Self {
            right_id,
            subject,
            told_by,
            institution: None,
            parts,
            secret_sha256,
            code: None,
            created_at: now,
            expires_at,
            taken_at: None,
            rev: 1,
        }
    }

    /// A patient's statement, for the institution that recorded what is to be corrected.
    pub fn statement(
        right_id: RightId,
        (subject, case): (Subject, CaseId),
        institution: ProviderId,
        secret: &LinkSecret,
        now: DateTime<Utc>,
    ) -> Self {
        Self { institution: Some(institution), ..Self::new(right_id, subject, case, Vec::new(), secret, now) }
    }

    /// Whether it can still be fetched.
    pub fn live(&self, now: DateTime<Utc>) -> bool {
        self.taken_at.is_none() && now < self.expires_at
    }

    /// With a new code.
    ///
    /// # Errors
    /// [`TooMany`] when too many were sent of late.
    pub fn with_code(&self, now: DateTime<Utc>) -> Result<Self, TooMany> {
        let code = CodeState::next(self.code.as_ref(), now)?;
        Ok(Self { code: Some(code), rev: self.rev + 1, ..self.clone() })
    }

    /// The number of the code that can be tried now.
    pub fn code_to_try(&self, now: DateTime<Utc>) -> Option<u32> {
        self.code.as_ref().filter(|code| code.usable(now)).map(|code| code.n)
    }

    /// After a try: `expected` is the code of [`Self::code_to_try`].
    pub fn tried(&self, expected: &OneTimeCode, typed: &OneTimeCode, now: DateTime<Utc>) -> Tried {
        let Some(code) = self.code.as_ref().filter(|code| code.usable(now) && self.live(now)) else {
            return Tried::None;
        };
        let next = Self { rev: self.rev + 1, ..self.clone() };
        if expected.matches(typed) {
            Tried::Right(Self { code: Some(code.spent()), taken_at: Some(now), ..next })
        } else {
            Tried::Wrong(Self { code: Some(code.tried()), ..next })
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::code::CODE_TRIES;

    fn made(now: DateTime<Utc>) -> Export {
        let case = CaseId::new();
        let part = ExportPart { case_id: case.clone(), sha256: "00".repeat(32), bytes: 1 };
        Export::new(RightId::new(), Subject::of("x"), case, vec![part], &LinkSecret::from_mac(&[7; 32]), now)
    }

    fn codes() -> (OneTimeCode, OneTimeCode) {
        (OneTimeCode::from_mac(&[255; 32]), OneTimeCode::from_mac(&[1; 32]))
    }

    #[test]
    fn it_is_fetched_once_with_the_right_code_within_seven_days() {
        let now = Utc::now();
        let (right, wrong) = codes();
        let export = made(now);
        assert_eq!(export.tried(&right, &right, now), Tried::None);
        let asked = export.with_code(now).unwrap();
        assert_eq!((asked.code_to_try(now), asked.rev), (Some(1), 2));
        let Tried::Wrong(tried) = asked.tried(&right, &wrong, now) else { panic!("taken with a wrong code") };
        assert_eq!((tried.taken_at, tried.rev, tried.live(now)), (None, 3, true));
        let Tried::Right(taken) = tried.tried(&right, &right, now) else { panic!("the right code is refused") };
        assert_eq!((taken.taken_at, taken.rev, taken.live(now)), (Some(now), 4, false));
        assert_eq!(taken.tried(&right, &right, now), Tried::None);
        assert!(export.live(now + TimeDelta::days(7) - TimeDelta::seconds(1)));
        assert!(!export.live(now + TimeDelta::days(7)));
    }

    #[test]
    fn wrong_codes_end_the_code_and_not_the_copy() {
        let now = Utc::now();
        let (right, wrong) = codes();
        let mut export = made(now).with_code(now).unwrap();
        for _ in 0..CODE_TRIES {
            let Tried::Wrong(next) = export.tried(&right, &wrong, now) else { panic!("not counted") };
            export = next;
        }
        assert_eq!((export.code_to_try(now), export.tried(&right, &right, now)), (None, Tried::None));
        let again = export.with_code(now).unwrap();
        assert!(matches!(again.tried(&right, &right, now), Tried::Right(_)));
    }
}
