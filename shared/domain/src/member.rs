//! Members of staff and the roles that they hold: who may change them, in which order, and how a change that broke off is
//! finished. The user pool is what sign-ins read; this record is written before and after it, so that the access log can
//! say more than happened, never less (Safety Measures Standard Art. 5: who got and lost access is on record for 3 years).

use crate::id::Subject;
use crate::policy::Role;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long a change that was begun may still be running somewhere: longer than any function lives.
const IN_FLIGHT: TimeDelta = TimeDelta::seconds(60);
/// Days that a change of rights stays on record.
const HISTORY_DAYS: i64 = 1_096;

/// What is done about a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// It is given.
    Grant,
    /// It is taken.
    Remove,
}

/// How far a role's change got. A role that is not held has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// Being given.
    Granting,
    /// Held.
    Granted,
    /// Being taken.
    Removing,
}

/// A role and how far its change got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The role.
    pub role: Role,
    /// How far.
    pub hold: Hold,
    /// Since when.
    pub since: DateTime<Utc>,
    /// By whom; none where the role was found in the pool.
    pub by: Option<Subject>,
}

/// Whether somebody can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// They can.
    Active,
    /// It is being taken.
    Disabling,
    /// They cannot.
    Disabled,
}

/// What happened to a member's rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Happened {
    /// The account was made.
    Created,
    /// A role was given.
    Granted {
        /// Which.
        role: Role,
    },
    /// A role was taken.
    Removed {
        /// Which.
        role: Role,
    },
    /// The account was closed.
    Disabled,
}

/// One line of a member's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// What.
    #[serde(flatten)]
    pub happened: Happened,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Subject,
}

/// A member of staff as the registry has them. No name and no address: those are in the pool only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Their pseudonym.
    pub subject: Subject,
    /// Their random user name in the pool, by which the pool is told.
    pub username: String,
    /// Roles.
    pub roles: Vec<Holding>,
    /// Whether they can sign in.
    pub access: Access,
    /// What happened in the last three years, the newest last.
    pub history: Vec<Past>,
    /// Grows by one with each change; 0 is not stored yet.
    pub rev: u64,
}

/// Why a change is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody changes their own rights.
    Own,
    /// The opposite is being done at this moment.
    InProgress,
    /// A closed account gets no role.
    Disabled,
}

impl Member {
    /// Somebody who is in the pool and not yet in the registry, with the roles that they have there.
    pub fn found(subject: Subject, username: String, roles: &[Role], enabled: bool, now: DateTime<Utc>) -> Self {
        let holding = |role: &Role| Holding { role: *role, hold: Hold::Granted, since: now, by: None };
        Self {
            subject,
            username,
            roles: roles.iter().map(holding).collect(),
            access: if enabled { Access::Active } else { Access::Disabled },
            history: Vec::new(),
            rev: 0,
        }
    }

    /// How far a role got.
    pub fn hold(&self, role: Role) -> Option<Hold> {
        self.roles.iter().find(|h| h.role == role).map(|h| h.hold)
    }

    /// Whether they may act in a role now: a role that is being taken counts no more.
    pub fn may_act_as(&self, role: Role) -> bool {
        self.access == Access::Active && self.hold(role) == Some(Hold::Granted)
    }

    /// The first half of a change: on record, not yet in the pool. A repeat begins it again.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn begin(&self, role: Role, wanted: Wanted, by: &Subject, now: DateTime<Utc>) -> Result<Self, Refusal> {
        if *by == self.subject {
            return Err(Refusal::Own);
        }
        let present = self.roles.iter().find(|h| h.role == role);
        let opposite = match wanted {
            Wanted::Grant if self.access != Access::Active => return Err(Refusal::Disabled),
            Wanted::Grant => Hold::Removing,
            Wanted::Remove => Hold::Granting,
        };
        // Two calls to the pool at once could land in either order, and the record would be wrong.
        if present.is_some_and(|h| h.hold == opposite && now - h.since < IN_FLIGHT) {
            return Err(Refusal::InProgress);
        }
        let hold = match wanted {
            Wanted::Grant => Hold::Granting,
            Wanted::Remove => Hold::Removing,
        };
        Ok(self.with(role, Some(hold), by, now))
    }

    /// The second half, after the pool did it. None where it is no longer begun: somebody with the same wish was quicker.
    pub fn finish(&self, role: Role, wanted: Wanted, by: &Subject, now: DateTime<Utc>) -> Option<Self> {
        let (hold, happened) = match (self.hold(role)?, wanted) {
            (Hold::Granting, Wanted::Grant) => (Some(Hold::Granted), Happened::Granted { role }),
            (Hold::Removing, Wanted::Remove) => (None, Happened::Removed { role }),
            (Hold::Granted | Hold::Removing, Wanted::Grant) | (Hold::Granting | Hold::Granted, Wanted::Remove) => {
                return None;
            }
        };
        Some(self.with(role, hold, by, now).remembering(happened, by, now))
    }

    /// The first half of closing an account.
    ///
    /// # Errors
    /// [`Refusal::Own`].
    pub fn begin_disable(&self, by: &Subject) -> Result<Self, Refusal> {
        if *by == self.subject {
            return Err(Refusal::Own);
        }
        Ok(Self { access: Access::Disabling, rev: self.rev + 1, ..self.clone() })
    }

    /// The second half. None where it is done.
    pub fn finish_disable(&self, by: &Subject, now: DateTime<Utc>) -> Option<Self> {
        match self.access {
            Access::Disabling => {
                let next = Self { access: Access::Disabled, rev: self.rev + 1, ..self.clone() };
                Some(next.remembering(Happened::Disabled, by, now))
            }
            Access::Active | Access::Disabled => None,
        }
    }

    /// The record of a new account.
    #[must_use]
    pub fn created(&self, by: &Subject, now: DateTime<Utc>) -> Self {
        Self { rev: self.rev + 1, ..self.clone() }.remembering(Happened::Created, by, now)
    }

    fn with(&self, role: Role, hold: Option<Hold>, by: &Subject, now: DateTime<Utc>) -> Self {
        let mut next = Self { rev: self.rev + 1, ..self.clone() };
        next.roles.retain(|h| h.role != role);
        next.roles.extend(hold.map(|hold| Holding { role, hold, since: now, by: Some(by.clone()) }));
        next.roles.sort_by_key(|h| h.role);
        next
    }

    fn remembering(mut self, happened: Happened, by: &Subject, now: DateTime<Utc>) -> Self {
        self.history.retain(|past| now - past.at < TimeDelta::days(HISTORY_DAYS));
        self.history.push(Past { happened, at: now, by: by.clone() });
        self
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ROLE: Role = Role::Coordinator;

    fn member(hold: Option<Hold>) -> Member {
        let mut member = Member::found(Subject::of("m"), "u".into(), &[ROLE], true, at(0));
        match hold {
            Some(hold) => member.roles.iter_mut().for_each(|h| h.hold = hold),
            None => member.roles.clear(),
        }
        member
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
    }

    fn ops() -> Subject {
        Subject::of("ops")
    }

    #[test]
    fn every_change_of_a_role_has_its_one_answer() {
        use Hold::{Granted, Granting, Removing};
        use Wanted::{Grant, Remove};
        // Present state, wish; the answer while the present state is young, the answer later, what finishing does then.
        let rows = [
            (None, Grant, Ok(Granting), Ok(Granting), None),
            (Some(Granting), Grant, Ok(Granting), Ok(Granting), Some(Some(Granted))),
            (Some(Granted), Grant, Ok(Granting), Ok(Granting), None),
            (Some(Removing), Grant, Err(Refusal::InProgress), Ok(Granting), None),
            (None, Remove, Ok(Removing), Ok(Removing), None),
            (Some(Granting), Remove, Err(Refusal::InProgress), Ok(Removing), None),
            (Some(Granted), Remove, Ok(Removing), Ok(Removing), None),
            (Some(Removing), Remove, Ok(Removing), Ok(Removing), Some(None)),
        ];
        for (hold, wanted, young, old, finished) in rows {
            let begun = |now| member(hold).begin(ROLE, wanted, &ops(), now).map(|m| m.hold(ROLE).unwrap());
            assert_eq!(begun(at(59)), young, "{hold:?} {wanted:?}");
            assert_eq!(begun(at(60)), old, "{hold:?} {wanted:?}");
            let end = member(hold).finish(ROLE, wanted, &ops(), at(1)).map(|m| m.hold(ROLE));
            assert_eq!(end, finished, "{hold:?} {wanted:?}");
        }
    }

    #[test]
    fn nobody_changes_their_own_rights_and_a_closed_account_gets_none() {
        let own = Subject::of("m");
        for wanted in [Wanted::Grant, Wanted::Remove] {
            assert_eq!(member(None).begin(ROLE, wanted, &own, at(0)), Err(Refusal::Own));
        }
        assert_eq!(member(None).begin_disable(&own), Err(Refusal::Own));
        let closing = member(Some(Hold::Granted)).begin_disable(&ops()).unwrap();
        assert!(!closing.may_act_as(ROLE), "an account that is being closed does nothing more");
        let closed = closing.finish_disable(&ops(), at(1)).unwrap();
        assert_eq!(closed.finish_disable(&ops(), at(2)), None);
        for shut in [closing, closed] {
            assert_eq!(shut.begin(Role::Dpo, Wanted::Grant, &ops(), at(1)), Err(Refusal::Disabled));
            assert!(shut.begin(ROLE, Wanted::Remove, &ops(), at(1)).is_ok());
        }
    }

    #[test]
    fn a_role_counts_from_its_second_half_until_its_removal_begins() {
        let begun = member(None).begin(ROLE, Wanted::Grant, &ops(), at(0)).unwrap();
        assert!(!begun.may_act_as(ROLE));
        let held = begun.finish(ROLE, Wanted::Grant, &ops(), at(1)).unwrap();
        assert!(held.may_act_as(ROLE));
        let going = held.begin(ROLE, Wanted::Remove, &ops(), at(2)).unwrap();
        assert!(!going.may_act_as(ROLE));
        let gone = going.finish(ROLE, Wanted::Remove, &ops(), at(3)).unwrap();
        assert_eq!((gone.hold(ROLE), gone.rev), (None, 4));
        let what: Vec<Happened> = gone.history.iter().map(|p| p.happened).collect();
        assert_eq!(what, [Happened::Granted { role: ROLE }, Happened::Removed { role: ROLE }]);
    }

    #[test]
    fn history_stays_three_years() {
        let old = member(None).created(&ops(), at(0));
        let later = at(0) + TimeDelta::days(HISTORY_DAYS);
        let next = |now| old.begin_disable(&ops()).unwrap().finish_disable(&ops(), now).unwrap().history.len();
        assert_eq!(next(later - TimeDelta::seconds(1)), 2);
        assert_eq!(next(later), 1);
    }
}
