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

    /// Whether the record lets them act in a role that their token has: one that is being taken counts no more. One that is
    /// being given is in no token yet, or is given a second time.
    pub fn may_act_as(&self, role: Role) -> bool {
        self.access == Access::Active && matches!(self.hold(role), Some(Hold::Granting | Hold::Granted))
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
mod tests;
