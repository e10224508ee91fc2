//! The patient's story between its two forms: a draft in memory, two sealed values in the store.

use crate::error::StoreError;
use crate::place::Place;
use crate::records::SealedIntake;
use crate::seal::{Binding, DataKey};
use medius_domain::form::Form;
use medius_domain::id::CaseId;
use medius_domain::intake::{BasicDraft, Draft, HealthDraft};

pub(crate) const BASIC: &str = "basic";
pub(crate) const HEALTH: &str = "health";

impl SealedIntake {
    /// Opens what is there.
    ///
    /// # Errors
    /// [`StoreError::Seal`], [`StoreError::Newer`], or [`StoreError::Corrupt`] when a value opens but is not of its form.
    pub fn open(&self, key: &DataKey, case: &CaseId) -> Result<Draft, StoreError> {
        Ok(Draft {
            basic: unseal(key, case, BASIC, self.basic.as_deref())?,
            health: unseal(key, case, HEALTH, self.health.as_deref())?,
        })
    }

    /// Replaces the basic part.
    ///
    /// # Errors
    /// [`StoreError::Seal`].
    pub fn seal_basic(&mut self, key: &DataKey, case: &CaseId, part: &BasicDraft) -> Result<(), StoreError> {
        self.basic = Some(seal(key, case, BASIC, part)?);
        Ok(())
    }

    /// Replaces the health part.
    ///
    /// # Errors
    /// [`StoreError::Seal`].
    pub fn seal_health(&mut self, key: &DataKey, case: &CaseId, part: &HealthDraft) -> Result<(), StoreError> {
        self.health = Some(seal(key, case, HEALTH, part)?);
        Ok(())
    }
}

pub(crate) fn binding(case: &CaseId, field: &'static str) -> Binding {
    Binding::field(case, &Place::Intake(case.clone()), field)
}

fn seal(key: &DataKey, case: &CaseId, field: &'static str, part: &impl Form) -> Result<Vec<u8>, StoreError> {
    key.seal_form(&binding(case, field), part)
}

fn unseal<T: Form>(
    key: &DataKey,
    case: &CaseId,
    field: &'static str,
    sealed: Option<&[u8]>,
) -> Result<Option<T>, StoreError> {
    sealed.map(|sealed| key.open_form(&binding(case, field), sealed)).transpose()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_two_parts_open_at_their_own_place_only() {
        let (key, case) = (DataKey::from_bytes(&[3; 32]).unwrap(), CaseId::new());
        let mut sealed = SealedIntake::default();
        sealed.seal_basic(&key, &case, &BasicDraft::default()).unwrap();
        sealed.seal_health(&key, &case, &HealthDraft::default()).unwrap();
        let draft = sealed.open(&key, &case).unwrap();
        assert_eq!((draft.basic, draft.health), (Some(BasicDraft::default()), Some(HealthDraft::default())));
        let swapped = SealedIntake { basic: sealed.health.clone(), health: sealed.basic.clone() };
        assert!(matches!(swapped.open(&key, &case), Err(StoreError::Seal(_))));
        assert!(matches!(sealed.open(&key, &CaseId::new()), Err(StoreError::Seal(_))));
    }
}
