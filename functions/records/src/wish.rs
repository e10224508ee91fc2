//! A wish of a patient about a case of their own: read, allowed, and under the consents that it needs.

use crate::State;
use chrono::TimeDelta;
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::case::{Case, open_case_expiry};
use medius_domain::consent::{Use, gate};
use medius_domain::id::CaseId;
use medius_domain::policy::Permit;
use medius_domain::upload::Owner;
use medius_http::{Origin, Patient, Problem, own_case};
use medius_store::{Change, DataKey, Place, Snapshot, StoreError, WrappedKey};

/// Hours by which a case's term may be behind before it begins anew: a file a minute must not write the case each time.
const BEHIND_HOURS: i64 = 24;

/// Who wishes, about which case.
#[derive(Clone, Copy)]
pub(crate) struct Wish<'a> {
    pub(crate) patient: &'a Patient,
    pub(crate) origin: &'a Origin,
    pub(crate) case: &'a CaseId,
}

/// A case that was read, with leave to do what was wished.
pub(crate) struct Opened {
    pub(crate) snapshot: Snapshot,
    pub(crate) leave: Permit,
    pub(crate) case: Case,
    pub(crate) wrapped: WrappedKey,
}

impl Wish<'_> {
    /// The case as the owner of files.
    pub(crate) fn owner(&self) -> Owner {
        Owner::Case(self.case.clone())
    }

    /// Reads the case with what else is needed.
    pub(crate) async fn open(
        &self,
        state: &State,
        action: Action,
        object: Object,
        more: impl IntoIterator<Item = Place>,
    ) -> Result<Opened, Problem> {
        let id = self.case;
        let places = Place::gate(id).into_iter().chain([Place::DataKey(id.clone())]).chain(more);
        let snapshot = state.db.read(places).await?;
        let event = self.origin.patient(self.patient, action, object, Purpose::ReferralLetter);
        let (case, leave) = own_case(&state.db, &snapshot, id, event).await?;
        // Without its key a case is destroyed, whatever else is still lying about.
        let wrapped = snapshot.data_key(&leave).ok_or_else(Problem::not_found)?;
        Ok(Opened { snapshot, leave, case, wrapped })
    }
}

impl Opened {
    /// The case's data key.
    pub(crate) async fn key(&self, state: &State) -> Result<DataKey, StoreError> {
        state.keys.unwrap(&Owner::Case(self.case.id.clone()), &self.wrapped).await
    }

    /// A change that keeps health information: under the consents for it, and for an open case's term.
    pub(crate) async fn change(&self, state: &State) -> Result<Change, Problem> {
        let standing = state.contacts.standing(&self.snapshot, &self.leave, &self.case).await?;
        let consents = self.snapshot.consents(&self.case.id)?;
        let proof = gate(&self.case.id, &consents, &Use::CollectHealth, &standing)?;
        let now = state.db.now();
        let mut change = Change::new(self.leave.clone(), now);
        change.require(&proof);
        let behind = open_case_expiry(now) - TimeDelta::hours(BEHIND_HOURS);
        if self.case.completion.is_none() && self.case.expires_at < behind {
            change.put_case(&self.case.touched(now))?;
        }
        Ok(change)
    }

    /// Leave alone, for a look: the entry is written before anything is shown.
    pub(crate) async fn looked(self, state: &State) -> Result<(), Problem> {
        Ok(state.db.commit(Change::new(self.leave, state.db.now()), &self.snapshot).await?)
    }
}
