//! Corrections that wait for a decision: sealed under the case's key, beside the story that they are about.

use crate::change::{Change, Kind};
use crate::error::{Conflict, StoreError};
use crate::item::{blob, bytes, key, number};
use crate::keyring::WrappedKey;
use crate::place::Place;
use crate::seal::{Binding, DataKey};
use crate::snapshot::Snapshot;
use medius_domain::case::Case;
use medius_domain::correction::Correction;
use medius_domain::id::{CaseId, RightId};

const VALUES: &str = "values";

pub(crate) fn binding(case: &CaseId, place: &Place) -> Binding {
    Binding::field(case, place, VALUES)
}

fn place(case: &CaseId, right: &RightId) -> Place {
    Place::Correction(case.clone(), right.clone())
}

impl Snapshot {
    /// The right values of a request, opened; none where the request gave none.
    ///
    /// # Errors
    /// [`StoreError::Seal`], or [`StoreError::Corrupt`] when it opens but is not of its form.
    pub fn correction(&self, case: &CaseId, right: &RightId, data: &DataKey) -> Result<Option<Correction>, StoreError> {
        let place = place(case, right);
        let Some(sealed) = self.item(&place).and_then(|item| blob(item, VALUES)) else { return Ok(None) };
        data.open_form(&binding(case, &place), &sealed).map(Some)
    }
}

impl Change {
    /// The right values of a request. They end with the case, and are written only while its key is there.
    ///
    /// # Errors
    /// [`StoreError::Seal`].
    pub fn put_correction(
        &mut self,
        case: &Case,
        right: &RightId,
        (wrapped, data): (&WrappedKey, &DataKey),
        correction: &Correction,
    ) -> Result<(), StoreError> {
        let place = place(&case.id, right);
        let sealed = data.seal_form(&binding(&case.id, &place), correction)?;
        let mut item = key(&place);
        item.insert("expires_at".to_owned(), number(case.expires_at.timestamp()));
        item.insert(VALUES.to_owned(), bytes(&sealed));
        // Given again, the later values count.
        self.push(place, Kind::Put(item), "", [], Conflict::Version);
        // A case that is destroyed at this moment must not get anything back.
        let same = [(":wrapped", bytes(&wrapped.0))];
        self.push(Place::DataKey(case.id.clone()), Kind::Check, "#wrapped = :wrapped", same, Conflict::Version);
        self.name_last("#wrapped", "wrapped");
        Ok(())
    }

    /// Empties what a request gave that was carried out: the values stand in the story now.
    pub fn empty_correction(&mut self, case: &Case, right: &RightId) {
        let place = place(&case.id, right);
        let mut item = key(&place);
        item.insert("expires_at".to_owned(), number(case.expires_at.timestamp()));
        self.push(place, Kind::Put(item), "", [], Conflict::Version);
    }
}
